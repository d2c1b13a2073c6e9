package simulator

import "time"

// pace is a token bucket kept as one time: when it would be full again. Guarded by its owner.
type pace struct{ full time.Time }

// take uses one token of a bucket that refills one per interval and holds burst; false means wait.
func (p *pace) take(now time.Time, interval time.Duration, burst int) bool {
	if p.full.Before(now) {
		p.full = now
	}
	if p.full.Sub(now) > time.Duration(burst-1)*interval {
		return false
	}
	p.full = p.full.Add(interval)
	return true
}

// The limit of messages to one user (whatsapp-cloud-api §5): one per 6 s, 45 borrowed from the future.
const (
	pairInterval = 6 * time.Second
	pairBurst    = 45
)

// paceTable holds a bucket per pair of number and user; full buckets are forgotten when there are many.
type paceTable map[uint64]pace

func (t paceTable) take(pair uint64, now time.Time) bool {
	p := t[pair]
	ok := p.take(now, pairInterval, pairBurst)
	t[pair] = p
	if len(t) > 1<<20 {
		for k, p := range t {
			if p.full.Before(now) {
				delete(t, k)
			}
		}
	}
	return ok
}
