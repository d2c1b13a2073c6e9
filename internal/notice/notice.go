package notice

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Kinds of notice.
const (
	Assigned  = "assigned"  // a ticket is the person's now, and somebody else or the house decided so
	Mentioned = "mentioned" // a note names the person
	Answered  = "answered"  // a customer wrote in a ticket of the person
	Dropped   = "dropped"   // a scheduled message of the person could not be sent; always told

	// Of no conversation, always told:
	Archive        = "archive"         // the ZIP of tickets the person asked for is ready
	ArchiveFailed  = "archive_failed"  // or could not be made
	WorkflowPaused = "workflow_paused" // a workflow the person may edit failed too often in a row
)

// Facts this room tells.
const (
	Told = "notice.told" // ToldFact
	Read = "notice.read" // ReadFact
)

// ToldFact says that somebody is told something.
type ToldFact struct {
	User         db.ID  `json:"user_id"`
	Kind         string `json:"kind"`
	Conversation db.ID  `json:"conversation_id"`
	Message      db.ID  `json:"message_id"`
	Text         string `json:"text,omitempty"`
	Sound        bool   `json:"sound,omitempty"` // it is heard as well
}

// ReadFact says that somebody has read notices.
type ReadFact struct {
	User db.ID `json:"user_id"`
}

// Notice is one thing a person is told. Times are Unix milliseconds.
type Notice struct {
	ID           db.ID  `db:"id"`
	Kind         string `db:"kind"`
	Conversation db.ID  `db:"conversation_id"`
	Message      db.ID  `db:"message_id"`
	By           string `db:"by_name"` // "" when the house did it
	Text         string `db:"body"`
	Times        int64  `db:"times"`
	CreatedAt    int64  `db:"created_at"`
	ReadAt       int64  `db:"read_at"` // 0: not yet

	Row conversation.Row `db:"-"` // as it stands now
}

// Room keeps the notices of all people.
type Room struct {
	d             *db.DB
	log           *event.Log
	conversations *conversation.Room
}

// New makes the room.
func New(d *db.DB, log *event.Log, conversations *conversation.Room) *Room {
	return &Room{d: d, log: log, conversations: conversations}
}

// listed is how many notices the bell shows; kept is how long read ones stay, in milliseconds.
const (
	listed = 50
	kept   = 30 * 24 * 60 * 60 * 1000
)

const listNotices = `select n.id, n.kind, n.conversation_id, n.message_id, coalesce(u.name, '') as by_name, n.body, n.times, n.created_at,
	coalesce(n.read_at, 0) as read_at from notices n left join users u on u.id = n.by_id
	where n.workspace_id = $1 and n.user_id = $2 order by n.created_at desc, n.id desc limit $3`

// List gives the newest notices of a person, of conversations within their reach as it is now.
func (r *Room) List(ctx context.Context, reach conversation.Reach) ([]Notice, error) {
	all, err := db.All[Notice](ctx, r.d, listNotices, reach.Workspace, reach.User, listed)
	if err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	ids := make([]db.ID, len(all))
	for i, n := range all {
		ids[i] = n.Conversation
	}
	rows, err := r.conversations.Rows(ctx, r.d, reach.Workspace, ids)
	if err != nil {
		return nil, err
	}
	seen := make([]Notice, 0, len(all))
	for _, n := range all {
		if n.Conversation == 0 {
			seen = append(seen, n)
		} else if row, known := rows[n.Conversation]; known && reach.Sees(row) {
			n.Row = row
			seen = append(seen, n)
		}
	}
	return seen, nil
}

const (
	readAll = "update notices set read_at = $3 where workspace_id = $1 and user_id = $2 and read_at is null"
	readOne = "update notices set read_at = $3 where workspace_id = $1 and user_id = $2 and conversation_id = $4 and read_at is null"
	readNo  = "update notices set read_at = $3 where workspace_id = $1 and user_id = $2 and conversation_id = 0 and read_at is null"
)

// MarkRead says that a person has read their notices of a conversation, or all when it is 0. It tells notice.read when there were any.
func (r *Room) MarkRead(ctx context.Context, actor account.Actor, conversation db.ID) error {
	if conversation != 0 {
		return r.markRead(ctx, actor, readOne, conversation)
	}
	return r.markRead(ctx, actor, readAll)
}

// MarkOthersRead says that a person has read their notices of no conversation.
func (r *Room) MarkOthersRead(ctx context.Context, actor account.Actor) error {
	return r.markRead(ctx, actor, readNo)
}

func (r *Room) markRead(ctx context.Context, actor account.Actor, text string, args ...any) error {
	if err := mustBePerson(actor); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, text, append([]any{actor.Workspace, actor.User, tx.Now()}, args...)...)
		if err != nil || n == 0 {
			return err
		}
		return r.log.Append(ctx, tx, event.Fact{Workspace: actor.Workspace, Kind: Read, Data: ReadFact{actor.User}})
	})
}

// TellIn tells a person something of no conversation: kind is Archive, ArchiveFailed or WorkflowPaused, text what it is called.
func (r *Room) TellIn(ctx context.Context, tx *db.Tx, workspace, user db.ID, kind, text string) error {
	return r.tell(ctx, tx, workspace, []news{{ToldFact: ToldFact{User: user, Kind: kind, Text: short(text)}}})
}

// Forget deletes notices that were read long ago.
func (r *Room) Forget(ctx context.Context) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from notices where read_at < $1", tx.Now()-kept)
		return err
	})
}

func mustBePerson(actor account.Actor) error {
	if actor.User == 0 {
		return fault.New(fault.Forbidden, "account.users_only", "only a person who signed in can do this")
	}
	return nil
}
