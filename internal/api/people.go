package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/desk"
)

func (s *Server) peopleRoutes() {
	see, change := viewing(account.Contacts), editing(account.Contacts)
	get(s, "/people", about{Name: "listPeople", Tag: "contacts", Says: "People within reach by their last contact, the latest first"}, see, s.listPeople)
	raw(s, http.MethodGet, "/people.csv", about{Name: "exportPeople", Tag: "contacts", Says: "The people listPeople shows with the same filters, as a CSV that can be imported again"}, see.and(account.Export), s.exportPeople)
	get(s, "/people/{id}", about{Name: "readPerson", Tag: "contacts", Says: "A person with conversations, tickets, campaigns, files and notes of three months"}, see, s.readPerson)
	get(s, "/people/{id}/messages", about{Name: "listPersonMessages", Tag: "contacts", Says: "What was said with a person on all numbers, newest first"}, see, s.listPersonMessages)
	post(s, "/people/{id}/notes", about{Name: "writePersonNote", Tag: "contacts", Says: "Write a note on a person", Status: 201}, change, s.writePersonNote)
	remove(s, "/people/{id}/notes/{note}", about{Name: "deletePersonNote", Tag: "contacts", Says: "Delete a note on a person"}, change, s.deletePersonNote)
	post(s, "/people/{id}/merge", about{Name: "mergePeople", Tag: "contacts", Says: "Let a contact stand for another one too"}, change, s.mergePeople)
	post(s, "/people/{id}/block", about{Name: "blockPerson", Tag: "contacts", Says: "Keep what a person writes without calling anybody"}, change, s.blockPerson)
	remove(s, "/people/{id}/block", about{Name: "unblockPerson", Tag: "contacts", Says: "Let a blocked person in again"}, change, s.unblockPerson)
	s.sameQuery("/people.csv", "/people")
}

// PeopleQuery is what people are looked for by. Huma reads it as embedded queries.
type PeopleQuery struct {
	Segment  string `query:"segment_id" maxLength:"20" doc:"those put into a segment; one that is a filter is read as its query"`
	Inbox    string `query:"inbox_id" maxLength:"20" doc:"a number; empty: all within reach"`
	Name     string `query:"name" maxLength:"100" doc:"beginnings of words"`
	Email    string `query:"email" maxLength:"100" doc:"its beginning"`
	Phone    string `query:"phone" maxLength:"40" doc:"in any form, or some of its digits"`
	City     string `query:"city" maxLength:"100" doc:"beginnings of words"`
	Document string `query:"document" maxLength:"60" doc:"its beginning, with or without punctuation"`
	Ident    string `query:"ident" maxLength:"60" doc:"our id, or the beginning of the one in the customer's system"`
	From     string `query:"from" maxLength:"10" doc:"first day of the last contact, 2026-11-25"`
	Until    string `query:"until" maxLength:"10" doc:"last day of the last contact, inclusive"`
	Zone     string `query:"zone" maxLength:"60" doc:"time zone of the days; empty: UTC"`
}

func (q PeopleQuery) filter() (f conversation.PeopleFilter, err error) {
	f, err = conversation.ReadQuery(contact.Query{Inbox: q.Inbox, Name: q.Name, Email: q.Email, Phone: q.Phone, City: q.City, Document: q.Document,
		Ident: q.Ident, From: q.From, Until: q.Until, Zone: q.Zone})
	if err == nil {
		f.Segment, err = idIn("segment_id", q.Segment)
	}
	return f, err
}

type peopleInput struct {
	Paging
	PeopleQuery
}

func (s *Server) listPeople(ctx context.Context, actor account.Actor, in *peopleInput) (desk.PeoplePage, error) {
	filter, err := in.filter()
	if err != nil {
		return desk.PeoplePage{}, err
	}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return desk.PeoplePage{}, err
	}
	return s.rooms.Desk.People(ctx, reach, filter, in.Cursor, in.Limit)
}

// exportPeople streams the people a filter shows.
func (s *Server) exportPeople(w http.ResponseWriter, r *http.Request) {
	ctx, asked := r.Context(), r.URL.Query().Get
	query := PeopleQuery{Segment: asked("segment_id"), Inbox: asked("inbox_id"), Name: asked("name"), Email: asked("email"), Phone: asked("phone"), City: asked("city"),
		Document: asked("document"), Ident: asked("ident"), From: asked("from"), Until: asked("until"), Zone: asked("zone")}
	filter, err := query.filter()
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	zone, err := time.LoadLocation(query.Zone)
	if err != nil {
		zone = time.UTC // filter refuses it already
	}
	s.streamCSV(w, r, "recado-contacts.csv", func(out io.Writer) error {
		return s.rooms.Report.PeopleSheet(ctx, actorIn(ctx), filter, zone, visitIn(ctx).locale, out)
	})
}

func (s *Server) readPerson(ctx context.Context, actor account.Actor, in *ByID) (desk.PersonPage, error) {
	reach, err := s.reachedContact(ctx, actor, in.ID.ID)
	if err != nil {
		return desk.PersonPage{}, err
	}
	return s.rooms.Desk.Person(ctx, actor, reach, in.ID.ID)
}

func (s *Server) listPersonMessages(ctx context.Context, actor account.Actor, in *messagesInput) (Items[desk.Message], error) {
	before, err := idIn("before", in.Before)
	if err != nil {
		return Items[desk.Message]{}, err
	}
	reach, err := s.reachedContact(ctx, actor, in.ID.ID)
	if err != nil {
		return Items[desk.Message]{}, err
	}
	items, err := s.rooms.Desk.PersonMessages(ctx, actor, reach, in.ID.ID, before, in.Limit)
	return Items[desk.Message]{Items: items}, err
}

type personNoteInput struct {
	ByID
	Body struct {
		Text string `json:"text"`
	}
}

func (s *Server) writePersonNote(ctx context.Context, actor account.Actor, in *personNoteInput) (desk.PersonNote, error) {
	if _, err := s.reachedContact(ctx, actor, in.ID.ID); err != nil {
		return desk.PersonNote{}, err
	}
	n, err := s.rooms.Contact.AddNote(ctx, actor, in.ID.ID, in.Body.Text)
	return desk.PersonNote{ID: n.ID, Author: desk.Named{ID: n.Author, Name: n.AuthorName}, Text: n.Text, CreatedAt: n.CreatedAt}, err
}

type personNoteByID struct {
	ByID
	Note PathID `path:"note"`
}

func (s *Server) deletePersonNote(ctx context.Context, actor account.Actor, in *personNoteByID) (nothing, error) {
	if _, err := s.reachedContact(ctx, actor, in.ID.ID); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Contact.RemoveNote(ctx, actor, in.ID.ID, in.Note.ID)
}

type mergeInput struct {
	ByID
	Body struct {
		From       string            `json:"from_id" doc:"the other contact"`
		Name       string            `json:"name" doc:"what the person is called from then on"`
		Attributes map[string]string `json:"attributes" doc:"all that remain"`
	}
}

func (s *Server) mergePeople(ctx context.Context, actor account.Actor, in *mergeInput) (Contact, error) {
	from, err := idIn("from_id", in.Body.From)
	if err != nil {
		return Contact{}, err
	}
	if _, err := s.reachedContact(ctx, actor, in.ID.ID); err != nil {
		return Contact{}, err
	}
	if _, err := s.reachedContact(ctx, actor, from); err != nil {
		return Contact{}, err
	}
	c, err := s.rooms.Conversation.MergeContacts(ctx, actor, contact.Merge{Into: in.ID.ID, From: from, Name: in.Body.Name, Attributes: in.Body.Attributes})
	return contactOf(c), err
}

func (s *Server) blockPerson(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return s.setBlocked(ctx, actor, in, true)
}

func (s *Server) unblockPerson(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return s.setBlocked(ctx, actor, in, false)
}

func (s *Server) setBlocked(ctx context.Context, actor account.Actor, in *ByID, blocked bool) (nothing, error) {
	if _, err := s.reachedContact(ctx, actor, in.ID.ID); err != nil {
		return nothing{}, err
	}
	_, err := s.rooms.Conversation.Block(ctx, actor, in.ID.ID, blocked)
	return nothing{}, err
}
