package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/publicnet"
	"recado/internal/template"
)

// Bot is the chatbot of a number.
type Bot struct {
	Inbox      db.ID
	Settings   Settings
	Version    int64 // one more with every edit; 0: never set up
	EditedBy   db.ID // a user; 0: the house itself
	EditedName string
	UpdatedAt  int64 // Unix milliseconds
}

// Room keeps the bots of all workspaces. It is safe for many goroutines.
type Room struct {
	d             *db.DB
	conversations *conversation.Room
	inboxes       *inbox.Room
	outside       Outside
	client        *publicnet.Client
	tokens        tokens
}

// Outside is what bots reach beside the conversation.
type Outside struct {
	Log       *event.Log
	Contacts  *contact.Room
	Templates *template.Room
	Jobs      *job.Room
	Sealer    *inbox.Sealer
	Rules     publicnet.Rules // of the addresses flows may ask; a Timeout of 0 means 20 s for a brain, and 10 s for another system in any case
}

// New makes the room and names its work. Jobs.Run comes later.
func New(d *db.DB, conversations *conversation.Room, inboxes *inbox.Room, outside Outside) *Room {
	if outside.Rules.Timeout == 0 {
		outside.Rules.Timeout = brainTimeout
	}
	r := &Room{d: d, conversations: conversations, inboxes: inboxes, outside: outside, client: outside.Rules.Client()}
	outside.Jobs.Register(CallKind, r.call, job.Work{Timeout: 3 * brainTimeout})
	return r
}

type botRow struct {
	Inbox       db.ID  `db:"inbox_id"`
	Flow        db.ID  `db:"flow_id"`
	Enabled     int    `db:"enabled"`
	Language    string `db:"language"`
	Greeting    string `db:"greeting"`
	Return      string `db:"return_greeting"`
	ReturnHours int64  `db:"return_hours"`
	FAQ         string `db:"faq_json"`
	CentreOn    int    `db:"centre_on"`
	MenuText    string `db:"menu_text"`
	Menu        string `db:"menu_json"`
	Before      string `db:"handoff_text"`
	After       string `db:"after_text"`
	Links       string `db:"links_json"`
	Version     int64  `db:"version"`
	EditedBy    db.ID  `db:"edited_by"`
	EditedName  string `db:"edited_name"`
	UpdatedAt   int64  `db:"updated_at"`
}

const botsOf = `select inbox_id, flow_id, enabled, language, greeting, return_greeting, return_hours, faq_json, centre_on, menu_text, menu_json, handoff_text, after_text,
	links_json, version, edited_by, edited_name, updated_at from bots where workspace_id = $1 and inbox_id in ({ids:$2})`

func (row botRow) bot() (Bot, error) {
	s := Settings{Flow: row.Flow, Enabled: row.Enabled == 1, Language: row.Language, Greeting: Greeting{First: row.Greeting, Return: row.Return, ReturnHours: row.ReturnHours},
		Queues: Centre{On: row.CentreOn == 1, Text: row.MenuText, Options: []Option{}}, Service: Service{Before: row.Before, After: row.After}}
	for text, to := range map[*string]any{&row.FAQ: &s.FAQ, &row.Menu: &s.Queues.Options, &row.Links: &s.Links} {
		if err := json.Unmarshal([]byte(*text), to); err != nil {
			return Bot{}, fmt.Errorf("bot of number %d: %w", row.Inbox, err)
		}
	}
	if s.FAQ.Questions == nil {
		s.FAQ.Questions = []Question{}
	}
	return Bot{Inbox: row.Inbox, Settings: s, Version: row.Version, EditedBy: row.EditedBy, EditedName: row.EditedName, UpdatedAt: row.UpdatedAt}, nil
}

// Get gives the chatbot of a number. One that was never set up is switched off and has the words of Defaults in the workspace's
// language. It fails with NotFound for a number of elsewhere.
func (r *Room) Get(ctx context.Context, workspace, number db.ID) (Bot, error) {
	found, err := r.GetIn(ctx, r.d, workspace, number)
	if b, known := found[number]; known || err != nil {
		return b, err
	}
	return Bot{}, fault.New(fault.NotFound, "inbox.not_found", "There is no such number.")
}

// GetIn gives the chatbots of numbers as Get does, read through q. Numbers of elsewhere are missing in the answer.
func (r *Room) GetIn(ctx context.Context, q db.Querier, workspace db.ID, numbers ...db.ID) (map[db.ID]Bot, error) {
	boxes, err := r.inboxes.GetIn(ctx, q, workspace, numbers...)
	if err != nil {
		return nil, err
	}
	found, err := load(ctx, q, workspace, boxes)
	if err != nil || len(found) == len(boxes) {
		return found, err
	}
	language, err := localeOf(ctx, q, workspace)
	if err != nil {
		return nil, err
	}
	for id, box := range boxes {
		if _, set := found[id]; !set {
			b := Bot{Inbox: id, Settings: Defaults(language)}
			b.Settings.of(box)
			found[id] = b
		}
	}
	return found, nil
}

func localeOf(ctx context.Context, q db.Querier, workspace db.ID) (string, error) {
	locale, err := db.One[string](ctx, q, "select locale from workspaces where id = $1", workspace)
	if err != nil {
		return "", fmt.Errorf("language of workspace %d: %w", workspace, err)
	}
	return locale, nil
}

// List gives the chatbots that were set up in a workspace, by number.
func (r *Room) List(ctx context.Context, workspace db.ID) (map[db.ID]Bot, error) {
	all, err := r.inboxes.List(ctx, workspace)
	if err != nil {
		return nil, err
	}
	boxes := make(map[db.ID]inbox.Inbox, len(all))
	for _, box := range all {
		boxes[box.ID] = box
	}
	return load(ctx, r.d, workspace, boxes)
}

// of takes over what the number itself knows.
func (s *Settings) of(box inbox.Inbox) {
	s.Meets, s.DefaultQueue = box.FirstResponder == inbox.FirstBot, box.DefaultQueue
}

func load(ctx context.Context, q db.Querier, workspace db.ID, boxes map[db.ID]inbox.Inbox) (map[db.ID]Bot, error) {
	ids := make([]db.ID, 0, len(boxes))
	for id := range boxes {
		ids = append(ids, id)
	}
	rows, err := db.All[botRow](ctx, q, botsOf, workspace, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("bots: %w", err)
	}
	found := make(map[db.ID]Bot, len(rows))
	for _, row := range rows {
		b, err := row.bot()
		if err != nil {
			return nil, err
		}
		b.Settings.of(boxes[row.Inbox])
		found[row.Inbox] = b
	}
	return found, nil
}

const save = `insert into bots (workspace_id, inbox_id, enabled, language, greeting, return_greeting, return_hours, faq_json, centre_on, menu_text, menu_json,
		handoff_text, after_text, links_json, version, edited_by, edited_name, updated_at, flow_id)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
	on conflict (inbox_id) do update set enabled = excluded.enabled, language = excluded.language, greeting = excluded.greeting,
	return_greeting = excluded.return_greeting, return_hours = excluded.return_hours, faq_json = excluded.faq_json, centre_on = excluded.centre_on,
	menu_text = excluded.menu_text, menu_json = excluded.menu_json, handoff_text = excluded.handoff_text, after_text = excluded.after_text,
	links_json = excluded.links_json, version = excluded.version, edited_by = excluded.edited_by, edited_name = excluded.edited_name,
	updated_at = excluded.updated_at, flow_id = excluded.flow_id where bots.workspace_id = excluded.workspace_id`

// Save sets up the chatbot of a number and gives it as it was kept. seen is the version its author saw; -1: whatever it is.
// It needs edit in the area automation and fails with NotFound for a number of elsewhere, with Invalid on the field at fault, and
// with Conflict "bot.edited" when somebody else saved meanwhile. Conversations in it already go on with the new words.
func (r *Room) Save(ctx context.Context, actor account.Actor, number db.ID, s Settings, seen int64) (b Bot, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		b, err = r.SaveIn(ctx, tx, actor, number, s, seen)
		return err
	})
	return b, err
}

// SaveIn is Save inside a transaction.
func (r *Room) SaveIn(ctx context.Context, tx *db.Tx, actor account.Actor, number db.ID, s Settings, seen int64) (Bot, error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Bot{}, err
	}
	change := inbox.Change{DefaultQueue: &s.DefaultQueue, FirstResponder: s.first()}
	box, err := r.inboxes.UpdateIn(ctx, tx, actor.Workspace, number, change) // holds the number: edits come one after another
	if err != nil {
		return Bot{}, err
	}
	found, err := load(ctx, tx, actor.Workspace, map[db.ID]inbox.Inbox{number: box})
	if err != nil {
		return Bot{}, err
	}
	before := found[number]
	if err := before.stale(seen, actor, tx.Now()); err != nil {
		return Bot{}, err
	}
	known, err := queuesIn(ctx, tx, actor.Workspace)
	if err != nil {
		return Bot{}, err
	}
	if err := s.check(known); err != nil {
		return Bot{}, err
	}
	if err := published(ctx, tx, actor.Workspace, s.Flow); err != nil {
		return Bot{}, err
	}
	s.nameQuestions(func(int) string { return tx.NewID().String() })
	b := Bot{Inbox: number, Settings: s, Version: before.Version + 1, EditedBy: actor.User, EditedName: actor.Name, UpdatedAt: tx.Now()}
	return b, b.store(ctx, tx, actor.Workspace)
}

func (b Bot) store(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	s, texts := b.Settings, [3]string{}
	for i, value := range []any{s.FAQ, s.Queues.Options, s.Links} {
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("bot: %w", err)
		}
		texts[i] = string(text)
	}
	_, err := tx.Exec(ctx, save, workspace, b.Inbox, db.Bit(s.Enabled), s.Language, s.Greeting.First, s.Greeting.Return, s.Greeting.ReturnHours, texts[0],
		db.Bit(s.Queues.On), s.Queues.Text, texts[1], s.Service.Before, s.Service.After, texts[2], b.Version, b.EditedBy, b.EditedName, b.UpdatedAt, s.Flow)
	if err != nil {
		return fmt.Errorf("save bot: %w", err)
	}
	return nil
}

// published refuses a flow that cannot be begun with.
func published(ctx context.Context, q db.Querier, workspace, id db.ID) error {
	if id == 0 {
		return nil
	}
	n, err := db.One[int](ctx, q, "select count(*) from flows where id = $1 and workspace_id = $2 and published > 0", id, workspace)
	if err != nil {
		return fmt.Errorf("flow of a number: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Invalid, "flow.no_flow", "Choose a flow that is published.").On("flow_id")
	}
	return nil
}

// first says who meets a new ticket: a bot that is switched off gives everybody on at once.
func (s Settings) first() *string {
	first := inbox.FirstQueue
	if s.Meets {
		first = inbox.FirstBot
	}
	return &first
}

// stale refuses an edit of somebody who did not see the last one.
func (b Bot) stale(seen int64, actor account.Actor, now int64) error {
	if seen < 0 || seen == b.Version {
		return nil
	}
	code, message := "bot.edited", "%s changed this chatbot meanwhile."
	if b.EditedBy == actor.User && actor.User != 0 {
		code, message = "bot.edited_self", "%s, you changed this chatbot in another window."
	}
	return fault.New(fault.Conflict, code, message, b.EditedName).With("name", b.EditedName).With("count", max(1, (now-b.UpdatedAt)/60_000)).With("version", b.Version)
}

var questionID = regexp.MustCompile(`^[0-9a-z]{1,20}$`)

// KeepQuestions gives a question that has no id the one it has in other settings, where it is asked in the same words.
func (s *Settings) KeepQuestions(before Settings) {
	for i := range s.FAQ.Questions {
		q := &s.FAQ.Questions[i]
		at := slices.IndexFunc(before.FAQ.Questions, func(old Question) bool { return old.Question == strings.TrimSpace(q.Question) })
		if q.ID == "" && at >= 0 {
			q.ID = before.FAQ.Questions[at].ID
		}
	}
}

// nameQuestions gives an id to every question that has none of its own.
func (s *Settings) nameQuestions(id func(i int) string) {
	taken := map[string]bool{}
	for i := range s.FAQ.Questions {
		q := &s.FAQ.Questions[i]
		if !questionID.MatchString(q.ID) || taken[q.ID] {
			q.ID = id(i)
		}
		taken[q.ID] = true
	}
}

// Try makes one step of a chatbot with settings that need not be saved: what it would say. It fails as Save does with settings that
// are wrong, changes nothing and asks no permission.
func (r *Room) Try(ctx context.Context, workspace, number db.ID, s Settings, state State, in Input) (Turn, error) {
	box, err := r.inboxes.Get(ctx, workspace, number)
	if err != nil {
		return Turn{}, err
	}
	known, err := queuesIn(ctx, r.d, workspace)
	if err != nil {
		return Turn{}, err
	}
	if err := s.check(known); err != nil {
		return Turn{}, err
	}
	s.nameQuestions(func(i int) string { return fmt.Sprintf("new%d", i) })
	in.Number, in.Menus = box.Label, showsMenus(box.Channel)
	return s.alive(known).Step(state, in), nil
}

func queuesIn(ctx context.Context, q db.Querier, workspace db.ID) (map[db.ID]bool, error) {
	ids, err := db.All[db.ID](ctx, q, "select id from queues where workspace_id = $1", workspace)
	if err != nil {
		return nil, fmt.Errorf("queues: %w", err)
	}
	known := make(map[db.ID]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	return known, nil
}
