package conversation_test

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
)

// house is a workspace with two numbers and two agents on a real database.
type house struct {
	t               tester
	d               *db.DB
	room            *conversation.Room
	contacts        *contact.Room
	workspace       db.ID
	ventas, soporte db.ID
	ana, luis       account.Actor
	sales           db.ID // a queue's id
	node            int64
}

// One database can hold several houses: numbers and e-mails carry the workspace.
func open(t tester, d *db.DB) *house {
	t.Helper()
	ctx := context.Background()
	log := event.NewLog(d, event.NewBell(d))
	accounts, contacts := account.New(d, log), contact.New(d, log)
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	must(t, err)
	inboxes := inbox.New(d, log, sealer)
	workspace, err := accounts.CreateWorkspace(ctx, "Tienda de prueba", "es")
	must(t, err)
	h := &house{t: t, d: d, contacts: contacts, workspace: workspace.ID, node: int64(workspace.ID), sales: d.NewID(), room: conversation.New(d, log, contacts, inboxes)}
	h.ventas = h.number(inboxes, "Ventas", "5531955501001", "2090010010010011")
	h.soporte = h.number(inboxes, "Soporte", "525555501002", "2090010010010012")
	h.ana, h.luis = h.agent(accounts, "Ana Sosa", "ana@ejemplo.test"), h.agent(accounts, "Luis Rey", "luis@ejemplo.test")
	return h
}

func (h *house) number(inboxes *inbox.Room, label, address, external string) db.ID {
	box, err := inboxes.Create(context.Background(), inbox.Draft{Workspace: h.workspace, Channel: channel.WhatsApp, Label: label, Address: address,
		ExternalID: external + h.workspace.String(), Account: "1090010010010010", Token: "token"})
	must(h.t, err)
	return box.ID
}

func (h *house) agent(accounts *account.Room, name, email string) account.Actor {
	user, err := accounts.CreateUser(context.Background(), account.NewUser{Name: name, Email: h.workspace.String() + email, Locale: "es"})
	must(h.t, err)
	return account.Actor{Kind: account.KindUser, Workspace: h.workspace, User: user.ID, Name: name,
		Permissions: account.Permissions{Areas: map[account.Area]account.Level{account.Desk: account.Edit}, Abilities: []account.Ability{account.Reply, account.Transfer}}}
}

func (h *house) everything() conversation.Reach { return conversation.Everything(h.workspace) }

// write runs f in a transaction.
func (h *house) write(f func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	must(h.t, h.d.Write(context.Background(), f))
}

// says is a text from a person at a provider's time.
func (h *house) says(in db.ID, phone, external, text string, at int64) conversation.Incoming {
	return conversation.Incoming{Workspace: h.workspace, Inbox: in, Event: channel.Inbound{ExternalID: external, At: at, Name: "Persona " + phone,
		From: []channel.Identity{{Kind: channel.Phone, Value: phone}}, Kind: channel.Text, Text: text}}
}

func (h *house) receive(batch ...conversation.Incoming) (result conversation.ReceiveResult) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) (err error) {
		result, err = h.room.ReceiveIn(ctx, tx, batch)
		return err
	})
	return result
}

// talk makes a conversation by letting a person write now, and gives it.
func (h *house) talk(in db.ID, phone string) conversation.Row {
	h.t.Helper()
	r := h.receive(h.says(in, phone, fmt.Sprintf("wamid.talk.%s.%d", phone, h.d.NewID()), "hola", h.d.Now()))
	return h.row(h.message(r.Messages[0]).Conversation)
}

func (h *house) row(id db.ID) conversation.Row {
	h.t.Helper()
	row, err := h.room.Get(context.Background(), h.everything(), id)
	must(h.t, err)
	return row
}

func (h *house) message(id db.ID) conversation.Message {
	h.t.Helper()
	all, err := h.room.MessagesByID(context.Background(), h.d, h.workspace, []db.ID{id})
	must(h.t, err)
	m, ok := all[id]
	if !ok {
		h.t.Fatalf("there is no message %d", id)
	}
	return m
}

func (h *house) thread(id db.ID) []conversation.Message {
	h.t.Helper()
	all, _, err := h.room.Messages(context.Background(), h.workspace, id, 0, 200)
	must(h.t, err)
	return all
}

func (h *house) post(actor account.Actor, draft conversation.Draft) conversation.Message {
	h.t.Helper()
	m, err := h.room.Post(context.Background(), actor, draft)
	must(h.t, err)
	return m
}

func text(conversationID db.ID, words string) conversation.Draft {
	return conversation.Draft{Conversation: conversationID, Kind: channel.Text, Text: words}
}

func template(conversationID db.ID, category string) conversation.Draft {
	return conversation.Draft{Conversation: conversationID, Kind: channel.Template, Text: "Hola, tenemos novedades.",
		Content: channel.Content{Template: &channel.Filled{Name: "aviso", Language: "es", Category: category}}}
}

// opens a ticket in a queue, or with an agent when one is named.
func (h *house) opens(c db.ID, agent db.ID) conversation.Ticket {
	h.t.Helper()
	o := conversation.Opening{Conversation: c, Holder: conversation.HolderQueue, Queue: h.sales}
	if agent != 0 {
		o = conversation.Opening{Conversation: c, Holder: conversation.HolderAgent, Assignee: agent}
	}
	var ticket conversation.Ticket
	h.write(func(ctx context.Context, tx *db.Tx) (err error) {
		ticket, _, err = h.room.OpenTicketIn(ctx, tx, account.System(h.workspace), o)
		return err
	})
	return ticket
}

// campaign queues one active message to a phone and gives its id.
func (h *house) campaign(in db.ID, campaign db.ID, phone string, route *conversation.RouteRequest) (id db.ID) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		found, err := h.contacts.ResolveIn(ctx, tx, h.workspace, channel.WhatsApp, []contact.Person{{Identities: []channel.Identity{{Kind: channel.Phone, Value: phone}}}})
		if err != nil {
			return err
		}
		ids, err := h.room.QueueCampaignIn(ctx, tx, h.workspace, []conversation.CampaignMessage{{Inbox: in, Contact: found[0].Contact, Campaign: campaign,
			Template: channel.Filled{Name: "aviso", Language: "es"}, Text: "Hola, tenemos novedades.", Route: route}})
		if err == nil {
			id = ids[0]
		}
		return err
	})
	return id
}

func (h *house) claim(in db.ID, now int64) (out []conversation.Outgoing) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = h.room.ClaimIn(ctx, tx, in, h.node, 100, now)
		return err
	})
	return out
}

func (h *house) settle(outcomes ...conversation.Outcome) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error { return h.room.SettleIn(ctx, tx, outcomes) })
}

func (h *house) status(changes ...conversation.StatusChange) (applied int) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) (err error) {
		applied, err = h.room.ApplyStatusesIn(ctx, tx, changes)
		return err
	})
	return applied
}

func (h *house) news(in db.ID, message db.ID, external string, status conversation.Status, at int64) conversation.StatusChange {
	return conversation.StatusChange{Workspace: h.workspace, Inbox: in, Message: message, ExternalID: external, Status: status, At: at}
}

func accepted(message db.ID, external string, at int64) conversation.Outcome {
	return conversation.Outcome{Message: message, Accepted: &channel.Accepted{ExternalID: external}, At: at}
}

// sent queues, claims and settles an active message as accepted at a time.
func (h *house) sent(in, campaign db.ID, phone string, route *conversation.RouteRequest, at int64) conversation.Message {
	h.t.Helper()
	id := h.campaign(in, campaign, phone, route)
	h.claim(in, at)
	h.settle(accepted(id, "wamid.out."+id.String(), at))
	return h.message(id)
}

// facts gives the facts of a kind told so far. It reads the table: on PostgreSQL the log hides facts while any transaction of the
// server is older, also one of another test.
func (h *house) facts(kind string) []event.Event {
	h.t.Helper()
	facts, err := db.All[event.Event](context.Background(), h.d, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at from events
		where kind = $1 and workspace_id = $2 order by seq`, kind, h.workspace)
	must(h.t, err)
	return facts
}

func must(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same[T comparable](t tester, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// tester is a *testing.T, *testing.B or *rapid.T.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// reopened is the room as another process sees it: nothing but the database.
func reopened(t tester, h *house) *conversation.Room {
	t.Helper()
	log := event.NewLog(h.d, event.NewBell(h.d))
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	must(t, err)
	contacts := contact.New(h.d, log)
	return conversation.New(h.d, log, contacts, inbox.New(h.d, log, sealer))
}
