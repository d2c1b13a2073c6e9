package campaign_test

import (
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// counted lets the room count what has news until nothing has.
func (w *world) counted() {
	w.t.Helper()
	for w.count("select count(*) from campaign_news where workspace_id = $1", w.workspace) > 0 {
		w.must(w.room.CountNow(w.t.Context()))
	}
}

func names(all []campaign.Campaign) string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.Name
	}
	return strings.Join(out, ",")
}

// list gives the names a filter finds, newest first.
func (w *world) list(which campaign.Filter) string {
	w.t.Helper()
	all, _, err := w.room.List(w.t.Context(), w.owner, which, "", 0)
	w.must(err)
	return names(all)
}

func TestReport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso, promo := w.template(accountOne, "aviso", "es"), w.template(accountTwo, "aviso", "es")
		w.optOut("+5531965500000")
		one := w.going(5, w.toAll(aviso, w.ventas.ID)) // four are queued, one opted out
		w.settle(w.ventas.ID, 3, nil)
		w.settle(w.ventas.ID, 1, &channel.Failure{Class: channel.BadRequest, Code: 131026, Detail: "unable"})
		two := w.going(3, w.toAll(promo, w.vendas.ID))
		w.settle(w.vendas.ID, 2, nil)
		w.must(w.d.Write(t.Context(), exec("update recipients set replied_at = 1 where campaign_id = $1 and row_number = 3", one.ID)))
		w.follow("")
		w.counted()
		report := func(f campaign.Filter) campaign.Report {
			t.Helper()
			r, err := w.room.Report(t.Context(), w.owner, f)
			w.must(err)
			return r
		}
		t.Run("figures add up in all, by number, template and author, with the reasons of failures", func(t *testing.T) {
			r := report(campaign.Filter{})
			if r.Campaigns != 2 || r.Counting != 0 || r.Total.Made != 6 || r.Total.Accepted != 5 || r.Total.Failed != 1 || r.Total.Replied != 1 {
				t.Errorf("%+v", r)
			}
			if len(r.Numbers) != 2 || r.Numbers[0].Name != "Ventas" || r.Numbers[0].Made != 4 || len(r.Templates) != 2 || r.Templates[1].Name != "aviso" ||
				r.Templates[1].Accepted != 2 || len(r.Authors) != 1 || r.Authors[0].ID != w.owner.User || r.Authors[0].Made != 6 {
				t.Errorf("%+v", r)
			}
			if len(r.Failures) == 0 || r.Failures[0].Count != 1 || r.Failures[0].Code != "131026" {
				t.Errorf("%+v", r.Failures)
			}
		})
		t.Run("a filter narrows them", func(t *testing.T) {
			if r := report(campaign.Filter{Inbox: w.vendas.ID}); r.Campaigns != 1 || r.Total.Made != 2 || len(r.Failures) != 0 {
				t.Errorf("%+v", r)
			}
			if r := report(campaign.Filter{From: 1, Until: 1000}); r.Campaigns != 0 || r.Total != (campaign.Figures{}) {
				t.Errorf("%+v", r)
			}
			for code, f := range map[string]campaign.Filter{"campaign.period": {From: 5, Until: 5}, "campaign.report_long": {From: 1, Until: d.Now()},
				"campaign.text_long": {Text: strings.Repeat("a", 201)}} {
				_, err := w.room.Report(t.Context(), w.owner, f)
				wantFault(t, err, code)
			}
		})
		t.Run("counts are those of progress, and are settled until something changes", func(t *testing.T) {
			for _, c := range []campaign.Campaign{one, two} {
				settled, err := w.room.Settled(t.Context(), []campaign.Campaign{c})
				w.must(err)
				p, err := w.room.Progress(t.Context(), w.owner, c.ID)
				w.must(err)
				if settled[c.ID] != p.Counts {
					t.Errorf("counted %+v, progress %+v", settled[c.ID], p.Counts)
				}
			}
			_, err := w.room.Cancel(t.Context(), w.owner, two.ID)
			w.must(err)
			if settled, _ := w.room.Settled(t.Context(), []campaign.Campaign{two}); len(settled) != 0 {
				t.Errorf("still settled: %+v", settled)
			}
			w.counted()
		})
		t.Run("lists are filtered by each thing", func(t *testing.T) {
			other, err := w.room.Create(t.Context(), w.sender, "Cobrança de março 100%", "broadcast")
			w.must(err)
			_, err = w.room.Update(t.Context(), w.sender, other.ID, w.toAll(aviso, w.soporte.ID))
			w.must(err)
			all := other.Name + ",Noviembre,Noviembre"
			for want, some := range map[string][]campaign.Filter{
				all:                       {{}, {From: d.Now() - time.Hour.Milliseconds(), Until: d.Now() + 1}},
				other.Name:                {{Text: "COBRANCA"}, {Text: "100%"}, {Author: w.sender.User}, {Origin: "broadcast"}, {Inbox: w.soporte.ID}, {State: campaign.Draft}},
				"Noviembre":               {{Inbox: w.ventas.ID}, {Template: promo}, {State: campaign.Cancelled}},
				"":                        {{Text: "1_0"}, {From: d.Now() + 60_000}, {Until: 1}, {Author: 99}, {Inbox: 99}, {Origin: "api"}},
				other.Name + ",Noviembre": {{Template: aviso}},
			} {
				for _, f := range some {
					if got := w.list(f); got != want {
						t.Errorf("%+v finds %q, want %q", f, got, want)
					}
				}
			}
			authors, err := w.room.Authors(t.Context(), w.owner)
			if err != nil || len(authors) != 2 || authors[0] != w.owner.User {
				t.Errorf("%v %v", authors, err)
			}
			page, next, err := w.room.List(t.Context(), w.owner, campaign.Filter{Author: w.owner.User}, "", 1)
			w.must(err)
			rest, end, err := w.room.List(t.Context(), w.owner, campaign.Filter{Author: w.owner.User}, next, 1)
			if err != nil || len(page) != 1 || len(rest) != 1 || page[0].ID != two.ID || rest[0].ID != one.ID || end != "" {
				t.Errorf("%v %v %q %v", page, rest, end, err)
			}
			if _, err := w.room.Update(t.Context(), w.sender, other.ID, w.toAll(aviso, w.vendas.ID)); err != nil || w.list(campaign.Filter{Inbox: w.soporte.ID}) != "" {
				t.Errorf("a number that is no longer chosen still finds it: %v", err)
			}
		})
		t.Run("who may not see campaigns sees no report, and other workspaces see nothing", func(t *testing.T) {
			nobody := account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 3}
			if _, err := w.room.Report(t.Context(), nobody, campaign.Filter{}); err == nil {
				t.Error("a report for somebody without the area")
			}
			stranger := w.owner
			stranger.Workspace = d.NewID()
			r, err := w.room.Report(t.Context(), stranger, campaign.Filter{})
			if err != nil || r.Campaigns != 0 || r.Total.Made != 0 {
				t.Errorf("%+v %v", r, err)
			}
		})
	})
}
