package flow

import (
	"slices"

	"recado/internal/db"
)

// Routes tells whether a flow is a router: it hands people to child flows (A12).
func (f Flow) Routes() bool {
	return slices.ContainsFunc(f.Blocks, func(b Block) bool { return b.Kind == Child })
}

// child gives the block that leads to a child; ok is false when none does.
func (f Flow) child(id db.ID) (b Block, ok bool) {
	i := slices.IndexFunc(f.Blocks, func(b Block) bool { return b.Kind == Child && b.Flow == id })
	if i < 0 {
		return Block{}, false
	}
	return f.Blocks[i], true
}

// enterChild lets a child talk. A child has no children: what would nest goes to people.
func (p *play) enterChild(b Block) string {
	child, ok := p.book(b.Flow, 0)
	if !ok || len(child.Flow.Blocks) == 0 || p.turn.State.Router != nil || child.Flow.Routes() {
		p.lost(b.ID, "gone", "")
		return ""
	}
	p.log("went", child.Name)
	p.into(child, b)
	return child.Flow.Entrance("")
}

// into stands in a child. One with the router context off knows nothing of what the router knows.
func (p *play) into(child Version, b Block) {
	s := &p.turn.State
	s.Router = &Router{Flow: s.Flow, Version: s.Version, Block: b.ID, Child: child.ID, Minutes: b.Minutes, Apart: !child.Flow.Context}
	if s.Router.Apart {
		s.Router.Values, s.Values, s.Heard = s.Values, nil, ""
	}
	p.v, s.Flow, s.Version, s.Talk = child, child.ID, child.Number, nil
}

// leave forgets the router and what only the child knows; where the conversation stands is for the caller to say.
func (p *play) leave() {
	s := &p.turn.State
	if s.Router != nil && s.Router.Apart {
		s.Values, s.Heard = s.Router.Values, ""
	}
	s.Router = nil
}

// goBack leaves a child and gives where its router goes on; "" when people took over.
func (p *play) goBack() string {
	r := p.turn.State.Router
	if r == nil {
		p.handOff(0, 0)
		return ""
	}
	p.leave()
	if !p.open(r.Flow, r.Version) {
		p.lost(r.Block, "gone", "")
		return ""
	}
	i := p.v.index(r.Block)
	if i < 0 {
		p.lost(r.Block, "gone", "")
		return ""
	}
	p.at, p.turn.State.Talk, p.turn.State.Tries = p.v.Flow.Blocks[i], nil, 0
	p.log("returned", "")
	return p.to(p.at.Then)
}

// resume stands in the child a person is in, or is sent to. It is false when the router leads there no more, or the child shares no context.
func (p *play) resume(id db.ID) bool {
	b, leads := p.v.Flow.child(id)
	child, ok := p.book(id, 0)
	if !leads || !ok || len(child.Flow.Blocks) == 0 || !child.Flow.Context || child.Flow.Routes() {
		return false
	}
	p.at = b
	p.log("went", child.Name)
	p.into(child, b)
	return true
}

// under stands in the flow of a tapped choice, with the router in mind: that flow is the router, a child of it, or neither.
func (p *play) under(v Version) {
	s := &p.turn.State
	if v.ID == s.Flow {
		return
	}
	router := p.v
	if r := s.Router; r != nil {
		p.leave()
		router, _ = p.book(r.Flow, r.Version)
		s.Flow, s.Version = router.ID, router.Number
	}
	if b, leads := router.Flow.child(v.ID); leads && !v.Flow.Routes() {
		p.into(v, b)
		return
	}
	p.v, s.Flow, s.Version = v, v.ID, v.Number
}

// parts tells whether a person leaves a child: with one of the router's words, or after a silence longer than the router's block says.
func (p *play) parts() bool {
	s := p.turn.State
	if s.Router == nil {
		return false
	}
	if s.Router.Minutes > 0 && s.AskedAt > 0 && p.in.Now > s.AskedAt+s.Router.Minutes*60_000 {
		return true
	}
	router, _ := p.book(s.Router.Flow, s.Router.Version)
	said := Fold(p.in.Text)
	return said != "" && slices.ContainsFunc(router.Flow.Leave, func(word string) bool { return Fold(word) == said })
}

// stay is what is remembered of a person in a child; nil: nothing is.
func (r *Router) stay(now int64) *Stay {
	if r.Apart || r.Minutes <= 0 {
		return nil
	}
	return &Stay{Router: r.Flow, Child: r.Child, Until: now + r.Minutes*60_000}
}
