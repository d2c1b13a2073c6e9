package routing

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
)

// distributeAtOnce bounds how many tickets one round gives out; the facts it tells bring the next round.
const distributeAtOnce = 100

// Distribute is the subscriber that gives waiting tickets of push queues to agents: told when a ticket came, moved or
// closed, or somebody's availability changed.
func (r *Room) Distribute(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	done := map[db.ID]bool{}
	for _, e := range facts {
		if done[e.Workspace] {
			continue
		}
		done[e.Workspace] = true
		if err := r.distributeIn(ctx, tx, e.Workspace); err != nil {
			return fmt.Errorf("distribute in workspace %d: %w", e.Workspace, err)
		}
	}
	return nil
}

type waitingTicket struct {
	Conversation db.ID `db:"id"`
	Queue        db.ID `db:"queue_id"`
}

const waitingSQL = `select c.id, c.queue_id from conversations c join queues q on q.id = c.queue_id and q.distribution = 'push'
	where c.workspace_id = $1 and c.state = 1 and c.assignee_id is null and c.holder = 'queue'
	order by coalesce(c.waiting_since, c.last_message_at), c.id limit $2`

// free is an agent of a push queue who is on line.
type free struct {
	Queue    db.ID `db:"queue_id"`
	User     db.ID `db:"user_id"`
	Capacity int64 `db:"capacity"`
	Open     int64 `db:"open_tickets"`
	Last     int64 `db:"last_assigned"`
}

const freeSQL = `select m.queue_id, m.user_id, q.capacity,
	(select count(*) from conversations c where c.workspace_id = m.workspace_id and c.assignee_id = m.user_id and c.state = 1) as open_tickets,
	coalesce((select max(t.assigned_at) from tickets t join conversations c on c.ticket_id = t.id
		where c.workspace_id = m.workspace_id and c.assignee_id = m.user_id and c.state = 1), 0) as last_assigned
	from queue_members m join queues q on q.id = m.queue_id and q.distribution = 'push'
	join members w on w.workspace_id = m.workspace_id and w.user_id = m.user_id and w.disabled_at is null
	left join availability a on a.workspace_id = m.workspace_id and a.user_id = m.user_id
	where m.workspace_id = $1 and coalesce(a.state, 'online') = 'online'
	and exists (select 1 from connections k where k.workspace_id = m.workspace_id and k.user_id = m.user_id)`

// distributeIn gives the tickets that wait longest to the agents with the fewest open ones, the longest idle first.
func (r *Room) distributeIn(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	waiting, err := db.All[waitingTicket](ctx, tx, waitingSQL, workspace, distributeAtOnce)
	if err != nil || len(waiting) == 0 {
		return err
	}
	agents, err := db.All[free](ctx, tx, freeSQL, workspace)
	if err != nil {
		return err
	}
	load := map[db.ID]*free{} // an agent of several queues has one load
	for i := range agents {
		if load[agents[i].User] == nil {
			load[agents[i].User] = &agents[i]
		}
	}
	for _, ticket := range waiting {
		agent := pick(agents, load, ticket.Queue)
		if agent == nil {
			continue
		}
		_, err := r.conversations.AssignIn(ctx, tx, account.System(workspace), ticket.Conversation,
			conversation.Assignment{User: agent.User, Queue: ticket.Queue})
		if err != nil {
			return err
		}
		agent.Open++
		agent.Last = tx.Now()
	}
	return nil
}

// pick gives the load of the agent of a queue who is next, or nil when all are full or away.
func pick(agents []free, load map[db.ID]*free, queue db.ID) *free {
	var candidates []*free
	for _, a := range agents {
		if a.Queue == queue && load[a.User].Open < a.Capacity {
			candidates = append(candidates, load[a.User])
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	return slices.MinFunc(candidates, func(a, b *free) int {
		return cmp.Or(cmp.Compare(a.Open, b.Open), cmp.Compare(a.Last, b.Last), cmp.Compare(a.User, b.User))
	})
}

// fallbackAtOnce bounds one round of Fallback.
const fallbackAtOnce = 100

// Fallback moves tickets whose named agent did not answer in the time the route gave to its fallback queue (A18). It
// gives how many it moved.
func (r *Room) Fallback(ctx context.Context) (moved int, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		due, err := r.conversations.FallbackDueIn(ctx, tx, tx.Now(), fallbackAtOnce)
		if err != nil {
			return err
		}
		for _, t := range due {
			_, err := r.conversations.AssignIn(ctx, tx, account.System(t.Workspace), t.Conversation, conversation.Assignment{Queue: t.FallbackQueue})
			if err != nil {
				return err
			}
		}
		moved = len(due)
		return nil
	})
	return moved, err
}
