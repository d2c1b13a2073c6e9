package contact

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Note is what colleagues should know of a person (B13).
type Note struct {
	ID         db.ID  `db:"id"`
	Author     db.ID  `db:"author_id"` // 0: an API key
	AuthorName string `db:"author_name"`
	Text       string `db:"body"`
	CreatedAt  int64  `db:"created_at"` // Unix milliseconds
}

// maxNote bounds a note, in characters; maxNotes how many are shown.
const (
	maxNote  = 10_000
	maxNotes = 100
)

// Notes gives the notes on a person, the newest first, at most 100.
func (r *Room) Notes(ctx context.Context, workspace, id db.ID) ([]Note, error) {
	notes, err := db.All[Note](ctx, r.d, `select id, author_id, author_name, body, created_at from contact_notes
		where contact_id = $1 and workspace_id = $2 order by id desc limit $3`, id, workspace, maxNotes)
	if err != nil {
		return nil, fmt.Errorf("notes on contact %d: %w", id, err)
	}
	return notes, nil
}

// AddNote writes a note on a person. It fails with NotFound or Invalid.
func (r *Room) AddNote(ctx context.Context, actor account.Actor, id db.ID, text string) (Note, error) {
	if err := actor.Can(account.Contacts, account.Edit); err != nil {
		return Note{}, err
	}
	text = strings.TrimSpace(cleanText(text))
	if text == "" || utf8.RuneCountInString(text) > maxNote {
		return Note{}, fault.New(fault.Invalid, "contact.note", "A note has 1 to %d characters.", maxNote).On("text").With("limit", maxNote)
	}
	note := Note{Author: actor.User, AuthorName: actor.Name, Text: text}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		roots, err := r.Roots(ctx, tx, actor.Workspace, []db.ID{id})
		if err != nil {
			return err
		}
		root, ok := roots[id]
		if !ok {
			return notFound(id)
		}
		note.ID, note.CreatedAt = tx.NewID(), tx.Now()
		var author any
		if actor.User != 0 {
			author = int64(actor.User)
		}
		_, err = tx.Exec(ctx, "insert into contact_notes (workspace_id, id, contact_id, author_id, author_name, body, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
			actor.Workspace, note.ID, root, author, note.AuthorName, note.Text, note.CreatedAt)
		if err != nil {
			return fmt.Errorf("note on contact %d: %w", id, err)
		}
		return r.log.Append(ctx, tx, event.Fact{Workspace: actor.Workspace, Kind: Changed, Subject: root, Data: ChangedFact{root}})
	})
	return note, err
}

// RemoveNote takes a note away: the author's own, or anybody's for who manages members. It fails with NotFound or Forbidden.
func (r *Room) RemoveNote(ctx context.Context, actor account.Actor, id, note db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		author, err := db.One[db.ID](ctx, tx, "select author_id from contact_notes where id = $1 and contact_id = $2 and workspace_id = $3", note, id, actor.Workspace)
		if db.None(err) {
			return fault.New(fault.NotFound, "contact.note_gone", "There is no such note.")
		}
		if err != nil {
			return fmt.Errorf("note %d: %w", note, err)
		}
		if author != actor.User && actor.Has(account.ManageMembers) != nil {
			return fault.New(fault.Forbidden, "contact.note_others", "Only its author can delete a note.")
		}
		_, err = tx.Exec(ctx, "delete from contact_notes where id = $1 and workspace_id = $2", note, actor.Workspace)
		if err != nil {
			return fmt.Errorf("note %d: %w", note, err)
		}
		return r.log.Append(ctx, tx, event.Fact{Workspace: actor.Workspace, Kind: Changed, Subject: id, Data: ChangedFact{id}})
	})
}
