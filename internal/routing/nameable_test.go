package routing_test

import (
	"slices"
	"testing"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/inbox"
)

func TestNameable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, luis, lila := h.agent("ana", h.push), h.agent("luis"), h.agent("lila")
		row := h.writes("5531985554001", "hola")
		names := func() (names []string) {
			t.Helper()
			all, err := h.room.Nameable(t.Context(), h.row(row.ID))
			h.must(err)
			for _, n := range all {
				names = append(names, n.Name)
			}
			return names
		}
		t.Run("X02 those who see the conversation can be named", func(t *testing.T) {
			if got := names(); !slices.Equal(got, []string{"ana"}) {
				t.Fatalf("by queue: %v", got)
			}
			h.must(h.inboxes.AddMember(t.Context(), h.workspace.ID, h.ventas.ID, luis.User, inbox.Agent))
			if got := names(); !slices.Equal(got, []string{"ana", "luis"}) {
				t.Fatalf("by number: %v", got)
			}
			h.must(h.room.Assign(t.Context(), ana, row.ID, conversation.Assignment{User: lila.User}))
			if got := names(); !slices.Equal(got, []string{"ana", "lila", "luis"}) {
				t.Fatalf("by ticket: %v", got)
			}
		})
		t.Run("naming says what reach says", func(t *testing.T) {
			for _, who := range []db.ID{ana.User, luis.User, lila.User} {
				actor, err := h.accounts.ActorOf(t.Context(), h.workspace.ID, who)
				h.must(err)
				reach, err := h.room.ReachOf(t.Context(), actor)
				h.must(err)
				_, err = h.room.Named(t.Context(), h.row(row.ID), []db.ID{who})
				if (err == nil) != reach.Sees(h.row(row.ID)) {
					t.Errorf("%s: %v", actor.Name, err)
				}
			}
		})
		t.Run("who does not see it is refused", func(t *testing.T) {
			stranger := h.agent("bia")
			for _, user := range []db.ID{stranger.User, 42} {
				if _, err := h.room.Named(t.Context(), h.row(row.ID), []db.ID{ana.User, user}); !fault.Is(err, "mention.no_reach") {
					t.Fatal(err)
				}
			}
		})
	})
}
