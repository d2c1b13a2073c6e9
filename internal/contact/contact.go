package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Facts this room tells.
const (
	Changed  = "contact.changed"
	OptedOut = "contact.opted_out"
)

// ChangedFact is the data of both.
type ChangedFact struct {
	Contact db.ID `json:"contact_id"`
}

// Contact is a person outside.
type Contact struct {
	Workspace      db.ID             `db:"workspace_id"`
	ID             db.ID             `db:"id"`
	Name           string            `db:"name"` // may be empty
	Attributes     map[string]string `db:"-"`
	OptedOutAt     int64             `db:"-"` // Unix milliseconds; 0: takes active messages
	OptedOutSource string            `db:"opted_out_source"`
	OptedOutScope  string            `db:"opted_out_scope"` // Marketing or Everything; empty while not opted out
	BlockedAt      int64             `db:"-"`               // Unix milliseconds; 0: not blocked
	CreatedAt      int64             `db:"created_at"`
	Identities     []Identity        `db:"-"` // oldest first
	Merged         []db.ID           `db:"-"` // the contacts it stands for since merges; WholeMany fills it
}

// Identity is one of a contact's addresses.
type Identity struct {
	Contact db.ID        `db:"contact_id"`
	Channel channel.Kind `db:"channel"`
	Kind    string       `db:"kind"` // channel.Phone, UserID or Username
	Key     string       `db:"identity_key"`
	Value   string       `db:"value"` // what the provider wants to be told
}

// Display is the identity for people: a number with its country code, @username, or the user id as it is.
func (i Identity) Display() string {
	switch i.Kind {
	case channel.Phone:
		return FromWhatsApp(i.Value).Display()
	case channel.Username:
		return "@" + i.Value
	}
	return i.Value
}

// HasPhone tells whether any identity is a phone number.
func (c Contact) HasPhone() bool {
	for _, i := range c.Identities {
		if i.Kind == channel.Phone {
			return true
		}
	}
	return false
}

// AddressDisplay is the address shown beside the name: the number, else the username, else the user id.
func (c Contact) AddressDisplay() string {
	for _, kind := range []string{channel.Phone, channel.Username, channel.UserID} {
		for _, i := range c.Identities {
			if i.Kind == kind {
				return i.Display()
			}
		}
	}
	return ""
}

type row struct {
	Contact
	AttributesJSON string `db:"attributes_json"`
	OptedOut       *int64 `db:"opted_out_at"`
	Blocked        *int64 `db:"blocked_at"`
}

const columns = "workspace_id, id, name, attributes_json, opted_out_at, opted_out_source, opted_out_scope, blocked_at, created_at"

// Room keeps the contacts of all workspaces. It is safe for many goroutines.
type Room struct {
	d   *db.DB
	log *event.Log
}

// New makes the room.
func New(d *db.DB, log *event.Log) *Room { return &Room{d: d, log: log} }

// Get gives a contact with its identities. It fails with NotFound.
func (r *Room) Get(ctx context.Context, workspace, id db.ID) (Contact, error) {
	found, err := r.GetMany(ctx, r.d, workspace, []db.ID{id})
	return only(found, id, err)
}

// only takes the one contact that was asked for out of what was found.
func only(found map[db.ID]Contact, id db.ID, err error) (Contact, error) {
	if err != nil {
		return Contact{}, err
	}
	c, ok := found[id]
	if !ok {
		return Contact{}, notFound(id)
	}
	return c, nil
}

// GetMany gives contacts with their identities by id, read through q. Those unknown are missing in the answer.
func (r *Room) GetMany(ctx context.Context, q db.Querier, workspace db.ID, ids []db.ID) (map[db.ID]Contact, error) {
	rows, err := db.All[row](ctx, q, "select "+columns+" from contacts where id in ({ids:$1}) and workspace_id = $2", db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	all, err := r.withIdentities(ctx, q, workspace, rows)
	if err != nil {
		return nil, err
	}
	found := make(map[db.ID]Contact, len(all))
	for _, c := range all {
		found[c.ID] = c
	}
	return found, nil
}

// The plus keeps SQLite from walking over all identities of the workspace instead of those of the contacts.
const identitiesOf = `select contact_id, channel, kind, identity_key, value from identities
	where contact_id in ({ids:$1}) and +workspace_id = $2 order by contact_id, id`

func (r *Room) withIdentities(ctx context.Context, q db.Querier, workspace db.ID, rows []row) ([]Contact, error) {
	all := make([]Contact, len(rows))
	at := make(map[db.ID]int, len(rows))
	ids := make([]db.ID, len(rows))
	for i, row := range rows {
		all[i] = row.Contact
		all[i].Attributes = map[string]string{}
		if err := json.Unmarshal([]byte(row.AttributesJSON), &all[i].Attributes); err != nil {
			return nil, fmt.Errorf("attributes of contact %d: %w", row.ID, err)
		}
		if row.OptedOut != nil {
			all[i].OptedOutAt = *row.OptedOut
		}
		if row.Blocked != nil {
			all[i].BlockedAt = *row.Blocked
		}
		at[row.ID], ids[i] = i, row.ID
	}
	identities, err := db.All[Identity](ctx, q, identitiesOf, db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("identities: %w", err)
	}
	for _, i := range identities {
		all[at[i.Contact]].Identities = append(all[at[i.Contact]].Identities, i)
	}
	return all, nil
}

// Bounds of what people enter about a contact, in characters.
const (
	maxName       = 200
	maxAttributes = 50
	maxAttribute  = 1000
)

// Change says what of a contact becomes another; nil leaves as it is. In Attributes an empty value takes the attribute away.
type Change struct {
	Name       *string
	Attributes map[string]string
}

// Update changes a person, by any of their contacts' ids, and gives them back. It fails with NotFound or Invalid.
func (r *Room) Update(ctx context.Context, workspace, id db.ID, change Change) (Contact, error) {
	if err := change.check(); err != nil {
		return Contact{}, err
	}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := r.lockWhole(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		return r.storeIn(ctx, tx, change.applied(c))
	})
	if err != nil {
		return Contact{}, err
	}
	return r.Whole(ctx, workspace, id)
}

// lockWhole holds a person's rows for the transaction, so that two changes at once follow each other instead of losing one.
func (r *Room) lockWhole(ctx context.Context, tx *db.Tx, workspace, id db.ID) (Contact, error) {
	roots, err := r.Roots(ctx, tx, workspace, []db.ID{id})
	if err != nil {
		return Contact{}, err
	}
	root, known := roots[id]
	if !known {
		return Contact{}, notFound(id)
	}
	if _, err := tx.Exec(ctx, "update contacts set name = name where id = $1 and workspace_id = $2", root, workspace); err != nil {
		return Contact{}, fmt.Errorf("hold contact %d: %w", root, err)
	}
	found, err := r.WholeMany(ctx, tx, workspace, []db.ID{root})
	return found[root], err
}

// storeIn writes name and attributes of people to all the contacts they are, so that each conversation shows them, and tells it.
func (r *Room) storeIn(ctx context.Context, tx *db.Tx, people ...Contact) error {
	if err := writeIn(ctx, tx, people); err != nil {
		return err
	}
	var facts []event.Fact
	for _, c := range people {
		for _, id := range append([]db.ID{c.ID}, c.Merged...) {
			facts = append(facts, event.Fact{Workspace: c.Workspace, Kind: Changed, Subject: id, Data: ChangedFact{id}})
		}
	}
	return r.log.Append(ctx, tx, facts...)
}

// writeIn is storeIn without telling anybody.
func writeIn(ctx context.Context, tx *db.Tx, people []Contact) error {
	var rows [][]any
	for _, c := range people {
		if len(c.Attributes) > maxAttributes {
			return tooManyAttributes()
		}
		attributes, err := json.Marshal(c.Attributes)
		if err != nil {
			return err
		}
		of := map[db.ID][]Identity{}
		for _, i := range c.Identities {
			of[i.Contact] = append(of[i.Contact], i)
		}
		for _, id := range append([]db.ID{c.ID}, c.Merged...) {
			rows = append(rows, []any{c.Name, searchText(c.Name, of[id]), string(attributes), int64(id), int64(c.Workspace)})
		}
	}
	if _, err := tx.ExecEach(ctx, "update contacts set name = $1, search = $2, attributes_json = $3 where id = $4 and workspace_id = $5", rows); err != nil {
		return fmt.Errorf("update contacts: %w", err)
	}
	return nil
}

func tooManyAttributes() error {
	return fault.New(fault.Invalid, "contact.attributes", "A contact has at most %d attributes.", maxAttributes).On("attributes").With("limit", maxAttributes)
}

func (change Change) check() error {
	if change.Name != nil && utf8.RuneCountInString(*change.Name) > maxName {
		return fault.New(fault.Invalid, "contact.name", "The name is longer than %d characters.", maxName).On("name").With("limit", maxName)
	}
	for name, value := range change.Attributes {
		if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > maxName || utf8.RuneCountInString(value) > maxAttribute {
			return fault.New(fault.Invalid, "contact.attribute", "An attribute has a name and at most %d characters.", maxAttribute).
				On("attributes").With("limit", maxAttribute)
		}
	}
	return nil
}

func (change Change) applied(c Contact) Contact {
	if change.Name != nil {
		c.Name = cleanName(*change.Name)
	}
	for name, value := range change.Attributes {
		if name = cleanName(name); value == "" {
			delete(c.Attributes, name)
		} else {
			c.Attributes[name] = cleanText(value)
		}
	}
	return c
}

func notFound(id db.ID) error {
	return fault.New(fault.NotFound, "contact.not_found", "There is no such contact.").With("id", id.String())
}
