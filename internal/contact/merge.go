package contact

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Merge says how two people become one: which contact stands for both, and what they are called and known for from then on.
type Merge struct {
	Into, From db.ID
	Name       string
	Attributes map[string]string // all that remain
}

// MergeIn lets one contact stand for another and for all that one stood for. Every row stays: each address keeps its
// identities and conversations, and with them its service windows and the address its messages go to; nothing is moved, so
// nothing can be lost or reach somebody else. Notes move. Who wanted no active messages by one address wants none by any.
//
// It fails with NotFound, with Invalid for the same person twice, and with Conflict when only one of the two is blocked.
func (r *Room) MergeIn(ctx context.Context, tx *db.Tx, workspace db.ID, m Merge) (Contact, error) {
	if err := (Change{Name: &m.Name, Attributes: m.Attributes}).check(); err != nil {
		return Contact{}, err
	}
	into, from, err := r.lockBoth(ctx, tx, workspace, m)
	if err != nil {
		return Contact{}, err
	}
	if (into.BlockedAt == 0) != (from.BlockedAt == 0) {
		return Contact{}, fault.New(fault.Conflict, "contact.merge_blocked", "One of the two is blocked. Unblock it, or block both, and merge then.")
	}
	_, err = tx.Exec(ctx, "update contacts set merged_into = $1 where (id = $2 or merged_into = $2) and workspace_id = $3", into.ID, from.ID, workspace)
	if err != nil {
		return Contact{}, fmt.Errorf("merge contact %d: %w", from.ID, err)
	}
	if _, err := tx.Exec(ctx, "update contact_notes set contact_id = $1 where contact_id = $2 and workspace_id = $3", into.ID, from.ID, workspace); err != nil {
		return Contact{}, fmt.Errorf("notes on contact %d: %w", from.ID, err)
	}
	into.Merged = append(append(into.Merged, from.ID), from.Merged...)
	into.Identities = append(into.Identities, from.Identities...)
	if first := firstOptOut(into, from); first.OptedOutAt != 0 {
		if _, err := r.OptOutIn(ctx, tx, workspace, append([]db.ID{into.ID}, into.Merged...), Consent{Source: first.OptedOutSource, Scope: first.OptedOutScope, At: first.OptedOutAt}); err != nil {
			return Contact{}, err
		}
	}
	into.Name, into.Attributes = "", map[string]string{}
	into = Change{Name: &m.Name, Attributes: m.Attributes}.applied(into)
	return into, r.storeIn(ctx, tx, into)
}

// lockBoth holds both people, in one order for everybody.
func (r *Room) lockBoth(ctx context.Context, tx *db.Tx, workspace db.ID, m Merge) (into, from Contact, err error) {
	ids := []db.ID{m.Into, m.From}
	slices.SortFunc(ids, func(a, b db.ID) int { return cmp.Compare(a, b) })
	for _, id := range ids {
		c, err := r.lockWhole(ctx, tx, workspace, id)
		if err != nil {
			return into, from, err
		}
		if id == m.Into {
			into = c
		}
		if id == m.From {
			from = c
		}
	}
	if into.ID == from.ID {
		err = fault.New(fault.Invalid, "contact.merge_same", "These two are one person already.").On("from_id")
	}
	return into, from, err
}

func firstOptOut(a, b Contact) Contact {
	if a.OptedOutAt == 0 || b.OptedOutAt != 0 && b.OptedOutAt < a.OptedOutAt {
		return b
	}
	return a
}

// BlockIn blocks or unblocks a person, by any of their contacts' ids, and gives them back. It fails with NotFound.
func (r *Room) BlockIn(ctx context.Context, tx *db.Tx, workspace, id, by db.ID, blocked bool) (Contact, error) {
	c, err := r.lockWhole(ctx, tx, workspace, id)
	if err != nil || blocked == (c.BlockedAt != 0) {
		return c, err
	}
	var at, user any
	c.BlockedAt = 0
	if blocked {
		c.BlockedAt = tx.Now()
		at = c.BlockedAt
		if by != 0 {
			user = int64(by)
		}
	}
	_, err = tx.Exec(ctx, "update contacts set blocked_at = $1, blocked_by = $2 where (id = $3 or merged_into = $3) and workspace_id = $4", at, user, c.ID, workspace)
	if err != nil {
		return c, fmt.Errorf("block contact %d: %w", c.ID, err)
	}
	return c, r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: Changed, Subject: c.ID, Data: ChangedFact{c.ID}})
}

// BlockedAmong gives those of ids that are blocked, read through q.
func (r *Room) BlockedAmong(ctx context.Context, q db.Querier, workspace db.ID, ids []db.ID) ([]db.ID, error) {
	found, err := db.All[db.ID](ctx, q, "select id from contacts where id in ({ids:$1}) and workspace_id = $2 and blocked_at is not null", db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("blocked contacts: %w", err)
	}
	return found, nil
}
