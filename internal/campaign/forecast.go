package campaign

import (
	"slices"
	"time"

	"recado/internal/db"
	"recado/internal/hours"
)

// lot are people who are written to from one number and are quiet together.
type lot struct {
	inbox  db.ID
	places []*time.Location
	quiet  []*hours.Clock // of the places
	awake  bool           // has no quiet hours
	left   float64

	opens, closes time.Time // the next or current stretch outside quiet hours
}

// forecast works out when the last message of each number leaves: by the pace of the campaign, the rate of each number and the quiet
// hours of those who get it, as the dispatcher goes about it. What else the numbers have to send is not known and not counted.
type forecast struct {
	quiet Quiet
	pace  Pace
	rates map[db.ID]float64 // messages a second
	lots  []*lot
	ends  map[db.ID]time.Time
}

const (
	fastest      = 10_000 // messages a second of a number without a limit of ours
	forecastMost = 20_000 // steps, before it is given up
	never        = 1 << 40
)

// run gives the end of each number that comes to one, and whether all do.
func (f *forecast) run(start time.Time) (map[db.ID]time.Time, bool) {
	f.ends = map[db.ID]time.Time{}
	t := start
	for range forecastMost {
		open, next := f.look(t)
		switch {
		case len(open) == 0 && next.IsZero():
			return f.ends, true
		case len(open) == 0:
			t = next
		case f.pace.PerSlice > 0:
			t = f.slices(t, next, open)
		default:
			t = f.stream(t, next, open)
		}
	}
	return f.ends, false
}

// look finds the lots that may be written to at t, and when the next opens or closes; zero for never.
func (f *forecast) look(t time.Time) (open []*lot, next time.Time) {
	sooner := func(at time.Time) {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	for _, l := range f.lots {
		if l.left <= 0 {
			continue
		}
		f.turn(l, t)
		if l.opens.After(t) {
			sooner(l.opens)
			continue
		}
		open = append(open, l)
		if !l.awake {
			sooner(l.closes)
		}
	}
	return open, next
}

// turn finds the stretch of a lot that t is in or that comes next.
func (f *forecast) turn(l *lot, t time.Time) {
	if l.awake {
		l.opens = t
		return
	}
	if !l.closes.IsZero() && t.Before(l.closes) {
		return
	}
	if l.quiet == nil {
		l.quiet = f.quiet.clocks(l.places)
	}
	l.opens = opens(l.quiet, t)
	l.closes = begins(l.quiet, l.opens)
	if !l.closes.After(l.opens) { // no hour suits all its zones: then the first counts
		l.closes = begins(l.quiet[:1], l.opens.Add(time.Second))
	}
}

// stream sends from all numbers at their rates until next, or until one of the lots is empty.
func (f *forecast) stream(t, next time.Time, open []*lot) time.Time {
	sharing := map[db.ID]float64{}
	for _, l := range open {
		sharing[l.inbox]++
	}
	step := float64(never)
	if !next.IsZero() {
		step = next.Sub(t).Seconds()
	}
	for _, l := range open {
		step = min(step, l.left/(f.rate(l.inbox)/sharing[l.inbox]))
	}
	end := t.Add(seconds(step))
	for _, l := range open {
		f.take(l, step*f.rate(l.inbox)/sharing[l.inbox], end)
	}
	return end
}

// slices sends whole slices until next, or until all that are open are empty.
func (f *forecast) slices(t, next time.Time, open []*lot) time.Time {
	rate, left := 0.0, 0.0
	seen := map[db.ID]bool{}
	for _, l := range open {
		if left += l.left; !seen[l.inbox] {
			seen[l.inbox] = true
			rate += f.rate(l.inbox)
		}
	}
	slice := float64(f.pace.PerSlice)
	every := max(time.Duration(f.pace.EveryMinutes)*time.Minute, seconds(slice/rate))
	needed := int64(left/slice + 1 - 1e-9)
	if fit := int64((next.Sub(t) + every - 1) / every); !next.IsZero() && fit < needed {
		f.share(open, float64(fit)*slice, t.Add(time.Duration(fit)*every))
		return t.Add(time.Duration(fit) * every)
	}
	begins := t.Add(time.Duration(needed-1) * every) // of the last slice
	end := begins.Add(seconds((left - float64(needed-1)*slice) / rate))
	f.share(open, left, end)
	if f.waiting() == 0 {
		return end
	}
	return begins.Add(every)
}

// share takes an amount from lots in even parts.
func (f *forecast) share(open []*lot, amount float64, at time.Time) {
	slices.SortFunc(open, func(a, b *lot) int { return int(min(1, max(-1, a.left-b.left))) })
	for i, l := range open {
		part := min(l.left, amount/float64(len(open)-i))
		amount -= part
		f.take(l, part, at)
	}
}

func (f *forecast) take(l *lot, n float64, at time.Time) {
	if l.left -= n; l.left > 1e-3 {
		return
	}
	l.left = 0
	f.ends[l.inbox] = at
}

// waiting counts the lots that are not empty.
func (f *forecast) waiting() (n int) {
	for _, l := range f.lots {
		if l.left > 0 {
			n++
		}
	}
	return n
}

func (f *forecast) rate(inbox db.ID) float64 {
	if r := f.rates[inbox]; r > 0 {
		return r
	}
	return fastest
}

func seconds(n float64) time.Duration {
	return time.Duration(min(n, never/1000) * float64(time.Second))
}
