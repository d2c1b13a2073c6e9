package gateway

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"recado/internal/conversation"
	"recado/internal/db"
)

// Outcomes are stored in batches: the sooner of so many and so long.
const (
	settleMost  = 256
	settleAfter = 20 * time.Millisecond
)

// settler stores what became of claimed messages. While the database is down it holds the outcomes and the senders
// stop claiming; after a crash the messages are unconfirmed.
type settler struct {
	g        *Room
	waiting  chan settled
	over     chan struct{}
	deadline atomic.Int64 // once the node stops: until when the database is waited for, Unix milliseconds
}

type settled struct {
	outcome conversation.Outcome
	by      *sender
}

func newSettler(g *Room) *settler {
	return &settler{g: g, waiting: make(chan settled, 4*settleMost), over: make(chan struct{})}
}

// put hands an outcome over; once the settler is over it is lost, and the message unconfirmed.
func (s *settler) put(o conversation.Outcome, by *sender) {
	select {
	case s.waiting <- settled{o, by}:
	case <-s.over:
	}
}

// settlePatience is how long a stopping node waits for a database that is down.
const settlePatience = 5 * time.Second

// run stores outcomes until ctx ends, and then what is still waiting.
func (s *settler) run(ctx context.Context) {
	defer close(s.over)
	lanes := 1 // SQLite has one writer
	if s.g.d.Pool() != nil {
		lanes = 3
	}
	var all sync.WaitGroup
	for range lanes {
		all.Go(func() { s.lane(ctx) })
	}
	all.Wait()
}

func (s *settler) lane(ctx context.Context) {
	for {
		select {
		case first := <-s.waiting:
			s.store(ctx, s.gather(ctx, first))
		case <-ctx.Done():
			for {
				select {
				case last := <-s.waiting:
					s.store(ctx, s.gather(ctx, last))
				default:
					return
				}
			}
		}
	}
}

func (s *settler) gather(ctx context.Context, first settled) []settled {
	batch := append(make([]settled, 0, settleMost), first)
	timer := time.NewTimer(settleAfter)
	defer timer.Stop()
	for len(batch) < settleMost {
		select {
		case next := <-s.waiting:
			batch = append(batch, next)
			continue
		default:
		}
		select {
		case next := <-s.waiting:
			batch = append(batch, next)
		case <-timer.C:
			return batch
		case <-ctx.Done():
			return batch
		}
	}
	return batch
}

// store tries until the database takes the outcomes; once the node stops, for a few seconds only.
func (s *settler) store(ctx context.Context, batch []settled) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := s.write(batch)
		if err == nil {
			break
		}
		if !db.Unavailable(err) {
			s.halve(ctx, batch, err)
			return
		}
		if ctx.Err() != nil && s.late() {
			slog.Error("outcomes were not stored; the messages will be unconfirmed", "messages", len(batch))
			break
		}
		slog.Warn("outcomes wait for the database", "messages", len(batch), "error", err)
		time.Sleep(wait)
	}
	release(batch)
}

// late tells whether a stopping node has waited long enough; the first to ask starts the clock.
func (s *settler) late() bool {
	now := time.Now().UnixMilli()
	s.deadline.CompareAndSwap(0, now+settlePatience.Milliseconds())
	return now > s.deadline.Load()
}

func (s *settler) write(batch []settled) error {
	outcomes := make([]conversation.Outcome, len(batch))
	for i, b := range batch {
		outcomes[i] = b.outcome
	}
	return s.g.d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return s.g.rooms.Conversations.SettleIn(ctx, tx, outcomes)
	})
}

// halve finds the outcome at fault; alone, it is left to be unconfirmed.
func (s *settler) halve(ctx context.Context, batch []settled, cause error) {
	if len(batch) == 1 {
		slog.Error("an outcome cannot be stored; the message will be unconfirmed", "message", batch[0].outcome.Message, "error", cause)
		release(batch)
		return
	}
	s.store(ctx, batch[:len(batch)/2])
	s.store(ctx, batch[len(batch)/2:])
}

func release(batch []settled) {
	count := map[*sender]int64{}
	for _, b := range batch {
		count[b.by]++
	}
	for sender, n := range count {
		sender.settled(n)
	}
}
