package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"recado/internal/db"
	"recado/internal/fault"
)

// Campaign is a campaign as people see it.
type Campaign struct {
	ID          db.ID    `json:"id"`
	Name        string   `json:"name"`
	State       State    `json:"state"`
	Reason      Reason   `json:"state_reason"`
	Origin      string   `json:"origin"`
	Audience    Audience `json:"audience"`
	Message     Message  `json:"message"`
	Route       Route    `json:"route"`
	Pace        Pace     `json:"pace"`
	Check       Check    `json:"check"`
	Recipients  int64    `json:"recipients"` // frozen audience; 0 until it is frozen
	Version     int64    `json:"version"`    // one more with every edit; an edit says which it saw
	ScheduledAt int64    `json:"scheduled_at"`
	Schedule    Schedule `json:"schedule"`
	CreatedBy   db.ID    `json:"created_by"`
	CreatedAt   int64    `json:"created_at"`
	StartedAt   int64    `json:"started_at"`
	FinishedAt  int64    `json:"finished_at"`
}

// row is a campaign as it is stored.
type row struct {
	Workspace    db.ID  `db:"workspace_id"`
	ID           db.ID  `db:"id"`
	Name         string `db:"name"`
	State        State  `db:"state"`
	StateReason  string `db:"state_reason"`
	StateDetail  string `db:"state_detail"`
	Origin       string `db:"origin"`
	AudienceText string `db:"audience_json"`
	MessageText  string `db:"message_json"`
	RouteText    string `db:"route_json"`
	PaceText     string `db:"pace_json"`
	CheckText    string `db:"check_json"`
	AskedText    string `db:"asked_json"`
	RunID        db.ID  `db:"run_id"`
	Recipients   int64  `db:"recipients"`
	NextSliceAt  int64  `db:"next_slice_at"`
	SliceLeft    int64  `db:"slice_left"`
	WaitText     string `db:"wait_json"`
	Version      int64  `db:"version"`
	EditedBy     db.ID  `db:"edited_by"`
	EditedName   string `db:"edited_name"`
	EditedAt     int64  `db:"edited_at"`
	ScheduledAt  int64  `db:"scheduled_at"`
	ScheduleWall string `db:"schedule_at"`
	ScheduleZone string `db:"schedule_zone"`
	CreatedBy    db.ID  `db:"created_by"`
	CreatedAt    int64  `db:"created_at"`
	StartedAt    int64  `db:"started_at"`
	FinishedAt   int64  `db:"finished_at"`
}

const rowColumns = `workspace_id, id, name, state, state_reason, state_detail, origin, audience_json, message_json, route_json, pace_json,
	check_json, asked_json, run_id, recipients, next_slice_at, slice_left, wait_json, version, edited_by, edited_name, edited_at, coalesce(scheduled_at, 0) as scheduled_at, schedule_at, schedule_zone, created_by, created_at,
	coalesce(started_at, 0) as started_at, coalesce(finished_at, 0) as finished_at`

func notFound() error {
	return fault.New(fault.NotFound, "campaign.not_found", "There is no such campaign.")
}

// load reads a campaign of a workspace.
func load(ctx context.Context, q db.Querier, workspace, id db.ID) (*row, error) {
	c, err := db.One[row](ctx, q, "select "+rowColumns+" from campaigns where id = $1 and workspace_id = $2", id, workspace)
	if db.None(err) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("campaign %d: %w", id, err)
	}
	return &c, nil
}

// lockIn reads a campaign and keeps others from changing it until the transaction ends.
func lockIn(ctx context.Context, tx *db.Tx, workspace, id db.ID) (*row, error) {
	n, err := tx.Exec(ctx, "update campaigns set updated_at = $1 where id = $2 and workspace_id = $3", tx.Now(), id, workspace)
	if err != nil {
		return nil, fmt.Errorf("lock campaign %d: %w", id, err)
	}
	if n == 0 {
		return nil, notFound()
	}
	return load(ctx, tx, workspace, id)
}

// campaign decodes a row.
func (c *row) campaign() (Campaign, error) {
	out := Campaign{ID: c.ID, Name: c.Name, State: c.State, Reason: Reason{Code: c.StateReason}, Origin: c.Origin, Recipients: c.Recipients,
		Version: c.Version, ScheduledAt: c.ScheduledAt, Schedule: c.schedule(), CreatedBy: c.CreatedBy, CreatedAt: c.CreatedAt, StartedAt: c.StartedAt, FinishedAt: c.FinishedAt}
	for text, into := range map[*string]any{&c.AudienceText: &out.Audience, &c.MessageText: &out.Message, &c.RouteText: &out.Route,
		&c.PaceText: &out.Pace, &c.CheckText: &out.Check} {
		if err := json.Unmarshal([]byte(*text), into); err != nil {
			return out, fmt.Errorf("settings of campaign %d: %w", c.ID, err)
		}
	}
	if c.StateDetail != "" && c.StateDetail != "null" {
		if err := json.Unmarshal([]byte(c.StateDetail), &out.Reason.Params); err != nil {
			return out, fmt.Errorf("reason of campaign %d: %w", c.ID, err)
		}
	}
	if out.Message.Values == nil {
		out.Message.Values = map[string]Source{}
	}
	if out.Audience.Headers == nil {
		out.Audience.Headers = []string{}
	}
	if out.Audience.Columns.Variables == nil {
		out.Audience.Columns.Variables = map[string]string{}
	}
	return out, nil
}

func (c *row) asked() (asked, error) {
	var a asked
	err := json.Unmarshal([]byte(c.AskedText), &a)
	return a, err
}

// Scan lets a State be read from the database.
func (s *State) Scan(value any) error {
	var text sql.NullString
	if err := text.Scan(value); err != nil {
		return err
	}
	*s = State(text.String)
	return nil
}
