package event

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"recado/internal/db"
)

const (
	readBatch = 500
	pollEvery = time.Second           // when no ring comes
	settle    = 15 * time.Millisecond // PostgreSQL: a fact just committed may still hide behind an older running transaction
	backoff   = 500 * time.Millisecond
)

// Cursor is a place in the log. The empty cursor is the beginning.
type Cursor string

// Log reads and writes facts.
type Log struct {
	d      *db.DB
	bell   *Bell
	window window
}

// NewLog makes the log of a database.
func NewLog(d *db.DB, bell *Bell) *Log { return &Log{d: d, bell: bell} }

// CursorOf is the place just after an event.
func (l *Log) CursorOf(e Event) Cursor {
	if l.d.Dialect() == db.Postgres {
		return Cursor(fmt.Sprintf("%d-%d", e.Tx, e.Seq))
	}
	return Cursor(strconv.FormatInt(e.Seq, 10))
}

// End is the place after the newest readable fact.
func (l *Log) End(ctx context.Context) (Cursor, error) {
	text := "select seq, 0 as tx from events order by seq desc limit 1"
	if l.d.Dialect() == db.Postgres {
		text = "select seq, tx from events where tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint order by tx desc, seq desc limit 1"
	}
	e, err := db.One[Event](ctx, l.d, text)
	if db.None(err) {
		return l.CursorOf(Event{}), nil
	}
	if err != nil {
		return "", fmt.Errorf("end of the log: %w", err)
	}
	return l.CursorOf(e), nil
}

// Read gives up to limit facts after a place, in order.
func (l *Log) Read(ctx context.Context, after Cursor, limit int) ([]Event, error) {
	at, err := parse(after)
	if err != nil {
		return nil, err
	}
	if l.d.Dialect() == db.Postgres {
		return db.All[Event](ctx, l.d, `select seq, tx, workspace_id, kind, subject_id, data_json, created_at, cause_id from events
			where (tx, seq) > ($1, $2) and tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
			order by tx, seq limit $3`, at.tx, at.seq, limit)
	}
	return db.All[Event](ctx, l.d, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at, cause_id from events
		where seq > $1 order by seq limit $2`, at.seq, limit)
}

func parse(c Cursor) (place, error) {
	if c == "" {
		return place{}, nil
	}
	left, right, two := strings.Cut(string(c), "-")
	if !two {
		left, right = "0", left
	}
	tx, err1 := strconv.ParseInt(left, 10, 64)
	seq, err2 := strconv.ParseInt(right, 10, 64)
	if err1 != nil || err2 != nil {
		return place{}, fmt.Errorf("%q is not a place in the log", c)
	}
	return place{tx, seq}, nil
}

// Tail gives the facts after a place to f, in batches, until ctx ends or f returns an error.
func (l *Log) Tail(ctx context.Context, after Cursor, f func([]Event) error) error {
	for ctx.Err() == nil {
		ring := l.bell.Waiter()
		batch, err := l.newest(ctx, after, readBatch)
		if err != nil {
			if ctx.Err() != nil {
				break
			}
			slog.Warn("reading facts", "error", err)
			pause(ctx, backoff)
			continue
		}
		if len(batch) == 0 {
			l.wait(ctx, ring)
			continue
		}
		if err := f(batch); err != nil {
			return err
		}
		after = l.CursorOf(batch[len(batch)-1])
	}
	return ctx.Err()
}

// wait sleeps until a ring, or for a poll's time. On PostgreSQL it lets running transactions end after a ring.
func (l *Log) wait(ctx context.Context, ring <-chan struct{}) {
	select {
	case <-ring:
		if l.d.Dialect() == db.Postgres {
			pause(ctx, settle)
		}
	case <-ctx.Done():
	case <-time.After(l.poll()):
	}
}

// poll is short on PostgreSQL: there the facts of the last ring may become readable without another one.
func (l *Log) poll() time.Duration {
	if l.d.Dialect() == db.Postgres {
		return pollEvery / 10
	}
	return pollEvery
}

// Holds tells whether a place is still in the log: the facts after it are all there.
func (l *Log) Holds(ctx context.Context, at Cursor) (bool, error) {
	p, err := parse(at)
	if err != nil {
		return false, nil // a place that cannot be read is one we do not hold
	}
	text := "select count(*) from events where seq = $2 and $1 = 0"
	if l.d.Dialect() == db.Postgres {
		text = "select count(*) from events where tx = $1 and seq = $2"
	}
	n, err := db.One[int64](ctx, l.d, text, p.tx, p.seq)
	return n > 0, err
}
