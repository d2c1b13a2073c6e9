package template_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"recado/internal/fault"
	"recado/internal/template"
	"recado/internal/words"

	"github.com/google/go-cmp/cmp"
)

// good is a draft with every part.
func good() template.Draft {
	return template.Draft{Name: "pedido_listo", Language: "es_AR", Category: "UTILITY",
		Header: &template.DraftHeader{Format: "TEXT", Text: "Pedido {{1}}"},
		Body:   "Hola {{1}}, tu pedido del {{2}} ya está listo.", Footer: "Responde BAJA",
		Buttons: []template.DraftButton{{Kind: "quick_reply", Text: "Gracias"}, {Kind: "url", Text: "Seguir", URL: "https://x.example/{{1}}"},
			{Kind: "phone_number", Text: "Llamar", Phone: "+54 9 11 5555-0100"}, {Kind: "copy_code"}},
		Examples: map[string]string{"header.1": "A-1", "body.1": "Ana", "body.2": "lunes", "button.1": "A-1", "button.3": "OTONO15"}}
}

func TestCheck(t *testing.T) {
	if problems := good().Clean().Check(); len(problems) > 0 {
		t.Fatalf("a good draft has %+v", problems)
	}
	long := func(n int) string { return strings.Repeat("á", n) }
	replies := func(n int) []template.DraftButton {
		return slices.Repeat([]template.DraftButton{{Kind: "quick_reply", Text: "Sí"}}, n)
	}
	link := func(address string) []template.DraftButton {
		return []template.DraftButton{{Kind: "url", Text: "Ver", URL: address}}
	}
	for _, c := range []struct {
		name, code, field string
		change            func(d *template.Draft)
	}{
		{"no name", template.DraftEmpty, "name", func(d *template.Draft) { d.Name = " " }},
		{"a name with capitals", template.DraftName, "name", func(d *template.Draft) { d.Name = "Pedido" }},
		{"a name with an accent", template.DraftName, "name", func(d *template.Draft) { d.Name = "pedido_está" }},
		{"a name that is too long", template.DraftLong, "name", func(d *template.Draft) { d.Name = strings.Repeat("a", 513) }},
		{"an unknown language", template.DraftLanguage, "language", func(d *template.Draft) { d.Language = "xx" }},
		{"no category", template.DraftCategory, "category", func(d *template.Draft) { d.Category = "" }},
		{"a code's category", template.DraftCategory, "category", func(d *template.Draft) { d.Category = "AUTHENTICATION" }},
		{"a header of no kind", template.DraftHeading, "header.format", func(d *template.Draft) { d.Header.Format = "GIF" }},
		{"a header without text", template.DraftEmpty, "header.text", func(d *template.Draft) { d.Header.Text = "" }},
		{"a header that is too long", template.DraftLong, "header.text", func(d *template.Draft) { d.Header.Text = long(61) }},
		{"a header of two lines", template.DraftLines, "header.text", func(d *template.Draft) { d.Header.Text = "a\nb" }},
		{"a header with two variables", template.DraftOne, "header.text", func(d *template.Draft) { d.Header.Text, d.Examples["header.2"] = "{{1}} de {{2}}", "x" }},
		{"a picture without a sample", template.DraftSample, "header.file_id", func(d *template.Draft) { d.Header = &template.DraftHeader{Format: "IMAGE"} }},
		{"no body", template.DraftEmpty, "body", func(d *template.Draft) { d.Body = " \n " }},
		{"a body that is too long", template.DraftLong, "body", func(d *template.Draft) { d.Body = long(1025) }},
		{"a variable that is not closed", template.DraftBraces, "body", func(d *template.Draft) { d.Body = "Hola {{1}, qué tal estás hoy" }},
		{"a sign in a variable", template.DraftBraces, "body", func(d *template.Draft) { d.Body = "Hola {{$1}}, qué tal estás hoy" }},
		{"a gap in the numbers", template.DraftOrder, "body", func(d *template.Draft) { d.Body, d.Examples["body.3"] = "Hola {{1}}, tu pedido {{3}} ya está", "x" }},
		{"numbers and names", template.DraftMixed, "body", func(d *template.Draft) {
			d.Header, d.Body, d.Examples["body.nombre"] = nil, "Hola {{1}}, te llamas {{nombre}} desde hoy mismo", "x"
		}},
		{"a name with capitals in a variable", template.DraftCalled, "body", func(d *template.Draft) {
			d.Header, d.Body, d.Examples["body.Nombre"] = nil, "Hola {{Nombre}}, tu pedido ya está", "x"
		}},
		{"a variable first", template.DraftEdge, "body", func(d *template.Draft) { d.Body = "{{1}}, tu pedido del {{2}} ya está" }},
		{"a variable last", template.DraftEdge, "body", func(d *template.Draft) { d.Body = "Tu pedido del {{1}} ya está, {{2}}." }},
		{"two variables side by side", template.DraftBeside, "body", func(d *template.Draft) { d.Body = "Hola {{1}} {{2}}, tu pedido ya está" }},
		{"more variables than words", template.DraftRatio, "body", func(d *template.Draft) { d.Body = "Hola {{1}} y {{2}} sí" }},
		{"a footer that is too long", template.DraftLong, "footer", func(d *template.Draft) { d.Footer = long(61) }},
		{"a variable in the footer", template.DraftFixed, "footer", func(d *template.Draft) { d.Footer = "Hola {{1}}" }},
		{"eleven buttons", template.DraftButtons, "buttons", func(d *template.Draft) { d.Buttons = replies(11) }},
		{"three links", template.DraftButtons, "buttons.2.kind", func(d *template.Draft) { d.Buttons = slices.Repeat(link("https://x.example"), 3) }},
		{"a button of no kind", template.DraftKind, "buttons.0.kind", func(d *template.Draft) { d.Buttons = []template.DraftButton{{Kind: "flow", Text: "x"}} }},
		{"quick replies apart", template.DraftApart, "buttons.2.kind", func(d *template.Draft) {
			d.Buttons = append(append(replies(1), link("https://x.example")...), replies(1)...)
		}},
		{"a button without text", template.DraftEmpty, "buttons.0.text", func(d *template.Draft) { d.Buttons[0].Text = "" }},
		{"a button's text that is too long", template.DraftLong, "buttons.0.text", func(d *template.Draft) { d.Buttons[0].Text = long(26) }},
		{"a button's text with a variable", template.DraftFixed, "buttons.0.text", func(d *template.Draft) { d.Buttons[0].Text = "{{1}}" }},
		{"an address that is none", template.DraftLink, "buttons.0.url", func(d *template.Draft) { d.Buttons = link("x.example") }},
		{"an address with a blank", template.DraftLink, "buttons.0.url", func(d *template.Draft) { d.Buttons = link("https://x.example/a b") }},
		{"a variable in the middle of an address", template.DraftTail, "buttons.0.url", func(d *template.Draft) {
			d.Buttons, d.Examples["button.0"] = link("https://x.example/{{1}}/a"), "x"
		}},
		{"a phone that is none", template.DraftPhone, "buttons.2.phone", func(d *template.Draft) { d.Buttons[2].Phone = "llámanos" }},
		{"no phone", template.DraftEmpty, "buttons.2.phone", func(d *template.Draft) { d.Buttons[2].Phone = "" }},
		{"a variable without an example", template.DraftExample, "examples.body.2", func(d *template.Draft) { d.Examples["body.2"] = " " }},
		{"an address without an example", template.DraftExample, "examples.button.1", func(d *template.Draft) { delete(d.Examples, "button.1") }},
		{"a code that is too long", template.DraftLong, "examples.button.3", func(d *template.Draft) { d.Examples["button.3"] = long(21) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := good()
			c.change(&d)
			problems := d.Clean().Check()
			if len(problems) != 1 || problems[0].Code != c.code || problems[0].Field != c.field {
				t.Fatalf("got %+v, want %s on %s", problems, c.code, c.field)
			}
			for _, locale := range words.Locales {
				if said := problems[0].Words(locale); said == c.code || strings.Contains(said, "…") {
					t.Errorf("%s says %q", locale, said)
				}
			}
		})
	}
}

func TestDraftAndBack(t *testing.T) {
	for name, d := range map[string]template.Draft{
		"every part": good(),
		"names": {Name: "x", Language: "en", Category: "MARKETING", Body: "Hi {{name}}, your order is here.",
			Examples: map[string]string{"body.name": "Ana"}},
	} {
		t.Run(name, func(t *testing.T) {
			d = d.Clean()
			back, ok := template.DraftOf(template.Template{Name: d.Name, Language: d.Language, Category: d.Category, Components: string(d.Components(""))})
			for i := range d.Buttons {
				if d.Buttons[i].Kind == "phone_number" {
					d.Buttons[i].Phone = "+5491155550100"
				}
			}
			if diff := cmp.Diff(d, back); diff != "" || !ok {
				t.Error(diff, ok)
			}
		})
	}
	if _, ok := template.DraftOf(template.Template{Category: "MARKETING", Components: carousel}); ok {
		t.Error("a carousel can be edited here")
	}
}

func TestMayEdit(t *testing.T) {
	const now, hour = int64(2_000_000_000_000), int64(3_600_000)
	ten := make([]int64, 10)
	for i := range ten {
		ten[i] = now - int64(i+2)*24*hour
	}
	for _, c := range []struct {
		name, status string
		edits        []int64
		want         string
	}{
		{"approved", "APPROVED", nil, ""},
		{"refused", "REJECTED", []int64{now - hour}, ""},
		{"paused", "PAUSED", nil, ""},
		{"never sent", "DRAFT", nil, ""},
		{"on its way", "SUBMITTING", nil, "template.submitting"},
		{"in review", "PENDING", nil, "template.in_review"},
		{"stopped", "DISABLED", nil, "template.uneditable"},
		{"changed today", "APPROVED", []int64{now - 23*hour}, "template.edited_today"},
		{"changed yesterday", "APPROVED", []int64{now - 24*hour}, ""},
		{"changed ten times", "APPROVED", ten, "template.edited_month"},
		{"nine of them lately", "APPROVED", append(ten[:9:9], now-31*24*hour), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := good().Clean()
			got := template.MayEdit(template.Template{Category: "UTILITY", Status: c.status, Components: string(d.Components(""))}, c.edits, now)
			if c.want == "" && got != nil || c.want != "" && !fault.Is(orNil(got), c.want) {
				t.Errorf("got %v, want %q", got, c.want)
			}
		})
	}
	if got := template.MayEdit(template.Template{Category: "UTILITY", Status: "APPROVED", Components: carousel}, nil, now); !fault.Is(orNil(got), "template.elsewhere") {
		t.Errorf("a carousel: %v", got)
	}
}

func orNil(f *fault.Error) error {
	if f == nil {
		return nil
	}
	return f
}

// Whatever people write, a draft without problems becomes components that read back as the same draft.
func FuzzDraft(f *testing.F) {
	d := good()
	seed, err := json.Marshal(d)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(seed))
	f.Add(`{"body":"{{1}} {{ 2 }} {{x","buttons":[{"kind":"copy_code"},{"kind":"URL","url":"https://{{1}}{{1}}"}],"header":{"format":"text","text":"{{a}}"}}`)
	f.Add(`{"name":"a","language":"es","category":"utility","body":"hola {{1}} qué tal","examples":{"body.1":"x","body.9":"y"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var d template.Draft
		if json.Unmarshal([]byte(text), &d) != nil {
			return
		}
		d = d.Clean()
		if len(d.Check()) > 0 {
			return
		}
		parsed, err := template.Parse(d.Components("4::x"))
		if err != nil {
			t.Fatal(err)
		}
		back, ok := template.DraftOf(template.Template{Name: d.Name, Language: d.Language, Category: d.Category, Sample: d.Sample(), Components: string(d.Components("4::x"))})
		if !ok || back.Body != d.Body || back.Footer != d.Footer || len(back.Buttons) != len(d.Buttons) || len(parsed.Unfillable) > 0 {
			t.Fatalf("%+v came back as %+v", d, back)
		}
		for key, example := range d.Examples {
			if back.Examples[key] != example && !strings.HasPrefix(key, "button.") {
				t.Errorf("example %s was %q and is %q", key, example, back.Examples[key])
			}
		}
	})
}
