package routing

import (
	"context"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

const nextWaiting = `select c.id from conversations c where c.workspace_id = $1 and c.queue_id in ({ids:$2}) and c.state = 1
	and c.assignee_id is null and c.holder = 'queue' order by ` + waitingOrder + ` limit 1 {claim}`

// TakeNext gives the acting agent the next ticket of the agent's queues: the most urgent, and among those the one that waits
// longest. It tells its conversation, and fails with NotFound "queue.empty" when nothing waits.
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
		return r.takeIn(ctx, tx, actor, taken)
	})
	return taken, err
}

func (r *Room) takeIn(ctx context.Context, tx *db.Tx, actor account.Actor, id db.ID) error {
	answerBy, err := r.answerBy(ctx, tx, actor.Workspace, id)
	if err != nil {
		return err
	}
	if _, err = r.conversations.TakeIn(ctx, tx, actor, id, answerBy[id]); err != nil {
		return err
	}
	return r.gave(ctx, tx, actor.Workspace, actor.User)
}

// Take gives the ticket of a conversation the actor can see to the actor.
func (r *Room) Take(ctx context.Context, actor account.Actor, id db.ID) error {
	if err := r.sees(ctx, actor, id); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return r.takeIn(ctx, tx, actor, id)
	})
}

// Assign gives the ticket of a conversation the actor can see to an agent, a queue, the bot, or nobody; it needs the ability
// transfer, and a number that allows it. The agent or queue must belong to the workspace; whether the number has a bot is for the
// caller to ask. Letting go of one's own ticket needs no ability.
func (r *Room) Assign(ctx context.Context, actor account.Actor, id db.ID, to conversation.Assignment) error {
	row, err := r.seen(ctx, actor, id)
	if err != nil {
		return err
	}
	if letsGo := to.Nobody && row.Assignee == actor.User; !letsGo {
		if err := r.mayGive(ctx, actor, id, to); err != nil {
			return err
		}
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
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return r.AssignIn(ctx, tx, actor, id, to) })
}

// AssignIn is Assign inside a transaction, for who asked already whether the actor may and whether who gets the ticket exists.
func (r *Room) AssignIn(ctx context.Context, tx *db.Tx, actor account.Actor, id db.ID, to conversation.Assignment) error {
	if to.User != 0 {
		by, err := r.answerBy(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		to.AnswerBy = by[id]
	}
	if _, err := r.conversations.AssignIn(ctx, tx, actor, id, to); err != nil || to.User == 0 {
		return err
	}
	return r.gave(ctx, tx, actor.Workspace, to.User)
}

// Move sends the ticket of a conversation the actor can see on to another number of the workspace, into that number's default
// queue; it needs the ability transfer, and a number that allows it. It gives the ticket there.
func (r *Room) Move(ctx context.Context, actor account.Actor, id, inboxID db.ID, note string) (conversation.Ticket, error) {
	if err := r.sees(ctx, actor, id); err != nil {
		return conversation.Ticket{}, err
	}
	if err := r.mayMove(ctx, actor, id); err != nil {
		return conversation.Ticket{}, err
	}
	to, err := r.inboxes.Get(ctx, actor.Workspace, inboxID)
	if err != nil {
		return conversation.Ticket{}, err
	}
	return r.conversations.Move(ctx, actor, conversation.Moving{Conversation: id, Inbox: inboxID, Queue: to.DefaultQueue, Note: note})
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
	_, err := r.seen(ctx, actor, id)
	return err
}

func (r *Room) seen(ctx context.Context, actor account.Actor, id db.ID) (conversation.Row, error) {
	reach, err := r.ReachOf(ctx, actor)
	if err != nil {
		return conversation.Row{}, err
	}
	return r.conversations.Get(ctx, reach, id)
}
