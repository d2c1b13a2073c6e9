package api

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/survey"
	"recado/internal/words"
)

const commentsShown = 50

func (s *Server) surveyResultRoutes() {
	get(s, "/surveys/{id}/results", about{Name: "readSurveyResults", Tag: "surveys", Says: "What people answered to a survey that was sent in a time"}, viewing(account.Automation), s.readSurveyResults)
	raw(s, http.MethodGet, "/surveys/{id}/answers.csv", about{Name: "exportSurvey", Tag: "surveys",
		Says: "Each sending with its answers, as CSV; with the ability export"}, viewing(account.Automation).and(account.Export), s.exportSurvey)
	text := &huma.Schema{Type: huma.TypeString}
	s.api.OpenAPI().Paths[prefix+"/surveys/{id}/answers.csv"].Get.Parameters = []*huma.Param{{Name: "id", In: "path", Required: true, Schema: text},
		{Name: "from", In: "query", Schema: text}, {Name: "until", In: "query", Schema: text}, {Name: "inbox_id", In: "query", Schema: text}}
}

type surveyResultsInput struct {
	ByID
	From  int64  `query:"from" minimum:"0" doc:"Unix milliseconds; sent from then on"`
	Until int64  `query:"until" minimum:"0" doc:"Unix milliseconds; sent before then; 0: no end"`
	Inbox string `query:"inbox_id" maxLength:"20" doc:"sent on this number; empty: on any"`
}

// SurveyScore is the number a survey is for.
type SurveyScore struct {
	Value      float64 `json:"value" doc:"CSAT: share of 4 and 5 in percent. NPS: promoters minus detractors in percent, -100 to 100. With one decimal"`
	Answers    int64   `json:"answers"`
	Promoters  int64   `json:"promoters" doc:"CSAT: 4 and 5; NPS: 9 and 10"`
	Neutrals   int64   `json:"neutrals"`
	Detractors int64   `json:"detractors" doc:"CSAT: 1 and 2; NPS: 0 to 6"`
}

// ValueCount is how many gave one answer.
type ValueCount struct {
	Value   int64  `json:"value"`
	Title   string `json:"title"`
	Answers int64  `json:"answers"`
}

// QuestionAnswers is what was answered to a question.
type QuestionAnswers struct {
	ID      string       `json:"id"`
	Kind    string       `json:"kind" enum:"scale,choice,text"`
	Text    string       `json:"text"`
	Asked   bool         `json:"asked" doc:"it is part of the survey now"`
	Answers int64        `json:"answers"`
	Skipped int64        `json:"skipped"`
	Mean    float64      `json:"mean" doc:"of a scale, with two decimals"`
	Values  []ValueCount `json:"values" doc:"of a scale and a choice, each that can be given"`
}

// SurveyComment is an answer in words.
type SurveyComment struct {
	Question     string `json:"question_id"`
	Text         string `json:"text"`
	At           int64  `json:"at"`
	Conversation db.ID  `json:"conversation_id"`
	Ticket       db.ID  `json:"ticket_id" doc:"empty: about none"`
	TicketNumber int64  `json:"ticket_number"`
	Contact      db.ID  `json:"contact_id"`
	Name         string `json:"name"`
	Message      db.ID  `json:"message_id"`
	Score        *int64 `json:"score" doc:"what the same person gave; null: nothing"`
}

// SurveyResults are what people answered.
type SurveyResults struct {
	Survey    Survey            `json:"survey"`
	Sent      int64             `json:"sent"`
	Answered  int64             `json:"answered"`
	Declined  int64             `json:"declined" doc:"said no to the invitation"`
	Score     *SurveyScore      `json:"score" doc:"null: nobody answered, or it has none"`
	Questions []QuestionAnswers `json:"questions"`
	Comments  []SurveyComment   `json:"comments" doc:"the newest"`
}

func (s *Server) readSurveyResults(ctx context.Context, actor account.Actor, in *surveyResultsInput) (SurveyResults, error) {
	filter, err := surveyFilter(strconv.FormatInt(in.From, 10), strconv.FormatInt(in.Until, 10), in.Inbox)
	if err != nil {
		return SurveyResults{}, err
	}
	one, found, err := s.rooms.Survey.Results(ctx, actor.Workspace, in.ID.ID, filter)
	if err != nil {
		return SurveyResults{}, err
	}
	comments, err := s.rooms.Survey.Comments(ctx, actor.Workspace, one, filter, commentsShown)
	if err != nil {
		return SurveyResults{}, err
	}
	out := SurveyResults{Survey: surveyOf(one), Sent: found.Sent, Answered: found.Answered, Declined: found.Declined, Score: scoreOf(one.Settings.Kind, found.Score)}
	out.Questions = listOf(found.Questions, questionAnswers).Items
	out.Comments = listOf(comments, func(c survey.Comment) SurveyComment {
		shown := SurveyComment{Question: c.Question, Text: c.Text, At: c.At, Conversation: c.Conversation, Ticket: c.Ticket, TicketNumber: c.TicketNumber, Contact: c.Contact,
			Name: c.Name, Message: c.Message}
		if c.Score >= 0 {
			shown.Score = &c.Score
		}
		return shown
	}).Items
	return out, nil
}

func scoreOf(kind string, score survey.Score) *SurveyScore {
	value, ok := score.CSAT()
	if kind == survey.NPS {
		value, ok = score.NPS()
	}
	if !ok {
		return nil
	}
	return &SurveyScore{Value: math.Round(value*10) / 10, Answers: score.Answers, Promoters: score.Promoters, Neutrals: score.Neutrals, Detractors: score.Detractors}
}

func questionAnswers(q survey.QuestionResult) QuestionAnswers {
	out := QuestionAnswers{ID: q.Question.ID, Kind: q.Question.Kind, Text: q.Question.Text, Asked: q.Asked, Answers: q.Answers, Skipped: q.Skipped, Values: []ValueCount{}}
	switch q.Question.Kind {
	case survey.Scale:
		if q.Answers > 0 {
			out.Mean = math.Round(100*float64(q.Sum)/float64(q.Answers)) / 100
		}
		for n := int64(q.Question.From); n <= int64(q.Question.To); n++ {
			out.Values = append(out.Values, ValueCount{Value: n, Title: strconv.FormatInt(n, 10), Answers: q.Values[n]})
		}
	case survey.Choose:
		for i, title := range q.Question.Options {
			out.Values = append(out.Values, ValueCount{Value: int64(i + 1), Title: title, Answers: q.Values[int64(i+1)]})
		}
	}
	return out
}

func surveyFilter(from, until, box string) (f survey.Filter, err error) {
	for text, to := range map[*string]*int64{&from: &f.From, &until: &f.Until} {
		if *text == "" {
			continue
		}
		if *to, err = strconv.ParseInt(*text, 10, 64); err != nil || *to < 0 {
			return f, fault.New(fault.Invalid, "survey.period", "This is no period.").On("from")
		}
	}
	if box != "" {
		if f.Inbox, err = db.ParseID(box); err != nil {
			return f, fault.New(fault.Invalid, "survey.number", "There is no such number.").On("inbox_id")
		}
	}
	return f, nil
}

// exportSurvey writes the sendings of a filter, row by row as they are read.
func (s *Server) exportSurvey(w http.ResponseWriter, r *http.Request) {
	ctx, actor, locale := r.Context(), actorIn(r.Context()), visitIn(r.Context()).locale
	id, err := db.ParseID(r.PathValue("id"))
	if err != nil {
		err = fault.New(fault.NotFound, "survey.not_found", "There is no such survey.")
	}
	filter := survey.Filter{}
	if err == nil {
		query := r.URL.Query()
		filter, err = surveyFilter(query.Get("from"), query.Get("until"), query.Get("inbox_id"))
	}
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	s.streamCSV(w, r, fmt.Sprintf("recado-%d.csv", id), func(out io.Writer) error {
		var headers []string
		for _, name := range []string{"sent_at", "answered_at", "state", "contact", "number", "ticket", "agent", "question", "value", "answer"} {
			headers = append(headers, words.Say(locale, "survey.export."+name, nil))
		}
		return s.rooms.Survey.Export(ctx, actor.Workspace, id, filter, out, headers, func(one survey.Sent) []string { return exportedAnswer(one, locale) })
	})
}

func exportedAnswer(one survey.Sent, locale string) []string {
	ticket, value := "", ""
	if one.Ticket != 0 {
		ticket = strconv.FormatInt(one.Ticket, 10)
	}
	if one.Kind == survey.Scale {
		value = strconv.FormatInt(one.Value, 10)
	}
	return []string{exportedTime(one.SentAt), exportedTime(one.AnsweredAt), words.SayOr(locale, "survey.state."+one.State, one.State, nil), one.Contact, one.Number, ticket,
		one.Agent, one.Question, value, one.Answer}
}
