package desk

import (
	"context"
	"fmt"
	"os"
	"time"

	"recado/bench/figure"
	"recado/bench/serve"
)

// Goals of P5 to P8.
const (
	pushGoalSQLite   = 150.0 // ms, 95th percentile
	pushGoalPostgres = 200.0
	readGoal         = 30.0  // ms, 95th percentile, the slowest kind of reading
	searchGoal       = 150.0 // ms, 95th percentile
	growthGoal       = 1.5   // slowest of P6 with all messages ÷ with a hundredth of them
)

// Target is a database to measure on, and how much to put into it.
type Target struct {
	Name, URL     string // URL "" is SQLite in a temporary folder; otherwise an empty PostgreSQL database
	Binary        string
	Conversations int // with ten messages each
	Desks         int // open while messages come in; 0: the live push is not measured
	During        time.Duration
}

// Measured is one filled town: what was measured there.
type Measured struct {
	Messages   int
	Read       times
	Unresting  times
	Cost       time.Duration // processor time of the node for one reading
	Search     times
	SearchCost time.Duration // processor time of the node for one search
	Push       []time.Duration
	NotArrived int64
	Filled     time.Duration
}

// Measure fills a town and measures reading, search and the live push on a node of its own.
func Measure(ctx context.Context, target Target) (m Measured, err error) {
	dir, err := os.MkdirTemp("", "recado-desk-")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(dir)
	m.Messages = target.Conversations * perConversation
	t, err := found(ctx, dir, target.URL)
	if err != nil {
		return m, fmt.Errorf("found the town: %w", err)
	}
	began := time.Now()
	if err := t.fill(ctx, target.Conversations); err != nil {
		return m, fmt.Errorf("fill the town: %w", err)
	}
	m.Filled = time.Since(began)
	if err := t.d.Close(); err != nil {
		return m, err
	}
	n, err := serve.Start(ctx, target.Binary, t.dir, t.url, "http://127.0.0.1:9")
	if err != nil {
		return m, err
	}
	defer n.Kill()
	readers, err := readersOf(ctx, n, t, target.Conversations)
	if err != nil {
		return m, fmt.Errorf("sign in: %w", err)
	}
	if m.Read, err = look(ctx, readers, target.During, pause, browse); err != nil {
		return m, fmt.Errorf("read: %w", err)
	}
	used := n.Used()
	if m.Unresting, err = look(ctx, readers, target.During, 0, browse); err != nil {
		return m, fmt.Errorf("read without rest: %w", err)
	}
	m.Cost = (n.Used() - used) / time.Duration(max(1, m.Unresting.count()))
	used = n.Used()
	if m.Search, err = look(ctx, readers, target.During, pause, search); err != nil {
		return m, fmt.Errorf("search: %w", err)
	}
	m.SearchCost = (n.Used() - used) / time.Duration(max(1, m.Search.count()))
	if target.Desks > 0 {
		m.Push, m.NotArrived, err = push(ctx, n, t, target.Desks, target.Conversations, target.During)
	}
	return m, err
}

// Figures are P5 to P8 of a large town and a small one.
func Figures(target Target, small, large Measured) []figure.Figure {
	pushGoal := pushGoalSQLite
	if target.URL != "" {
		pushGoal = pushGoalPostgres
	}
	p95 := time.Duration(0)
	if len(large.Push) > 0 {
		p95 = large.Push[int(0.95*float64(len(large.Push)))]
	}
	filled := fmt.Sprintf("%d messages, filled in %s", large.Messages, large.Filled.Round(time.Second))
	return []figure.Figure{
		figure.AtMost(fmt.Sprintf("P5 webhook to %d open desks at %d messages/s, p95 ms", target.Desks, inboundRate), target.Name, milliseconds(p95), pushGoal,
			fmt.Sprintf("%d events, %d missing", len(large.Push), large.NotArrived), filled),
		figure.AtMost("P6 slowest reading of 20 readers, p95 ms", target.Name, milliseconds(large.Read.worst()), readGoal, large.Read.String(),
			fmt.Sprintf("without rest: %s, %s of processor each", large.Unresting, large.Cost.Round(10*time.Microsecond)), filled),
		figure.AtMost("P7 slowest search of 20 readers, p95 ms", target.Name, milliseconds(large.Search.worst()), searchGoal, large.Search.String(),
			fmt.Sprintf("%s of processor each", large.SearchCost.Round(10*time.Microsecond)), filled),
		figure.AtMost("P8 P6 with all messages ÷ with a hundredth", target.Name, large.Read.worst().Seconds()/small.Read.worst().Seconds(), growthGoal,
			fmt.Sprintf("%d messages: %s", small.Messages, small.Read.String())),
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
