package event

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"recado/internal/db"
)

// Subscriber reacts to facts. Its effects and the progress of its cursor are one transaction, so what it does in tx
// happens exactly once; being told twice must still be harmless.
type Subscriber struct {
	Name  string   // of the cursor; never changed once released
	Kinds []string // the facts it wants; others are passed over
	React func(ctx context.Context, tx *db.Tx, facts []Event) error
	// Gather is how long it waits after a ring, so that one transaction takes many facts; for what nobody waits for.
	Gather time.Duration
}

var errElsewhere = errors.New("another node follows")

// passed is how long a subscriber's cursor may stand before facts it did not want: a node that dies reads those again.
const passed = time.Second

// Follow runs a subscriber until ctx ends. A new subscriber begins at the beginning of the log. When React fails the
// batch is tried again, alone: a slow or failing subscriber never holds up another, nor a writer.
func (l *Log) Follow(ctx context.Context, s Subscriber) {
	f := &follower{Log: l, Subscriber: s, size: readBatch}
	for ctx.Err() == nil {
		ring := l.bell.Waiter()
		moved, err := f.step(ctx)
		if err != nil {
			f.known = false
		}
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, errElsewhere):
			pause(ctx, pollEvery)
		case err != nil:
			slog.Error("subscriber failed and will be told again", "subscriber", s.Name, "facts", f.size, "error", err)
			f.size = max(1, f.size/8)
			pause(ctx, backoff)
		case !moved:
			l.wait(ctx, ring)
			pause(ctx, s.Gather)
		default:
			f.size = readBatch
		}
	}
}

// follower is a subscriber and how far it is.
type follower struct {
	*Log
	Subscriber
	size   int    // facts of the next batch
	known  bool   // whether the places below are right
	seen   Cursor // it needs no fact before it
	stored Cursor // where its cursor stands in the database
	at     int64  // when the cursor was stored, Unix milliseconds
}

// step takes one batch. It reports whether there was one.
func (f *follower) step(ctx context.Context) (bool, error) {
	if !f.known {
		at, err := f.position(ctx, f.Name)
		if err != nil {
			return false, err
		}
		f.seen, f.stored, f.known = at, at, true
	}
	batch, err := f.newest(ctx, f.seen, f.size)
	if err != nil {
		return false, err
	}
	facts := make([]Event, 0, len(batch))
	for _, e := range batch {
		if slices.Contains(f.Kinds, e.Kind) {
			facts = append(facts, e)
		}
	}
	if len(batch) > 0 {
		f.seen = f.CursorOf(batch[len(batch)-1])
	}
	if len(facts) == 0 && (f.seen == f.stored || f.d.Now() < f.at+passed.Milliseconds()) {
		return len(batch) > 0, nil
	}
	err = f.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := f.store(ctx, tx); err != nil || len(facts) == 0 {
			return err
		}
		return f.React(CausedBy(ctx, sharedCause(facts)), tx, facts)
	})
	if err != nil {
		return false, err
	}
	f.stored, f.at = f.seen, f.d.Now()
	return len(batch) > 0, nil
}

// store moves the cursor in this transaction and makes sure that it still stood where this follower left it. Its row is held until
// the end: of two nodes one acts.
func (f *follower) store(ctx context.Context, tx *db.Tx) error {
	moved, err := tx.Exec(ctx, "update event_cursors set position = $1, updated_at = $2 where name = $3 and position = $4",
		string(f.seen), tx.Now(), f.Name, string(f.stored))
	if err == nil && moved == 0 && f.stored == "" {
		moved, err = tx.Exec(ctx, "insert into event_cursors (name, position, updated_at) values ($1, $2, $3) on conflict (name) do nothing",
			f.Name, string(f.seen), tx.Now())
	}
	if err == nil && moved == 0 {
		err = errElsewhere
	}
	return err
}

// sharedCause is the cause of a batch of facts when all have the same one: what is done about them is its consequence, too.
func sharedCause(facts []Event) db.ID {
	for _, e := range facts {
		if e.Cause != facts[0].Cause {
			return 0
		}
	}
	return facts[0].Cause
}

func (l *Log) position(ctx context.Context, name string) (Cursor, error) {
	at, err := db.One[string](ctx, l.d, "select position from event_cursors where name = $1", name)
	if err != nil && !db.None(err) {
		return "", fmt.Errorf("cursor of %s: %w", name, err)
	}
	return Cursor(at), nil
}

// Lag is how many facts a subscriber still has before it and the age of the oldest, in milliseconds.
func (l *Log) Lag(ctx context.Context, name string) (facts int64, age int64, err error) {
	at, err := l.position(ctx, name)
	if err != nil {
		return 0, 0, err
	}
	rest, err := l.Read(ctx, at, 10_000)
	if err != nil || len(rest) == 0 {
		return 0, 0, err
	}
	return int64(len(rest)), l.d.Now() - rest[0].At, nil
}

// Forget deletes facts older than before (Unix milliseconds). Every subscriber must have passed them.
func (l *Log) Forget(ctx context.Context, before int64) error {
	defer l.window.forget()
	return l.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from events where created_at < $1", before)
		return err
	})
}
