package conversation

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// UndoTime is how long a closed ticket can be taken back, in milliseconds.
const UndoTime = 8_000

// Closing ends a ticket.
type Closing struct {
	Result   string  // one of the workspace's results; "" for none
	Category string  // of the note, one of the workspace's categories
	Note     string  // summary for colleagues (C27); at most 2000 characters
	Tags     []db.ID // the ticket's tags from now on; nil leaves them as they are

	SeenThrough db.ID // the newest message its author saw; 0: not asked
}

const (
	closeTicket = `update tickets set status = 'closed', closed_at = $2, closed_by = $3, result = $4, closing_note = $5, category = $6,
		fallback_at = null where id = $1`
	closeThread = `update conversations set state = 2, ticket_id = null, holder = '', last_agent_id = assignee_id, assignee_id = null, queue_id = null, waiting_since = null, unread = 0,
		priority = 0, on_hold_at = null, snoozed_until = null, queued_at = null where id = $1`
)

const writtenSince = "select count(*) from messages where conversation_id = $1 and id > $2 and direction = 1 and kind not in ('reaction', 'system')"

// notWritten refuses to put a conversation away on which the person wrote something that the actor, who saw it through a
// message, had not seen yet: nobody would look at it again. Without such a message nothing is asked.
func notWritten(ctx context.Context, tx *db.Tx, conversation, seen db.ID) error {
	if seen == 0 {
		return nil
	}
	n, err := db.One[int](ctx, tx, writtenSince, conversation, seen)
	if err != nil {
		return fmt.Errorf("messages not seen: %w", err)
	}
	if n > 0 {
		return fault.New(fault.Conflict, "ticket.written", "The person wrote just now. Read it first.")
	}
	return nil
}

// CloseTicket closes the open ticket: the conversation leaves every list of open ones and is unassigned (C23, C25). With
// SeenThrough it fails with Conflict "ticket.written" when the person wrote since.
func (r *Room) CloseTicket(ctx context.Context, actor account.Actor, conversation db.ID, c Closing) (t Ticket, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err = r.CloseTicketIn(ctx, tx, actor, conversation, c)
		return err
	})
	return t, err
}

// CloseTicketIn is CloseTicket inside a transaction. What a person or a key must say is in the workspace's ClosingRules.
func (r *Room) CloseTicketIn(ctx context.Context, tx *db.Tx, actor account.Actor, conversation db.ID, c Closing) (Ticket, error) {
	t, err := r.openTicketOf(ctx, tx, actor.Workspace, conversation)
	if err != nil {
		return Ticket{}, err
	}
	if err := notWritten(ctx, tx, conversation, c.SeenThrough); err != nil {
		return Ticket{}, err
	}
	if c.Tags != nil {
		has, err := tagsOf(ctx, tx, t.ID)
		if err == nil {
			_, err = r.tagIn(ctx, tx, actor, t, has, c.Tags)
		}
		if err != nil {
			return Ticket{}, err
		}
	}
	c.Note, c.Result, c.Category = clean(strings.TrimSpace(c.Note)), clean(strings.TrimSpace(c.Result)), clean(strings.TrimSpace(c.Category))
	if actor.Kind == account.KindUser || actor.Kind == account.KindKey {
		if err := r.mayClose(ctx, tx, t, c); err != nil {
			return Ticket{}, err
		}
	}
	return r.closeIn(ctx, tx, actor, t, c, nil)
}

// closeIn closes a ticket whose conversation is locked; more are values for the words of its marker.
func (r *Room) closeIn(ctx context.Context, tx *db.Tx, actor account.Actor, t Ticket, c Closing, more map[string]string) (Ticket, error) {
	t.Status, t.ClosedAt, t.ClosedBy, t.Result, t.ClosingNote, t.Category, t.FallbackAt = TicketDone, tx.Now(), actor.User, c.Result, c.Note, c.Category, 0
	if _, err := tx.Exec(ctx, closeTicket, t.ID, t.ClosedAt, t.ClosedBy, t.Result, t.ClosingNote, t.Category); err != nil {
		return Ticket{}, fmt.Errorf("close ticket: %w", err)
	}
	if _, err := tx.Exec(ctx, closeThread, t.Conversation); err != nil {
		return Ticket{}, fmt.Errorf("close conversation: %w", err)
	}
	params := t.markerParams(actor)
	params["took"] = fmt.Sprint(t.ClosedAt - t.OpenedAt)
	for name, value := range map[string]string{"result": c.Result, "note": c.Note, "category": c.Category} {
		if value != "" {
			params[name] = value
		}
	}
	maps.Copy(params, more)
	return t, r.markAndTell(ctx, tx, actor.Workspace, []mark{{Marker{TicketClosed, params}, t, authorOf(actor)}}, []event.Fact{t.fact(TicketClosed, actor.User)})
}

const (
	reopenTicket = "update tickets set status = $2, closed_at = null, closed_by = null, result = '', closing_note = '', category = '' where id = $1"
	reopenThread = `update conversations set state = 1, ticket_id = $2, holder = $3, assignee_id = $4, queue_id = $5, priority = $6, on_hold_at = $7, queued_at = $8,
		waiting_since = (select min(provider_at) from messages m where m.conversation_id = $1 and coalesce(m.ticket_id, $2) = $2 and m.direction = 1
			and m.kind not in ('reaction', 'system')
			and m.id > coalesce((select max(id) from messages o where o.conversation_id = $1 and o.direction = 2 and o.author in ('agent', 'key')), 0))
		where id = $1`
)

// Reopen undoes a closing: the same ticket, held as before. It fails with Conflict "ticket.reopen_late" after UndoTime, and with
// Conflict "ticket.open" when the conversation has another open ticket by now.
func (r *Room) Reopen(ctx context.Context, actor account.Actor, ticket db.ID) (t Ticket, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err = r.reopenIn(ctx, tx, actor, ticket)
		return err
	})
	return t, err
}

func (r *Room) reopenIn(ctx context.Context, tx *db.Tx, actor account.Actor, ticket db.ID) (Ticket, error) {
	t, err := r.Ticket(ctx, tx, actor.Workspace, ticket)
	if err != nil {
		return Ticket{}, err
	}
	_, state, err := r.lockIn(ctx, tx, actor.Workspace, t.Conversation)
	if err != nil {
		return Ticket{}, err
	}
	if t, err = r.Ticket(ctx, tx, actor.Workspace, ticket); err != nil { // as it stands now that its conversation is held
		return Ticket{}, err
	}
	switch {
	case state == Open:
		return Ticket{}, fault.New(fault.Conflict, "ticket.open", "This conversation has an open ticket already.")
	case tx.Now() > t.ClosedAt+UndoTime:
		return Ticket{}, fault.New(fault.Conflict, "ticket.reopen_late", "The ticket was closed a while ago. Write a message to open a new one.")
	}
	t.Status, t.ClosedAt, t.ClosedBy, t.Result, t.ClosingNote, t.Category = t.statusOpen(), 0, 0, "", "", ""
	if _, err := tx.Exec(ctx, reopenTicket, t.ID, t.Status); err != nil {
		return Ticket{}, fmt.Errorf("reopen ticket: %w", err)
	}
	if _, err := tx.Exec(ctx, reopenThread, t.Conversation, t.ID, t.Holder, t.Assignee, t.Queue, int64(t.Priority), timeOrNull(t.OnHoldAt), t.OpenedAt); err != nil {
		return Ticket{}, fmt.Errorf("reopen conversation: %w", err)
	}
	marks := []mark{{Marker{TicketReopened, t.markerParams(actor)}, t, authorOf(actor)}}
	return t, r.markAndTell(ctx, tx, actor.Workspace, marks, []event.Fact{t.fact(TicketReopened, actor.User)})
}

// statusOpen is the status a ticket has while open, from what else it knows.
func (t Ticket) statusOpen() string {
	switch {
	case t.Holder != HolderAgent:
		return TicketQueued
	case t.FirstReplyAt != 0:
		return TicketInService
	}
	return TicketHeld
}
