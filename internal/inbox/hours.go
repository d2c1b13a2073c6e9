package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/hours"
)

// Hours is when people answer on a number, by the clocks of its time zone.
type Hours struct {
	Inbox    db.ID  `json:"-"`
	Version  int64  `json:"-"` // one more with every change; 0: never changed
	TimeZone string `json:"-"` // IANA name, the number's
	hours.Schedule
	Unavailable Unavailable `json:"unavailable"`
}

// Unavailable is what a person is told whose ticket opens when nobody answers.
type Unavailable struct {
	On       bool   `json:"on"`
	Text     string `json:"text" doc:"empty: the words of the house, in the workspace's language"`
	Notify   bool   `json:"notify,omitempty" doc:"who asks for it is told of the next opening, by a template"`
	Language string `json:"language,omitempty" maxLength:"15" doc:"of that template: es, pt_BR, en_US"`
}

// languageCode is a language as a provider writes it.
var languageCode = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)

// MaxUnavailable is how many characters the text of Unavailable can have.
const MaxUnavailable = 1024

// Clock makes the hours ready to be asked.
func (h *Hours) Clock() (*hours.Clock, error) {
	zone, err := time.LoadLocation(h.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone of inbox %d: %w", h.Inbox, err)
	}
	return h.Schedule.Clock(zone)
}

// Due is when people have answered for so many minutes, counted from a time in Unix milliseconds: what nobody could do is not counted.
// It is 0 when they never answer.
func (h *Hours) Due(at, minutes int64) (int64, error) {
	long := time.Duration(minutes) * time.Minute
	if h.Always {
		return at + long.Milliseconds(), nil
	}
	clock, err := h.Clock()
	if err != nil {
		return 0, err
	}
	end, found := clock.After(time.UnixMilli(at), long)
	if !found {
		return 0, nil
	}
	return end.UnixMilli(), nil
}

type hoursRow struct {
	Inbox    db.ID  `db:"id"`
	Version  int64  `db:"version"`
	TimeZone string `db:"time_zone"`
	Text     string `db:"hours_json"`
}

const hoursOf = `select i.id, i.time_zone, coalesce(h.version, 0) as version, coalesce(h.hours_json, '') as hours_json
	from inboxes i left join inbox_hours h on h.inbox_id = i.id where i.workspace_id = $1 and i.id in ({ids:$2})`

// HoursIn gives the hours of numbers, read through q; a number nobody set answers always. Those unknown or of another workspace are
// missing in the answer.
func (r *Room) HoursIn(ctx context.Context, q db.Querier, workspace db.ID, ids ...db.ID) (map[db.ID]Hours, error) {
	rows, err := db.All[hoursRow](ctx, q, hoursOf, workspace, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("hours: %w", err)
	}
	found := make(map[db.ID]Hours, len(rows))
	for _, row := range rows {
		h := Hours{Schedule: hours.Default()}
		if row.Text != "" {
			h = Hours{}
			if err := json.Unmarshal([]byte(row.Text), &h); err != nil {
				return nil, fmt.Errorf("hours of inbox %d: %w", row.Inbox, err)
			}
		}
		h.Inbox, h.Version, h.TimeZone = row.Inbox, row.Version, row.TimeZone
		found[row.Inbox] = h
	}
	return found, nil
}

// Hours gives the hours of one number. It fails with NotFound.
func (r *Room) Hours(ctx context.Context, workspace, id db.ID) (Hours, error) {
	found, err := r.HoursIn(ctx, r.d, workspace, id)
	if h, known := found[id]; known || err != nil {
		return h, err
	}
	return Hours{}, notFound(id)
}

const keepHours = `insert into inbox_hours (workspace_id, inbox_id, version, hours_json, updated_at) values ($1, $2, 1, $3, $4)
	on conflict (inbox_id) do update set version = inbox_hours.version + 1, hours_json = excluded.hours_json, updated_at = excluded.updated_at`

// SetHours keeps the hours of h.Inbox with its time zone and gives them as they are kept. h.Version is the one that was seen: when
// somebody made another meanwhile it fails with Conflict. It needs edit in the area settings, and fails with NotFound, or with
// Invalid on the field at fault.
func (r *Room) SetHours(ctx context.Context, actor account.Actor, h Hours) (kept Hours, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		kept, err = r.SetHoursIn(ctx, tx, actor, h)
		return err
	})
	return kept, err
}

// SetHoursIn is SetHours inside a transaction. A Version of -1 changes whatever there is.
func (r *Room) SetHoursIn(ctx context.Context, tx *db.Tx, actor account.Actor, h Hours) (Hours, error) {
	if err := actor.Can(account.Settings, account.Edit); err != nil {
		return h, err
	}
	if err := h.check(); err != nil {
		return h, err
	}
	text, err := json.Marshal(h)
	if err != nil {
		return h, fmt.Errorf("hours: %w", err)
	}
	// Writing the number first lets one change of its hours wait for the other.
	box, err := db.One[Inbox](ctx, tx, "update inboxes set time_zone = $3 where workspace_id = $1 and id = $2 returning "+columns, actor.Workspace, h.Inbox, h.TimeZone)
	if db.None(err) {
		return h, notFound(h.Inbox)
	}
	if err != nil {
		return h, fmt.Errorf("time zone of inbox: %w", err)
	}
	before, err := r.HoursIn(ctx, tx, actor.Workspace, h.Inbox)
	if err != nil {
		return h, err
	}
	if h.Version >= 0 && before[h.Inbox].Version != h.Version {
		return h, fault.New(fault.Conflict, "hours.changed", "Somebody changed these hours meanwhile. Load them again.")
	}
	h.Version = before[h.Inbox].Version + 1
	if _, err = tx.Exec(ctx, keepHours, actor.Workspace, h.Inbox, string(text), tx.Now()); err != nil {
		return h, fmt.Errorf("keep hours: %w", err)
	}
	return h, r.tell(ctx, tx, actor.Workspace, ChangedFact{Inbox: h.Inbox, Status: box.Status, Quality: box.Quality})
}

func (h *Hours) check() error {
	if err := (Inbox{Label: "x", FirstResponder: FirstQueue, TimeZone: h.TimeZone}).check(); err != nil {
		return err
	}
	h.Unavailable.Text = strings.TrimSpace(h.Unavailable.Text)
	if utf8.RuneCountInString(h.Unavailable.Text) > MaxUnavailable {
		return fault.New(fault.Invalid, "bot.too_long", "The text has more than %d characters.", MaxUnavailable).On("unavailable.text").With("limit", MaxUnavailable)
	}
	if h.Unavailable.Notify && !languageCode.MatchString(h.Unavailable.Language) {
		return fault.New(fault.Invalid, "hours.language", "Choose the language of the message that tells of the opening.").On("unavailable.language")
	}
	return h.Check()
}
