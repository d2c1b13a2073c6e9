package survey

import (
	"strconv"
	"strings"

	"recado/internal/channel"
	"recado/internal/conversation"
)

// What can happen to a survey.
const (
	Began = "began" // it is sent
	Wrote = "wrote" // the person said something
)

// Stages of a survey in a conversation.
const (
	invited = "invited" // asked whether they want to answer
	asked   = "asked"   // a question was asked
	ended   = "ended"
)

// How a survey ends.
const (
	Done     = "done"
	Declined = "declined"
	Dropped  = "dropped"
)

const (
	askedSoon = 2_000 // milliseconds: what comes that soon after a question was written before it was read
	maxAnswer = 1_000 // characters of an answer that are kept
)

// Input is one thing that happens.
type Input struct {
	Kind      string // Began or Wrote
	Said      string // channel kind of the message
	Text      string
	Payload   string // of a tapped choice
	Quotes    bool   // it quotes a message of this survey
	Elsewhere bool   // it answers somebody else: it quotes another message, or somebody of ours spoke since
	Busy      bool   // a person of ours holds a ticket: nothing is asked again
	At        int64  // when it was said, by the provider's clock, Unix milliseconds; 0: not known
	Now       int64  // by our clock
	Key       string // tells the choices of this sending from those of others
	Name      string // of the person; may be empty
	Number    string // label of the number
	Menus     bool   // the channel shows choices to tap; otherwise they are written with numbers
}

// State is where a survey stands. The zero value is one that was not sent.
type State struct {
	Stage   string `json:"stage,omitempty" enum:",invited,asked,ended"`
	At      int    `json:"at,omitempty" doc:"place of the question that was asked, from 0"`
	Strikes int    `json:"strikes,omitempty" doc:"attempts at an answer that were none"`
	AskedAt int64  `json:"asked_at,omitempty" doc:"when something was said last, Unix milliseconds"`
}

// Said is one message of the survey. What and the question's place name it: none is said twice.
type Said struct {
	What  string        `json:"what" enum:"invitation,question,again,thanks,declined"`
	Place int           `json:"place" doc:"of the question, from 0"`
	Text  string        `json:"text"`
	Menu  *channel.Menu `json:"menu,omitempty" doc:"choices to tap"`
}

// Answer is what was answered to one question.
type Answer struct {
	Place   int    `json:"place" doc:"of the question, from 0"`
	Value   int    `json:"value" doc:"of a scale; of a choice its place from 1; 0 for a text"`
	Text    string `json:"text" doc:"words, or the title of the choice"`
	Skipped bool   `json:"skipped" doc:"left out"`
	More    bool   `json:"more" doc:"it goes on with the text before"`
}

// Turn is what a survey does about one input.
type Turn struct {
	Taken   bool // it was for the survey; otherwise it is an ordinary message
	Said    []Said
	Answers []Answer
	State   State
	Outcome string // Done, Declined or Dropped with this turn; "" otherwise
}

// Step is the survey: what it does about one input, and where it stands then. It knows nothing else and changes nothing. An input or
// a state that cannot be is no answer.
func (s Settings) Step(state State, in Input) Turn {
	p := play{Settings: s, in: in, turn: Turn{State: state}}
	if state.At < 0 || state.At >= len(s.Questions) {
		p.turn.State = State{Stage: ended, AskedAt: state.AskedAt, At: max(0, len(s.Questions)-1)}
	}
	switch {
	case len(s.Questions) == 0:
	case in.Kind == Began:
		p.begin()
	case in.Kind == Wrote:
		p.hear()
	}
	return p.turn
}

// play is one step being made.
type play struct {
	Settings
	in   Input
	turn Turn
}

func (p *play) begin() {
	p.turn.Taken, p.turn.State = true, State{Stage: asked}
	if p.Invitation.On {
		p.turn.State.Stage = invited
		yes, no := conversation.Choice{ID: "yes", Title: p.fixed("yes", nil)}, conversation.Choice{ID: "no", Title: p.fixed("no", nil)}
		p.say("invitation", p.Invitation.Text, []conversation.Choice{yes, no}, "\n\n"+conversation.Numbered([]conversation.Choice{yes, no}))
		return
	}
	p.ask("question", "")
}

func (p *play) hear() {
	if tapped, ours := strings.CutPrefix(p.in.Payload, p.prefix()); ours {
		p.turn.Taken = true
		p.tap(tapped)
		return
	}
	if p.in.Payload == "" && !p.in.Elsewhere && p.read() {
		p.turn.Taken = true
		return
	}
	if p.turn.State.Stage != ended && !p.in.Busy {
		p.end(Dropped)
	}
}

// prefix begins the payload of every choice of this sending.
func (p *play) prefix() string { return mark + p.in.Key + ":" }

// tap does what a choice says. One of an earlier question corrects its answer; once the survey has ended nothing is said any more.
func (p *play) tap(choice string) {
	state := p.turn.State
	switch {
	case state.Stage == invited:
		p.invitation(choice)
		return
	case choice == "yes" || choice == "no":
		return
	}
	id, value, _ := strings.Cut(choice, ":")
	for place, q := range p.Questions {
		if q.ID != id || place > state.At {
			continue
		}
		a, ok := q.chosen(value)
		if !ok {
			return
		}
		a.Place = place
		if place == state.At && state.Stage == asked {
			p.answer(a)
		} else {
			p.turn.Answers = append(p.turn.Answers, a)
		}
		return
	}
}

// read takes what was written as an answer. It is false when it is none.
func (p *play) read() bool {
	state := &p.turn.State
	if p.in.Said != "" && p.in.Said != channel.Text {
		return p.in.Said == channel.Sticker && state.Stage == asked && p.Questions[state.At].Kind != Text && p.again()
	}
	if strings.TrimSpace(p.in.Text) == "" {
		return false
	}
	if p.correct() {
		return true
	}
	switch state.Stage {
	case invited:
		if choice := yesOrNo(p.in.Text); choice != "" {
			p.invitation(choice)
			return true
		}
		return looksLikeAnswer(p.in.Text) && p.again()
	case asked:
		if a, ok := p.Questions[state.At].read(p.in.Text); ok {
			a.Place = state.At
			p.answer(a)
			return true
		}
		return looksLikeAnswer(p.in.Text) && p.again()
	}
	return false
}

// correct takes what was written before the last words were read: it belongs to the question before them.
func (p *play) correct() bool {
	state, place := p.turn.State, p.turn.State.At
	if state.Stage == asked {
		place--
	}
	soon := p.in.At != 0 && state.AskedAt != 0 && p.in.At < state.AskedAt+askedSoon
	if !soon || place < 0 || state.Stage == invited || state.Stage == "" {
		return false
	}
	a, ok := p.Questions[place].read(p.in.Text)
	if ok {
		a.Place, a.More = place, p.Questions[place].Kind == Text
		p.turn.Answers = append(p.turn.Answers, a)
	}
	return ok
}

func (p *play) invitation(choice string) {
	switch choice {
	case "yes":
		p.turn.State = State{Stage: asked}
		p.ask("question", "")
	case "no":
		p.say("declined", p.fixed("declined", nil), nil, "")
		p.end(Declined)
	}
}

// answer keeps an answer to the question that was asked and goes on.
func (p *play) answer(a Answer) {
	p.turn.Answers = append(p.turn.Answers, a)
	if next := p.turn.State.At + 1; next < len(p.Questions) {
		p.turn.State = State{Stage: asked, At: next}
		p.ask("question", "")
		return
	}
	p.say("thanks", p.Thanks, nil, "")
	p.end(Done)
}

// again asks once more, if that may be.
func (p *play) again() bool {
	state := &p.turn.State
	if p.in.Busy || state.Strikes > 0 {
		return false
	}
	state.Strikes++
	if state.Stage == invited {
		p.say("again", p.fixed("yes_or_no", nil), nil, "")
		return true
	}
	p.ask("again", p.fixed("again", nil)+"\n\n")
	return true
}

func (p *play) end(outcome string) {
	p.turn.Outcome, p.turn.State.Stage, p.turn.State.AskedAt = outcome, ended, p.in.Now
}

// ask asks the question the survey stands at, after some words.
func (p *play) ask(what, before string) {
	q := p.Questions[p.turn.State.At]
	p.say(what, before+q.Text, p.choices(q), meaning(q)+p.how(q))
}

// say adds one message: with choices to tap where the channel shows that many, otherwise with words on how to answer.
func (p *play) say(what, text string, choices []conversation.Choice, how string) {
	p.turn.State.AskedAt = p.in.Now
	said := Said{What: what, Place: p.turn.State.At}
	text = conversation.FillForPerson(text, p.in.Name, p.in.Number)
	if len(choices) > 0 && len(choices) <= conversation.MaxRows && p.in.Menus {
		said.Text, said.Menu = conversation.Cut(text, conversation.MaxMenuText), p.menu(choices)
	} else {
		said.Text = text + how
	}
	if strings.TrimSpace(said.Text) != "" {
		p.turn.Said = append(p.turn.Said, said)
	}
}

// menu shows choices as buttons, or as a list when there are more of them or they are long.
func (p *play) menu(choices []conversation.Choice) *channel.Menu {
	m := channel.Menu{}
	if len(choices) > conversation.MaxButtons {
		m.Button = p.fixed("open", nil)
	}
	for _, c := range choices {
		if len([]rune(c.Title)) > conversation.MaxButton {
			m.Button = p.fixed("open", nil)
		}
		m.Options = append(m.Options, c.Row(p.prefix()))
	}
	return &m
}

// choices are what can be tapped as an answer to a question; those of a text are only that it can be left out.
func (p *play) choices(q Question) (all []conversation.Choice) {
	switch q.Kind {
	case Scale:
		for n := q.From; n <= q.To; n++ {
			title := strconv.Itoa(n)
			switch {
			case n == q.From && q.Low != "":
				title += " · " + q.Low
			case n == q.To && q.High != "":
				title += " · " + q.High
			}
			all = append(all, conversation.Choice{ID: q.ID + ":" + strconv.Itoa(n), Title: title})
		}
	case Choose:
		for i, title := range q.Options {
			all = append(all, conversation.Choice{ID: q.ID + ":" + strconv.Itoa(i+1), Title: title})
		}
	}
	if !q.Required {
		all = append(all, conversation.Choice{ID: q.ID + ":skip", Title: p.fixed("skip", nil)})
	}
	return all
}

// meaning says what the ends of a scale mean, where its choices do not.
func meaning(q Question) string {
	if q.Kind != Scale || q.Low == "" || q.High == "" {
		return ""
	}
	return "\n" + strconv.Itoa(q.From) + " = " + q.Low + " · " + strconv.Itoa(q.To) + " = " + q.High
}

// how says how to answer in writing. WhatsApp lists have ten rows, so the eleven values of NPS are written, too: one digit costs a
// person less than two menus, and no value is nearer than another.
func (p *play) how(q Question) (text string) {
	switch q.Kind {
	case Scale:
		text = "\n\n" + p.fixed("number", map[string]any{"from": q.From, "to": q.To})
	case Choose:
		all := make([]conversation.Choice, len(q.Options))
		for i, title := range q.Options {
			all[i].Title = title
		}
		text = "\n\n" + conversation.Numbered(all)
	}
	if !q.Required {
		text += "\n\n" + p.fixed("or_skip", nil)
	}
	return text
}
