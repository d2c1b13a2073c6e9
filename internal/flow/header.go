package flow

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
)

// Header is a line sent with a request. Its value either names values of the person and stays readable, or is a secret: then it is
// sealed when it is kept, and nobody reads it again.
type Header struct {
	Name  string `json:"name" maxLength:"200"`
	Value string `json:"value,omitempty" maxLength:"4096" doc:"one that names a value, as {{contact.KEY}}, is given back; any other is sealed when it is kept and never given back"`
	Kept  string `json:"kept,omitempty" maxLength:"32768" doc:"stands for a sealed value: sent back as it is the value stays. It counts for the same header, machine and workspace only"`
	By    string `json:"kept_by,omitempty" maxLength:"200" doc:"who gave the sealed value; empty: an API key. What is sent here does not count"`
	At    int64  `json:"kept_at,omitempty" doc:"when, Unix milliseconds. What is sent here does not count"`
}

// Vault seals and opens the values of headers of one workspace.
type Vault struct {
	Sealer    *inbox.Sealer
	Workspace db.ID
}

// secret is what is sealed.
type secret struct {
	Value string `json:"value"`
	By    string `json:"by"`
	At    int64  `json:"at"`
}

// place is where a value may be opened: nobody who changes the address or the header makes it go elsewhere.
func (v Vault) place(r *Request, h Header) string {
	u, err := url.Parse(fillWith(r.URL, nil, func(string) string { return "0" }))
	if err != nil {
		u = &url.URL{}
	}
	return fmt.Sprintf("header:%s:%s://%s:%s", v.Workspace, strings.ToLower(u.Scheme), strings.ToLower(u.Host), strings.ToLower(h.Name))
}

// Seal seals the values of a request that are secrets, as given by somebody now; who gave those sealed before stays said.
func (v Vault) Seal(r *Request, by string, now int64) error {
	for i := range r.Headers {
		h := &r.Headers[i]
		switch {
		case conversation.Blank.MatchString(h.Value):
			h.Kept, h.By, h.At = "", "", 0
		case h.Value != "":
			text, err := json.Marshal(secret{h.Value, by, now})
			if err != nil {
				return fmt.Errorf("seal header: %w", err)
			}
			h.Kept, h.Value, h.By, h.At = base64.RawURLEncoding.EncodeToString(v.Sealer.Seal(text, v.place(r, *h))), "", by, now
		default:
			s, _ := v.open(r, *h)
			h.By, h.At = s.By, s.At
		}
	}
	return nil
}

func (v Vault) open(r *Request, h Header) (s secret, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(h.Kept)
	if err != nil || len(sealed) == 0 || v.Sealer == nil {
		return s, false
	}
	text, err := v.Sealer.Open(sealed, v.place(r, h))
	return s, err == nil && json.Unmarshal(text, &s) == nil
}

// Headers are the lines a filled request is sent with, name and value; ok is false when a sealed value does not open.
func (v Vault) Headers(r *Request) (lines [][2]string, ok bool) {
	for _, h := range r.Headers {
		if h.Kept != "" {
			s, opens := v.open(r, h)
			if !opens {
				return nil, false
			}
			h.Value = s.Value
		}
		lines = append(lines, [2]string{h.Name, h.Value})
	}
	return lines, true
}

// Headers that belong to the client alone.
var ownHeaders = []string{"host", "content-length", "connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "expect", "proxy-authorization",
	"proxy-connection"}

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]{1,60}$`)

// headers finds what cannot be sent as a header, and sealed values that do not count any more.
func (c *checker) headers(r *Request) {
	seen := map[string]bool{}
	for i, h := range r.Headers {
		name, field := strings.ToLower(h.Name), fmt.Sprintf("request.headers.%d.name", i)
		switch {
		case !headerName.MatchString(h.Name):
			c.wrong(field, "flow.header", "Letters, digits and dashes only.")
		case slices.Contains(ownHeaders, name), slices.Contains(c.reserved, name):
			c.add(true, field, "flow.header_own", "This header is written by us.", map[string]any{"name": h.Name})
		case seen[name]:
			c.add(true, field, "flow.header_twice", "This header stands here twice.", map[string]any{"name": h.Name})
		}
		seen[name] = true
		c.headerValue(r, h, fmt.Sprintf("request.headers.%d.value", i))
	}
}

func (c *checker) headerValue(r *Request, h Header, field string) {
	value := h.Value
	if h.Kept != "" && value == "" && c.world.Vault.Sealer != nil {
		s, opens := c.world.Vault.open(r, h)
		if !opens {
			c.wrong(field, "flow.header_moved", "The value was given for another header or address. Write it again.")
			return
		}
		value = s.Value
	}
	switch {
	case value == "" && h.Kept == "":
		c.wrong(field, "flow.header_value", "Write the value.")
	case strings.ContainsFunc(value, func(r rune) bool { return printable(r) < 0 }):
		c.wrong(field, "flow.header_line", "A value is one line of visible characters.")
	case h.Value == "" && utf8.RuneCountInString(value) > maxValue:
		c.add(true, field, "flow.too_long", "The text is too long.", map[string]any{"limit": maxValue})
	}
	c.words(field, h.Value, maxValue, false)
}
