package campaign

import (
	"fmt"
	"math"
	"testing"
	"time"

	"recado/internal/db"
)

func TestForecastOfLimits(t *testing.T) {
	start := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	lots := func(all ...lot) (out []*lot) {
		for _, one := range all {
			one.awake = true
			out = append(out, &one)
		}
		return out
	}
	limit := func(people float64, used ...reached) map[db.ID]*allowance {
		a := &allowance{account: "1", limit: people}
		for _, u := range used {
			a.reach(u.n, u.at)
		}
		return map[db.ID]*allowance{1: a, 2: a}
	}
	for name, one := range map[string]struct {
		f    forecast
		now  time.Duration // before the start
		want time.Duration // after the start
		days string        // day people, of account 1
	}{
		"a limit spreads it over days": {f: forecast{accounts: limit(2000), lots: lots(lot{inbox: 1, left: 5000})},
			want: 48 * time.Hour, days: "0 2000, 1 2000, 2 1000, "},
		"both numbers of an account share it": {f: forecast{accounts: limit(2000), lots: lots(lot{inbox: 1, left: 1500}, lot{inbox: 2, left: 1500})},
			want: 24 * time.Hour, days: "0 2000, 1 1000, "},
		"what was used before comes free a day after": {f: forecast{accounts: limit(2000, reached{start.Add(-12 * time.Hour), 1500}), lots: lots(lot{inbox: 1, left: 1000})},
			want: 12 * time.Hour, days: "0 1000, "},
		"within the limit nobody waits": {f: forecast{accounts: limit(2000), lots: lots(lot{inbox: 1, left: 1600})}, want: 20 * time.Second, days: "0 1600, "},
		"another campaign that starts before takes of it": {f: forecast{accounts: limit(2000), lots: lots(lot{inbox: 1, left: 1000, from: start}, lot{campaign: 9, inbox: 2, left: 1500})},
			now: time.Hour, want: 23 * time.Hour, days: "0 1000, "},
		"messages handed over before are counted already": {f: forecast{accounts: limit(2000), lots: lots(lot{inbox: 1, left: 2000}, lot{campaign: 9, inbox: 1, left: 800, counted: true})},
			want: 35 * time.Second, days: "0 2000, "},
		"slices until the limit and on the next day": {f: forecast{pace: Pace{PerSlice: 200, EveryMinutes: 10}, accounts: limit(1000), lots: lots(lot{inbox: 1, left: 1200})},
			want: 24 * time.Hour, days: "0 1000, 1 200, "},
		"many small slices": {f: forecast{pace: Pace{PerSlice: 10, EveryMinutes: 1}, accounts: limit(100_000), lots: lots(lot{inbox: 1, left: 6000})},
			want: 599 * time.Minute, days: "0 6000, "},
		"a campaign beside takes half of the number": {f: forecast{lots: lots(lot{inbox: 1, left: 8000}, lot{campaign: 9, inbox: 1, left: 8000})}, want: 200 * time.Second},
		"a small one beside is over soon":            {f: forecast{lots: lots(lot{inbox: 1, left: 8000}, lot{campaign: 9, inbox: 1, left: 800})}, want: 110 * time.Second},
		"a slow one beside leaves the rest": {f: forecast{paces: map[db.ID]float64{9: 8}, lots: lots(lot{inbox: 1, left: 7200}, lot{campaign: 9, inbox: 1, left: 1e6})},
			want: 100 * time.Second},
		"one that begins meanwhile": {f: forecast{lots: lots(lot{inbox: 1, left: 8000}, lot{campaign: 9, inbox: 1, left: 8000, from: start.Add(50 * time.Second)})},
			want: 150 * time.Second},
		"slices beside another campaign": {f: forecast{pace: Pace{PerSlice: 80 * 120, EveryMinutes: 1}, lots: lots(lot{inbox: 1, left: 80 * 240}, lot{campaign: 9, inbox: 1, left: 1e6})},
			want: 8 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			one.f.rates, one.f.start = map[db.ID]float64{1: 80, 2: 80}, start
			ends, whole := one.f.run(start.Add(-one.now))
			last := start
			for _, at := range ends {
				if at.After(last) {
					last = at
				}
			}
			if off := last.Sub(start.Add(one.want)).Abs(); !whole || off > limitLook && one.want > time.Hour || off > 2*time.Second && one.want < time.Hour {
				t.Errorf("after %s, want %s (%v)", last.Sub(start), one.want, whole)
			}
			days := ""
			if a := one.f.accounts[1]; a != nil {
				for _, d := range a.days {
					days += fmt.Sprintf("%d %.0f, ", d.day, math.Round(d.n))
				}
			}
			if days != one.days {
				t.Errorf("days %q, want %q", days, one.days)
			}
		})
	}
	t.Run("a million people under the largest limit are told quickly, under the smallest it cannot be told", func(t *testing.T) {
		for people, told := range map[float64]bool{100_000: true, 1: false} {
			f := forecast{accounts: limit(people), lots: lots(lot{inbox: 1, left: 1e6}), rates: map[db.ID]float64{1: 80}, start: start}
			began := time.Now()
			if _, whole := f.run(start); whole != told || time.Since(began) > 2*time.Second {
				t.Errorf("limit %.0f: whole %v after %s", people, whole, time.Since(began))
			}
		}
	})
}
