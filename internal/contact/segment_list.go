package contact

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// MakeListIn makes a segment whose people are put into it, empty and still being filled. origin is where they come from, in words. It
// fails as SaveSegment does.
func (r *Room) MakeListIn(ctx context.Context, tx *db.Tx, actor account.Actor, name, origin string) (db.ID, error) {
	if err := actor.Can(account.Contacts, account.Edit); err != nil {
		return 0, err
	}
	id, err := r.makeSegmentIn(ctx, tx, actor, name, ByList, Query{})
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, "update segments set origin = $1, filling = 1 where id = $2", cleanText(origin), id)
	return id, err
}

// PutIn puts contacts into a list; who is in it already stays once. It fails with NotFound when the list was deleted.
func (r *Room) PutIn(ctx context.Context, tx *db.Tx, workspace, segment db.ID, contacts []db.ID) error {
	rows := make([][]any, len(contacts))
	for i, id := range contacts {
		rows[i] = []any{workspace, segment, id}
	}
	n, err := tx.Insert(ctx, "segment_people (workspace_id, segment_id, contact_id)", "on conflict (segment_id, contact_id) do nothing", rows)
	if err != nil {
		return fmt.Errorf("people of segment %d: %w", segment, err)
	}
	return r.updateListIn(ctx, tx, workspace, segment, "size = size + $3", n)
}

// FilledIn says that nobody else is put into a list. It fails with NotFound when the list was deleted.
func (r *Room) FilledIn(ctx context.Context, tx *db.Tx, workspace, segment db.ID) error {
	return r.updateListIn(ctx, tx, workspace, segment, "filling = $3", int64(0))
}

func (r *Room) updateListIn(ctx context.Context, tx *db.Tx, workspace, segment db.ID, set string, value int64) error {
	n, err := tx.Exec(ctx, "update segments set updated_at = $4, "+set+" where id = $1 and workspace_id = $2", segment, workspace, value, tx.Now())
	if err == nil && n == 0 {
		return noSegment()
	}
	return err
}

// Whole refuses a list that is still being filled: it would be a campaign to some of its people.
func (s Segment) Whole() error {
	if !s.Filling {
		return nil
	}
	return fault.New(fault.Invalid, "contact.segment_filling", "People are still being put into “%s”. Wait a moment.", s.Name).On("audience.segment_id").With("name", s.Name)
}
