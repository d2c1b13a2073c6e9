package inbox

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// Attention is where the service of a number is set apart from the company's (B170). What is nil is as the company. Its names are
// those of conversation.ClosingRules and routing.Attention, which say what each means and check it.
type Attention struct {
	NoteMode      *string   `json:"note_mode,omitempty" enum:"off,optional,category,category_summary"`
	Results       *[]string `json:"results,omitempty" maxItems:"100"`
	Categories    *[]string `json:"categories,omitempty" maxItems:"100"`
	TagsRequired  *bool     `json:"tags_required,omitempty"`
	Assignee      *string   `json:"assignee,omitempty" enum:"unassign,keep,keep_days"`
	KeepDays      *int64    `json:"keep_days,omitempty"`
	AnswerMinutes *int64    `json:"answer_minutes,omitempty"`
	Unanswered    *string   `json:"unanswered,omitempty" enum:"queue,online"`

	SilenceMinutes *int64  `json:"silence_minutes,omitempty"`
	SilenceText    *string `json:"silence_text,omitempty" maxLength:"4096"`
	SilenceClose   *int64  `json:"silence_close,omitempty"`
	SilenceResult  *string `json:"silence_result,omitempty" maxLength:"200"`
	AgentMinutes   *int64  `json:"agent_minutes,omitempty"`
	AgentText      *string `json:"agent_text,omitempty" maxLength:"4096"`
	AgentBack      *bool   `json:"agent_back,omitempty"`

	TransferAgents  *bool  `json:"transfer_agents,omitempty"`
	TransferQueues  *bool  `json:"transfer_queues,omitempty"`
	TransferNumbers *bool  `json:"transfer_numbers,omitempty"`
	Active          *bool  `json:"active,omitempty"`
	ActivePeople    *int64 `json:"active_people,omitempty"`
	Sound           *bool  `json:"sound,omitempty"`
	SoundOwn        *bool  `json:"sound_own,omitempty"`
}

// How many people an agent writes to first in one go: at most, and where nobody chose.
const (
	MaxActivePeople   = 200
	UsualActivePeople = 15
)

// OwnAttention is what a number has of its own, and who last changed it.
type OwnAttention struct {
	Inbox      db.ID
	Version    int64 // one more with every change; 0: never changed
	Own        Attention
	EditedBy   db.ID // a user; 0: the house itself
	EditedName string
	UpdatedAt  int64 // Unix milliseconds
}

type ownRow struct {
	Inbox      db.ID  `db:"inbox_id"`
	Version    int64  `db:"version"`
	Text       string `db:"own_json"`
	EditedBy   db.ID  `db:"edited_by"`
	EditedName string `db:"edited_name"`
	UpdatedAt  int64  `db:"updated_at"`
}

const ownOf = `select i.id as inbox_id, coalesce(a.version, 0) as version, coalesce(a.own_json, '{}') as own_json, a.edited_by,
	coalesce(a.edited_name, '') as edited_name, coalesce(a.updated_at, 0) as updated_at
	from inboxes i left join inbox_attention a on a.inbox_id = i.id where i.workspace_id = $1 and i.id in ({ids:$2})`

// AttentionIn gives what numbers have of their own, read through q. Those unknown or of another workspace are missing in the answer.
func (r *Room) AttentionIn(ctx context.Context, q db.Querier, workspace db.ID, ids ...db.ID) (map[db.ID]OwnAttention, error) {
	rows, err := db.All[ownRow](ctx, q, ownOf, workspace, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("attention of numbers: %w", err)
	}
	found := make(map[db.ID]OwnAttention, len(rows))
	for _, row := range rows {
		own := OwnAttention{Inbox: row.Inbox, Version: row.Version, EditedBy: row.EditedBy, EditedName: row.EditedName, UpdatedAt: row.UpdatedAt}
		if err := json.Unmarshal([]byte(row.Text), &own.Own); err != nil {
			return nil, fmt.Errorf("attention of inbox %d: %w", row.Inbox, err)
		}
		found[row.Inbox] = own
	}
	return found, nil
}

const keepOwn = `insert into inbox_attention (inbox_id, workspace_id, version, own_json, edited_by, edited_name, updated_at) values ($1, $2, $3, $4, $5, $6, $7)
	on conflict (inbox_id) do update set version = excluded.version, own_json = excluded.own_json, edited_by = excluded.edited_by,
	edited_name = excluded.edited_name, updated_at = excluded.updated_at where inbox_attention.workspace_id = excluded.workspace_id`

// SetAttentionIn keeps what a number has of its own, whose row it holds, and gives it as it is kept. seen is the version its author
// saw; -1: whatever it is. It checks no value: routing.SetOwnAttention does. It fails with NotFound, or with Conflict
// "attention.edited" when somebody else saved meanwhile.
func (r *Room) SetAttentionIn(ctx context.Context, tx *db.Tx, actor account.Actor, number db.ID, own Attention, seen int64) (OwnAttention, error) {
	box, err := r.UpdateIn(ctx, tx, actor.Workspace, number, Change{})
	if err != nil {
		return OwnAttention{}, err
	}
	found, err := r.AttentionIn(ctx, tx, actor.Workspace, number)
	if err != nil {
		return OwnAttention{}, err
	}
	before := found[number]
	if seen >= 0 && seen != before.Version {
		return before, fault.New(fault.Conflict, "attention.edited", "%s changed the attention of %s meanwhile.", before.EditedName, box.Label).
			With("name", before.EditedName).With("number", box.Label).With("version", before.Version)
	}
	text, err := json.Marshal(own)
	if err != nil {
		return before, fmt.Errorf("attention: %w", err)
	}
	after := OwnAttention{Inbox: number, Version: before.Version + 1, Own: own, EditedBy: actor.User, EditedName: actor.Name, UpdatedAt: tx.Now()}
	if _, err := tx.Exec(ctx, keepOwn, number, actor.Workspace, after.Version, string(text), after.EditedBy, after.EditedName, after.UpdatedAt); err != nil {
		return before, fmt.Errorf("keep attention: %w", err)
	}
	return after, nil
}

// Which numbers settings are resolved for.
const (
	ByID = "i.id in ({ids:$2})"
	// "distinct" has PostgreSQL read those conversations first, and not all conversations of each number.
	ByConversation = "i.id in (select distinct c.inbox_id from conversations c where c.workspace_id = $1 and c.id in ({ids:$2}))"
	Everywhere     = "i.id not in ({ids:$2})" // all, but for some
)

// Company is the text of the company's settings of service, of one value, where i is a number: what routing.SetAttention keeps.
const Company = "select settings_json from attention where workspace_id = i.workspace_id"

const (
	layersOf = `select %s as id, coalesce((%s), '') as company, coalesce(a.own_json, '') as own from inboxes i
		left join inbox_attention a on a.inbox_id = i.id %s where i.workspace_id = $1 and %s`
	talksAt = "join conversations c on c.inbox_id = i.id and c.workspace_id = i.workspace_id"
	inTalks = "c.id in ({ids:$2})"
)

// Resolve gives settings of service as they hold for numbers: defaults, over them the company's, over those the number's own. It is
// one query. company is a subselect such as Company; which is one of the constants above, of the ids.
func Resolve[T any](ctx context.Context, q db.Querier, company, which string, defaults func() T, workspace db.ID, ids ...db.ID) (map[db.ID]T, error) {
	return layered(ctx, q, fmt.Sprintf(layersOf, "i.id", company, "", which), defaults, workspace, ids)
}

// ResolveIn gives settings of service, kept with the company's, as they hold in conversations, by conversation. It is one query.
func ResolveIn[T any](ctx context.Context, q db.Querier, defaults func() T, workspace db.ID, conversations ...db.ID) (map[db.ID]T, error) {
	return layered(ctx, q, fmt.Sprintf(layersOf, "c.id", Company, talksAt, inTalks), defaults, workspace, conversations)
}

func layered[T any](ctx context.Context, q db.Querier, text string, defaults func() T, workspace db.ID, ids []db.ID) (map[db.ID]T, error) {
	rows, err := db.All[struct {
		ID      db.ID  `db:"id"`
		Company string `db:"company"`
		Own     string `db:"own"`
	}](ctx, q, text, workspace, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("settings of service: %w", err)
	}
	out := make(map[db.ID]T, len(rows))
	for _, row := range rows {
		if out[row.ID], err = Layered(defaults(), row.Company, row.Own); err != nil {
			return nil, fmt.Errorf("settings of %d: %w", row.ID, err)
		}
	}
	return out, nil
}

// OfCompany gives settings of service as the company has them, read through q.
func OfCompany[T any](ctx context.Context, q db.Querier, defaults func() T, workspace db.ID) (T, error) {
	text, err := db.One[string](ctx, q, "select settings_json from attention where workspace_id = $1", workspace)
	if err != nil && !db.None(err) {
		return defaults(), fmt.Errorf("attention: %w", err)
	}
	out, err := Layered(defaults(), text)
	if err != nil {
		return out, fmt.Errorf("attention of workspace %d: %w", workspace, err)
	}
	return out, nil
}

// Layered reads texts of JSON over a value: what a text does not name stays. An empty text names nothing.
func Layered[T any](value T, texts ...string) (T, error) {
	for _, text := range texts {
		if text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			return value, err
		}
	}
	return value, nil
}
