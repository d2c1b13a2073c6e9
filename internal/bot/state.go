package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
)

// kept is where a conversation stands, as it is stored.
type kept struct {
	State
	Done   []db.ID     `json:"done"`             // what was acted on last: a fact may be told twice
	Flow   *flow.State `json:"flow,omitempty"`   // nil: the menus are shown
	Routed bool        `json:"routed,omitempty"` // a reply route named the flow
	Call   *flow.Call  `json:"call,omitempty"`   // what is being asked outside
	Lines  int         `json:"lines,omitempty"`  // written to the log of the ticket
}

// doneAtMost bounds kept.Done: facts are told again only shortly after the first time.
const doneAtMost = 20

type stateRow struct {
	Ticket db.ID  `db:"ticket_id"`
	State  string `db:"state_json"`
}

// stateOf gives where an open ticket stands; nowhere for one the bot did not act on yet.
func (t *turn) stateOf(ctx context.Context, row conversation.Row) (kept, error) {
	rows, err := db.All[stateRow](ctx, t.tx, "select ticket_id, state_json from bot_states where conversation_id = $1", row.ID)
	if err != nil {
		return kept{}, fmt.Errorf("where bot stands: %w", err)
	}
	if len(rows) == 0 || rows[0].Ticket != row.Ticket {
		return kept{}, nil
	}
	var k kept
	if err := json.Unmarshal([]byte(rows[0].State), &k); err != nil {
		return kept{}, fmt.Errorf("where bot stands in conversation %d: %w", row.ID, err)
	}
	return k, nil
}

const keepState = `insert into bot_states (workspace_id, conversation_id, ticket_id, state_json, due_at) values ($1, $2, $3, $4, $5)
	on conflict (conversation_id) do update set ticket_id = excluded.ticket_id, state_json = excluded.state_json, due_at = excluded.due_at`

func (t *turn) keep(ctx context.Context, row conversation.Row, k kept) error {
	k.Done = k.Done[max(0, len(k.Done)-doneAtMost):]
	var due any
	if k.Flow != nil && k.Flow.Until > 0 {
		due = k.Flow.Until
	}
	text, err := json.Marshal(k)
	if err == nil {
		_, err = t.tx.Exec(ctx, keepState, t.workspace, row.ID, row.Ticket, string(text), due)
	}
	if err != nil {
		return fmt.Errorf("keep where bot stands: %w", err)
	}
	return nil
}
