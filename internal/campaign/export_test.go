package campaign

import (
	"context"
	"errors"

	"recado/internal/db"
)

// ErrDied is what a test's transaction fails with when the process dies before its commit.
var ErrDied = errors.New("died")

// Freeze reads the sheet of a sending campaign as Run does.
func (r *Room) Freeze(ctx context.Context, workspace, id db.ID) error {
	return r.asOnly(ctx, due{Workspace: workspace, ID: id, State: Sending}, r.freeze)
}

// ReadCheck reads the sheet of a checking campaign as Run does.
func (r *Room) ReadCheck(ctx context.Context, workspace, id db.ID) error {
	return r.asOnly(ctx, due{Workspace: workspace, ID: id, State: Checking}, r.runCheck)
}

// Start begins a scheduled campaign as Run does at its time.
func (r *Room) Start(ctx context.Context, workspace, id db.ID) error {
	return r.start(ctx, due{Workspace: workspace, ID: id, State: Scheduled})
}

// Reachable tells whether a campaign can go from one state to another, by itself or because somebody asks.
func Reachable(from, to State) bool {
	return mayMove(from, to) == nil || from == Done && (to == Sending || to == Paused)
}

// Step hands one batch over; with die everything is done but the commit.
func (r *Room) Step(ctx context.Context, workspace, id db.ID, die bool) error {
	p, err := r.plan(ctx, due{Workspace: workspace, ID: id, State: Sending})
	if err != nil {
		return err
	}
	if err := p.lookAtPrices(ctx); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := p.stepIn(ctx, tx)
		if err == nil && die {
			err = ErrDied
		}
		return err
	})
}

// React is what the subscriber does, without the log.
var React = (*Room).react

// Recount counts one campaign as Progress does, however lately it was.
func (r *Room) Recount(ctx context.Context, workspace, id db.ID) (Progress, error) {
	c, err := load(ctx, r.d, workspace, id)
	if err != nil {
		return Progress{}, err
	}
	return countProgress(ctx, r.d, c)
}

// CountNow counts all campaigns that have news, whether they rest or not.
func (r *Room) CountNow(ctx context.Context) error {
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update campaign_news set due_at = 0")
		return err
	})
	if err != nil {
		return err
	}
	_, err = r.countSome(ctx)
	return err
}
