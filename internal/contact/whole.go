package contact

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"recado/internal/db"
)

// member is a contact and the one that stands for it, which may be itself.
type member struct {
	ID   db.ID `db:"id"`
	Root db.ID `db:"root"`
}

const (
	rootsOf   = "select id, coalesce(merged_into, id) as root from contacts where id in ({ids:$1}) and workspace_id = $2"
	membersOf = "select id, merged_into as root from contacts where merged_into is not null and merged_into in ({ids:$1}) and workspace_id = $2 order by id"
)

// Roots gives the contact that stands for each of ids, read through q; those unknown are missing.
func (r *Room) Roots(ctx context.Context, q db.Querier, workspace db.ID, ids []db.ID) (map[db.ID]db.ID, error) {
	rows, err := db.All[member](ctx, q, rootsOf, db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("merged contacts: %w", err)
	}
	roots := make(map[db.ID]db.ID, len(rows))
	for _, m := range rows {
		roots[m.ID] = m.Root
	}
	return roots, nil
}

// Members gives every contact that roots stand for with its root, the roots themselves included, read through q.
func (r *Room) Members(ctx context.Context, q db.Querier, workspace db.ID, roots []db.ID) (map[db.ID]db.ID, error) {
	rows, err := db.All[member](ctx, q, membersOf, db.IDs(roots), workspace)
	if err != nil {
		return nil, fmt.Errorf("merged contacts: %w", err)
	}
	members := make(map[db.ID]db.ID, len(rows)+len(roots))
	for _, id := range roots {
		members[id] = id
	}
	for _, m := range rows {
		members[m.ID] = m.Root
	}
	return members, nil
}

// WholeMany gives people by any of their contacts' ids: the contact that stands for them with the identities of all merged into
// it. Those unknown are missing.
func (r *Room) WholeMany(ctx context.Context, q db.Querier, workspace db.ID, ids []db.ID) (map[db.ID]Contact, error) {
	roots, err := r.Roots(ctx, q, workspace, ids)
	if err != nil {
		return nil, err
	}
	distinct := slices.Compact(slices.Sorted(maps.Values(roots)))
	members, err := r.Members(ctx, q, workspace, distinct)
	if err != nil {
		return nil, err
	}
	all, err := r.GetMany(ctx, q, workspace, slices.Sorted(maps.Keys(members)))
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(members)) {
		if root := members[id]; root != id {
			whole := all[root]
			whole.Identities = append(whole.Identities, all[id].Identities...)
			whole.Merged = append(whole.Merged, id)
			all[root] = whole
		}
	}
	found := make(map[db.ID]Contact, len(roots))
	for id, root := range roots {
		found[id] = all[root]
	}
	return found, nil
}

// Whole gives a person by any of their contacts' ids. It fails with NotFound.
func (r *Room) Whole(ctx context.Context, workspace, id db.ID) (Contact, error) {
	found, err := r.WholeMany(ctx, r.d, workspace, []db.ID{id})
	return only(found, id, err)
}
