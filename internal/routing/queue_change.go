package routing

import (
	"context"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// ChangeQueue renames a queue or changes how it hands out tickets. It fails with NotFound, Invalid and Conflict
// "queue.exists".
func (r *Room) ChangeQueue(ctx context.Context, actor account.Actor, q Queue) (Queue, error) {
	if err := q.check(); err != nil {
		return q, err
	}
	if _, err := r.Queue(ctx, actor.Workspace, q.ID); err != nil {
		return q, err
	}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, "select count(*) from queues where workspace_id = $1 and name = $2 and id <> $3", actor.Workspace, q.Name, q.ID)
		if err == nil && n > 0 {
			err = queueExists(q.Name)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update queues set name = $3, distribution = $4, capacity = $5 where workspace_id = $1 and id = $2",
			actor.Workspace, q.ID, q.Name, q.Distribution, q.Capacity)
		if err != nil {
			return err
		}
		return r.tellMembership(ctx, tx, actor.Workspace)
	})
	if err != nil {
		return q, err
	}
	return r.Queue(ctx, actor.Workspace, q.ID)
}

// OrderQueues puts the queues of a workspace in this order; those not named come after, as they were.
func (r *Room) OrderQueues(ctx context.Context, actor account.Actor, ids []db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows := make([][]any, len(ids))
		for i, id := range ids {
			rows[i] = []any{int64(actor.Workspace), int64(id), int64(i - len(ids))}
		}
		if _, err := tx.ExecEach(ctx, "update queues set position = $3 where workspace_id = $1 and id = $2", rows); err != nil {
			return err
		}
		return r.tellMembership(ctx, tx, actor.Workspace)
	})
}

// SetQueueMembers makes these users, and no others, the agents of a queue. Tickets that somebody holds stay with them. It
// fails with NotFound, and with Invalid when one of them does not answer at the desk.
func (r *Room) SetQueueMembers(ctx context.Context, actor account.Actor, queue db.ID, users []db.ID) error {
	if _, err := r.Queue(ctx, actor.Workspace, queue); err != nil {
		return err
	}
	agents, err := r.Agents(ctx, actor.Workspace)
	if err != nil {
		return err
	}
	for _, user := range users {
		if !slices.ContainsFunc(agents, func(a Agent) bool { return a.User == user }) {
			return fault.New(fault.Invalid, "assign.not_agent", "This person does not answer at the desk.").On("user_ids")
		}
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "delete from queue_members where workspace_id = $1 and queue_id = $2", actor.Workspace, queue); err != nil {
			return err
		}
		rows := make([][]any, len(users))
		for i, user := range users {
			rows[i] = []any{int64(actor.Workspace), int64(queue), int64(user)}
		}
		_, err := tx.Insert(ctx, "queue_members (workspace_id, queue_id, user_id)", "on conflict (queue_id, user_id) do nothing", rows)
		if err != nil {
			return err
		}
		return r.tellMembership(ctx, tx, actor.Workspace)
	})
}

// RemoveQueue removes a queue. While it holds open tickets, or a number sends new ones there, it needs another queue to take
// its place ("queue.needs_target"). It fails with NotFound when either is unknown.
func (r *Room) RemoveQueue(ctx context.Context, actor account.Actor, id, into db.ID) error {
	if _, err := r.Queue(ctx, actor.Workspace, id); err != nil {
		return err
	}
	if into == id {
		return fault.New(fault.Invalid, "queue.same", "Choose another queue.").On("target_id")
	}
	if into != 0 {
		if _, err := r.Queue(ctx, actor.Workspace, into); err != nil {
			return err
		}
	}
	numbers, err := r.numbersOf(ctx, actor.Workspace, id)
	if err != nil {
		return err
	}
	if into == 0 && len(numbers) > 0 {
		return needsTarget()
	}
	for _, n := range numbers {
		if _, err := r.inboxes.Update(ctx, actor.Workspace, n.ID, inbox.Change{DefaultQueue: &into}); err != nil {
			return err
		}
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return r.removeQueueIn(ctx, tx, actor, id, into)
	})
}

func (r *Room) removeQueueIn(ctx context.Context, tx *db.Tx, actor account.Actor, id, into db.ID) error {
	open, err := db.One[int](ctx, tx, "select count(*) from conversations where workspace_id = $1 and queue_id = $2 and state = 1", actor.Workspace, id)
	if err != nil {
		return err
	}
	if open > 0 && into == 0 {
		return needsTarget()
	}
	if open > 0 {
		if _, err := r.conversations.MoveQueueIn(ctx, tx, actor.Workspace, id, into); err != nil {
			return err
		}
	}
	for _, text := range []string{"delete from queue_members where workspace_id = $1 and queue_id = $2", "delete from queues where workspace_id = $1 and id = $2"} {
		if _, err := tx.Exec(ctx, text, actor.Workspace, id); err != nil {
			return err
		}
	}
	return r.tellMembership(ctx, tx, actor.Workspace)
}

func (r *Room) numbersOf(ctx context.Context, workspace, queue db.ID) ([]inbox.Inbox, error) {
	all, err := r.inboxes.List(ctx, workspace)
	return slices.DeleteFunc(all, func(n inbox.Inbox) bool { return n.DefaultQueue != queue }), err
}

func needsTarget() error {
	return fault.New(fault.Conflict, "queue.needs_target", "Tickets go to this queue. Choose the queue that takes its place.").On("target_id")
}
