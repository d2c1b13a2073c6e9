package conversation

import (
	"context"
	"fmt"

	"recado/internal/db"
	"recado/internal/fault"
)

// Found is a message with its conversation.
type Found struct {
	Message      Message
	Conversation Row
}

// FoundPage is a part of what a search finds, the newest first. Next asks for what is older and is empty at the end; a part may
// hold less than it could, even nothing, and still have a Next: the search stopped where it had looked at enough.
type FoundPage struct {
	Items []Found
	Next  string
}

// Bounds of one part of a search: common words of conversations out of reach must not keep it looking.
const (
	searchStep = 400
	searchMost = 4_000 // messages with the words that are looked at
)

const within = "(c.assignee_id = $3 or c.inbox_id in ({ids:$4}) or c.state = 1 and c.queue_id in ({ids:$5}))"

const (
	foundAll    = "select m.id, m.conversation_id from messages m where m.id in ({ids:$1}) and m.workspace_id = $2"
	foundWithin = `select m.id, m.conversation_id from messages m join conversations c on c.id = m.conversation_id
		where m.id in ({ids:$1}) and m.workspace_id = $2 and m.revoked_at = 0 and ` + within
)

// Search gives the messages within reach that hold every word of text; the last word may be the beginning of one. Accents and case
// do not matter. What its author took back is found only by those who see everything. What was said within the last seconds may be missing, and campaigns are not searched. limit is 1 to 200;
// 0 means 50. It fails with Invalid when cursor is not one of ours.
func (r *Room) Search(ctx context.Context, reach Reach, text, cursor string, limit int) (FoundPage, error) {
	before, err := db.ParseID(cursor)
	if err != nil {
		return FoundPage{}, fault.New(fault.Invalid, "cursor", "This is not a place in the list. Load the list again.").On("cursor")
	}
	limit = pageSize(limit)
	var found []foundMessage
	more := true
	for looked := 0; more && len(found) < limit && looked < searchMost; looked += searchStep {
		ids, err := said.Find(ctx, r.d, reach.Workspace, text, before, searchStep)
		if err != nil {
			return FoundPage{}, err
		}
		seen, err := r.reachable(ctx, reach, ids)
		if err != nil {
			return FoundPage{}, err
		}
		for _, id := range ids {
			before = id
			if conversation, ok := seen[id]; ok {
				if found = append(found, foundMessage{id, conversation}); len(found) == limit {
					break
				}
			}
		}
		more = len(ids) == searchStep || len(found) == limit && len(ids) > 0 && before != ids[len(ids)-1]
	}
	page := FoundPage{Items: []Found{}}
	if more {
		page.Next = before.String()
	}
	page.Items, err = r.foundRows(ctx, reach.Workspace, found)
	return page, err
}

type foundMessage struct {
	ID           db.ID `db:"id"`
	Conversation db.ID `db:"conversation_id"`
}

// reachable gives the conversations of those messages the reach lets through.
func (r *Room) reachable(ctx context.Context, reach Reach, ids []db.ID) (map[db.ID]db.ID, error) {
	text, args := foundAll, []any{db.IDs(ids), reach.Workspace}
	if !reach.All {
		text, args = foundWithin, append(args, int64(reach.User), db.IDs(reach.Inboxes), db.IDs(reach.Queues))
	}
	rows, err := db.All[foundMessage](ctx, r.d, text, args...)
	if err != nil {
		return nil, fmt.Errorf("messages found: %w", err)
	}
	seen := make(map[db.ID]db.ID, len(rows))
	for _, row := range rows {
		seen[row.ID] = row.Conversation
	}
	return seen, nil
}

func (r *Room) foundRows(ctx context.Context, workspace db.ID, found []foundMessage) ([]Found, error) {
	messages, conversations := make([]db.ID, len(found)), make([]db.ID, len(found))
	for i, f := range found {
		messages[i], conversations[i] = f.ID, f.Conversation
	}
	said, err := r.MessagesByID(ctx, r.d, workspace, messages)
	if err != nil {
		return nil, err
	}
	rows, err := r.Rows(ctx, r.d, workspace, conversations)
	if err != nil {
		return nil, err
	}
	items := make([]Found, 0, len(found))
	for _, f := range found {
		items = append(items, Found{said[f.ID], rows[f.Conversation]})
	}
	return items, nil
}

const contactRows = "select c.contact_id, c.id from conversations c where c.contact_id in ({ids:$1}) and c.workspace_id = $2"

// OfContacts gives the conversations within reach of many contacts, by contact, the busiest first.
func (r *Room) OfContacts(ctx context.Context, reach Reach, contacts []db.ID) (map[db.ID][]Row, error) {
	text, args := contactRows, []any{db.IDs(contacts), reach.Workspace}
	if !reach.All {
		text, args = text+" and "+within, append(args, int64(reach.User), db.IDs(reach.Inboxes), db.IDs(reach.Queues))
	}
	rows, err := db.All[struct {
		Contact db.ID `db:"contact_id"`
		ID      db.ID `db:"id"`
	}](ctx, r.d, text+" order by c.last_message_at desc, c.id desc limit 200", args...)
	if err != nil {
		return nil, fmt.Errorf("conversations of contacts: %w", err)
	}
	ids := make([]db.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	known, err := r.Rows(ctx, r.d, reach.Workspace, ids)
	if err != nil {
		return nil, err
	}
	out := map[db.ID][]Row{}
	for _, row := range rows {
		out[row.Contact] = append(out[row.Contact], known[row.ID])
	}
	return out, nil
}

// ByNumber gives the ticket of a number and its conversation, within reach. It fails with NotFound.
func (r *Room) ByNumber(ctx context.Context, reach Reach, number int64) (Ticket, Row, error) {
	found, err := ticketsBy(ctx, r.d, "workspace_id = $1 and number = $2", reach.Workspace, number)
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "ticket.not_found", "There is no such ticket.")
	}
	if err != nil {
		return Ticket{}, Row{}, err
	}
	row, err := r.Get(ctx, reach, found[0].Conversation)
	return found[0], row, err
}
