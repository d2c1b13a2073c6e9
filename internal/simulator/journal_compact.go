package simulator

import (
	"maps"
	"slices"
)

// perLine is how many records of a long list share a line of a compacted journal.
const perLine = 500

// lines gives the whole state in as few words as possible: what Open would read to have it again.
func (m *memory) lines(yield func(line) bool) {
	w := &lineWriter{yield: yield, head: line{At: m.latest, Ahead: m.ahead, Sequence: m.sequence, NextID: m.nextID}}
	stats := m.Stats()
	stats.WebhookPending, stats.PlannedSteps = 0, 0
	w.put(journalRecord{Stats: &stats})
	m.writeProvider(w)
	m.writeCrowd(w)
	m.writeLedger(w)
	for _, sequence := range m.sequences() {
		m.writeGoing(w, m.under[sequence])
	}
	for _, id := range slices.Sorted(maps.Keys(m.hooks)) {
		w.put(journalRecord{Hook: m.hookRecord(m.hooks[id])})
	}
	w.put(journalRecord{LastHook: m.outbox.lastID})
	w.end()
}

// lineWriter gathers records into lines.
type lineWriter struct {
	yield   func(line) bool
	head    line
	records []journalRecord
	stopped bool
}

func (w *lineWriter) put(r journalRecord) {
	w.records = append(w.records, r)
	if len(w.records) >= perLine {
		w.end()
	}
}

func (w *lineWriter) end() {
	if w.stopped || len(w.records) == 0 {
		return
	}
	l := w.head
	l.Records, w.records = w.records, nil
	w.stopped = !w.yield(l)
}

func (m *memory) writeProvider(w *lineWriter) {
	if m.appTouched {
		w.put(journalRecord{App: m.app.record()})
	}
	for _, a := range m.accounts {
		if a.touched {
			w.put(journalRecord{Account: a.record()})
		}
		for _, n := range a.numbers {
			if n.touched {
				w.put(journalRecord{Number: n.record()})
			}
		}
		for _, t := range a.templates {
			if t.touched {
				w.put(journalRecord{Template: t.record()})
			}
		}
	}
	for _, t := range m.deleted {
		w.put(journalRecord{Template: t.record()})
	}
	for _, f := range m.media.order {
		w.put(journalRecord{File: f.record()})
	}
}

func (m *memory) writeCrowd(w *lineWriter) {
	for _, p := range m.crowd.order {
		w.put(journalRecord{Person: p.record()})
		for _, a := range m.accounts {
			for _, n := range a.numbers {
				if p.threads[n] != nil {
					p.threads[n].write(w, p, n)
				}
			}
		}
	}
	for _, a := range m.accounts {
		for _, n := range a.numbers {
			if len(n.blocked) > 0 {
				w.put(journalRecord{Number: n.record()}) // again: now the people it blocked are known
			}
		}
	}
}

func (t *thread) write(w *lineWriter, p *customer, n *number) {
	w.put(journalRecord{Thread: t.record(p, n)})
	for _, shown := range t.messages {
		w.put(journalRecord{Message: shown.record(p, n)})
	}
}

func (m *memory) writeLedger(w *lineWriter) {
	l := m.ledger
	for i := range l.log {
		r := l.log[(l.oldest+i)%len(l.log)].record()
		w.put(journalRecord{Listed: &r})
	}
	if int(l.stats.Accepted) > len(l.log) {
		for part := range slices.Chunk(slices.Collect(maps.Keys(l.pairs)), perLine) {
			w.put(journalRecord{Hashes: &hashRecord{Pairs: part}})
		}
		for part := range slices.Chunk(slices.Collect(maps.Keys(l.callbacks)), perLine) {
			w.put(journalRecord{Hashes: &hashRecord{Callbacks: part}})
		}
	}
	users := &usersRecord{Reached: map[uint64]int64{}, Pairs: map[uint64]int64{}}
	for user, at := range m.reached {
		users.Reached[user] = stamp(at)
	}
	now := moment(m.latest)
	for pair, p := range m.pairs {
		if p.full.After(now) {
			users.Pairs[pair] = stamp(p.full)
		}
	}
	w.put(journalRecord{Users: users})
}

// writeGoing writes a message under way and what it waits for, on one line.
func (m *memory) writeGoing(w *lineWriter, sd *sending) {
	w.end()
	w.put(journalRecord{Going: sd.record(0)})
	if sd.answer != nil {
		w.put(journalRecord{Answer: sd.answer})
	}
	w.put(journalRecord{Step: &stepRecord{Sequence: sd.sequence, Step: sd.step, Due: stamp(sd.due), Code: sd.code}})
}
