package simulator

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// agenda holds what is due at a simulated time. Everything the simulator does later goes through it, so that
// one clock moves everything. Safe for concurrent use.
type agenda struct {
	clock *clock
	wake  chan struct{}

	running sync.Mutex // one runner at a time: entries run in order

	mu   sync.Mutex
	due  entries
	next uint64
}

type entry struct {
	at    time.Time
	order uint64 // among equals, first in first out
	do    func()
}

func newAgenda(c *clock) *agenda {
	return &agenda{clock: c, wake: make(chan struct{}, 1)}
}

// after plans do for d from now.
func (a *agenda) after(d time.Duration, do func()) {
	a.mu.Lock()
	a.next++
	heap.Push(&a.due, entry{a.clock.Now().Add(d), a.next, do})
	first := a.due[0].order == a.next
	a.mu.Unlock()
	if first {
		a.nudge()
	}
}

func (a *agenda) nudge() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// pop takes the earliest entry due at or before limit.
func (a *agenda) pop(limit time.Time) (entry, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.due) == 0 || a.due[0].at.After(limit) {
		return entry{}, false
	}
	return heap.Pop(&a.due).(entry), true
}

// run does what falls due until ctx ends.
func (a *agenda) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		a.runDue()
		timer.Reset(a.untilNext())
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		case <-timer.C:
		}
	}
}

func (a *agenda) runDue() {
	a.running.Lock()
	defer a.running.Unlock()
	for {
		e, ok := a.pop(a.clock.Now())
		if !ok {
			return
		}
		e.do()
	}
}

// untilNext returns the real time to sleep before the next entry, at most a second.
func (a *agenda) untilNext() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.due) == 0 {
		return time.Second
	}
	wait := a.clock.realWait(a.due[0].at.Sub(a.clock.Now()))
	return max(0, min(wait, time.Second))
}

// advance moves the clock by d and does, in order and at their own times, what falls due meanwhile.
func (a *agenda) advance(d time.Duration) {
	a.running.Lock()
	defer a.running.Unlock()
	end := a.clock.Now().Add(d)
	for {
		e, ok := a.pop(end)
		if !ok {
			break
		}
		a.clock.pushTo(e.at)
		e.do()
	}
	a.clock.pushTo(end)
	a.nudge()
}

// clear forgets everything planned.
func (a *agenda) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.due = nil
}

// size returns how many entries wait.
func (a *agenda) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.due)
}

type entries []entry

func (e entries) Len() int { return len(e) }
func (e entries) Less(i, j int) bool {
	if e[i].at.Equal(e[j].at) {
		return e[i].order < e[j].order
	}
	return e[i].at.Before(e[j].at)
}
func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *entries) Push(x any)   { *e = append(*e, x.(entry)) }
func (e *entries) Pop() any {
	old := *e
	last := old[len(old)-1]
	old[len(old)-1] = entry{}
	*e = old[:len(old)-1]
	return last
}
