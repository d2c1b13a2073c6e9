package campaign

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
)

// Policy is what a workspace wants of all its campaigns.
type Policy struct {
	PauseOnYellow bool  `json:"pause_on_yellow"` // pause also when the quality of a number or template falls to medium
	Quiet         Quiet `json:"quiet"`           // when nobody is written to
	Cap           Cap   `json:"cap"`             // how often a person is written to
	AgentsForMany bool  `json:"agents_for_many"` // sends to many people may name agents for the replies (A23, D21)
}

// Policy gives the policy of the actor's workspace.
func (r *Room) Policy(ctx context.Context, actor account.Actor) (Policy, error) {
	return r.policyIn(ctx, r.d, actor.Workspace)
}

// SetPolicy changes the policy of the actor's workspace; it holds for campaigns that are on their way as well.
func (r *Room) SetPolicy(ctx context.Context, actor account.Actor, p Policy) (Policy, error) {
	if err := p.Quiet.check(); err != nil {
		return p, err
	}
	if err := p.Cap.check(); err != nil {
		return p, err
	}
	return p, r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Campaigns first, as a hand-over takes them: else the two could wait for each other.
		_, err := tx.Exec(ctx, "update campaigns set quiet_until = 0 where workspace_id = $1 and quiet_until > 0", actor.Workspace)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into campaign_settings (workspace_id, settings_json) values ($1, $2)
			on conflict (workspace_id) do update set settings_json = excluded.settings_json`, actor.Workspace, encode(p))
		r.wake(tx)
		return err
	})
}

func (r *Room) policyIn(ctx context.Context, q db.Querier, workspace db.ID) (Policy, error) {
	p := Policy{Quiet: DefaultQuiet(), Cap: DefaultCap(), AgentsForMany: true}
	text, err := db.One[string](ctx, q, "select settings_json from campaign_settings where workspace_id = $1", workspace)
	if db.None(err) {
		return p, nil
	}
	if err == nil {
		err = decode(text, &p)
	}
	if err != nil {
		return p, fmt.Errorf("policy of workspace %d: %w", workspace, err)
	}
	return p, nil
}
