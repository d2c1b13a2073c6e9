package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	"recado/internal/job"
	"recado/internal/publicnet"
	"recado/internal/template"
)

// house is a number with a bot and two queues. Routing is played by the test: it opens the ticket.
type house struct {
	t                     *testing.T
	d                     *db.DB
	room                  *bot.Room
	jobs                  *job.Room
	outside               bot.Outside
	conversations         *conversation.Room
	inboxes               *inbox.Room
	log                   *event.Log
	agent                 account.Actor
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
	contacts := contact.New(d, log)
	jobs, err := job.New(d)
	must(t, err)
	must(t, jobs.Migrate(ctx))
	conversations := conversation.New(d, log, contacts, inboxes)
	h := &house{t: t, d: d, workspace: workspace.ID, conversations: conversations, inboxes: inboxes, log: log, jobs: jobs}
	h.outside = bot.Outside{Log: log, Contacts: contacts, Templates: template.New(d, log), Jobs: jobs, Sealer: sealer, Rules: publicnet.Rules{Private: true}}
	h.room = bot.New(d, conversations, inboxes, h.outside)
	h.agent = account.System(h.workspace)
	h.agent.Kind, h.agent.User, h.agent.Name = account.KindUser, 4711, "Ana"
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

// again is the room of another node, or after a restart.
func (h *house) again() *bot.Room {
	h.t.Helper()
	jobs, err := job.New(h.d)
	must(h.t, err)
	outside := h.outside
	outside.Jobs = jobs
	return bot.New(h.d, h.conversations, h.inboxes, outside)
}

func (h *house) setup() bot.Settings {
	s := bot.Defaults("es")
	s.Enabled, s.Meets, s.DefaultQueue = true, true, h.other
	s.Greeting = bot.Greeting{First: "¡Hola {{contact.first_name}}!", Return: "¡Hola de nuevo!", ReturnHours: 24}
	s.Queues = bot.Centre{On: true, Text: "¿Con quién quieres hablar?", Options: []bot.Option{{Queue: h.sales, Title: "Ventas"}, {Queue: h.support, Title: "Sopórte"}}}
	s.Service = bot.Service{Before: "Te paso con el equipo.", After: "¡Hasta luego!"}
	h.save(s)
	return s
}

func (h *house) save(s bot.Settings) bot.Bot {
	h.t.Helper()
	b, err := h.room.Save(context.Background(), account.System(h.workspace), h.number, s, -1)
	must(h.t, err)
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

func (h *house) closes(id db.ID) {
	h.t.Helper()
	_, err := h.conversations.CloseTicket(context.Background(), account.System(h.workspace), id, conversation.Closing{})
	must(h.t, err)
}

func (h *house) agentCloses(id db.ID) {
	h.t.Helper()
	_, err := h.conversations.CloseTicket(context.Background(), h.agent, id, conversation.Closing{})
	must(h.t, err)
}

func (h *house) agentSays(id db.ID, words string) {
	h.t.Helper()
	_, err := h.conversations.Post(context.Background(), h.agent, conversation.Draft{Conversation: id, Kind: channel.Text, Text: words})
	must(h.t, err)
}

func (h *house) farewells() {
	h.t.Helper()
	_, err := h.room.SayFarewells(context.Background())
	must(h.t, err)
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

// later is a time at which a person has read the menu.
func (h *house) later() int64 { return h.d.Now() + 5_000 }

// comes lets a person write for the first time and the bot meet them.
func (h *house) comes(phone, words, payload string) db.ID {
	h.t.Helper()
	c := h.says(phone, words, payload, h.d.Now())
	h.opens(c)
	h.reacts()
	return c
}

// answers lets a person answer and the bot act on it.
func (h *house) answers(phone, words, payload string) {
	h.t.Helper()
	h.says(phone, words, payload, h.later())
	h.reacts()
}

func TestBot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("a new ticket is greeted with the menu, once however often it is told", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			c := h.comes("5531955550001", "hola", "")
			same(t, "said", h.said(c), menu)
			same(t, "holder", h.row(c).Holder, conversation.HolderBot)
		})

		t.Run("a tapped choice, one of an older version's menu, its title or its place hands over to its queue", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			for i, answer := range [][2]string{{"Sopórte", "bot:queue:" + h.support.String()}, {"Sopórte", h.support.String()}, {"soporte ", ""}, {"2", ""}, {"2️⃣", ""}} {
				phone := fmt.Sprintf("553195555001%d", i)
				c := h.comes(phone, "hola", "")
				h.answers(phone, answer[0], answer[1])
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
			c := h.comes("5531955550021", "hola", "")
			h.answers("5531955550021", "quiero una camisa", "")
			again := menu + "\ninteractive: ¿Con quién quieres hablar?"
			same(t, "said", h.said(c), again)
			h.answers("5531955550021", "azul", "")
			same(t, "queue", h.row(c).Queue, h.other)
			same(t, "said", h.said(c), again+"\ntext: Te paso con el equipo.")
			h.answers("5531955550021", "1", "")
			same(t, "said after the handoff", h.said(c), again+"\ntext: Te paso con el equipo.")
		})

		t.Run("what was written in the same second as the menu is no answer to it", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			c := h.comes("5531955550022", "hola", "")
			h.says("5531955550022", "quería saber", "", d.Now())
			h.says("5531955550022", "si tienen camisas", "", d.Now())
			h.reacts()
			same(t, "said", h.said(c), menu)
			same(t, "holder", h.row(c).Holder, conversation.HolderBot)
		})

		t.Run("the message that opened the ticket is no answer to the menu", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			c := h.comes("5531955550031", "1", "") // both facts in one batch
			same(t, "said", h.said(c), menu)
			same(t, "holder", h.row(c).Holder, conversation.HolderBot)
		})

		t.Run("a choice of yesterday's menu opens a ticket and is answered at once", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			c := h.comes("5531955550032", "Ventas", "bot:queue:"+h.sales.String())
			same(t, "said", h.said(c), "text: ¡Hola!\ntext: Te paso con el equipo.")
			same(t, "queue", h.row(c).Queue, h.sales)
		})

		t.Run("questions are answered one after another, across a restart, until the person wants people", func(t *testing.T) {
			h := open(t, d)
			s := h.setup()
			s.FAQ = bot.FAQ{On: true, Text: "¿Qué necesitas?", Person: "Una persona", Questions: []bot.Question{
				{Question: "¿A qué hora abren?", Answer: "A las nueve."}, {Question: "¿Hacen envíos?", Answer: "A todo el país."}}}
			b := h.save(s)
			const phone = "5531955550033"
			c := h.comes(phone, "hola", "")
			asked := "text: ¡Hola!\ninteractive: ¿Qué necesitas?"
			same(t, "said", h.said(c), asked)
			h.answers(phone, "hacen envios", "")
			asked += "\ntext: A todo el país.\ninteractive: ¿Qué necesitas?"
			same(t, "said", h.said(c), asked)
			h.room = h.again()
			h.answers(phone, "¿A qué hora abren?", "bot:question:"+b.Settings.FAQ.Questions[0].ID)
			asked += "\ntext: A las nueve.\ninteractive: ¿Qué necesitas?"
			same(t, "said after a restart", h.said(c), asked)
			h.answers(phone, "3", "")
			asked += "\ninteractive: ¿Con quién quieres hablar?"
			same(t, "said", h.said(c), asked)
			h.answers(phone, "otros asuntos", "")
			same(t, "said", h.said(c), asked+"\ntext: Te paso con el equipo.")
			same(t, "queue", h.row(c).Queue, h.other)
			left, err := db.One[int](context.Background(), d, "select count(*) from bot_states where workspace_id = $1", h.workspace)
			must(t, err)
			same(t, "states left", left, 0)
		})

		t.Run("who comes back is met anew only after the silence", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			const phone = "5531955550034"
			c := h.comes(phone, "hola", "")
			h.answers(phone, "1", "")
			h.closes(c)
			h.comes(phone, "una cosa más", "")
			same(t, "said soon", h.said(c), menu+"\ntext: Te paso con el equipo.\ninteractive: ¿Con quién quieres hablar?")
			h.closes(c)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update messages set created_at = created_at - 90000000, provider_at = provider_at - 90000000 where conversation_id = $1`, c)
				return err
			})
			h.comes(phone, "hola de nuevo", "")
			if said := h.said(c); !strings.HasSuffix(said, "\ntext: ¡Hola de nuevo!\ninteractive: ¿Con quién quieres hablar?") {
				t.Errorf("said after the silence: %s", said)
			}
		})

		t.Run("the bot never speaks over a person", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			const phone = "5531955550035"
			c := h.comes(phone, "hola", "")
			h.agentSays(c, "Yo me encargo")
			h.answers(phone, "1", "")
			same(t, "said", h.said(c), menu)
			same(t, "holder", h.row(c).Holder, conversation.HolderAgent)
		})

		t.Run("words of farewell come once, when a person has closed what a person answered", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			for i, end := range []string{"answered", "silent", "undone", "by itself"} {
				phone := fmt.Sprintf("553195555004%d", i)
				c := h.comes(phone, "hola", "")
				h.answers(phone, "1", "")
				if end != "silent" {
					h.agentSays(c, "Aquí tienes")
				}
				before, ticket := h.said(c), h.row(c).Ticket
				if end == "by itself" {
					h.closes(c)
				} else {
					h.agentCloses(c)
				}
				h.reacts()
				h.farewells()
				same(t, end+" at once", h.said(c), before)
				if end == "undone" {
					_, err := h.conversations.Reopen(context.Background(), h.agent, ticket)
					must(t, err)
				}
				h.write(func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, "update bot_farewells set due_at = due_at - 9000")
					return err
				})
				h.farewells()
				h.farewells()
				want := before
				if end == "answered" {
					want += "\ntext: ¡Hasta luego!"
				}
				same(t, end, h.said(c), want)
			}
		})

		t.Run("without a menu it greets and hands over to the number's queue", func(t *testing.T) {
			h := open(t, d)
			s := h.setup()
			s.Queues.On = false
			h.save(s)
			c := h.comes("5531955550041", "hola", "")
			same(t, "said", h.said(c), "text: ¡Hola!\ntext: Te paso con el equipo.")
			same(t, "queue", h.row(c).Queue, h.other)
		})

		t.Run("switched off, or never set up, it hands over in silence", func(t *testing.T) {
			h := open(t, d)
			c := h.comes("5531955550051", "hola", "")
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

		t.Run("a queue that is no more is not offered, and its old button gets the menu anew", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			c := h.comes("5531955550071", "hola", "")
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "delete from queues where id = $1", h.support)
				return err
			})
			h.answers("5531955550071", "Sopórte", "bot:queue:"+h.support.String())
			same(t, "said", h.said(c), menu+"\ntext: Esa opción ya no está disponible.\ninteractive: ¿Con quién quieres hablar?")
		})
	})
}

func TestSave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		h := open(t, d)
		fresh, err := h.room.Get(ctx, h.workspace, h.number)
		must(t, err)
		same(t, "enabled before", fresh.Settings.Enabled, false)
		same(t, "greeting before", fresh.Settings.Greeting.First, "¡Hola {{contact.first_name}}, espero que estés bien! 😃")

		good := h.setup()
		good.FAQ = bot.FAQ{On: true, Text: "¿Qué necesitas?", Person: "Una persona", Questions: []bot.Question{{Question: "¿Abren?", Answer: "Sí."}, {Question: "¿Envían?", Answer: "Sí."}}}
		good.Links = bot.Links{Site: "tienda.example", Caption: "Dónde estamos", Menu: true}
		first := h.save(good)
		same(t, "version", first.Version, 2)
		same(t, "link", first.Settings.Links.Site, "https://tienda.example")
		if q := first.Settings.FAQ.Questions; q[0].ID == "" || q[0].ID == q[1].ID {
			t.Errorf("questions are called %q and %q", q[0].ID, q[1].ID)
		}

		t.Run("a chatbot that cannot work is refused with the field at fault", func(t *testing.T) {
			for name, one := range map[string]struct {
				field string
				spoil func(*bot.Settings)
			}{
				"long title":      {"queues.options.0.title", func(s *bot.Settings) { s.Queues.Options[0].Title = strings.Repeat("x", 25) }},
				"same title":      {"queues.options.1.title", func(s *bot.Settings) { s.Queues.Options[1].Title = "VENTAS" }},
				"fixed title":     {"queues.options.1.title", func(s *bot.Settings) { s.Queues.Options[1].Title = "otros asuntos" }},
				"no such queue":   {"queues.options.1.queue_id", func(s *bot.Settings) { s.Queues.Options[1].Queue = 12345 }},
				"queue twice":     {"queues.options.1.queue_id", func(s *bot.Settings) { s.Queues.Options[1].Queue = h.sales }},
				"default twice":   {"queues.options.1.queue_id", func(s *bot.Settings) { s.Queues.Options[1].Queue = h.other }},
				"default gone":    {"default_queue_id", func(s *bot.Settings) { s.DefaultQueue = 12345 }},
				"no menu text":    {"queues.text", func(s *bot.Settings) { s.Queues.Text = " " }},
				"no queues":       {"queues.options", func(s *bot.Settings) { s.Queues.Options = nil }},
				"many queues":     {"queues.options", func(s *bot.Settings) { s.Queues.Options = make([]bot.Option, 11) }},
				"long greeting":   {"greeting.first", func(s *bot.Settings) { s.Greeting.First = strings.Repeat("ñ", 1025) }},
				"unknown name":    {"greeting.return", func(s *bot.Settings) { s.Greeting.Return = "Hola {{nombre}}" }},
				"no silence":      {"greeting.return_hours", func(s *bot.Settings) { s.Greeting.ReturnHours = 0 }},
				"many questions":  {"faq.questions", func(s *bot.Settings) { s.FAQ.Questions = make([]bot.Question, 11) }},
				"no questions":    {"faq.questions", func(s *bot.Settings) { s.FAQ.Questions = nil }},
				"long question":   {"faq.questions.0.question", func(s *bot.Settings) { s.FAQ.Questions[0].Question = strings.Repeat("x", 73) }},
				"same question":   {"faq.questions.1.question", func(s *bot.Settings) { s.FAQ.Questions[1].Question = "abren" }},
				"no answer":       {"faq.questions.1.answer", func(s *bot.Settings) { s.FAQ.Questions[1].Answer = "" }},
				"long caption":    {"faq.person", func(s *bot.Settings) { s.FAQ.Person = strings.Repeat("x", 25) }},
				"bad link":        {"links.facebook", func(s *bot.Settings) { s.Links.Facebook = "javascript://tienda.example" }},
				"no host":         {"links.site", func(s *bot.Settings) { s.Links.Site = "tienda" }},
				"no link":         {"links.instagram", func(s *bot.Settings) { s.Links.Site = "" }},
				"caption twice":   {"links.caption", func(s *bot.Settings) { s.Links.Caption = "una persona" }},
				"unknown tongue":  {"language", func(s *bot.Settings) { s.Language = "fr" }},
				"name in answer":  {"faq.questions.0.answer", func(s *bot.Settings) { s.FAQ.Questions[0].Answer = "{{agent.name}}" }},
				"too long after":  {"service.after", func(s *bot.Settings) { s.Service.After = strings.Repeat("x", 1025) }},
				"too long before": {"service.before", func(s *bot.Settings) { s.Service.Before = strings.Repeat("x", 1025) }},
			} {
				s := good
				s.Queues.Options, s.FAQ.Questions = slices.Clone(good.Queues.Options), slices.Clone(good.FAQ.Questions)
				one.spoil(&s)
				var f *fault.Error
				if _, err := h.room.Save(ctx, account.System(h.workspace), h.number, s, -1); !errors.As(err, &f) || f.Field != one.field {
					t.Errorf("%s: want a fault on %s, got %v", name, one.field, err)
				}
			}
			kept, err := h.room.Get(ctx, h.workspace, h.number)
			must(t, err)
			same(t, "version kept", kept.Version, 2)
			same(t, "default queue kept", kept.Settings.DefaultQueue, h.other)
		})

		t.Run("who did not see the last version is told whose it is", func(t *testing.T) {
			_, err := h.room.Save(ctx, h.agent, h.number, good, first.Version)
			must(t, err)
			_, err = h.room.Save(ctx, account.System(h.workspace), h.number, good, first.Version)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Conflict || f.Code != "bot.edited" || f.Params["name"] != "Ana" {
				t.Errorf("want Conflict by Ana, got %v", err)
			}
			if _, err = h.room.Save(ctx, h.agent, h.number, good, first.Version); !errors.As(err, &f) || f.Code != "bot.edited_self" {
				t.Errorf("want Conflict in another window, got %v", err)
			}
		})

		t.Run("only with permission, and only in one's own workspace", func(t *testing.T) {
			if _, err := h.room.Save(ctx, account.Bot(h.workspace), h.number, good, -1); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("saved without permission: %v", err)
			}
			if _, err := h.room.Save(ctx, account.System(12345), h.number, good, -1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("saved from another workspace: %v", err)
			}
			if _, err := h.room.Get(ctx, 12345, h.number); fault.KindOf(err) != fault.NotFound {
				t.Errorf("read from another workspace: %v", err)
			}
		})

		t.Run("trying out says the same and leaves nothing", func(t *testing.T) {
			turn, err := h.room.Try(ctx, h.workspace, h.number, good, bot.State{}, bot.Input{Kind: bot.Opened, Who: bot.NewPerson, Name: "Julia Prates"})
			must(t, err)
			same(t, "greeting", turn.Said[0].Text, "¡Hola Julia!")
			same(t, "choices", len(turn.Said[1].Menu.Options), 4)
			turn, err = h.room.Try(ctx, h.workspace, h.number, good, turn.State, bot.Input{Kind: bot.Wrote, Payload: turn.Said[1].Menu.Options[0].ID})
			must(t, err)
			same(t, "answer", turn.Said[0].Text, "Sí.")
		})
	})
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
