package api

import (
	"context"
	"net/http"
	"time"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
)

func (s *Server) segmentRoutes() {
	see, change := viewing(account.Contacts), editing(account.Contacts)
	tag := func(name, says string) about { return about{Name: name, Tag: "contacts", Says: says} }
	get(s, "/segments", tag("listSegments", "People kept under a name, for everybody in the workspace, by name"), see, s.listSegments)
	post(s, "/segments", about{Name: "createSegment", Tag: "contacts", Says: "Keep the filters of the list of people under a name", Status: http.StatusCreated}, change, s.createSegment)
	patch(s, "/segments/{id}", tag("renameSegment", "Give a segment another name"), change, s.renameSegment)
	remove(s, "/segments/{id}", tag("deleteSegment", "Delete a segment; its people stay. Refused while a campaign that was scheduled waits for it"), change, s.deleteSegment)
	post(s, "/campaigns/{id}/segment", about{Name: "saveCampaignSegment", Tag: "campaigns", Status: http.StatusAccepted,
		Says: "Keep the ready people of a checked sheet as a segment; they are put into it in the background"}, viewing(account.Campaigns), s.saveCampaignSegment)
	get(s, "/segments/{id}/count", tag("countSegment", "How many people of a segment are within reach now"), see, s.countSegment)
	get(s, "/segments/{id}/uses", tag("listSegmentUses", "Campaigns still to be sent that go to a segment"), see, s.listSegmentUses)
}

// Segment is people kept under a name.
type Segment struct {
	ID        db.ID               `json:"id"`
	Name      string              `json:"name"`
	Kind      contact.SegmentKind `json:"kind" enum:"filter,list" doc:"filter: those who fit it now; list: those put into it"`
	Query     contact.Query       `json:"query" doc:"of a filter, as listPeople takes it"`
	By        string              `json:"by" doc:"who made it"`
	Origin    string              `json:"origin" doc:"of a list: the sheet its people come from"`
	Size      int64               `json:"size" doc:"of a list: how many people were put into it"`
	Filling   bool                `json:"filling" doc:"of a list: more people are still being put into it"`
	CreatedAt int64               `json:"created_at"`
}

func segmentOf(one contact.Segment) Segment {
	return Segment{ID: one.ID, Name: one.Name, Kind: one.Kind, Query: one.Query, By: one.By, Origin: one.Origin, Size: one.Size, Filling: one.Filling, CreatedAt: one.CreatedAt}
}

func (s *Server) listSegments(ctx context.Context, actor account.Actor, _ *noInput) (Items[Segment], error) {
	all, err := s.rooms.Contact.Segments(ctx, actor.Workspace)
	return listOf(all, segmentOf), err
}

type newSegment struct {
	Name  string        `json:"name" maxLength:"200"`
	Query contact.Query `json:"query"`
}

func (s *Server) createSegment(ctx context.Context, actor account.Actor, in *In[newSegment]) (Segment, error) {
	if _, err := conversation.ReadQuery(in.Body.Query); err != nil {
		return Segment{}, err
	}
	one, err := s.rooms.Contact.SaveSegment(ctx, actor, in.Body.Name, in.Body.Query)
	return segmentOf(one), err
}

type segmentName struct {
	ByID
	Body struct {
		Name string `json:"name" maxLength:"200"`
	}
}

func (s *Server) renameSegment(ctx context.Context, actor account.Actor, in *segmentName) (Segment, error) {
	one, err := s.rooms.Contact.RenameSegment(ctx, actor, in.ID.ID, in.Body.Name)
	return segmentOf(one), err
}

func (s *Server) deleteSegment(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Campaign.DeleteSegment(ctx, actor, in.ID.ID)
}

// countFor is how long people of a segment are counted before the answer is "more than".
const countFor = 2 * time.Second

// SegmentCount is how many people a segment holds.
type SegmentCount struct {
	People int64 `json:"people"`
	Whole  bool  `json:"whole" doc:"false: there are more; counting all would have taken too long"`
}

func (s *Server) countSegment(ctx context.Context, actor account.Actor, in *ByID) (out SegmentCount, err error) {
	one, err := s.rooms.Contact.Segment(ctx, actor.Workspace, in.ID.ID)
	if err != nil {
		return out, err
	}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return out, err
	}
	out.People, out.Whole, err = s.rooms.Conversation.CountSegment(ctx, reach, one, countFor)
	return out, err
}

// SegmentUse is a campaign still to be sent that goes to a segment.
type SegmentUse struct {
	ID    db.ID  `json:"id"`
	Name  string `json:"name"`
	State string `json:"state"`
}

func (s *Server) listSegmentUses(ctx context.Context, actor account.Actor, in *ByID) (Items[SegmentUse], error) {
	uses, err := s.rooms.Campaign.SegmentUses(ctx, actor, in.ID.ID)
	return listOf(uses, func(u campaign.SegmentUse) SegmentUse {
		return SegmentUse{ID: u.ID, Name: u.Name, State: string(u.State)}
	}), err
}

type saveSegmentInput struct {
	ByID
	Body struct {
		Name string `json:"name" maxLength:"200"`
	}
}

func (s *Server) saveCampaignSegment(ctx context.Context, actor account.Actor, in *saveSegmentInput) (Segment, error) {
	one, err := s.rooms.Campaign.SaveSegment(ctx, actor, in.ID.ID, in.Body.Name)
	return segmentOf(one), err
}
