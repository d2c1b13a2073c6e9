package flow

import (
	"fmt"
	"slices"

	"recado/internal/db"
)

// Entrance gives the block a conversation begins at that was sent to one: the block itself, with People the first one that hands over
// to people, and the first block of all where there is none such. "" when the flow has no block.
func (f Flow) Entrance(wanted string) string {
	if i := f.find(wanted); i >= 0 {
		return f.Blocks[i].ID
	}
	if len(f.Blocks) == 0 {
		return ""
	}
	return f.Blocks[0].ID
}

// Has tells whether a conversation can be sent to a block, or with People to one that hands over to people.
func (f Flow) Has(wanted string) bool { return f.find(wanted) >= 0 }

func (f Flow) find(wanted string) int {
	return slices.IndexFunc(f.Blocks, func(b Block) bool { return b.ID == wanted || wanted == People && b.Kind == Handoff })
}

// way is one way out of a block.
type way struct {
	field, to string
	person    bool // taken only when the person said something
}

// ways are all ways out of a block of a flow, with targets resolved: the id of a block, Finish, People, or "" where there is nothing below.
func (f Flow) ways(i int) (all []way) {
	b := f.Blocks[i]
	below := ""
	if i+1 < len(f.Blocks) {
		below = f.Blocks[i+1].ID
	}
	add := func(field, target, empty string, person bool) {
		if target == "" {
			target = empty
		}
		all = append(all, way{field, target, person})
	}
	switch b.Kind {
	case Handoff, End, GoTo:
		return nil
	case Menu:
		for j, o := range b.Options {
			add(fmt.Sprintf("options.%d.then", j), o.Then, below, true)
		}
	case Condition:
		for j, c := range b.Cases {
			add(fmt.Sprintf("cases.%d.then", j), c.Then, below, false)
		}
		add("else", b.Else, below, false)
		return all
	default:
		add("then", b.Then, below, b.Kind == Ask || b.Kind == Child)
	}
	if b.Kind == Ask || b.Kind == Menu || b.Kind == HTTP || b.Kind == Brain {
		add("else", b.Else, People, b.Kind == Ask || b.Kind == Menu)
	}
	if (b.Kind == Ask || b.Kind == Menu || b.Kind == Brain) && b.Minutes > 0 {
		add("late", b.Late, People, false)
	}
	return all
}

// targets finds ways that lead nowhere: to a block that is no more, or below the last one.
func (c *checker) targets() {
	for _, w := range c.flow.ways(c.index(c.at.ID)) {
		switch {
		case w.to == "":
			c.wrong(w.field, "flow.dead_end", "Nothing comes after this. Say where it goes on.")
		case w.to != Finish && w.to != People && w.to != Back && c.index(w.to) < 0:
			c.wrong(w.field, "flow.no_target", "The block it goes on at was deleted.")
		}
	}
}

func (c *checker) index(id string) int {
	return slices.IndexFunc(c.flow.Blocks, func(b Block) bool { return b.ID == id })
}

// place is a block of a flow, and the block of the router one came through: its number from 1; 0: through none.
type place struct {
	flow   db.ID
	block  int
	router db.ID
	came   int
}

// paths finds blocks nobody gets to, and circles that never wait for the person.
func (c *checker) paths() {
	reached := map[int]bool{}
	c.reach(0, reached)
	for i, b := range c.flow.Blocks {
		if !reached[i] {
			c.at = b
			c.add(false, "", "flow.unreachable", "Nobody gets to this block.", nil)
		}
	}
	// Every block of this flow that can come back to itself in silence stands on such a circle; the first one is named.
	for i, b := range c.flow.Blocks {
		for _, from := range append([]place{{}}, c.comings()...) {
			from.flow, from.block = c.id, i
			if c.circles(from) {
				c.at = b
				c.wrong("", "flow.loop", "From here it goes round for ever without waiting for the person.")
				return
			}
		}
	}
}

// comings are the ways through a router into this flow.
func (c *checker) comings() (all []place) {
	for id, v := range c.world.Flows {
		for i, b := range v.Flow.Blocks {
			if b.Kind == Child && b.Flow == c.id && id != c.id {
				all = append(all, place{router: id, came: i + 1})
			}
		}
	}
	return all
}

func (c *checker) reach(i int, reached map[int]bool) {
	if i < 0 || reached[i] {
		return
	}
	reached[i] = true
	for _, w := range c.flow.ways(i) {
		c.reach(c.index(w.to), reached)
	}
}

func (c *checker) circles(from place) bool {
	seen, todo := map[place]bool{}, c.silent(from)
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if at == from {
			return true
		}
		if !seen[at] {
			seen[at] = true
			todo = append(todo, c.silent(at)...)
		}
	}
	return false
}

// silent are the places that come after one without a word of the person, in this flow and the published ones.
func (c *checker) silent(at place) (next []place) {
	f := c.flowOf(at.flow)
	if at.block >= len(f.Blocks) {
		return nil
	}
	b, to := f.Blocks[at.block], at
	switch to.flow, to.block = b.Flow, 0; {
	case b.Kind == GoTo && len(c.flowOf(b.Flow).Blocks) > 0:
		if c.flowOf(b.Flow).Routes() {
			to.router, to.came = 0, 0
		}
		return append(next, to)
	case b.Kind == Child && at.came == 0 && len(c.flowOf(b.Flow).Blocks) > 0:
		to.router, to.came = at.flow, at.block+1
		return append(next, to)
	}
	for _, w := range f.ways(at.block) {
		to, in := at, f
		if w.to == Back && at.came > 0 { // behind the router's block
			to, in = place{flow: at.router}, c.flowOf(at.router)
			w.to = in.ways(at.came - 1)[0].to
		}
		to.block = slices.IndexFunc(in.Blocks, func(b Block) bool { return b.ID == w.to })
		if to.block >= 0 && !w.person {
			next = append(next, to)
		}
	}
	return next
}

func (c *checker) flowOf(id db.ID) Flow {
	if id == c.id {
		return c.flow
	}
	return c.world.Flows[id].Flow
}
