package inbox

import (
	"context"
	"fmt"
	"sync"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
)

// keepFor bounds how long a change made on another node stays unseen.
const keepFor = time.Second

// entry is an inbox with its sealed token.
type entry struct {
	Inbox
	Sealed []byte `db:"token_sealed"`
	until  time.Time
}

type externalKey struct {
	kind channel.Kind
	id   string
}

// cache keeps entries for keepFor: gateway asks for the same few inboxes thousands of times a second.
type cache struct {
	mu         sync.RWMutex
	byID       map[db.ID]entry
	byExternal map[externalKey]db.ID
	now        func() time.Time // monotonic; replaced by tests
}

func newCache() *cache {
	return &cache{byID: map[db.ID]entry{}, byExternal: map[externalKey]db.ID{}, now: time.Now}
}

func (c *cache) get(id db.ID) (entry, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.byID[id]
	return e, ok && c.now().Before(e.until)
}

func (c *cache) getExternal(key externalKey) (entry, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.byID[c.byExternal[key]]
	return e, ok && c.now().Before(e.until)
}

// keep stores what was read at the time read began, so that its age is never understated.
func (c *cache) keep(begun time.Time, entries []entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range entries {
		e.until = begun.Add(keepFor)
		c.byID[e.ID] = e
		c.byExternal[externalKey{e.Channel, e.ExternalID}] = e.ID
	}
}

func (c *cache) forget(ids ...db.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		delete(c.byID, id)
	}
}

// Forget drops inboxes from memory; a follower of inbox.changed calls it to see a change sooner than within a second.
func (r *Room) Forget(ids ...db.ID) { r.kept.forget(ids...) }

func (r *Room) entry(ctx context.Context, id db.ID) (entry, error) {
	if e, ok := r.kept.get(id); ok {
		return e, nil
	}
	begun := r.kept.now()
	e, err := db.One[entry](ctx, r.d, "select "+columns+", token_sealed from inboxes where id = $1", id)
	if db.None(err) {
		r.kept.forget(id)
		return entry{}, notFound(id)
	}
	if err != nil {
		return entry{}, fmt.Errorf("inbox %d: %w", id, err)
	}
	r.kept.keep(begun, []entry{e})
	return e, nil
}

// ByExternal finds inboxes by the provider's ids, in whatever workspace, at most a second old. Ids that no inbox has
// are missing in the answer.
func (r *Room) ByExternal(ctx context.Context, kind channel.Kind, externalIDs []string) (map[string]Inbox, error) {
	found := make(map[string]Inbox, len(externalIDs))
	var missing []string
	for _, id := range externalIDs {
		if _, done := found[id]; done {
			continue
		}
		if e, ok := r.kept.getExternal(externalKey{kind, id}); ok {
			found[id] = e.Inbox
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	begun := r.kept.now()
	entries, err := db.All[entry](ctx, r.d, "select "+columns+", token_sealed from inboxes where channel = $1 and external_id in ({texts:$2})", kind, db.Texts(missing))
	if err != nil {
		return nil, fmt.Errorf("inboxes by the provider's ids: %w", err)
	}
	r.kept.keep(begun, entries)
	for _, e := range entries {
		found[e.ExternalID] = e.Inbox
	}
	return found, nil
}
