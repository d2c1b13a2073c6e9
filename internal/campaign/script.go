package campaign

import (
	"context"
	"slices"

	"recado/internal/db"
)

// Script is what a reply route may name of a published flow.
type Script struct {
	Flow     db.ID
	Name     string
	Blocks   []string      // by id, in order
	Handoffs []Handoff     // those of its blocks that hand over to people, in order
	Children []ChildScript // of a router, in order
}

// ChildScript is a flow that a router hands people to.
type ChildScript struct {
	Script
	Context bool // it has the router context on: only then can replies begin in it (A26)
}

// within gives the script replies begin in: a router's child, or the flow itself; a problem when that cannot be.
func (s Script) within(child db.ID, at string) (Script, *Problem) {
	i := slices.IndexFunc(s.Children, func(c ChildScript) bool { return c.Flow == child })
	switch {
	case len(s.Children) == 0 && child == 0:
		return s, nil
	case child == 0:
		return s, problem(at, RouteChildMissing, "flow", s.Name)
	case i < 0:
		return s, problem(at, RouteChildUnknown, "flow", s.Name)
	case !s.Children[i].Context:
		return s, problem(at, RouteChildApart, "flow", s.Children[i].Name)
	}
	return s.Children[i].Script, nil
}

// Handoff is a block of human service: whose people it gives the ticket to.
type Handoff struct {
	Block string
	Queue db.ID // 0: the usual way of the number
	Agent db.ID // to this person instead
}

// handoffs gives the blocks of human service a reply may come to that begins at a block: that block alone when it is one.
func (s Script) handoffs(block string) []Handoff {
	at := slices.IndexFunc(s.Handoffs, func(h Handoff) bool { return h.Block == block || block == ToPeople })
	if at < 0 {
		return s.Handoffs
	}
	return s.Handoffs[at : at+1]
}

// checkScript tells what is wrong with sending replies to a flow: it is published, a router names its child (A12), which shares its
// context (A26), and has the block that is named (A13) or some block of
// human service where people are wanted (A25), and whom it hands over to are there (A24).
func (r *Room) checkScript(ctx context.Context, cat *catalog, g goal, at string, boxes []db.ID) (*Problem, error) {
	if g.id == 0 {
		return nil, nil // the number's own bot
	}
	script, known, err := r.Bots.Script(ctx, cat.agents.workspace, g.id)
	if err != nil {
		return nil, err
	}
	if !known {
		return problem(at+"target_id", RouteFlowUnknown), nil
	}
	script, p := script.within(g.child, at+"target_child_id")
	switch {
	case p != nil:
		return p, nil
	case g.block == ToPeople && len(script.Handoffs) == 0:
		return problem(at+"target_block", RouteNoHandoff, "flow", script.Name), nil
	case g.block != "" && g.block != ToPeople && !slices.Contains(script.Blocks, g.block):
		return problem(at+"target_block", RouteBlockUnknown, "flow", script.Name), nil
	}
	var queues, usual []db.ID
	for _, h := range script.handoffs(g.block) {
		switch {
		case h.Agent != 0:
		case h.Queue != 0:
			queues = append(queues, h.Queue)
		default:
			usual = boxes
		}
	}
	return r.checkServed(ctx, cat, at+"target_id", queues, usual)
}

// checkServed names the first queue, or number by its usual way, in which nobody answers (A24). A queue that is no more counts as none:
// its tickets go the usual way.
func (r *Room) checkServed(ctx context.Context, cat *catalog, at string, queues, boxes []db.ID) (*Problem, error) {
	noQueues, noBoxes, err := r.Desk.Unserved(ctx, cat.agents.workspace, queues, boxes)
	switch {
	case err != nil:
		return nil, err
	case len(noQueues) > 0:
		return problem(at, RouteQueueUnserved, "queue", cat.queueByID[noQueues[0]].Name), nil
	case len(noBoxes) > 0:
		return problem(at, RouteNumberUnserved, "sender", cat.labelOf(noBoxes[0])), nil
	}
	return nil, nil
}
