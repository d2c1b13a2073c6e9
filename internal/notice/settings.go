package notice

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// Settings are how a person wants to be told.
type Settings struct {
	Assigned  bool  `json:"assigned"`
	Mentioned bool  `json:"mentioned"`
	Answered  bool  `json:"answered"`
	Sound     *bool `json:"sound,omitempty" doc:"what is told is heard as well; left out: as the number says"`
	QuietOpen bool  `json:"quiet_open" doc:"nothing about the conversation that is open in front"`
	PushText  bool  `json:"push_text" doc:"what is pushed to a device repeats what the customer wrote; it is shown on locked screens"`
	QuietFrom int64 `json:"quiet_since" doc:"do not disturb since, Unix milliseconds; 0: not"`
	QuietTill int64 `json:"quiet_until" doc:"do not disturb until, Unix milliseconds; 0 with quiet_since set: until switched off"`
}

// usual is what applies to who chose nothing.
var usual = Settings{Assigned: true, Mentioned: true, Answered: true, QuietOpen: true}

func (s Settings) wants(kind string) bool {
	switch kind {
	case Assigned:
		return s.Assigned
	case Mentioned:
		return s.Mentioned
	case Answered:
		return s.Answered
	}
	return true
}

// disturbs tells whether the person may be disturbed at a time in Unix milliseconds.
func (s Settings) disturbs(now int64) bool {
	return s.QuietFrom == 0 || s.QuietTill > 0 && now >= s.QuietTill
}

// SettingsOf gives the settings of a person.
func (r *Room) SettingsOf(ctx context.Context, actor account.Actor) (Settings, error) {
	if err := mustBePerson(actor); err != nil {
		return Settings{}, err
	}
	all, err := settingsOf(ctx, r.d, actor.Workspace, []db.ID{actor.User})
	return all(actor.User), err
}

// settingsOf gives a function from people to their settings, read with one query.
func settingsOf(ctx context.Context, q db.Querier, workspace db.ID, users []db.ID) (func(db.ID) Settings, error) {
	rows, err := db.All[struct {
		User db.ID  `db:"user_id"`
		Text string `db:"settings_json"`
	}](ctx, q, "select user_id, settings_json from notice_settings where workspace_id = $1 and user_id in ({ids:$2})", workspace, db.IDs(users))
	found := map[db.ID]Settings{}
	for _, row := range rows {
		one := usual
		if err := json.Unmarshal([]byte(row.Text), &one); err != nil {
			return nil, fmt.Errorf("notice settings of user %d: %w", row.User, err)
		}
		found[row.User] = one
	}
	return func(user db.ID) Settings {
		if one, chosen := found[user]; chosen {
			return one
		}
		return usual
	}, err
}

// Set keeps the settings of a person. It fails with Forbidden "attention.sound" for another choice of sound than the one that is kept,
// where no number lets people choose.
func (r *Room) Set(ctx context.Context, actor account.Actor, s Settings) error {
	if err := mustBePerson(actor); err != nil {
		return err
	}
	before, err := r.SettingsOf(ctx, actor)
	if err != nil {
		return err
	}
	if s.Sound != nil && (before.Sound == nil || *before.Sound != *s.Sound) {
		own, err := r.SoundOwn(ctx, actor.Workspace)
		if err != nil {
			return err
		}
		if !own {
			return fault.New(fault.Forbidden, "attention.sound", "Your company decides what is heard.").On("sound")
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into notice_settings (workspace_id, user_id, settings_json) values ($1, $2, $3)
			on conflict (workspace_id, user_id) do update set settings_json = excluded.settings_json`, actor.Workspace, actor.User, string(text))
		return err
	})
}
