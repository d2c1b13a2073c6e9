package conversation_test

import (
	"context"
	"fmt"
	"testing"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"

	"pgregory.net/rapid"
)

// TestLadder runs any order of claims, answers, lost answers, crashes, second tries and statuses over a few messages and
// compares with what a provider really has: a message is never sendable once the provider told of it, never sent twice without
// proof that the first try was lost, and never moves back.
func TestLadder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			w := &world{house: open(rt, d), rt: rt, clock: d.Now(), messages: map[db.ID]*real{}}
			for i := range 3 {
				w.messages[w.campaign(w.ventas, db.ID(run), fmt.Sprintf("55319555508%02d", i), nil)] = &real{}
			}
			rt.Repeat(map[string]func(*rapid.T){
				"claim": w.doClaim, "answer": w.doAnswer, "crash": w.doCrash, "requeue": w.doRequeue, "status": w.doStatus, "": w.check,
			})
		})
	})
}

// real is what truly happened to a message.
type real struct {
	claimed  bool   // our side waits for an answer
	external string // the provider has it under this id
	news     bool   // the provider told us of it: by answer or status
	highest  conversation.Status
	last     conversation.Status
}

type world struct {
	*house
	rt       *rapid.T
	clock    int64
	messages map[db.ID]*real
	serial   int
}

func (w *world) tick() int64 { w.clock += 1000; return w.clock }

func (w *world) pick(rt *rapid.T, which func(*real) bool) (db.ID, *real) {
	var ids []db.ID
	for _, id := range w.ids() {
		if which(w.messages[id]) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	id := rapid.SampledFrom(ids).Draw(rt, "message")
	return id, w.messages[id]
}

func (w *world) ids() []db.ID {
	ids, err := db.All[db.ID](context.Background(), w.d, "select id from messages where workspace_id = $1 and direction = 2 order by id", w.workspace)
	must(w.rt, err)
	return ids
}

func (w *world) doClaim(rt *rapid.T) {
	for _, out := range w.claim(w.ventas, w.tick()) {
		m := w.messages[out.Message]
		if m.news {
			rt.Fatalf("message %d was claimed although the provider told of it", out.Message)
		}
		if m.external != "" {
			rt.Fatalf("message %d was claimed although the provider has it", out.Message)
		}
		m.claimed = true
		if rapid.Bool().Draw(rt, "reaches the provider") {
			w.serial++
			m.external = fmt.Sprintf("wamid.%d.%d", w.workspace, w.serial)
		}
	}
}

func (w *world) doAnswer(rt *rapid.T) {
	id, m := w.pick(rt, func(m *real) bool { return m.claimed })
	if m == nil {
		return
	}
	m.claimed = false
	switch {
	case m.external == "" && rapid.Bool().Draw(rt, "certainly not"):
		w.settle(conversation.Outcome{Message: id, RetryAt: w.tick()})
	case m.external != "" && rapid.Bool().Draw(rt, "answered"):
		w.settle(accepted(id, m.external, w.tick()))
		m.news = true
		m.highest = max(m.highest, conversation.Accepted)
	default:
		w.settle(conversation.Outcome{Message: id, Unknown: true})
	}
}

func (w *world) doCrash(*rapid.T) {
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.room.RecoverIn(ctx, tx, w.node)
		return err
	})
	for _, m := range w.messages {
		m.claimed = false
	}
}

// doRequeue puts back what the provider never got: gateway has proof of that.
func (w *world) doRequeue(rt *rapid.T) {
	id, m := w.pick(rt, func(m *real) bool { return m.external == "" })
	if m == nil {
		return
	}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.room.RequeueIn(ctx, tx, []db.ID{id})
		return err
	})
}

func (w *world) doStatus(rt *rapid.T) {
	id, m := w.pick(rt, func(m *real) bool { return m.external != "" })
	if m == nil {
		return
	}
	status := rapid.SampledFrom([]conversation.Status{conversation.Sent, conversation.Failed, conversation.Delivered, conversation.Read}).Draw(rt, "status")
	reference := id
	if m.news && rapid.Bool().Draw(rt, "without reference") {
		reference = 0
	}
	change := w.news(w.ventas, reference, m.external, status, w.tick())
	if status == conversation.Failed {
		change.Failure = &channel.Failure{Class: channel.RecipientLater}
	}
	w.status(change)
	m.news = true
	m.highest = max(m.highest, status)
}

func (w *world) check(rt *rapid.T) {
	for id, m := range w.messages {
		now := w.message(id)
		if m.news && now.Status < m.highest {
			rt.Fatalf("message %d is %s (%d), the provider told %d", id, now.Status, now.Status, m.highest)
		}
		if now.Status > conversation.Unconfirmed && now.Status < m.last {
			rt.Fatalf("message %d went back from %d to %d", id, m.last, now.Status)
		}
		m.last = now.Status
	}
}
