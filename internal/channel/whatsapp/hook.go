package whatsapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"recado/internal/channel"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A hook (§6.2) in two readings. The fast one decodes messages and statuses in place; it covers nearly everything that
// comes. Whatever it does not know goes through the careful one, which looks at each part by itself and keeps its bytes.
type (
	fastHook    = hook[fastValue]
	carefulHook = hook[jsontext.Value]
)

type hook[V any] struct {
	Object  string     `json:"object"`
	Entries []entry[V] `json:"entry"`
}

type entry[V any] struct {
	ID      string      `json:"id"`
	Changes []change[V] `json:"changes"`
}

type change[V any] struct {
	Field string `json:"field"`
	Value V      `json:"value"`
}

type fastValue struct {
	Metadata metadata       `json:"metadata"`
	People   jsontext.Value `json:"contacts"` // decoded when there are messages: statuses do without
	Messages []message      `json:"messages"`
	Statuses []status       `json:"statuses"`
	Errors   jsontext.Value `json:"errors"`
}

type carefulValue struct {
	Metadata    metadata         `json:"metadata"`
	People      jsontext.Value   `json:"contacts"`
	Messages    []jsontext.Value `json:"messages"`
	Statuses    []jsontext.Value `json:"statuses"`
	Echoes      []jsontext.Value `json:"message_echoes"`
	Preferences []jsontext.Value `json:"user_preferences"`
	Errors      jsontext.Value   `json:"errors"`
}

type metadata struct {
	Number string `json:"phone_number_id"`
}

// profile is a person beside the messages; it is matched to them by number or user id.
type profile struct {
	Profile struct {
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"profile"`
	WaID   string `json:"wa_id"`
	UserID string `json:"user_id"`
}

var errNotOurs = errors.New("this is not a hook: it does not say what it is of")

// hooks keeps decoded hooks for reuse: their slices are the largest part of what reading one costs.
var hooks = sync.Pool{New: func() any { return new(fastHook) }}

// Parse turns the body of a hook into events, in the order of the body. It fails only when the body as a whole is not a
// hook; a part that cannot be read becomes Unsupported or account news with its raw bytes.
func (a *Adapter) Parse(body []byte) ([]channel.Event, error) {
	h := hooks.Get().(*fastHook)
	defer hooks.Put(h)
	h.Object, h.Entries = "", h.Entries[:0]
	if err := jsonv2.Unmarshal(body, h, readLoosely); err == nil && h.Object == whatsappAccount {
		if events, ok := fastEvents(h); ok {
			return events, nil
		}
	}
	return parseCarefully(body)
}

const whatsappAccount = "whatsapp_business_account"

// fastEvents gives the events of a hook; ok is false when any part needs the careful reading.
func fastEvents(h *fastHook) ([]channel.Event, bool) {
	n := 0
	for _, e := range h.Entries {
		for _, c := range e.Changes {
			if c.Field != "messages" || len(c.Value.Errors) > 0 {
				return nil, false
			}
			n += len(c.Value.Messages) + len(c.Value.Statuses)
		}
	}
	events := make([]channel.Event, 0, n)
	for i := range h.Entries {
		for j := range h.Entries[i].Changes {
			v := &h.Entries[i].Changes[j].Value
			var people []profile
			if len(v.Messages) > 0 {
				people = profiles(v.People)
			}
			for k := range v.Messages {
				in, ok := v.Messages[k].inbound(people)
				if !ok {
					return nil, false
				}
				events = append(events, channel.Event{InboxExternalID: v.Metadata.Number, Message: in})
			}
			for k := range v.Statuses {
				if s := v.Statuses[k].event(); s != nil {
					events = append(events, channel.Event{InboxExternalID: v.Metadata.Number, Status: s})
				}
			}
		}
	}
	if len(events) == 0 {
		return nil, true
	}
	return events, true
}

func profiles(raw jsontext.Value) []profile {
	var people []profile
	if len(raw) > 0 {
		_ = jsonv2.Unmarshal(raw, &people, readLoosely) // names that cannot be read are names we do not have
	}
	return people
}

// parseCarefully reads every part by itself, so that one we cannot read takes no other with it.
func parseCarefully(body []byte) ([]channel.Event, error) {
	var h carefulHook
	if err := jsonv2.Unmarshal(body, &h, readLoosely); err != nil {
		return nil, fmt.Errorf("read hook: %w", err)
	}
	if h.Object == "" {
		return nil, errNotOurs
	}
	if h.Object != whatsappAccount { // the app is subscribed to more than we read
		return []channel.Event{{Account: &channel.Account{Field: h.Object, Raw: keep(body)}}}, nil
	}
	var events []channel.Event
	for _, e := range h.Entries {
		for _, c := range e.Changes {
			events = append(events, carefulEvents(e.ID, c)...)
		}
	}
	return events, nil
}

// carefulEvents reads one change. One that holds neither messages nor statuses is news of the account.
func carefulEvents(account string, c change[jsontext.Value]) []channel.Event {
	raw := c.Value
	var v carefulValue
	if err := jsonv2.Unmarshal(raw, &v, readLoosely); err != nil {
		return []channel.Event{newsOf(account, c.Field, raw)}
	}
	var events []channel.Event
	people := profiles(v.People)
	for _, m := range v.Messages {
		events = append(events, carefulMessage(v.Metadata.Number, m, people, false))
	}
	for _, m := range v.Echoes {
		events = append(events, carefulMessage(v.Metadata.Number, m, people, true))
	}
	for _, raw := range v.Statuses {
		var s status
		if err := jsonv2.Unmarshal(raw, &s, readLoosely); err != nil {
			events = append(events, channel.Event{InboxExternalID: v.Metadata.Number,
				Account: &channel.Account{Field: "statuses", AccountExternalID: account, Raw: keep(raw)}})
		} else if told := s.event(); told != nil {
			events = append(events, channel.Event{InboxExternalID: v.Metadata.Number, Status: told})
		}
	}
	for _, raw := range v.Preferences {
		events = append(events, preferenceOf(account, v.Metadata.Number, c.Field, raw))
	}
	told := len(v.Messages) + len(v.Echoes) + len(v.Statuses) + len(v.Preferences)
	if told == 0 && c.Field != "messages" || len(v.Errors) > 0 {
		news := newsOf(account, c.Field, raw)
		news.InboxExternalID = v.Metadata.Number
		events = append(events, news)
	}
	return events
}

// keep copies raw bytes out of the body, which belongs to the caller.
func keep(raw jsontext.Value) json.RawMessage { return json.RawMessage(append([]byte(nil), raw...)) }
