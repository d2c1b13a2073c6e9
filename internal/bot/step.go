package bot

import (
	"slices"
	"strings"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
)

// What can happen to a chatbot.
const (
	Opened = "opened" // a ticket was opened for it; Text and Payload are those of the message that did
	Wrote  = "wrote"  // the person said something
	Closed = "closed" // people ended their service
)

// Who a person is when a ticket is opened.
const (
	NewPerson = flow.NewPerson // their first ticket
	Back      = flow.BackAgain // they come back after the silence of Greeting.ReturnHours
	Amid      = flow.Amid      // they come back sooner: no greeting
)

// The stages: which menu is shown.
const (
	inFAQ    = "faq"
	inQueues = "queues"
)

const (
	askedSoon = 2_000 // milliseconds: what comes that soon after a menu was written before it was read
)

// Input is one thing that happens.
type Input struct {
	Kind    string // Opened, Wrote or Closed
	Who     string // with Opened: NewPerson, Back or Amid
	Text    string
	Payload string // of a tapped choice
	Title   string // its caption
	Media   bool   // the message is a file
	At      int64  // when it was said, by the provider's clock, Unix milliseconds; 0: not known
	Now     int64  // by our clock
	Name    string // of the person; may be empty
	Number  string // label of the number
	Menus   bool   // the channel shows choices to tap; otherwise they are written with numbers
}

// State is where a conversation stands in the chatbot. The zero value is a conversation nothing was asked in.
type State struct {
	Stage   string   `json:"stage,omitempty" enum:",faq,queues" doc:"the menu that was shown last; empty for none"`
	Shown   []string `json:"shown,omitempty" maxItems:"100" doc:"its choices, in order"`
	Strikes int      `json:"strikes,omitempty" doc:"answers in a row that were none of them"`
	AskedAt int64    `json:"asked_at,omitempty" doc:"when it was shown, Unix milliseconds"`
}

// Said is one message of the chatbot. What names it: at most one of a name answers one thing that happened.
type Said struct {
	What string        `json:"what" enum:"greeting,answer,links,gone,menu,before,after"`
	Text string        `json:"text"`
	Menu *channel.Menu `json:"menu,omitempty" doc:"choices to tap"`
}

// Turn is what a chatbot does about one input.
type Turn struct {
	Said    []Said
	State   State
	Handoff bool  // people take over …
	Queue   db.ID // … of this queue; 0: whoever serves the number
}

// Step is the chatbot: what it says to one input, and where the conversation stands then. It knows nothing else and changes
// nothing. An input that cannot be is no input.
func (s Settings) Step(state State, in Input) Turn {
	p := play{Settings: s, in: in, turn: Turn{State: state}}
	switch in.Kind {
	case Opened:
		p.meet()
	case Wrote:
		p.hear()
	case Closed:
		p.say("after", strings.TrimSpace(s.Service.After+"\n\n"+p.linksIf(s.Links.After)))
	}
	return p.turn
}

// play is one step being made.
type play struct {
	Settings
	in   Input
	turn Turn
}

func (p *play) say(what, text string) {
	if text = flow.Cut(conversation.FillForPerson(text, p.in.Name, p.in.Number), maxAnswer); text != "" {
		p.turn.Said = append(p.turn.Said, Said{What: what, Text: text})
	}
}

// meet greets, and takes a tapped choice of an earlier menu as an answer.
func (p *play) meet() {
	p.turn.State = State{}
	switch p.in.Who {
	case NewPerson:
		p.say("greeting", p.Greeting.First)
	case Back:
		p.say("greeting", p.Greeting.Return)
	}
	if !p.choose(p.tapped()) {
		p.ask()
	}
}

// hear takes what a person says as a choice. The first time it is none the menu is shown again, the second time people help.
func (p *play) hear() {
	state := &p.turn.State
	id := p.tapped()
	if id == "" {
		id = p.written()
	}
	switch {
	case p.choose(id):
	case state.Stage == "":
		p.ask()
	case p.in.At != 0 && p.in.At < state.AskedAt+askedSoon:
		// written before the menu was read: the menu answers it
	case state.Strikes == 0:
		p.again()
		if !p.turn.Handoff {
			state.Strikes = 1
		}
	case state.Stage == inFAQ:
		p.toPeople()
	default:
		p.handOff(p.DefaultQueue)
	}
}

// choose does what a choice says. It is false when the id names none.
func (p *play) choose(id string) bool {
	kind, which, _ := strings.Cut(id, ":")
	switch kind {
	case "question":
		i := slices.IndexFunc(p.FAQ.Questions, func(q Question) bool { return q.ID == which })
		if i < 0 || !p.FAQ.On {
			return p.gone()
		}
		p.say("answer", p.FAQ.Questions[i].Answer)
		p.again()
	case "person":
		p.toPeople()
	case "links":
		links := p.linksIf(p.Links.Menu)
		if links == "" {
			return p.gone()
		}
		p.say("links", links)
		p.again()
	case "queue":
		i := slices.IndexFunc(p.Queues.Options, func(o Option) bool { return o.Queue.String() == which })
		if i < 0 || !p.Queues.On {
			return p.gone()
		}
		p.handOff(p.Queues.Options[i].Queue)
	case "other":
		p.handOff(p.DefaultQueue)
	case "more":
		p.more(which)
	default:
		return false
	}
	return true
}

// gone answers a choice of an old menu that is no more.
func (p *play) gone() bool {
	p.say("gone", p.fixed("gone"))
	p.again()
	return true
}

// ask begins with the first menu there is.
func (p *play) ask() {
	if p.asksFAQ() {
		p.show(inFAQ, 0)
		return
	}
	p.toPeople()
}

// again shows the menu of the stage once more, or whichever comes now.
func (p *play) again() {
	if p.turn.State.Stage == inQueues && p.asksQueues() {
		p.show(inQueues, 0)
		return
	}
	p.ask()
}

// toPeople leads to the menu of queues, or where there is none to people.
func (p *play) toPeople() {
	if p.asksQueues() {
		p.show(inQueues, 0)
		return
	}
	p.handOff(p.DefaultQueue)
}

func (p *play) handOff(queue db.ID) {
	p.say("before", p.Service.Before)
	p.turn.Handoff, p.turn.Queue, p.turn.State = true, queue, State{}
}

func (p *play) asksFAQ() bool    { return p.FAQ.On && len(p.FAQ.Questions) > 0 }
func (p *play) asksQueues() bool { return p.Queues.On && len(p.Queues.Options) > 0 }

// linksIf gives the links, one a line, when they are wanted.
func (p *play) linksIf(wanted bool) string {
	var lines []string
	for _, one := range [][2]string{{"Instagram", p.Links.Instagram}, {"Facebook", p.Links.Facebook}, {"LinkedIn", p.Links.LinkedIn}, {p.fixed("site"), p.Links.Site}} {
		if wanted && one[1] != "" {
			lines = append(lines, one[0]+": "+one[1])
		}
	}
	return strings.Join(lines, "\n")
}
