package api

import (
	"context"
	"net/http"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/words"
)

// replyBytes bounds the body of a request that writes quick replies. Their text has no limit (B59); a million characters of any
// script fit several times.
const replyBytes = 16 << 20

func (s *Server) quickReplyRoutes() {
	see, change := viewing(account.Desk), editing(account.Desk)
	s.replyCategoryRoutes(see, change)
	tag := "quick-replies"
	get(s, "/quick-replies", about{Name: "listQuickReplies", Tag: tag, Says: "Quick replies within reach, by title"}, see, s.listQuickReplies)
	post(s, "/quick-replies", about{Name: "createQuickReply", Tag: tag, Says: "Write a quick reply", Status: http.StatusCreated, BodyLimit: replyBytes}, change, s.createQuickReply)
	get(s, "/quick-replies/{id}", about{Name: "readQuickReply", Tag: tag, Says: "One quick reply with its whole text"}, see, s.readQuickReply)
	put(s, "/quick-replies/{id}", about{Name: "changeQuickReply", Tag: tag, Says: "Write a quick reply anew; every open desk has it at once", BodyLimit: replyBytes}, change, s.changeQuickReply)
	remove(s, "/quick-replies/{id}", about{Name: "deleteQuickReply", Tag: tag, Says: "Take a quick reply away"}, change, s.deleteQuickReply)
	post(s, "/quick-replies/{id}/restore", about{Name: "restoreQuickReply", Tag: tag, Says: "Undo the deleting, for a day"}, change, s.restoreQuickReply)
	get(s, "/quick-reply-variables", about{Name: "listQuickReplyVariables", Tag: tag, Says: "Names that Recado fills in a quick reply"}, see, s.listQuickReplyVariables)
	get(s, "/conversations/{id}/quick-replies", about{Name: "suggestQuickReplies", Tag: tag, Says: "Quick replies for a conversation, the likeliest first, variables filled"}, see, s.suggestQuickReplies)
	post(s, "/conversations/{id}/quick-replies/{reply}/use", about{Name: "useQuickReply", Tag: tag, Says: "The whole text for a conversation, variables filled; counts that it was inserted"}, change, s.useQuickReply)
}

// QuickReply is a stored text.
type QuickReply struct {
	ID           string `json:"id"`
	Category     string `json:"category_id"`
	CategoryName string `json:"category_name"`
	Title        string `json:"title"`
	Body         string `json:"body" doc:"in lists at most the first 600 characters"`
	Whole        bool   `json:"whole" doc:"body is the whole text"`
	Size         int64  `json:"size" doc:"characters of the whole text"`
	Uses         int64  `json:"uses" doc:"how often it was inserted"`
	UpdatedAt    int64  `json:"updated_at" doc:"Unix milliseconds"`
}

func quickReplyOf(q conversation.QuickReply) QuickReply {
	return QuickReply{ID: q.ID.String(), Category: q.Category.String(), CategoryName: q.CategoryName, Title: q.Title, Body: q.Body, Whole: q.Whole(),
		Size: q.Size, Uses: q.Uses, UpdatedAt: q.UpdatedAt}
}

// wholeReplyOf is quickReplyOf for a reply that was read with its whole text.
func wholeReplyOf(q conversation.QuickReply) QuickReply {
	out := quickReplyOf(q)
	out.Whole = true
	return out
}

type quickRepliesInput struct {
	Paging
	Category string `query:"category_id" maxLength:"20"`
	Search   string `query:"search" maxLength:"100" doc:"words of the title, the category or the text"`
}

func (s *Server) listQuickReplies(ctx context.Context, actor account.Actor, in *quickRepliesInput) (Page[QuickReply], error) {
	category, err := idIn("category_id", in.Category)
	if err != nil {
		return Page[QuickReply]{}, err
	}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return Page[QuickReply]{}, err
	}
	page, err := s.rooms.Conversation.QuickReplies(ctx, reach, category, in.Search, in.Cursor, in.Limit)
	return pageOf(page.Items, page.Next, quickReplyOf), err
}

func (s *Server) readQuickReply(ctx context.Context, actor account.Actor, in *ByID) (QuickReply, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return QuickReply{}, err
	}
	q, err := s.rooms.Conversation.QuickReply(ctx, reach, in.ID.ID)
	return wholeReplyOf(q), err
}

// QuickReplyDraft is what is written of a quick reply.
type QuickReplyDraft struct {
	Category db.ID  `json:"category_id"`
	Title    string `json:"title" doc:"at most 30 characters, unique among those one sees"`
	Body     string `json:"body" doc:"text without limit; {{name}} is a variable or a slot"`
}

func (d QuickReplyDraft) draft() conversation.ReplyDraft {
	return conversation.ReplyDraft{Category: d.Category, Title: d.Title, Body: d.Body}
}

func (s *Server) createQuickReply(ctx context.Context, actor account.Actor, in *In[QuickReplyDraft]) (QuickReply, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return QuickReply{}, err
	}
	q, err := s.rooms.Conversation.CreateReply(ctx, actor, reach, in.Body.draft())
	return wholeReplyOf(q), err
}

type quickReplyChange struct {
	ByID
	Body QuickReplyDraft
}

func (s *Server) changeQuickReply(ctx context.Context, actor account.Actor, in *quickReplyChange) (QuickReply, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return QuickReply{}, err
	}
	q, err := s.rooms.Conversation.ChangeReply(ctx, actor, reach, in.ID.ID, in.Body.draft())
	return wholeReplyOf(q), err
}

func (s *Server) deleteQuickReply(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.DeleteReply(ctx, reach, in.ID.ID)
}

func (s *Server) restoreQuickReply(ctx context.Context, actor account.Actor, in *ByID) (QuickReply, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return QuickReply{}, err
	}
	q, err := s.rooms.Conversation.RestoreReply(ctx, reach, in.ID.ID)
	return wholeReplyOf(q), err
}

// Variable is a name that Recado fills in a quick reply.
type Variable struct {
	Name string `json:"name" doc:"without braces"`
	Says string `json:"says" doc:"what it becomes, in the reader's language"`
}

func (s *Server) listQuickReplyVariables(ctx context.Context, _ account.Actor, _ *noInput) (Items[Variable], error) {
	locale := visitIn(ctx).locale
	return listOf(conversation.Variables, func(name string) Variable {
		return Variable{Name: name, Says: words.Say(locale, "variable."+name, nil)}
	}), nil
}

type suggestInput struct {
	ByID
	Search string `query:"search" maxLength:"100" doc:"words of the title, the category or the text"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"30"`
}

func (s *Server) suggestQuickReplies(ctx context.Context, actor account.Actor, in *suggestInput) (Items[QuickReply], error) {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return Items[QuickReply]{}, err
	}
	items, err := s.rooms.Conversation.SuggestReplies(ctx, actor, row, in.Search, in.Limit)
	return listOf(items, quickReplyOf), err
}

type useReplyInput struct {
	ByID
	Reply PathID `path:"reply"`
}

func (s *Server) useQuickReply(ctx context.Context, actor account.Actor, in *useReplyInput) (QuickReply, error) {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return QuickReply{}, err
	}
	q, err := s.rooms.Conversation.UseReply(ctx, actor, row, in.Reply.ID)
	return wholeReplyOf(q), err
}
