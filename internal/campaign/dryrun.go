package campaign

import (
	"cmp"
	"context"
	"slices"
	"time"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// DryRun is what would happen if a checked campaign were sent as it stands: when it ends, who rests at first, whom replies go to and
// what it costs. Who gets it and who does not stands in its Check.
type DryRun struct {
	People     int64         `json:"people"`
	StartsAt   int64         `json:"starts_at"`
	FinishAt   int64         `json:"finish_at"`   // when the last message leaves; 0 when it cannot be told
	Resting    int64         `json:"resting"`     // in quiet hours when it starts
	QuietUntil int64         `json:"quiet_until"` // when the first of them may be written to; 0: nobody rests
	Senders    []DryRunOf    `json:"senders"`
	Targets    []ReachTarget `json:"targets"` // where rows name who gets the reply
	Cost       Cost          `json:"cost"`
}

// DryRunOf is the part of one number.
type DryRunOf struct {
	Inbox     db.ID   `json:"inbox_id"`
	Label     string  `json:"label"`
	People    int64   `json:"people"`
	PerSecond float64 `json:"per_second"` // messages; 0: no limit of ours
	FinishAt  int64   `json:"finish_at"`  // 0 when it cannot be told
}

// DryRun works out what would happen, from what the last check counted and the settings of this moment; nothing is sent. It fails
// with Conflict "campaign.not_checked" before a check has come to its end.
func (r *Room) DryRun(ctx context.Context, actor account.Actor, id db.ID) (DryRun, error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return DryRun{}, err
	}
	c, err := r.get(ctx, actor.Workspace, id)
	if err != nil {
		return DryRun{}, err
	}
	if c.Check.State != CheckDone || c.State == Checking {
		return DryRun{}, fault.New(fault.Conflict, "campaign.not_checked", "Check the sheet before sending.")
	}
	a, err := r.ask(ctx, actor)
	if err != nil {
		return DryRun{}, err
	}
	cat, err := r.catalog(ctx, actor.Workspace, a)
	if err != nil {
		return DryRun{}, err
	}
	found, err := r.reachOf(ctx, actor.Workspace, id)
	if err != nil {
		return DryRun{}, err
	}
	out := DryRun{People: c.Check.Ready, StartsAt: max(c.ScheduledAt, r.d.Now()), Senders: []DryRunOf{}, Targets: found.Targets}
	if out.Targets == nil {
		out.Targets = []ReachTarget{}
	}
	out.times(cat, c, found.Groups)
	currency, prices, err := r.pricesOf(ctx, actor.Workspace)
	out.Cost = costOf(currency, prices, countries(cat, found.Groups))
	return out, err
}

// countries counts messages by where they go and their category.
func countries(cat *catalog, groups []reachGroup) map[sentTo]int64 {
	out := map[sentTo]int64{}
	for _, g := range groups {
		if w := cat.byTplID[g.Template]; w != nil {
			out[sentTo{g.Country, w.Category}] += g.N
		}
	}
	return out
}

// times tells when the last message of each number leaves, and who rests when it starts.
func (out *DryRun) times(cat *catalog, c Campaign, groups []reachGroup) {
	q, start := cat.quiet, time.UnixMilli(out.StartsAt)
	f := &forecast{quiet: q, pace: c.Pace, rates: map[db.ID]float64{}, lots: lotsOf(cat, q, groups)}
	people := map[db.ID]int64{}
	for _, g := range groups {
		if _, known := cat.byID[g.Inbox]; known {
			people[g.Inbox] += g.N
		}
	}
	for _, l := range f.lots {
		f.turn(l, start)
		if !l.opens.After(start) {
			continue
		}
		out.Resting += int64(l.left)
		if at := l.opens.UnixMilli(); out.QuietUntil == 0 || at < out.QuietUntil {
			out.QuietUntil = at
		}
	}
	for id := range people {
		f.rates[id] = cat.senders[cat.byID[id]].SendRate
	}
	ends, whole := f.run(start)
	for id, n := range people {
		s := cat.senders[cat.byID[id]]
		one := DryRunOf{Inbox: id, Label: s.Label, People: n, PerSecond: s.SendRate}
		if whole {
			one.FinishAt = ends[id].UnixMilli()
			out.FinishAt = max(out.FinishAt, one.FinishAt)
		}
		out.Senders = append(out.Senders, one)
	}
	slices.SortFunc(out.Senders, func(a, b DryRunOf) int { return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Label, b.Label)) })
}

// lotsOf joins groups that are quiet together, whatever they are told.
func lotsOf(cat *catalog, q Quiet, groups []reachGroup) []*lot {
	type key struct {
		inbox db.ID
		zones string
		awake bool
	}
	lots, order := map[key]*lot{}, []*lot{}
	for _, g := range groups {
		i, known := cat.byID[g.Inbox]
		w := cat.byTplID[g.Template]
		if !known || w == nil {
			continue
		}
		k := key{g.Inbox, g.Zones, !q.On || q.Exempt && useful(w.Category)}
		if lots[k] == nil {
			lots[k] = &lot{inbox: g.Inbox, awake: k.awake, places: placesOf(g.Zones, cat.senders[i].TimeZone)}
			order = append(order, lots[k])
		}
		lots[k].left += float64(g.N)
	}
	return order
}
