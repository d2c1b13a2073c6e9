package routing_test

import (
	"context"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/routing"
)

// hears tells the clocks of silence all facts there are.
func (h *house) hears() {
	h.t.Helper()
	h.tell()
	sub := h.room.SilenceSubscriber()
	facts, err := h.log.Read(h.t.Context(), h.heard, 1000)
	h.must(err)
	var wanted []event.Event
	for _, f := range facts {
		h.heard = h.log.CursorOf(f)
		for _, kind := range sub.Kinds {
			if f.Kind == kind {
				wanted = append(wanted, f)
			}
		}
	}
	h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error { return sub.React(ctx, tx, wanted) }))
}

// lasts lets a silence be as long as it must, and has it broken, twice.
func (h *house) lasts(id db.ID) {
	h.t.Helper()
	h.hears()
	h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update silences set due_at = 1 where conversation_id = $1 and due_at is not null", id)
		return err
	}))
	for range 2 {
		_, err := h.room.BreakSilences(h.t.Context())
		h.must(err)
	}
	h.hears()
}

// botSaid gives what was said without a person, in order.
func (h *house) botSaid(id db.ID) string {
	h.t.Helper()
	said, err := db.All[string](h.t.Context(), h.d, "select body from messages where conversation_id = $1 and direction = 2 and author = 'bot' and kind = 'text' order by id", id)
	h.must(err)
	return strings.Join(said, "|")
}

func (h *house) words(a account.Actor, id db.ID, text string) {
	h.t.Helper()
	_, err := h.conversations.Post(h.t.Context(), a, conversation.Draft{Conversation: id, Kind: channel.Text, Text: text})
	h.must(err)
	h.hears()
}

func (h *house) due(id db.ID) bool {
	h.t.Helper()
	n, err := db.One[int](h.t.Context(), h.d, "select count(*) from silences where conversation_id = $1 and due_at is not null", id)
	h.must(err)
	return n > 0
}

func TestSilence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		ana := h.agent("ana", h.pull)
		settings := routing.DefaultAttention()
		settings.SilenceMinutes, settings.SilenceText, settings.SilenceClose = 10, "¿Sigues ahí, {{contact.first_name}}?", 5
		settings.AgentMinutes, settings.AgentText, settings.AgentBack = 15, "Enseguida te atendemos.", true
		set := func(a routing.Attention) {
			t.Helper()
			_, err := h.room.SetAttention(ctx, h.system, a)
			h.must(err)
		}
		set(settings)
		talk := func(phone string) db.ID {
			t.Helper()
			id := h.writes(phone, "Hola").ID
			h.words(ana, id, "Hola, soy Ana")
			return id
		}
		t.Run("B170 the customer says nothing: asked once, then the ticket is closed", func(t *testing.T) {
			id := talk("5531985553251")
			h.lasts(id)
			if said := h.botSaid(id); said != "¿Sigues ahí, Persona?" || h.row(id).State != conversation.Open {
				t.Errorf("said %q, %v", said, h.row(id).State)
			}
			h.lasts(id)
			if said := h.botSaid(id); said != "¿Sigues ahí, Persona?" || h.row(id).State != conversation.Closed {
				t.Errorf("said %q, %v", said, h.row(id).State)
			}
		})
		t.Run("B170 who answers stops it, and the next silence begins anew", func(t *testing.T) {
			id := talk("5531985553252")
			h.lasts(id)
			h.writes("5531985553252", "Sí, aquí estoy")
			h.words(ana, id, "¡Qué bien!")
			h.lasts(id)
			if said := h.botSaid(id); said != "¿Sigues ahí, Persona?|¿Sigues ahí, Persona?" || h.row(id).State != conversation.Open {
				t.Errorf("said %q, %v", said, h.row(id).State)
			}
		})
		t.Run("B170 the agent says nothing: the customer is told once and the ticket goes back to its queue", func(t *testing.T) {
			id := talk("5531985553253")
			h.writes("5531985553253", "Una pregunta")
			h.writes("5531985553253", "¿Hay alguien?")
			h.lasts(id)
			h.lasts(id)
			if row := h.row(id); h.botSaid(id) != "Enseguida te atendemos." || row.Holder == conversation.HolderAgent && row.Assignee == ana.User || h.due(id) {
				t.Errorf("said %q, held by %s %d", h.botSaid(id), row.Holder, row.Assignee)
			}
		})
		t.Run("B170 on hold and snoozed tickets leave the timers, and come back into them", func(t *testing.T) {
			id := talk("5531985553254")
			h.must(h.conversations.SetHold(ctx, ana, id, true))
			h.lasts(id)
			if h.botSaid(id) != "" || h.due(id) {
				t.Errorf("on hold: said %q", h.botSaid(id))
			}
			h.must(h.conversations.SetHold(ctx, ana, id, false))
			h.must(h.conversations.Snooze(ctx, ana, id, conversation.UntilReply, 0))
			h.lasts(id)
			if h.botSaid(id) != "" {
				t.Errorf("snoozed: said %q", h.botSaid(id))
			}
			h.must(h.conversations.Snooze(ctx, ana, id, 0, 0))
			h.lasts(id)
			if h.botSaid(id) == "" {
				t.Error("awake again, nobody spoke")
			}
		})
		t.Run("B170 nothing is said when the window is closed, nor where silence means nothing", func(t *testing.T) {
			id := talk("5531985553255")
			h.hears()
			h.must(d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update conversations set window_until = 1, free_until = 1, last_inbound_at = 1 where id = $1", id)
				return err
			}))
			h.lasts(id)
			if h.botSaid(id) != "" {
				t.Errorf("said %q", h.botSaid(id))
			}
			set(routing.DefaultAttention())
			defer set(settings)
			id = talk("5531985553256")
			if h.lasts(id); h.botSaid(id) != "" || h.due(id) {
				t.Errorf("not wanted: said %q", h.botSaid(id))
			}
		})
		t.Run("what would do nothing is refused", func(t *testing.T) {
			for field, change := range map[string]func(*routing.Attention){
				"silence_text":    func(a *routing.Attention) { a.SilenceText = " " },
				"agent_text":      func(a *routing.Attention) { a.AgentText, a.AgentBack = "", false },
				"silence_minutes": func(a *routing.Attention) { a.SilenceMinutes = 1441 },
			} {
				a := settings
				change(&a)
				_, err := h.room.SetAttention(ctx, h.system, a)
				if f, ok := err.(*fault.Error); !ok || f.Field != field || f.Kind != fault.Invalid {
					t.Errorf("%s: %v", field, err)
				}
			}
		})
	})
}
