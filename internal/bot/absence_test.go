package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// away switches an absence on.
func (h *house) away(change func(a *bot.Absence)) bot.Absence {
	h.t.Helper()
	a := bot.Absence{Inbox: h.number, Since: h.d.Now() - 1000, Text: "Hola {{contact.first_name}}, no estamos."}
	if change != nil {
		change(&a)
	}
	kept, err := h.room.SaveAbsence(context.Background(), account.System(h.workspace), a)
	must(h.t, err)
	return kept
}

// hears tells the absences every message so far, twice.
func (h *house) hears() {
	h.t.Helper()
	s := h.room.AbsenceSubscriber()
	facts, err := db.All[event.Event](context.Background(), h.d, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at from events
		where workspace_id = $1 and kind in ({texts:$2}) order by seq`, h.workspace, db.Texts(s.Kinds))
	must(h.t, err)
	for range 2 {
		h.write(func(ctx context.Context, tx *db.Tx) error { return s.React(ctx, tx, facts) })
	}
}

// second is another connected number of the workspace.
func (h *house) second(label, address string, owner db.ID) db.ID {
	h.t.Helper()
	box, err := h.inboxes.Create(context.Background(), inbox.Draft{Workspace: h.workspace, Channel: channel.WhatsApp, Label: label, Address: address,
		ExternalID: "30" + h.workspace.String() + address, Account: "1090010010010010", Token: "token", Owner: owner, FirstResponder: inbox.FirstQueue})
	must(h.t, err)
	return box.ID
}

func TestAbsence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		t.Run("whoever writes is told once, whoever holds the ticket, until it is switched off", func(t *testing.T) {
			h := open(t, d)
			a := h.away(nil)
			c := h.says("5531955550101", "hola", "", d.Now())
			h.hears()
			h.says("5531955550101", "¿hay alguien?", "", d.Now())
			h.hears()
			same(t, "said", h.said(c), "text: Hola, no estamos.")
			a.Since = 0
			_, err := h.room.SaveAbsence(ctx, account.System(h.workspace), a)
			must(t, err)
			other := h.says("5531955550102", "hola", "", d.Now())
			h.hears()
			same(t, "said when it is off", h.said(other), "")
			h.away(nil)
			h.hears()
			same(t, "said when it is on again", h.said(c), "text: Hola, no estamos.\ntext: Hola, no estamos.")
		})

		t.Run("the next day says it again", func(t *testing.T) {
			h := open(t, d)
			c := h.says("5531955550103", "hola", "", d.Now())
			h.away(func(a *bot.Absence) { a.Since = d.Now() - (24*time.Hour - 400*time.Millisecond).Milliseconds() })
			h.hears()
			time.Sleep(500 * time.Millisecond)
			h.hears()
			same(t, "times", strings.Count(h.said(c), "no estamos"), 2)
		})

		t.Run("between two times only", func(t *testing.T) {
			h := open(t, d)
			c := h.says("5531955550104", "hola", "", d.Now())
			kept := h.away(func(a *bot.Absence) { a.Since, a.Until = d.Now()+60_000, d.Now()+120_000 })
			same(t, "on", kept.On, false)
			h.hears()
			same(t, "said", h.said(c), "")
		})

		t.Run("a colleague is named with the link of a number of theirs, or left out when that is gone", func(t *testing.T) {
			h := open(t, d)
			accounts := account.New(d, h.log)
			u, err := accounts.CreateUser(ctx, account.NewUser{Email: "luz." + h.workspace.String() + "@aurora.example", Name: "Luz Mar"})
			must(t, err)
			profiles, err := accounts.Profiles(ctx, h.workspace)
			must(t, err)
			_, err = accounts.AddMember(ctx, account.System(h.workspace), u.ID, profiles[0].ID)
			must(t, err)
			hers := h.second("Luz", "5531955501002", u.ID)
			h.away(func(a *bot.Absence) {
				a.Colleague, a.Text = u.ID, "No estamos.\nEscribe a {{colleague.name}}: {{colleague.link}}\nVolvemos el {{absence.until}}"
			})
			c := h.says("5531955550107", "hola", "", d.Now())
			h.hears()
			same(t, "said", h.said(c), "text: No estamos.\nEscribe a Luz Mar: https://wa.me/5531955501002")
			must(t, h.inboxes.SetStatus(ctx, hers, inbox.Disconnected, 190))
			late := h.says("5531955550108", "hola", "", d.Now())
			h.hears()
			same(t, "said when it is gone", h.said(late), "text: No estamos.")
		})

		t.Run("another number is linked even where the text forgets it", func(t *testing.T) {
			h := open(t, d)
			other := h.second("Sur", "5531955501003", 0)
			h.away(func(a *bot.Absence) { a.Other = other })
			c := h.says("5531955550105", "hola", "", d.Now())
			h.hears()
			if !strings.Contains(h.said(c), "Sur: https://wa.me/5531955501") {
				t.Errorf("said %q", h.said(c))
			}
			must(t, h.inboxes.SetStatus(ctx, other, inbox.Disconnected, 190))
			late := h.says("5531955550106", "hola", "", d.Now())
			h.hears()
			same(t, "said when it is gone", h.said(late), "text: Hola, no estamos.")
		})

		t.Run("what can not be is refused on its field", func(t *testing.T) {
			h := open(t, d)
			for field, change := range map[string]func(a *bot.Absence){
				"text":           func(a *bot.Absence) { a.Text = " " },
				"until":          func(a *bot.Absence) { a.Until = a.Since - 1 },
				"colleague_id":   func(a *bot.Absence) { a.Colleague = 7 },
				"other_inbox_id": func(a *bot.Absence) { a.Other = h.number },
			} {
				a := bot.Absence{Inbox: h.number, Since: d.Now(), Text: "No estamos"}
				change(&a)
				_, err := h.room.SaveAbsence(ctx, account.System(h.workspace), a)
				same(t, field+" kind", fault.KindOf(err), fault.Invalid)
				same(t, field+" field", fieldOf(err), field)
			}
			long := bot.Absence{Inbox: h.number, Text: strings.Repeat("ñ", 2001)}
			_, err := h.room.SaveAbsence(ctx, account.System(h.workspace), long)
			same(t, "long", fault.KindOf(err), fault.Invalid)
			foreign := bot.Absence{Inbox: 1, Text: "x"}
			_, err = h.room.SaveAbsence(ctx, account.System(h.workspace), foreign)
			same(t, "foreign", fault.KindOf(err), fault.NotFound)
		})

		t.Run("whoever has no part in the number may not", func(t *testing.T) {
			h := open(t, d)
			stranger := account.Actor{Kind: account.KindUser, Workspace: h.workspace, User: 99}
			_, err := h.room.SaveAbsence(ctx, stranger, bot.Absence{Inbox: h.number, Since: d.Now(), Text: "x"})
			same(t, "kind", fault.KindOf(err), fault.Forbidden)
			all, err := h.room.Absences(ctx, stranger)
			must(t, err)
			same(t, "numbers", len(all), 0)
		})
	})
}

func fieldOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Field
	}
	return ""
}
