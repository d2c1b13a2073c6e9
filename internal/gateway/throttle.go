package gateway

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Pauses of a number that the provider finds too fast (whatsapp-errors, NumberThrottle).
const (
	slowFirst = time.Second
	slowMost  = 60 * time.Second
	// paceQuantum is the shortest wait for tokens, so that a busy number claims several messages at a time.
	paceQuantum = 50 * time.Millisecond
)

// throttle paces one number: our own rate and the provider's complaints. That a single contact waits is a matter of the
// outbox: conversation claims nothing of a conversation whose message waits for its next try.
type throttle struct {
	mu     sync.Mutex
	bucket *rate.Limiter
	rate   float64
	slow   time.Duration // the last pause of the number; 0 after a success
	until  time.Time     // the number is paused until then
}

func newThrottle(perSecond float64) *throttle {
	t := &throttle{bucket: rate.NewLimiter(rate.Inf, 1), rate: -1}
	t.pace(perSecond)
	return t
}

// pace sets the rate in messages a second; 0 means no limit of ours. A quarter of a second's worth may leave at once.
func (t *throttle) pace(perSecond float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if perSecond == t.rate {
		return
	}
	t.rate = perSecond
	if perSecond <= 0 {
		t.bucket.SetLimit(rate.Inf)
		return
	}
	t.bucket.SetLimit(rate.Limit(perSecond))
	t.bucket.SetBurst(max(1, int(perSecond/4)))
}

// allowance is how many of most messages may leave now, or how long to wait when it is none.
func (t *throttle) allowance(now time.Time, most int) (int, time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wait := t.until.Sub(now); wait > 0 {
		return 0, wait
	}
	if t.bucket.Limit() == rate.Inf {
		return most, 0
	}
	tokens := t.bucket.TokensAt(now)
	if tokens >= 1 {
		return min(most, int(tokens)), 0
	}
	return 0, max(paceQuantum, time.Duration((1-tokens)/t.rate*float64(time.Second)))
}

// spend takes what was claimed from the allowance.
func (t *throttle) spend(now time.Time, n int) { t.bucket.AllowN(now, n) }

// slowDown pauses the number: 1 s, doubling up to 60 s until something is accepted again, or as long as the provider
// asks for. Answers of requests that left before the pause do not double it again.
func (t *throttle) slowDown(now time.Time, atLeast time.Duration) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Before(t.until) {
		return t.until
	}
	t.slow = min(max(slowFirst, 2*t.slow), slowMost)
	t.until = now.Add(max(t.slow, atLeast))
	return t.until
}

// accepted ends the doubling.
func (t *throttle) accepted(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !now.Before(t.until) {
		t.slow = 0
	}
}
