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
	"recado/internal/inbox"
)

// distributeAtOnce bounds how many tickets one round gives out; the facts it tells bring the next round.
const distributeAtOnce = 100

// Distribute is the subscriber that gives waiting tickets of push queues to agents: told when a ticket came, moved or
// closed, somebody's availability changed, or who is in which queue.
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
	PassedBy     db.ID `db:"passed_user_id"`
}

// waitingOrder is the order of a queue: the most urgent first, then who waits longest. Transfers, pauses and agents who let a
// ticket lapse do not change the place; an answer does.
const waitingOrder = "c.priority desc, coalesce(c.waiting_since, c.queued_at, c.last_message_at), c.id"

const anyWaiting = `select count(*) from (select 1 from conversations c join queues q on q.id = c.queue_id and q.distribution = 'push'
	where c.workspace_id = $1 and c.state = 1 and c.assignee_id is null and c.holder = 'queue' limit 1) waiting`

const waitingSQL = `select c.id, c.queue_id, t.passed_user_id from conversations c join queues q on q.id = c.queue_id and q.distribution = 'push'
	join tickets t on t.id = c.ticket_id
	where c.workspace_id = $1 and c.state = 1 and c.assignee_id is null and c.holder = 'queue'
	order by ` + waitingOrder + ` limit $2`

// free is an agent of a queue who is on line.
type free struct {
	Queue    db.ID `db:"queue_id"`
	User     db.ID `db:"user_id"`
	Capacity int64 `db:"capacity"`
	Open     int64 `db:"open_tickets"`
	Last     int64 `db:"last_given"`
}

// A snoozed ticket leaves room for another one; when it wakes the agent may have one more than the capacity.
const freeSQL = `select m.queue_id, m.user_id, coalesce(s.capacity, q.capacity) as capacity,
	(select count(*) from conversations c where c.workspace_id = m.workspace_id and c.assignee_id = m.user_id and c.state = 1 and c.snoozed_until is null) as open_tickets,
	coalesce(a.given_at, 0) as last_given
	from queue_members m join queues q on q.id = m.queue_id
	join members w on w.workspace_id = m.workspace_id and w.user_id = m.user_id and w.disabled_at is null
	left join availability a on a.workspace_id = m.workspace_id and a.user_id = m.user_id
	left join agent_capacity s on s.workspace_id = m.workspace_id and s.user_id = m.user_id
	where m.workspace_id = $1 and coalesce(a.state, 'online') = 'online'
	and exists (select 1 from connections k where k.workspace_id = m.workspace_id and k.user_id = m.user_id)`

// pool is the agents of a workspace who are on line, by queue; an agent of several queues has one load.
type pool struct {
	places []free
	load   map[db.ID]*free
}

func (r *Room) freeIn(ctx context.Context, tx *db.Tx, workspace db.ID) (pool, error) {
	places, err := db.All[free](ctx, tx, freeSQL, workspace)
	p := pool{places, map[db.ID]*free{}}
	for i := range places {
		if p.load[places[i].User] == nil {
			p.load[places[i].User] = &places[i]
		}
	}
	return p, err
}

// distributeIn gives the tickets of push queues that wait longest to the agents with the fewest open ones, the longest idle first.
// Only one transaction at a time gives tickets of a workspace away, so that nobody gets more than the capacity.
func (r *Room) distributeIn(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	if n, err := db.One[int](ctx, tx, anyWaiting, workspace); err != nil || n == 0 {
		return err
	}
	if err := r.holdPush(ctx, tx, workspace); err != nil {
		return err
	}
	waiting, err := db.All[waitingTicket](ctx, tx, waitingSQL, workspace, distributeAtOnce)
	if err != nil || len(waiting) == 0 {
		return err
	}
	agents, err := r.freeIn(ctx, tx, workspace)
	if err != nil {
		return err
	}
	ids := make([]db.ID, len(waiting))
	for i, ticket := range waiting {
		ids[i] = ticket.Conversation
	}
	answerBy, err := r.answerBy(ctx, tx, workspace, ids...)
	if err != nil {
		return err
	}
	for _, ticket := range waiting {
		agent := agents.pick(ticket.Queue, ticket.PassedBy)
		if agent == nil {
			continue
		}
		to := conversation.Assignment{User: agent.User, Queue: ticket.Queue, Waiting: true, AnswerBy: answerBy[ticket.Conversation], PassedBy: ticket.PassedBy}
		if err := r.give(ctx, tx, workspace, ticket.Conversation, to, agent); err != nil {
			return err
		}
	}
	return nil
}

// give hands a ticket to an agent of the pool.
func (r *Room) give(ctx context.Context, tx *db.Tx, workspace, id db.ID, to conversation.Assignment, agent *free) error {
	given, err := r.conversations.AssignIn(ctx, tx, account.System(workspace), id, to)
	if err != nil || given.ID == 0 {
		return err
	}
	agent.Open++
	agent.Last = tx.Now()
	return r.gave(ctx, tx, workspace, agent.User)
}

// gave notes that an agent got a ticket now.
func (r *Room) gave(ctx context.Context, tx *db.Tx, workspace, user db.ID) error {
	_, err := tx.Exec(ctx, "update availability set given_at = $3 where workspace_id = $1 and user_id = $2", workspace, user, tx.Now())
	return err
}

// pick gives the load of the agent of a queue who is next, or nil when all are full or away. An agent who let the ticket lapse
// is passed over.
func (p pool) pick(queue, passed db.ID) *free {
	var candidates []*free
	for _, a := range p.places {
		if a.Queue == queue && a.User != passed && p.load[a.User].Open < a.Capacity {
			candidates = append(candidates, p.load[a.User])
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	return slices.MinFunc(candidates, func(a, b *free) int {
		return cmp.Or(cmp.Compare(a.Open, b.Open), cmp.Compare(a.Last, b.Last), cmp.Compare(a.User, b.User))
	})
}

// LeastBusyIn gives who of a queue is on line, has room and the fewest open tickets, the longest idle first; 0 when nobody has. Until
// the end of the transaction nobody else gives tickets of the workspace away; HoldGivingIn before a conversation is held keeps two
// from waiting for each other.
func (r *Room) LeastBusyIn(ctx context.Context, tx *db.Tx, workspace, queue db.ID) (db.ID, error) {
	if err := r.holdPush(ctx, tx, workspace); err != nil {
		return 0, err
	}
	agents, err := r.freeIn(ctx, tx, workspace)
	if err != nil {
		return 0, err
	}
	if next := agents.pick(queue, 0); next != nil {
		return next.User, nil
	}
	return 0, nil
}

// HoldGivingIn makes this transaction the only one that gives tickets of a workspace away until its end.
func (r *Room) HoldGivingIn(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	return r.holdPush(ctx, tx, workspace)
}

// fallbackAtOnce bounds one round of Fallback.
const fallbackAtOnce = 100

// Fallback moves tickets whose agent did not answer in time: those of a route to its fallback queue (A18), others back to
// their queue or to somebody of it who is on line, as the number wants (X19). It gives how many it moved.
func (r *Room) Fallback(ctx context.Context) (moved int, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		due, err := r.conversations.FallbackDueIn(ctx, tx, tx.Now(), fallbackAtOnce)
		if err != nil {
			return err
		}
		for _, t := range due {
			if err := r.fallBack(ctx, tx, t); err != nil {
				return err
			}
		}
		moved = len(due)
		return nil
	})
	return moved, err
}

func (r *Room) fallBack(ctx context.Context, tx *db.Tx, t conversation.Ticket) error {
	back := conversation.Assignment{Queue: t.FallbackQueue, PassedBy: t.Assignee}
	if back.Queue == 0 {
		next, err := r.somebodyElse(ctx, tx, t)
		if err != nil {
			return err
		}
		if next != nil {
			back.User, back.Queue = next.User, t.Queue
			by, err := r.answerBy(ctx, tx, t.Workspace, t.Conversation)
			if err != nil {
				return err
			}
			back.AnswerBy = by[t.Conversation]
			return r.give(ctx, tx, t.Workspace, t.Conversation, back, next)
		}
	}
	_, err := r.conversations.AssignIn(ctx, tx, account.System(t.Workspace), t.Conversation, back)
	return err
}

// somebodyElse gives who of the ticket's queue takes over, when the number wants that; nil when nobody can.
func (r *Room) somebodyElse(ctx context.Context, tx *db.Tx, t conversation.Ticket) (*free, error) {
	settings, err := r.AttentionFor(ctx, tx, t.Workspace, inbox.ByID, t.Inbox)
	if err != nil || settings[t.Inbox].Unanswered != ToOnline || t.Queue == 0 {
		return nil, err
	}
	if err := r.holdPush(ctx, tx, t.Workspace); err != nil {
		return nil, err
	}
	agents, err := r.freeIn(ctx, tx, t.Workspace)
	return agents.pick(t.Queue, t.Assignee), err
}
