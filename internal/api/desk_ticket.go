package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
	"recado/internal/fault"
)

func (s *Server) deskTicketRoutes() {
	answer := editing(account.Desk).and(account.Reply)
	put(s, "/conversations/{id}/tags", about{Name: "tagTicket", Tag: "desk", Says: "Give the open ticket these tags and no others"}, answer, s.tagTicket)
	post(s, "/conversations/{id}/tags", about{Name: "addTags", Tag: "desk", Says: "Give the open ticket these tags besides those it has"}, answer, s.addTags)
	put(s, "/conversations/{id}/priority", about{Name: "setPriority", Tag: "desk", Says: "Say how soon the open ticket must be taken"}, answer, s.setPriority)
	put(s, "/conversations/{id}/hold", about{Name: "setHold", Tag: "desk", Says: "Stop or start the timers of the open ticket"}, answer, s.setHold)
	put(s, "/conversations/{id}/snooze", about{Name: "snoozeTicket", Tag: "desk", Says: "Take the open ticket out of its holder's list for a while"}, answer, s.snooze)
	get(s, "/conversations/{id}/transfer-choices", about{Name: "listTransferChoices", Tag: "desk", Says: "Where the reader may send the case: other numbers, with what may be said there, agents, queues, the bot"}, viewing(account.Desk), s.transferChoices)
	post(s, "/conversations/{id}/move", about{Name: "moveTicket", Tag: "desk", Says: "Send the case on to another number of ours"}, answer.and(account.Transfer), s.moveTicket)
}

type tagTicketInput struct {
	ByID
	Body struct {
		Tags []db.ID `json:"tag_ids" maxItems:"100"`
	}
}

func (s *Server) tagTicket(ctx context.Context, actor account.Actor, in *tagTicketInput) (desk.Row, error) {
	return s.changed(ctx, actor, in.ID.ID, func() error { return s.rooms.Conversation.SetTags(ctx, actor, in.ID.ID, in.Body.Tags) })
}

func (s *Server) addTags(ctx context.Context, actor account.Actor, in *tagTicketInput) (desk.Row, error) {
	return s.changed(ctx, actor, in.ID.ID, func() error { return s.rooms.Conversation.AddTags(ctx, actor, in.ID.ID, in.Body.Tags) })
}

type priorityInput struct {
	ByID
	Body struct {
		Priority string `json:"priority" enum:"low,normal,high,urgent"`
	}
}

func (s *Server) setPriority(ctx context.Context, actor account.Actor, in *priorityInput) (desk.Row, error) {
	priority, err := conversation.ParsePriority(in.Body.Priority)
	if err != nil {
		return desk.Row{}, err
	}
	return s.changed(ctx, actor, in.ID.ID, func() error { return s.rooms.Conversation.SetPriority(ctx, actor, in.ID.ID, priority) })
}

type holdInput struct {
	ByID
	Body struct {
		On bool `json:"on"`
	}
}

func (s *Server) setHold(ctx context.Context, actor account.Actor, in *holdInput) (desk.Row, error) {
	return s.changed(ctx, actor, in.ID.ID, func() error { return s.rooms.Conversation.SetHold(ctx, actor, in.ID.ID, in.Body.On) })
}

type snoozeInput struct {
	ByID
	Body struct {
		Until int64 `json:"until,omitempty" minimum:"0" doc:"Unix milliseconds; 0 with until_reply false: wake it now"`
		Reply bool  `json:"until_reply,omitempty" doc:"until the person writes"`
		Seen  db.ID `json:"seen_through_id,omitempty" doc:"the newest message seen: when the person wrote since, it is refused with ticket.written"`
	}
}

func (s *Server) snooze(ctx context.Context, actor account.Actor, in *snoozeInput) (desk.Row, error) {
	until := in.Body.Until
	if in.Body.Reply {
		until = conversation.UntilReply
	}
	return s.changed(ctx, actor, in.ID.ID, func() error { return s.rooms.Conversation.Snooze(ctx, actor, in.ID.ID, until, in.Body.Seen) })
}

// changed does something to a conversation within reach and gives how it stands then.
func (s *Server) changed(ctx context.Context, actor account.Actor, id db.ID, do func() error) (desk.Row, error) {
	if _, err := s.reached(ctx, actor, id); err != nil {
		return desk.Row{}, err
	}
	if err := do(); err != nil {
		return desk.Row{}, err
	}
	return s.row(ctx, actor, id)
}

// NumberChoice is another number a case can go on at.
type NumberChoice struct {
	Inbox  db.ID                    `json:"inbox_id"`
	Label  string                   `json:"label"`
	Window conversation.WindowState `json:"window" doc:"what may be said to this person there now"`
}

// TransferChoices are where a case can go besides agents and queues.
type TransferChoices struct {
	Numbers []NumberChoice `json:"numbers"`
	Bot     bool           `json:"bot" doc:"the number has one that is switched on"`
	Agents  bool           `json:"agents" doc:"to other agents"`
	Queues  bool           `json:"queues"`
}

func (s *Server) transferChoices(ctx context.Context, actor account.Actor, in *ByID) (TransferChoices, error) {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return TransferChoices{}, err
	}
	ways, err := s.rooms.Routing.TransfersOf(ctx, actor, row.ID)
	if err != nil {
		return TransferChoices{}, err
	}
	numbers := []conversation.NumberChoice{}
	if ways.Numbers {
		if numbers, err = s.rooms.Conversation.NumbersFor(ctx, row); err != nil {
			return TransferChoices{}, err
		}
	}
	out := TransferChoices{Numbers: make([]NumberChoice, len(numbers)), Agents: ways.Agents, Queues: ways.Queues}
	for i, n := range numbers {
		out.Numbers[i] = NumberChoice(n)
	}
	out.Bot, err = s.hasBot(ctx, row)
	return out, err
}

func (s *Server) hasBot(ctx context.Context, row conversation.Row) (bool, error) {
	if s.rooms.HasBot == nil {
		return false, nil
	}
	return s.rooms.HasBot(ctx, row.Workspace, row.Inbox)
}

// takesBot refuses to give a conversation to a bot that is not there.
func (s *Server) takesBot(ctx context.Context, actor account.Actor, id db.ID) error {
	row, err := s.reached(ctx, actor, id)
	if err != nil {
		return err
	}
	has, err := s.hasBot(ctx, row)
	if err == nil && !has {
		err = fault.New(fault.Invalid, "assign.no_bot", "This number has no bot.").On("bot")
	}
	return err
}

type moveInput struct {
	ByID
	Body struct {
		Inbox db.ID  `json:"inbox_id" doc:"the other number"`
		Note  string `json:"note,omitempty" doc:"for whoever takes it there, at most 2000 characters"`
	}
}

// MovedTicket is where the case goes on.
type MovedTicket struct {
	Conversation db.ID `json:"conversation_id"`
	Ticket       db.ID `json:"ticket_id"`
	Number       int64 `json:"number"`
}

func (s *Server) moveTicket(ctx context.Context, actor account.Actor, in *moveInput) (MovedTicket, error) {
	t, err := s.rooms.Routing.Move(ctx, actor, in.ID.ID, in.Body.Inbox, in.Body.Note)
	return MovedTicket{Conversation: t.Conversation, Ticket: t.ID, Number: t.Number}, err
}
