package contact

import (
	"context"
	"errors"
	"strings"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/fault"
)

// NewPerson is somebody entered by hand or by a sheet.
type NewPerson struct {
	Name, Phone string // the number in any form people write it
	Country     string // where a number without country code is from (ISO code in two letters); may be empty
	Attributes  map[string]string
}

// Create makes a contact. A number somebody has already is refused with Conflict "contact.exists", which names them in the
// parameters id and name; a number that is none with Invalid.
func (r *Room) Create(ctx context.Context, actor account.Actor, p NewPerson) (Contact, error) {
	if err := actor.Can(account.Contacts, account.Edit); err != nil {
		return Contact{}, err
	}
	if err := (Change{Name: &p.Name, Attributes: p.Attributes}).check(); err != nil {
		return Contact{}, err
	}
	if strings.TrimSpace(p.Phone) == "" {
		return Contact{}, fault.New(fault.Invalid, "contact.phone_missing", "Write the phone number.").On("phone")
	}
	phone, err := ParsePhone(p.Phone, p.Country)
	if err != nil {
		return Contact{}, phoneFault(err)
	}
	var id db.ID
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := r.ResolveIn(ctx, tx, actor.Workspace, channel.WhatsApp, []Person{{Name: p.Name,
			Identities: []channel.Identity{{Kind: channel.Phone, Value: phone.E164}}}})
		if err != nil {
			return err
		}
		if id = found[0].Contact; !found[0].New {
			return r.exists(ctx, tx, actor.Workspace, id)
		}
		return r.AddAttributesIn(ctx, tx, actor.Workspace, map[db.ID]map[string]string{id: filled(p.Attributes)})
	})
	if err != nil {
		return Contact{}, err
	}
	return r.Whole(ctx, actor.Workspace, id)
}

// exists is the refusal of a number that a person has already.
func (r *Room) exists(ctx context.Context, tx *db.Tx, workspace, id db.ID) error {
	whole, err := r.WholeMany(ctx, tx, workspace, []db.ID{id})
	if err != nil {
		return err
	}
	name := whole[id].Name
	if name == "" {
		name = whole[id].AddressDisplay()
	}
	return fault.New(fault.Conflict, "contact.exists", "%s has this number already.", name).On("phone").With("name", name).With("id", whole[id].ID.String())
}

func filled(attributes map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range attributes {
		if strings.TrimSpace(value) != "" {
			out[cleanName(name)] = strings.TrimSpace(value)
		}
	}
	return out
}

// phoneFault says in words why a text is no number.
func phoneFault(err error) error {
	var e *PhoneError
	if !errors.As(err, &e) {
		return err
	}
	return fault.New(fault.Invalid, "contact.phone_"+e.Code, "%s", e.Error()).On("phone").With("text", e.Text)
}
