package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// house is a number with a bot and two queues. Routing is played by the test: it opens the ticket.
type house struct {
	t                     *testing.T
	d                     *db.DB
	room                  *bot.Room
	conversations         *conversation.Room
	inboxes               *inbox.Room
	log                   *event.Log
	workspace, number     db.ID
	sales, support, other db.ID // queues; other is the number's default
	at                    int64 // the last fact told
	serial                int
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	ctx := context.Background()
	log := event.NewLog(d, event.NewBell(d))
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	must(t, err)
	inboxes := inbox.New(d, log, sealer)
	workspace, err := account.New(d, log).CreateWorkspace(ctx, "Tienda de prueba", "es")
	must(t, err)
	conversations := conversation.New(d, log, contact.New(d, log), inboxes)
	h := &house{t: t, d: d, workspace: workspace.ID, conversations: conversations, inboxes: inboxes, log: log, room: bot.New(d, conversations, inboxes)}
	for name, id := range map[string]*db.ID{"Ventas": &h.sales, "Soporte": &h.support, "Otros": &h.other} {
		h.write(func(ctx context.Context, tx *db.Tx) error {
			*id = tx.NewID()
			_, err := tx.Exec(ctx, "insert into queues (workspace_id, id, name, created_at) values ($1, $2, $3, $4)", h.workspace, *id, name, tx.Now())
			return err
		})
	}
	box, err := inboxes.Create(ctx, inbox.Draft{Workspace: h.workspace, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: "2090010010010011" + h.workspace.String(), Account: "1090010010010010", Token: "token", DefaultQueue: h.other, FirstResponder: inbox.FirstBot})
	must(t, err)
	h.number = box.ID
	return h
}

func (h *house) setup() bot.Bot {
	b := bot.Bot{Inbox: h.number, Enabled: true, Greeting: "¡Hola!", MenuText: "¿Con quién quieres hablar?", MenuButton: "Opciones", HandoffText: "Te paso con el equipo.",
		Menu: []bot.Option{{Queue: h.sales, Title: "Ventas"}, {Queue: h.support, Title: "Sopórte"}}}
	must(h.t, h.room.Save(context.Background(), account.System(h.workspace), b))
	return b
}

func (h *house) write(f func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	must(h.t, h.d.Write(context.Background(), f))
}

// says lets a person write and gives the conversation. The first time a ticket is opened for the bot.
func (h *house) says(phone, words, payload string, at int64) db.ID {
	h.t.Helper()
	h.serial++
	e := channel.Inbound{ExternalID: fmt.Sprintf("wamid.%d", h.serial), At: at, From: []channel.Identity{{Kind: channel.Phone, Value: phone}}, Kind: channel.Text, Text: words}
	if payload != "" {
		e.Kind, e.Content.Payload, e.Content.Title = channel.Button, payload, words
	}
	var id db.ID
	h.write(func(ctx context.Context, tx *db.Tx) error {
		if _, err := h.conversations.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: h.workspace, Inbox: h.number, Event: e}}); err != nil {
			return err
		}
		found, err := db.One[db.ID](ctx, tx, `select c.id from conversations c join identities i on i.contact_id = c.contact_id where c.inbox_id = $1 and i.value = $2`, h.number, phone)
		id = found
		return err
	})
	return id
}

func (h *house) opens(id db.ID) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, _, err := h.conversations.OpenTicketIn(ctx, tx, account.System(h.workspace), conversation.Opening{Conversation: id, Holder: conversation.HolderBot})
		return err
	})
}

// reacts tells the bot all facts since the last time, twice.
func (h *house) reacts() {
	h.t.Helper()
	// The table is read, not the log: on PostgreSQL that hides facts while any transaction of the server is older.
	wanted, err := db.All[event.Event](context.Background(), h.d, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at from events
		where seq > $1 and workspace_id = $2 and kind in ({texts:$3}) order by seq`, h.at, h.workspace, db.Texts(bot.Kinds))
	must(h.t, err)
	if len(wanted) > 0 {
		h.at = wanted[len(wanted)-1].Seq
	}
	for range 2 {
		h.write(func(ctx context.Context, tx *db.Tx) error { return h.room.React(ctx, tx, wanted) })
	}
}

// said gives what the bot said, one line each.
func (h *house) said(id db.ID) string {
	h.t.Helper()
	all, _, err := h.conversations.Messages(context.Background(), h.workspace, id, 0, 100)
	must(h.t, err)
	var lines []string
	for _, m := range all {
		if m.Author.Kind == conversation.AuthorBot && m.Direction == conversation.Out {
			lines = append(lines, m.Kind+": "+m.Text)
		}
	}
	return strings.Join(lines, "\n")
}

func (h *house) row(id db.ID) conversation.Row {
	h.t.Helper()
	row, err := h.conversations.Get(context.Background(), conversation.Everything(h.workspace), id)
	must(h.t, err)
	return row
}

const menu = "text: ¡Hola!\ninteractive: ¿Con quién quieres hablar?"

func TestBot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("a new ticket is greeted with the menu, once however often it is told", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			c := h.says("5531955550001", "hola", "", d.Now())
			h.opens(c)
			h.reacts()
			same(t, "said", h.said(c), menu)
			same(t, "holder", h.row(c).Holder, conversation.HolderBot)
		})

		t.Run("a tapped option, its title or its place hands over to its queue", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			for i, answer := range [][2]string{{"Sopórte", h.support.String()}, {"soporte ", ""}, {"2", ""}} {
				c := h.says(fmt.Sprintf("553195555001%d", i), "hola", "", d.Now())
				h.opens(c)
				h.reacts()
				h.says(fmt.Sprintf("553195555001%d", i), answer[0], answer[1], d.Now())
				h.reacts()
				row := h.row(c)
				same(t, "holder", row.Holder, conversation.HolderQueue)
				same(t, "queue", row.Queue, h.support)
				same(t, "said", h.said(c), menu+"\ntext: Te paso con el equipo.")
				if row.WaitingSince == 0 {
					t.Error("nobody waits although no person answered")
				}
			}
		})

		t.Run("anything else gets the menu once more, then the default queue, and then the bot is silent", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			c := h.says("5531955550021", "hola", "", d.Now())
			h.opens(c)
			h.reacts()
			h.says("5531955550021", "quiero una camisa", "", d.Now())
			h.reacts()
			again := menu + "\ninteractive: ¿Con quién quieres hablar?"
			same(t, "said", h.said(c), again)
			h.says("5531955550021", "azul", "", d.Now())
			h.reacts()
			same(t, "queue", h.row(c).Queue, h.other)
			same(t, "said", h.said(c), again+"\ntext: Te paso con el equipo.")
			h.says("5531955550021", "1", "", d.Now())
			h.reacts()
			same(t, "said after the handoff", h.said(c), again+"\ntext: Te paso con el equipo.")
		})

		t.Run("the message that opened the ticket is no answer to the menu", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			c := h.says("5531955550031", "1", "", d.Now())
			h.opens(c)
			h.reacts() // both facts in one batch
			same(t, "said", h.said(c), menu)
			same(t, "holder", h.row(c).Holder, conversation.HolderBot)
		})

		t.Run("without a menu it greets and hands over to the number's queue", func(t *testing.T) {
			h := open(t, d)
			b := h.setup()
			b.Menu = nil
			must(t, h.room.Save(context.Background(), account.System(h.workspace), b))
			c := h.says("5531955550041", "hola", "", d.Now())
			h.opens(c)
			h.reacts()
			same(t, "said", h.said(c), "text: ¡Hola!\ntext: Te paso con el equipo.")
			same(t, "queue", h.row(c).Queue, h.other)
		})

		t.Run("switched off, or never set up, it hands over in silence", func(t *testing.T) {
			h := open(t, d)
			c := h.says("5531955550051", "hola", "", d.Now())
			h.opens(c)
			h.reacts()
			same(t, "said", h.said(c), "")
			same(t, "queue", h.row(c).Queue, h.other)
		})

		t.Run("where the window is closed people take over without words", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			c := h.says("5531955550061", "hola", "", d.Now()-25*3_600_000)
			h.opens(c)
			h.reacts()
			same(t, "said", h.said(c), "")
			same(t, "queue", h.row(c).Queue, h.other)
		})

		t.Run("more than three options are a list behind a button", func(t *testing.T) {
			h := open(t, d)
			b := h.setup()
			b.Menu = append(b.Menu, bot.Option{Queue: h.other, Title: "Otros asuntos"}, bot.Option{Queue: h.sales, Title: "Mayoristas y empresas"})
			must(t, h.room.Save(context.Background(), account.System(h.workspace), b))
			c := h.says("5531955550071", "hola", "", d.Now())
			h.opens(c)
			h.reacts()
			h.write(func(ctx context.Context, tx *db.Tx) error {
				// of one conversation only one message at a time: the greeting first
				first, err := h.conversations.ClaimIn(ctx, tx, h.number, 7, 10, d.Now())
				if err != nil || len(first) != 1 {
					t.Fatalf("claimed %d, %v", len(first), err)
				}
				if err := h.conversations.SettleIn(ctx, tx, []conversation.Outcome{{Message: first[0].Message, Accepted: &channel.Accepted{ExternalID: "wamid.greeting"}}}); err != nil {
					return err
				}
				out, err := h.conversations.ClaimIn(ctx, tx, h.number, 7, 10, d.Now())
				if err != nil || len(out) != 1 {
					t.Fatalf("claimed %d, %v", len(out), err)
				}
				same(t, "button", out[0].Content.Menu.Button, "Opciones")
				same(t, "options", len(out[0].Content.Menu.Options), 4)
				same(t, "option", out[0].Content.Menu.Options[0], channel.Option{ID: h.sales.String(), Title: "Ventas"})
				return nil
			})
		})

		t.Run("a bot that cannot work is refused with the field at fault", func(t *testing.T) {
			h := open(t, d)
			good := h.setup()
			for field, spoil := range map[string]func(*bot.Bot){
				"menu.0.title":    func(b *bot.Bot) { b.Menu[0].Title = strings.Repeat("x", 21) },
				"menu.1.title":    func(b *bot.Bot) { b.Menu[1].Title = "VENTAS" },
				"menu.1.queue_id": func(b *bot.Bot) { b.Menu[1].Queue = 12345 },
				"menu_text":       func(b *bot.Bot) { b.MenuText, b.Greeting = "", " " },
				"menu_button":     func(b *bot.Bot) { b.MenuButton = strings.Repeat("x", 21) },
				"greeting":        func(b *bot.Bot) { b.Greeting = strings.Repeat("ñ", 1025) },
				"menu":            func(b *bot.Bot) { b.Menu = make([]bot.Option, 11) },
			} {
				b := good
				b.Menu = append([]bot.Option{}, good.Menu...)
				spoil(&b)
				var f *fault.Error
				if err := h.room.Save(context.Background(), account.System(h.workspace), b); !asFault(err, &f) || f.Field != field {
					t.Errorf("want a fault on %s, got %v", field, err)
				}
			}
			kept, err := h.room.Get(context.Background(), h.workspace, h.number)
			must(t, err)
			same(t, "kept greeting", kept.Greeting, good.Greeting)
			if err := h.room.Save(context.Background(), account.Bot(h.workspace), good); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("saved without permission: %v", err)
			}
			if err := h.room.Save(context.Background(), account.System(12345), good); fault.KindOf(err) != fault.NotFound {
				t.Errorf("saved from another workspace: %v", err)
			}
		})
	})
}

func asFault(err error, f **fault.Error) bool {
	e, ok := err.(*fault.Error)
	*f = e
	return ok
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
