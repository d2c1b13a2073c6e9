package simulator

import (
	"fmt"
	"strings"
	"testing"
)

func TestTemplateParameters(t *testing.T) {
	doc := map[string]any{"type": "header", "parameters": []any{map[string]any{"type": "document", "document": map[string]any{"link": "https://x.example/a.pdf"}}}}
	words := func(values ...map[string]any) map[string]any {
		list := []any{}
		for _, v := range values {
			v["type"] = "text"
			list = append(list, v)
		}
		return map[string]any{"type": "body", "parameters": list}
	}
	w1 := func(text string) map[string]any { return map[string]any{"text": text} }
	named := func(name, text string) map[string]any { return map[string]any{"parameter_name": name, "text": text} }
	button := func(kind, index string, p map[string]any) map[string]any {
		return map[string]any{"type": "button", "sub_type": kind, "index": index, "parameters": []any{p}}
	}
	url := button("url", "0", map[string]any{"type": "text", "text": "A-1"})
	for _, c := range []struct {
		what, name, language string
		components           []any
		code                 int
	}{
		{"everything right", "promo_primavera", "es", []any{words(w1("a"), w1("b"))}, 0},
		{"too few", "promo_primavera", "es", []any{words(w1("a"))}, 132000},
		{"too many", "promo_primavera", "es", []any{words(w1("a"), w1("b"), w1("c"))}, 132000},
		{"none at all", "promo_primavera", "es", nil, 132000},
		{"parameters for a body without any", "atendimento_esta_disponivel", "pt_BR", []any{words(w1("a"))}, 132000},
		{"a header that the template lacks", "recordatorio_pago", "es", []any{doc, words(w1("a"), w1("b"), w1("c"))}, 132000},
		{"another language", "promo_primavera", "es_MX", []any{words(w1("a"), w1("b"))}, 132001},
		{"an empty value", "promo_primavera", "es", []any{words(w1(""), w1("b"))}, 131008},
		{"a line break", "promo_primavera", "es", []any{words(w1("a\nb"), w1("b"))}, 132018},
		{"five spaces", "promo_primavera", "es", []any{words(w1("a     b"), w1("b"))}, 132018},
		{"text above the limit", "promo_primavera", "es", []any{words(w1(strings.Repeat("x", 1020)), w1("b"))}, 132005},
		{"a name in a positional template", "promo_primavera", "es", []any{words(named("n", "a"), w1("b"))}, 100},
		{"named parameters", "envio_listo", "es_MX", []any{words(named("nombre", "Ana"), named("pedido", "A-1")), url}, 0},
		{"a wrong name", "envio_listo", "es_MX", []any{words(named("nombre", "Ana"), named("otro", "A-1")), url}, 100},
		{"the button's value missing", "envio_listo", "es_MX", []any{words(named("nombre", "Ana"), named("pedido", "A-1"))}, 131008},
		{"a button of another kind", "envio_listo", "es_MX", []any{words(named("nombre", "Ana"), named("pedido", "A-1")), button("quick_reply", "0", map[string]any{"type": "payload", "payload": "x"})}, 132012},
		{"a button that is not there", "envio_listo", "es_MX", []any{words(named("nombre", "Ana"), named("pedido", "A-1")), url, button("url", "3", map[string]any{"type": "text", "text": "x"})}, 132018},
		{"a code", "cupon_copia", "es", []any{words(w1("Ana")), button("copy_code", "0", map[string]any{"type": "coupon_code", "coupon_code": "X1"})}, 0},
		{"a code too long", "cupon_copia", "es", []any{words(w1("Ana")), button("copy_code", "0", map[string]any{"type": "coupon_code", "coupon_code": strings.Repeat("x", 21)})}, 100},
		{"a code missing", "cupon_copia", "es", []any{words(w1("Ana"))}, 131008},
		{"a document header", "catalogo_pdf", "es", []any{doc, words(w1("Ana"))}, 0},
		{"a document header missing", "catalogo_pdf", "es", []any{words(w1("Ana"))}, 132012},
		{"a payload too long", "recordatorio_pago", "es", []any{words(w1("a"), w1("b"), w1("c")), button("quick_reply", "0", map[string]any{"type": "payload", "payload": strings.Repeat("x", 257)})}, 100},
		{"an unknown component", "promo_primavera", "es", []any{map[string]any{"type": "tail"}}, 100},
		{"a component twice", "promo_primavera", "es", []any{words(w1("a"), w1("b")), words(w1("a"), w1("b"))}, 100},
		{"a paused template", "promo_pausada", "es", []any{words(w1("Ana"))}, 132015},
		{"a template in review", "en_revision", "es", nil, 132001},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			body := filled(ana, c.name, c.language)
			if c.components != nil {
				body["template"].(map[string]any)["components"] = c.components
			}
			a := w.send(body)
			if a.code() != c.code || c.code == 0 && a.status != 200 {
				t.Errorf("code %d, want %d: %s", a.code(), c.code, a.raw)
			}
			if want := infoOf(c.code).status; c.code != 0 && a.status != want {
				t.Errorf("status %d, want %d", a.status, want)
			}
		})
	}
}

func TestSendBodies(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	button := func(id, title string) map[string]any {
		return map[string]any{"type": "reply", "reply": map[string]any{"id": id, "title": title}}
	}
	row := func(id, title, description string) map[string]any {
		return map[string]any{"id": id, "title": title, "description": description}
	}
	inter := func(kind string, action map[string]any, more ...any) map[string]any {
		m := map[string]any{"type": kind, "body": map[string]any{"text": "¿?"}, "action": action}
		for i := 0; i+1 < len(more); i += 2 {
			m[more[i].(string)] = more[i+1]
		}
		return map[string]any{"type": "interactive", "interactive": m}
	}
	list := func(sections ...any) map[string]any { return map[string]any{"button": "Ver", "sections": sections} }
	section := func(title string, rows ...any) map[string]any { return map[string]any{"title": title, "rows": rows} }
	rows := func(n int) []any {
		var out []any
		for i := range n {
			out = append(out, row(fmt.Sprint(i), fmt.Sprint("R", i), ""))
		}
		return out
	}
	buttons := func(list ...any) map[string]any { return map[string]any{"buttons": list} }
	for _, c := range []struct {
		what string
		body map[string]any
		code int
	}{
		{"text of 4096 characters", map[string]any{"text": map[string]any{"body": strings.Repeat("ñ", 4096)}}, 0},
		{"text of 4097 characters", map[string]any{"text": map[string]any{"body": strings.Repeat("ñ", 4097)}}, 100},
		{"an unknown key", map[string]any{"text": map[string]any{"body": "x", "bold": true}}, 100},
		{"callback data of 513 characters", map[string]any{"text": map[string]any{"body": "x"}, "biz_opaque_callback_data": long(513)}, 100},
		{"a group", map[string]any{"text": map[string]any{"body": "x"}, "recipient_type": "group"}, 100},
		{"an object of the wrong shape", map[string]any{"text": "x"}, 100},
		{"an unknown type", map[string]any{"type": "poll"}, 131051},
		{"a caption on audio", map[string]any{"type": "audio", "audio": map[string]any{"link": "https://x.example/a", "caption": "x"}}, 100},
		{"a filename on an image", map[string]any{"type": "image", "image": map[string]any{"link": "https://x.example/a", "filename": "x"}}, 100},
		{"a link without http", map[string]any{"type": "image", "image": map[string]any{"link": "ftp://x"}}, 131009},
		{"media without its object", map[string]any{"type": "video"}, 131008},
		{"a caption too long", map[string]any{"type": "image", "image": map[string]any{"link": "https://x.example/a", "caption": long(1025)}}, 100},
		{"a place off the globe", map[string]any{"type": "location", "location": map[string]any{"latitude": 91, "longitude": 0}}, 131009},
		{"a place without longitude", map[string]any{"type": "location", "location": map[string]any{"latitude": 1}}, 131008},
		{"a place that is not a number", map[string]any{"type": "location", "location": map[string]any{"latitude": "NaN", "longitude": 0}}, 131009},
		{"no contact cards", map[string]any{"type": "contacts", "contacts": []any{}}, 131009},
		{"a contact card without a name", map[string]any{"type": "contacts", "contacts": []any{map[string]any{"name": map[string]any{}}}}, 131008},
		{"a reaction without a target", map[string]any{"type": "reaction", "reaction": map[string]any{"emoji": "👍"}}, 131008},
		{"a reaction that quotes", map[string]any{"type": "reaction", "reaction": map[string]any{"message_id": "x", "emoji": "👍"}, "context": map[string]any{"message_id": "x"}}, 131009},
		{"three buttons", inter("button", buttons(button("a", "A"), button("b", "B"), button("c", "C"))), 0},
		{"no buttons", inter("button", buttons()), 131009},
		{"a button's title too long", inter("button", buttons(button("a", long(21)))), 100},
		{"the same button id twice", inter("button", buttons(button("a", "A"), button("a", "B"))), 131009},
		{"the same title twice", inter("button", buttons(button("a", "A"), button("b", "A"))), 131009},
		{"a button without a title", inter("button", buttons(button("a", ""))), 131008},
		{"a footer too long", inter("button", buttons(button("a", "A")), "footer", map[string]any{"text": long(61)}), 100},
		{"a header too long", inter("button", buttons(button("a", "A")), "header", map[string]any{"type": "text", "text": long(61)}), 100},
		{"ten rows", inter("list", list(section("", rows(10)...))), 0},
		{"eleven rows", inter("list", list(section("", rows(11)...))), 131009},
		{"two sections without titles", inter("list", list(section("", rows(1)...), section("", row("z", "Z", "")))), 131008},
		{"a row's description too long", inter("list", list(section("", row("a", "A", long(73))))), 100},
		{"a list with a picture", inter("list", list(section("", rows(1)...)), "header", map[string]any{"type": "image"}), 131009},
		{"a link button without an address", inter("cta_url", map[string]any{"name": "cta_url", "parameters": map[string]any{"display_text": "x"}}), 131009},
		{"a form without its id", inter("flow", map[string]any{"name": "flow", "parameters": map[string]any{"flow_cta": "x"}}), 131009},
		{"an unknown kind", inter("hologram", map[string]any{}), 131009},
		{"no action", map[string]any{"type": "interactive", "interactive": map[string]any{"type": "button", "body": map[string]any{"text": "x"}}}, 131008},
		{"a template without a language", map[string]any{"type": "template", "template": map[string]any{"name": "x"}}, 131008},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			c.body["messaging_product"], c.body["to"] = "whatsapp", "+"+ana
			if c.body["type"] == nil {
				c.body["type"] = "text"
			}
			if a := w.send(c.body); a.code() != c.code || c.code == 0 && a.status != 200 {
				t.Errorf("code %d, want %d: %s", a.code(), c.code, a.raw)
			}
		})
	}
}
