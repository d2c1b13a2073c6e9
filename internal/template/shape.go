package template

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Header formats.
const (
	FormatText     = "TEXT"
	FormatImage    = "IMAGE"
	FormatVideo    = "VIDEO"
	FormatDocument = "DOCUMENT"
)

// Button kinds, as the provider names them, in lower case. Others exist and are kept by their name.
const (
	QuickReply  = "quick_reply"
	URL         = "url"
	PhoneNumber = "phone_number"
	CopyCode    = "copy_code"
	OTP         = "otp"
)

// Shape is a template taken apart.
type Shape struct {
	Header     *Header           `json:"header,omitempty"`
	Body       Text              `json:"body"`
	Footer     string            `json:"footer,omitempty"`
	Buttons    []Button          `json:"buttons,omitempty"`
	Named      bool              `json:"named,omitempty"`      // variables have names instead of numbers
	Examples   map[string]string `json:"examples,omitempty"`   // by the key of the value
	Unfillable []string          `json:"unfillable,omitempty"` // parts Fill has no way to fill: CAROUSEL, LOCATION …
}

// Text is a part with its variables: names without braces, numbers in their order, names as they appear.
type Text struct {
	Text      string   `json:"text"`
	Variables []string `json:"variables,omitempty"`
}

// Header is a line of text or a file. The value of a file has the key "header.media".
type Header struct {
	Format string `json:"format"` // FormatText and so on
	Text
}

// IsMedia tells whether the header is a file.
func (h *Header) IsMedia() bool {
	return h != nil && (h.Format == FormatImage || h.Format == FormatVideo || h.Format == FormatDocument)
}

// Button is one button. Variable is the key of the value it needs, empty when it needs none; a quick reply takes a
// payload under "button.<index>" if one is given.
type Button struct {
	Kind     string `json:"kind"`
	Text     string `json:"text"`
	URL      string `json:"url,omitempty"` // with {{1}} at the end when it has a variable
	Phone    string `json:"phone,omitempty"`
	Variable string `json:"variable,omitempty"`
}

// Keys are the keys of all values the template needs, in the order people read it.
func (s Shape) Keys() []string {
	var keys []string
	if s.Header.IsMedia() {
		keys = append(keys, KeyMedia)
	}
	if s.Header != nil {
		for _, name := range s.Header.Variables {
			keys = append(keys, "header."+name)
		}
	}
	for _, name := range s.Body.Variables {
		keys = append(keys, "body."+name)
	}
	for _, b := range s.Buttons {
		if b.Variable != "" {
			keys = append(keys, b.Variable)
		}
	}
	return keys
}

// component is a part as the provider writes it (whatsapp-cloud-api §7.1).
type component struct {
	Type     string   `json:"type"`
	Format   string   `json:"format"`
	Text     string   `json:"text"`
	Example  examples `json:"example"`
	Minutes  int      `json:"code_expiration_minutes"`
	Security bool     `json:"add_security_recommendation"`
	Buttons  []struct {
		Type    string          `json:"type"`
		Text    string          `json:"text"`
		URL     string          `json:"url"`
		Phone   string          `json:"phone_number"`
		Example json.RawMessage `json:"example"`
	} `json:"buttons"`
}

type examples struct {
	Header      []string       `json:"header_text"`
	HeaderNamed []namedExample `json:"header_text_named_params"`
	Body        [][]string     `json:"body_text"`
	BodyNamed   []namedExample `json:"body_text_named_params"`
}

type namedExample struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// Parse takes components apart. It fails only when they are not JSON of the provider's kind; parts we cannot fill are
// named in Shape.Unfillable.
func Parse(components json.RawMessage) (Shape, error) {
	var parts []component
	if err := json.Unmarshal(components, &parts); err != nil {
		return Shape{}, fmt.Errorf("read template components: %w", err)
	}
	shape := Shape{Examples: map[string]string{}}
	for _, part := range parts {
		switch kind := strings.ToUpper(part.Type); kind {
		case "HEADER":
			shape.addHeader(part)
		case "BODY":
			shape.Body = textOf(part.Text)
			shape.addExamples("body.", part.Example.Body, part.Example.BodyNamed)
		case "FOOTER":
			shape.Footer = part.Text
		case "BUTTONS":
			shape.addButtons(part)
		default:
			shape.Unfillable = append(shape.Unfillable, kind)
		}
	}
	shape.asAuthentication()
	for _, name := range shape.Body.Variables {
		shape.Named = shape.Named || !isNumber(name)
	}
	return shape, nil
}

func (s *Shape) addHeader(part component) {
	s.Header = &Header{Format: strings.ToUpper(part.Format)}
	switch {
	case s.Header.Format == "" || s.Header.Format == FormatText:
		s.Header.Format = FormatText
		s.Header.Text = textOf(part.Text)
		s.addExamples("header.", [][]string{part.Example.Header}, part.Example.HeaderNamed)
		for _, name := range s.Header.Variables {
			s.Named = s.Named || !isNumber(name)
		}
	case !s.Header.IsMedia():
		s.Unfillable = append(s.Unfillable, s.Header.Format)
	}
}

func (s *Shape) addButtons(part component) {
	for i, given := range part.Buttons {
		b := Button{Kind: strings.ToLower(given.Type), Text: given.Text, URL: given.URL, Phone: given.Phone}
		key := "button." + strconv.Itoa(i)
		switch {
		case b.Kind == URL && variable.MatchString(given.URL), b.Kind == CopyCode:
			b.Variable = key
			s.Examples[key] = firstExample(given.Example, given.URL)
		case b.Kind == "catalog" || b.Kind == "mpm" || b.Kind == "spm":
			s.Unfillable = append(s.Unfillable, strings.ToUpper(b.Kind))
		}
		s.Buttons = append(s.Buttons, b)
	}
}

// asAuthentication gives a template with a code button its one variable: the provider writes the body itself, and the
// code stands in the body and in the button (whatsapp-cloud-api §2.3).
func (s *Shape) asAuthentication() {
	for _, b := range s.Buttons {
		if b.Kind == OTP && len(s.Body.Variables) == 0 {
			s.Body = Text{Text: orElse(s.Body.Text, "{{1}}"), Variables: []string{"1"}}
		}
	}
}

func (s *Shape) addExamples(prefix string, numbered [][]string, named []namedExample) {
	if len(numbered) > 0 {
		for i, example := range numbered[0] {
			s.Examples[prefix+strconv.Itoa(i+1)] = example
		}
	}
	for _, n := range named {
		s.Examples[prefix+n.Name] = n.Example
	}
}

// firstExample gives the example of a button. Of an address only the variable's part counts, which the provider gives
// with or without the rest.
func firstExample(raw json.RawMessage, address string) string {
	var many []string
	var one string
	if json.Unmarshal(raw, &many) == nil && len(many) > 0 {
		one = many[0]
	} else if json.Unmarshal(raw, &one) != nil {
		return ""
	}
	before, _, _ := strings.Cut(address, "{{")
	return strings.TrimPrefix(one, before)
}

var variable = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

func textOf(text string) Text {
	var names []string
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	if !slices.ContainsFunc(names, func(name string) bool { return !isNumber(name) }) {
		slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	}
	return Text{Text: text, Variables: names}
}

func isNumber(name string) bool {
	_, err := strconv.ParseUint(name, 10, 16)
	return err == nil
}
