package campaign

import (
	"context"
	"fmt"
	"time"

	"recado/internal/db"
)

// allowance is how many people an account may still be written to first from, as a forecast goes on (limit.go counts them truly).
type allowance struct {
	account string
	limit   float64
	used    []reached // the oldest first
	sum     float64   // of used
	days    dayCounts // whom the campaign that is asked about writes to
	full    bool      // it kept that campaign waiting
}

// reached are people written to first at a time.
type reached struct {
	at time.Time
	n  float64
}

// room is for how many more people there is room at t. Those of a day before are forgotten.
func (a *allowance) room(t time.Time) float64 {
	for len(a.used) > 0 && !t.Before(a.used[0].at.Add(limitOver)) {
		a.sum -= a.used[0].n
		a.used = a.used[1:]
	}
	if len(a.used) == 0 {
		a.sum = 0
	}
	return a.limit - a.sum
}

// frees is when the next people are forgotten.
func (a *allowance) frees() time.Time {
	if len(a.used) == 0 { // a limit below one person
		return time.Time{}
	}
	return a.used[0].at.Add(limitOver)
}

func (a *allowance) reach(n float64, at time.Time) {
	a.used = append(a.used, reached{at, n})
	a.sum += n
}

// dayCounts are people by the day, of 24 hours from the start, on which they are written to.
type dayCounts []dayCount

type dayCount struct {
	day  int // 0 is the first
	n    float64
	from time.Time // when the first of them is
}

func (d *dayCounts) add(day int, n float64, from time.Time) {
	if last := len(*d) - 1; last >= 0 && (*d)[last].day == day {
		(*d)[last].n += n
		return
	}
	*d = append(*d, dayCount{day, n, from})
}

const reachedBySlot = `select reached_at / $3 as slot, count(*) as n from campaign_reach where account = $1 and reached_at > $2 group by reached_at / $3 order by 1`

// allowances reads what the accounts of numbers have used of their limits, by number. Numbers of an account without a limit, or with
// one that is not known, have none.
func (r *Room) allowances(ctx context.Context, cat *catalog) (map[db.ID]*allowance, error) {
	of, now := map[string]*allowance{}, r.d.Now()
	for _, s := range cat.senders {
		if s.PeopleLimit <= 0 {
			continue
		}
		if of[s.Account] == nil {
			of[s.Account] = &allowance{account: s.Account}
		}
		of[s.Account].limit = max(of[s.Account].limit, float64(s.PeopleLimit))
	}
	for account, a := range of {
		slots, err := db.All[struct {
			Slot int64 `db:"slot"`
			N    int64 `db:"n"`
		}](ctx, r.d, reachedBySlot, account, now-limitOver.Milliseconds(), limitLook.Milliseconds())
		if err != nil {
			return nil, fmt.Errorf("people account %s wrote to: %w", account, err)
		}
		for _, s := range slots {
			a.reach(float64(s.N), time.UnixMilli(min(now, (s.Slot+1)*limitLook.Milliseconds())))
		}
	}
	out := map[db.ID]*allowance{}
	for _, s := range cat.senders {
		if a := of[s.Account]; a != nil {
			out[s.ID] = a
		}
	}
	return out, nil
}
