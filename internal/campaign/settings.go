package campaign

import "recado/internal/db"

// Audience is who a campaign is for: an uploaded sheet and how its columns are read, one person, or a segment; and who sends where
// that is not said by the rows.
type Audience struct {
	Kind          string    `json:"kind"`         // BySheet, ByHand or BySegment; "" while nobody chose, and for sheets of before
	One           OnePerson `json:"one"`          // of ByHand
	Segment       db.ID     `json:"segment_id"`   // of BySegment
	SegmentName   string    `json:"segment_name"` // as it was called when it was chosen
	File          db.ID     `json:"file_id"`
	FileName      string    `json:"file_name"`
	Format        string    `json:"format"`   // csv or xlsx
	Encoding      string    `json:"encoding"` // of a csv file, in words people know: "UTF-8", "Windows-1252"
	Headers       []string  `json:"headers"`  // made unique: a second "name" is "name (2)"
	Columns       Columns   `json:"columns"`
	DefaultSender db.ID     `json:"default_sender_id"` // inbox for rows without sender
	Rows          int64     `json:"rows"`              // as counted by the last check; 0 before it
	Corrected     int64     `json:"corrected"`         // rows of the sheet that are not as the file has them, those taken out among them
	TakenOut      int64     `json:"taken_out"`         // rows a person took out
}

// Columns says which header holds what; an empty one is in no column. Variables are keyed by the name of a template's
// variable ("1", "nombre") or by its full place ("body.1", "header.1", "button.0").
type Columns struct {
	Phone      string            `json:"phone"`
	Sender     string            `json:"sender"`
	Template   string            `json:"template"`
	Language   string            `json:"language"`
	AgentEmail string            `json:"agent_email"`
	Queue      string            `json:"queue"`
	Name       string            `json:"name"`
	Variables  map[string]string `json:"variables"`
	// ByPosition tells that the numbers in Variables were given by the order of the columns, not read in the headers:
	// then a value too many is an extra for the contact, not a mistake.
	ByPosition bool `json:"by_position"`
}

// Message is what is said: one template for all rows, or (Template 0) the one each row names.
type Message struct {
	Template db.ID             `json:"template_id"`
	Language string            `json:"language"` // for rows that name a template without language
	Values   map[string]Source `json:"values"`   // by place: "body.1", "body.nombre", "header.1", "button.0"
}

// Source is where the value of a variable comes from: the first of column, contact field and fixed text that is set
// and not blank, else the fallback.
type Source struct {
	Column   string `json:"column,omitempty"`
	Field    string `json:"field,omitempty"` // "name", or an attribute of the contact
	Text     string `json:"text,omitempty"`
	Fallback string `json:"fallback,omitempty"`
}

// Targets of a reply.
const (
	ToAgent  = "agent"
	ToQueue  = "queue"
	ToBot    = "bot"
	ToNotify = "notify"
	ToNone   = "none"
	ToColumn = "column" // each row names an agent or a queue
)

// ToPeople as a Route's TargetBlock wants the flow's block that hands over to people, whichever it is then.
const ToPeople = "people"

// Route is where replies go (design section 7). With a button named, only that button goes to Target; any other reply
// goes to OtherTarget (D20).
type Route struct {
	Target          string `json:"target"`
	TargetID        db.ID  `json:"target_id"`
	TargetChild     db.ID  `json:"target_child_id"` // when the flow TargetID is a router: the child (A12)
	TargetBlock     string `json:"target_block"`    // of the flow, or the child: where it begins (A13); ToPeople: its first block of human service; "": its beginning
	Email           string `json:"email"`           // of the agent, as the author wrote it
	Button          string `json:"button"`
	OtherTarget     string `json:"other_target"`
	OtherTargetID   db.ID  `json:"other_target_id"`
	FallbackQueue   db.ID  `json:"fallback_queue_id"`
	FallbackMinutes int64  `json:"fallback_minutes"` // 0–1440
}

// Pace is gradual sending (B69): PerSlice messages, then nothing until EveryMinutes after the slice began. Zero: all at once.
//
// Besides, the queues that replies go to may steer it (X31): with more than SlowAbove tickets waiting in one of them slices are
// half as large, or without slices 20 messages a minute go out; with more than StopAbove nothing does. 0: not steered. PerAgent
// means so many tickets for each agent of the queue who is on line, one at least.
type Pace struct {
	PerSlice     int64 `json:"per_slice"`
	EveryMinutes int64 `json:"every_minutes"`
	SlowAbove    int64 `json:"slow_above"`
	StopAbove    int64 `json:"stop_above"`
	PerAgent     bool  `json:"per_agent"`
}

// ConfirmFrom is the number of recipients from which sending asks the author to repeat it (ux section 5).
const ConfirmFrom = 1000

// MaxRows bounds the rows of a sheet.
const MaxRows = 1_000_000
