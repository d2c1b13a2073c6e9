package bot

import (
	"context"

	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/flow"
)

// Script gives what a reply route may name of a flow as it is published; ok is false when it is not, or of elsewhere.
func (r *Room) Script(ctx context.Context, workspace, id db.ID) (s campaign.Script, ok bool, err error) {
	all, err := versionsIn(ctx, r.d, workspace)
	v, ok := all[id]
	return scriptOf(v, all), ok, err
}

func scriptOf(v flow.Version, all map[db.ID]flow.Version) campaign.Script {
	s := campaign.Script{Flow: v.ID, Name: v.Name}
	for _, b := range v.Flow.Blocks {
		s.Blocks = append(s.Blocks, b.ID)
		child, known := all[b.Flow]
		switch {
		case b.Kind == flow.Handoff:
			s.Handoffs = append(s.Handoffs, campaign.Handoff{Block: b.ID, Queue: b.Queue, Agent: b.Agent})
		case b.Kind == flow.Child && known && !child.Flow.Routes():
			s.Children = append(s.Children, campaign.ChildScript{Script: scriptOf(child, nil), Context: child.Flow.Context})
		}
	}
	return s
}
