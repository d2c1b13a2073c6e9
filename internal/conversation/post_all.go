package conversation

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// PostAllIn says in many conversations, in the order given, what a party says that holds no tickets and waits for no answer: a bot. It
// costs as many statements as one message. The rules are those of PostIn; what they refuse, and what was said already (ClientID), is
// left out.
func (r *Room) PostAllIn(ctx context.Context, tx *db.Tx, actor account.Actor, drafts []Draft) error {
	if len(drafts) == 0 {
		return nil
	}
	if err := actor.Has(account.Reply); err != nil {
		return err
	}
	ids := conversationsOf(drafts)
	at, err := lockAll(ctx, tx, actor.Workspace, ids)
	if err != nil {
		return err
	}
	said, err := saidBefore(ctx, tx, ids, drafts)
	if err != nil {
		return err
	}
	author := authorOf(actor)
	windows, err := windowsAt(ctx, tx, actor.Workspace, ids, author.Kind, tx.Now())
	if err != nil {
		return err
	}
	var ready []placed
	for _, draft := range drafts {
		t, known := at[draft.Conversation]
		name := saidKey{draft.Conversation, draft.ClientID}
		if !known || draft.ClientID != "" && said[name] {
			continue
		}
		err := draft.check()
		if err == nil {
			err = draft.settle(ctx, tx, *t, windows[t.ID])
		}
		if kind := fault.KindOf(err); kind == fault.Conflict || kind == fault.Invalid {
			continue
		}
		if err != nil {
			return err
		}
		said[name] = true
		ready = append(ready, placed{*t, draft})
	}
	_, err = r.sayAll(ctx, tx, author, ready)
	return err
}

func conversationsOf(drafts []Draft) []db.ID {
	ids := make([]db.ID, len(drafts))
	for i, d := range drafts {
		ids[i] = d.Conversation
	}
	return ids
}

type saidKey struct {
	Conversation db.ID  `db:"conversation_id"`
	ClientID     string `db:"client_id"`
}

func saidBefore(ctx context.Context, tx *db.Tx, ids []db.ID, drafts []Draft) (map[saidKey]bool, error) {
	names := make([]string, 0, len(drafts))
	for _, d := range drafts {
		names = append(names, d.ClientID)
	}
	rows, err := db.All[saidKey](ctx, tx, "select conversation_id, client_id from messages where conversation_id in ({ids:$1}) and client_id in ({texts:$2})",
		db.IDs(ids), db.Texts(names))
	if err != nil {
		return nil, fmt.Errorf("said before: %w", err)
	}
	said := make(map[saidKey]bool, len(rows))
	for _, row := range rows {
		said[row] = true
	}
	return said, nil
}

// settle checks what a draft names and whether the window w lets it go, and gives it the content of its file.
func (d *Draft) settle(ctx context.Context, tx *db.Tx, t thread, w WindowState) error {
	if err := fits(ctx, tx, t, *d); err != nil {
		return err
	}
	if err := d.permitted(w); err != nil {
		return err
	}
	return d.attach(ctx, tx, t.Workspace)
}

// placed is a draft and the conversation it is said in.
type placed struct {
	thread
	Draft
}

// sayAll writes messages, moves their conversations and tells of them. All are of one workspace and one author, and notes only among
// notes.
func (r *Room) sayAll(ctx context.Context, tx *db.Tx, author Author, said []placed) ([]db.ID, error) {
	if len(said) == 0 {
		return nil, nil
	}
	ids, rows, items := make([]db.ID, len(said)), make([][]any, len(said)), make([]PostedItem, len(said))
	moved := map[string]map[db.ID][]any{} // by what statement → conversation → the newest of its messages
	for i, m := range said {
		ids[i] = tx.NewID()
		row, err := m.row(tx, ids[i], m.thread, author)
		if err != nil {
			return nil, err
		}
		rows[i], items[i] = row, PostedItem{ids[i], m.ID, m.Campaign, author.Kind}
		text, args := m.touch(author, m.ID, ids[i], tx.Now())
		if moved[text] == nil {
			moved[text] = map[db.ID][]any{}
		}
		moved[text][m.ID] = args
	}
	if _, err := tx.Insert(ctx, saidInto, "", rows); err != nil {
		return nil, fmt.Errorf("post: %w", err)
	}
	delete(moved, touchNothing)
	for text, of := range moved {
		if _, err := tx.ExecEach(ctx, text, slices.Collect(maps.Values(of))); err != nil {
			return nil, fmt.Errorf("post: %w", err)
		}
	}
	return ids, r.log.Append(ctx, tx, event.Fact{Workspace: said[0].Workspace, Kind: MessagePosted, Data: PostedFact{items}})
}
