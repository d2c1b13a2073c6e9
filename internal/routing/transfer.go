package routing

import (
	"context"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// Transfers are the ways in which somebody may give a ticket away (B170).
type Transfers struct {
	Agents  bool // to other agents
	Queues  bool
	Numbers bool // it goes on at another number
}

// Any tells whether there is a way.
func (t Transfers) Any() bool { return t.Agents || t.Queues || t.Numbers }

// TransfersOf gives the ways in which an actor may give the ticket of a conversation away: those its number allows; all for who sees
// all conversations, and none without the ability transfer.
func (r *Room) TransfersOf(ctx context.Context, actor account.Actor, conversation db.ID) (Transfers, error) {
	if actor.Has(account.Transfer) != nil {
		return Transfers{}, nil
	}
	if actor.Has(account.SeeAll) == nil {
		return Transfers{true, true, true}, nil
	}
	found, err := inbox.ResolveIn(ctx, r.d, DefaultAttention, actor.Workspace, conversation)
	a := found[conversation]
	return Transfers{a.TransferAgents, a.TransferQueues, a.TransferNumbers}, err
}

// mayGive refuses an assignment the number does not allow. Taking a ticket and giving it to the bot are no transfers.
func (r *Room) mayGive(ctx context.Context, actor account.Actor, id db.ID, to conversation.Assignment) error {
	if err := actor.Has(account.Transfer); err != nil {
		return err
	}
	ways, err := r.TransfersOf(ctx, actor, id)
	switch {
	case err != nil:
		return err
	case to.User != 0 && to.User != actor.User && !ways.Agents:
		return fault.New(fault.Forbidden, "transfer.agents", "On this number tickets are not given to other agents.")
	case to.User == 0 && (to.Queue != 0 || to.Nobody) && !ways.Queues:
		return fault.New(fault.Forbidden, "transfer.queues", "On this number tickets are not given to queues.")
	}
	return nil
}

// mayMove refuses to go on at another number where the ticket's does not allow it.
func (r *Room) mayMove(ctx context.Context, actor account.Actor, id db.ID) error {
	if err := actor.Has(account.Transfer); err != nil {
		return err
	}
	ways, err := r.TransfersOf(ctx, actor, id)
	if err == nil && !ways.Numbers {
		err = fault.New(fault.Forbidden, "transfer.numbers", "From this number tickets do not go on at another one.")
	}
	return err
}
