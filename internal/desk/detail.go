package desk

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/routing"
	"recado/internal/words"
)

// Detail is a conversation with what stands beside its thread.
type Detail struct {
	Row
	Contact   PersonDetail `json:"contact"`
	Origin    *Origin      `json:"origin" doc:"why the open ticket is here; null without a campaign"`
	RouteNow  *RouteNow    `json:"route_now" doc:"where a reply would go now; null: to the first responder of the number"`
	Tickets   []PastTicket `json:"recent_tickets"`
	Campaigns []Received   `json:"campaigns" doc:"active messages, newest first"`
	Others    []Other      `json:"others" doc:"conversations of the same person on other numbers within reach, the last said first"`
	Can       Abilities    `json:"can"`
}

// Other is a conversation of the same person on another number or channel.
type Other struct {
	ID     db.ID                    `json:"id"`
	Inbox  Place                    `json:"inbox"`
	Window conversation.WindowState `json:"window"`
}

// PersonDetail is a contact with all we know.
type PersonDetail struct {
	Person
	Attributes map[string]string `json:"attributes"`
	OptedOutAt *int64            `json:"opted_out_at"`
	BlockedAt  *int64            `json:"blocked_at" doc:"what a blocked person writes is kept and calls nobody"`
	Identities []Identity        `json:"identities"`
	CreatedAt  int64             `json:"created_at"`
}

// Identity is one of a contact's addresses.
type Identity struct {
	Channel string `json:"channel"`
	Kind    string `json:"kind"`
	Display string `json:"display"`
}

// Target is where replies go, with its name.
type Target struct {
	Target string `json:"target" enum:"bot,queue,agent,notify,none"`
	ID     db.ID  `json:"target_id"`
	Name   string `json:"target_name"`
}

// Origin is the campaign and route that brought a ticket.
type Origin struct {
	Campaign     db.ID  `json:"campaign_id"`
	CampaignName string `json:"campaign"`
	Route        Target `json:"route"`
	Until        int64  `json:"until"`
}

// RouteNow is the reply route in force.
type RouteNow struct {
	Target
	Campaign string `json:"campaign"`
	Button   string `json:"button" doc:"only this button goes there; empty: any reply"`
	Until    int64  `json:"until"`
}

// PastTicket is a ticket of the conversation.
type PastTicket struct {
	ID          db.ID  `json:"id"`
	Number      int64  `json:"number"`
	Status      string `json:"status"`
	Result      string `json:"result"`
	Category    string `json:"category" doc:"of the closing note"`
	ClosingNote string `json:"closing_note"`
	OpenedAt    int64  `json:"opened_at"`
	ClosedAt    *int64 `json:"closed_at"`
	ClosedBy    string `json:"closed_by" doc:"name"`
}

// Received is an active message the contact got.
type Received struct {
	Campaign db.ID  `json:"campaign_id"`
	Name     string `json:"name"`
	SentAt   int64  `json:"sent_at"`
	Status   string `json:"status"`
	Route    Target `json:"route"`
	Until    int64  `json:"until"`
}

// Ability is whether something can be done here, and why not.
type Ability struct {
	OK     bool   `json:"ok"`
	Reason string `json:"reason" doc:"in words; empty when it can"`
}

// Abilities are what the reader can do in a conversation.
type Abilities struct {
	Reply  Ability `json:"reply"`
	Note   Ability `json:"note"`
	Assign Ability `json:"assign"`
	// Transfer is giving the ticket to another agent, a queue or another number: to one of them at least.
	Transfer Ability `json:"transfer"`
	Close    Ability `json:"close"`
}

// Detail gives one conversation within reach. It fails with NotFound.
func (r *Room) Detail(ctx context.Context, actor account.Actor, reach conversation.Reach, id db.ID) (Detail, error) {
	found, err := r.conversations.GetDetail(ctx, reach, id)
	if err != nil {
		return Detail{}, err
	}
	person, err := r.contacts.Get(ctx, actor.Workspace, found.Row.Contact)
	if err != nil {
		return Detail{}, err
	}
	names, err := r.names(ctx, actor.Workspace)
	if err != nil {
		return Detail{}, err
	}
	tags, err := r.tagsOf(ctx, actor.Workspace, found.Row)
	if err != nil {
		return Detail{}, err
	}
	ways, err := r.routing.TransfersOf(ctx, actor, id)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Row: rowOf(found.Row, person, names.queues, tags), Contact: personDetail(person), Can: abilities(actor, found.Row, ways)}
	d.Row.Contact = d.Contact.Person
	if o := found.Origin; o != nil && o.Route != nil {
		d.Origin = &Origin{Campaign: o.Campaign, CampaignName: o.CampaignName, Route: names.target(*o.Route), Until: o.Until}
	}
	if route := found.RouteNow; route != nil {
		d.RouteNow = &RouteNow{Target: names.target(*route), Campaign: route.CampaignName, Button: route.Button, Until: route.ExpiresAt}
	}
	d.Tickets, d.Campaigns = names.tickets(found.Tickets), names.received(found.Campaigns)
	d.Others, err = r.others(ctx, reach, found.Row)
	return d, err
}

// others are where else the same person can be written to, by who looks.
func (r *Room) others(ctx context.Context, reach conversation.Reach, row conversation.Row) ([]Other, error) {
	rows, err := r.conversations.OfContact(ctx, row.Workspace, row.Contact)
	others := []Other{}
	for _, one := range slices.Backward(rows) {
		if one.ID != row.ID && reach.Sees(one) {
			others = append(others, Other{ID: one.ID, Window: one.Window, Inbox: Place{ID: one.Inbox, Label: one.InboxLabel, Channel: string(one.Channel)}})
		}
	}
	return others, err
}

// names are those of a workspace's queues and people.
type names struct{ queues, users map[db.ID]string }

func (r *Room) names(ctx context.Context, workspace db.ID) (names, error) {
	queues, err := r.routing.Names(ctx, workspace)
	if err != nil {
		return names{}, fmt.Errorf("queues: %w", err)
	}
	users, err := r.accounts.Names(ctx, workspace)
	return names{queues: queues, users: users}, err
}

func (n names) target(route conversation.Route) Target {
	t := Target{Target: route.Target, ID: route.TargetID}
	switch route.Target {
	case conversation.TargetAgent:
		t.Name = n.users[route.TargetID]
	case conversation.TargetQueue:
		t.Name = n.queues[route.TargetID]
	}
	return t
}

func (n names) tickets(all []conversation.Ticket) []PastTicket {
	out := make([]PastTicket, len(all))
	for i, t := range all {
		out[i] = PastTicket{ID: t.ID, Number: t.Number, Status: t.Status, Result: t.Result, Category: t.Category, ClosingNote: t.ClosingNote, OpenedAt: t.OpenedAt,
			ClosedBy: n.users[t.ClosedBy]}
		if t.ClosedAt != 0 {
			out[i].ClosedAt = &all[i].ClosedAt
		}
	}
	return out
}

func (n names) received(routes []conversation.Route) []Received {
	out := []Received{}
	for _, route := range routes {
		out = append(out, Received{Campaign: route.Campaign, Name: route.CampaignName, SentAt: route.AcceptedAt, Status: route.Status.String(),
			Route: n.target(route), Until: route.ExpiresAt})
	}
	return out
}

func personDetail(p contact.Contact) PersonDetail {
	d := PersonDetail{Person: Person{ID: p.ID, Name: p.Name, Address: p.AddressDisplay(), HasPhone: p.HasPhone()},
		Attributes: p.Attributes, Identities: []Identity{}, CreatedAt: p.CreatedAt}
	if p.OptedOutAt != 0 {
		d.OptedOutAt = &p.OptedOutAt
	}
	if p.BlockedAt != 0 {
		d.BlockedAt = &p.BlockedAt
	}
	for _, i := range p.Identities {
		d.Identities = append(d.Identities, Identity{Channel: string(i.Channel), Kind: i.Kind, Display: i.Display()})
	}
	return d
}

// abilities says what the actor can do, and in words why not.
func abilities(actor account.Actor, row conversation.Row, ways routing.Transfers) Abilities {
	say := func(id string) Ability { return Ability{Reason: words.Say(actor.Locale, id, nil)} }
	yes := Ability{OK: true}
	a := Abilities{Reply: yes, Note: yes, Assign: yes, Transfer: yes, Close: yes}
	if actor.Can(account.Desk, account.Edit) != nil || actor.Has(account.Reply) != nil {
		no := say("desk.only_view")
		return Abilities{Reply: no, Note: no, Assign: no, Transfer: no, Close: no}
	}
	if row.Window.State == conversation.AccountProblem {
		a.Reply = say(row.Window.Reason)
	}
	switch {
	case actor.Has(account.Transfer) != nil:
		a.Assign = say("desk.no_transfer")
		a.Transfer = a.Assign
	case !ways.Any():
		a.Transfer = say("desk.no_transfers")
	}
	if row.State != conversation.Open {
		no := say("desk.no_ticket")
		a.Close, a.Assign, a.Transfer = no, no, no
	}
	return a
}
