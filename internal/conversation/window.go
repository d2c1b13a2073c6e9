package conversation

import (
	"context"
	"fmt"

	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

const (
	// windowLength is how long a person's message lets us answer freely, in milliseconds (whatsapp-cloud-api §7).
	windowLength = 24 * 60 * 60 * 1000
	// windowMargin is kept before the end: what leaves in the last minute may arrive too late (channels/windows, rule 1).
	windowMargin = 60 * 1000
)

// States of a window.
const (
	WindowOpen     = "open"            // anything may be said
	TemplateOnly   = "template_only"   // only an approved template
	OptedOut       = "opted_out"       // the window is closed and the person wants no active messages
	AccountProblem = "account_problem" // the number cannot send now
)

// What may be said.
const (
	AllowFree     = "free"     // words of one's own
	AllowMedia    = "media"    // files
	AllowTemplate = "template" // an approved template
)

// WindowFacts is all that decides what may be said.
type WindowFacts struct {
	InboxStatus inbox.Status
	Until       int64 // end of the service window by the provider's time, Unix milliseconds; 0: never opened
	OptedOut    bool  // from active messages
}

// WindowState is what may be said now in a conversation.
type WindowState struct {
	State   string   `json:"state"`
	Until   int64    `json:"until"`   // end of the service window, Unix milliseconds; 0: never opened
	Allowed []string `json:"allowed"` // of AllowFree, AllowMedia, AllowTemplate
	Reason  string   `json:"reason"`  // code for words: "", window.never, window.closed, contact.opted_out, inbox.disconnected, inbox.blocked
}

// WindowOf decides what may be said at a time on WhatsApp (channels/windows): within 24 h of the person's last message anything,
// later a template only, and active messages not at all to who opted out. A disconnected number says nothing; a blocked
// one stops campaigns, while answers are still tried.
func WindowOf(facts WindowFacts, now int64) WindowState {
	w := WindowState{Until: facts.Until, Allowed: []string{}}
	switch {
	case facts.InboxStatus == inbox.Disconnected:
		w.State, w.Reason = AccountProblem, "inbox.disconnected"
	case windowOpen(facts.Until, now):
		w.State, w.Allowed = WindowOpen, []string{AllowFree, AllowMedia, AllowTemplate}
	case facts.InboxStatus == inbox.Blocked:
		w.State, w.Reason = AccountProblem, "inbox.blocked"
	case facts.OptedOut:
		w.State, w.Reason = OptedOut, "contact.opted_out"
	default:
		w.State, w.Reason, w.Allowed = TemplateOnly, "window.closed", []string{AllowTemplate}
		if facts.Until == 0 {
			w.Reason = "window.never"
		}
	}
	return w
}

func windowOpen(until, now int64) bool { return now < until-windowMargin }

// Allows tells whether this may be said.
func (w WindowState) Allows(what string) bool {
	for _, a := range w.Allowed {
		if a == what {
			return true
		}
	}
	return false
}

// refusal is the fault for saying what the window does not allow.
func (w WindowState) refusal() error {
	switch w.State {
	case AccountProblem:
		return fault.New(fault.Conflict, w.Reason, "This number can not send at the moment.")
	case OptedOut:
		return fault.New(fault.Conflict, w.Reason, "This person does not want active messages. Wait until they write.")
	}
	return fault.New(fault.Conflict, "window.closed", "More than 24 hours have passed since this person last wrote. Send a template instead.")
}

const windowFacts = `select c.window_until, i.status, case when p.opted_out_at is null then 0 else 1 end as opted_out
	from conversations c join inboxes i on i.id = c.inbox_id join contacts p on p.id = c.contact_id where c.id = $1 and c.workspace_id = $2`

// Window tells what may be said in a conversation now. It fails with NotFound.
func (r *Room) Window(ctx context.Context, workspace, conversation db.ID) (WindowState, error) {
	return windowAt(ctx, r.d, workspace, conversation, r.d.Now())
}

func windowAt(ctx context.Context, q db.Querier, workspace, conversation db.ID, now int64) (WindowState, error) {
	row, err := db.One[struct {
		Until    int64        `db:"window_until"`
		Status   inbox.Status `db:"status"`
		OptedOut int          `db:"opted_out"`
	}](ctx, q, windowFacts, conversation, workspace)
	if db.None(err) {
		return WindowState{}, notFound(conversation)
	}
	if err != nil {
		return WindowState{}, fmt.Errorf("window of conversation %d: %w", conversation, err)
	}
	return WindowOf(WindowFacts{InboxStatus: row.Status, Until: row.Until, OptedOut: row.OptedOut == 1}, now), nil
}

func notFound(conversation db.ID) error {
	return fault.New(fault.NotFound, "conversation.not_found", "There is no such conversation.").With("id", conversation.String())
}
