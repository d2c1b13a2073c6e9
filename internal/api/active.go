package api

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
)

func (s *Server) activeRoutes() {
	post(s, "/active-messages", about{Name: "sendActiveMessage", Tag: "campaigns", Status: http.StatusAccepted,
		Says: "Write first to one person or a few, with a template and a reply route; a call with the same Idempotency-Key is done once"},
		editing(account.Desk).and(account.Reply), s.sendActive)
	get(s, "/active-messages/limits", about{Name: "listActiveLimits", Tag: "campaigns", Says: "How many people one writes to first in one go, by number; changed with the attention settings"},
		viewing(account.Desk), s.activeLimits)
}

type activeInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"made by the caller; remembered for 30 days"`
	Body struct {
		Name     string                     `json:"name,omitempty" maxLength:"200" doc:"how the results call it; the template's name when left out"`
		Inbox    db.ID                      `json:"inbox_id" doc:"the number that writes"`
		Template db.ID                      `json:"template_id"`
		Values   map[string]campaign.Source `json:"values,omitempty" doc:"for everybody, by variable: body.1, header.1, button.0 …; the text of header.media is an address, or file: and the id of an uploaded file"`
		To       []activePerson             `json:"to" maxItems:"1000"`
		Route    CampaignRouteChange        `json:"route,omitempty" doc:"where replies go for 24 hours; left out: to the agent who writes, else to whoever meets new tickets"`
	}
}

type activePerson struct {
	Contact db.ID             `json:"contact_id,omitempty"`
	Phone   string            `json:"phone,omitempty" maxLength:"40" doc:"instead of contact_id"`
	Name    string            `json:"name,omitempty" maxLength:"200" doc:"kept when the contact has none"`
	Values  map[string]string `json:"values,omitempty" doc:"by variable, before those for everybody"`
}

// ActiveSent is what became of writing first to a few people.
type ActiveSent struct {
	Campaign db.ID        `json:"campaign_id" doc:"where its results are"`
	People   []ActiveSeen `json:"people" doc:"in the order asked"`
}

// ActiveSeen is one of them.
type ActiveSeen struct {
	Phone        string `json:"phone"`
	Contact      db.ID  `json:"contact_id"`
	Conversation db.ID  `json:"conversation_id"`
	Problem      string `json:"problem" doc:"code of why this person is left out; empty: in line to be written to"`
	Words        string `json:"problem_words"`
}

func (s *Server) sendActive(ctx context.Context, actor account.Actor, in *activeInput) (ActiveSent, error) {
	m := campaign.Active{Name: in.Body.Name, Inbox: in.Body.Inbox, Template: in.Body.Template, Values: in.Body.Values, Route: in.Body.Route.route(), Key: in.Key,
		People: make([]campaign.ActivePerson, len(in.Body.To))}
	for i, person := range in.Body.To {
		m.People[i] = campaign.ActivePerson(person)
	}
	sent, err := s.rooms.Campaign.SendActive(ctx, actor, m)
	if err != nil {
		return ActiveSent{}, err
	}
	return activeSentOf(ctx, sent), nil
}

// activeSentOf tells what became of it, in the reader's language.
func activeSentOf(ctx context.Context, sent campaign.Sent) ActiveSent {
	out := ActiveSent{Campaign: sent.Campaign, People: make([]ActiveSeen, len(sent.People))}
	for i, one := range sent.People {
		out.People[i] = ActiveSeen{Phone: one.Phone, Contact: one.Contact, Conversation: one.Conversation}
		if one.Problem != nil {
			out.People[i].Problem, out.People[i].Words = one.Problem.Code, one.Problem.Words(visitIn(ctx).locale)
		}
	}
	return out
}

// ActiveLimit is how many people one writes to first in one go from a number.
type ActiveLimit struct {
	Inbox  db.ID `json:"inbox_id"`
	People int64 `json:"people" doc:"0: nobody is written to first from this number"`
}

func (s *Server) activeLimits(ctx context.Context, actor account.Actor, _ *noInput) (Items[ActiveLimit], error) {
	limits, err := s.rooms.Campaign.ActiveLimits(ctx, actor.Workspace)
	return listOf(slices.Sorted(maps.Keys(limits)), func(id db.ID) ActiveLimit { return ActiveLimit{Inbox: id, People: limits[id]} }), err
}
