package campaign

import (
	"slices"
	"strings"
	"time"

	"recado/internal/fault"
	"recado/internal/hours"
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
	jumpsMost = 64 // from one end of quiet hours to the next before a common opening counts as missing
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

// clocks are the quiet hours by the clocks of zones: who asks them whether they are open asks whether it is quiet there.
func (q Quiet) clocks(zones []*time.Location) []*hours.Clock {
	s := hours.Schedule{}
	for _, day := range q.Days {
		s.Days[day] = []hours.Interval{{From: twoDigits(q.From), To: twoDigits(q.To)}}
	}
	clocks := make([]*hours.Clock, 0, len(zones))
	for _, zone := range zones {
		if one, err := s.Clock(zone); err == nil { // checked when it was set
			clocks = append(clocks, one)
		}
	}
	return clocks
}

// twoDigits writes a time such as 8:00 as 08:00.
func twoDigits(text string) string {
	at, err := time.Parse(clock, text)
	if err != nil {
		return text
	}
	return at.Format(clock)
}

// Opens is the first moment from at on when none of the zones has quiet hours. It is at itself when none has them then.
func (q Quiet) Opens(zones []*time.Location, at time.Time) time.Time {
	return opens(q.clocks(zones), at)
}

func opens(quiet []*hours.Clock, at time.Time) time.Time {
	t := at
	for range jumpsMost {
		before := t
		for _, one := range quiet {
			t = ends(one, t)
		}
		if t.Equal(before) {
			return t
		}
	}
	return ends(quiet[0], at)
}

// ends is when the quiet hours that hold at a moment end; the moment itself when none hold, or when they never end.
func ends(quiet *hours.Clock, at time.Time) time.Time {
	end, _ := quiet.Closing(at)
	return end
}

// begins is the first moment from t on at which it is quiet in one of the zones; zero when it never is.
func begins(quiet []*hours.Clock, t time.Time) (first time.Time) {
	for _, one := range quiet {
		if at, found := one.NextOpening(t); found && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
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
