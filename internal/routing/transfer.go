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
	Agents  bool `json:"agents"` // to other agents
	Queues  bool `json:"queues"`
	Numbers bool `json:"numbers"` // it goes on at another number
}

// Any tells whether there is a way.
func (t Transfers) Any() bool { return t.Agents || t.Queues || t.Numbers }

// And gives the ways that both have.
func (t Transfers) And(o Transfers) Transfers {
	return Transfers{t.Agents && o.Agents, t.Queues && o.Queues, t.Numbers && o.Numbers}
}

func (a Attention) transfers() Transfers {
	return Transfers{a.TransferAgents, a.TransferQueues, a.TransferNumbers}
}

// transfersOf gives the ways an actor has whatever the settings say, and whether the settings are to be asked.
func transfersOf(actor account.Actor) (ways Transfers, asks bool) {
	if actor.Has(account.Transfer) != nil {
		return Transfers{}, false
	}
	return Transfers{true, true, true}, actor.Has(account.SeeAll) != nil
}

// TransfersOf gives the ways in which an actor may give the ticket of a conversation away: those its number allows; all for who sees
// all conversations, and none without the ability transfer.
func (r *Room) TransfersOf(ctx context.Context, actor account.Actor, conversation db.ID) (Transfers, error) {
	ways, asks := transfersOf(actor)
	if !asks {
		return ways, nil
	}
	found, err := inbox.ResolveIn(ctx, r.d, DefaultAttention, actor.Workspace, conversation)
	return found[conversation].transfers(), err
}

// TransfersAt gives the ways in which an actor may give tickets of numbers away together, as TransfersOf does for one ticket: the
// company's without a number, none where a number is of elsewhere.
func (r *Room) TransfersAt(ctx context.Context, actor account.Actor, numbers ...db.ID) (Transfers, error) {
	ways, asks := transfersOf(actor)
	if !asks {
		return ways, nil
	}
	if len(numbers) == 0 {
		company, err := r.Attention(ctx, actor)
		return company.transfers(), err
	}
	found, err := r.AttentionFor(ctx, r.d, actor.Workspace, inbox.ByID, numbers...)
	for _, number := range numbers {
		ways = ways.And(found[number].transfers())
	}
	return ways, err
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
