package campaign

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/template"
)

// bodyLimit is the longest filled body in characters (whatsapp-cloud-api §7.2).
const bodyLimit = 1024

func newWording(t template.Template) *wording {
	w := &wording{Template: t, shape: t.Shape()}
	w.plain = len(w.shape.Unfillable) == 0
	body := map[string]bool{}
	for _, name := range w.shape.Body.Variables {
		body[name] = true
	}
	for _, key := range w.shape.Keys() {
		place, name, _ := strings.Cut(key, ".")
		n := need{key: key, shown: key}
		switch {
		case place == "body":
			n.short, n.shown = name, "{{"+name+"}}"
		case place == "header" && !body[name] && name != "media":
			n.short, n.shown = name, "{{"+name+"}}"
		}
		w.needs = append(w.needs, n)
		w.plain = w.plain && place == "body"
	}
	for _, b := range w.shape.Buttons {
		w.plain = w.plain && b.Kind != template.OTP
	}
	w.room = bodyLimit - len(w.shape.Body.Text)
	return w
}

// plan tells where the values of a template are looked for.
func (j *judge) plan(w *wording) []valuePlan {
	if p, ok := j.plans[w]; ok {
		return p
	}
	plans := make([]valuePlan, len(w.needs))
	used := map[int]bool{}
	for i, n := range w.needs {
		p := valuePlan{need: n, column: -1}
		if source, ok := j.c.Message.Values[n.key]; ok && source != (Source{}) {
			p.source = source
			p.column = indexOf(j.c.Audience.Headers, source.Column)
		} else if column, ok := j.vars[n.key]; ok {
			p.column = column
		} else if column, ok := j.vars[n.short]; ok && n.short != "" {
			p.column = column
		}
		used[p.column] = true
		plans[i] = p
	}
	j.plans[w] = plans
	j.surplus[w] = j.surplusColumns(used)
	j.extras[w] = j.extraColumns(used)
	return plans
}

// maxExtras bounds the columns of a sheet that are kept on the contact.
const maxExtras = 20

// extraColumns are the columns that mean nothing to the campaign; they are kept on the contact (B61).
func (j *judge) extraColumns(used map[int]bool) []int {
	c := j.columns
	var out []int
	for column := range j.c.Audience.Headers {
		fixed := slices.Contains([]int{c.phone, c.sender, c.template, c.language, c.agent, c.queue, c.name}, column)
		if !fixed && !used[column] && len(out) < maxExtras {
			out = append(out, column)
		}
	}
	return out
}

// extrasOf gives what a row says besides; nil when it says nothing.
func (j *judge) extrasOf(w *wording, cells []string) map[string]string {
	var out map[string]string
	for _, column := range j.extras[w] {
		if text := cell(cells, column); text != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[j.c.Audience.Headers[column]] = text
		}
	}
	return out
}

// extrasWithoutTemplate gives what a row says besides while nobody knows which values its template takes.
func (j *judge) extrasWithoutTemplate(cells []string) map[string]string {
	if _, known := j.extras[nil]; !known {
		used := map[int]bool{}
		for _, column := range j.vars {
			used[column] = true
		}
		j.extras[nil] = j.extraColumns(used)
	}
	return j.extrasOf(nil, cells)
}

// surplusColumns are the columns that name a variable which the template does not have.
func (j *judge) surplusColumns(used map[int]bool) []surplusColumn {
	var out []surplusColumn
	for key, column := range j.vars {
		named := isNumber(key) && !j.c.Audience.Columns.ByPosition || strings.HasPrefix(key, "body.") || strings.HasPrefix(key, "header.") ||
			strings.HasPrefix(key, "button.")
		if named && !used[column] {
			out = append(out, surplusColumn{key, column})
		}
	}
	return out
}

// text gives the value of a variable in a row; "" when it has none.
func (p valuePlan) text(cells []string, known *knownContact) string {
	if text := cell(cells, p.column); text != "" {
		return text
	}
	if p.source.Field != "" {
		if text := known.field(p.source.Field); text != "" {
			return text
		}
	}
	if p.source.Text != "" {
		return p.source.Text
	}
	return p.source.Fallback
}

// checkValues finds the values of a row and what is wrong with them.
func (j *judge) checkValues(ctx context.Context, v *verdict, cells []string, known *knownContact) (*Problem, error) {
	w := v.wording
	plans := j.plan(w)
	room, harmless := w.room, w.plain
	for _, p := range plans {
		text := p.text(cells, known)
		if text == "" {
			return problem("variables."+p.need.key, RowVariableMissing, "variable", p.need.shown, "template", w.Name), nil
		}
		room -= len(text)
		harmless = harmless && isHarmless(text)
	}
	for _, s := range j.surplus[w] {
		if cell(cells, s.column) != "" {
			return problem("variables."+s.key, RowVariableSurplus, "variable", shownKey(s.key), "template", w.Name), nil
		}
	}
	if harmless && room >= 0 && !j.keep {
		return nil, nil
	}
	v.values = make(map[string]string, len(plans))
	for _, p := range plans {
		v.values[p.need.key] = p.text(cells, known)
	}
	if j.keep {
		v.extras = j.extrasOf(w, cells)
	}
	if _, _, problems := w.shape.Fill(v.values); len(problems) > 0 {
		return valueProblem(w, problems[0]), nil
	}
	return j.checkFile(ctx, v)
}

// valueProblem says what room template found wrong with a row's value.
func valueProblem(w *wording, cause template.Problem) *Problem {
	return problem("variables."+cause.Field, RowVariableInvalid, "template", w.Name, "cause", cause.Code).because(cause)
}

// isHarmless tells whether a value can break no rule but that of length: text without control characters and without a
// run of spaces.
func isHarmless(text string) bool {
	spaces := 0
	for i := 0; i < len(text); i++ {
		b := text[i]
		switch {
		case b == ' ':
			if spaces++; spaces > 4 {
				return false
			}
			continue
		case b < ' ' || b == 0x7f:
			return false
		case b >= utf8.RuneSelf:
			return utf8.ValidString(text) && !strings.ContainsAny(text, "\n\r\t") && !strings.Contains(text, "     ")
		}
		spaces = 0
	}
	return true
}

func shownKey(key string) string {
	if isNumber(key) {
		return "{{" + key + "}}"
	}
	return key
}

// knownContact is what is stored of someone in the sheet.
type knownContact struct {
	name       string
	attributes map[string]string
}

// field gives a contact's field; "" for a contact nobody knows.
func (k *knownContact) field(name string) string {
	switch {
	case k == nil:
		return ""
	case name == "name":
		return strings.TrimSpace(k.name)
	}
	return strings.TrimSpace(k.attributes[name])
}
