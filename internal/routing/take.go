package routing

import (
	"context"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

const nextWaiting = `select id from conversations where workspace_id = $1 and queue_id in ({ids:$2}) and state = 1
	and assignee_id is null and holder = 'queue' order by coalesce(waiting_since, last_message_at), id limit 1 {claim}`

// TakeNext gives the acting agent the ticket that waits longest in the agent's queues, and tells its conversation. It
// fails with NotFound "queue.empty" when nothing waits.
func (r *Room) TakeNext(ctx context.Context, actor account.Actor) (db.ID, error) {
	reach, err := r.ReachOf(ctx, actor)
	if err != nil {
		return 0, err
	}
	queues := reach.Queues
	if reach.All {
		if queues, err = db.All[db.ID](ctx, r.d, "select id from queues where workspace_id = $1", actor.Workspace); err != nil {
			return 0, err
		}
	}
	var taken db.ID
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		taken, err = db.One[db.ID](ctx, tx, nextWaiting, actor.Workspace, db.IDs(queues))
		if db.None(err) {
			return fault.New(fault.NotFound, "queue.empty", "The queue is clear.")
		}
		if err != nil {
			return err
		}
		_, err = r.conversations.TakeIn(ctx, tx, actor, taken)
		return err
	})
	return taken, err
}

// Take gives the ticket of a conversation the actor can see to the actor.
func (r *Room) Take(ctx context.Context, actor account.Actor, id db.ID) error {
	if err := r.sees(ctx, actor, id); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := r.conversations.TakeIn(ctx, tx, actor, id)
		return err
	})
}

// Assign gives the ticket of a conversation the actor can see to an agent or a queue; it needs the ability transfer.
// The agent or queue must belong to the workspace.
func (r *Room) Assign(ctx context.Context, actor account.Actor, id db.ID, to conversation.Assignment) error {
	if err := r.sees(ctx, actor, id); err != nil {
		return err
	}
	if err := actor.Has(account.Transfer); err != nil {
		return err
	}
	if to.Queue != 0 {
		if _, err := r.Queue(ctx, actor.Workspace, to.Queue); err != nil {
			return err
		}
	}
	if to.User != 0 {
		if err := r.answers(ctx, actor.Workspace, to.User); err != nil {
			return err
		}
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := r.conversations.AssignIn(ctx, tx, actor, id, to)
		return err
	})
}

// answers makes sure that a user is an agent of the workspace.
func (r *Room) answers(ctx context.Context, workspace, user db.ID) error {
	agents, err := r.Agents(ctx, workspace)
	if err != nil {
		return err
	}
	for _, a := range agents {
		if a.User == user {
			return nil
		}
	}
	return fault.New(fault.Invalid, "assign.not_agent", "This person does not answer at the desk.").On("user_id")
}

// sees fails with NotFound when a conversation is out of the actor's reach.
func (r *Room) sees(ctx context.Context, actor account.Actor, id db.ID) error {
	reach, err := r.ReachOf(ctx, actor)
	if err != nil {
		return err
	}
	_, err = r.conversations.Get(ctx, reach, id)
	return err
}
