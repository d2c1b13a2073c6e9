package workflow_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/flow"
	hoursroom "recado/internal/hours"
	"recado/internal/publicnet"
	"recado/internal/workflow"
)

func TestWorkflows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		when := func(kind string) workflow.Trigger { return workflow.Trigger{Kind: kind} }
		t.Run("C21 a ticket opens and goes to the least busy of a queue who is on line, once", func(t *testing.T) {
			h := open(t, d)
			w := h.on("Reparto", when(workflow.TicketOpened), does(workflow.Step{Kind: workflow.Assign, To: workflow.ToLeastBusy, Queue: h.sales.ID}))
			_, err := h.routing.DeskOpened(ctx, h.ana.Workspace, h.ana.User)
			must(t, err)
			_, err = h.routing.SetAvailability(ctx, h.ana, "online", "")
			must(t, err)
			c := h.says("5531985553001", "hola")
			same(t, "assignee", h.row(c).Assignee, h.ana.User)
			same(t, "queue", h.row(c).Queue, h.sales.ID)
			same(t, "did", h.did(c), "Reparto done, assign done")
			same(t, "runs", len(h.runs(w)), 1)
			c2 := h.says("5531985553002", "hola")
			same(t, "second", h.row(c2).Assignee, h.ana.User)
		})
		t.Run("nobody of the queue is there: the ticket waits in it", func(t *testing.T) {
			h := open(t, d)
			h.on("Reparto", when(workflow.TicketOpened), does(workflow.Step{Kind: workflow.Assign, To: workflow.ToLeastBusy, Queue: h.sales.ID}))
			c := h.says("5531985553001", "hola")
			same(t, "holder", h.row(c).Holder, conversation.HolderQueue)
			same(t, "queue", h.row(c).Queue, h.sales.ID)
		})
		t.Run("C22 the first branch whose conditions hold; tag, attribute, words with values, close", func(t *testing.T) {
			h := open(t, d)
			urgent := h.tag("Urgente")
			h.on("Urgencias", when(workflow.MessageReceived),
				workflow.Branch{Conditions: []workflow.Condition{{Kind: workflow.OfText, Op: flow.Contains, Value: "Urgente, emergência"}}, Steps: []workflow.Step{
					{Kind: workflow.AddTags, Tags: []db.ID{urgent}}, {Kind: workflow.Keep, Name: "Asunto", Value: "{{message.text}}"},
					{Kind: workflow.Say, Text: "Hola {{contact.first_name}}: «{{contact.Asunto}}», ticket {{ticket.number}}."}}},
				workflow.Branch{Conditions: []workflow.Condition{{Kind: workflow.OfText, Op: flow.Contains, Value: "gracias"}}, Steps: []workflow.Step{
					{Kind: workflow.Close, Result: "resolved"}}})
			c := h.says("5531985553003", "Es una EMERGENCIA")
			same(t, "did", h.did(c), "Urgencias done, add_tags done, keep done, say done")
			same(t, "said", h.out(c), "Hola Julia: «Es una EMERGENCIA», ticket 1.")
			same(t, "tags", h.row(c).Tags()[0], urgent)
			h.says("5531985553003", "muchas gracias")
			same(t, "state", h.row(c).State, conversation.Closed)
			other := h.says("5531985553004", "buenas tardes")
			same(t, "nothing holds", h.did(other), "")
			kept, err := db.One[int](ctx, d, "select count(*) from workflow_runs where conversation_id = $1", other)
			must(t, err)
			same(t, "and nothing is kept of it", kept, 0)
		})
		t.Run("a version goes on in runs under way; a new one begins with the new one; off stops them", func(t *testing.T) {
			h := open(t, d)
			w := h.on("Espera", when(workflow.TicketOpened), does(workflow.Step{Kind: workflow.Wait, Minutes: 5}, workflow.Step{Kind: workflow.Say, Text: "uno"}))
			c := h.says("5531985553005", "hola")
			same(t, "waits", h.did(c), "Espera waiting, wait waits")
			plan := w.Draft
			plan.Branches[0].Steps[1].Text = "dos"
			_, err := h.room.Save(ctx, h.owner, w.ID, "Espera", plan, -1)
			must(t, err)
			_, err = h.room.Publish(ctx, h.owner, w.ID, -1)
			must(t, err)
			h.restarts()
			h.passes()
			same(t, "old version", h.out(c), "uno")
			c = h.says("5531985553006", "hola")
			h.passes()
			same(t, "new version", h.out(c), "dos")
			c = h.says("5531985553007", "hola")
			_, err = h.room.Switch(ctx, h.owner, w.ID, false)
			must(t, err)
			h.passes()
			same(t, "off", h.did(c), "Espera stopped workflow.switched_off, wait waits")
			c = h.says("5531985553008", "hola")
			same(t, "nothing begins", h.did(c), "")
		})
		t.Run("the ticket it is about is closed meanwhile: the run stops", func(t *testing.T) {
			h := open(t, d)
			h.on("Espera", when(workflow.TicketOpened), does(workflow.Step{Kind: workflow.Wait, Minutes: 5}, workflow.Step{Kind: workflow.Say, Text: "uno"}))
			c := h.says("5531985553005", "hola")
			_, err := h.conversations.CloseTicket(ctx, h.owner, c, conversation.Closing{Result: "resolved"})
			must(t, err)
			h.passes()
			same(t, "did", h.did(c), "Espera stopped workflow.ticket_over, wait waits")
		})
		t.Run("it speaks neither over a bot, nor outside the window, nor to whom is blocked", func(t *testing.T) {
			h := open(t, d)
			h.on("Saludo", when(workflow.TicketOpened), does(workflow.Step{Kind: workflow.Say, Text: "hola"}))
			c := h.hears("5531985553009", "hola")
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, _, err := h.conversations.OpenTicketIn(ctx, tx, h.owner, conversation.Opening{Conversation: c, Holder: conversation.HolderBot})
				return err
			})
			h.tells()
			same(t, "bot", h.did(c), "Saludo done, say skipped workflow.bot_holds")
			c = h.hears("5531985553010", "hola")
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update conversations set window_until = 1, last_inbound_at = 1 where id = $1", c)
				return err
			})
			h.tells()
			same(t, "window", h.did(c), "Saludo done, say skipped window.closed")
			c = h.hears("5531985553011", "hola")
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, _, err := h.conversations.OpenTicketIn(ctx, tx, h.owner, conversation.Opening{Conversation: c, Holder: conversation.HolderQueue})
				return err
			})
			_, err := h.conversations.Block(ctx, h.owner, h.row(c).Contact, true)
			must(t, err)
			h.tells()
			same(t, "blocked", h.did(c), "Saludo stopped workflow.person_blocked")
			same(t, "nothing said", h.out(c), "")
		})
		t.Run("two facts of one second stay in order, though the first one's ticket is opened later", func(t *testing.T) {
			h := open(t, d)
			h.on("A mensaje", when(workflow.MessageReceived), does(workflow.Step{Kind: workflow.Say, Text: "{{message.text}} {{ticket.number}}"}))
			h.on("B abre", when(workflow.TicketOpened), does(workflow.Step{Kind: workflow.Say, Text: "abierto"}))
			c := h.hears("5531985553012", "uno")
			h.hears("5531985553012", "dos")
			h.tells()
			same(t, "said", h.out(c), "uno 1\ndos 1\nabierto")
		})
		t.Run("a webhook is asked outside, its answer kept, and the run goes on, once", func(t *testing.T) {
			h := open(t, d)
			var got []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = append(got, r.URL.Path+" "+r.Header.Get("Idempotency-Key")+" "+string(body))
				if r.URL.Path == "/bad" {
					w.WriteHeader(500)
				}
				_, _ = w.Write([]byte(`{"order":{"state":"enviado"}}`))
			}))
			defer server.Close()
			w := h.on("Pedido", when(workflow.TicketOpened), does(
				workflow.Step{Kind: workflow.Webhook, Request: &flow.Request{Method: "POST", URL: server.URL + "/good", Results: []flow.Result{{Path: "order.state", Name: "Pedido"}}}},
				workflow.Step{Kind: workflow.Say, Text: "Tu pedido: {{contact.Pedido}}"},
				workflow.Step{Kind: workflow.Webhook, Request: &flow.Request{Method: "POST", URL: server.URL + "/bad", Body: `{"a":1}`}},
				workflow.Step{Kind: workflow.Say, Text: "fin"}))
			c := h.says("5531985553013", "hola")
			same(t, "calls", h.did(c), "Pedido calling, webhook calls")
			run := h.runs(w)[0]
			h.restarts()
			for range 2 {
				for serial := range int64(6) {
					must(t, h.room.Call(ctx, h.owner.Workspace, run.ID, serial))
				}
			}
			same(t, "did", h.did(c), "Pedido failed, webhook calls, webhook done, say done, webhook calls, webhook failed flow.call.status, say done")
			same(t, "said", h.out(c), "Tu pedido: enviado\nfin")
			same(t, "asked", len(got), 2)
			if !strings.Contains(got[0], `"ticket.number":"1"`) || !strings.HasPrefix(got[1], "/bad "+run.ID.String()+"-3 {\"a\":1}") {
				t.Fatal(got)
			}
		})
		t.Run("a webhook's header is sealed, sent with a value of the person beside it, and the run's own header is not taken", func(t *testing.T) {
			h := open(t, d)
			var got []string
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got = append(got, r.Header.Get("X-Key")+" "+r.Header.Get("X-Person"))
			}))
			defer server.Close()
			step := workflow.Step{Kind: workflow.Webhook, Request: &flow.Request{Method: "POST", URL: server.URL, Headers: []flow.Header{
				{Name: "X-Key", Value: "muy-secreta"}, {Name: "X-Person", Value: "{{contact.first_name}}"}}}}
			w := h.on("Avisa", when(workflow.TicketOpened), does(step))
			c := h.says("5531985554021", "hola")
			readable, err := db.One[int](ctx, d, `select (select count(*) from workflow_runs where call_json like '%muy-secreta%') + (select count(*) from workflows where draft_json like '%muy-secreta%')
				+ (select count(*) from workflow_versions where plan_json like '%muy-secreta%')`)
			must(t, err)
			same(t, "readable", readable, 0)
			must(t, h.room.Call(ctx, h.owner.Workspace, h.runs(w)[0].ID, 1))
			same(t, "did", h.did(c), "Avisa done, webhook calls, webhook done")
			same(t, "sent", strings.Join(got, ", "), "muy-secreta Julia")
			step.Request.Headers = []flow.Header{{Name: "Idempotency-Key", Value: "x"}, {Name: "X-Key", Kept: "AAAA"}}
			found, err := h.room.Findings(ctx, h.owner.Workspace, workflow.Plan{Trigger: when(workflow.TicketOpened), Branches: []workflow.Branch{does(step)}})
			must(t, err)
			same(t, "refused", len(found) == 2 && found[0].Fault.Code == "flow.header_own" && found[1].Fault.Code == "flow.header_moved", true)
		})
		t.Run("a webhook whose name stands for a private machine by now, that is late or says ten megabytes: the run goes on without it", func(t *testing.T) {
			h := open(t, d)
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				_, _ = io.ReadAll(r.Body)
				switch r.URL.Path {
				case "/big":
					_, _ = w.Write(make([]byte, 10<<20))
				case "/slow":
					<-r.Context().Done()
				}
			}))
			defer server.Close()
			address := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
			call := func(path string) workflow.Step {
				return workflow.Step{Kind: workflow.Webhook, Request: &flow.Request{Method: "POST", URL: address + path}}
			}
			h.rooms.Rules = publicnet.Rules{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Timeout: 500 * time.Millisecond}
			h.restarts()
			w := h.on("Avisa", when(workflow.TicketOpened), does(call("/slow"), call("/big"), call("/gone"), workflow.Step{Kind: workflow.Say, Text: "fin"}))
			c := h.says("5531985554020", "hola")
			run := h.runs(w)[0].ID
			calls := func() {
				for serial := range int64(8) {
					must(t, h.room.Call(ctx, h.owner.Workspace, run, serial))
				}
			}
			must(t, h.room.Call(ctx, h.owner.Workspace, run, 1))
			must(t, h.room.Call(ctx, h.owner.Workspace, run, 3))
			h.rooms.Rules.Allowed = []netip.Prefix{netip.MustParsePrefix("10.9.8.7/32")}
			h.restarts()
			calls()
			same(t, "did", h.did(c), "Avisa failed, webhook calls, webhook failed flow.call.late, webhook calls, webhook failed flow.call.too_big, "+
				"webhook calls, webhook failed flow.call.private, say done")
			same(t, "asked", asked, 2)
		})
		t.Run("ten failures in a row pause it, and those who may mend it are told, once; a success in between counts anew", func(t *testing.T) {
			h := open(t, d)
			queue, err := h.routing.CreateQueue(ctx, h.owner, "Breve", "pull", 1)
			must(t, err)
			w := h.on("Falla", when(workflow.MessageReceived), does(workflow.Step{Kind: workflow.Assign, To: workflow.ToQueue, Queue: queue.ID}))
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "delete from queues where id = $1", queue.ID)
				return err
			})
			phone := func(i int) string { return "55319855530" + string(rune('2'+i/10)) + string(rune('0'+i%10)) }
			for i := range 9 {
				h.says(phone(i), "hola")
			}
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update workflows set failures = 0 where id = $1", w.ID)
				return err
			})
			for i := range 12 {
				h.says(phone(9+i), "hola")
			}
			w, err = h.room.Get(ctx, h.owner.Workspace, w.ID)
			must(t, err)
			if w.PausedAt == 0 {
				t.Fatal("not paused")
			}
			same(t, "runs", len(h.runs(w)), 19)
			told, err := db.All[string](ctx, d, "select body from notices where workspace_id = $1 and kind = 'workflow_paused'", h.owner.Workspace)
			must(t, err)
			if len(told) != 1 || told[0] != "Falla" {
				t.Fatal(told)
			}
			_, err = h.room.Publish(ctx, h.owner, w.ID, -1)
			if err == nil {
				t.Fatal("what is broken cannot be switched on again")
			}
		})
		t.Run("a tag, an assignment and a closing start what waits for them", func(t *testing.T) {
			h := open(t, d)
			vip, no := h.tag("VIP"), h.tag("Otra")
			h.on("Etiqueta", workflow.Trigger{Kind: workflow.TagAdded, Tag: vip}, does(workflow.Step{Kind: workflow.Assign, To: workflow.ToAgent, Agent: h.bea.User}))
			h.on("Asignado", when(workflow.TicketAssigned), does(workflow.Step{Kind: workflow.Say, Text: "Te atiende {{agent.name}}"}))
			h.on("Cierre", when(workflow.TicketClosed), does(workflow.Step{Kind: workflow.Keep, Name: "Último", Value: "cerrado"}))
			c := h.says("5531985553014", "hola")
			must(t, h.conversations.SetTags(ctx, h.owner, c, []db.ID{no}))
			h.tells()
			same(t, "other tag", h.did(c), "")
			must(t, h.conversations.AddTags(ctx, h.owner, c, []db.ID{vip}))
			must(t, h.conversations.AddTags(ctx, h.owner, c, []db.ID{vip}))
			h.tells()
			same(t, "did", h.did(c), "Etiqueta done, assign done\nAsignado done, say done")
			same(t, "said", h.out(c), "Te atiende Bea")
			_, err := h.conversations.CloseTicket(ctx, h.owner, c, conversation.Closing{Result: "resolved"})
			must(t, err)
			h.tells()
			if !strings.HasSuffix(h.did(c), "Cierre done, keep done") {
				t.Fatal(h.did(c))
			}
		})
		t.Run("a ticket that waits, once per waiting; a person who is silent, once per silence; nothing that was due before", func(t *testing.T) {
			h := open(t, d)
			before := h.says("5531985553015", "hola")
			h.ages(before, 20)
			h.on("Espera", workflow.Trigger{Kind: workflow.TicketWaiting, Minutes: 15}, does(workflow.Step{Kind: workflow.Assign, To: workflow.ToQueue, Queue: h.sales.ID}))
			h.on("Silencio", workflow.Trigger{Kind: workflow.CustomerSilent, Minutes: 60}, does(workflow.Step{Kind: workflow.Say, Text: "¿Algo más?"}))
			c := h.says("5531985553016", "hola")
			h.looks()
			same(t, "not yet", h.did(c), "")
			h.ages(c, 15)
			h.looks()
			same(t, "waited", h.did(c), "Espera done, assign done")
			same(t, "queue", h.row(c).Queue, h.sales.ID)
			same(t, "due before it was on", h.did(before), "")
			_, err := h.conversations.Post(ctx, h.ana, conversation.Draft{Conversation: c, Kind: channel.Text, Text: "aquí estoy"})
			must(t, err)
			h.ages(c, 60)
			h.looks()
			same(t, "silent", h.out(c), "aquí estoy\n¿Algo más?")
			h.write(func(ctx context.Context, tx *db.Tx) error { // what we said was an hour ago, too
				_, err := tx.Exec(ctx, "update messages set id = id - $2 where conversation_id = $1", c, int64(60*60_000)<<22)
				return err
			})
			h.looks()
			same(t, "once", h.out(c), "aquí estoy\n¿Algo más?")
		})
	})
}

func TestTemplatesAndHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		t.Run("X22 outside the hours: a template with values now, and people once the number opens", func(t *testing.T) {
			h := open(t, d)
			changed, err := h.rooms.Templates.Sync(ctx, h.owner.Workspace, channel.WhatsApp, h.box.Account, []channel.TemplateInfo{{ExternalID: "70" + h.owner.Workspace.String(),
				Name: "fuera_de_horario", Language: "es", Category: "UTILITY", Status: "APPROVED", Components: []byte(`[{"type":"BODY","text":"Hola {{1}}, ticket {{2}}.","example":{"body_text":[["Ana","7"]]}}]`)}})
			must(t, err)
			same(t, "templates", changed, 1)
			all, err := h.rooms.Templates.List(ctx, h.owner.Workspace)
			must(t, err)
			hours, err := h.rooms.Inboxes.Hours(ctx, h.owner.Workspace, h.box.ID)
			must(t, err)
			hours.Always = false
			for i := range hours.Days {
				hours.Days[i] = nil
			}
			at := time.UnixMilli(d.Now()).UTC().Add(24 * time.Hour)
			hours.TimeZone = "UTC"
			hours.Days[int(at.Weekday())] = append(hours.Days[int(at.Weekday())], hoursroom.Interval{From: "10:00", To: "11:00"})
			_, err = h.rooms.Inboxes.SetHours(ctx, h.owner, hours)
			must(t, err)
			h.on("Fuera", workflow.Trigger{Kind: workflow.TicketOpened}, workflow.Branch{Conditions: []workflow.Condition{{Kind: workflow.OfHours, Op: workflow.IsClosed}}, Steps: []workflow.Step{
				{Kind: workflow.Template, Template: all[0].ID, Values: map[string]string{"body.1": "{{contact.first_name}}", "body.2": "{{ticket.number}}"}},
				{Kind: workflow.Wait, Until: flow.UntilOpen},
				{Kind: workflow.Assign, To: workflow.ToQueue, Queue: h.sales.ID}}})
			c := h.says("5531985553030", "hola")
			same(t, "said", h.out(c), "Hola Julia, ticket 1.")
			same(t, "did", h.did(c), "Fuera waiting, template done, wait waits")
			due := h.runs(h.list()[0])[0].DueAt
			same(t, "opens", time.UnixMilli(due).UTC().Format("15:04"), "10:00")
			same(t, "tomorrow", time.UnixMilli(due).UTC().Weekday(), at.Weekday())
			h.passes()
			same(t, "it is still closed", h.did(c), "Fuera waiting, template done, wait waits, wait waits")
			same(t, "it waits on", h.runs(h.list()[0])[0].DueAt, due)
			hours, err = h.rooms.Inboxes.Hours(ctx, h.owner.Workspace, h.box.ID)
			must(t, err)
			hours.Always = true
			_, err = h.rooms.Inboxes.SetHours(ctx, h.owner, hours)
			must(t, err)
			h.passes()
			same(t, "queue", h.row(c).Queue, h.sales.ID)
			same(t, "did", h.did(c), "Fuera done, template done, wait waits, wait waits, assign done")
		})
		t.Run("X22 a wait counts only the hours in which people answer", func(t *testing.T) {
			h := open(t, d)
			opens := time.UnixMilli(d.Now()).UTC().Truncate(time.Hour).Add(48 * time.Hour)
			hours, err := h.rooms.Inboxes.Hours(ctx, h.owner.Workspace, h.box.ID)
			must(t, err)
			hours.Always, hours.TimeZone, hours.Days = false, "UTC", [7][]hoursroom.Interval{}
			for day := range 2 {
				at := opens.AddDate(0, 0, day)
				hours.Days[int(at.Weekday())] = []hoursroom.Interval{{From: at.Format("15:04"), To: at.Add(90 * time.Minute).Format("15:04")}}
			}
			_, err = h.rooms.Inboxes.SetHours(ctx, h.owner, hours)
			must(t, err)
			h.on("Dos horas", workflow.Trigger{Kind: workflow.TicketOpened}, does(workflow.Step{Kind: workflow.Wait, Minutes: 120, Within: true}, workflow.Step{Kind: workflow.Keep, Name: "Nota", Value: "x"}))
			c := h.says("5531985554022", "hola")
			due := time.UnixMilli(h.runs(h.list()[0])[0].DueAt).UTC()
			same(t, "half an hour into the second opening", due, opens.AddDate(0, 0, 1).Add(30*time.Minute))
			h.passes()
			same(t, "did", h.did(c), "Dos horas done, wait waits, keep done")

			hours, err = h.rooms.Inboxes.Hours(ctx, h.owner.Workspace, h.box.ID)
			must(t, err)
			hours.Days = [7][]hoursroom.Interval{}
			_, err = h.rooms.Inboxes.SetHours(ctx, h.owner, hours)
			must(t, err)
			c = h.says("5531985554023", "hola")
			same(t, "a number that never opens", h.did(c), "Dos horas failed, wait failed workflow.never_opens")
		})
		t.Run("a trial tells what each condition sees and each step would do, and changes nothing", func(t *testing.T) {
			h := open(t, d)
			vip := h.tag("VIP")
			w := h.on("Prueba", workflow.Trigger{Kind: workflow.TicketOpened}, does(workflow.Step{Kind: workflow.Say, Text: "hola"}))
			c := h.hears("5531985553031", "quiero comprar")
			plan := workflow.Plan{Trigger: workflow.Trigger{Kind: workflow.TicketOpened}, Branches: []workflow.Branch{{ID: "a", Conditions: []workflow.Condition{
				{Kind: workflow.OfText, Op: flow.Contains, Value: "comprar"}, {Kind: workflow.OfTag, Op: flow.IsNot, IDs: []db.ID{vip}}}, Steps: []workflow.Step{
				{ID: "s1", Kind: workflow.AddTags, Tags: []db.ID{vip}}, {ID: "s2", Kind: workflow.Say, Text: "{{message.text}}"}, {ID: "s3", Kind: workflow.Wait, Minutes: 5},
				{ID: "s4", Kind: workflow.Webhook, Request: &flow.Request{Method: "POST", URL: "http://127.0.0.1:1/x"}},
				{ID: "s5", Kind: workflow.Assign, To: workflow.ToAgent, Agent: h.bea.User}, {ID: "s6", Kind: workflow.Close}}}}}
			before := h.counts()
			trial, err := h.room.Try(ctx, h.owner, w.ID, plan, h.row(c))
			must(t, err)
			var did []string
			for _, l := range trial.Lines {
				did = append(did, l.Kind+" "+l.Did)
			}
			same(t, "did", strings.Join(did, ", "), "condition saw, condition saw, branch taken, add_tags done, say done, wait waits, webhook calls, assign done, close done")
			same(t, "state", trial.State+trial.As, "done"+"opened")
			same(t, "saw", trial.Lines[0].Text, "quiero comprar")
			same(t, "nothing changed", h.counts(), before)
		})
	})
}

// counts tells how many rows there are of what a workflow can change.
func (h *house) counts() string {
	h.t.Helper()
	var out []string
	for _, table := range []string{"messages", "tickets", "ticket_tags", "events", "workflow_runs", "workflow_lines", "river_job"} {
		n, err := db.One[int](context.Background(), h.d, "select count(*) from "+table)
		must(h.t, err)
		out = append(out, fmt.Sprint(table, n))
	}
	return strings.Join(out, " ")
}

func (h *house) list() []workflow.Workflow {
	h.t.Helper()
	all, err := h.room.List(context.Background(), h.owner.Workspace)
	must(h.t, err)
	return all
}
