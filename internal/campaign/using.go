package campaign

import (
	"context"
	"fmt"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

// Use is a campaign whose replies go to a flow, or will.
type Use struct {
	Campaign db.ID  `db:"id"`
	Name     string `db:"name"`
	Route    string `db:"route_json"`
	Block    string `db:"-"` // where they begin in it; ToPeople, or "" for its beginning
}

// Those that may still be sent, and those whose last messages may still be answered (A27).
const usesOfFlow = `select id, name, route_json from campaigns where workspace_id = $1 and route_json like $2
	and (finished_at is null or finished_at > $3) order by id desc limit $4`

// usesShown bounds Using.
const usesShown = 200

// Using gives the campaigns whose replies go to a flow, the newest first, as far as that still matters: they are not over, or their
// reply routes may live.
func (r *Room) Using(ctx context.Context, workspace, flow db.ID) ([]Use, error) {
	all, err := db.All[Use](ctx, r.d, usesOfFlow, workspace, `%"target":"bot",%"`+flow.String()+`"%`, r.d.Now()-conversation.RouteLife, usesShown)
	if err != nil {
		return nil, fmt.Errorf("campaigns of flow %d: %w", flow, err)
	}
	uses := make([]Use, 0, len(all))
	for _, use := range all {
		var route Route
		if err := decode(use.Route, &route); err != nil {
			return nil, fmt.Errorf("route of campaign %d: %w", use.Campaign, err)
		}
		switch flow {
		case route.TargetChild:
			use.Block = route.TargetBlock
		case route.TargetID:
			if route.TargetChild == 0 {
				use.Block = route.TargetBlock
			}
		default:
			continue
		}
		uses = append(uses, use)
	}
	return uses, nil
}

// canWriteFirst refuses active messages while no number is properly connected to WhatsApp (A07).
func (r *Room) canWriteFirst(ctx context.Context, workspace db.ID) error {
	proper, err := r.Inboxes.Proper(ctx, workspace)
	if err == nil && len(proper) == 0 {
		err = fault.New(fault.Conflict, "campaign.no_number", "No number of this workspace is connected to WhatsApp. Connect one before sending active messages.")
	}
	return err
}
