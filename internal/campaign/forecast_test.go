package campaign

import (
	"testing"
	"time"

	"recado/internal/db"
)

func TestForecast(t *testing.T) {
	uy, err := time.LoadLocation("America/Montevideo")
	if err != nil {
		t.Fatal(err)
	}
	jp, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	night := Quiet{On: true, From: "21:00", To: "08:00", Days: []int{0, 1, 2, 3, 4, 5, 6}}
	start := time.Date(2026, 11, 30, 20, 0, 0, 0, uy) // 08:00 in Tokyo
	lots := func(all ...lot) (out []*lot) {
		for _, one := range all {
			out = append(out, &one)
		}
		return out
	}
	for name, one := range map[string]struct {
		f    forecast
		want time.Time
	}{
		"rate alone":                    {forecast{lots: lots(lot{inbox: 1, awake: true, left: 8000})}, start.Add(100 * time.Second)},
		"two numbers side by side":      {forecast{lots: lots(lot{inbox: 1, awake: true, left: 8000}, lot{inbox: 2, awake: true, left: 800})}, start.Add(100 * time.Second)},
		"the night comes between":       {forecast{quiet: night, lots: lots(lot{inbox: 1, places: []*time.Location{uy}, left: 80 * 3600 * 2})}, time.Date(2026, 12, 1, 9, 0, 0, 0, uy)},
		"one sleeps, the other wakes":   {forecast{quiet: night, lots: lots(lot{inbox: 1, places: []*time.Location{uy}, left: 80 * 1800}, lot{inbox: 1, places: []*time.Location{jp}, left: 80 * 3600})}, start.Add(90 * time.Minute)},
		"slices":                        {forecast{pace: Pace{PerSlice: 200, EveryMinutes: 10}, lots: lots(lot{inbox: 1, awake: true, left: 1000})}, start.Add(40*time.Minute + 2500*time.Millisecond)},
		"slices until the night":        {forecast{quiet: night, pace: Pace{PerSlice: 100, EveryMinutes: 30}, lots: lots(lot{inbox: 1, places: []*time.Location{uy}, left: 300})}, time.Date(2026, 12, 1, 8, 0, 1, 0, uy)},
		"a slice longer than its pause": {forecast{pace: Pace{PerSlice: 80 * 120, EveryMinutes: 1}, lots: lots(lot{inbox: 1, awake: true, left: 80 * 240})}, start.Add(4 * time.Minute)},
		"nobody":                        {forecast{}, start},
	} {
		t.Run(name, func(t *testing.T) {
			one.f.rates = map[db.ID]float64{1: 80, 2: 80}
			one.f.start = start
			ends, whole := one.f.run(start)
			last := start
			for _, at := range ends {
				if at.After(last) {
					last = at
				}
			}
			if off := last.Sub(one.want).Abs(); !whole || off > 2*time.Second {
				t.Errorf("%s, want %s (%v)", last.In(uy), one.want.In(uy), whole)
			}
		})
	}
	t.Run("a million people of every zone in a slow campaign come to an end in little time", func(t *testing.T) {
		f := forecast{quiet: night, pace: Pace{PerSlice: 1000, EveryMinutes: 5}, rates: map[db.ID]float64{}}
		for i := range 300 {
			f.lots = append(f.lots, &lot{inbox: db.ID(i % 15), places: []*time.Location{time.FixedZone("", (i%24-12)*3600)}, left: 3333})
		}
		began := time.Now()
		if _, whole := f.run(start); !whole || time.Since(began) > 2*time.Second {
			t.Errorf("whole %v after %s", whole, time.Since(began))
		}
	})
}
