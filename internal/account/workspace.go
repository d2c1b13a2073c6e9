package account

import (
	"context"
	"fmt"
	"strings"

	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/words"
)

// ChangedFact is told when members, profiles or users changed: whoever holds permissions must ask for them again. Its data is
// empty and its subject the workspace.
const ChangedFact = "account.changed"

// Room keeps workspaces, users, members and profiles.
type Room struct {
	d   *db.DB
	log *event.Log
}

// New makes the room.
func New(d *db.DB, log *event.Log) *Room { return &Room{d: d, log: log} }

// Workspace is a customer organization.
type Workspace struct {
	ID        db.ID  `db:"id" json:"id"`
	Name      string `db:"name" json:"name"`
	Locale    string `db:"locale" json:"locale"`
	CreatedAt int64  `db:"created_at" json:"created_at"`
}

// CreateWorkspace makes a workspace with its standard profiles. An unknown locale becomes Spanish.
func (r *Room) CreateWorkspace(ctx context.Context, name, locale string) (Workspace, error) {
	w := Workspace{Name: strings.TrimSpace(name), Locale: words.Match("", locale)}
	if w.Name == "" {
		return w, fault.New(fault.Invalid, "account.name_missing", "a name is needed").On("name")
	}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		w.ID, w.CreatedAt = tx.NewID(), tx.Now()
		_, err := tx.Exec(ctx, "insert into workspaces (id, name, locale, created_at) values ($1, $2, $3, $4)", w.ID, w.Name, w.Locale, w.CreatedAt)
		if err != nil {
			return err
		}
		for _, p := range standardProfiles(w.Locale) {
			if _, err := insertProfile(ctx, tx, w.ID, p); err != nil {
				return err
			}
		}
		return r.tellChanged(ctx, tx, w.ID)
	})
	if err != nil {
		return w, fmt.Errorf("create workspace: %w", err)
	}
	return w, nil
}

// Workspace gives one; the fault NotFound "account.workspace_unknown" when there is none.
func (r *Room) Workspace(ctx context.Context, id db.ID) (Workspace, error) {
	w, err := db.One[Workspace](ctx, r.d, "select id, name, locale, created_at from workspaces where id = $1", id)
	if db.None(err) {
		return w, fault.New(fault.NotFound, "account.workspace_unknown", "there is no such workspace")
	}
	return w, err
}

// Workspaces lists all of this installation, oldest first; for the command line.
func (r *Room) Workspaces(ctx context.Context) ([]Workspace, error) {
	return db.All[Workspace](ctx, r.d, "select id, name, locale, created_at from workspaces order by id")
}

// WorkspacesOf lists those a user is an active member of, oldest membership first.
func (r *Room) WorkspacesOf(ctx context.Context, user db.ID) ([]Workspace, error) {
	return db.All[Workspace](ctx, r.d, `select w.id, w.name, w.locale, w.created_at from members m join workspaces w on w.id = m.workspace_id
		where m.user_id = $1 and m.disabled_at is null order by m.id`, user)
}

func (r *Room) tellChanged(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	return r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: ChangedFact, Subject: workspace, Data: struct{}{}})
}

// HistoryMonths is how many months back the history of tickets goes.
func (r *Room) HistoryMonths(ctx context.Context, workspace db.ID) (int64, error) {
	return db.One[int64](ctx, r.d, "select history_months from workspaces where id = $1", workspace)
}

// SetHistoryMonths changes that, 1 to 120.
func (r *Room) SetHistoryMonths(ctx context.Context, workspace db.ID, months int64) error {
	if months < 1 || months > 120 {
		return fault.New(fault.Invalid, "account.history_months", "The history goes back 1 to 120 months.").On("months")
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update workspaces set history_months = $1 where id = $2", months, workspace)
		return err
	})
}
