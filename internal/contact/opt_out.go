package contact

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/db"
)

// Sources of a change of consent: who or what changed it.
const (
	ByAgent    = "agent"    // an agent on the person's word
	ByProvider = "provider" // the switch in the person's app (user_preferences, code 131050)
	ByMessage  = "message"  // the person wrote a word such as BAJA
	ByAPI      = "api"
	ByImport   = "import"
)

// Scopes of an opt-out.
const (
	Marketing  = "marketing"  // no promotion
	Everything = "everything" // no active message at all
)

// Consent says who changes a person's consent and how.
type Consent struct {
	Source  string
	Scope   string        // of an opt-out; empty is Marketing
	By      account.Actor // who did it by hand
	Wording string        // what the person wrote
	Inbox   db.ID         // by which number; 0: none
	At      int64         // Unix milliseconds; 0: now
}

// weak are the sources that are no word of the person's to this business: what they set they may take back, what a person or a
// colleague set they may not.
var weak = []string{ByProvider, ByImport}

func (c Consent) isWeak() bool { return slices.Contains(weak, c.Source) }

const optOut = `update contacts set opted_out_at = coalesce(opted_out_at, $1),
	opted_out_source = case when opted_out_at is null or ($4 = 1 and opted_out_source in ({texts:$5})) then $2 else opted_out_source end,
	opted_out_scope = case when opted_out_at is null or $3 = 'everything' then $3 else opted_out_scope end
	where id in ({ids:$6}) and workspace_id = $7 and (opted_out_at is null or ($4 = 1 and opted_out_source in ({texts:$5}))
		or ($3 = 'everything' and opted_out_scope <> 'everything')) returning id`

// OptOutIn marks contacts that take no active messages any more. Those opted out already keep their time; a stronger source or a
// wider scope takes the place of theirs. It gives how many changed, writes each into the ledger and tells contact.opted_out for it.
func (r *Room) OptOutIn(ctx context.Context, tx *db.Tx, workspace db.ID, ids []db.ID, c Consent) (int, error) {
	c = c.filled(tx)
	strong := 1
	if c.isWeak() {
		strong = 0
	}
	changed, err := db.All[db.ID](ctx, tx, optOut, c.At, c.Source, c.Scope, strong, db.Texts(weak), db.IDs(ids), workspace)
	if err != nil {
		return 0, fmt.Errorf("opt out contacts: %w", err)
	}
	return len(changed), r.consentsIn(ctx, tx, workspace, OptedOut, changed, c, noted{})
}

const optIn = `update contacts set opted_out_at = null, opted_out_source = '', opted_out_scope = ''
	where id in ({ids:$1}) and workspace_id = $2 and opted_out_at is not null and ($3 = 0 or opted_out_source in ({texts:$4})) returning id`

// OptInIn takes an opt-out back. The provider and an import take back only what they set themselves: what the person or a colleague
// asked for stays, and the ledger says that it was asked to change. It gives how many changed and tells contact.changed for each.
func (r *Room) OptInIn(ctx context.Context, tx *db.Tx, workspace db.ID, ids []db.ID, c Consent) (int, error) {
	c = c.filled(tx)
	only := 0
	if c.isWeak() {
		only = 1
	}
	changed, err := db.All[db.ID](ctx, tx, optIn, db.IDs(ids), workspace, only, db.Texts(weak))
	if err != nil {
		return 0, fmt.Errorf("opt in contacts: %w", err)
	}
	kept, err := db.All[db.ID](ctx, tx, "select id from contacts where id in ({ids:$1}) and workspace_id = $2 and opted_out_at is not null", db.IDs(ids), workspace)
	if err != nil {
		return 0, fmt.Errorf("contacts that stay opted out: %w", err)
	}
	if err := r.consentsIn(ctx, tx, workspace, "", kept, c, noted{given: 1, kept: 1}); err != nil {
		return 0, err
	}
	return len(changed), r.consentsIn(ctx, tx, workspace, Changed, changed, c, noted{given: 1})
}

func (c Consent) filled(tx *db.Tx) Consent {
	if c.At == 0 {
		c.At = tx.Now()
	}
	if c.Scope == "" {
		c.Scope = Marketing
	}
	return c
}

// OptOut is OptOutIn for one person with all the contacts they are. It fails with NotFound.
func (r *Room) OptOut(ctx context.Context, workspace, id db.ID, c Consent) (Contact, error) {
	return r.consent(ctx, workspace, id, c, r.OptOutIn)
}

// OptIn is OptInIn for one person. It fails with NotFound.
func (r *Room) OptIn(ctx context.Context, workspace, id db.ID, c Consent) (Contact, error) {
	return r.consent(ctx, workspace, id, c, r.OptInIn)
}

func (r *Room) consent(ctx context.Context, workspace, id db.ID, c Consent, change func(context.Context, *db.Tx, db.ID, []db.ID, Consent) (int, error)) (Contact, error) {
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		who, err := r.lockWhole(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		_, err = change(ctx, tx, workspace, append([]db.ID{who.ID}, who.Merged...), c)
		return err
	})
	if err != nil {
		return Contact{}, err
	}
	return r.Whole(ctx, workspace, id)
}

// AllOf gives the ids of all contacts a person is, by any of them, read through q.
func (r *Room) AllOf(ctx context.Context, q db.Querier, workspace, id db.ID) ([]db.ID, error) {
	ids, err := db.All[db.ID](ctx, q, `select c.id from contacts c join contacts one on one.id = $1 and one.workspace_id = $2
		where c.workspace_id = $2 and (c.id = coalesce(one.merged_into, one.id) or c.merged_into = coalesce(one.merged_into, one.id))`, id, workspace)
	if err != nil {
		return nil, fmt.Errorf("contacts of person %d: %w", id, err)
	}
	return ids, nil
}

// Bar is why a person is not written to first.
type Bar int

// The bars. Who is blocked is blocked, whatever they asked for.
const (
	NoBar Bar = iota
	BarOptedOut
	BarBlocked
)

const barredAmong = `select id, case when blocked_at is not null then 2 else 1 end as bar from contacts
	where id in ({ids:$1}) and workspace_id = $2 and (opted_out_at is not null or blocked_at is not null)`

// BarredAmong gives those of ids that are not written to first, and why, read through q.
func (r *Room) BarredAmong(ctx context.Context, q db.Querier, workspace db.ID, ids []db.ID) (map[db.ID]Bar, error) {
	out, err := db.All[struct {
		ID  db.ID `db:"id"`
		Bar Bar   `db:"bar"`
	}](ctx, q, barredAmong, db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("barred contacts: %w", err)
	}
	found := make(map[db.ID]Bar, len(out))
	for _, one := range out {
		found[one.ID] = one.Bar
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
