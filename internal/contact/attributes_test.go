package contact_test

import (
	"context"
	"fmt"
	"testing"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
)

func TestAddAttributes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := event.NewLog(d, event.NewBell(d))
		room, workspace := contact.New(d, log), d.NewID()
		var id db.ID
		write := func(f func(ctx context.Context, tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(ctx context.Context, tx *db.Tx) error {
			found, err := room.ResolveIn(ctx, tx, workspace, channel.WhatsApp, []contact.Person{{Identities: []channel.Identity{{Kind: channel.Phone, Value: "5531955500001"}}}})
			if err == nil {
				id = found[0].Contact
			}
			return err
		})
		add := func(more map[string]string) map[string]string {
			t.Helper()
			write(func(ctx context.Context, tx *db.Tx) error {
				return room.AddAttributesIn(ctx, tx, workspace, map[db.ID]map[string]string{id: more, 99: {"a": "b"}})
			})
			c, err := room.Get(t.Context(), workspace, id)
			if err != nil {
				t.Fatal(err)
			}
			return c.Attributes
		}
		t.Run("attributes are added and replaced, and others stay", func(t *testing.T) {
			add(map[string]string{"plan": "básico", "ciudad": "Lima"})
			if got := add(map[string]string{"plan": "pro"}); len(got) != 2 || got["plan"] != "pro" || got["ciudad"] != "Lima" {
				t.Errorf("%v", got)
			}
		})
		t.Run("a change is told once, and none when nothing changed", func(t *testing.T) {
			told := func() int64 {
				t.Helper()
				n, err := db.One[int64](t.Context(), d, "select count(*) from events where kind = $1 and subject_id = $2", contact.Changed, id)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			before := told()
			add(map[string]string{"plan": "pro"})
			add(map[string]string{"plan": "plus"})
			if n := told() - before; n != 1 {
				t.Errorf("it was told %d times", n)
			}
		})
		t.Run("a contact keeps at most fifty", func(t *testing.T) {
			many := map[string]string{}
			for i := range 80 {
				many[fmt.Sprint("a", i)] = "x"
			}
			if got := add(many); len(got) != 50 || got["plan"] != "plus" {
				t.Errorf("%d attributes", len(got))
			}
		})
	})
}
