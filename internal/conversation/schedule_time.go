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

// Moment is the time in Unix milliseconds. An hour that comes twice when clocks go back means the first, and twice tells so. A
// time that does not exist because clocks go forward is refused with a fault on "at" that names the hour after the gap; so is
// one that has passed or is more than a year ahead, and a zone nobody knows, on "zone".
func (w When) Moment(now int64) (at int64, twice bool, err error) {
	place, err := w.place()
	if err != nil {
		return 0, false, err
	}
	named, err := time.Parse(wallClock, w.At)
	if err != nil {
		return 0, false, fault.New(fault.Invalid, "schedule.time", "Name a day and a time.").On("at")
	}
	first, times := readings(named, place)
	if times == 0 {
		gap := afterGap(time.Date(named.Year(), named.Month(), named.Day(), named.Hour(), named.Minute(), 0, 0, place))
		return 0, false, fault.New(fault.Invalid, "schedule.skipped", "Clocks go forward then: %s does not exist on that day.", named.Format("15:04")).
			On("at").With("time", named.Format("15:04")).With("next", gap.Format("15:04"))
	}
	switch at = first.UnixMilli(); {
	case at <= now:
		return 0, false, fault.New(fault.Invalid, "schedule.past", "That time has passed.").On("at")
	case at > now+scheduleAhead.Milliseconds():
		return 0, false, fault.New(fault.Invalid, "schedule.far", "Choose a time within a year.").On("at")
	}
	return at, times > 1, nil
}

// ComesTwice tells whether the clocks of the zone show this time twice; false also for what is no time.
func (w When) ComesTwice() bool {
	place, err := w.place()
	named, wrong := time.Parse(wallClock, w.At)
	if err != nil || wrong != nil {
		return false
	}
	_, times := readings(named, place)
	return times > 1
}

func (w When) place() (*time.Location, error) {
	place, err := time.LoadLocation(w.Zone)
	if err != nil || w.Zone == "" || w.Zone == "Local" {
		return nil, fault.New(fault.Invalid, "schedule.zone", "There is no time zone %s.", w.Zone).On("zone").With("zone", w.Zone)
	}
	return place, nil
}

// readings gives how many moments there are when the clocks of a place show what named shows, and the first of them. No place
// changes its clocks twice within two days.
func readings(named time.Time, place *time.Location) (first time.Time, times int) {
	_, before := named.Add(-25 * time.Hour).In(place).Zone()
	_, after := named.Add(25 * time.Hour).In(place).Zone()
	offsets := []int{max(before, after), min(before, after)} // the larger offset is the earlier moment
	if before == after {
		offsets = offsets[:1]
	}
	for _, offset := range offsets {
		at := named.Add(-time.Duration(offset) * time.Second).In(place)
		if at.Format(wallClock) != named.Format(wallClock) {
			continue
		}
		if times == 0 {
			first = at
		}
		times++
	}
	return first, times
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
