package routing_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
	"recado/internal/routing"
)

// house is a workspace with a number, two queues and three people, on a real database. Subscribers are told by hand.
type house struct {
	t             *testing.T
	d             *db.DB
	log           *event.Log
	accounts      *account.Room
	inboxes       *inbox.Room
	contacts      *contact.Room
	conversations *conversation.Room
	room          *routing.Room
	workspace     account.Workspace
	system        account.Actor
	ventas        inbox.Inbox
	push, pull    routing.Queue
	seen          event.Cursor
	told          int64 // sequence number of the newest fact told
	said          int
	heard         event.Cursor // by the clocks of silence
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	ctx := t.Context()
	log := event.NewLog(d, event.NewBell(d))
	h := &house{t: t, d: d, log: log, accounts: account.New(d, log), contacts: contact.New(d, log)}
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	h.must(err)
	h.inboxes = inbox.New(d, log, sealer)
	h.conversations = conversation.New(d, log, h.contacts, h.inboxes)
	h.room = routing.New(d, log, h.accounts, h.inboxes, h.conversations)
	h.workspace, err = h.accounts.CreateWorkspace(ctx, "Tienda de prueba", "es")
	h.must(err)
	h.system = account.System(h.workspace.ID)
	h.push, err = h.room.CreateQueue(ctx, h.system, "Ventas", routing.Push, 2)
	h.must(err)
	h.pull, err = h.room.CreateQueue(ctx, h.system, "Cobranzas", routing.Pull, 0)
	h.must(err)
	h.ventas, err = h.inboxes.Create(ctx, inbox.Draft{Workspace: h.workspace.ID, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: "2090010010010011", Account: "1090010010010010", Token: "token", DefaultQueue: h.push.ID})
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// agent makes a member with the profile Agent.
func (h *house) agent(name string, queues ...routing.Queue) account.Actor {
	h.t.Helper()
	ctx := h.t.Context()
	user, err := h.accounts.CreateUser(ctx, account.NewUser{Name: name, Email: name + "@ejemplo.test", Locale: "es"})
	h.must(err)
	profile, err := h.accounts.StandardProfile(ctx, h.workspace, account.Agent)
	h.must(err)
	_, err = h.accounts.AddMember(ctx, h.system, user.ID, profile.ID)
	h.must(err)
	for _, q := range queues {
		h.must(h.room.AddToQueue(ctx, h.system, q.ID, user.ID))
	}
	actor, err := h.accounts.ActorOf(ctx, h.workspace.ID, user.ID)
	h.must(err)
	return actor
}

// present opens a desk for the agent.
func (h *house) present(a account.Actor) db.ID {
	h.t.Helper()
	id, err := h.room.DeskOpened(h.t.Context(), a.Workspace, a.User)
	h.must(err)
	return id
}

// writes lets a person write, tells the subscribers, and gives the conversation.
func (h *house) writes(phone, text string) conversation.Row {
	h.t.Helper()
	return h.sends(phone, channel.Inbound{Kind: channel.Text, Text: text})
}

func (h *house) sends(phone string, m channel.Inbound) conversation.Row {
	h.t.Helper()
	h.said++
	m.ExternalID, m.At, m.Name = fmt.Sprintf("wamid.%d", h.said), h.d.Now(), "Persona "+phone
	m.From = []channel.Identity{{Kind: channel.Phone, Value: phone}}
	var id db.ID
	h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		r, err := h.conversations.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: h.workspace.ID, Inbox: h.ventas.ID, Event: m}})
		if err == nil {
			id = r.Messages[0]
		}
		return err
	}))
	h.tell()
	message, err := h.conversations.Message(h.t.Context(), h.workspace.ID, id)
	h.must(err)
	return h.row(message.Conversation)
}

func (h *house) row(id db.ID) conversation.Row {
	h.t.Helper()
	row, err := h.conversations.Get(h.t.Context(), conversation.Everything(h.workspace.ID), id)
	h.must(err)
	return row
}

// tell gives the facts so far to both subscribers, until nothing new happens.
func (h *house) tell() {
	h.t.Helper()
	for {
		facts := h.unread()
		if len(facts) == 0 {
			return
		}
		h.seen = h.log.CursorOf(facts[len(facts)-1])
		h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			var received, moved []event.Event
			for _, f := range facts {
				switch f.Kind {
				case conversation.MessageReceived:
					received = append(received, f)
				case conversation.TicketOpened, conversation.TicketAssigned, conversation.TicketClosed, routing.AvailabilityChanged, account.ChangedFact:
					moved = append(moved, f)
				}
			}
			if err := h.room.React(ctx, tx, received); err != nil {
				return err
			}
			return h.room.Distribute(ctx, tx, moved)
		}))
	}
}

// unread gives the facts nobody was told yet. On PostgreSQL a fact can be read only when no older transaction runs
// anywhere on the server, so it waits for those that are there.
func (h *house) unread() []event.Event {
	h.t.Helper()
	last, err := db.One[int64](h.t.Context(), h.d, "select coalesce(max(seq), 0) from events")
	h.must(err)
	for {
		facts, err := h.log.Read(h.t.Context(), h.seen, 1000)
		h.must(err)
		if last == h.told || len(facts) > 0 && facts[len(facts)-1].Seq >= last {
			h.told = last
			return facts
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// campaign sends an active message to a phone with a route, and lets the provider accept it.
func (h *house) campaign(phone string, route conversation.RouteRequest) db.ID {
	h.t.Helper()
	var sent []db.ID
	h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		who, err := h.contacts.ResolveIn(ctx, tx, h.workspace.ID, channel.WhatsApp, []contact.Person{{Identities: []channel.Identity{{Kind: channel.Phone, Value: phone}}}})
		if err != nil {
			return err
		}
		sent, err = h.conversations.QueueCampaignIn(ctx, tx, h.workspace.ID, []conversation.CampaignMessage{{Inbox: h.ventas.ID, Contact: who[0].Contact,
			Campaign: tx.NewID(), Template: channel.Filled{Name: "promo", Language: "es"}, Text: "Hola", Route: &route}})
		return err
	}))
	h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := h.conversations.ClaimIn(ctx, tx, h.ventas.ID, 1, 10, tx.Now()); err != nil {
			return err
		}
		return h.conversations.SettleIn(ctx, tx, []conversation.Outcome{{Message: sent[0], Accepted: &channel.Accepted{ExternalID: "wamid.out." + sent[0].String()}}})
	}))
	return sent[0]
}
