package campaign_test

import (
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// toFlow is the change for "this template from ventas, replies to this block of this flow".
func (w *world) toFlow(flow db.ID, block string) campaign.Change {
	change := w.toAll(w.template(accountOne, "promo_primavera", "es"), w.ventas.ID)
	change.Route = &campaign.Route{Target: campaign.ToBot, TargetID: flow, TargetBlock: block}
	return change
}

func TestReplyToABlock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		const menu, quiet db.ID = 501, 502
		w.scripts[menu] = campaign.Script{Flow: menu, Name: "Menú", Blocks: []string{"hello", "ventas", "person"},
			Handoffs: []campaign.Handoff{{Block: "ventas", Queue: 81}, {Block: "person"}}}
		w.scripts[quiet] = campaign.Script{Flow: quiet, Name: "Avisos", Blocks: []string{"hello"}}
		found := func(flow db.ID, block string) string {
			t.Helper()
			c := w.draft("phone\n+5531985553201\n", w.toFlow(flow, block))
			check, err := w.room.CheckRoute(t.Context(), w.workspace, c.ID, c.Route)
			w.must(err)
			if check.OK {
				return ""
			}
			return check.Problem.Code
		}
		t.Run("A13 replies begin at a block of the flow as it is published", func(t *testing.T) {
			for block, want := range map[string]string{"": "", "hello": "", "person": "", "nadie": campaign.RouteBlockUnknown} {
				if got := found(menu, block); got != want {
					t.Errorf("block %q: %q, want %q", block, got, want)
				}
			}
			change := w.toFlow(0, "hello")
			c := w.draft("phone\n+5531985553201\n", w.toFlow(menu, ""))
			_, err := w.room.Update(t.Context(), w.owner, c.ID, change)
			wantFault(t, err, "campaign.route_block")
			sent := w.sendAll(w.send(w.checked("phone\n+5531985553202\n", w.toFlow(menu, "person")).ID, 0).ID)
			if n := w.count(`select count(*) from messages where campaign_id = $1 and route_json like '%"target_block":"person"%'`, sent.ID); n != 1 {
				t.Errorf("%d messages say where replies begin", n)
			}
		})
		t.Run("A25 who wants people needs a flow with a block of human service", func(t *testing.T) {
			for flow, want := range map[db.ID]string{menu: "", quiet: campaign.RouteNoHandoff} {
				if got := found(flow, campaign.ToPeople); got != want {
					t.Errorf("flow %d: %q, want %q", flow, got, want)
				}
			}
			if got := found(quiet, ""); got != "" {
				t.Errorf("a flow that answers alone: %q", got)
			}
		})
		t.Run("A24 human service is on where replies get to people", func(t *testing.T) {
			w.desk.alone = []db.ID{81, w.ventas.ID}
			defer func() { w.desk.alone = nil }()
			for block, want := range map[string]string{"ventas": campaign.RouteQueueUnserved, campaign.ToPeople: campaign.RouteQueueUnserved,
				"person": campaign.RouteNumberUnserved, "": campaign.RouteQueueUnserved} {
				if got := found(menu, block); got != want {
					t.Errorf("block %q: %q, want %q", block, got, want)
				}
			}
			if got := found(quiet, ""); got != "" {
				t.Errorf("a flow that answers alone: %q", got)
			}
			change := w.toFlow(menu, "")
			change.Route = &campaign.Route{Target: campaign.ToQueue, TargetID: 81}
			c := w.checked("phone\n+5531985553203\n", change)
			_, err := w.room.Send(t.Context(), w.owner, c.ID, 0)
			wantFault(t, err, "campaign."+campaign.RouteQueueUnserved)
		})
		t.Run("A13 a block that a later publication takes away: the author is told, and at its time replies begin where the flow does", func(t *testing.T) {
			at := time.Now().Add(time.Hour).UnixMilli()
			change := w.toFlow(menu, "hello")
			change.ScheduledAt = &at
			c := w.send(w.checked("phone\n+5531985553204\n", change).ID, 0)
			uses, err := w.room.Using(t.Context(), w.workspace, menu)
			w.must(err)
			if len(uses) == 0 || uses[0].Campaign != c.ID || uses[0].Block != "hello" || uses[0].Name != "Noviembre" {
				t.Errorf("uses: %+v", uses)
			}
			script := w.scripts[menu]
			script.Blocks = []string{"ventas", "person"}
			w.scripts[menu] = script
			w.must(d.Write(t.Context(), exec("update campaigns set scheduled_at = 1 where id = $1", c.ID)))
			c = w.sendAll(c.ID)
			if c.State != campaign.Done || c.Route.TargetBlock != "" || c.Route.TargetID != menu {
				t.Errorf("%s, replies to %+v", c.State, c.Route)
			}
		})
		t.Run("A12 a router asks for the child, A26 which has the router context on", func(t *testing.T) {
			const router, apart db.ID = 601, 602
			w.scripts[router] = campaign.Script{Flow: router, Name: "Entrada", Blocks: []string{"sales", "help"}, Children: []campaign.ChildScript{
				{Script: w.scripts[menu], Context: true}, {Script: campaign.Script{Flow: apart, Name: "Soporte"}}}}
			for want, route := range map[string]campaign.Route{
				campaign.RouteChildMissing: {TargetID: router},
				campaign.RouteChildUnknown: {TargetID: router, TargetChild: quiet},
				campaign.RouteChildApart:   {TargetID: router, TargetChild: apart},
				campaign.RouteBlockUnknown: {TargetID: router, TargetChild: menu, TargetBlock: "sales"},
				"":                         {TargetID: router, TargetChild: menu, TargetBlock: "person"},
			} {
				route.Target = campaign.ToBot
				change := w.toFlow(0, "")
				change.Route = &route
				c := w.draft("phone\n+5531985553206\n", change)
				check, err := w.room.CheckRoute(t.Context(), w.workspace, c.ID, route)
				w.must(err)
				if got := ""; check.Problem != nil {
					if got = check.Problem.Code; got != want {
						t.Errorf("%+v: %q, want %q", route, got, want)
					}
				} else if want != "" {
					t.Errorf("%+v is taken, want %q", route, want)
				}
				if uses, err := w.room.Using(t.Context(), w.workspace, menu); want == "" && (err != nil || len(uses) == 0 || uses[0].Campaign != c.ID || uses[0].Block != "person") {
					t.Errorf("the child does not know its campaign: %+v %v", uses, err)
				}
			}
		})
		t.Run("A07 without a number that is connected nothing active is made", func(t *testing.T) {
			for _, box := range []inbox.Inbox{w.ventas, w.soporte, w.vendas} {
				w.must(w.inboxes.SetStatus(t.Context(), box.ID, inbox.Disconnected, 190))
			}
			_, err := w.room.Create(t.Context(), w.owner, "Nada", campaign.OriginWizard)
			wantFault(t, err, "campaign.no_number")
			_, err = w.room.SendActive(t.Context(), account.System(w.workspace), campaign.Active{Inbox: w.ventas.ID, Template: w.template(accountOne, "promo_primavera", "es"),
				People: []campaign.ActivePerson{{Phone: "+5531985553205"}}})
			wantFault(t, err, "campaign.no_number")
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("%v", err)
			}
			w.must(w.inboxes.SetStatus(t.Context(), w.vendas.ID, inbox.Connected, 0))
			if _, err := w.room.Create(t.Context(), w.owner, "Algo", campaign.OriginWizard); err != nil {
				t.Error(err)
			}
		})
	})
}
