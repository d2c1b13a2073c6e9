package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
)

// Naming is a member named in a note. The note's content holds those it names, so that whoever shows it can mark their names.
type Naming struct {
	User db.ID  `json:"user_id"`
	Name string `json:"name"` // as it stands in the note after the @
}

// noteContent is what a note says besides its words.
type noteContent struct {
	Mentions []Naming `json:"mentions"`
}

func (d Draft) contentText() (string, error) {
	if len(d.Mentions) == 0 {
		return contentText(d.Content)
	}
	text, err := json.Marshal(noteContent{d.Mentions})
	return clean(string(text)), err
}

const mentionInto = "mentions (workspace_id, user_id, conversation_id, message_id, by_user_id, created_at)"

// mentionIn keeps who is named in a note, and tells conversation.mentioned of all but the author.
func (r *Room) mentionIn(ctx context.Context, tx *db.Tx, actor account.Actor, t thread, note db.ID, named []Naming) error {
	var users []db.ID
	var rows [][]any
	for _, n := range named {
		if n.User == actor.User || slices.Contains(users, n.User) {
			continue
		}
		users = append(users, n.User)
		rows = append(rows, []any{int64(t.Workspace), int64(n.User), int64(t.ID), int64(note), orNull(actor.User), tx.Now()})
	}
	if len(users) == 0 {
		return nil
	}
	if _, err := tx.Insert(ctx, mentionInto, "", rows); err != nil {
		return fmt.Errorf("mentions: %w", err)
	}
	return r.log.Append(ctx, tx, event.Fact{Workspace: t.Workspace, Kind: Mentioning, Subject: t.ID,
		Data: MentionedFact{Conversation: t.ID, Message: note, By: actor.User, Users: users}})
}

const seeMentions = "update mentions set seen_at = $3 where user_id = $1 and conversation_id = $2 and seen_at is null"

// seeMentionsIn notes that a user opened a conversation in which they are named, and tells their other screens.
func (r *Room) seeMentionsIn(ctx context.Context, tx *db.Tx, actor account.Actor, conversation db.ID) error {
	if actor.User == 0 {
		return nil
	}
	n, err := tx.Exec(ctx, seeMentions, actor.User, conversation, tx.Now())
	if err != nil || n == 0 {
		return err
	}
	return r.log.Append(ctx, tx, event.Fact{Workspace: actor.Workspace, Kind: MentionsSeen, Subject: conversation,
		Data: MentionsSeenFact{Conversation: conversation, User: actor.User}})
}

const unseenMentions = `select c.id from conversations c where c.workspace_id = $1 and c.id in
	(select conversation_id from mentions where workspace_id = $1 and user_id = $2 and seen_at is null order by message_id desc limit 200)`

func (r *Room) unseenMentions(ctx context.Context, reach Reach) ([]db.ID, error) {
	if reach.User == 0 {
		return []db.ID{}, nil
	}
	text, args := unseenMentions, []any{reach.Workspace, reach.User}
	if !reach.All {
		text += " and (c.assignee_id = $2 or c.inbox_id in ({ids:$3}) or c.state = 1 and c.queue_id in ({ids:$4}))"
		args = append(args, db.IDs(reach.Inboxes), db.IDs(reach.Queues))
	}
	ids, err := db.All[db.ID](ctx, r.d, text, args...)
	if err != nil {
		return nil, fmt.Errorf("mentions not looked at: %w", err)
	}
	return ids, nil
}
