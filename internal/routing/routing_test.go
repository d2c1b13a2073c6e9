package routing_test

import (
	"context"
	"slices"
	"testing"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/routing"
)

func TestWhoTakesAMessage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, luis := h.agent("ana"), h.agent("luis")

		t.Run("without a route it goes to the number's default queue", func(t *testing.T) {
			row := h.writes("5531985551001", "hola")
			if row.State != conversation.Open || row.Holder != conversation.HolderQueue || row.Queue != h.push.ID {
				t.Fatalf("%+v", row)
			}
		})
		t.Run("A16 A17 a route to an agent goes straight there, past queue rules and presence", func(t *testing.T) {
			h.campaign("5531985551002", conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: ana.User, Campaign: "Primavera"})
			row := h.writes("5531985551002", "me interesa")
			if row.Holder != conversation.HolderAgent || row.Assignee != ana.User {
				t.Fatalf("%+v", row)
			}
			detail, err := h.conversations.GetDetail(t.Context(), conversation.Everything(h.workspace.ID), row.ID)
			if err != nil || detail.Origin == nil || detail.Origin.CampaignName != "Primavera" || detail.Origin.Until == 0 {
				t.Fatalf("the ticket does not say why it is here: %+v %v", detail.Origin, err)
			}
		})
		t.Run("A29 the last send wins, and an open ticket is never moved", func(t *testing.T) {
			phone := "5531985551003"
			h.campaign(phone, conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: ana.User})
			h.campaign(phone, conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: luis.User})
			row := h.writes(phone, "sí")
			if row.Assignee != luis.User {
				t.Fatalf("assigned to %d, want the second route's agent", row.Assignee)
			}
			h.campaign(phone, conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: ana.User})
			if row = h.writes(phone, "¿sigues ahí?"); row.Assignee != luis.User {
				t.Fatal("an open ticket was moved by a route")
			}
		})
		t.Run("D12 a route to a queue opens the ticket there", func(t *testing.T) {
			h.campaign("5531985551004", conversation.RouteRequest{Target: conversation.TargetQueue, TargetID: h.pull.ID})
			if row := h.writes("5531985551004", "quiero pagar"); row.Queue != h.pull.ID || row.Assignee != 0 {
				t.Fatalf("%+v", row)
			}
		})
		t.Run("a route to the bot lets it hold the ticket", func(t *testing.T) {
			h.campaign("5531985551005", conversation.RouteRequest{Target: conversation.TargetBot})
			if row := h.writes("5531985551005", "hola"); row.Holder != conversation.HolderBot {
				t.Fatalf("%+v", row)
			}
		})
		t.Run("D13 notify only tells the desk and opens nothing", func(t *testing.T) {
			h.campaign("5531985551006", conversation.RouteRequest{Target: conversation.TargetNotify, Campaign: "Aviso"})
			if row := h.writes("5531985551006", "recibido"); row.State != conversation.None {
				t.Fatalf("%+v", row)
			}
			n, err := db.One[int64](t.Context(), d, "select count(*) from events where kind = $1", routing.RouteNotified)
			if err != nil || n != 1 {
				t.Fatalf("told %d times: %v", n, err)
			}
		})
		t.Run("D20 only the named button follows the route, any other reply the other target", func(t *testing.T) {
			route := conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: ana.User, Button: "Vamos conversar",
				OtherTarget: conversation.TargetQueue, OtherTargetID: h.pull.ID}
			h.campaign("5531985551007", route)
			tapped := channel.Inbound{Kind: channel.Button, Text: "Vamos conversar", Content: channel.Content{Payload: "x", Title: "vamos conversar"}}
			if row := h.sends("5531985551007", tapped); row.Assignee != ana.User {
				t.Fatalf("%+v", row)
			}
			h.campaign("5531985551008", route)
			if row := h.writes("5531985551008", "ahora no"); row.Queue != h.pull.ID || row.Assignee != 0 {
				t.Fatalf("%+v", row)
			}
		})
		t.Run("an agent who left is passed over: the number's first responder meets the person", func(t *testing.T) {
			gone := h.agent("gone")
			h.campaign("5531985551009", conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: gone.User})
			members, err := h.accounts.MemberByEmail(t.Context(), h.workspace.ID, "gone@ejemplo.test")
			h.must(err)
			h.must(h.accounts.SetDisabled(t.Context(), h.system, members.ID, true))
			if row := h.writes("5531985551009", "hola"); row.Queue != h.push.ID || row.Assignee != 0 {
				t.Fatalf("%+v", row)
			}
		})
		t.Run("a reaction asks for no answer", func(t *testing.T) {
			if row := h.sends("5531985551010", channel.Inbound{Kind: channel.Reaction, Content: channel.Content{Emoji: "👍"}}); row.State != conversation.None {
				t.Fatalf("%+v", row)
			}
		})
		t.Run("A18 a named agent who does not answer in time loses the ticket to the fallback queue", func(t *testing.T) {
			h.campaign("5531985551011", conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: ana.User, FallbackQueue: h.pull.ID, FallbackMinutes: 1})
			row := h.writes("5531985551011", "hola")
			if moved, err := h.room.Fallback(t.Context()); err != nil || moved != 0 {
				t.Fatalf("moved %d too early: %v", moved, err)
			}
			h.must(h.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update tickets set fallback_at = $1 where id = $2", tx.Now()-1, row.Ticket)
				return err
			}))
			if moved, err := h.room.Fallback(t.Context()); err != nil || moved != 1 {
				t.Fatalf("moved %d: %v", moved, err)
			}
			if row = h.row(row.ID); row.Queue != h.pull.ID || row.Assignee != 0 {
				t.Fatalf("%+v", row)
			}
		})
	})
}

func TestDistribute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana := h.agent("ana", h.push, h.pull)
		waiting := h.writes("5531985552001", "hola")
		if waiting.Assignee != 0 {
			t.Fatal("a ticket went to an agent without a desk")
		}
		h.present(ana)
		h.tell()
		t.Run("coming on line brings what waits", func(t *testing.T) {
			if h.row(waiting.ID).Assignee != ana.User {
				t.Fatal("the ticket still waits")
			}
		})
		t.Run("nobody gets more than the queue's capacity by push", func(t *testing.T) {
			second, third := h.writes("5531985552002", "hola"), h.writes("5531985552003", "hola")
			if second.Assignee != ana.User || third.Assignee != 0 {
				t.Fatalf("second %d, third %d", second.Assignee, third.Assignee)
			}
		})
		t.Run("the agent with fewer open tickets is next", func(t *testing.T) {
			luis := h.agent("luis", h.push)
			h.present(luis)
			h.tell()
			if row := h.writes("5531985552004", "hola"); row.Assignee != luis.User {
				t.Fatalf("%+v", row)
			}
		})
		t.Run("an agent on a pause or gone gets nothing", func(t *testing.T) {
			bia := h.agent("bia", h.push)
			other := h.present(bia)
			_, err := h.room.SetAvailability(t.Context(), bia, routing.Away, "lunch")
			h.must(err)
			h.tell()
			if row := h.writes("5531985552005", "hola"); row.Assignee == bia.User {
				t.Fatal("given to an agent on a pause")
			}
			h.must(h.room.DeskClosed(t.Context(), bia.Workspace, bia.User, other))
			_, err = h.room.SetAvailability(t.Context(), bia, routing.Online, "")
			h.must(err)
			h.tell()
			if row := h.writes("5531985552006", "hola"); row.Assignee == bia.User {
				t.Fatal("given to an agent without a desk")
			}
			if _, err := h.room.SetAvailability(t.Context(), bia, "asleep", ""); fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
		})
		t.Run("a pull queue waits until somebody takes the oldest", func(t *testing.T) {
			var rows []conversation.Row
			for _, phone := range []string{"5531985552007", "5531985552008"} {
				h.campaign(phone, conversation.RouteRequest{Target: conversation.TargetQueue, TargetID: h.pull.ID})
				rows = append(rows, h.writes(phone, "quiero pagar"))
			}
			if rows[0].Assignee != 0 {
				t.Fatal("a pull queue pushed")
			}
			taken, err := h.room.TakeNext(t.Context(), ana)
			for err == nil && h.row(taken).Queue != h.pull.ID {
				taken, err = h.room.TakeNext(t.Context(), ana)
			}
			if err != nil || taken != rows[0].ID || h.row(taken).Assignee != ana.User {
				t.Fatalf("took %d (%v), want %d", taken, err, rows[0].ID)
			}
		})
		t.Run("an empty queue says so", func(t *testing.T) {
			lila := h.agent("lila")
			if _, err := h.room.TakeNext(t.Context(), lila); !fault.Is(err, "queue.empty") {
				t.Fatal(err)
			}
		})
	})
}

func TestReach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, lila := h.agent("ana", h.push), h.agent("lila")
		row := h.writes("5531985553001", "hola")
		sees := func(a account.Actor) bool {
			reach, err := h.room.ReachOf(t.Context(), a)
			h.must(err)
			_, err = h.conversations.Get(t.Context(), reach, row.ID)
			return err == nil
		}
		t.Run("X02 own queue, own numbers, own tickets; nothing else", func(t *testing.T) {
			if !sees(ana) || sees(lila) {
				t.Fatalf("ana sees %v, lila sees %v", sees(ana), sees(lila))
			}
			h.must(h.inboxes.AddMember(t.Context(), h.workspace.ID, h.ventas.ID, lila.User, inbox.Agent))
			if !sees(lila) {
				t.Fatal("an agent of the number does not see it")
			}
			h.must(h.inboxes.RemoveMember(t.Context(), h.workspace.ID, h.ventas.ID, lila.User, inbox.Agent))
			if sees(lila) {
				t.Fatal("access that was taken away still acts")
			}
		})
		t.Run("assigning needs the ticket in reach, the ability, and an agent", func(t *testing.T) {
			if err := h.room.Assign(t.Context(), lila, row.ID, conversation.Assignment{User: lila.User}); fault.KindOf(err) != fault.NotFound {
				t.Fatal(err)
			}
			if err := h.room.Assign(t.Context(), ana, row.ID, conversation.Assignment{User: 42}); !fault.Is(err, "assign.not_agent") {
				t.Fatal(err)
			}
			h.must(h.room.Assign(t.Context(), ana, row.ID, conversation.Assignment{User: lila.User, Note: "te lo paso"}))
			if !sees(lila) || h.row(row.ID).Assignee != lila.User {
				t.Fatal("the ticket did not move")
			}
			if err := h.room.Take(t.Context(), ana, row.ID); fault.KindOf(err) != fault.Forbidden {
				t.Fatalf("taking a colleague's ticket without the ability: %v", err)
			}
		})
	})
}

func TestCheckAgent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana := h.agent("ana", h.push)
		h.agent("lila")
		check := func(email string) (routing.Agent, error) {
			return h.room.CheckAgent(t.Context(), h.workspace.ID, email, h.ventas.ID)
		}
		t.Run("A19 A21 an agent who does not exist is refused with words", func(t *testing.T) {
			if _, err := check("nobody@ejemplo.test"); !fault.Is(err, "route.agent_unknown") {
				t.Fatal(err)
			}
			if _, err := check(" "); !fault.Is(err, "route.agent_missing") {
				t.Fatal(err)
			}
		})
		t.Run("A19 so is one without access to the number", func(t *testing.T) {
			if _, err := check("lila@ejemplo.test"); !fault.Is(err, "route.agent_no_access") {
				t.Fatal(err)
			}
		})
		t.Run("A20 whether the agent is on line is told, and no obstacle", func(t *testing.T) {
			agent, err := check("ANA@ejemplo.test")
			if err != nil || agent.User != ana.User || agent.Online {
				t.Fatalf("%+v %v", agent, err)
			}
			h.present(ana)
			if agent, err = check("ana@ejemplo.test"); err != nil || !agent.Online {
				t.Fatalf("%+v %v", agent, err)
			}
		})
	})
}

func TestQueues(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		if _, err := h.room.CreateQueue(ctx, h.system, "Ventas", routing.Push, 0); !fault.Is(err, "queue.exists") {
			t.Error(err)
		}
		for _, name := range []string{"", "  ", string(make([]rune, 61))} {
			if _, err := h.room.CreateQueue(ctx, h.system, name, routing.Push, 0); fault.KindOf(err) == fault.Internal {
				t.Errorf("%q: %v", name, err)
			}
		}
		if q, err := h.room.QueueByName(ctx, h.workspace.ID, " ventas "); err != nil || q.ID != h.push.ID {
			t.Error(q, err)
		}
		if _, err := h.room.QueueByName(ctx, h.workspace.ID, "otra"); !fault.Is(err, "queue.unknown_name") {
			t.Error(err)
		}
		if _, err := h.room.Queue(ctx, h.workspace.ID+1, h.push.ID); fault.KindOf(err) != fault.NotFound {
			t.Error("a queue of another workspace was given", err)
		}
		h.writes("5531985554001", "hola")
		all, err := h.room.Queues(ctx, h.system)
		if err != nil || len(all) != 2 || all[0].Waiting != 1 {
			t.Errorf("%+v %v", all, err)
		}
		h.present(h.agent("lia", h.pull))
		h.agent("noe", h.pull)
		loads, err := h.room.Loads(ctx, h.workspace.ID, []db.ID{h.push.ID, h.pull.ID, 5})
		want := []routing.Load{{Queue: h.push.ID, Name: "Ventas", Waiting: 1}, {Queue: h.pull.ID, Name: "Cobranzas", Online: 1}}
		if err != nil || !slices.Equal(loads, want) {
			t.Errorf("loads %+v %v, want %+v", loads, err, want)
		}
	})
}

func TestDesksLeftBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana := h.agent("ana", h.push)
		h.present(ana)
		h.must(h.room.ForgetDesks(t.Context(), false))
		agents, err := h.room.Agents(t.Context(), h.workspace.ID)
		h.must(err)
		if !agents[0].Online {
			t.Fatal("a desk that is open was forgotten")
		}
		h.must(h.room.ForgetDesks(t.Context(), true))
		if agents, _ = h.room.Agents(t.Context(), h.workspace.ID); agents[0].Online {
			t.Fatal("a desk of the last run still counts")
		}
	})
}
