package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// payload carries the args of any kind through River.
type payload struct {
	kind string
	args json.RawMessage
}

// Kind names the work for River.
func (p payload) Kind() string { return p.kind }

// MarshalJSON gives the args as they were encoded.
func (p payload) MarshalJSON() ([]byte, error) {
	if len(p.args) == 0 {
		return []byte("{}"), nil
	}
	return p.args, nil
}

// UnmarshalJSON keeps the args as they are.
func (p *payload) UnmarshalJSON(data []byte) error {
	p.args = append(json.RawMessage(nil), data...)
	return nil
}

type worker struct {
	river.WorkerDefaults[payload]
	f    Func
	work Work
}

// Work runs the function; which try it is travels in the context.
func (w *worker) Work(ctx context.Context, j *river.Job[payload]) error {
	return w.f(context.WithValue(ctx, tryKey{}, Try{Attempt: j.Attempt, Last: j.Attempt >= j.MaxAttempts}), j.Args.args)
}

// Timeout is the time of one try.
func (w *worker) Timeout(*river.Job[payload]) time.Duration {
	if w.work.Timeout == 0 {
		return time.Minute
	}
	return w.work.Timeout
}

// NextRetry is when a failed try is followed by another.
func (w *worker) NextRetry(j *river.Job[payload]) time.Time {
	pause := w.work.Backoff
	if pause == nil {
		pause = backoff
	}
	return time.Now().Add(pause(j.Attempt))
}

// backoff grows four times with each try: 1 s, 4 s, 16 s, 64 s, then up to 10 minutes.
func backoff(attempt int) time.Duration {
	return min(time.Second<<(2*min(attempt-1, 5)), 10*time.Minute)
}

// Try says which try of a piece of work this is.
type Try struct {
	Attempt int  // from 1
	Last    bool // no other follows when it fails
}

type tryKey struct{}

// TryOf gives the try from the context a Func was called with; outside of one it is the first and last.
func TryOf(ctx context.Context) Try {
	if t, ok := ctx.Value(tryKey{}).(Try); ok {
		return t
	}
	return Try{Attempt: 1, Last: true}
}

// Abandon wraps an error that no other try can mend: the work is given up at once and kept with its error.
func Abandon(err error) error { return river.JobCancel(err) }

// Later, given back by a Func, means: not done, again after a pause. It is no failure and counts as no try; who says it bounds it.
func Later(pause time.Duration) error { return river.JobSnooze(pause) }

// Decode reads the args of a piece of work into a T; args nobody can read are abandoned.
func Decode[T any](args json.RawMessage) (T, error) {
	var out T
	if err := json.Unmarshal(args, &out); err != nil {
		return out, Abandon(fmt.Errorf("args of a job: %w", err))
	}
	return out, nil
}
