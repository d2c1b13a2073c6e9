package conversation

import (
	"context"
	"fmt"

	"recado/internal/channel"
	"recado/internal/db"
)

// Change is what the author of a message did to it later.
type Change struct {
	Kind string `db:"kind"` // channel.Edit or channel.Revoke
	Text string `db:"body"` // of an edit: words that are no longer those of the message
	At   int64  `db:"at"`   // the provider's time, Unix milliseconds
}

// changed names the message that an event changes; the zero value when it is a message of its own, as is a change that names no
// message or that could not be told from its repetition.
func (in *Incoming) changed() external {
	switch in.Event.Kind {
	case channel.Edit, channel.Revoke:
		if in.Event.ReplyTo != "" && in.Event.ExternalID != "" {
			return external{in.Inbox, in.Event.ReplyTo}
		}
	}
	return external{}
}

// changeable is what a change needs of its message.
type changeable struct {
	Workspace    db.ID     `db:"workspace_id"`
	ID           db.ID     `db:"id"`
	Conversation db.ID     `db:"conversation_id"`
	Direction    Direction `db:"direction"`
	Text         string    `db:"body"`
	Author       string    `db:"author"`
	EditedAt     int64     `db:"edited_at"`
	RevokedAt    int64     `db:"revoked_at"`
}

const (
	changeableByID = "select workspace_id, id, conversation_id, direction, body, author, edited_at, revoked_at from messages where id = $1"
	keepChange     = `insert into message_changes (workspace_id, id, message_id, inbox_id, kind, external_id, body, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (external_id, inbox_id) do nothing`
	editMessage   = "update messages set body = $2, edited_at = $3 where id = $1"
	revokeMessage = "update messages set revoked_at = $2 where id = $1"
	// A list shows the last message as it is now.
	previewEdited  = "update conversations set preview = $3 where id = $1 and last_message_id = $2"
	previewRevoked = "update conversations set preview = '', preview_kind = 'revoke' where id = $1 and last_message_id = $2"
)

// applyChanges brings in what authors changed or took back, each event once, and what had waited for the messages of this
// batch. A change of a message we do not have waits for it (early_change.go).
func (r *Room) applyChanges(in *intake) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		var found []due
		var early []*Incoming
		for _, place := range in.changes {
			target := in.stored[in.batch[place].changed()]
			in.result.Messages[place] = target
			if target == 0 {
				early = append(early, &in.batch[place])
			} else {
				found = append(found, due{&in.batch[place], target})
			}
		}
		if err := keepEarlyChanges(ctx, tx, early); err != nil {
			return err
		}
		in.result.Waiting = len(early)
		waited, err := in.takeWaited(ctx, tx)
		if err != nil {
			return err
		}
		applied, err := r.changeIn(ctx, tx, found)
		in.result.Known += len(found) - applied
		if err == nil {
			_, err = r.changeIn(ctx, tx, waited)
		}
		return err
	}
}

// due is a change whose message is known.
type due struct {
	*Incoming
	target db.ID
}

// changeIn applies changes, tells message.changed, and says how many were not seen before. They are rare, so each has its own
// statements.
func (r *Room) changeIn(ctx context.Context, tx *db.Tx, changes []due) (applied int, err error) {
	var told byWorkspace[PostedItem]
	for _, c := range changes {
		m, done, err := c.apply(ctx, tx)
		if err != nil {
			return applied, fmt.Errorf("change of a message: %w", err)
		}
		if done {
			applied++
			told.add(m.Workspace, PostedItem{Message: m.ID, Conversation: m.Conversation, Author: m.Author})
		}
	}
	return applied, r.log.Append(ctx, tx, told.facts(MessageChanged, posted)...)
}

// apply is false for a change that was seen before or that is not its author's to make.
func (c due) apply(ctx context.Context, tx *db.Tx) (m changeable, applied bool, err error) {
	e := &c.Event
	if m, err = db.One[changeable](ctx, tx, changeableByID, c.target); err != nil || m.Direction != directionOf(e.Echo) {
		return m, false, err
	}
	at := e.At
	if at <= 0 {
		at = tx.Now()
	}
	newest := e.Kind == channel.Revoke || at >= m.EditedAt
	gone := "" // what the message does not say: before this change, or in between when news came out of order
	if e.Kind == channel.Edit {
		if gone = m.Text; !newest {
			gone = clean(e.Text)
		}
	}
	n, err := tx.Exec(ctx, keepChange, m.Workspace, tx.NewID(), m.ID, c.Inbox, e.Kind, e.ExternalID, gone, at)
	if err != nil || n == 0 || !newest {
		return m, n > 0, err
	}
	if e.Kind == channel.Revoke {
		if _, err = tx.Exec(ctx, revokeMessage, m.ID, at); err == nil {
			_, err = tx.Exec(ctx, previewRevoked, m.Conversation, m.ID)
		}
		return m, true, err
	}
	if _, err = tx.Exec(ctx, editMessage, m.ID, clean(e.Text), at); err == nil && m.RevokedAt == 0 {
		_, err = tx.Exec(ctx, previewEdited, m.Conversation, m.ID, previewOf(e.Text, e.Content))
	}
	return m, true, err
}

func directionOf(echo bool) Direction {
	if echo {
		return Out
	}
	return In
}

// Changes gives what the author of a message did to it later, oldest first. Reach is asked with Get of its conversation.
func (r *Room) Changes(ctx context.Context, workspace, message db.ID) ([]Change, error) {
	found, err := db.All[Change](ctx, r.d, "select kind, body, at from message_changes where message_id = $1 and workspace_id = $2 order by at, id", message, workspace)
	if err != nil {
		return nil, fmt.Errorf("changes of message %d: %w", message, err)
	}
	return found, nil
}
