package desk_test

import (
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/desk"
)

// seen waits until a hub says whether a person has a desk before their eyes.
func (h *house) seen(hub *desk.Hub, who account.Actor, want bool) {
	h.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); hub.Visible(h.workspace.ID, who.User) != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("visible is not %v", want)
		}
	}
}

func TestWhoIsThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, luis := h.agent("ana", h.ventas), h.agent("luis", h.ventas)
		m, err := h.conversations.Message(t.Context(), h.workspace.ID, h.writes("5531985551001", "hola"))
		h.must(err)
		one, two := h.opens(ana, ""), h.opens(ana, "")
		one.hello()
		two.hello()
		show := func(s *screen, visible bool) { s.says(map[string]any{"type": "visible", "visible": visible}) }

		t.Run("an open desk is not yet one that is looked at", func(t *testing.T) {
			h.seen(h.hub, ana, false)
		})
		t.Run("one visible desk of several is enough", func(t *testing.T) {
			show(one, true)
			show(two, false)
			h.seen(h.hub, ana, true)
			h.seen(h.hub, luis, false)
			if h.hub.Visible(h.workspace.ID+1, ana.User) {
				t.Error("of another workspace too")
			}
		})
		t.Run("what it shows does not matter, and one that shows a conversation is visible", func(t *testing.T) {
			one.looksAt(m.Conversation, false)
			one.seesPeople("ana")
			show(one, false)
			h.seen(h.hub, ana, true)
			one.looksAt(0, false)
			h.seen(h.hub, ana, false)
			show(one, true)
			one.looksAt(m.Conversation, false)
			one.looksAt(0, false)
			h.seen(h.hub, ana, true)
		})
		t.Run("a desk that was closed is not visible", func(t *testing.T) {
			_ = one.socket.CloseNow()
			h.seen(h.hub, ana, false)
		})
	})
}
