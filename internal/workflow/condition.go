package workflow

import (
	"slices"
	"strconv"
	"strings"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
)

// What a condition looks at.
const (
	OfHours     = "hours"     // of the number: open, closed
	OfQueue     = "queue"     // the ticket's
	OfTag       = "tag"       // of the ticket
	OfNumber    = "number"    // of ours
	OfHolder    = "holder"    // agent, queue, bot, nobody
	OfAgent     = "agent"     // who holds the ticket
	OfAttribute = "attribute" // kept with the person
	OfWindow    = "window"    // for words of our own: open, closed
	OfText      = "text"      // of the person's message
	OfChannel   = "channel"
	OfWrote     = "wrote"   // the person, since the run began
	OfAnswer    = "waiting" // the person waits for an answer
)

// Looks are all that can be looked at, in the order they are offered.
var Looks = []string{OfHours, OfText, OfQueue, OfHolder, OfAgent, OfTag, OfAttribute, OfNumber, OfWindow, OfWrote, OfAnswer, OfChannel}

// How it is compared, beside what flows compare attributes with.
const (
	IsOpen      = "open"
	IsClosed    = "closed"
	ContainsNot = "contains_not"
)

// Nobody holds a ticket that is not there.
const Nobody = "nobody"

var compares = map[string][]string{
	OfHours: {IsOpen, IsClosed}, OfWindow: {IsOpen, IsClosed},
	OfQueue: {flow.Is, flow.IsNot}, OfTag: {flow.Is, flow.IsNot}, OfNumber: {flow.Is, flow.IsNot}, OfAgent: {flow.Is, flow.IsNot},
	OfHolder: {flow.Is, flow.IsNot}, OfChannel: {flow.Is, flow.IsNot}, OfWrote: {flow.Is, flow.IsNot}, OfAnswer: {flow.Is, flow.IsNot},
	OfText:      {flow.Contains, ContainsNot},
	OfAttribute: {flow.Is, flow.IsNot, flow.Contains, flow.Above, flow.Under, flow.Filled, flow.Empty},
}

// Condition is one thing that must be so.
type Condition struct {
	Kind  string  `json:"kind" enum:"hours,queue,tag,number,holder,agent,attribute,window,text,wrote,waiting,channel"`
	Op    string  `json:"op" enum:"is,is_not,open,closed,contains,contains_not,above,under,filled,empty"`
	IDs   []db.ID `json:"ids,omitempty" maxItems:"100" doc:"queue, tag, number, agent: any of them"`
	Name  string  `json:"name,omitempty" maxLength:"200" doc:"attribute: of which"`
	Value string  `json:"value,omitempty" maxLength:"8192" doc:"attribute; text: any of these words, with commas between; holder; channel"`
}

// Seen is what conditions look at.
type Seen struct {
	Row    conversation.Row
	Open   bool // by the hours of the number
	Window bool // for words of our own
	Wrote  bool // the person, since the run began
	Text   string
	Values map[string]string // what texts may name
}

// Sight is what a condition saw.
type Sight struct {
	Condition
	Held bool
	Saw  string // a word, a text, or ids with commas between
}

// look tells whether a condition holds, and what it saw.
func (c Condition) look(s Seen) Sight {
	ids, saw := []db.ID{}, ""
	switch c.Kind {
	case OfHours:
		return c.saw(openWord(s.Open), c.Op == openWord(s.Open))
	case OfWindow:
		return c.saw(openWord(s.Window), c.Op == openWord(s.Window))
	case OfText:
		held := slices.ContainsFunc(splitWords(c.Value), func(word string) bool { return strings.Contains(flow.Fold(s.Text), word) })
		return c.saw(s.Text, held == (c.Op == flow.Contains))
	case OfAttribute:
		name := "contact." + c.Name
		return c.saw(s.Values[name], flow.Case{Name: name, Op: c.Op, Value: c.Value}.Holds(s.Values))
	case OfHolder:
		if saw = s.Row.Holder; saw == "" {
			saw = Nobody
		}
		return c.saw(saw, (saw == c.Value) == (c.Op == flow.Is))
	case OfWrote:
		return c.saw(yesWord(s.Wrote), s.Wrote == (c.Op == flow.Is))
	case OfAnswer:
		waits := s.Row.WaitingSince != 0
		return c.saw(yesWord(waits), waits == (c.Op == flow.Is))
	case OfChannel:
		return c.saw(string(s.Row.Channel), (string(s.Row.Channel) == c.Value) == (c.Op == flow.Is))
	case OfQueue:
		ids = append(ids, s.Row.Queue)
	case OfAgent:
		ids = append(ids, s.Row.Assignee)
	case OfNumber:
		ids = append(ids, s.Row.Inbox)
	case OfTag:
		ids = s.Row.Tags()
	}
	any := false
	for _, id := range ids {
		if id == 0 {
			continue
		}
		any = any || slices.Contains(c.IDs, id)
		saw += "," + strconv.FormatInt(int64(id), 10)
	}
	return c.saw(strings.TrimPrefix(saw, ","), any == (c.Op == flow.Is))
}

func (c Condition) saw(what string, held bool) Sight { return Sight{c, held, what} }

func openWord(open bool) string {
	if open {
		return IsOpen
	}
	return IsClosed
}

func yesWord(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// splitWords gives what is looked for, folded; nothing but the words counts.
func splitWords(text string) (out []string) {
	for one := range strings.SplitSeq(text, ",") {
		if one = flow.Fold(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// hold tells whether conditions hold together, and what each saw.
func hold(match string, all []Condition, s Seen) (bool, []Sight) {
	sights, held := make([]Sight, len(all)), 0
	for i, c := range all {
		if sights[i] = c.look(s); sights[i].Held {
			held++
		}
	}
	if match == MatchAny && len(all) > 0 {
		return held > 0, sights
	}
	return held == len(all), sights
}
