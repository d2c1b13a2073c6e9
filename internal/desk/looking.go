package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"recado/internal/db"
	"recado/internal/event"
)

const (
	lookEvery  = 400 * time.Millisecond // at most one round of news in this time, whatever people do
	lookRepeat = 20 * time.Second       // what other nodes are told again
	lookLives  = 50 * time.Second       // after that, what another node told is forgotten
)

// Looking is who has a conversation open, as told to those who have it open too.
type Looking struct {
	User    db.ID  `json:"id"`
	Name    string `json:"name"`
	Writing bool   `json:"writing"`
}

// look is one open desk's look at a conversation; the zero value looks at nothing, and no person looks at it.
type look struct {
	Desk         string `json:"d"` // names the open desk among all nodes
	Workspace    db.ID  `json:"w"`
	Conversation db.ID  `json:"c"` // 0: no longer looks
	User         db.ID  `json:"u"`
	Name         string `json:"n"`
	Writing      bool   `json:"t"`
	Visible      bool   `json:"v"` // the desk is before the person's eyes, whatever it shows

	until time.Time // of other nodes' desks
}

// lookout knows who looks at which conversation, here and on the other nodes. Nothing of it is stored.
type lookout struct {
	whisper *event.Whisper
	node    string

	mu      sync.Mutex
	desks   map[string]look
	changed map[db.ID]bool // conversations to tell of
	said    map[string]look
	told    time.Time
}

func newLookout(d *db.DB) *lookout {
	return &lookout{whisper: event.NewWhisper(d, "recado_looking"), node: d.NewID().String(),
		desks: map[string]look{}, changed: map[db.ID]bool{}, said: map[string]look{}}
}

// set notes where a desk of this node looks now.
func (l *lookout) set(now look) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now.Visible = l.desks[now.Desk].Visible
	l.sayIf(l.note(now), now)
}

// shows notes whether a desk of this node is before the eyes of its person.
func (l *lookout) shows(desk string, workspace, user db.ID, visible bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.desks[desk]
	now.Desk, now.Workspace, now.User, now.Visible = desk, workspace, user, visible
	l.sayIf(l.note(now), now)
}

// close forgets a desk of this node.
func (l *lookout) close(desk string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sayIf(l.note(look{Desk: desk}), look{Desk: desk})
}

// sayIf leaves what changed for the other nodes; the caller holds mu.
func (l *lookout) sayIf(changed bool, now look) {
	if changed {
		l.said[now.Desk] = now
	}
}

// visible tells whether a person has a desk before their eyes, on any node; one that shows a conversation is.
func (l *lookout) visible(workspace, user db.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.desks {
		if (one.Visible || one.Conversation != 0) && one.User == user && one.Workspace == workspace {
			return true
		}
	}
	return false
}

// note takes a look in and tells whether anything changed; the caller holds mu.
func (l *lookout) note(now look) bool {
	before := l.desks[now.Desk]
	if now.Conversation == 0 && !now.Visible {
		delete(l.desks, now.Desk)
	} else {
		l.desks[now.Desk] = now
	}
	if before.Conversation == now.Conversation && before.Writing == now.Writing {
		return before.Visible != now.Visible
	}
	for _, id := range []db.ID{before.Conversation, now.Conversation} {
		if id != 0 {
			l.changed[id] = true
		}
	}
	return true
}

// whispered is what one node tells the others.
type whispered struct {
	Node  string `json:"node"`
	Looks []look `json:"looks"`
}

// hear takes in what another node told.
func (l *lookout) hear(text string) {
	var w whispered
	if json.Unmarshal([]byte(text), &w) != nil || w.Node == l.node {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range w.Looks {
		one.until = time.Now().Add(lookLives)
		l.note(one)
	}
}

// round gives the conversations whose lookers changed with who they are now, and what to tell the other nodes.
func (l *lookout) round(now time.Time) (news map[db.ID][]Looking, say []look) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for desk, one := range l.desks {
		if !one.until.IsZero() && now.After(one.until) {
			l.note(look{Desk: desk})
		}
	}
	if now.Sub(l.told) > lookRepeat {
		l.told = now
		for desk, one := range l.desks {
			if one.until.IsZero() {
				l.said[desk] = one
			}
		}
	}
	for _, one := range l.said {
		say = append(say, one)
	}
	clear(l.said)
	if len(l.changed) == 0 {
		return nil, say
	}
	news = make(map[db.ID][]Looking, len(l.changed))
	for id := range l.changed {
		news[id] = []Looking{}
	}
	for _, one := range l.desks {
		if l.changed[one.Conversation] {
			news[one.Conversation] = append(news[one.Conversation], Looking{one.User, one.Name, one.Writing})
		}
	}
	for id, people := range news {
		news[id] = distinct(people)
	}
	clear(l.changed)
	return news, say
}

// distinct names everybody once: who writes in one of several windows writes.
func distinct(people []Looking) []Looking {
	slices.SortFunc(people, func(a, b Looking) int {
		if a.User == b.User && a.Writing != b.Writing {
			if a.Writing {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.User, b.User)
	})
	return slices.CompactFunc(people, func(a, b Looking) bool { return a.User == b.User })
}

// at is the conversation a desk looks at.
func (l *lookout) at(desk string) db.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.desks[desk].Conversation
}

// watch tells the desks of this node and the other nodes who looks, until ctx ends. Its cost does not grow with how much
// people type: one round in lookEvery, and a whisper only when something changed.
func (h *Hub) watch(ctx context.Context) {
	go h.lookout.whisper.Listen(ctx, h.lookout.hear)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		news, say := h.lookout.round(time.Now())
		h.lookout.tellNodes(ctx, say)
		if len(news) == 0 {
			continue
		}
		for _, s := range h.all() {
			if people, changed := news[h.lookout.at(s.name)]; changed {
				s.give(batchFor{looking: &Push{Kind: "looking", About: h.lookout.at(s.name), People: people}})
			}
		}
	}
}

func (l *lookout) tellNodes(ctx context.Context, looks []look) {
	if l.whisper.Alone() || len(looks) == 0 {
		return
	}
	text, err := json.Marshal(whispered{l.node, looks})
	switch {
	case err != nil:
		slog.Error("who looks at what", "error", err)
	case l.whisper.Fits(text):
		l.whisper.Say(ctx, text)
	case len(looks) > 1:
		l.tellNodes(ctx, looks[:len(looks)/2])
		l.tellNodes(ctx, looks[len(looks)/2:])
	}
}
