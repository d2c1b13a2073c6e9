package event

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"recado/internal/db"
)

const (
	bellChannel  = "recado_facts"
	bellCoalesce = 20 * time.Millisecond // at most one notification per node in this time: they queue behind one lock
)

// Bell wakes those who wait for facts, in this process and, on PostgreSQL, on the other nodes. It carries nothing: a
// lost ring costs one poll, never a fact.
type Bell struct {
	mu    sync.Mutex
	rung  chan struct{}
	tell  chan struct{} // nil on SQLite
	nodes *db.DB
}

// NewBell makes a bell; Run carries its rings between nodes.
func NewBell(d *db.DB) *Bell {
	b := &Bell{rung: make(chan struct{}), nodes: d}
	if d.Pool() != nil {
		b.tell = make(chan struct{}, 1)
	}
	return b
}

// Ring wakes everyone who waits.
func (b *Bell) Ring() {
	b.ringHere()
	if b.tell != nil {
		select {
		case b.tell <- struct{}{}:
		default:
		}
	}
}

func (b *Bell) ringHere() {
	b.mu.Lock()
	close(b.rung)
	b.rung = make(chan struct{})
	b.mu.Unlock()
}

// Waiter gives a channel that is closed at the next ring. Take it before looking for facts, so that none falls between.
func (b *Bell) Waiter() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rung
}

// Run carries rings between nodes until ctx ends; on SQLite it only waits.
func (b *Bell) Run(ctx context.Context) {
	if b.tell == nil {
		<-ctx.Done()
		return
	}
	go b.send(ctx)
	for ctx.Err() == nil {
		if err := b.listen(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("listening for facts of other nodes", "error", err)
			pause(ctx, time.Second)
		}
	}
}

func (b *Bell) send(ctx context.Context) {
	for {
		select {
		case <-b.tell:
			if _, err := b.nodes.Pool().Exec(ctx, "select pg_notify($1, '')", bellChannel); err != nil && ctx.Err() == nil {
				slog.Warn("waking other nodes", "error", err)
			}
			pause(ctx, bellCoalesce)
		case <-ctx.Done():
			return
		}
	}
}

func (b *Bell) listen(ctx context.Context) error {
	pooled, err := b.nodes.Pool().Acquire(ctx)
	if err != nil {
		return err
	}
	conn := pooled.Hijack() // a listening connection must not go back to the pool
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+bellChannel); err != nil {
		return err
	}
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
		b.ringHere()
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
