package api

import (
	"context"
	"net/http"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/template"
)

func (s *Server) deskMessageRoutes() {
	say := editing(account.Desk).and(account.Reply)
	post(s, "/conversations/{id}/messages", about{Name: "postMessage", Tag: "desk", Says: "Say something, or write a note", Status: http.StatusCreated}, say, s.postMessage)
	post(s, "/conversations/{id}/messages/{message}/retry", about{Name: "retryMessage", Tag: "desk", Says: "Send a failed or unconfirmed message again"}, say, s.retryMessage)
	remove(s, "/conversations/{id}/messages/{message}", about{Name: "removeMessage", Tag: "desk", Says: "Take a message back that has not left, or put one away that failed"}, say, s.removeMessage)
	post(s, "/conversations/{id}/messages/{message}/let-go", about{Name: "letGoMessage", Tag: "desk", Says: "Decide that an unconfirmed message is not sent again"}, say, s.letGoMessage)
	get(s, "/conversations/{id}/messages/{message}/details", about{Name: "readMessage", Tag: "desk", Says: "One message with its ids, steps, changes and the provider's own words"}, viewing(account.Desk), s.readMessage)
}

// postBody is what to say.
type postBody struct {
	ClientID string        `json:"client_id" minLength:"1" maxLength:"64" doc:"made by the client; the same one is stored once"`
	Kind     string        `json:"kind" enum:"text,note,image,document,audio,video,template,reaction"`
	Text     string        `json:"text,omitempty" doc:"words, caption or note"`
	File     db.ID         `json:"file_id,omitempty" doc:"of an uploaded file"`
	Voice    bool          `json:"voice,omitempty" doc:"audio: a recording that goes as a voice note where the channel has them"`
	ReplyTo  db.ID         `json:"reply_to_id,omitempty" doc:"the message it quotes or reacts to"`
	Emoji    string        `json:"emoji,omitempty" maxLength:"40" doc:"of a reaction; empty takes it back"`
	Seen     db.ID         `json:"seen_through_id,omitempty" doc:"the newest message seen when its writing began: when another agent answered since, it is refused with message.answered"`
	Template *postTemplate `json:"template,omitempty"`
	Mentions []db.ID       `json:"mentions,omitempty" maxItems:"50" doc:"members a note names; each must see the conversation"`
}

type postTemplate struct {
	ID     db.ID             `json:"template_id"`
	Values map[string]string `json:"values,omitempty" doc:"by variable: body.1, header.1, button.0 …; header.media is an address, or file: and the id of an uploaded file"`
}

type postInput struct {
	ByID
	Body postBody
}

func (s *Server) postMessage(ctx context.Context, actor account.Actor, in *postInput) (desk.Message, error) {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return desk.Message{}, err
	}
	draft := conversation.Draft{Conversation: row.ID, Kind: in.Body.Kind, Text: in.Body.Text, File: in.Body.File, ReplyTo: in.Body.ReplyTo, ClientID: in.Body.ClientID, SeenThrough: in.Body.Seen}
	if in.Body.Kind == channel.Reaction {
		draft.Text, draft.Content.Emoji = "", in.Body.Emoji
	}
	if in.Body.Voice {
		draft.Content.Media = &channel.Media{Voice: true}
	}
	if draft.Mentions, err = s.rooms.Routing.Named(ctx, row, in.Body.Mentions); err != nil {
		return desk.Message{}, err
	}
	if in.Body.Kind == channel.Template {
		if draft, err = s.fill(ctx, actor, row, draft, in.Body.Template); err != nil {
			return desk.Message{}, err
		}
	}
	m, err := s.rooms.Conversation.Post(ctx, actor, draft)
	if err != nil {
		return desk.Message{}, err
	}
	return s.shown(ctx, actor, m)
}

// fill puts a template's values into a draft. The template must be one agents use on the number.
func (s *Server) fill(ctx context.Context, actor account.Actor, row conversation.Row, draft conversation.Draft, of *postTemplate) (conversation.Draft, error) {
	if of == nil {
		return draft, fault.New(fault.Invalid, "template.unknown", "Choose a template.").On("template")
	}
	box, err := s.rooms.Inbox.Get(ctx, actor.Workspace, row.Inbox)
	if err != nil {
		return draft, err
	}
	t, err := s.rooms.Template.ForAgent(ctx, box, of.ID)
	if err != nil {
		return draft, err
	}
	file, err := s.headerFile(ctx, box, t, of.Values)
	if err != nil {
		return draft, err
	}
	filled, rendered, problems := t.Fill(of.Values)
	if len(problems) > 0 {
		return draft, problemFault(problems[0])
	}
	draft.Text, draft.Content.Template = rendered.Text(), &filled
	if file != 0 {
		draft.File = file
	}
	return draft, nil
}

// headerFile gives the file of ours that the values name for the header, 0 for none: the message carries it.
func (s *Server) headerFile(ctx context.Context, box inbox.Inbox, t template.Template, values map[string]string) (db.ID, error) {
	id := template.HeaderFile(values)
	if id == 0 {
		return 0, nil
	}
	file, err := s.rooms.Media.Get(ctx, box.Workspace, id)
	if err != nil {
		return 0, err
	}
	if p := t.Shape().Takes(file, s.rooms.Carries[box.Channel].Media); p != nil {
		return 0, problemFault(*p)
	}
	return id, nil
}

func problemFault(p template.Problem) error {
	f := fault.New(fault.Invalid, p.Code, "The template's values do not fit.").On("template.values." + p.Field)
	for name, value := range p.Params {
		f = f.With(name, value)
	}
	return f
}

type messageInput struct {
	ByID
	Message PathID `path:"message"`
}

func (s *Server) retryMessage(ctx context.Context, actor account.Actor, in *messageInput) (desk.Message, error) {
	if err := s.reachedMessage(ctx, actor, in); err != nil {
		return desk.Message{}, err
	}
	m, err := s.rooms.Conversation.Retry(ctx, actor, in.Message.ID)
	if err != nil {
		return desk.Message{}, err
	}
	return s.shown(ctx, actor, m)
}

func (s *Server) removeMessage(ctx context.Context, actor account.Actor, in *messageInput) (nothing, error) {
	if err := s.reachedMessage(ctx, actor, in); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.Remove(ctx, actor, in.Message.ID)
}

func (s *Server) letGoMessage(ctx context.Context, actor account.Actor, in *messageInput) (nothing, error) {
	if err := s.reachedMessage(ctx, actor, in); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.LetGo(ctx, actor, in.Message.ID)
}

func (s *Server) readMessage(ctx context.Context, actor account.Actor, in *messageInput) (desk.MessageDetails, error) {
	if err := s.reachedMessage(ctx, actor, in); err != nil {
		return desk.MessageDetails{}, err
	}
	return s.rooms.Desk.MessageDetails(ctx, actor, in.Message.ID)
}

// shown is a message as its author sees it.
func (s *Server) shown(ctx context.Context, actor account.Actor, m conversation.Message) (desk.Message, error) {
	all, err := s.rooms.Desk.Messages(ctx, actor.Workspace, []conversation.Message{m}, actor)
	if err != nil {
		return desk.Message{}, err
	}
	return all[0], nil
}
