package simulator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// templateContent names a template and fills it (whatsapp-cloud-api §2.3).
type templateContent struct {
	Name     string `json:"name"`
	Language struct {
		Code   string `json:"code"`
		Policy string `json:"policy"`
	} `json:"language"`
	Components []filledComponent `json:"components"`
}

type filledComponent struct {
	Type       string          `json:"type"`
	SubType    string          `json:"sub_type"`
	Index      looseText       `json:"index"`
	Parameters []filledValue   `json:"parameters"`
	Cards      json.RawMessage `json:"cards"`
}

type filledValue struct {
	Type     string           `json:"type"`
	Name     string           `json:"parameter_name"`
	Text     looseText        `json:"text"`
	Payload  looseText        `json:"payload"`
	Code     looseText        `json:"coupon_code"`
	Image    *mediaContent    `json:"image"`
	Video    *mediaContent    `json:"video"`
	Document *mediaContent    `json:"document"`
	Location *locationContent `json:"location"`
	Currency *fallbackValue   `json:"currency"`
	DateTime *fallbackValue   `json:"date_time"`
	Action   json.RawMessage  `json:"action"`
	Offer    json.RawMessage  `json:"limited_time_offer"`
}

type fallbackValue struct {
	Fallback string      `json:"fallback_value"`
	Code     string      `json:"code"`
	Amount   json.Number `json:"amount_1000"`
}

// checkTemplate checks what needs no template.
func (r *sendRequest) checkTemplate() error {
	switch {
	case r.Template == nil:
		return refuse(131008, "Parameter 'template' is required.")
	case r.Template.Name == "":
		return refuse(131008, "Parameter 'template.name' is required.")
	case r.Template.Language.Code == "":
		return refuse(131008, "Parameter 'template.language.code' is required.")
	}
	return nil
}

// rendered is a template as the customer sees it.
type rendered struct {
	Header  *renderedHeader  `json:"header,omitempty"`
	Body    string           `json:"body"`
	Footer  string           `json:"footer,omitempty"`
	Buttons []renderedButton `json:"buttons,omitempty"`
}

type renderedHeader struct {
	Format   string           `json:"format"`
	Text     string           `json:"text,omitempty"`
	Media    *mediaContent    `json:"media,omitempty"`
	Location *locationContent `json:"location,omitempty"`
}

type renderedButton struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	URL     string `json:"url,omitempty"`
	Phone   string `json:"phone_number,omitempty"`
	Payload string `json:"payload,omitempty"`
	Code    string `json:"code,omitempty"`
}

// fill checks every parameter against the template and puts them in.
func (t *Template) fill(content *templateContent) (*rendered, error) {
	if err := t.checkComponents(content); err != nil {
		return nil, err
	}
	out := &rendered{}
	if f := t.part("FOOTER"); f != nil {
		out.Footer = f.Text
	}
	var err error
	if out.Header, err = t.fillHeader(content.part("header")); err != nil {
		return nil, err
	}
	if out.Body, err = t.fillText("body", t.part("BODY"), content.part("body")); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(out.Body) > 1024 {
		return nil, refuse(132005, "")
	}
	out.Buttons, err = t.fillButtons(content)
	return out, err
}

// part returns the component of a type, or nil.
func (c *templateContent) part(kind string) *filledComponent {
	for i := range c.Components {
		if strings.EqualFold(c.Components[i].Type, kind) {
			return &c.Components[i]
		}
	}
	return nil
}

// checkComponents refuses components of types that do not exist, or not in this template.
func (t *Template) checkComponents(content *templateContent) error {
	seen := map[string]bool{}
	for _, c := range content.Components {
		kind := strings.ToLower(c.Type)
		key := kind
		switch kind {
		case "header", "body", "carousel", "limited_time_offer":
			if t.part(strings.ToUpper(kind)) == nil && len(c.Parameters) > 0 {
				return refuse(132000, "%s: number of localizable_params (%d) does not match the expected number of params (0)", kind, len(c.Parameters))
			}
		case "button":
			key += string(c.Index)
		default:
			return refuse(100, "Component type '%s' is not valid.", c.Type)
		}
		if seen[key] {
			return refuse(100, "Component '%s' is given twice.", key)
		}
		seen[key] = true
	}
	return nil
}

func (t *Template) fillHeader(given *filledComponent) (*renderedHeader, error) {
	h := t.part("HEADER")
	if h == nil {
		return nil, nil
	}
	out := &renderedHeader{Format: h.Format}
	if h.Format == "TEXT" {
		text, err := t.fillText("header", h, given)
		out.Text = text
		return out, err
	}
	if given == nil || len(given.Parameters) != 1 {
		return nil, refuse(132012, "header: Format mismatch, expected %s, received UNKNOWN", h.Format)
	}
	value := given.Parameters[0]
	if !strings.EqualFold(value.Type, h.Format) {
		return nil, refuse(132012, "header: Format mismatch, expected %s, received %s", h.Format, strings.ToUpper(value.Type))
	}
	if h.Format == "LOCATION" {
		out.Location = value.Location
		if value.Location == nil {
			return nil, refuse(131008, "Parameter 'header.location' is required.")
		}
		return out, value.Location.check("header.location")
	}
	out.Media = value.media()
	return out, checkMedia(strings.ToLower(h.Format), out.Media)
}

func (v *filledValue) media() *mediaContent {
	switch v.Type {
	case "image":
		return v.Image
	case "video":
		return v.Video
	case "document":
		return v.Document
	}
	return nil
}

var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// fillText replaces the placeholders of a header or body. where names the component in refusals.
func (t *Template) fillText(where string, c *Component, given *filledComponent) (string, error) {
	if c == nil {
		return "", nil
	}
	parts, names := pieces(c.Text)
	var values []filledValue
	if given != nil {
		values = given.Parameters
	}
	if len(values) != len(names) {
		return "", refuse(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)", where, len(values), len(names))
	}
	if len(names) == 0 {
		return c.Text, nil
	}
	byName, err := t.byName(where, values)
	if err != nil {
		return "", err
	}
	for _, name := range names {
		if _, ok := byName[name]; !ok {
			return "", refuse(100, "%s: Parameter name is missing or empty: %s", where, name)
		}
	}
	var out strings.Builder
	for _, p := range parts {
		out.WriteString(p.words)
		out.WriteString(byName[p.hole])
	}
	return out.String(), nil
}

// byName gives every value the name of its placeholder: its own, or its position.
func (t *Template) byName(where string, values []filledValue) (map[string]string, error) {
	byName := make(map[string]string, len(values))
	for i, value := range values {
		text, err := value.words(where)
		if err != nil {
			return nil, err
		}
		name := strconv.Itoa(i + 1)
		if t.Format == "NAMED" {
			name = value.Name
		} else if value.Name != "" {
			return nil, refuse(100, "%s: parameter_name is only for templates with named parameters", where)
		}
		byName[name] = text
	}
	return byName, nil
}

// piece is a stretch of text and the placeholder that follows it, "" at the end.
type piece struct{ words, hole string }

// pieces cuts a text at its placeholders and lists their different names. It reads what placeholder matches, without
// the cost of the expression: every send of a template comes through here.
func pieces(text string) (parts []piece, names []string) {
	rest := text
	for {
		open := strings.Index(rest, "{{")
		if open < 0 {
			break
		}
		end := strings.Index(rest[open:], "}}")
		if end < 0 {
			break
		}
		name := strings.TrimSpace(rest[open+2 : open+end])
		parts = append(parts, piece{rest[:open], name})
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		rest = rest[open+end+2:]
	}
	return append(parts, piece{words: rest}), names
}

func distinct(found [][]string) []string {
	var names []string
	seen := map[string]bool{}
	for _, m := range found {
		if !seen[m[1]] {
			seen[m[1]] = true
			names = append(names, m[1])
		}
	}
	return names
}

// words is the text of a text, currency or date parameter.
func (v *filledValue) words(where string) (string, error) {
	var text string
	switch v.Type {
	case "text":
		text = string(v.Text)
	case "currency":
		if v.Currency != nil {
			text = v.Currency.Fallback
		}
	case "date_time":
		if v.DateTime != nil {
			text = v.DateTime.Fallback
		}
	default:
		return "", refuse(132012, "%s: Format mismatch, expected TEXT, received %s", where, strings.ToUpper(v.Type))
	}
	if text == "" {
		return "", refuse(131008, "%s: parameter of type %s is missing its text value", where, v.Type)
	}
	if strings.ContainsAny(text, "\n\r\t") || strings.Contains(text, "     ") {
		return "", refuse(132018, "%s: parameter text cannot have new-line or tab characters or more than 4 consecutive spaces", where)
	}
	return text, nil
}

// fillButtons checks the button components and gives the buttons with their payloads, addresses and codes.
func (t *Template) fillButtons(content *templateContent) ([]renderedButton, error) {
	buttons := t.buttons()
	given := map[int]*filledComponent{}
	for i := range content.Components {
		c := &content.Components[i]
		if !strings.EqualFold(c.Type, "button") {
			continue
		}
		index, err := strconv.Atoi(string(c.Index))
		if err != nil || index < 0 || index >= len(buttons) {
			return nil, refuse(132018, "button: there is no button with index '%s'", c.Index)
		}
		given[index] = c
	}
	var out []renderedButton
	for i, b := range buttons {
		filled, err := b.fill(i, given[i])
		if err != nil {
			return nil, err
		}
		out = append(out, filled)
	}
	return out, nil
}

// fill puts one button's parameter in.
func (b Button) fill(index int, given *filledComponent) (renderedButton, error) {
	out := renderedButton{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone}
	where := fmt.Sprintf("button at index %d", index)
	if given != nil && !strings.EqualFold(given.SubType, b.subType()) {
		return out, refuse(132012, "%s: expected sub_type %s, received %s", where, b.subType(), given.SubType)
	}
	var value filledValue
	if given != nil && len(given.Parameters) > 0 {
		value = given.Parameters[0]
	}
	switch b.Type {
	case "QUICK_REPLY":
		out.Payload = orDefault(string(value.Payload), b.Text)
		return out, atMost(where+".payload", out.Payload, 256)
	case "URL", "OTP":
		if b.Type == "URL" && !placeholder.MatchString(b.URL) {
			return out, nil
		}
		if value.Text == "" {
			return out, refuse(131008, "%s: parameter of type text is missing its text value", where)
		}
		out.URL = placeholder.ReplaceAllLiteralString(b.URL, string(value.Text))
		out.Code = string(value.Text)
	case "COPY_CODE":
		if value.Code == "" {
			return out, refuse(131008, "%s: parameter of type coupon_code is missing its value", where)
		}
		out.Code = string(value.Code)
		return out, atMost(where+".coupon_code", out.Code, 20)
	}
	return out, nil
}

// subType is how a send names the button's type.
func (b Button) subType() string {
	switch b.Type {
	case "OTP":
		return "url"
	case "PHONE_NUMBER":
		return "voice_call"
	}
	return strings.ToLower(b.Type)
}
