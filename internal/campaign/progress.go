package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
)

// Counts are a campaign's recipients, each in exactly one of them but replied, which is counted besides. Sent and so on
// count what a message has reached and not passed: the sum of all but Replied is Recipients.
type Counts struct {
	Recipients  int64 `json:"recipients"`
	Waiting     int64 `json:"waiting"`
	Queued      int64 `json:"queued"`
	Unconfirmed int64 `json:"unconfirmed"`
	Accepted    int64 `json:"accepted"`
	Sent        int64 `json:"sent"`
	Delivered   int64 `json:"delivered"`
	Read        int64 `json:"read"`
	Failed      int64 `json:"failed"`
	LeftOut     int64 `json:"left_out"`
	Replied     int64 `json:"replied"`
}

// Progress is how far a campaign is.
type Progress struct {
	State    State          `json:"state"`
	Reason   Reason         `json:"state_reason"`
	Counts   Counts         `json:"counts"`
	Rate     float64        `json:"rate_per_second"` // messages that left the outbox, over the last seconds; 0 when unknown
	FinishAt int64          `json:"finish_at"`       // at this rate and pace; 0 when unknown
	Senders  []SenderCounts `json:"by_sender"`
	Failures []FailureCount `json:"failures"`
	At       int64          `json:"at"`
	// Of those who wait, for the end of their quiet hours; and when the first of them may be written to, 0 for none.
	Resting    int64  `json:"resting"`
	QuietUntil int64  `json:"quiet_until"`
	Waits      Reason `json:"waits"` // why it holds back by itself; no Code: it does not
}

// SenderCounts are the counts of one number.
type SenderCounts struct {
	Inbox db.ID  `json:"inbox_id"`
	Label string `json:"label"`
	Counts
}

// FailureCount groups messages and recipients that did not get through by their reason.
type FailureCount struct {
	Class  string `json:"class"` // of the provider's failure; "left_out" for recipients left out before sending
	Code   string `json:"code"`  // the provider's, or ours
	Detail string `json:"detail,omitempty"`
	Count  int64  `json:"count"`
}

const (
	progressAge  = 500 * time.Millisecond // two askers within this time get the same counts
	rateOver     = 10_000                 // milliseconds a rate is measured over
	ratesKept    = 40
	failureKinds = 50
)

// Progress computes the counters from recipients and messages; they are at most half a second old.
func (r *Room) Progress(ctx context.Context, actor account.Actor, id db.ID) (Progress, error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return Progress{}, err
	}
	c, err := load(ctx, r.d, actor.Workspace, id)
	if err != nil {
		return Progress{}, err
	}
	return r.counts.get(ctx, c, r.addResting)
}

// addResting tells why it holds back, and counts those in quiet hours, where the workspace has any.
func (r *Room) addResting(ctx context.Context, c *row, p *Progress) error {
	if p.State == Sending && c.WaitText != "" && p.Counts.Waiting > 0 {
		if err := decode(c.WaitText, &p.Waits); err != nil {
			return fmt.Errorf("what campaign %d waits for: %w", c.ID, err)
		}
		p.FinishAt = 0 // nobody knows how long
	}
	if p.State != Sending || p.Counts.Waiting == 0 {
		return nil
	}
	policy, err := r.policyIn(ctx, r.d, c.Workspace)
	if err != nil || !policy.Quiet.On {
		return err
	}
	groups, err := groupsOf(ctx, r.d, c.ID)
	if err != nil {
		return err
	}
	p.Resting, p.QuietUntil = resting(groups, policy.Quiet, time.UnixMilli(r.d.Now()))
	if p.QuietUntil > 0 && p.Resting == p.Counts.Waiting && p.Counts.Queued == 0 {
		p.FinishAt = 0 // nobody knows how fast it will go then
	}
	return nil
}

// progressCache keeps the last counts of each campaign and some older ones, for the rate.
type progressCache struct {
	d       *db.DB
	mu      sync.Mutex
	entries map[db.ID]*progressEntry
}

type progressEntry struct {
	mu      sync.Mutex
	last    Progress
	samples []sample
}

// sample is how many messages had left the outbox at a time.
type sample struct{ at, left int64 }

func newProgressCache(d *db.DB) progressCache {
	return progressCache{d: d, entries: map[db.ID]*progressEntry{}}
}

const progressKept = 1000 // campaigns

func (p *progressCache) entry(id db.ID) *progressEntry {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.entries[id]
	if !ok {
		if len(p.entries) >= progressKept {
			clear(p.entries)
		}
		e = &progressEntry{}
		p.entries[id] = e
	}
	return e
}

func (p *progressCache) get(ctx context.Context, c *row, more func(context.Context, *row, *Progress) error) (Progress, error) {
	e := p.entry(c.ID)
	e.mu.Lock() // those who ask meanwhile wait for the one who counts
	defer e.mu.Unlock()
	now := p.d.Now()
	if e.last.State == c.State && now-e.last.At < progressAge.Milliseconds() {
		return e.last, nil
	}
	out, err := countProgress(ctx, p.d, c)
	if err != nil {
		return Progress{}, err
	}
	out.At = now
	e.measure(&out)
	out.FinishAt = finishAt(c, out)
	if err := more(ctx, c, &out); err != nil {
		return Progress{}, err
	}
	e.last = out
	return out, nil
}

// measure gives the rate over the last seconds.
func (e *progressEntry) measure(p *Progress) {
	left := p.Counts.Recipients - p.Counts.Waiting - p.Counts.Queued - p.Counts.LeftOut
	e.samples = append(e.samples, sample{p.At, left})
	if len(e.samples) > ratesKept {
		e.samples = e.samples[1:]
	}
	first := e.samples[0]
	for _, s := range e.samples {
		if p.At-s.at <= rateOver {
			first = s
			break
		}
	}
	if p.State == Sending && p.At > first.at && left > first.left {
		p.Rate = float64(left-first.left) * 1000 / float64(p.At-first.at)
	}
}

// finishAt tells when nothing will be left to send: by the slices when sending is gradual, else at the measured rate.
func finishAt(c *row, p Progress) int64 {
	var pace Pace
	left := p.Counts.Waiting + p.Counts.Queued
	if p.State != Sending || left == 0 || decode(c.PaceText, &pace) != nil {
		return 0
	}
	if pace.PerSlice > 0 {
		later := max(0, p.Counts.Waiting-c.SliceLeft)
		slices := (later + pace.PerSlice - 1) / pace.PerSlice
		if slices == 0 {
			return p.At
		}
		return max(p.At, c.NextSliceAt) + (slices-1)*pace.EveryMinutes*time.Minute.Milliseconds()
	}
	if p.Rate == 0 {
		return 0
	}
	return p.At + int64(float64(left)/p.Rate*1000)
}

const (
	countMessages = "select inbox_id, status, count(*) as n from messages where campaign_id = $1 group by inbox_id, status"
	countWaiting  = "select inbox_id, count(*) as n from recipients where campaign_id = $1 and state = 0 group by inbox_id"
	countLeft     = "select inbox_id, state, reason, count(*) as n from recipients where campaign_id = $1 and state > 1 group by inbox_id, state, reason"
	countReplied  = "select inbox_id, count(*) as n from recipients where campaign_id = $1 and replied_at is not null group by inbox_id"
	countFailed   = `select error_class, error_code, min(error_detail) as error_detail, count(*) as n from messages where campaign_id = $1 and status = 55
	group by error_class, error_code order by count(*) desc, error_class, error_code limit $2`
)

type countRow struct {
	Inbox  db.ID               `db:"inbox_id"`
	Status conversation.Status `db:"status"`
	State  int                 `db:"state"`
	Reason string              `db:"reason"`
	N      int64               `db:"n"`
}

// counting adds rows up, for the campaign and for each of its numbers.
type counting struct {
	c        *row
	total    Counts
	byInbox  map[db.ID]*Counts
	failures []FailureCount
}

func countProgress(ctx context.Context, q db.Querier, c *row) (Progress, error) {
	k := &counting{c: c, byInbox: map[db.ID]*Counts{}}
	for _, part := range []struct {
		text string
		add  func(*Counts, countRow)
	}{{countMessages, addMessages}, {countWaiting, k.addWaiting}, {countLeft, k.addLeft}, {countReplied, addReplied}} {
		rows, err := db.All[countRow](ctx, q, part.text, c.ID)
		if err != nil {
			return Progress{}, fmt.Errorf("count campaign %d: %w", c.ID, err)
		}
		for _, one := range rows {
			part.add(&k.total, one)
			part.add(k.of(one.Inbox), one)
		}
	}
	if err := k.addFailures(ctx, q); err != nil {
		return Progress{}, err
	}
	p := Progress{State: c.State, Counts: k.total, Failures: k.failures, Reason: Reason{Code: c.StateReason}}
	if c.StateDetail != "" {
		if err := decode(c.StateDetail, &p.Reason.Params); err != nil {
			return p, fmt.Errorf("reason of campaign %d: %w", c.ID, err)
		}
	}
	var err error
	p.Senders, err = k.senders(ctx, q)
	return p, err
}

func (k *counting) of(inbox db.ID) *Counts {
	if k.byInbox[inbox] == nil {
		k.byInbox[inbox] = &Counts{}
	}
	return k.byInbox[inbox]
}

func addMessages(to *Counts, one countRow) {
	to.Recipients += one.N
	switch one.Status {
	case conversation.Queued, conversation.Sending:
		to.Queued += one.N
	case conversation.Unconfirmed:
		to.Unconfirmed += one.N
	case conversation.Accepted:
		to.Accepted += one.N
	case conversation.Sent:
		to.Sent += one.N
	case conversation.Failed:
		to.Failed += one.N
	case conversation.Delivered:
		to.Delivered += one.N
	default:
		to.Read += one.N
	}
}

// addWaiting counts who waits; nobody waits for a cancelled campaign.
func (k *counting) addWaiting(to *Counts, one countRow) {
	to.Recipients += one.N
	if k.c.State == Cancelled {
		to.LeftOut += one.N
		return
	}
	to.Waiting += one.N
}

func (k *counting) addLeft(to *Counts, one countRow) {
	to.Recipients += one.N
	if one.State == broken {
		to.Failed += one.N
	} else {
		to.LeftOut += one.N
	}
	if to == &k.total {
		k.addFailure("left_out", wordsPrefix+one.Reason, "", one.N)
	}
}

func (k *counting) addFailure(class, code, detail string, n int64) {
	for i := range k.failures {
		if k.failures[i].Class == class && k.failures[i].Code == code {
			k.failures[i].Count += n
			return
		}
	}
	k.failures = append(k.failures, FailureCount{Class: class, Code: code, Detail: detail, Count: n})
}

func addReplied(to *Counts, one countRow) { to.Replied += one.N }

func (k *counting) addFailures(ctx context.Context, q db.Querier) error {
	rows, err := db.All[struct {
		Class  string `db:"error_class"`
		Code   int64  `db:"error_code"`
		Detail string `db:"error_detail"`
		N      int64  `db:"n"`
	}](ctx, q, countFailed, k.c.ID, failureKinds)
	if err != nil {
		return fmt.Errorf("failures of campaign %d: %w", k.c.ID, err)
	}
	for _, one := range rows {
		k.addFailure(one.Class, fmt.Sprint(one.Code), one.Detail, one.N)
	}
	if k.c.State == Cancelled && k.total.LeftOut > 0 {
		n := k.total.LeftOut
		for _, f := range k.failures {
			if f.Class == "left_out" {
				n -= f.Count
			}
		}
		if n > 0 {
			k.addFailure("left_out", wordsPrefix+LeftCancelled, "", n)
		}
	}
	slices.SortFunc(k.failures, func(a, b FailureCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Code, b.Code))
	})
	if k.failures == nil {
		k.failures = []FailureCount{}
	}
	return nil
}

func (k *counting) senders(ctx context.Context, q db.Querier) ([]SenderCounts, error) {
	ids := make([]db.ID, 0, len(k.byInbox))
	for id := range k.byInbox {
		ids = append(ids, id)
	}
	labels, err := db.All[struct {
		ID    db.ID  `db:"id"`
		Label string `db:"label"`
	}](ctx, q, "select id, label from inboxes where id in ({ids:$1}) and workspace_id = $2 order by label, id", db.IDs(ids), k.c.Workspace)
	if err != nil {
		return nil, fmt.Errorf("senders of campaign %d: %w", k.c.ID, err)
	}
	out := make([]SenderCounts, len(labels))
	for i, l := range labels {
		out[i] = SenderCounts{Inbox: l.ID, Label: l.Label, Counts: *k.byInbox[l.ID]}
	}
	return out, nil
}
