package contact

import (
	"context"
	"fmt"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
)

// Sources of an opt-out: who or what took the consent away.
const (
	ByAgent    = "agent"    // an agent on the person's word
	ByProvider = "provider" // the switch in the person's app (user_preferences, code 131050)
	ByMessage  = "message"  // the person wrote a word such as BAJA
	ByAPI      = "api"
)

// OptOutIn marks contacts that take no active messages any more; at is Unix milliseconds. Those opted out already keep
// their time and source. It gives how many changed and tells contact.opted_out for each of them.
func (r *Room) OptOutIn(ctx context.Context, tx *db.Tx, workspace db.ID, ids []db.ID, source string, at int64) (int, error) {
	return r.consentIn(ctx, tx, workspace, OptedOut, `update contacts set opted_out_at = $1, opted_out_source = $2
		where id in ({ids:$3}) and workspace_id = $4 and opted_out_at is null returning id`, at, source, db.IDs(ids), workspace)
}

// OptInIn takes an opt-out back. It gives how many changed and tells contact.changed for each of them.
func (r *Room) OptInIn(ctx context.Context, tx *db.Tx, workspace db.ID, ids []db.ID) (int, error) {
	return r.consentIn(ctx, tx, workspace, Changed, `update contacts set opted_out_at = null, opted_out_source = ''
		where id in ({ids:$1}) and workspace_id = $2 and opted_out_at is not null returning id`, db.IDs(ids), workspace)
}

func (r *Room) consentIn(ctx context.Context, tx *db.Tx, workspace db.ID, kind, text string, args ...any) (int, error) {
	changed, err := db.All[db.ID](ctx, tx, text, args...)
	if err != nil {
		return 0, fmt.Errorf("consent of contacts: %w", err)
	}
	facts := make([]event.Fact, len(changed))
	for i, id := range changed {
		facts[i] = event.Fact{Workspace: workspace, Kind: kind, Subject: id, Data: ChangedFact{id}}
	}
	return len(changed), r.log.Append(ctx, tx, facts...)
}

// OptOut is OptOutIn for one person, now, with all the contacts they are. It fails with NotFound.
func (r *Room) OptOut(ctx context.Context, workspace, id db.ID, source string) (Contact, error) {
	return r.consent(ctx, workspace, id, func(ctx context.Context, tx *db.Tx, ids []db.ID) (int, error) {
		return r.OptOutIn(ctx, tx, workspace, ids, source, tx.Now())
	})
}

// OptIn is OptInIn for one person. It fails with NotFound.
func (r *Room) OptIn(ctx context.Context, workspace, id db.ID) (Contact, error) {
	return r.consent(ctx, workspace, id, func(ctx context.Context, tx *db.Tx, ids []db.ID) (int, error) {
		return r.OptInIn(ctx, tx, workspace, ids)
	})
}

func (r *Room) consent(ctx context.Context, workspace, id db.ID, change func(context.Context, *db.Tx, []db.ID) (int, error)) (Contact, error) {
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := r.lockWhole(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		_, err = change(ctx, tx, append([]db.ID{c.ID}, c.Merged...))
		return err
	})
	if err != nil {
		return Contact{}, err
	}
	return r.Whole(ctx, workspace, id)
}

// OptedOutAmong gives those of ids that take no active messages, blocked ones included, read through q.
func (r *Room) OptedOutAmong(ctx context.Context, q db.Querier, workspace db.ID, ids []db.ID) (map[db.ID]bool, error) {
	out, err := db.All[db.ID](ctx, q, "select id from contacts where id in ({ids:$1}) and workspace_id = $2 and (opted_out_at is not null or blocked_at is not null)", db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("opted-out contacts: %w", err)
	}
	found := make(map[db.ID]bool, len(out))
	for _, id := range out {
		found[id] = true
	}
	return found, nil
}

// ByIdentities gives the contacts that have these identities, read through q, keyed by the identity as given. Unknown
// ones are missing in the answer; nobody is made.
func (r *Room) ByIdentities(ctx context.Context, q db.Querier, workspace db.ID, kind channel.Kind, identities []channel.Identity) (map[channel.Identity]db.ID, error) {
	people := make([]Person, len(identities))
	for i, identity := range identities {
		people[i] = Person{Identities: []channel.Identity{identity}}
	}
	p := newPlan(workspace, kind, people)
	if err := p.load(ctx, q); err != nil {
		return nil, err
	}
	found := map[channel.Identity]db.ID{}
	for i, person := range p.people {
		if id := p.find(person.identities); id != 0 {
			found[identities[i]] = id
		}
	}
	return found, nil
}
