package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/routing"
)

func (s *Server) routingRoutes() {
	get(s, "/agents", about{Name: "listAgents", Tag: "routing", Says: "Members who answer at the desk"}, signedIn, s.listAgents)
	get(s, "/queues", about{Name: "listQueues", Tag: "routing", Says: "Queues with how many wait and serve"}, signedIn, s.listQueues)
	put(s, "/me/availability", about{Name: "changeAvailability", Tag: "routing", Says: "Change whether one takes tickets now"}, signedIn, s.changeAvailability)
}

func (s *Server) listAgents(ctx context.Context, actor account.Actor, _ *noInput) (Items[routing.Agent], error) {
	agents, err := s.rooms.Routing.Agents(ctx, actor.Workspace)
	return Items[routing.Agent]{Items: agents}, err
}

func (s *Server) listQueues(ctx context.Context, actor account.Actor, _ *noInput) (Items[routing.Queue], error) {
	queues, err := s.rooms.Routing.Queues(ctx, actor)
	return Items[routing.Queue]{Items: queues}, err
}

type availabilityBody struct {
	State  string `json:"state" enum:"online,away,invisible"`
	Reason string `json:"reason,omitempty" maxLength:"100" doc:"of a pause"`
}

func (s *Server) changeAvailability(ctx context.Context, actor account.Actor, in *In[availabilityBody]) (Availability, error) {
	if err := person(actor); err != nil {
		return Availability{}, err
	}
	a, err := s.rooms.Routing.SetAvailability(ctx, actor, routing.State(in.Body.State), in.Body.Reason)
	return Availability{State: string(a.State), Reason: a.Reason, Since: a.Since}, err
}
