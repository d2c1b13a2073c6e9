package conversation

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// NumberChoice is another number of ours a ticket can go on at, with what may be said there now.
type NumberChoice struct {
	Inbox  db.ID
	Label  string
	Window WindowState
}

const otherNumbers = `select i.id as inbox_id, i.label, i.channel, i.status as inbox_status, coalesce(c.last_inbound_at, 0) as last_inbound_at,
	coalesce(c.window_until, 0) as window_until, coalesce(c.free_until, 0) as free_until, coalesce(c.free_by, 0) as free_by,
	coalesce(p.opted_out_at, 0) as opted_out_at, p.opted_out_scope
	from inboxes i join contacts p on p.id = $3 left join conversations c on c.inbox_id = i.id and c.contact_id = $3
	where i.workspace_id = $1 and i.id <> $2 and i.channel = $4 order by i.label, i.id`

// NumbersFor gives the workspace's other numbers of the same channel, by label: a person can be reached there by the same
// address. Where the person never wrote, or not lately, only a template may begin.
func (r *Room) NumbersFor(ctx context.Context, row Row) ([]NumberChoice, error) {
	found, err := db.All[struct {
		Inbox db.ID  `db:"inbox_id"`
		Label string `db:"label"`
		windowRow
	}](ctx, r.d, otherNumbers, row.Workspace, row.Inbox, row.Contact, string(row.Channel))
	if err != nil {
		return nil, fmt.Errorf("numbers: %w", err)
	}
	out, now := make([]NumberChoice, len(found)), r.d.Now()
	for i, n := range found {
		out[i] = NumberChoice{Inbox: n.Inbox, Label: n.Label, Window: WindowOf(n.facts(AuthorAgent, now), now)}
	}
	return out, nil
}

// Moving sends a case on to another number.
type Moving struct {
	Conversation db.ID // whose open ticket goes on
	Inbox        db.ID // at this number
	Queue        db.ID // where it waits there; 0: for whoever serves the number
	Note         string
}

// Move closes the open ticket with the result "transferred" and opens one with the same person at another number, or joins
// the one that is open there. The note goes along. It fails with NotFound, with Conflict when no ticket is open, and with
// Invalid for a number of another channel.
func (r *Room) Move(ctx context.Context, actor account.Actor, m Moving) (there Ticket, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		there, err = r.moveIn(ctx, tx, actor, m)
		return err
	})
	return there, err
}

func (r *Room) moveIn(ctx context.Context, tx *db.Tx, actor account.Actor, m Moving) (Ticket, error) {
	t, err := r.openTicketOf(ctx, tx, actor.Workspace, m.Conversation)
	if err != nil {
		return Ticket{}, err
	}
	numbers, err := r.inboxes.GetIn(ctx, tx, actor.Workspace, t.Inbox, m.Inbox)
	if err != nil {
		return Ticket{}, err
	}
	from, to := numbers[t.Inbox], numbers[m.Inbox]
	if to.ID == 0 || to.ID == from.ID || to.Channel != from.Channel {
		return Ticket{}, fault.New(fault.Invalid, "ticket.move", "Choose another number of the same channel.").On("inbox_id")
	}
	if _, err := r.closeIn(ctx, tx, actor, t, Closing{Result: ResultTransferred}, map[string]string{"to": to.Label}); err != nil {
		return Ticket{}, err
	}
	found, err := findThreads(ctx, tx, []pair{{t.Workspace, to.ID, t.Contact}})
	if err != nil {
		return Ticket{}, err
	}
	on := found[pair{t.Workspace, to.ID, t.Contact}].ID
	there, _, err := r.OpenTicketIn(ctx, tx, actor, Opening{Conversation: on, Holder: HolderQueue, Queue: m.Queue})
	if err != nil {
		return Ticket{}, err
	}
	// An empty conversation would stand at the very end of every list.
	if _, err := tx.Exec(ctx, "update conversations set last_message_at = $2 where id = $1 and last_message_at = 0", on, tx.Now()); err != nil {
		return Ticket{}, fmt.Errorf("move ticket: %w", err)
	}
	mark := []mark{{Marker{TicketMoved, map[string]string{"number": fmt.Sprint(there.Number), "by": actor.Name, "from": from.Label,
		"ticket": fmt.Sprint(t.Number)}}, there, authorOf(actor)}}
	if err := r.markAndTell(ctx, tx, actor.Workspace, mark, []event.Fact{there.fact(TicketAssigned, actor.User)}); err != nil {
		return Ticket{}, err
	}
	return there, r.noteIn(ctx, tx, actor, there, m.Note)
}

// TicketMoved is the code of the marker where a case comes from another number.
const TicketMoved = "ticket.moved"

const lastClosed = `select max(id) from tickets where conversation_id in ({ids:$1}) and status = 'closed' group by conversation_id`

// LastClosedIn gives the last closed ticket of each of these conversations, read through q; those without one are missing.
func (r *Room) LastClosedIn(ctx context.Context, q db.Querier, workspace db.ID, conversations []db.ID) (map[db.ID]Ticket, error) {
	ids, err := db.All[db.ID](ctx, q, lastClosed, db.IDs(conversations))
	if err != nil {
		return nil, fmt.Errorf("last tickets: %w", err)
	}
	all, err := ticketsBy(ctx, q, "workspace_id = $1 and id in ({ids:$2})", workspace, db.IDs(ids))
	found := make(map[db.ID]Ticket, len(all))
	for _, t := range all {
		found[t.Conversation] = t
	}
	return found, err
}
