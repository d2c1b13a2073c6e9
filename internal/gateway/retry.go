package gateway

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
)

// What a class of failure does to the message.
type fate int

const (
	fails     fate = iota // for good, with its words; a person may send it again
	retries               // after a pause that grows with the tries
	goesBack              // to the queue, as if it had not been tried
	unknowing             // it may have left: unconfirmed
)

// What a class of failure does besides.
type concern int

const (
	nothing       concern = iota
	numberWaits           // the whole number pauses, 1 s doubling to 60 s
	numberStops           // disconnected: a person must mend it; everything stays queued
	campaignsStop         // blocked: campaigns of the number stand still, agents may still answer
	templateStops         // the template is paused and read again from the provider
)

// course is one row of the table.
type course struct {
	fate    fate
	pauses  []time.Duration // one per try that failed; after the last the message fails
	concern concern
}

var (
	transientPauses = []time.Duration{2 * time.Second, 8 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}
	pairPauses      = []time.Duration{4 * time.Second, 16 * time.Second, 64 * time.Second, 256 * time.Second, 1024 * time.Second}
)

// courses is the one table of what happens after a failure (whatsapp-errors, "Policy table for the sender"). A class that is
// not in it fails the message. What the provider refuses a campaign for now, after having taken it first or by its limit, the
// campaign sends later itself (campaign/later.go).
var courses = map[channel.Class]course{
	channel.Transient:      {fate: retries, pauses: transientPauses},
	channel.PairThrottle:   {fate: retries, pauses: pairPauses},
	channel.NumberThrottle: {fate: goesBack, concern: numberWaits},
	channel.CallThrottle:   {fate: goesBack, concern: numberWaits},
	channel.ChannelDown:    {fate: goesBack, concern: numberStops},
	channel.Unknown:        {fate: unknowing},
	channel.AccountBlocked: {fate: fails, concern: campaignsStop},
	channel.LimitReached:   {fate: fails},
	channel.TemplateDown:   {fate: fails, concern: templateStops},
	channel.BadRequest:     {fate: fails},
	channel.RecipientNever: {fate: fails},
	channel.RecipientLater: {fate: fails},
	channel.WindowClosed:   {fate: fails},
	channel.Cancelled:      {fate: fails},
}

// pauseAfter is how long a message waits after its try number attempt (from 1); ok is false when that was the last.
// Up to a quarter is added by chance, so that messages refused together do not come back together.
func (c course) pauseAfter(attempt int, atLeast time.Duration, chance float64) (wait time.Duration, ok bool) {
	if attempt < 1 || attempt > len(c.pauses) {
		return 0, false
	}
	wait = max(c.pauses[attempt-1], atLeast)
	return wait + time.Duration(chance*float64(wait)/4), true
}

// refused says what becomes of a message after a failure, and does what else the class asks for.
func (s *sender) refused(m conversation.Outgoing, f *channel.Failure) conversation.Outcome {
	s.g.figures.failed(f.Class)
	c := courses[f.Class]
	now := time.Now()
	out := conversation.Outcome{Message: m.Message, Failure: f, At: s.g.d.Now()}
	switch c.concern {
	case numberWaits:
		s.throttle.slowDown(now, f.After)
	case numberStops:
		s.stopNumber(inbox.Disconnected, f)
	case campaignsStop:
		s.stopNumber(inbox.Blocked, f)
	case templateStops:
		s.stopTemplate(m, f)
	}
	if f.Code == codeStopped {
		s.optOut(m)
	}
	switch c.fate {
	case unknowing:
		out.Unknown = true
	case goesBack:
		out.RetryAt, out.Uncounted = s.g.d.Now(), true // the number's pause holds it, not its own
	case retries:
		if wait, ok := c.pauseAfter(m.Attempts, f.After, rand.Float64()); ok {
			out.RetryAt = s.g.d.Now() + wait.Milliseconds()
		}
	}
	return out
}

// stopNumber keeps in the inbox that it cannot send, and why. A disconnected one claims nothing from now on.
func (s *sender) stopNumber(status inbox.Status, f *channel.Failure) {
	ctx, cancel := context.WithTimeout(context.Background(), sendTimeout)
	defer cancel()
	if status == inbox.Disconnected {
		s.throttle.slowDown(time.Now(), 2*leaseLook) // until the leases have seen it
	}
	if box, err := s.g.rooms.Inboxes.ByID(ctx, s.box); err == nil && (box.Status == status || box.Status == inbox.Disconnected) {
		return
	}
	if err := s.g.rooms.Inboxes.SetStatus(ctx, s.box, status, f.Code); err != nil {
		slog.Warn("noting that a number cannot send", "inbox", s.box, "status", status, "error", err)
		return
	}
	slog.Warn("a number cannot send", "inbox", s.box, "status", status, "code", f.Code, "title", f.Title, "trace", f.Trace)
}

// stopTemplate pauses a template everywhere and has it read again: the provider's list says whether it is paused,
// disabled or gone.
func (s *sender) stopTemplate(m conversation.Outgoing, f *channel.Failure) {
	filled := m.Content.Template
	if filled == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), sendTimeout)
	defer cancel()
	box, err := s.g.rooms.Inboxes.ByID(ctx, s.box)
	if err == nil {
		err = s.g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			changed, err := s.g.rooms.Templates.StatusIn(ctx, tx, s.kind, channel.Account{AccountExternalID: box.Account,
				TemplateName: filled.Name, TemplateLanguage: filled.Language, TemplateStatus: "PAUSED"})
			if err != nil || changed == 0 {
				return err
			}
			return s.g.syncSoon(ctx, tx, s.box)
		})
	}
	if err != nil {
		slog.Warn("noting that a template is down", "template", filled.Name, "code", f.Code, "error", err)
	}
}

// optOut marks the contact of a message that was refused because the person stopped marketing from us.
func (s *sender) optOut(m conversation.Outgoing) {
	err := s.g.d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := s.g.rooms.Contacts.OptOutIn(ctx, tx, m.Workspace, []db.ID{m.Contact}, contact.Consent{Source: contact.ByProvider})
		return err
	})
	if err != nil {
		slog.Warn("noting an opt-out", "contact", m.Contact, "error", err)
	}
}
