package bot

import (
	"slices"
	"strconv"
	"strings"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
)

// mark begins the payload of every choice, so that an old one is known as ours.
const mark = "bot:"

// choice is one line of a menu. Its id says what it does: question:…, person, links, queue:…, other, more:….
type choice struct{ id, title string }

// choices are all choices of a stage, in order.
func (p *play) choices(stage string) (all []choice) {
	if stage == inFAQ {
		for _, q := range p.FAQ.Questions {
			all = append(all, choice{"question:" + q.ID, q.Question})
		}
		all = p.withLinks(all)
		return append(all, choice{"person", p.FAQ.Person})
	}
	for _, o := range p.Queues.Options {
		all = append(all, choice{"queue:" + o.Queue.String(), o.Title})
	}
	if !p.asksFAQ() {
		all = p.withLinks(all)
	}
	return append(all, choice{"other", p.fixed("other")})
}

func (p *play) withLinks(all []choice) []choice {
	if p.linksIf(p.Links.Menu) == "" {
		return all
	}
	return append(all, choice{"links", p.Links.Caption})
}

// show asks a stage's question. A list has at most ten rows: with more choices its last row leads to the next ones.
func (p *play) show(stage string, from int) {
	text, all := p.FAQ.Text, p.choices(stage)
	if stage == inQueues {
		text = p.Queues.Text
	}
	state := State{Stage: stage, AskedAt: p.in.Now}
	for _, c := range all {
		state.Shown = append(state.Shown, c.id)
	}
	p.turn.State = state
	if !p.in.Menus {
		p.say("menu", text+"\n\n"+numbered(all))
		return
	}
	paged := len(all) > maxRows
	if rest := all[from:]; len(rest) > maxRows {
		all = append(slices.Clone(rest[:maxRows-1]), choice{"more:" + strconv.Itoa(from+maxRows-1), p.fixed("more")})
	} else {
		all = rest
	}
	m := channel.Menu{Button: p.fixed("open")}
	if !paged && len(all) <= maxButtons && !slices.ContainsFunc(all, func(c choice) bool { return len([]rune(c.title)) > maxButton }) {
		m.Button = ""
	}
	for _, c := range all {
		m.Options = append(m.Options, c.row())
	}
	p.turn.Said = append(p.turn.Said, Said{What: "menu", Text: flow.Cut(conversation.FillForPerson(text, p.in.Name, p.in.Number), maxWords), Menu: &m})
}

// more shows the choices of the menu that did not fit.
func (p *play) more(from string) {
	stage := p.turn.State.Stage
	if stage == "" {
		p.ask()
		return
	}
	at, err := strconv.Atoi(from)
	if err != nil || at < 0 || at >= len(p.choices(stage)) {
		at = 0
	}
	p.show(stage, at)
}

// row is a choice as it is sent.
func (c choice) row() channel.Option { return flow.Row(mark+c.id, c.title) }

func numbered(all []choice) string {
	lines := make([]string, len(all))
	for i, c := range all {
		lines[i] = strconv.Itoa(i+1) + ". " + c.title
	}
	return strings.Join(lines, "\n")
}

// tapped gives the choice that was tapped, of whatever menu; "" for none.
func (p *play) tapped() string {
	if id, ours := strings.CutPrefix(p.in.Payload, mark); ours {
		return id
	}
	// Menus sent before the chatbot had questions named a queue and nothing else.
	if slices.ContainsFunc(p.Queues.Options, func(o Option) bool { return p.in.Payload == o.Queue.String() }) {
		return "queue:" + p.in.Payload
	}
	return ""
}

// written gives the choice whose place in the menu or whose title was written; "" for none.
func (p *play) written() string {
	shown := p.turn.State.Shown
	if n, _ := conversation.Place(p.in.Text); n > 0 && n <= len(shown) {
		return shown[n-1]
	}
	words := flow.Fold(p.in.Text)
	if words == "" || p.turn.State.Stage == "" {
		return ""
	}
	for _, c := range p.choices(p.turn.State.Stage) {
		if words == flow.Fold(c.title) || words == flow.Fold(c.row().Title) {
			return c.id
		}
	}
	return ""
}

// alive leaves out the queues that are no more, and the default one, which a menu has at its end.
func (s Settings) alive(queues map[db.ID]bool) Settings {
	if !queues[s.DefaultQueue] {
		s.DefaultQueue = 0
	}
	s.Queues.Options = slices.DeleteFunc(slices.Clone(s.Queues.Options), func(o Option) bool {
		return !queues[o.Queue] || o.Queue == s.DefaultQueue
	})
	return s
}
