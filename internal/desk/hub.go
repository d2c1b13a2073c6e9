package desk

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
)

const (
	queueLimit   = 256              // batches a slow desk may be behind before it is told to load again
	resumeLimit  = 2000             // facts a desk may have missed and still resume
	recheckEvery = 30 * time.Second // a session may have ended without a fact
)

// Hub pushes facts to the open desks of this node.
type Hub struct {
	room    *Room
	log     *event.Log
	lookout *lookout
	begun   chan struct{} // closed when Run knows where now is: a desk that opens before would miss what happens meanwhile

	mu    sync.Mutex
	place event.Cursor
	open  map[*session]struct{}
}

// NewHub makes the hub; Run works it.
func NewHub(room *Room, log *event.Log) *Hub {
	return &Hub{room: room, log: log, lookout: newLookout(room.d), begun: make(chan struct{}), open: map[*session]struct{}{}}
}

// Run reads facts until ctx ends. It fails when the log cannot be read at the start.
func (h *Hub) Run(ctx context.Context) error {
	begin, err := h.log.End(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.place = begin
	h.mu.Unlock()
	close(h.begun)
	go h.keepPresence(ctx)
	go h.watch(ctx)
	return h.log.Tail(ctx, begin, func(batch []event.Event) error {
		h.push(ctx, batch)
		return nil
	})
}

// keepPresence tells the other nodes that the desks here are open, and forgets those of nodes that died.
func (h *Hub) keepPresence(ctx context.Context) {
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := h.room.routing.DesksAlive(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("presence", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// push gives a batch to every desk of its workspaces.
func (h *Hub) push(ctx context.Context, batch []event.Event) {
	place := h.log.CursorOf(batch[len(batch)-1])
	for workspace, events := range byWorkspace(batch) {
		desks := h.desksOf(workspace)
		if len(desks) == 0 {
			continue
		}
		t, err := h.room.tell(ctx, workspace, events)
		if err != nil {
			slog.Error("the live push could not read what happened; desks load again", "workspace", workspace, "error", err)
		}
		for _, s := range desks {
			if err != nil {
				s.reload(place)
				continue
			}
			s.give(batchFor{told: t, place: place})
		}
	}
	h.mu.Lock()
	h.place = place
	h.mu.Unlock()
}

func byWorkspace(batch []event.Event) map[db.ID][]event.Event {
	out := map[db.ID][]event.Event{}
	for _, e := range batch {
		out[e.Workspace] = append(out[e.Workspace], e)
	}
	return out
}

func (h *Hub) desksOf(workspace db.ID) []*session {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []*session
	for s := range h.open {
		if s.workspace == workspace {
			out = append(out, s)
		}
	}
	return out
}

func (h *Hub) all() []*session {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.open))
}

// add starts to give a desk what happens from now on, and tells where now is.
func (h *Hub) add(s *session) event.Cursor {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open[s] = struct{}{}
	return h.place
}

func (h *Hub) remove(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, s)
}

// Visible tells whether a person has a desk before their eyes now, on any node and whatever page it shows. A desk that died without a
// word counts until its connection is found to be dead.
func (h *Hub) Visible(workspace, user db.ID) bool { return h.lookout.visible(workspace, user) }

// Open is how many desks are open on this node.
func (h *Hub) Open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.open)
}

// batchFor is a batch on its way to one desk.
type batchFor struct {
	told    *told // nil: load again
	place   event.Cursor
	looking *Push // who has the same conversation open; no fact, and it moves no place
}

// changesReach tells whether a batch may change what users see.
func (t *told) changesReach() bool {
	for _, e := range t.events {
		if e.Kind == account.ChangedFact || e.Kind == inbox.Changed {
			return true
		}
	}
	return false
}
