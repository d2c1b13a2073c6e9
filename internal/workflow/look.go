package workflow

import (
	"context"
	"fmt"

	"recado/internal/db"
)

const (
	lookAtOnce = 200
	lookBack   = 7 * 24 * hour // a time that came longer ago is over
)

// A ticket keeps its place in the queue until somebody answered it: as long as it does, it is one waiting.
const nowWaiting = `select c.id, coalesce(c.ticket_id, 0) as ticket_id, c.queued_at as since from conversations c
	where c.workspace_id = $1 and c.state = 1 and c.assignee_id is null and c.holder = 'queue' and c.on_hold_at is null and c.snoozed_until is null
	and c.queued_at <= $2 and c.queued_at > $3 and (cast($4 as bigint) = 0 or c.queue_id = $4)
	and not exists (select 1 from workflow_runs w where w.workflow_id = $5 and w.fact = 'waiting:' || c.ticket_id || ':' || c.queued_at)
	order by c.queued_at, c.id limit $6`

// Silent is who was answered and has said nothing since, nor we. What the person said last is the silence's name: what we say on our own
// meanwhile begins no other one.
const nowSilent = `select c.id, coalesce(c.ticket_id, 0) as ticket_id, c.last_inbound_at as since from conversations c
	where c.workspace_id = $1 and c.state = 1 and c.holder <> 'bot' and c.waiting_since is null and c.on_hold_at is null and c.snoozed_until is null
	and c.last_inbound_at > 0 and c.last_inbound_at <= $2 and c.last_message_at > $3
	and not exists (select 1 from messages m where m.conversation_id = c.id and m.id > $4 and m.direction = 2)
	and exists (select 1 from messages m where m.conversation_id = c.id and m.id > $5 and m.direction in (1, 2))
	and not exists (select 1 from workflow_runs w where w.workflow_id = $6 and w.fact = 'silent:' || c.ticket_id || ':' || c.last_inbound_at)
	order by c.last_message_at, c.id limit $7`

type timed struct {
	ID     db.ID `db:"id"`
	Ticket db.ID `db:"ticket_id"`
	Since  int64 `db:"since"`
}

// Look begins the runs whose time has come: a ticket has waited, a person has been silent for so long. Only what comes due while the
// workflow is on counts. It does not matter which node looks, nor whether one was down in between. It gives how many it found.
func (r *Room) Look(ctx context.Context) (n int, err error) {
	on, err := db.All[active](ctx, r.d, activeOf+" and kind in ('ticket_waiting', 'customer_silent') order by id")
	if err != nil {
		return 0, fmt.Errorf("workflows that wait for a time: %w", err)
	}
	for _, w := range on {
		err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			found, err := w.due(ctx, tx)
			if err != nil {
				return fmt.Errorf("times of workflow %d: %w", w.ID, err)
			}
			all := make([]begin, len(found))
			for i, one := range found {
				name := "silent"
				if w.Kind == TicketWaiting {
					name = "waiting"
				}
				all[i] = begin{w, happening{workspace: w.Workspace, kind: w.Kind, fact: fmt.Sprintf("%s:%d:%d", name, one.Ticket, one.Since),
					conversation: one.ID, ticket: one.Ticket, at: tx.Now()}}
			}
			n += len(found)
			return r.begin(ctx, tx, all)
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (w active) due(ctx context.Context, tx *db.Tx) ([]timed, error) {
	long := w.Minutes * 60_000
	before, after := tx.Now()-long, max(w.OnAt, tx.Now()-lookBack)-long
	if w.Kind == TicketWaiting {
		return db.All[timed](ctx, tx, nowWaiting, w.Workspace, before, after, int64(w.Queue), w.ID, lookAtOnce)
	}
	return db.All[timed](ctx, tx, nowSilent, w.Workspace, before, after, db.IDAt(before), db.IDAt(after), w.ID, lookAtOnce)
}
