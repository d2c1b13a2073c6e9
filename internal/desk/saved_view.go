package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

const (
	maxViews    = 50 // saved by one user
	maxViewName = 60 // characters
)

// ViewFilter is what a list shows, as its owner chose it. Empty texts mean: any.
type ViewFilter struct {
	View    string `json:"view" enum:"mine,snoozed,queue,team,mentions,closed"`
	Own     bool   `json:"own,omitempty" doc:"of the closed ones only mine"`
	Inbox   string `json:"inbox_id,omitempty" maxLength:"20"`
	Channel string `json:"channel,omitempty" maxLength:"40"`
	Queue   string `json:"queue_id,omitempty" maxLength:"20"`
	Agent   string `json:"agent_id,omitempty" maxLength:"20"`
	Tag     string `json:"tag_id,omitempty" maxLength:"20"`
	Unread  bool   `json:"unread,omitempty"`
	Waiting bool   `json:"waiting,omitempty"`
	Closing bool   `json:"closing,omitempty"`
	Sort    string `json:"sort,omitempty" maxLength:"20"`
	Search  string `json:"search,omitempty" maxLength:"100"`
}

// SavedView is a list with its filters, kept by one user under a name.
type SavedView struct {
	ID     db.ID      `json:"id"`
	Name   string     `json:"name"`
	Filter ViewFilter `json:"filter"`
}

type savedRow struct {
	ID     db.ID  `db:"id"`
	Name   string `db:"name"`
	Filter string `db:"filter_json"`
}

// Views lists the acting user's saved views, the oldest first.
func (r *Room) Views(ctx context.Context, actor account.Actor) ([]SavedView, error) {
	rows, err := db.All[savedRow](ctx, r.d, "select id, name, filter_json from saved_views where workspace_id = $1 and user_id = $2 order by id",
		actor.Workspace, actor.User)
	if err != nil {
		return nil, fmt.Errorf("saved views: %w", err)
	}
	out := make([]SavedView, len(rows))
	for i, row := range rows {
		out[i] = SavedView{ID: row.ID, Name: row.Name}
		if err := json.Unmarshal([]byte(row.Filter), &out[i].Filter); err != nil {
			return nil, fmt.Errorf("saved view %d: %w", row.ID, err)
		}
	}
	return out, nil
}

// KeepView saves a view under a name of at most 60 characters: a new one when the id is 0, else that of the acting user. It fails
// with Invalid "view.name", with Conflict "view.too_many" beyond 50, with Forbidden when the actor is no person, and with
// NotFound.
func (r *Room) KeepView(ctx context.Context, actor account.Actor, view SavedView) (SavedView, error) {
	view.Name = strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(view.Name, "\x00", ""), "")), " ")
	if n := utf8.RuneCountInString(view.Name); n == 0 || n > maxViewName {
		return view, fault.New(fault.Invalid, "view.name", "A view needs a name of at most %d characters.", maxViewName).On("name").With("limit", maxViewName)
	}
	if actor.User == 0 {
		return view, fault.New(fault.Forbidden, "view.person", "Only a person has saved views.")
	}
	filter, err := json.Marshal(view.Filter)
	if err != nil {
		return view, err
	}
	text := strings.ReplaceAll(string(filter), `\u0000`, "")
	return view, r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if view.ID == 0 {
			view.ID = tx.NewID()
			n, err := tx.Exec(ctx, `insert into saved_views (workspace_id, id, user_id, name, filter_json, created_at) select $1, $2, $3, $4, $5, $6
				where (select count(*) from saved_views where workspace_id = $1 and user_id = $3) < $7`,
				actor.Workspace, view.ID, actor.User, view.Name, text, tx.Now(), maxViews)
			if err == nil && n == 0 {
				err = fault.New(fault.Conflict, "view.too_many", "You have %d saved views. Delete one first.", maxViews).With("limit", maxViews)
			}
			return err
		}
		n, err := tx.Exec(ctx, "update saved_views set name = $4, filter_json = $5 where id = $1 and workspace_id = $2 and user_id = $3",
			view.ID, actor.Workspace, actor.User, view.Name, text)
		return viewFound(n, err)
	})
}

// ForgetView deletes a saved view of the acting user. It fails with NotFound.
func (r *Room) ForgetView(ctx context.Context, actor account.Actor, id db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "delete from saved_views where id = $1 and workspace_id = $2 and user_id = $3", id, actor.Workspace, actor.User)
		return viewFound(n, err)
	})
}

func viewFound(n int64, err error) error {
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "view.not_found", "There is no such view.")
	}
	return err
}
