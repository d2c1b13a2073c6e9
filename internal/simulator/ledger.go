package simulator

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Sent is one send the provider accepted, as listed by Messages.
type Sent struct {
	ID        string `json:"id"`        // wamid
	Number    string `json:"number"`    // phone number id
	Recipient string `json:"recipient"` // digits, or the user id
	Callback  string `json:"biz_opaque_callback_data,omitempty"`
	Type      string `json:"type"`
	Template  string `json:"template,omitempty"`
	At        int64  `json:"at"` // simulated Unix milliseconds
}

// Stats are the simulator's counters since it started or was reset.
type Stats struct {
	Accepted           int64 `json:"accepted"`            // sends answered, or meant to be answered, with 200
	Refused            int64 `json:"refused"`             // sends answered with an error
	DistinctCallbacks  int64 `json:"distinct_callbacks"`  // different biz_opaque_callback_data
	DuplicateCallbacks int64 `json:"duplicate_callbacks"` // accepted sends whose biz_opaque_callback_data was seen before
	DistinctPairs      int64 `json:"distinct_pairs"`      // different (number, recipient)
	RepeatedPairs      int64 `json:"repeated_pairs"`      // accepted sends to a (number, recipient) seen before
	Inbound            int64 `json:"inbound"`             // messages customers sent

	Statuses map[string]int64       `json:"statuses"` // emitted, by status
	Failures map[int]int64          `json:"failures"` // failed statuses, by code
	Numbers  map[string]NumberStats `json:"numbers"`  // by phone number id

	WebhookPosts       int64 `json:"webhook_posts"`       // answered with 200
	WebhookChanges     int64 `json:"webhook_changes"`     // inside those
	WebhookFailures    int64 `json:"webhook_failures"`    // posts not answered with 200, to be tried again
	WebhookDropped     int64 `json:"webhook_dropped"`     // changes dropped by a fault
	WebhookUndelivered int64 `json:"webhook_undelivered"` // changes without a callback or a subscription
	WebhookAbandoned   int64 `json:"webhook_abandoned"`   // changes given up after seven days
	WebhookPending     int   `json:"webhook_pending"`     // waiting to leave or for a retry
	PlannedSteps       int   `json:"planned_steps"`       // statuses, reviews and retries still to come
}

// NumberStats are the counters of one number.
type NumberStats struct {
	Accepted int64 `json:"accepted"`
	Refused  int64 `json:"refused"`
}

// counters are those of the webhook sender.
type counters struct {
	posts, changes, postsFailed, dropped, undelivered, abandoned, inbound atomic.Int64
}

func (c *counters) reset() {
	for _, n := range []*atomic.Int64{&c.posts, &c.changes, &c.postsFailed, &c.dropped, &c.undelivered, &c.abandoned, &c.inbound} {
		n.Store(0)
	}
}

// Names of counters in the journal.
const (
	countFailed      = "failed"
	countDropped     = "dropped"
	countUndelivered = "undelivered"
	countAbandoned   = "abandoned"
)

// named finds a counter by its name in the journal; an unknown name counts for nothing.
func (c *counters) named(name string) *atomic.Int64 {
	switch name {
	case countFailed:
		return &c.postsFailed
	case countDropped:
		return &c.dropped
	case countUndelivered:
		return &c.undelivered
	case countAbandoned:
		return &c.abandoned
	}
	return &atomic.Int64{}
}

// restoreStats takes counters over as they were.
func (s *Server) restoreStats(stats Stats) {
	c := s.counter
	c.inbound.Store(stats.Inbound)
	c.posts.Store(stats.WebhookPosts)
	c.changes.Store(stats.WebhookChanges)
	c.postsFailed.Store(stats.WebhookFailures)
	c.dropped.Store(stats.WebhookDropped)
	c.undelivered.Store(stats.WebhookUndelivered)
	c.abandoned.Store(stats.WebhookAbandoned)
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	orElseMap(&stats.Statuses)
	orElseMap(&stats.Failures)
	orElseMap(&stats.Numbers)
	s.ledger.stats = stats
}

// orElseMap makes a map that is not there.
func orElseMap[K comparable, V any](m *map[K]V) {
	if *m == nil {
		*m = map[K]V{}
	}
}

// ledger counts sends and statuses, exactly and small: callbacks and pairs are kept as 64-bit hashes, the same in every process. Safe for
// concurrent use.
type ledger struct {
	keep int

	mu        sync.Mutex
	stats     Stats
	callbacks map[uint64]struct{}
	pairs     map[uint64]struct{}
	log       []logged // a ring once keep is reached
	oldest    int
}

type logged struct {
	sequence uint64
	at       int64
	number   *number
	template *template
	kind     string
	to       string
	callback string
}

func newLedger(keep int) *ledger {
	l := &ledger{keep: max(keep, 1)}
	l.reset()
	return l
}

func (l *ledger) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats = Stats{Statuses: map[string]int64{}, Failures: map[int]int64{}, Numbers: map[string]NumberStats{}}
	l.callbacks, l.pairs = map[uint64]struct{}{}, map[uint64]struct{}{}
	l.log, l.oldest = nil, 0
}

// pair is the hash of a number and one user.
func (l *ledger) pair(n *number, to string) uint64 {
	return l.hash(n.ID)*31 ^ l.hash(to)
}

// hash is FNV-1a with its bits spread.
func (l *ledger) hash(text string) uint64 {
	var x uint64 = 14695981039346656037
	for i := range len(text) {
		x = (x ^ uint64(text[i])) * 1099511628211
	}
	return mix(x)
}

// accept records an accepted send.
func (l *ledger) accept(e logged) {
	pair := l.pair(e.number, e.to)
	callback := l.hash(e.callback)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.Accepted++
	n := l.stats.Numbers[e.number.ID]
	n.Accepted++
	l.stats.Numbers[e.number.ID] = n
	if seen(l.pairs, pair) {
		l.stats.RepeatedPairs++
	}
	if e.callback != "" && seen(l.callbacks, callback) {
		l.stats.DuplicateCallbacks++
	}
	l.push(e)
}

// list takes in an accepted send that is already counted.
func (l *ledger) list(e logged) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pairs[l.pair(e.number, e.to)] = struct{}{}
	if e.callback != "" {
		l.callbacks[l.hash(e.callback)] = struct{}{}
	}
	l.push(e)
}

// restore takes in what is known of sends no longer listed.
func (l *ledger) restore(h *hashRecord) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, pair := range h.Pairs {
		l.pairs[pair] = struct{}{}
	}
	for _, callback := range h.Callbacks {
		l.callbacks[callback] = struct{}{}
	}
}

// push adds to the log, over the oldest once it is full; the caller holds mu.
func (l *ledger) push(e logged) {
	if len(l.log) < l.keep {
		l.log = append(l.log, e)
		return
	}
	l.log[l.oldest] = e
	l.oldest = (l.oldest + 1) % l.keep
}

func seen(set map[uint64]struct{}, key uint64) bool {
	before := len(set)
	set[key] = struct{}{}
	return len(set) == before
}

// refuse counts a send answered with an error.
func (l *ledger) refuse(number string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.Refused++
	n := l.stats.Numbers[number]
	n.Refused++
	l.stats.Numbers[number] = n
}

// status counts an emitted status; code is that of a failed one.
func (l *ledger) status(status string, code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.Statuses[status]++
	if status == "failed" {
		l.stats.Failures[code]++
	}
}

// Filter chooses accepted sends; empty fields match all.
type Filter struct {
	Number    string // phone number id
	Recipient string // digits or user id
	Callback  string // biz_opaque_callback_data
	Limit     int    // at most so many, the newest; 0 means 1000
}

// Messages lists accepted sends, oldest first. Sends beyond Config.KeepLog are counted by Stats but not listed.
func (s *Server) Messages(f Filter) []Sent {
	orElse(&f.Limit, 1000)
	l := s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []Sent
	for i := range l.log {
		e := l.log[(l.oldest+len(l.log)-1-i)%len(l.log)]
		if !f.match(e) {
			continue
		}
		found = append(found, s.sent(e))
		if len(found) == f.Limit {
			break
		}
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found
}

func (f Filter) match(e logged) bool {
	return (f.Number == "" || f.Number == e.number.ID) &&
		(f.Recipient == "" || f.Recipient == e.to) &&
		(f.Callback == "" || f.Callback == e.callback)
}

func (s *Server) sent(e logged) Sent {
	out := Sent{ID: s.messageID(e.sequence), Number: e.number.ID, Recipient: e.to, Callback: e.callback, Type: e.kind, At: e.at}
	if e.template != nil {
		out.Template = e.template.Name
	}
	return out
}

// Stats returns the counters; they are also at GET /control/stats.
func (s *Server) Stats() Stats {
	l := s.ledger
	l.mu.Lock()
	out := l.stats
	out.Statuses, out.Failures, out.Numbers = maps.Clone(out.Statuses), maps.Clone(out.Failures), maps.Clone(out.Numbers)
	out.DistinctCallbacks, out.DistinctPairs = int64(len(l.callbacks)), int64(len(l.pairs))
	l.mu.Unlock()
	c := s.counter
	out.Inbound = c.inbound.Load()
	out.WebhookPosts, out.WebhookChanges = c.posts.Load(), c.changes.Load()
	out.WebhookFailures, out.WebhookDropped = c.postsFailed.Load(), c.dropped.Load()
	out.WebhookUndelivered, out.WebhookAbandoned = c.undelivered.Load(), c.abandoned.Load()
	out.WebhookPending, out.PlannedSteps = s.outbox.pending(), s.agenda.size()
	return out
}

func millis(t time.Time) int64 { return t.UnixMilli() }
