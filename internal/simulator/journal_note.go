package simulator

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// note adds a record to the change under way; the caller holds mu.
func (s *Server) note(r journalRecord) {
	if s.journal != nil {
		s.mu.noted = append(s.mu.noted, r)
	}
}

// commit makes a change known: first to the journal, then to the outbox, which posts nothing before it is written.
func (s *Server) commit(noted []journalRecord, leaving []change) {
	if len(noted) > 0 {
		s.journal.append(line{At: millis(s.clock.Now()), Ahead: s.clock.ahead().Milliseconds(), Sequence: s.sequence, NextID: s.nextID, Records: noted})
	}
	s.outbox.put(leaving...)
}

// remember waits until everything done so far is written. A failure shows in the answers to sends, which would otherwise promise
// what is not kept.
func (s *Server) remember() { _ = s.journal.flush() }

// meet is crowd.meet, noting a customer made up.
func (s *Server) meet(digits string, force bool) *customer {
	before := s.crowd.next
	p := s.crowd.meet(digits, force)
	if s.crowd.next != before {
		s.notePerson(p)
	}
	return p
}

// stamp is a time in the journal; the zero time is 0.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return millis(t)
}

func stamps(times []time.Time) []int64 {
	var out []int64
	for _, t := range times {
		out = append(out, stamp(t))
	}
	return out
}

func (s *Server) noteSend(sd *sending, now time.Time) {
	if s.journal != nil {
		s.note(journalRecord{Send: sd.record(millis(now))})
	}
}

// record is the message as the journal keeps it.
func (sd *sending) record(at int64) *sendRecord {
	r := &sendRecord{sentRecord: sd.logged(at).record(), WaID: sd.waID, UserID: sd.userID, ReplyTo: sd.replyTo(), Pricing: sd.pricing}
	if len(sd.files) > 0 {
		r.FileKind = sd.files[0].kind
	}
	if sd.customer != nil {
		r.Customer = sd.customer.id
	}
	if sd.customer != nil || r.FileKind != "" {
		r.Content = encode(sd.body)
	}
	return r
}

func (e logged) record() sentRecord {
	r := sentRecord{Sequence: e.sequence, At: e.at, Number: e.number.ID, To: e.to, Type: e.kind, Callback: e.callback}
	if e.template != nil {
		r.Template, r.Name = e.template.ID, e.template.Name
	}
	return r
}

func (s *Server) noteStatus(sd *sending, status string, code int) {
	if s.journal == nil {
		return
	}
	r := &statusRecord{Sequence: sd.sequence, Status: status, Code: code, Untold: !s.tells(status)}
	if status == "sent" {
		r.Pricing = sd.pricing
	}
	s.note(journalRecord{Status: r})
}

func (s *Server) noteHook(c change) {
	if s.journal != nil {
		s.note(journalRecord{Hook: s.hookRecord(c)})
	}
}

func (s *Server) hookRecord(c change) *hookRecord {
	r := &hookRecord{ID: c.id, URL: c.url, Account: c.account, Field: c.field, Time: c.time, Since: millis(c.since), Value: c.value}
	if c.url == s.cfg.CallbackURL {
		r.URL = ""
	}
	return r
}

func (s *Server) noteApp() {
	s.appTouched = true
	s.note(journalRecord{App: s.app.record()})
}

func (a app) record() *appRecord {
	r := &appRecord{Callback: a.callback, VerifyToken: a.verifyToken, AllFields: a.fields == nil}
	r.Fields = slices.Sorted(maps.Keys(a.fields))
	return r
}

func (s *Server) noteAccount(a *account) {
	a.touched = true
	s.note(journalRecord{Account: a.record()})
}

func (a *account) record() *accountRecord {
	r := &accountRecord{ID: a.ID, Subscribed: a.subscribed, Override: a.override, MarketingDisabled: a.marketingDisabled}
	for name, until := range a.namesBlocked {
		if r.NamesBlocked == nil {
			r.NamesBlocked = map[string]int64{}
		}
		r.NamesBlocked[name] = stamp(until)
	}
	return r
}

func (s *Server) noteNumber(n *number) {
	n.touched = true
	if s.journal != nil {
		s.note(journalRecord{Number: n.record()})
	}
}

func (n *number) record() *numberRecord {
	r := &numberRecord{Number: n.Number, Account: n.account.ID, Override: n.override, Verified: n.verified,
		Code: n.code, CodeUntil: stamp(n.codeUntil), WrongPINs: n.wrongPINs, Registered: stamps(n.registered.times),
		Onboarded: stamp(n.onboarded), Profile: n.profile, Identity: n.identityKey, Month: n.month, Delivered: n.delivered,
		NewName: n.newName, RenameAt: stamp(n.renameAt)}
	r.Number.Allowed, r.Profile.Websites = slices.Clone(n.Allowed), slices.Clone(n.profile.Websites)
	for _, p := range n.blocked {
		r.Blocked = append(r.Blocked, p.id)
	}
	return r
}

func (s *Server) noteTemplate(t *template) {
	t.touched = true
	if s.journal != nil {
		s.note(journalRecord{Template: t.record()})
	}
}

func (t *template) record() *templateRecord {
	r := &templateRecord{Template: t.Template, Quality: t.Quality, Account: t.account.ID, Gone: t.gone, Created: stamp(t.created),
		Edits: stamps(t.edits.times), Pauses: t.pauses, Complaints: t.complaints, QualityDate: stamp(t.qualityDate), Paced: t.paced,
		TTL: t.ttl, ReviewAt: stamp(t.reviewAt), UnpauseAt: stamp(t.unpauseAt), PacingEnds: stamp(t.pacingEnds)}
	r.Template.Components = slices.Clone(t.Components) // an edit replaces components whole
	return r
}

func (s *Server) notePerson(p *customer) {
	if s.journal != nil {
		s.note(journalRecord{Person: p.record()})
	}
}

func (p *customer) record() *personRecord {
	r := &personRecord{ID: p.id, Order: p.order, WaID: p.wa, UserID: p.userID, Name: p.name, Username: p.username, Hidden: p.hidden,
		Offline: p.offline, NoReceipts: p.noReceipts, OptedOut: p.optedOut, Identity: p.identity}
	for n, on := range p.blocks {
		if on {
			r.Blocks = append(r.Blocks, n.ID)
		}
	}
	slices.Sort(r.Blocks)
	return r
}

func (s *Server) noteThread(p *customer, n *number) {
	if s.journal != nil {
		s.note(journalRecord{Thread: p.thread(n).record(p, n)})
	}
}

func (t *thread) record(p *customer, n *number) *threadRecord {
	return &threadRecord{threadKey: threadKey{Customer: p.id, Number: n.ID}, LastInbound: stamp(t.lastInbound), Referred: stamp(t.referredAt),
		FreeUntil: stamp(t.freeUntil), OpenUntil: stamp(t.openUntil), Unread: t.unread}
}

func (s *Server) noteMessage(p *customer, n *number, m *message) {
	if s.journal != nil {
		s.note(journalRecord{Message: m.record(p, n)})
	}
}

func (m *message) record(p *customer, n *number) *messageRecord {
	r := &messageRecord{threadKey{Customer: p.id, Number: n.ID}, *m}
	r.Shown.Reactions = maps.Clone(m.Reactions)
	return r
}

// keepFile puts the bytes of a file beside the journal, before the record that speaks of it.
func (s *Server) keepFile(f *file) {
	if s.journal == nil {
		return
	}
	if err := os.WriteFile(s.journal.mediaPath(f.id), f.data, 0o600); err != nil {
		s.journal.fail(fmt.Errorf("keeping a file of the simulator: %w", err))
		return
	}
	s.note(journalRecord{File: f.record()})
}

func (f *file) record() *fileRecord {
	return &fileRecord{ID: f.id, Mime: f.mime, Name: f.name, Expires: stamp(f.expires)}
}

// dropFile forgets the bytes of a file. When they cannot be removed now, the next Open does it.
func (s *Server) dropFile(f *file) {
	if s.journal == nil {
		return
	}
	s.note(journalRecord{FileGone: f.id})
	_ = os.Remove(s.journal.mediaPath(f.id))
}

func (j *journal) mediaPath(id string) string { return filepath.Join(j.folder, mediaFolder, id) }

// clearMedia removes the files that are not among the wanted.
func clearMedia(folder string, wanted map[string]*file) error {
	entries, err := os.ReadDir(filepath.Join(folder, mediaFolder))
	if err != nil {
		return fmt.Errorf("looking through the simulator's media: %w", err)
	}
	for _, e := range entries {
		if wanted[e.Name()] != nil {
			continue
		}
		if err := os.Remove(filepath.Join(folder, mediaFolder, e.Name())); err != nil {
			return fmt.Errorf("removing a file of the simulator: %w", err)
		}
	}
	return nil
}
