package campaign

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

// Cap bounds how often one person is written to first, whichever campaigns and active messages it comes from: at most Most messages
// within Days. Counted is what was accepted and what is on its way; what failed is not. Who has had as many is left out as RowCapped.
type Cap struct {
	On    bool   `json:"on"`
	Most  int64  `json:"most"`  // messages, 1 to 100
	Days  int64  `json:"days"`  // 1 to 90, of 24 hours, back from the moment of sending
	Scope string `json:"scope"` // contact.Marketing: counts and holds for marketing templates only; contact.Everything: for all
}

// DefaultCap is what a workspace that has not chosen finds: off.
func DefaultCap() Cap { return Cap{Most: 2, Days: 7, Scope: contact.Marketing} }

const (
	capMostMax = 100
	capDaysMax = 90
	promotion  = "MARKETING" // the provider's category
)

func (c *Cap) check() error {
	if *c == (Cap{}) { // said nothing of it
		*c = DefaultCap()
	}
	switch {
	case c.Most < 1 || c.Most > capMostMax:
		return fault.New(fault.Invalid, "campaign.cap_most", "Allow 1 to %d messages.", capMostMax).On("cap.most").With("limit", capMostMax)
	case c.Days < 1 || c.Days > capDaysMax:
		return fault.New(fault.Invalid, "campaign.cap_days", "Count over 1 to %d days.", capDaysMax).On("cap.days").With("limit", capDaysMax)
	case c.Scope != contact.Marketing && c.Scope != contact.Everything:
		return fault.New(fault.Invalid, "campaign.cap_scope", "Choose marketing or everything.").On("cap.scope")
	}
	return nil
}

// holds tells whether a message of a category is bounded.
func (c Cap) holds(category string) bool {
	return c.On && (c.Scope == contact.Everything || category == promotion)
}

// since is the first id of a message that counts.
func (c Cap) since(now int64) db.ID {
	return db.IDAt(now - c.Days*(24*time.Hour).Milliseconds())
}

// written counts what people were written lately. Contacts that are one person share a count.
type written map[db.ID]*int64

// another tells whether a person may get one more, and counts it.
func (w written) another(c Cap, who db.ID) bool {
	n := w[who]
	if n == nil {
		n = new(int64)
		w[who] = n
	}
	if *n >= c.Most {
		return false
	}
	*n++
	return true
}

const writtenTo = `select r.contact_id as id, count(*) as n from recipients r join messages m on m.id = r.message_id left join templates t on t.id = r.template_id
	where r.contact_id in ({ids:$1}) and r.message_id >= $2 and m.status <> 55 and ($3 = 1 or t.category = $4) group by r.contact_id`

// writtenTo counts for the people of these contacts, read through q. Its cost grows with what those people were written within the
// days of the cap, and not with what the workspace sends.
func (r *Room) writtenTo(ctx context.Context, q db.Querier, workspace db.ID, c Cap, contacts []db.ID) (written, error) {
	roots, err := r.Contacts.Roots(ctx, q, workspace, contacts)
	if err != nil {
		return nil, err
	}
	members, err := r.Contacts.Members(ctx, q, workspace, slices.Compact(slices.Sorted(maps.Values(roots))))
	if err != nil {
		return nil, err
	}
	all := 0
	if c.Scope == contact.Everything {
		all = 1
	}
	rows, err := db.All[struct {
		ID db.ID `db:"id"`
		N  int64 `db:"n"`
	}](ctx, q, writtenTo, db.IDs(slices.Collect(maps.Keys(members))), c.since(r.d.Now()), all, promotion)
	if err != nil {
		return nil, fmt.Errorf("what people were written lately: %w", err)
	}
	out := written{}
	for id, root := range members {
		if out[root] == nil {
			out[root] = new(int64)
		}
		out[id] = out[root]
	}
	for _, one := range rows {
		*out[one.ID] += one.N
	}
	return out, nil
}

// holdCapIn lets one hand-over of the workspace count at a time, so that two campaigns cannot both give a person the last message
// that is allowed. The row is there, since a cap is on.
func holdCapIn(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	_, err := tx.Exec(ctx, "update campaign_settings set workspace_id = workspace_id where workspace_id = $1", workspace)
	return err
}

// cap finds the rows of a batch whose person has had as many messages as are allowed.
func (rd reading) cap(ctx context.Context, j *judge, verdicts []verdict) error {
	phoneOf := func(v *verdict) channel.Identity { return channel.Identity{Kind: channel.Phone, Value: v.phone.E164} }
	var phones []channel.Identity
	for i := range verdicts {
		if v := &verdicts[i]; v.problem == nil && v.wording != nil && j.limit.holds(v.wording.Category) {
			phones = append(phones, phoneOf(v))
		}
	}
	if len(phones) == 0 {
		return nil
	}
	known, err := rd.room.Contacts.ByIdentities(ctx, rd.room.d, rd.workspace, channel.WhatsApp, phones)
	if err != nil || len(known) == 0 {
		return err
	}
	had, err := rd.room.writtenTo(ctx, rd.room.d, rd.workspace, j.limit, slices.Compact(slices.Sorted(maps.Values(known))))
	if err != nil {
		return err
	}
	for i := range verdicts {
		v := &verdicts[i]
		if n := had[known[phoneOf(v)]]; v.problem == nil && v.wording != nil && j.limit.holds(v.wording.Category) && n != nil {
			v.capped = *n >= j.limit.Most
		}
	}
	return nil
}
