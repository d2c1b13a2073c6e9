package simulator

import (
	"sync"
	"time"
)

// clock is the simulator's own time: the real one, sped up and pushed forward. Safe for concurrent use.
type clock struct {
	mu     sync.Mutex
	real   func() time.Time
	start  time.Time
	speed  float64
	pushed time.Duration
}

func newClock(real func() time.Time, speed float64) *clock {
	return &clock{real: real, start: real(), speed: speed}
}

// Now returns the simulated time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *clock) now() time.Time {
	passed := c.real().Sub(c.start)
	return c.start.Add(time.Duration(float64(passed)*c.speed) + c.pushed)
}

// pushTo moves the clock forward to t; it never moves back.
func (c *clock) pushTo(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := t.Sub(c.now()); d > 0 {
		c.pushed += d
	}
}

// setSpeed changes how fast time passes from now on.
func (c *clock) setSpeed(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.start, c.pushed, c.speed = c.real(), 0, speed
	c.pushed = now.Sub(c.start)
}

// rate is how many times faster than real time the clock runs.
func (c *clock) rate() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

// realWait turns a simulated duration into the real time it takes.
func (c *clock) realWait(d time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(float64(d) / c.speed)
}
