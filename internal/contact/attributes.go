package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"recado/internal/db"
	"recado/internal/event"
)

const attributesOf = "select id, attributes_json from contacts where id in ({ids:$1}) and workspace_id = $2 order by id"

// AttributesIn gives the attributes of a contact by name.
func (r *Room) AttributesIn(ctx context.Context, q db.Querier, workspace, contact db.ID) (attributes map[string]string, err error) {
	text, err := db.One[string](ctx, q, "select attributes_json from contacts where id = $1 and workspace_id = $2", contact, workspace)
	if err == nil {
		err = json.Unmarshal([]byte(text), &attributes)
	}
	if err != nil {
		return nil, fmt.Errorf("attributes of contact %d: %w", contact, err)
	}
	return attributes, nil
}

// AddAttributesIn gives contacts more attributes, by contact; one of the same name is replaced. Values are cut at 1000
// characters, and a contact that would get more than 50 attributes keeps those it has. It tells contact.changed for each
// contact that changed.
func (r *Room) AddAttributesIn(ctx context.Context, tx *db.Tx, workspace db.ID, more map[db.ID]map[string]string) error {
	if len(more) == 0 {
		return nil
	}
	stored, err := db.All[struct {
		ID         db.ID  `db:"id"`
		Attributes string `db:"attributes_json"`
	}](ctx, tx, attributesOf, db.IDs(slices.Collect(maps.Keys(more))), workspace)
	if err != nil {
		return fmt.Errorf("attributes of contacts: %w", err)
	}
	var rows [][]any
	var facts []event.Fact
	for _, s := range stored {
		before := map[string]string{}
		if err := json.Unmarshal([]byte(s.Attributes), &before); err != nil {
			return fmt.Errorf("attributes of contact %d: %w", s.ID, err)
		}
		after := withAttributes(before, more[s.ID])
		if maps.Equal(before, after) {
			continue
		}
		text, err := json.Marshal(after)
		if err != nil {
			return fmt.Errorf("attributes of contact %d: %w", s.ID, err)
		}
		rows = append(rows, []any{string(text), int64(s.ID), int64(workspace)})
		facts = append(facts, event.Fact{Workspace: workspace, Kind: Changed, Subject: s.ID, Data: ChangedFact{s.ID}})
	}
	if _, err := tx.ExecEach(ctx, "update contacts set attributes_json = $1 where id = $2 and workspace_id = $3", rows); err != nil {
		return fmt.Errorf("attributes of contacts: %w", err)
	}
	return r.log.Append(ctx, tx, facts...)
}

// withAttributes merges in the order of names, so that the same call always keeps the same ones.
func withAttributes(before, more map[string]string) map[string]string {
	after := maps.Clone(before)
	for _, name := range slices.Sorted(maps.Keys(more)) {
		if _, known := after[name]; !known && len(after) >= maxAttributes {
			continue
		}
		value := []rune(cleanText(more[name]))
		after[name] = string(value[:min(len(value), maxAttribute)])
	}
	return after
}
