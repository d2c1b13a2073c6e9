package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/db"
	"recado/internal/fleet"
)

func (s *Server) absenceRoutes() {
	see := viewing(account.Desk)
	get(s, "/absences", about{Name: "listAbsences", Tag: "absences", Says: "The absence of every number one may set one up for"}, see, s.listAbsences)
	put(s, "/inboxes/{id}/absence", about{Name: "changeAbsence", Tag: "absences",
		Says: "Set up, switch on or switch off the absence of a number; its agents, owner and managers may, and whoever edits automation"}, see, s.changeAbsence)
	post(s, "/inboxes/{id}/absence/try", about{Name: "tryAbsence", Tag: "absences", Says: "What a person would be told now"}, see, s.tryAbsence)
}

// Absence is that nobody answers on a number for a while.
type Absence struct {
	bot.Absence
	Number string `json:"number" doc:"its name"`
	Author string `json:"author" doc:"who changed it last"`
}

func (s *Server) listAbsences(ctx context.Context, actor account.Actor, _ *noInput) (Items[Absence], error) {
	all, err := s.rooms.Bot.Absences(ctx, actor)
	if err != nil {
		return Items[Absence]{}, err
	}
	return s.shownAbsences(ctx, actor, all...)
}

// shownAbsences gives absences with the names of their numbers and authors.
func (s *Server) shownAbsences(ctx context.Context, actor account.Actor, all ...bot.Absence) (Items[Absence], error) {
	boxes, err := s.rooms.Inbox.List(ctx, actor.Workspace)
	if err != nil {
		return Items[Absence]{}, err
	}
	numbers := map[db.ID]string{}
	for _, box := range boxes {
		numbers[box.ID] = box.Label
	}
	names, err := s.rooms.Account.Names(ctx, actor.Workspace)
	return listOf(all, func(a bot.Absence) Absence {
		return Absence{Absence: a, Number: numbers[a.Inbox], Author: names[a.UpdatedBy]}
	}), err
}

// AbsenceBody is what is changed of an absence.
type AbsenceBody struct {
	Since     int64  `json:"since" doc:"Unix milliseconds from when people are told; 0: off"`
	Until     int64  `json:"until" doc:"Unix milliseconds; 0: until somebody switches it off"`
	Text      string `json:"text" maxLength:"20000"`
	Colleague db.ID  `json:"colleague_id" doc:"who answers instead; 0: nobody"`
	Other     db.ID  `json:"other_inbox_id" doc:"the number to write to instead; 0: none"`
}

func (b AbsenceBody) of(number db.ID) bot.Absence {
	return bot.Absence{Inbox: number, Since: b.Since, Until: b.Until, Text: b.Text, Colleague: b.Colleague, Other: b.Other}
}

type absenceInput struct {
	ByID
	Body AbsenceBody
}

func (s *Server) changeAbsence(ctx context.Context, actor account.Actor, in *absenceInput) (Absence, error) {
	if err := s.rooms.Fleet.Set(ctx, actor, in.ID.ID, fleet.Absence, in.Body, -1); err != nil {
		return Absence{}, err
	}
	kept, err := s.rooms.Bot.AbsenceOf(ctx, actor.Workspace, in.ID.ID)
	if err != nil {
		return Absence{}, err
	}
	shown, err := s.shownAbsences(ctx, actor, kept)
	if err != nil {
		return Absence{}, err
	}
	return shown.Items[0], nil
}

type tryAbsenceInput struct {
	ByID
	Body struct {
		AbsenceBody
		Contact string `json:"contact" maxLength:"200" doc:"name of the person"`
	}
}

// Told is what a person is told.
type Told struct {
	Text string `json:"text"`
}

func (s *Server) tryAbsence(ctx context.Context, actor account.Actor, in *tryAbsenceInput) (Told, error) {
	text, err := s.rooms.Bot.TryAbsence(ctx, actor, in.Body.of(in.ID.ID), in.Body.Contact)
	return Told{Text: text}, err
}
