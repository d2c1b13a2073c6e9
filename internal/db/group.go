package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// groupLimit bounds how many closures share a commit, so that none waits long for its neighbours.
const groupLimit = 256

// keepAfter is how often a text is seen before its prepared statement is kept.
const keepAfter = 3

// group is the SQLite writer: one goroutine, one transaction for all closures that wait.
type group struct {
	d       *DB
	waiting chan *request
	quit    chan struct{}
	done    chan struct{}
	once    sync.Once

	kept  map[string]*sql.Stmt // touched by the writer goroutine only
	seen  map[string]int
	fresh []string
}

type request struct {
	ctx   context.Context
	f     func(ctx context.Context, tx *Tx) error
	after []func()
	err   error
	done  chan struct{}
}

var errClosed = errors.New("the database is closed")

func startGroup(d *DB) *group {
	g := &group{d: d, waiting: make(chan *request, groupLimit), quit: make(chan struct{}), done: make(chan struct{}),
		kept: map[string]*sql.Stmt{}, seen: map[string]int{}}
	go g.run()
	return g
}

// write hands f to the writer and waits. Once the writer has begun f the caller waits for the end even when its
// context is over: only then is it known whether f happened.
func (g *group) write(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	r := &request{ctx: ctx, f: f, done: make(chan struct{})}
	select {
	case g.waiting <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.quit:
		return errClosed
	}
	select {
	case <-r.done:
		return r.err
	case <-g.done:
		select {
		case <-r.done:
			return r.err
		default:
			return errClosed
		}
	}
}

func (g *group) stop() {
	g.once.Do(func() { close(g.quit) })
	<-g.done
}

func (g *group) run() {
	defer close(g.done)
	for {
		select {
		case first := <-g.waiting:
			g.commit(g.gather(first))
		case <-g.quit:
			return
		}
	}
}

func (g *group) gather(first *request) []*request {
	batch := []*request{first}
	for len(batch) < groupLimit {
		select {
		case r := <-g.waiting:
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

// commit runs the closures of a batch in one transaction. A closure that fails is undone to its savepoint.
func (g *group) commit(batch []*request) {
	defer func() {
		for _, r := range batch {
			if r.err == nil {
				for _, after := range r.after {
					after()
				}
			}
			close(r.done)
		}
	}()
	g.prepare()
	inner, err := g.d.write.BeginTx(context.Background(), nil)
	if err != nil {
		failAll(batch, err)
		return
	}
	defer inner.Rollback() // does nothing after the commit
	for _, r := range batch {
		tx := &Tx{Tx: inner, d: g.d}
		r.err = g.runOne(r, tx, len(batch) > 1)
		r.after = tx.after
	}
	if len(batch) == 1 && batch[0].err != nil {
		return
	}
	if err := inner.Commit(); err != nil {
		failAll(batch, fmt.Errorf("commit: %w", err))
	}
}

func failAll(batch []*request, err error) {
	for _, r := range batch {
		if r.err == nil {
			r.err = err
		}
	}
}

func (g *group) runOne(r *request, tx *Tx, shared bool) (err error) {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	// The closure's own context must not end the shared transaction half way.
	ctx := context.WithoutCancel(r.ctx)
	if shared {
		if _, err := tx.Exec(ctx, "savepoint one"); err != nil {
			return err
		}
		defer func() {
			end := "release one"
			if err != nil {
				end = "rollback to one"
			}
			if _, e := tx.Exec(ctx, end); e != nil && err == nil {
				err = e
			}
		}()
	}
	defer func() {
		if p := recover(); p != nil {
			slog.Error("a write panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("a write panicked: %v", p)
		}
	}()
	return r.f(ctx, tx)
}
