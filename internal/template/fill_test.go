package template_test

import (
	"encoding/json"
	"strings"
	"testing"

	"recado/internal/channel"
	"recado/internal/template"
	"recado/internal/words"

	"github.com/google/go-cmp/cmp"
)

const (
	reminder = `[{"type":"HEADER","format":"TEXT","text":"Pedido {{1}}"},
		{"type":"BODY","text":"Hola {{1}}, la cuota de $ {{2}} vence el {{3}}. {{1}}, gracias.","example":{"body_text":[["Ana","1.500","30/11"]]}},
		{"type":"FOOTER","text":"Responde BAJA"},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Ya pagué"},{"type":"URL","text":"Pagar","url":"https://x.example/{{1}}","example":["https://x.example/A-1"]},
		{"type":"COPY_CODE","text":"Copiar","example":["OTONO15"]},{"type":"PHONE_NUMBER","text":"Llamar","phone_number":"+5491155550100"}]}]`
	named    = `[{"type":"BODY","text":"Hola {{nombre}}, tu pedido {{pedido}} ya salió."}]`
	document = `[{"type":"HEADER","format":"DOCUMENT"},{"type":"BODY","text":"Aquí está"}]`
	code     = `[{"type":"BODY","add_security_recommendation":true},{"type":"FOOTER","code_expiration_minutes":10},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE","text":"Copiar"}]}]`
	carousel = `[{"type":"BODY","text":"Mira"},{"type":"CAROUSEL","cards":[]}]`
)

func parse(t *testing.T, components string) template.Shape {
	t.Helper()
	shape, err := template.Parse(json.RawMessage(components))
	if err != nil {
		t.Fatal(err)
	}
	return shape
}

func TestParse(t *testing.T) {
	t.Run("every variable has a key, an example when the provider gives one, and its place", func(t *testing.T) {
		shape := parse(t, reminder)
		want := []string{"header.1", "body.1", "body.2", "body.3", "button.1", "button.2"}
		if diff := cmp.Diff(want, shape.Keys()); diff != "" {
			t.Error(diff)
		}
		examples := map[string]string{"body.1": "Ana", "body.2": "1.500", "body.3": "30/11", "button.1": "A-1", "button.2": "OTONO15"}
		if diff := cmp.Diff(examples, shape.Examples); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("variables with names keep the order they appear in, numbers their own", func(t *testing.T) {
		if diff := cmp.Diff([]string{"nombre", "pedido"}, parse(t, named).Body.Variables); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"1", "2", "10"}, parse(t, `[{"type":"BODY","text":"{{10}} {{2}} {{1}}"}]`).Body.Variables); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("what is not components fails, what we cannot fill is named", func(t *testing.T) {
		if _, err := template.Parse(json.RawMessage(`{"a":1}`)); err == nil {
			t.Error("an object was taken")
		}
		if diff := cmp.Diff([]string{"CAROUSEL"}, parse(t, carousel).Unfillable); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFill(t *testing.T) {
	values := func(changes ...string) map[string]string {
		all := map[string]string{"header.1": "A-1", "body.1": "Ana", "body.2": "1.500", "body.3": "30/11", "button.1": "A-1", "button.2": "OTONO15"}
		for i := 0; i < len(changes); i += 2 {
			all[changes[i]] = changes[i+1]
		}
		return all
	}

	t.Run("a full template goes to the wire and reads as the person will read it", func(t *testing.T) {
		filled, rendered, problems := parse(t, reminder).Fill(values("button.0", "PAID:7"))
		want := channel.Filled{Header: &channel.Value{Text: "A-1"}, Body: []channel.Value{{Text: "Ana"}, {Text: "1.500"}, {Text: "30/11"}},
			Buttons: []channel.ButtonFill{{Index: 0, Kind: "quick_reply", Text: "PAID:7"}, {Index: 1, Kind: "url", Text: "A-1"}, {Index: 2, Kind: "copy_code", Text: "OTONO15"}}}
		if diff := cmp.Diff(want, filled); diff != "" || len(problems) > 0 {
			t.Error(diff, problems)
		}
		text := "Pedido A-1\n\nHola Ana, la cuota de $ 1.500 vence el 30/11. Ana, gracias.\n\nResponde BAJA"
		if rendered.Text() != text || rendered.Buttons[1].URL != "https://x.example/A-1" || len(rendered.Buttons) != 4 {
			t.Errorf("rendered %+v", rendered)
		}
	})
	t.Run("named variables carry their names", func(t *testing.T) {
		filled, _, problems := parse(t, named).Fill(map[string]string{"body.nombre": "ليلى 🌷", "body.pedido": "{{1}}"})
		want := []channel.Value{{Name: "nombre", Text: "ليلى 🌷"}, {Name: "pedido", Text: "{{1}}"}}
		if diff := cmp.Diff(want, filled.Body); diff != "" || len(problems) > 0 {
			t.Error(diff, problems)
		}
	})
	t.Run("a file in the header is an address or an id", func(t *testing.T) {
		filled, _, problems := parse(t, document).Fill(map[string]string{"header.media": "https://x.example/c.pdf", "header.file_name": "c.pdf"})
		want := &channel.Value{Kind: "document", Media: &channel.Media{URL: "https://x.example/c.pdf", Name: "c.pdf"}}
		if diff := cmp.Diff(want, filled.Header); diff != "" || len(problems) > 0 {
			t.Error(diff, problems)
		}
		if filled, _, _ := parse(t, document).Fill(map[string]string{"header.media": "9200111"}); filled.Header.Media.ProviderID != "9200111" {
			t.Errorf("got %+v", filled.Header.Media)
		}
	})
	t.Run("a code stands in the body and in the button", func(t *testing.T) {
		filled, _, problems := parse(t, code).Fill(map[string]string{"body.1": "482913"})
		want := channel.Filled{Body: []channel.Value{{Text: "482913"}}, Buttons: []channel.ButtonFill{{Index: 0, Kind: "url", Text: "482913"}}}
		if diff := cmp.Diff(want, filled); diff != "" || len(problems) > 0 {
			t.Error(diff, problems)
		}
	})

	wrong := []struct {
		name, components string
		values           map[string]string
		code, field      string
	}{
		{"a value is missing", reminder, values("body.2", ""), template.CodeMissing, "body.2"},
		{"a value is only blanks", reminder, values("body.2", " \u00a0 "), template.CodeMissing, "body.2"},
		{"a value has no variable", reminder, values("body.4", "x"), template.CodeSurplus, "body.4"},
		{"a value for a button that takes none", reminder, values("button.9", "x"), template.CodeSurplus, "button.9"},
		{"a line break", reminder, values("body.1", "Ana\nPaz"), template.CodeNewline, "body.1"},
		{"a tab", reminder, values("body.1", "Ana\tPaz"), template.CodeNewline, "body.1"},
		{"five spaces", reminder, values("body.1", "Ana     Paz"), template.CodeSpaces, "body.1"},
		{"bytes that are no text", reminder, values("body.1", "An\xff"), template.CodeCharacters, "body.1"},
		{"a body that gets too long", reminder, values("body.2", strings.Repeat("á", 1024)), template.CodeTooLong, "body"},
		{"a header that gets too long", reminder, values("header.1", strings.Repeat("x", 60)), template.CodeTooLong, "header"},
		{"a coupon that is too long", reminder, values("button.2", strings.Repeat("x", 21)), template.CodeTooLong, "button.2"},
		{"a file that is not by https", document, map[string]string{"header.media": "http://x.example/c.pdf"}, template.CodeLink, "header.media"},
		{"no file", document, nil, template.CodeMissing, "header.media"},
		{"a part we cannot fill", carousel, nil, template.CodeUnfillable, "CAROUSEL"},
	}
	for _, c := range wrong {
		t.Run(c.name, func(t *testing.T) {
			_, _, problems := parse(t, c.components).Fill(c.values)
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
	t.Run("a half-filled message can be shown", func(t *testing.T) {
		_, rendered, problems := parse(t, reminder).Fill(nil)
		if len(problems) != 6 || !strings.HasPrefix(rendered.Body, "Hola {{1}}") {
			t.Errorf("%d problems, %q", len(problems), rendered.Body)
		}
	})
}

func FuzzParseAndFill(f *testing.F) {
	for _, seed := range []string{reminder, named, document, code, carousel, `[]`, `[{"type":"BODY","text":"{{1}}{{"}]`} {
		f.Add(seed, "Ana")
	}
	f.Fuzz(func(t *testing.T, components, value string) {
		shape, err := template.Parse(json.RawMessage(components))
		if err != nil {
			return
		}
		values := map[string]string{}
		for _, key := range shape.Keys() {
			values[key] = value
		}
		_, _, problems := shape.Fill(values)
		for _, p := range problems {
			if p.Code == template.CodeSurplus {
				t.Errorf("a key of the shape itself is surplus: %+v", p)
			}
		}
	})
}
