package conversation

import (
	"context"
	"fmt"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// windowMargin is what lists keep before the end of a window, in milliseconds: the margin of every channel we send on.
var windowMargin = channel.PolicyOf(channel.WhatsApp).Margin.Milliseconds()

// windowRow is what the database knows of a window. Everywhere the same columns, so that list, composer, gateway and API decide
// alike.
type windowRow struct {
	Channel     channel.Kind `db:"channel"`
	InboxStatus inbox.Status `db:"inbox_status"`
	LastInbound int64        `db:"last_inbound_at"`
	WindowUntil int64        `db:"window_until"`
	FreeUntil   int64        `db:"free_until"`
	FreeBy      int64        `db:"free_by"`
	OptedOut    int64        `db:"opted_out_at"` // 0: takes active messages
	OptedScope  string       `db:"opted_out_scope"`
}

const (
	windowColumns = `i.channel, i.status as inbox_status, c.last_inbound_at, c.window_until, c.free_until, c.free_by,
	coalesce(p.opted_out_at, 0) as opted_out_at, p.opted_out_scope`
	windowJoins = " join contacts p on p.id = c.contact_id join inboxes i on i.id = c.inbox_id"
)

func (w windowRow) facts(sender string, now int64) WindowFacts {
	f := WindowFacts{Channel: w.Channel, InboxStatus: w.InboxStatus, LastInbound: w.LastInbound, Until: w.WindowUntil, OptedOut: w.OptedOut != 0,
		OptedOutAll: w.OptedScope == contact.Everything, Sender: sender}
	if w.FreeBy == 0 || now <= w.FreeBy {
		f.FreeUntil = w.FreeUntil
	}
	return f
}

// WindowFor is Window for another author, by its kind: what an agent may still say, a bot may not always.
func (row Row) WindowFor(sender string, now int64) WindowState {
	return WindowOf(row.facts(sender, now), now)
}

// Window tells what an agent may say in a conversation now. It fails with NotFound.
func (r *Room) Window(ctx context.Context, workspace, conversation db.ID) (WindowState, error) {
	return windowAt(ctx, r.d, workspace, conversation, AuthorAgent, r.d.Now())
}

func windowAt(ctx context.Context, q db.Querier, workspace, conversation db.ID, sender string, now int64) (WindowState, error) {
	all, err := windowsAt(ctx, q, workspace, []db.ID{conversation}, sender, now)
	if err != nil {
		return WindowState{}, err
	}
	w, known := all[conversation]
	if !known {
		return WindowState{}, notFound(conversation)
	}
	return w, nil
}

// windowsAt gives the windows of many conversations; those of elsewhere are missing.
func windowsAt(ctx context.Context, q db.Querier, workspace db.ID, ids []db.ID, sender string, now int64) (map[db.ID]WindowState, error) {
	rows, err := windowRows(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	all := make(map[db.ID]WindowState, len(rows))
	for id, row := range rows {
		if row.Workspace == workspace {
			all[id] = WindowOf(row.facts(sender, now), now)
		}
	}
	return all, nil
}

// The contacts are looked up one by one: joined, PostgreSQL reads all of them for a few hundred.
const windowsByID = `select c.id, c.workspace_id, i.channel, i.status as inbox_status, c.last_inbound_at, c.window_until, c.free_until, c.free_by,
	coalesce((select p.opted_out_at from contacts p where p.id = c.contact_id), 0) as opted_out_at,
	coalesce((select p.opted_out_scope from contacts p where p.id = c.contact_id), '') as opted_out_scope
	from conversations c join inboxes i on i.id = c.inbox_id where c.id in ({ids:$1})`

type windowOf struct {
	ID        db.ID `db:"id"`
	Workspace db.ID `db:"workspace_id"`
	windowRow
}

func windowRows(ctx context.Context, q db.Querier, ids []db.ID) (map[db.ID]windowOf, error) {
	rows, err := db.All[windowOf](ctx, q, windowsByID, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("service windows: %w", err)
	}
	of := make(map[db.ID]windowOf, len(rows))
	for _, row := range rows {
		of[row.ID] = row
	}
	return of, nil
}

// needs is what a message of a kind needs to be allowed. category is that of a template; one without counts as promotion.
func needs(kind, category string) string {
	switch {
	case kind == channel.Template && isService(category):
		return AllowUtility
	case kind == channel.Template:
		return AllowTemplate
	case kind == channel.Text, kind == channel.Interactive, kind == channel.Reaction:
		return AllowFree
	}
	return AllowMedia
}

// isService tells whether a template of this category serves who gets it, by the provider's own judgement.
func isService(category string) bool { return category == "UTILITY" || category == "AUTHENTICATION" }

// refusal is the fault for saying what the window does not allow.
func (w WindowState) refusal(kind string) error {
	switch {
	case w.State == AccountProblem:
		return fault.New(fault.Conflict, w.Reason, "This number can not send at the moment.")
	case w.State == OptedOut && kind == channel.Template:
		return fault.New(fault.Conflict, w.Reason, "This person does not want promotion. Choose a template of service, or wait until they write.")
	case w.State == WindowHuman, w.State == Blocked, w.State == NoIdentity:
		return fault.New(fault.Conflict, w.Reason, "This can not be said here now. Wait until the person writes.")
	}
	return fault.New(fault.Conflict, "window.closed", "More than 24 hours have passed since this person last wrote. Send a template instead.")
}

func notFound(conversation db.ID) error {
	return fault.New(fault.NotFound, "conversation.not_found", "There is no such conversation.").With("id", conversation.String())
}

// What was said before the person wrote again says nothing of the window that this opened.
const closeWindow = `update conversations set window_until = $2 where id = $1 and window_until > $2 and last_inbound_at <= $2`

// closedByProvider trusts a provider that says "window closed" more than our own sum (rule 4): the window ended when the
// refused message left. moved are messages with their failure.
func (r *Room) closedByProvider(ctx context.Context, tx *db.Tx, moved []outbound) error {
	left := map[db.ID]int64{}
	workspaces := map[db.ID]db.ID{}
	var order []db.ID
	for _, m := range moved {
		if m.Status != Failed || m.class != string(channel.WindowClosed) {
			continue
		}
		if _, known := left[m.Conversation]; !known {
			order = append(order, m.Conversation)
		}
		left[m.Conversation], workspaces[m.Conversation] = max(left[m.Conversation], m.ProviderAt), m.Workspace
	}
	if len(order) == 0 {
		return nil
	}
	rows := make([][]any, len(order))
	for i, id := range order {
		rows[i] = []any{int64(id), left[id]}
	}
	touched, err := tx.ExecEach(ctx, closeWindow, rows)
	if err != nil {
		return fmt.Errorf("windows the provider closed: %w", err)
	}
	for i, id := range order {
		if touched[i] == 0 {
			continue
		}
		if err := r.log.Append(ctx, tx, changedFact(workspaces[id], id)); err != nil {
			return err
		}
	}
	return nil
}
