package notice_test

import (
	"context"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/notice"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/inbox"
)

// house is a workspace with a number, a conversation and two agents.
type house struct {
	t         *testing.T
	d         *db.DB
	room      *notice.Room
	workspace db.ID
	talk      db.ID
	inboxes   *inbox.Room
	box       db.ID
	ana, luis account.Actor
}

func open(t *testing.T, d *db.DB) *house {
	ctx := t.Context()
	log := event.NewLog(d, event.NewBell(d))
	accounts, contacts := account.New(d, log), contact.New(d, log)
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	h := &house{t: t, d: d}
	h.must(err)
	inboxes := inbox.New(d, log, sealer)
	conversations := conversation.New(d, log, contacts, inboxes)
	h.room, h.inboxes = notice.New(d, log, conversations), inboxes
	workspace, err := accounts.CreateWorkspace(ctx, "Tienda de prueba", "es")
	h.must(err)
	h.workspace = workspace.ID
	box, err := inboxes.Create(ctx, inbox.Draft{Workspace: h.workspace, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: "209" + h.workspace.String(), Account: "109", Token: "token"})
	h.must(err)
	h.box = box.ID
	for name, actor := range map[string]*account.Actor{"ana": &h.ana, "luis": &h.luis} {
		user, err := accounts.CreateUser(ctx, account.NewUser{Name: name, Email: h.workspace.String() + name + "@ejemplo.test", Locale: "es"})
		h.must(err)
		*actor = account.Actor{Kind: account.KindUser, Workspace: h.workspace, User: user.ID, Name: name, Permissions: account.All()}
	}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		r, err := conversations.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: h.workspace, Inbox: box.ID, Event: channel.Inbound{
			ExternalID: "wamid." + h.workspace.String(), At: tx.Now(), Kind: channel.Text, Text: "hola", From: []channel.Identity{{Kind: channel.Phone, Value: "5531955550801"}}}}})
		if err != nil {
			return err
		}
		found, err := conversations.MessagesByID(ctx, tx, h.workspace, r.Messages)
		if err != nil {
			return err
		}
		h.talk = found[r.Messages[0]].Conversation
		_, _, err = conversations.OpenTicketIn(ctx, tx, account.System(h.workspace), conversation.Opening{Conversation: h.talk, Holder: conversation.HolderAgent, Assignee: h.ana.User})
		return err
	})
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) write(f func(context.Context, *db.Tx) error) {
	h.t.Helper()
	h.must(h.d.Write(h.t.Context(), f))
}

// hears gives facts to the subscriber.
func (h *house) hears(kind string, data ...string) {
	h.t.Helper()
	events := make([]event.Event, len(data))
	for i, text := range data {
		events[i] = event.Event{Workspace: h.workspace, Kind: kind, Data: []byte(strings.NewReplacer("TALK", h.talk.String(), "ANA", h.ana.User.String(), "LUIS", h.luis.User.String()).Replace(text))}
	}
	h.write(func(ctx context.Context, tx *db.Tx) error { return h.room.Subscriber().React(ctx, tx, events) })
}

func (h *house) of(actor account.Actor) []notice.Notice {
	h.t.Helper()
	all, err := h.room.List(h.t.Context(), conversation.Reach{Workspace: h.workspace, All: true, User: actor.User})
	h.must(err)
	return all
}

func (h *house) told() (n int) {
	h.t.Helper()
	n, err := db.One[int](h.t.Context(), h.d, "select count(*) from events where workspace_id = $1 and kind = $2", h.workspace, notice.Told)
	h.must(err)
	return n
}

const answer = `{"message_id":"11","conversation_id":"TALK","ticket_id":"9","kind":"text","text":"¿sigue ahí?"}`

func TestNotices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("an answer is told to who holds the ticket, and counted until it is read", func(t *testing.T) {
			h := open(t, d)
			h.hears(conversation.MessageReceived, answer, answer)
			h.hears(conversation.MessageReceived, answer)
			got := h.of(h.ana)
			if len(got) != 1 || got[0].Times != 3 || got[0].Text != "¿sigue ahí?" || got[0].ReadAt != 0 {
				t.Fatalf("%+v", got)
			}
			if n := h.told(); n != 2 {
				t.Errorf("told %d times, want once for each batch", n)
			}
			h.must(h.room.MarkRead(t.Context(), h.ana, h.talk))
			h.hears(conversation.MessageReceived, answer)
			if got := h.of(h.ana); len(got) != 2 || got[0].Times != 1 || got[0].ReadAt != 0 || got[1].ReadAt == 0 {
				t.Fatalf("after reading: %+v", got)
			}
			if len(h.of(h.luis)) != 0 {
				t.Error("a colleague is told")
			}
		})
		t.Run("what opens a ticket, reactions, and one's own doing are not told", func(t *testing.T) {
			h := open(t, d)
			h.hears(conversation.MessageReceived, `{"message_id":"11","conversation_id":"TALK","ticket_id":"0","kind":"text"}`,
				`{"message_id":"12","conversation_id":"TALK","ticket_id":"9","kind":"reaction"}`)
			h.hears(conversation.TicketAssigned, `{"conversation_id":"TALK","assignee_id":"ANA","by":"ANA"}`, `{"conversation_id":"TALK","assignee_id":"0","by":"LUIS"}`)
			if got := h.of(h.ana); len(got) != 0 {
				t.Fatalf("%+v", got)
			}
		})
		t.Run("an assignment, a mention and a dropped message are told with who did it", func(t *testing.T) {
			h := open(t, d)
			h.hears(conversation.TicketAssigned, `{"conversation_id":"TALK","assignee_id":"LUIS","by":"ANA"}`)
			h.hears(conversation.Mentioning, `{"conversation_id":"TALK","message_id":"5","by":"ANA","users":["LUIS"]}`)
			h.hears(conversation.ScheduledDropped, `{"conversation_id":"TALK","author_id":"LUIS"}`)
			kinds := map[string]string{}
			for _, n := range h.of(h.luis) {
				kinds[n.Kind] = n.By
			}
			if len(kinds) != 3 || kinds[notice.Assigned] != "ana" || kinds[notice.Mentioned] != "ana" {
				t.Fatalf("%v", kinds)
			}
		})
		t.Run("kinds that are switched off are not told, what was lost always is", func(t *testing.T) {
			h := open(t, d)
			h.must(h.room.Set(t.Context(), h.ana, notice.Settings{Sound: new(true)}))
			h.hears(conversation.MessageReceived, answer)
			h.hears(conversation.ScheduledDropped, `{"conversation_id":"TALK","author_id":"ANA"}`)
			if got := h.of(h.ana); len(got) != 1 || got[0].Kind != notice.Dropped {
				t.Fatalf("%+v", got)
			}
			if s, err := h.room.SettingsOf(t.Context(), h.ana); err != nil || s.Sound == nil || !*s.Sound || s.Answered {
				t.Fatalf("%+v %v", s, err)
			}
		})
		t.Run("what is out of reach is not shown any more", func(t *testing.T) {
			h := open(t, d)
			h.hears(conversation.Mentioning, `{"conversation_id":"TALK","message_id":"5","by":"ANA","users":["LUIS"]}`)
			all, err := h.room.List(t.Context(), conversation.Reach{Workspace: h.workspace, User: h.luis.User})
			h.must(err)
			if len(all) != 0 {
				t.Fatalf("%+v", all)
			}
		})
	})
}
