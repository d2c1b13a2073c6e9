package conversation

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
)

// Opening asks for a ticket.
type Opening struct {
	Conversation    db.ID
	Holder          string // HolderBot, HolderQueue or HolderAgent
	Queue           db.ID  // with HolderQueue
	Assignee        db.ID  // with HolderAgent
	Origin          Origin
	FallbackQueue   db.ID // takes it when the agent did not answer; 0: whoever routing finds (X19) …
	FallbackMinutes int64 // … in so many minutes within the hours of the number; 0: never
}

// OpenTicketIn opens one ticket; opened is false when the conversation had an open one, which is returned as it is.
func (r *Room) OpenTicketIn(ctx context.Context, tx *db.Tx, actor account.Actor, o Opening) (t Ticket, opened bool, err error) {
	all, fresh, err := r.OpenTicketsIn(ctx, tx, actor, []Opening{o})
	if err != nil {
		return Ticket{}, false, err
	}
	return all[0], fresh[0], nil
}

// OpenTicketsIn opens tickets, numbered per workspace without gaps. A conversation with an open ticket keeps that one: an open
// ticket is never moved by a route. It writes the markers and tells ticket.opened for each; opened says which are new.
func (r *Room) OpenTicketsIn(ctx context.Context, tx *db.Tx, actor account.Actor, openings []Opening) (tickets []Ticket, opened []bool, err error) {
	if len(openings) == 0 {
		return nil, nil, nil
	}
	tickets, opened = make([]Ticket, len(openings)), make([]bool, len(openings))
	ids := make([]db.ID, len(openings))
	for i, o := range openings {
		ids[i] = o.Conversation
	}
	taken, err := lockAll(ctx, tx, actor.Workspace, ids)
	if err != nil {
		return nil, nil, err
	}
	hours, err := r.hoursOf(ctx, tx, actor.Workspace, taken, openings)
	if err != nil {
		return nil, nil, err
	}
	fresh := []*Ticket{}
	for i, o := range openings {
		t, known := taken[o.Conversation]
		if !known {
			return nil, nil, notFound(o.Conversation)
		}
		if t.Ticket != 0 {
			continue
		}
		tickets[i], opened[i] = newTicket(tx, t, o), true
		if tickets[i].FallbackAt, err = fallbackAt(hours, t.Inbox, tx.Now(), o.FallbackMinutes); err != nil {
			return nil, nil, err
		}
		t.Ticket = tickets[i].ID
		fresh = append(fresh, &tickets[i])
	}
	if err := r.number(ctx, tx, actor.Workspace, fresh); err != nil {
		return nil, nil, err
	}
	if err := r.insertTickets(ctx, tx, actor, fresh); err != nil {
		return nil, nil, fmt.Errorf("open tickets: %w", err)
	}
	for i, o := range openings {
		if opened[i] {
			continue
		}
		if tickets[i], err = r.Ticket(ctx, tx, actor.Workspace, taken[o.Conversation].Ticket); err != nil {
			return nil, nil, err
		}
	}
	return tickets, opened, nil
}

const lockThreads = `select workspace_id, id, inbox_id, contact_id, ticket_id from conversations where id in ({ids:$1}) and workspace_id = $2
	order by id {hold}`

// lockAll holds the rows of conversations for the transaction.
func lockAll(ctx context.Context, tx *db.Tx, workspace db.ID, ids []db.ID) (map[db.ID]*thread, error) {
	rows, err := db.All[thread](ctx, tx, lockThreads, db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("conversations: %w", err)
	}
	found := make(map[db.ID]*thread, len(rows))
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, nil
}

func newTicket(tx *db.Tx, t *thread, o Opening) Ticket {
	ticket := Ticket{Workspace: t.Workspace, ID: tx.NewID(), Conversation: t.ID, Contact: t.Contact, Inbox: t.Inbox, Status: TicketQueued, Holder: o.Holder,
		Queue: o.Queue, Origin: o.Origin, OpenedAt: tx.Now()}
	if o.Holder == HolderAgent {
		ticket.Status, ticket.Assignee, ticket.AssignedAt = TicketHeld, o.Assignee, tx.Now()
	}
	if o.FallbackMinutes > 0 {
		ticket.FallbackQueue = o.FallbackQueue
	}
	return ticket
}

// hoursOf gives when people answer on the numbers of openings that name a time for the first answer.
func (r *Room) hoursOf(ctx context.Context, tx *db.Tx, workspace db.ID, threads map[db.ID]*thread, openings []Opening) (map[db.ID]inbox.Hours, error) {
	var numbers []db.ID
	for _, o := range openings {
		if t, known := threads[o.Conversation]; known && o.FallbackMinutes > 0 {
			numbers = append(numbers, t.Inbox)
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	return r.inboxes.HoursIn(ctx, tx, workspace, numbers...)
}

// fallbackAt is the end of so many minutes within the hours of a number; 0 for none.
func fallbackAt(hours map[db.ID]inbox.Hours, number db.ID, now, minutes int64) (int64, error) {
	if minutes <= 0 {
		return 0, nil
	}
	h := hours[number]
	return h.Due(now, minutes)
}

const nextNumbers = `insert into counters (workspace_id, name, value) values ($1, 'ticket', $2)
	on conflict (workspace_id, name) do update set value = counters.value + excluded.value returning value`

// number gives tickets their numbers. The counter's row is held until the commit: an undone opening leaves no gap.
func (r *Room) number(ctx context.Context, tx *db.Tx, workspace db.ID, tickets []*Ticket) error {
	if len(tickets) == 0 {
		return nil
	}
	last, err := db.One[int64](ctx, tx, nextNumbers, workspace, len(tickets))
	if err != nil {
		return fmt.Errorf("ticket numbers: %w", err)
	}
	for i, t := range tickets {
		t.Number = last - int64(len(tickets)-1-i)
	}
	return nil
}

const ticketInto = `tickets (workspace_id, id, number, conversation_id, contact_id, inbox_id, status, holder, queue_id, assignee_id, origin_json,
	fallback_queue_id, fallback_at, opened_at, assigned_at)`

const threadOpened = "update conversations set state = 1, ticket_id = $2, holder = $3, assignee_id = $4, queue_id = $5, queued_at = $6 where id = $1"

func (r *Room) insertTickets(ctx context.Context, tx *db.Tx, actor account.Actor, tickets []*Ticket) error {
	rows, threads := make([][]any, len(tickets)), make([][]any, len(tickets))
	marks, facts := make([]mark, len(tickets)), make([]event.Fact, len(tickets))
	for i, t := range tickets {
		origin, err := json.Marshal(t.Origin)
		if err != nil {
			return err
		}
		rows[i] = []any{int64(t.Workspace), int64(t.ID), t.Number, int64(t.Conversation), int64(t.Contact), int64(t.Inbox), t.Status, t.Holder, orNull(t.Queue),
			orNull(t.Assignee), string(origin), orNull(t.FallbackQueue), timeOrNull(t.FallbackAt), t.OpenedAt, timeOrNull(t.AssignedAt)}
		threads[i] = []any{int64(t.Conversation), int64(t.ID), t.Holder, orNull(t.Assignee), orNull(t.Queue), t.OpenedAt}
		marks[i] = mark{Marker{TicketOpened, t.markerParams(actor)}, *t, authorOf(actor)}
		facts[i] = t.fact(TicketOpened, actor.User)
	}
	if _, err := tx.Insert(ctx, ticketInto, "", rows); err != nil {
		return err
	}
	if _, err := tx.ExecEach(ctx, threadOpened, threads); err != nil {
		return err
	}
	if err := r.addNames(ctx, tx, marks); err != nil {
		return err
	}
	return r.markAndTell(ctx, tx, actor.Workspace, marks, facts)
}

func (r *Room) markAndTell(ctx context.Context, tx *db.Tx, workspace db.ID, marks []mark, facts []event.Fact) error {
	items, err := markIn(ctx, tx, marks)
	if err != nil {
		return err
	}
	if len(items) > 0 {
		facts = append(facts, event.Fact{Workspace: workspace, Kind: MessagePosted, Data: PostedFact{items}})
	}
	return r.log.Append(ctx, tx, facts...)
}

// markerParams are the values of a marker's words that the ticket itself knows.
func (t Ticket) markerParams(actor account.Actor) map[string]string {
	p := map[string]string{"number": fmt.Sprint(t.Number), "holder": t.Holder}
	for name, value := range map[string]string{"by": actor.Name, "by_id": actor.User.String(), "user_id": t.Assignee.String(), "queue_id": t.Queue.String(),
		"campaign": t.Origin.CampaignName, "campaign_id": t.Origin.Campaign.String()} {
		if value != "" {
			p[name] = value
		}
	}
	return p
}

// addNames puts the assignees' names into markers as they are now: people leave, threads stay.
func (r *Room) addNames(ctx context.Context, tx *db.Tx, marks []mark) error {
	var ids []db.ID
	for _, m := range marks {
		if m.ticket.Assignee != 0 {
			ids = append(ids, m.ticket.Assignee)
		}
	}
	names, err := userNames(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, m := range marks {
		if name := names[m.ticket.Assignee]; name != "" {
			m.Params["user"] = name
		}
	}
	return nil
}

func userNames(ctx context.Context, q db.Querier, ids []db.ID) (map[db.ID]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	type named struct {
		ID   db.ID  `db:"id"`
		Name string `db:"name"`
	}
	rows, err := db.All[named](ctx, q, "select id, name from users where id in ({ids:$1})", db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	names := make(map[db.ID]string, len(rows))
	for _, u := range rows {
		names[u.ID] = u.Name
	}
	return names, nil
}

func timeOrNull(at int64) any {
	if at == 0 {
		return nil
	}
	return at
}
