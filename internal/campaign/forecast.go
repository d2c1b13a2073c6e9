package campaign

import (
	"cmp"
	"slices"
	"time"

	"recado/internal/db"
	"recado/internal/hours"
)

// lot are people whom one campaign writes to from one number and who are quiet together.
type lot struct {
	campaign db.ID // another one that is on its way or booked; 0: the one that is asked about
	inbox    db.ID
	places   []*time.Location
	quiet    []*hours.Clock // of the places
	awake    bool           // has no quiet hours
	left     float64
	from     time.Time // not before; zero: at once
	counted  bool      // these people are among those their account has written to

	opens, closes time.Time // the next or current stretch outside quiet hours
}

// mine tells whether the lot is of the campaign that is asked about.
func (l *lot) mine() bool { return l.campaign == 0 }

// forecast works out when the last message of a campaign leaves each number: by its pace, the rate of each number, the limits of their
// accounts, the quiet hours of those who get it and what other campaigns send from the same numbers, as the dispatcher goes about it.
// What agents and bots will say meanwhile is not known and not counted.
type forecast struct {
	quiet    Quiet
	pace     Pace
	paces    map[db.ID]float64    // messages a second that the pace of another campaign lets go at most; 0: no such bound
	rates    map[db.ID]float64    // messages a second of a number
	accounts map[db.ID]*allowance // of numbers whose account may write to so many people first
	lots     []*lot
	start    time.Time // of the campaign that is asked about
	ends     map[db.ID]time.Time
}

const (
	fastest      = 10_000 // messages a second of a number without a limit of ours
	forecastMost = 20_000 // steps, before it is given up
	never        = 1 << 40
)

// run goes from now on and gives the end of each number that comes to one, and whether all do.
func (f *forecast) run(now time.Time) (map[db.ID]time.Time, bool) {
	f.ends = map[db.ID]time.Time{}
	t := now
	for range forecastMost {
		if f.waiting() == 0 {
			return f.ends, true
		}
		open, next := f.look(t)
		speeds := f.speeds(open)
		switch {
		case len(open) == 0 && next.IsZero():
			return f.ends, false
		case len(open) == 0:
			t = next
		case f.pace.PerSlice > 0 && slices.ContainsFunc(open, (*lot).mine):
			t = f.slices(t, next, open, speeds)
		default:
			t = f.stream(t, next, open, speeds)
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
		if a := f.account(l); a != nil && a.room(t) < 1 {
			a.full = a.full || l.mine()
			sooner(a.frees())
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
	if t.Before(l.from) {
		t = l.from
	}
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

// speeds shares the rate of each number among the campaigns that send from it, and the part of a campaign among its lots. A campaign
// whose pace takes less leaves the rest to the others.
func (f *forecast) speeds(open []*lot) map[*lot]float64 {
	type part struct{ inbox, campaign db.ID }
	lots, numbers := map[part]float64{}, map[db.ID]float64{}
	of := map[db.ID][]part{}
	for _, l := range open {
		p := part{l.inbox, l.campaign}
		if lots[p]++; lots[p] == 1 {
			of[l.inbox] = append(of[l.inbox], p)
			numbers[l.campaign]++
		}
	}
	share := map[part]float64{}
	for inbox, parts := range of {
		most := func(p part) float64 {
			if bound := f.paces[p.campaign]; bound > 0 {
				return bound / numbers[p.campaign]
			}
			return never
		}
		slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(most(a), most(b)) })
		left := f.rate(inbox)
		for i, p := range parts {
			share[p] = min(most(p), left/float64(len(parts)-i))
			left -= share[p]
		}
	}
	out := make(map[*lot]float64, len(open))
	for _, l := range open {
		p := part{l.inbox, l.campaign}
		out[l] = share[p] / lots[p]
	}
	return out
}

// until is how many seconds nothing changes for lots that send at these speeds: until next at most, until one of them is empty or an
// account full. Where an account counts people it is a quarter of an hour at most, so that it is known when each may be followed.
func (f *forecast) until(t, next time.Time, lots []*lot, speeds map[*lot]float64) float64 {
	step := float64(never)
	if !next.IsZero() {
		step = next.Sub(t).Seconds()
	}
	fill := map[*allowance]float64{}
	for _, l := range lots {
		step = min(step, l.left/speeds[l])
		if a := f.account(l); a != nil {
			fill[a] += speeds[l]
			step = min(step, limitLook.Seconds())
		}
	}
	for a, speed := range fill {
		step = min(step, a.room(t)/speed)
	}
	return step
}

// stream sends from all numbers at their speeds for as long as nothing changes.
func (f *forecast) stream(t, next time.Time, open []*lot, speeds map[*lot]float64) time.Time {
	step := f.until(t, next, open, speeds)
	end := t.Add(seconds(step))
	for _, l := range open {
		f.take(l, step*speeds[l], t, end)
	}
	return end
}

// slices sends whole slices for as long as nothing else changes, or until all that are open are empty. Other campaigns go on beside.
func (f *forecast) slices(t, next time.Time, open []*lot, speeds map[*lot]float64) time.Time {
	var mine, others []*lot
	rate, left, room := 0.0, 0.0, float64(never)
	for _, l := range open {
		if !l.mine() {
			others = append(others, l)
			continue
		}
		mine, rate, left = append(mine, l), rate+speeds[l], left+l.left
		if a := f.account(l); a != nil {
			room = min(room, a.room(t))
		}
	}
	if len(others) > 0 {
		if at := t.Add(seconds(f.until(t, next, others, speeds))); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	slice := float64(f.pace.PerSlice)
	every := max(time.Duration(f.pace.EveryMinutes)*time.Minute, seconds(slice/rate))
	many := max(1, int64(limitLook/every)) // slices at once, where an account counts people
	if room == never {
		many = never
	}
	needed := int64(left/slice + 1 - 1e-9)
	fit := needed
	if !next.IsZero() {
		fit = min(fit, int64((next.Sub(t)+every-1)/every))
	}
	fit = max(1, min(fit, many, int64(room/slice)))
	amount := min(left, float64(fit)*slice, room)
	last := t.Add(time.Duration(fit-1) * every) // when the last of them begins
	end := last.Add(seconds((amount - float64(fit-1)*slice) / rate))
	f.share(mine, amount, t, end)
	if f.waiting() > 0 {
		end = last.Add(every)
	}
	for _, l := range others {
		f.take(l, min(l.left, end.Sub(t).Seconds()*speeds[l]), t, end)
	}
	return end
}

// share takes an amount from lots in even parts.
func (f *forecast) share(open []*lot, amount float64, from, at time.Time) {
	slices.SortFunc(open, func(a, b *lot) int { return cmp.Compare(a.left, b.left) })
	for i, l := range open {
		part := min(l.left, amount/float64(len(open)-i))
		amount -= part
		f.take(l, part, from, at)
	}
}

// take writes to n people of a lot between two moments.
func (f *forecast) take(l *lot, n float64, from, at time.Time) {
	if a := f.account(l); a != nil {
		a.reach(n, at)
		if l.mine() {
			a.days.add(int(from.Sub(f.start)/limitOver), n, from)
		}
	}
	if l.left -= n; l.left > 1e-3 {
		return
	}
	l.left = 0
	if l.mine() {
		f.ends[l.inbox] = at
	}
}

// waiting counts the lots of the campaign that is asked about and that are not empty.
func (f *forecast) waiting() (n int) {
	for _, l := range f.lots {
		if l.mine() && l.left > 0 {
			n++
		}
	}
	return n
}

// account is whose limit counts the people of a lot; nil for none.
func (f *forecast) account(l *lot) *allowance {
	if l.counted {
		return nil
	}
	return f.accounts[l.inbox]
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
