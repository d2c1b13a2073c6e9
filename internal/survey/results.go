package survey

import (
	"context"
	"fmt"
	"io"

	"recado/internal/db"
	"recado/internal/sheet"
)

// Filter chooses what is counted. Times are Unix milliseconds; From is included, Until is not. 0: no bound, any number.
type Filter struct {
	From, Until int64
	Inbox       db.ID
}

// Results are what people answered to a survey.
type Results struct {
	Sent      int64
	Answered  int64 // those with an answer
	Declined  int64
	Score     Score
	Questions []QuestionResult
}

// Score is the number a survey is for. Of a CSAT the promoters are 4 and 5, the detractors 1 and 2; of an NPS 9 and 10, and 0 to 6.
type Score struct {
	Answers    int64
	Promoters  int64
	Neutrals   int64
	Detractors int64
}

// CSAT is the share of 4 and 5 in percent, 0 to 100; ok is false without answers.
func (s Score) CSAT() (percent float64, ok bool) {
	if s.Answers == 0 {
		return 0, false
	}
	return 100 * float64(s.Promoters) / float64(s.Answers), true
}

// NPS is the share of promoters minus that of detractors in percent, -100 to 100; ok is false without answers.
func (s Score) NPS() (points float64, ok bool) {
	if s.Answers == 0 {
		return 0, false
	}
	return 100 * float64(s.Promoters-s.Detractors) / float64(s.Answers), true
}

// QuestionResult is what was answered to one question. One that is no longer asked has the words it was asked in last.
type QuestionResult struct {
	Question Question
	Asked    bool // it is part of the survey now
	Answers  int64
	Skipped  int64
	Sum      int64           // of the values of a scale
	Values   map[int64]int64 // value → answers; of a scale and a choice
}

// sentIn bounds sendings by when they were sent.
const sentIn = " s.survey_id = $1 and s.workspace_id = $2 and s.sent_at >= $3 and (cast($4 as bigint) = 0 or s.sent_at < $4) and (cast($5 as bigint) = 0 or s.inbox_id = $5)"

const (
	totals = `select count(*) as sent, count(answered_at) as answered, coalesce(sum(case when state = 'declined' then 1 else 0 end), 0) as declined
		from survey_sendings s where` + sentIn
	tallies = `select a.question_id, a.value, a.skipped, count(*) as n, max(a.version) as version from survey_answers a
		join survey_sendings s on s.id = a.sending_id where` + sentIn + ` group by a.question_id, a.value, a.skipped`
	versionsOf = "select version, settings_json from survey_versions where survey_id = $1 order by version"
)

type tally struct {
	Question string `db:"question_id"`
	Value    int64  `db:"value"`
	Skipped  int    `db:"skipped"`
	N        int64  `db:"n"`
	Version  int64  `db:"version"`
}

// Results counts the answers to the sendings of a filter. It fails with NotFound.
func (r *Room) Results(ctx context.Context, workspace, id db.ID, f Filter) (Survey, Results, error) {
	s, err := r.Get(ctx, workspace, id)
	if err != nil {
		return s, Results{}, err
	}
	args := f.args(workspace, id)
	out := Results{}
	total, err := db.One[struct {
		Sent     int64 `db:"sent"`
		Answered int64 `db:"answered"`
		Declined int64 `db:"declined"`
	}](ctx, r.d, totals, args...)
	if err != nil {
		return s, out, fmt.Errorf("results: %w", err)
	}
	out.Sent, out.Answered, out.Declined = total.Sent, total.Answered, total.Declined
	counted, err := db.All[tally](ctx, r.d, tallies, args...)
	if err != nil {
		return s, out, fmt.Errorf("results: %w", err)
	}
	gone, err := r.noLongerAsked(ctx, s, counted)
	if err != nil {
		return s, out, err
	}
	for _, q := range s.Settings.Questions {
		out.Questions = append(out.Questions, count(q, true, counted))
	}
	for _, q := range gone {
		out.Questions = append(out.Questions, count(q, false, counted))
	}
	if s.Settings.Kind != Custom {
		out.Score = scoreOf(s.Settings.Kind, out.Questions[0])
	}
	return s, out, nil
}

func (f Filter) args(workspace, id db.ID) []any {
	return []any{id, workspace, f.From, f.Until, int64(f.Inbox)}
}

func count(q Question, asked bool, all []tally) QuestionResult {
	out := QuestionResult{Question: q, Asked: asked, Values: map[int64]int64{}}
	for _, t := range all {
		switch {
		case t.Question != q.ID:
		case t.Skipped == 1:
			out.Skipped += t.N
		default:
			out.Answers += t.N
			if q.Kind != Text {
				out.Values[t.Value] += t.N
				out.Sum += t.Value * t.N
			}
		}
	}
	return out
}

// noLongerAsked gives the questions that were answered and are not asked any more, in their last words.
func (r *Room) noLongerAsked(ctx context.Context, s Survey, counted []tally) (gone []Question, err error) {
	now := map[string]bool{}
	for _, q := range s.Settings.Questions {
		now[q.ID] = true
	}
	wanted := map[string]bool{}
	for _, t := range counted {
		if !now[t.Question] {
			wanted[t.Question] = true
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	all, err := r.versions(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	place := map[string]int{}
	for _, version := range all {
		for _, q := range version.settings.Questions {
			if at, known := place[q.ID]; known {
				gone[at] = q
			} else if wanted[q.ID] {
				place[q.ID] = len(gone)
				gone = append(gone, q)
			}
		}
	}
	return gone, nil
}

type versionRow struct {
	Version  int64  `db:"version"`
	Text     string `db:"settings_json"`
	settings Settings
}

// versions gives those that were sent, the oldest first.
func (r *Room) versions(ctx context.Context, id db.ID) ([]versionRow, error) {
	rows, err := db.All[versionRow](ctx, r.d, versionsOf, id)
	if err != nil {
		return nil, fmt.Errorf("versions of survey: %w", err)
	}
	for i := range rows {
		if rows[i].settings, err = parseSettings(id, rows[i].Text); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func scoreOf(kind string, q QuestionResult) (s Score) {
	good, bad := int64(4), int64(2)
	if kind == NPS {
		good, bad = 9, 6
	}
	for value, n := range q.Values {
		s.Answers += n
		switch {
		case value >= good:
			s.Promoters += n
		case value <= bad:
			s.Detractors += n
		default:
			s.Neutrals += n
		}
	}
	return s
}

// Comment is one answer in words, with where it was given.
type Comment struct {
	Question     string `db:"question_id"`
	Text         string `db:"body"`
	At           int64  `db:"answered_at"`
	Conversation db.ID  `db:"conversation_id"`
	Ticket       db.ID  `db:"ticket_id"` // 0: about none
	TicketNumber int64  `db:"number"`
	Contact      db.ID  `db:"contact_id"`
	Name         string `db:"name"`
	Message      db.ID  `db:"message_id"`
	Score        int64  `db:"score"` // answer to the first question of a CSAT or NPS; -1: none
}

const commentsOf = `select a.question_id, a.body, a.answered_at, a.message_id, s.conversation_id, coalesce(s.ticket_id, 0) as ticket_id, coalesce(t.number, 0) as number,
	v.contact_id, coalesce(c.name, '') as name,
	coalesce((select b.value from survey_answers b where b.sending_id = a.sending_id and b.question_id = $6 and b.skipped = 0), -1) as score
	from survey_answers a join survey_sendings s on s.id = a.sending_id join conversations v on v.id = s.conversation_id
	left join tickets t on t.id = s.ticket_id left join contacts c on c.id = v.contact_id where a.kind = 'text' and a.skipped = 0 and` + sentIn + ` order by a.answered_at desc, a.message_id desc limit $7`

// Comments gives the newest answers in words to the sendings of a filter, at most limit.
func (r *Room) Comments(ctx context.Context, workspace db.ID, s Survey, f Filter, limit int) ([]Comment, error) {
	score := ""
	if s.Settings.Kind != Custom {
		score = s.Settings.Questions[0].ID
	}
	found, err := db.All[Comment](ctx, r.d, commentsOf, append(f.args(workspace, s.ID), score, limit)...)
	if err != nil {
		return nil, fmt.Errorf("comments: %w", err)
	}
	return found, nil
}

// Sent is a sending in an export, with one answer of it.
type Sent struct {
	Sending    db.ID  `db:"id"`
	SentAt     int64  `db:"sent_at"`
	AnsweredAt int64  `db:"answered_at"`
	State      string `db:"state"` // open, done, declined, dropped or expired
	Contact    string `db:"name"`
	Number     string `db:"label"`
	Ticket     int64  `db:"number"`
	Agent      string `db:"agent"` // who held the ticket last
	Version    int64  `db:"version"`
	QuestionID string `db:"question_id"` // "" without an answer
	Question   string `db:"-"`           // as it was asked
	Value      int64  `db:"value"`
	Kind       string `db:"kind"`
	Answer     string `db:"body"`
}

const (
	exportSize = 500
	exportPage = `select s.id, s.sent_at, coalesce(s.answered_at, 0) as answered_at, case when s.state = 'open' and s.expires_at <= $6 then 'expired' else s.state end as state,
		coalesce(c.name, '') as name, coalesce(i.label, '') as label, coalesce(t.number, 0) as number, coalesce(u.name, '') as agent, s.version,
		coalesce(a.question_id, '') as question_id, coalesce(a.value, 0) as value, coalesce(a.kind, '') as kind, coalesce(a.body, '') as body
		from (select * from survey_sendings s where` + sentIn + ` and s.id > $7 order by s.id limit $8) s
		left join survey_answers a on a.sending_id = s.id and a.skipped = 0 join conversations v on v.id = s.conversation_id
		left join contacts c on c.id = v.contact_id left join inboxes i on i.id = s.inbox_id
		left join tickets t on t.id = s.ticket_id left join users u on u.id = t.assignee_id order by s.id, a.answered_at, a.question_id`
)

// Export writes each sending of a filter with its answers as CSV, the oldest first, one row an answer and one for a sending without
// any. It reads in parts. It fails with NotFound before the first bytes.
func (r *Room) Export(ctx context.Context, workspace, id db.ID, f Filter, w io.Writer, headers []string, cells func(Sent) []string) error {
	if _, err := r.Get(ctx, workspace, id); err != nil {
		return err
	}
	all, err := r.versions(ctx, id)
	if err != nil {
		return err
	}
	words := map[int64]map[string]string{}
	for _, version := range all {
		words[version.Version] = map[string]string{}
		for _, q := range version.settings.Questions {
			words[version.Version][q.ID] = q.Text
		}
	}
	out := sheet.NewWriter(w)
	out.Write(headers)
	after := db.ID(0)
	for {
		rows, err := db.All[Sent](ctx, r.d, exportPage, append(f.args(workspace, id), r.d.Now(), int64(after), exportSize)...)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return out.Flush()
		}
		for _, row := range rows {
			row.Question = words[row.Version][row.QuestionID]
			out.Write(cells(row))
			after = row.Sending
		}
	}
}
