package bot

import (
	"context"
	"fmt"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
)

const dueAtOnce = 100

// GoOn takes up the flows whose waiting is over: a pause has passed, nobody answered in time, or the outside did not. It gives how
// many it looked at. It does not matter which node asks, nor whether one was down in between.
func (r *Room) GoOn(ctx context.Context) (n int, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		due, err := db.All[struct {
			Workspace    db.ID `db:"workspace_id"`
			Conversation db.ID `db:"conversation_id"`
		}](ctx, tx, "select workspace_id, conversation_id from bot_states where due_at <= $1 order by due_at limit $2 {claim}", tx.Now(), dueAtOnce)
		if err != nil {
			return fmt.Errorf("flows that are due: %w", err)
		}
		n = len(due)
		for _, one := range due {
			if err := r.resume(ctx, tx, one.Workspace, one.Conversation, func(s flow.State) (flow.Input, bool) {
				return flow.Input{Kind: flow.Due, Serial: s.Serial}, true
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// resume lets the flow of a conversation act on what is no fact: the input that is made of where it stands. One whose ticket is
// with people by now, or closed, is forgotten.
func (r *Room) resume(ctx context.Context, tx *db.Tx, workspace, id db.ID, input func(flow.State) (flow.Input, bool)) error {
	t, err := r.turnOf(ctx, tx, workspace, []db.ID{id})
	if err != nil {
		return err
	}
	row, held := t.rows[id]
	if held {
		held, err = r.conversations.HoldIn(ctx, tx, workspace, id, conversation.HolderBot, row.Ticket)
	}
	if err != nil {
		return err
	}
	var k kept
	if held {
		if k, err = t.stateOf(ctx, row); err != nil {
			return err
		}
	}
	if !held || k.Flow == nil {
		_, err := tx.Exec(ctx, "update bot_states set due_at = null where conversation_id = $1 and workspace_id = $2", id, workspace)
		return err
	}
	in, ok := input(*k.Flow)
	if !ok {
		return nil
	}
	if !k.Routed && !t.bots[row.Inbox].Settings.Enabled { // it was switched off meanwhile
		return t.handOver(ctx, row, 0, 0)
	}
	return t.stepFlow(ctx, row, k, in, fmt.Sprintf("%s-%d", row.Ticket, in.Serial))
}
