package simulator

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// liveFeed tells open handset pages what changed; they fetch it again. Changes are gathered for a tenth of a second,
// so a busy simulator does not flood them. Safe for concurrent use.
type liveFeed struct {
	mu       sync.Mutex
	watchers map[chan []byte]bool
	changes  map[string]bool
	closed   bool // Run has ended: streams would only keep the server from stopping
}

const liveEvery = 100 * time.Millisecond

func newLiveFeed() *liveFeed {
	return &liveFeed{watchers: map[chan []byte]bool{}, changes: map[string]bool{}}
}

// changed notes that something of a kind ("customer", "state", "faults", "reset") changed; id names the customer.
func (l *liveFeed) changed(kind, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.watchers) > 0 {
		l.changes[fmt.Sprintf(`{"kind":"%s","id":"%s"}`, kind, id)] = true
	}
}

// run flushes changes until ctx ends, then lets the watchers go.
func (l *liveFeed) run(ctx context.Context) {
	l.mu.Lock()
	l.closed = false
	l.mu.Unlock()
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			l.close()
			return
		case <-tick.C:
			l.flush()
		}
	}
}

func (l *liveFeed) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.changes) == 0 {
		return
	}
	var out []byte
	for change := range l.changes {
		out = fmt.Appendf(out, "data: %s\n\n", change)
	}
	clear(l.changes)
	for w := range l.watchers {
		select {
		case w <- out:
		default: // too slow: it reconnects and fetches everything
			delete(l.watchers, w)
			close(w)
		}
	}
}

func (l *liveFeed) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for w := range l.watchers {
		delete(l.watchers, w)
		close(w)
	}
}

// watch opens a stream, unless the feed is closed.
func (l *liveFeed) watch() (chan []byte, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, false
	}
	mine := make(chan []byte, 16)
	l.watchers[mine] = true
	return mine, true
}

// serve streams changes as server-sent events.
func (l *liveFeed) serve(w http.ResponseWriter, r *http.Request) {
	mine, ok := l.watch()
	if !ok {
		http.Error(w, "the simulator has stopped", http.StatusServiceUnavailable)
		return
	}
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // a stream outlives the server's write limit; where that cannot be lifted, the page reconnects
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	defer func() {
		l.mu.Lock()
		delete(l.watchers, mine)
		l.mu.Unlock()
	}()
	alive := time.NewTicker(20 * time.Second)
	defer alive.Stop()
	out := []byte(": hello\n\n")
	for {
		if _, err := w.Write(out); err != nil || control.Flush() != nil {
			return
		}
		var open bool
		select {
		case <-r.Context().Done():
			return
		case out, open = <-mine:
			if !open {
				return
			}
		case <-alive.C:
			out = []byte(": still here\n\n")
		}
	}
}
