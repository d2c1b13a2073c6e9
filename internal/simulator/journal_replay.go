package simulator

import (
	"fmt"
	"os"
	"slices"
	"time"
)

// memory is a simulator while it is being made again from its journal.
type memory struct {
	*Server
	latest    int64               // simulated Unix milliseconds of the newest line
	ahead     int64               // milliseconds, by Advance
	under     map[uint64]*sending // messages under way, by sequence
	hooks     map[uint64]change   // webhooks not delivered yet
	detached  map[string]*template
	compacted int64 // bytes of the journal when it was last compacted
}

func newMemory(s *Server) *memory {
	return &memory{Server: s, under: map[uint64]*sending{}, hooks: map[uint64]change{}, detached: map[string]*template{}}
}

// moment reads a time of the journal.
func moment(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(at)
}

func moments(list []int64) []time.Time {
	var out []time.Time
	for _, at := range list {
		out = append(out, moment(at))
	}
	return out
}

// apply does again what a line tells, without telling anyone.
func (m *memory) apply(l line) error {
	m.latest, m.ahead = max(m.latest, l.At), max(m.ahead, l.Ahead)
	m.sequence, m.nextID = max(m.sequence, l.Sequence), max(m.nextID, l.NextID)
	for _, r := range l.Records {
		for _, apply := range []func(line, journalRecord) error{m.applySend, m.applyCrowd, m.applyProvider, m.applyHook, m.applyCompacted} {
			if err := apply(l, r); err != nil {
				return err
			}
		}
	}
	for _, r := range l.Records {
		m.settle(r)
	}
	return nil
}

// settle lets messages go to which nothing more will happen, so that memory holds only those under way.
func (m *memory) settle(r journalRecord) {
	var sequence uint64
	switch {
	case r.Send != nil:
		sequence = r.Send.Sequence
	case r.Step != nil:
		sequence = r.Step.Sequence
	default:
		sequence = r.Answered
	}
	if sd := m.under[sequence]; sd != nil && sd.step == stepOver && sd.answer == nil {
		delete(m.under, sequence)
	}
}

// applySend does what happened to messages of the business.
func (m *memory) applySend(l line, r journalRecord) error {
	switch {
	case r.Send != nil:
		return m.applyAccepted(r.Send)
	case r.Step != nil:
		if sd := m.under[r.Step.Sequence]; sd != nil {
			sd.step, sd.due, sd.code = r.Step.Step, moment(r.Step.Due), r.Step.Code
		}
	case r.Status != nil:
		m.applyStatus(l, r.Status)
	case r.Answer != nil:
		if sd := m.under[r.Answer.Sequence]; sd != nil {
			sd.answer = r.Answer
		}
	case r.Answered != 0:
		if sd := m.under[r.Answered]; sd != nil {
			sd.answer = nil
		}
	case r.Refused != "":
		m.ledger.refuse(r.Refused)
	case r.Reached != 0:
		m.reached[r.Reached] = moment(l.At)
	}
	return nil
}

func (m *memory) applyAccepted(r *sendRecord) error {
	sd, err := m.sending(r)
	if err != nil {
		return err
	}
	m.under[sd.sequence] = sd
	m.ledger.accept(sd.logged(r.At))
	if m.pairLimit {
		m.pairs.take(m.ledger.pair(sd.number, sd.key()), moment(r.At))
	}
	if sd.customer != nil {
		m.show(sd, moment(r.At))
	}
	return nil
}

func (m *memory) applyStatus(l line, r *statusRecord) {
	if !r.Untold {
		m.ledger.status(r.Status, r.Code)
	}
	sd := m.under[r.Sequence]
	if sd == nil {
		return
	}
	if r.Pricing != nil {
		sd.pricing = r.Pricing
		if r.Pricing.Category == "service" {
			sd.number.countService(moment(l.At))
		}
	}
	sd.becomes(r.Status, r.Code)
}

// sending makes a message again.
func (m *memory) sending(r *sendRecord) (*sending, error) {
	e, err := m.entry(&r.sentRecord)
	if err != nil {
		return nil, err
	}
	sd := &sending{id: m.messageID(r.Sequence), sequence: r.Sequence, number: e.number, waID: r.WaID, userID: r.UserID,
		template: e.template, pricing: r.Pricing}
	if r.Customer != "" {
		sd.customer = m.crowd.byKey[r.Customer]
		if sd.customer == nil {
			return nil, fmt.Errorf("customer %q is unknown", r.Customer)
		}
	}
	sd.request = &sendRequest{Type: r.Type, Callback: looseText(r.Callback)}
	if r.ReplyTo != "" {
		sd.request.Context = &quoted{MessageID: looseText(r.ReplyTo)}
	}
	if len(r.Content) > 0 {
		return sd, sd.restoreContent(r.Content, r.FileKind)
	}
	return sd, nil
}

// entry makes a line of the ledger again.
func (m *memory) entry(r *sentRecord) (logged, error) {
	n := m.numbers[r.Number]
	if n == nil {
		return logged{}, fmt.Errorf("the number %q is not configured any more; choose another folder or remove this one", r.Number)
	}
	e := logged{sequence: r.Sequence, at: r.At, number: n, kind: r.Type, to: r.To, callback: r.Callback}
	if r.Template != "" {
		e.template = m.templateOf(n.account, r)
	}
	return e, nil
}

// templateOf finds the template of a send, which may be deleted meanwhile.
func (m *memory) templateOf(a *account, r *sentRecord) *template {
	if t := m.template(r.Template); t != nil {
		return t
	}
	t := m.detached[r.Template]
	if t == nil {
		t = &template{Template: Template{ID: r.Template, Name: r.Name}, account: a, gone: true}
		m.detached[r.Template] = t
	}
	return t
}

// template finds a template that is there or was deleted, or nil.
func (m *memory) template(id string) *template {
	if t := m.templates[id]; t != nil {
		return t
	}
	for _, t := range m.deleted {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// applyHook does what happened to webhooks.
func (m *memory) applyHook(_ line, r journalRecord) error {
	switch {
	case r.Hook != nil:
		h := r.Hook
		c := change{id: h.ID, url: orDefault(h.URL, m.cfg.CallbackURL), account: h.Account, field: h.Field, time: h.Time,
			since: moment(h.Since), value: h.Value}
		m.outbox.lastID = max(m.outbox.lastID, h.ID)
		if c.url != "" {
			m.hooks[h.ID] = c
		}
	case r.Delivered != nil:
		m.counter.posts.Add(1)
		m.counter.changes.Add(int64(len(r.Delivered)))
		m.forgetHooks(r.Delivered)
	case r.Given != nil:
		m.forgetHooks(r.Given)
	case r.Counted != nil:
		for name, n := range r.Counted {
			m.counter.named(name).Add(n)
		}
	}
	return nil
}

func (m *memory) forgetHooks(ids []uint64) {
	for _, id := range ids {
		delete(m.hooks, id)
	}
}

// applyCrowd does what happened to people, threads and files.
func (m *memory) applyCrowd(_ line, r journalRecord) error {
	switch {
	case r.Person != nil:
		return m.applyPerson(r.Person)
	case r.Thread != nil:
		t, err := m.threadOf(r.Thread.threadKey)
		if err != nil {
			return err
		}
		t.lastInbound, t.referredAt, t.freeUntil = moment(r.Thread.LastInbound), moment(r.Thread.Referred), moment(r.Thread.FreeUntil)
		t.openUntil, t.unread = moment(r.Thread.OpenUntil), r.Thread.Unread
	case r.Message != nil:
		t, err := m.threadOf(r.Message.threadKey)
		if err != nil {
			return err
		}
		if known := t.find(r.Message.Shown.ID); known != nil {
			*known = r.Message.Shown
			return nil
		}
		t.add(&r.Message.Shown)
	case r.Seen != nil:
		t, err := m.threadOf(*r.Seen)
		if err != nil {
			return err
		}
		if last := t.find(r.Seen.Message); last != nil {
			t.markBusinessRead(last)
		}
	case r.Inbound != 0:
		m.counter.inbound.Add(r.Inbound)
	case r.File != nil:
		m.applyFile(r.File)
	case r.FileGone != "":
		if f := m.media.get(r.FileGone); f != nil {
			m.media.remove(f)
		}
	}
	return nil
}

func (m *memory) applyPerson(r *personRecord) error {
	p := m.crowd.byKey[r.ID]
	if p == nil {
		p = &customer{id: r.ID, order: r.Order, blockedBy: map[*number]bool{}, threads: map[*number]*thread{}}
		m.crowd.order = append(m.crowd.order, p)
		m.crowd.next = max(m.crowd.next, r.Order)
	} else {
		delete(m.crowd.byKey, p.wa)
		delete(m.crowd.byKey, p.userID)
	}
	p.wa, p.userID, p.name, p.username, p.identity = r.WaID, r.UserID, r.Name, r.Username, r.Identity
	p.hidden, p.offline, p.noReceipts, p.optedOut = r.Hidden, r.Offline, r.NoReceipts, r.OptedOut
	p.blocks = map[*number]bool{}
	for _, id := range r.Blocks {
		n := m.numbers[id]
		if n == nil {
			return fmt.Errorf("number %q is unknown", id)
		}
		p.blocks[n] = true
	}
	m.crowd.index(p)
	return nil
}

func (m *memory) threadOf(k threadKey) (*thread, error) {
	p, n := m.crowd.byKey[k.Customer], m.numbers[k.Number]
	if p == nil || n == nil {
		return nil, fmt.Errorf("customer %q or number %q is unknown", k.Customer, k.Number)
	}
	return p.thread(n), nil
}

// applyFile takes a file in again. One whose bytes are gone was removed, and only the line that says so was lost.
func (m *memory) applyFile(r *fileRecord) {
	data, err := os.ReadFile(m.journal.mediaPath(r.ID))
	if err != nil {
		return
	}
	m.media.add(&file{id: r.ID, mime: r.Mime, name: r.Name, data: data, expires: moment(r.Expires)})
}

// applyProvider does what happened to the app, accounts, numbers and templates.
func (m *memory) applyProvider(_ line, r journalRecord) error {
	switch {
	case r.App != nil:
		m.appTouched = true
		m.app = app{callback: r.App.Callback, verifyToken: r.App.VerifyToken}
		if !r.App.AllFields {
			m.app.fields = map[string]bool{}
			for _, name := range r.App.Fields {
				m.app.fields[name] = true
			}
		}
	case r.Account != nil:
		return m.applyAccount(r.Account)
	case r.Number != nil:
		return m.applyNumber(r.Number)
	case r.Template != nil:
		return m.applyTemplate(r.Template)
	case r.Paced != "":
		if t := m.templates[r.Paced]; t != nil {
			t.paced++
		}
	}
	return nil
}

func (m *memory) accountOf(id string) (*account, error) {
	if a := m.byAccount[id]; a != nil {
		return a, nil
	}
	return nil, fmt.Errorf("the account %q is not configured any more; choose another folder or remove this one", id)
}

func (m *memory) applyAccount(r *accountRecord) error {
	a, err := m.accountOf(r.ID)
	if err != nil {
		return err
	}
	a.touched, a.subscribed, a.override, a.marketingDisabled = true, r.Subscribed, r.Override, r.MarketingDisabled
	a.namesBlocked = nil
	for name, until := range r.NamesBlocked {
		a.blockName(name, moment(until))
	}
	return nil
}

func (m *memory) applyNumber(r *numberRecord) error {
	a, err := m.accountOf(r.Account)
	if err != nil {
		return err
	}
	n := m.numbers[r.Number.ID]
	if n == nil {
		n = m.addNumber(a, r.Number)
	}
	n.touched, n.Number, n.override, n.verified, n.code, n.codeUntil = true, r.Number, r.Override, r.Verified, r.Code, moment(r.CodeUntil)
	n.wrongPINs, n.registered.times, n.onboarded, n.profile = r.WrongPINs, moments(r.Registered), moment(r.Onboarded), r.Profile
	n.identityKey, n.month, n.delivered = r.Identity, r.Month, r.Delivered
	n.newName, n.renameAt = r.NewName, moment(r.RenameAt)
	for _, p := range n.blocked {
		delete(p.blockedBy, n)
	}
	n.blocked = nil
	for _, id := range r.Blocked {
		if p := m.crowd.byKey[id]; p != nil {
			p.blockedBy[n] = true
			n.blocked = append(n.blocked, p)
		}
	}
	return nil
}

func (m *memory) applyTemplate(r *templateRecord) error {
	a, err := m.accountOf(r.Account)
	if err != nil {
		return err
	}
	t := m.template(r.Template.ID)
	if t == nil {
		t = m.addTemplate(a, r.Template)
	}
	was := t.gone
	t.Template, t.Quality, t.touched, t.gone = r.Template, r.Quality, true, r.Gone
	t.created, t.edits.times, t.pauses, t.complaints = moment(r.Created), moments(r.Edits), r.Pauses, r.Complaints
	t.qualityDate, t.paced, t.ttl = moment(r.QualityDate), r.Paced, r.TTL
	t.reviewAt, t.unpauseAt, t.pacingEnds = moment(r.ReviewAt), moment(r.UnpauseAt), moment(r.PacingEnds)
	if t.gone && !was {
		m.discard(t)
	}
	return nil
}

// applyCompacted takes in what a compacted journal says in its own words.
func (m *memory) applyCompacted(l line, r journalRecord) error {
	switch {
	case r.Stats != nil:
		m.restoreStats(*r.Stats)
	case r.Listed != nil:
		e, err := m.entry(r.Listed)
		if err != nil {
			return err
		}
		m.ledger.list(e)
	case r.Going != nil:
		sd, err := m.sending(r.Going)
		if err != nil {
			return err
		}
		m.under[sd.sequence] = sd
		if sd.customer != nil {
			sd.shown = sd.customer.thread(sd.number).find(sd.id)
		}
	case r.Hashes != nil:
		m.ledger.restore(r.Hashes)
	case r.Users != nil:
		for user, at := range r.Users.Reached {
			m.reached[user] = moment(at)
		}
		for pair, at := range r.Users.Pairs {
			m.pairs[pair] = pace{full: moment(at)}
		}
	case r.LastHook != 0:
		m.outbox.lastID = max(m.outbox.lastID, r.LastHook)
	case r.Size != 0:
		m.compacted = r.Size
	}
	return nil
}

// sequences are the messages under way, in the order they were accepted.
func (m *memory) sequences() []uint64 {
	all := make([]uint64, 0, len(m.under))
	for sequence := range m.under {
		all = append(all, sequence)
	}
	slices.Sort(all)
	return all
}
