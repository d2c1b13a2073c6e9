package flow

import (
	"slices"
	"strconv"
	"strings"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/words"
)

const (
	maxSilent  = 60     // blocks in a row without a word of the person: then people take over
	readFor    = 2_000  // milliseconds: what is no answer and came that soon after a question was written before it was read
	clockStep  = 1_000  // of the provider's clock
	patience   = 60_000 // milliseconds of a call, when the input says nothing
	usualTries = 2
	maxTalk    = 10 // exchanges that are remembered
	maxMore    = 4000
	maxLogged  = 300
	// Mark begins the payload of every choice of a flow, so that an old one is known as ours.
	Mark = "flow:"
)

// Step is what a flow does about one input. It knows nothing but what it is given and changes nothing. An input that cannot be is no
// input: the turn says nothing and leaves the state as it was.
func (b Book) Step(state State, in Input) Turn {
	p := play{book: b, in: in, turn: Turn{State: state}}
	switch {
	case in.Kind == Began, in.Kind == Wrote && state.Block == "":
		p.begin()
	case !p.open(state.Flow, state.Version):
		p.lost("", "gone", "")
	case in.Kind == Wrote:
		p.turn.State.Silent = 0
		p.hear()
	case in.Serial != state.Serial || state.Waits == "":
	case in.Kind == Due && in.Now >= state.Until && state.Until != 0:
		p.due()
	case in.Kind == Answered && state.Waits == ForCall:
		p.answered(in.Outcome)
	}
	if r := p.turn.State.Router; r != nil {
		p.turn.Stays = r.stay(in.Now)
	}
	return p.turn
}

// play is one step being made.
type play struct {
	book Book
	v    Version
	in   Input
	turn Turn
	at   Block // whose turn it is
}

// open takes the version of a flow that is played; false: there is none.
func (p *play) open(id db.ID, number int64) (ok bool) {
	v, ok := p.book(id, number)
	if ok = ok && len(v.Flow.Blocks) > 0; ok {
		p.v, p.turn.State.Flow, p.turn.State.Version = v, id, v.Number
	}
	return ok
}

func (p *play) begin() {
	p.turn.State = State{Flow: p.turn.State.Flow, Heard: Cut(p.in.Text, maxValue), Visit: p.in.Visit, Serial: p.turn.State.Serial}
	if !p.open(p.turn.State.Flow, 0) {
		p.lost("", "gone", "")
		return
	}
	switch {
	case p.tapped() == found:
	case p.in.Child == 0:
		p.run(p.v.Flow.Entrance(p.in.Entrance))
	case p.resume(p.in.Child):
		p.run(p.v.Flow.Entrance(p.in.Entrance))
	default:
		p.run(p.v.Flow.Entrance(""))
	}
}

// run goes from block to block until one waits, or the flow is over.
func (p *play) run(at string) {
	for at != "" {
		if p.turn.State.Silent >= maxSilent {
			p.lost(at, "looped", "")
			return
		}
		p.turn.State.Silent++
		switch at {
		case Finish:
			p.end()
			return
		case People:
			p.handOff(0, 0)
			return
		case Back:
			at = p.goBack()
			continue
		}
		i := p.v.index(at)
		if i < 0 {
			p.lost(at, "gone", "")
			return
		}
		p.at = p.v.Flow.Blocks[i]
		at = p.enter(p.at)
	}
}

func (v Version) index(id string) int {
	return slices.IndexFunc(v.Flow.Blocks, func(b Block) bool { return b.ID == id })
}

// to is where a target of the block leads: the id of a block, Finish or People.
func (p *play) to(target string) string {
	if target != Below {
		return target
	}
	if i := p.v.index(p.at.ID); i >= 0 && i+1 < len(p.v.Flow.Blocks) {
		return p.v.Flow.Blocks[i+1].ID
	}
	return People
}

// orPeople is to, for targets whose empty form means people.
func (p *play) orPeople(target string) string {
	if target == "" {
		return People
	}
	return target
}

// enter does what a block does and gives where it goes on; "" when it waits or is over.
func (p *play) enter(b Block) string {
	switch b.Kind {
	case Say:
		p.log("said", b.Text)
		p.tell(b)
	case Ask, Menu:
		p.log("asked", b.Text)
		p.ask(b, b.Text)
		return ""
	case Condition:
		return p.decide(b)
	case Set:
		p.keep(b.Name, Fill(b.Value, p.values()))
	case HTTP:
		if b.Request == nil {
			p.log("failed", "")
			return p.orPeople(b.Else)
		}
		p.log("called", b.Request.URL)
		p.call(Call{Request: b.Request.Filled(p.values())})
		return ""
	case Wait:
		return p.pass(b)
	case Handoff:
		p.say(b.Text)
		p.handOff(b.Queue, b.Agent)
		return ""
	case Child:
		return p.enterChild(b)
	case GoTo:
		if v, _ := p.book(b.Flow, 0); v.Flow.Routes() {
			p.leave()
		}
		if !p.open(b.Flow, 0) {
			p.lost(b.ID, "gone", "")
			return ""
		}
		p.log("went", p.v.Name)
		p.turn.State.Talk = nil
		return p.v.Flow.Blocks[0].ID
	case Brain:
		return p.think(b)
	case End:
		p.say(b.Text)
		return Finish
	}
	return p.to(b.Then)
}

// wait stays at the block: for an answer, for time, for the outside.
func (p *play) wait(what string, minutes int64) {
	s := &p.turn.State
	s.Block, s.Waits, s.AskedAt, s.Until = p.at.ID, what, p.in.Now, 0
	s.Serial++
	if minutes > 0 {
		s.Until = p.in.Now + minutes*60_000
	}
}

func (p *play) call(c Call) {
	p.wait(ForCall, 0)
	p.turn.State.Until = p.in.Now + patience
	if p.in.Patience > 0 {
		p.turn.State.Until = p.in.Now + p.in.Patience
	}
	c.Serial, c.Block, c.Language = p.turn.State.Serial, p.at.ID, p.v.Flow.Language
	p.turn.Call = &c
}

// due goes on when the time has come.
func (p *play) due() {
	if !p.back() {
		return
	}
	switch p.turn.State.Waits {
	case ForTime:
		p.passed()
	case ForAnswer:
		p.log("late", "")
		p.run(p.orPeople(p.at.Late))
	case ForCall:
		p.answered(Outcome{Failed: "flow.call.late"})
	}
}

// back takes up the block the conversation waits in.
func (p *play) back() bool {
	i := p.v.index(p.turn.State.Block)
	if i < 0 {
		p.lost(p.turn.State.Block, "gone", "")
		return false
	}
	p.at = p.v.Flow.Blocks[i]
	return true
}

// answered takes what the outside said.
func (p *play) answered(o Outcome) {
	if !p.back() {
		return
	}
	if p.at.Kind == Brain {
		p.hearBrain(o)
		return
	}
	if o.Failed != "" || p.at.Request == nil {
		p.log("failed", o.Failed)
		p.run(p.orPeople(p.at.Else))
		return
	}
	p.log("got", "")
	for _, wanted := range p.at.Request.Results {
		if value, got := o.Values[wanted.Name]; got {
			p.keep(wanted.Name, value)
		}
	}
	p.run(p.to(p.at.Then))
}

func (p *play) end() {
	p.log("ended", "")
	p.turn.Ended = true
	p.turn.State = State{}
}

// lost gives up: people help where the flow cannot.
func (p *play) lost(block, why, text string) {
	p.at = Block{ID: block}
	p.log(why, text)
	p.handOff(0, 0)
}

func (p *play) handOff(queue, agent db.ID) {
	p.log("handed", "")
	if r := p.turn.State.Router; r != nil {
		p.turn.Stays = r.stay(p.in.Now)
	}
	p.turn.Handoff, p.turn.Queue, p.turn.Agent, p.turn.State = true, queue, agent, State{}
}

func (p *play) log(did, text string) {
	s := p.turn.State
	p.turn.Log = append(p.turn.Log, Line{Flow: s.Flow, Version: s.Version, Block: p.at.ID, Kind: p.at.Kind, Did: did, Text: Cut(text, maxLogged)})
}

// say says words.
func (p *play) say(text string) {
	if text = Cut(strings.TrimSpace(Fill(text, p.values())), maxText); text != "" {
		p.said(Said{Text: text})
	}
}

func (p *play) said(s Said) {
	s.What, s.Flow = "flow"+strconv.Itoa(len(p.turn.Said)), p.turn.State.Flow
	p.turn.Said = append(p.turn.Said, s)
}

// tell says what a say block says. A recording has no words of its own.
func (p *play) tell(b Block) {
	text := Cut(strings.TrimSpace(Fill(b.Text, p.values())), maxText)
	if b.File == 0 || b.Form == channel.Audio {
		p.say(b.Text)
		text = ""
	}
	if b.File != 0 {
		p.said(Said{Text: Cut(text, maxBody), File: b.File, Form: b.Form})
	}
	if at := b.Place; at != nil {
		p.said(Said{Place: &channel.Place{Latitude: at.Latitude, Longitude: at.Longitude, Name: at.Name, Address: at.Address}})
	}
}

// fixed gives words that cannot be edited, in the language of the flow.
func (p *play) fixed(id string) string { return words.Say(p.v.Flow.Language, "flow.fixed."+id, nil) }
