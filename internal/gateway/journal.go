package gateway

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
)

// Bounds of one shared commit.
const (
	journalRows  = 256
	journalBytes = 8 << 20
)

// journal appends raw events; concurrent requests share one insert and one commit.
type journal struct {
	g       *Room
	waiting chan *entry
	over    chan struct{}
	begun   atomic.Int64 // when the commit under way began, Unix milliseconds; 0: none
}

type entry struct {
	kind channel.Kind
	body []byte
	kept chan error
}

var errStopping = errors.New("this node is stopping")

func newJournal(g *Room) *journal {
	return &journal{g: g, waiting: make(chan *entry, journalRows), over: make(chan struct{})}
}

// append returns once the event is durable, or with the reason why it was not kept.
func (j *journal) append(ctx context.Context, kind channel.Kind, body []byte) error {
	if err := ctx.Err(); err != nil {
		return err // nobody waits for the answer: the provider will ask again
	}
	e := &entry{kind: kind, body: body, kept: make(chan error, 1)}
	select {
	case j.waiting <- e:
	case <-ctx.Done():
		return ctx.Err()
	case <-j.over:
		return errStopping
	}
	select {
	case err := <-e.kept:
		return err
	case <-j.over:
		select {
		case err := <-e.kept:
			return err
		default:
			return errStopping
		}
	}
}

func (j *journal) run(ctx context.Context) {
	defer close(j.over)
	for {
		select {
		case first := <-j.waiting:
			j.commit(j.gather(first))
		case <-ctx.Done():
			return
		}
	}
}

func (j *journal) gather(first *entry) []*entry {
	batch, size := []*entry{first}, len(first.body)
	for len(batch) < journalRows && size < journalBytes {
		select {
		case e := <-j.waiting:
			batch = append(batch, e)
			size += len(e.body)
		default:
			return batch
		}
	}
	return batch
}

// journalPatience is how long one commit may take before its requests are answered 503.
const journalPatience = 20 * time.Second

func (j *journal) commit(batch []*entry) {
	ctx, cancel := context.WithTimeout(context.Background(), journalPatience)
	defer cancel()
	j.begun.Store(time.Now().UnixMilli())
	err := j.g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows := make([][]any, len(batch))
		for i, e := range batch {
			rows[i] = []any{int64(tx.NewID()), string(e.kind), e.body, tx.Now()}
		}
		_, err := tx.Insert(ctx, "intake (id, channel, body, received_at)", "", rows)
		return err
	})
	j.begun.Store(0)
	for _, e := range batch {
		e.kept <- err
	}
	if err == nil {
		j.g.figures.received.Add(float64(len(batch)))
		j.g.intake.ring()
	}
}

// stuck is how long the commit under way has been waiting.
func (j *journal) stuck() time.Duration {
	begun := j.begun.Load()
	if begun == 0 {
		return 0
	}
	return time.Since(time.UnixMilli(begun))
}
