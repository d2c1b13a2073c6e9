package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

func (s *Server) contactRoutes() {
	see, change := viewing(account.Contacts), editing(account.Contacts)
	get(s, "/contacts", about{Name: "listContacts", Tag: "contacts", Says: "Contacts by words of their name, number or handle, newest first"}, see, s.listContacts)
	get(s, "/contacts/{id}", about{Name: "readContact", Tag: "contacts", Says: "One contact with all its identities"}, see, s.readContact)
	post(s, "/contacts", about{Name: "createContact", Tag: "contacts", Says: "Make a contact with a phone number", Status: 201}, change, s.createContact)
	patch(s, "/contacts/{id}", about{Name: "changeContact", Tag: "contacts", Says: "Change the name or attributes of a contact"}, change, s.changeContact)
	post(s, "/contacts/{id}/opt-out", about{Name: "optOutContact", Tag: "contacts", Says: "Note that a person wants no active messages"}, change, s.optOutContact)
	remove(s, "/contacts/{id}/opt-out", about{Name: "optInContact", Tag: "contacts", Says: "Take an opt-out back, at the person's word"}, change, s.optInContact)
	get(s, "/contacts/{id}/consents", about{Name: "listConsents", Tag: "contacts", Says: "Every change of a person's consent, the latest first"}, see, s.listConsents)
	get(s, "/consent-keywords", about{Name: "readConsentKeywords", Tag: "contacts", Says: "Words by which people stop active messages and ask for them again"}, viewing(account.Settings), s.readKeywords)
	put(s, "/consent-keywords", about{Name: "changeConsentKeywords", Tag: "contacts", Says: "Change those words"}, editing(account.Settings), s.changeKeywords)
	s.peopleRoutes()
	s.segmentRoutes()
	s.contactImportRoutes()
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
	if err != nil {
		return Page[Contact]{}, err
	}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return Page[Contact]{}, err
	}
	shown := page.Items[:0]
	for _, c := range page.Items {
		sees, err := s.rooms.Conversation.SeesContact(ctx, reach, c.ID)
		if err != nil {
			return Page[Contact]{}, err
		}
		if sees {
			shown = append(shown, c)
		}
	}
	return pageOf(shown, page.Next, contactOf), nil
}

// reachedContact makes sure that a person is within the actor's reach, and gives the reach.
func (s *Server) reachedContact(ctx context.Context, actor account.Actor, id db.ID) (conversation.Reach, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return reach, err
	}
	sees, err := s.rooms.Conversation.SeesContact(ctx, reach, id)
	if err == nil && !sees {
		err = fault.New(fault.NotFound, "contact.not_found", "There is no such contact.").With("id", id.String())
	}
	return reach, err
}

func (s *Server) readContact(ctx context.Context, actor account.Actor, in *ByID) (Contact, error) {
	if _, err := s.reachedContact(ctx, actor, in.ID.ID); err != nil {
		return Contact{}, err
	}
	c, err := s.rooms.Contact.Whole(ctx, actor.Workspace, in.ID.ID)
	return contactOf(c), err
}

func (s *Server) createContact(ctx context.Context, actor account.Actor, in *In[newContact]) (Contact, error) {
	c, err := s.rooms.Contact.Create(ctx, actor, contact.NewPerson{Name: in.Body.Name, Phone: in.Body.Phone, Country: in.Body.Country, Attributes: in.Body.Attributes})
	return contactOf(c), err
}

type newContact struct {
	Name       string            `json:"name,omitempty"`
	Phone      string            `json:"phone" doc:"in any form people write it"`
	Country    string            `json:"country,omitempty" maxLength:"2" doc:"ISO code; where a number without country code is from"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

type contactChange struct {
	ByID
	Body struct {
		Name       *string           `json:"name,omitempty" doc:"left out: stays as it is"`
		Attributes map[string]string `json:"attributes,omitempty" doc:"those to change; an empty value takes one away"`
	}
}

func (s *Server) changeContact(ctx context.Context, actor account.Actor, in *contactChange) (Contact, error) {
	if _, err := s.reachedContact(ctx, actor, in.ID.ID); err != nil {
		return Contact{}, err
	}
	c, err := s.rooms.Contact.Update(ctx, actor.Workspace, in.ID.ID, contact.Change{Name: in.Body.Name, Attributes: in.Body.Attributes})
	return contactOf(c), err
}

type optOutInput struct {
	ByID
	Body *struct {
		Scope string `json:"scope,omitempty" enum:"marketing,everything" doc:"marketing when left out"`
	}
}

func (s *Server) optOutContact(ctx context.Context, actor account.Actor, in *optOutInput) (Contact, error) {
	if _, err := s.reachedContact(ctx, actor, in.ID.ID); err != nil {
		return Contact{}, err
	}
	why := consentBy(actor)
	if in.Body != nil {
		why.Scope = in.Body.Scope
	}
	c, err := s.rooms.Contact.OptOut(ctx, actor.Workspace, in.ID.ID, why)
	return contactOf(c), err
}

func (s *Server) optInContact(ctx context.Context, actor account.Actor, in *ByID) (Contact, error) {
	if _, err := s.reachedContact(ctx, actor, in.ID.ID); err != nil {
		return Contact{}, err
	}
	c, err := s.rooms.Contact.OptIn(ctx, actor.Workspace, in.ID.ID, consentBy(actor))
	return contactOf(c), err
}

// consentBy is a change of consent by the actor's hand.
func consentBy(actor account.Actor) contact.Consent {
	if actor.Kind == account.KindKey {
		return contact.Consent{Source: contact.ByAPI, By: actor}
	}
	return contact.Consent{Source: contact.ByAgent, By: actor}
}

// ConsentEntry is one change of a person's consent.
type ConsentEntry struct {
	Given   bool   `json:"given" doc:"wants active messages again; false: wants none"`
	Kept    bool   `json:"kept" doc:"was asked for and not done, since the person or a colleague had said otherwise"`
	Scope   string `json:"scope" enum:"marketing,everything"`
	Source  string `json:"source" enum:"agent,provider,message,api,import"`
	By      string `json:"by" doc:"name of who did it by hand"`
	Wording string `json:"wording" doc:"what the person wrote"`
	Inbox   string `json:"inbox" doc:"label of the number it came by"`
	At      int64  `json:"at" doc:"Unix milliseconds"`
}

func (s *Server) listConsents(ctx context.Context, actor account.Actor, in *ByID) (Items[ConsentEntry], error) {
	if _, err := s.reachedContact(ctx, actor, in.ID.ID); err != nil {
		return Items[ConsentEntry]{}, err
	}
	c, err := s.rooms.Contact.Whole(ctx, actor.Workspace, in.ID.ID)
	if err != nil {
		return Items[ConsentEntry]{}, err
	}
	boxes, err := s.rooms.Inbox.List(ctx, actor.Workspace)
	if err != nil {
		return Items[ConsentEntry]{}, err
	}
	labels := map[db.ID]string{}
	for _, box := range boxes {
		labels[box.ID] = box.Label
	}
	ledger, err := s.rooms.Contact.Ledger(ctx, actor.Workspace, c)
	return listOf(ledger, func(one contact.Consented) ConsentEntry {
		return ConsentEntry{Given: one.Given, Kept: one.Kept, Scope: one.Scope, Source: one.Source, By: one.ByName, Wording: one.Wording, Inbox: labels[one.Inbox], At: one.At}
	}), err
}

func (s *Server) readKeywords(ctx context.Context, actor account.Actor, _ *struct{}) (contact.Keywords, error) {
	return s.rooms.Contact.ReadKeywords(ctx, actor)
}

func (s *Server) changeKeywords(ctx context.Context, actor account.Actor, in *In[contact.Keywords]) (contact.Keywords, error) {
	return s.rooms.Contact.SetKeywords(ctx, actor, in.Body)
}
