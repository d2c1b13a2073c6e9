package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Statuses of a ticket.
const (
	TicketQueued    = "queued"     // a bot or a queue holds it
	TicketHeld      = "assigned"   // an agent holds it and has not answered yet
	TicketInService = "in_service" // the agent has answered
	TicketDone      = "closed"
)

// Ticket is one case inside a conversation, from opening to resolution.
type Ticket struct {
	Workspace     db.ID  `db:"workspace_id" json:"-"`
	ID            db.ID  `db:"id" json:"id"`
	Number        int64  `db:"number" json:"number"` // counts up per workspace, without gaps
	Conversation  db.ID  `db:"conversation_id" json:"conversation_id"`
	Contact       db.ID  `db:"contact_id" json:"contact_id"`
	Inbox         db.ID  `db:"inbox_id" json:"inbox_id"`
	Status        string `db:"status" json:"status"`
	Holder        string `db:"holder" json:"holder"`
	Queue         db.ID  `db:"queue_id" json:"queue_id"` // the last one it waited in; 0 for none
	Assignee      db.ID  `db:"assignee_id" json:"assignee_id"`
	Origin        Origin `db:"-" json:"origin"`
	FallbackQueue db.ID  `db:"fallback_queue_id" json:"fallback_queue_id"` // takes it when nobody answers in time; 0: whoever routing finds (X19)
	FallbackAt    int64  `db:"fallback_at" json:"fallback_at"`             // Unix milliseconds, as all times; 0 for never
	OpenedAt      int64  `db:"opened_at" json:"opened_at"`
	AssignedAt    int64  `db:"assigned_at" json:"assigned_at"`
	FirstReplyAt  int64  `db:"first_reply_at" json:"first_reply_at"`
	ClosedAt      int64  `db:"closed_at" json:"closed_at"`
	ClosedBy      db.ID  `db:"closed_by" json:"closed_by"`
	Result        string `db:"result" json:"result"`
	Category      string `db:"category" json:"category"` // of the closing note
	ClosingNote   string `db:"closing_note" json:"closing_note"`

	Priority Priority `db:"priority" json:"priority"`
	OnHoldAt int64    `db:"on_hold_at" json:"on_hold_at"`         // since when its timers stand still; 0: they run
	PassedBy db.ID    `db:"passed_user_id" json:"passed_user_id"` // the agent who let it lapse without a first answer (X19)
}

// Origin is why a ticket is where it is: the campaign whose reply route brought it.
type Origin struct {
	Campaign     db.ID  `json:"campaign_id"`
	CampaignName string `json:"campaign,omitempty"`
	Route        *Route `json:"route,omitempty"`
	Until        int64  `json:"until,omitempty"` // Unix milliseconds
}

type ticketRow struct {
	Ticket
	OriginJSON string `db:"origin_json"`
}

const ticketColumns = `workspace_id, id, number, conversation_id, contact_id, inbox_id, status, holder, queue_id, assignee_id, origin_json, fallback_queue_id,
	coalesce(fallback_at, 0) as fallback_at, opened_at, coalesce(assigned_at, 0) as assigned_at, coalesce(first_reply_at, 0) as first_reply_at,
	coalesce(closed_at, 0) as closed_at, closed_by, result, category, closing_note, priority, coalesce(on_hold_at, 0) as on_hold_at, passed_user_id`

func (row ticketRow) ticket() (Ticket, error) {
	t := row.Ticket
	if err := json.Unmarshal([]byte(row.OriginJSON), &t.Origin); err != nil {
		return t, fmt.Errorf("origin of ticket %d: %w", t.ID, err)
	}
	return t, nil
}

func ticketsBy(ctx context.Context, q db.Querier, where string, args ...any) ([]Ticket, error) {
	rows, err := db.All[ticketRow](ctx, q, "select "+ticketColumns+" from tickets where "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("tickets: %w", err)
	}
	tickets := make([]Ticket, len(rows))
	for i, row := range rows {
		if tickets[i], err = row.ticket(); err != nil {
			return nil, err
		}
	}
	return tickets, nil
}

// Tickets gives the newest tickets of a conversation, the newest first.
func (r *Room) Tickets(ctx context.Context, workspace, conversation db.ID, limit int) ([]Ticket, error) {
	return ticketsBy(ctx, r.d, "conversation_id = $1 and workspace_id = $2 order by id desc limit $3", conversation, workspace, limit)
}

// Ticket gives one ticket, read through q. It fails with NotFound.
func (r *Room) Ticket(ctx context.Context, q db.Querier, workspace, id db.ID) (Ticket, error) {
	found, err := ticketsBy(ctx, q, "id = $1 and workspace_id = $2", id, workspace)
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "ticket.not_found", "There is no such ticket.")
	}
	if err != nil {
		return Ticket{}, err
	}
	return found[0], nil
}

// FallbackDueIn gives open tickets whose agent did not answer in the time their route or the workspace gave them, oldest
// first. AssignIn to another holder ends that.
func (r *Room) FallbackDueIn(ctx context.Context, tx *db.Tx, now int64, limit int) ([]Ticket, error) {
	return ticketsBy(ctx, tx, "fallback_at is not null and fallback_at <= $1 and status in ('queued', 'assigned') order by fallback_at limit $2 {claim}", now, limit)
}

// lockIn holds a conversation's row for the transaction and gives it as it stands now. It fails with NotFound.
func (r *Room) lockIn(ctx context.Context, tx *db.Tx, workspace, id db.ID) (thread, State, error) {
	row, err := db.One[struct {
		thread
		State State `db:"state"`
	}](ctx, tx, `select workspace_id, id, inbox_id, contact_id, ticket_id, state from conversations
		where id = $1 and workspace_id = $2 {hold}`, id, workspace)
	if db.None(err) {
		return thread{}, None, notFound(id)
	}
	if err != nil {
		return thread{}, None, fmt.Errorf("conversation %d: %w", id, err)
	}
	return row.thread, row.State, nil
}

// HoldIn holds a conversation's row for the transaction and tells whether this party holds this ticket, open, at that moment;
// "" and 0: whether no ticket is open. A conversation of elsewhere is held by nobody.
func (r *Room) HoldIn(ctx context.Context, tx *db.Tx, workspace, conversation db.ID, holder string, ticket db.ID) (bool, error) {
	held, err := r.HoldAllIn(ctx, tx, workspace, holder, map[db.ID]db.ID{conversation: ticket})
	return held[conversation], err
}

// HoldAllIn holds the rows of conversations for the transaction and gives those of which this party holds this open ticket at that
// moment: conversation → ticket.
func (r *Room) HoldAllIn(ctx context.Context, tx *db.Tx, workspace db.ID, holder string, tickets map[db.ID]db.ID) (map[db.ID]bool, error) {
	rows, err := db.All[struct {
		ID     db.ID  `db:"id"`
		Holder string `db:"holder"`
		Ticket db.ID  `db:"ticket_id"`
	}](ctx, tx, `select id, holder, coalesce(ticket_id, 0) as ticket_id from conversations
		where id in ({ids:$1}) and workspace_id = $2 order by id {hold}`, db.IDs(slices.Collect(maps.Keys(tickets))), workspace)
	if err != nil {
		return nil, fmt.Errorf("hold conversations: %w", err)
	}
	held := make(map[db.ID]bool, len(rows))
	for _, row := range rows {
		held[row.ID] = row.Holder == holder && row.Ticket == tickets[row.ID]
	}
	return held, nil
}

// openTicketOf gives the open ticket of a conversation that is locked. It fails with Conflict when there is none.
func (r *Room) openTicketOf(ctx context.Context, tx *db.Tx, workspace, conversation db.ID) (Ticket, error) {
	t, state, err := r.lockIn(ctx, tx, workspace, conversation)
	if err != nil {
		return Ticket{}, err
	}
	if state != Open {
		return Ticket{}, fault.New(fault.Conflict, "ticket.none", "This conversation has no open ticket.")
	}
	return r.Ticket(ctx, tx, workspace, t.Ticket)
}

func (t Ticket) fact(kind string, by db.ID) event.Fact {
	return event.Fact{Workspace: t.Workspace, Kind: kind, Subject: t.ID, Data: TicketFact{Ticket: t.ID, Number: t.Number, Conversation: t.Conversation,
		Contact: t.Contact, Inbox: t.Inbox, Holder: t.Holder, Assignee: t.Assignee, Queue: t.Queue, By: by}}
}

// authorOf says who an actor is in a thread.
func authorOf(a account.Actor) Author {
	switch a.Kind {
	case account.KindUser:
		return Author{Kind: AuthorAgent, ID: a.User, Name: a.Name}
	case account.KindBot:
		return Author{Kind: AuthorBot, Name: a.Name}
	case account.KindKey:
		return Author{Kind: AuthorKey, ID: a.Key, Name: a.Name}
	}
	return Author{Kind: AuthorSystem}
}
