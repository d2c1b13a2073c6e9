package simulator

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const aurora = "/v27.0/" + DemoAccountAurora

// newTemplate is a valid template; parts replaces its components.
func newTemplate(name, category string, parts ...any) map[string]any {
	if parts == nil {
		parts = []any{map[string]any{"type": "BODY", "text": "Hola {{1}}, ya puedes pasar por la tienda.", "example": map[string]any{"body_text": []any{[]any{"Ana"}}}}}
	}
	return map[string]any{"name": name, "language": "es", "category": category, "components": parts}
}

func bodyPart(text string) map[string]any { return map[string]any{"type": "BODY", "text": text} }

func (a answer) subcode() int {
	e, _ := a.body["error"].(map[string]any)
	code, _ := e["error_subcode"].(float64)
	return int(code)
}

func TestTemplatesAreRefusedByRule(t *testing.T) {
	ok := bodyPart("Ya puedes pasar por la tienda.")
	buttons := func(list ...any) map[string]any { return map[string]any{"type": "BUTTONS", "buttons": list} }
	qr := map[string]any{"type": "QUICK_REPLY", "text": "Sí"}
	url := map[string]any{"type": "URL", "text": "Ver", "url": "https://x.example/a"}
	for _, c := range []struct {
		what    string
		body    map[string]any
		subcode int
	}{
		{"a name in capitals", newTemplate("Aviso", "UTILITY", ok), 0},
		{"an unknown category", newTemplate("aviso", "SERVICE", ok), 0},
		{"no body", newTemplate("aviso", "UTILITY", map[string]any{"type": "FOOTER", "text": "x"}), subBody},
		{"a body too long", newTemplate("aviso", "UTILITY", bodyPart(strings.Repeat("x", 1025))), subTooLong},
		{"variables with a gap", newTemplate("aviso", "UTILITY", bodyPart("Hola {{1}} y {{3}} en la tienda")), subBody},
		{"a variable not closed", newTemplate("aviso", "UTILITY", bodyPart("Hola {{1 en la tienda")), subBody},
		{"a variable first", newTemplate("aviso", "UTILITY", bodyPart("{{1}}, ya puedes pasar por la tienda")), subEdge},
		{"a variable last", newTemplate("aviso", "UTILITY", bodyPart("Ya puedes pasar por la tienda {{1}}.")), subEdge},
		{"variables side by side", newTemplate("aviso", "UTILITY", bodyPart("Hola {{1}} {{2}} en la tienda de siempre")), subBody},
		{"too many variables", newTemplate("aviso", "UTILITY", bodyPart("De {{1}} a {{2}} o")), subRatio},
		{"a header with two variables", newTemplate("aviso", "UTILITY", map[string]any{"type": "HEADER", "format": "TEXT", "text": "{{1}} y {{2}}"}, ok), subHeader},
		{"a header too long", newTemplate("aviso", "UTILITY", map[string]any{"type": "HEADER", "format": "TEXT", "text": strings.Repeat("x", 61)}, ok), subTooLong},
		{"a header of no format", newTemplate("aviso", "UTILITY", map[string]any{"type": "HEADER"}, ok), subHeader},
		{"a footer with a variable", newTemplate("aviso", "UTILITY", ok, map[string]any{"type": "FOOTER", "text": "de {{1}} hoy"}), subFooter},
		{"a footer too long", newTemplate("aviso", "UTILITY", ok, map[string]any{"type": "FOOTER", "text": strings.Repeat("x", 61)}), subTooLong},
		{"a body twice", newTemplate("aviso", "UTILITY", ok, ok), 0},
		{"a button's text too long", newTemplate("aviso", "UTILITY", ok, buttons(map[string]any{"type": "QUICK_REPLY", "text": strings.Repeat("x", 26)})), subTooLong},
		{"quick replies apart", newTemplate("aviso", "UTILITY", ok, buttons(qr, url, qr)), 0},
		{"three links", newTemplate("aviso", "UTILITY", ok, buttons(url, url, url)), 0},
		{"a link with its variable inside", newTemplate("aviso", "UTILITY", ok, buttons(map[string]any{"type": "URL", "text": "Ver", "url": "https://x.example/{{1}}/a"})), 0},
		{"an unknown button", newTemplate("aviso", "UTILITY", ok, buttons(map[string]any{"type": "LEVER", "text": "x"})), 0},
		{"a code button without an example", newTemplate("aviso", "UTILITY", ok, buttons(map[string]any{"type": "COPY_CODE"})), 0},
		{"a phone button with letters", newTemplate("aviso", "UTILITY", ok, buttons(map[string]any{"type": "PHONE_NUMBER", "text": "Llamar", "phone_number": "abc"})), 0},
		{"an authentication template with its own text", newTemplate("codigo", "AUTHENTICATION", ok), subBody},
		{"an authentication template without its button", newTemplate("codigo", "AUTHENTICATION", map[string]any{"type": "BODY", "add_security_recommendation": true}), 0},
		{"the same name and language", newTemplate("promo_primavera", "MARKETING"), 2388024},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			a := w.call("POST", aurora+"/message_templates", c.body)
			if a.status != 400 || a.code() != 100 || a.subcode() != c.subcode {
				t.Errorf("answered %s", a.raw)
			}
			if c.subcode != 0 && a.body["error"].(map[string]any)["error_user_msg"] == "" {
				t.Error("nothing for the operator")
			}
		})
	}
}

func TestReview(t *testing.T) {
	for _, c := range []struct {
		what                      string
		body                      map[string]any
		status, category, rejects string
	}{
		{"a good one", newTemplate("aviso", "UTILITY"), "APPROVED", "UTILITY", ""},
		{"utility with promotional words becomes marketing", newTemplate("aviso", "UTILITY", bodyPart("Hoy hay descuento en toda la tienda.")), "APPROVED", "MARKETING", ""},
		{"missing examples", newTemplate("aviso", "UTILITY", bodyPart("Hola {{1}}, ya puedes pasar por la tienda.")), "REJECTED", "UTILITY", "INVALID_FORMAT"},
		{"a shortened link", newTemplate("aviso", "UTILITY", bodyPart("Mira bit.ly/abc para saber más.")), "REJECTED", "UTILITY", "INVALID_FORMAT"},
		{"a forbidden word", newTemplate("aviso", "MARKETING", bodyPart("Gana en el casino esta noche.")), "REJECTED", "MARKETING", "ABUSIVE_CONTENT"},
		{"a code", newTemplate("codigo", "AUTHENTICATION", map[string]any{"type": "BODY", "add_security_recommendation": true},
			map[string]any{"type": "BUTTONS", "buttons": []any{map[string]any{"type": "OTP", "otp_type": "COPY_CODE"}}}), "APPROVED", "AUTHENTICATION", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			a := w.call("POST", aurora+"/message_templates", c.body)
			if a.body["status"] != "PENDING" {
				t.Fatalf("%s", a.raw)
			}
			w.pass(21 * time.Second)
			got := w.call("GET", "/v27.0/"+a.body["id"].(string)+"?fields=status,category,rejected_reason", nil).body
			if got["status"] != c.status || got["category"] != c.category || c.rejects != "" && got["rejected_reason"] != c.rejects {
				t.Errorf("became %v", got)
			}
			told := w.hook.changes(t)
			last := told[len(told)-1]
			if last.field != "message_template_status_update" || last.value["event"] != c.status {
				t.Errorf("told %v", last)
			}
			if c.category == "MARKETING" && c.body["category"] == "UTILITY" && told[0].field != "template_category_update" {
				t.Errorf("told %v first", told[0])
			}
		})
	}
}

func TestAuthenticationTemplatesNeedAPhone(t *testing.T) {
	w := newWorld(t)
	w.call("POST", aurora+"/message_templates", newTemplate("codigo", "AUTHENTICATION", map[string]any{"type": "BODY"},
		map[string]any{"type": "BUTTONS", "buttons": []any{map[string]any{"type": "OTP", "otp_type": "COPY_CODE"}}}))
	w.pass(21 * time.Second)
	id, _ := w.AddPerson(Person{Username: "rayo.verde"})
	w.says(id, "Hola")
	body := filled(ana, "codigo", "es", "123456")
	comps := body["template"].(map[string]any)["components"].([]any)
	body["template"].(map[string]any)["components"] = append(comps, map[string]any{"type": "button", "sub_type": "url", "index": "0",
		"parameters": []any{map[string]any{"type": "text", "text": "123456"}}})
	if a := w.send(body); a.status != 200 {
		t.Errorf("by phone: %s", a.raw)
	}
	delete(body, "to")
	body["recipient"] = w.crowd.find(id).userID
	if a := w.send(body); a.code() != 131062 {
		t.Errorf("by user id: %s", a.raw)
	}
}

func TestEditAndDeleteTemplates(t *testing.T) {
	w := newWorld(t)
	path := "/v27.0/7090010010010002"
	edit := map[string]any{"components": []any{bodyPart("Tu cuota vence mañana. Si ya pagaste, avísanos por aquí.")}}
	if a := w.call("POST", path, map[string]any{"category": "MARKETING"}); a.subcode() != 2388039 {
		t.Errorf("category of an approved one: %s", a.raw)
	}
	if a := w.call("POST", path, edit); a.status != 200 {
		t.Fatalf("%s", a.raw)
	}
	if a := w.call("POST", path, edit); a.subcode() != 2388039 {
		t.Errorf("in review: %s", a.raw)
	}
	w.pass(21 * time.Second)
	if a := w.call("POST", path, edit); a.subcode() != 2388039 {
		t.Errorf("twice a day: %s", a.raw)
	}
	w.pass(24 * time.Hour)
	if a := w.call("POST", path, edit); a.status != 200 {
		t.Errorf("the next day: %s", a.raw)
	}
	if a := w.call("DELETE", aurora+"/message_templates?name=promo_primavera", nil); a.status != 200 {
		t.Fatalf("%s", a.raw)
	}
	if a := w.send(marketing(ana)); a.code() != 132001 {
		t.Errorf("deleted: %d", a.code())
	}
	if a := w.call("POST", aurora+"/message_templates", newTemplate("promo_primavera", "MARKETING")); a.subcode() != deletedNameReason {
		t.Errorf("name used again at once: %s", a.raw)
	}
	w.pass(31 * 24 * time.Hour)
	if a := w.call("POST", aurora+"/message_templates", newTemplate("promo_primavera", "MARKETING")); a.status != 200 {
		t.Errorf("a month later: %s", a.raw)
	}
	if a := w.call("DELETE", aurora+"/message_templates?name=none", nil); a.status != 400 {
		t.Errorf("unknown: %s", a.raw)
	}
	w.call("POST", "/control/templates/7090010010010004", map[string]any{"event": "disable"})
	if a := w.call("DELETE", aurora+"/message_templates?name=cupon_copia", nil); a.subcode() != 2388039 {
		t.Errorf("disabled: %s", a.raw)
	}
	if a := w.send(filled(ana, "cupon_copia", "es", "Ana")); a.code() != 132016 {
		t.Errorf("sending a disabled one: %d", a.code())
	}
}

func TestPaging(t *testing.T) {
	w := newWorld(t)
	path := aurora + "/message_templates?fields=name&limit=3"
	var names []string
	for range 5 {
		a := w.call("GET", path, nil)
		for _, one := range a.body["data"].([]any) {
			names = append(names, one.(map[string]any)["name"].(string))
		}
		paging := a.body["paging"].(map[string]any)
		next, more := paging["next"].(string)
		if !more {
			break
		}
		path = next[strings.Index(next, "/v27.0"):]
	}
	if len(names) != 8 || names[0] != "promo_primavera" || names[7] != "atendimento_esta_disponivel" {
		t.Errorf("names %v", names)
	}
	if a := w.call("GET", aurora+"/message_templates?after=nonsense", nil); a.code() != 131059 {
		t.Errorf("%s", a.raw)
	}
	for query, want := range map[string]int{"status=PAUSED": 1, "category=MARKETING": 3, "language=pt_BR": 1, "name=promo": 2, "content=cuota": 1, "status=APPROVED,PAUSED": 7} {
		if a := w.call("GET", aurora+"/message_templates?"+query, nil); len(a.body["data"].([]any)) != want {
			t.Errorf("%s gave %d", query, len(a.body["data"].([]any)))
		}
	}
	if a := w.call("GET", aurora+"/message_templates?fields=name,colour", nil); a.code() != 100 {
		t.Errorf("%s", a.raw)
	}
}

func TestQualityFallsWithBlocks(t *testing.T) {
	w := newWorld(t)
	annoy := func(n int) {
		for range n {
			to := fmt.Sprintf("54911555%05d", 30100+w.crowd.next)
			w.send(marketing(to))
			w.pass(10 * time.Second)
			_ = w.Block(to, DemoNumberVentas, true)
		}
		w.settle()
	}
	status := func() string { return w.templates["7090010010010001"].Status }
	annoy(2)
	if got := w.templates["7090010010010001"].Quality; got != "YELLOW" {
		t.Errorf("quality %s after two", got)
	}
	annoy(2)
	if status() != "PAUSED" {
		t.Fatalf("status %s after four", status())
	}
	w.pass(3*time.Hour + time.Second)
	if status() != "APPROVED" {
		t.Fatalf("status %s after three hours", status())
	}
	annoy(4)
	w.pass(3*time.Hour + time.Second)
	if status() != "PAUSED" {
		t.Fatalf("the second pause ended early")
	}
	w.pass(3 * time.Hour)
	annoy(4)
	if status() != "DISABLED" {
		t.Fatalf("status %s after the third time", status())
	}
	var events []string
	for _, c := range w.hook.changes(t) {
		if c.field == "message_template_status_update" {
			info, _ := c.value["other_info"].(map[string]any)
			events = append(events, fmt.Sprint(c.value["event"], "/", info["title"]))
		}
	}
	equal(t, events, []string{"PAUSED/FIRST_PAUSE", "APPROVED/UNPAUSE", "PAUSED/SECOND_PAUSE", "APPROVED/UNPAUSE", "DISABLED/DISABLED"})
}
