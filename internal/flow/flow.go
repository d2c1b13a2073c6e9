package flow

import (
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/hours"
)

// What a block does.
const (
	Say       = "say"       // says words, a file or a place
	Ask       = "ask"       // asks and waits for an answer of a kind
	Menu      = "menu"      // offers choices and waits for one
	Condition = "condition" // the first case that holds decides where it goes on
	Set       = "set"       // keeps a value with the person
	HTTP      = "http"      // asks another system
	Wait      = "wait"      // lets time pass
	Handoff   = "handoff"   // gives the ticket to people
	GoTo      = "goto"      // goes on in another flow
	Child     = "child"     // of a router: lets a child flow talk with the person until it gives them back (A12)
	Brain     = "brain"     // lets an outside brain talk with the person
	End       = "end"       // closes the ticket
)

// Kinds are what a block can do, in the order they are offered.
var Kinds = []string{Say, Ask, Menu, Condition, Set, Handoff, End, GoTo, Child, Wait, HTTP, Brain}

// Where it goes on, beside the id of a block.
const (
	Below  = ""       // the block below
	Finish = "end"    // the ticket is closed
	People = "people" // of the number's default queue
	Back   = "back"   // the router the conversation came through, behind its block; without one, people
)

// What counts as an answer to a question.
const (
	AnyText = "text"
	Number  = "number"
	Email   = "email"
	Phone   = "phone"
	Date    = "date"
	File    = "file" // a picture, a recording, a document
)

// How a case compares.
const (
	Is       = "is"
	IsNot    = "is_not"
	Contains = "contains"
	Above    = "above"
	Under    = "under"
	Filled   = "filled"
	Empty    = "empty"
)

// Flow is a bot's script. One with a block of kind Child is a router: it hands each person to one of its children.
type Flow struct {
	Language string   `json:"language" enum:"es,pt-BR,en" doc:"of the words that cannot be edited"`
	Context  bool     `json:"context,omitempty" doc:"as a child of a router: it shares what is known of the person and is remembered as the place where they are; otherwise it knows and keeps only what it asked itself"`
	Leave    []string `json:"leave,omitempty" maxItems:"20" doc:"of a router: words that take a person out of a child"`
	Blocks   []Block  `json:"blocks" maxItems:"200"`
}

// Block is one step of a flow. Which fields count depends on its kind. Texts may name {{contact.name}}, {{contact.first_name}},
// {{number.name}}, {{answer}} (what the person said last) and, as {{contact.KEY}}, whatever is kept with the person.
type Block struct {
	ID      string   `json:"id" maxLength:"20" doc:"lowercase letters and digits; stays the same while the block is edited"`
	Kind    string   `json:"kind" enum:"say,ask,menu,condition,set,http,wait,handoff,goto,child,brain,end"`
	Text    string   `json:"text,omitempty" maxLength:"8192" doc:"said by say, ask, menu, brain, handoff and end"`
	File    db.ID    `json:"file_id,omitempty" doc:"say: sent with the words"`
	Form    string   `json:"form,omitempty" enum:",image,video,audio,document" doc:"say: how the file is sent"`
	Place   *Place   `json:"place,omitempty" doc:"say: a point on the map"`
	Answer  *Answer  `json:"answer,omitempty" doc:"ask: what counts"`
	Retry   string   `json:"retry,omitempty" maxLength:"8192" doc:"ask, menu: said to what is no answer"`
	Tries   int      `json:"tries,omitempty" doc:"ask, menu: how often it is asked before it goes on at else; 0: twice"`
	Minutes int64    `json:"minutes,omitempty" doc:"ask, menu, brain: how long is waited for an answer, 0: as long as the ticket is open; wait: how long; child: how long after their last word the person is still there, 0: as long as the ticket is open"`
	Until   string   `json:"until,omitempty" enum:",open" doc:"wait: until the number's hours begin, instead of minutes"`
	Within  bool     `json:"within_hours,omitempty" doc:"wait: only minutes in which people answer on the number count"`
	Late    string   `json:"late,omitempty" maxLength:"20" doc:"ask, menu, brain: where it goes on when nobody answered in time; empty: people"`
	Options []Option `json:"options,omitempty" maxItems:"100" doc:"menu"`
	Name    string   `json:"name,omitempty" maxLength:"200" doc:"ask, menu, set: what it is kept as with the person; empty: not kept"`
	Value   string   `json:"value,omitempty" maxLength:"8192" doc:"set"`
	Cases   []Case   `json:"cases,omitempty" maxItems:"100" doc:"condition"`
	Request *Request `json:"request,omitempty" doc:"http"`
	Queue   db.ID    `json:"queue_id,omitempty" doc:"handoff: whose people; empty: the number's default queue"`
	Agent   db.ID    `json:"agent_id,omitempty" doc:"handoff: to this person instead"`
	Flow    db.ID    `json:"flow_id,omitempty" doc:"goto, child"`
	Brain   db.ID    `json:"brain_id,omitempty" doc:"brain"`
	Then    string   `json:"then,omitempty" maxLength:"20" doc:"where it goes on: empty is the block below; end, people, back (to the router) or the id of a block"`
	Else    string   `json:"else,omitempty" maxLength:"20" doc:"where it goes on when that was not to be had; empty: people, of a condition the block below"`
}

// Place is a point on the map.
type Place struct {
	Name      string  `json:"name" maxLength:"1000"`
	Address   string  `json:"address" maxLength:"1000"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// Answer is what counts as an answer.
type Answer struct {
	Kind string   `json:"kind" enum:"text,number,email,phone,date,file"`
	Min  *float64 `json:"min,omitempty" doc:"of a number, or how many characters"`
	Max  *float64 `json:"max,omitempty"`
}

// Option is one choice of a menu.
type Option struct {
	ID    string `json:"id" maxLength:"20"`
	Title string `json:"title" maxLength:"1000"`
	Then  string `json:"then,omitempty" maxLength:"20"`
}

// Case is one way a condition can go.
type Case struct {
	Name  string `json:"name" maxLength:"200" doc:"what is looked at: answer, hours (open or closed), visit (new, back or amid), contact.name or contact.KEY"`
	Op    string `json:"op" enum:"is,is_not,contains,above,under,filled,empty"`
	Value string `json:"value,omitempty" maxLength:"8192"`
	Then  string `json:"then,omitempty" maxLength:"20"`
}

// Request is what another system is asked.
type Request struct {
	Method  string   `json:"method" enum:"GET,POST,PUT,PATCH,DELETE"`
	URL     string   `json:"url" maxLength:"8192"`
	Headers []Header `json:"headers,omitempty" maxItems:"100"`
	Body    string   `json:"body,omitempty" maxLength:"32768" doc:"JSON"`
	Results []Result `json:"results,omitempty" maxItems:"100" doc:"what is kept of the answer"`
}

// Result names a part of an answer, as in order.items.0.state, and what it is kept as with the person.
type Result struct {
	Path string `json:"path" maxLength:"1000"`
	Name string `json:"name" maxLength:"200"`
}

// Version is a flow as it was published once. It never changes.
type Version struct {
	ID     db.ID // of the flow
	Number int64 // from 1; 0: a draft
	Name   string
	Flow   Flow
}

// Book gives versions of flows; number 0 asks for the one that is published now. ok is false when there is none.
type Book func(id db.ID, number int64) (v Version, ok bool)

// State is where a conversation stands in a flow.
type State struct {
	Flow    db.ID             `json:"flow_id" doc:"the flow it is in"`
	Version int64             `json:"version,omitempty" doc:"of the flow; goes on in it whatever is published meanwhile"`
	Block   string            `json:"block,omitempty" doc:"where it waits; empty: not begun"`
	Waits   string            `json:"waits,omitempty" enum:",answer,time,call" doc:"for what"`
	Serial  int64             `json:"serial,omitempty" doc:"of the waiting; one more each time"`
	Until   int64             `json:"until,omitempty" doc:"Unix milliseconds when it is waited no longer; 0: not bounded"`
	AskedAt int64             `json:"asked_at,omitempty"`
	Tries   int               `json:"tries,omitempty" doc:"answers in a row that were none"`
	Visit   string            `json:"visit,omitempty" enum:",new,back,amid" doc:"who the person is to the number: never here before, back after a silence, amid a conversation"`
	Silent  int               `json:"silent,omitempty" doc:"blocks since the person wrote"`
	Heard   string            `json:"heard,omitempty" doc:"what the person said last"`
	More    string            `json:"more,omitempty" doc:"what was said while a brain was thinking"`
	Values  map[string]string `json:"values,omitempty" doc:"kept with the person on the way"`
	Talk    []Exchange        `json:"talk,omitempty" maxItems:"20" doc:"with the brain, newest last"`
	Router  *Router           `json:"router,omitempty" doc:"the one it came through into a child"`
}

// Router is the router a conversation came through into a child, and where.
type Router struct {
	Flow    db.ID             `json:"flow_id"`
	Version int64             `json:"version,omitempty"`
	Block   string            `json:"block" doc:"of the router: the one that led into the child"`
	Child   db.ID             `json:"child_id"`
	Minutes int64             `json:"minutes,omitempty" doc:"how long after their last word the person is still there; 0: as long as the ticket is open"`
	Apart   bool              `json:"apart,omitempty" doc:"the child has the router context off"`
	Values  map[string]string `json:"values,omitempty" doc:"the router's own, while a child is apart"`
}

// Stay is the child of a router a person is in, also when their next ticket is opened.
type Stay struct {
	Router, Child db.ID
	Until         int64 // Unix milliseconds
}

// Exchange is one turn of a talk with a brain.
type Exchange struct {
	Asked    string `json:"asked"`
	Answered string `json:"answered"`
}

// Who a person is to the number when a ticket is opened.
const (
	NewPerson = "new"
	BackAgain = "back" // after the silence the number's chatbot names
	Amid      = "amid" // sooner
)

// What a State waits for.
const (
	ForAnswer = "answer"
	ForTime   = "time"
	ForCall   = "call"
)

// What can happen to a flow.
const (
	Began    = "began"    // a ticket was opened for it
	Wrote    = "wrote"    // the person said something
	Due      = "due"      // the time of State.Until has come
	Answered = "answered" // the outside answered a Call, or did not
)

// Input is one thing that happens.
type Input struct {
	Kind     string
	Text     string
	Payload  string // of a tapped choice
	Media    bool   // the message is a file
	At       int64  // when it was said, by the provider's clock, Unix milliseconds; 0: not known
	Now      int64  // by our clock
	Serial   int64  // Due, Answered: of the waiting that is over
	Outcome  Outcome
	Entrance string            // Began: where it begins, as Flow.Entrance takes it
	Child    db.ID             // Began in a router: the child it begins in, at Entrance; one that has no context begins in the router
	Values   map[string]string // what texts may name, and the person's attributes as contact.KEY
	Visit    string            // Began: NewPerson, BackAgain or Amid
	Closed   bool              // outside the opening hours, or in an absence
	Clock    *hours.Clock      // of the number; nil: its hours are not known
	Menus    bool              // the channel shows choices to tap; otherwise they are written with numbers
	Country  string            // two letters, for phone numbers without a country; may be empty
	Patience int64             // milliseconds an outside call may take before it counts as failed
}

// Outcome is what came of a Call.
type Outcome struct {
	Failed  string            `json:"failed,omitempty" doc:"why nothing came of it, as a code with words; empty: it went well"`
	Values  map[string]string `json:"values,omitempty" doc:"of an HTTP answer, by the names of its results"`
	Say     []string          `json:"say,omitempty" doc:"of a brain"`
	Lost    bool              `json:"not_understood,omitempty" doc:"of a brain: it did not understand; as often as the block says, and it goes on at else"`
	Handoff bool              `json:"handoff,omitempty" doc:"of a brain: people shall take over"`
	End     bool              `json:"end,omitempty" doc:"of a brain: it is done"`
}

// Call is what shall be asked outside. Its Outcome is an Answered input with the same Serial.
type Call struct {
	Serial   int64      `json:"serial"`
	Block    string     `json:"block"`
	Request  *Request   `json:"request,omitempty" doc:"filled; its results say what is wanted"`
	Brain    db.ID      `json:"brain_id,omitempty"`
	Text     string     `json:"text,omitempty" doc:"for the brain"`
	Talk     []Exchange `json:"talk,omitempty"`
	Language string     `json:"language,omitempty" doc:"of the flow"`
}

// Said is one message. What is the same for the same input: it is said once.
type Said struct {
	What  string         `json:"what"`
	Text  string         `json:"text"`
	Menu  *channel.Menu  `json:"menu,omitempty" doc:"choices to tap"`
	File  db.ID          `json:"file_id,omitempty"`
	Form  string         `json:"form,omitempty" doc:"how the file is sent"`
	Place *channel.Place `json:"place,omitempty"`
	Flow  db.ID          `json:"flow_id" doc:"that says it"`
}

// Line tells of one thing a flow did.
type Line struct {
	Flow    db.ID  `json:"flow_id"`
	Version int64  `json:"version"`
	Block   string `json:"block"`
	Kind    string `json:"kind" doc:"of the block"`
	Did     string `json:"did" doc:"said, asked, answered, misunderstood, early, late, kept, called, got, failed, went, returned, waited, waited_open, never_opens, handed, ended, gone, looped"`
	Text    string `json:"text,omitempty"`
}

// Turn is what a flow does about one input.
type Turn struct {
	Said    []Said
	Kept    map[string]string // values to keep with the person
	State   State
	Call    *Call
	Handoff bool  // people take over …
	Queue   db.ID // … of this queue; 0: the number's default one
	Agent   db.ID // … or this person
	Ended   bool  // the ticket is closed
	Stays   *Stay // where the person is from now on; nil: in no child
	Log     []Line
}
