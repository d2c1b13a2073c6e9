package hours

import "time"

// horizon is how far ahead an opening is looked for: 29 February, the rarest of dates, comes again within it.
const horizon = 9 * 366 * 24 * time.Hour

// Clock is a schedule by the clocks of one zone. It is never changed, and safe for many goroutines.
type Clock struct {
	always   bool
	zone     *time.Location
	days     [7][]span
	holidays map[date][]span
}

// Open tells whether people answer at a moment.
func (c *Clock) Open(at time.Time) bool {
	if c.always {
		return true
	}
	wall := at.In(c.zone)
	now := minuteOf(wall)
	for _, s := range c.on(wall, 0) {
		if s.from <= now && now < s.to {
			return true
		}
	}
	for _, s := range c.on(wall, -1) {
		if now < s.to-day {
			return true
		}
	}
	return false
}

// NextOpening is the first moment from at on when people answer: at itself when they do then. It is not found when there is none
// within nine years.
func (c *Clock) NextOpening(at time.Time) (opens time.Time, found bool) { return c.next(at, true) }

// Closing is the first moment from at on when nobody answers: at itself when nobody does then. It is not found when there is none
// within nine years.
func (c *Clock) Closing(at time.Time) (closes time.Time, found bool) { return c.next(at, false) }

// After is when people have answered for so long, counted from at. It is not found when they never do.
func (c *Clock) After(at time.Time, long time.Duration) (end time.Time, found bool) {
	for t := at; ; {
		opens, found := c.NextOpening(t)
		if !found {
			return t, false
		}
		closes, found := c.Closing(opens)
		if !found || closes.Sub(opens) >= long {
			return opens.Add(long), true
		}
		long -= closes.Sub(opens)
		t = closes
	}
}

// Stretch is a time from From up to, but not including, To.
type Stretch struct{ From, To time.Time }

// stretchesMost bounds what Shut gives.
const stretchesMost = 100

// Shut are the stretches between two moments in which nobody answers, in order, the first hundred at most.
func (c *Clock) Shut(from, until time.Time) (all []Stretch) {
	for t := from; t.Before(until) && len(all) < stretchesMost; {
		closes, found := c.Closing(t)
		if !found || !closes.Before(until) {
			break
		}
		opens, found := c.NextOpening(closes)
		if !found || opens.After(until) {
			opens = until
		}
		all = append(all, Stretch{closes, opens})
		t = opens
	}
	return all
}

// next walks from one moment when the answer can change to the next.
func (c *Clock) next(at time.Time, open bool) (time.Time, bool) {
	if c.always || !c.ever() {
		return at, c.always == open
	}
	for t, end := at, at.Add(horizon); t.Before(end); {
		if c.Open(t) == open {
			return t, true
		}
		wall := t.In(c.zone)
		step := t.Add(time.Duration(c.left(wall))*time.Minute - time.Duration(wall.Second())*time.Second - time.Duration(wall.Nanosecond()))
		if _, change := wall.ZoneBounds(); !change.IsZero() && change.Before(step) {
			step = change
		}
		t = step
	}
	return at, false
}

// ever tells whether any day has an interval.
func (c *Clock) ever() bool {
	for _, spans := range c.days {
		if len(spans) > 0 {
			return true
		}
	}
	for _, spans := range c.holidays {
		if len(spans) > 0 {
			return true
		}
	}
	return false
}

// left is in how many minutes, if the clock is not changed, an interval begins or ends or the day does.
func (c *Clock) left(wall time.Time) int {
	now := minuteOf(wall)
	end := day
	nearer := func(minute int) {
		if minute > now && minute < end {
			end = minute
		}
	}
	for _, s := range c.on(wall, 0) {
		nearer(s.from)
		nearer(s.to)
	}
	for _, s := range c.on(wall, -1) {
		nearer(s.to - day)
	}
	return end - now
}

// on are the intervals that begin on the date of a reading of the clock, or so many days after.
func (c *Clock) on(wall time.Time, days int) []span {
	year, month, dayOf := wall.Date()
	if days != 0 {
		year, month, dayOf = time.Date(year, month, dayOf+days, 0, 0, 0, 0, time.UTC).Date()
	}
	for _, y := range []int{year, 0} {
		if spans, holiday := c.holidays[date{dayOf, int(month), y}]; holiday {
			return spans
		}
	}
	return c.days[(int(wall.Weekday())+days+7)%7]
}

func minuteOf(wall time.Time) int { return wall.Hour()*60 + wall.Minute() }
