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

// maxClosingNote bounds a closing note or the note of an assignment, in characters.
const maxClosingNote = 2000

// Assignment says who holds a ticket from now on: an agent, a queue, an agent of a queue, the bot, or nobody: then the ticket
// waits in its queue, or for whoever serves the number.
type Assignment struct {
	User     db.ID
	Queue    db.ID
	Bot      bool   // the bot goes on
	Nobody   bool   // said by a person who lets go of a ticket
	Waiting  bool   // only if the ticket still waits in a queue; otherwise nothing happens
	AnswerBy int64  // when without a first answer, whoever routing finds takes it (X19), Unix milliseconds; 0: never
	PassedBy db.ID  // the agent who let it lapse
	Note     string // to whoever takes it: an internal note of the actor in the thread
}

// AssignIn gives the open ticket of a conversation to an agent or a queue. Whether the actor may, and whether the agent may
// take it, is for the caller to ask. It fails with NotFound, with Conflict when no ticket is open, and with Invalid.
func (r *Room) AssignIn(ctx context.Context, tx *db.Tx, actor account.Actor, conversation db.ID, to Assignment) (Ticket, error) {
	if to.User == 0 && to.Queue == 0 && !to.Bot && !to.Nobody && actor.Kind == account.KindUser {
		return Ticket{}, fault.New(fault.Invalid, "assign.nobody", "Choose an agent or a queue.").On("user_id")
	}
	if utf8.RuneCountInString(to.Note) > maxClosingNote {
		return Ticket{}, noteTooLong()
	}
	t, err := r.openTicketOf(ctx, tx, actor.Workspace, conversation)
	if err != nil || to.Waiting && t.Holder != HolderQueue {
		return Ticket{}, err
	}
	if t, err = r.assign(ctx, tx, actor, t, to); err != nil {
		return Ticket{}, err
	}
	return t, r.noteIn(ctx, tx, actor, t, to.Note)
}

const assignTicket = `update tickets set status = $2, holder = $3, assignee_id = $4, queue_id = $5, assigned_at = $6,
	fallback_queue_id = null, fallback_at = $7, passed_user_id = $8, on_hold_at = null where id = $1`

// A ticket keeps its place among those that wait, whatever queue it goes to and whoever held it, until an agent answered.
const assignThread = `update conversations set holder = $2, assignee_id = $3, queue_id = $4, on_hold_at = null, snoozed_until = null,
	queued_at = case when cast($5 as bigint) = 1 then $6 else queued_at end where id = $1`

// assign writes an assignment of a ticket whose conversation is locked.
func (r *Room) assign(ctx context.Context, tx *db.Tx, actor account.Actor, t Ticket, to Assignment) (Ticket, error) {
	from, answered := t.Holder, int64(0)
	if t.Status == TicketInService {
		answered = 1
	}
	t.held(to, tx.Now())
	_, err := tx.Exec(ctx, assignTicket, t.ID, t.Status, t.Holder, t.Assignee, t.Queue, timeOrNull(t.AssignedAt), timeOrNull(t.FallbackAt), orNull(t.PassedBy))
	if err == nil {
		_, err = tx.Exec(ctx, assignThread, t.Conversation, t.Holder, t.Assignee, t.Queue, answered, tx.Now())
	}
	if err != nil {
		return Ticket{}, fmt.Errorf("assign ticket: %w", err)
	}
	params := t.markerParams(actor)
	if from == HolderBot && t.Holder != HolderBot {
		params["from"] = HolderBot
	}
	if to.PassedBy != 0 {
		params["lapsed"] = "1"
	}
	marks := []mark{{Marker{TicketAssigned, params}, t, authorOf(actor)}}
	if err := r.addNames(ctx, tx, marks); err != nil {
		return Ticket{}, err
	}
	return t, r.markAndTell(ctx, tx, actor.Workspace, marks, []event.Fact{t.fact(TicketAssigned, actor.User)})
}

// held puts a new holder into the ticket.
func (t *Ticket) held(to Assignment, now int64) {
	t.Holder, t.Status, t.Assignee, t.AssignedAt = HolderQueue, TicketQueued, to.User, 0
	t.FallbackQueue, t.FallbackAt, t.OnHoldAt, t.PassedBy = 0, 0, 0, to.PassedBy
	if to.Queue != 0 {
		t.Queue = to.Queue
	}
	switch {
	case to.User != 0:
		t.Holder, t.Status, t.AssignedAt, t.FallbackAt = HolderAgent, TicketHeld, now, to.AnswerBy
	case to.Bot:
		t.Holder = HolderBot
	}
}

// noteIn leaves a word for whoever takes a ticket, as the actor's internal note. Without words nothing is written.
func (r *Room) noteIn(ctx context.Context, tx *db.Tx, actor account.Actor, t Ticket, note string) error {
	if note = clean(strings.TrimSpace(note)); note == "" {
		return nil
	}
	on := thread{Workspace: t.Workspace, ID: t.Conversation, Inbox: t.Inbox, Contact: t.Contact, Ticket: t.ID}
	_, err := r.say(ctx, tx, actor, on, Draft{Conversation: t.Conversation, Kind: KindNote, Text: note})
	return err
}

// TakeIn gives the open ticket to the acting user, to be answered by a time (Unix milliseconds; 0: no limit). A ticket another
// agent holds needs the ability take_over.
func (r *Room) TakeIn(ctx context.Context, tx *db.Tx, actor account.Actor, conversation db.ID, answerBy int64) (Ticket, error) {
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
	return r.assign(ctx, tx, actor, t, Assignment{User: actor.User, AnswerBy: answerBy})
}

func noteTooLong() error {
	return fault.New(fault.Invalid, "note.too_long", "A note has at most %d characters.", maxClosingNote).On("note").With("limit", maxClosingNote)
}

const moveQueue = "update tickets set queue_id = $3 where workspace_id = $1 and queue_id = $2 and status <> 'closed'"

const moveThreads = "update conversations set queue_id = $3 where workspace_id = $1 and queue_id = $2 and state = 1 returning id"

// MoveQueueIn puts all open tickets of one queue into another and gives how many; they keep their holders and their places.
func (r *Room) MoveQueueIn(ctx context.Context, tx *db.Tx, workspace, from, to db.ID) (int, error) {
	moved, err := db.All[db.ID](ctx, tx, moveThreads, workspace, from, to)
	if err == nil {
		_, err = tx.Exec(ctx, moveQueue, workspace, from, to)
	}
	if err != nil {
		return 0, fmt.Errorf("move queue: %w", err)
	}
	facts := make([]event.Fact, len(moved))
	for i, id := range moved {
		facts[i] = event.Fact{Workspace: workspace, Kind: Changed, Subject: id, Data: ChangedFact{Conversation: id}}
	}
	return len(moved), r.log.Append(ctx, tx, facts...)
}
