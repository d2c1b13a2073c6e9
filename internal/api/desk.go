package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
	"recado/internal/fault"
)

func (s *Server) deskRoutes() {
	see, answer := viewing(account.Desk), editing(account.Desk)
	get(s, "/conversations", about{Name: "listConversations", Tag: "desk", Says: "Conversations within reach"}, see, s.listConversations)
	get(s, "/conversations/counts", about{Name: "countConversations", Tag: "desk", Says: "How many stand in each list, counted as far as 1000"}, see, s.countConversations)
	get(s, "/conversations/{id}", about{Name: "readConversation", Tag: "desk", Says: "One conversation with its contact, ticket and routes"}, see, s.readConversation)
	get(s, "/conversations/{id}/messages", about{Name: "listMessages", Tag: "desk", Says: "A part of a thread, oldest first: the newest, or before, after or around a message"}, see, s.listMessages)
	post(s, "/conversations/{id}/read", about{Name: "markRead", Tag: "desk", Says: "Say that an agent read it"}, answer, s.markRead)
	post(s, "/conversations/{id}/unread", about{Name: "markUnread", Tag: "desk", Says: "Let what the person wrote last count as unread again"}, answer, s.markUnread)
	post(s, "/conversations/{id}/take", about{Name: "takeTicket", Tag: "desk", Says: "Take the open ticket"}, answer.and(account.Reply), s.takeTicket)
	post(s, "/conversations/{id}/assign", about{Name: "assignTicket", Tag: "desk", Says: "Give the open ticket to an agent or a queue"}, answer.and(account.Reply), s.assignTicket)
	post(s, "/conversations/{id}/close", about{Name: "closeTicket", Tag: "desk", Says: "Close the open ticket with a result and a note"}, answer.and(account.Reply), s.closeTicket)
	post(s, "/conversations/{id}/reopen", about{Name: "reopenTicket", Tag: "desk", Says: "Undo a closing, for eight seconds"}, answer.and(account.Reply), s.reopenTicket)
	post(s, "/queue/next", about{Name: "takeNext", Tag: "desk", Says: "Take the ticket that waits longest in one's queues"}, answer.and(account.Reply), s.takeNext)
}

func (s *Server) readConversation(ctx context.Context, actor account.Actor, in *ByID) (desk.Detail, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return desk.Detail{}, err
	}
	return s.rooms.Desk.Detail(ctx, actor, reach, in.ID.ID)
}

type messagesInput struct {
	ByID
	Before string `query:"before" maxLength:"20" doc:"id of the oldest message at hand; empty: the newest part"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type threadInput struct {
	ByID
	Before PathID `query:"before" doc:"id of the oldest message at hand: what is before it"`
	After  PathID `query:"after" doc:"id of the newest message at hand: what follows it"`
	Around PathID `query:"around" doc:"id of a message of the conversation: what is before and behind it"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Thread is a part of a thread.
type Thread struct {
	Items   []desk.Message `json:"items"`
	Earlier bool           `json:"earlier" doc:"there are older ones; not told with after"`
	Later   bool           `json:"later" doc:"there are newer ones; not told with before"`
}

func (s *Server) listMessages(ctx context.Context, actor account.Actor, in *threadInput) (out Thread, err error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return Thread{}, err
	}
	var found []conversation.Message
	switch before, after, around := in.Before.ID, in.After.ID, in.Around.ID; {
	case before != 0 && (after != 0 || around != 0), after != 0 && around != 0:
		return Thread{}, fault.New(fault.Invalid, "message.one_place", "Name one of before, after and around.").On("around")
	case around != 0:
		found, out.Earlier, out.Later, err = s.rooms.Conversation.MessagesAround(ctx, actor.Workspace, in.ID.ID, around, in.Limit)
	case after != 0:
		found, out.Later, err = s.rooms.Conversation.MessagesAfter(ctx, actor.Workspace, in.ID.ID, after, in.Limit)
	default:
		found, out.Earlier, err = s.rooms.Conversation.Messages(ctx, actor.Workspace, in.ID.ID, before, in.Limit)
	}
	if err != nil {
		return Thread{}, err
	}
	out.Items, err = s.rooms.Desk.Messages(ctx, actor.Workspace, found, actor)
	return out, err
}

func (s *Server) markRead(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.MarkRead(ctx, actor, in.ID.ID)
}

func (s *Server) markUnread(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.MarkUnread(ctx, actor, in.ID.ID)
}

func (s *Server) takeTicket(ctx context.Context, actor account.Actor, in *ByID) (desk.Row, error) {
	if err := s.rooms.Routing.Take(ctx, actor, in.ID.ID); err != nil {
		return desk.Row{}, err
	}
	return s.row(ctx, actor, in.ID.ID)
}

type assignInput struct {
	ByID
	Body struct {
		User   db.ID  `json:"user_id,omitempty" doc:"the agent"`
		Queue  db.ID  `json:"queue_id,omitempty" doc:"the queue"`
		Bot    bool   `json:"bot,omitempty" doc:"the bot of the number goes on"`
		Nobody bool   `json:"nobody,omitempty" doc:"it waits in its queue again"`
		Note   string `json:"note,omitempty" doc:"for whoever takes it, at most 2000 characters: an internal note"`
	}
}

func (s *Server) assignTicket(ctx context.Context, actor account.Actor, in *assignInput) (desk.Row, error) {
	if in.Body.Bot {
		if err := s.takesBot(ctx, actor, in.ID.ID); err != nil {
			return desk.Row{}, err
		}
	}
	to := conversation.Assignment{User: in.Body.User, Queue: in.Body.Queue, Bot: in.Body.Bot, Nobody: in.Body.Nobody, Note: in.Body.Note}
	if err := s.rooms.Routing.Assign(ctx, actor, in.ID.ID, to); err != nil {
		return desk.Row{}, err
	}
	return s.row(ctx, actor, in.ID.ID)
}

type closeInput struct {
	ByID
	Body struct {
		Result   string   `json:"result,omitempty" doc:"one of the workspace's results"`
		Category string   `json:"category,omitempty" doc:"of the note, one of the workspace's categories"`
		Note     string   `json:"note,omitempty" doc:"summary for colleagues, at most 2000 characters"`
		Tags     *[]db.ID `json:"tag_ids,omitempty" doc:"the ticket's tags from now on; missing: as they are"`
		Survey   *db.ID   `json:"survey_id,omitempty" doc:"the survey that follows; 0: none; missing: as the rule of the number says"`
		Seen     db.ID    `json:"seen_through_id,omitempty" doc:"the newest message seen: when the person wrote since, it is refused with ticket.written"`
	}
}

// ClosedTicket is what an undo needs.
type ClosedTicket struct {
	Ticket db.ID `json:"ticket_id"`
	Number int64 `json:"number"`
}

func (s *Server) closeTicket(ctx context.Context, actor account.Actor, in *closeInput) (ClosedTicket, error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return ClosedTicket{}, err
	}
	closing := conversation.Closing{Result: in.Body.Result, Category: in.Body.Category, Note: in.Body.Note, SeenThrough: in.Body.Seen}
	if in.Body.Tags != nil {
		closing.Tags = append([]db.ID{}, *in.Body.Tags...)
	}
	if err := s.decideSurvey(ctx, actor, in.ID.ID, in.Body.Survey); err != nil {
		return ClosedTicket{}, err
	}
	t, err := s.rooms.Conversation.CloseTicket(ctx, actor, in.ID.ID, closing)
	return ClosedTicket{Ticket: t.ID, Number: t.Number}, err
}

type reopenInput struct {
	ByID
	Body struct {
		Ticket db.ID `json:"ticket_id"`
	}
}

func (s *Server) reopenTicket(ctx context.Context, actor account.Actor, in *reopenInput) (desk.Row, error) {
	if _, err := s.reachedClosed(ctx, actor, in.ID.ID, in.Body.Ticket); err != nil {
		return desk.Row{}, err
	}
	if _, err := s.rooms.Conversation.Reopen(ctx, actor, in.Body.Ticket); err != nil {
		return desk.Row{}, err
	}
	return s.row(ctx, actor, in.ID.ID)
}

func (s *Server) takeNext(ctx context.Context, actor account.Actor, _ *noInput) (desk.Row, error) {
	id, err := s.rooms.Routing.TakeNext(ctx, actor)
	if err != nil {
		return desk.Row{}, err
	}
	return s.row(ctx, actor, id)
}
