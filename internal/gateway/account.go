package gateway

import (
	"context"
	"strings"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/inbox"
)

// accountIn keeps news of an account, a number, a template or a person's own switch for marketing. News we do not act on
// stays in the journal only.
func (g *Room) accountIn(ctx context.Context, tx *db.Tx, n accountNews) error {
	kind, news := channel.Kind(n.channel), *n.Account
	if news.OptOut != nil {
		return g.consentIn(ctx, tx, kind, n.box, *news.OptOut)
	}
	if news.TemplateName != "" || news.TemplateExternalID != "" {
		_, err := g.rooms.Templates.StatusIn(ctx, tx, kind, news)
		return err
	}
	boxes, err := g.boxesOf(ctx, tx, kind, n)
	if err != nil {
		return err
	}
	for _, box := range boxes {
		if err := g.numberIn(ctx, tx, box, news); err != nil {
			return err
		}
	}
	return nil
}

const boxesOfAccount = "select id, workspace_id, address, status, status_code from inboxes where channel = $1 and account_external_id = $2 order by id"

type newsBox struct {
	ID        db.ID        `db:"id"`
	Workspace db.ID        `db:"workspace_id"`
	Address   string       `db:"address"`
	Status    inbox.Status `db:"status"`
	Code      int          `db:"status_code"`
}

// boxesOf gives the inboxes the news is about: one number, or all of the account.
func (g *Room) boxesOf(ctx context.Context, tx *db.Tx, kind channel.Kind, n accountNews) ([]newsBox, error) {
	all, err := db.All[newsBox](ctx, tx, boxesOfAccount, string(kind), n.Account.AccountExternalID)
	if err != nil || n.Account.Address == "" && n.box.ID == 0 {
		return all, err
	}
	var out []newsBox
	for _, box := range all {
		if box.ID == n.box.ID || n.Account.Address != "" && box.Address == n.Account.Address {
			out = append(out, box)
		}
	}
	return out, nil
}

// Codes we give a status that came as news instead of an answer: those the provider would answer a send with.
const (
	codeRestricted = 368
	codeLocked     = 131031
)

// numberIn applies news to one inbox: quality, restriction and its end (whatsapp-cloud-api §6.4, account_update).
func (g *Room) numberIn(ctx context.Context, tx *db.Tx, box newsBox, news channel.Account) error {
	if news.Quality != "" {
		return g.rooms.Inboxes.SetQualityIn(ctx, tx, box.ID, strings.ToUpper(news.Quality))
	}
	switch strings.ToUpper(news.Event) {
	case "ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION":
		if box.Status == inbox.Connected {
			return g.rooms.Inboxes.SetStatusIn(ctx, tx, box.ID, inbox.Blocked, codeRestricted)
		}
	case "DISABLED_UPDATE", "DISABLE", "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED":
		return g.rooms.Inboxes.SetStatusIn(ctx, tx, box.ID, inbox.Disconnected, codeLocked)
	case "REINSTATE", "ACCOUNT_RECONNECTED":
		if box.Code == codeLocked || box.Code == codeRestricted {
			return g.rooms.Inboxes.SetStatusIn(ctx, tx, box.ID, inbox.Connected, 0)
		}
	}
	return nil
}

// consentIn marks or frees the contacts of a workspace that threw their switch at the provider.
func (g *Room) consentIn(ctx context.Context, tx *db.Tx, kind channel.Kind, box inbox.Inbox, o channel.OptOut) error {
	if box.ID == 0 {
		return nil // a number nobody has set up here
	}
	found, err := g.rooms.Contacts.ByIdentities(ctx, tx, box.Workspace, kind, o.Who)
	if err != nil {
		return err
	}
	unique := map[db.ID]bool{}
	for _, id := range found {
		unique[id] = true
	}
	if len(unique) == 0 && o.Stopped {
		// Somebody we never spoke with stops before the first campaign reaches them: remembered all the same.
		made, err := g.rooms.Contacts.ResolveIn(ctx, tx, box.Workspace, kind, []contact.Person{{Identities: o.Who}})
		if err != nil {
			return err
		}
		unique[made[0].Contact] = true
	}
	delete(unique, 0)
	if !o.Stopped {
		_, err = g.rooms.Contacts.OptInIn(ctx, tx, box.Workspace, keys(unique))
		return err
	}
	_, err = g.rooms.Contacts.OptOutIn(ctx, tx, box.Workspace, keys(unique), contact.ByProvider, o.At)
	return err
}
