package event

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

const (
	windowBytes = 2 << 20 // data of facts the window keeps at most
	windowFacts = 4 * readBatch
)

// window is the newest stretch of the log as this process has read it. Those who keep up with the log share one reading of each fact:
// fifteen subscribers and the open desks cost the database as much as one.
type window struct {
	mu      sync.Mutex
	from    place // the facts begin just after it
	facts   []Event
	bytes   int           // of the facts' data
	reading chan struct{} // closed when the reading under way has ended; nil: there is none
}

// place is a cursor, read.
type place struct{ tx, seq int64 }

func (p place) compare(other place) int {
	return cmp.Or(cmp.Compare(p.tx, other.tx), cmp.Compare(p.seq, other.seq))
}

func placeOf(e Event) place { return place{e.Tx, e.Seq} }

// newest gives up to limit facts after a place, like Read, and from memory when this process has read them already.
func (l *Log) newest(ctx context.Context, after Cursor, limit int) ([]Event, error) {
	at, err := parse(after)
	if err != nil {
		return nil, err
	}
	w := &l.window
	for joined := 0; ; joined++ {
		w.mu.Lock()
		rest, held := w.after(at)
		if len(rest) > 0 || !held || joined == 2 {
			w.mu.Unlock()
			if !held {
				return l.Read(ctx, after, limit)
			}
			return atMost(limit, rest), nil
		}
		// A reading that began before we came may have missed what we came for; one that began since has not.
		if under := w.reading; under != nil {
			w.mu.Unlock()
			select {
			case <-under:
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		ended := make(chan struct{})
		w.reading = ended
		w.mu.Unlock()
		batch, err := l.Read(ctx, after, readBatch)
		w.mu.Lock()
		w.extend(at, batch)
		w.reading = nil
		close(ended)
		w.mu.Unlock()
		return atMost(limit, batch), err
	}
}

// atMost gives the first facts. Whoever appends to them gets a copy: the window goes on behind them.
func atMost(limit int, facts []Event) []Event {
	n := min(limit, len(facts))
	return facts[:n:n]
}

// after gives the facts after a place and whether they are the window's to give: who is behind it reads for themselves, who is ahead of
// it moves it there.
func (w *window) after(at place) (rest []Event, held bool) {
	if at.compare(w.from) < 0 {
		return nil, false
	}
	i, found := slices.BinarySearchFunc(w.facts, at, func(e Event, at place) int { return placeOf(e).compare(at) })
	if found {
		i++
	}
	return w.facts[i:], true
}

// extend adds what was read after a place at the window's end or beyond it.
func (w *window) extend(at place, batch []Event) {
	end := w.from
	if len(w.facts) > 0 {
		end = placeOf(w.facts[len(w.facts)-1])
	}
	if at != end {
		w.from, w.facts, w.bytes = at, nil, 0
	}
	w.facts = append(w.facts, batch...)
	for _, e := range batch {
		w.bytes += len(e.Data)
	}
	if len(w.facts) > windowFacts || w.bytes > windowBytes {
		w.halve()
	}
}

// halve drops the oldest facts, so that the next readings find room without dropping each time.
func (w *window) halve() {
	drop := 0
	for ; len(w.facts)-drop > windowFacts/2 || w.bytes > windowBytes/2; drop++ {
		w.bytes -= len(w.facts[drop].Data)
	}
	w.from, w.facts = placeOf(w.facts[drop-1]), slices.Clone(w.facts[drop:])
}

func (w *window) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.facts, w.bytes = nil, 0
}
