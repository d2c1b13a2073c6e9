package million

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"recado/bench/serve"
	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
	"recado/internal/media"
	"recado/internal/template"
)

const (
	numbers  = 10
	email    = "ana@aurora.example"
	password = "tres palabras largas"
)

// phone is the address of the i-th person, personOf the other way round.
func phone(i int) string { return fmt.Sprintf("55319%08d", 80_000_000+i) }

func personOf(to string) int {
	if len(to) < 8 {
		return -1
	}
	n, err := strconv.Atoi(to[len(to)-8:])
	if err != nil {
		return -1
	}
	return n - 80_000_000
}

// noDesk knows no agents and no queues; the sheet names none.
type noDesk struct{}

func (noDesk) ReachOf(_ context.Context, actor account.Actor) (conversation.Reach, error) {
	return conversation.Everything(actor.Workspace), nil
}

// CheckAgent is never asked.
func (noDesk) CheckAgent(context.Context, db.ID, string, db.ID) (campaign.Agent, error) {
	return campaign.Agent{}, fmt.Errorf("the sheet names no agent")
}

// Queues are none.
func (noDesk) Queues(context.Context, db.ID) ([]campaign.Queue, error) { return nil, nil }

// Unserved are none.
func (noDesk) Unserved(context.Context, db.ID, []db.ID, []db.ID) (noQueues, noInboxes []db.ID, err error) {
	return nil, nil, nil
}

// Loads are none.
func (noDesk) Loads(context.Context, db.ID, []db.ID) ([]campaign.QueueLoad, error) { return nil, nil }

// found makes a workspace with ten numbers without a pace, a template, an owner who can sign in and a campaign with its sheet. It
// gives the campaign.
func found(ctx context.Context, dir, url string, people int) (db.ID, error) {
	d, err := db.Open(ctx, db.Config{URL: url, Path: filepath.Join(dir, "recado.db")})
	if err != nil {
		return 0, err
	}
	defer d.Close()
	if _, err := d.Migrate(ctx); err != nil {
		return 0, err
	}
	d.SetNode(1)
	log := event.NewLog(d, event.NewBell(d))
	sealer, err := inbox.NewSealer(serve.SecretKey)
	if err != nil {
		return 0, err
	}
	accounts, inboxes, templates, contacts := account.New(d, log), inbox.New(d, log, sealer), template.New(d, log), contact.New(d, log)
	w, err := accounts.CreateWorkspace(ctx, "Tienda Aurora", "es")
	if err != nil {
		return 0, err
	}
	if err := owner(ctx, d, accounts, w); err != nil {
		return 0, err
	}
	none := 0.0
	for i := range numbers {
		if _, err := inboxes.Create(ctx, inbox.Draft{Workspace: w.ID, Channel: channel.WhatsApp, Label: fmt.Sprintf("Número %d", i), Address: fmt.Sprintf("5531955502%03d", i),
			ExternalID: fmt.Sprintf("20900100100100%02d", i), Account: "1090010010010010", Token: "token", SendRate: &none}); err != nil {
			return 0, err
		}
	}
	body := json.RawMessage(`[{"type":"BODY","text":"Hola {{1}}, tu factura {{2}} ya está lista."}]`)
	if _, err := templates.Sync(ctx, w.ID, channel.WhatsApp, "1090010010010010", []channel.TemplateInfo{{ExternalID: "1", Name: "aviso", Language: "es",
		Category: "UTILITY", Status: template.Approved, ParameterFormat: "POSITIONAL", Components: body}}); err != nil {
		return 0, err
	}
	folder, err := media.OpenFolder(filepath.Join(dir, "media"))
	if err != nil {
		return 0, err
	}
	campaigns := campaign.New(d, log, campaign.Rooms{Inboxes: inboxes, Contacts: contacts, Templates: templates,
		Conversations: conversation.New(d, log, contacts, inboxes), Files: media.New(d, folder), Desk: noDesk{}})
	message, err := templates.Find(ctx, w.ID, "1090010010010010", "aviso", "es")
	if err != nil {
		return 0, err
	}
	return draft(ctx, campaigns, account.System(w.ID), message.ID, filepath.Join(dir, "audience.csv"), people)
}

func owner(ctx context.Context, d *db.DB, accounts *account.Room, w account.Workspace) error {
	user, err := accounts.CreateUser(ctx, account.NewUser{Email: email, Name: "Ana", Locale: "es"})
	if err != nil {
		return err
	}
	profile, err := accounts.StandardProfile(ctx, w, account.Owner)
	if err != nil {
		return err
	}
	if _, err := accounts.AddMember(ctx, account.System(w.ID), user.ID, profile.ID); err != nil {
		return err
	}
	return auth.New(d, accounts, auth.Config{}).SetPassword(ctx, user.ID, password)
}

func draft(ctx context.Context, campaigns *campaign.Room, actor account.Actor, message db.ID, sheet string, people int) (db.ID, error) {
	c, err := campaigns.Create(ctx, actor, "Un millón", "api")
	if err != nil {
		return 0, err
	}
	if err := writeSheet(sheet, people); err != nil {
		return 0, fmt.Errorf("write the sheet: %w", err)
	}
	file, err := os.Open(sheet)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if _, err := campaigns.PutFile(ctx, actor, c.ID, 0, "audience.csv", file); err != nil {
		return 0, err
	}
	_, err = campaigns.Update(ctx, actor, c.ID, campaign.Change{Message: &campaign.Message{Template: message}, Route: &campaign.Route{Target: campaign.ToNone}})
	return c.ID, err
}

func writeSheet(path string, people int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 1<<20)
	fmt.Fprintln(w, "telefono,remitente,{{1}},{{2}}")
	for i := range people {
		fmt.Fprintf(w, "%s,Número %d,Ana,F-%d\n", phone(i), i%numbers, i)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Close()
}
