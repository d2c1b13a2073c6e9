package contact

import (
	"context"
	"strings"

	"recado/internal/channel"
	"recado/internal/db"
)

// Twin is somebody who may be the same person.
type Twin struct {
	Contact Contact
	By      string // what the two have in common: phone, email or document
}

const maxTwins = 5

// Twins looks for people with the same e-mail or document, or with a number that this person's attributes name, at most five.
func (r *Room) Twins(ctx context.Context, c Contact) ([]Twin, error) {
	byPhone, err := r.byNumbersIn(ctx, c)
	if err != nil {
		return nil, err
	}
	found := map[db.ID]string{}
	order := []db.ID{}
	add := func(id db.ID, by string) {
		if _, known := found[id]; !known {
			found[id], order = by, append(order, id)
		}
	}
	for _, id := range byPhone {
		add(id, "phone")
	}
	for _, same := range []struct {
		by     string
		wanted Wanted
	}{{FieldEmail, Wanted{Email: c.Attributes[FieldEmail]}}, {FieldDocument, Wanted{Document: c.Attributes[FieldDocument]}}} {
		if same.wanted.Empty() {
			continue
		}
		ids, err := r.Look(ctx, c.Workspace, 0, same.wanted)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			add(id, same.by)
		}
	}
	whole, err := r.WholeMany(ctx, r.d, c.Workspace, order)
	if err != nil {
		return nil, err
	}
	out, seen := []Twin{}, map[db.ID]bool{c.ID: true}
	for _, id := range order {
		twin := whole[id]
		if by := found[id]; !seen[twin.ID] && len(out) < maxTwins && (by == "phone" || plain(twin.Attributes[by]) == plain(c.Attributes[by])) {
			seen[twin.ID] = true
			out = append(out, Twin{twin, by})
		}
	}
	return out, nil
}

// byNumbersIn gives who has a number that is written among a person's attributes.
func (r *Room) byNumbersIn(ctx context.Context, c Contact) ([]db.ID, error) {
	var numbers []channel.Identity
	for _, value := range c.Attributes {
		if !strings.HasPrefix(strings.TrimSpace(value), "+") {
			continue
		}
		if phone, err := ParsePhone(value, ""); err == nil {
			numbers = append(numbers, channel.Identity{Kind: channel.Phone, Value: phone.E164})
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	known, err := r.ByIdentities(ctx, r.d, c.Workspace, channel.WhatsApp, numbers)
	ids := make([]db.ID, 0, len(known))
	for _, id := range known {
		ids = append(ids, id)
	}
	return ids, err
}
