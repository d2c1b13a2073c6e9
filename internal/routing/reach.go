package routing

import (
	"context"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
)

// ReachOf tells whose conversations an actor may see (X02): all with the ability see_all or for our own parts, else
// those of the numbers the user is agent, owner or manager of, of the queues the user is in, and the user's own.
func (r *Room) ReachOf(ctx context.Context, actor account.Actor) (conversation.Reach, error) {
	if actor.Has(account.SeeAll) == nil {
		return conversation.Reach{Workspace: actor.Workspace, All: true, User: actor.User}, nil
	}
	reach := conversation.Reach{Workspace: actor.Workspace, User: actor.User}
	if actor.User == 0 {
		return reach, nil
	}
	var err error
	reach.Inboxes, err = db.All[db.ID](ctx, r.d, `select inbox_id from inbox_members where workspace_id = $1 and user_id = $2
		union select id from inboxes where workspace_id = $1 and owner_user_id = $2`, actor.Workspace, actor.User)
	if err != nil {
		return reach, err
	}
	reach.Queues, err = db.All[db.ID](ctx, r.d, "select queue_id from queue_members where workspace_id = $1 and user_id = $2", actor.Workspace, actor.User)
	return reach, err
}
