package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
)

// States of an event in the journal.
const (
	stateWaiting = 0
	stateDone    = 1
	stateAside   = 2 // unreadable, or failed maxTries times: kept with its error for System check
)

const (
	intakeBatch = 500
	intakePoll  = time.Second // for events journalled by other nodes whose ring was lost
	maxTries    = 5
	// After a batch of intakeBusy events the intake takes a breath: on SQLite it shares the one writer with the journal, whose
	// commits are what providers wait for, and larger batches cost less per event.
	intakeBusy   = 32
	intakeBreath = 12 * time.Millisecond
)

// intake turns the journal into messages, statuses and news.
type intake struct {
	g     *Room
	bell  chan struct{}
	held  map[db.ID]time.Time             // events that failed alone, and when they are tried again
	again func(attempt int) time.Duration // pause before another try; tests shorten it
}

func newIntake(g *Room) *intake {
	return &intake{g: g, bell: make(chan struct{}, 1), held: map[db.ID]time.Time{},
		again: func(attempt int) time.Duration { return time.Second << (2 * (attempt - 1)) }} // 1, 4, 16, 64 s
}

// ring wakes the intake, here or on the node that leads it.
func (i *intake) ring() {
	select {
	case i.bell <- struct{}{}:
	default:
	}
	if i.g.d.Pool() != nil && !i.g.leases.leads() {
		i.g.rooms.Bell.Ring()
	}
}

func (i *intake) run(ctx context.Context) {
	for ctx.Err() == nil {
		ring := i.g.rooms.Bell.Waiter()
		n, err := i.step(ctx)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, errElsewhere):
			i.wait(ctx, nil)
		case err != nil:
			slog.Error("the intake waits for the database", "error", err)
			pause(ctx, time.Second)
		case n == 0:
			i.wait(ctx, ring)
		case n >= intakeBusy:
			pause(ctx, intakeBreath)
		}
	}
}

// wait sleeps until something was journalled here, or elsewhere (PostgreSQL: the bell rings), or for a poll's time.
func (i *intake) wait(ctx context.Context, ring <-chan struct{}) {
	if i.g.d.Pool() == nil {
		ring = nil // one node: its own bell is enough, and facts ring the common one all the time
	}
	timer := time.NewTimer(intakePoll)
	defer timer.Stop()
	select {
	case <-i.bell:
	case <-ring:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// raw is an event as it stands in the journal.
type raw struct {
	ID       db.ID        `db:"id"`
	Channel  channel.Kind `db:"channel"`
	Body     []byte       `db:"body"`
	Attempts int          `db:"attempts"`
	Error    string       `db:"error"` // of the last try, or replayed
}

// step takes one batch and says how many events it took.
func (i *intake) step(ctx context.Context) (int, error) {
	if !i.g.leases.leadIntake(ctx) {
		return 0, errElsewhere
	}
	rows, err := db.All[raw](ctx, i.g.d, "select id, channel, body, attempts, error from intake where state = 0 order by id limit $1", intakeBatch+len(i.held))
	if err != nil {
		return 0, fmt.Errorf("read the journal: %w", err)
	}
	rows = i.due(rows)
	if len(rows) == 0 {
		return 0, nil
	}
	batch, err := i.g.parse(ctx, rows)
	if err != nil {
		return 0, err
	}
	return len(rows), i.apply(ctx, batch)
}

// due leaves out events that failed and wait for their next try, and forgets those that are gone.
func (i *intake) due(rows []raw) []raw {
	if len(i.held) == 0 {
		return rows
	}
	out := rows[:0]
	seen := map[db.ID]bool{}
	now := time.Now()
	for _, r := range rows {
		until, held := i.held[r.ID]
		if held && now.Before(until) {
			seen[r.ID] = true
			continue
		}
		out = append(out, r)
	}
	for id, until := range i.held {
		if !seen[id] && !now.Before(until) {
			delete(i.held, id)
		}
	}
	return out
}

// apply brings a batch in with one transaction. When it fails, its halves are tried, until the event at fault stands alone.
func (i *intake) apply(ctx context.Context, batch []parsed) error {
	started := time.Now()
	var effect effect
	err := i.g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if err := i.g.leases.checkIntake(ctx, tx); err != nil {
			return err
		}
		if effect, err = i.g.applyIn(ctx, tx, batch); err != nil {
			return err
		}
		return markDone(ctx, tx, batch)
	})
	switch {
	case err == nil:
		i.g.figures.applied(batch, effect, time.Since(started))
		return nil
	case errors.Is(err, errElsewhere) || db.Unavailable(err):
		return err
	case len(batch) == 1:
		return i.stumble(ctx, batch[0], err)
	}
	half := len(batch) / 2
	if err := i.apply(ctx, batch[:half]); err != nil {
		return err
	}
	return i.apply(ctx, batch[half:])
}

// markDone ends the events of a batch: done, with a remark where there is one, or set aside when they cannot be read.
func markDone(ctx context.Context, tx *db.Tx, batch []parsed) error {
	var plain []db.ID
	var remarks [][]any
	for _, p := range batch {
		switch {
		case p.unreadable != nil:
			remarks = append(remarks, []any{int64(p.ID), int64(stateAside), excerpt(p.unreadable.Error())})
		case p.remark != "":
			remarks = append(remarks, []any{int64(p.ID), int64(stateDone), excerpt(p.remark)})
		default:
			plain = append(plain, p.ID)
		}
	}
	if len(plain) > 0 {
		if _, err := tx.Exec(ctx, "update intake set state = 1, error = '' where id in ({ids:$1})", db.IDs(plain)); err != nil {
			return fmt.Errorf("mark events done: %w", err)
		}
	}
	if len(remarks) > 0 {
		if _, err := tx.ExecEach(ctx, "update intake set state = $2, error = $3 where id = $1", remarks); err != nil {
			return fmt.Errorf("mark events: %w", err)
		}
	}
	return nil
}

// stumble counts a failed try of a single event and sets it aside after the last one.
func (i *intake) stumble(ctx context.Context, p parsed, cause error) error {
	attempts, state := p.Attempts+1, stateWaiting
	if attempts >= maxTries {
		state = stateAside
	}
	remark := excerpt(cause.Error())
	if p.Error == replayed && state == stateWaiting {
		remark = replayed // what it is weighs more than what became of this try
	}
	err := i.g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update intake set attempts = $2, state = $3, error = $4 where id = $1", p.ID, attempts, state, remark)
		return err
	})
	if err != nil {
		return fmt.Errorf("count a failed event: %w", err)
	}
	slog.Error("an inbound event failed", "event", p.ID, "try", attempts, "set_aside", state == stateAside, "error", cause)
	if state == stateAside {
		i.g.figures.events.WithLabelValues("set_aside").Inc()
		return nil
	}
	i.held[p.ID] = time.Now().Add(i.again(attempts))
	return nil
}

// excerpt bounds the errors kept in the journal.
func excerpt(text string) string {
	if len(text) > 1000 {
		text = text[:1000]
	}
	return text
}
