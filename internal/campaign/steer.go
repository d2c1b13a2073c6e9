package campaign

import (
	"context"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// PausedByPerson is the reason of a pause somebody asked for.
const PausedByPerson = "pause.person"

// Pause stops a sending campaign at once: what waits in the outbox is held, only messages already on their way go out.
func (r *Room) Pause(ctx context.Context, actor account.Actor, id db.ID) (Campaign, error) {
	return r.steer(ctx, actor, id, func(ctx context.Context, tx *db.Tx, c *row) error {
		return r.pauseIn(ctx, tx, c, Reason{Code: PausedByPerson, Params: map[string]string{"name": actor.Name}, by: actor})
	})
}

func (r *Room) pauseIn(ctx context.Context, tx *db.Tx, c *row, why Reason) error {
	if err := r.moveIn(ctx, tx, c, Paused, why); err != nil {
		return err
	}
	return r.Conversations.HoldCampaignIn(ctx, tx, c.ID)
}

// Resume lets a paused campaign go on where it was. It is refused while a number or template it still needs is down. A
// template that is gone for good does not hold the others up: its recipients are left out with that reason.
func (r *Room) Resume(ctx context.Context, actor account.Actor, id db.ID) (Campaign, error) {
	return r.steer(ctx, actor, id, func(ctx context.Context, tx *db.Tx, c *row) error {
		if err := mayMove(c.State, Sending); err != nil {
			return err
		}
		if err := r.healthyIn(ctx, tx, c); err != nil {
			return err
		}
		if err := r.moveIn(ctx, tx, c, Sending, Reason{by: actor}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update campaigns set bad_run = 0, bad_code = 0, wait_json = '', wait_until = 0 where id = $1", c.ID); err != nil {
			return err
		}
		return r.Conversations.ReleaseCampaignIn(ctx, tx, c.ID)
	})
}

const (
	downInboxes = `select i.label from inboxes i where i.workspace_id = $2 and i.status <> $3 and
	(exists (select 1 from recipients r where r.campaign_id = $1 and r.state = 0 and r.inbox_id = i.id)
	or exists (select 1 from messages m where m.campaign_id = $1 and m.status = 10 and m.inbox_id = i.id)) order by i.label limit 1`
	downTemplates = `select t.name from templates t where t.workspace_id = $2 and t.status not in ('APPROVED', 'FLAGGED', 'DISABLED', 'DELETED', 'REJECTED')
	and exists (select 1 from recipients r where r.campaign_id = $1 and r.state = 0 and r.template_id = t.id) order by t.name limit 1`
)

// healthyIn refuses to resume what would stop again at once.
func (r *Room) healthyIn(ctx context.Context, tx *db.Tx, c *row) error {
	label, err := db.One[string](ctx, tx, downInboxes, c.ID, c.Workspace, string(inbox.Connected))
	if err == nil {
		return fault.New(fault.Conflict, "campaign.inbox_down", "The number “%s” cannot send now. Mend it before resuming.", label).With("sender", label)
	}
	if !db.None(err) {
		return err
	}
	name, err := db.One[string](ctx, tx, downTemplates, c.ID, c.Workspace)
	if err == nil {
		return fault.New(fault.Conflict, "campaign.template_down", "The template “%s” cannot be sent now. Wait until the provider allows it again.", name).With("template", name)
	}
	if !db.None(err) {
		return err
	}
	return nil
}

// Cancel ends a campaign for good. Recipients who wait are left out, messages not yet claimed are taken back.
func (r *Room) Cancel(ctx context.Context, actor account.Actor, id db.ID) (Campaign, error) {
	return r.steer(ctx, actor, id, func(ctx context.Context, tx *db.Tx, c *row) error {
		if err := r.moveIn(ctx, tx, c, Cancelled, Reason{Code: "cancel.person", Params: map[string]string{"name": actor.Name}, by: actor}); err != nil {
			return err
		}
		if _, err := r.Conversations.CancelCampaignIn(ctx, tx, c.ID); err != nil {
			return err
		}
		return r.Conversations.ReleaseCampaignIn(ctx, tx, c.ID) // what is on its way is not held when the provider sends it back
	})
}

func (r *Room) steer(ctx context.Context, actor account.Actor, id db.ID, how func(context.Context, *db.Tx, *row) error) (Campaign, error) {
	if err := actor.Can(account.Campaigns, account.Edit); err != nil {
		return Campaign{}, err
	}
	if err := actor.Has(account.Broadcast); err != nil {
		return Campaign{}, err
	}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := lockIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		return how(ctx, tx, c)
	})
	if err != nil {
		return Campaign{}, err
	}
	return r.get(ctx, actor.Workspace, id)
}
