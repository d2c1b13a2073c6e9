package event_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
)

func tell(t *testing.T, d *db.DB, log *event.Log, n int, hold time.Duration) {
	t.Helper()
	err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		if err := log.Append(ctx, tx, event.Fact{Workspace: 1, Kind: "test.happened", Subject: db.ID(n), Data: map[string]int{"n": n}}); err != nil {
			return err
		}
		time.Sleep(hold)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func newLog(t *testing.T, d *db.DB) *event.Log {
	bell := event.NewBell(d)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { bell.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return event.NewLog(d, bell)
}

func TestNoFactIsSteppedOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(t, d)
		const writers, each = 6, 40
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		seen := map[db.ID]int{}
		read := make(chan error, 1)
		go func() {
			read <- log.Tail(ctx, "", func(batch []event.Event) error {
				for _, e := range batch {
					seen[e.Subject]++
				}
				if len(seen) == writers*each {
					return errDone
				}
				return nil
			})
		}()
		var wait sync.WaitGroup
		for w := range writers {
			wait.Go(func() {
				for i := range each {
					tell(t, d, log, w*each+i+1, time.Duration(rand.IntN(4))*time.Millisecond)
				}
			})
		}
		wait.Wait()
		if err := <-read; !errors.Is(err, errDone) {
			t.Fatalf("saw %d of %d: %v", len(seen), writers*each, err)
		}
		for subject, times := range seen {
			if times != 1 {
				t.Errorf("fact %d was read %d times", subject, times)
			}
		}
	})
}

var errDone = errors.New("done")

func TestFollow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(t, d)
		const facts = 300
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		follow := func(s event.Subscriber) { running.Go(func() { log.Follow(ctx, s) }) }
		var failed atomic.Int64
		effect := func(ctx context.Context, tx *db.Tx, batch []event.Event) error {
			for _, e := range batch {
				if _, err := tx.Exec(ctx, "insert into nodes (id, token, seen_at) values ($1, 'x', 0)", e.Subject); err != nil {
					return err
				}
			}
			if failed.Add(1)%3 == 1 {
				return errors.New("fails now and then, after its effects")
			}
			return nil
		}
		// The same subscriber on two nodes: its effects still happen once.
		follow(event.Subscriber{Name: "counting", Kinds: []string{"test.happened"}, React: effect})
		follow(event.Subscriber{Name: "counting", Kinds: []string{"test.happened"}, React: effect})
		follow(event.Subscriber{Name: "stuck", Kinds: []string{"test.happened"}, React: func(context.Context, *db.Tx, []event.Event) error {
			return errors.New("never succeeds")
		}})
		for n := range facts {
			tell(t, d, log, n+1, 0)
		}
		deadline := time.Now().Add(30 * time.Second)
		for {
			n, err := db.One[int64](t.Context(), d, "select count(*) from nodes where token = 'x'")
			if err != nil {
				t.Fatal(err)
			}
			if n == facts {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d effects, want %d", n, facts)
			}
			time.Sleep(20 * time.Millisecond)
		}
		if lag, _, err := log.Lag(t.Context(), "stuck"); err != nil || lag != facts {
			t.Errorf("the stuck subscriber's lag is %d (%v), want %d", lag, err, facts)
		}
		cancel()
		running.Wait()
	})
}

func TestCursor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(t, d)
		if end, err := log.End(t.Context()); err != nil {
			t.Fatal(end, err)
		}
		for n := range 5 {
			tell(t, d, log, n+1, 0)
		}
		all, err := log.Read(t.Context(), "", 10)
		for end := time.Now().Add(20 * time.Second); err == nil && len(all) < 5 && time.Now().Before(end); all, err = log.Read(t.Context(), "", 10) {
			time.Sleep(20 * time.Millisecond) // PostgreSQL: until no older transaction runs on the server
		}
		if err != nil || len(all) != 5 {
			t.Fatalf("%d facts: %v", len(all), err)
		}
		rest, err := log.Read(t.Context(), log.CursorOf(all[2]), 10)
		if err != nil || len(rest) != 2 || rest[0].Subject != 4 {
			t.Fatalf("%v %v", rest, err)
		}
		if data, err := event.Decode[map[string]int](rest[0]); err != nil || data["n"] != 4 {
			t.Fatal(data, err)
		}
		if end, err := log.End(t.Context()); err != nil || end != log.CursorOf(all[4]) {
			t.Fatal(end, err)
		}
		for _, bad := range []event.Cursor{"x", "1-x", "--"} {
			if _, err := log.Read(t.Context(), bad, 1); err == nil {
				t.Errorf("%q was taken as a cursor", bad)
			}
		}
		if err := log.Forget(t.Context(), d.Now()+1000); err != nil {
			t.Fatal(err)
		}
		if all, _ := log.Read(t.Context(), "", 10); len(all) != 0 {
			t.Fatal("facts were not forgotten")
		}
	})
}

func TestWhatFollowsFromAFactCarriesItsCause(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(t, d)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		told := func(ctx context.Context, kind string) {
			err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				return log.Append(ctx, tx, event.Fact{Workspace: 1, Kind: kind})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		told(event.CausedBy(ctx, 7), "test.cause")
		go log.Follow(ctx, event.Subscriber{Name: "test.follows", Kinds: []string{"test.cause", "test.plain"}, React: func(ctx context.Context, tx *db.Tx, facts []event.Event) error {
			return log.Append(ctx, tx, event.Fact{Workspace: 1, Kind: "test.consequence"})
		}})
		var causes []db.ID
		err := log.Tail(ctx, "", func(batch []event.Event) error {
			for _, e := range batch {
				if e.Kind != "test.consequence" {
					continue
				}
				if causes = append(causes, e.Cause); len(causes) == 1 {
					told(ctx, "test.plain")
				}
			}
			if len(causes) == 2 {
				return errDone
			}
			return nil
		})
		if !errors.Is(err, errDone) || causes[0] != 7 || causes[1] != 0 {
			t.Fatal(err, causes)
		}
	})
}
