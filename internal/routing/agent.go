package routing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// Agent is a member who answers people, as others see them.
type Agent struct {
	User         db.ID   `db:"user_id" json:"user_id"`
	Name         string  `db:"name" json:"name"`
	Email        string  `db:"email" json:"email"`
	Availability State   `db:"state" json:"availability"`
	Online       bool    `db:"-" json:"online"` // a desk is open and the state is on line
	OpenTickets  int64   `db:"open_tickets" json:"open_tickets"`
	Queues       []db.ID `db:"-" json:"queue_ids"`
	Reason       string  `db:"reason" json:"reason"`         // of a pause
	Since        int64   `db:"since" json:"since"`           // of the state, Unix milliseconds; 0: never chosen
	Capacity     int64   `db:"own_capacity" json:"capacity"` // open tickets by push: the agent's own, else the largest of the queues
	OwnCapacity  int64   `db:"own" json:"own_capacity"`      // 0: the queues decide
	Desks        int64   `db:"desks" json:"-"`
	Areas        string  `db:"areas_json" json:"-"`
}

const agentsSQL = `select u.id as user_id, u.name, u.email, coalesce(a.state, 'online') as state, coalesce(a.reason, '') as reason,
	coalesce(a.since, 0) as since, coalesce(s.capacity, 0) as own_capacity, coalesce(s.capacity, 0) as own, p.areas_json,
	(select count(*) from conversations c where c.workspace_id = m.workspace_id and c.assignee_id = u.id and c.state = 1 and c.snoozed_until is null) as open_tickets,
	(select count(*) from connections k where k.workspace_id = m.workspace_id and k.user_id = u.id) as desks
	from members m join users u on u.id = m.user_id join profiles p on p.id = m.profile_id
	left join availability a on a.workspace_id = m.workspace_id and a.user_id = u.id
	left join agent_capacity s on s.workspace_id = m.workspace_id and s.user_id = u.id
	where m.workspace_id = $1 and m.disabled_at is null`

// Agents lists the members who may answer at the desk, by name.
func (r *Room) Agents(ctx context.Context, workspace db.ID) ([]Agent, error) {
	all, err := db.All[Agent](ctx, r.d, agentsSQL+" order by u.name, u.id", workspace)
	if err != nil {
		return nil, err
	}
	type place struct {
		User     db.ID `db:"user_id"`
		Queue    db.ID `db:"queue_id"`
		Capacity int64 `db:"capacity"`
	}
	places, err := db.All[place](ctx, r.d, `select m.user_id, m.queue_id, q.capacity from queue_members m join queues q on q.id = m.queue_id
		where m.workspace_id = $1 order by m.queue_id`, workspace)
	if err != nil {
		return nil, err
	}
	agents := all[:0]
	for _, a := range all {
		if answers, err := mayAnswer(a.Areas); err != nil || !answers {
			if err != nil {
				return nil, err
			}
			continue
		}
		a.Online = a.Desks > 0 && a.Availability == Online
		a.Queues = []db.ID{}
		for _, p := range places {
			if p.User == a.User {
				a.Queues = append(a.Queues, p.Queue)
				if a.OwnCapacity == 0 {
					a.Capacity = max(a.Capacity, p.Capacity)
				}
			}
		}
		agents = append(agents, a)
	}
	return agents, nil
}

// CheckAgent finds the agent a reply route names by e-mail and makes sure that the agent can take the ticket: exists in
// the workspace (A19), may answer, and is linked to the number or to one of the workspace's queues. The fault's words
// say which of these is missing. An agent who is away is no fault: Online tells, so that the author can be warned (A20).
func (r *Room) CheckAgent(ctx context.Context, workspace db.ID, email string, inboxID db.ID) (Agent, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if email == "" {
		return Agent{}, fault.New(fault.Invalid, "route.agent_missing", "Name the agent by e-mail.").On("email")
	}
	agents, err := r.Agents(ctx, workspace)
	if err != nil {
		return Agent{}, err
	}
	i := slices.IndexFunc(agents, func(a Agent) bool { return strings.ToLower(a.Email) == email })
	if i < 0 {
		return Agent{}, fault.New(fault.Invalid, "route.agent_unknown", "%s is not an agent of this workspace.", email).On("email").With("email", email)
	}
	agent := agents[i]
	if inboxID != 0 {
		linked, err := r.inboxes.HasAccess(ctx, workspace, inboxID, agent.User)
		if err != nil {
			return Agent{}, err
		}
		if !linked && len(agent.Queues) == 0 {
			return agent, fault.New(fault.Invalid, "route.agent_no_access", "%s has no access to this number. Add the agent to the number or to a queue.", email).
				On("email").With("email", email)
		}
	}
	return agent, nil
}

// mayAnswer tells whether a profile's areas open the desk for answering.
func mayAnswer(areas string) (bool, error) {
	var p account.Permissions
	if err := json.Unmarshal([]byte(areas), &p.Areas); err != nil {
		return false, fmt.Errorf("read areas: %w", err)
	}
	return p.Level(account.Desk) == account.Edit, nil
}
