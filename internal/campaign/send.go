package campaign

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// Send sends a checked campaign, now or at its time. Everything is validated once more: a route to an agent who does not
// exist is refused here at the latest, and the author goes back to choose another (A21, A22). From ConfirmFrom recipients
// confirm must be their number.
func (r *Room) Send(ctx context.Context, actor account.Actor, id db.ID, confirm int64) (Campaign, error) {
	c, a, forecast, err := r.sendable(ctx, actor, id, confirm)
	if err != nil {
		return Campaign{}, err
	}
	to := Sending
	if c.ScheduledAt != 0 {
		to = Scheduled
		if c.ScheduledAt <= r.d.Now() {
			return Campaign{}, fault.New(fault.Invalid, "campaign.schedule", "Choose a time that is still to come, within a year.").On("scheduled_at")
		}
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		stored, err := lockIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		if stored.CheckText != encode(c.Check) { // changed or checked again since it was validated
			return fault.New(fault.Conflict, "campaign.changed", "The campaign changed meanwhile. Look at it again before sending.")
		}
		if err := r.moveIn(ctx, tx, stored, to, Reason{by: actor}); err != nil {
			return err
		}
		if err := forgetPeopleIn(ctx, tx, id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update campaigns set route_json = $1, asked_json = $2, forecast_json = $3, run_id = null, run_until = 0 where id = $4",
			encode(c.Route), encode(a), encode(forecast), id)
		return err
	})
	if err != nil {
		return Campaign{}, err
	}
	return r.get(ctx, actor.Workspace, id)
}

// sendable validates a campaign as it stands now and gives it with its route resolved and what it would cost.
func (r *Room) sendable(ctx context.Context, actor account.Actor, id db.ID, confirm int64) (c Campaign, a asked, forecast Cost, err error) {
	if err := actor.Can(account.Campaigns, account.Edit); err != nil {
		return c, a, forecast, err
	}
	if err := actor.Has(account.Broadcast); err != nil {
		return c, a, forecast, err
	}
	c, err = r.get(ctx, actor.Workspace, id)
	if err != nil {
		return c, a, forecast, err
	}
	if c.State != Ready {
		return c, a, forecast, r.notReady(c)
	}
	if err := checkable(c, actor); err != nil {
		return c, a, forecast, err
	}
	if c.Check.Ready >= ConfirmFrom && confirm != c.Check.Ready {
		return c, a, forecast, fault.New(fault.Invalid, "campaign.confirm", "Enter the number of recipients, %d, to confirm.", c.Check.Ready).
			On("confirm").With("count", c.Check.Ready)
	}
	a, err = r.ask(ctx, actor)
	if err != nil {
		return c, a, forecast, err
	}
	cat, err := r.catalog(ctx, actor.Workspace, a)
	if err != nil {
		return c, a, forecast, err
	}
	if err := r.stillValid(ctx, &c, cat); err != nil {
		return c, a, forecast, err
	}
	found, err := r.reachOf(ctx, actor.Workspace, id)
	if err != nil {
		return c, a, forecast, err
	}
	forecast, err = r.costAsItStands(ctx, actor.Workspace, cat, found.Groups)
	return c, a, forecast, err
}

func (r *Room) notReady(c Campaign) error {
	if c.State == Draft {
		for _, p := range c.Check.Missing {
			return p.fault()
		}
		return fault.New(fault.Conflict, "campaign.not_checked", "Check the sheet before sending.")
	}
	return mayMove(c.State, Sending)
}

// stillValid refuses what changed since the check: the route, and numbers and templates of which not one is left. Rows
// that lost theirs are left out when the audience is frozen, each with its reason. It resolves the agent of the route.
func (r *Room) stillValid(ctx context.Context, c *Campaign, cat *catalog) error {
	var boxes []db.ID
	usable := false
	for _, s := range c.Check.Senders {
		boxes = append(boxes, s.Inbox)
		if i, ok := cat.byID[s.Inbox]; ok && cat.senders[i].allowed && cat.senders[i].Status == "connected" {
			usable = true
		}
	}
	if !usable {
		return fault.New(fault.Conflict, "campaign.senders_down", "None of the numbers of this campaign can send now.").On("audience.default_sender_id")
	}
	usable = false
	for _, t := range c.Check.Templates {
		if w := cat.byTplID[t.Template]; w != nil && w.Sendable() {
			usable = true
		}
	}
	if !usable {
		return fault.New(fault.Conflict, "campaign.templates_down", "None of the templates of this campaign can be sent now.").On("message.template_id")
	}
	p, err := r.checkRoute(ctx, cat, c.Route, c.Audience, boxes)
	if err != nil {
		return err
	}
	if p != nil {
		return p.fault()
	}
	if c.Route.Target == ToAgent {
		if c.Route.Email == "" {
			return nil
		}
		agent, _, err := cat.agents.find(ctx, c.Route.Email, firstOr(boxes, 0))
		if err != nil {
			return err
		}
		c.Route.TargetID = agent.User
	}
	return nil
}

// start begins a scheduled campaign at its time. What no longer holds makes it fail, with the reason, and nobody is
// written to.
func (r *Room) start(ctx context.Context, d due) error {
	stored, err := load(ctx, r.d, d.Workspace, d.ID)
	if err != nil {
		return err
	}
	c, err := stored.campaign()
	if err != nil {
		return err
	}
	a, err := stored.asked()
	if err != nil {
		return err
	}
	cat, err := r.catalog(ctx, d.Workspace, a)
	if err != nil {
		return err
	}
	invalid := r.stillValid(ctx, &c, cat)
	if blockGone(invalid) { // a later publication took the block away: replies begin where the flow does
		c.Route.TargetBlock = ""
		invalid = r.stillValid(ctx, &c, cat)
	}
	if invalid != nil && fault.KindOf(invalid) == fault.Internal {
		return invalid
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		stored, err := lockIn(ctx, tx, d.Workspace, d.ID)
		if err != nil {
			return err
		}
		if stored.State != Scheduled || stored.ScheduledAt > tx.Now() {
			return errOvertaken
		}
		if invalid != nil {
			p := problemOf(invalid)
			return r.moveIn(ctx, tx, stored, Failed, Reason{Code: p.Code, Params: p.Params})
		}
		if _, err := tx.Exec(ctx, "update campaigns set route_json = $1 where id = $2", encode(c.Route), d.ID); err != nil {
			return fmt.Errorf("start campaign: %w", err)
		}
		return r.moveIn(ctx, tx, stored, Sending, Reason{})
	})
}

func blockGone(err error) bool {
	return fault.Is(err, wordsPrefix+RouteBlockUnknown) || fault.Is(err, wordsPrefix+RouteNoHandoff)
}
