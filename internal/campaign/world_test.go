package campaign_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/media"
	"recado/internal/template"
)

const (
	accountOne = "1090010010010010"
	accountTwo = "1090010010010020"
)

// world is a workspace with two accounts, three numbers, templates, two queues and an agent, and the rooms around campaigns.
type world struct {
	files         *media.Room
	t             *testing.T
	d             *db.DB
	log           *event.Log
	room          *campaign.Room
	inboxes       *inbox.Room
	contacts      *contact.Room
	templates     *template.Room
	conversations *conversation.Room
	desk          *agentsOfTest
	scripts       scriptsOfTest
	workspace     db.ID
	owner, sender account.Actor // sender broadcasts from ventas only
	ventas        inbox.Inbox   // +55, account one
	soporte       inbox.Inbox   // +52, account one
	vendas        inbox.Inbox   // +55, account two
}

// agentsOfTest knows two agents: ana, who has access to every number, and lila, who has none.
type agentsOfTest struct {
	queues []campaign.Queue
	alone  []db.ID // queues and numbers in which nobody answers
	gone   string  // e-mail of an agent who was deleted
	loads  atomic.Pointer[[]campaign.QueueLoad]
}

func (a *agentsOfTest) CheckAgent(_ context.Context, _ db.ID, email string, box db.ID) (campaign.Agent, error) {
	if email == a.gone {
		return campaign.Agent{}, fault.New(fault.Invalid, "route.agent_unknown", "unknown")
	}
	switch email {
	case "ana@aurora.example":
		return campaign.Agent{User: 71, Name: "Ana Sosa", Email: email, Online: true}, nil
	case "lila@aurora.example":
		if box != 0 {
			return campaign.Agent{}, fault.New(fault.Invalid, "route.agent_no_access", "no access")
		}
		return campaign.Agent{User: 72, Email: email}, nil
	}
	return campaign.Agent{}, fault.New(fault.Invalid, "route.agent_unknown", "unknown")
}

func (a *agentsOfTest) ReachOf(_ context.Context, actor account.Actor) (conversation.Reach, error) {
	return conversation.Reach{Workspace: actor.Workspace, User: actor.User, All: actor.Has(account.SeeAll) == nil}, nil
}

func (a *agentsOfTest) Queues(context.Context, db.ID) ([]campaign.Queue, error) { return a.queues, nil }

func (a *agentsOfTest) Unserved(_ context.Context, _ db.ID, queues, inboxes []db.ID) (noQueues, noInboxes []db.ID, err error) {
	among := func(ids []db.ID) []db.ID {
		return slices.DeleteFunc(slices.Clone(ids), func(id db.ID) bool { return !slices.Contains(a.alone, id) })
	}
	return among(queues), among(inboxes), nil
}

// scriptsOfTest are the published flows.
type scriptsOfTest map[db.ID]campaign.Script

func (all scriptsOfTest) Script(_ context.Context, _, id db.ID) (campaign.Script, bool, error) {
	s, ok := all[id]
	return s, ok, nil
}

func (a *agentsOfTest) Loads(_ context.Context, _ db.ID, queues []db.ID) ([]campaign.QueueLoad, error) {
	var some []campaign.QueueLoad
	if all := a.loads.Load(); all != nil {
		for _, one := range *all {
			if slices.Contains(queues, one.Queue) {
				some = append(some, one)
			}
		}
	}
	return some, nil
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, d: d, log: event.NewLog(d, event.NewBell(d)), desk: &agentsOfTest{}, scripts: scriptsOfTest{}}
	sealer, err := inbox.NewSealer(strings.Repeat("ab", 32))
	w.must(err)
	w.inboxes = inbox.New(d, w.log, sealer)
	w.contacts, w.templates = contact.New(d, w.log), template.New(d, w.log)
	w.conversations = conversation.New(d, w.log, w.contacts, w.inboxes)
	folder, err := media.OpenFolder(t.TempDir())
	w.must(err)
	w.files = media.New(d, folder)
	t.Cleanup(func() { _ = folder.Close() })
	w.workspace = d.NewID()
	w.owner = account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 1, Name: "Olga Prado", Locale: "en", Permissions: account.All()}
	w.sender = account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 2, Locale: "es", Permissions: account.Permissions{
		Areas: map[account.Area]account.Level{account.Campaigns: account.Edit}, Abilities: []account.Ability{account.Broadcast}}}
	w.ventas = w.inbox("Ventas", "5531955501001", accountOne)
	w.soporte = w.inbox("Soporte", "525555501002", accountOne)
	w.vendas = w.inbox("Vendas", "5511955502001", accountTwo)
	w.must(w.inboxes.AddMember(t.Context(), w.workspace, w.ventas.ID, w.sender.User, inbox.Manager))
	w.desk.queues = []campaign.Queue{{ID: 81, Name: "Ventas"}, {ID: 82, Name: "Cobranzas"}}
	w.sync(accountOne, info("aviso", "es", "APPROVED", "Hola {{1}}, tu pedido {{2}} ya salió hoy."), info("promo_primavera", "es", "APPROVED", "Llegó la primavera."),
		info("saludo", "es", "APPROVED", "Hola {{1}}, gracias."), info("saludo", "en_US", "APPROVED", "Hi {{1}}, thanks."),
		info("pausada", "es", "PAUSED", "Nada."), info("rechazada", "es", "REJECTED", "Nada."))
	w.sync(accountTwo, info("promo_br", "pt_BR", "APPROVED", "Chegou a promoção."), info("aviso", "es", "APPROVED", "Hola {{1}}, tu pedido {{2}} ya salió hoy."))
	w.room = campaign.New(d, w.log, campaign.Rooms{Inboxes: w.inboxes, Contacts: w.contacts, Templates: w.templates, Conversations: w.conversations,
		Files: w.files, Desk: w.desk, Bots: w.scripts,
		Carries: channel.Capability{Media: []channel.MediaLimit{{Kind: channel.Image, Mimes: []string{"image/png"}, Bytes: 100}}}})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) inbox(label, address, account string) inbox.Inbox {
	w.t.Helper()
	box, err := w.inboxes.Create(w.t.Context(), inbox.Draft{Workspace: w.workspace, Channel: channel.WhatsApp, Label: label, Address: address,
		ExternalID: "pn" + address + w.workspace.String(), Account: account, Token: "token"})
	w.must(err)
	return box
}

func info(name, language, status, body string) channel.TemplateInfo {
	components, _ := json.Marshal([]map[string]any{{"type": "BODY", "text": body}})
	return channel.TemplateInfo{ExternalID: "t-" + name + "-" + language, Name: name, Language: language, Status: status, Category: "UTILITY", Quality: "GREEN",
		ParameterFormat: "POSITIONAL", Components: components}
}

func (w *world) sync(account string, infos ...channel.TemplateInfo) {
	w.t.Helper()
	_, err := w.templates.Sync(w.t.Context(), w.workspace, channel.WhatsApp, account, infos)
	w.must(err)
}

func (w *world) template(account, name, language string) db.ID {
	w.t.Helper()
	found, err := w.templates.Find(w.t.Context(), w.workspace, account, name, language)
	w.must(err)
	return found.ID
}

// run lets the room work until the campaign leaves the states given.
func (w *world) run(id db.ID, busy ...campaign.State) campaign.Campaign {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer stop()
	done := make(chan struct{})
	go func() { w.room.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	for {
		c := w.get(id)
		if !slices.Contains(busy, c.State) {
			return c
		}
		select {
		case <-ctx.Done():
			w.t.Fatalf("still %s: %+v", c.State, c)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (w *world) get(id db.ID) campaign.Campaign {
	w.t.Helper()
	c, err := w.room.Get(w.t.Context(), w.owner, id)
	w.must(err)
	return c
}

// draft makes a campaign with a sheet and changes.
func (w *world) draft(sheet string, change campaign.Change) campaign.Campaign {
	w.t.Helper()
	c, err := w.room.Create(w.t.Context(), w.owner, "Noviembre", "wizard")
	w.must(err)
	_, err = w.room.PutFile(w.t.Context(), w.owner, c.ID, 0, "clientes.csv", strings.NewReader(sheet))
	w.must(err)
	c, err = w.room.Update(w.t.Context(), w.owner, c.ID, change)
	w.must(err)
	return c
}

// checked makes a campaign and checks it.
func (w *world) checked(sheet string, change campaign.Change) campaign.Campaign {
	w.t.Helper()
	c := w.draft(sheet, change)
	_, err := w.room.Check(w.t.Context(), w.owner, c.ID)
	w.must(err)
	return w.run(c.ID, campaign.Checking)
}

// toAll is the change for "this template from this number, replies nowhere in particular".
func (w *world) toAll(template db.ID, box db.ID) campaign.Change {
	return campaign.Change{DefaultSender: &box, Message: &campaign.Message{Template: template}, Route: &campaign.Route{Target: campaign.ToNone}}
}

// problems gives the code of every row left out, as "row code".
func (w *world) problems(id db.ID) []string {
	w.t.Helper()
	rows, _, err := w.room.Rows(w.t.Context(), w.owner, id, "errors", 0, 200)
	w.must(err)
	out := []string{}
	for _, row := range rows {
		for _, p := range row.Problems {
			out = append(out, fmt.Sprint(row.Number, " ", p.Code))
			if words := p.Words("es"); strings.HasPrefix(words, "campaign.") || strings.Contains(words, "…") {
				w.t.Errorf("row %d: %s has no words: %q", row.Number, p.Code, words)
			}
		}
	}
	return out
}

func wantProblems(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func wantFault(t *testing.T, err error, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code {
		t.Errorf("error %v, want fault %s", err, code)
	}
}

// count asks the database.
func (w *world) count(text string, args ...any) int64 {
	w.t.Helper()
	n, err := db.One[int64](w.t.Context(), w.d, text, args...)
	w.must(err)
	return n
}

// people writes a sheet of n different phones with a name and an order.
func people(n int) string {
	var b strings.Builder
	b.WriteString("telefono,{{1}},{{2}}\n")
	for i := range n {
		fmt.Fprintf(&b, "+55 31 9%04d-%04d,Ana,A-%d\n", 6550+i/10000, i%10000, i)
	}
	return b.String()
}

func exec(text string, args ...any) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}
}

func (w *world) contact(phone, name string, attributes map[string]string) db.ID {
	w.t.Helper()
	var id db.ID
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		found, err := w.contacts.ResolveIn(ctx, tx, w.workspace, channel.WhatsApp, []contact.Person{{Identities: []channel.Identity{{Kind: channel.Phone, Value: phone}}, Name: name}})
		if err == nil {
			id = found[0].Contact
		}
		return err
	}))
	if attributes != nil {
		_, err := w.contacts.Update(w.t.Context(), w.workspace, id, contact.Change{Attributes: attributes})
		w.must(err)
	}
	return id
}

func (w *world) optOut(phone string) {
	w.t.Helper()
	_, err := w.contacts.OptOut(w.t.Context(), w.workspace, w.contact(phone, "", nil), contact.Consent{Source: contact.ByMessage})
	w.must(err)
}

func (w *world) block(phone string) {
	w.t.Helper()
	id := w.contact(phone, "", nil)
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := w.contacts.BlockIn(ctx, tx, w.workspace, id, w.owner.User, true)
		return err
	}))
}
