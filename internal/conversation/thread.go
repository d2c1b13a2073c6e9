package conversation

import (
	"context"
	"fmt"

	"recado/internal/db"
)

// pair is what makes a conversation: one contact and one inbox. The same person on two of our numbers is two
// conversations of one contact (X20).
type pair struct{ workspace, inbox, contact db.ID }

// thread is what batches need of a conversation.
type thread struct {
	Workspace db.ID `db:"workspace_id"`
	ID        db.ID `db:"id"`
	Inbox     db.ID `db:"inbox_id"`
	Contact   db.ID `db:"contact_id"`
	Ticket    db.ID `db:"ticket_id"`
	Blocked   int   `db:"blocked"` // 1: its contact is blocked; loadThreads reads it
	fresh     bool  // made by this call
}

type threads map[pair]*thread

const threadsOfContacts = "select workspace_id, id, inbox_id, contact_id, ticket_id, blocked from conversations where contact_id in ({ids:$1})"

// findThreads finds or makes the conversation of every pair. Concurrent calls agree through the unique index.
func findThreads(ctx context.Context, tx *db.Tx, pairs []pair) (threads, error) {
	found, err := loadThreads(ctx, tx, pairs)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, p := range pairs {
		if found[p] == nil {
			t := &thread{Workspace: p.workspace, ID: tx.NewID(), Inbox: p.inbox, Contact: p.contact, fresh: true}
			found[p] = t
			rows = append(rows, []any{int64(p.workspace), int64(t.ID), int64(p.contact), int64(p.inbox), tx.Now()})
		}
	}
	n, err := tx.Insert(ctx, "conversations (workspace_id, id, contact_id, inbox_id, created_at)", "on conflict (inbox_id, contact_id) do nothing", rows)
	if err != nil {
		return nil, fmt.Errorf("make conversations: %w", err)
	}
	if n < int64(len(rows)) {
		return loadThreads(ctx, tx, pairs)
	}
	return found, nil
}

func loadThreads(ctx context.Context, tx *db.Tx, pairs []pair) (threads, error) {
	contacts := make([]db.ID, 0, len(pairs))
	seen := make(map[db.ID]bool, len(pairs))
	for _, p := range pairs {
		if !seen[p.contact] {
			seen[p.contact] = true
			contacts = append(contacts, p.contact)
		}
	}
	rows, err := db.All[thread](ctx, tx, threadsOfContacts, db.IDs(contacts))
	if err != nil {
		return nil, fmt.Errorf("find conversations: %w", err)
	}
	found := make(threads, len(rows))
	for i := range rows {
		t := &rows[i]
		found[pair{t.Workspace, t.Inbox, t.Contact}] = t
	}
	return found, nil
}

// OpenIn finds or makes the conversations of contacts with one inbox, by contact. A new one is in no list before something is said.
func (r *Room) OpenIn(ctx context.Context, tx *db.Tx, workspace, inbox db.ID, contacts []db.ID) (map[db.ID]db.ID, error) {
	pairs := make([]pair, len(contacts))
	for i, contact := range contacts {
		pairs[i] = pair{workspace, inbox, contact}
	}
	found, err := findThreads(ctx, tx, pairs)
	if err != nil {
		return nil, fmt.Errorf("conversations of contacts: %w", err)
	}
	ids := make(map[db.ID]db.ID, len(pairs))
	for _, p := range pairs {
		ids[p.contact] = found[p].ID
	}
	return ids, nil
}
