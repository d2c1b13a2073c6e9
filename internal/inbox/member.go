package inbox

import (
	"context"
	"fmt"

	"recado/internal/db"
	"recado/internal/fault"
)

// Part is what a user is to an inbox besides its owner.
type Part string

// The parts.
const (
	Agent   Part = "agent"   // answers there
	Manager Part = "manager" // sees and steers it
)

// Member is a user linked to an inbox.
type Member struct {
	User db.ID `db:"user_id"`
	Part Part  `db:"part"`
}

// Members gives the agents and managers of an inbox; its owner is Inbox.Owner.
func (r *Room) Members(ctx context.Context, workspace, id db.ID) ([]Member, error) {
	all, err := db.All[Member](ctx, r.d, "select user_id, part from inbox_members where inbox_id = $1 and workspace_id = $2 order by user_id, part", id, workspace)
	if err != nil {
		return nil, fmt.Errorf("members of inbox %d: %w", id, err)
	}
	return all, nil
}

// AddMember links a user to an inbox; linking twice is the same as once.
func (r *Room) AddMember(ctx context.Context, workspace, id, user db.ID, part Part) error {
	if part != Agent && part != Manager {
		return fault.New(fault.Invalid, "inbox.part", "A member of an inbox is an agent or a manager.").On("part")
	}
	return r.linkIn(ctx, workspace, id, `insert into inbox_members (workspace_id, inbox_id, user_id, part) values ($1, $2, $3, $4)
		on conflict (inbox_id, user_id, part) do nothing`, user, part)
}

// RemoveMember takes the link away; it is no failure when there was none.
func (r *Room) RemoveMember(ctx context.Context, workspace, id, user db.ID, part Part) error {
	return r.linkIn(ctx, workspace, id, "delete from inbox_members where workspace_id = $1 and inbox_id = $2 and user_id = $3 and part = $4", user, part)
}

func (r *Room) linkIn(ctx context.Context, workspace, id db.ID, text string, user db.ID, part Part) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := r.GetIn(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		box, ok := found[id]
		if !ok {
			return notFound(id)
		}
		n, err := tx.Exec(ctx, text, workspace, id, user, string(part))
		if err != nil {
			return fmt.Errorf("members of inbox %d: %w", id, err)
		}
		if n == 0 {
			return nil
		}
		return r.tell(ctx, tx, workspace, ChangedFact{Inbox: id, Status: box.Status, Quality: box.Quality})
	})
}

const reachedByUser = `select id from inboxes where workspace_id = $1 and owner_user_id = $2
	union select inbox_id from inbox_members where workspace_id = $1 and user_id = $2`

// OfUser gives the inboxes a user has access to: as owner, agent or manager.
func (r *Room) OfUser(ctx context.Context, workspace, user db.ID) ([]db.ID, error) {
	ids, err := db.All[db.ID](ctx, r.d, reachedByUser, workspace, user)
	if err != nil {
		return nil, fmt.Errorf("inboxes of user %d: %w", user, err)
	}
	return ids, nil
}

// HasAccess tells whether a user owns, manages or answers in an inbox.
func (r *Room) HasAccess(ctx context.Context, workspace, id, user db.ID) (bool, error) {
	n, err := db.One[int64](ctx, r.d, "select count(*) from ("+reachedByUser+") as reached where id = $3", workspace, user, id)
	if err != nil {
		return false, fmt.Errorf("access of user %d to inbox %d: %w", user, id, err)
	}
	return n > 0, nil
}
