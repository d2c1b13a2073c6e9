package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// Bot is what a number says by itself.
type Bot struct {
	Inbox       db.ID
	Enabled     bool
	Greeting    string // "": none
	MenuText    string // above the options; "": the greeting stands there
	MenuButton  string // opens the list when there are more than three options; at most 20 characters
	Menu        []Option
	HandoffText string // "": none
	UpdatedAt   int64  // Unix milliseconds
}

// Option is one choice of a menu: it leads to a queue.
type Option struct {
	Queue db.ID  `json:"queue_id"`
	Title string `json:"title"` // at most 20 characters with up to three options, else 24
}

// Room keeps the bots of all workspaces. It is safe for many goroutines.
type Room struct {
	d             *db.DB
	conversations *conversation.Room
	inboxes       *inbox.Room
}

// New makes the room.
func New(d *db.DB, conversations *conversation.Room, inboxes *inbox.Room) *Room {
	return &Room{d: d, conversations: conversations, inboxes: inboxes}
}

type botRow struct {
	Inbox       db.ID  `db:"inbox_id"`
	Enabled     int    `db:"enabled"`
	Greeting    string `db:"greeting"`
	MenuText    string `db:"menu_text"`
	MenuButton  string `db:"menu_button"`
	Menu        string `db:"menu_json"`
	HandoffText string `db:"handoff_text"`
	UpdatedAt   int64  `db:"updated_at"`
}

const botsOf = `select inbox_id, enabled, greeting, menu_text, menu_button, menu_json, handoff_text, updated_at from bots
	where workspace_id = $1 and inbox_id in ({ids:$2})`

// Get gives the bot of a number; one that was never set up is switched off and says nothing.
func (r *Room) Get(ctx context.Context, workspace, inbox db.ID) (Bot, error) {
	found, err := load(ctx, r.d, workspace, []db.ID{inbox})
	if b, ok := found[inbox]; ok {
		return b, err
	}
	return Bot{Inbox: inbox, Menu: []Option{}}, err
}

func load(ctx context.Context, q db.Querier, workspace db.ID, inboxes []db.ID) (map[db.ID]Bot, error) {
	rows, err := db.All[botRow](ctx, q, botsOf, workspace, db.IDs(inboxes))
	if err != nil {
		return nil, fmt.Errorf("bots: %w", err)
	}
	found := make(map[db.ID]Bot, len(rows))
	for _, row := range rows {
		b := Bot{Inbox: row.Inbox, Enabled: row.Enabled == 1, Greeting: row.Greeting, MenuText: row.MenuText, MenuButton: row.MenuButton, Menu: []Option{},
			HandoffText: row.HandoffText, UpdatedAt: row.UpdatedAt}
		if err := json.Unmarshal([]byte(row.Menu), &b.Menu); err != nil {
			return nil, fmt.Errorf("menu of bot %d: %w", row.Inbox, err)
		}
		found[row.Inbox] = b
	}
	return found, nil
}

const save = `insert into bots (workspace_id, inbox_id, enabled, greeting, menu_text, menu_button, menu_json, handoff_text, updated_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (inbox_id) do update set enabled = excluded.enabled, greeting = excluded.greeting,
	menu_text = excluded.menu_text, menu_button = excluded.menu_button, menu_json = excluded.menu_json, handoff_text = excluded.handoff_text,
	updated_at = excluded.updated_at where bots.workspace_id = excluded.workspace_id`

// Save sets up the bot of a number. It needs edit in the area automation and fails with NotFound for a number of elsewhere, or
// with Invalid on the field at fault. Tickets it holds already go on with the new words.
func (r *Room) Save(ctx context.Context, actor account.Actor, b Bot) error {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return err
	}
	if _, err := r.inboxes.Get(ctx, actor.Workspace, b.Inbox); err != nil {
		return err
	}
	if b.Menu == nil {
		b.Menu = []Option{}
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		known, err := queuesIn(ctx, tx, actor.Workspace)
		if err != nil {
			return err
		}
		if err := b.check(known); err != nil {
			return err
		}
		menu, err := json.Marshal(b.Menu)
		if err != nil {
			return fmt.Errorf("menu: %w", err)
		}
		enabled := 0
		if b.Enabled {
			enabled = 1
		}
		_, err = tx.Exec(ctx, save, actor.Workspace, b.Inbox, enabled, b.Greeting, b.MenuText, b.MenuButton, string(menu), b.HandoffText, tx.Now())
		return err
	})
}

// Bounds of what WhatsApp shows, in characters (whatsapp-cloud-api §2.2).
const (
	maxWords   = 1024 // of a message with a menu
	maxOptions = 10
	maxButtons = 3 // more options than that are a list
	maxButton  = 20
	maxRow     = 24
)

func (b Bot) check(queues map[db.ID]bool) error {
	for field, text := range map[string]string{"greeting": b.Greeting, "menu_text": b.MenuText, "handoff_text": b.HandoffText} {
		if utf8.RuneCountInString(text) > maxWords {
			return tooLong(field, maxWords)
		}
	}
	if utf8.RuneCountInString(b.MenuButton) > maxButton {
		return tooLong("menu_button", maxButton)
	}
	if len(b.Menu) > maxOptions {
		return fault.New(fault.Invalid, "bot.options", "A menu has at most %d options.", maxOptions).On("menu").With("limit", maxOptions)
	}
	if len(b.Menu) > 0 && strings.TrimSpace(b.MenuText) == "" && strings.TrimSpace(b.Greeting) == "" {
		return fault.New(fault.Invalid, "bot.menu_text", "A menu needs words above its options.").On("menu_text")
	}
	limit, seen := maxButton, map[string]bool{}
	if len(b.Menu) > maxButtons {
		limit = maxRow
	}
	for i, o := range b.Menu {
		title, field := strings.TrimSpace(o.Title), fmt.Sprintf("menu.%d.title", i)
		switch {
		case title == "" || seen[fold(title)]:
			return fault.New(fault.Invalid, "bot.title", "Every option needs a title of its own.").On(field)
		case utf8.RuneCountInString(title) > limit:
			return tooLong(field, limit)
		case !queues[o.Queue]:
			return fault.New(fault.Invalid, "bot.queue", "There is no such queue.").On(fmt.Sprintf("menu.%d.queue_id", i))
		}
		seen[fold(title)] = true
	}
	return nil
}

func tooLong(field string, limit int) error {
	return fault.New(fault.Invalid, "bot.too_long", "The text has more than %d characters.", limit).On(field).With("limit", limit)
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
