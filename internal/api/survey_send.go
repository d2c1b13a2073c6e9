package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/survey"
)

func (s *Server) surveySendRoutes() {
	get(s, "/conversations/{id}/surveys", about{Name: "listSurveyChoices", Tag: "desk", Says: "Surveys that can be sent in a conversation, the one sent last, and what follows the service by the rule of the number"},
		viewing(account.Desk), s.listSurveyChoices)
	post(s, "/conversations/{id}/surveys", about{Name: "sendSurvey", Tag: "desk", Says: "Send a survey now", Status: 201}, editing(account.Desk).and(account.Reply), s.sendSurvey)
}

func (s *Server) listSurveyChoices(ctx context.Context, actor account.Actor, in *ByID) (survey.Choices, error) {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return survey.Choices{}, err
	}
	return s.rooms.Survey.ChoicesFor(ctx, row)
}

type sendSurveyInput struct {
	ByID
	Body struct {
		Survey db.ID `json:"survey_id"`
	}
}

// SurveySending is a survey that was sent.
type SurveySending struct {
	ID db.ID `json:"id"`
}

func (s *Server) sendSurvey(ctx context.Context, actor account.Actor, in *sendSurveyInput) (SurveySending, error) {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return SurveySending{}, err
	}
	id, err := s.rooms.Survey.Send(ctx, actor, row, in.Body.Survey)
	return SurveySending{ID: id}, err
}

// decideSurvey keeps what the closing agent wants to follow: a survey, "0" for none, nil for the rule of the number.
func (s *Server) decideSurvey(ctx context.Context, actor account.Actor, id db.ID, chosen *db.ID) error {
	row, err := s.reached(ctx, actor, id)
	if err != nil {
		return err
	}
	follows := db.ID(0)
	if chosen != nil {
		if follows = *chosen; follows == 0 {
			follows = survey.None
		}
	}
	return s.rooms.Survey.Decide(ctx, actor, row, follows)
}
