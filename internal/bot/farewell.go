package bot

import (
	"context"
	"fmt"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
)

const (
	farewellsAtOnce = 100
	// lateFarewell is how long after its time words of farewell still make sense, in milliseconds.
	lateFarewell = 10 * 60_000
)

const planFarewell = `insert into bot_farewells (workspace_id, ticket_id, conversation_id, closed_at, due_at) values ($1, $2, $3, $4, $5)
	on conflict (ticket_id) do update set closed_at = excluded.closed_at, due_at = excluded.due_at`

// plan keeps in mind to say the words after a service, once closing it can no longer be undone. What closes by itself says nothing.
func (t *turn) plan(ctx context.Context, f conversation.TicketFact, at int64) error {
	if f.By == 0 {
		return nil
	}
	set, err := db.One[int](ctx, t.tx, "select count(*) from bots where inbox_id = $1 and workspace_id = $2 and enabled = 1", f.Inbox, t.workspace)
	if err == nil && set > 0 {
		_, err = t.tx.Exec(ctx, planFarewell, t.workspace, f.Ticket, f.Conversation, at, at+conversation.UndoTime)
	}
	if err != nil {
		return fmt.Errorf("plan farewell: %w", err)
	}
	return nil
}

type farewell struct {
	Workspace    db.ID `db:"workspace_id"`
	Ticket       db.ID `db:"ticket_id"`
	Conversation db.ID `db:"conversation_id"`
	DueAt        int64 `db:"due_at"`
}

// SayFarewells says the words after the services that have ended, and gives how many it looked at. They are said only when a
// person of ours had answered, the ticket is still closed, no other one is open, and the window is. It does not matter which node
// asks, nor whether one was down in between.
func (r *Room) SayFarewells(ctx context.Context) (n int, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		due, err := db.All[farewell](ctx, tx, `select workspace_id, ticket_id, conversation_id, due_at from bot_farewells
			where due_at < $1 order by due_at, ticket_id limit $2 {claim}`, tx.Now(), farewellsAtOnce)
		if err != nil {
			return err
		}
		for _, f := range due {
			if _, err := tx.Exec(ctx, "delete from bot_farewells where ticket_id = $1", f.Ticket); err != nil {
				return err
			}
			if err := r.sayFarewell(ctx, tx, f); err != nil {
				return err
			}
		}
		n = len(due)
		return nil
	})
	if err != nil {
		err = fmt.Errorf("farewells: %w", err)
	}
	return n, err
}

func (r *Room) sayFarewell(ctx context.Context, tx *db.Tx, f farewell) error {
	ticket, err := r.conversations.Ticket(ctx, tx, f.Workspace, f.Ticket)
	if err != nil {
		return err
	}
	if ticket.Status != conversation.TicketDone || ticket.FirstReplyAt == 0 || tx.Now() > f.DueAt+lateFarewell {
		return nil
	}
	closed, err := r.conversations.HoldIn(ctx, tx, f.Workspace, f.Conversation, "", 0)
	if err != nil || !closed {
		return err
	}
	rows, err := r.conversations.Rows(ctx, tx, f.Workspace, []db.ID{f.Conversation})
	if err != nil {
		return err
	}
	row := rows[f.Conversation]
	boxes, err := r.inboxes.GetIn(ctx, tx, f.Workspace, row.Inbox)
	if err != nil {
		return err
	}
	bots, err := load(ctx, tx, f.Workspace, map[db.ID]inbox.Inbox{row.Inbox: boxes[row.Inbox]})
	if err != nil || !bots[row.Inbox].Settings.Enabled {
		return err
	}
	t := &turn{Room: r, tx: tx, workspace: f.Workspace}
	for _, said := range bots[row.Inbox].Settings.Step(State{}, Input{Kind: Closed, Name: row.ContactName, Number: row.InboxLabel}).Said {
		t.say(row, said, f.Ticket)
	}
	return t.speak(ctx)
}
