package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/contact"
)

func (s *Server) contactRoutes() {
	see, change := viewing(account.Contacts), editing(account.Contacts)
	get(s, "/contacts", about{Name: "listContacts", Tag: "contacts", Says: "Contacts by words of their name, number or handle, newest first"}, see, s.listContacts)
	get(s, "/contacts/{id}", about{Name: "readContact", Tag: "contacts", Says: "One contact with all its identities"}, see, s.readContact)
	patch(s, "/contacts/{id}", about{Name: "changeContact", Tag: "contacts", Says: "Change the name or attributes of a contact"}, change, s.changeContact)
	post(s, "/contacts/{id}/opt-out", about{Name: "optOutContact", Tag: "contacts", Says: "Note that a person wants no active messages"}, change, s.optOutContact)
	remove(s, "/contacts/{id}/opt-out", about{Name: "optInContact", Tag: "contacts", Says: "Take an opt-out back, at the person's word"}, change, s.optInContact)
}

// Contact is a person outside.
type Contact struct {
	ID             string            `json:"id"`
	Name           string            `json:"name" doc:"may be empty"`
	AddressDisplay string            `json:"address_display" doc:"number, @handle or user id, as shown beside the name"`
	HasPhone       bool              `json:"has_phone"`
	Attributes     map[string]string `json:"attributes"`
	OptedOutAt     *int64            `json:"opted_out_at" doc:"Unix milliseconds; null: takes active messages"`
	OptedOutSource string            `json:"opted_out_source" doc:"agent, provider, message or api"`
	Identities     []ContactIdentity `json:"identities"`
	CreatedAt      int64             `json:"created_at"`
}

// ContactIdentity is one of a contact's addresses.
type ContactIdentity struct {
	Channel string `json:"channel"`
	Kind    string `json:"kind" enum:"phone,user_id,username"`
	Display string `json:"display"`
}

func contactOf(c contact.Contact) Contact {
	out := Contact{ID: c.ID.String(), Name: c.Name, AddressDisplay: c.AddressDisplay(), HasPhone: c.HasPhone(), Attributes: c.Attributes,
		OptedOutAt: timeOrNull(c.OptedOutAt), OptedOutSource: c.OptedOutSource, Identities: make([]ContactIdentity, len(c.Identities)), CreatedAt: c.CreatedAt}
	for i, identity := range c.Identities {
		out.Identities[i] = ContactIdentity{Channel: string(identity.Channel), Kind: identity.Kind, Display: identity.Display()}
	}
	return out
}

type contactsInput struct {
	Paging
	Search string `query:"search" maxLength:"100" doc:"words of the name, number or handle"`
}

func (s *Server) listContacts(ctx context.Context, actor account.Actor, in *contactsInput) (Page[Contact], error) {
	page, err := s.rooms.Contact.Search(ctx, actor.Workspace, in.Search, in.Cursor, in.Limit)
	return pageOf(page.Items, page.Next, contactOf), err
}

func (s *Server) readContact(ctx context.Context, actor account.Actor, in *ByID) (Contact, error) {
	c, err := s.rooms.Contact.Get(ctx, actor.Workspace, in.ID.ID)
	return contactOf(c), err
}

type contactChange struct {
	ByID
	Body struct {
		Name       *string           `json:"name,omitempty" doc:"left out: stays as it is"`
		Attributes map[string]string `json:"attributes,omitempty" doc:"those to change; an empty value takes one away"`
	}
}

func (s *Server) changeContact(ctx context.Context, actor account.Actor, in *contactChange) (Contact, error) {
	c, err := s.rooms.Contact.Update(ctx, actor.Workspace, in.ID.ID, contact.Change{Name: in.Body.Name, Attributes: in.Body.Attributes})
	return contactOf(c), err
}

func (s *Server) optOutContact(ctx context.Context, actor account.Actor, in *ByID) (Contact, error) {
	source := contact.ByAgent
	if actor.Kind == account.KindKey {
		source = contact.ByAPI
	}
	c, err := s.rooms.Contact.OptOut(ctx, actor.Workspace, in.ID.ID, source)
	return contactOf(c), err
}

func (s *Server) optInContact(ctx context.Context, actor account.Actor, in *ByID) (Contact, error) {
	c, err := s.rooms.Contact.OptIn(ctx, actor.Workspace, in.ID.ID)
	return contactOf(c), err
}
