package template

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"recado/internal/db"
)

// Draft is a template as people write it. Check says what is wrong with it, Components writes it as the provider wants it.
type Draft struct {
	Name     string            `json:"name" maxLength:"600"`
	Language string            `json:"language" maxLength:"20" doc:"as the provider writes it: es_AR, pt_BR, en"`
	Category string            `json:"category" maxLength:"40" doc:"MARKETING or UTILITY"`
	Header   *DraftHeader      `json:"header,omitempty" doc:"none: left out"`
	Body     string            `json:"body" maxLength:"5000" doc:"with variables as {{1}}, {{2}}"`
	Footer   string            `json:"footer,omitempty" maxLength:"500"`
	Buttons  []DraftButton     `json:"buttons,omitempty" maxItems:"50"`
	Examples map[string]string `json:"examples,omitempty" doc:"by variable: header.1, body.1; button.0 for the end of an address or a code to copy, by its place among all buttons"`
}

// DraftHeader is a line of text, or a file whose sample the reviewer sees.
type DraftHeader struct {
	Format string `json:"format" maxLength:"20" doc:"TEXT, IMAGE, VIDEO or DOCUMENT"`
	Text   string `json:"text,omitempty" maxLength:"500"`
	File   db.ID  `json:"file_id,omitempty" doc:"an uploaded file as a sample"`
}

// DraftButton is one button.
type DraftButton struct {
	Kind  string `json:"kind" maxLength:"40" doc:"quick_reply, url, phone_number or copy_code"`
	Text  string `json:"text,omitempty" maxLength:"200" doc:"a code to copy has none: the provider writes it"`
	URL   string `json:"url,omitempty" maxLength:"3000" doc:"may end with {{1}}"`
	Phone string `json:"phone,omitempty" maxLength:"60" doc:"with the country code"`
}

// Sample is the file of a draft's header; 0 for none.
func (d Draft) Sample() db.ID {
	if d.Header == nil || d.Header.Format == FormatText {
		return 0
	}
	return d.Header.File
}

// Named tells whether the variables have names instead of numbers.
func (d Draft) Named() bool {
	names := textOf(d.Body).Variables
	if d.Header != nil {
		names = append(names, textOf(d.Header.Text).Variables...)
	}
	return slices.ContainsFunc(names, func(name string) bool { return !isNumber(name) })
}

// Format is how the provider calls its variables: NAMED or POSITIONAL.
func (d Draft) Format() string {
	if d.Named() {
		return "NAMED"
	}
	return "POSITIONAL"
}

// Clean trims what people leave at the ends and drops examples of variables that are gone.
func (d Draft) Clean() Draft {
	d.Name, d.Language = strings.TrimSpace(d.Name), NormalLanguage(d.Language)
	d.Category = strings.ToUpper(strings.TrimSpace(d.Category))
	d.Body, d.Footer = tidy(d.Body), strings.TrimSpace(d.Footer)
	if d.Header != nil {
		h := *d.Header
		h.Format, h.Text = strings.ToUpper(strings.TrimSpace(h.Format)), tidy(h.Text)
		if h.Format != FormatText {
			h.Text = ""
		}
		d.Header = &h
	}
	d.Buttons = slices.Clone(d.Buttons)
	for i, b := range d.Buttons {
		d.Buttons[i] = DraftButton{strings.ToLower(strings.TrimSpace(b.Kind)), strings.TrimSpace(b.Text), tidy(b.URL), strings.TrimSpace(b.Phone)}
	}
	examples := map[string]string{}
	for _, key := range d.keys() {
		if text := strings.TrimSpace(d.Examples[key]); text != "" {
			examples[key] = text
		}
	}
	d.Examples = examples
	return d
}

// tidy writes line ends and variables in one way.
func tidy(text string) string {
	return strings.TrimSpace(variable.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), "{{$1}}"))
}

// keys are those of the values that need an example.
func (d Draft) keys() []string {
	var keys []string
	if d.Header != nil && d.Header.Format == FormatText {
		for _, name := range textOf(d.Header.Text).Variables {
			keys = append(keys, "header."+name)
		}
	}
	for _, name := range textOf(d.Body).Variables {
		keys = append(keys, "body."+name)
	}
	for i, b := range d.Buttons {
		if b.Kind == CopyCode || b.Kind == URL && variable.MatchString(b.URL) {
			keys = append(keys, "button."+strconv.Itoa(i))
		}
	}
	return keys
}

// Components writes the draft as the provider wants it (whatsapp-cloud-api §7.1). handle names the uploaded sample of a header
// that is a file.
func (d Draft) Components(handle string) json.RawMessage {
	var parts []map[string]any
	if h := d.Header; h != nil {
		part := map[string]any{"type": "HEADER", "format": h.Format}
		switch {
		case h.Format == FormatText:
			part["text"] = h.Text
			d.putExamples(part, "header", textOf(h.Text).Variables)
		case handle != "":
			part["example"] = map[string]any{"header_handle": []string{handle}}
		}
		parts = append(parts, part)
	}
	body := map[string]any{"type": "BODY", "text": d.Body}
	d.putExamples(body, "body", textOf(d.Body).Variables)
	parts = append(parts, body)
	if d.Footer != "" {
		parts = append(parts, map[string]any{"type": "FOOTER", "text": d.Footer})
	}
	if len(d.Buttons) > 0 {
		parts = append(parts, map[string]any{"type": "BUTTONS", "buttons": d.buttons()})
	}
	out, err := json.Marshal(parts)
	if err != nil {
		panic(fmt.Sprintf("texts do not become JSON: %v", err))
	}
	return out
}

func (d Draft) buttons() []map[string]any {
	out := make([]map[string]any, len(d.Buttons))
	for i, b := range d.Buttons {
		one := map[string]any{"type": strings.ToUpper(b.Kind)}
		if b.Text != "" && b.Kind != CopyCode {
			one["text"] = b.Text
		}
		example := d.Examples["button."+strconv.Itoa(i)]
		switch b.Kind {
		case URL:
			one["url"] = b.URL
			if variable.MatchString(b.URL) {
				one["example"] = []string{example}
			}
		case PhoneNumber:
			one["phone_number"] = phoneOf(b.Phone)
		case CopyCode:
			one["example"] = example
		}
		out[i] = one
	}
	return out
}

// putExamples adds the examples of a part's variables, in the form for numbers or for names.
func (d Draft) putExamples(part map[string]any, prefix string, names []string) {
	if len(names) == 0 {
		return
	}
	if d.Named() {
		var all []map[string]string
		for _, name := range names {
			all = append(all, map[string]string{"param_name": name, "example": d.Examples[prefix+"."+name]})
		}
		part["example"] = map[string]any{prefix + "_text_named_params": all}
		return
	}
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = d.Examples[prefix+"."+name]
	}
	if prefix == "header" {
		part["example"] = map[string]any{"header_text": values}
		return
	}
	part["example"] = map[string]any{prefix + "_text": [][]string{values}}
}

// phoneOf keeps the digits of a number and its plus.
func phoneOf(text string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	if strings.HasPrefix(text, "+") {
		return "+" + digits
	}
	return digits
}

// DraftOf is a template as people edit it. ok is false when it has parts that only the provider's own pages can change.
func DraftOf(t Template) (d Draft, ok bool) {
	s := t.Shape()
	d = Draft{Name: t.Name, Language: t.Language, Category: t.Category, Body: s.Body.Text, Footer: s.Footer, Examples: maps.Clone(s.Examples)}
	if s.Header != nil {
		d.Header = &DraftHeader{Format: s.Header.Format, Text: s.Header.Text.Text, File: t.Sample}
	}
	ok = len(s.Unfillable) == 0 && slices.Contains(Categories, t.Category)
	for _, b := range s.Buttons {
		d.Buttons = append(d.Buttons, DraftButton{Kind: b.Kind, Text: b.Text, URL: b.URL, Phone: b.Phone})
		ok = ok && buttonLimits[b.Kind] > 0
	}
	return d, ok
}
