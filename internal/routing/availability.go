package routing

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

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
	Offline   State = "offline"   // no desk open; nobody chooses it, it is only kept among the periods
)

const maxReason = 60 // characters

// AvailabilityChanged is the kind of the fact told when a state or the presence of a desk changes.
const AvailabilityChanged = "availability.changed"

// AvailabilityFact says who became what.
type AvailabilityFact struct {
	User   db.ID  `json:"user_id"`
	State  State  `json:"state"`
	Reason string `json:"reason,omitempty"` // of a pause
	Since  int64  `json:"since"`            // Unix milliseconds; 0: never chosen
	Online bool   `json:"online"`           // a desk is open
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

// SetAvailability changes the actor's own state. A pause has one of the workspace's reasons, if it has any. Coming on line
// looks for tickets that wait. It fails with Invalid.
func (r *Room) SetAvailability(ctx context.Context, actor account.Actor, state State, reason string) (Availability, error) {
	switch state {
	case Online, Away, Invisible:
	default:
		return Availability{}, fault.New(fault.Invalid, "availability.state", "Choose online, away or invisible.").On("state")
	}
	a := Availability{State: state}
	if state == Away {
		a.Reason = strings.TrimSpace(reason)
	}
	if err := r.checkReason(ctx, actor.Workspace, a.Reason); err != nil {
		return Availability{}, err
	}
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

func (r *Room) checkReason(ctx context.Context, workspace db.ID, reason string) error {
	if reason == "" {
		return nil
	}
	settings, err := r.AttentionOf(ctx, r.d, workspace)
	if err != nil {
		return err
	}
	if utf8.RuneCountInString(reason) > maxReason || len(settings.PauseReasons) > 0 && !slices.Contains(settings.PauseReasons, reason) {
		return fault.New(fault.Invalid, "availability.reason", "Choose one of the reasons of the list.").On("reason")
	}
	return nil
}

// SignedIn gives the actor the state the workspace wants after signing in.
func (r *Room) SignedIn(ctx context.Context, actor account.Actor) error {
	settings, err := r.AttentionOf(ctx, r.d, actor.Workspace)
	if err != nil || settings.Login == LoginAsLeft || actor.User == 0 {
		return err
	}
	now, err := r.AvailabilityOf(ctx, actor.Workspace, actor.User)
	if err != nil || now.Since != 0 && now.State == State(settings.Login) {
		return err
	}
	_, err = r.SetAvailability(ctx, actor, State(settings.Login), "")
	return err
}

// The row is made when it is not there, so that changes of one agent wait for each other.
const holdAvailability = `insert into availability (workspace_id, user_id, state, since) values ($1, $2, 'online', 0)
	on conflict (workspace_id, user_id) do update set state = availability.state`

// tellAvailability notes and tells what an agent is now, after the state or the desks changed.
func (r *Room) tellAvailability(ctx context.Context, tx *db.Tx, workspace, user db.ID) error {
	if _, err := tx.Exec(ctx, holdAvailability, workspace, user); err != nil {
		return err
	}
	now, err := db.One[agentNow](ctx, tx, agentNowSQL, workspace, user)
	if err != nil {
		return err
	}
	if err := keepPeriod(ctx, tx, workspace, user, now); err != nil {
		return err
	}
	return r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: AvailabilityChanged, Subject: user,
		Data: AvailabilityFact{User: user, State: now.State, Reason: now.Reason, Since: now.Since, Online: now.Desks > 0}})
}

type agentNow struct {
	State  State  `db:"state"`
	Reason string `db:"reason"`
	Since  int64  `db:"since"`
	Desks  int64  `db:"desks"`
}

const agentNowSQL = `select a.state, a.reason, a.since,
	(select count(*) from connections k where k.workspace_id = a.workspace_id and k.user_id = a.user_id) as desks
	from availability a where a.workspace_id = $1 and a.user_id = $2`

// Period is a time an agent was something (X17). Without an open desk an agent is off line, whatever the state says.
type Period struct {
	User   db.ID  `db:"user_id" json:"user_id"`
	State  State  `db:"state" json:"state"`
	Reason string `db:"reason" json:"reason"`
	Since  int64  `db:"since" json:"since"` // Unix milliseconds
	Until  int64  `db:"until" json:"until"` // 0: still
}

const (
	openPeriod  = "select user_id, state, reason, since, 0 as until from availability_periods where workspace_id = $1 and user_id = $2 and until is null"
	endPeriod   = "update availability_periods set until = $3 where workspace_id = $1 and user_id = $2 and until is null"
	beginPeriod = "insert into availability_periods (workspace_id, id, user_id, state, reason, since) values ($1, $2, $3, $4, $5, $6)"
)

// keepPeriod begins a new period when the agent is something else than before.
func keepPeriod(ctx context.Context, tx *db.Tx, workspace, user db.ID, now agentNow) error {
	state, reason := now.State, now.Reason
	if now.Desks == 0 {
		state, reason = Offline, ""
	}
	before, err := db.One[Period](ctx, tx, openPeriod, workspace, user)
	if err != nil && !db.None(err) {
		return err
	}
	if before.State == state && before.Reason == reason {
		return nil
	}
	at := tx.Now()
	if _, err := tx.Exec(ctx, endPeriod, workspace, user, at); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, beginPeriod, workspace, tx.NewID(), user, state, reason, at)
	return err
}

const periodsSQL = `select user_id, state, reason, since, coalesce(until, 0) as until from availability_periods
	where workspace_id = $1 and since < $3 and coalesce(until, $3) > $2 order by user_id, since, id`

// Periods gives what the agents of a workspace were between two times (Unix milliseconds), by agent and time.
func (r *Room) Periods(ctx context.Context, workspace db.ID, from, to int64) ([]Period, error) {
	return db.All[Period](ctx, r.d, periodsSQL, workspace, from, to)
}
