package api

import (
	"cmp"
	"context"
	"slices"

	"recado/internal/account"
	"recado/internal/flow"
)

// FlowEntrances is a published flow as a reply route may name it.
type FlowEntrances struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Blocks   []FlowEntrance `json:"blocks" doc:"in order"`
	Children []FlowChild    `json:"children" doc:"of a router: the flows it hands people to; replies need one of them"`
}

// FlowChild is a flow that a router hands people to.
type FlowChild struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Context bool   `json:"context" doc:"it has the router context on: only then can replies begin in it"`
}

// FlowEntrance is a block that replies can be sent to.
type FlowEntrance struct {
	ID    string `json:"id"`
	Kind  string `json:"kind" doc:"handoff is a block of human service"`
	Text  string `json:"text" doc:"of the block, shortened"`
	Place int    `json:"place" doc:"in the flow, from 1"`
}

// entranceText bounds what tells blocks apart, in characters.
const entranceText = 80

func (s *Server) listEntrances(ctx context.Context, actor account.Actor, _ *noInput) (Items[FlowEntrances], error) {
	published, err := s.rooms.Bot.Published(ctx, actor.Workspace)
	all := make([]FlowEntrances, 0, len(published))
	for id, v := range published {
		one := FlowEntrances{ID: id.String(), Name: v.Name, Blocks: make([]FlowEntrance, len(v.Flow.Blocks)), Children: []FlowChild{}}
		for i, b := range v.Flow.Blocks {
			if child, known := published[b.Flow]; b.Kind == flow.Child && known {
				one.Children = append(one.Children, FlowChild{ID: child.ID.String(), Name: child.Name, Context: child.Flow.Context})
			}
			one.Blocks[i] = FlowEntrance{ID: b.ID, Kind: b.Kind, Text: flow.Cut(b.Text, entranceText), Place: i + 1}
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b FlowEntrances) int {
		return cmp.Or(cmp.Compare(flow.Fold(a.Name), flow.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return Items[FlowEntrances]{Items: all}, err
}
