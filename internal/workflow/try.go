package workflow

import (
	"context"
	"errors"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
)

// Trial is what a workflow would do.
type Trial struct {
	State  string // Done, Failed, Unmet, Stopped
	Reason string // code with words
	As     string // what was assumed: "opened", a new ticket; "closed", a closed one; "" nothing
	Lines  []Line
}

// errTried undoes what was tried.
var errTried = errors.New("it was only tried")

// Try lets a plan that need not be kept run on a conversation, and undoes all of it: it tells what each condition saw and what each
// step would do now. Nothing is sent or asked outside, and no time passes. Where the plan needs an open ticket and there is none, or a
// closed one and it is open, it is as if it were so. Reach is for the caller to ask. It fails with Invalid for what is no plan, and
// with NotFound.
func (r *Room) Try(ctx context.Context, actor account.Actor, id db.ID, p Plan, row conversation.Row) (out Trial, err error) {
	w, err := r.Get(ctx, actor.Workspace, id)
	if err != nil {
		return Trial{}, err
	}
	if err := p.Shape(); err != nil {
		return Trial{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = Trial{}
		t := &turn{Room: r, tx: tx, at: place{actor.Workspace, row.ID}, dry: true}
		if err := t.hold(ctx, []Plan{p}); err != nil {
			return err
		}
		if out.As, err = t.suppose(ctx, w.Name, p.Trigger.Kind); err != nil {
			return err
		}
		if known, err := t.look(ctx); err != nil || !known {
			return err
		}
		o := &run{Workspace: actor.Workspace, Workflow: id, Conversation: row.ID, Ticket: t.seen.Row.Ticket, Kind: p.Trigger.Kind, Said: t.seen.Text}
		if err := t.follow(ctx, o, w.Name, p); err != nil {
			return err
		}
		out.State, out.Reason, out.Lines = o.State, o.reason, t.lines
		return errTried
	})
	if errors.Is(err, errTried) {
		err = nil
	}
	return out, err
}

// suppose makes the ticket be as the trigger needs it.
func (t *turn) suppose(ctx context.Context, name, trigger string) (string, error) {
	rows, err := t.rooms.Conversations.Rows(ctx, t.tx, t.at.Workspace, []db.ID{t.at.Conversation})
	if err != nil {
		return "", err
	}
	row := rows[t.at.Conversation]
	switch {
	case trigger == TicketClosed && row.Ticket != 0:
		_, err := t.rooms.Conversations.CloseTicketIn(ctx, t.tx, t.actor(name), row.ID, conversation.Closing{})
		return "closed", err
	case trigger == TicketClosed || row.Ticket != 0:
		return "", nil
	}
	boxes, err := t.rooms.Inboxes.GetIn(ctx, t.tx, t.at.Workspace, row.Inbox)
	if err != nil {
		return "", err
	}
	o := conversation.Opening{Conversation: row.ID, Holder: conversation.HolderQueue, Queue: boxes[row.Inbox].DefaultQueue}
	if boxes[row.Inbox].FirstResponder == inbox.FirstBot {
		o.Holder, o.Queue = conversation.HolderBot, 0
	}
	_, _, err = t.rooms.Conversations.OpenTicketIn(ctx, t.tx, t.actor(name), o)
	return "opened", err
}
