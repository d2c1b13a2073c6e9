package campaign_test

import (
	"context"
	"fmt"
	"testing"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// arrives is the provider telling what became of messages it took.
func (w *world) arrives(box db.ID, status conversation.Status, messages ...db.ID) {
	w.t.Helper()
	news := make([]conversation.StatusChange, len(messages))
	for i, id := range messages {
		news[i] = conversation.StatusChange{Workspace: w.workspace, Inbox: box, Message: id, ExternalID: "wamid." + id.String(), Status: status, At: w.d.Now()}
		if status == conversation.Failed {
			news[i].Failure = &channel.Failure{Class: channel.RecipientLater, Code: 131026}
		}
	}
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := w.conversations.ApplyStatusesIn(ctx, tx, news)
		return err
	}))
	w.follow("")
	w.counted()
}

func spent(s campaign.Spent) string {
	text := fmt.Sprint(s.Totals, s.Unpriced, " ")
	for _, l := range s.Lines {
		text += fmt.Sprint(l.Country, " ", l.Category, " ", l.People, " ", l.Price, " ", l.Amount, " ", l.Currency, "|")
	}
	return text
}

func TestCost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		promo := w.category("aviso", "MARKETING")
		prices := func(currency, brazil string) {
			t.Helper()
			w.must(w.room.SetPrices(t.Context(), w.owner, campaign.Prices{Currency: currency, Items: []campaign.Price{{Market: "BR", Category: "marketing", Price: brazil},
				{Market: "+1", Category: "marketing", Price: "0.02"}}}))
		}
		cost := func(id db.ID) campaign.CostReport {
			t.Helper()
			c, err := w.room.Cost(t.Context(), w.owner, id)
			w.must(err)
			return c
		}
		prices("USD", "0.0625")
		c := w.checked("phone,1,2\n+55 31 98555-3501,Ana,1\n+55 31 98555-3502,Eva,2\n+55 31 98555-3503,Ivo,3\n+1 212 555 0103,Luz,4\n+598 99 123 456,Sol,5\n", w.toAll(promo, w.ventas.ID))
		w.send(c.ID, 0)
		w.must(w.room.Freeze(t.Context(), w.workspace, c.ID))
		w.must(w.room.Step(t.Context(), w.workspace, c.ID, false))
		w.settle(w.ventas.ID, 5, nil)
		messages := w.messagesOf(c.ID)
		t.Run("nothing is charged before it is delivered, and what was said when it was sent stays", func(t *testing.T) {
			w.arrives(w.ventas.ID, conversation.Sent, messages...)
			prices("USD", "1") // as they were when it was sent counts
			got := cost(c.ID)
			if len(got.Spent.Lines) != 0 || got.Forecast == nil || got.Forecast.Total != "0.2075" || got.Forecast.Unpriced != 1 || got.Counting {
				t.Errorf("%+v %+v", got.Spent, got.Forecast)
			}
		})
		t.Run("what was delivered costs the price of the moment it left, by country and category; what failed costs nothing", func(t *testing.T) {
			w.arrives(w.ventas.ID, conversation.Delivered, messages[0], messages[3], messages[4])
			w.arrives(w.ventas.ID, conversation.Read, messages[1])
			w.arrives(w.ventas.ID, conversation.Failed, messages[2])
			want := "[{USD 0.145}] 1 BR marketing 2 0.0625 0.125 USD|US marketing 1 0.02 0.02 USD|UY marketing 1   |"
			if got := spent(cost(c.ID).Spent); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
		})
		t.Run("a report sums campaigns, each by its own prices and currency", func(t *testing.T) {
			prices("BRL", "0.3")
			again := w.checked("phone,1,2\n+55 31 98555-3511,Ana,1\n", w.toAll(promo, w.ventas.ID))
			w.send(again.ID, 0)
			again = w.sendAll(again.ID)
			w.arrives(w.ventas.ID, conversation.Delivered, w.messagesOf(again.ID)...)
			r, err := w.room.Report(t.Context(), w.owner, campaign.Filter{})
			w.must(err)
			want := "[{BRL 0.3} {USD 0.145}] 1 BR marketing 2 0.0625 0.125 USD|BR marketing 1 0.3 0.3 BRL|US marketing 1 0.02 0.02 USD|UY marketing 1   |"
			if got := spent(r.Spent); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
			if r, err = w.room.Report(t.Context(), w.owner, campaign.Filter{Inbox: w.soporte.ID}); err != nil || len(r.Spent.Lines) != 0 {
				t.Errorf("another number: %+v %v", r.Spent, err)
			}
			list, _, err := w.room.Recipients(t.Context(), w.owner, c.ID, "", "", 10)
			if err != nil || list[0].Cost != (campaign.Money{Currency: "USD", Amount: "0.0625"}) || list[2].Cost.Amount != "" || list[4].Cost.Amount != "" {
				t.Errorf("%+v %v", list, err)
			}
		})
		t.Run("who may not see campaigns sees no cost, and other workspaces have none", func(t *testing.T) {
			_, err := w.room.Cost(t.Context(), account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 9}, c.ID)
			wantFault(t, err, "forbidden.area")
			stranger := w.owner
			stranger.Workspace = d.NewID()
			_, err = w.room.Cost(t.Context(), stranger, c.ID)
			wantFault(t, err, "campaign.not_found")
		})
	})
}
