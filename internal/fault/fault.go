// Package fault is the closed set of failures a caller can act on. Rooms return them, api turns them into problem
// documents once, the desk shows their words.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what a caller can do about a failure.
type Kind int

// The kinds, with the HTTP status that api gives them.
const (
	Internal     Kind = iota // 500: our mistake; nothing the caller can mend
	Invalid                  // 422: the input is wrong; Field names it
	NotFound                 // 404: no such thing, or none that the actor may know of
	Conflict                 // 409: it changed meanwhile, or exists already
	Unauthorized             // 401: sign in first
	Forbidden                // 403: signed in, but not allowed
	TooMany                  // 429: wait and try again
	Unavailable              // 503: a part we need is down; nothing was kept
	TooLarge                 // 413: the body or file passes the limit
)

// Error is a failure with words for people. Code is stable and names the words in the three languages
// (room words); Message is their English form, used where no translation exists.
type Error struct {
	Kind    Kind
	Code    string
	Field   string         // input at fault, as in the request ("email", "audience.columns.phone"); empty when none
	Message string         // for people, in English
	Params  map[string]any // values the words need
	Err     error          // cause, for logs only
}

// Error gives the English words, followed by the cause if there is one.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Message, e.Err)
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes a failure of the given kind. The message is a format for fmt.Sprintf.
func New(kind Kind, code, message string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(message, args...)}
}

// On names the input at fault.
func (e *Error) On(field string) *Error {
	e.Field = field
	return e
}

// With adds a value the words need.
func (e *Error) With(name string, value any) *Error {
	if e.Params == nil {
		e.Params = map[string]any{}
	}
	e.Params[name] = value
	return e
}

// Because keeps the cause for the log.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// KindOf tells the kind of any error; what is not a fault is Internal.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// Is tells whether err is a fault with this code.
func Is(err error, code string) bool {
	var f *Error
	return errors.As(err, &f) && f.Code == code
}
