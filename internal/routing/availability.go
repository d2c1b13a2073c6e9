package routing

import (
	"context"
	"strings"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// State is what an agent says of themselves. Whether a desk is open is another matter: see Presence.
type State string

// The states. Without an open desk an agent is off line, whatever the state says.
const (
	Online    State = "online"    // takes tickets
	Away      State = "away"      // on a pause: keeps tickets, gets no new ones
	Invisible State = "invisible" // works on what is there, gets no new ones
)

// AvailabilityChanged is the kind of the fact told when a state or the presence of a desk changes.
const AvailabilityChanged = "availability.changed"

// AvailabilityFact says who became what.
type AvailabilityFact struct {
	User   db.ID `json:"user_id"`
	State  State `json:"state"`
	Online bool  `json:"online"` // a desk is open
}

// Availability is an agent's state and since when.
type Availability struct {
	State  State  `db:"state" json:"state"`
	Reason string `db:"reason" json:"reason"`
	Since  int64  `db:"since" json:"since"`
}

// AvailabilityOf gives the state of a user; who never chose one is on line while a desk is open.
func (r *Room) AvailabilityOf(ctx context.Context, workspace, user db.ID) (Availability, error) {
	a, err := db.One[Availability](ctx, r.d, "select state, reason, since from availability where workspace_id = $1 and user_id = $2", workspace, user)
	if db.None(err) {
		return Availability{State: Online}, nil
	}
	return a, err
}

// SetAvailability changes the actor's own state. Coming on line looks for tickets that wait.
func (r *Room) SetAvailability(ctx context.Context, actor account.Actor, state State, reason string) (Availability, error) {
	switch state {
	case Online, Away, Invisible:
	default:
		return Availability{}, fault.New(fault.Invalid, "availability.state", "Choose online, away or invisible.").On("state")
	}
	a := Availability{State: state, Reason: strings.TrimSpace(reason)}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a.Since = tx.Now()
		_, err := tx.Exec(ctx, `insert into availability (workspace_id, user_id, state, reason, since) values ($1, $2, $3, $4, $5)
			on conflict (workspace_id, user_id) do update set state = excluded.state, reason = excluded.reason, since = excluded.since`,
			actor.Workspace, actor.User, state, a.Reason, a.Since)
		if err != nil {
			return err
		}
		return r.tellAvailability(ctx, tx, actor.Workspace, actor.User)
	})
	return a, err
}

func (r *Room) tellAvailability(ctx context.Context, tx *db.Tx, workspace, user db.ID) error {
	now, err := db.One[agentNow](ctx, tx, agentNowSQL, workspace, user)
	if err != nil {
		return err
	}
	return r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: AvailabilityChanged, Subject: user,
		Data: AvailabilityFact{User: user, State: now.State, Online: now.Desks > 0}})
}

type agentNow struct {
	State State `db:"state"`
	Desks int64 `db:"desks"`
}

const agentNowSQL = `select coalesce((select state from availability where workspace_id = $1 and user_id = $2), 'online') as state,
	(select count(*) from connections where workspace_id = $1 and user_id = $2) as desks`
