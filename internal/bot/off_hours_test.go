package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/hours"
	"recado/internal/inbox"
)

// offers keeps hours that begin in so many days and offer to tell people of the opening.
func (h *house) offers(days int) {
	h.t.Helper()
	kept, err := h.opensIn(days, "Cerrado.")
	must(h.t, err)
	kept.Unavailable.Notify, kept.Unavailable.Language = true, "pt_BR"
	_, err = h.inboxes.SetHours(context.Background(), account.System(h.workspace), kept)
	must(h.t, err)
}

// opensNow keeps hours that are open now, all day.
func (h *house) opensNow() {
	h.t.Helper()
	now, err := h.inboxes.Hours(context.Background(), h.workspace, h.number)
	must(h.t, err)
	now.Schedule = hours.Default()
	_, err = h.inboxes.SetHours(context.Background(), account.System(h.workspace), now)
	must(h.t, err)
}

// approves makes the reopening template of the account; without parts it has its two buttons.
func (h *house) approves(status, components string) {
	h.t.Helper()
	if components == "" {
		components = `[{"type":"BODY","text":"Olá! Já estamos atendendo. Quer continuar?"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Sim"},{"type":"QUICK_REPLY","text":"Não"}]}]`
	}
	_, err := h.outside.Templates.Sync(context.Background(), h.workspace, channel.WhatsApp, "1090010010010010", []channel.TemplateInfo{{ExternalID: "709001",
		Name: bot.ReopeningTemplate, Language: "pt_BR", Category: "UTILITY", Status: status, Components: []byte(components)}})
	must(h.t, err)
}

// notes tells the list every fact so far, twice.
func (h *house) notes() {
	h.t.Helper()
	s := h.room.OffHoursSubscriber()
	facts, err := db.All[event.Event](context.Background(), h.d, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at from events
		where workspace_id = $1 and kind in ({texts:$2}) order by seq`, h.workspace, db.Texts(s.Kinds))
	must(h.t, err)
	for range 2 {
		h.write(func(ctx context.Context, tx *db.Tx) error { return s.React(ctx, tx, facts) })
	}
}

func (h *house) list(f bot.OffHoursFilter) []bot.OffHours {
	h.t.Helper()
	page, err := h.room.ListOffHours(context.Background(), conversation.Everything(h.workspace), f, "", 0)
	must(h.t, err)
	return page.Items
}

// queued lets a person write and opens their ticket in the queue, as routing does.
func (h *house) queued(phone, words string) db.ID {
	h.t.Helper()
	id := h.says(phone, words, "", h.d.Now())
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, _, err := h.conversations.OpenTicketIn(ctx, tx, account.System(h.workspace), conversation.Opening{Conversation: id, Holder: conversation.HolderQueue, Queue: h.other})
		return err
	})
	h.reacts()
	return id
}

func (h *house) tells(want int) {
	h.t.Helper()
	n, err := h.room.TellReopened(context.Background())
	must(h.t, err)
	same(h.t, "decided", n, want)
}

func (h *house) templates(id db.ID) int {
	return strings.Count(h.said(id), "Já estamos atendendo")
}

func TestOffHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("who writes outside the hours is kept once a closing, and found by name, number and state (B23, B25-B29)", func(t *testing.T) {
			h := open(t, d)
			_, err := h.opensIn(2, "Cerrado.")
			must(t, err)
			id := h.queued("5531985552210", "¿Tienen stock?")
			h.says("5531985552210", "¿Hola?", "", d.Now())
			h.notes()
			all := h.list(bot.OffHoursFilter{Inbox: h.number})
			same(t, "people", len(all), 1)
			one := all[0]
			if one.Said.Text != "¿Tienen stock?" || one.Conversation.ID != id || one.Offered || one.AskedAt != 0 || !strings.Contains(one.Address, "98555-2210") {
				t.Fatalf("%+v", one)
			}
			for search, n := range map[string]int{"985552210": 1, "nadie": 0} {
				same(t, search, len(h.list(bot.OffHoursFilter{Search: search})), n)
			}
			same(t, "asked", len(h.list(bot.OffHoursFilter{Show: bot.OffHoursAsked})), 0)
			page, err := h.room.ListOffHours(context.Background(), conversation.Reach{Workspace: h.workspace, User: 7, Inboxes: []db.ID{h.number + 1}}, bot.OffHoursFilter{}, "", 0)
			must(t, err)
			same(t, "out of reach", len(page.Items), 0)
			h.agentSays(id, "Sí, tenemos.")
			h.notes()
			same(t, "open once an agent wrote (B30)", len(h.list(bot.OffHoursFilter{Show: bot.OffHoursOpen})), 0)
			if one = h.list(bot.OffHoursFilter{})[0]; one.Sent.Text != "Sí, tenemos." || one.SentAt == 0 {
				t.Fatalf("%+v", one)
			}
		})
		t.Run("pages follow each other, and after seven days nobody is listed (B24)", func(t *testing.T) {
			h := open(t, d)
			_, err := h.opensIn(2, "Cerrado.")
			must(t, err)
			for _, phone := range []string{"5531985552211", "5531985552212", "5531985552213"} {
				h.says(phone, phone, "", d.Now())
			}
			h.notes()
			seen, cursor := []string{}, ""
			for {
				page, err := h.room.ListOffHours(context.Background(), conversation.Everything(h.workspace), bot.OffHoursFilter{}, cursor, 2)
				must(t, err)
				for _, one := range page.Items {
					seen = append(seen, one.Said.Text)
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			same(t, "seen", strings.Join(seen, " "), "5531985552213 5531985552212 5531985552211")
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update off_hours set written_at = written_at - $1 where workspace_id = $2", int64(8*24*time.Hour/time.Millisecond), h.workspace)
				return err
			})
			same(t, "after a week", len(h.list(bot.OffHoursFilter{})), 0)
		})
		t.Run("the button is offered only while the template can be sent, and its words count as it (B204, B205)", func(t *testing.T) {
			h := open(t, d)
			h.offers(2)
			if said := h.said(h.queued("5531985552214", "Hola")); strings.Contains(said, "Avísenme") || !strings.Contains(said, "Cerrado.") {
				t.Fatal(said)
			}
			h.approves("APPROVED", "")
			id := h.queued("5531985552215", "Hola")
			content, err := db.One[string](context.Background(), d, "select content_json from messages where conversation_id = $1 and direction = 2", id)
			if err != nil || !strings.Contains(content, "hours:tell") || !strings.Contains(content, "Avísenme al abrir") {
				t.Fatal(content, err)
			}
			h.says("5531985552215", "¡avisenme al abrir!", "", d.Now())
			h.says("5531985552214", "Avísenme al abrir", "hours:tell", d.Now())
			h.notes()
			same(t, "asked", len(h.list(bot.OffHoursFilter{Show: bot.OffHoursAsked})), 2)
			if said := h.said(id); strings.Count(said, "te avisamos cuando abramos") != 1 {
				t.Fatal(said)
			}
		})
		t.Run("what the template lacks is said", func(t *testing.T) {
			h := open(t, d)
			for want, parts := range map[string]string{
				bot.LacksButtons: `[{"type":"BODY","text":"Olá"}]`,
				bot.LacksValues:  `[{"type":"BODY","text":"Olá {{1}}"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Sim"},{"type":"QUICK_REPLY","text":"Não"}]}]`,
			} {
				h.approves("APPROVED", parts)
				found, err := h.room.Reopenings(context.Background(), h.workspace, h.number)
				must(t, err)
				same(t, "lacks", found[0].Lacks, want)
			}
			h.approves("PENDING", "")
			found, err := h.room.Reopenings(context.Background(), h.workspace, h.number)
			must(t, err)
			same(t, "lacks", found[0].Lacks, bot.LacksApproval)
		})
	})
}

func TestReopening(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		asks := func(h *house, phone string) db.ID {
			h.t.Helper()
			id := h.queued(phone, "Hola")
			h.says(phone, "Avísenme al abrir", "hours:tell", d.Now())
			h.reacts()
			h.notes()
			return id
		}
		t.Run("when people answer again each is told once, a few at a time (X36)", func(t *testing.T) {
			h := open(t, d)
			h.offers(2)
			h.approves("APPROVED", "")
			var ids []db.ID
			for _, phone := range []string{"5531985552220", "5531985552221", "5531985552222", "5531985552223", "5531985552224", "5531985552225"} {
				ids = append(ids, asks(h, phone))
			}
			h.tells(0)
			h.opensNow()
			h.tells(5)
			h.tells(1)
			h.tells(0)
			for _, id := range ids {
				same(t, "templates", h.templates(id), 1)
			}
			h.notes()
			same(t, "open", len(h.list(bot.OffHoursFilter{Show: bot.OffHoursOpen})), 0)
		})
		t.Run("two nodes at once tell nobody twice", func(t *testing.T) {
			h := open(t, d)
			h.offers(2)
			h.approves("APPROVED", "")
			var ids []db.ID
			for _, phone := range []string{"5531985552230", "5531985552231", "5531985552232", "5531985552233"} {
				ids = append(ids, asks(h, phone))
			}
			h.opensNow()
			other := h.again()
			done := make(chan error, 2)
			for _, room := range []*bot.Room{h.room, other} {
				go func() { _, err := room.TellReopened(context.Background()); done <- err }()
			}
			must(t, <-done)
			must(t, <-done)
			_, err := h.room.TellReopened(context.Background())
			must(t, err)
			for _, id := range ids {
				same(t, "templates", h.templates(id), 1)
			}
		})
		t.Run("not who was answered, is served, or wants no message", func(t *testing.T) {
			h := open(t, d)
			h.offers(2)
			h.approves("APPROVED", "")
			answered, barred := asks(h, "5531985552240"), asks(h, "5531985552241")
			h.agentSays(answered, "Ya te ayudo.")
			_, err := h.outside.Contacts.OptOut(context.Background(), h.workspace, h.row(barred).Contact, contact.Consent{Source: contact.ByAgent})
			must(t, err)
			h.opensNow()
			h.tells(2)
			same(t, "templates", h.templates(answered)+h.templates(barred), 0)
			outcomes := []string{}
			for _, one := range h.list(bot.OffHoursFilter{}) {
				outcomes = append(outcomes, one.Outcome)
			}
			same(t, "outcomes", strings.Join(outcomes, " "), "barred served")
		})
		t.Run("yes leads to people, also from the bot; no closes the matter", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			h.offers(2)
			h.approves("APPROVED", "")
			meets := func(phone string) db.ID {
				id := h.says(phone, "Hola", "", d.Now())
				h.opens(id)
				h.reacts()
				h.says(phone, "Avísenme al abrir", "hours:tell", d.Now())
				h.reacts()
				h.notes()
				return id
			}
			yes, no := meets("5531985552250"), meets("5531985552251")
			same(t, "the bot takes the wish for no answer of its own", h.row(yes).Holder, conversation.HolderBot)
			h.opensNow()
			h.tells(2)
			h.says("5531985552250", "Sim", "hours:yes", d.Now())
			h.says("5531985552251", "Não", "hours:no", d.Now())
			h.reacts()
			h.notes()
			same(t, "yes", h.row(yes).Holder, conversation.HolderQueue)
			same(t, "no", h.row(no).State, conversation.Closed)
			answers := ""
			for _, one := range h.list(bot.OffHoursFilter{}) {
				answers += one.Answer
			}
			same(t, "answers", answers, "noyes")
		})
		t.Run("without the template, or on a number that cannot send, people wait", func(t *testing.T) {
			h := open(t, d)
			h.offers(2)
			h.approves("APPROVED", "")
			id := asks(h, "5531985552260")
			h.approves("PAUSED", "")
			h.opensNow()
			h.tells(0)
			h.approves("APPROVED", "")
			must(t, h.inboxes.SetStatus(context.Background(), h.number, inbox.Disconnected, 190))
			h.tells(0)
			must(t, h.inboxes.SetStatus(context.Background(), h.number, inbox.Connected, 0))
			h.tells(1)
			same(t, "templates", h.templates(id), 1)
		})
	})
}
