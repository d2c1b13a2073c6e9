package flow

import (
	"slices"
	"strconv"
	"strings"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
)

// ask asks the question of a block in these words and waits for the answer.
func (p *play) ask(b Block, text string) {
	if b.Kind == Menu {
		p.offer(b, text)
	} else {
		p.say(text)
	}
	tries := p.turn.State.Tries
	p.wait(ForAnswer, b.Minutes)
	p.turn.State.Tries = tries
}

// offer shows the choices of a menu: up to three short ones as buttons, others as a list, with numbers where nothing can be tapped.
func (p *play) offer(b Block, text string) {
	if text = strings.TrimSpace(Fill(text, p.values())); text == "" {
		text = p.fixed("open") // a menu needs words, and its values were empty
	}
	if !p.in.Menus {
		lines := make([]string, len(b.Options))
		for i, o := range b.Options {
			lines[i] = strconv.Itoa(i+1) + ". " + o.Title
		}
		p.said(Said{Text: Cut(text+"\n\n"+strings.Join(lines, "\n"), maxText)})
		return
	}
	m := channel.Menu{}
	if len(b.Options) > maxButtons || slices.ContainsFunc(b.Options, func(o Option) bool { return len([]rune(o.Title)) > maxButton }) {
		m.Button = p.fixed("open")
	}
	for _, o := range b.Options {
		m.Options = append(m.Options, Row(p.payload(b, o), o.Title))
	}
	p.said(Said{Text: Cut(text, maxBody), Menu: &m})
}

func (p *play) payload(b Block, o Option) string {
	return Mark + p.turn.State.Flow.String() + ":" + b.ID + ":" + o.ID
}

// Row is a choice as it is sent: a title too long for one stands whole under it.
func Row(id, title string) channel.Option { return conversation.Choice{ID: id, Title: title}.Row("") }

// hear takes what a person said.
func (p *play) hear() {
	switch p.tapped() {
	case found:
		return
	case past:
		p.say(p.fixed("gone"))
		if p.turn.State.Waits == ForAnswer && p.back() {
			p.again("")
		}
		return
	}
	if p.parts() {
		p.run(Back)
		return
	}
	s := &p.turn.State
	if s.Waits != ForAnswer { // the outside or time is waited for
		s.Heard = Cut(p.in.Text, maxValue)
		s.More = Cut(strings.TrimSpace(s.More+"\n"+p.in.Text), maxMore)
		return
	}
	if !p.back() {
		return
	}
	if p.in.At != 0 && p.in.At+clockStep <= s.AskedAt {
		p.log("early", p.in.Text)
		return
	}
	switch p.at.Kind {
	case Menu:
		if o, ok := p.written(); ok {
			p.choose(p.at, o)
			return
		}
	case Brain:
		if words := strings.TrimSpace(p.in.Text); words != "" {
			s.Heard = Cut(words, maxValue)
			p.log("answered", words)
			p.call(Call{Brain: p.at.Brain, Text: Cut(words, maxText), Talk: s.Talk})
			return
		}
	default:
		if value, ok := p.at.Answer.read(p.in); ok {
			s.Heard, s.Tries = value, 0
			p.log("answered", value)
			p.keep(p.at.Name, value)
			p.run(p.to(p.at.Then))
			return
		}
	}
	p.misunderstood()
}

// misunderstood asks again, so often as the block says.
func (p *play) misunderstood() {
	s := &p.turn.State
	if p.in.At != 0 && p.in.At < s.AskedAt+readFor {
		p.log("early", p.in.Text)
		return
	}
	p.log("misunderstood", p.in.Text)
	s.Tries++
	if s.Tries >= p.tries() {
		s.Tries, s.Heard = 0, Cut(p.in.Text, maxValue)
		p.run(p.orPeople(p.at.Else))
		return
	}
	p.again(p.at.Retry)
}

func (p *play) tries() int {
	if p.at.Tries > 0 {
		return p.at.Tries
	}
	return usualTries
}

// again asks the question the conversation waits in once more; with words of its own, if there are some.
func (p *play) again(text string) {
	if text == "" {
		text = p.at.Text
	}
	if p.at.Kind == Brain {
		if text == "" {
			text = p.fixed("words")
		}
		tries := p.turn.State.Tries
		p.say(text)
		p.wait(ForAnswer, p.at.Minutes)
		p.turn.State.Tries = tries
		return
	}
	p.ask(p.at, text)
}

// What a tapped choice turned out to be.
const (
	found   = "found"
	past    = "past"    // of a block or a choice that is no more
	nothing = "nothing" // no choice of a flow
)

// tapped takes a tapped choice, of whatever menu of whatever day, if it still exists.
func (p *play) tapped() string {
	rest, ours := strings.CutPrefix(p.in.Payload, Mark)
	part := strings.Split(rest, ":")
	if !ours || len(part) != 3 {
		return nothing
	}
	id, err := db.ParseID(part[0])
	if err != nil {
		return past
	}
	v := p.v
	if id != p.turn.State.Flow {
		if v, ours = p.book(id, 0); !ours {
			return past
		}
	}
	i := v.index(part[1])
	if i < 0 || v.Flow.Blocks[i].Kind != Menu {
		return past
	}
	b := v.Flow.Blocks[i]
	j := slices.IndexFunc(b.Options, func(o Option) bool { return o.ID == part[2] })
	if j < 0 {
		return past
	}
	p.under(v)
	p.choose(b, b.Options[j])
	return found
}

// written gives the choice whose place in the menu or whose title was written.
func (p *play) written() (Option, bool) {
	all := p.at.Options
	if n, _ := conversation.Place(p.in.Text); n > 0 && n <= len(all) {
		return all[n-1], true
	}
	words := Fold(p.in.Text)
	i := slices.IndexFunc(all, func(o Option) bool { return words == Fold(o.Title) || words == Fold(Row("", o.Title).Title) })
	if i < 0 || words == "" {
		return Option{}, false
	}
	return all[i], true
}

func (p *play) choose(b Block, o Option) {
	p.at = b
	p.turn.State.Heard, p.turn.State.Tries = o.Title, 0
	p.log("answered", o.Title)
	p.keep(b.Name, o.Title)
	p.run(p.to(o.Then))
}

// decide gives where the first case that holds leads.
func (p *play) decide(b Block) string {
	values := p.values()
	for _, c := range b.Cases {
		if c.Holds(values) {
			p.log("went", c.Name+" "+c.Op+" "+c.Value)
			return p.to(c.Then)
		}
	}
	p.log("went", "")
	return p.to(b.Else)
}

// Holds tells whether the case does with these values; what it is compared with may name some, too.
func (c Case) Holds(values map[string]string) bool {
	value, wanted := strings.TrimSpace(values[c.Name]), strings.TrimSpace(Fill(c.Value, values))
	n, isNumber := number(value)
	limit, limited := number(wanted)
	switch c.Op {
	case Is:
		return Fold(value) == Fold(wanted) || isNumber && limited && n == limit
	case IsNot:
		return Fold(value) != Fold(wanted) && !(isNumber && limited && n == limit)
	case Contains:
		return wanted != "" && strings.Contains(Fold(value), Fold(wanted))
	case Above:
		return isNumber && limited && n > limit
	case Under:
		return isNumber && limited && n < limit
	case Filled:
		return value != ""
	case Empty:
		return value == ""
	}
	return false
}

// think begins a talk with a brain: with what the person said, or with words of the block.
func (p *play) think(b Block) string {
	p.turn.State.Talk, p.turn.State.More, p.turn.State.Tries = nil, "", 0
	if words := p.turn.State.Heard; b.Text == "" && words != "" {
		p.log("called", words)
		p.call(Call{Brain: b.Brain, Text: words})
		return ""
	}
	p.log("asked", b.Text)
	p.say(b.Text)
	p.wait(ForAnswer, b.Minutes)
	return ""
}

// hearBrain says what a brain said, and lets the person answer.
func (p *play) hearBrain(o Outcome) {
	s := &p.turn.State
	if o.Failed == "" && len(o.Say) == 0 && !o.Handoff && !o.End {
		o.Failed = "flow.call.empty"
	}
	if o.Failed != "" {
		p.log("failed", o.Failed)
		p.run(p.orPeople(p.at.Else))
		return
	}
	said := o.Say[:min(len(o.Say), maxSays)]
	p.log("got", strings.Join(said, "\n"))
	for _, text := range said {
		if text = Cut(strings.TrimSpace(text), maxText); text != "" {
			p.said(Said{Text: text}) // not filled: a stranger's words name nothing of ours
		}
	}
	s.Talk = append(slices.Clone(s.Talk), Exchange{Asked: s.Heard, Answered: Cut(strings.Join(said, "\n"), maxText)})
	s.Talk = s.Talk[max(0, len(s.Talk)-maxTalk):]
	more := s.More
	s.More = ""
	if s.Tries++; !o.Lost {
		s.Tries = 0
	}
	switch {
	case o.Handoff:
		p.handOff(p.at.Queue, 0)
	case o.End:
		p.run(p.to(p.at.Then))
	case s.Tries >= p.tries():
		s.Tries = 0
		p.log("misunderstood", s.Heard)
		p.run(p.orPeople(p.at.Else))
	case more != "" && s.Silent < maxSilent:
		s.Silent++
		s.Heard = Cut(more, maxValue)
		p.call(Call{Brain: p.at.Brain, Text: more, Talk: s.Talk})
	default:
		p.wait(ForAnswer, p.at.Minutes)
	}
}
