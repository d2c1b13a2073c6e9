package gateway

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
)

// Bounds of one inbox.
const (
	inFlight    = 64               // requests at once
	claimMost   = 256              // messages of one claim
	openMost    = 512              // claimed and not yet settled
	sendTimeout = 30 * time.Second // of one request
	// claimStale is how long a claimed message may wait in this process. After that it goes back unsent: another node may
	// have taken this one for dead and its messages for unconfirmed.
	claimStale = 10 * time.Second
)

// sender sends for one inbox while this node holds its lease.
type sender struct {
	g        *Room
	box      db.ID
	kind     channel.Kind
	throttle *throttle
	slots    chan struct{}
	bell     chan struct{}
	open     atomic.Int64 // claimed and not yet settled
	quit     context.CancelFunc
	ctx      context.Context
	loop     sync.WaitGroup
	sending  sync.WaitGroup
}

func startSender(g *Room, box inbox.Inbox) *sender {
	s := &sender{g: g, box: box.ID, kind: box.Channel, throttle: newThrottle(box.SendRate),
		slots: make(chan struct{}, inFlight), bell: make(chan struct{}, 1)}
	s.ctx, s.quit = context.WithCancel(context.Background())
	s.loop.Go(s.run)
	return s
}

// stop claims nothing more, puts back what has not left and waits for the requests under way and their records.
func (s *sender) stop() {
	s.quit()
	s.loop.Wait()
	s.sending.Wait()
}

func (s *sender) pace(perSecond float64) { s.throttle.pace(perSecond) }

// ring wakes the loop.
func (s *sender) ring() {
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

func (s *sender) run() {
	idle := time.Minute // the watch rings when something is due
	for s.ctx.Err() == nil {
		n, wait := s.room()
		if n == 0 {
			s.sleep(wait)
			continue
		}
		claimed, err := s.claim(n)
		if err != nil {
			if s.ctx.Err() == nil {
				slog.Warn("claiming messages", "inbox", s.box, "error", err)
				pause(s.ctx, time.Second)
			}
			continue
		}
		for _, m := range claimed {
			s.dispatch(m)
		}
		if len(claimed) < n {
			s.sleep(idle)
		}
	}
}

// room is how many messages may be claimed now, or how long to wait when it is none.
func (s *sender) room() (int, time.Duration) {
	free := openMost - int(s.open.Load())
	if free < claimMost/2 {
		return 0, time.Second // settling rings
	}
	return s.throttle.allowance(time.Now(), min(free, claimMost))
}

func (s *sender) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-s.bell:
	case <-timer.C:
	case <-s.ctx.Done():
	}
}

// claim takes messages out of the outbox; it is durable before any of them leaves.
func (s *sender) claim(n int) (claimed []conversation.Outgoing, err error) {
	err = s.g.d.Write(s.ctx, func(ctx context.Context, tx *db.Tx) error {
		claimed, err = s.g.rooms.Conversations.ClaimIn(ctx, tx, s.box, s.g.d.Node(), n, tx.Now())
		return err
	})
	if err != nil {
		return nil, err
	}
	s.throttle.spend(time.Now(), len(claimed))
	s.open.Add(int64(len(claimed)))
	return claimed, nil
}

// dispatch sends a message as soon as one of the inbox's 64 slots is free.
func (s *sender) dispatch(m conversation.Outgoing) {
	s.slots <- struct{}{}
	s.sending.Go(func() {
		defer func() { <-s.slots }()
		s.g.settler.put(s.deliver(m), s)
	})
}

// deliver tries one message and says what became of it.
func (s *sender) deliver(m conversation.Outgoing) conversation.Outcome {
	if s.ctx.Err() != nil || s.g.d.Now()-m.DepartedAt > claimStale.Milliseconds() {
		return conversation.Outcome{Message: m.Message, RetryAt: s.g.d.Now(), Uncounted: true}
	}
	if _, wait := s.throttle.allowance(time.Now(), 1); wait > paceQuantum {
		// The number was paused after this message was claimed.
		return conversation.Outcome{Message: m.Message, RetryAt: s.g.d.Now(), Uncounted: true}
	}
	began := time.Now()
	accepted, err := s.send(m)
	if err == nil {
		s.throttle.accepted(began)
		s.g.figures.sent(accepted, time.Since(began))
		return conversation.Outcome{Message: m.Message, Accepted: &accepted, At: s.g.d.Now()}
	}
	return s.refused(m, failureOf(err))
}

// send hands the message to the adapter, after its file when it has one.
func (s *sender) send(m conversation.Outgoing) (channel.Accepted, error) {
	adapter, err := s.g.adapter(s.kind)
	if err != nil {
		return channel.Accepted{}, err
	}
	if m.To.Kind == "" {
		return channel.Accepted{}, &channel.Failure{Class: channel.BadRequest, Title: "the contact has no address on this channel"}
	}
	// Not the loop's context: when the node stops, a request under way is better waited for than torn.
	ctx, cancel := context.WithTimeout(context.Background(), sendTimeout)
	defer cancel()
	credentials, err := s.g.rooms.Inboxes.Credentials(ctx, s.box)
	if err != nil {
		return channel.Accepted{}, s.unreadable(err)
	}
	content := m.Content
	if m.File != 0 {
		if content, err = s.g.attach(ctx, adapter, credentials, m); err != nil {
			return channel.Accepted{}, err
		}
	}
	kind := m.Kind
	if kind == channel.Audio && !adapter.Capability().Carries(kind) {
		kind = channel.Document
	}
	return adapter.Send(ctx, credentials, channel.Outbound{To: m.To, Reference: m.Message.String(), Kind: kind, Text: m.Text,
		Content: content, ReplyTo: m.ReplyTo})
}

// unreadable tells a database that did not answer from a token that cannot be opened: the inbox then needs a person.
func (s *sender) unreadable(err error) *channel.Failure {
	if db.Unavailable(err) {
		return &channel.Failure{Class: channel.Transient, Title: "the database did not answer", Err: err}
	}
	return &channel.Failure{Class: channel.ChannelDown, Title: "the access token cannot be read", Err: err}
}

// failureOf gives every error a class. What an adapter did not classify may have left.
func failureOf(err error) *channel.Failure {
	var f *channel.Failure
	if errors.As(err, &f) {
		return f
	}
	return &channel.Failure{Class: channel.Unknown, Title: "the outcome is not known", Err: err}
}

// settled is called once outcomes of this sender are durable.
func (s *sender) settled(n int64) {
	s.open.Add(-n)
	s.ring()
}
