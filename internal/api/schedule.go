package api

import (
	"context"
	"net/http"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/words"
)

func (s *Server) scheduleRoutes() {
	see, say := viewing(account.Desk), editing(account.Desk).and(account.Reply)
	get(s, "/conversations/{id}/scheduled", about{Name: "listScheduled", Tag: "desk", Says: "Messages that wait for their time, the next first"}, see, s.listScheduled)
	post(s, "/conversations/{id}/scheduled", about{Name: "scheduleMessage", Tag: "desk", Says: "Post a message at a later time", Status: http.StatusCreated}, say, s.scheduleMessage)
	patch(s, "/conversations/{id}/scheduled/{scheduled}", about{Name: "rescheduleMessage", Tag: "desk", Says: "Change the time or the words of a scheduled message"}, say, s.rescheduleMessage)
	remove(s, "/conversations/{id}/scheduled/{scheduled}", about{Name: "unscheduleMessage", Tag: "desk", Says: "Take a scheduled message away"}, say, s.unscheduleMessage)
	post(s, "/conversations/{id}/scheduled/{scheduled}/send", about{Name: "sendScheduledMessage", Tag: "desk", Says: "Post a scheduled message now"}, say, s.sendScheduled)
}

// Scheduled is a message that waits for its time.
type Scheduled struct {
	ID       db.ID  `json:"id"`
	Kind     string `json:"kind"`
	Text     string `json:"text"`
	File     db.ID  `json:"file_id"`
	Author   Named  `json:"author"`
	DueAt    int64  `json:"due_at"`
	Zone     string `json:"zone" doc:"in which the author named the time"`
	State    string `json:"state" enum:"waiting,posted,dropped,cancelled"`
	Reason   string `json:"reason" doc:"in words: why it was dropped"`
	Fallback string `json:"fallback" doc:"words of the template that goes when the window is closed then; empty: nothing goes"`
}

// Named is somebody with a name.
type Named struct {
	ID   db.ID  `json:"id"`
	Name string `json:"name"`
}

func scheduledOf(s conversation.Scheduled, locale string) Scheduled {
	out := Scheduled{ID: s.ID, Kind: s.Draft.Kind, Text: s.Draft.Text, File: s.Draft.File, Author: Named{s.Author.ID, s.Author.Name}, DueAt: s.DueAt,
		Zone: s.Zone, State: s.State}
	if s.Fallback != nil {
		out.Fallback = s.Fallback.Text
	}
	if s.Reason != "" {
		out.Reason = words.SayOr(locale, s.Reason, words.Say(locale, "schedule.dropped", nil), nil)
	}
	return out
}

func (s *Server) listScheduled(ctx context.Context, actor account.Actor, in *ByID) (Items[Scheduled], error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return Items[Scheduled]{}, err
	}
	found, err := s.rooms.Conversation.ScheduledOf(ctx, actor.Workspace, in.ID.ID)
	out := Items[Scheduled]{Items: make([]Scheduled, len(found))}
	for i, one := range found {
		out.Items[i] = scheduledOf(one, actor.Locale)
	}
	return out, err
}

// ScheduleWhen is a time as people name it.
type ScheduleWhen struct {
	At   string `json:"at" maxLength:"16" doc:"as a clock of the zone shows it: 2026-11-30T09:00"`
	Zone string `json:"zone" maxLength:"64" doc:"like America/Bogota"`
}

type scheduleInput struct {
	ByID
	Body struct {
		ClientID string        `json:"client_id" minLength:"1" maxLength:"64" doc:"made by the client; the same one is kept once"`
		Kind     string        `json:"kind" enum:"text,image,document,audio,video,template"`
		Text     string        `json:"text,omitempty" doc:"words or caption"`
		File     db.ID         `json:"file_id,omitempty" doc:"of an uploaded file"`
		Template *postTemplate `json:"template,omitempty"`
		Fallback *postTemplate `json:"fallback,omitempty" doc:"goes instead when the window is closed then; without one nothing goes"`
		ScheduleWhen
	}
}

func (s *Server) scheduleMessage(ctx context.Context, actor account.Actor, in *scheduleInput) (Scheduled, error) {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return Scheduled{}, err
	}
	draft := conversation.Draft{Conversation: row.ID, Kind: in.Body.Kind, Text: in.Body.Text, File: in.Body.File, ClientID: in.Body.ClientID}
	if in.Body.Kind == channel.Template {
		if draft, err = s.fill(ctx, actor, row, draft, in.Body.Template); err != nil {
			return Scheduled{}, err
		}
	}
	var fallback *conversation.Draft
	if in.Body.Fallback != nil {
		filled, err := s.fill(ctx, actor, row, conversation.Draft{Conversation: row.ID, Kind: channel.Template}, in.Body.Fallback)
		if err != nil {
			return Scheduled{}, err
		}
		fallback = &filled
	}
	kept, err := s.rooms.Conversation.Schedule(ctx, actor, draft, fallback, conversation.When{At: in.Body.At, Zone: in.Body.Zone})
	return scheduledOf(kept, actor.Locale), err
}

// ByScheduled names a scheduled message of a conversation.
type ByScheduled struct {
	ByID
	Scheduled PathID `path:"scheduled"`
}

type rescheduleInput struct {
	ByScheduled
	Body struct {
		Text string `json:"text,omitempty" doc:"new words; those of a template stay"`
		ScheduleWhen
	}
}

func (s *Server) rescheduleMessage(ctx context.Context, actor account.Actor, in *rescheduleInput) (Scheduled, error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return Scheduled{}, err
	}
	kept, err := s.rooms.Conversation.Reschedule(ctx, actor, in.ID.ID, in.Scheduled.ID, in.Body.Text,
		conversation.When{At: in.Body.At, Zone: in.Body.Zone})
	return scheduledOf(kept, actor.Locale), err
}

func (s *Server) unscheduleMessage(ctx context.Context, actor account.Actor, in *ByScheduled) (nothing, error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.Unschedule(ctx, actor, in.ID.ID, in.Scheduled.ID)
}

func (s *Server) sendScheduled(ctx context.Context, actor account.Actor, in *ByScheduled) (nothing, error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.SendNow(ctx, actor, in.ID.ID, in.Scheduled.ID)
}
