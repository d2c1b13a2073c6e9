package event

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// Follow runs a subscriber until ctx ends. A new subscriber begins at the beginning of the log. When React fails the
// batch is tried again, alone: a slow or failing subscriber never holds up another, nor a writer.
func (l *Log) Follow(ctx context.Context, s Subscriber) {
	wanted := map[string]bool{}
	for _, kind := range s.Kinds {
		wanted[kind] = true
	}
	size := readBatch
	for ctx.Err() == nil {
		ring := l.bell.Waiter()
		moved, err := l.step(ctx, s, wanted, size)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, errElsewhere):
			pause(ctx, pollEvery)
		case err != nil:
			slog.Error("subscriber failed and will be told again", "subscriber", s.Name, "facts", size, "error", err)
			size = max(1, size/8)
			pause(ctx, backoff)
		case !moved:
			l.wait(ctx, ring)
			pause(ctx, s.Gather)
		default:
			size = readBatch
		}
	}
}

// step takes one batch. It reports whether the cursor moved.
func (l *Log) step(ctx context.Context, s Subscriber, wanted map[string]bool, size int) (bool, error) {
	at, err := l.position(ctx, s.Name)
	if err != nil {
		return false, err
	}
	batch, err := l.Read(ctx, at, size)
	if err != nil || len(batch) == 0 {
		return false, err
	}
	facts := make([]Event, 0, len(batch))
	for _, e := range batch {
		if wanted[e.Kind] {
			facts = append(facts, e)
		}
	}
	next := l.CursorOf(batch[len(batch)-1])
	err = l.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := l.take(ctx, tx, s.Name, at); err != nil {
			return err
		}
		if len(facts) > 0 {
			if err := s.React(CausedBy(ctx, sharedCause(facts)), tx, facts); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `insert into event_cursors (name, position, updated_at) values ($1, $2, $3)
			on conflict (name) do update set position = excluded.position, updated_at = excluded.updated_at`, s.Name, string(next), tx.Now())
		return err
	})
	return err == nil, err
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

// take holds the cursor's row for this transaction and makes sure that it still stands where the batch was read.
func (l *Log) take(ctx context.Context, tx *db.Tx, name string, at Cursor) error {
	held, err := db.One[string](ctx, tx, "select position from event_cursors where name = $1 {claim}", name)
	if db.None(err) {
		n, err := tx.Exec(ctx, "insert into event_cursors (name, position, updated_at) values ($1, '', $2) on conflict (name) do nothing", name, tx.Now())
		if err == nil && (n == 0 || at != "") {
			err = errElsewhere
		}
		return err
	}
	if err == nil && Cursor(held) != at {
		return errElsewhere
	}
	return err
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
	return l.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from events where created_at < $1", before)
		return err
	})
}
