package conversation

import (
	"time"
	_ "time/tzdata" // a machine without zones of its own still knows when clocks change

	"recado/internal/fault"
)

// scheduleAhead is how far ahead a message may be scheduled.
const scheduleAhead = 366 * 24 * time.Hour

const wallClock = "2006-01-02T15:04"

// When is a time as people name it: what the clocks of a zone show.
type When struct {
	At   string // 2026-11-30T09:00
	Zone string // America/Bogota
}

// moment is the time in Unix milliseconds. An hour that
// comes twice when clocks go back means the first. A time that has passed, is more than a year ahead or does not exist because
// clocks go forward is refused with a fault on "at"; the last names the hour after the gap.
func (w When) moment(now int64) (int64, error) {
	wall, zone := w.At, w.Zone
	place, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return 0, fault.New(fault.Invalid, "schedule.zone", "There is no time zone %s.", zone).On("zone").With("zone", zone)
	}
	named, err := time.Parse(wallClock, wall)
	if err != nil {
		return 0, fault.New(fault.Invalid, "schedule.time", "Name a day and a time.").On("at")
	}
	at := time.Date(named.Year(), named.Month(), named.Day(), named.Hour(), named.Minute(), 0, 0, place)
	if shown := at.Format(wallClock); shown != wall {
		return 0, fault.New(fault.Invalid, "schedule.skipped", "Clocks go forward then: %s does not exist on that day.", named.Format("15:04")).
			On("at").With("time", named.Format("15:04")).With("next", afterGap(at).Format("15:04"))
	}
	if earlier := at.Add(-time.Hour); earlier.Format(wallClock) == wall {
		at = earlier
	}
	switch ms := at.UnixMilli(); {
	case ms <= now:
		return 0, fault.New(fault.Invalid, "schedule.past", "That time has passed.").On("at")
	case ms > now+scheduleAhead.Milliseconds():
		return 0, fault.New(fault.Invalid, "schedule.far", "Choose a time within a year.").On("at")
	default:
		return ms, nil
	}
}

// afterGap is the first moment after clocks went forward, near a time that does not exist. Gaps begin on whole minutes and are at
// most a day long.
func afterGap(near time.Time) time.Time {
	_, end := near.ZoneBounds()
	start, _ := near.ZoneBounds()
	if !end.IsZero() && end.Sub(near) < near.Sub(start) {
		return end
	}
	return start
}
