package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

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
	Conversation db.ID  `db:"conversation_id"`
	Ticket       db.ID  `db:"ticket_id"`
	State        string `db:"state_json"`
}

// standing is where the open ticket of a conversation stands in a turn.
type standing struct {
	row  conversation.Row
	kept kept
	told bool // it moved: it is stored when the turn ends
}

// stand reads where the conversations a bot holds stand; nowhere are those the bot did not act on yet.
func (t *turn) stand(ctx context.Context) error {
	rows, err := db.All[stateRow](ctx, t.tx, "select conversation_id, ticket_id, state_json from bot_states where conversation_id in ({ids:$1})",
		db.IDs(slices.Collect(maps.Keys(t.rows))))
	if err != nil {
		return fmt.Errorf("where bots stand: %w", err)
	}
	t.stands = map[db.ID]*standing{}
	for id, row := range t.rows {
		t.stands[id] = &standing{row: row}
	}
	for _, stored := range rows {
		s := t.stands[stored.Conversation]
		if s.row.Ticket != stored.Ticket {
			continue
		}
		if err := json.Unmarshal([]byte(stored.State), &s.kept); err != nil {
			return fmt.Errorf("where bot stands in conversation %d: %w", stored.Conversation, err)
		}
	}
	return nil
}

// keep notes where a conversation stands now.
func (t *turn) keep(row conversation.Row, k kept) {
	t.stands[row.ID] = &standing{row: row, kept: k, told: true}
}

const keepState = "on conflict (conversation_id) do update set ticket_id = excluded.ticket_id, state_json = excluded.state_json, due_at = excluded.due_at"

// end writes what the turn said and where its conversations stand.
func (t *turn) end(ctx context.Context) error {
	if err := t.speak(ctx); err != nil {
		return err
	}
	var rows [][]any
	for _, s := range t.stands {
		if !s.told {
			continue
		}
		row, err := s.stored(t.workspace)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if _, err := t.tx.Insert(ctx, "bot_states (workspace_id, conversation_id, ticket_id, state_json, due_at)", keepState, rows); err != nil {
		return fmt.Errorf("keep where bots stand: %w", err)
	}
	return nil
}

func (s *standing) stored(workspace db.ID) ([]any, error) {
	k := s.kept
	k.Done = k.Done[max(0, len(k.Done)-doneAtMost):]
	var due any
	if k.Flow != nil && k.Flow.Until > 0 {
		due = k.Flow.Until
	}
	text, err := json.Marshal(k)
	if err != nil {
		return nil, fmt.Errorf("keep where bot stands: %w", err)
	}
	return []any{int64(workspace), int64(s.row.ID), int64(s.row.Ticket), string(text), due}, nil
}
