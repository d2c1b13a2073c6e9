package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
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
	"recado/internal/fault"
	"recado/internal/flow"
	"recado/internal/inbox"
	"recado/internal/publicnet"
	"recado/internal/words"
)

// publishes makes a flow of these blocks and publishes it.
func (h *house) publishes(name string, blocks ...flow.Block) bot.Flow {
	h.t.Helper()
	return h.publishesAll(name, flow.Flow{Language: "es", Blocks: blocks})
}

func (h *house) publishesAll(name string, draft flow.Flow) bot.Flow {
	h.t.Helper()
	ctx, actor := context.Background(), account.System(h.workspace)
	f, err := h.room.NewFlow(ctx, actor, name, "")
	must(h.t, err)
	_, err = h.room.SaveFlow(ctx, actor, f.ID, name, draft, f.Revision)
	must(h.t, err)
	f, err = h.room.PublishFlow(ctx, actor, f.ID, -1)
	must(h.t, err)
	return f
}

// plays lets the number begin with a flow.
func (h *house) plays(f bot.Flow) {
	h.t.Helper()
	s := h.setup()
	s.Flow = f.ID
	h.save(s)
}

// asksBy lets the number's node ask outside by other rules from now on, as after a restart.
func (h *house) asksBy(rules publicnet.Rules) {
	h.t.Helper()
	h.outside.Rules = rules
	h.room = h.again()
}

// passes lets the time of whatever waits be over.
func (h *house) passes(id db.ID) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		text, err := db.One[string](ctx, tx, "select state_json from bot_states where conversation_id = $1", id)
		if err != nil {
			return err
		}
		text = regexp.MustCompile(`"until":[0-9]+`).ReplaceAllString(text, `"until":1`)
		_, err = tx.Exec(ctx, "update bot_states set state_json = $1, due_at = 1 where conversation_id = $2", text, id)
		return err
	})
	for range 2 {
		_, err := h.room.GoOn(context.Background())
		must(h.t, err)
	}
}

// asks makes the call a conversation waits for, twice.
func (h *house) asks(id db.ID) {
	h.t.Helper()
	for range 2 {
		for serial := range int64(5) {
			must(h.t, h.room.CallOutside(context.Background(), h.workspace, id, serial))
		}
	}
}

func (h *house) did(id db.ID) string {
	h.t.Helper()
	lines, err := h.room.FlowLog(context.Background(), h.workspace, id)
	must(h.t, err)
	var out []string
	for i := len(lines) - 1; i >= 0; i-- {
		out = append(out, lines[i].Block+" "+lines[i].Did)
	}
	return strings.Join(out, ", ")
}

func TestFlows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		name := flow.Block{ID: "name", Kind: flow.Ask, Text: "¿Cómo te llamas?", Name: "Nombre"}
		hand := flow.Block{ID: "hand", Kind: flow.Handoff, Text: "Gracias, {{contact.Nombre}}. Te paso."}
		t.Run("a question, kept with the person, then people of a queue; told twice, said once", func(t *testing.T) {
			h := open(t, d)
			hand := hand
			hand.Queue = h.sales
			h.plays(h.publishes("Datos", name, hand))
			c := h.comes("5531985552311", "hola", "")
			same(t, "said", h.said(c), "text: ¿Cómo te llamas?")
			h.answers("5531985552311", "Julia", "")
			same(t, "said", h.said(c), "text: ¿Cómo te llamas?\ntext: Gracias, Julia. Te paso.")
			same(t, "queue", h.row(c).Queue, h.sales)
			same(t, "did", h.did(c), "name asked, name answered, name kept, hand handed")
			person, err := contact.New(d, h.log).Get(ctx, h.workspace, h.row(c).Contact)
			must(t, err)
			same(t, "kept", person.Attributes["Nombre"], "Julia")
		})
		t.Run("a conversation goes on in its version, over a restart and an edit; a new one begins with the new one", func(t *testing.T) {
			h := open(t, d)
			f := h.publishes("Datos", name, hand)
			h.plays(f)
			c := h.comes("5531985552312", "hola", "")
			_, err := h.room.SaveFlow(ctx, account.System(h.workspace), f.ID, "Datos", flow.Flow{Language: "es", Blocks: []flow.Block{{ID: "x", Kind: flow.End, Text: "Adiós"}}}, -1)
			must(t, err)
			_, err = h.room.PublishFlow(ctx, account.System(h.workspace), f.ID, -1)
			must(t, err)
			h.answers("5531985552312", "Julia", "")
			same(t, "said", h.said(c), "text: ¿Cómo te llamas?\ntext: Gracias, Julia. Te paso.")
			c = h.comes("5531985552313", "hola", "")
			same(t, "said", h.said(c), "text: Adiós")
			same(t, "state", h.row(c).State, conversation.Closed)
		})
		t.Run("a bot never speaks over an agent", func(t *testing.T) {
			h := open(t, d)
			h.plays(h.publishes("Espera", flow.Block{ID: "w", Kind: flow.Wait, Minutes: 1}, flow.Block{ID: "s", Kind: flow.End, Text: "¿Sigues ahí?"}))
			c := h.comes("5531985552314", "hola", "")
			h.agentSays(c, "Hola, soy Ana")
			h.passes(c)
			h.answers("5531985552314", "hola Ana", "")
			same(t, "said", h.said(c), "")
			same(t, "open", h.row(c).State, conversation.Open)
		})
		t.Run("time passes, nobody answers", func(t *testing.T) {
			h := open(t, d)
			h.plays(h.publishes("Espera", flow.Block{ID: "w", Kind: flow.Wait, Minutes: 1}, flow.Block{ID: "q", Kind: flow.Ask, Text: "¿Sí?", Minutes: 5, Late: flow.Finish, Then: flow.Finish}))
			c := h.comes("5531985552315", "hola", "")
			h.passes(c)
			same(t, "said once", h.said(c), "text: ¿Sí?")
		})
		t.Run("X22 a flow waits until people answer, also when the hours are changed meanwhile", func(t *testing.T) {
			h := open(t, d)
			h.plays(h.publishes("Abre", flow.Block{ID: "w", Kind: flow.Wait, Until: flow.UntilOpen}, flow.Block{ID: "s", Kind: flow.End, Text: "Ya abrimos"}))
			_, err := h.opensIn(1, "")
			must(t, err)
			c := h.comes("5531985554008", "hola", "")
			due, err := db.One[int64](ctx, d, "select due_at from bot_states where conversation_id = $1", c)
			must(t, err)
			kept, err := h.inboxes.Hours(ctx, h.workspace, h.number)
			must(t, err)
			clock, err := kept.Clock()
			must(t, err)
			opens, _ := clock.NextOpening(time.UnixMilli(d.Now()))
			same(t, "due at the opening", due, opens.UnixMilli())
			h.passes(c)
			same(t, "it is still closed", strings.Contains(h.said(c), "Ya abrimos"), false)
			h.opensNow()
			h.passes(c)
			same(t, "said", strings.HasSuffix(h.said(c), "text: Ya abrimos"), true)
		})
		t.Run("words that come out empty, and a state nobody can read, hold up nothing", func(t *testing.T) {
			h := open(t, d)
			h.plays(h.publishes("Vacío", flow.Block{ID: "s", Kind: flow.Say, Text: "{{contact.nada}}"},
				flow.Block{ID: "m", Kind: flow.Menu, Text: "{{contact.nada}}", Minutes: 1, Late: flow.Finish, Options: []flow.Option{{ID: "a", Title: "Sí", Then: flow.Finish}}}))
			broken, c := h.comes("5531985552340", "hola", ""), h.comes("5531985552341", "hola", "")
			same(t, "said", h.said(c), "interactive: Ver opciones")
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update bot_states set state_json = '{', due_at = 1 where conversation_id = $1", broken)
				return err
			})
			h.passes(c)
			same(t, "state", h.row(c).State, conversation.Closed)
		})
		t.Run("another system is asked, once, and what it says is told", func(t *testing.T) {
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				_, _ = fmt.Fprintf(w, `{"order":{"items":[{"state":"en camino %s"}]}}`, r.URL.Query().Get("n"))
			}))
			defer server.Close()
			h := open(t, d)
			h.plays(h.publishes("Pedido", flow.Block{ID: "n", Kind: flow.Ask, Text: "¿Número?", Name: "Pedido"},
				flow.Block{ID: "c", Kind: flow.HTTP, Request: &flow.Request{Method: "GET", URL: server.URL + "/?n={{answer}}", Results: []flow.Result{{Path: "order.items.0.state", Name: "Estado"}}}},
				flow.Block{ID: "e", Kind: flow.End, Text: "Va {{contact.Estado}}"}))
			c := h.comes("5531985552316", "hola", "")
			h.answers("5531985552316", "A & B", "")
			h.asks(c)
			same(t, "said", h.said(c), "text: ¿Número?\ntext: Va en camino A & B")
			same(t, "asked", asked, 1)
			same(t, "did", h.did(c), "n asked, n answered, n kept, c called, c got, c kept, e ended")
		})
		t.Run("a private address, an answer of ten megabytes or none at all goes to people", func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/big":
					_, _ = w.Write(make([]byte, 10<<20))
				case "/away":
					http.Redirect(w, r, "/", http.StatusFound)
				case "/slow":
					<-r.Context().Done()
				}
			}))
			defer server.Close()
			for i, one := range []struct{ path, why string }{{"/big", "flow.call.too_big"}, {"/away", "flow.call.status"}, {"/slow", "flow.call.late"}} {
				h := open(t, d)
				h.asksBy(publicnet.Rules{Private: true, Timeout: 500 * time.Millisecond})
				h.plays(h.publishes("Pedido", flow.Block{ID: "c", Kind: flow.HTTP, Request: &flow.Request{Method: "GET", URL: server.URL + one.path}, Then: flow.Finish}))
				c := h.comes(fmt.Sprintf("553198555232%d", i), "hola", "")
				h.asks(c)
				same(t, "queue", h.row(c).Queue, h.other)
				lines, err := h.room.FlowLog(ctx, h.workspace, c)
				must(t, err)
				same(t, "why", lines[1].Text, one.why)
			}
		})
		t.Run("a header's secret is sealed for its machine, sent, and kept over edits; values of the person stand in readable ones", func(t *testing.T) {
			var got []string
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got = append(got, r.Header.Get("Authorization")+" "+r.Header.Get("X-Person"))
			}))
			defer server.Close()
			h := open(t, d)
			actor := account.System(h.workspace)
			actor.Name = "Olga"
			draft := flow.Flow{Language: "es", Blocks: []flow.Block{{ID: "n", Kind: flow.Ask, Text: "¿Número?", Name: "Pedido"},
				{ID: "c", Kind: flow.HTTP, Then: flow.Finish, Request: &flow.Request{Method: "GET", URL: server.URL + "/{{answer}}",
					Headers: []flow.Header{{Name: "Authorization", Value: "Bearer muy-secreta"}, {Name: "X-Person", Value: "{{contact.Pedido}}"}}}}}}
			f, err := h.room.NewFlow(ctx, actor, "Pedido", "")
			must(t, err)
			f, err = h.room.SaveFlow(ctx, actor, f.ID, "Pedido", draft, -1)
			must(t, err)
			headers := f.Draft.Blocks[1].Request.Headers
			same(t, "sealed", headers[0].Value == "" && headers[0].Kept != "" && headers[0].By == "Olga" && headers[0].At > 0, true)
			same(t, "readable", headers[1], flow.Header{Name: "X-Person", Value: "{{contact.Pedido}}"})
			bea := actor
			bea.Name = "Bea"
			headers[0].By, headers[0].At = "Nadie", 1
			f, err = h.room.SaveFlow(ctx, bea, f.ID, "Pedido", f.Draft, -1)
			must(t, err)
			same(t, "who gave it", f.Draft.Blocks[1].Request.Headers[0].By, "Olga")
			f, err = h.room.PublishFlow(ctx, actor, f.ID, -1)
			must(t, err)
			h.plays(f)
			c := h.comes("5531985554007", "hola", "")
			h.answers("5531985554007", "A\nB", "")
			readable, err := db.One[int](ctx, d, "select count(*) from bot_states where conversation_id = $1 and state_json like '%muy-secreta%'", c)
			must(t, err)
			h.asks(c)
			same(t, "sent", strings.Join(got, ", "), "Bearer muy-secreta AB")
			for _, text := range []string{"select count(*) from flows where draft_json like '%muy-secreta%'", "select count(*) from flow_versions where flow_json like '%muy-secreta%'"} {
				n, err := db.One[int](ctx, d, text)
				must(t, err)
				readable += n
			}
			same(t, "readable", readable, 0)

			f.Draft.Blocks[1].Request.URL = "https://otra.example/{{answer}}"
			f, err = h.room.SaveFlow(ctx, actor, f.ID, "Pedido", f.Draft, -1)
			must(t, err)
			found, err := h.room.Findings(ctx, h.workspace, f.ID, f.Draft)
			must(t, err)
			same(t, "it goes to no other machine", len(found) == 1 && found[0].Fault.Code == "flow.header_moved" && found[0].Fault.Field == "request.headers.0.value", true)
			_, err = h.room.PublishFlow(ctx, actor, f.ID, -1)
			same(t, "published", fault.Is(err, "flow.not_ready"), true)
		})
		t.Run("a name that stands for a private machine after the flow was published is not asked: people take over", func(t *testing.T) {
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
			defer server.Close()
			address := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
			h := open(t, d)
			h.asksBy(publicnet.Rules{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
			h.plays(h.publishes("Pedido", flow.Block{ID: "c", Kind: flow.HTTP, Request: &flow.Request{Method: "GET", URL: address}, Then: "e"},
				flow.Block{ID: "e", Kind: flow.End, Text: "Va en camino"}))
			c := h.comes("5531985554001", "hola", "")
			h.asks(c)
			same(t, "said", h.said(c), "text: Va en camino")
			h.asksBy(publicnet.Rules{Allowed: []netip.Prefix{netip.MustParsePrefix("10.9.8.7/32")}})
			c = h.comes("5531985554002", "hola", "")
			h.asks(c)
			same(t, "queue", h.row(c).Queue, h.other)
			lines, err := h.room.FlowLog(ctx, h.workspace, c)
			must(t, err)
			same(t, "why", lines[1].Text, "flow.call.private")
			same(t, "asked", asked, 1)
		})
		t.Run("a menu of yesterday, a button of a block that is gone, a number of emoji, and two messages in one second", func(t *testing.T) {
			h := open(t, d)
			menu := flow.Block{ID: "m", Kind: flow.Menu, Text: "¿Qué necesitas?", Options: []flow.Option{{ID: "a", Title: "Ventas", Then: flow.Finish}, {ID: "b", Title: "Soporte", Then: "n"}}}
			ask := flow.Block{ID: "n", Kind: flow.Ask, Text: "¿Cuántos?", Answer: &flow.Answer{Kind: flow.Number}, Name: "Cuántos", Then: flow.People}
			f := h.publishes("Menú", menu, ask)
			h.plays(f)
			const phone = "5531985554003"
			c := h.comes(phone, "hola", "")
			h.agentCloses(c)
			tap := flow.Mark + f.ID.String() + ":m:"
			h.comes(phone, "Soporte", tap+"b")
			same(t, "yesterday's menu is answered", strings.HasSuffix(h.said(c), "\ntext: ¿Cuántos?"), true)
			h.answers(phone, "1️⃣2️⃣", "")
			person, err := contact.New(d, h.log).Get(ctx, h.workspace, h.row(c).Contact)
			must(t, err)
			same(t, "emoji", person.Attributes["Cuántos"], "12")
			h.agentCloses(c)

			menu.Options = menu.Options[:1]
			_, err = h.room.SaveFlow(ctx, account.System(h.workspace), f.ID, "Menú", flow.Flow{Language: "es", Blocks: []flow.Block{menu}}, -1)
			must(t, err)
			_, err = h.room.PublishFlow(ctx, account.System(h.workspace), f.ID, -1)
			must(t, err)
			const other = "5531985554004"
			c = h.comes(other, "hola", "")
			h.answers(other, "Soporte", tap+"b")
			same(t, "gone", h.said(c), "interactive: ¿Qué necesitas?\ntext: "+words.Say("es", "flow.fixed.gone", nil)+"\ninteractive: ¿Qué necesitas?")
			same(t, "it waits", h.row(c).Holder, conversation.HolderBot)

			const quick = "5531985554005"
			c = h.says(quick, "hola", "", d.Now())
			h.says(quick, "¿hay alguien?", "", d.Now())
			h.opens(c)
			h.reacts()
			same(t, "one menu for two messages of one second", h.said(c), "interactive: ¿Qué necesitas?")
		})
		t.Run("a number that is disconnected while a flow waits: people take over without words, and answer once it is back", func(t *testing.T) {
			h := open(t, d)
			h.plays(h.publishes("Espera", flow.Block{ID: "w", Kind: flow.Wait, Minutes: 1}, flow.Block{ID: "s", Kind: flow.Ask, Text: "¿Sigues ahí?", Then: flow.Finish}))
			c := h.comes("5531985554006", "hola", "")
			must(t, h.inboxes.SetStatus(ctx, h.number, inbox.Disconnected, 190))
			h.passes(c)
			same(t, "said", h.said(c), "")
			same(t, "queue", h.row(c).Queue, h.other)
			must(t, h.inboxes.SetStatus(ctx, h.number, inbox.Connected, 0))
			h.agentSays(c, "Hola, soy Ana")
			h.answers("5531985554006", "hola Ana", "")
			same(t, "the flow is over", h.said(c), "")
		})
		t.Run("a reply goes to the flow its campaign named, even where menus meet people", func(t *testing.T) {
			h := open(t, d)
			h.setup()
			f := h.publishes("Promo", name, hand)
			const phone = "5531985552317"
			h.campaign(phone, conversation.RouteRequest{Target: conversation.TargetBot, TargetID: f.ID})
			c := h.comes(phone, "me interesa", "")
			same(t, "said", h.said(c), "text: ¿Cómo te llamas?")
		})
		t.Run("A13 a reply begins at the block its campaign named, at human service, or where the flow does", func(t *testing.T) {
			h := open(t, d)
			f := h.publishes("Promo", name, flow.Block{ID: "plan", Kind: flow.Ask, Text: "¿Qué plan?"}, flow.Block{ID: "hand", Kind: flow.Handoff, Text: "Te paso con alguien", Queue: h.other})
			for phone, one := range map[string]struct{ block, said string }{
				"5531985553211": {"plan", "text: ¿Qué plan?"}, "5531985553212": {"hand", "text: Te paso con alguien"},
				"5531985553213": {flow.People, "text: Te paso con alguien"}, "5531985553214": {"gone", "text: ¿Cómo te llamas?"},
			} {
				h.campaign(phone, conversation.RouteRequest{Target: conversation.TargetBot, TargetID: f.ID, TargetBlock: one.block})
				c := h.comes(phone, "me interesa", "")
				same(t, "said at "+one.block, h.said(c), one.said)
			}
		})
		t.Run("A12 A26 a person stays in the child of a router, also in the next ticket, until they leave", func(t *testing.T) {
			h := open(t, d)
			child := flow.Flow{Language: "es", Context: true, Blocks: []flow.Block{{ID: "plan", Kind: flow.Ask, Text: "¿Qué plan?", Name: "Plan"}, {ID: "hand", Kind: flow.Handoff, Text: "Te paso con alguien", Queue: h.other}}}
			sales := h.publishesAll("Ventas", child)
			router := h.publishesAll("Entrada", flow.Flow{Language: "es", Leave: []string{"menú"}, Blocks: []flow.Block{
				{ID: "menu", Kind: flow.Menu, Text: "¿Qué necesitas?", Options: []flow.Option{{ID: "a", Title: "Ventas", Then: "sales"}}},
				{ID: "sales", Kind: flow.Child, Flow: sales.ID, Minutes: 60, Then: "menu"}}})
			h.plays(router)
			const phone = "5531985553221"
			c := h.comes(phone, "hola", "")
			h.answers(phone, "ventas", "")
			h.answers(phone, "oro", "")
			same(t, "said", h.said(c), "interactive: ¿Qué necesitas?\ntext: ¿Qué plan?\ntext: Te paso con alguien")
			h.agentCloses(c)
			h.comes(phone, "hola otra vez", "")
			same(t, "the next ticket begins in the child", strings.HasSuffix(h.said(c), "\ntext: ¿Qué plan?"), true)
			h.answers(phone, "MENÚ", "")
			same(t, "a word leads out", strings.HasSuffix(h.said(c), "\ninteractive: ¿Qué necesitas?"), true)
			h.agentCloses(c)
			h.comes(phone, "hola de nuevo", "")
			same(t, "who left begins in the router", strings.HasSuffix(h.said(c), "\ninteractive: ¿Qué necesitas?"), true)

			const late = "5531985553222"
			c = h.comes(late, "hola", "")
			h.answers(late, "ventas", "")
			h.agentCloses(c)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update bot_places set until_at = $1 where conversation_id = $2", tx.Now(), c)
				return err
			})
			h.comes(late, "hola", "")
			same(t, "after the time it begins in the router", strings.HasSuffix(h.said(c), "\ninteractive: ¿Qué necesitas?"), true)

			const routed = "5531985553223"
			h.campaign(routed, conversation.RouteRequest{Target: conversation.TargetBot, TargetID: router.ID, TargetChild: sales.ID, TargetBlock: "hand"})
			c = h.comes(routed, "me interesa", "")
			same(t, "a campaign's reply begins at a block of the child", h.said(c), "text: Te paso con alguien")
			script, ok, err := h.room.Script(ctx, h.workspace, router.ID)
			must(t, err)
			same(t, "script", ok && len(script.Children) == 1 && script.Children[0].Context && script.Children[0].Name == "Ventas" && len(script.Children[0].Handoffs) == 1, true)
			same(t, "a child in use", fault.Is(h.room.DeleteFlow(ctx, account.System(h.workspace), sales.ID), "flow.used"), true)
		})
		t.Run("two editors, names, and what is in use", func(t *testing.T) {
			h := open(t, d)
			actor := account.System(h.workspace)
			f := h.publishes("Datos", name, hand)
			h.plays(f)
			_, err := h.room.SaveFlow(ctx, actor, f.ID, "Datos", f.Draft, 1)
			same(t, "over a revision not seen", fault.KindOf(err), fault.Conflict)
			_, err = h.room.NewFlow(ctx, actor, " dátos ", "menu")
			same(t, "a name twice", fault.Is(err, "flow.title_taken"), true)
			_, err = h.room.PublishFlow(ctx, actor, f.ID, -1)
			same(t, "unchanged", fault.Is(err, "flow.unchanged"), true)
			same(t, "in use", fault.Is(h.room.DeleteFlow(ctx, actor, f.ID), "flow.used"), true)
			loop := flow.Flow{Language: "es", Blocks: []flow.Block{{ID: "a", Kind: flow.Say, Text: "x", Then: "a"}}}
			_, err = h.room.SaveFlow(ctx, actor, f.ID, "Datos", loop, -1)
			must(t, err)
			_, err = h.room.PublishFlow(ctx, actor, f.ID, -1)
			same(t, "a loop", fault.Is(err, "flow.not_ready"), true)
			s := h.setup()
			s.Flow = f.ID + 1
			_, err = h.room.Save(ctx, actor, h.number, s, -1)
			same(t, "a flow there is not", fault.Is(err, "flow.no_flow"), true)
			h.save(h.setup())
			must(t, h.room.DeleteFlow(ctx, actor, f.ID))
		})
		t.Run("a flow that is deleted, and a number switched off, leave nobody alone", func(t *testing.T) {
			h := open(t, d)
			f := h.publishes("Datos", name, hand)
			h.plays(f)
			c, other := h.comes("5531985552318", "hola", ""), h.comes("5531985552319", "hola", "")
			s := h.setup()
			s.Enabled = false
			h.save(s)
			h.answers("5531985552318", "Julia", "")
			same(t, "queue", h.row(c).Queue, h.other)
			must(t, h.room.DeleteFlow(ctx, account.System(h.workspace), f.ID))
			h.save(h.setup())
			h.answers("5531985552319", "Ana", "")
			same(t, "queue", h.row(other).Queue, h.other)
		})
	})
}

// campaign sends a template that is accepted.
func (h *house) campaign(phone string, route conversation.RouteRequest) {
	h.t.Helper()
	var sent []db.ID
	h.write(func(ctx context.Context, tx *db.Tx) error {
		who, err := contact.New(h.d, h.log).ResolveIn(ctx, tx, h.workspace, channel.WhatsApp, []contact.Person{{Identities: []channel.Identity{{Kind: channel.Phone, Value: phone}}}})
		if err != nil {
			return err
		}
		sent, err = h.conversations.QueueCampaignIn(ctx, tx, h.workspace, []conversation.CampaignMessage{{Inbox: h.number, Contact: who[0].Contact,
			Campaign: tx.NewID(), Template: channel.Filled{Name: "promo", Language: "es"}, Text: "Hola", Route: &route}})
		return err
	})
	h.write(func(ctx context.Context, tx *db.Tx) error {
		if _, err := h.conversations.ClaimIn(ctx, tx, h.number, 1, 10, tx.Now()); err != nil {
			return err
		}
		return h.conversations.SettleIn(ctx, tx, []conversation.Outcome{{Message: sent[0], Accepted: &channel.Accepted{ExternalID: "wamid.out." + sent[0].String()}}})
	})
}
