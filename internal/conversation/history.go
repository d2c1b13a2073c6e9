package conversation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recado/internal/db"
	"recado/internal/fault"
)

// HistoryFilter narrows the history of tickets. Ids of 0 and empty texts mean any.
type HistoryFilter struct {
	Since  int64 // opened at or after, Unix milliseconds
	Until  int64 // opened before; 0: no end
	Inbox  db.ID
	Queue  db.ID
	Agent  db.ID
	Open   bool   // only those that are not closed
	Closed bool   // only closed ones
	Result string // of closed ones
	Search string // words of the person or of what was said, or the ticket's number
}

// PastTicket is a ticket with what a list shows of it.
type PastTicket struct {
	Ticket
	Conversation Row
	AgentName    string // of the assignee; "" for none
}

// HistoryPage is a part of the history, the last opened first. Next asks for the following part and is empty at the end.
type HistoryPage struct {
	Items []PastTicket
	Next  string
}

// History gives tickets of conversations within reach (B33). limit is 1 to 200; 0 means 50. A search looks at the people found
// and at the newest messages with the words, some thousands of them. It fails with Invalid when cursor is not one of ours.
func (r *Room) History(ctx context.Context, reach Reach, f HistoryFilter, cursor string, limit int) (HistoryPage, error) {
	at, err := readPast(cursor)
	if err != nil {
		return HistoryPage{}, err
	}
	limit = pageSize(limit)
	base, err := r.historyBase(ctx, reach, f)
	if err != nil {
		return HistoryPage{}, err
	}
	var places []pastPlace
	for _, way := range historyWays(reach, f) {
		text, args := base.and(way).text(reach.Workspace, at, limit+1)
		found, err := db.All[pastPlace](ctx, r.d, text, args...)
		if err != nil {
			return HistoryPage{}, fmt.Errorf("history: %w", err)
		}
		places = append(places, found...)
	}
	slices.SortFunc(places, func(a, b pastPlace) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID)) })
	places = slices.Compact(places)
	page := HistoryPage{}
	if len(places) > limit {
		places = places[:limit]
		page.Next = places[limit-1].cursor()
	}
	ids := make([]db.ID, len(places))
	for i, p := range places {
		ids[i] = p.ID
	}
	page.Items, err = r.pastTickets(ctx, reach.Workspace, ids)
	return page, err
}

// pastPlace is where a ticket stands in the history.
type pastPlace struct {
	At int64 `db:"opened_at"`
	ID db.ID `db:"id"`
}

func (p pastPlace) cursor() string { return fmt.Sprintf("%d.%d", p.At, int64(p.ID)) }

func readPast(cursor string) (pastPlace, error) {
	p := pastPlace{At: 1<<63 - 1, ID: 1<<63 - 1}
	if cursor == "" {
		return p, nil
	}
	if _, err := fmt.Sscanf(cursor, "%d.%d", &p.At, (*int64)(&p.ID)); err != nil {
		return p, fault.New(fault.Invalid, "cursor", "This is not a place in the list. Load the list again.").On("cursor")
	}
	return p, nil
}

// condition is part of a question to the tickets, with ? for its arguments.
type condition struct {
	where string
	args  []any
}

func (c condition) and(more condition) condition {
	return condition{c.where + more.where, append(slices.Clone(c.args), more.args...)}
}

func (c *condition) add(where string, args ...any) { *c = c.and(condition{" and " + where, args}) }

const historyText = `select t.opened_at, t.id from tickets t where t.workspace_id = $1 and (t.opened_at, t.id) < ($2, $3)%s
	order by t.opened_at desc, t.id desc limit $4`

func (c condition) text(workspace db.ID, before pastPlace, limit int) (string, []any) {
	var out strings.Builder
	n := 4
	for _, part := range c.where {
		if part == '?' {
			n++
			out.WriteString("$" + strconv.Itoa(n))
		} else {
			out.WriteRune(part)
		}
	}
	return fmt.Sprintf(historyText, out.String()), append([]any{workspace, before.At, int64(before.ID), limit}, c.args...)
}

func (r *Room) historyBase(ctx context.Context, reach Reach, f HistoryFilter) (condition, error) {
	var c condition
	if f.Since > 0 {
		c.add("t.opened_at >= ?", f.Since)
	}
	if f.Until > 0 {
		c.add("t.opened_at < ?", f.Until)
	}
	for column, id := range map[string]db.ID{"t.inbox_id": f.Inbox, "t.queue_id": f.Queue, "t.assignee_id": f.Agent} {
		if id != 0 {
			c.add(column+" = ?", id)
		}
	}
	if f.Open {
		c.add("t.status <> 'closed'")
	}
	if f.Closed || f.Result != "" {
		c.add("t.status = 'closed'")
	}
	if f.Result != "" {
		c.add("t.result = ?", f.Result)
	}
	if strings.TrimSpace(f.Search) == "" {
		return c, nil
	}
	people, tickets, err := r.historySearch(ctx, reach, f.Search)
	if err != nil {
		return c, err
	}
	number, _ := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(f.Search), "#"), 10, 64) // 0 is nobody's number
	c.add("(t.contact_id in ({ids:?}) or t.id in ({ids:?}) or t.number = ?)", db.IDs(people), db.IDs(tickets), number)
	return c, nil
}

// historyWays are the ways tickets are reached: all, or by each number and by what the user or the user's queues hold now.
func historyWays(reach Reach, f HistoryFilter) []condition {
	if reach.All {
		return []condition{{}}
	}
	held := condition{}
	held.add(`t.conversation_id in (select c.id from conversations c where c.workspace_id = ? and c.state = 1
		and (c.assignee_id = ? or c.queue_id in ({ids:?})))`, reach.Workspace, int64(reach.User), db.IDs(reach.Queues))
	ways := []condition{held}
	if len(reach.Inboxes) > maxStreams {
		all := condition{}
		all.add("t.inbox_id in ({ids:?})", db.IDs(reach.Inboxes))
		return append(ways, all)
	}
	for _, inbox := range reach.Inboxes {
		if f.Inbox == 0 || f.Inbox == inbox {
			one := condition{}
			one.add("t.inbox_id = ?", inbox)
			ways = append(ways, one)
		}
	}
	return ways
}

// A message that came before its ticket was opened belongs to the next one.
const ticketsOfMessages = `select distinct coalesce(m.ticket_id, (select min(t.id) from tickets t where t.conversation_id = m.conversation_id and t.id > m.id), 0)
	from messages m where m.id in ({ids:$1}) and m.workspace_id = $2 and (m.revoked_at = 0 or $3)`

func (r *Room) historySearch(ctx context.Context, reach Reach, text string) (people, tickets []db.ID, err error) {
	if people, err = r.contacts.Find(ctx, reach.Workspace, text, 0, 500); err != nil {
		return nil, nil, err
	}
	messages, err := said.Find(ctx, r.d, reach.Workspace, text, 0, searchMost)
	if err != nil {
		return nil, nil, err
	}
	tickets, err = db.All[db.ID](ctx, r.d, ticketsOfMessages, db.IDs(messages), reach.Workspace, reach.All)
	if err != nil {
		return nil, nil, fmt.Errorf("tickets of messages: %w", err)
	}
	return people, tickets, nil
}

func (r *Room) pastTickets(ctx context.Context, workspace db.ID, ids []db.ID) ([]PastTicket, error) {
	tickets, err := ticketsBy(ctx, r.d, "id in ({ids:$1}) and workspace_id = $2 order by opened_at desc, id desc", db.IDs(ids), workspace)
	if err != nil {
		return nil, err
	}
	threads, agents := make([]db.ID, len(tickets)), []db.ID{}
	for i, t := range tickets {
		threads[i] = t.Conversation
		if t.Assignee != 0 {
			agents = append(agents, t.Assignee)
		}
	}
	rows, err := r.Rows(ctx, r.d, workspace, threads)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, r.d, agents)
	if err != nil {
		return nil, err
	}
	out := make([]PastTicket, len(tickets))
	for i, t := range tickets {
		out[i] = PastTicket{t, rows[t.Conversation], names[t.Assignee]}
	}
	return out, nil
}

// Past gives one ticket of a conversation within reach. It fails with NotFound.
func (r *Room) Past(ctx context.Context, reach Reach, id db.ID) (PastTicket, error) {
	found, err := r.PastMany(ctx, reach, []db.ID{id})
	if err != nil {
		return PastTicket{}, err
	}
	if len(found) == 0 {
		return PastTicket{}, fault.New(fault.NotFound, "ticket.not_found", "There is no such ticket.")
	}
	return found[0], nil
}

// PastMany gives those of some tickets that are of conversations within reach, the last opened first.
func (r *Room) PastMany(ctx context.Context, reach Reach, ids []db.ID) ([]PastTicket, error) {
	found, err := r.pastTickets(ctx, reach.Workspace, ids)
	return slices.DeleteFunc(found, func(t PastTicket) bool { return !reach.Sees(t.Conversation) }), err
}

// What was said before a ticket was opened belongs to it when the conversation's ticket before was closed by then: the message that
// opened it, and the campaign it answers.
const (
	ticketBegins = "select coalesce(max(closed_at), 0) from tickets where conversation_id = $1 and id < $2"
	ticketSaid   = `where m.conversation_id = $1 and m.workspace_id = $2 and m.id > $3 and m.id < $4 and (m.ticket_id = $5 or m.ticket_id is null)
		order by m.id limit $6`
)

// Transcript gives a part of what was said in a ticket, oldest first: at most limit messages after one (0: from the beginning).
func (r *Room) Transcript(ctx context.Context, t Ticket, after db.ID, limit int) ([]Message, error) {
	begins, err := db.One[int64](ctx, r.d, ticketBegins, int64(t.Conversation), int64(t.ID))
	if err != nil {
		return nil, fmt.Errorf("begin of ticket %d: %w", t.ID, err)
	}
	until := db.ID(1<<63 - 1)
	if t.ClosedAt > 0 {
		until = db.IDAt(t.ClosedAt + 1000) // the marker of the closing is written after it
	}
	return messagesBy(ctx, r.d, ticketSaid, int64(t.Conversation), t.Workspace, int64(max(after, db.IDAt(begins))), int64(until), int64(t.ID), limit)
}
