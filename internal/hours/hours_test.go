package hours

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"recado/internal/fault"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestScheduleFaults(t *testing.T) {
	for name, one := range map[string]struct{ change, code, field string }{
		"24:30":                       {`{"days":[[],[{"from":"08:00","to":"24:30"}],[],[],[],[],[]]}`, "hours.to", "days.1.0.to"},
		"24:00 begins nothing":        {`{"days":[[],[{"from":"24:00","to":"08:00"}],[],[],[],[],[]]}`, "hours.from", "days.1.0.from"},
		"one digit":                   {`{"days":[[],[{"from":"8:00","to":"09:00"}],[],[],[],[],[]]}`, "hours.from", "days.1.0.from"},
		"overlap":                     {`{"days":[[],[{"from":"08:00","to":"12:00"},{"from":"11:59","to":"13:00"}],[],[],[],[],[]]}`, "hours.overlap", "days.1.1.from"},
		"overlap across midnight":     {`{"days":[[],[{"from":"22:00","to":"02:00"}],[{"from":"01:00","to":"03:00"}],[],[],[],[]]}`, "hours.overlap", "days.2.0.from"},
		"overlap across the week end": {`{"days":[[{"from":"01:00","to":"03:00"}],[],[],[],[],[],[{"from":"22:00","to":"02:00"}]]}`, "hours.overlap", "days.6.0.to"},
		"a fourth interval": {`{"days":[[],[{"from":"01:00","to":"02:00"},{"from":"03:00","to":"04:00"},{"from":"05:00","to":"06:00"},{"from":"07:00","to":"08:00"}],[],[],[],[],[]]}`,
			"hours.intervals", "days.1"},
		"31/02":           {`{"holidays":[{"date":"31/02","name":"x"}]}`, "hours.date", "holidays.0.date"},
		"29/02/2023":      {`{"holidays":[{"date":"29/02/2023","name":"x"}]}`, "hours.date", "holidays.0.date"},
		"doubled":         {`{"holidays":[{"date":"1/5","name":"x"},{"date":"01/05","name":"y"}]}`, "hours.doubled", "holidays.1.date"},
		"without a name":  {`{"holidays":[{"date":"01/05","name":" "}]}`, "hours.name", "holidays.0.name"},
		"holiday overlap": {`{"holidays":[{"date":"01/05","name":"x","intervals":[{"from":"22:00","to":"02:00"},{"from":"23:00","to":"24:00"}]}]}`, "hours.overlap", "holidays.0.intervals.1.from"},
	} {
		t.Run(name, func(t *testing.T) {
			var s Schedule
			if err := json.Unmarshal([]byte(one.change), &s); err != nil {
				t.Fatal(err)
			}
			var f *fault.Error
			is := errors.As(s.Check(), &f)
			if !is || f.Code != one.code || f.Field != one.field {
				t.Fatalf("%+v", f)
			}
		})
	}
	t.Run("what only touches is right, and 29/02 of every year", func(t *testing.T) {
		s := Schedule{Holidays: []Holiday{{Date: "29/2", Name: " Bisiesto "}, {Date: "29/02/2028", Name: "Otro"}}}
		s.Days[6] = []Interval{{"20:00", "24:00"}}
		s.Days[0] = []Interval{{"00:00", "08:00"}, {"08:00", "08:00"}}
		s.Days[1] = []Interval{{"08:00", "09:00"}}
		if err := s.Check(); err != nil || s.Holidays[0].Date != "29/02" || s.Holidays[0].Name != "Bisiesto" {
			t.Fatal(err, s)
		}
	})
}

// slow answers from the texts alone, as the property's other witness.
func slow(s Schedule, wall time.Time) bool {
	now := wall.Format("15:04")
	on := func(d time.Time) []Interval {
		for _, layout := range []string{"02/01/2006", "02/01"} {
			for _, h := range s.Holidays {
				if h.Date == d.Format(layout) {
					return h.Intervals
				}
			}
		}
		return s.Days[d.Weekday()]
	}
	today := time.Date(wall.Year(), wall.Month(), wall.Day(), 12, 0, 0, 0, time.UTC)
	for _, i := range on(today) {
		if i.From <= now && (now < i.To || i.To <= i.From) {
			return true
		}
	}
	for _, i := range on(today.AddDate(0, 0, -1)) {
		if i.To <= i.From && now < i.To {
			return true
		}
	}
	return false
}

func TestOpenAndNextAgreeWithAWalkByMinutes(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 39))
	hm := func() string { return fmt.Sprintf("%02d:%02d", random.IntN(24), random.IntN(60)) }
	begins := map[string][]string{ // the clocks of these zones are changed within the days that follow
		"America/Santiago":    {"2026-04-01T00:00:00Z", "2026-09-03T00:00:00Z"},
		"America/Sao_Paulo":   {"2018-02-15T00:00:00Z", "2018-11-01T00:00:00Z"},
		"Europe/Madrid":       {"2026-03-26T00:00:00Z", "2026-10-22T00:00:00Z"},
		"Australia/Lord_Howe": {"2026-04-02T00:00:00Z", "2026-10-01T00:00:00Z"},
		"Asia/Kathmandu":      {"2026-12-29T00:00:00Z"},
	}
	for name, starts := range begins {
		z := zone(t, name)
		for _, text := range starts {
			start, _ := time.Parse(time.RFC3339, text)
			for range 12 {
				s := Schedule{}
				for d := range s.Days {
					if random.IntN(3) > 0 {
						s.Days[d] = []Interval{{hm(), hm()}}
					}
					if random.IntN(6) == 0 {
						s.Days[d] = append(s.Days[d], Interval{hm(), "24:00"})
					}
				}
				for i := range 2 {
					h := Holiday{Date: start.AddDate(0, 0, 1+3*i).Format([]string{"02/01", "02/01/2006"}[i]), Name: "x"}
					if random.IntN(2) == 0 {
						h.Intervals = []Interval{{hm(), hm()}}
					}
					s.Holidays = append(s.Holidays, h)
				}
				c, err := s.Clock(z)
				if err != nil {
					continue // the two overlap
				}
				agree(t, s, c, start, z)
			}
		}
	}
}

func agree(t *testing.T, s Schedule, c *Clock, start time.Time, z *time.Location) {
	t.Helper()
	const minutes = 7 * day
	open := make([]bool, minutes)
	for i := range open {
		at := start.Add(time.Duration(i) * time.Minute)
		open[i] = slow(s, at.In(z))
		if got := c.Open(at); got != open[i] {
			t.Fatalf("%v: open %v, by minutes %v in %+v", at.In(z), got, open[i], s)
		}
	}
	ends(t, c, start, open)
	next := map[bool]int{true: -1, false: -1}
	for i := minutes - 1; i >= 0; i-- {
		next[open[i]] = i
		if i%17 != 0 {
			continue
		}
		at := start.Add(time.Duration(i) * time.Minute)
		for want, where := range next {
			got, found := c.next(at, want)
			if where >= 0 && (!found || !got.Equal(start.Add(time.Duration(where)*time.Minute))) {
				t.Fatalf("from %v next open=%v is %v, by minutes %v in %+v", at.In(z), want, got.In(z), start.Add(time.Duration(where)*time.Minute).In(z), s)
			}
			if where < 0 && found && got.Before(start.Add(minutes*time.Minute)) {
				t.Fatalf("from %v next open=%v is %v, by minutes none", at, want, got)
			}
		}
	}
}

// ends compares how long people take to answer for some minutes with counting them one by one.
func ends(t *testing.T, c *Clock, start time.Time, open []bool) {
	t.Helper()
	var answered []int // the minutes in which people answer
	before := make([]int, len(open))
	for i, is := range open {
		before[i] = len(answered)
		if is {
			answered = append(answered, i)
		}
	}
	for i := 0; i < len(open); i += 131 {
		for _, long := range []int{1, 59, 120, 600, 1440} {
			last := before[i] + long - 1
			got, found := c.After(start.Add(time.Duration(i)*time.Minute), time.Duration(long)*time.Minute)
			if last >= len(answered) {
				if horizon := start.Add(time.Duration(len(open)) * time.Minute); found && got.Before(horizon) {
					t.Fatalf("%d minutes from %v end at %v, counted one by one later than %v", long, i, got, horizon)
				}
				continue
			}
			if want := start.Add(time.Duration(answered[last]+1) * time.Minute); !found || !got.Equal(want) {
				t.Fatalf("%d minutes from %v end at %v (%v), counted one by one at %v", long, i, got, found, want)
			}
		}
	}
}

func TestClock(t *testing.T) {
	madrid := zone(t, "Europe/Madrid")
	at := time.Date(2026, 12, 24, 23, 30, 20, 0, madrid)
	clock := func(s Schedule) *Clock {
		c, err := s.Clock(madrid)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	t.Run("never open has no opening", func(t *testing.T) {
		if _, found := clock(Schedule{Holidays: []Holiday{{Date: "01/01", Name: "x"}}}).NextOpening(at); found {
			t.Fatal("found one")
		}
	})
	t.Run("always is open and never closes, whatever the holidays say", func(t *testing.T) {
		c := clock(Schedule{Always: true, Holidays: []Holiday{{Date: "24/12", Name: "x"}}})
		_, closes := c.Closing(at)
		opens, found := c.NextOpening(at)
		if closes || !found || !opens.Equal(at) || !c.Open(at) {
			t.Fatal(opens, closes)
		}
	})
	t.Run("the stretches without people, cut at both ends", func(t *testing.T) {
		s := Schedule{}
		for d := range s.Days {
			s.Days[d] = []Interval{{"09:00", "18:00"}}
		}
		from, until := time.Date(2026, 12, 24, 17, 0, 0, 0, madrid), time.Date(2026, 12, 26, 8, 0, 0, 0, madrid)
		var got []string
		for _, one := range clock(s).Shut(from, until) {
			got = append(got, one.From.In(madrid).Format("2 15:04-")+one.To.In(madrid).Format("2 15:04"))
		}
		if want := "24 18:00-25 09:00, 25 18:00-26 08:00"; strings.Join(got, ", ") != want {
			t.Fatal(got)
		}
		if never := clock(Schedule{}).Shut(from, until); len(never) != 1 || !never[0].From.Equal(from) || !never[0].To.Equal(until) {
			t.Fatal(never)
		}
		if none := clock(Schedule{Always: true}).Shut(from, until); none != nil {
			t.Fatal(none)
		}
	})
	t.Run("only on the leap day", func(t *testing.T) {
		opens, found := clock(Schedule{Holidays: []Holiday{{Date: "29/02", Name: "x", Intervals: []Interval{{"10:00", "11:00"}}}}}).NextOpening(at)
		if !found || !opens.Equal(time.Date(2028, 2, 29, 10, 0, 0, 0, madrid)) {
			t.Fatal(opens, found)
		}
	})
	t.Run("a night goes on into a closed holiday, and time runs within the hours only", func(t *testing.T) {
		s := Schedule{Holidays: []Holiday{{Date: "25/12", Name: "Navidad"}}}
		for d := range s.Days {
			s.Days[d] = []Interval{{"22:00", "01:00"}}
		}
		c := clock(s)
		closes, _ := c.Closing(at)
		opens, _ := c.NextOpening(closes)
		if !closes.Equal(time.Date(2026, 12, 25, 1, 0, 0, 0, madrid)) || !opens.Equal(time.Date(2026, 12, 26, 22, 0, 0, 0, madrid)) {
			t.Fatal(closes, opens)
		}
		end, found := c.After(at, 2*time.Hour)
		if want := time.Date(2026, 12, 26, 22, 30, 20, 0, madrid); !found || !end.Equal(want) {
			t.Fatal(end, want)
		}
	})
}

func FuzzSchedule(f *testing.F) {
	f.Add(`{"days":[[],[{"from":"22:00","to":"02:00"}],[],[],[],[],[]],"holidays":[{"date":"1/1","name":"Año","intervals":[{"from":"00:00","to":"24:00"}]}]}`)
	f.Add(`{"always":true,"holidays":[{"date":"29/02/2028","name":"x"}]}`)
	f.Add(`{"holidays":[{"date":"31/02","name":"x"},{"date":"1/1/20000"}]}`)
	f.Add(`{"days":[[{"from":"24:00","to":"24:30"}]]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var s Schedule
		if json.Unmarshal([]byte(text), &s) != nil || s.Check() != nil {
			return
		}
		once, _ := json.Marshal(s)
		c, err := s.Clock(time.UTC)
		if err != nil {
			t.Fatal("right at first and then not", err)
		}
		if again, _ := json.Marshal(s); string(again) != string(once) {
			t.Fatalf("not one form: %s, %s", once, again)
		}
		at := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
		if opens, found := c.NextOpening(at); found && !c.Open(opens) {
			t.Fatal("opens when it is not open", opens)
		}
	})
}
