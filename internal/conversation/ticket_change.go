package conversation

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// UndoTime is how long a closed ticket can be taken back, in milliseconds.
const UndoTime = 8_000

// maxResult bounds the word for a result, in characters.
const maxResult = 60

// maxClosingNote bounds a closing note or the note of an assignment, in characters.
const maxClosingNote = 2000

// Assignment says who holds a ticket from now on: an agent, a queue, or an agent of a queue. A bot may name neither: the ticket
// waits for whoever serves the number.
type Assignment struct {
	User  db.ID
	Queue db.ID
	Note  string // to whoever takes it; stands in the marker
}

// AssignIn gives the open ticket of a conversation to an agent or a queue. Whether the actor may, and whether the agent may
// take it, is for the caller to ask. It fails with NotFound, with Conflict when no ticket is open, and with Invalid.
func (r *Room) AssignIn(ctx context.Context, tx *db.Tx, actor account.Actor, conversation db.ID, to Assignment) (Ticket, error) {
	if to.User == 0 && to.Queue == 0 && actor.Kind == account.KindUser {
		return Ticket{}, fault.New(fault.Invalid, "assign.nobody", "Choose an agent or a queue.").On("user_id")
	}
	if utf8.RuneCountInString(to.Note) > maxClosingNote {
		return Ticket{}, noteTooLong()
	}
	t, err := r.openTicketOf(ctx, tx, actor.Workspace, conversation)
	if err != nil {
		return Ticket{}, err
	}
	return r.assign(ctx, tx, actor, t, to)
}

const assignTicket = `update tickets set status = $2, holder = $3, assignee_id = $4, queue_id = $5, assigned_at = $6,
	fallback_queue_id = null, fallback_at = null where id = $1`

const assignThread = "update conversations set holder = $2, assignee_id = $3, queue_id = $4 where id = $1"

// assign writes an assignment of a ticket whose conversation is locked.
func (r *Room) assign(ctx context.Context, tx *db.Tx, actor account.Actor, t Ticket, to Assignment) (Ticket, error) {
	t.Holder, t.Status, t.Assignee, t.AssignedAt = HolderQueue, TicketQueued, to.User, 0
	t.FallbackQueue, t.FallbackAt = 0, 0
	if to.Queue != 0 {
		t.Queue = to.Queue
	}
	if to.User != 0 {
		t.Holder, t.Status, t.AssignedAt = HolderAgent, TicketHeld, tx.Now()
	}
	_, err := tx.Exec(ctx, assignTicket, t.ID, t.Status, t.Holder, t.Assignee, t.Queue, timeOrNull(t.AssignedAt))
	if err == nil {
		_, err = tx.Exec(ctx, assignThread, t.Conversation, t.Holder, t.Assignee, t.Queue)
	}
	if err != nil {
		return Ticket{}, fmt.Errorf("assign ticket: %w", err)
	}
	params := t.markerParams(actor)
	if note := clean(strings.TrimSpace(to.Note)); note != "" {
		params["note"] = note
	}
	marks := []mark{{Marker{TicketAssigned, params}, t, authorOf(actor)}}
	if err := r.addNames(ctx, tx, marks); err != nil {
		return Ticket{}, err
	}
	return t, r.markAndTell(ctx, tx, actor.Workspace, marks, []event.Fact{t.fact(TicketAssigned, actor.User)})
}

// TakeIn gives the open ticket to the acting user. A ticket another agent holds needs the ability take_over.
func (r *Room) TakeIn(ctx context.Context, tx *db.Tx, actor account.Actor, conversation db.ID) (Ticket, error) {
	if actor.User == 0 {
		return Ticket{}, fault.New(fault.Forbidden, "ticket.take_user", "Only a person can take a ticket.")
	}
	t, err := r.openTicketOf(ctx, tx, actor.Workspace, conversation)
	if err != nil || t.Assignee == actor.User {
		return t, err
	}
	if t.Assignee != 0 {
		if err := actor.Has(account.TakeOver); err != nil {
			return Ticket{}, err
		}
	}
	return r.assign(ctx, tx, actor, t, Assignment{User: actor.User})
}

// Closing ends a ticket.
type Closing struct {
	Result string // a word of the workspace's list ("solved", "no_answer", "spam", …); at most 60 characters, "" for none
	Note   string // summary for colleagues (C27); at most 2000 characters
}

const (
	closeTicket = "update tickets set status = 'closed', closed_at = $2, closed_by = $3, result = $4, closing_note = $5, fallback_at = null where id = $1"
	closeThread = `update conversations set state = 2, ticket_id = null, holder = '', last_agent_id = assignee_id, assignee_id = null, queue_id = null, waiting_since = null, unread = 0 where id = $1`
)

// CloseTicket closes the open ticket: the conversation leaves every list of open ones and is unassigned (C23, C25).
func (r *Room) CloseTicket(ctx context.Context, actor account.Actor, conversation db.ID, c Closing) (t Ticket, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err = r.CloseTicketIn(ctx, tx, actor, conversation, c)
		return err
	})
	return t, err
}

// CloseTicketIn is CloseTicket inside a transaction.
func (r *Room) CloseTicketIn(ctx context.Context, tx *db.Tx, actor account.Actor, conversation db.ID, c Closing) (Ticket, error) {
	c.Note = clean(strings.TrimSpace(c.Note))
	if utf8.RuneCountInString(c.Note) > maxClosingNote {
		return Ticket{}, noteTooLong()
	}
	if c.Result = clean(strings.TrimSpace(c.Result)); utf8.RuneCountInString(c.Result) > maxResult {
		return Ticket{}, fault.New(fault.Invalid, "ticket.result", "A result has at most %d characters.", maxResult).On("result").With("limit", maxResult)
	}
	t, err := r.openTicketOf(ctx, tx, actor.Workspace, conversation)
	if err != nil {
		return Ticket{}, err
	}
	t.Status, t.ClosedAt, t.ClosedBy, t.Result, t.ClosingNote, t.FallbackAt = TicketDone, tx.Now(), actor.User, c.Result, c.Note, 0
	if _, err := tx.Exec(ctx, closeTicket, t.ID, t.ClosedAt, t.ClosedBy, t.Result, t.ClosingNote); err != nil {
		return Ticket{}, fmt.Errorf("close ticket: %w", err)
	}
	if _, err := tx.Exec(ctx, closeThread, conversation); err != nil {
		return Ticket{}, fmt.Errorf("close conversation: %w", err)
	}
	params := t.markerParams(actor)
	for name, value := range map[string]string{"result": c.Result, "note": c.Note} {
		if value != "" {
			params[name] = value
		}
	}
	return t, r.markAndTell(ctx, tx, actor.Workspace, []mark{{Marker{TicketClosed, params}, t, authorOf(actor)}}, []event.Fact{t.fact(TicketClosed, actor.User)})
}

func noteTooLong() error {
	return fault.New(fault.Invalid, "note.too_long", "A note has at most %d characters.", maxClosingNote).On("note").With("limit", maxClosingNote)
}

const (
	reopenTicket = "update tickets set status = $2, closed_at = null, closed_by = null, result = '', closing_note = '' where id = $1"
	reopenThread = `update conversations set state = 1, ticket_id = $2, holder = $3, assignee_id = $4, queue_id = $5,
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
	t.Status, t.ClosedAt, t.ClosedBy, t.Result, t.ClosingNote = t.statusOpen(), 0, 0, "", ""
	if _, err := tx.Exec(ctx, reopenTicket, t.ID, t.Status); err != nil {
		return Ticket{}, fmt.Errorf("reopen ticket: %w", err)
	}
	if _, err := tx.Exec(ctx, reopenThread, t.Conversation, t.ID, t.Holder, t.Assignee, t.Queue); err != nil {
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
