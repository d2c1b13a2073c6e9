package desk

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"

	"github.com/coder/websocket"
)

const writeTimeout = 10 * time.Second

// Identify asks who is looking, anew: a fault Unauthorized means that the session ended.
type Identify func(ctx context.Context) (account.Actor, error)

// session is one open desk.
type session struct {
	workspace db.ID
	user      db.ID
	hub       *Hub
	identify  Identify
	socket    *websocket.Conn
	queue     chan batchFor
	looks     chan looks
	shown     chan bool // whether it is before somebody's eyes
	name      string    // among the open desks of all nodes
	reader    reader
}

// looks is what a desk says of itself: the conversation it shows, and whether words are being written in it.
type looks struct {
	Conversation db.ID `json:"conversation_id"` // 0: none
	Writing      bool  `json:"writing"`
}

// frame is what a desk is sent.
type frame struct {
	Type   string       `json:"type"` // hello, facts, refetch, signed_out, pong
	Cursor event.Cursor `json:"cursor,omitempty"`
	Facts  []Push       `json:"facts,omitempty"`
	Now    int64        `json:"now,omitempty"` // the server's time in Unix milliseconds: clocks of desks may be wrong
}

// Serve pushes to one desk until it goes away, its session ends, or ctx ends. after is the place it saw last, "" for none.
func (h *Hub) Serve(ctx context.Context, socket *websocket.Conn, identify Identify, after event.Cursor) error {
	actor, err := identify(ctx)
	if err != nil {
		return err
	}
	s := &session{workspace: actor.Workspace, user: actor.User, hub: h, identify: identify, socket: socket, queue: make(chan batchFor, queueLimit), looks: make(chan looks, 1), shown: make(chan bool, 1),
		name: h.room.d.NewID().String()}
	if err := s.look(ctx); err != nil {
		return err
	}
	connection, err := h.room.routing.DeskOpened(ctx, actor.Workspace, actor.User)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
		defer cancel()
		if err := h.room.routing.DeskClosed(ctx, actor.Workspace, actor.User, connection); err != nil {
			slog.Warn("a desk that closed", "error", err)
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go s.listen(ctx, cancel)
	select {
	case <-h.begun:
	case <-ctx.Done():
		return ctx.Err()
	}
	now := h.add(s)
	defer h.remove(s)
	defer h.lookout.close(s.name)
	if err := s.resume(ctx, after, now); err != nil {
		return err
	}
	return s.work(ctx)
}

// look asks who is looking and what they may see.
func (s *session) look(ctx context.Context) error {
	actor, err := s.identify(ctx)
	if err != nil {
		return err
	}
	reach, err := s.hub.room.routing.ReachOf(ctx, actor)
	s.reader = reader{actor: actor, reach: reach}
	if actor.Can(account.Desk, account.View) != nil {
		s.reader.reach = conversation.Reach{}
	}
	return err
}

// resume sends what the desk missed, or tells it to load again when that is too much or forgotten.
func (s *session) resume(ctx context.Context, after, now event.Cursor) error {
	if after == "" {
		return s.send(ctx, frame{Type: "hello", Cursor: now})
	}
	held, err := s.hub.log.Holds(ctx, after)
	if err != nil {
		return err
	}
	var missed []event.Event
	if held {
		if missed, err = s.hub.log.Read(ctx, after, resumeLimit+1); err != nil {
			return err
		}
	}
	if !held || len(missed) > resumeLimit {
		return s.send(ctx, frame{Type: "refetch", Cursor: now})
	}
	if err := s.send(ctx, frame{Type: "hello", Cursor: after}); err != nil {
		return err
	}
	ours := byWorkspace(missed)[s.workspace]
	if len(ours) == 0 {
		return nil
	}
	t, err := s.hub.room.tell(ctx, s.workspace, ours)
	if err != nil {
		return err
	}
	return s.tell(ctx, batchFor{told: t, place: s.hub.log.CursorOf(missed[len(missed)-1])})
}

// work sends what is queued, and asks now and then whether the session still stands.
func (s *session) work(ctx context.Context) error {
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			err = s.lookAgain(ctx)
		case b := <-s.queue:
			err = s.tell(ctx, b)
		case where := <-s.looks:
			err = s.looksAt(ctx, where)
		case visible := <-s.shown:
			s.hub.lookout.shows(s.name, s.workspace, s.user, visible)
		}
		if fault.KindOf(err) == fault.Unauthorized && err != nil {
			_ = s.send(ctx, frame{Type: "signed_out"})
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// lookAgain is look for a desk that is open: when what it may see has changed it is told, so that what went out of reach
// leaves the screen at once.
func (s *session) lookAgain(ctx context.Context) error {
	before := s.reader.reach
	if err := s.look(ctx); err != nil || before.Same(s.reader.reach) {
		return err
	}
	s.hub.lookout.set(look{Desk: s.name, Workspace: s.workspace, User: s.user}) // it says so again when it still may
	return s.send(ctx, frame{Type: "facts", Facts: []Push{{Kind: "reach"}}})
}

// looksAt notes which conversation the desk shows, when it is within reach.
func (s *session) looksAt(ctx context.Context, where looks) error {
	if where.Conversation != 0 && where.Conversation != s.hub.lookout.at(s.name) {
		if _, err := s.hub.room.conversations.Get(ctx, s.reader.reach, where.Conversation); fault.KindOf(err) == fault.NotFound && err != nil {
			where = looks{}
		} else if err != nil {
			return err
		}
	}
	s.hub.lookout.set(look{Desk: s.name, Workspace: s.workspace, Conversation: where.Conversation, User: s.reader.actor.User,
		Name: s.reader.actor.Name, Writing: where.Writing})
	return nil
}

func (s *session) tell(ctx context.Context, b batchFor) error {
	if b.looking != nil {
		return s.send(ctx, frame{Type: "facts", Facts: []Push{*b.looking}})
	}
	if b.told == nil {
		return s.send(ctx, frame{Type: "refetch", Cursor: b.place})
	}
	if b.told.changesReach() {
		if err := s.lookAgain(ctx); err != nil {
			return err
		}
	}
	pushes, err := b.told.forReader(s.reader)
	if err != nil {
		return err
	}
	progress, err := b.told.progress(s.reader)
	if err != nil {
		return err
	}
	if pushes = append(pushes, progress...); len(pushes) == 0 {
		return nil
	}
	return s.send(ctx, frame{Type: "facts", Cursor: b.place, Facts: pushes})
}

// give queues a batch. A desk that is too slow loses its queue and is told to load again: it must not hold up the others.
func (s *session) give(b batchFor) {
	select {
	case s.queue <- b:
	default:
		s.reload(b.place)
	}
}

func (s *session) reload(place event.Cursor) {
	for {
		select {
		case s.queue <- batchFor{place: place}:
			return
		default:
			select {
			case <-s.queue:
			default:
			}
		}
	}
}

func (s *session) send(ctx context.Context, f frame) error {
	if f.Type != "facts" {
		f.Now = s.hub.room.d.Now()
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return s.socket.Write(ctx, websocket.MessageText, text)
}

// listen reads what the desk says; when it goes away the session ends.
func (s *session) listen(ctx context.Context, stop func()) {
	defer stop()
	for {
		_, text, err := s.socket.Read(ctx)
		if err != nil {
			if !errors.Is(err, context.Canceled) && websocket.CloseStatus(err) == -1 {
				slog.Debug("a desk went away", "error", err)
			}
			return
		}
		var said struct {
			Type    string `json:"type"`
			Visible bool   `json:"visible"`
			looks
		}
		if json.Unmarshal(text, &said) != nil {
			continue
		}
		switch said.Type {
		case "ping":
			if s.send(ctx, frame{Type: "pong"}) != nil {
				return
			}
		case "looking":
			leave(s.looks, said.looks)
		case "visible":
			leave(s.shown, said.Visible)
		}
	}
}

// leave puts the newest of what a desk says of itself where work finds it; an older one that was not read yet is forgotten.
func leave[T any](place chan T, newest T) {
	for {
		select {
		case place <- newest:
			return
		default:
			select {
			case <-place:
			default:
			}
		}
	}
}
