package campaign

import (
	"context"
	"fmt"
	"time"

	"recado/internal/db"
)

// group are the recipients who wait for one number and template and live in the same zones: they are quiet together.
type group struct {
	Inbox    db.ID   `db:"inbox_id"`
	Zones    string  `db:"zones"`
	Template db.ID   `db:"template_id"`
	Category string  `db:"category"`
	Other    string  `db:"time_zone"` // of the number
	Rate     float64 `db:"send_rate"`
	N        int64   `db:"n"`
	places   []*time.Location
	empty    bool
}

// The index recipients_zones has all of the inner query, in its order.
const waitingGroups = `select g.inbox_id, g.zones, g.template_id, g.n, coalesce(t.category, '') as category, coalesce(i.time_zone, '') as time_zone,
	coalesce(i.send_rate, 0) as send_rate from (select inbox_id, zones, template_id, count(*) as n from recipients where campaign_id = $1 and state = 0
	group by inbox_id, zones, template_id) g left join templates t on t.id = g.template_id left join inboxes i on i.id = g.inbox_id
	order by g.inbox_id, g.zones, g.template_id`

func groupsOf(ctx context.Context, q db.Querier, campaign db.ID) ([]*group, error) {
	found, err := db.All[group](ctx, q, waitingGroups, campaign)
	if err != nil {
		return nil, fmt.Errorf("zones of campaign %d: %w", campaign, err)
	}
	groups := make([]*group, len(found))
	for i := range found {
		groups[i] = &found[i]
		groups[i].places = placesOf(found[i].Zones, found[i].Other)
	}
	return groups, nil
}

const (
	leadLeast = time.Minute
	leadMost  = time.Hour
)

// useful tells whether a category is exempt from quiet hours where the setting says so.
func useful(category string) bool { return category == "UTILITY" || category == "AUTHENTICATION" }

// opens is when the group may be written to, now at the earliest. What is handed over still waits in the outbox for its turn, so
// nobody is whose quiet hours begin before a full outbox is empty.
func (g *group) opens(q Quiet, now time.Time) time.Time {
	if q.Exempt && useful(g.Category) {
		return now
	}
	if at := q.Opens(g.places, now); at.After(now) {
		return at
	}
	lead := leadLeast
	if g.Rate > 0 {
		lead = min(leadMost, max(lead, time.Duration(queuedMax/g.Rate)*time.Second))
	}
	later := now.Add(lead)
	if at := q.Opens(g.places, later); at.After(later) {
		return at
	}
	return now
}

// awake are the groups that may be written to now; next is when another may, 0 when none waits for its hours.
func awake(groups []*group, q Quiet, now time.Time) (open []*group, next int64) {
	for _, g := range groups {
		if g.empty {
			continue
		}
		switch at := g.opens(q, now); {
		case !at.After(now):
			open = append(open, g)
		case next == 0 || at.UnixMilli() < next:
			next = at.UnixMilli()
		}
	}
	return open, next
}

const waitingOfGroup = `select id, inbox_id, address, name, template_id, variables_json, extras_json, target, target_id from recipients
	where campaign_id = $1 and inbox_id = $2 and zones = $3 and template_id = $4 and state = 0 order by id limit $5`

// takeAwakeIn reads up to size recipients who may be written to now, taking turns among their groups. until is set when all who
// wait are in quiet hours: the earliest end of them.
func (p *dispatching) takeAwakeIn(ctx context.Context, tx *db.Tx, size int, q Quiet) (batch []recipient, until int64, err error) {
	if p.groups == nil {
		if p.groups, err = groupsOf(ctx, tx, p.due.ID); err != nil {
			return nil, 0, err
		}
	}
	full, err := p.queuedIn(ctx, tx)
	if err != nil {
		return nil, 0, err
	}
	open, next := awake(p.groups, q, time.UnixMilli(tx.Now()))
	share := max(1, size/max(1, len(open)))
	found := false // somebody who may be written to, even if the outbox has no room
	for i := range open {
		g := open[(i+p.turn)%len(open)]
		limit := min(p.queuedMost()-full[g.Inbox], share, size-len(batch))
		if limit <= 0 {
			found = true
			continue
		}
		some, err := db.All[recipient](ctx, tx, waitingOfGroup, p.due.ID, g.Inbox, g.Zones, g.Template, limit)
		if err != nil {
			return nil, 0, fmt.Errorf("waiting recipients: %w", err)
		}
		g.empty = len(some) == 0
		found = found || !g.empty
		full[g.Inbox] += len(some)
		batch = append(batch, some...)
	}
	p.turn++
	if found {
		next = 0
	}
	return batch, next, nil
}

// resting tells of recipients who wait for the end of their quiet hours: how many, and when the first may be written to.
func resting(groups []*group, q Quiet, now time.Time) (n, until int64) {
	for _, g := range groups {
		if at := g.opens(q, now); at.After(now) {
			n += g.N
			if until == 0 || at.UnixMilli() < until {
				until = at.UnixMilli()
			}
		}
	}
	return n, until
}
