package campaign

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
)

// Move is a step of a campaign from one state to another: who took it, or why it was taken when nobody asked for it.
type Move struct {
	State  State
	Reason Reason
	By     db.ID  // the user; 0: nobody, or an API key
	ByName string // as they were called then
	At     int64  // Unix milliseconds
}

// shownMoves bounds what is read of a journal: a campaign that was paused and resumed a hundred times is told from its latest on.
const shownMoves = 200

// Moves gives the journal of a campaign, the latest first. Checks and edits are no moves. It fails with NotFound.
func (r *Room) Moves(ctx context.Context, actor account.Actor, id db.ID) ([]Move, error) {
	if _, err := r.Get(ctx, actor, id); err != nil {
		return nil, err
	}
	rows, err := db.All[struct {
		State  State  `db:"state"`
		Reason string `db:"reason"`
		Detail string `db:"detail"`
		By     db.ID  `db:"by_id"`
		ByName string `db:"by_name"`
		At     int64  `db:"at"`
	}](ctx, r.d, "select state, reason, detail, by_id, by_name, at from campaign_moves where campaign_id = $1 order by id desc limit $2", id, shownMoves)
	if err != nil {
		return nil, fmt.Errorf("journal of campaign %d: %w", id, err)
	}
	out := make([]Move, len(rows))
	for i, one := range rows {
		out[i] = Move{State: one.State, Reason: Reason{Code: one.Reason}, By: one.By, ByName: one.ByName, At: one.At}
		if one.Detail != "" {
			if err := decode(one.Detail, &out[i].Reason.Params); err != nil {
				return nil, fmt.Errorf("journal of campaign %d: %w", id, err)
			}
		}
	}
	return out, nil
}

// noteIn writes a move into the journal.
func (r *Room) noteIn(ctx context.Context, tx *db.Tx, c *row, why Reason) error {
	_, err := tx.Exec(ctx, `insert into campaign_moves (workspace_id, id, campaign_id, state, reason, detail, by_id, by_name, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, c.Workspace, tx.NewID(), c.ID, string(c.State), why.Code, encode(why.Params), int64(why.by.User), why.by.Name, tx.Now())
	if err != nil {
		return fmt.Errorf("journal of campaign %d: %w", c.ID, err)
	}
	return nil
}
