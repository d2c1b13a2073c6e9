package contact

import (
	"context"
	"fmt"

	"recado/internal/channel"
	"recado/internal/db"
)

// SendAddress gives how to address contacts on a channel, read through q: the phone number when there is one, else the
// newest user id. Contacts that cannot be written to there (a username alone is no address) are missing in the answer.
func (r *Room) SendAddress(ctx context.Context, q db.Querier, workspace db.ID, kind channel.Kind, ids []db.ID) (map[db.ID]channel.Identity, error) {
	return sendAddresses(ctx, q, workspace, kind, ids)
}

func sendAddresses(ctx context.Context, q db.Querier, workspace db.ID, kind channel.Kind, ids []db.ID) (map[db.ID]channel.Identity, error) {
	all, err := db.All[Identity](ctx, q, identitiesOf, db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("addresses of contacts: %w", err)
	}
	found := make(map[db.ID]channel.Identity, len(ids))
	for _, i := range all {
		if i.Channel != kind || i.Kind == channel.Username || found[i.Contact].Kind == channel.Phone {
			continue
		}
		found[i.Contact] = i.address()
	}
	return found, nil
}

// addressAmong gives the address among identities that are ordered by precedence.
func addressAmong(identities []Identity) channel.Identity {
	var best channel.Identity
	for _, i := range identities {
		switch {
		case i.Kind == channel.Phone:
			return i.address()
		case i.Kind == channel.UserID && best.Kind == "":
			best = i.address()
		}
	}
	return best
}

// address is the identity as it is sent to. A number goes as the provider told it (wa_id), which always reaches its
// person; in Brazil and Mexico it may differ by a digit from what people dial (whatsapp-cloud-api §2).
func (i Identity) address() channel.Identity { return channel.Identity{Kind: i.Kind, Value: i.Value} }
