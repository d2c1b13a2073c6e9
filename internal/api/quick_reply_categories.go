package api

import (
	"context"
	"net/http"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
)

func (s *Server) replyCategoryRoutes(see, change need) {
	tag := "quick-replies"
	get(s, "/quick-reply-categories", about{Name: "listReplyCategories", Tag: tag, Says: "Categories of quick replies within reach, in their order"}, see, s.listReplyCategories)
	post(s, "/quick-reply-categories", about{Name: "createReplyCategory", Tag: tag, Says: "Make a category, with its first replies if there are any", Status: http.StatusCreated, BodyLimit: replyBytes}, change, s.createReplyCategory)
	put(s, "/quick-reply-categories/order", about{Name: "orderReplyCategories", Tag: tag, Says: "Put categories in an order"}, change, s.orderReplyCategories)
	patch(s, "/quick-reply-categories/{id}", about{Name: "renameReplyCategory", Tag: tag, Says: "Give a category another name"}, change, s.renameReplyCategory)
	remove(s, "/quick-reply-categories/{id}", about{Name: "deleteReplyCategory", Tag: tag, Says: "Take a category away with its replies"}, change, s.deleteReplyCategory)
	post(s, "/quick-reply-categories/{id}/restore", about{Name: "restoreReplyCategory", Tag: tag, Says: "Undo the deleting, for a day"}, change, s.restoreReplyCategory)
}

// ReplyCategory is a category of quick replies.
type ReplyCategory struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Replies int64  `json:"replies" doc:"how many it holds"`
}

func replyCategoryOf(c conversation.ReplyCategory) ReplyCategory {
	return ReplyCategory{ID: c.ID.String(), Name: c.Name, Replies: c.Replies}
}

func (s *Server) listReplyCategories(ctx context.Context, actor account.Actor, _ *noInput) (Items[ReplyCategory], error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return Items[ReplyCategory]{}, err
	}
	all, err := s.rooms.Conversation.ReplyCategories(ctx, reach)
	return listOf(all, replyCategoryOf), err
}

// ReplyCategoryDraft is a new category.
type ReplyCategoryDraft struct {
	Name    string       `json:"name" doc:"at most 60 characters, unique among those one sees"`
	Replies []FirstReply `json:"replies,omitempty" maxItems:"200"`
}

// FirstReply is a quick reply made with its category.
type FirstReply struct {
	Title string `json:"title"`
	Body  string `json:"body"`
}

func (s *Server) createReplyCategory(ctx context.Context, actor account.Actor, in *In[ReplyCategoryDraft]) (ReplyCategory, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return ReplyCategory{}, err
	}
	drafts := make([]conversation.ReplyDraft, len(in.Body.Replies))
	for i, first := range in.Body.Replies {
		drafts[i] = conversation.ReplyDraft{Title: first.Title, Body: first.Body}
	}
	c, err := s.rooms.Conversation.CreateReplyCategory(ctx, actor, reach, in.Body.Name, drafts...)
	return replyCategoryOf(c), err
}

type categoryOrder struct {
	Body struct {
		IDs []db.ID `json:"ids" maxItems:"500"`
	}
}

func (s *Server) orderReplyCategories(ctx context.Context, actor account.Actor, in *categoryOrder) (nothing, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.OrderReplyCategories(ctx, reach, in.Body.IDs)
}

type categoryChange struct {
	ByID
	Body struct {
		Name string `json:"name"`
	}
}

func (s *Server) renameReplyCategory(ctx context.Context, actor account.Actor, in *categoryChange) (ReplyCategory, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return ReplyCategory{}, err
	}
	c, err := s.rooms.Conversation.RenameReplyCategory(ctx, reach, in.ID.ID, in.Body.Name)
	return replyCategoryOf(c), err
}

func (s *Server) deleteReplyCategory(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.DeleteReplyCategory(ctx, reach, in.ID.ID)
}

func (s *Server) restoreReplyCategory(ctx context.Context, actor account.Actor, in *ByID) (ReplyCategory, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return ReplyCategory{}, err
	}
	c, err := s.rooms.Conversation.RestoreReplyCategory(ctx, reach, in.ID.ID)
	return replyCategoryOf(c), err
}
