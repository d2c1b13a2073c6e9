package flow

import (
	"strconv"
	"time"

	"recado/internal/hours"
)

// UntilOpen lets a wait last until the number's hours begin.
const UntilOpen = "open"

// openedLater is how far away the opening is for the phone beside the editor, which is closed and has no number's hours. In milliseconds.
const openedLater = 12 * 60 * 60_000

// Pause is how long a wait lasts: so many minutes, so many in which people answer, or until they do.
type Pause struct {
	Minutes int64
	Until   string // UntilOpen, or empty
	Within  bool   // the hours
}

// Ends is when a pause that begins at a time is over by a number's clock, both in Unix milliseconds. ok is false when nobody ever
// answers there.
func (p Pause) Ends(clock *hours.Clock, began int64) (end int64, ok bool) {
	at, long := time.UnixMilli(began), time.Duration(p.Minutes)*time.Minute
	switch {
	case p.Until == UntilOpen:
		at, ok = clock.NextOpening(at)
	case p.Within:
		at, ok = clock.After(at, long)
	default:
		return began + long.Milliseconds(), true
	}
	return at.UnixMilli(), ok
}

func (b Block) pause() Pause { return Pause{b.Minutes, b.Until, b.Within} }

// pauseEnds is when a pause is over that begins now.
func (p *play) pauseEnds(pause Pause) (end int64, ok bool) {
	if p.in.Clock != nil {
		return pause.Ends(p.in.Clock, p.in.Now)
	}
	end = p.in.Now
	if p.in.Closed && (pause.Within || pause.Until == UntilOpen) {
		end += openedLater
	}
	if pause.Until != UntilOpen {
		end += pause.Minutes * 60_000
	}
	return end, true
}

// pass begins a pause, and gives where it goes on when there is nothing to wait for.
func (p *play) pass(b Block) string {
	end, ok := p.pauseEnds(b.pause())
	if !ok {
		p.log("never_opens", "")
		return People
	}
	if b.Until == UntilOpen {
		p.log("waited_open", "")
	} else {
		p.log("waited", strconv.FormatInt(b.Minutes, 10))
	}
	if end <= p.in.Now {
		return p.to(b.Then)
	}
	p.wait(ForTime, 0)
	p.turn.State.Until = end
	return ""
}

// passed goes on after a pause; when the hours were changed meanwhile, so that nobody answers yet, it lasts on.
func (p *play) passed() {
	if p.at.Until == UntilOpen && p.in.Clock != nil {
		if end, ok := p.pauseEnds(p.at.pause()); ok && end > p.in.Now {
			p.turn.State.Until = end
			return
		}
	}
	p.run(p.to(p.at.Then))
}
