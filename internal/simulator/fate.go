package simulator

import (
	"strings"
	"time"
)

// plan decides what becomes of an accepted message and plans its statuses; the caller holds mu.
func (s *Server) plan(sd *sending) {
	if s.cfg.Statuses == StatusNone && sd.customer == nil {
		s.rest(sd, stepOver)
		return // nothing to tell and nobody to show it to
	}
	if code := s.failure(sd); code != 0 {
		s.failSoon(sd, code)
		return
	}
	if links := sd.links(); len(links) > 0 && !s.cfg.IgnoreLinks {
		s.rest(sd, stepFetch)
		go s.fetchLinks(sd, links)
		return
	}
	s.start(sd)
}

// start plans the first step of a message that works.
func (s *Server) start(sd *sending) {
	s.proceed(sd, stepLeave, s.between(300*time.Millisecond, 1500*time.Millisecond))
}

// failSoon plans the end of a message that was accepted and does not work.
func (s *Server) failSoon(sd *sending, code int) {
	sd.code = code
	s.proceed(sd, stepFail, s.between(time.Second, 3*time.Second))
}

// links are the attachments given by address.
func (sd *sending) links() []attachment {
	var links []attachment
	for _, a := range sd.files {
		if a.media.Link != "" {
			links = append(links, a)
		}
	}
	return links
}

// later plans a step that runs with mu held.
func (s *Server) later(d time.Duration, do func()) {
	s.agenda.after(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		do()
	})
}

// failure is the code an accepted message fails with a little later, or 0.
func (s *Server) failure(sd *sending) int {
	if s.faults.take(FaultPaymentMissing, sd.number.ID) != nil {
		return 131042
	}
	if f := s.faults.take(FaultAsyncCode, sd.number.ID); f != nil {
		return f.Code
	}
	now := s.clock.Now()
	p := sd.customer
	var t *thread
	if p != nil {
		t = p.threads[sd.number]
	}
	if p != nil && p.blockedBy[sd.number] {
		return 130403
	}
	if sd.request.Type == "reaction" && !s.reactable(t, sd.request.Reaction) {
		return 131009
	}
	if sd.template == nil && !t.open(now) {
		return 131047
	}
	if s.ends(sd.waID, "0001") {
		return 131026
	}
	if code := s.marketingFailure(sd); code != 0 {
		return code
	}
	for _, a := range sd.files {
		if f := s.media.get(string(a.media.ID)); a.media.ID != "" && (f == nil || !f.fits(a.kind)) {
			return 131053
		}
	}
	if !t.open(now) && !s.reach(sd, now) {
		return 131048
	}
	return 0
}

// marketingFailure is why a marketing template is withheld from this person, or 0.
func (s *Server) marketingFailure(sd *sending) int {
	if sd.template == nil || sd.template.Category != "MARKETING" {
		return 0
	}
	switch {
	case sd.customer != nil && sd.customer.optedOut, s.ends(sd.waID, "0002"):
		return 131050
	case s.ends(sd.waID, "0003"), strings.HasPrefix(sd.waID, "1") && len(sd.waID) == 11:
		return 131049
	case s.ends(sd.waID, "0004"):
		return 130472
	}
	return 0
}

// reactable tells whether the target of a reaction is there, young enough and not itself a reaction.
func (s *Server) reactable(t *thread, r *reactionContent) bool {
	if t == nil {
		return false
	}
	m := t.find(string(r.MessageID))
	return m != nil && s.clock.Now().Sub(time.UnixMilli(m.At)) < 30*24*time.Hour
}

// reach counts a user written first to within the portfolio's limit per rolling 24 hours. All accounts here
// belong to one portfolio.
func (s *Server) reach(sd *sending, now time.Time) bool {
	if s.cfg.MessagingLimit <= 0 {
		return true
	}
	users, user := s.reached, s.ledger.hash(sd.key())
	if at, ok := users[user]; ok && now.Sub(at) < serviceWindow {
		return true
	}
	if len(users) >= s.cfg.MessagingLimit {
		for u, at := range users {
			if now.Sub(at) >= serviceWindow {
				delete(users, u)
			}
		}
	}
	if len(users) >= s.cfg.MessagingLimit {
		return false
	}
	users[user] = now
	s.note(journalRecord{Reached: user})
	return true
}

// leave is the first step of a message that works: sent, then on to the phone.
func (s *Server) leave(sd *sending) {
	s.emit(sd, "sent", 0)
	p := sd.customer
	if s.ends(sd.waID, "0005") || p != nil && p.blocks[sd.number] {
		s.rest(sd, stepOver)
		return
	}
	if sd.request.Type == "reaction" {
		s.showReaction(sd)
		s.rest(sd, stepOver)
		return // reactions get only "sent"
	}
	if p != nil && p.offline {
		s.waitForPhone(sd)
		return
	}
	s.proceed(sd, stepDeliver, s.between(500*time.Millisecond, 5*time.Second))
}

// waitForPhone keeps a message until its customer is online again.
func (s *Server) waitForPhone(sd *sending) {
	t := sd.customer.thread(sd.number)
	t.undelivered = append(t.undelivered, sd)
	s.rest(sd, stepPhone)
}

func (s *Server) showReaction(sd *sending) {
	if sd.customer == nil {
		return
	}
	r := sd.request.Reaction
	if m := sd.customer.threads[sd.number].find(string(r.MessageID)); m != nil {
		m.react("business", *r.Emoji)
		s.noteMessage(sd.customer, sd.number, m)
		s.live.changed("customer", sd.customer.id)
	}
}

// react puts a reaction on a message, or takes it away when empty.
func (m *message) react(who, emoji string) {
	if m.Reactions == nil {
		m.Reactions = map[string]string{}
	}
	m.Reactions[who] = emoji
	if emoji == "" {
		delete(m.Reactions, who)
	}
}

// deliver puts the message on the phone and decides whether it is read and answered.
func (s *Server) deliver(sd *sending) {
	p := sd.customer
	if p != nil && p.offline {
		s.waitForPhone(sd)
		return
	}
	s.emit(sd, "delivered", 0)
	if p == nil {
		s.readByChance(sd)
		return
	}
	t := p.thread(sd.number)
	s.awaitReading(t, sd)
	if t.openUntil.After(s.clock.Now()) {
		s.proceed(sd, stepRead, 500*time.Millisecond)
	} else {
		t.unread++
		s.readByChance(sd)
	}
	s.noteThread(p, sd.number)
	s.script(sd)
}

// awaitReading puts a message among the delivered ones of its thread that are not read yet.
func (s *Server) awaitReading(t *thread, sd *sending) {
	t.delivered = append(t.delivered, sd)
	if len(t.delivered) > keepMessages {
		s.rest(t.delivered[0], stepOver)
		t.delivered = t.delivered[1:]
	}
}

// readByChance plans the reading by a customer nobody plays.
func (s *Server) readByChance(sd *sending) {
	always := s.ends(sd.waID, "0006") || s.ends(sd.waID, "0007")
	if always || !s.cfg.Quiet && s.cfg.ReadShare > 0 && s.rng.Float64() < s.cfg.ReadShare {
		s.proceed(sd, stepRead, s.between(3*time.Second, time.Minute))
		return
	}
	if sd.customer != nil {
		s.rest(sd, stepOpen)
		return
	}
	s.rest(sd, stepOver)
}

// readAll reads every delivered message of a thread, as opening it does.
func (s *Server) readAll(p *customer, n *number) {
	t := p.thread(n)
	waiting := t.delivered
	changed := t.unread > 0
	t.delivered, t.unread = nil, 0
	for _, sd := range waiting {
		s.read(sd)
	}
	if changed {
		s.noteThread(p, n)
	}
	s.live.changed("customer", p.id)
}

// read tells that a message was read, unless its reader hides that; voice notes are played soon after.
func (s *Server) read(sd *sending) {
	if sd.customer != nil && sd.customer.noReceipts {
		s.rest(sd, stepOver)
		return
	}
	s.emit(sd, "read", 0)
	if a := sd.request.Audio; sd.request.Type == "audio" && a != nil && a.Voice {
		s.proceed(sd, stepPlay, s.between(2*time.Second, 10*time.Second))
		return
	}
	s.rest(sd, stepOver)
}
