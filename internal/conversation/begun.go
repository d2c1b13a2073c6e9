package conversation

import (
	"context"
	"fmt"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// Modes of a draft: an answer to the person, or a note to colleagues. Each has its own.
const (
	ModeReply = "reply"
	ModeNote  = "note"
)

// maxBegun bounds a draft, in characters; the longest thing that can be sent is a note.
const maxBegun = maxNote

// maxDrafts bounds how many drafts are listed, the newest first.
const maxDrafts = 500

// Begun is what one user began to write in one conversation and did not send. Nobody else is ever told of it.
type Begun struct {
	Conversation db.ID  `db:"conversation_id"`
	Mode         string `db:"mode"`
	Text         string `db:"body"`
	Version      db.ID  `db:"version"` // 0: there is none
	UpdatedAt    int64  `db:"updated_at"`
}

const begunColumns = "select conversation_id, mode, body, version, updated_at from drafts"

// Drafts lists what the acting user began in all conversations, the newest first, at most 500.
func (r *Room) Drafts(ctx context.Context, actor account.Actor) ([]Begun, error) {
	return r.begun(ctx, r.d, " where workspace_id = $1 and user_id = $2 order by updated_at desc limit $3", actor.Workspace, actor.User, maxDrafts)
}

// DraftsOf gives what the acting user began in one conversation: none, a reply, a note, or both.
func (r *Room) DraftsOf(ctx context.Context, actor account.Actor, conversation db.ID) ([]Begun, error) {
	return r.begun(ctx, r.d, " where workspace_id = $1 and user_id = $2 and conversation_id = $3 order by mode", actor.Workspace, actor.User, conversation)
}

func (r *Room) begun(ctx context.Context, q db.Querier, where string, args ...any) ([]Begun, error) {
	found, err := db.All[Begun](ctx, q, begunColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	return found, nil
}

const keepBegun = `insert into drafts (workspace_id, user_id, conversation_id, mode, body, version, updated_at) values ($1, $2, $3, $4, $5, $6, $7)
	on conflict (user_id, conversation_id, mode) do update set body = excluded.body, version = excluded.version, updated_at = excluded.updated_at
	where drafts.version = $8`

const forgetBegun = "delete from drafts where user_id = $1 and conversation_id = $2 and mode = $3 and version = $4"

// KeepDraft keeps what the acting user has written so far; an empty text forgets it. from is the version it was begun from, 0 when
// there was none. When another screen of the user kept something else meanwhile nothing is written: the answer is what stands,
// and kept is false, so that neither words are lost. Reach is asked with Get. It fails with Invalid "draft.mode" and
// "draft.too_long", and with Forbidden when the actor is no person.
func (r *Room) KeepDraft(ctx context.Context, actor account.Actor, b Begun, from db.ID) (now Begun, kept bool, err error) {
	switch {
	case actor.User == 0:
		return b, false, fault.New(fault.Forbidden, "draft.person", "Only a person has drafts.")
	case b.Mode != ModeReply && b.Mode != ModeNote:
		return b, false, fault.New(fault.Invalid, "draft.mode", "A draft is a reply or a note.").On("mode")
	case utf8.RuneCountInString(b.Text) > maxBegun:
		return b, false, fault.New(fault.Invalid, "draft.too_long", "A draft has at most %d characters.", maxBegun).On("text").With("limit", maxBegun)
	}
	b.Text = clean(b.Text)
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, kept, err = r.keepIn(ctx, tx, actor, b, from)
		return err
	})
	return now, kept, err
}

func (r *Room) keepIn(ctx context.Context, tx *db.Tx, actor account.Actor, b Begun, from db.ID) (Begun, bool, error) {
	text, args := forgetBegun, []any{actor.User, b.Conversation, b.Mode, from}
	if b.Text != "" {
		b.Version, b.UpdatedAt = tx.NewID(), tx.Now()
		text, args = keepBegun, []any{actor.Workspace, actor.User, b.Conversation, b.Mode, b.Text, b.Version, b.UpdatedAt, from}
	}
	n, err := tx.Exec(ctx, text, args...)
	if err != nil {
		return b, false, fmt.Errorf("keep draft: %w", err)
	}
	if n > 0 {
		return b, true, nil
	}
	found, err := r.begun(ctx, tx, " where workspace_id = $1 and user_id = $2 and conversation_id = $3 and mode = $4",
		actor.Workspace, actor.User, b.Conversation, b.Mode)
	if err != nil || len(found) == 0 {
		return Begun{Conversation: b.Conversation, Mode: b.Mode}, true, err // forgotten before
	}
	return found[0], found[0].Text == b.Text, nil
}
