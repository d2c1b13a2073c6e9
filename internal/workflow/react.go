package workflow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
)

// What keeps runs from going round.
const (
	maxDepth     = 5  // runs in a chain of consequences
	hourlyOfOne  = 20 // runs of a workflow in one conversation
	hourlyOfAll  = 60 // runs of all workflows in one conversation
	hour         = 3_600_000
	ticketWithin = 2_000 // milliseconds in which a message's ticket is opened, if one is
)

// States of a run.
const (
	Ready   = "ready"
	Waiting = "waiting" // for a time
	Calling = "calling" // for another system
	Done    = "done"
	Failed  = "failed"
	Unmet   = "unmet"
	Held    = "held"
	Stopped = "stopped"
)

// Subscriber makes runs of facts.
func (r *Room) Subscriber() event.Subscriber {
	return event.Subscriber{Name: "workflow", React: r.React,
		Kinds: []string{conversation.TicketOpened, conversation.MessageReceived, conversation.TicketAssigned, conversation.TicketClosed, conversation.TicketTagged}}
}

// happening is a fact, or a time that has come, as triggers look at it.
type happening struct {
	workspace    db.ID
	kind, fact   string
	conversation db.ID
	inbox        db.ID
	ticket       db.ID
	said         string
	tags         []db.ID
	at           int64
	cause        db.ID
}

func happeningOf(e event.Event) (h happening, counts bool, err error) {
	h = happening{workspace: e.Workspace, fact: fmt.Sprintf("fact:%d", e.Seq), at: e.At, cause: e.Cause}
	if e.Kind == conversation.MessageReceived {
		f, err := event.Decode[conversation.ReceivedFact](e)
		h.kind, h.conversation, h.inbox, h.ticket, h.said = MessageReceived, f.Conversation, f.Inbox, f.Ticket, f.Text
		if h.said == "" {
			h.said = f.Title
		}
		return h, f.AsksForAnswer(), err
	}
	f, err := event.Decode[conversation.TaggedFact](e) // a TicketFact, with tags if they are what it tells of
	h.conversation, h.inbox, h.ticket, h.tags, counts = f.Conversation, f.Inbox, f.Ticket, f.Added, true
	switch e.Kind {
	case conversation.TicketOpened:
		h.kind = TicketOpened
	case conversation.TicketAssigned:
		h.kind, counts = TicketAssigned, f.Assignee != 0
	case conversation.TicketClosed:
		h.kind = TicketClosed
	case conversation.TicketTagged:
		h.kind = TagAdded
	}
	return h, counts, err
}

// active is a workflow that is switched on.
type active struct {
	Workspace db.ID  `db:"workspace_id"`
	ID        db.ID  `db:"id"`
	Version   int64  `db:"published"`
	Kind      string `db:"kind"`
	Minutes   int64  `db:"minutes"`
	Queue     db.ID  `db:"queue_id"`
	Tag       db.ID  `db:"tag_id"`
	OnAt      int64  `db:"on_at"`
}

const activeOf = `select workspace_id, id, published, kind, minutes, coalesce(queue_id, 0) as queue_id, coalesce(tag_id, 0) as tag_id, on_at from workflows
	where on_at is not null and paused_at is null`

func (w active) wants(h happening) bool {
	return w.Workspace == h.workspace && w.Kind == h.kind && h.at >= w.OnAt && (w.Tag == 0 || slices.Contains(h.tags, w.Tag))
}

// React makes the runs of facts: one for each workflow that begins with it, unless the fact itself rules out all it could do. Without a workflow that is switched on it reads one row of
// nothing for a whole batch.
func (r *Room) React(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	var workspaces []db.ID
	for _, e := range facts {
		if !slices.Contains(workspaces, e.Workspace) {
			workspaces = append(workspaces, e.Workspace)
		}
	}
	on, err := db.All[active](ctx, tx, activeOf+" and workspace_id in ({ids:$1}) order by id", db.IDs(workspaces))
	if err != nil {
		return fmt.Errorf("workflows that are on: %w", err)
	}
	if len(on) == 0 {
		return nil
	}
	var beginning []begin
	opened := map[db.ID]db.ID{} // conversation → ticket
	for _, e := range facts {
		h, counts, err := happeningOf(e)
		if err != nil {
			return err
		}
		if h.kind == TicketOpened {
			opened[h.conversation] = h.ticket
		}
		for _, w := range on {
			if counts && w.wants(h) {
				beginning = append(beginning, begin{w, h})
			}
		}
	}
	if beginning, err = r.sift(ctx, tx, beginning); err != nil {
		return err
	}
	if err := r.begin(ctx, tx, beginning); err != nil {
		return err
	}
	return r.ticketsOpened(ctx, tx, on, opened)
}

// ticketsOpened lets the runs of messages go on that waited for what becomes of them.
func (r *Room) ticketsOpened(ctx context.Context, tx *db.Tx, on []active, opened map[db.ID]db.ID) error {
	if !slices.ContainsFunc(on, func(w active) bool { return w.Kind == MessageReceived }) {
		return nil
	}
	var rows [][]any
	for id, ticket := range opened {
		rows = append(rows, []any{int64(id), int64(ticket), tx.Now()})
	}
	_, err := tx.ExecEach(ctx, "update workflow_runs set ticket_id = $2, due_at = $3 where conversation_id = $1 and state = 'ready' and ticket_id is null", rows)
	if err != nil {
		return fmt.Errorf("tickets of runs: %w", err)
	}
	return nil
}

// begin is a run that is about to be.
type begin struct {
	active
	happening
}

// chained is a run that facts are consequences of.
type chained struct {
	ID       db.ID  `db:"id"`
	Workflow db.ID  `db:"workflow_id"`
	Chain    string `db:"chain"`
	Depth    int64  `db:"depth"`
}

// link is how a workflow stands in a chain.
func link(workflow db.ID) string { return "," + workflow.String() + "," }

// follows tells whether a run may be a consequence of another one.
func (c chained) follows(workflow db.ID) bool {
	return c.ID == 0 || c.Workflow != workflow && !strings.Contains(c.Chain, link(workflow)) && c.Depth < maxDepth
}

const runInto = `workflow_runs (workspace_id, id, workflow_id, version, conversation_id, ticket_id, fact, kind, said, state, reason, depth, chain, due_at, began_at, ended_at)`

// begin keeps runs, each once, unless it would go round.
func (r *Room) begin(ctx context.Context, tx *db.Tx, all []begin) error {
	if len(all) == 0 {
		return nil
	}
	causes, counts, err := r.before(ctx, tx, all)
	if err != nil {
		return err
	}
	rows, now := [][]any{}, tx.Now()
	for _, b := range all {
		cause := causes[b.cause]
		if !cause.follows(b.ID) {
			continue
		}
		var ticket, due, ended any
		if b.ticket != 0 {
			ticket = int64(b.ticket)
		}
		state, reason, chain, depth := Ready, "", "", int64(0)
		due = now
		if b.kind == MessageReceived && b.ticket == 0 {
			due = now + ticketWithin
		}
		if counts.full(b) {
			state, reason, due, ended = Held, "workflow.too_often", nil, now
		} else {
			counts.add(b.conversation, b.ID, 1)
		}
		if cause.ID != 0 {
			chain, depth = cause.Chain+link(cause.Workflow), cause.Depth+1
		}
		rows = append(rows, []any{int64(b.workspace), int64(tx.NewID()), int64(b.ID), b.Version, int64(b.conversation), ticket, b.fact, b.kind,
			conversation.Cut(b.said, maxValue), state, reason, depth, chain, due, now, ended})
	}
	if _, err := tx.Insert(ctx, runInto, "on conflict (workflow_id, fact) do nothing", rows); err != nil {
		return fmt.Errorf("begin runs: %w", err)
	}
	tx.AfterCommit(r.ring)
	return nil
}

// lately counts the runs of an hour.
type lately map[[2]db.ID]int // conversation and workflow; workflow 0: of all

func (l lately) add(conversation, workflow db.ID, n int) {
	l[[2]db.ID{conversation, workflow}] += n
	l[[2]db.ID{conversation, 0}] += n
}

func (l lately) full(b begin) bool {
	return l[[2]db.ID{b.conversation, b.ID}] >= hourlyOfOne || l[[2]db.ID{b.conversation, 0}] >= hourlyOfAll
}

// before reads what runs are consequences of, and how many there were in the last hour.
func (r *Room) before(ctx context.Context, tx *db.Tx, all []begin) (map[db.ID]chained, lately, error) {
	var ids, conversations []db.ID
	for _, b := range all {
		if b.cause != 0 && !slices.Contains(ids, b.cause) {
			ids = append(ids, b.cause)
		}
		conversations = append(conversations, b.conversation)
	}
	causes := map[db.ID]chained{}
	if len(ids) > 0 {
		found, err := db.All[chained](ctx, tx, "select id, workflow_id, chain, depth from workflow_runs where id in ({ids:$1})", db.IDs(ids))
		if err != nil {
			return nil, nil, fmt.Errorf("causes of runs: %w", err)
		}
		for _, c := range found {
			causes[c.ID] = c
		}
	}
	rows, err := db.All[struct {
		Conversation db.ID `db:"conversation_id"`
		Workflow     db.ID `db:"workflow_id"`
		Runs         int   `db:"runs"`
	}](ctx, tx, `select conversation_id, workflow_id, count(*) as runs from workflow_runs where conversation_id in ({ids:$1}) and began_at > $2 and state <> 'held'
		group by conversation_id, workflow_id`, db.IDs(conversations), tx.Now()-hour)
	if err != nil {
		return nil, nil, fmt.Errorf("runs of an hour: %w", err)
	}
	counts := lately{}
	for _, row := range rows {
		counts.add(row.Conversation, row.Workflow, row.Runs)
	}
	return causes, counts, nil
}

// ring wakes Run.
func (r *Room) ring() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
