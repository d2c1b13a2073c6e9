package routing

import (
	"context"
	"fmt"
	"log/slog"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

const (
	silencesAtOnce = 100
	silenceAgain   = 60_000 // milliseconds until what failed is tried again
	textKind       = "text" // of a message, as channels call it
)

type dueSilence struct {
	Workspace    db.ID  `db:"workspace_id"`
	Conversation db.ID  `db:"conversation_id"`
	Ticket       db.ID  `db:"ticket_id"`
	Side         string `db:"side"`
	Cause        db.ID  `db:"cause_id"`
	Said         int64  `db:"said"`
}

// BreakSilences does what the numbers want about silences that last too long: the customer is spoken to and later the ticket closed;
// the customer is told that the agent takes longer, and the ticket goes back to its queue. It gives how many it looked at. Each happens
// once per silence, whichever node asks and however often; what fails is tried again and holds up no other. Nothing is said that the
// service window does not allow.
func (r *Room) BreakSilences(ctx context.Context) (n int, err error) {
	due, err := db.All[dueSilence](ctx, r.d, `select workspace_id, conversation_id, ticket_id, side, cause_id, said from silences
		where due_at <= $1 order by due_at limit $2`, r.d.Now(), silencesAtOnce)
	if err != nil {
		return 0, fmt.Errorf("silences that are due: %w", err)
	}
	for _, s := range due {
		err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return r.breakSilence(ctx, tx, s) })
		if err == nil {
			continue
		}
		slog.Warn("nothing could be done about a silence yet", "conversation", s.Conversation, "error", err)
		if err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "update silences set due_at = $1 where conversation_id = $2 and cause_id = $3", tx.Now()+silenceAgain, s.Conversation, s.Cause)
			return err
		}); err != nil {
			return len(due), fmt.Errorf("put off a silence: %w", err)
		}
	}
	return len(due), nil
}

// breakSilence acts once: who took the clock first did it.
func (r *Room) breakSilence(ctx context.Context, tx *db.Tx, s dueSilence) error {
	held, err := r.conversations.HoldIn(ctx, tx, s.Workspace, s.Conversation, conversation.HolderAgent, s.Ticket)
	if err != nil {
		return err
	}
	rows, err := r.conversations.Rows(ctx, tx, s.Workspace, []db.ID{s.Conversation})
	if err != nil {
		return err
	}
	row := rows[s.Conversation]
	settings, err := r.AttentionFor(ctx, tx, s.Workspace, inbox.ByID, row.Inbox)
	if err != nil {
		return err
	}
	a := settings[row.Inbox]
	due := any(nil)
	closes := s.Side == ofCustomer && (s.Said == 1 || a.SilenceText == "")
	if s.Side == ofCustomer && !closes && a.SilenceClose > 0 {
		hours, err := r.inboxes.HoursIn(ctx, tx, s.Workspace, row.Inbox)
		if err != nil {
			return err
		}
		number := hours[row.Inbox]
		at, err := number.Due(tx.Now(), a.SilenceClose)
		if err != nil {
			return err
		}
		due = timeOrNull(at)
	}
	n, err := tx.Exec(ctx, "update silences set said = 1, due_at = $1 where conversation_id = $2 and ticket_id = $3 and side = $4 and cause_id = $5 and said = $6 and due_at <= $7",
		due, s.Conversation, s.Ticket, s.Side, s.Cause, s.Said, tx.Now())
	if err != nil {
		return fmt.Errorf("silence in conversation %d: %w", s.Conversation, err)
	}
	if n == 0 || !held || sideOf(row, s.Side) != s.Side || a.silence(s.Side) == 0 {
		return nil
	}
	switch {
	case s.Side == ofAgent:
		if err := r.sayInSilence(ctx, tx, row, s, a.AgentText); err != nil || !a.AgentBack {
			return err
		}
		_, err := r.conversations.AssignIn(ctx, tx, account.System(s.Workspace), row.ID, conversation.Assignment{Queue: row.Queue, PassedBy: row.Assignee})
		return err
	case !closes:
		return r.sayInSilence(ctx, tx, row, s, a.SilenceText)
	case a.SilenceClose > 0:
		_, err := r.conversations.CloseTicketIn(ctx, tx, account.System(s.Workspace), row.ID, conversation.Closing{Result: a.SilenceResult})
		return err
	}
	return nil
}

func (r *Room) sayInSilence(ctx context.Context, tx *db.Tx, row conversation.Row, s dueSilence, text string) error {
	text = conversation.FillForPerson(text, row.ContactName, row.InboxLabel)
	if text == "" || !row.WindowFor(conversation.AuthorBot, tx.Now()).Allows(conversation.AllowFree) {
		return nil
	}
	_, err := r.conversations.PostIn(ctx, tx, account.Bot(s.Workspace), conversation.Draft{Conversation: row.ID, Kind: textKind, Text: text,
		ClientID: "silence:" + s.Side + ":" + s.Cause.String(), Lane: conversation.LaneBots})
	if fault.KindOf(err) == fault.Conflict { // the number does not allow it now
		return nil
	}
	return err
}
