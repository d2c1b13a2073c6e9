package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"recado/internal/db"
	"recado/internal/inbox"
)

// One node at a time sends for an inbox, and one works the journal. A lease that is not renewed is taken by another node;
// claims are rows of their own, so even two holders for a moment never send one message twice, they only pace worse.
const (
	leaseFor    = 15 * time.Second
	leaseRenew  = 4 * time.Second
	leaseLook   = time.Second // how soon a new or reconnected inbox begins to send
	intakeLease = db.ID(0)
)

var errElsewhere = errors.New("another node holds the lease")

type leases struct {
	g *Room

	mu        sync.Mutex
	senders   map[db.ID]*sender
	leadUntil time.Time
	renewed   time.Time
}

func newLeases(g *Room) *leases { return &leases{g: g, senders: map[db.ID]*sender{}} }

// run keeps a sender for every inbox this node holds, until ctx ends; then it waits for them and gives the leases back.
func (l *leases) run(ctx context.Context) {
	var watching sync.WaitGroup
	watching.Go(func() { l.watch(ctx) })
	for ctx.Err() == nil {
		if err := l.look(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("looking after the inboxes", "error", err)
		}
		pause(ctx, leaseLook)
	}
	watching.Wait()
	l.stop(keys(l.all()))
	l.release(context.WithoutCancel(ctx))
}

// look renews what is held, takes what is free and lets go of inboxes that may not send.
func (l *leases) look(ctx context.Context) error {
	if time.Since(l.renewed) >= leaseRenew {
		if err := l.renew(ctx); err != nil {
			return err
		}
	}
	wanted := map[db.ID]inbox.Inbox{}
	for kind := range l.g.adapters {
		boxes, err := l.g.rooms.Inboxes.All(ctx, kind)
		if err != nil {
			return err
		}
		for _, box := range boxes {
			if box.Status != inbox.Disconnected {
				wanted[box.ID] = box
			}
		}
	}
	var gone []db.ID
	for id, s := range l.all() {
		if box, ok := wanted[id]; ok {
			s.pace(box.SendRate)
			delete(wanted, id)
		} else {
			gone = append(gone, id)
		}
	}
	l.stop(gone)
	return l.takeFree(ctx, wanted)
}

type lease struct {
	Inbox db.ID `db:"inbox_id"`
	Node  int64 `db:"node"`
	Until int64 `db:"until"`
}

func (l *leases) takeFree(ctx context.Context, wanted map[db.ID]inbox.Inbox) error {
	if len(wanted) == 0 {
		return nil
	}
	held, err := db.All[lease](ctx, l.g.d, "select inbox_id, node, until from inbox_leases")
	if err != nil {
		return fmt.Errorf("read leases: %w", err)
	}
	before := map[db.ID]int64{}
	for _, h := range held {
		before[h.Inbox] = h.Node
		if h.Node != l.g.d.Node() && h.Until > l.g.d.Now() {
			delete(wanted, h.Inbox)
		}
	}
	for id, box := range wanted {
		if err := l.take(ctx, box, before[id]); err != nil {
			return err
		}
	}
	return nil
}

const takeLease = `insert into inbox_leases (inbox_id, node, until) values ($1, $2, $3) on conflict (inbox_id)
	do update set node = excluded.node, until = excluded.until where inbox_leases.until <= $4 or inbox_leases.node = excluded.node`

// take takes a free lease and starts its sender. What a dead holder had claimed becomes unconfirmed first.
func (l *leases) take(ctx context.Context, box inbox.Inbox, before int64) error {
	var taken int64
	err := l.g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		taken, err = tx.Exec(ctx, takeLease, int64(box.ID), l.g.d.Node(), tx.Now()+leaseFor.Milliseconds(), tx.Now())
		if err == nil && taken == 1 && before != 0 && before != l.g.d.Node() {
			_, err = l.g.rooms.Conversations.RecoverIn(ctx, tx, before)
		}
		return err
	})
	if err != nil || taken == 0 {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.senders[box.ID] = startSender(l.g, box)
	return nil
}

// renew tells the others that this node is alive. Senders whose lease was lost stop.
func (l *leases) renew(ctx context.Context) error {
	var kept []db.ID
	err := l.g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		kept, err = db.All[db.ID](ctx, tx, "update inbox_leases set until = $1 where node = $2 returning inbox_id", tx.Now()+leaseFor.Milliseconds(), l.g.d.Node())
		return err
	})
	if err != nil {
		return fmt.Errorf("renew leases: %w", err)
	}
	l.renewed = time.Now()
	lost := l.all()
	for _, id := range kept {
		delete(lost, id)
	}
	l.stop(keys(lost))
	return nil
}

func (l *leases) all() map[db.ID]*sender {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make(map[db.ID]*sender, len(l.senders))
	for id, s := range l.senders {
		out[id] = s
	}
	return out
}

// stop ends senders and waits for their requests under way.
func (l *leases) stop(ids []db.ID) {
	var stopping sync.WaitGroup
	for _, id := range ids {
		l.mu.Lock()
		s := l.senders[id]
		delete(l.senders, id)
		l.mu.Unlock()
		if s != nil {
			stopping.Go(s.stop)
		}
	}
	stopping.Wait()
}

func (l *leases) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := l.g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from inbox_leases where node = $1", l.g.d.Node())
		return err
	})
	if err != nil {
		slog.Warn("giving leases back; others take them when they run out", "error", err)
	}
}

// leads tells whether this node works the journal, as far as it knows.
func (l *leases) leads() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Before(l.leadUntil)
}

// leadIntake takes or keeps the lease on the journal; false means that another node works it, or nobody can.
func (l *leases) leadIntake(ctx context.Context) bool {
	if l.leads() {
		return true
	}
	begun := time.Now()
	var taken int64
	err := l.g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		taken, err = tx.Exec(ctx, takeLease, int64(intakeLease), l.g.d.Node(), tx.Now()+leaseFor.Milliseconds(), tx.Now())
		return err
	})
	if err != nil || taken == 0 {
		return false
	}
	l.lead(begun)
	return true
}

func (l *leases) lead(begun time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leadUntil = begun.Add(leaseRenew)
}

// checkIntake makes sure, inside the transaction, that this node still works the journal, and keeps it so.
func (l *leases) checkIntake(ctx context.Context, tx *db.Tx) error {
	begun := time.Now()
	kept, err := tx.Exec(ctx, "update inbox_leases set until = $1 where inbox_id = 0 and node = $2", tx.Now()+leaseFor.Milliseconds(), l.g.d.Node())
	if err == nil && kept == 0 {
		l.mu.Lock()
		l.leadUntil = time.Time{}
		l.mu.Unlock()
		return errElsewhere
	}
	if err == nil {
		l.lead(begun)
	}
	return err
}

// watchEvery bounds how often rings are answered with a look at the outbox.
const watchEvery = 5 * time.Millisecond

const dueInboxes = `select l.inbox_id from inbox_leases l where l.node = $1 and exists
	(select 1 from messages m where m.inbox_id = l.inbox_id and m.status = 10 and m.lane <= 3 and m.not_before <= $2)`

// watch wakes the senders that have something to send: after a ring, and once a second for what comes due.
func (l *leases) watch(ctx context.Context) {
	for ctx.Err() == nil {
		ring := l.g.rooms.Bell.Waiter()
		due, err := db.All[db.ID](ctx, l.g.d, dueInboxes, l.g.d.Node(), l.g.d.Now())
		if err != nil && ctx.Err() == nil {
			slog.Warn("looking at the outbox", "error", err)
			pause(ctx, time.Second)
		}
		l.mu.Lock()
		for _, id := range due {
			if s := l.senders[id]; s != nil {
				s.ring()
			}
		}
		l.mu.Unlock()
		timer := time.NewTimer(time.Second)
		select {
		case <-ring:
			pause(ctx, watchEvery)
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}
