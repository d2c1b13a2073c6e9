package survey_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/survey"
)

// house is a number, an agent and a survey. Routing is played by the test: it opens a ticket for what asks for an answer.
type house struct {
	t                 *testing.T
	d                 *db.DB
	room              *survey.Room
	conversations     *conversation.Room
	agent             account.Actor
	workspace, number db.ID
	at                int64 // the last fact told
	serial            int
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
	h := &house{t: t, d: d, workspace: workspace.ID, conversations: conversation.New(d, log, contact.New(d, log), inboxes)}
	h.room = survey.New(d, h.conversations, inboxes)
	h.conversations.Listen(h.room)
	h.agent = account.System(h.workspace)
	h.agent.Kind, h.agent.User, h.agent.Name = account.KindUser, 4711, "Ana"
	box, err := inboxes.Create(ctx, inbox.Draft{Workspace: h.workspace, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: "2090010010010055" + h.workspace.String(), Account: "1090010010010010", Token: "token"})
	must(t, err)
	h.number = box.ID
	return h
}

func (h *house) create(s survey.Settings) survey.Survey {
	h.t.Helper()
	made, err := h.room.Create(context.Background(), h.agent, s)
	must(h.t, err)
	return made
}

func (h *house) rule(s survey.Survey, often string, n int64) {
	h.t.Helper()
	must(h.t, h.room.SetRule(context.Background(), h.agent, survey.Rule{Inbox: h.number, Survey: s.ID, Often: often, N: n}))
}

func (h *house) write(f func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	must(h.t, h.d.Write(context.Background(), f))
}

// says lets a person write; what asks for an answer gets a ticket that the agent holds. payload is that of a tapped choice.
func (h *house) says(phone, words, payload string) db.ID {
	h.t.Helper()
	h.serial++
	e := channel.Inbound{ExternalID: fmt.Sprintf("wamid.s%d", h.serial), At: h.d.Now() + 5_000, From: []channel.Identity{{Kind: channel.Phone, Value: phone}}, Kind: channel.Text, Text: words}
	if payload != "" {
		e.Kind, e.Content.Payload, e.Content.Title = channel.Button, payload, words
	}
	var id db.ID
	h.write(func(ctx context.Context, tx *db.Tx) error {
		for range 2 { // providers repeat themselves
			if _, err := h.conversations.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: h.workspace, Inbox: h.number, Event: e}}); err != nil {
				return err
			}
		}
		found, err := db.One[db.ID](ctx, tx, `select c.id from conversations c join identities i on i.contact_id = c.contact_id where c.inbox_id = $1 and i.value = $2`, h.number, phone)
		id = found
		return err
	})
	h.reacts()
	return id
}

// reacts tells all facts since the last time, twice, to the survey, and plays routing.
func (h *house) reacts() {
	h.t.Helper()
	facts, err := db.All[event.Event](context.Background(), h.d, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at from events
		where seq > $1 and workspace_id = $2 order by seq`, h.at, h.workspace)
	must(h.t, err)
	for _, e := range facts {
		h.at = e.Seq
		switch e.Kind {
		case conversation.MessageReceived:
			f, err := event.Decode[conversation.ReceivedFact](e)
			must(h.t, err)
			if f.Ticket == 0 && f.AsksForAnswer() {
				h.write(func(ctx context.Context, tx *db.Tx) error {
					_, _, err := h.conversations.OpenTicketIn(ctx, tx, account.System(h.workspace), conversation.Opening{Conversation: f.Conversation, Holder: conversation.HolderAgent, Assignee: h.agent.User})
					return err
				})
			}
		case conversation.TicketClosed, conversation.TicketReopened:
			for range 2 {
				h.write(func(ctx context.Context, tx *db.Tx) error { return h.room.React(ctx, tx, []event.Event{e}) })
			}
		}
	}
}

func (h *house) answers(c db.ID, words string) {
	h.t.Helper()
	_, err := h.conversations.Post(context.Background(), h.agent, conversation.Draft{Conversation: c, Kind: channel.Text, Text: words})
	must(h.t, err)
}

func (h *house) closes(c db.ID) {
	h.t.Helper()
	_, err := h.conversations.CloseTicket(context.Background(), h.agent, c, conversation.Closing{})
	must(h.t, err)
	h.reacts()
}

// due lets the time pass until the surveys after services are sent, and lets them be sent twice.
func (h *house) due() {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update survey_plans set due_at = due_at - 20000 where workspace_id = $1", h.workspace)
		return err
	})
	for range 2 {
		_, err := h.room.SendDue(context.Background())
		must(h.t, err)
	}
}

// serves is one whole service: a person writes, the agent answers and closes.
func (h *house) serves(phone string) db.ID {
	h.t.Helper()
	c := h.says(phone, "hola, necesito ayuda", "")
	h.answers(c, "Aquí tienes")
	h.closes(c)
	h.due()
	return c
}

func (h *house) row(c db.ID) conversation.Row {
	h.t.Helper()
	row, err := h.conversations.Get(context.Background(), conversation.Everything(h.workspace), c)
	must(h.t, err)
	return row
}

// said gives what the survey said, by the names of its messages.
func (h *house) said(c db.ID) string {
	h.t.Helper()
	all, err := db.All[string](context.Background(), h.d, "select client_id from messages where conversation_id = $1 and author = 'bot' order by id", c)
	must(h.t, err)
	for i, id := range all {
		all[i] = strings.SplitN(id, ":", 3)[2]
	}
	return strings.Join(all, " ")
}

func (h *house) results(s survey.Survey) survey.Results {
	h.t.Helper()
	_, out, err := h.room.Results(context.Background(), h.workspace, s.ID, survey.Filter{})
	must(h.t, err)
	return out
}

func (h *house) sending(c db.ID) string {
	h.t.Helper()
	id, err := db.One[db.ID](context.Background(), h.d, "select max(id) from survey_sendings where conversation_id = $1", c)
	must(h.t, err)
	return id.String()
}

// ages moves everything about surveys and tickets into the past.
func (h *house) ages(ms int64) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		for _, text := range []string{"update survey_sendings set sent_at = sent_at - $1, expires_at = expires_at - $1 where workspace_id = $2",
			"update tickets set closed_at = closed_at - $1 where workspace_id = $2"} {
			if _, err := tx.Exec(ctx, text, ms, h.workspace); err != nil {
				return err
			}
		}
		return nil
	})
}

const day = 24 * 3_600_000

func TestSurveyAfterAService(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		csat := survey.Ready(survey.CSAT, "es")

		t.Run("the answer is kept, opens no ticket and counts as unread for nobody", func(t *testing.T) {
			h := open(t, d)
			s := h.create(csat)
			h.rule(s, survey.Every, 1)
			c := h.serves("5531985552101")
			same(t, "said", h.said(c), "question:0")
			h.says("5531985552101", "5 · Excelente", "survey:"+h.sending(c)+":q1:5")
			h.says("5531985552101", "Muy amables", "")
			same(t, "said", h.said(c), "question:0 question:1 thanks:1")
			row := h.row(c)
			same(t, "state", row.State, conversation.Closed)
			same(t, "unread", row.Unread, 0)
			same(t, "tickets", h.tickets(c), 1)
			results := h.results(s)
			same(t, "sent and answered", [2]int64{results.Sent, results.Answered}, [2]int64{1, 1})
			percent, _ := results.Score.CSAT()
			same(t, "CSAT", percent, 100)
			comments, err := h.room.Comments(context.Background(), h.workspace, s, survey.Filter{}, 10)
			must(t, err)
			same(t, "comments", len(comments), 1)
			same(t, "comment", fmt.Sprint(comments[0].Text, comments[0].Score, comments[0].TicketNumber), "Muy amables5 1")
			all, _, err := h.conversations.Messages(context.Background(), h.workspace, c, 0, 100)
			must(t, err)
			shown := ""
			for _, m := range all {
				if m.Answer != nil {
					shown += fmt.Sprint(m.Answer.Kind, m.Answer.Value, m.Answer.To, m.Answer.Text, ";")
				}
			}
			same(t, "shown in the thread", shown, "scale5 55;text0 0Muy amables;")
			h.says("5531985552101", "otra cosa", "")
			same(t, "tickets after another matter", h.tickets(c), 2)
		})

		t.Run("another matter opens the service, and the survey says nothing more", func(t *testing.T) {
			h := open(t, d)
			h.rule(h.create(csat), survey.Every, 1)
			c := h.serves("5531985552102")
			h.says("5531985552102", "¿y cuándo llega?", "")
			same(t, "tickets", h.tickets(c), 2)
			same(t, "unread", h.row(c).Unread, 1)
			h.says("5531985552102", "3", "")
			same(t, "said", h.said(c), "question:0")
			same(t, "unread", h.row(c).Unread, 2)
			h.says("5531985552102", "2", "survey:"+h.sending(c)+":q1:2")
			same(t, "a tap is kept in silence", h.said(c), "question:0")
			same(t, "unread after a tap", h.row(c).Unread, 2)
		})

		t.Run("an emoji is asked again once, the second one is an ordinary message", func(t *testing.T) {
			h := open(t, d)
			h.rule(h.create(csat), survey.Every, 1)
			c := h.serves("5531985552103")
			h.says("5531985552103", "👍", "")
			same(t, "said", h.said(c), "question:0 again:0")
			same(t, "tickets", h.tickets(c), 1)
			h.says("5531985552103", "👍👍", "")
			same(t, "said", h.said(c), "question:0 again:0")
			same(t, "tickets", h.tickets(c), 2)
		})

		t.Run("an answer to yesterday's survey", func(t *testing.T) {
			h := open(t, d)
			s := h.create(csat)
			h.rule(s, survey.Every, 1)
			c := h.serves("5531985552104")
			h.ages(day + 1)
			h.says("5531985552104", "4", "survey:"+h.sending(c)+":q1:4")
			h.says("5531985552104", "5", "survey:"+h.sending(c)+":q1:5")
			same(t, "a tap is told once that it is over", h.said(c), "question:0 late:0")
			same(t, "tickets", h.tickets(c), 1)
			same(t, "answered", h.results(s).Answered, 0)
			h.says("5531985552104", "4", "")
			same(t, "words are an ordinary message", h.tickets(c), 2)
		})

		t.Run("how often", func(t *testing.T) {
			for name, one := range map[string]struct {
				often string
				n     int64
				days  []int64 // between one service and the next
				want  string
			}{
				"every service":           {survey.Every, 1, []int64{0, 0}, "yes yes yes"},
				"every third service":     {survey.Nth, 3, []int64{0, 0, 0, 0}, "yes no no yes no"},
				"at most once in 30 days": {survey.Days, 30, []int64{10, 10, 11, 1}, "yes no no yes no"},
			} {
				h := open(t, d)
				s := h.create(csat)
				h.rule(s, one.often, one.n)
				var got []string
				before := int64(0)
				for i := range len(one.days) + 1 {
					h.serves("5531985552105")
					now := h.results(s).Sent
					got = append(got, map[bool]string{true: "yes", false: "no"}[now > before])
					before = now
					if i < len(one.days) {
						h.ages(one.days[i]*day + 1000)
					}
				}
				same(t, name, strings.Join(got, " "), one.want)
			}
		})

		t.Run("nothing follows what was undone, ended by itself, nobody answered or is open again", func(t *testing.T) {
			for i, end := range []string{"undone", "by itself", "silent", "open again", "spam", "window closed", "archived", "told again"} {
				h := open(t, d)
				s := h.create(csat)
				h.rule(s, survey.Every, 1)
				phone, want := fmt.Sprintf("55319855521%02d", 10+i), int64(0)
				c := h.says(phone, "hola", "")
				if end != "silent" {
					h.answers(c, "Aquí tienes")
				}
				ticket := h.row(c).Ticket
				switch end {
				case "by itself":
					_, err := h.conversations.CloseTicket(context.Background(), account.System(h.workspace), c, conversation.Closing{})
					must(t, err)
					h.reacts()
				case "spam":
					_, err := h.conversations.CloseTicket(context.Background(), h.agent, c, conversation.Closing{Result: "spam"})
					must(t, err)
					h.reacts()
				default:
					h.closes(c)
				}
				switch end {
				case "undone":
					_, err := h.conversations.Reopen(context.Background(), h.agent, ticket)
					must(t, err)
					h.reacts()
				case "open again":
					h.says(phone, "una cosa más", "")
				case "window closed":
					h.write(func(ctx context.Context, tx *db.Tx) error {
						_, err := tx.Exec(ctx, "update conversations set window_until = 1, last_inbound_at = 1 where id = $1", c)
						return err
					})
				case "archived":
					_, err := h.room.Archive(context.Background(), h.agent, s.ID, true)
					must(t, err)
				case "told again":
					h.due()
					h.at, want = 0, 1
					h.reacts()
				}
				h.due()
				same(t, end, h.results(s).Sent, want)
			}
		})

		t.Run("an agent decides instead of the rule", func(t *testing.T) {
			h := open(t, d)
			s, other := h.create(csat), h.create(survey.Ready(survey.NPS, "es"))
			h.rule(s, survey.Every, 1)
			c := h.says("5531985552120", "hola", "")
			h.answers(c, "Aquí tienes")
			must(t, h.room.Decide(context.Background(), h.agent, h.row(c), survey.None))
			h.closes(c)
			h.due()
			same(t, "none", h.said(c), "")
			c = h.says("5531985552120", "hola", "")
			must(t, h.room.Decide(context.Background(), h.agent, h.row(c), other.ID))
			h.closes(c)
			h.due()
			same(t, "the other one", h.results(other).Sent, 1)
			choices, err := h.room.ChoicesFor(context.Background(), h.row(c))
			must(t, err)
			same(t, "choices", len(choices.Items), 2)
			same(t, "last", choices.Last.Name+" "+choices.Last.State, other.Settings.Name+" open")
			same(t, "rule", choices.Rule, s.ID)
		})
	})
}

func TestSend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		nps := survey.Ready(survey.NPS, "es")
		nps.Questions = nps.Questions[:1]

		t.Run("during a service it is asked once and answered beside it", func(t *testing.T) {
			h := open(t, d)
			s := h.create(nps)
			c := h.says("5531985552130", "hola", "")
			first, err := h.room.Send(ctx, h.agent, h.row(c), s.ID)
			must(t, err)
			again, err := h.room.Send(ctx, h.agent, h.row(c), s.ID)
			must(t, err)
			same(t, "sending", again, first)
			unread := h.row(c).Unread
			h.says("5531985552130", "9", "")
			same(t, "unread", h.row(c).Unread, unread)
			same(t, "said", h.said(c), "question:0 thanks:0")
			points, _ := h.results(s).Score.NPS()
			same(t, "NPS", points, 100)
		})

		t.Run("what answers the agent is no answer to the survey", func(t *testing.T) {
			h := open(t, d)
			s := h.create(nps)
			c := h.says("5531985552131", "hola", "")
			_, err := h.room.Send(ctx, h.agent, h.row(c), s.ID)
			must(t, err)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update messages set created_at = created_at - 60000 where conversation_id = $1", c)
				if err == nil {
					_, err = tx.Exec(ctx, `update survey_sendings set state_json = '{"stage":"asked","asked_at":1}' where conversation_id = $1`, c)
				}
				return err
			})
			h.answers(c, "¿Cuántos quieres?")
			h.says("5531985552131", "3", "")
			same(t, "answered", h.results(s).Answered, 0)
			same(t, "said", h.said(c), "question:0")
		})

		t.Run("not outside the window, and not one that is not in use", func(t *testing.T) {
			h := open(t, d)
			s := h.create(nps)
			c := h.says("5531985552132", "hola", "")
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update conversations set window_until = 1, last_inbound_at = 1 where id = $1", c)
				return err
			})
			if _, err := h.room.Send(ctx, h.agent, h.row(c), s.ID); !fault.Is(err, "survey.window") {
				t.Errorf("want survey.window, got %v", err)
			}
			same(t, "sent", h.results(s).Sent, 0)
			_, err := h.room.Archive(ctx, h.agent, s.ID, true)
			must(t, err)
			if _, err := h.room.Send(ctx, h.agent, h.row(c), s.ID); !fault.Is(err, "survey.gone") {
				t.Errorf("want survey.gone, got %v", err)
			}
		})

		t.Run("an answer keeps the question it answered", func(t *testing.T) {
			h := open(t, d)
			s := h.create(survey.Ready(survey.CSAT, "es"))
			c := h.says("5531985552133", "hola", "")
			_, err := h.room.Send(ctx, h.agent, h.row(c), s.ID)
			must(t, err)
			changed := s.Settings
			changed.Questions = []survey.Question{changed.Questions[0], {Kind: survey.Choose, Text: "¿Volverías?", Options: []string{"Sí", "No"}}}
			changed.Questions[0].Text = "¿Qué tal?"
			s, err = h.room.Save(ctx, h.agent, s.ID, changed, s.Version)
			must(t, err)
			h.says("5531985552133", "4", "")
			h.says("5531985552133", "rápidos", "")
			results := h.results(s)
			same(t, "questions", len(results.Questions), 3)
			same(t, "no longer asked", results.Questions[2].Question.Text+fmt.Sprint(results.Questions[2].Asked), "¿Qué fue lo más importante para tu respuesta?false")
			var rows []string
			must(t, h.room.Export(ctx, h.workspace, s.ID, survey.Filter{}, io.Discard, []string{"answer"}, func(row survey.Sent) []string {
				rows = append(rows, row.Question+" "+row.Answer)
				return []string{row.Answer}
			}))
			same(t, "export", strings.Join(rows, "; "), "¿Cómo calificas la atención que recibiste? 4; ¿Qué fue lo más importante para tu respuesta? rápidos")
			if err := h.room.Delete(ctx, h.agent, s.ID); !fault.Is(err, "survey.used") {
				t.Errorf("want survey.used, got %v", err)
			}
		})
	})
}

func TestSave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		h := open(t, d)
		good := survey.Ready(survey.Custom, "en")
		good.Questions = append(good.Questions, survey.Question{Kind: survey.Choose, Text: "Which?", Options: []string{"One", "Two"}})
		s := h.create(good)
		for name, one := range map[string]struct {
			field string
			spoil func(*survey.Settings)
		}{
			"no name":         {"name", func(s *survey.Settings) { s.Name = " " }},
			"no question":     {"questions", func(s *survey.Settings) { s.Questions = nil }},
			"many questions":  {"questions", func(s *survey.Settings) { s.Questions = make([]survey.Question, 11) }},
			"empty question":  {"questions.1.text", func(s *survey.Settings) { s.Questions[1].Text = "" }},
			"long question":   {"questions.1.text", func(s *survey.Settings) { s.Questions[1].Text = strings.Repeat("ñ", 601) }},
			"odd scale":       {"questions.0.to", func(s *survey.Settings) { s.Questions[0].To = 11 }},
			"long label":      {"questions.0.low", func(s *survey.Settings) { s.Questions[0].Low = strings.Repeat("x", 21) }},
			"one option":      {"questions.2.options", func(s *survey.Settings) { s.Questions[2].Options = []string{"One"} }},
			"same option":     {"questions.2.options.1", func(s *survey.Settings) { s.Questions[2].Options = []string{"One", "one!"} }},
			"no invitation":   {"invitation.text", func(s *survey.Settings) { s.Invitation = survey.Invitation{On: true} }},
			"unknown value":   {"thanks", func(s *survey.Settings) { s.Thanks = "{{agent.name}}" }},
			"too long a wait": {"hours", func(s *survey.Settings) { s.Hours = 24*7 + 1 }},
			"unknown tongue":  {"language", func(s *survey.Settings) { s.Language = "fr" }},
		} {
			bad := good
			bad.Questions = append([]survey.Question{}, good.Questions...)
			one.spoil(&bad)
			var f *fault.Error
			if _, err := h.room.Save(ctx, h.agent, s.ID, bad, -1); !errors.As(err, &f) || f.Field != one.field {
				t.Errorf("%s: want a fault on %s, got %v", name, one.field, err)
			}
		}
		saved, err := h.room.Save(ctx, h.agent, s.ID, good, s.Version)
		must(t, err)
		same(t, "version", saved.Version, 2)
		if _, err := h.room.Save(ctx, account.System(h.workspace), s.ID, good, s.Version); !fault.Is(err, "survey.edited") {
			t.Errorf("want survey.edited, got %v", err)
		}
		if _, err := h.room.Save(ctx, account.Bot(h.workspace), s.ID, good, -1); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("saved without permission: %v", err)
		}
		if _, err := h.room.Get(ctx, 12345, s.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("read from another workspace: %v", err)
		}
		must(t, h.room.Delete(ctx, h.agent, s.ID))
	})
}

func (h *house) tickets(c db.ID) int {
	h.t.Helper()
	n, err := db.One[int](context.Background(), h.d, "select count(*) from tickets where conversation_id = $1", c)
	must(h.t, err)
	return n
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
