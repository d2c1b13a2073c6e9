package conversation

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Priority of a ticket: what waits in a queue is taken by it first, then by the time it waits.
type Priority int16

// The priorities.
const (
	Low    Priority = -1
	Normal Priority = 0
	High   Priority = 1
	Urgent Priority = 2
)

var priorities = []string{"low", "normal", "high", "urgent"}

// String gives the word used in JSON.
func (p Priority) String() string { return priorities[min(max(int(p)+1, 0), len(priorities)-1)] }

// MarshalText gives the word used in JSON.
func (p Priority) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// ParsePriority reads the word used in JSON. It fails with Invalid.
func ParsePriority(word string) (Priority, error) {
	if i := slices.Index(priorities, word); i >= 0 {
		return Priority(i - 1), nil
	}
	return Normal, fault.New(fault.Invalid, "ticket.priority", "Choose low, normal, high or urgent.").On("priority")
}

// Markers of what is done with a ticket while it is open.
const (
	TicketPriority = "ticket.priority"
	TicketHeldOn   = "ticket.on_hold"
	TicketHeldOff  = "ticket.off_hold"
	TicketSnoozed  = "ticket.snoozed"
	TicketWoken    = "ticket.woken"
)

// SetPriority says how soon the open ticket must be taken. It fails with NotFound, and with Conflict when no ticket is open.
func (r *Room) SetPriority(ctx context.Context, actor account.Actor, conversation db.ID, p Priority) error {
	return r.onTicket(ctx, actor, conversation, func(ctx context.Context, tx *db.Tx, t Ticket) error {
		if t.Priority == p {
			return nil
		}
		_, err := tx.Exec(ctx, "update tickets set priority = $2 where id = $1", t.ID, int64(p))
		if err == nil {
			_, err = tx.Exec(ctx, "update conversations set priority = $2 where id = $1", t.Conversation, int64(p))
		}
		if err != nil {
			return fmt.Errorf("priority: %w", err)
		}
		return r.markChange(ctx, tx, actor, t, TicketPriority, map[string]string{"priority": p.String()})
	})
}

// SetHold stops or starts the timers of the open ticket (B170): on hold it is not given away for want of a first answer.
// Only who holds it may, or who may take it over.
func (r *Room) SetHold(ctx context.Context, actor account.Actor, conversation db.ID, on bool) error {
	return r.onTicket(ctx, actor, conversation, func(ctx context.Context, tx *db.Tx, t Ticket) error {
		if err := t.heldBy(actor); err != nil || on == (t.OnHoldAt != 0) {
			return err
		}
		since, code := any(nil), TicketHeldOff
		if on {
			since, code = tx.Now(), TicketHeldOn
		}
		_, err := tx.Exec(ctx, "update tickets set on_hold_at = $2, fallback_at = null where id = $1", t.ID, since)
		if err == nil {
			_, err = tx.Exec(ctx, "update conversations set on_hold_at = $2 where id = $1", t.Conversation, since)
		}
		if err != nil {
			return fmt.Errorf("hold: %w", err)
		}
		return r.markChange(ctx, tx, actor, t, code, nil)
	})
}

// UntilReply is the time of a snooze that ends only when the person writes: the last day of the year 9999.
const UntilReply = 253_402_214_400_000

// longestSnooze bounds a snooze with a date, in milliseconds: one year.
const longestSnooze = 366 * 24 * 60 * 60 * 1000

// Snooze takes the open ticket out of its holder's list until a time (Unix milliseconds), UntilReply, or 0: now. A message
// of the person ends it at once, Wake ends it in time; one that came after the newest message the actor saw (0: not asked)
// does not let it begin ("ticket.written"). A ticket nobody holds becomes the actor's; one that another agent holds needs the
// ability take_over.
func (r *Room) Snooze(ctx context.Context, actor account.Actor, conversation db.ID, until int64, seen db.ID) error {
	now := r.d.Now()
	if until != 0 && until != UntilReply && (until <= now || until > now+longestSnooze) {
		return fault.New(fault.Invalid, "ticket.snooze", "Choose a time from now to a year ahead.").On("until")
	}
	return r.onTicket(ctx, actor, conversation, func(ctx context.Context, tx *db.Tx, t Ticket) (err error) {
		if err := notWritten(ctx, tx, conversation, seen); err != nil {
			return err
		}
		if t.Assignee == 0 && until != 0 && actor.User != 0 {
			if t, err = r.assign(ctx, tx, actor, t, Assignment{User: actor.User}); err != nil {
				return err
			}
		}
		if err := t.heldBy(actor); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update conversations set snoozed_until = $2 where id = $1", t.Conversation, timeOrNull(until))
		if err == nil {
			_, err = tx.Exec(ctx, "update tickets set fallback_at = null where id = $1", t.ID)
		}
		if err != nil {
			return fmt.Errorf("snooze: %w", err)
		}
		if until == 0 {
			return r.markChange(ctx, tx, actor, t, TicketWoken, nil)
		}
		params := map[string]string{}
		if until != UntilReply {
			params["until"] = fmt.Sprint(until)
		}
		return r.markChange(ctx, tx, actor, t, TicketSnoozed, params)
	})
}

// onTicket runs f on the open ticket of a conversation, whose row is held, for someone who may answer.
func (r *Room) onTicket(ctx context.Context, actor account.Actor, conversation db.ID, f func(context.Context, *db.Tx, Ticket) error) error {
	if err := actor.Has(account.Reply); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err := r.openTicketOf(ctx, tx, actor.Workspace, conversation)
		if err != nil {
			return err
		}
		return f(ctx, tx, t)
	})
}

// heldBy refuses those who neither hold the ticket nor may take it over.
func (t Ticket) heldBy(actor account.Actor) error {
	switch {
	case t.Assignee == 0:
		return fault.New(fault.Conflict, "ticket.not_held", "Take the ticket first.")
	case t.Assignee == actor.User:
		return nil
	}
	return actor.Has(account.TakeOver)
}

func (r *Room) markChange(ctx context.Context, tx *db.Tx, actor account.Actor, t Ticket, code string, values map[string]string) error {
	params := t.markerParams(actor)
	for name, value := range values {
		params[name] = value
	}
	return r.markAndTell(ctx, tx, actor.Workspace, []mark{{Marker{code, params}, t, authorOf(actor)}},
		[]event.Fact{{Workspace: t.Workspace, Kind: Changed, Subject: t.Conversation, Data: ChangedFact{Conversation: t.Conversation}}})
}

// wakeAtOnce bounds one round of Wake.
const wakeAtOnce = 100

const dueToWake = `select id as conversation_id, workspace_id, ticket_id from conversations
	where snoozed_until is not null and snoozed_until <= $1 order by snoozed_until, id limit $2 {claim}`

// Wake ends the snoozes whose time has come and gives how many. The times are in the database: it does not matter which node
// asks, nor whether one was down in between.
func (r *Room) Wake(ctx context.Context) (woken int, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		due, err := db.All[struct {
			Conversation db.ID `db:"conversation_id"`
			Workspace    db.ID `db:"workspace_id"`
			Ticket       db.ID `db:"ticket_id"`
		}](ctx, tx, dueToWake, tx.Now(), wakeAtOnce)
		if err != nil {
			return err
		}
		for _, d := range due {
			if _, err := tx.Exec(ctx, "update conversations set snoozed_until = null where id = $1", d.Conversation); err != nil {
				return err
			}
			t, err := r.Ticket(ctx, tx, d.Workspace, d.Ticket)
			if err != nil {
				return err
			}
			if err := r.markChange(ctx, tx, account.System(d.Workspace), t, TicketWoken, nil); err != nil {
				return err
			}
		}
		woken = len(due)
		return nil
	})
	if err != nil {
		err = fmt.Errorf("wake: %w", err)
	}
	return woken, err
}
