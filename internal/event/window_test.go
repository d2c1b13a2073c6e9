package event_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
)

// Readers of all speeds, among them one that starts late and one on another node, see every fact once and in one order, though they
// share what was read and more is told than is kept in memory.
func TestReadersShareWhatWasRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, other := newLog(t, d), newLog(t, d)
		const writers, each, facts = 4, 40, 30 // 4,800 facts
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		orders := make([][]db.ID, 6)
		var wait sync.WaitGroup
		for i := range orders {
			from := log
			if i == 5 {
				from = other
			}
			wait.Go(func() {
				if i == 4 {
					time.Sleep(200 * time.Millisecond)
				}
				err := from.Tail(ctx, "", func(batch []event.Event) error {
					for _, e := range batch {
						orders[i] = append(orders[i], e.Subject)
					}
					time.Sleep(time.Duration(rand.IntN(1+i*4)) * time.Millisecond)
					if len(orders[i]) >= writers*each*facts {
						return errDone
					}
					return nil
				})
				if !errors.Is(err, errDone) {
					t.Errorf("reader %d saw %d facts: %v", i, len(orders[i]), err)
				}
			})
		}
		for w := range writers {
			wait.Go(func() {
				for i := range each {
					told := make([]event.Fact, facts)
					for n := range told {
						told[n] = event.Fact{Workspace: 1, Kind: "test.happened", Subject: db.ID((w*each+i)*facts + n + 1), Data: fmt.Sprintf("%500d", n)}
					}
					err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return log.Append(ctx, tx, told...) })
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		for i, order := range orders {
			seen := map[db.ID]bool{}
			for n, subject := range order {
				if seen[subject] || n < len(orders[0]) && subject != orders[0][n] {
					t.Fatalf("reader %d saw fact %d at %d, where reader 0 saw another, or saw it twice", i, subject, n)
				}
				seen[subject] = true
			}
		}
	})
}

// Who wants few facts writes only for those, and stores now and then how far it is.
func TestFactsPassedOverCostNoCommit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(t, d)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		running.Go(func() {
			log.Follow(ctx, event.Subscriber{Name: "rare", Kinds: []string{"test.rare"}, React: func(context.Context, *db.Tx, []event.Event) error { return nil }})
		})
		passed := log.CursorOf(event.Event{})
		stored := map[string]bool{}
		stop := time.Now().Add(1500 * time.Millisecond)
		for n := 0; time.Now().Before(stop); n++ {
			tell(t, d, log, n+1, 0)
			at, err := db.All[string](t.Context(), d, "select position from event_cursors where name = 'rare'")
			if err != nil {
				t.Fatal(err)
			}
			if len(at) > 0 {
				stored[at[0]] = true
			}
		}
		if len(stored) == 0 || len(stored) > 3 {
			t.Errorf("the cursor was stored at %d places in one and a half seconds, want 1 to 3", len(stored))
		}
		until(t, func() bool {
			end, err := log.End(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			at, err := db.All[string](t.Context(), d, "select position from event_cursors where name = 'rare'")
			if err != nil {
				t.Fatal(err)
			}
			return end != passed && len(at) == 1 && event.Cursor(at[0]) == end
		})
	})
}

// Two nodes pass over what they do not want, each in its own memory, and still do what follows from a wanted fact once.
func TestTwoNodesActOnceAmongFactsPassedOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		for range 2 {
			log := newLog(t, d)
			running.Go(func() {
				log.Follow(ctx, event.Subscriber{Name: "rare", Kinds: []string{"test.rare"}, React: func(ctx context.Context, tx *db.Tx, facts []event.Event) error {
					for _, e := range facts { // a second time violates the key and stops the subscriber
						if _, err := tx.Exec(ctx, "insert into nodes (id, token, seen_at) values ($1, 'x', 0)", e.Subject); err != nil {
							return err
						}
					}
					return nil
				}})
			})
		}
		log := newLog(t, d)
		for n := range 200 {
			tell(t, d, log, 1000+n, 0)
			if n%10 == 0 {
				err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					return log.Append(ctx, tx, event.Fact{Workspace: 1, Kind: "test.rare", Subject: db.ID(n + 1)})
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		until(t, func() bool {
			n, err := db.One[int64](t.Context(), d, "select count(*) from nodes where token = 'x'")
			if err != nil {
				t.Fatal(err)
			}
			return n == 20
		})
	})
}

func until(t *testing.T, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come to pass")
		}
	}
}
