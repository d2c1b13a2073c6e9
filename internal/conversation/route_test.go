package conversation_test

import (
	"context"
	"testing"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func TestReplyRoute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		now := d.Now()
		toAna := &conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: h.ana.User, Campaign: "Reactivación", FallbackQueue: h.sales, FallbackMinutes: 15}
		routeAt := func(t *testing.T, c db.ID, at int64) (conversation.Route, bool) {
			t.Helper()
			route, ok, err := h.room.RouteAt(context.Background(), d, c, at)
			must(t, err)
			return route, ok
		}

		t.Run("X30 A16 an accepted message leaves where its reply goes, and why", func(t *testing.T) {
			campaign := d.NewID()
			m := h.sent(h.ventas, campaign, "5531955550201", toAna, now)
			route, ok, err := h.room.RouteNow(context.Background(), m.Conversation)
			must(t, err)
			if !ok {
				t.Fatal("no route")
			}
			same(t, "target", route.Target, conversation.TargetAgent)
			same(t, "agent", route.TargetID, h.ana.User)
			same(t, "campaign", route.CampaignName, "Reactivación")
			same(t, "campaign id", route.Campaign, campaign)
			same(t, "fallback", route.FallbackMinutes, 15)
			detail, err := h.room.GetDetail(context.Background(), h.everything(), m.Conversation)
			must(t, err)
			if detail.RouteNow == nil || len(detail.Campaigns) != 1 {
				t.Errorf("the panel shows %+v and %d campaigns", detail.RouteNow, len(detail.Campaigns))
			}
		})

		t.Run("A27 A28 it lives 24 h from the acceptance to the millisecond", func(t *testing.T) {
			id := h.campaign(h.ventas, d.NewID(), "5531955550202", toAna)
			c := h.message(id).Conversation
			if _, ok := routeAt(t, c, now); ok {
				t.Error("a queued message has a route already")
			}
			h.claim(h.ventas, now)
			h.settle(accepted(id, "wamid.a27", now+5_000))
			if _, ok := routeAt(t, c, now+5_000+conversation.RouteLife-1); !ok {
				t.Error("it died a millisecond early")
			}
			if _, ok := routeAt(t, c, now+5_000+conversation.RouteLife); ok {
				t.Error("it lives a millisecond too long")
			}
		})

		t.Run("A29 last send wins", func(t *testing.T) {
			first := h.sent(h.ventas, d.NewID(), "5531955550203", toAna, now)
			second := h.sent(h.ventas, d.NewID(), "5531955550203", &conversation.RouteRequest{Target: conversation.TargetQueue, TargetID: h.sales}, now+1000)
			route, _ := routeAt(t, first.Conversation, now+2000)
			same(t, "message", route.Message, second.ID)
			same(t, "target", route.Target, conversation.TargetQueue)
			replaced, err := db.One[db.ID](context.Background(), d, "select replaced_by from reply_routes where message_id = $1", first.ID)
			must(t, err)
			same(t, "replaced by", replaced, second.ID)
		})

		t.Run("A29 an active message without a route ends the earlier one", func(t *testing.T) {
			m := h.sent(h.ventas, d.NewID(), "5531955550204", toAna, now)
			h.sent(h.ventas, d.NewID(), "5531955550204", nil, now+1000)
			route, _ := routeAt(t, m.Conversation, now+2000)
			same(t, "target", route.Target, conversation.TargetNone)
		})

		t.Run("A29 on another number the route of the first stays", func(t *testing.T) {
			m := h.sent(h.ventas, d.NewID(), "5531955550205", toAna, now)
			h.sent(h.soporte, d.NewID(), "5531955550205", nil, now+1000)
			route, _ := routeAt(t, m.Conversation, now+2000)
			same(t, "target", route.Target, conversation.TargetAgent)
		})

		t.Run("a message that failed after its acceptance does not replace the one that was read", func(t *testing.T) {
			m := h.sent(h.ventas, d.NewID(), "5531955550206", toAna, now)
			lost := h.sent(h.ventas, d.NewID(), "5531955550206", nil, now+1000)
			h.status(h.news(h.ventas, lost.ID, "wamid.out."+lost.ID.String(), conversation.Failed, now+1500))
			route, _ := routeAt(t, m.Conversation, now+2000)
			same(t, "message", route.Message, m.ID)
		})

		t.Run("X30 a named button reaches its target, any other reply the other one", func(t *testing.T) {
			route := conversation.Route{Target: conversation.TargetAgent, TargetID: 7, Button: " Quiero saber más ", OtherTarget: conversation.TargetQueue, OtherTargetID: 9}
			for _, c := range []struct {
				payload, title, target string
				id                     db.ID
			}{
				{"quiero SABER más", "", "agent", 7}, {"p1", "Quiero saber más", "agent", 7}, {"p2", "No, gracias", "queue", 9}, {"", "", "queue", 9},
			} {
				same(t, "goal of "+c.payload+c.title, route.Choose(c.payload, c.title), conversation.Goal{Target: c.target, ID: c.id})
			}
			route.OtherTarget = ""
			same(t, "other target unset", route.Choose("", ""), conversation.Goal{Target: conversation.TargetNone})
			route = conversation.Route{Target: conversation.TargetBot, TargetID: 7, TargetBlock: "person"}
			same(t, "no button named", route.Choose("", ""), conversation.Goal{Target: conversation.TargetBot, ID: 7, Block: "person"})
		})

		t.Run("a free answer of an agent leaves no route", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550207")
			m := h.post(h.ana, text(c.ID, "hola"))
			h.claim(h.ventas, now+2000)
			h.settle(accepted(m.ID, "wamid.free", now+2000))
			if route, ok := routeAt(t, c.ID, now+3000); ok {
				t.Errorf("a route appeared: %+v", route)
			}
		})

		t.Run("a campaign hears of replies by quote and by route, each its own", func(t *testing.T) {
			one, two := d.NewID(), d.NewID()
			first := h.sent(h.ventas, one, "5531955550208", toAna, now)
			second := h.sent(h.ventas, two, "5531955550208", nil, now+1000)
			facts := []conversation.ReceivedFact{
				{Message: 1, Conversation: first.Conversation, Kind: channel.Text, ReplyTo: first.ID, At: now + 2000},
				{Message: 2, Conversation: first.Conversation, Kind: channel.Text, At: now + 2000},
				{Message: 3, Conversation: first.Conversation, Kind: channel.Reaction, ReplyTo: first.ID, At: now + 2000},
			}
			got, err := h.room.AnsweredIn(context.Background(), d, facts)
			must(t, err)
			want := []conversation.Answered{{Campaign: one, Message: first.ID, Received: 1, At: now + 2000}, {Campaign: two, Message: second.ID, Received: 2, At: now + 2000}}
			if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
				t.Errorf("answered is %+v, want %+v", got, want)
			}
			late := []conversation.ReceivedFact{{Message: 4, Conversation: first.Conversation, Kind: channel.Text, At: now + 1000 + conversation.RouteLife}}
			got, err = h.room.AnsweredIn(context.Background(), d, late)
			must(t, err)
			same(t, "answers after 24 h", len(got), 0)
		})
	})
}
