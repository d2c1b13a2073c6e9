package bot

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/flow"
)

// OpenAsFlow makes a flow that does what the tabs of a number's chatbot do, as a draft to be edited on. The number goes on with its tabs
// until it begins with the flow. It needs edit in the area automation and fails with NotFound for a number of elsewhere.
func (r *Room) OpenAsFlow(ctx context.Context, actor account.Actor, number db.ID) (f Flow, err error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Flow{}, err
	}
	b, err := r.Get(ctx, actor.Workspace, number)
	if err != nil {
		return Flow{}, err
	}
	box, err := r.inboxes.Get(ctx, actor.Workspace, number)
	if err != nil {
		return Flow{}, err
	}
	hours, err := r.inboxes.Hours(ctx, actor.Workspace, number)
	if err != nil {
		return Flow{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := roomForFlow(ctx, tx, actor.Workspace); err != nil {
			return err
		}
		known, err := queuesIn(ctx, tx, actor.Workspace)
		if err != nil {
			return err
		}
		taken, err := db.All[string](ctx, tx, "select name_key from flows where workspace_id = $1", actor.Workspace)
		if err != nil {
			return fmt.Errorf("names of flows: %w", err)
		}
		f = Flow{ID: tx.NewID(), Name: freeName(box.Label, taken), Draft: b.Settings.alive(known).AsFlow(hours.Unavailable.On), Revision: 1}
		return f.store(ctx, tx, actor)
	})
	return f, err
}

// freeName is a name no flow has yet.
func freeName(label string, taken []string) string {
	label = flow.Cut(label, maxFlowName-4)
	for n := 2; ; n++ {
		name := label
		if n > 2 {
			name = fmt.Sprintf("%s %d", label, n-1)
		}
		if !slices.Contains(taken, flow.Fold(name)) {
			return name
		}
	}
}

// AsFlow is a flow that says and does what the settings do, and leads to the same people. excuses tells that the number says so itself
// when nobody answers: then the words before the service are left out, as the settings leave them out.
//
// A flow does not express all: words after the service stay those of the settings; a menu of more than ten choices is asked in two
// parts, whose numbers begin anew; an old menu that is tapped again leads on from itself, not from the menu shown last; and a choice that
// was written before its menu was sent is not taken.
func (s Settings) AsFlow(excuses bool) flow.Flow {
	m := maker{Settings: s, excuses: excuses && s.Service.Before != ""}
	m.greet()
	p := &play{Settings: s}
	if p.asksFAQ() {
		m.menu("faq", s.FAQ.Text, p.choices(inFAQ))
	}
	if p.asksQueues() {
		m.menu("queues", s.Queues.Text, p.choices(inQueues))
	}
	m.answers()
	m.people()
	return flow.Flow{Language: s.Language, Blocks: m.blocks}
}

// maker writes the blocks of a flow.
type maker struct {
	Settings
	excuses bool
	blocks  []flow.Block
}

func (m *maker) add(b flow.Block) { m.blocks = append(m.blocks, b) }

// The block each way of the chatbot leads to.
func (m *maker) start() string {
	if p := (&play{Settings: m.Settings}); p.asksFAQ() {
		return "faq"
	}
	return m.toPeople()
}

func (m *maker) toPeople() string {
	if p := (&play{Settings: m.Settings}); p.asksQueues() {
		return "queues"
	}
	return "default"
}

// greet meets who is new, and who is back.
func (m *maker) greet() {
	var cases []flow.Case
	var said []flow.Block
	for _, one := range []struct{ who, id, text string }{{NewPerson, "first", m.Greeting.First}, {Back, "return", m.Greeting.Return}} {
		if one.text != "" {
			cases = append(cases, flow.Case{Name: "visit", Op: flow.Is, Value: one.who, Then: one.id})
			said = append(said, flow.Block{ID: one.id, Kind: flow.Say, Text: one.text, Then: m.start()})
		}
	}
	if len(cases) > 0 {
		m.add(flow.Block{ID: "visit", Kind: flow.Condition, Cases: cases, Else: m.start()})
	}
	m.blocks = append(m.blocks, said...)
}

// menu offers the choices of a stage; those that do not fit come in a second part.
func (m *maker) menu(id, text string, all []choice) {
	otherwise := m.toPeople()
	if id == "queues" {
		otherwise = "default"
	}
	for part := 1; len(all) > 0; part++ {
		shown, rest := all, []choice(nil)
		if len(all) > maxRows {
			shown, rest = all[:maxRows-1], all[maxRows-1:]
		}
		b := flow.Block{ID: id, Kind: flow.Menu, Text: text, Else: otherwise}
		if part > 1 {
			b.ID = fmt.Sprint(id, part)
		}
		for _, c := range shown {
			to, _ := m.way(c.id)
			b.Options = append(b.Options, flow.Option{ID: fmt.Sprint("o", len(b.Options)+1), Title: c.title, Then: to})
		}
		if len(rest) > 0 {
			b.Options = append(b.Options, flow.Option{ID: "more", Title: m.fixed("more"), Then: fmt.Sprint(id, part+1)})
		}
		m.add(b)
		all = rest
	}
}

// way gives the block a choice of a menu leads to.
func (m *maker) way(id string) (block string, ok bool) {
	for i, q := range m.FAQ.Questions {
		if id == "question:"+q.ID {
			return fmt.Sprint("answer", i+1), true
		}
	}
	for i, o := range m.Queues.Options {
		if id == "queue:"+o.Queue.String() {
			return fmt.Sprint("queue", i+1), true
		}
	}
	switch id {
	case "person":
		return m.toPeople(), true
	case "links":
		return "links", true
	}
	return "default", id == "other"
}

// answers are said, and the first menu follows again.
func (m *maker) answers() {
	p := &play{Settings: m.Settings}
	if p.asksFAQ() {
		for i, q := range m.FAQ.Questions {
			m.add(flow.Block{ID: fmt.Sprint("answer", i+1), Kind: flow.Say, Text: q.Answer, Then: "faq"})
		}
	}
	if links := p.linksIf(m.Links.Menu); links != "" && (p.asksFAQ() || p.asksQueues()) {
		m.add(flow.Block{ID: "links", Kind: flow.Say, Text: links, Then: m.start()})
	}
}

// people are the queues of the menu, and the default one.
func (m *maker) people() {
	if p := (&play{Settings: m.Settings}); p.asksQueues() {
		for i, o := range m.Queues.Options {
			m.handOff(fmt.Sprint("queue", i+1), o.Queue)
		}
	}
	m.handOff("default", m.DefaultQueue)
}

func (m *maker) handOff(id string, queue db.ID) {
	spoken := flow.Block{ID: id, Kind: flow.Handoff, Text: m.Service.Before, Queue: queue}
	if !m.excuses {
		m.add(spoken)
		return
	}
	m.add(flow.Block{ID: id, Kind: flow.Condition, Cases: []flow.Case{{Name: "hours", Op: flow.Is, Value: "closed", Then: id + "quiet"}}, Else: id + "said"})
	spoken.ID = id + "said"
	m.add(spoken)
	m.add(flow.Block{ID: id + "quiet", Kind: flow.Handoff, Queue: queue})
}
