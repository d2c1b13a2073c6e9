package contact

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/fault"
)

// Page is a part of a list; Next asks for the following part and is empty at the end.
type Page struct {
	Items []Contact
	Next  string
}

// Search gives contacts found by the words of text (Find), newest first; an empty text gives all. Accents, case and the punctuation of numbers do not matter. limit is 1 to 200; 0 means 50. It fails with Invalid
// when cursor is not one of ours.
func (r *Room) Search(ctx context.Context, workspace db.ID, text, cursor string, limit int) (Page, error) {
	before, err := readCursor(cursor)
	if err != nil {
		return Page{}, err
	}
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 200)
	rows, err := r.searched(ctx, workspace, text, before, limit+1)
	if err != nil {
		return Page{}, fmt.Errorf("search contacts: %w", err)
	}
	var page Page
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = base64.RawURLEncoding.EncodeToString([]byte(rows[limit-1].ID.String()))
	}
	page.Items, err = r.withIdentities(ctx, r.d, workspace, rows)
	return page, err
}

// searched gives the rows of a page: all in order, or those with the words.
func (r *Room) searched(ctx context.Context, workspace db.ID, text string, before db.ID, limit int) ([]row, error) {
	if len(SearchWords(text)) == 0 {
		return db.All[row](ctx, r.d, "select "+columns+" from contacts where workspace_id = $1 and id < $2 order by id desc limit $3", workspace, before, limit)
	}
	ids, err := r.Find(ctx, workspace, text, before, limit)
	if err != nil {
		return nil, err
	}
	return db.All[row](ctx, r.d, "select "+columns+" from contacts where id in ({ids:$1}) and workspace_id = $2 order by id desc", db.IDs(ids), workspace)
}

func readCursor(cursor string) (db.ID, error) {
	if cursor == "" {
		return 1<<63 - 1, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	id, err2 := db.ParseID(string(text))
	if err != nil || err2 != nil || id == 0 {
		return 0, fault.New(fault.Invalid, "invalid.cursor", "This is not a place in the list. Load the list again.").On("cursor")
	}
	return id, nil
}

const (
	maxSearchWords = 6  // bounds the conditions of one search
	fullNumber     = 12 // digits from which on a number surely has its country code
)

// SearchWords turns what a person types into folded words for "search like '%'||word||'%' escape '!'", with the signs
// of like taken literally. Text made of digits and the punctuation of phone numbers becomes one word of digits; a
// number in full becomes its one form for all variants.
func SearchWords(text string) []string {
	if digits := onlyDigits(text); len(digits) >= 3 && strings.Trim(text, "+-.() 0123456789\u00a0") == "" {
		if len(digits) >= fullNumber {
			digits = FromWhatsApp(digits).Key
		}
		return []string{digits}
	}
	words := strings.Fields(Fold(text))
	if len(words) > maxSearchWords {
		words = words[:maxSearchWords]
	}
	for i, word := range words {
		words[i] = likeSigns.Replace(strings.TrimPrefix(word, "@"))
	}
	return words
}

var likeSigns = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Fold is db.Fold: columns that are searched hold folded text.
func Fold(text string) string { return db.Fold(text) }

// searchText is the folded text a contact is found by. Numbers stand in both forms: as told and as the key.
func searchText(name string, identities []Identity) string {
	var b strings.Builder
	b.WriteString(Fold(name))
	for _, i := range identities {
		addSearch(&b, i)
	}
	return b.String()
}

func addSearch(b *strings.Builder, i Identity) {
	if i.Kind == channel.UserID {
		return // nobody searches for those, and their letters would match names
	}
	b.WriteByte(' ')
	b.WriteString(Fold(i.Key))
	if i.Value != i.Key {
		b.WriteByte(' ')
		b.WriteString(Fold(i.Value))
	}
}

// cleanName keeps a name as its owner wrote it, in any script and with emoji, but valid, on one line and within bounds:
// PostgreSQL refuses zero bytes, and a name with line breaks would tear lists apart.
func cleanName(name string) string {
	name = strings.Join(strings.Fields(cleanText(name)), " ")
	if runes := []rune(name); len(runes) > maxName {
		name = strings.TrimSpace(string(runes[:maxName]))
	}
	return name
}

func cleanText(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}
