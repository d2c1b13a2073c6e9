package campaign

import (
	"slices"
	"strings"
	"time"

	"recado/internal/fault"
)

// Quiet are the hours in which nobody is written to, by the clocks where the recipient lives. Where a number may be in several
// zones, it is quiet while it is quiet in any of them, so that nobody is disturbed; only if they leave no common hour open does the
// first one count. Where it is in none that is known, the zone of the sending number counts.
type Quiet struct {
	On     bool   `json:"on"`
	From   string `json:"from"`   // 21:00, inclusive
	To     string `json:"to"`     // 08:00, exclusive; before From: on the next day
	Days   []int  `json:"days"`   // on which From begins them: 0 Sunday to 6 Saturday
	Exempt bool   `json:"exempt"` // utility and authentication templates go out all the same
}

// DefaultQuiet is what a workspace that has not chosen finds: off.
func DefaultQuiet() Quiet { return Quiet{From: "21:00", To: "08:00", Days: []int{0, 1, 2, 3, 4, 5, 6}} }

const (
	clock     = "15:04"
	dayLong   = 24 * 60 // minutes
	jumpsMost = 64      // from one end of quiet hours to the next before a common opening counts as missing
)

func (q *Quiet) check() error {
	if q.From == "" && q.To == "" && !q.On { // said nothing of them
		*q = DefaultQuiet()
	}
	from, wrong := time.Parse(clock, q.From)
	to, wrongTo := time.Parse(clock, q.To)
	switch {
	case wrong != nil:
		return fault.New(fault.Invalid, "campaign.quiet_time", "Name a time such as 21:00.").On("quiet.from")
	case wrongTo != nil:
		return fault.New(fault.Invalid, "campaign.quiet_time", "Name a time such as 21:00.").On("quiet.to")
	case from.Equal(to):
		return fault.New(fault.Invalid, "campaign.quiet_always", "Quiet hours must end at another time than they begin.").On("quiet.to")
	case q.On && len(q.Days) == 0, slices.ContainsFunc(q.Days, func(day int) bool { return day < 0 || day > 6 }):
		return fault.New(fault.Invalid, "campaign.quiet_days", "Choose one day at least.").On("quiet.days")
	}
	slices.Sort(q.Days)
	q.Days = slices.Compact(q.Days)
	return nil
}

// Opens is the first moment from at on when none of the zones has quiet hours. It is at itself when none has them then.
func (q Quiet) Opens(zones []*time.Location, at time.Time) time.Time {
	t := at
	for range jumpsMost {
		before := t
		for _, zone := range zones {
			t = q.opensIn(zone, t)
		}
		if t.Equal(before) {
			return t
		}
	}
	return q.opensIn(zones[0], at)
}

// opensIn walks from one end of quiet hours, or change of the clocks, to the next.
func (q Quiet) opensIn(zone *time.Location, t time.Time) time.Time {
	for range jumpsMost {
		wall := t.In(zone)
		left := q.left(wall)
		if left <= 0 {
			break
		}
		next := t.Add(left)
		if _, change := wall.ZoneBounds(); !change.IsZero() && change.Before(next) {
			next = change
		}
		t = next
	}
	return t
}

// left is how long the quiet hours that hold at a reading of the clock last if the clock is not changed; 0 for none.
func (q Quiet) left(wall time.Time) time.Duration {
	from, to, now := minutes(q.From), minutes(q.To), wall.Hour()*60+wall.Minute()
	today := slices.Contains(q.Days, int(wall.Weekday()))
	yesterday := slices.Contains(q.Days, int(wall.Weekday()+6)%7)
	end := 0
	switch {
	case from < to && from <= now && now < to && today:
		end = to
	case from > to && now >= from && today:
		end = dayLong + to
	case from > to && now < to && yesterday:
		end = to
	default:
		return 0
	}
	return time.Duration(end-now)*time.Minute - time.Duration(wall.Second())*time.Second - time.Duration(wall.Nanosecond())
}

func minutes(text string) int {
	at, _ := time.Parse(clock, text) // checked when it was set
	return at.Hour()*60 + at.Minute()
}

// placesOf reads the names of zones as they are kept; other stands in for none, and UTC for one nobody knows.
func placesOf(zones, other string) []*time.Location {
	var places []*time.Location
	for _, name := range append(strings.Fields(zones), other) {
		if name == other && len(places) > 0 {
			break
		}
		if place, err := time.LoadLocation(name); err == nil {
			places = append(places, place)
		}
	}
	if len(places) == 0 {
		places = []*time.Location{time.UTC}
	}
	return places
}
