package inbox_test

import (
	"testing"
	"time"

	"recado/internal/hours"
	"recado/internal/inbox"
)

func TestDue(t *testing.T) {
	santiago, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	on := func(day, hour, minute int) time.Time { return time.Date(2026, 9, day, hour, minute, 0, 0, santiago) }
	evenings := inbox.Hours{TimeZone: "America/Santiago"}
	for d := range evenings.Days {
		evenings.Days[d] = []hours.Interval{{From: "20:00", To: "02:00"}}
	}
	feast := evenings
	feast.Holidays = []hours.Holiday{{Date: "05/09", Name: "Feriado"}}
	for name, c := range map[string]struct {
		hours   inbox.Hours
		from    time.Time
		minutes int64
		want    time.Time // zero: never
	}{
		"within the hours":    {evenings, on(2, 21, 0), 30, on(2, 21, 30)},
		"over a night's rest": {evenings, on(3, 1, 50), 30, on(3, 20, 20)},
		"from outside":        {evenings, on(2, 9, 0), 5, on(2, 20, 5)},
		"over a holiday":      {feast, on(4, 23, 0), 5 * 60, on(6, 22, 0)},
		"an hour that is skipped is not waited for":     {evenings, on(5, 23, 0), 150, on(6, 20, 30)},
		"all the time, where a number has no hours":     {inbox.Hours{Schedule: hours.Default()}, on(5, 3, 0), 90, on(5, 4, 30)},
		"never, where nobody answers on any day at all": {inbox.Hours{TimeZone: "UTC"}, on(5, 3, 0), 90, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			due, err := c.hours.Due(c.from.UnixMilli(), c.minutes)
			if err != nil {
				t.Fatal(err)
			}
			want := int64(0)
			if !c.want.IsZero() {
				want = c.want.UnixMilli()
			}
			if due != want {
				t.Fatalf("%v, want %v", time.UnixMilli(due).In(santiago), c.want)
			}
		})
	}
}
