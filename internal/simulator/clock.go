package simulator

import (
	"sync"
	"time"
)

// clock is the simulator's own time: the real one, sped up and pushed forward. Safe for concurrent use.
type clock struct {
	mu      sync.Mutex
	real    func() time.Time
	start   time.Time
	speed   float64
	pushed  time.Duration // by Advance
	hurried time.Duration // gained by speed before start
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
	return c.start.Add(time.Duration(float64(passed)*c.speed) + c.pushed + c.hurried)
}

// Told returns the time that webhooks carry: the simulated one without what speed gained, so that a fast simulator and whoever
// listens to it agree on what came before what.
func (c *clock) Told() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.real().Add(c.pushed)
}

// ahead is how far Advance pushed the clock.
func (c *clock) ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pushed
}

// restore sets a new clock to where its predecessor was.
func (c *clock) restore(pushed time.Duration, latest time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pushed = pushed
	c.hurried += max(0, latest.Sub(c.now()))
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
	c.start, c.speed = c.real(), speed
	c.hurried = now.Sub(c.start) - c.pushed
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
