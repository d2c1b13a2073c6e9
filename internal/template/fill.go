package template

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"recado/internal/channel"
)

// KeyMedia is the key of the value of a header that is a picture, a video or a document: an address, or a file of ours (FileOf).
const KeyMedia = "header.media"

const keyFileName = "header.file_name"

// Rendered is what the person will read.
type Rendered struct {
	Header  string           `json:"header"` // text, or the file's name or address
	Body    string           `json:"body"`
	Footer  string           `json:"footer"`
	Buttons []RenderedButton `json:"buttons"`
}

// RenderedButton is a button as the person will see it.
type RenderedButton struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
}

// Text is the message in plain words, for the thread and for search: a text header, the body and the footer.
func (r Rendered) Text() string {
	var parts []string
	for _, part := range []string{r.Header, r.Body, r.Footer} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "\n\n")
}

// Fill is Fill of the template's shape, name and language.
func (t Template) Fill(values map[string]string) (channel.Filled, Rendered, []Problem) {
	filled, rendered, problems := t.Shape().Fill(values)
	filled.Name, filled.Language, filled.Category = t.Name, t.Language, t.Category
	return filled, rendered, problems
}

// Fill puts values into a shape. It always gives the rendering, with variables without a value left standing in braces,
// so that a preview can show a half-filled message; what was filled may be sent only when there are no problems. Name and
// language of the filled template are the caller's to set.
func (s Shape) Fill(values map[string]string) (channel.Filled, Rendered, []Problem) {
	f := filler{shape: s, values: values, used: map[string]bool{}}
	f.header()
	f.body()
	f.rendered.Footer = s.Footer
	f.buttons()
	f.leftOver()
	return f.filled, f.rendered, f.problems
}

type filler struct {
	shape    Shape
	values   map[string]string
	used     map[string]bool
	filled   channel.Filled
	rendered Rendered
	problems []Problem
}

func (f *filler) header() {
	h := f.shape.Header
	switch {
	case h == nil:
	case h.IsMedia():
		f.media(h.Format)
	default:
		text, values := f.text("header.", h.Text)
		f.rendered.Header = text
		if len(values) > 0 { // the provider allows one
			f.filled.Header = &values[0]
		}
		f.limit("header", f.rendered.Header, limitHeader)
	}
}

// media fills a header that is a file: an https address, the provider's id of an uploaded file, or a file of ours, which the message
// carries and the provider gets when it is sent.
func (f *filler) media(format string) {
	kind := strings.ToLower(format)
	media := &channel.Media{Name: strings.TrimSpace(f.values[keyFileName])}
	f.used[keyFileName] = true
	value, ok := f.value(KeyMedia)
	_, carried := FileOf(value)
	switch {
	case !ok:
	case carried:
		value = ""
	case strings.Contains(value, "://") && !strings.HasPrefix(value, "https://"):
		f.problem(CodeLink, KeyMedia, nil)
	case strings.HasPrefix(value, "https://"):
		media.URL = value
	case strings.ContainsAny(value, " /:"):
		f.problem(CodeLink, KeyMedia, nil)
	default:
		media.ProviderID = value
	}
	f.filled.Header = &channel.Value{Kind: kind, Media: media}
	f.rendered.Header = orElse(media.Name, value)
}

func (f *filler) body() {
	f.rendered.Body, f.filled.Body = f.text("body.", f.shape.Body)
	f.limit("body", f.rendered.Body, limitBody)
}

// text fills the variables of a part and renders it.
func (f *filler) text(prefix string, part Text) (string, []channel.Value) {
	var filled []channel.Value
	given := map[string]string{}
	for _, name := range part.Variables {
		value, ok := f.value(prefix + name)
		if ok {
			given[name] = value
		}
		v := channel.Value{Text: value}
		if f.shape.Named {
			v.Name = name
		}
		filled = append(filled, v)
	}
	return variable.ReplaceAllStringFunc(part.Text, func(found string) string {
		if value, ok := given[variable.FindStringSubmatch(found)[1]]; ok {
			return value
		}
		return found
	}), filled
}

func (f *filler) buttons() {
	for i, b := range f.shape.Buttons {
		key := "button." + strconv.Itoa(i)
		shown := RenderedButton{Kind: b.Kind, Text: b.Text, URL: b.URL}
		switch {
		case b.Kind == QuickReply && f.values[key] != "":
			payload, _ := f.value(key)
			f.limit(key, payload, limitPayload)
			f.filled.Buttons = append(f.filled.Buttons, channel.ButtonFill{Index: i, Kind: QuickReply, Text: payload})
		case b.Kind == OTP:
			code := strings.TrimSpace(f.values["body.1"])
			f.limit("body.1", code, limitCode)
			f.filled.Buttons = append(f.filled.Buttons, channel.ButtonFill{Index: i, Kind: URL, Text: code})
		case b.Variable != "":
			value, ok := f.value(b.Variable)
			if !ok {
				break
			}
			if b.Kind == CopyCode {
				f.limit(key, value, limitCoupon)
			} else {
				shown.URL = variable.ReplaceAllLiteralString(b.URL, value)
				f.limit(key, shown.URL, limitURL)
			}
			f.filled.Buttons = append(f.filled.Buttons, channel.ButtonFill{Index: i, Kind: b.Kind, Text: value})
		}
		f.used[key] = true
		f.rendered.Buttons = append(f.rendered.Buttons, shown)
	}
}

// value takes a value, trimmed, and notes what is wrong with it; ok is false when there is none.
func (f *filler) value(key string) (string, bool) {
	f.used[key] = true
	value := strings.TrimSpace(f.values[key])
	switch {
	case value == "":
		f.problem(CodeMissing, key, nil)
	case !utf8.ValidString(value):
		f.problem(CodeCharacters, key, nil)
	case strings.ContainsAny(value, "\n\r\t"):
		f.problem(CodeNewline, key, nil)
	case strings.Contains(value, "     "):
		f.problem(CodeSpaces, key, nil)
	}
	return value, value != ""
}

func (f *filler) limit(key, text string, limit int) {
	if n := utf8.RuneCountInString(text); n > limit {
		f.problem(CodeTooLong, key, map[string]any{"limit": limit, "length": n})
	}
}
