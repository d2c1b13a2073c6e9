package conversation_test

import (
	"testing"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func TestConsentByWord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := h.talk(h.ventas, "5531955550960")
		hear := func(external, text string) contact.Contact {
			t.Helper()
			h.receive(h.says(h.ventas, "5531955550960", external, text, d.Now()))
			who, err := h.contacts.Get(t.Context(), h.workspace, c.Contact)
			must(t, err)
			return who
		}
		t.Run("a whole message that is one of the words changes the person's consent at once", func(t *testing.T) {
			same(t, "part of a sentence", hear("wamid.c1", "no me des de baja todavía").OptedOutAt, int64(0))
			out := hear("wamid.c2", " ¡Baja! ")
			same(t, "source", out.OptedOutSource, contact.ByMessage)
			same(t, "scope", out.OptedOutScope, contact.Marketing)
			same(t, "again", hear("wamid.c3", "STOP").OptedOutAt, out.OptedOutAt)
			same(t, "asked for again", hear("wamid.c4", "alta").OptedOutAt, int64(0))
			ledger, err := h.contacts.Ledger(t.Context(), h.workspace, out)
			must(t, err)
			same(t, "entries", len(ledger), 2)
			same(t, "wording", ledger[1].Wording+" "+ledger[0].Wording, " ¡Baja!  alta")
			same(t, "number", ledger[0].Inbox, h.ventas)
		})
		t.Run("a tapped button counts by its caption", func(t *testing.T) {
			m := h.says(h.ventas, "5531955550960", "wamid.c5", "", d.Now())
			m.Event.Kind, m.Event.Content.Title, m.Event.Content.Payload = channel.Text, "BAJA", "stop_1"
			h.receive(m)
			who, err := h.contacts.Get(t.Context(), h.workspace, c.Contact)
			must(t, err)
			same(t, "source", who.OptedOutSource, contact.ByMessage)
		})
		t.Run("where the workspace wants it the person is answered, once", func(t *testing.T) {
			k := contact.DefaultKeywords()
			k.Scope, k.StartAnswer = contact.Everything, "Listo, te escribimos de nuevo."
			_, err := h.contacts.SetKeywords(t.Context(), h.ana, k)
			must(t, err)
			hear("wamid.c6", "alta")
			hear("wamid.c7", "alta")
			answers := 0
			for _, m := range h.thread(c.ID) {
				if m.Text == k.StartAnswer {
					answers++
				}
			}
			same(t, "answers", answers, 1)
		})
		t.Run("who wants nothing at all gets no template from the desk either", func(t *testing.T) {
			same(t, "scope", hear("wamid.c8", "baja").OptedOutScope, contact.Everything)
			w, err := h.room.Window(t.Context(), h.workspace, c.ID)
			must(t, err)
			same(t, "free words", w.Allows(conversation.AllowFree), true)
			same(t, "a template without promotion", w.Allows(conversation.AllowUtility), false)
		})
	})
}
