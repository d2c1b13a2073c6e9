package simulator

import "sync"

// guard is the lock of the simulator's state. What was noted while it was held becomes one line of the journal when it
// is released, so a kill leaves either all of a change or nothing of it; webhooks caused meanwhile leave after that.
type guard struct {
	mu      sync.Mutex
	noted   []journalRecord
	leaving []change
	commit  func(noted []journalRecord, leaving []change) // called with the lock held
}

// Lock begins a change.
func (g *guard) Lock() { g.mu.Lock() }

// Unlock ends the change and hands it to the journal and the outbox.
func (g *guard) Unlock() {
	if len(g.noted)+len(g.leaving) > 0 {
		noted, leaving := g.noted, g.leaving
		g.noted, g.leaving = nil, nil
		g.commit(noted, leaving)
	}
	g.mu.Unlock()
}
