package desk_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/desk"
	"recado/internal/inbox"

	"github.com/coder/websocket"
)

func (s *screen) says(message map[string]any) {
	s.h.t.Helper()
	text, err := json.Marshal(message)
	s.h.must(err)
	s.h.must(s.socket.Write(s.h.t.Context(), websocket.MessageText, text))
}

func (s *screen) looksAt(id db.ID, writing bool) {
	s.h.t.Helper()
	s.says(map[string]any{"type": "looking", "conversation_id": id.String(), "writing": writing})
}

// seesPeople waits until the desk is told that exactly these look, with * for who writes.
func (s *screen) seesPeople(names ...string) {
	s.h.t.Helper()
	s.hears("who looks", func(f frame) bool {
		for _, fact := range f.Facts {
			if fact.Kind != "looking" {
				continue
			}
			var got []string
			for _, p := range fact.People {
				if p.Writing {
					p.Name += "*"
				}
				got = append(got, p.Name)
			}
			slices.Sort(got)
			if slices.Equal(got, names) {
				return true
			}
		}
		return false
	})
}

func TestWhoLooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, luis := h.agent("ana", h.ventas), h.agent("luis", h.ventas)
		m, err := h.conversations.Message(t.Context(), h.workspace.ID, h.writes("5531985551001", "hola"))
		h.must(err)
		one, two := h.opens(ana, ""), h.opens(luis, "")
		one.hello()
		two.hello()

		t.Run("two agents with one conversation open know of each other, and that one writes", func(t *testing.T) {
			one.looksAt(m.Conversation, false)
			one.seesPeople("ana")
			two.looksAt(m.Conversation, false)
			one.seesPeople("ana", "luis")
			two.seesPeople("ana", "luis")
			two.looksAt(m.Conversation, true)
			one.seesPeople("ana", "luis*")
		})
		t.Run("who goes elsewhere or closes the desk is gone", func(t *testing.T) {
			two.looksAt(0, false)
			one.seesPeople("ana")
			two.looksAt(m.Conversation, true)
			one.seesPeople("ana", "luis*")
			_ = two.socket.CloseNow()
			one.seesPeople("ana")
		})
		t.Run("who does not reach a conversation neither sees nor is seen", func(t *testing.T) {
			other := h.opens(h.agent("lila"), "")
			other.hello()
			other.looksAt(m.Conversation, true)
			two := h.opens(luis, "")
			two.hello()
			two.looksAt(m.Conversation, false)
			one.seesPeople("ana", "luis")
			_ = two.socket.CloseNow()
			one.seesPeople("ana")
		})
		t.Run("a permission that is taken away while it is open is told at once", func(t *testing.T) {
			two := h.opens(luis, "")
			two.hello()
			two.looksAt(m.Conversation, false)
			one.seesPeople("ana", "luis")
			h.must(h.inboxes.RemoveMember(t.Context(), h.workspace.ID, h.ventas.ID, luis.User, inbox.Agent))
			two.hears("reach", func(f frame) bool {
				return slices.ContainsFunc(f.Facts, func(fact fact) bool { return fact.Kind == "reach" })
			})
			one.seesPeople("ana")
			h.must(h.inboxes.AddMember(t.Context(), h.workspace.ID, h.ventas.ID, luis.User, inbox.Agent))
		})
		t.Run("X03 on several nodes too", func(t *testing.T) {
			if d.Pool() == nil {
				t.Skip("SQLite has one node")
			}
			away := desk.NewHub(h.room, h.log)
			ctx, stop := context.WithCancel(context.Background())
			done := make(chan struct{})
			go func() { defer close(done); _ = away.Run(ctx) }()
			defer func() { stop(); <-done }()
			two := h.opensOn(away, luis, "")
			two.hello()
			one.looksAt(m.Conversation, false)
			heard := make(chan struct{})
			go func() { // until the other node listens, it does not hear
				for writing := true; ; writing = !writing {
					two.looksAt(m.Conversation, writing)
					select {
					case <-heard:
						return
					case <-time.After(500 * time.Millisecond):
					}
				}
			}()
			one.seesPeople("ana", "luis*")
			close(heard)
		})
	})
}

func TestTheServerTellsItsTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		screen := h.opens(h.agent("ana", h.ventas), "")
		f := screen.hears("hello", func(f frame) bool { return f.Type == "hello" })
		if off := d.Now() - f.Now; off < 0 || off > 60_000 {
			t.Errorf("the hello is %d ms off", off)
		}
	})
}
