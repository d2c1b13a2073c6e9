package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
)

func (s *Server) tagRoutes() {
	set := editing(account.Settings)
	get(s, "/tags", about{Name: "listTags", Tag: "tags", Says: "Words that stand on tickets, by name"}, signedIn, s.listTags)
	post(s, "/tags", about{Name: "createTag", Tag: "tags", Says: "Make a tag", Status: 201}, set, s.createTag)
	put(s, "/tags/{id}", about{Name: "changeTag", Tag: "tags", Says: "Change a tag's name, colour or whether it is suggested"}, set, s.changeTag)
	remove(s, "/tags/{id}", about{Name: "removeTag", Tag: "tags", Says: "Remove a tag, or merge it into another one"}, set, s.removeTag)
}

func (s *Server) listTags(ctx context.Context, actor account.Actor, _ *noInput) (Items[conversation.Tag], error) {
	tags, err := s.rooms.Conversation.Tags(ctx, actor.Workspace)
	return Items[conversation.Tag]{Items: tags}, err
}

type tagBody struct {
	Name      string `json:"name" maxLength:"200" doc:"1 to 40 characters"`
	Color     string `json:"color,omitempty" doc:"a name of the palette"`
	Suggested bool   `json:"suggested,omitempty" doc:"offered first when a ticket is closed"`
}

func (b tagBody) tag(id db.ID) conversation.Tag {
	return conversation.Tag{ID: id, Name: b.Name, Color: b.Color, Suggested: b.Suggested}
}

func (s *Server) createTag(ctx context.Context, actor account.Actor, in *In[tagBody]) (conversation.Tag, error) {
	return s.rooms.Conversation.SaveTag(ctx, actor, in.Body.tag(0))
}

type changeTagInput struct {
	ByID
	Body tagBody
}

func (s *Server) changeTag(ctx context.Context, actor account.Actor, in *changeTagInput) (conversation.Tag, error) {
	return s.rooms.Conversation.SaveTag(ctx, actor, in.Body.tag(in.ID.ID))
}

type removeTagInput struct {
	ByID
	Into string `query:"into_id" maxLength:"20" doc:"the tag that takes its place on tickets"`
}

func (s *Server) removeTag(ctx context.Context, actor account.Actor, in *removeTagInput) (nothing, error) {
	into, err := idIn("into_id", in.Into)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Conversation.RemoveTag(ctx, actor, in.ID.ID, into)
}
