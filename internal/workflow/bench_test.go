package workflow_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/flow"
	"recado/internal/workflow"
)

// BenchmarkAFact tells what a message costs workflows, from the fact to the end of its runs: with none switched on, with ten whose
// conditions do not hold, and with ten that each keep a detail of the contact.
func BenchmarkAFact(b *testing.B) {
	for name, open_ := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		for _, on := range []struct {
			name  string
			n     int
			words string
		}{{"none", 0, ""}, {"ten that do not hold", 10, "nunca"}, {"ten that act", 10, "hola"}} {
			b.Run(name+"/"+on.name, func(b *testing.B) {
				h := open(b, open_(b))
				for i := range on.n {
					h.on(fmt.Sprintf("W%d", i), workflow.Trigger{Kind: workflow.MessageReceived}, workflow.Branch{
						Conditions: []workflow.Condition{{Kind: workflow.OfText, Op: flow.Contains, Value: on.words}},
						Steps:      []workflow.Step{{Kind: workflow.Keep, Name: fmt.Sprintf("Nota %d", i), Value: "{{message.text}}"}}})
				}
				h.facts(b, on.n)
			})
		}
	}
}

func (h *house) facts(b *testing.B, on int) {
	ctx, told := context.Background(), 0
	for b.Loop() {
		b.StopTimer()
		h.said += 100
		for i := range 50 {
			h.hears(fmt.Sprintf("55319855531%02d", i), fmt.Sprintf("hola %d", h.said))
		}
		h.write(func(ctx context.Context, tx *db.Tx) error { // an hour's bound is not what is measured
			_, err := tx.Exec(ctx, "update workflow_runs set began_at = 1")
			return err
		})
		facts, err := h.log.Read(ctx, h.seen, 5_000)
		must(b, err)
		h.seen = h.log.CursorOf(facts[len(facts)-1])
		facts = slices.DeleteFunc(facts, func(e event.Event) bool { return e.Kind != conversation.MessageReceived })
		told += len(facts)
		b.StartTimer()
		h.write(func(ctx context.Context, tx *db.Tx) error { return h.room.React(ctx, tx, facts) })
		if on > 0 {
			b.StopTimer()
			h.write(func(ctx context.Context, tx *db.Tx) error { // their tickets were looked for
				_, err := tx.Exec(ctx, "update workflow_runs set due_at = 1 where due_at is not null")
				return err
			})
			b.StartTimer()
		}
		for {
			n, err := h.room.GoOn(ctx)
			must(b, err)
			if n == 0 {
				break
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(told), "µs/fact")
}
