package routing

import (
	"context"
	"time"

	"recado/internal/db"
)

// PresenceStale is how long an open desk may be silent before it counts as gone: its node may have died with it.
const PresenceStale = 90 * time.Second

// DeskOpened notes that a user has a desk open on this node and gives the connection's id. The first one makes the
// user reachable, so the queues look for tickets again.
func (r *Room) DeskOpened(ctx context.Context, workspace, user db.ID) (db.ID, error) {
	var id db.ID
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id = tx.NewID()
		_, err := tx.Exec(ctx, "insert into connections (workspace_id, user_id, id, node, seen_at) values ($1, $2, $3, $4, $5)",
			workspace, user, id, r.d.Node(), tx.Now())
		if err != nil {
			return err
		}
		return r.tellAvailability(ctx, tx, workspace, user)
	})
	return id, err
}

// DeskClosed notes that a desk is gone.
func (r *Room) DeskClosed(ctx context.Context, workspace, user, connection db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "delete from connections where id = $1", connection); err != nil {
			return err
		}
		return r.tellAvailability(ctx, tx, workspace, user)
	})
}

// DesksAlive keeps this node's open desks from going stale; desk calls it every 30 s.
func (r *Room) DesksAlive(ctx context.Context) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update connections set seen_at = $1 where node = $2", tx.Now(), r.d.Node())
		return err
	})
}

// ForgetDesks removes the desks of nodes that fell silent and, when this node has just started, those it left behind.
func (r *Room) ForgetDesks(ctx context.Context, started bool) error {
	own := int64(-1)
	if started {
		own = r.d.Node()
	}
	type desk struct {
		Workspace db.ID `db:"workspace_id"`
		User      db.ID `db:"user_id"`
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		gone, err := db.All[desk](ctx, tx, "delete from connections where node = $1 or seen_at < $2 returning workspace_id, user_id",
			own, tx.Now()-PresenceStale.Milliseconds())
		if err != nil {
			return err
		}
		for _, g := range gone {
			if err := r.tellAvailability(ctx, tx, g.Workspace, g.User); err != nil {
				return err
			}
		}
		return nil
	})
}
