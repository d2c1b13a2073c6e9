package workflow

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/flow"
	"recado/internal/template"
)

// Names are the values that words may name as {{name}}, beside contact.KEY.
var Names = []string{"contact.name", "contact.first_name", "contact.phone", "number.name", "agent.name", "ticket.number", "message.text"}

// World is what exists beside a workflow.
type World struct {
	Queues, Agents, Tags, Numbers, Surveys map[db.ID]bool
	Templates                              map[db.ID]template.Template
	Results                                []string           // a closing can have
	Address                                func(string) error // refuses addresses of the own network; nil admits all
	Vault                                  flow.Vault         // of the headers
}

// Finding is something wrong with a plan. What is serious keeps it from being switched on.
type Finding struct {
	At      string // id of the step or branch; "" is the trigger or the whole
	Serious bool
	Fault   *fault.Error // its words, on the field of the part
}

// Check finds what would go wrong with a plan that has a shape.
func (p Plan) Check(world World) []Finding {
	c := checker{world: world}
	c.trigger(p.Trigger)
	if len(p.Branches) == 0 || len(p.Branches) > maxBranches {
		c.limit("branches", "workflow.branches", maxBranches)
	}
	for i, b := range p.Branches {
		c.at = b.ID
		c.conditions(b.Match, b.Conditions)
		switch {
		case len(b.Steps) == 0:
			c.wrong("steps", "workflow.no_step", "Add what is done.")
		case len(b.Steps) > maxSteps:
			c.limit("steps", "workflow.steps", maxSteps)
		}
		if len(b.Conditions) == 0 && i+1 < len(p.Branches) {
			c.wrong("conditions", "workflow.unreachable", "This always holds: what stands below is never reached.")
		}
		for j, s := range b.Steps {
			c.at = s.ID
			c.step(s)
			c.order(p.Trigger.Kind, b.Steps, j)
		}
	}
	return c.found
}

type checker struct {
	world World
	at    string
	found []Finding
}

func (c *checker) add(f *fault.Error) {
	c.found = append(c.found, Finding{At: c.at, Serious: true, Fault: f})
}

func (c *checker) wrong(field, code, message string) {
	c.add(fault.New(fault.Invalid, code, "%s", message).On(field))
}

func (c *checker) limit(field, code string, limit int) {
	c.add(fault.New(fault.Invalid, code, "From 1 to %d are possible here.", limit).On(field).With("limit", limit))
}

func (c *checker) all(faults []*fault.Error) {
	for _, f := range faults {
		c.add(f)
	}
}

func (c *checker) exists(field string, known map[db.ID]bool, code, message string, ids ...db.ID) {
	switch {
	case slices.Contains(ids, 0):
		c.wrong(field, "workflow.pick", "Choose one.")
	case slices.ContainsFunc(ids, func(id db.ID) bool { return !known[id] }):
		c.wrong(field, code, message)
	}
}

func (c *checker) queue(field string, ids ...db.ID) {
	c.exists(field, c.world.Queues, "flow.queue", "This queue no longer exists. Choose another one.", ids...)
}

func (c *checker) tags(field string, ids ...db.ID) {
	c.exists(field, c.world.Tags, "workflow.tag", "This tag no longer exists. Choose another one.", ids...)
}

func (c *checker) agent(field string, ids ...db.ID) {
	c.exists(field, c.world.Agents, "flow.agent", "This person no longer answers here. Choose another one.", ids...)
}

func (c *checker) trigger(t Trigger) {
	switch t.Kind {
	case TicketWaiting, CustomerSilent:
		if t.Minutes < 1 || t.Minutes > maxMinutes {
			c.limit("trigger.minutes", "workflow.minutes", maxMinutes)
		}
	}
	if t.Queue != 0 {
		c.queue("trigger.queue_id", t.Queue)
	}
	if t.Tag != 0 {
		c.tags("trigger.tag_id", t.Tag)
	}
}

func (c *checker) conditions(match string, all []Condition) {
	if !slices.Contains([]string{"", MatchAll, MatchAny}, match) {
		c.wrong("match", "workflow.match", "Choose whether all or any must hold.")
	}
	if len(all) > maxConditions {
		c.limit("conditions", "workflow.conditions", maxConditions)
	}
	for i, one := range all {
		c.condition(fmt.Sprintf("conditions.%d.", i), one)
	}
}

func (c *checker) condition(field string, one Condition) {
	if !slices.Contains(compares[one.Kind], one.Op) {
		c.wrong(field+"op", "workflow.condition", "Choose what is looked at and how it is compared.")
		return
	}
	listed := slices.Contains([]string{OfQueue, OfTag, OfNumber, OfAgent}, one.Kind)
	switch {
	case listed && (len(one.IDs) == 0 || len(one.IDs) > maxIDs):
		c.limit(field+"ids", "workflow.choose", maxIDs)
		return
	case one.Kind == OfHolder && !slices.Contains([]string{conversation.HolderAgent, conversation.HolderQueue, conversation.HolderBot, Nobody}, one.Value),
		one.Kind == OfChannel && one.Value == "":
		c.wrong(field+"value", "workflow.condition", "Choose what is looked at and how it is compared.")
	case one.Kind == OfText && len(splitWords(one.Value)) == 0:
		c.wrong(field+"value", "workflow.no_words", "Write the words that are looked for, with commas between.")
	}
	switch one.Kind {
	case OfQueue:
		c.queue(field+"ids", one.IDs...)
	case OfTag:
		c.tags(field+"ids", one.IDs...)
	case OfAgent:
		c.agent(field+"ids", one.IDs...)
	case OfNumber:
		c.exists(field+"ids", c.world.Numbers, "workflow.number", "This number is no longer there. Choose another one.", one.IDs...)
	case OfText:
		c.long(field+"value", one.Value)
	case OfAttribute:
		c.all(flow.KeptAs(field+"name", one.Name))
		if one.Op != flow.Filled && one.Op != flow.Empty {
			c.all(flow.Words(field+"value", one.Value, maxValue, true, Names))
		}
	}
}

func (c *checker) long(field, text string) {
	if utf8.RuneCountInString(text) > maxValue {
		c.add(fault.New(fault.Invalid, "flow.too_long", "The text has more than %d characters.", maxValue).On(field).With("limit", maxValue))
	}
}

func (c *checker) step(s Step) {
	switch s.Kind {
	case Assign:
		switch s.To {
		case ToAgent:
			c.agent("agent_id", s.Agent)
		case ToQueue, ToLeastBusy:
			c.queue("queue_id", s.Queue)
		default:
			c.wrong("to", "workflow.assign", "Choose to whom.")
		}
	case AddTags, RemoveTags:
		if len(s.Tags) == 0 || len(s.Tags) > maxSteps {
			c.limit("tag_ids", "workflow.choose", maxSteps)
			return
		}
		c.tags("tag_ids", s.Tags...)
	case Say:
		c.all(flow.Words("text", s.Text, flow.MaxText, true, Names))
	case Template:
		c.template(s)
	case Wait:
		if s.Until != flow.UntilOpen && (s.Minutes < 1 || s.Minutes > maxWait) {
			c.limit("minutes", "workflow.minutes", maxWait)
		}
	case Webhook:
		c.all(s.Request.Check(Names, []string{strings.ToLower(onceHeader)}, flow.World{Address: c.world.Address, Vault: c.world.Vault}))
	case Survey:
		c.exists("survey_id", c.world.Surveys, "survey.gone", "This survey is no longer in use. Choose another one.", s.Survey)
	case Close:
		if s.Result != "" && !slices.Contains(c.world.Results, s.Result) {
			c.wrong("result", "workflow.result", "Choose one of the results a closing can have.")
		}
	case Keep:
		c.all(flow.KeptAs("name", s.Name))
		c.all(flow.Words("value", s.Value, maxValue, false, Names))
	case GoOnIf:
		if len(s.Conditions) == 0 {
			c.limit("conditions", "workflow.conditions", maxConditions)
		}
		c.conditions(s.Match, s.Conditions)
	}
}

// template finds a template that cannot be sent, and values it does not take.
func (c *checker) template(s Step) {
	t, known := c.world.Templates[s.Template]
	if s.Template == 0 {
		c.wrong("template_id", "workflow.pick", "Choose one.")
		return
	}
	if !known || !t.Sendable() {
		c.wrong("template_id", "workflow.template", "Choose a template the provider has approved.")
		return
	}
	probe := map[string]string{}
	for key, value := range s.Values {
		c.all(flow.Words("values."+key, value, maxValue, false, Names))
		probe[key] = strings.TrimSpace(conversation.Blank.ReplaceAllString(value, "x"))
	}
	if _, _, problems := t.Fill(probe); len(problems) > 0 {
		p := problems[0]
		f := fault.New(fault.Invalid, p.Code, "%s", p.Words("en")).On("values." + p.Field)
		f.Params = p.Params
		c.add(f)
	}
}

// needTicket are steps that are made with an open ticket only.
var needTicket = []string{Assign, AddTags, RemoveTags, Close}

// order finds a step that comes when its ticket is closed.
func (c *checker) order(trigger string, steps []Step, i int) {
	if !slices.Contains(needTicket, steps[i].Kind) {
		return
	}
	if trigger == TicketClosed {
		c.wrong("", "workflow.closed_already", "The ticket is closed by then: this cannot be done.")
		return
	}
	if slices.ContainsFunc(steps[:i], func(s Step) bool { return s.Kind == Close }) {
		c.wrong("", "workflow.after_close", "An earlier step closes the ticket: this cannot be done after it.")
	}
}
