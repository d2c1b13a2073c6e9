package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

const (
	goOnEvery  = time.Second
	goOnAtOnce = 100
	goOnBeside = 4           // conversations at a time
	maxTries   = 5           // of what something unforeseen kept from being done
	firstPause = 2_000       // milliseconds; five times as long after each try
	pauseAfter = 10          // runs in a row that failed
	callWithin = 30 * 60_000 // milliseconds until a call that nobody makes any more counts as failed
)

// Run lets runs go on until ctx ends: at once when facts began some, and whenever their time has come.
func (r *Room) Run(ctx context.Context) {
	tick := time.NewTicker(goOnEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-r.wake:
		case <-ctx.Done():
			return
		}
		for ctx.Err() == nil {
			n, err := r.GoOn(ctx)
			if err != nil && ctx.Err() == nil {
				slog.Warn("workflows could not go on and will be tried again", "error", err)
			}
			if err != nil || n == 0 {
				break
			}
		}
	}
}

// run is one run as it is kept.
type run struct {
	Workspace    db.ID  `db:"workspace_id"`
	ID           db.ID  `db:"id"`
	Workflow     db.ID  `db:"workflow_id"`
	Version      int64  `db:"version"`
	Conversation db.ID  `db:"conversation_id"`
	Ticket       db.ID  `db:"ticket_id"`
	Kind         string `db:"kind"`
	Said         string `db:"said"`
	State        string `db:"state"`
	Branch       string `db:"branch"`
	Place        int    `db:"place"`
	Serial       int64  `db:"serial"`
	Tries        int64  `db:"tries"`
	Failed       int64  `db:"failed"`
	Call         string `db:"call_json"`
	DueAt        int64  `db:"due_at"`

	reason string
}

const runsBy = `select workspace_id, id, workflow_id, version, conversation_id, coalesce(ticket_id, 0) as ticket_id, kind, said, state, branch, place, serial, tries, failed,
	call_json, coalesce(due_at, 0) as due_at from workflow_runs where `

// Runs wait for those of their conversation that began before.
const dueNow = `select workspace_id, conversation_id from workflow_runs w where due_at <= $1
	and not exists (select 1 from workflow_runs e where e.conversation_id = w.conversation_id and e.state = 'ready' and e.id < w.id and e.due_at > $1)
	group by workspace_id, conversation_id order by min(due_at), conversation_id limit $2`

type place struct {
	Workspace    db.ID `db:"workspace_id"`
	Conversation db.ID `db:"conversation_id"`
}

// GoOn lets the runs go on that are due, conversation by conversation, and gives how many conversations it was done with. It does not
// matter which node asks, nor whether one was down in between. What fails unforeseen is tried again later, and holds up no other
// conversation.
func (r *Room) GoOn(ctx context.Context) (int, error) {
	due, err := db.All[place](ctx, r.d, dueNow, r.d.Now(), goOnAtOnce)
	if err != nil {
		return 0, fmt.Errorf("runs that are due: %w", err)
	}
	var all sync.WaitGroup
	next, failed := make(chan place), make([]error, goOnBeside)
	for i := range min(goOnBeside, len(due)) {
		all.Go(func() {
			for one := range next {
				if err := r.goOnIn(ctx, one); err != nil {
					failed[i] = errors.Join(failed[i], err)
				}
			}
		})
	}
	for _, one := range due {
		next <- one
	}
	close(next)
	all.Wait()
	return len(due), errors.Join(failed...)
}

// goOnIn lets all runs of a conversation go on that are due, in their order.
func (r *Room) goOnIn(ctx context.Context, at place) error {
	var last run
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		last = run{}
		runs, err := r.dueIn(ctx, tx, at)
		if err != nil || len(runs) == 0 {
			return err
		}
		t, err := r.turn(ctx, tx, at, runs)
		if err != nil {
			return err
		}
		if runs, err = r.dueIn(ctx, tx, at); err != nil { // as they stand now that the conversation is held
			return err
		}
		for _, one := range runs {
			last = one
			if err := t.goOn(event.CausedBy(ctx, one.ID), &one); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil || ctx.Err() != nil {
		return err
	}
	if last.ID == 0 {
		return fmt.Errorf("runs in conversation %d: %w", at.Conversation, err)
	}
	slog.Warn("a workflow could not go on and will be tried again", "run", last.ID, "conversation", at.Conversation, "error", err)
	return r.putOff(ctx, last)
}

// dueIn gives the runs of a conversation that can go on now, in their order: none that is ready overtakes one that is not due yet.
func (r *Room) dueIn(ctx context.Context, q db.Querier, at place) ([]run, error) {
	found, err := db.All[run](ctx, q, runsBy+"conversation_id = $1 and workspace_id = $2 and due_at is not null and (state = 'ready' or due_at <= $3) order by id",
		at.Conversation, at.Workspace, r.d.Now())
	if err != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	for i, one := range found {
		if one.State == Ready && one.DueAt > r.d.Now() {
			return found[:i], nil
		}
	}
	return found, nil
}

// putOff tries a run again later; one that was tried often enough has failed.
func (r *Room) putOff(ctx context.Context, one run) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := db.All[run](ctx, tx, runsBy+"id = $1 and workspace_id = $2 and due_at is not null {claim}", one.ID, one.Workspace)
		if err != nil || len(found) == 0 || found[0].Serial != one.Serial || found[0].Tries != one.Tries {
			return err
		}
		if one = found[0]; one.Tries+1 < maxTries {
			pause := int64(firstPause)
			for range one.Tries {
				pause *= 5
			}
			_, err := tx.Exec(ctx, "update workflow_runs set tries = tries + 1, due_at = $2 where id = $1", one.ID, tx.Now()+pause)
			return err
		}
		one.State, one.reason = Failed, "workflow.unforeseen"
		one.Failed++
		if err := one.keep(ctx, tx); err != nil {
			return err
		}
		return r.count(ctx, tx, one)
	})
}

const keepRun = `update workflow_runs set ticket_id = $2, state = $3, branch = $4, place = $5, serial = $6, tries = $7, failed = $8, call_json = $9, reason = $10, due_at = $11,
	ended_at = $12 where id = $1`

// keep writes where a run stands.
func (o *run) keep(ctx context.Context, tx *db.Tx) error {
	var ticket, due, ended any
	if o.Ticket != 0 {
		ticket = int64(o.Ticket)
	}
	if o.under() {
		due = o.DueAt
	} else {
		ended = tx.Now()
	}
	_, err := tx.Exec(ctx, keepRun, o.ID, ticket, o.State, o.Branch, o.Place, o.Serial, o.Tries, o.Failed, o.Call, o.reason, due, ended)
	if err != nil {
		return fmt.Errorf("keep run %d: %w", o.ID, err)
	}
	return nil
}

// under tells whether a run is under way.
func (o *run) under() bool { return o.State == Ready || o.State == Waiting || o.State == Calling }

// count counts the runs of a workflow that failed in a row, and pauses it when they are too many.
func (r *Room) count(ctx context.Context, tx *db.Tx, o run) error {
	switch {
	case o.State == Done && o.Failed == 0:
		_, err := tx.Exec(ctx, "update workflows set failures = 0 where id = $1 and workspace_id = $2 and failures <> 0", o.Workflow, o.Workspace)
		return err
	case o.State != Failed:
		return nil
	}
	found, err := db.All[struct {
		Name     string `db:"name"`
		Failures int64  `db:"failures"`
	}](ctx, tx, `update workflows set failures = failures + 1, paused_at = case when failures + 1 >= $3 and on_at is not null then coalesce(paused_at, $4) else paused_at end
		where id = $1 and workspace_id = $2 returning name, failures`, o.Workflow, o.Workspace, pauseAfter, tx.Now())
	if err != nil {
		return fmt.Errorf("failures of workflow %d: %w", o.Workflow, err)
	}
	if len(found) == 0 || found[0].Failures != pauseAfter {
		return nil
	}
	return r.tellPaused(ctx, tx, o.Workspace, found[0].Name)
}

// refused tells a rule that says no from a mishap.
func refused(err error) (*fault.Error, bool) {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Unavailable && f.Kind != fault.Internal {
		return f, true
	}
	return nil, false
}
