package bot

import (
	"context"
	"fmt"
	"log/slog"

	"recado/internal/db"
	"recado/internal/flow"
)

const (
	dueAtOnce = 100
	dueAgain  = 60_000 // milliseconds
)

// GoOn takes up the flows whose waiting is over: a pause has passed, nobody answered in time, or the outside did not. It gives how
// many it looked at. It does not matter which node asks, nor whether one was down in between; what fails is tried again a minute
// later and holds up no other.
func (r *Room) GoOn(ctx context.Context) (n int, err error) {
	due, err := db.All[struct {
		Workspace    db.ID `db:"workspace_id"`
		Conversation db.ID `db:"conversation_id"`
	}](ctx, r.d, "select workspace_id, conversation_id from bot_states where due_at <= $1 order by due_at limit $2", r.d.Now(), dueAtOnce)
	if err != nil {
		return 0, fmt.Errorf("flows that are due: %w", err)
	}
	for _, one := range due {
		err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return r.resume(ctx, tx, one.Workspace, one.Conversation, func(s flow.State) (flow.Input, bool) {
				return flow.Input{Kind: flow.Due, Serial: s.Serial}, s.Until > 0 && s.Until <= tx.Now()
			})
		})
		if err == nil {
			continue
		}
		slog.Warn("a flow could not go on and will be tried again", "conversation", one.Conversation, "error", err)
		if err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "update bot_states set due_at = $1 where conversation_id = $2 and workspace_id = $3", tx.Now()+dueAgain, one.Conversation, one.Workspace)
			return err
		}); err != nil {
			return len(due), fmt.Errorf("put off a flow: %w", err)
		}
	}
	return len(due), nil
}

// resume lets the flow of a conversation act on what is no fact: the input that is made of where it stands. One whose ticket is
// with people by now, or closed, is forgotten.
func (r *Room) resume(ctx context.Context, tx *db.Tx, workspace, id db.ID, input func(flow.State) (flow.Input, bool)) error {
	t, err := r.turnOf(ctx, tx, workspace, []db.ID{id})
	if err != nil {
		return err
	}
	row, held := t.rows[id]
	var k kept
	if held {
		k = t.stands[id].kept
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
	if err := t.stepFlow(ctx, row, k, in, fmt.Sprintf("%s-%d", row.Ticket, in.Serial)); err != nil {
		return err
	}
	return t.end(ctx)
}
