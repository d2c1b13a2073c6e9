package api

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/words"
)

// CampaignFilter is what lists and reports of campaigns are narrowed by.
type CampaignFilter struct {
	From     int64  `query:"from" minimum:"0" doc:"Unix milliseconds: started, else planned, else made at or after it"`
	Until    int64  `query:"until" minimum:"0" doc:"Unix milliseconds: before it; 0: without end"`
	Inbox    string `query:"inbox_id" maxLength:"20" doc:"sends from this number"`
	Template string `query:"template_id" maxLength:"20" doc:"sends this template"`
	Author   string `query:"author_id" maxLength:"20" doc:"made by this user"`
	Origin   string `query:"origin" enum:",wizard,broadcast,desk,api,test" doc:"empty: all but tests"`
	State    string `query:"state" enum:",draft,checking,ready,scheduled,sending,paused,done,cancelled,failed" doc:"empty: all"`
	Text     string `query:"text" maxLength:"200" doc:"part of the name, however it is written"`
}

func (in CampaignFilter) filter() (campaign.Filter, error) {
	out := campaign.Filter{From: in.From, Until: in.Until, Origin: in.Origin, State: campaign.State(in.State), Text: in.Text}
	return out, idsIn(idField{"inbox_id", in.Inbox, &out.Inbox}, idField{"template_id", in.Template, &out.Template}, idField{"author_id", in.Author, &out.Author})
}

func (s *Server) listCampaignAuthors(ctx context.Context, actor account.Actor, _ *noInput) (Items[Author], error) {
	ids, err := s.rooms.Campaign.Authors(ctx, actor)
	if err != nil {
		return Items[Author]{}, err
	}
	names, err := s.rooms.Account.Names(ctx, actor.Workspace)
	out := listOf(ids, func(id db.ID) Author { return Author{ID: id, Name: names[id]} })
	slices.SortFunc(out.Items, func(a, b Author) int { return strings.Compare(db.Fold(a.Name), db.Fold(b.Name)) })
	return out, err
}

func (s *Server) campaignReportRoutes() {
	get(s, "/campaign-report", about{Name: "readCampaignReport", Tag: "campaigns",
		Says: "What came of the campaigns that started within a period of at most 366 days; the last 30 without one"}, viewing(account.Campaigns), s.readCampaignReport)
	raw(s, http.MethodGet, "/campaign-report.csv", about{Name: "exportCampaignReport", Tag: "campaigns",
		Says: "The same as CSV; with the ability export"}, viewing(account.Campaigns).and(account.Export), s.exportCampaignReport)
	s.sameQuery("/campaign-report.csv", "/campaign-report")
}

// CampaignReport is what came of the campaigns of a period.
type CampaignReport struct {
	From      int64                 `json:"from" doc:"Unix milliseconds"`
	Until     int64                 `json:"until" doc:"Unix milliseconds; not within"`
	Campaigns int64                 `json:"campaigns"`
	Counting  int64                 `json:"counting" doc:"campaigns of the workspace that changed since they were counted; they are counted within a minute"`
	Total     campaign.Figures      `json:"total"`
	Failures  []CampaignFailure     `json:"failures"`
	Spent     campaign.Spent        `json:"spent" doc:"what delivered messages cost by the prices as they were when they left"`
	Templates []campaign.ReportPart `json:"templates"`
	Numbers   []campaign.ReportPart `json:"numbers"`
	Authors   []campaign.ReportPart `json:"authors" doc:"id 0: an API key"`
}

func (s *Server) readCampaignReport(ctx context.Context, actor account.Actor, in *CampaignFilter) (CampaignReport, error) {
	which, err := in.filter()
	if err != nil {
		return CampaignReport{}, err
	}
	return s.campaignReport(ctx, actor, which)
}

func (s *Server) campaignReport(ctx context.Context, actor account.Actor, which campaign.Filter) (CampaignReport, error) {
	locale := visitIn(ctx).locale
	r, err := s.rooms.Campaign.Report(ctx, actor, which)
	if err != nil {
		return CampaignReport{}, err
	}
	names, err := s.rooms.Account.Names(ctx, actor.Workspace)
	if err != nil {
		return CampaignReport{}, err
	}
	for i, author := range r.Authors {
		r.Authors[i].Name = names[author.ID]
		if author.ID == 0 {
			r.Authors[i].Name = words.Say(locale, "campaign.report.by_key", nil)
		}
	}
	for _, all := range [][]campaign.ReportPart{r.Templates, r.Numbers} {
		for i := range all {
			if all[i].Name == "" {
				all[i].Name = words.Say(locale, "campaign.report.gone", nil)
			}
		}
	}
	return CampaignReport{From: r.From, Until: r.Until, Campaigns: r.Campaigns, Counting: r.Counting, Total: r.Total, Failures: failuresOf(r.Failures, locale), Spent: r.Spent,
		Templates: r.Templates, Numbers: r.Numbers, Authors: r.Authors}, nil
}

// exportCampaignReport writes the figures of a report: a row for all, what it cost in all and by country and category, one for each
// template, number and author, and for each reason.
func (s *Server) exportCampaignReport(w http.ResponseWriter, r *http.Request) {
	ctx, locale := r.Context(), visitIn(r.Context()).locale
	which, err := filterOf(r)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	report, err := s.campaignReport(ctx, actorIn(ctx), which)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	name := "recado-" + time.UnixMilli(report.From).UTC().Format("20060102") + "-" + time.UnixMilli(report.Until-1).UTC().Format("20060102") + ".csv"
	s.streamCSV(w, r, name, func(out io.Writer) error {
		header := make([]string, 0, 11)
		for _, name := range []string{"part", "name", "made", "accepted", "delivered", "read", "replied", "failed", "left_out", "amount", "currency"} {
			header = append(header, words.Say(locale, "campaign.report."+name, nil))
		}
		return campaign.WriteRows(out, append([][]string{header}, report.rows(locale)...))
	})
}

// filterOf reads the filter of a request that is not huma's.
func filterOf(r *http.Request) (campaign.Filter, error) {
	q := r.URL.Query()
	in := CampaignFilter{Inbox: q.Get("inbox_id"), Template: q.Get("template_id"), Author: q.Get("author_id"), Origin: q.Get("origin"),
		State: q.Get("state"), Text: q.Get("text")}
	for field, into := range map[string]*int64{"from": &in.From, "until": &in.Until} {
		if q.Get(field) == "" {
			continue
		}
		at, err := strconv.ParseInt(q.Get(field), 10, 64)
		if err != nil || at < 0 {
			return campaign.Filter{}, fault.New(fault.Invalid, "invalid.value", "not a time").On(field)
		}
		*into = at
	}
	return in.filter()
}

// rows are the lines of a report as a table.
func (c CampaignReport) rows(locale string) [][]string {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	line := func(part, name string, f campaign.Figures) []string {
		return []string{words.Say(locale, "campaign.report."+part, nil), name, n(f.Made), n(f.Accepted), n(f.Delivered), n(f.Read), n(f.Replied), n(f.Failed), n(f.LeftOut), "", ""}
	}
	out := [][]string{line("total", "", c.Total)}
	for _, sum := range c.Spent.Totals {
		out = append(out, []string{words.Say(locale, "campaign.report.cost", nil), "", "", "", "", "", "", "", "", sum.Amount, sum.Currency})
	}
	for _, l := range c.Spent.Lines {
		name := strings.TrimSpace(l.Country + " " + words.Say(locale, "campaign.report."+cmp.Or(l.Category, "uncategorized"), nil) + " " + l.Price)
		out = append(out, []string{words.Say(locale, "campaign.report.cost", nil), name, "", "", n(l.People), "", "", "", "", l.Amount, l.Currency})
	}
	for _, one := range []struct {
		part string
		all  []campaign.ReportPart
	}{{"template", c.Templates}, {"number", c.Numbers}, {"author", c.Authors}} {
		for _, p := range one.all {
			out = append(out, line(one.part, strings.TrimSpace(p.Name+" "+p.Note), p.Figures))
		}
	}
	for _, f := range c.Failures {
		row := []string{words.Say(locale, "campaign.report.reason", nil), f.Words, "", "", "", "", "", n(f.Count), "", "", ""}
		if f.Class == "left_out" {
			row[7], row[8] = "", n(f.Count)
		}
		out = append(out, row)
	}
	return out
}
