package conversation_test

import (
	"context"
	"testing"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
)

func TestStatus(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		now := d.Now()
		campaign := d.NewID()
		refused := func(c conversation.StatusChange) conversation.StatusChange {
			c.Failure = &channel.Failure{Class: channel.RecipientLater, Code: 131049, Title: "not delivered"}
			return c
		}

		t.Run("X11 statuses in the wrong order end at the highest and keep every time", func(t *testing.T) {
			m := h.sent(h.ventas, campaign, "5531955550101", nil, now)
			ext := "wamid.out." + m.ID.String()
			same(t, "moved", h.status(h.news(h.ventas, 0, ext, conversation.Read, now+3)), 1)
			same(t, "moved back", h.status(h.news(h.ventas, 0, ext, conversation.Delivered, now+2), h.news(h.ventas, m.ID, ext, conversation.Sent, now+1)), 0)
			m = h.message(m.ID)
			same(t, "status", m.Status, conversation.Read)
			for word, at := range map[string]int64{"sent": now + 1, "delivered": now + 2, "read": now + 3} {
				same(t, word, m.Times[word], at)
			}
		})

		t.Run("a batch about one message is one change in one fact", func(t *testing.T) {
			m := h.sent(h.ventas, campaign, "5531955550102", nil, now)
			before := len(h.facts(conversation.StatusChanged))
			ext := "wamid.out." + m.ID.String()
			same(t, "moved", h.status(h.news(h.ventas, m.ID, ext, conversation.Sent, now), h.news(h.ventas, m.ID, ext, conversation.Delivered, now)), 1)
			told := h.facts(conversation.StatusChanged)[before:]
			same(t, "facts", len(told), 1)
			fact, err := event.Decode[conversation.StatusFact](told[0])
			must(t, err)
			same(t, "item", fact.Items[0], conversation.StatusItem{Message: m.ID, Conversation: m.Conversation, Campaign: campaign, Status: conversation.Delivered, At: now})
		})

		t.Run("a status before its message was known waits for it", func(t *testing.T) {
			id := h.campaign(h.ventas, campaign, "5531955550103", nil)
			h.claim(h.ventas, now)
			h.status(h.news(h.ventas, 0, "wamid.early", conversation.Delivered, now+2), h.news(h.ventas, 0, "wamid.early", conversation.Sent, now+1))
			h.settle(accepted(id, "wamid.early", now))
			m := h.message(id)
			same(t, "status", m.Status, conversation.Delivered)
			same(t, "sent", m.Times["sent"], now+1)
			left, err := db.One[int](context.Background(), d, "select count(*) from early_statuses")
			must(t, err)
			same(t, "early statuses left", left, 0)
		})

		t.Run("a status that crossed the acceptance unseen is applied by the sweep", func(t *testing.T) {
			m := h.sent(h.ventas, campaign, "5531955550104", nil, now)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "insert into early_statuses (workspace_id, inbox_id, external_id, status, at, received_at) values ($1, $2, $3, 60, $4, $4)",
					h.workspace, h.ventas, "wamid.out."+m.ID.String(), now)
				return err
			})
			h.write(func(ctx context.Context, tx *db.Tx) error {
				n, err := h.room.ApplyEarlyIn(ctx, tx, 100)
				same(t, "moved", n, 1)
				return err
			})
			same(t, "status", h.message(m.ID).Status, conversation.Delivered)
		})

		t.Run("X42 a status before our own answer settles the message with its id and route", func(t *testing.T) {
			id := h.campaign(h.ventas, campaign, "5531955550105", &conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: h.ana.User})
			h.claim(h.ventas, now)
			h.status(h.news(h.ventas, id, "wamid.ahead", conversation.Delivered, now+1000))
			m := h.message(id)
			same(t, "status", m.Status, conversation.Delivered)
			route, ok, err := h.room.RouteAt(context.Background(), d, m.Conversation, now+2000)
			must(t, err)
			if !ok || route.TargetID != h.ana.User {
				t.Errorf("the route is %+v, %v", route, ok)
			}
			h.settle(accepted(id, "wamid.ahead", now+3000))
			h.settle(conversation.Outcome{Message: id, RetryAt: now + 9000})
			h.settle(conversation.Outcome{Message: id, Unknown: true})
			h.settle(conversation.Outcome{Message: id, Failure: &channel.Failure{Class: channel.BadRequest}})
			same(t, "status after our late answer", h.message(id).Status, conversation.Delivered)
			same(t, "claimable again", len(h.claim(h.ventas, now+10_000)), 0)
		})

		t.Run("X42 a status settles an unconfirmed message", func(t *testing.T) {
			id := h.campaign(h.ventas, campaign, "5531955550106", nil)
			h.claim(h.ventas, now)
			h.settle(conversation.Outcome{Message: id, Unknown: true})
			same(t, "status", h.message(id).Status, conversation.Unconfirmed)
			h.status(h.news(h.ventas, id, "wamid.there", conversation.Sent, now+1000))
			same(t, "status", h.message(id).Status, conversation.Sent)
		})

		t.Run("X42 a status takes a message out of the outbox that was put back for lack of news", func(t *testing.T) {
			id := h.campaign(h.ventas, campaign, "5531955550107", nil)
			h.claim(h.ventas, now)
			h.settle(conversation.Outcome{Message: id, Unknown: true})
			h.write(func(ctx context.Context, tx *db.Tx) error {
				n, err := h.room.RequeueIn(ctx, tx, []db.ID{id})
				same(t, "put back", n, 1)
				return err
			})
			h.status(h.news(h.ventas, id, "wamid.late", conversation.Delivered, now+1000))
			same(t, "claimable", len(h.claim(h.ventas, now+10_000)), 0)
			same(t, "status", h.message(id).Status, conversation.Delivered)
		})

		t.Run("failed and then delivered is delivered, with no error left", func(t *testing.T) {
			m := h.sent(h.ventas, campaign, "5531955550108", nil, now)
			ext := "wamid.out." + m.ID.String()
			h.status(refused(h.news(h.ventas, m.ID, ext, conversation.Failed, now)))
			failed := h.message(m.ID)
			same(t, "class", failed.Error.Class, string(channel.RecipientLater))
			same(t, "code", failed.Error.Code, 131049)
			h.status(h.news(h.ventas, m.ID, ext, conversation.Delivered, now+1))
			h.status(refused(h.news(h.ventas, m.ID, ext, conversation.Failed, now+2)))
			m = h.message(m.ID)
			same(t, "status", m.Status, conversation.Delivered)
			if m.Error != nil {
				t.Errorf("an error is left: %+v", m.Error)
			}
		})

		t.Run("news of another number does not touch the message its reference names", func(t *testing.T) {
			m := h.sent(h.ventas, campaign, "5531955550109", nil, now)
			same(t, "moved", h.status(h.news(h.soporte, m.ID, "wamid.other", conversation.Read, now)), 0)
			same(t, "status", h.message(m.ID).Status, conversation.Accepted)
		})

		t.Run("a retried message ignores the repeated failure of its first try, but not that it arrived", func(t *testing.T) {
			m := h.sent(h.ventas, campaign, "5531955550110", nil, now)
			ext := "wamid.out." + m.ID.String()
			h.status(refused(h.news(h.ventas, m.ID, ext, conversation.Failed, now)))
			_, err := h.room.Retry(context.Background(), h.ana, m.ID)
			must(t, err)
			h.status(refused(h.news(h.ventas, m.ID, ext, conversation.Failed, now)))
			same(t, "status", h.message(m.ID).Status, conversation.Queued)
			h.status(h.news(h.ventas, m.ID, ext, conversation.Delivered, now))
			same(t, "status", h.message(m.ID).Status, conversation.Delivered)
			same(t, "claimable", len(h.claim(h.ventas, now+10_000)), 0)
		})
	})
}
