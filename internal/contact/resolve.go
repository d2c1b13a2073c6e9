package contact

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
)

// Person is someone as a provider or a sheet names them.
type Person struct {
	Identities []channel.Identity
	Name       string // kept when the contact has none yet
}

// Resolved is the contact of a Person.
type Resolved struct {
	Contact db.ID            // 0 when the person had no usable identity
	SendTo  channel.Identity // how to address the contact: see SendAddress
	New     bool             // made by this call
}

// identityKey tells identities of one channel apart.
type identityKey struct{ kind, key string }

// known is what is stored under an identity key.
type known struct {
	Key     string `db:"identity_key"`
	Contact db.ID  `db:"contact_id"`
	Name    string `db:"name"`
}

// ResolveIn finds or makes the contact of every person, in their order; the same person twice is one contact. Concurrent
// calls for the same new person agree on one contact: the identities are claimed by a unique index first, in one order
// for everybody, and only who got them makes the contact.
//
// Someone who is known by one identity gets the others attached, unless another contact has them.
func (r *Room) ResolveIn(ctx context.Context, tx *db.Tx, workspace db.ID, kind channel.Kind, people []Person) ([]Resolved, error) {
	p := newPlan(workspace, kind, people)
	if err := p.load(ctx, tx); err != nil {
		return nil, err
	}
	p.assign(tx)
	if err := p.claim(ctx, tx); err != nil {
		return nil, fmt.Errorf("identities: %w", err)
	}
	if err := p.makeContacts(ctx, tx); err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	if err := r.completeNames(ctx, tx, p); err != nil {
		return nil, fmt.Errorf("names of contacts: %w", err)
	}
	return p.answer(ctx, tx)
}

// plan is the work of one ResolveIn.
type plan struct {
	workspace db.ID
	channel   channel.Kind
	people    []planned
	known     map[identityKey]db.ID
	names     map[db.ID]string        // of contacts in known
	fresh     map[db.ID]bool          // contacts proposed by us
	wanted    map[identityKey]claimed // identities to insert
}

type planned struct {
	identities []Identity // user id first, then phone, then username
	name       string
	contact    db.ID
}

type claimed struct {
	Identity
	id db.ID
}

func newPlan(workspace db.ID, kind channel.Kind, people []Person) *plan {
	p := &plan{workspace: workspace, channel: kind, people: make([]planned, len(people)), known: map[identityKey]db.ID{},
		names: map[db.ID]string{}, fresh: map[db.ID]bool{}, wanted: map[identityKey]claimed{}}
	for i, person := range people {
		p.people[i] = planned{identities: identitiesOfPerson(kind, person), name: cleanName(person.Name)}
	}
	return p
}

var precedence = map[string]int{channel.UserID: 1, channel.Phone: 2, channel.Username: 3}

func identitiesOfPerson(kind channel.Kind, person Person) []Identity {
	out := make([]Identity, 0, len(person.Identities))
	for _, given := range person.Identities {
		if i, ok := identityOf(kind, given); ok {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b Identity) int { return cmp.Compare(precedence[a.Kind], precedence[b.Kind]) })
	return out
}

// identityOf gives the stored form of an identity; ok is false when it names nobody.
func identityOf(kind channel.Kind, given channel.Identity) (Identity, bool) {
	value := strings.TrimSpace(cleanText(given.Value))
	key := value
	switch given.Kind {
	case channel.Phone:
		phone := FromWhatsApp(value)
		value, key = onlyDigits(value), phone.Key
	case channel.Username:
		value = strings.TrimPrefix(value, "@")
		key = strings.ToLower(value)
	case channel.UserID:
	default:
		return Identity{}, false
	}
	return Identity{Channel: kind, Kind: given.Kind, Key: key, Value: value}, key != ""
}

// knownIdentities asks for each key by itself. As a join, or with "in", PostgreSQL reads the whole table for every batch as
// long as it has no statistics, which is when a new workspace sends its first campaign.
const knownIdentities = `with wanted(k) as ({texts:$4}), found(k, contact_id) as materialized (
	select k, (select i.contact_id from identities i where i.identity_key = k and i.workspace_id = $1 and i.channel = $2 and i.kind = $3) from wanted)
	select k as identity_key, contact_id, coalesce((select c.name from contacts c where c.id = found.contact_id), '') as name
	from found where contact_id is not null`

// load reads what is stored under the keys of all people.
func (p *plan) load(ctx context.Context, q db.Querier) error {
	keys := map[string][]string{}
	seen := map[identityKey]bool{}
	for _, person := range p.people {
		for _, i := range person.identities {
			if k := (identityKey{i.Kind, i.Key}); !seen[k] {
				seen[k] = true
				keys[i.Kind] = append(keys[i.Kind], i.Key)
			}
		}
	}
	for kind, list := range keys {
		found, err := db.All[known](ctx, q, knownIdentities, p.workspace, string(p.channel), kind, db.Texts(list))
		if err != nil {
			return fmt.Errorf("known identities: %w", err)
		}
		for _, k := range found {
			p.known[identityKey{kind, k.Key}] = k.Contact
			p.names[k.Contact] = k.Name
		}
	}
	return nil
}

// assign gives every person a contact, known or proposed, and notes the identities to attach.
func (p *plan) assign(tx *db.Tx) {
	for i := range p.people {
		person := &p.people[i]
		if len(person.identities) == 0 {
			continue
		}
		person.contact = p.find(person.identities)
		if person.contact == 0 {
			person.contact = tx.NewID()
			p.fresh[person.contact] = true
		}
		for _, identity := range person.identities {
			key := identityKey{identity.Kind, identity.Key}
			if _, taken := p.known[key]; taken {
				continue
			}
			identity.Contact = person.contact
			p.wanted[key] = claimed{Identity: identity, id: tx.NewID()}
			p.known[key] = person.contact
		}
	}
}

// find gives the contact of the first known identity. A username can pass to somebody else, so it counts only alone.
func (p *plan) find(identities []Identity) db.ID {
	for _, i := range identities {
		if i.Kind == channel.Username && len(identities) > 1 {
			continue
		}
		if id, ok := p.known[identityKey{i.Kind, i.Key}]; ok {
			return id
		}
	}
	return 0
}

// claim inserts the wanted identities. Where a concurrent call was first, its contact is taken: a proposed contact that
// lost an identity is given up and what it got moves to the winner.
func (p *plan) claim(ctx context.Context, tx *db.Tx) error {
	if len(p.wanted) == 0 {
		return nil
	}
	order := make([]claimed, 0, len(p.wanted))
	for _, c := range p.wanted {
		order = append(order, c)
	}
	// One order for everybody, so that two calls never wait for each other in a circle.
	slices.SortFunc(order, func(a, b claimed) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	rows := make([][]any, len(order))
	for i, c := range order {
		rows[i] = []any{int64(p.workspace), int64(c.id), int64(c.Contact), string(p.channel), c.Kind, c.Key, c.Value, tx.Now()}
	}
	n, err := tx.Insert(ctx, "identities (workspace_id, id, contact_id, channel, kind, identity_key, value, created_at)",
		"on conflict (workspace_id, channel, kind, identity_key) do nothing", rows)
	if err != nil || n == int64(len(rows)) {
		return err
	}
	return p.yield(ctx, tx)
}

// yield follows the winners after a lost claim.
func (p *plan) yield(ctx context.Context, tx *db.Tx) error {
	if err := p.load(ctx, tx); err != nil {
		return err
	}
	moved := map[db.ID]db.ID{}
	for key, c := range p.wanted {
		if winner := p.known[key]; p.fresh[c.Contact] && winner != c.Contact && c.Kind != channel.Username {
			moved[c.Contact] = winner
		}
	}
	var updates [][]any
	for from, to := range moved {
		delete(p.fresh, from)
		updates = append(updates, []any{int64(to), int64(from), int64(p.workspace)})
	}
	if _, err := tx.ExecEach(ctx, "update identities set contact_id = $1 where contact_id = $2 and workspace_id = $3", updates); err != nil {
		return err
	}
	for i := range p.people {
		if to, gone := moved[p.people[i].contact]; gone {
			p.people[i].contact = to
		}
	}
	return p.load(ctx, tx)
}

func (p *plan) makeContacts(ctx context.Context, tx *db.Tx) error {
	if len(p.fresh) == 0 {
		return nil
	}
	identities := map[db.ID][]Identity{}
	for _, c := range p.wanted {
		if p.known[identityKey{c.Kind, c.Key}] == c.Contact {
			identities[c.Contact] = append(identities[c.Contact], c.Identity)
		}
	}
	names := map[db.ID]string{}
	for _, person := range p.people {
		if names[person.contact] == "" {
			names[person.contact] = person.name
		}
	}
	rows := make([][]any, 0, len(p.fresh))
	for id := range p.fresh {
		rows = append(rows, []any{int64(p.workspace), int64(id), names[id], searchText(names[id], identities[id]), tx.Now()})
		p.names[id] = names[id]
	}
	_, err := tx.Insert(ctx, "contacts (workspace_id, id, name, search, created_at)", "", rows)
	return err
}

// completeNames names contacts that had no name, and makes newly attached identities searchable.
func (r *Room) completeNames(ctx context.Context, tx *db.Tx, p *plan) error {
	var facts []event.Fact
	var named [][]any
	done := map[db.ID]bool{}
	for _, person := range p.people {
		id := person.contact
		if id == 0 || done[id] || p.fresh[id] || person.name == "" || p.names[id] != "" {
			continue
		}
		done[id] = true
		named = append(named, []any{person.name, Fold(person.name), int64(id), int64(p.workspace)})
		facts = append(facts, event.Fact{Workspace: p.workspace, Kind: Changed, Subject: id, Data: ChangedFact{id}})
	}
	if len(named) > 0 {
		slices.SortFunc(named, func(a, b []any) int { return cmp.Compare(a[2].(int64), b[2].(int64)) })
		_, err := tx.ExecEach(ctx, "update contacts set name = $1, search = $2 || ' ' || search where id = $3 and workspace_id = $4 and name = ''", named)
		if err != nil {
			return err
		}
	}
	var attached [][]any
	for _, c := range p.wanted {
		if owner := p.known[identityKey{c.Kind, c.Key}]; owner == c.Contact && !p.fresh[owner] {
			var b strings.Builder
			addSearch(&b, c.Identity)
			attached = append(attached, []any{b.String(), int64(owner), int64(p.workspace)})
		}
	}
	if len(attached) > 0 {
		slices.SortFunc(attached, func(a, b []any) int { return cmp.Compare(a[1].(int64), b[1].(int64)) })
		if _, err := tx.ExecEach(ctx, "update contacts set search = search || $1 where id = $2 and workspace_id = $3", attached); err != nil {
			return err
		}
	}
	for _, row := range attached {
		id := db.ID(row[1].(int64))
		facts = append(facts, event.Fact{Workspace: p.workspace, Kind: Changed, Subject: id, Data: ChangedFact{id}})
	}
	if len(p.fresh) > 0 {
		made := CreatedFact{Contacts: slices.Sorted(maps.Keys(p.fresh))}
		facts = append(facts, event.Fact{Workspace: p.workspace, Kind: Created, Data: made})
	}
	return r.log.Append(ctx, tx, facts...)
}

func (p *plan) answer(ctx context.Context, tx *db.Tx) ([]Resolved, error) {
	out := make([]Resolved, len(p.people))
	var lookup []db.ID
	for i, person := range p.people {
		out[i] = Resolved{Contact: person.contact, SendTo: addressAmong(person.identities), New: p.fresh[person.contact]}
		if person.contact != 0 && out[i].SendTo.Kind != channel.Phone && !out[i].New {
			lookup = append(lookup, person.contact)
		}
	}
	if len(lookup) == 0 {
		return out, nil
	}
	addresses, err := sendAddresses(ctx, tx, p.workspace, p.channel, lookup)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if stored, ok := addresses[out[i].Contact]; ok && out[i].SendTo.Kind != channel.Phone && stored.Kind == channel.Phone {
			out[i].SendTo = stored
		}
	}
	return out, nil
}
