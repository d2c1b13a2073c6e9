package campaign

import (
	"context"
	"errors"
	"fmt"

	"recado/internal/db"
	"recado/internal/fault"
)

// Codes of what has still to be chosen.
const (
	MissingSender   = "missing.sender"
	MissingTemplate = "missing.template"
	MissingRoute    = "missing.route"
	MissingRows     = "missing.rows"
)

// missing tells what keeps a checked campaign from being sent: things not chosen, and a reply route that is wrong for
// all rows (A22). A wrong row never does.
func (r *Room) missing(ctx context.Context, c Campaign, cat *catalog, t *tally) ([]Problem, error) {
	out := []Problem{}
	add := func(p *Problem) {
		if p != nil {
			out = append(out, *p)
		}
	}
	if c.Audience.DefaultSender == 0 && c.Audience.Columns.Sender == "" {
		add(problem("audience.default_sender_id", MissingSender))
	}
	if c.Message.Template == 0 && c.Audience.Columns.Template == "" {
		add(problem("message.template_id", MissingTemplate))
	}
	var boxes []db.ID
	for place := range t.senders {
		if place >= 0 {
			boxes = append(boxes, cat.senders[place].ID)
		}
	}
	route, err := r.checkRoute(ctx, cat, c.Route, c.Audience, boxes)
	add(route)
	if t.ready == 0 {
		add(problem("audience", MissingRows))
	}
	return out, err
}

// checkRoute tells what is wrong with a route for all rows of an audience, for these senders; nil when nothing is.
func (r *Room) checkRoute(ctx context.Context, cat *catalog, route Route, to Audience, boxes []db.ID) (*Problem, error) {
	if route.Target == "" {
		return problem("route.target", MissingRoute), nil
	}
	if !cat.forMany && to.Kind != ByHand && route.namesAgent(to.Columns) {
		return problem("route.target", RouteAgentsSingle), nil
	}
	p, err := r.checkGoal(ctx, cat, goal{route.Target, route.TargetID, route.TargetChild, route.TargetBlock, route.Email}, "route.", boxes)
	if err != nil || p != nil {
		return p, err
	}
	if route.Button != "" && route.OtherTarget != "" {
		if p, err := r.checkGoal(ctx, cat, goal{target: route.OtherTarget, id: route.OtherTargetID}, "route.other_", boxes); err != nil || p != nil {
			return p, err
		}
	}
	if _, ok := cat.queueByID[route.FallbackQueue]; !ok && route.FallbackQueue != 0 {
		return problem("route.fallback_queue_id", RowQueueUnknown, "queue", route.FallbackQueue.String()), nil
	}
	return nil, nil
}

// namesAgent tells whether some reply goes to an agent by name; columns are those of the sheet.
func (t Route) namesAgent(columns Columns) bool {
	return t.Target == ToAgent || t.Button != "" && t.OtherTarget == ToAgent || t.Target == ToColumn && columns.AgentEmail != ""
}

// goal is where one kind of reply shall go.
type goal struct {
	target string
	id     db.ID
	child  db.ID
	block  string
	email  string
}

// checkGoal tells what is wrong with a goal; at begins the names of its fields.
func (r *Room) checkGoal(ctx context.Context, cat *catalog, g goal, at string, boxes []db.ID) (*Problem, error) {
	switch g.target {
	case ToQueue:
		if _, ok := cat.queueByID[g.id]; !ok {
			return problem(at+"target_id", RowQueueUnknown, "queue", g.id.String()), nil
		}
		return r.checkServed(ctx, cat, at+"target_id", []db.ID{g.id}, nil)
	case ToBot:
		return r.checkScript(ctx, cat, g, at, boxes)
	case ToAgent:
		return r.checkAgent(ctx, cat, g, at, boxes)
	}
	return nil, nil
}

func (r *Room) checkAgent(ctx context.Context, cat *catalog, g goal, at string, boxes []db.ID) (*Problem, error) {
	if g.email == "" {
		var err error
		if g.email, err = r.emailOf(ctx, cat.agents.workspace, g.id); err != nil {
			return nil, err
		}
	}
	if at == "route." {
		at += "email"
	} else {
		at += "target_id"
	}
	if len(boxes) == 0 {
		boxes = []db.ID{0}
	}
	for _, box := range boxes {
		_, code, err := cat.agents.find(ctx, g.email, box)
		if err != nil {
			return nil, err
		}
		if code != "" {
			return problem(at, code, "email", g.email, "sender", cat.labelOf(box)), nil
		}
	}
	return nil, nil
}

// emailOf gives the e-mail of a member; "" when there is none.
func (r *Room) emailOf(ctx context.Context, workspace, user db.ID) (string, error) {
	email, err := db.One[string](ctx, r.d, "select u.email from users u join members m on m.user_id = u.id where m.workspace_id = $1 and u.id = $2", workspace, user)
	if err != nil && !db.None(err) {
		return "", fmt.Errorf("e-mail of a member: %w", err)
	}
	return email, nil
}

// RouteCheck is what the author sees while choosing where replies go.
type RouteCheck struct {
	OK      bool     `json:"ok"`
	Problem *Problem `json:"problem,omitempty"`
	Agent   *Agent   `json:"agent,omitempty"`
	Away    bool     `json:"away"` // the agent is not on line: no obstacle, but the author is told (A20)
}

// CheckRoute tells, while the author is choosing, whether a route could be used: an agent who does not exist or has no
// access to a number of the campaign is refused here and not only when sending (A19, A21).
func (r *Room) CheckRoute(ctx context.Context, workspace, id db.ID, route Route) (RouteCheck, error) {
	c, err := r.get(ctx, workspace, id)
	if err != nil {
		return RouteCheck{}, err
	}
	cat, err := r.catalog(ctx, workspace, asked{All: true})
	if err != nil {
		return RouteCheck{}, err
	}
	var boxes []db.ID
	for _, s := range c.Check.Senders {
		boxes = append(boxes, s.Inbox)
	}
	if len(boxes) == 0 && c.Audience.DefaultSender != 0 {
		boxes = []db.ID{c.Audience.DefaultSender}
	}
	out := RouteCheck{}
	if out.Problem, err = r.checkRoute(ctx, cat, route, c.Audience, boxes); err != nil {
		return out, err
	}
	out.OK = out.Problem == nil
	if out.OK && route.Target == ToAgent {
		agent, _, err := cat.agents.find(ctx, route.Email, firstOr(boxes, 0))
		if err != nil {
			return out, err
		}
		out.Agent, out.Away = &agent, !agent.Online
	}
	return out, nil
}

func firstOr(ids []db.ID, none db.ID) db.ID {
	if len(ids) == 0 {
		return none
	}
	return ids[0]
}

// problemOf turns a fault into a problem with the same code and values.
func problemOf(err error) *Problem {
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil
	}
	p := &Problem{Field: f.Field, Code: f.Code, Params: map[string]string{}}
	for name, value := range f.Params {
		p.Params[name] = fmt.Sprint(value)
	}
	return p
}

// fault turns a problem into one that stops what the author asked for.
func (p *Problem) fault() error {
	f := fault.New(fault.Invalid, p.wordsID(), "%s", p.Words("en")).On(p.Field)
	for name, value := range p.Params {
		f = f.With(name, value)
	}
	return f
}
