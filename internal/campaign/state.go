package campaign

import (
	"context"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// State is where a campaign stands.
type State string

// The states.
const (
	Draft     State = "draft"
	Checking  State = "checking"
	Ready     State = "ready"
	Scheduled State = "scheduled"
	Sending   State = "sending" // first the audience is frozen, then messages go out
	Paused    State = "paused"
	Done      State = "done"
	Cancelled State = "cancelled"
	Failed    State = "failed" // it could not start; state_reason says why
)

// moves are all the moves there are. What is not here is refused.
var moves = map[State][]State{
	Draft:     {Checking, Draft},
	Checking:  {Ready, Draft, Checking},
	Ready:     {Checking, Draft, Scheduled, Sending},
	Scheduled: {Draft, Checking, Ready, Sending, Cancelled, Failed},
	Sending:   {Paused, Done, Cancelled, Failed},
	Paused:    {Sending, Cancelled},
	Failed:    {Draft, Checking},
}

// FactChanged is told whenever a campaign's state moves.
const FactChanged = "campaign.changed"

// ChangedFact is the data of FactChanged.
type ChangedFact struct {
	CampaignID db.ID  `json:"campaign_id"`
	State      State  `json:"state"`
	Reason     string `json:"reason,omitempty"`
}

// Reason says why a campaign stands where it stands when nobody asked for it: the code of words and what they need.
type Reason struct {
	Code   string            `json:"code,omitempty"`
	Params map[string]string `json:"params,omitempty"`
	by     account.Actor     // who asked for it; zero: nobody
}

// Words says the reason in a language; "" when there is none.
func (r Reason) Words(locale string) string {
	if r.Code == "" {
		return ""
	}
	return Problem{Code: r.Code, Params: r.Params}.Words(locale)
}

// mayMove tells whether a campaign can go from one state to another; the fault has words for people.
func mayMove(from, to State) error {
	if slices.Contains(moves[from], to) {
		return nil
	}
	return fault.New(fault.Conflict, "campaign.move", "A campaign that is %s cannot become %s.", from, to).
		With("from", string(from)).With("to", string(to))
}

// told are the states whose coming stands in the journal of a campaign.
var told = []State{Scheduled, Sending, Paused, Done, Cancelled, Failed}

// moveIn is the way a state changes. c must have been read by lockIn in the same transaction.
func (r *Room) moveIn(ctx context.Context, tx *db.Tx, c *row, to State, why Reason) error {
	if err := mayMove(c.State, to); err != nil {
		return err
	}
	return r.putIn(ctx, tx, c, to, why)
}

// reopenIn takes a campaign that was done back, when the provider refuses for now what it had taken. Nobody can ask for this move.
func (r *Room) reopenIn(ctx context.Context, tx *db.Tx, c *row, to State, why Reason) error {
	if c.State != Done || to != Sending && to != Paused {
		return mayMove(c.State, to)
	}
	return r.putIn(ctx, tx, c, to, why)
}

func (r *Room) putIn(ctx context.Context, tx *db.Tx, c *row, to State, why Reason) error {
	c.State, c.StateReason, c.StateDetail = to, why.Code, encode(why.Params)
	switch to {
	case Done, Cancelled, Failed:
		c.FinishedAt = tx.Now()
	default:
		c.FinishedAt = 0
	}
	_, err := tx.Exec(ctx, `update campaigns set state = $1, state_reason = $2, state_detail = $3, finished_at = $4, updated_at = $5 where id = $6`,
		string(to), c.StateReason, c.StateDetail, orNull(c.FinishedAt), tx.Now(), c.ID)
	if err != nil {
		return err
	}
	r.wake(tx)
	if c.StartedAt != 0 {
		if err := noteNewsIn(ctx, tx, c.Workspace, c.ID); err != nil {
			return err
		}
	}
	if slices.Contains(told, to) {
		if err := r.noteIn(ctx, tx, c, why); err != nil {
			return err
		}
	}
	return r.log.Append(ctx, tx, event.Fact{Workspace: c.Workspace, Kind: FactChanged, Subject: c.ID,
		Data: ChangedFact{CampaignID: c.ID, State: to, Reason: why.Code}})
}
