package flow

import (
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"recado/internal/conversation"
)

// Names are the values that words may name as {{name}}, beside contact.KEY.
var Names = []string{"contact.name", "contact.first_name", "number.name", "answer"}

const (
	ofContact = "contact."
	heard     = "answer"
	opening   = "hours"
	visit     = "visit"
)

// spaced finds a name with the space before it.
var spaced = regexp.MustCompile(`[ \t]?` + conversation.Blank.String())

// Fill puts values in the place of names. A name without a value goes, with the space before it.
func Fill(text string, values map[string]string) string {
	return spaced.ReplaceAllStringFunc(text, func(mark string) string {
		value := values[conversation.Blank.FindStringSubmatch(mark)[1]]
		if value == "" {
			return ""
		}
		return mark[:strings.Index(mark, "{{")] + value
	})
}

// fillWith fills without touching the space, each value as its place needs it.
func fillWith(text string, values map[string]string, as func(string) string) string {
	return conversation.Blank.ReplaceAllStringFunc(text, func(mark string) string {
		return as(values[conversation.Blank.FindStringSubmatch(mark)[1]])
	})
}

// Filled is a request with its values: in the address they are escaped, in the body they are the inside of JSON strings, in
// headers they are one line.
func (r Request) Filled(values map[string]string) *Request {
	r.URL = fillWith(r.URL, values, url.QueryEscape)
	r.Body = fillWith(r.Body, values, func(v string) string {
		text, _ := json.Marshal(v) // a string can always be written
		return string(text[1 : len(text)-1])
	})
	headers := make([]Header, len(r.Headers))
	for i, h := range r.Headers {
		headers[i] = Header{Name: h.Name, Value: strings.Map(printable, fillWith(h.Value, values, func(v string) string { return v })), Kept: h.Kept}
	}
	r.Headers = headers
	return &r
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// values are what words may name now.
func (p *play) values() map[string]string {
	all := maps.Clone(p.in.Values)
	if r := p.turn.State.Router; r != nil && r.Apart {
		maps.DeleteFunc(all, func(name, _ string) bool { return !slices.Contains(Names, name) })
	}
	if all == nil {
		all = map[string]string{}
	}
	for name, value := range p.turn.State.Values {
		all[ofContact+name] = value
	}
	all[heard] = p.turn.State.Heard
	all[visit] = p.turn.State.Visit
	all[opening] = "open"
	if p.in.Closed {
		all[opening] = "closed"
	}
	return all
}

// keep keeps a value with the person, and for the words that follow.
func (p *play) keep(name, value string) {
	if name == "" {
		return
	}
	value = Cut(strings.TrimSpace(value), maxValue)
	if r := p.turn.State.Router; r == nil || !r.Apart { // a child apart keeps nothing with the person
		if p.turn.Kept == nil {
			p.turn.Kept = map[string]string{}
		}
		p.turn.Kept[name] = value
	}
	kept := maps.Clone(p.turn.State.Values)
	if kept == nil {
		kept = map[string]string{}
	}
	if _, known := kept[name]; known || len(kept) < maxNames {
		kept[name] = value
	}
	p.turn.State.Values = kept
	p.log("kept", name+" = "+value)
}

// Cut leaves at most so many characters.
func Cut(text string, limit int) string { return conversation.Cut(text, limit) }
