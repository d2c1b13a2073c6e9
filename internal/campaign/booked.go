package campaign

import (
	"context"
	"fmt"
	"time"

	"recado/internal/db"
)

// booking is another campaign that has something to send.
type booking struct {
	ID        db.ID  `db:"id"`
	State     State  `db:"state"`
	StartedAt int64  `db:"started_at"`
	At        int64  `db:"scheduled_at"`
	PaceText  string `db:"pace_json"`
	ReachText string `db:"reach_json"`
}

const (
	bookedCampaigns = `select id, state, coalesce(started_at, 0) as started_at, coalesce(scheduled_at, 0) as scheduled_at, pace_json, reach_json from campaigns
		where workspace_id = $1 and state in ('sending', 'scheduled') and id <> $2 order by id`
	bookedMessages = "select campaign_id, inbox_id, count(*) as n from messages where inbox_id in ({ids:$1}) and lane = 3 and status = 10 and campaign_id is not null group by campaign_id, inbox_id"
)

// booked are the lots of the workspace's other campaigns that are sending or scheduled, and how many messages a second the pace of
// each lets go. Who is paused is not counted: nobody knows when it goes on.
func (r *Room) booked(ctx context.Context, workspace, but db.ID, cat *catalog, numbers []db.ID) (lots []*lot, paces map[db.ID]float64, err error) {
	others, err := db.All[booking](ctx, r.d, bookedCampaigns, workspace, but)
	if err != nil {
		return nil, nil, fmt.Errorf("other campaigns: %w", err)
	}
	paces = map[db.ID]float64{}
	for _, other := range others {
		groups, err := r.bookedGroups(ctx, other)
		if err != nil {
			return nil, nil, fmt.Errorf("what campaign %d still sends: %w", other.ID, err)
		}
		var pace Pace
		if err := decode(other.PaceText, &pace); err != nil {
			return nil, nil, fmt.Errorf("pace of campaign %d: %w", other.ID, err)
		}
		if pace.PerSlice > 0 {
			paces[other.ID] = float64(pace.PerSlice) / (time.Duration(pace.EveryMinutes) * time.Minute).Seconds()
		}
		from := time.Time{}
		if other.State == Scheduled {
			from = time.UnixMilli(other.At)
		}
		lots = append(lots, lotsOf(cat, other.ID, from, groups)...)
	}
	queued, err := r.bookedMessages(ctx, but, numbers)
	return append(lots, queued...), paces, err
}

// bookedGroups are the people whom a campaign has still to write to.
func (r *Room) bookedGroups(ctx context.Context, other booking) ([]reachGroup, error) {
	if other.StartedAt == 0 {
		var found counted
		if other.ReachText == "" {
			return nil, nil
		}
		err := decode(other.ReachText, &found)
		return found.Groups, err
	}
	waiting, err := groupsOf(ctx, r.d, other.ID)
	groups := make([]reachGroup, len(waiting))
	for i, g := range waiting {
		groups[i] = reachGroup{Inbox: g.Inbox, Template: g.Template, Zones: g.Zones, N: g.N}
	}
	return groups, err
}

// bookedMessages are those handed over already: they leave whatever the hour, and their people are counted by the limits.
func (r *Room) bookedMessages(ctx context.Context, but db.ID, numbers []db.ID) ([]*lot, error) {
	rows, err := db.All[struct {
		Campaign db.ID   `db:"campaign_id"`
		Inbox    db.ID   `db:"inbox_id"`
		N        float64 `db:"n"`
	}](ctx, r.d, bookedMessages, db.IDs(numbers))
	if err != nil {
		return nil, fmt.Errorf("messages that wait to leave: %w", err)
	}
	var lots []*lot
	for _, one := range rows {
		if one.Campaign != but {
			lots = append(lots, &lot{campaign: one.Campaign, inbox: one.Inbox, awake: true, left: one.N, counted: true})
		}
	}
	return lots, nil
}
