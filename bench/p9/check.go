package p9

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"recado/internal/account"
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

// rooms are the parts a check needs, as the node builds them.
type rooms struct {
	d         *db.DB
	workspace db.ID
	inboxes   *inbox.Room
	templates *template.Room
	campaigns *campaign.Room
}

// noDesk knows no agents and no queues; the sheet names none.
type noDesk struct{}

// CheckAgent is never asked.
func (noDesk) CheckAgent(context.Context, db.ID, string, db.ID) (campaign.Agent, error) {
	return campaign.Agent{}, fmt.Errorf("the sheet names no agent")
}

// ReachOf is everything.
func (noDesk) ReachOf(_ context.Context, actor account.Actor) (conversation.Reach, error) {
	return conversation.Everything(actor.Workspace), nil
}

// Queues are none.
func (noDesk) Queues(context.Context, db.ID) ([]campaign.Queue, error) { return nil, nil }

// Unserved are none.
func (noDesk) Unserved(context.Context, db.ID, []db.ID, []db.ID) (noQueues, noInboxes []db.ID, err error) {
	return nil, nil, nil
}

// Loads are none.
func (noDesk) Loads(context.Context, db.ID, []db.ID) ([]campaign.QueueLoad, error) { return nil, nil }

func open(ctx context.Context, dir, database string) (*rooms, error) {
	d, err := db.Open(ctx, db.Config{URL: database, Path: filepath.Join(dir, "recado.db")})
	if err != nil {
		return nil, err
	}
	if _, err := d.Migrate(ctx); err != nil {
		return nil, err
	}
	sealer, err := inbox.NewSealer("only for measuring")
	if err != nil {
		return nil, err
	}
	folder, err := media.OpenFolder(filepath.Join(dir, "files"))
	if err != nil {
		return nil, err
	}
	log := event.NewLog(d, event.NewBell(d))
	r := &rooms{d: d, workspace: d.NewID(), inboxes: inbox.New(d, log, sealer), templates: template.New(d, log)}
	contacts := contact.New(d, log)
	r.campaigns = campaign.New(d, log, campaign.Rooms{Inboxes: r.inboxes, Contacts: contacts, Templates: r.templates,
		Conversations: conversation.New(d, log, contacts, r.inboxes), Files: media.New(d, folder), Desk: noDesk{}})
	return r, nil
}

// prepare makes a number, a template with two variables and a campaign with the sheet.
func (r *rooms) prepare(ctx context.Context, actor account.Actor, sheet string) (db.ID, error) {
	box, err := r.inboxes.Create(ctx, inbox.Draft{Workspace: r.workspace, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: "p9-" + r.workspace.String(), Account: "p9", Token: "token"})
	if err != nil {
		return 0, err
	}
	body := json.RawMessage(`[{"type":"BODY","text":"Hola {{1}}, tu factura {{2}} ya está lista."}]`)
	if _, err := r.templates.Sync(ctx, r.workspace, channel.WhatsApp, "p9", []channel.TemplateInfo{{ExternalID: "1", Name: "aviso", Language: "es",
		Status: template.Approved, ParameterFormat: "POSITIONAL", Components: body}}); err != nil {
		return 0, err
	}
	found, err := r.templates.Find(ctx, r.workspace, "p9", "aviso", "es")
	if err != nil {
		return 0, err
	}
	c, err := r.campaigns.Create(ctx, actor, "P9", "api")
	if err != nil {
		return 0, err
	}
	file, err := os.Open(sheet)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if _, err := r.campaigns.PutFile(ctx, actor, c.ID, 0, "audience.csv", file); err != nil {
		return 0, err
	}
	_, err = r.campaigns.Update(ctx, actor, c.ID, campaign.Change{DefaultSender: &box.ID, Message: &campaign.Message{Template: found.ID},
		Route: &campaign.Route{Target: campaign.ToNone}})
	return c.ID, err
}

// measureCheck asks for the check and waits for its stored end, as the wizard does.
func (res *Result) measureCheck(ctx context.Context, dir, sheet, database string) error {
	r, err := open(ctx, dir, database)
	if err != nil {
		return err
	}
	defer r.d.Close()
	actor := account.System(r.workspace)
	id, err := r.prepare(ctx, actor, sheet)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { r.campaigns.Run(running); close(done) }()
	defer func() { stop(); <-done }()
	peak := watchMemory()
	began := time.Now()
	if _, err := r.campaigns.Check(ctx, actor, id); err != nil {
		return err
	}
	for {
		c, err := r.campaigns.Get(ctx, actor, id)
		if err != nil {
			return err
		}
		if c.State != campaign.Checking {
			res.Check, res.Counts = time.Since(began), c.Check
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	res.MemoryMB = peak()
	if res.Counts.State != campaign.CheckDone || res.Counts.Rows != int64(res.Rows) {
		return fmt.Errorf("the check ended as %q after %d rows: %+v", res.Counts.State, res.Counts.Rows, res.Counts.Problem)
	}
	return nil
}
