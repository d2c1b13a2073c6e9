package bot

import (
	"context"
	"fmt"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
)

const (
	linesPerTicket = 500
	linesKept      = 30 * 24 * 3_600_000 // milliseconds
	linesShown     = 200
	linesAtOnce    = 5_000
)

// LogLine tells of one thing a flow did in a conversation.
type LogLine struct {
	ID      db.ID  `db:"id"`
	Ticket  db.ID  `db:"ticket_id"`
	Flow    db.ID  `db:"flow_id"`
	Name    string `db:"name"` // of the flow; empty when it was deleted
	Version int64  `db:"version"`
	Block   string `db:"block"`
	Kind    string `db:"kind"`
	Did     string `db:"did"`
	Text    string `db:"words"`
	At      int64  `db:"at"`
}

func (t *turn) logFlow(ctx context.Context, row conversation.Row, k *kept, lines []flow.Line) error {
	var rows [][]any
	for _, line := range lines {
		if k.Lines++; k.Lines > linesPerTicket {
			break
		}
		rows = append(rows, []any{t.workspace, t.tx.NewID(), row.ID, row.Ticket, line.Flow, line.Version, line.Block, line.Kind, line.Did, line.Text, t.tx.Now()})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := t.tx.ExecEach(ctx, `insert into flow_lines (workspace_id, id, conversation_id, ticket_id, flow_id, version, block, kind, did, words, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, rows)
	if err != nil {
		return fmt.Errorf("log of a flow: %w", err)
	}
	return nil
}

// FlowLog tells what flows did in a conversation, newest first, the last 200 things.
func (r *Room) FlowLog(ctx context.Context, workspace, id db.ID) ([]LogLine, error) {
	lines, err := db.All[LogLine](ctx, r.d, `select l.id, l.ticket_id, l.flow_id, coalesce(f.name, '') as name, l.version, l.block, l.kind, l.did, l.words, l.at
		from flow_lines l left join flows f on f.id = l.flow_id where l.workspace_id = $1 and l.conversation_id = $2 order by l.id desc limit $3`, workspace, id, linesShown)
	if err != nil {
		return nil, fmt.Errorf("log of flows in conversation %d: %w", id, err)
	}
	return lines, nil
}

// ForgetLines forgets what flows did more than 30 days ago.
func (r *Room) ForgetLines(ctx context.Context) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from flow_lines where id in (select id from flow_lines where at < $1 order by at limit $2)", tx.Now()-linesKept, linesAtOnce)
		if err != nil {
			return fmt.Errorf("forget log of flows: %w", err)
		}
		return nil
	})
}
