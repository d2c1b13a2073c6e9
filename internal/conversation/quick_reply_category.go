package conversation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

const (
	maxCategoryName = 60  // characters (B58)
	maxCategories   = 500 // of a workspace: the list is read whole
)

// ReplyCategory is a category of quick replies.
type ReplyCategory struct {
	ID       db.ID  `db:"id"`
	Name     string `db:"name"`
	Position int64  `db:"position"`
	Replies  int64  `db:"replies"` // how many it holds
}

const categoryColumns = `select c.id, c.name, c.position, (select count(*) from quick_replies r where r.category_id = c.id and r.deleted_at is null) as replies
	from quick_reply_categories c where `

// ReplyCategories gives the categories within reach, in their order.
func (r *Room) ReplyCategories(ctx context.Context, reach Reach) ([]ReplyCategory, error) {
	return replyCategories(ctx, r.d, reach)
}

func replyCategories(ctx context.Context, q db.Querier, reach Reach) ([]ReplyCategory, error) {
	found, err := db.All[ReplyCategory](ctx, q, categoryColumns+withinReach+" order by c.position, c.id", reach.args()...)
	if err != nil {
		return nil, fmt.Errorf("quick reply categories: %w", err)
	}
	return found, nil
}

func replyCategory(ctx context.Context, q db.Querier, reach Reach, id db.ID) (ReplyCategory, error) {
	found, err := db.One[ReplyCategory](ctx, q, categoryColumns+withinReach+" and c.id = $5", append(reach.args(), id)...)
	if db.None(err) {
		return found, noSuchCategory()
	}
	return found, err
}

const insertCategory = "quick_reply_categories (workspace_id, id, name, name_key, position, created_by, created_at)"

// CreateReplyCategory makes a category with its first replies, all or nothing; it comes last. It fails with Invalid ("quick_reply.name",
// "quick_reply.categories" when there are too many) and with Conflict when the name is taken ("quick_reply.name_taken"), and for the
// replies as CreateReply does.
func (r *Room) CreateReplyCategory(ctx context.Context, actor account.Actor, reach Reach, name string, replies ...ReplyDraft) (made ReplyCategory, err error) {
	if name, err = oneLine(name, maxCategoryName, "name"); err != nil {
		return made, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		last, err := r.roomForCategory(ctx, tx, reach, name)
		if err != nil {
			return err
		}
		made = ReplyCategory{ID: tx.NewID(), Name: name, Position: last + 1, Replies: int64(len(replies))}
		row := []any{int64(reach.Workspace), int64(made.ID), name, contact.Fold(name), made.Position, orNull(actor.User), tx.Now()}
		if _, err := tx.Insert(ctx, insertCategory, "", [][]any{row}); err != nil {
			return fmt.Errorf("create category: %w", err)
		}
		if err := r.spread(ctx, tx, reach, made.ID, 0); err != nil {
			return err
		}
		for _, draft := range replies {
			draft.Category = made.ID
			if _, err := r.createReplyIn(ctx, tx, actor, reach, draft); err != nil {
				return err
			}
		}
		made, err = replyCategory(ctx, tx, reach, made.ID) // a key that reaches no number would not find it again
		return err
	})
	return made, err
}

// roomForCategory asks whether one more category of this name fits, and gives the last position.
func (r *Room) roomForCategory(ctx context.Context, tx *db.Tx, reach Reach, name string) (int64, error) {
	if err := categoryNameFree(ctx, tx, reach, name, 0); err != nil {
		return 0, err
	}
	all, err := db.One[struct {
		Count int64 `db:"count"`
		Last  int64 `db:"last"`
	}](ctx, tx, "select count(*) as count, coalesce(max(position), 0) as last from quick_reply_categories where workspace_id = $1 and deleted_at is null", reach.Workspace)
	if err == nil && all.Count >= maxCategories {
		err = fault.New(fault.Invalid, "quick_reply.categories", "There are %d categories already. Delete one first.", maxCategories).With("limit", maxCategories)
	}
	return all.Last, err
}

// categoryNameFree fails when another category within reach has the name; accents and case make no difference.
func categoryNameFree(ctx context.Context, q db.Querier, reach Reach, name string, self db.ID) error {
	args := append(reach.args(), contact.Fold(name))
	taken, err := db.All[db.ID](ctx, q, "select c.id from quick_reply_categories c where "+withinReach+" and c.name_key = $5", args...)
	if err == nil && slices.ContainsFunc(taken, func(id db.ID) bool { return id != self }) {
		err = fault.New(fault.Conflict, "quick_reply.name_taken", "There is a category %q already.", name).On("name").With("name", name)
	}
	return err
}

const renameCategory = "update quick_reply_categories set name = $3, name_key = $4 where id = $1 and workspace_id = $2"

// RenameReplyCategory fails with NotFound, and as CreateReplyCategory.
func (r *Room) RenameReplyCategory(ctx context.Context, reach Reach, id db.ID, name string) (changed ReplyCategory, err error) {
	if name, err = oneLine(name, maxCategoryName, "name"); err != nil {
		return changed, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if changed, err = replyCategory(ctx, tx, reach, id); err != nil {
			return err
		}
		if err := categoryNameFree(ctx, tx, reach, name, id); err != nil {
			return err
		}
		changed.Name = name
		if _, err := tx.Exec(ctx, renameCategory, id, reach.Workspace, name, contact.Fold(name)); err != nil {
			return fmt.Errorf("rename category: %w", err)
		}
		return r.spread(ctx, tx, reach, id, 0)
	})
	return changed, err
}

const placeCategory = "update quick_reply_categories set position = $3 where id = $1 and workspace_id = $2"

// OrderReplyCategories puts categories in the given order. They trade the places they have; those not named stay where they are. It
// fails with NotFound when one is not within reach or named twice.
func (r *Room) OrderReplyCategories(ctx context.Context, reach Reach, ids []db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		known, err := replyCategories(ctx, tx, reach)
		if err != nil {
			return err
		}
		places := map[db.ID]int64{}
		for _, c := range known {
			if slices.Contains(ids, c.ID) {
				places[c.ID] = c.Position
			}
		}
		if len(places) != len(ids) {
			return noSuchCategory()
		}
		rows := make([][]any, 0, len(ids))
		free := slices.Sorted(maps.Values(places))
		for i, id := range ids {
			rows = append(rows, []any{int64(id), int64(reach.Workspace), free[i]})
		}
		if _, err := tx.ExecEach(ctx, placeCategory, rows); err != nil || len(ids) == 0 {
			return err
		}
		return r.tellReplies(ctx, tx, reach.Workspace, ids[0], 0)
	})
}

const (
	deleteCategory  = "update quick_reply_categories set deleted_at = $3 where id = $1 and workspace_id = $2"
	restoreCategory = `update quick_reply_categories set deleted_at = null where id = $1 and workspace_id = $2 and deleted_at >= $3`
	deletedCategory = "select name from quick_reply_categories where id = $1 and workspace_id = $2 and deleted_at >= $3 and ($4 = 1 or created_by = $5 or everywhere = 1 or exists (" +
		"select 1 from quick_reply_inboxes p where p.category_id = quick_reply_categories.id and p.inbox_id in ({ids:$6})))"
)

// DeleteReplyCategory takes a category away with its replies. RestoreReplyCategory brings both back. It fails with NotFound.
func (r *Room) DeleteReplyCategory(ctx context.Context, reach Reach, id db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := replyCategory(ctx, tx, reach, id); err != nil {
			return err
		}
		if err := forgetDeleted(ctx, tx, reach.Workspace); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteCategory, id, reach.Workspace, tx.Now()); err != nil {
			return fmt.Errorf("delete category: %w", err)
		}
		return r.tellReplies(ctx, tx, reach.Workspace, id, 0)
	})
}

// RestoreReplyCategory undoes DeleteReplyCategory, for a day. It fails with NotFound, and with Conflict when the name was taken meanwhile.
func (r *Room) RestoreReplyCategory(ctx context.Context, reach Reach, id db.ID) (back ReplyCategory, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		since := tx.Now() - undoFor.Milliseconds()
		name, err := db.One[string](ctx, tx, deletedCategory, append([]any{id, reach.Workspace, since}, reach.args()[1:]...)...)
		if db.None(err) {
			return noSuchCategory()
		}
		if err != nil {
			return err
		}
		if err := categoryNameFree(ctx, tx, reach, name, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, restoreCategory, id, reach.Workspace, since); err != nil {
			return fmt.Errorf("restore category: %w", err)
		}
		if back, err = replyCategory(ctx, tx, reach, id); err != nil {
			return err
		}
		return r.tellReplies(ctx, tx, reach.Workspace, id, 0)
	})
	return back, err
}

// oneLine is a name on one line within its limit, in characters. It fails with Invalid, the code ending in the field.
func oneLine(text string, limit int, field string) (string, error) {
	text = strings.Join(strings.Fields(strings.Map(printed, clean(text))), " ")
	if text == "" || utf8.RuneCountInString(text) > limit {
		return "", fault.New(fault.Invalid, "quick_reply."+field, "Write at least one and at most %d characters.", limit).On(field).With("limit", limit)
	}
	return text, nil
}

// printed drops control characters; line breaks and tabs become spaces.
func printed(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\t':
		return ' '
	case unicode.IsControl(r):
		return -1
	}
	return r
}
