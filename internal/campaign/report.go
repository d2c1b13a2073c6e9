package campaign

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/sheet"
)

// maxReport is the longest period of a report.
const maxReport = 366 * 24 * time.Hour

// Figures are what came of messages: each figure holds the next ones (who read it was reached), but for Failed, LeftOut and Replied.
type Figures struct {
	Made      int64 `json:"made"`     // sends made, whatever became of them (B107)
	Accepted  int64 `json:"accepted"` // by the provider
	Delivered int64 `json:"delivered"`
	Read      int64 `json:"read"`
	Replied   int64 `json:"replied"` // people, by their first answer
	Failed    int64 `json:"failed"`
	LeftOut   int64 `json:"left_out"` // recipients nothing was sent to
}

func (f *Figures) add(o Figures) {
	f.Made += o.Made
	f.Accepted += o.Accepted
	f.Delivered += o.Delivered
	f.Read += o.Read
	f.Replied += o.Replied
	f.Failed += o.Failed
	f.LeftOut += o.LeftOut
}

func figuresOf(c Counts) Figures {
	return Figures{Made: c.Recipients - c.Waiting - c.LeftOut, Accepted: c.Accepted + c.Sent + c.Delivered + c.Read, Delivered: c.Delivered + c.Read,
		Read: c.Read, Replied: c.Replied, Failed: c.Failed, LeftOut: c.LeftOut}
}

// ReportPart are the figures of one number, template or author.
type ReportPart struct {
	ID   db.ID  `json:"id"`
	Name string `json:"name"`
	Note string `json:"note"` // the language of a template
	Figures
}

// Report tells what came of the campaigns that started within a period.
type Report struct {
	From, Until int64
	Campaigns   int64
	Counting    int64 // of the workspace's campaigns, those whose figures have changed since they were counted
	Total       Figures
	Failures    []FailureCount
	Spent       Spent
	Numbers     []ReportPart
	Templates   []ReportPart
	Authors     []ReportPart // without names: those are the account room's
}

const (
	reported = " from campaigns c join %s t on t.campaign_id = c.id where c.started_at >= $2 and c.started_at < $3 and " + filtered +
		" and (cast($8 as bigint) = 0 or t.inbox_id = $8) and (cast($9 as bigint) = 0 or t.template_id = $9)"
	reportSums = `select t.inbox_id, t.template_id, c.created_by, sum(t.recipients) as recipients, sum(t.waiting) as waiting, sum(t.accepted) as accepted, sum(t.sent) as sent,
		sum(t.delivered) as delivered, sum(t.was_read) as was_read, sum(t.failed) as failed, sum(t.left_out) as left_out, sum(t.replied) as replied`
)

var (
	reportTallies   = reportSums + fmt.Sprintf(reported, "campaign_tallies") + " group by t.inbox_id, t.template_id, c.created_by"
	reportFailures  = "select t.class, t.code, max(t.detail) as detail, sum(t.number) as number" + fmt.Sprintf(reported, "campaign_failures") + " group by t.class, t.code"
	reportCosts     = "select t.priced, sum(t.number) as number" + fmt.Sprintf(reported, "campaign_costs") + " group by t.priced"
	reportCampaigns = "select count(*) from campaigns c where c.started_at >= $2 and c.started_at < $3 and " + filtered
)

// Report sums the counted figures of the campaigns that a filter means and that started within its period; without a beginning it is
// the last 30 days. It reads a row for each campaign, number and template, and no message: its cost grows with the campaigns of
// the period and not with the messages they sent. It fails with Invalid "campaign.report_long" for more than 366 days, and as List.
func (r *Room) Report(ctx context.Context, actor account.Actor, which Filter) (Report, error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return Report{}, err
	}
	if which.Until == 0 {
		which.Until = r.d.Now() + 1
	}
	if which.From == 0 {
		which.From = which.Until - (30 * 24 * time.Hour).Milliseconds()
	}
	if err := which.check(); err != nil {
		return Report{}, err
	}
	if which.Until-which.From > maxReport.Milliseconds() {
		return Report{}, fault.New(fault.Invalid, "campaign.report_long", "A report covers at most 366 days.").On("from")
	}
	return r.report(ctx, actor.Workspace, which)
}

func (r *Room) report(ctx context.Context, workspace db.ID, which Filter) (Report, error) {
	out := Report{From: which.From, Until: which.Until, Failures: []FailureCount{}}
	args := which.args(workspace)
	var err error
	if out.Campaigns, err = db.One[int64](ctx, r.d, reportCampaigns, args...); err != nil {
		return out, fmt.Errorf("report: %w", err)
	}
	if out.Counting, err = db.One[int64](ctx, r.d, "select count(*) from campaign_news where workspace_id = $1", workspace); err != nil {
		return out, fmt.Errorf("report: %w", err)
	}
	if err := r.reportParts(ctx, &out, args); err != nil {
		return out, fmt.Errorf("report: %w", err)
	}
	costs, err := db.All[costRow](ctx, r.d, reportCosts, args...)
	if err == nil {
		out.Spent, err = spentBy(costs)
	}
	if err != nil {
		return out, fmt.Errorf("report: %w", err)
	}
	failures, err := db.All[struct {
		Class  string `db:"class"`
		Code   string `db:"code"`
		Detail string `db:"detail"`
		N      int64  `db:"number"`
	}](ctx, r.d, reportFailures, args...)
	if err != nil {
		return out, fmt.Errorf("report: %w", err)
	}
	for _, f := range failures {
		out.Failures = append(out.Failures, FailureCount{Class: f.Class, Code: f.Code, Detail: f.Detail, Count: f.N})
	}
	slices.SortFunc(out.Failures, func(a, b FailureCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Code, b.Code))
	})
	return out, r.nameParts(ctx, workspace, &out)
}

func (r *Room) reportParts(ctx context.Context, out *Report, args []any) error {
	rows, err := db.All[struct {
		Inbox    db.ID `db:"inbox_id"`
		Template db.ID `db:"template_id"`
		Author   db.ID `db:"created_by"`
		tallied
	}](ctx, r.d, reportTallies, args...)
	if err != nil {
		return err
	}
	numbers, templates, authors := parts{}, parts{}, parts{}
	for _, t := range rows {
		f := figuresOf(t.counts())
		out.Total.add(f)
		numbers.add(t.Inbox, f)
		templates.add(t.Template, f)
		authors.add(t.Author, f)
	}
	out.Numbers, out.Templates, out.Authors = numbers.sorted(), templates.sorted(), authors.sorted()
	return nil
}

// parts are figures by what they are of.
type parts map[db.ID]*Figures

func (p parts) add(id db.ID, f Figures) {
	if p[id] == nil {
		p[id] = &Figures{}
	}
	p[id].add(f)
}

// sorted gives the parts, those with most sends first.
func (p parts) sorted() []ReportPart {
	out := make([]ReportPart, 0, len(p))
	for id, f := range p {
		out = append(out, ReportPart{ID: id, Figures: *f})
	}
	slices.SortFunc(out, func(a, b ReportPart) int { return cmp.Or(cmp.Compare(b.Made, a.Made), cmp.Compare(a.ID, b.ID)) })
	return out
}

const (
	inboxNames    = "select id, label as name, '' as note from inboxes where workspace_id = $1 and id in ({ids:$2})"
	templateNames = "select id, name, language as note from templates where workspace_id = $1 and id in ({ids:$2})"
)

func (r *Room) nameParts(ctx context.Context, workspace db.ID, out *Report) error {
	for _, one := range []struct {
		text string
		all  []ReportPart
	}{{inboxNames, out.Numbers}, {templateNames, out.Templates}} {
		ids := make([]db.ID, len(one.all))
		for i, p := range one.all {
			ids[i] = p.ID
		}
		names, err := db.All[struct {
			ID   db.ID  `db:"id"`
			Name string `db:"name"`
			Note string `db:"note"`
		}](ctx, r.d, one.text, workspace, db.IDs(ids))
		if err != nil {
			return fmt.Errorf("names of a report: %w", err)
		}
		for _, n := range names {
			for i := range one.all {
				if one.all[i].ID == n.ID {
					one.all[i].Name, one.all[i].Note = n.Name, n.Note
				}
			}
		}
	}
	return nil
}

// WriteRows writes rows as the CSV that spreadsheet programs read; a cell that looks like a formula is none.
func WriteRows(w io.Writer, rows [][]string) error {
	out := sheet.NewWriter(w)
	for _, row := range rows {
		out.Write(row)
	}
	return out.Flush()
}
