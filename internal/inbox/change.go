package inbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Changed is the kind of the fact told when anything of an inbox changed.
const Changed = "inbox.changed"

// ChangedFact is its data.
type ChangedFact struct {
	Inbox   db.ID  `json:"inbox_id"`
	Status  Status `json:"status"`
	Quality string `json:"quality"`                  // after the change
	Before  string `json:"quality_before,omitempty"` // when it is the quality that changed
}

// Fell tells whether the change is that the provider rates the number worse than before.
func (f ChangedFact) Fell() bool { return channel.QualityFell(f.Before, f.Quality) }

// Draft is an inbox to be made. Token is the provider's; TimeZone, FirstResponder and SendRate may be left out.
type Draft struct {
	Workspace      db.ID
	ID             db.ID // for fixed workspaces; 0: made by us
	Channel        channel.Kind
	Label          string
	Address        string // digits with the country code
	ExternalID     string
	Account        string
	Token          string
	TimeZone       string
	Owner          db.ID
	DefaultQueue   db.ID
	FirstResponder string
	SendRate       *float64 // nil: DefaultRate; 0: no limit of ours
}

// Create makes an inbox, connected. It fails with Invalid, or with Conflict when the provider's id is an inbox already,
// in whatever workspace.
func (r *Room) Create(ctx context.Context, draft Draft) (Inbox, error) {
	box, err := draft.inbox()
	if err != nil {
		return Inbox{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if box.ID == 0 {
			box.ID = tx.NewID()
		}
		box.StatusAt, box.CreatedAt = tx.Now(), tx.Now()
		n, err := tx.Exec(ctx, "insert into inboxes ("+columns+`, token_sealed)
			values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19) on conflict (channel, external_id) do nothing`,
			box.Workspace, box.ID, box.Channel, box.Label, box.Address, box.ExternalID, box.Account, box.Status, box.StatusCode,
			box.StatusAt, box.Quality, box.TimeZone, box.Owner, box.DefaultQueue, box.FirstResponder, box.SendRate, box.PeopleLimit, box.CreatedAt,
			r.sealer.Seal([]byte(draft.Token), sealContext(box.ID)))
		if err != nil {
			return fmt.Errorf("create inbox: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "inbox.exists", "This number is set up already.").On("external_id")
		}
		return r.tell(ctx, tx, box.Workspace, ChangedFact{Inbox: box.ID, Status: box.Status, Quality: box.Quality})
	})
	return box, err
}

func (draft Draft) inbox() (Inbox, error) {
	box := Inbox{Workspace: draft.Workspace, ID: draft.ID, Channel: draft.Channel, Label: strings.TrimSpace(draft.Label), Address: draft.Address,
		ExternalID: strings.TrimSpace(draft.ExternalID), Account: strings.TrimSpace(draft.Account), Status: Connected, Quality: "UNKNOWN",
		TimeZone: draft.TimeZone, Owner: draft.Owner, DefaultQueue: draft.DefaultQueue, FirstResponder: draft.FirstResponder, SendRate: DefaultRate}
	if draft.SendRate != nil {
		box.SendRate = *draft.SendRate
	}
	if box.TimeZone == "" {
		box.TimeZone = "America/Sao_Paulo"
	}
	if box.FirstResponder == "" {
		box.FirstResponder = FirstQueue
	}
	if box.ExternalID == "" {
		return box, fault.New(fault.Invalid, "inbox.external_id", "The provider's id of the number is missing.").On("external_id")
	}
	return box, box.check()
}

func (box Inbox) check() error {
	switch {
	case box.Label == "" || len(box.Label) > 200:
		return fault.New(fault.Invalid, "inbox.label", "Give the inbox a name of at most 200 characters.").On("label")
	case box.FirstResponder != FirstBot && box.FirstResponder != FirstQueue:
		return fault.New(fault.Invalid, "inbox.first_responder", "The first responder is a bot or a queue.").On("first_responder")
	case !(box.SendRate >= 0 && box.SendRate <= 10_000):
		return fault.New(fault.Invalid, "inbox.send_rate", "The sending rate is between 0 and 10,000 messages a second.").On("send_rate")
	}
	if _, err := time.LoadLocation(box.TimeZone); err != nil || box.TimeZone == "" || box.TimeZone == "Local" {
		return fault.New(fault.Invalid, "inbox.time_zone", "“%s” is not a time zone.", box.TimeZone).On("time_zone").With("time_zone", box.TimeZone)
	}
	return nil
}

// Change says what of an inbox becomes another; nil leaves as it is, a pointer to zero takes away.
type Change struct {
	Label          *string
	TimeZone       *string
	Owner          *db.ID
	DefaultQueue   *db.ID
	FirstResponder *string
	SendRate       *float64
	Token          *string // a new provider token also connects a disconnected inbox again
}

// Update is UpdateIn in a transaction of its own.
func (r *Room) Update(ctx context.Context, workspace, id db.ID, change Change) (box Inbox, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		box, err = r.UpdateIn(ctx, tx, workspace, id, change)
		return err
	})
	return box, err
}

// UpdateIn changes settings of an inbox, whose row it holds, and gives it as it is then. It fails with NotFound or Invalid.
func (r *Room) UpdateIn(ctx context.Context, tx *db.Tx, workspace, id db.ID, change Change) (Inbox, error) {
	e, err := db.One[entry](ctx, tx, "select "+columns+", token_sealed from inboxes where id = $1 and workspace_id = $2 {hold}", id, workspace)
	if db.None(err) {
		return Inbox{}, notFound(id)
	}
	if err != nil {
		return Inbox{}, fmt.Errorf("read inbox: %w", err)
	}
	box := change.applied(e.Inbox)
	if change.Token != nil {
		e.Sealed = r.sealer.Seal([]byte(*change.Token), sealContext(id))
		if box.Status == Disconnected {
			box.Status, box.StatusCode, box.StatusAt = Connected, 0, tx.Now()
		}
	}
	if err := box.check(); err != nil {
		return Inbox{}, err
	}
	_, err = tx.Exec(ctx, `update inboxes set label = $1, time_zone = $2, owner_user_id = $3, default_queue_id = $4, first_responder = $5,
		send_rate = $6, token_sealed = $7, status = $8, status_code = $9, status_at = $10 where id = $11 and workspace_id = $12`,
		box.Label, box.TimeZone, box.Owner, box.DefaultQueue, box.FirstResponder, box.SendRate, e.Sealed, box.Status, box.StatusCode, box.StatusAt, id, workspace)
	if err != nil {
		return Inbox{}, fmt.Errorf("update inbox: %w", err)
	}
	return box, r.tell(ctx, tx, workspace, ChangedFact{Inbox: id, Status: box.Status, Quality: box.Quality})
}

func (change Change) applied(box Inbox) Inbox {
	set(&box.Label, change.Label)
	set(&box.TimeZone, change.TimeZone)
	set(&box.Owner, change.Owner)
	set(&box.DefaultQueue, change.DefaultQueue)
	set(&box.FirstResponder, change.FirstResponder)
	set(&box.SendRate, change.SendRate)
	box.Label = strings.TrimSpace(box.Label)
	return box
}

func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

// SetStatus is SetStatusIn in a transaction of its own.
func (r *Room) SetStatus(ctx context.Context, id db.ID, status Status, code int) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return r.SetStatusIn(ctx, tx, id, status, code) })
}

// SetStatusIn keeps whether the inbox can send and the provider's code that says why not. Told the same again it
// changes and tells nothing.
func (r *Room) SetStatusIn(ctx context.Context, tx *db.Tx, id db.ID, status Status, code int) error {
	return r.changeIn(ctx, tx, id, "", `update inboxes set status = $1, status_code = $2, status_at = $3
		where id = $4 and (status <> $1 or status_code <> $2) returning workspace_id, status, quality`, string(status), code, tx.Now(), id)
}

// SetQualityIn keeps the provider's rating of the number: GREEN, YELLOW, RED or UNKNOWN. Told the same again it changes and tells
// nothing.
func (r *Room) SetQualityIn(ctx context.Context, tx *db.Tx, id db.ID, quality string) error {
	before, err := db.One[string](ctx, tx, "select quality from inboxes where id = $1", id)
	if db.None(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read inbox: %w", err)
	}
	return r.changeIn(ctx, tx, id, before, "update inboxes set quality = $1 where id = $2 and quality <> $1 returning workspace_id, status, quality", quality, id)
}

// SetPeopleLimitIn keeps how many people the provider lets an inbox's account write to first within 24 hours; 0: no limit.
func (r *Room) SetPeopleLimitIn(ctx context.Context, tx *db.Tx, id db.ID, people int64) error {
	if _, err := tx.Exec(ctx, "update inboxes set people_limit = $1 where id = $2 and people_limit <> $1", people, id); err != nil {
		return fmt.Errorf("limit of inbox %d: %w", id, err)
	}
	return nil
}

func (r *Room) changeIn(ctx context.Context, tx *db.Tx, id db.ID, before, text string, args ...any) error {
	box, err := db.One[struct {
		Workspace db.ID  `db:"workspace_id"`
		Status    Status `db:"status"`
		Quality   string `db:"quality"`
	}](ctx, tx, text, args...)
	if db.None(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("change inbox: %w", err)
	}
	return r.tell(ctx, tx, box.Workspace, ChangedFact{Inbox: id, Status: box.Status, Quality: box.Quality, Before: before})
}

func (r *Room) tell(ctx context.Context, tx *db.Tx, workspace db.ID, fact ChangedFact) error {
	tx.AfterCommit(func() { r.kept.forget(fact.Inbox) })
	return r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: Changed, Subject: fact.Inbox, Data: fact})
}
