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
func (g *Room) accountIn(ctx context.Context, tx *db.Tx, kind channel.Kind, box inbox.Inbox, news channel.Account) error {
	if news.OptOut != nil {
		return g.consentIn(ctx, tx, kind, box, *news.OptOut)
	}
	if news.TemplateName != "" || news.TemplateExternalID != "" {
		_, err := g.rooms.Templates.StatusIn(ctx, tx, kind, news)
		return err
	}
	boxes, err := g.boxesOf(ctx, tx, kind, box.ID, news)
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
func (g *Room) boxesOf(ctx context.Context, tx *db.Tx, kind channel.Kind, one db.ID, news channel.Account) ([]newsBox, error) {
	all, err := db.All[newsBox](ctx, tx, boxesOfAccount, string(kind), news.AccountExternalID)
	if err != nil || news.Address == "" && one == 0 {
		return all, err
	}
	var out []newsBox
	for _, box := range all {
		if box.ID == one || news.Address != "" && box.Address == news.Address {
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

// numberQuality is the provider's name of news of a number's quality or limits.
const numberQuality = "phone_number_quality_update"

// capability is the provider's name of news of the limits of a whole account.
const capability = "business_capability_update"

// numberIn applies news to one inbox: quality, restriction and its end (whatsapp-cloud-api §6.4, account_update).
func (g *Room) numberIn(ctx context.Context, tx *db.Tx, box newsBox, news channel.Account) error {
	if news.Quality != "" {
		if err := g.rooms.Inboxes.SetQualityIn(ctx, tx, box.ID, strings.ToUpper(news.Quality)); err != nil {
			return err
		}
	}
	if news.Field == numberQuality || news.Field == capability { // it tells that something changed, seldom what: the number itself knows
		return g.numberSoon(ctx, tx, box.ID)
	}
	// The event, or what it is about after a colon: a restriction's type, the state of a ban.
	event, detail, _ := strings.Cut(strings.ToUpper(news.Event), ":")
	if event == "DISABLED_UPDATE" {
		event = detail
	}
	switch event {
	case "ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION":
		if detail != "RESTRICTED_ADD_PHONE_NUMBER_ACTION" {
			return g.blockIn(ctx, tx, box, codeRestricted)
		}
	case "DISABLE", "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED":
		return g.rooms.Inboxes.SetStatusIn(ctx, tx, box.ID, inbox.Disconnected, codeLocked)
	case "REINSTATE", "ACCOUNT_RECONNECTED":
		if box.Code == codeLocked || box.Code == codeRestricted {
			return g.rooms.Inboxes.SetStatusIn(ctx, tx, box.ID, inbox.Connected, 0)
		}
	}
	return nil
}

// blockIn stops campaigns of a number that could send until now.
func (g *Room) blockIn(ctx context.Context, tx *db.Tx, box newsBox, code int) error {
	if box.Status != inbox.Connected {
		return nil
	}
	return g.rooms.Inboxes.SetStatusIn(ctx, tx, box.ID, inbox.Blocked, code)
}

// codeStopped is the provider's code for a person who stopped marketing messages from us (whatsapp-errors, 131050).
const codeStopped = 131050

// refusedIn does what a failure that came as a status asks for besides failing its message: a restricted account stops
// campaigns, a person who stopped marketing is opted out. The template of a held message comes with news of its own.
func (g *Room) refusedIn(ctx context.Context, tx *db.Tx, kind channel.Kind, box inbox.Inbox, s channel.Status) error {
	switch {
	case s.Failure.Class == channel.AccountBlocked:
		return g.blockIn(ctx, tx, newsBox{ID: box.ID, Status: box.Status}, s.Failure.Code)
	case s.Failure.Code == codeStopped && len(s.To) > 0:
		return g.consentIn(ctx, tx, kind, box, channel.OptOut{Who: s.To, Stopped: true, At: s.At})
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
		_, err = g.rooms.Contacts.OptInIn(ctx, tx, box.Workspace, keys(unique), contact.Consent{Source: contact.ByProvider, Inbox: box.ID, At: o.At})
		return err
	}
	_, err = g.rooms.Contacts.OptOutIn(ctx, tx, box.Workspace, keys(unique), contact.Consent{Source: contact.ByProvider, Inbox: box.ID, At: o.At})
	return err
}
