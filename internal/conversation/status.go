package conversation

import (
	"fmt"

	"recado/internal/channel"
)

// Status of a message. The number is its step on the ladder: a message moves only to a higher one (X11).
type Status int16

// The ladder. Failed stands below Delivered: a provider may report a failure and deliver all the same, never the reverse.
const (
	Queued      Status = 10 // waits in the outbox
	Sending     Status = 20 // claimed by a node
	Unconfirmed Status = 30 // may have left; nobody knows yet (X42)
	Accepted    Status = 40 // the provider took it
	Sent        Status = 50
	Failed      Status = 55
	Delivered   Status = 60
	Read        Status = 70
	Played      Status = 80
	Received    Status = 90 // inbound messages, notes, markers
)

var statusWords = map[Status]string{Queued: "queued", Sending: "queued", Unconfirmed: "unconfirmed", Accepted: "accepted",
	Sent: "sent", Failed: "failed", Delivered: "delivered", Read: "read", Played: "played", Received: "received"}

// String gives the word people and JSON see. Sending is "queued" to them: for seconds at most nothing else is known.
func (s Status) String() string { return statusWords[s] }

// MarshalText gives the word used in JSON.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word used in JSON; "" is no status.
func (s *Status) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = 0
		return nil
	}
	for status, word := range statusWords {
		if word == string(text) && status != Sending {
			*s = status
			return nil
		}
	}
	return fmt.Errorf("%q is not a status", text)
}

// StatusOf turns a provider's status into ours; ok is false for one we do not know.
func StatusOf(kind channel.StatusKind) (s Status, ok bool) {
	switch kind {
	case channel.Sent:
		return Sent, true
	case channel.Delivered:
		return Delivered, true
	case channel.Read:
		return Read, true
	case channel.Played:
		return Played, true
	case channel.Failed:
		return Failed, true
	}
	return 0, false
}
