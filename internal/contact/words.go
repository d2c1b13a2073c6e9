package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"recado/internal/db"
	"recado/internal/event"
)

// Created tells of contacts that were made, a batch.
const Created = "contact.created"

// CreatedFact is the data of Created.
type CreatedFact struct {
	Contacts []db.ID `json:"contact_ids"`
}

// wordsGather lets many new contacts share a transaction: those not in the index yet are found all the same.
const wordsGather = time.Second

// words finds contacts by the words of their names, numbers, handles and attributes. People type beginnings of names and ends
// of numbers.
var words = db.Words{Table: "contact_words", Starts: true, Tail: 3}

// WordsSubscriber keeps the words of contacts, after commit and in batches.
func (r *Room) WordsSubscriber() event.Subscriber {
	return event.Subscriber{Name: "contact.words", Kinds: []string{Created, Changed}, Gather: wordsGather, React: r.reactWords}
}

func (r *Room) reactWords(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	var ids []db.ID
	for _, e := range facts {
		if e.Kind == Changed {
			ids = append(ids, e.Subject)
			continue
		}
		fact, err := event.Decode[CreatedFact](e)
		if err != nil {
			return err
		}
		ids = append(ids, fact.Contacts...)
	}
	rows, err := db.All[wordsRow](ctx, tx, "select workspace_id, id, search, attributes_json from contacts where id in ({ids:$1})", db.IDs(ids))
	if err != nil {
		return fmt.Errorf("words of contacts: %w", err)
	}
	return words.Put(ctx, tx, worded(rows))
}

type wordsRow struct {
	Workspace  db.ID  `db:"workspace_id"`
	ID         db.ID  `db:"id"`
	Search     string `db:"search"`
	Attributes string `db:"attributes_json"`
}

func worded(rows []wordsRow) []db.Worded {
	texts := make([]db.Worded, len(rows))
	for i, row := range rows {
		var text strings.Builder
		text.WriteString(row.Search)
		attributes := map[string]string{}
		_ = json.Unmarshal([]byte(row.Attributes), &attributes) // written by us; without them the name is found still
		for name, value := range attributes {
			text.WriteString(" | ")
			text.WriteString(value)
			if name == FieldDocument {
				text.WriteString(" | ")
				text.WriteString(plain(value)) // found with and without its punctuation
			}
		}
		texts[i] = db.Worded{Workspace: row.Workspace, ID: row.ID, Text: text.String()}
	}
	return texts
}

const wordsRows = "select workspace_id, id, search, attributes_json from contacts where id > $1 order by id limit $2"

var wordsSource = db.WordSource{Table: "contacts", Read: func(ctx context.Context, q db.Querier, after db.ID, limit int) ([]db.Worded, db.ID, error) {
	rows, err := db.All[wordsRow](ctx, q, wordsRows, int64(after), limit)
	if err != nil || len(rows) == 0 {
		return nil, 0, err
	}
	return worded(rows), rows[len(rows)-1].ID, nil
}}

// PrepareWords and BuildWords make the index of contacts that were there before it, once; ForgetWords lets it be made again.
func (r *Room) PrepareWords(ctx context.Context) error { return words.Prepare(ctx, r.d, wordsSource) }

// BuildWords is the long part, in the background.
func (r *Room) BuildWords(ctx context.Context) error { return words.Build(ctx, r.d, wordsSource) }

// ForgetWords empties the index.
func (r *Room) ForgetWords(ctx context.Context) error { return words.Forget(ctx, r.d) }

// Find gives the ids of contacts with every word of text in their name, numbers, handles or attributes, the newest contact first,
// before an id (0: from the newest), at most limit. A contact made a moment ago is found by its name, numbers and handles.
func (r *Room) Find(ctx context.Context, workspace db.ID, text string, before db.ID, limit int) ([]db.ID, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	newest, err := words.Newest(ctx, r.d)
	if err != nil {
		return nil, err
	}
	var ids []db.ID
	if before > newest {
		if ids, err = r.findNew(ctx, workspace, text, newest, before, limit); err != nil {
			return nil, fmt.Errorf("search new contacts: %w", err)
		}
		before = newest + 1
	}
	if len(ids) >= limit {
		return ids, nil
	}
	if digits := onlyDigits(text); len(digits) >= fullNumber && len(SearchWords(text)) == 1 {
		text = SearchWords(text)[0] // one form for all ways to write the number
	}
	older, err := words.Find(ctx, r.d, workspace, text, before, limit-len(ids))
	return append(ids, older...), err
}

// maxNew bounds how many contacts that the index does not know yet are looked through: while the index of a large book is being
// built that is nearly all of them.
const maxNew = 20_000

// findNew looks through the newest of the contacts the index does not know yet.
func (r *Room) findNew(ctx context.Context, workspace db.ID, text string, after, before db.ID, limit int) ([]db.ID, error) {
	searched := SearchWords(text)
	if len(searched) == 0 {
		return nil, nil
	}
	args := []any{workspace, int64(after), int64(before), maxNew, limit}
	query := "select id from (select id, search from contacts where workspace_id = $1 and id > $2 and id < $3 order by id desc limit $4) newest where true"
	for _, word := range searched {
		args = append(args, "%"+word+"%")
		query += fmt.Sprintf(" and search like $%d escape '!'", len(args))
	}
	return db.All[db.ID](ctx, r.d, query+" order by id desc limit $5", args...)
}

// ByIDs gives contacts with their identities, by id; those unknown are missing.
func (r *Room) ByIDs(ctx context.Context, workspace db.ID, ids []db.ID) (map[db.ID]Contact, error) {
	return r.GetMany(ctx, r.d, workspace, ids)
}
