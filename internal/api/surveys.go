package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
	"recado/internal/survey"
	"recado/internal/words"
)

func (s *Server) surveyRoutes() {
	see, set := viewing(account.Automation), editing(account.Automation)
	get(s, "/surveys", about{Name: "listSurveys", Tag: "surveys", Says: "Surveys, the newest first, with the numbers whose services they follow"}, see, s.listSurveys)
	post(s, "/surveys", about{Name: "createSurvey", Tag: "surveys", Says: "Keep a new survey", Status: 201}, set, s.createSurvey)
	get(s, "/surveys/{id}", about{Name: "readSurvey", Tag: "surveys", Says: "What a survey asks"}, see, s.readSurvey)
	put(s, "/surveys/{id}", about{Name: "changeSurvey", Tag: "surveys", Says: "Change what a survey asks; whoever is answering it goes on with what was sent"}, set, s.changeSurvey)
	remove(s, "/surveys/{id}", about{Name: "deleteSurvey", Tag: "surveys", Says: "Delete a survey that was never sent"}, set, s.deleteSurvey)
	put(s, "/surveys/{id}/archived", about{Name: "archiveSurvey", Tag: "surveys", Says: "Take a survey out of use, or bring it back; its answers stay"}, set, s.archiveSurvey)
	post(s, "/surveys/try", about{Name: "trySurvey", Tag: "surveys", Says: "One step of a survey that need not be saved; nothing is sent and nothing kept", Status: 200}, see, s.trySurvey)
	put(s, "/inboxes/{id}/survey", about{Name: "changeSurveyRule", Tag: "surveys", Says: "Choose the survey that follows the services of a number"}, set, s.changeSurveyRule)
	s.surveyResultRoutes()
}

// Survey is what people are asked.
type Survey struct {
	ID         string          `json:"id"`
	Settings   survey.Settings `json:"settings"`
	Version    int64           `json:"version" doc:"one more with every edit"`
	Archived   bool            `json:"archived" doc:"out of use"`
	EditedName string          `json:"edited_name" doc:"who changed it last"`
	UpdatedAt  int64           `json:"updated_at" doc:"Unix milliseconds"`
	Sent       int64           `json:"sent" doc:"how often, ever"`
	Answered   int64           `json:"answered" doc:"of those, how many have an answer"`
	Inboxes    []string        `json:"inbox_ids" doc:"numbers whose services it follows"`
}

func surveyOf(one survey.Survey) Survey {
	out := Survey{ID: one.ID.String(), Settings: one.Settings, Version: one.Version, Archived: one.ArchivedAt != 0, EditedName: one.EditedName, UpdatedAt: one.UpdatedAt,
		Sent: one.Sent, Answered: one.Answered, Inboxes: []string{}}
	for _, id := range one.Numbers {
		out.Inboxes = append(out.Inboxes, id.String())
	}
	return out
}

// SurveyNumber is a number with the survey that follows its services.
type SurveyNumber struct {
	survey.Rule
	Label string `json:"label"`
}

// Surveys are all of a workspace.
type Surveys struct {
	Items   []Survey                     `json:"items"`
	Numbers []SurveyNumber               `json:"numbers" doc:"all numbers, with what follows their services"`
	Ready   map[string][]survey.Settings `json:"ready" doc:"by language: a CSAT, an NPS and a survey of one's own, ready to use"`
	Names   []string                     `json:"names" doc:"that the words may use as {{name}}"`
}

func (s *Server) listSurveys(ctx context.Context, actor account.Actor, _ *noInput) (Surveys, error) {
	all, err := s.rooms.Survey.List(ctx, actor.Workspace)
	if err != nil {
		return Surveys{}, err
	}
	boxes, err := s.rooms.Inbox.List(ctx, actor.Workspace)
	if err != nil {
		return Surveys{}, err
	}
	rules, err := s.rooms.Survey.Rules(ctx, actor.Workspace)
	if err != nil {
		return Surveys{}, err
	}
	by := map[db.ID]survey.Rule{}
	for _, rule := range rules {
		by[rule.Inbox] = rule
	}
	out := Surveys{Items: listOf(all, surveyOf).Items, Ready: map[string][]survey.Settings{}, Names: conversation.PersonNames}
	out.Numbers = listOf(boxes, func(box inbox.Inbox) SurveyNumber {
		rule, set := by[box.ID]
		if !set {
			rule = survey.Rule{Inbox: box.ID, Often: survey.Days, N: survey.DefaultDays}
		}
		return SurveyNumber{Rule: rule, Label: box.Label}
	}).Items
	for _, language := range words.Locales {
		out.Ready[language] = []survey.Settings{survey.Ready(survey.CSAT, language), survey.Ready(survey.NPS, language), survey.Ready(survey.Custom, language)}
	}
	return out, nil
}

func (s *Server) createSurvey(ctx context.Context, actor account.Actor, in *In[survey.Settings]) (Survey, error) {
	one, err := s.rooms.Survey.Create(ctx, actor, in.Body)
	return surveyOf(one), err
}

func (s *Server) readSurvey(ctx context.Context, actor account.Actor, in *ByID) (Survey, error) {
	one, err := s.rooms.Survey.Get(ctx, actor.Workspace, in.ID.ID)
	return surveyOf(one), err
}

type changeSurveyInput struct {
	ByID
	Body struct {
		Version  int64           `json:"version" minimum:"-1" doc:"the one that was seen; when somebody made another meanwhile the change is refused with 409. -1: whatever it is"`
		Settings survey.Settings `json:"settings"`
	}
}

func (s *Server) changeSurvey(ctx context.Context, actor account.Actor, in *changeSurveyInput) (Survey, error) {
	one, err := s.rooms.Survey.Save(ctx, actor, in.ID.ID, in.Body.Settings, in.Body.Version)
	return surveyOf(one), err
}

func (s *Server) deleteSurvey(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Survey.Delete(ctx, actor, in.ID.ID)
}

type archiveSurveyInput struct {
	ByID
	Body struct {
		Archived bool `json:"archived"`
	}
}

func (s *Server) archiveSurvey(ctx context.Context, actor account.Actor, in *archiveSurveyInput) (Survey, error) {
	one, err := s.rooms.Survey.Archive(ctx, actor, in.ID.ID, in.Body.Archived)
	return surveyOf(one), err
}

// TrySurvey is one step of a survey that need not be saved.
type TrySurvey struct {
	Settings survey.Settings `json:"settings"`
	State    survey.State    `json:"state" doc:"as the last step gave it; empty at first"`
	Kind     string          `json:"kind" enum:"began,wrote" doc:"it is sent; the person said something"`
	Text     string          `json:"text,omitempty" maxLength:"4096"`
	Payload  string          `json:"payload,omitempty" maxLength:"256" doc:"id of a tapped choice"`
	Name     string          `json:"name,omitempty" maxLength:"200" doc:"of the person"`
}

// SurveyTurn is what a survey would do.
type SurveyTurn struct {
	Said    []survey.Said   `json:"said"`
	Answers []survey.Answer `json:"answers"`
	State   survey.State    `json:"state" doc:"for the next step"`
	Taken   bool            `json:"taken" doc:"it was for the survey; otherwise it is an ordinary message and a service opens"`
	Outcome string          `json:"outcome" enum:",done,declined,dropped" doc:"how it ended with this step; empty: it did not"`
}

func (s *Server) trySurvey(ctx context.Context, actor account.Actor, in *In[TrySurvey]) (SurveyTurn, error) {
	b := in.Body
	boxes, err := s.rooms.Inbox.List(ctx, actor.Workspace)
	if err != nil {
		return SurveyTurn{}, err
	}
	number := ""
	if len(boxes) > 0 {
		number = boxes[0].Label
	}
	turn, err := s.rooms.Survey.Try(b.Settings, b.State, survey.Input{Kind: b.Kind, Text: b.Text, Payload: b.Payload, Name: b.Name, Number: number, Menus: true})
	return SurveyTurn{Said: append([]survey.Said{}, turn.Said...), Answers: append([]survey.Answer{}, turn.Answers...), State: turn.State, Taken: turn.Taken, Outcome: turn.Outcome}, err
}

type surveyRuleInput struct {
	ByID
	Body struct {
		Survey db.ID  `json:"survey_id" doc:"0: none"`
		Often  string `json:"often" enum:"every,nth,days"`
		N      int64  `json:"n" doc:"services or days"`
	}
}

func (s *Server) changeSurveyRule(ctx context.Context, actor account.Actor, in *surveyRuleInput) (nothing, error) {
	return nothing{}, s.rooms.Survey.SetRule(ctx, actor, survey.Rule{Inbox: in.ID.ID, Survey: in.Body.Survey, Often: in.Body.Often, N: in.Body.N})
}
