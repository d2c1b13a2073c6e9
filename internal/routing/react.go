package routing

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
)

// RouteNotified is the kind of the fact told when a reply follows a route to "notify": the desk shows it, no ticket opens (D13).
const RouteNotified = "route.notified"

// NotifiedFact says which message it was.
type NotifiedFact struct {
	Conversation db.ID  `json:"conversation_id"`
	Message      db.ID  `json:"message_id"`
	Campaign     db.ID  `json:"campaign_id"`
	CampaignName string `json:"campaign"`
}

// React is the subscriber to message.received: it opens the ticket of whoever takes the message. A conversation that has an
// open ticket keeps it (design §5.4).
func (r *Room) React(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	received := map[db.ID][]conversation.ReceivedFact{}
	for _, e := range facts {
		f, err := event.Decode[conversation.ReceivedFact](e)
		if err != nil {
			return err
		}
		if f.Ticket == 0 && f.AsksForAnswer() {
			received[e.Workspace] = append(received[e.Workspace], f)
		}
	}
	for workspace, list := range received {
		if err := r.route(ctx, tx, workspace, list); err != nil {
			return fmt.Errorf("route messages of workspace %d: %w", workspace, err)
		}
	}
	return nil
}

// route decides for messages of one workspace. The first message of a conversation that leads to a ticket decides.
func (r *Room) route(ctx context.Context, tx *db.Tx, workspace db.ID, received []conversation.ReceivedFact) error {
	at, numbers := map[db.ID]int64{}, []db.ID{}
	for _, f := range received {
		at[f.Conversation] = f.At
		numbers = append(numbers, f.Inbox)
	}
	routes, err := r.conversations.RoutesAt(ctx, tx, at)
	if err != nil {
		return err
	}
	inboxes, err := r.inboxes.GetIn(ctx, tx, workspace, numbers...)
	if err != nil {
		return err
	}
	known, err := r.knownTargets(ctx, tx, workspace)
	if err != nil {
		return err
	}
	again, err := r.returning(ctx, tx, workspace, received)
	if err != nil {
		return err
	}
	var openings []conversation.Opening
	var notices []event.Fact
	decided := map[db.ID]bool{}
	for _, f := range received {
		if decided[f.Conversation] {
			continue
		}
		route := routes[f.Conversation]
		opening, opens := choose(f, route, inboxes[f.Inbox], known)
		if !opens {
			notices = append(notices, event.Fact{Workspace: workspace, Kind: RouteNotified, Subject: f.Message, Data: NotifiedFact{
				Conversation: f.Conversation, Message: f.Message, Campaign: route.Campaign, CampaignName: route.CampaignName}})
			continue
		}
		decided[f.Conversation] = true
		if back, returns := again[f.Conversation]; returns && route.Message == 0 {
			opening = back
		}
		openings = append(openings, opening)
	}
	if _, _, err := r.conversations.OpenTicketsIn(ctx, tx, account.System(workspace), openings); err != nil {
		return err
	}
	return r.log.Append(ctx, tx, notices...)
}

// targets are the queues and agents that exist now: a route may outlive the one it names.
type targets struct{ queues, agents map[db.ID]bool }

func (r *Room) knownTargets(ctx context.Context, tx *db.Tx, workspace db.ID) (targets, error) {
	known := targets{queues: map[db.ID]bool{}, agents: map[db.ID]bool{}}
	queues, err := db.All[db.ID](ctx, tx, "select id from queues where workspace_id = $1", workspace)
	if err != nil {
		return known, err
	}
	agents, err := db.All[db.ID](ctx, tx, "select user_id from members where workspace_id = $1 and disabled_at is null and profile_id is not null", workspace)
	for _, id := range queues {
		known.queues[id] = true
	}
	for _, id := range agents {
		known.agents[id] = true
	}
	return known, err
}

// choose gives the ticket a message leads to; opens is false when its route only notifies.
func choose(f conversation.ReceivedFact, route conversation.Route, number inbox.Inbox, known targets) (o conversation.Opening, opens bool) {
	o = conversation.Opening{Conversation: f.Conversation}
	if route.Message != 0 {
		goal := route.Choose(f.Payload, f.Title)
		switch {
		case goal.Target == conversation.TargetNotify:
			return o, false
		case goal.Target == conversation.TargetAgent && known.agents[goal.ID]:
			o.Holder, o.Assignee = conversation.HolderAgent, goal.ID
			if route.FallbackQueue != 0 { // without one the ticket stays with the named agent (A17)
				o.FallbackQueue, o.FallbackMinutes = route.FallbackQueue, route.FallbackMinutes
			}
		case goal.Target == conversation.TargetQueue && known.queues[goal.ID]:
			o.Holder, o.Queue = conversation.HolderQueue, goal.ID
		case goal.Target == conversation.TargetBot:
			o.Holder = conversation.HolderBot
		}
		o.Origin = conversation.Origin{Campaign: route.Campaign, CampaignName: route.CampaignName, Route: &route, Until: route.ExpiresAt}
	}
	if o.Holder != "" {
		return o, true
	}
	if number.FirstResponder == inbox.FirstBot {
		o.Holder = conversation.HolderBot
		return o, true
	}
	o.Holder, o.Queue = conversation.HolderQueue, number.DefaultQueue
	return o, true
}
