package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/job"
)

func newRoom(t *testing.T, d *db.DB) *job.Room {
	t.Helper()
	r, err := job.New(d)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second start has nothing to do
		if err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func run(t *testing.T, r *job.Room) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
}

type note struct {
	N int `json:"n"`
}

func enqueue(t *testing.T, d *db.DB, r *job.Room, kind string, n int, o job.Options, after error) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := r.Enqueue(ctx, tx, kind, note{n}, o); err != nil {
			return err
		}
		return after
	})
	if !errors.Is(err, after) {
		t.Fatal(err)
	}
}

func wait(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !reached(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

func TestWorkOfANodeThatDied(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		var done, slow atomic.Int64
		count := func(n *atomic.Int64) job.Func {
			return func(context.Context, json.RawMessage) error {
				n.Add(1)
				return nil
			}
		}
		backoff := func(int) time.Duration { return time.Millisecond }
		r.Register("begun", count(&done), job.Work{Backoff: backoff})
		r.Register("slow", count(&slow), job.Work{Timeout: 10 * time.Minute, Backoff: backoff})
		enqueue(t, d, r, "begun", 1, job.Options{}, nil)
		enqueue(t, d, r, "slow", 1, job.Options{}, nil)
		now := "now() - interval '2 minutes'"
		if d.Dialect() == db.SQLite {
			now = "datetime('now', '-2 minutes')"
		}
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "update river_job set state = 'running', attempt = 1, attempted_at = "+now)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		run(t, r)
		wait(t, "what was begun two minutes ago is done", func() bool { return done.Load() == 1 })
		if slow.Load() != 0 {
			t.Error("what may still be under way elsewhere was begun again")
		}
	})
}

func TestWork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		done := map[string]*atomic.Int64{}
		for _, kind := range []string{"sum", "unique", "later", "periodic"} {
			counter := &atomic.Int64{}
			done[kind] = counter
			r.Register(kind, func(_ context.Context, args json.RawMessage) error {
				n, err := job.Decode[note](args)
				counter.Add(int64(max(n.N, 1)))
				return err
			}, job.Work{})
		}
		var tries, lasts atomic.Int64
		r.Register("stubborn", func(ctx context.Context, _ json.RawMessage) error {
			if try := job.TryOf(ctx); try.Last {
				lasts.Store(int64(try.Attempt))
			}
			if tries.Add(1) < 3 {
				return errors.New("not yet")
			}
			return nil
		}, job.Work{Backoff: func(int) time.Duration { return time.Millisecond }})
		var abandoned atomic.Int64
		r.Register("hopeless", func(context.Context, json.RawMessage) error {
			abandoned.Add(1)
			return job.Abandon(errors.New("no use"))
		}, job.Work{Backoff: func(int) time.Duration { return time.Millisecond }})
		r.Every(time.Second, "periodic")

		t.Run("a rolled back transaction leaves none, a committed one leaves one", func(t *testing.T) {
			enqueue(t, d, r, "sum", 1000, job.Options{}, errors.New("undone"))
			enqueue(t, d, r, "sum", 1, job.Options{}, nil)
		})
		t.Run("unique work that waits already is skipped, other args are not", func(t *testing.T) {
			for range 3 {
				enqueue(t, d, r, "unique", 1, job.Options{Unique: true}, nil)
			}
			enqueue(t, d, r, "unique", 10, job.Options{Unique: true}, nil)
		})
		enqueue(t, d, r, "later", 1, job.Options{At: time.Now().Add(1500 * time.Millisecond)}, nil)
		enqueue(t, d, r, "stubborn", 1, job.Options{Attempts: 3}, nil)
		enqueue(t, d, r, "hopeless", 1, job.Options{}, nil)
		started := time.Now()
		run(t, r)

		wait(t, "the sum", func() bool { return done["sum"].Load() > 0 })
		wait(t, "the unique work", func() bool { return done["unique"].Load() >= 11 })
		t.Run("work that fails is tried again and knows its last try", func(t *testing.T) {
			wait(t, "the third try", func() bool { return tries.Load() == 3 })
			if lasts.Load() != 3 {
				t.Errorf("the last try was %d, want 3", lasts.Load())
			}
		})
		t.Run("scheduled work waits for its time", func(t *testing.T) {
			wait(t, "the scheduled work", func() bool { return done["later"].Load() == 1 })
			if early := time.Since(started); early < time.Second {
				t.Errorf("it ran after %v", early)
			}
		})
		t.Run("periodic work comes by itself, beside the group writer at full speed", func(t *testing.T) {
			before := done["periodic"].Load()
			stop := time.Now().Add(3 * time.Second)
			for n := 0; time.Now().Before(stop); n++ {
				enqueue(t, d, r, "sum", 0, job.Options{}, errors.New("undone"))
			}
			wait(t, "the periodic work", func() bool { return done["periodic"].Load() > before })
		})
		if sum, unique := done["sum"].Load(), done["unique"].Load(); sum != 1 || unique != 11 {
			t.Errorf("sum %d, want 1; unique %d, want 11", sum, unique)
		}
		if abandoned.Load() != 1 {
			t.Errorf("abandoned work ran %d times", abandoned.Load())
		}
	})
}
