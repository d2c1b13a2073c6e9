package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"recado/internal/db"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// How the work is fetched: a short pause between fetches, since the default of 100 ms caps small jobs; a poll as the
// net below lost notifications; and the time work under way gets when the node stops.
const (
	fetchCooldown = 20 * time.Millisecond
	fetchPoll     = time.Second
	softStop      = 10 * time.Second
	// What a node had begun when it died is begun again after this long, or after the time of one try where that is longer.
	rescueAfter = 90 * time.Second
	// Workers is how many pieces of work run at once on a node.
	Workers = 16
	// Attempts is how often work is tried unless Options say otherwise; the pauses between grow from 1 s to minutes.
	Attempts = 8
)

// Func does one piece of work. An error means: again later. Use Abandon for work that no try can mend.
type Func func(ctx context.Context, args json.RawMessage) error

// Work says how a kind is done.
type Work struct {
	Timeout time.Duration                   // of one try; 0 means a minute, below 0 none
	Backoff func(attempt int) time.Duration // pause after a failed try (1, 2 …); nil means 1 s, 4 s, 16 s … up to 10 minutes
}

// Options say how one piece of work is enqueued.
type Options struct {
	Unique   bool      // skipped while work of the same kind with the same args waits or runs
	At       time.Time // not before; zero means at once. It starts up to 5 s late.
	Attempts int       // 0 means Attempts
}

// Room enqueues and does work.
type Room struct {
	d        *db.DB
	insert   *river.Client[*sql.Tx]
	workers  *river.Workers
	periodic []*river.PeriodicJob

	mu    sync.Mutex
	kinds map[string]bool
}

// New makes the room; Migrate must have run before work is enqueued.
func New(d *db.DB) (*Room, error) {
	insert, err := river.NewClient(driver(d), &river.Config{Logger: quiet()})
	if err != nil {
		return nil, fmt.Errorf("job: %w", err)
	}
	return &Room{d: d, insert: insert, workers: river.NewWorkers(), kinds: map[string]bool{}}, nil
}

// driver is River's view of our database. On SQLite it shares the one writing connection with the group writer, which
// takes it per batch and gives it back.
func driver(d *db.DB) riverdriver.Driver[*sql.Tx] {
	if d.Dialect() == db.Postgres {
		return riverdatabasesql.NewWithPgxListener(d.WritePool(), d.Pool())
	}
	return riversqlite.New(d.WritePool())
}

// Register names a kind of work. It panics when the kind is taken: that is a mistake in the program.
func (r *Room) Register(kind string, f Func, w Work) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kinds[kind] {
		panic("job: kind " + kind + " is registered twice")
	}
	r.kinds[kind] = true
	river.AddWorkerArgs(r.workers, payload{kind: kind}, &worker{f: f, work: w})
}

// Every enqueues the kind again and again, first one interval after the start, on one node at a time.
func (r *Room) Every(interval time.Duration, kind string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	make := func() (river.JobArgs, *river.InsertOpts) {
		return payload{kind: kind, args: json.RawMessage("{}")}, insertOptions(Options{Unique: true})
	}
	r.periodic = append(r.periodic, river.NewPeriodicJob(river.PeriodicInterval(interval), make, nil))
}

// Enqueue writes one piece of work in the transaction. args is encoded as a JSON object.
func (r *Room) Enqueue(ctx context.Context, tx *db.Tx, kind string, args any, o Options) error {
	data, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	if _, err := r.insert.InsertTx(ctx, tx.Tx, payload{kind: kind, args: data}, insertOptions(o)); err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	return nil
}

func insertOptions(o Options) *river.InsertOpts {
	out := &river.InsertOpts{MaxAttempts: Attempts, ScheduledAt: o.At}
	if o.Attempts > 0 {
		out.MaxAttempts = o.Attempts
	}
	if o.Unique {
		out.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending,
			rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}}
	}
	return out
}

// Run works until ctx ends; work under way then has ten seconds before its own context ends.
func (r *Room) Run(ctx context.Context) error {
	client, err := river.NewClient(driver(r.d), &river.Config{
		Logger: quiet(), Workers: r.workers, PeriodicJobs: r.periodic,
		Queues:        map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: Workers}},
		FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll, MaxAttempts: Attempts,
		RescueStuckJobsAfter: rescueAfter,
	})
	if err != nil {
		return fmt.Errorf("job: %w", err)
	}
	base := context.WithoutCancel(ctx)
	if err := client.Start(base); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	<-ctx.Done()
	soft, cancel := context.WithTimeout(base, softStop)
	defer cancel()
	err = client.Stop(soft)
	if errors.Is(err, context.DeadlineExceeded) {
		hard, cancel := context.WithTimeout(base, softStop)
		defer cancel()
		err = client.StopAndCancel(hard)
	}
	return err
}

// quiet keeps River's own news out of the log below warnings.
func quiet() *slog.Logger { return slog.New(warnings{slog.Default().Handler()}) }

type warnings struct{ slog.Handler }

// Enabled passes warnings and errors only.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}
