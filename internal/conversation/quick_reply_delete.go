package conversation

import (
	"context"
	"fmt"

	"recado/internal/db"
)

const (
	deleteReply  = "update quick_replies set deleted_at = $3 where id = $1 and workspace_id = $2"
	deletedReply = `select r.category_id, r.title, '' as body from quick_replies r join quick_reply_categories c on c.id = r.category_id
		where ` + withinReach + " and r.id = $5 and r.deleted_at >= $6"
	restoreReply = "update quick_replies set deleted_at = null where id = $1 and workspace_id = $2"
)

// DeleteReply takes a quick reply away; RestoreReply brings it back. It fails with NotFound.
func (r *Room) DeleteReply(ctx context.Context, reach Reach, id db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := quickReply(ctx, tx, reach, id)
		if err != nil {
			return err
		}
		if err := forgetDeleted(ctx, tx, reach.Workspace); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteReply, id, reach.Workspace, tx.Now()); err != nil {
			return fmt.Errorf("delete quick reply: %w", err)
		}
		return r.tellReplies(ctx, tx, reach.Workspace, found.Category, id)
	})
}

// RestoreReply undoes DeleteReply, for a day. It fails with NotFound, and with Conflict when its title was taken meanwhile.
func (r *Room) RestoreReply(ctx context.Context, reach Reach, id db.ID) (back QuickReply, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		gone, err := db.One[struct {
			Category db.ID  `db:"category_id"`
			Title    string `db:"title"`
			Body     string `db:"body"`
		}](ctx, tx, deletedReply, append(reach.args(), id, tx.Now()-undoFor.Milliseconds())...)
		if db.None(err) {
			return noSuchReply()
		}
		if err != nil {
			return err
		}
		if err := titleFree(ctx, tx, reach, ReplyDraft{Title: gone.Title}, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, restoreReply, id, reach.Workspace); err != nil {
			return fmt.Errorf("restore quick reply: %w", err)
		}
		if back, err = quickReply(ctx, tx, reach, id); err != nil {
			return err
		}
		return r.tellReplies(ctx, tx, reach.Workspace, gone.Category, id)
	})
	return back, err
}

// forgetDeleted lets go for good of what can no longer be taken back. Whoever deletes the next one pays for it.
func forgetDeleted(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	before := tx.Now() - undoFor.Milliseconds()
	for _, text := range []string{
		`delete from quick_replies where workspace_id = $1 and (deleted_at < $2 or category_id in (
			select id from quick_reply_categories where workspace_id = $1 and deleted_at < $2))`,
		"delete from quick_reply_inboxes where category_id in (select id from quick_reply_categories where workspace_id = $1 and deleted_at < $2)",
		"delete from quick_reply_categories where workspace_id = $1 and deleted_at < $2",
	} {
		if _, err := tx.Exec(ctx, text, workspace, before); err != nil {
			return fmt.Errorf("forget deleted quick replies: %w", err)
		}
	}
	return nil
}
