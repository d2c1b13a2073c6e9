package campaign_test

import (
	"testing"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

// A23: where the workspace wants it so, only a send to one person leaves its replies with an agent who is named.
func TestAgentsForMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.workspaceRow()
		promo := w.template(accountOne, "promo_primavera", "es")
		toAgent := campaign.Route{Target: campaign.ToAgent, Email: "ana@aurora.example"}
		change := w.toAll(promo, w.ventas.ID)
		change.Route = &toAgent
		sheet := "phone,agent_email,queue\n+5531985553800,ana@aurora.example,\n"
		before := w.checked(sheet, change)
		if before.State != campaign.Ready {
			t.Fatalf("a sheet may name an agent where nobody forbade it: %s %+v", before.State, before.Check)
		}
		policy, err := w.room.Policy(t.Context(), w.owner)
		w.must(err)
		if policy.AgentsForMany = !policy.AgentsForMany; policy.AgentsForMany {
			t.Fatal("the policy begins with what D21 allows")
		}
		_, err = w.room.SetPolicy(t.Context(), w.owner, policy)
		w.must(err)

		t.Run("A23 the author is told while choosing, the check says it, and what was checked before is not sent", func(t *testing.T) {
			said, err := w.room.CheckRoute(t.Context(), w.workspace, before.ID, toAgent)
			w.must(err)
			if said.OK || said.Problem == nil || said.Problem.Code != campaign.RouteAgentsSingle {
				t.Errorf("%+v", said)
			}
			if _, err := w.room.Send(t.Context(), w.owner, before.ID, 0); fault.KindOf(err) != fault.Invalid {
				t.Errorf("sent: %v", err)
			}
			if c := w.checked(sheet, change); c.State == campaign.Ready {
				t.Errorf("checked: %+v", c.Check)
			}
		})
		t.Run("A23 a column of agents is refused, one of queues is not", func(t *testing.T) {
			rows := w.toAll(promo, w.ventas.ID)
			rows.Route = &campaign.Route{Target: campaign.ToColumn}
			if c := w.checked(sheet, rows); c.State == campaign.Ready {
				t.Errorf("%+v", c.Check)
			}
			if c := w.checked("phone,queue\n+5531985553801,Ventas\n", rows); c.State != campaign.Ready {
				t.Errorf("%s %+v", c.State, c.Check)
			}
		})
		t.Run("A23 a send to one person may name an agent", func(t *testing.T) {
			if c := w.toOne(campaign.OnePerson{Phone: "+5531985553802"}, change); c.State != campaign.Ready {
				t.Errorf("%s %+v", c.State, c.Check)
			}
		})
		t.Run("A23 a program may for one person and not for two; an agent writes to a few", func(t *testing.T) {
			key := account.Actor{Kind: account.KindKey, Workspace: w.workspace, Locale: "en", Permissions: account.All()}
			m := campaign.Active{Inbox: w.ventas.ID, Template: promo, Route: toAgent, People: toPhones("+5531985553803", "+5531985553804")}
			if _, err := w.room.SendActive(t.Context(), key, m); fault.KindOf(err) != fault.Invalid {
				t.Errorf("two by a program: %v", err)
			}
			if _, err := w.room.SendActive(t.Context(), w.agent(), m); err != nil {
				t.Errorf("two by an agent: %v", err)
			}
			m.People = toPhones("+5531985553805")
			if _, err := w.room.SendActive(t.Context(), key, m); err != nil {
				t.Errorf("one by a program: %v", err)
			}
		})
	})
}
