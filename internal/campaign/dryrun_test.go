package campaign_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func (w *world) dryRun(id db.ID) campaign.DryRun {
	w.t.Helper()
	d, err := w.room.DryRun(w.t.Context(), w.owner, id)
	w.must(err)
	return d
}

func wantTime(t *testing.T, what string, at int64, want time.Time) {
	t.Helper()
	if off := time.UnixMilli(at).Sub(want).Abs(); off > 10*time.Second {
		t.Errorf("%s %s, want %s", what, time.UnixMilli(at).UTC(), want.UTC())
	}
}

// limitSlack is how much later than a day a forecast may say that people are forgotten: it counts by the quarter of an hour.
const limitSlack = 16 * time.Minute

func TestDryRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		promo := w.category("aviso", "MARKETING")
		t.Run("it costs what the prices say, country before calling code, and says for how many there is none", func(t *testing.T) {
			w.must(w.room.SetPrices(t.Context(), w.owner, campaign.Prices{Currency: "USD", Items: []campaign.Price{{Market: "BR", Category: "marketing", Price: "0.0625"},
				{Market: "+55", Category: "marketing", Price: "9"}, {Market: "+1", Category: "marketing", Price: "0.02"}, {Market: "UY", Category: "utility", Price: "1"}}}))
			c := w.checked("phone,1,2\n+55 31 98555-0401,Ana,1\n+55 31 98555-0402,Eva,2\n+1 212 555 0103,Luz,3\n+598 99 123 456,Sol,4\nx,y,z\n", w.toAll(promo, w.ventas.ID))
			got := w.dryRun(c.ID)
			want := "BR marketing 2 0.0625 0.125|US marketing 1 0.02 0.02|UY marketing 1  |"
			lines := ""
			for _, l := range got.Cost.Lines {
				lines += fmt.Sprint(l.Country, " ", l.Category, " ", l.People, " ", l.Price, " ", l.Amount, "|")
			}
			if lines != want || got.Cost.Total != "0.145" || got.Cost.Unpriced != 1 || got.Cost.Currency != "USD" || got.People != 4 {
				t.Errorf("%s\nwant %s\n%+v", lines, want, got)
			}
		})
		t.Run("it ends when the pace and the rates let it", func(t *testing.T) {
			c := w.checked(people(500), w.toAll(promo, w.ventas.ID))
			w.must(w.d.Write(t.Context(), exec("update inboxes set send_rate = 10 where id = $1", w.ventas.ID)))
			w.inboxes.Forget(w.ventas.ID)
			got := w.dryRun(c.ID)
			if len(got.Senders) != 1 || got.Senders[0].PerSecond != 10 || got.Senders[0].People != 500 {
				t.Errorf("%+v", got.Senders)
			}
			wantTime(t, "at once", got.FinishAt, time.Now().Add(50*time.Second))
			_, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Pace: &campaign.Pace{PerSlice: 200, EveryMinutes: 10}})
			w.must(err)
			wantTime(t, "in slices", w.dryRun(c.ID).FinishAt, time.Now().Add(20*time.Minute+10*time.Second))
		})
		t.Run("it counts the limit of the account, and what other campaigns have booked on the number", func(t *testing.T) {
			limit := func(people int64) {
				w.must(w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					return w.inboxes.SetPeopleLimitIn(ctx, tx, w.ventas.ID, people)
				}))
				w.inboxes.Forget(w.ventas.ID)
			}
			limit(600)
			other := w.going(500, w.toAll(promo, w.ventas.ID)) // 10 a second: 50 seconds alone
			c := w.checked(strings.ReplaceAll(people(400), "+55 31 9655", "+55 31 9755"), w.toAll(promo, w.ventas.ID))
			got := w.dryRun(c.ID)
			if len(got.Limits) != 1 || got.Senders[0].Others != 500 {
				t.Fatalf("%+v %+v", got.Limits, got.Senders)
			}
			one := got.Limits[0]
			if one.People != 600 || one.Used != 500 || one.Labels[0] != "Ventas" || len(one.Days) != 2 || one.Days[0] != (campaign.DryRunDay{Day: 1, From: one.Days[0].From, People: 100}) ||
				one.Days[1].Day != 2 || one.Days[1].People != 300 {
				t.Errorf("%+v", one)
			}
			day := 24 * time.Hour
			if late := time.Until(time.UnixMilli(got.FinishAt)); late < day || late > day+limitSlack {
				t.Errorf("it ends in %s", late)
			}
			_, err := w.room.Cancel(t.Context(), w.owner, other.ID)
			w.must(err)
			limit(0)
			if got := w.dryRun(c.ID); len(got.Limits) != 0 || got.Senders[0].Others != 0 {
				t.Errorf("%+v", got)
			}
			wantTime(t, "without a limit", w.dryRun(c.ID).FinishAt, time.Now().Add(40*time.Second))
		})
		t.Run("it waits for quiet hours, by the clock where people live", func(t *testing.T) {
			place, err := time.LoadLocation("America/Montevideo")
			w.must(err)
			now := time.Now().In(place)
			until := now.Add(2 * time.Hour).Truncate(time.Minute)
			_, err = w.room.SetPolicy(t.Context(), w.owner, campaign.Policy{Quiet: campaign.Quiet{On: true, From: now.Add(-time.Hour).Format("15:04"), To: until.Format("15:04"), Days: []int{0, 1, 2, 3, 4, 5, 6}}})
			w.must(err)
			c := w.checked("phone,1,2\n+59899123456,Ana,1\n+59899123457,Eva,2\n+61412345678,Luis,3\n", w.toAll(promo, w.ventas.ID))
			got := w.dryRun(c.ID)
			if got.Resting != 2 {
				t.Errorf("%+v", got)
			}
			wantTime(t, "quiet until", got.QuietUntil, until)
			wantTime(t, "end", got.FinishAt, until)
			_, err = w.room.SetPolicy(t.Context(), w.owner, campaign.Policy{})
			w.must(err)
		})
		t.Run("rows that name who gets the reply are counted for each", func(t *testing.T) {
			sheet := "phone,1,2,agent,queue\n+55 31 98555-0411,a,1,ana@aurora.example,\n+55 31 98555-0412,b,2,ana@aurora.example,\n+55 31 98555-0413,c,3,,Cobranzas\n"
			change := w.toAll(promo, w.ventas.ID)
			change.Route = &campaign.Route{Target: campaign.ToColumn}
			change.Columns = &campaign.Columns{Phone: "phone", AgentEmail: "agent", Queue: "queue", Variables: map[string]string{"1": "1", "2": "2"}}
			got := w.dryRun(w.checked(sheet, change).ID).Targets
			if len(got) != 2 || got[0] != (campaign.ReachTarget{Target: campaign.ToAgent, ID: 71, Name: "Ana Sosa", People: 2}) || got[1] != (campaign.ReachTarget{Target: campaign.ToQueue, ID: 82, Name: "Cobranzas", People: 1}) {
				t.Errorf("%+v", got)
			}
		})
		t.Run("without a check there is nothing to say", func(t *testing.T) {
			c, err := w.room.Create(t.Context(), w.owner, "Diciembre", "wizard")
			w.must(err)
			_, err = w.room.DryRun(t.Context(), w.owner, c.ID)
			wantFault(t, err, "campaign.not_checked")
			_, err = w.room.DryRun(t.Context(), account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 9}, c.ID)
			wantFault(t, err, "forbidden.area")
		})
	})
}
