package survey

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// Survey is one of a workspace. Times are Unix milliseconds.
type Survey struct {
	ID         db.ID
	Settings   Settings
	Version    int64 // one more with every edit
	ArchivedAt int64 // 0: in use
	EditedBy   db.ID // a user; 0: an API key
	EditedName string
	UpdatedAt  int64
	Sent       int64   // sendings, ever
	Answered   int64   // of them, with an answer
	Numbers    []db.ID // whose services it follows
}

// Room keeps the surveys of all workspaces. It is safe for many goroutines.
type Room struct {
	d             *db.DB
	conversations *conversation.Room
	inboxes       *inbox.Room
}

// New makes the room.
func New(d *db.DB, conversations *conversation.Room, inboxes *inbox.Room) *Room {
	return &Room{d: d, conversations: conversations, inboxes: inboxes}
}

type surveyRow struct {
	ID         db.ID  `db:"id"`
	Version    int64  `db:"version"`
	Settings   string `db:"settings_json"`
	ArchivedAt int64  `db:"archived_at"`
	EditedBy   db.ID  `db:"edited_by"`
	EditedName string `db:"edited_name"`
	UpdatedAt  int64  `db:"updated_at"`
}

const surveysBy = "select id, version, settings_json, coalesce(archived_at, 0) as archived_at, edited_by, edited_name, updated_at from surveys where workspace_id = $1"

func (row surveyRow) survey() (Survey, error) {
	s := Survey{ID: row.ID, Version: row.Version, ArchivedAt: row.ArchivedAt, EditedBy: row.EditedBy, EditedName: row.EditedName, UpdatedAt: row.UpdatedAt, Numbers: []db.ID{}}
	var err error
	s.Settings, err = parseSettings(row.ID, row.Settings)
	return s, err
}

func parseSettings(id db.ID, text string) (s Settings, err error) {
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("survey %d: %w", id, err)
	}
	return s, nil
}

// List gives all surveys of a workspace, the newest first, archived ones as well.
func (r *Room) List(ctx context.Context, workspace db.ID) ([]Survey, error) {
	return r.list(ctx, workspace, "order by id desc")
}

// Get gives one survey. It fails with NotFound.
func (r *Room) Get(ctx context.Context, workspace, id db.ID) (Survey, error) {
	found, err := r.list(ctx, workspace, "and id = $2", id)
	if err == nil && len(found) == 0 {
		err = notFound()
	}
	if err != nil {
		return Survey{}, err
	}
	return found[0], nil
}

func notFound() error {
	return fault.New(fault.NotFound, "survey.not_found", "There is no such survey.")
}

type used struct {
	Survey   db.ID `db:"survey_id"`
	Sent     int64 `db:"sent"`
	Answered int64 `db:"answered"`
}

func (r *Room) list(ctx context.Context, workspace db.ID, which string, args ...any) ([]Survey, error) {
	rows, err := db.All[surveyRow](ctx, r.d, surveysBy+" "+which, append([]any{workspace}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("surveys: %w", err)
	}
	ids := make([]db.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	uses, err := db.All[used](ctx, r.d, "select survey_id, count(*) as sent, count(answered_at) as answered from survey_sendings where survey_id in ({ids:$1}) group by survey_id", db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("uses of surveys: %w", err)
	}
	rules, err := rulesOf(ctx, r.d, workspace)
	if err != nil {
		return nil, err
	}
	out := make([]Survey, len(rows))
	for i, row := range rows {
		if out[i], err = row.survey(); err != nil {
			return nil, err
		}
		for _, u := range uses {
			if u.Survey == row.ID {
				out[i].Sent, out[i].Answered = u.Sent, u.Answered
			}
		}
		for _, rule := range rules {
			if rule.Survey == row.ID {
				out[i].Numbers = append(out[i].Numbers, rule.Inbox)
			}
		}
	}
	return out, nil
}

const insertSurvey = `insert into surveys (workspace_id, id, kind, name, version, settings_json, edited_by, edited_name, created_at, updated_at)
	values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $8)`

// Create keeps a new survey. It needs edit in the area automation and fails with Invalid on the field at fault.
func (r *Room) Create(ctx context.Context, actor account.Actor, s Settings) (Survey, error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Survey{}, err
	}
	if err := s.check(); err != nil {
		return Survey{}, err
	}
	var id db.ID
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id = tx.NewID()
		s.nameQuestions(Settings{}, func() string { return tx.NewID().String() })
		text, err := json.Marshal(s)
		if err == nil {
			_, err = tx.Exec(ctx, insertSurvey, actor.Workspace, id, s.Kind, s.Name, string(text), actor.User, actor.Name, tx.Now())
		}
		return err
	})
	if err != nil {
		return Survey{}, fmt.Errorf("create survey: %w", err)
	}
	return r.Get(ctx, actor.Workspace, id)
}

const (
	holdSurvey = `select id, version, settings_json, coalesce(archived_at, 0) as archived_at, edited_by, edited_name, updated_at from surveys
		where id = $1 and workspace_id = $2 {hold}`
	saveSurvey = "update surveys set name = $2, version = version + 1, settings_json = $3, edited_by = $4, edited_name = $5, updated_at = $6 where id = $1"
)

// Save changes a survey; its kind stays. seen is the version its author saw; -1: whatever it is. Whoever is answering it meanwhile
// goes on with what was sent. It needs edit in the area automation and fails with NotFound, with Invalid on the field at fault, and
// with Conflict "survey.edited" when somebody else saved meanwhile.
func (r *Room) Save(ctx context.Context, actor account.Actor, id db.ID, s Settings, seen int64) (Survey, error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Survey{}, err
	}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := hold(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		if err := before.stale(seen, actor, tx.Now()); err != nil {
			return err
		}
		s.Kind = before.Settings.Kind
		if err := s.check(); err != nil {
			return err
		}
		s.nameQuestions(before.Settings, func() string { return tx.NewID().String() })
		text, err := json.Marshal(s)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, saveSurvey, id, s.Name, string(text), actor.User, actor.Name, tx.Now())
		return err
	})
	if err != nil {
		return Survey{}, fmt.Errorf("save survey: %w", err)
	}
	return r.Get(ctx, actor.Workspace, id)
}

func hold(ctx context.Context, tx *db.Tx, workspace, id db.ID) (Survey, error) {
	row, err := db.One[surveyRow](ctx, tx, holdSurvey, id, workspace)
	if db.None(err) {
		return Survey{}, notFound()
	}
	if err != nil {
		return Survey{}, err
	}
	return row.survey()
}

// stale refuses an edit of somebody who did not see the last one.
func (s Survey) stale(seen int64, actor account.Actor, now int64) error {
	if seen < 0 || seen == s.Version {
		return nil
	}
	code, message := "survey.edited", "%s changed this survey meanwhile."
	if s.EditedBy == actor.User && actor.User != 0 {
		code, message = "survey.edited_self", "%s, you changed this survey in another window."
	}
	return fault.New(fault.Conflict, code, message, s.EditedName).With("name", s.EditedName).With("count", max(1, (now-s.UpdatedAt)/60_000)).With("version", s.Version)
}

// Archive takes a survey out of use, or brings it back. What was answered stays; the numbers whose services it followed send none. It
// needs edit in the area automation and fails with NotFound.
func (r *Room) Archive(ctx context.Context, actor account.Actor, id db.ID, archived bool) (Survey, error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Survey{}, err
	}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := hold(ctx, tx, actor.Workspace, id); err != nil {
			return err
		}
		if !archived {
			_, err := tx.Exec(ctx, "update surveys set archived_at = null where id = $1", id)
			return err
		}
		if _, err := tx.Exec(ctx, "delete from survey_rules where survey_id = $1", id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update surveys set archived_at = coalesce(archived_at, $2) where id = $1", id, tx.Now())
		return err
	})
	if err != nil {
		return Survey{}, fmt.Errorf("archive survey: %w", err)
	}
	return r.Get(ctx, actor.Workspace, id)
}

// Delete removes a survey that was never sent. It needs edit in the area automation and fails with NotFound, and with Conflict
// "survey.used": one that was sent is archived instead.
func (r *Room) Delete(ctx context.Context, actor account.Actor, id db.ID) error {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := hold(ctx, tx, actor.Workspace, id); err != nil {
			return err
		}
		sent, err := db.One[int](ctx, tx, "select count(*) from survey_sendings where survey_id = $1", id)
		if err != nil {
			return fmt.Errorf("delete survey: %w", err)
		}
		if sent > 0 {
			return fault.New(fault.Conflict, "survey.used", "This survey was sent already. Archive it instead.")
		}
		for _, text := range []string{"delete from survey_rules where survey_id = $1", "delete from survey_plans where survey_id = $1", "delete from surveys where id = $1"} {
			if _, err := tx.Exec(ctx, text, id); err != nil {
				return fmt.Errorf("delete survey: %w", err)
			}
		}
		return nil
	})
}

// Try makes one step of a survey with settings that need not be saved: what it would do. It fails with Invalid on the field at fault
// and changes nothing.
func (r *Room) Try(s Settings, state State, in Input) (Turn, error) {
	if err := s.check(); err != nil {
		return Turn{}, err
	}
	n := 0
	s.nameQuestions(Settings{}, func() string { n++; return fmt.Sprintf("new%d", n) })
	in.Key = "try"
	return s.Step(state, in), nil
}
