package conversation

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// QuickRepliesChanged is the fact that a category or a reply is not what it was. It carries no words: open desks only ask again for
// what they show (B54).
const QuickRepliesChanged = "quick_replies.changed"

// QuickRepliesFact is its data.
type QuickRepliesFact struct {
	Category db.ID `json:"category_id"`
	Reply    db.ID `json:"reply_id"` // 0: the category itself
}

// withinReach is which categories c an actor sees: those on a number within reach, those on all numbers, and the actor's own.
// Parameters: $1 workspace, $2 1 for all, $3 user, $4 inboxes.
const withinReach = `c.workspace_id = $1 and c.deleted_at is null and ($2 = 1 or c.everywhere = 1 or c.created_by = $3 or exists (
	select 1 from quick_reply_inboxes p where p.category_id = c.id and p.inbox_id in ({ids:$4})))`

func (r Reach) args() []any {
	all := 0
	if r.All {
		all = 1
	}
	return []any{r.Workspace, all, r.User, db.IDs(r.Inboxes)}
}

// onNumberOf is the reach of quick replies in one conversation: those on its number, and the actor's own.
func onNumberOf(row Row, actor account.Actor) Reach {
	return Reach{Workspace: row.Workspace, User: actor.User, Inboxes: []db.ID{row.Inbox}}
}

const (
	putEverywhere = "update quick_reply_categories set everywhere = 1 where id = $1 and everywhere = 0"
	putOnInboxes  = "quick_reply_inboxes (workspace_id, category_id, inbox_id)"
)

// spread puts a category on all numbers of whoever wrote in it (B54), and tells open desks.
func (r *Room) spread(ctx context.Context, tx *db.Tx, reach Reach, category, reply db.ID) error {
	if reach.All {
		if _, err := tx.Exec(ctx, putEverywhere, category); err != nil {
			return fmt.Errorf("quick replies: %w", err)
		}
	}
	rows := make([][]any, len(reach.Inboxes))
	for i, id := range reach.Inboxes {
		rows[i] = []any{int64(reach.Workspace), int64(category), int64(id)}
	}
	if _, err := tx.Insert(ctx, putOnInboxes, "on conflict do nothing", rows); err != nil {
		return fmt.Errorf("quick replies: %w", err)
	}
	return r.tellReplies(ctx, tx, reach.Workspace, category, reply)
}

func (r *Room) tellReplies(ctx context.Context, tx *db.Tx, workspace, category, reply db.ID) error {
	return r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: QuickRepliesChanged, Subject: category, Data: QuickRepliesFact{category, reply}})
}

func noSuchReply() error {
	return fault.New(fault.NotFound, "quick_reply.not_found", "There is no such quick reply, or it is on none of your numbers.")
}

func noSuchCategory() error {
	return fault.New(fault.NotFound, "quick_reply.no_category", "There is no such category, or it is on none of your numbers.").On("category_id")
}
