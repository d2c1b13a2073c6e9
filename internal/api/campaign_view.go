package api

import (
	"context"
	"strconv"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/template"
	"recado/internal/words"
)

// Campaign is a campaign as its author sees it.
type Campaign struct {
	ID          db.ID             `json:"id"`
	Name        string            `json:"name"`
	State       string            `json:"state" enum:"draft,checking,ready,scheduled,sending,paused,done,cancelled,failed"`
	StateWords  string            `json:"state_words" doc:"why it stands there when nobody asked for it, else the name of the state"`
	Reason      string            `json:"state_reason" doc:"code of the reason; empty when there is none"`
	Origin      string            `json:"origin"`
	Audience    campaign.Audience `json:"audience"`
	Message     campaign.Message  `json:"message"`
	Route       campaign.Route    `json:"route"`
	Pace        campaign.Pace     `json:"pace"`
	Check       CampaignCheck     `json:"check"`
	Version     int64             `json:"version" doc:"one more with every edit"`
	ScheduledAt *int64            `json:"scheduled_at"`
	Schedule    campaign.Schedule `json:"schedule" doc:"the same as its author named it; at is empty for at once"`
	CreatedBy   Author            `json:"created_by"`
	CreatedAt   int64             `json:"created_at"`
	StartedAt   *int64            `json:"started_at"`
	FinishedAt  *int64            `json:"finished_at"`
	Counts      campaign.Counts   `json:"counts"`
}

// Author is the member who made something.
type Author struct {
	ID   db.ID  `json:"id"`
	Name string `json:"name"`
}

// CampaignRow is a campaign in the list.
type CampaignRow struct {
	ID          db.ID                  `json:"id"`
	Name        string                 `json:"name"`
	State       string                 `json:"state"`
	StateWords  string                 `json:"state_words"`
	Origin      string                 `json:"origin"`
	Senders     []campaign.SenderCount `json:"senders"`
	Counts      campaign.Counts        `json:"counts"`
	ScheduledAt *int64                 `json:"scheduled_at"`
	CreatedBy   Author                 `json:"created_by"`
	CreatedAt   int64                  `json:"created_at"`
	StartedAt   *int64                 `json:"started_at"`
	FinishedAt  *int64                 `json:"finished_at"`
}

// CampaignProblem is one thing that is wrong, in the reader's language.
type CampaignProblem struct {
	Field    string `json:"field"`
	Code     string `json:"code"`
	Words    string `json:"words"`
	Fix      string `json:"fix,omitempty" doc:"what would mend it, in words"`
	FixValue string `json:"fix_value,omitempty" doc:"the value that would be right"`
}

// CampaignCheck is what the sheet came to.
type CampaignCheck struct {
	State      string                   `json:"state" enum:",running,done,failed"`
	Part       float64                  `json:"part" doc:"of the file read, 0 to 1"`
	Read       int64                    `json:"read"`
	Rows       int64                    `json:"rows"`
	Ready      int64                    `json:"ready"`
	Errors     int64                    `json:"errors"`
	Duplicates int64                    `json:"duplicates"`
	OptedOut   int64                    `json:"opted_out"`
	Capped     int64                    `json:"capped" doc:"people written to as often as the workspace allows"`
	TakenOut   int64                    `json:"taken_out" doc:"rows a person took out"`
	Corrected  int64                    `json:"corrected" doc:"rows corrected since: the counts are of before them"`
	Senders    []campaign.SenderCount   `json:"senders"`
	Templates  []campaign.TemplateCount `json:"templates"`
	Reasons    []CampaignReason         `json:"reasons"`
	Missing    []CampaignProblem        `json:"missing" doc:"what has still to be chosen or mended before it can be sent"`
	Problem    *CampaignProblem         `json:"problem" doc:"why the sheet as a whole cannot be used"`
	ErrorsFile bool                     `json:"errors_file" doc:"errors.csv can be downloaded"`
	FinishedAt *int64                   `json:"finished_at"`
}

// CampaignReason is a reason why rows are left out, with the words of the first of them.
type CampaignReason struct {
	Code  string `json:"code"`
	Words string `json:"words"`
	Count int64  `json:"count"`
}

// shownCampaign composes the answer of a verb that gives a campaign.
func (s *Server) shownCampaign(ctx context.Context, actor account.Actor) func(campaign.Campaign, error) (Campaign, error) {
	return func(c campaign.Campaign, err error) (Campaign, error) {
		if err != nil {
			return Campaign{}, err
		}
		locale := visitIn(ctx).locale
		row, err := s.campaignRow(ctx, actor, c, nil)
		return Campaign{ID: c.ID, Name: c.Name, State: row.State, StateWords: row.StateWords, Reason: c.Reason.Code, Origin: c.Origin, Audience: c.Audience,
			Message: c.Message, Route: c.Route, Pace: c.Pace, Check: checkOf(c.Check, locale), Version: c.Version, ScheduledAt: row.ScheduledAt, Schedule: c.Schedule, CreatedBy: row.CreatedBy,
			CreatedAt: c.CreatedAt, StartedAt: row.StartedAt, FinishedAt: row.FinishedAt, Counts: row.Counts}, err
	}
}

// campaignRow composes a row; settled are counts that are known.
func (s *Server) campaignRow(ctx context.Context, actor account.Actor, c campaign.Campaign, settled map[db.ID]campaign.Counts) (CampaignRow, error) {
	row := CampaignRow{ID: c.ID, Name: c.Name, State: string(c.State), StateWords: stateWords(c, visitIn(ctx).locale), Origin: c.Origin, Senders: c.Check.Senders,
		ScheduledAt: timeOrNull(c.ScheduledAt), CreatedBy: Author{ID: c.CreatedBy}, CreatedAt: c.CreatedAt, StartedAt: timeOrNull(c.StartedAt), FinishedAt: timeOrNull(c.FinishedAt)}
	if row.Senders == nil {
		row.Senders = []campaign.SenderCount{}
	}
	if c.CreatedBy != 0 {
		user, err := s.rooms.Account.User(ctx, c.CreatedBy)
		if err != nil {
			return row, err
		}
		row.CreatedBy.Name = user.Name
	}
	if c.StartedAt == 0 {
		row.Counts.Recipients = c.Check.Ready
		return row, nil
	}
	if counts, known := settled[c.ID]; known {
		row.Counts = counts
		return row, nil
	}
	p, err := s.rooms.Campaign.Progress(ctx, actor, c.ID)
	row.Counts = p.Counts
	return row, err
}

func stateWords(c campaign.Campaign, locale string) string {
	if text := c.Reason.Words(locale); text != "" {
		return text
	}
	return words.Say(locale, "campaign.state."+string(c.State), nil)
}

func problemsOf(all []campaign.Problem, locale string) []CampaignProblem {
	out := make([]CampaignProblem, len(all))
	for i, p := range all {
		out[i] = CampaignProblem{Field: p.Field, Code: p.Code, Words: p.Words(locale), FixValue: p.Fix}
		if p.Fix != "" {
			out[i].Fix = words.Say(locale, "campaign.fix", map[string]any{"fix": p.Fix})
		}
	}
	return out
}

func checkOf(c campaign.Check, locale string) CampaignCheck {
	out := CampaignCheck{State: c.State, Part: c.Part, Read: c.Read, Rows: c.Rows, Ready: c.Ready, Errors: c.Errors, Duplicates: c.Duplicates, OptedOut: c.OptedOut, Capped: c.Capped, TakenOut: c.TakenOut, Corrected: c.Corrected,
		Senders: c.Senders, Templates: c.Templates, Reasons: make([]CampaignReason, len(c.Reasons)), Missing: problemsOf(c.Missing, locale),
		ErrorsFile: c.ErrorsFile != 0, FinishedAt: timeOrNull(c.FinishedAt)}
	for i, r := range c.Reasons {
		out.Reasons[i] = CampaignReason{Code: r.Code, Words: r.Words(locale), Count: r.Count}
	}
	if c.Problem != nil {
		out.Problem = &problemsOf([]campaign.Problem{*c.Problem}, locale)[0]
	}
	return out
}

// SheetRow is a row of the sheet.
type SheetRow struct {
	Row      int64             `json:"row" doc:"number of the row as the spreadsheet program shows it"`
	Cells    []string          `json:"cells"`
	Sender   string            `json:"sender"`
	Phone    string            `json:"phone"`
	Template string            `json:"template"`
	Language string            `json:"language"`
	Problems []CampaignProblem `json:"problems"`
	Was      map[string]string `json:"was" doc:"what the file has in cells that were corrected, by header; empty for a row that is as the file has it"`
	TakenOut bool              `json:"taken_out" doc:"a person took it out; it counts for nothing"`
	Cut      bool              `json:"cut" doc:"a long cell may be shortened here"`
}

func sheetRow(row campaign.Row, locale string) SheetRow {
	return SheetRow{Row: row.Number, Cells: row.Cells, Sender: row.Sender, Phone: row.Phone, Template: row.Template, Language: row.Language,
		Problems: problemsOf(row.Problems, locale), Was: row.Was, TakenOut: row.TakenOut, Cut: row.Cut}
}

// CampaignPreview is what the person in a row will read.
type CampaignPreview struct {
	SheetRow
	Count    int64             `json:"count" doc:"ready rows"`
	Rendered template.Rendered `json:"rendered"`
	Missing  []string          `json:"missing" doc:"variables without a value"`
	Media    string            `json:"header_media,omitempty" doc:"what a header that is a file shows: an address, or file: and the id of a file of ours"`
	Route    PreviewRoute      `json:"route" doc:"where a reply of this person would go"`
}

// PreviewRoute is where a reply goes.
type PreviewRoute struct {
	Target   string `json:"target"`
	TargetID db.ID  `json:"target_id"`
}

func previewOf(p campaign.Preview, locale string) CampaignPreview {
	return CampaignPreview{SheetRow: sheetRow(p.Row, locale), Count: p.Count, Rendered: p.Rendered, Missing: p.Missing, Media: p.Media,
		Route: PreviewRoute{Target: p.Target, TargetID: p.TargetID}}
}

// CampaignRouteCheck tells whether replies can go somewhere.
type CampaignRouteCheck struct {
	OK      bool            `json:"ok"`
	Words   string          `json:"words"`
	Warning string          `json:"warning,omitempty" doc:"no obstacle, but the author should know"`
	Code    string          `json:"code,omitempty"`
	Agent   *campaign.Agent `json:"agent,omitempty"`
}

func routeCheckOf(check campaign.RouteCheck, locale string) CampaignRouteCheck {
	out := CampaignRouteCheck{OK: check.OK, Agent: check.Agent, Words: words.Say(locale, "campaign.route_ok", nil)}
	if check.Problem != nil {
		out.Words, out.Code = check.Problem.Words(locale), check.Problem.Code
	}
	if check.Away {
		out.Warning = words.Say(locale, "campaign.route_away", map[string]any{"name": check.Agent.Name})
	}
	return out
}

// CampaignProgress is how far a campaign is.
type CampaignProgress struct {
	State      string                  `json:"state"`
	StateWords string                  `json:"state_words"`
	Counts     campaign.Counts         `json:"counts"`
	Rate       float64                 `json:"rate_per_second" doc:"0 when unknown"`
	FinishAt   *int64                  `json:"finish_at" doc:"null when unknown"`
	Resting    int64                   `json:"resting" doc:"of those who wait, for the end of their quiet hours"`
	QuietUntil *int64                  `json:"quiet_until" doc:"when the first of them may be written to; null when nobody rests"`
	Waits      string                  `json:"waits,omitempty" doc:"why it holds back by itself, in words; absent when it does not"`
	Senders    []campaign.SenderCounts `json:"by_sender"`
	Failures   []CampaignFailure       `json:"failures"`
}

// CampaignFailure groups what did not get through by its reason.
type CampaignFailure struct {
	Class  string `json:"class"`
	Code   string `json:"code"`
	Words  string `json:"words"`
	Advice string `json:"advice"`
	Detail string `json:"detail,omitempty" doc:"the provider's words"`
	Count  int64  `json:"count"`
}

func progressOf(p campaign.Progress, locale string) CampaignProgress {
	return CampaignProgress{State: string(p.State), StateWords: stateWords(campaign.Campaign{State: p.State, Reason: p.Reason}, locale), Counts: p.Counts,
		Rate: p.Rate, FinishAt: timeOrNull(p.FinishAt), Resting: p.Resting, QuietUntil: timeOrNull(p.QuietUntil), Waits: p.Waits.Words(locale), Senders: p.Senders, Failures: failuresOf(p.Failures, locale)}
}

func failuresOf(all []campaign.FailureCount, locale string) []CampaignFailure {
	out := make([]CampaignFailure, len(all))
	for i, f := range all {
		out[i] = CampaignFailure{Class: f.Class, Code: f.Code, Detail: f.Detail, Count: f.Count, Words: words.Say(locale, f.Code, nil),
			Advice: words.Say(locale, "campaign.left_advice", nil)}
		if code, err := strconv.Atoi(f.Code); err == nil {
			out[i].Words, out[i].Advice = words.Failure(locale, f.Class, code), words.Advice(locale, f.Class)
		}
	}
	return out
}

// CampaignRecipient is one person in a campaign that was sent.
type CampaignRecipient struct {
	campaign.Recipient
	Words string `json:"words" doc:"why it did not get through; empty when it did or may yet"`
}

func recipientOf(one campaign.Recipient, locale string) CampaignRecipient {
	out := CampaignRecipient{Recipient: one}
	switch {
	case one.Reason != "":
		out.Words = campaign.Problem{Code: one.Reason}.Words(locale)
	case one.ErrorClass != "":
		out.Words = words.Failure(locale, one.ErrorClass, int(one.ErrorCode))
	}
	return out
}
