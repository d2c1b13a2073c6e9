package api

import (
	"context"
	"net/http"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
)

// deskOwnRoutes are what an agent keeps at the desk for themselves: drafts and saved views.
func (s *Server) deskOwnRoutes() {
	see := viewing(account.Desk)
	get(s, "/drafts", about{Name: "listDrafts", Tag: "desk", Says: "What the user began to write, the newest first, at most 500"}, see, s.listDrafts)
	get(s, "/conversations/{id}/draft", about{Name: "readDraft", Tag: "desk", Says: "What the user began to write in one conversation"}, see, s.readDraft)
	put(s, "/conversations/{id}/draft", about{Name: "keepDraft", Tag: "desk", Says: "Keep what the user has written so far; an empty text forgets it"}, see, s.keepDraft)
	get(s, "/conversations/{id}/nameable", about{Name: "listNameable", Tag: "desk", Says: "Members who see a conversation, whom a note can name"}, see, s.listNameable)
	get(s, "/views", about{Name: "listViews", Tag: "desk", Says: "The user's saved views, oldest first"}, see, s.listViews)
	post(s, "/views", about{Name: "saveView", Tag: "desk", Says: "Save a view", Status: http.StatusCreated}, see, s.saveView)
	put(s, "/views/{id}", about{Name: "changeView", Tag: "desk", Says: "Rename a saved view or change its filters"}, see, s.changeView)
	remove(s, "/views/{id}", about{Name: "deleteView", Tag: "desk", Says: "Delete a saved view"}, see, s.deleteView)
}

// UnsentDraft is what the user began to write in a conversation and did not send.
type UnsentDraft struct {
	Conversation db.ID  `json:"conversation_id"`
	Mode         string `json:"mode" enum:"reply,note"`
	Text         string `json:"text"`
	Version      db.ID  `json:"version" doc:"to be named when it is kept again; empty when there is none"`
	UpdatedAt    int64  `json:"updated_at"`
}

func unsentOf(b conversation.Begun) UnsentDraft {
	return UnsentDraft{Conversation: b.Conversation, Mode: b.Mode, Text: b.Text, Version: b.Version, UpdatedAt: b.UpdatedAt}
}

func (s *Server) listDrafts(ctx context.Context, actor account.Actor, _ *noInput) (Items[UnsentDraft], error) {
	all, err := s.rooms.Conversation.Drafts(ctx, actor)
	return listOf(all, unsentOf), err
}

func (s *Server) readDraft(ctx context.Context, actor account.Actor, in *ByID) (Items[UnsentDraft], error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return Items[UnsentDraft]{}, err
	}
	all, err := s.rooms.Conversation.DraftsOf(ctx, actor, in.ID.ID)
	return listOf(all, unsentOf), err
}

type keepDraftInput struct {
	ByID
	Body struct {
		Mode string `json:"mode" enum:"reply,note"`
		Text string `json:"text"`
		From db.ID  `json:"from,omitempty" doc:"the version it was begun from; left out when there was none"`
	}
}

// KeptDraft is how a draft stands after it was kept.
type KeptDraft struct {
	UnsentDraft
	Kept bool `json:"kept" doc:"false: another screen of the user kept something else meanwhile, told here; nothing was written"`
}

func (s *Server) keepDraft(ctx context.Context, actor account.Actor, in *keepDraftInput) (KeptDraft, error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return KeptDraft{}, err
	}
	now, kept, err := s.rooms.Conversation.KeepDraft(ctx, actor, conversation.Begun{Conversation: in.ID.ID, Mode: in.Body.Mode, Text: in.Body.Text}, in.Body.From)
	return KeptDraft{UnsentDraft: unsentOf(now), Kept: kept}, err
}

func (s *Server) listNameable(ctx context.Context, actor account.Actor, in *ByID) (Items[conversation.Naming], error) {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return Items[conversation.Naming]{}, err
	}
	all, err := s.rooms.Routing.Nameable(ctx, row)
	return Items[conversation.Naming]{Items: all}, err
}

type viewBody struct {
	Name   string          `json:"name"`
	Filter desk.ViewFilter `json:"filter"`
}

type changeViewInput struct {
	ByID
	Body viewBody
}

func (s *Server) listViews(ctx context.Context, actor account.Actor, _ *noInput) (Items[desk.SavedView], error) {
	all, err := s.rooms.Desk.Views(ctx, actor)
	return Items[desk.SavedView]{Items: all}, err
}

func (s *Server) saveView(ctx context.Context, actor account.Actor, in *In[viewBody]) (desk.SavedView, error) {
	return s.rooms.Desk.KeepView(ctx, actor, desk.SavedView{Name: in.Body.Name, Filter: in.Body.Filter})
}

func (s *Server) changeView(ctx context.Context, actor account.Actor, in *changeViewInput) (desk.SavedView, error) {
	return s.rooms.Desk.KeepView(ctx, actor, desk.SavedView{ID: in.ID.ID, Name: in.Body.Name, Filter: in.Body.Filter})
}

func (s *Server) deleteView(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Desk.ForgetView(ctx, actor, in.ID.ID)
}
