package simulator

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"sync"
	"time"
)

// Kinds of fault.
const (
	FaultRateLimit         = "rate_limit"         // sends answer 130429
	FaultServerError       = "server_error"       // HTTP 500 with a page instead of JSON
	FaultUnavailable       = "unavailable"        // HTTP 503 with an empty body
	FaultTimeoutBefore     = "timeout_before"     // the connection closes, nothing was accepted
	FaultTimeoutAfter      = "timeout_after"      // accepted and recorded, then the connection closes without an answer
	FaultTokenRevoked      = "token_revoked"      // every call answers 190
	FaultAccountRestricted = "account_restricted" // sends answer 368
	FaultPaymentMissing    = "payment_missing"    // sends are accepted and fail with 131042
	FaultMaintenance       = "maintenance"        // sends answer 131057
	FaultTemplatePaused    = "template_paused"    // template sends answer 132015
	FaultCode              = "code"               // sends answer with the given code
	FaultAsyncCode         = "async_code"         // sends are accepted and fail with the given code
	FaultWebhookDuplicate  = "webhook_duplicate"
	FaultWebhookReorder    = "webhook_reorder"
	FaultWebhookDelay      = "webhook_delay"
	FaultWebhookDrop       = "webhook_drop"
)

var faultKinds = map[string]bool{
	FaultRateLimit: true, FaultServerError: true, FaultUnavailable: true, FaultTimeoutBefore: true, FaultTimeoutAfter: true,
	FaultTokenRevoked: true, FaultAccountRestricted: true, FaultPaymentMissing: true, FaultMaintenance: true,
	FaultTemplatePaused: true, FaultCode: true, FaultAsyncCode: true,
	FaultWebhookDuplicate: true, FaultWebhookReorder: true, FaultWebhookDelay: true, FaultWebhookDrop: true,
}

// Fault is something that goes wrong on request, for the next n times, for a while, or by chance.
type Fault struct {
	ID          int     `json:"id"`
	Kind        string  `json:"kind"`
	Number      string  `json:"number,omitempty"`      // only this phone number id
	Code        int     `json:"code,omitempty"`        // of code and async_code
	Count       int     `json:"count,omitempty"`       // the next n times; 0 means no limit
	Probability float64 `json:"probability,omitempty"` // 0 means always
	Duration    float64 `json:"duration,omitempty"`    // simulated seconds it stays on; 0 means until removed
	Hold        float64 `json:"hold,omitempty"`        // timeouts: real seconds before the connection closes; webhook_delay: simulated seconds
	Hits        int     `json:"hits"`                  // how often it struck

	until time.Time
}

// wait is the fault's hold as a duration, or fallback when none was given.
func (f *Fault) wait(fallback time.Duration) time.Duration {
	if f.Hold <= 0 {
		return fallback
	}
	return time.Duration(f.Hold * float64(time.Second))
}

// faultTable holds the faults that are on. Safe for concurrent use.
type faultTable struct {
	clock *clock

	mu   sync.Mutex
	rng  *rand.Rand
	next int
	on   []*Fault
}

func newFaultTable(c *clock, seed uint64) *faultTable {
	return &faultTable{clock: c, rng: rand.New(rand.NewPCG(seed, 2))}
}

// add switches a fault on.
func (t *faultTable) add(f Fault) (Fault, error) {
	if !faultKinds[f.Kind] {
		return Fault{}, fmt.Errorf("there is no fault %q", f.Kind)
	}
	if f.Probability < 0 || f.Probability > 1 || f.Count < 0 || f.Duration < 0 || f.Hold < 0 {
		return Fault{}, fmt.Errorf("probability goes from 0 to 1; count, duration and hold are not negative")
	}
	if f.Kind == FaultAsyncCode && f.Code == 0 {
		return Fault{}, fmt.Errorf("give the code messages fail with")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next++
	f.ID, f.Hits = t.next, 0
	if f.Duration > 0 {
		f.until = t.clock.Now().Add(time.Duration(f.Duration * float64(time.Second)))
	}
	t.on = append(t.on, &f)
	return f, nil
}

// take returns a fault of the kind that strikes now, counting it, or nil.
func (t *faultTable) take(kind, number string) *Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.on) == 0 {
		return nil
	}
	t.expire()
	for i, f := range t.on {
		if f.Kind != kind || f.Number != "" && f.Number != number {
			continue
		}
		if f.Probability > 0 && t.rng.Float64() >= f.Probability {
			continue
		}
		f.Hits++
		if f.Count > 0 && f.Hits >= f.Count {
			t.on = append(t.on[:i:i], t.on[i+1:]...)
		}
		hit := *f
		return &hit
	}
	return nil
}

func (t *faultTable) expire() {
	now := t.clock.Now()
	kept := t.on[:0:0]
	for _, f := range t.on {
		if f.until.IsZero() || now.Before(f.until) {
			kept = append(kept, f)
		}
	}
	t.on = kept
}

// remove switches off the fault with this id, all of a kind, or all when both are empty.
func (t *faultTable) remove(id int, kind string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := t.on[:0:0]
	for _, f := range t.on {
		gone := id == 0 && kind == "" || f.ID == id || kind != "" && f.Kind == kind
		if !gone {
			kept = append(kept, f)
		}
	}
	t.on = kept
}

// list returns the faults that are on, oldest first.
func (t *faultTable) list() []Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expire()
	all := make([]Fault, 0, len(t.on))
	for _, f := range t.on {
		all = append(all, *f)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	return all
}
