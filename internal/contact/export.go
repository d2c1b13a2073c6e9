package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"recado/internal/channel"
	"recado/internal/db"
)

const (
	attributeRows = 5000 // contacts read at once for the names of their attributes
	// maxExported bounds the columns of free attributes in an export; further names are left out, the first in the alphabet stay.
	maxExported = 200
)

// ExportHeaders name the columns of an export in a language: what an import knows, then the free attributes.
func ExportHeaders(locale string, attributes []string) []string {
	headers, ok := exportHeaders[locale]
	if !ok {
		headers = exportHeaders["es"]
	}
	return append(slices.Clone(headers), attributes...)
}

// ExportCells is a person in those columns. when writes a time given in Unix milliseconds; lastAt 0: nobody talked yet.
func (c Contact) ExportCells(attributes []string, lastAt int64, when func(int64) string) []string {
	cells := []string{c.first(channel.Phone), c.Name}
	for _, field := range Fields {
		cells = append(cells, c.Attributes[field])
	}
	cells = append(cells, c.first(channel.Username), when(lastAt), when(c.OptedOutAt), when(c.BlockedAt), c.ID.String())
	for _, name := range attributes {
		cells = append(cells, c.Attributes[name])
	}
	return cells
}

// first is the oldest identity of a kind, as people read it.
func (c Contact) first(kind string) string {
	for _, i := range c.Identities {
		if i.Kind == kind {
			return i.Display()
		}
	}
	return ""
}

// AttributeNames are the names of the free attributes contacts of a workspace have, in the order of the alphabet, at most 200.
func (r *Room) AttributeNames(ctx context.Context, workspace db.ID) ([]string, error) {
	names := map[string]bool{}
	after := int64(0) // an id of 0 would be null to the database
	for {
		rows, err := db.All[struct {
			ID         db.ID  `db:"id"`
			Attributes string `db:"attributes_json"`
		}](ctx, r.d, "select id, attributes_json from contacts where workspace_id = $1 and id > $2 and attributes_json <> '{}' order by id limit $3",
			workspace, after, attributeRows)
		if err != nil {
			return nil, fmt.Errorf("names of attributes: %w", err)
		}
		for _, row := range rows {
			var attributes map[string]json.RawMessage
			if err := json.Unmarshal([]byte(row.Attributes), &attributes); err != nil {
				return nil, fmt.Errorf("attributes of contact %d: %w", row.ID, err)
			}
			for name := range attributes {
				names[name] = true
			}
			after = int64(row.ID)
		}
		if len(rows) < attributeRows {
			break
		}
	}
	for _, field := range Fields {
		delete(names, field)
	}
	all := slices.Sorted(maps.Keys(names))
	return all[:min(len(all), maxExported)], nil
}
