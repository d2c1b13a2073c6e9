package routing

import (
	"context"
	"encoding/json"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
)

// SetOwnAttention sets the service of a number apart from the company's and gives it as it is kept (B170). seen is the version its
// author saw; -1: whatever it is. It needs edit in the area settings and fails with NotFound, with Invalid on the field at fault,
// or with Conflict "attention.edited" when somebody else saved meanwhile. A new limit for the first answer counts for tickets given
// from then on.
func (r *Room) SetOwnAttention(ctx context.Context, actor account.Actor, number db.ID, own inbox.Attention, seen int64) (kept inbox.OwnAttention, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		kept, err = r.SetOwnAttentionIn(ctx, tx, actor, number, own, seen)
		return err
	})
	return kept, err
}

// SetOwnAttentionIn is SetOwnAttention inside a transaction.
func (r *Room) SetOwnAttentionIn(ctx context.Context, tx *db.Tx, actor account.Actor, number db.ID, own inbox.Attention, seen int64) (inbox.OwnAttention, error) {
	if err := actor.Can(account.Settings, account.Edit); err != nil {
		return inbox.OwnAttention{}, err
	}
	if err := r.CheckOwnAttention(ctx, tx, actor.Workspace, &own); err != nil {
		return inbox.OwnAttention{}, err
	}
	kept, err := r.inboxes.SetAttentionIn(ctx, tx, actor, number, own, seen)
	if err != nil {
		return kept, err
	}
	return kept, r.tellAttention(ctx, tx, actor.Workspace, number)
}

// CheckOwnAttention tidies what a number has of its own and refuses, with Invalid on the field, what could not be met over the
// company's settings.
func (r *Room) CheckOwnAttention(ctx context.Context, q db.Querier, workspace db.ID, own *inbox.Attention) error {
	rules, err := r.conversations.ClosingRulesOf(ctx, q, workspace)
	if err != nil {
		return err
	}
	settings, err := r.AttentionOf(ctx, q, workspace)
	if err != nil {
		return err
	}
	text, err := json.Marshal(own)
	if err != nil {
		return err
	}
	if rules, err = inbox.Layered(rules, string(text)); err != nil {
		return err
	}
	if settings, err = inbox.Layered(settings, string(text)); err != nil {
		return err
	}
	if err := rules.Check(); err != nil {
		return err
	}
	if err := settings.check(); err != nil {
		return err
	}
	if own.Results != nil {
		own.Results = &rules.Results
	}
	if own.Categories != nil {
		own.Categories = &rules.Categories
	}
	return nil
}

// NumberAttention is how service is on a number: what it has of its own, and what holds there.
type NumberAttention struct {
	inbox.OwnAttention
	Closing      conversation.ClosingRules
	Distribution Attention
}

// NumberAttention gives how service is on a number of the actor's workspace. It fails with NotFound.
func (r *Room) NumberAttention(ctx context.Context, actor account.Actor, number db.ID) (out NumberAttention, err error) {
	if _, err := r.inboxes.Get(ctx, actor.Workspace, number); err != nil {
		return out, err
	}
	own, err := r.inboxes.AttentionIn(ctx, r.d, actor.Workspace, number)
	if err != nil {
		return out, err
	}
	rules, err := r.conversations.ClosingRulesFor(ctx, r.d, actor.Workspace, number)
	if err != nil {
		return out, err
	}
	settings, err := r.AttentionFor(ctx, r.d, actor.Workspace, inbox.ByID, number)
	return NumberAttention{OwnAttention: own[number], Closing: rules[number], Distribution: settings[number]}, err
}
