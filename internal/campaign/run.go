package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"recado/internal/db"
)

const (
	lookEvery = time.Second            // for work another node asked for
	leaseFor  = 15_000                 // milliseconds a reading may go without progress before another node takes it over
	busyPause = 20 * time.Millisecond  // between looks at an outbox that was full
	idlePause = 500 * time.Millisecond // between looks when nothing moved
	failPause = 2 * time.Second
)

// errOvertaken says that another run of the same work counts now, or that the campaign moved on.
var errOvertaken = errors.New("overtaken")

// runs are the campaigns this process works on.
type runs struct {
	mu     sync.Mutex
	active map[db.ID]bool
}

func newRuns() runs { return runs{active: map[db.ID]bool{}} }

// take notes that a campaign is worked on; false when it is already.
func (a *runs) take(id db.ID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.active[id] {
		return false
	}
	a.active[id] = true
	return true
}

func (a *runs) drop(id db.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.active, id)
}

// Run checks, starts, freezes and dispatches campaigns until ctx ends. Any number of nodes may run it.
func (r *Room) Run(ctx context.Context) {
	var wait sync.WaitGroup
	defer wait.Wait()
	wait.Go(func() { r.countAll(ctx) })
	for ctx.Err() == nil {
		due, err := r.due(ctx)
		if err != nil && ctx.Err() == nil {
			slog.Error("looking for campaigns to work on", "error", err)
		}
		for _, c := range due {
			if !r.runs.take(c.ID) {
				continue
			}
			wait.Go(func() {
				defer r.ring()
				defer r.runs.drop(c.ID)
				r.work(ctx, c)
			})
		}
		r.fillDue(ctx, wait.Go)
		select {
		case <-r.bell:
		case <-time.After(r.untilNext(ctx)):
		case <-ctx.Done():
		}
	}
}

// due is a campaign with something to do.
type due struct {
	Workspace   db.ID `db:"workspace_id"`
	ID          db.ID `db:"id"`
	State       State `db:"state"`
	StartedAt   int64 `db:"started_at"`
	ScheduledAt int64 `db:"scheduled_at"`
}

const dueCampaigns = `select workspace_id, id, state, coalesce(started_at, 0) as started_at, coalesce(scheduled_at, 0) as scheduled_at from campaigns
	where state in ('checking', 'scheduled', 'sending') and (state <> 'scheduled' or scheduled_at <= $1)
	and (state <> 'sending' or started_at is null or quiet_until <= $1 and wait_until <= $1 and (next_slice_at <= $1 or slice_left > 0)) order by id`

func (r *Room) due(ctx context.Context) ([]due, error) {
	return db.All[due](ctx, r.d, dueCampaigns, r.d.Now())
}

// untilNext is the time to the next thing due, at most lookEvery.
func (r *Room) untilNext(ctx context.Context) time.Duration {
	next, err := db.One[int64](ctx, r.d, `select coalesce(min(case when state = 'scheduled' then scheduled_at else next_slice_at end), 0) from campaigns
		where state in ('scheduled', 'sending') and case when state = 'scheduled' then scheduled_at else next_slice_at end > $1`, r.d.Now())
	wait := lookEvery
	if err == nil && next > 0 {
		wait = min(wait, max(time.Duration(next-r.d.Now())*time.Millisecond, 10*time.Millisecond))
	}
	return wait
}

// work does what a campaign needs now. Failures of ours are logged and tried again: nothing is half done.
func (r *Room) work(ctx context.Context, c due) {
	var err error
	switch {
	case c.State == Checking:
		err = r.asOnly(ctx, c, r.runCheck)
	case c.State == Scheduled:
		err = r.start(ctx, c)
	case c.StartedAt == 0:
		err = r.asOnly(ctx, c, r.freeze)
	default:
		err = r.dispatch(ctx, c)
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, errOvertaken) {
		slog.Error("working on a campaign", "campaign", c.ID, "state", c.State, "error", err)
		sleep(ctx, failPause)
	}
}

// asOnly runs the reading of a sheet on one node at a time: the lease is extended with every progress, and a node that
// comes back after a crash takes its own over at once.
func (r *Room) asOnly(ctx context.Context, c due, read func(context.Context, *row, db.ID) error) error {
	run := r.d.NewID()
	var stored *row
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update campaigns set run_id = $1, run_node = $2, run_until = $3 where id = $4 and state = $5
			and (run_id is null or run_until < $6 or run_node = $2)`, run, r.d.Node(), tx.Now()+leaseFor, c.ID, string(c.State), tx.Now())
		if err == nil && n == 0 {
			return errOvertaken
		}
		if err != nil {
			return err
		}
		stored, err = load(ctx, tx, c.Workspace, c.ID)
		return err
	})
	if errors.Is(err, errOvertaken) {
		sleep(ctx, lookEvery) // another node is at it
		return err
	}
	if err != nil {
		return err
	}
	return read(ctx, stored, run)
}

// holdRunIn extends the lease of a run; errOvertaken when it no longer counts.
func holdRunIn(ctx context.Context, tx *db.Tx, id, run db.ID, state State) error {
	n, err := tx.Exec(ctx, "update campaigns set run_until = $1 where id = $2 and run_id = $3 and state = $4", tx.Now()+leaseFor, id, run, string(state))
	if err == nil && n == 0 {
		err = errOvertaken
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func decode(text string, into any) error { return json.Unmarshal([]byte(text), into) }
