package bot

import (
	"context"
	"fmt"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
)

// placeIn gives the child of a router a person is in since an earlier ticket; 0 for none.
func (t *turn) placeIn(ctx context.Context, conversation, router db.ID) (db.ID, error) {
	found, err := db.All[db.ID](ctx, t.tx, "select child_id from bot_places where conversation_id = $1 and workspace_id = $2 and router_id = $3 and until_at > $4",
		conversation, t.workspace, router, t.tx.Now())
	if err != nil {
		return 0, fmt.Errorf("where a person is: %w", err)
	}
	if len(found) == 0 {
		return 0, nil
	}
	return found[0], nil
}

const keepPlace = `insert into bot_places (workspace_id, conversation_id, router_id, child_id, until_at) values ($1, $2, $3, $4, $5)
	on conflict (conversation_id) do update set router_id = excluded.router_id, child_id = excluded.child_id, until_at = excluded.until_at`

// keepPlace remembers the child a person is in, and forgets the one they were in.
func (t *turn) keepPlace(ctx context.Context, row conversation.Row, was bool, stays *flow.Stay) (err error) {
	switch {
	case stays != nil:
		_, err = t.tx.Exec(ctx, keepPlace, t.workspace, row.ID, stays.Router, stays.Child, stays.Until)
	case was:
		_, err = t.tx.Exec(ctx, "delete from bot_places where conversation_id = $1", row.ID)
	}
	if err != nil {
		return fmt.Errorf("keep where a person is: %w", err)
	}
	return nil
}
