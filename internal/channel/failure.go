package channel

import (
	"fmt"
	"time"
)

// Class is what the sender does about a failure (whatsapp-errors "Policy table for the sender"). A provider's leaf maps
// its codes to a class; gateway acts on the class in one place.
type Class string

// The classes.
const (
	Transient      Class = "transient"       // try again: 2 s, 8 s, 30 s, 2 min, 10 min
	Unknown        Class = "unknown"         // the request may have left: wait for a status, never blindly again
	NumberThrottle Class = "number_throttle" // the whole number waits: 1 s doubling to 60 s; not a failed attempt
	PairThrottle   Class = "pair_throttle"   // this contact waits: 4, 16, 64 s
	CallThrottle   Class = "call_throttle"   // management calls wait
	ChannelDown    Class = "channel_down"    // the number is disconnected; messages stay queued
	AccountBlocked Class = "account_blocked" // campaigns of the number pause, someone is told
	LimitReached   Class = "limit_reached"   // nobody else may be written to first for now: campaigns pause, and what they were refused waits
	TemplateDown   Class = "template_down"   // campaigns with the template pause
	BadRequest     Class = "bad_request"     // final; a run of the same stops a campaign
	RecipientNever Class = "recipient_never" // final; the contact is flagged
	RecipientLater Class = "recipient_later" // final; never retried by itself
	WindowClosed   Class = "window_closed"   // final; a template is offered
	OptedOut       Class = "opted_out"       // final; the person asked for no promotion while it waited
	Cancelled      Class = "cancelled"       // we took it back before it left
)

// Failure is why a message did not get through.
type Failure struct {
	Class  Class
	Code   int    // the provider's code; 0 for none
	Sub    int    // its code within the code, of templates and numbers; 0 for none
	Title  string // the provider's words, for "Details"
	Detail string
	Trace  string        // the provider's trace id, for its support
	After  time.Duration // wait at least so long, when the provider says so
	Err    error
}

// Error is for logs; people get the words of Class and Code.
func (f *Failure) Error() string {
	text := fmt.Sprintf("provider refused (%s, code %d): %s", f.Class, f.Code, f.Title)
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Final tells whether the message will not be tried again by itself.
func (f *Failure) Final() bool {
	switch f.Class {
	case BadRequest, RecipientNever, RecipientLater, WindowClosed, TemplateDown, AccountBlocked, LimitReached, OptedOut, Cancelled:
		return true
	}
	return false
}
