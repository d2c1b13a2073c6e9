package conversation

import (
	"context"
	"fmt"

	"recado/internal/db"
)

// Detail is a conversation with what the panel beside the thread shows.
type Detail struct {
	Row
	Origin    *Origin // why the open ticket is here; nil without one
	RouteNow  *Route  // where a reply would go when no ticket is open; nil: to the first responder
	Tickets   []Ticket
	Campaigns []Route // active messages with their routes, the newest first
}

// recent bounds how many tickets and campaigns a detail lists.
const recent = 10

const campaignRoutes = `select r.workspace_id, r.message_id, r.conversation_id, r.campaign_id, r.campaign_name, r.target, r.target_id, r.target_child_id, r.target_block, r.button, r.other_target,
	r.other_target_id, r.fallback_queue_id, r.fallback_minutes, r.accepted_at, r.expires_at, r.replaced_by, m.status
	from reply_routes r join messages m on m.id = r.message_id where r.conversation_id = $1 and r.campaign_id is not null
	order by r.accepted_at desc, r.message_id desc limit $2`

// GetDetail gives one conversation within reach. It fails with NotFound.
func (r *Room) GetDetail(ctx context.Context, reach Reach, id db.ID) (Detail, error) {
	row, err := r.Get(ctx, reach, id)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Row: row}
	if d.Tickets, err = r.Tickets(ctx, reach.Workspace, id, recent); err != nil {
		return Detail{}, err
	}
	for i := range d.Tickets {
		if d.Tickets[i].ID == row.Ticket && d.Tickets[i].Origin.Route != nil {
			d.Origin = &d.Tickets[i].Origin
		}
	}
	route, live, err := r.RouteNow(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	if live {
		d.RouteNow = &route
	}
	if d.Campaigns, err = db.All[Route](ctx, r.d, campaignRoutes, id, recent); err != nil {
		return Detail{}, fmt.Errorf("campaigns of conversation %d: %w", id, err)
	}
	return d, nil
}
