package campaign

import (
	"cmp"
	"context"
	"maps"
	"math"
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
	Limits     []DryRunLimit `json:"limits"`  // accounts whose limit of people keeps some of it waiting
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
	Others    int64   `json:"others"`     // messages that other campaigns have still to send from it
}

// DryRunLimit is the limit of the account of some numbers, and on which days people are written to because of it.
type DryRunLimit struct {
	Labels []string    `json:"labels"` // of the numbers
	People int64       `json:"people"` // whom the account may write to first within 24 hours
	Used   int64       `json:"used"`   // of them in the last 24 hours
	Days   []DryRunDay `json:"days"`
}

// DryRunDay is a day of 24 hours from the start.
type DryRunDay struct {
	Day    int64 `json:"day"`  // 1 is the first
	From   int64 `json:"from"` // when the first person of the day is written to
	People int64 `json:"people"`
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
	out := DryRun{People: c.Check.Ready, StartsAt: max(c.ScheduledAt, r.d.Now()), Senders: []DryRunOf{}, Limits: []DryRunLimit{}, Targets: found.Targets}
	if out.Targets == nil {
		out.Targets = []ReachTarget{}
	}
	if err := r.times(ctx, &out, actor.Workspace, cat, c, found.Groups); err != nil {
		return DryRun{}, err
	}
	out.Cost, err = r.costAsItStands(ctx, actor.Workspace, cat, found.Groups)
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

// times tells when the last message of each number leaves, who rests when it starts and who waits for the limit of an account.
func (r *Room) times(ctx context.Context, out *DryRun, workspace db.ID, cat *catalog, c Campaign, groups []reachGroup) error {
	start := time.UnixMilli(out.StartsAt)
	f := &forecast{quiet: cat.quiet, pace: c.Pace, rates: map[db.ID]float64{}, lots: lotsOf(cat, 0, start, groups), start: start}
	out.rests(f)
	people, others := map[db.ID]float64{}, map[db.ID]float64{}
	for _, l := range f.lots {
		people[l.inbox] += l.left
	}
	numbers := slices.Collect(maps.Keys(people))
	booked, paces, err := r.booked(ctx, workspace, c.ID, cat, numbers)
	if err != nil {
		return err
	}
	for _, l := range booked {
		others[l.inbox] += l.left
	}
	if f.accounts, err = r.allowances(ctx, cat); err != nil {
		return err
	}
	used := map[*allowance]float64{}
	for _, a := range f.accounts {
		used[a] = a.sum
	}
	f.lots, f.paces = append(f.lots, booked...), paces
	for id, i := range cat.byID {
		f.rates[id] = cat.senders[i].SendRate
	}
	ends, whole := f.run(time.UnixMilli(r.d.Now()))
	for id, n := range people {
		s := cat.senders[cat.byID[id]]
		one := DryRunOf{Inbox: id, Label: s.Label, People: int64(n), PerSecond: s.SendRate, Others: int64(others[id])}
		if whole {
			one.FinishAt = ends[id].UnixMilli()
			out.FinishAt = max(out.FinishAt, one.FinishAt)
		}
		out.Senders = append(out.Senders, one)
	}
	slices.SortFunc(out.Senders, func(a, b DryRunOf) int { return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Label, b.Label)) })
	out.limited(f, used)
	return nil
}

// rests tells who is in quiet hours when it starts.
func (out *DryRun) rests(f *forecast) {
	for _, l := range f.lots {
		f.turn(l, f.start)
		if !l.opens.After(f.start) {
			continue
		}
		out.Resting += int64(l.left)
		if at := l.opens.UnixMilli(); out.QuietUntil == 0 || at < out.QuietUntil {
			out.QuietUntil = at
		}
	}
}

// limited tells of the accounts that were full.
func (out *DryRun) limited(f *forecast, used map[*allowance]float64) {
	labels := map[*allowance][]string{}
	for _, s := range out.Senders {
		if a := f.accounts[s.Inbox]; a != nil && a.full {
			labels[a] = append(labels[a], s.Label)
		}
	}
	for a, names := range labels {
		one := DryRunLimit{Labels: names, People: int64(a.limit), Used: int64(used[a]), Days: []DryRunDay{}}
		sum, told := 0.0, int64(0)
		for _, d := range a.days {
			sum += d.n
			if n := int64(math.Round(sum)) - told; n > 0 {
				one.Days = append(one.Days, DryRunDay{Day: int64(d.day) + 1, From: d.from.UnixMilli(), People: n})
				told += n
			}
		}
		out.Limits = append(out.Limits, one)
	}
	slices.SortFunc(out.Limits, func(a, b DryRunLimit) int { return slices.Compare(a.Labels, b.Labels) })
}

// lotsOf joins groups that a campaign writes to from a moment on and that are quiet together, whatever they are told.
func lotsOf(cat *catalog, campaign db.ID, from time.Time, groups []reachGroup) []*lot {
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
		k := key{g.Inbox, g.Zones, !cat.quiet.On || cat.quiet.Exempt && useful(w.Category)}
		if lots[k] == nil {
			lots[k] = &lot{campaign: campaign, inbox: g.Inbox, awake: k.awake, places: placesOf(g.Zones, cat.senders[i].TimeZone), from: from}
			order = append(order, lots[k])
		}
		lots[k].left += float64(g.N)
	}
	return order
}
