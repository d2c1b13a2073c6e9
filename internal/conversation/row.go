package conversation

import (
	"context"
	"fmt"
	"maps"

	"recado/internal/db"
)

// Row is a conversation as lists show it. Times are Unix milliseconds, 0 for never.
type Row struct {
	Workspace    db.ID       `db:"workspace_id"`
	ID           db.ID       `db:"id"`
	Contact      db.ID       `db:"contact_id"`
	ContactName  string      `db:"contact_name"`
	Inbox        db.ID       `db:"inbox_id"`
	InboxLabel   string      `db:"inbox_label"`
	State        State       `db:"state"`
	Holder       string      `db:"holder"`
	Assignee     db.ID       `db:"assignee_id"`
	AssigneeName string      `db:"assignee_name"`
	Queue        db.ID       `db:"queue_id"` // its name is routing's
	Ticket       db.ID       `db:"ticket_id"`
	TicketNumber int64       `db:"ticket_number"`
	TicketStatus string      `db:"ticket_status"`
	OpenedAt     int64       `db:"opened_at"`
	AssignedAt   int64       `db:"assigned_at"`
	AnswerBy     int64       `db:"answer_by"` // when the open ticket goes to somebody else for want of a first answer (X19)
	Window       WindowState `db:"-"`
	WaitingSince int64       `db:"waiting_since"` // the oldest customer message nobody answered
	Unread       int64       `db:"unread"`
	LastMessage  int64       `db:"last_message_at"`
	Preview      string      `db:"preview"`
	PreviewFrom  string      `db:"preview_direction"` // in, out or note; "" when nothing was said
	PreviewKind  string      `db:"preview_kind"`
	CreatedAt    int64       `db:"created_at"`
	Priority     Priority    `db:"priority"`      // of the open ticket
	OnHoldAt     int64       `db:"on_hold_at"`    // since when the open ticket's timers stand still
	SnoozedUntil int64       `db:"snoozed_until"` // UntilReply, a time, or 0: awake
	TagIDs       string      `db:"tag_ids"`       // of the open ticket, with commas; see Tags

	windowRow
}

const rowColumns = `c.workspace_id, c.id, c.contact_id, p.name as contact_name, c.inbox_id, i.label as inbox_label, c.state, c.holder, c.assignee_id,
	coalesce(u.name, '') as assignee_name, c.queue_id, c.ticket_id, coalesce(t.number, 0) as ticket_number, coalesce(t.status, '') as ticket_status,
	coalesce(t.opened_at, 0) as opened_at, coalesce(t.assigned_at, 0) as assigned_at, coalesce(t.fallback_at, 0) as answer_by, coalesce(c.waiting_since, 0) as waiting_since, c.unread, c.last_message_at, c.preview,
	c.preview_direction, c.preview_kind, c.created_at,
	c.priority, coalesce(c.on_hold_at, 0) as on_hold_at, coalesce(c.snoozed_until, 0) as snoozed_until,
	coalesce((select string_agg(cast(g.tag_id as text), ',') from ticket_tags g where g.ticket_id = c.ticket_id), '') as tag_ids, ` + windowColumns

const rowJoins = windowJoins + `
	left join users u on u.id = c.assignee_id left join tickets t on t.id = c.ticket_id`

const rowsByID = "select " + rowColumns + " from conversations c" + rowJoins + " where c.id in ({ids:$1}) and c.workspace_id = $2"

// Rows gives conversations by id, read through q; those unknown in the workspace are missing. It asks no reach: push does that
// per desk with Reach.Sees.
func (r *Room) Rows(ctx context.Context, q db.Querier, workspace db.ID, ids []db.ID) (map[db.ID]Row, error) {
	rows, err := db.All[Row](ctx, q, rowsByID, db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("conversations: %w", err)
	}
	found := make(map[db.ID]Row, len(rows))
	for _, row := range rows {
		found[row.ID] = row.at(r.d.Now())
	}
	return found, nil
}

// Get gives one conversation within reach. It fails with NotFound, also when the actor may not know of it.
func (r *Room) Get(ctx context.Context, reach Reach, id db.ID) (Row, error) {
	found, err := r.Rows(ctx, r.d, reach.Workspace, []db.ID{id})
	if err != nil {
		return Row{}, err
	}
	row, ok := found[id]
	if !ok || !reach.Sees(row) {
		return Row{}, notFound(id)
	}
	return row, nil
}

// Within gives those of ids that are within reach.
func (r *Room) Within(ctx context.Context, reach Reach, ids []db.ID) (map[db.ID]Row, error) {
	found, err := r.Rows(ctx, r.d, reach.Workspace, ids)
	maps.DeleteFunc(found, func(_ db.ID, row Row) bool { return !reach.Sees(row) })
	return found, err
}

// at computes what depends on the time.
func (row Row) at(now int64) Row {
	row.Window = WindowOf(row.facts(AuthorAgent, now), now)
	return row
}

// OfContact gives the conversations of a contact, one per inbox (X20), the busiest last.
func (r *Room) OfContact(ctx context.Context, workspace, contact db.ID) ([]Row, error) {
	rows, err := db.All[Row](ctx, r.d, "select "+rowColumns+" from conversations c"+rowJoins+
		" where c.contact_id = $1 and c.workspace_id = $2 order by c.last_message_at, c.id", contact, workspace)
	if err != nil {
		return nil, fmt.Errorf("conversations of contact %d: %w", contact, err)
	}
	for i := range rows {
		rows[i] = rows[i].at(r.d.Now())
	}
	return rows, nil
}
