package routing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

const peopleSQL = `select u.id as user_id, u.name, p.areas_json, p.abilities_json,
	case when exists (select 1 from inbox_members i where i.inbox_id = $2 and i.user_id = u.id) or exists (select 1 from inboxes b where b.id = $2 and b.owner_user_id = u.id)
		then 1 else 0 end as linked,
	case when exists (select 1 from queue_members q where q.queue_id = $3 and q.user_id = u.id) then 1 else 0 end as queued
	from members m join users u on u.id = m.user_id join profiles p on p.id = m.profile_id and p.workspace_id = m.workspace_id
	where m.workspace_id = $1 and m.disabled_at is null order by u.name, u.id`

// Nameable lists the members who see a conversation, by name: those a note there can name. Naming opens nothing (X02): who has no
// reach is not offered, and a conversation that somebody else should see is transferred.
func (r *Room) Nameable(ctx context.Context, row conversation.Row) ([]conversation.Naming, error) {
	people, err := db.All[struct {
		User      db.ID  `db:"user_id"`
		Name      string `db:"name"`
		Areas     string `db:"areas_json"`
		Abilities string `db:"abilities_json"`
		Linked    int    `db:"linked"`
		Queued    int    `db:"queued"`
	}](ctx, r.d, peopleSQL, row.Workspace, row.Inbox, row.Queue)
	if err != nil {
		return nil, err
	}
	out := []conversation.Naming{}
	for _, p := range people {
		may := account.Permissions{}
		if err := json.Unmarshal([]byte(p.Areas), &may.Areas); err != nil {
			return nil, fmt.Errorf("read areas: %w", err)
		}
		if err := json.Unmarshal([]byte(p.Abilities), &may.Abilities); err != nil {
			return nil, fmt.Errorf("read abilities: %w", err)
		}
		reach := conversation.Reach{Workspace: row.Workspace, User: p.User, All: may.Has(account.SeeAll)}
		if p.Linked == 1 {
			reach.Inboxes = []db.ID{row.Inbox}
		}
		if p.Queued == 1 {
			reach.Queues = []db.ID{row.Queue}
		}
		if level := may.Level(account.Desk); level != account.None && level != "" && reach.Sees(row) {
			out = append(out, conversation.Naming{User: p.User, Name: p.Name})
		}
	}
	return out, nil
}

// Named gives the members a note names, with their names. It fails with Invalid "mention.no_reach" for one who does not see the
// conversation or is no member.
func (r *Room) Named(ctx context.Context, row conversation.Row, users []db.ID) ([]conversation.Naming, error) {
	if len(users) == 0 {
		return nil, nil
	}
	able, err := r.Nameable(ctx, row)
	if err != nil {
		return nil, err
	}
	out := make([]conversation.Naming, len(users))
	for i, user := range users {
		at := slices.IndexFunc(able, func(n conversation.Naming) bool { return n.User == user })
		if at < 0 {
			return nil, fault.New(fault.Invalid, "mention.no_reach", "Somebody you name does not see this conversation. Transfer it, or write without the mention.").On("mentions")
		}
		out[i] = able[at]
	}
	return out, nil
}
