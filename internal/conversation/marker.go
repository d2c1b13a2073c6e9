package conversation

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/db"
)

// Marker is what stands in the thread where a ticket changed: the code names the words (the fact's kind), Params hold
// their values: number, by, user, queue_id, campaign, result, note. Ids are decimal strings.
type Marker struct {
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
}

// markIn writes markers. They move no list and no preview.
func markIn(ctx context.Context, tx *db.Tx, marks []mark) ([]PostedItem, error) {
	rows, items := make([][]any, len(marks)), make([]PostedItem, len(marks))
	for i, m := range marks {
		content, err := json.Marshal(m.Marker)
		if err != nil {
			return nil, fmt.Errorf("marker: %w", err)
		}
		id := tx.NewID()
		rows[i] = []any{int64(m.ticket.Workspace), int64(id), int64(m.ticket.Conversation), int64(m.ticket.Inbox), int64(m.ticket.Contact), orNull(m.ticket.ID),
			int64(Marked), KindMarker, clean(string(content)), m.by.Kind, orNull(m.by.ID), int64(Received), tx.Now()}
		items[i] = PostedItem{Message: id, Conversation: m.ticket.Conversation, Author: m.by.Kind}
	}
	_, err := tx.Insert(ctx, `messages (workspace_id, id, conversation_id, inbox_id, contact_id, ticket_id, direction, kind, content_json, author, author_id,
		status, created_at)`, "", rows)
	if err != nil {
		return nil, fmt.Errorf("markers: %w", err)
	}
	return items, nil
}

// mark is a marker on its way in.
type mark struct {
	Marker
	ticket Ticket
	by     Author
}
