package contact

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"recado/internal/channel"
	"recado/internal/db"
)

// Keys of the attributes that screens, filters and sheets know by name. Any other attribute is free.
const (
	FieldEmail      = "email"
	FieldCity       = "city"
	FieldDocument   = "document"    // of identity, as the person gave it
	FieldExternalID = "external_id" // the person's id in the customer's own system
)

// Fields are those keys, in the order they are shown.
var Fields = []string{FieldEmail, FieldCity, FieldDocument, FieldExternalID}

// Wanted is what people are looked for by (B21). Empty fields do not matter; all others must fit.
type Wanted struct {
	Name, Email, Phone, City, Document string
	ID                                 string // our id in full, or the beginning of the external id
}

// Empty tells whether anybody fits.
func (w Wanted) Empty() bool { return w == Wanted{} }

// MaxWanted bounds how many people a search by fields looks at: those who fit best by their words, the newest first.
const MaxWanted = 1000

// Look gives the contacts that fit, at most MaxWanted, each as the one that stands for it; with a segment only those put into it.
func (r *Room) Look(ctx context.Context, workspace, segment db.ID, w Wanted) ([]db.ID, error) {
	among := Segment{ID: segment, Kind: ByList}
	if segment == 0 {
		among = Segment{Kind: ByFilter, Query: Query{Name: w.Name, Email: w.Email, Phone: w.Phone, City: w.City, Document: w.Document, Ident: w.ID}}
	}
	candidates, err := r.Candidates(ctx, workspace, among, 1<<63-1, MaxWanted)
	if err != nil {
		return nil, err
	}
	whole, err := r.WholeMany(ctx, r.d, workspace, candidates)
	if err != nil {
		return nil, err
	}
	var out []db.ID
	seen := map[db.ID]bool{}
	for _, id := range candidates {
		if c, ok := whole[id]; ok && !seen[c.ID] && w.Fits(c) {
			seen[c.ID] = true
			out = append(out, c.ID)
		}
	}
	return out, nil
}

// candidates gives contacts with the words wanted, the newest first, before an id (0: from the newest), at most limit.
func (r *Room) candidates(ctx context.Context, workspace db.ID, w Wanted, before db.ID, limit int) ([]db.ID, error) {
	if id, err := db.ParseID(strings.TrimPrefix(strings.TrimSpace(w.ID), "#")); err == nil && id != 0 {
		found, err := r.GetMany(ctx, r.d, workspace, []db.ID{id})
		if err != nil {
			return nil, err
		}
		if _, known := found[id]; known {
			if before != 0 && id >= before {
				return nil, nil
			}
			return []db.ID{id}, nil
		}
	}
	text := strings.Join(slices.DeleteFunc([]string{w.Name, w.Email, w.City, plain(w.Document), w.ID}, func(s string) bool { return s == "" }), " ")
	switch {
	case w.Phone == "":
		return r.Find(ctx, workspace, text, before, limit)
	case text == "":
		return r.Find(ctx, workspace, w.Phone, before, limit)
	}
	byPhone, err := r.Find(ctx, workspace, w.Phone, before, limit)
	if err != nil || len(byPhone) < limit {
		return byPhone, err
	}
	return r.Find(ctx, workspace, text, before, limit)
}

// Fits tells whether a person is as wanted.
func (w Wanted) Fits(c Contact) bool {
	byID := w.ID == "" || c.ID.String() == strings.TrimPrefix(strings.TrimSpace(w.ID), "#") || beginsWith(c.Attributes[FieldExternalID], w.ID)
	return byID && hasWords(c.Name, w.Name) && hasWords(c.Attributes[FieldCity], w.City) && beginsWith(c.Attributes[FieldEmail], w.Email) &&
		beginsWith(plain(c.Attributes[FieldDocument]), plain(w.Document)) && hasPhone(c, w.Phone)
}

// hasWords tells whether every word wanted begins a word of text.
func hasWords(text, wanted string) bool {
	words := strings.Fields(Fold(text))
	for _, want := range strings.Fields(Fold(wanted)) {
		if !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, want) }) {
			return false
		}
	}
	return true
}

func beginsWith(text, wanted string) bool {
	return strings.HasPrefix(Fold(text), strings.TrimSpace(Fold(wanted)))
}

// plain is a document without its punctuation.
func plain(document string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, Fold(document))
}

// hasPhone tells whether a number has these digits, or is this number written in any of its ways.
func hasPhone(c Contact, wanted string) bool {
	if strings.TrimSpace(wanted) == "" {
		return true
	}
	digits, key := onlyDigits(wanted), FromWhatsApp(wanted).Key
	return slices.ContainsFunc(c.Identities, func(i Identity) bool {
		return i.Kind == channel.Phone && digits != "" && (i.Key == key || strings.Contains(i.Value, digits) || strings.Contains(i.Key, digits))
	})
}
