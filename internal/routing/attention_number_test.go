package routing_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/routing"
)

// own sets the service of the number apart.
func (h *house) own(own inbox.Attention) {
	h.t.Helper()
	_, err := h.room.SetOwnAttention(h.t.Context(), h.system, h.ventas.ID, own, -1)
	h.must(err)
}

func (h *house) exec(text string, args ...any) {
	h.t.Helper()
	h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}

func TestOwnAttention(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		ana := h.agent("ana", h.push, h.pull)
		h.present(ana)
		h.tell()
		t.Run("B170 each setting of closing acts by the number's value", func(t *testing.T) {
			row := h.writes("5531985553101", "hola")
			for _, one := range []struct {
				own     inbox.Attention
				closing conversation.Closing
				refused string
			}{
				{inbox.Attention{NoteMode: new(conversation.NoteOff)}, conversation.Closing{Note: "x"}, "ticket.note_off"},
				{inbox.Attention{NoteMode: new(conversation.NoteCategory), Categories: &[]string{"Cobro"}}, conversation.Closing{}, "ticket.category_required"},
				{inbox.Attention{Categories: &[]string{"Cobro"}}, conversation.Closing{Category: "Entrega"}, "ticket.category"},
				{inbox.Attention{Results: &[]string{"ganado"}}, conversation.Closing{Result: "resolved"}, "ticket.result"},
				{inbox.Attention{TagsRequired: new(true)}, conversation.Closing{}, "ticket.tags_required"},
			} {
				h.own(one.own)
				if _, err := h.conversations.CloseTicket(ctx, ana, row.ID, one.closing); !fault.Is(err, one.refused) {
					t.Errorf("got %v, want %s", err, one.refused)
				}
			}
			h.own(inbox.Attention{})
			_, err := h.conversations.CloseTicket(ctx, ana, row.ID, conversation.Closing{Result: "resolved", Note: "x"})
			h.must(err)
			h.tell()
		})
		t.Run("B170 the agent is kept where the number says so, for as long", func(t *testing.T) {
			h.own(inbox.Attention{Assignee: new(conversation.AssigneeDays), KeepDays: new(int64(2))})
			closed := func(phone string, days int64) conversation.Row {
				row := h.writes(phone, "hola")
				h.must(h.room.Assign(ctx, h.system, row.ID, conversation.Assignment{User: ana.User, Queue: h.pull.ID}))
				_, err := h.conversations.CloseTicket(ctx, ana, row.ID, conversation.Closing{})
				h.must(err)
				h.tell()
				h.exec("update tickets set closed_at = closed_at - $1 where conversation_id = $2", days*24*3_600_000, row.ID)
				return h.writes(phone, "otra cosa")
			}
			if row := closed("5531985553102", 1); row.Assignee != ana.User || row.Queue != h.pull.ID {
				t.Errorf("within the days: %+v", row)
			}
			if row := closed("5531985553103", 3); row.Queue != h.push.ID {
				t.Errorf("after them: %+v", row)
			}
		})
		t.Run("B170 the first answer is due by the number's limit, and goes on as it says", func(t *testing.T) {
			h.attention(func(a *routing.Attention) { a.AnswerMinutes = 9 })
			due := func(phone string) int64 {
				row := h.writes(phone, "hola")
				h.must(h.room.Assign(ctx, h.system, row.ID, conversation.Assignment{User: ana.User, Waiting: true, Queue: h.pull.ID}))
				h.must(h.room.Assign(ctx, h.system, row.ID, conversation.Assignment{Queue: h.pull.ID}))
				h.must(h.room.Take(ctx, ana, row.ID))
				at, err := db.One[int64](ctx, d, "select coalesce(fallback_at, 0) from tickets where id = $1", h.row(row.ID).Ticket)
				h.must(err)
				if at == 0 {
					return 0
				}
				return (at - d.Now() + 59_999) / 60_000
			}
			for minutes, own := range map[int64]inbox.Attention{9: {}, 3: {AnswerMinutes: new(int64(3))}, 0: {AnswerMinutes: new(int64(0))}} {
				h.own(own)
				if got := due("553198555310" + string(rune('4'+minutes%5))); got != minutes {
					t.Errorf("due in %d minutes, want %d", got, minutes)
				}
			}
		})
		t.Run("what the company changes holds where the number has nothing of its own", func(t *testing.T) {
			h.own(inbox.Attention{TagsRequired: new(true)})
			h.attention(func(a *routing.Attention) { a.AnswerMinutes, a.Unanswered = 4, routing.ToOnline })
			a, err := h.room.NumberAttention(ctx, h.system, h.ventas.ID)
			if err != nil || a.Distribution.AnswerMinutes != 4 || a.Distribution.Unanswered != routing.ToOnline || !a.Closing.TagsRequired {
				t.Errorf("%+v %v", a, err)
			}
		})
		t.Run("what cannot be met is refused with its field, and nothing is kept", func(t *testing.T) {
			before, err := h.room.NumberAttention(ctx, h.system, h.ventas.ID)
			h.must(err)
			for field, own := range map[string]inbox.Attention{
				"note_mode":      {NoteMode: new("never")},
				"categories":     {NoteMode: new(conversation.NoteCategory)},
				"assignee":       {Assignee: new("fire")},
				"keep_days":      {KeepDays: new(int64(0))},
				"answer_minutes": {AnswerMinutes: new(int64(-1))},
				"unanswered":     {Unanswered: new("nobody")},
				"active_people":  {ActivePeople: new(int64(201))},
			} {
				_, err := h.room.SetOwnAttention(ctx, h.system, h.ventas.ID, own, -1)
				var f *fault.Error
				if !errors.As(err, &f) || f.Field != field {
					t.Errorf("%s: %v", field, err)
				}
			}
			after, err := h.room.NumberAttention(ctx, h.system, h.ventas.ID)
			if err != nil || after.Version != before.Version {
				t.Errorf("version %d after %d: %v", after.Version, before.Version, err)
			}
		})
		t.Run("the later of two is told; others may not, and elsewhere is nothing", func(t *testing.T) {
			now, err := h.room.NumberAttention(ctx, h.system, h.ventas.ID)
			h.must(err)
			if _, err := h.room.SetOwnAttention(ctx, h.system, h.ventas.ID, inbox.Attention{}, now.Version); err != nil {
				t.Fatal(err)
			}
			if _, err := h.room.SetOwnAttention(ctx, h.system, h.ventas.ID, inbox.Attention{}, now.Version); !fault.Is(err, "attention.edited") {
				t.Error(err)
			}
			if _, err := h.room.SetOwnAttention(ctx, ana, h.ventas.ID, inbox.Attention{}, -1); fault.KindOf(err) != fault.Forbidden {
				t.Error(err)
			}
			if _, err := h.room.SetOwnAttention(ctx, account.System(42), h.ventas.ID, inbox.Attention{}, -1); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			if _, err := h.room.NumberAttention(ctx, account.System(42), h.ventas.ID); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
	})
}

// What a number sets apart is read over the company's by name: a name that differs would be passed over in silence.
func TestOwnAttentionHasTheNamesOfTheCompanys(t *testing.T) {
	text, err := json.Marshal(inbox.Attention{NoteMode: new("a"), Results: &[]string{"b"}, Categories: &[]string{"c"}, TagsRequired: new(true), Assignee: new("d"),
		KeepDays: new(int64(5)), AnswerMinutes: new(int64(6)), Unanswered: new("e"), TransferAgents: new(false), TransferQueues: new(false),
		TransferNumbers: new(false), Active: new(false), ActivePeople: new(int64(7)), Sound: new(false), SoundOwn: new(false)})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := inbox.Layered(conversation.DefaultClosingRules(), string(text))
	if err != nil || rules.NoteMode != "a" || !slices.Equal(rules.Results, []string{"b"}) || !slices.Equal(rules.Categories, []string{"c"}) || !rules.TagsRequired ||
		rules.Assignee != "d" || rules.KeepDays != 5 {
		t.Errorf("%+v %v", rules, err)
	}
	settings, err := inbox.Layered(routing.DefaultAttention(), string(text))
	if err != nil || settings.AnswerMinutes != 6 || settings.Unanswered != "e" || settings.TransferAgents || settings.TransferQueues || settings.TransferNumbers ||
		settings.Active || settings.ActivePeople != 7 || settings.Sound || settings.SoundOwn {
		t.Errorf("%+v %v", settings, err)
	}
}
