package simulator

import "encoding/json"

// line is one change in the journal: all of its records happened together.
type line struct {
	At       int64           `json:"at,omitempty"`    // simulated Unix milliseconds
	Ahead    int64           `json:"ahead,omitempty"` // milliseconds by which Advance had pushed the clock
	Sequence uint64          `json:"seq,omitempty"`   // message ids given out until then
	NextID   uint64          `json:"id,omitempty"`    // other ids given out until then
	Records  []journalRecord `json:"do"`
}

// journalRecord is one of its fields. Those named after a thing hold it as it became; the others tell what happened.
type journalRecord struct {
	Send      *sendRecord      `json:"send,omitempty"`      // accepted
	Step      *stepRecord      `json:"step,omitempty"`      // a message goes on
	Status    *statusRecord    `json:"status,omitempty"`    // emitted
	Answer    *answerRecord    `json:"answer,omitempty"`    // a customer is about to say something by itself
	Answered  uint64           `json:"answered,omitempty"`  // has said it: sequence of the message answered
	Inbound   int64            `json:"inbound,omitempty"`   // messages customers sent
	Refused   string           `json:"refused,omitempty"`   // a send from this number
	Reached   uint64           `json:"reached,omitempty"`   // a user was written first to
	Paced     string           `json:"paced,omitempty"`     // a send counted for the pacing of this template
	Seen      *threadKey       `json:"seen,omitempty"`      // read by the business up to Message
	Hook      *hookRecord      `json:"hook,omitempty"`      // a webhook is to be delivered
	Delivered []uint64         `json:"delivered,omitempty"` // webhooks answered with 200 in one post
	Given     []uint64         `json:"given_up,omitempty"`  // webhooks nobody will get
	Counted   map[string]int64 `json:"counted,omitempty"`   // on top of the webhook counters

	App      *appRecord      `json:"app,omitempty"`
	Account  *accountRecord  `json:"account,omitempty"`
	Number   *numberRecord   `json:"number,omitempty"`
	Template *templateRecord `json:"template,omitempty"`
	Person   *personRecord   `json:"person,omitempty"`
	Thread   *threadRecord   `json:"thread,omitempty"`
	Message  *messageRecord  `json:"message,omitempty"`
	File     *fileRecord     `json:"file,omitempty"`
	FileGone string          `json:"file_gone,omitempty"`

	// Only in a compacted journal.
	Stats    *Stats       `json:"stats,omitempty"`  // as counted so far
	Listed   *sentRecord  `json:"listed,omitempty"` // an accepted send already in Stats
	Going    *sendRecord  `json:"going,omitempty"`  // a message under way already in Stats and its thread
	Hashes   *hashRecord  `json:"hashes,omitempty"` // of sends no longer listed
	Users    *usersRecord `json:"users,omitempty"`
	LastHook uint64       `json:"last_hook,omitempty"` // id of a webhook; no lower one is given out again
	Size     int64        `json:"size,omitempty"`      // bytes before this line: ends a compacted journal
}

// sentRecord is what Stats and Messages need of an accepted send.
type sentRecord struct {
	Sequence uint64 `json:"s"`
	At       int64  `json:"at"`
	Number   string `json:"n"`
	To       string `json:"to"`
	Type     string `json:"y"`
	Callback string `json:"cb,omitempty"`
	Template string `json:"t,omitempty"`  // id
	Name     string `json:"tn,omitempty"` // of the template, which may be deleted later
}

// sendRecord is an accepted send with what its way to the customer needs.
type sendRecord struct {
	sentRecord
	WaID     string          `json:"wa,omitempty"`
	UserID   string          `json:"u,omitempty"`
	Customer string          `json:"c,omitempty"` // id
	ReplyTo  string          `json:"re,omitempty"`
	FileKind string          `json:"fk,omitempty"`   // the kind its attachment must fit
	Content  json.RawMessage `json:"body,omitempty"` // what the handset shows; absent where nobody will look
	Pricing  *pricing        `json:"price,omitempty"`
}

// stepRecord says what a message waits for.
type stepRecord struct {
	Sequence uint64 `json:"s"`
	Step     step   `json:"x"`
	Due      int64  `json:"due,omitempty"`  // simulated Unix milliseconds
	Code     int    `json:"code,omitempty"` // of stepFail
}

type statusRecord struct {
	Sequence uint64   `json:"s"`
	Status   string   `json:"st"`
	Code     int      `json:"code,omitempty"`
	Untold   bool     `json:"untold,omitempty"` // Config.Statuses kept it from the counters and webhooks
	Pricing  *pricing `json:"price,omitempty"`
}

type answerRecord struct {
	Sequence uint64 `json:"s"` // of the message answered
	Said     Said   `json:"said"`
	Due      int64  `json:"due"`
}

type hookRecord struct {
	ID      uint64          `json:"id"`
	URL     string          `json:"url,omitempty"` // "" is the callback of the configuration, which may change with a restart
	Account string          `json:"a"`
	Field   string          `json:"f"`
	Time    int64           `json:"time,omitempty"`
	Since   int64           `json:"since"`
	Value   json.RawMessage `json:"v"`
}

type appRecord struct {
	Callback    string   `json:"callback"`
	VerifyToken string   `json:"verify"`
	AllFields   bool     `json:"all"`
	Fields      []string `json:"fields,omitempty"`
}

type accountRecord struct {
	ID                string           `json:"id"`
	Subscribed        bool             `json:"subscribed"`
	Override          string           `json:"override,omitempty"`
	NamesBlocked      map[string]int64 `json:"blocked,omitempty"`
	MarketingDisabled bool             `json:"no_marketing,omitempty"`
}

type numberRecord struct {
	Number     Number   `json:"number"`
	Account    string   `json:"a"`
	Override   string   `json:"override,omitempty"`
	Verified   bool     `json:"verified"`
	Code       string   `json:"code,omitempty"`
	CodeUntil  int64    `json:"code_until,omitempty"`
	WrongPINs  int      `json:"wrong_pins,omitempty"`
	Registered []int64  `json:"registered,omitempty"`
	Onboarded  int64    `json:"onboarded"`
	Profile    profile  `json:"profile"`
	Blocked    []string `json:"blocked,omitempty"` // customer ids
	Identity   bool     `json:"identity,omitempty"`
	Month      string   `json:"month,omitempty"`
	Delivered  int      `json:"delivered,omitempty"`
	NewName    string   `json:"new_name,omitempty"`
	RenameAt   int64    `json:"rename_at,omitempty"`
}

type templateRecord struct {
	Template    Template `json:"template"`
	Quality     string   `json:"quality"`
	Account     string   `json:"a"`
	Gone        bool     `json:"gone,omitempty"`
	Created     int64    `json:"created"`
	Edits       []int64  `json:"edits,omitempty"`
	Pauses      int      `json:"pauses,omitempty"`
	Complaints  int      `json:"complaints,omitempty"`
	QualityDate int64    `json:"quality_date,omitempty"`
	Paced       int      `json:"paced,omitempty"`
	TTL         int      `json:"ttl,omitempty"`
	ReviewAt    int64    `json:"review_at,omitempty"`
	UnpauseAt   int64    `json:"unpause_at,omitempty"`
	PacingEnds  int64    `json:"pacing_ends,omitempty"`
}

type personRecord struct {
	ID         string   `json:"id"`
	Order      int      `json:"o"` // of customer ids
	WaID       string   `json:"wa,omitempty"`
	UserID     string   `json:"u"`
	Name       string   `json:"name,omitempty"`
	Username   string   `json:"username,omitempty"`
	Hidden     bool     `json:"hidden,omitempty"`
	Offline    bool     `json:"offline,omitempty"`
	NoReceipts bool     `json:"no_receipts,omitempty"`
	OptedOut   bool     `json:"opted_out,omitempty"`
	Blocks     []string `json:"blocks,omitempty"` // phone number ids
	Identity   string   `json:"identity"`
}

// threadKey names a thread, and a message in it.
type threadKey struct {
	Customer string `json:"c"`
	Number   string `json:"n"`
	Message  string `json:"m,omitempty"`
}

type threadRecord struct {
	threadKey
	LastInbound int64 `json:"in,omitempty"`
	Referred    int64 `json:"ad,omitempty"`
	FreeUntil   int64 `json:"free,omitempty"`
	OpenUntil   int64 `json:"open,omitempty"`
	Unread      int   `json:"unread,omitempty"`
}

type messageRecord struct {
	threadKey
	Shown message `json:"shown"`
}

type fileRecord struct {
	ID      string `json:"id"`
	Mime    string `json:"mime"`
	Name    string `json:"name,omitempty"`
	Expires int64  `json:"expires"`
}

type hashRecord struct {
	Pairs     []uint64 `json:"pairs,omitempty"`
	Callbacks []uint64 `json:"callbacks,omitempty"`
}

// usersRecord holds what limits know of users, by hash, in simulated Unix milliseconds.
type usersRecord struct {
	Reached map[uint64]int64 `json:"reached,omitempty"`
	Pairs   map[uint64]int64 `json:"pairs,omitempty"`
}
