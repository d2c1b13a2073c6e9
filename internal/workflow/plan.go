package workflow

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/flow"
)

// What starts a run.
const (
	TicketOpened    = "ticket_opened"
	MessageReceived = "message_received" // from a person
	TicketAssigned  = "ticket_assigned"  // to an agent
	TicketClosed    = "ticket_closed"
	TagAdded        = "tag_added"
	TicketWaiting   = "ticket_waiting"  // in a queue for so many minutes
	CustomerSilent  = "customer_silent" // for so many minutes after an answer
)

// Triggers are all that can start a run, in the order they are offered.
var Triggers = []string{TicketOpened, MessageReceived, TicketWaiting, CustomerSilent, TicketAssigned, TagAdded, TicketClosed}

// What a step does.
const (
	Assign     = "assign"
	AddTags    = "add_tags"
	RemoveTags = "remove_tags"
	Say        = "say"
	Template   = "template"
	Wait       = "wait"
	Webhook    = "webhook"
	Survey     = "survey"
	Close      = "close"
	Keep       = "keep"  // a value with the person
	GoOnIf     = "check" // otherwise the run is over
)

// Kinds are what a step can do, in the order they are offered.
var Kinds = []string{Assign, AddTags, RemoveTags, Say, Template, Survey, Wait, GoOnIf, Keep, Webhook, Close}

// To whom a step assigns.
const (
	ToAgent     = "agent"
	ToQueue     = "queue"
	ToLeastBusy = "least_busy" // of a queue, on line; nobody has room: the queue
)

// How many conditions must hold.
const (
	MatchAll = "all"
	MatchAny = "any"
)

// Bounds of a plan.
const (
	maxBranches   = 10
	maxSteps      = 20 // of a branch
	maxConditions = 10
	maxIDs        = 50
	maxBytes      = 128 << 10
	maxWait       = 30 * 24 * 60 // minutes
	maxMinutes    = 7 * 24 * 60  // of a trigger
	maxValue      = 1000         // characters
)

// Plan is what is done when.
type Plan struct {
	Trigger  Trigger  `json:"trigger"`
	Branches []Branch `json:"branches" maxItems:"100" doc:"the first one whose conditions hold is gone through"`
}

// Trigger is what starts a run.
type Trigger struct {
	Kind    string `json:"kind" enum:"ticket_opened,message_received,ticket_assigned,ticket_closed,tag_added,ticket_waiting,customer_silent"`
	Minutes int64  `json:"minutes,omitempty" doc:"ticket_waiting, customer_silent"`
	Queue   db.ID  `json:"queue_id,omitempty" doc:"ticket_waiting: in this queue only"`
	Tag     db.ID  `json:"tag_id,omitempty" doc:"tag_added: this one only"`
}

// Branch is one way a run can go.
type Branch struct {
	ID         string      `json:"id" maxLength:"20" doc:"lowercase letters and digits"`
	Match      string      `json:"match,omitempty" enum:",all,any" doc:"of the conditions; empty: all"`
	Conditions []Condition `json:"conditions" maxItems:"100" doc:"none: always"`
	Steps      []Step      `json:"steps" maxItems:"100"`
}

// Step is one thing that is done. Which fields count depends on its kind. Texts may name Names and whatever is kept with the person, as
// {{contact.KEY}}.
type Step struct {
	ID         string            `json:"id" maxLength:"20" doc:"lowercase letters and digits; stays the same while the step is edited"`
	Kind       string            `json:"kind" enum:"assign,add_tags,remove_tags,say,template,wait,webhook,survey,close,keep,check"`
	To         string            `json:"to,omitempty" enum:",agent,queue,least_busy" doc:"assign"`
	Agent      db.ID             `json:"agent_id,omitempty" doc:"assign to agent"`
	Queue      db.ID             `json:"queue_id,omitempty" doc:"assign to queue, or to the least busy of it"`
	Tags       []db.ID           `json:"tag_ids,omitempty" maxItems:"100" doc:"add_tags, remove_tags"`
	Text       string            `json:"text,omitempty" maxLength:"8192" doc:"say"`
	Template   db.ID             `json:"template_id,omitempty"`
	Values     map[string]string `json:"values,omitempty" doc:"of the template, by its keys"`
	Minutes    int64             `json:"minutes,omitempty" doc:"wait"`
	Until      string            `json:"until,omitempty" enum:",open" doc:"wait: until the number's hours begin, instead of minutes"`
	Within     bool              `json:"within_hours,omitempty" doc:"wait: only minutes in which people answer on the number count"`
	Request    *flow.Request     `json:"request,omitempty" doc:"webhook; without a body it tells of the conversation as JSON"`
	Survey     db.ID             `json:"survey_id,omitempty"`
	Result     string            `json:"result,omitempty" maxLength:"200" doc:"close"`
	Name       string            `json:"name,omitempty" maxLength:"200" doc:"keep"`
	Value      string            `json:"value,omitempty" maxLength:"8192" doc:"keep"`
	Match      string            `json:"match,omitempty" enum:",all,any" doc:"check"`
	Conditions []Condition       `json:"conditions,omitempty" maxItems:"100" doc:"check"`
}

var idForm = regexp.MustCompile(`^[0-9a-z]{1,20}$`)

// Shape refuses what is no plan at all: it cannot be kept even as a draft. It fails with Invalid.
func (p *Plan) Shape() error {
	if p.Branches == nil {
		p.Branches = []Branch{}
	}
	if !slices.Contains(Triggers, p.Trigger.Kind) {
		return fault.New(fault.Invalid, "workflow.trigger", "Choose when it begins.").On("trigger.kind")
	}
	seen := map[string]bool{}
	named := func(id, field string) error {
		if !idForm.MatchString(id) || seen[id] {
			return fault.New(fault.Invalid, "workflow.id", "Every part needs an id of its own: lowercase letters and digits.").On(field)
		}
		seen[id] = true
		return nil
	}
	for i := range p.Branches {
		b := &p.Branches[i]
		if err := named(b.ID, fmt.Sprintf("branches.%d.id", i)); err != nil {
			return err
		}
		if b.Conditions == nil {
			b.Conditions = []Condition{}
		}
		if b.Steps == nil {
			b.Steps = []Step{}
		}
		for j, s := range b.Steps {
			field := fmt.Sprintf("branches.%d.steps.%d", i, j)
			if err := named(s.ID, field+".id"); err != nil {
				return err
			}
			if !slices.Contains(Kinds, s.Kind) {
				return fault.New(fault.Invalid, "workflow.kind", "There is no such step.").On(field + ".kind")
			}
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("workflow: %w", err)
	}
	if len(text) > maxBytes {
		return fault.New(fault.Invalid, "workflow.too_big", "The workflow is too long. Divide it in two.").On("branches")
	}
	return nil
}

// steps are all steps of all branches.
func (p Plan) steps(yield func(Step) bool) {
	for _, b := range p.Branches {
		for _, s := range b.Steps {
			if !yield(s) {
				return
			}
		}
	}
}

func (p Plan) branch(id string) Branch {
	for _, b := range p.Branches {
		if b.ID == id {
			return b
		}
	}
	return Branch{}
}
