package simulator

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRegisteringANumberFromZero(t *testing.T) {
	w := newWorld(t)
	a := w.call("POST", aurora+"/phone_numbers", map[string]any{"cc": "57", "phone_number": "3015550100", "verified_name": "Aurora Bogotá"})
	id, _ := a.body["id"].(string)
	if id == "" {
		t.Fatalf("%s", a.raw)
	}
	path := "/v27.0/" + id
	do := func(edge string, body map[string]any) answer { return w.call("POST", path+"/"+edge, body) }
	pin := func(p string) map[string]any { return map[string]any{"messaging_product": "whatsapp", "pin": p} }
	if a := do("register", pin("123456")); a.code() != 133006 {
		t.Errorf("before verification: %s", a.raw)
	}
	if a := do("request_code", map[string]any{"code_method": "PIGEON", "language": "es"}); a.code() != 100 {
		t.Errorf("unknown method: %s", a.raw)
	}
	if a := do("request_code", map[string]any{"code_method": "SMS", "language": "es"}); a.status != 200 {
		t.Fatalf("%s", a.raw)
	}
	code := w.codeOf(id)
	if a := do("verify_code", map[string]any{"code": "x" + code}); a.code() != 136025 {
		t.Errorf("wrong code: %s", a.raw)
	}
	w.pass(11 * time.Minute)
	if a := do("verify_code", map[string]any{"code": code}); a.code() != 136025 {
		t.Errorf("old code: %s", a.raw)
	}
	do("request_code", map[string]any{"code_method": "VOICE", "language": "es"})
	form := httptest.NewRequest("POST", path+"/verify_code", strings.NewReader("code="+w.codeOf(id)))
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	form.Header.Set("Authorization", token)
	if a := w.do(form); a.status != 200 {
		t.Fatalf("as a form: %s", a.raw)
	}
	if a := do("request_code", map[string]any{"code_method": "SMS", "language": "es"}); a.code() != 136024 {
		t.Errorf("already verified: %s", a.raw)
	}
	if a := do("register", pin("12")); a.code() != 100 {
		t.Errorf("short PIN: %s", a.raw)
	}
	if a := do("register", pin("123456")); a.status != 200 {
		t.Fatalf("%s", a.raw)
	}
	if a := do("register", pin("654321")); a.code() != 133005 {
		t.Errorf("other PIN: %s", a.raw)
	}
	if got := w.call("GET", path+"?fields=status,is_pin_enabled,code_verification_status", nil).body; got["status"] != "CONNECTED" || got["is_pin_enabled"] != true || got["code_verification_status"] != "VERIFIED" {
		t.Errorf("became %v", got)
	}
	if a := w.call("POST", path+"/messages", utility(ana)); a.code() != 0 || a.status != 200 {
		t.Errorf("sending: %s", a.raw)
	}
}

func (w *world) codeOf(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.numbers[id].code
}

func TestRegistrationLimits(t *testing.T) {
	wrong := map[string]any{"messaging_product": "whatsapp", "pin": "000000"}
	w := newWorld(t)
	path := "/v27.0/" + DemoNumberVentas + "/register"
	for range wrongPINs {
		if a := w.call("POST", path, wrong); a.code() != 133005 {
			t.Fatalf("%s", a.raw)
		}
	}
	if a := w.call("POST", path, wrong); a.code() != 133008 {
		t.Errorf("sixth guess: %s", a.raw)
	}
	for range 4 {
		w.call("POST", path, wrong)
	}
	if a := w.call("POST", path, wrong); a.code() != 133016 {
		t.Errorf("eleventh: %s", a.raw)
	}
	w.call("POST", "/v27.0/"+DemoNumberSoporte+"/deregister", nil)
	if a := w.call("POST", "/v27.0/"+DemoNumberSoporte+"/deregister", nil); a.code() != 133010 {
		t.Errorf("twice out: %s", a.raw)
	}
}

func TestNumberSettings(t *testing.T) {
	w := newWorld(t)
	path := "/v27.0/" + DemoNumberVentas
	if a := w.call("POST", path, map[string]any{"pin": "111222"}); a.status != 200 {
		t.Errorf("%s", a.raw)
	}
	w.call("POST", path+"?new_display_name=Aurora+Nueva", nil)
	w.pass(21 * time.Second)
	if got := w.call("GET", path+"?fields=verified_name", nil).body["verified_name"]; got != "Aurora Nueva" {
		t.Errorf("name %v", got)
	}
	var fields []string
	for _, c := range w.hook.changes(t) {
		fields = append(fields, c.field)
	}
	equal(t, fields, []string{"security", "phone_number_name_update"})
	for what, body := range map[string]any{"nothing": map[string]any{}, "a short PIN": map[string]any{"pin": "1"},
		"a long callback": map[string]any{"webhook_configuration": map[string]any{"override_callback_uri": "https://x.example/" + strings.Repeat("a", 200)}}} {
		if a := w.call("POST", path, body); a.code() != 100 {
			t.Errorf("%s: %s", what, a.raw)
		}
	}
}

func TestProfile(t *testing.T) {
	w := newWorld(t)
	path := "/v27.0/" + DemoNumberVentas + "/whatsapp_business_profile"
	set := func(name string, value any) map[string]any {
		return map[string]any{"messaging_product": "whatsapp", name: value}
	}
	if a := w.call("POST", path, set("websites", []any{"https://tienda.example/"})); a.status != 200 {
		t.Fatalf("%s", a.raw)
	}
	w.call("POST", path, set("about", "Abrimos a las 9"))
	got := w.call("GET", path, nil).body["data"].([]any)[0].(map[string]any)
	if got["about"] != "Abrimos a las 9" || got["websites"].([]any)[0] != "https://tienda.example/" || got["messaging_product"] != "whatsapp" {
		t.Errorf("profile %v", got)
	}
	for name, value := range map[string]any{"about": "", "description": strings.Repeat("x", 513), "vertical": "CIRCUS",
		"websites": []any{"tienda.example"}, "email": strings.Repeat("x", 129)} {
		if a := w.call("POST", path, set(name, value)); a.code() != 100 {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
}

func TestTheGraphFront(t *testing.T) {
	w := newWorld(t)
	number := DemoNumberVentas
	for _, c := range []struct {
		what, auth, method, path string
		status, code             int
	}{
		{"a version that never existed", token, "GET", "/v5.0/" + number, 400, 2500},
		{"no version", token, "GET", "/" + number, 200, 0},
		{"an edge that does not exist", token, "GET", "/v27.0/" + number + "/feelings", 400, 2500},
		{"an unknown object", token, "GET", "/v27.0/123", 400, 100},
		{"a wrong token", "Bearer nonsense", "GET", "/v27.0/" + number, 401, 190},
		{"no token", "", "GET", "/v27.0/" + number, 400, 104},
		{"no token on a send", "", "POST", "/v27.0/" + number + "/messages", 401, 0},
		{"a token in the query", "", "GET", "/v27.0/" + number + "?access_token=" + DemoToken, 200, 0},
		{"the root", token, "GET", "/v27.0/", 400, 2500},
		{"a wrong method", token, "DELETE", "/v27.0/" + number, 400, 2500},
		{"an unknown field", token, "GET", "/v27.0/" + number + "?fields=id,mood", 400, 100},
		{"an account", token, "GET", "/v27.0/" + DemoAccountAurora + "?fields=name,currency", 200, 0},
		{"the sign-up code without the secret", "", "GET", "/v27.0/oauth/access_token?client_id=x", 400, 101},
		{"the sign-up code", "", "GET", "/v27.0/oauth/access_token?client_id=" + DemoAppID + "&client_secret=" + DemoAppSecret + "&code=x", 200, 0},
	} {
		t.Run(c.what, func(t *testing.T) {
			a := w.callAs(c.auth, c.method, c.path, nil)
			if a.status != c.status || a.code() != c.code {
				t.Errorf("answered %d with code %d, want %d with %d: %s", a.status, a.code(), c.status, c.code, a.raw)
			}
			if a.header.Get("X-Fb-Trace-Id") == "" || a.header.Get("Facebook-Api-Version") == "" {
				t.Error("headers are missing")
			}
		})
	}
	t.Run("fields may have sub-fields", func(t *testing.T) {
		equal(t, splitFields("a, b{c,d},e.f(x,y),g"), []string{"a", "b", "e", "g"})
	})
	t.Run("too many management calls answer 80007", func(t *testing.T) {
		for range callsPerHour + 1 {
			w.account80007(t)
		}
		a := w.call("GET", "/v27.0/"+DemoAccountAuroraBrasil, nil)
		if a.code() != 80007 || !strings.Contains(a.header.Get("X-Business-Use-Case-Usage"), `"estimated_time_to_regain_access":60`) {
			t.Errorf("%d %v", a.code(), a.header)
		}
		w.pass(time.Hour)
		if a := w.call("GET", "/v27.0/"+DemoAccountAuroraBrasil, nil); a.status != 200 {
			t.Errorf("an hour later: %s", a.raw)
		}
	})
}

// account80007 uses up one management call.
func (w *world) account80007(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.byAccount[DemoAccountAuroraBrasil].calls.allow(w.clock.Now(), time.Hour, callsPerHour)
}

func TestDemoAccountsAreFixed(t *testing.T) {
	w := newWorld(t)
	a := w.call("GET", aurora+"/phone_numbers?fields=id,display_phone_number", nil)
	var got []string
	for _, one := range a.body["data"].([]any) {
		n := one.(map[string]any)
		got = append(got, n["id"].(string)+"="+n["display_phone_number"].(string))
	}
	equal(t, got, []string{"2090010010010011=+55 31 95550-1001", "2090010010010012=+52 55 5550 1002", "2090010010010013=+54 9 11 5550-1003"})
	for _, acc := range DemoAccounts() {
		for _, tpl := range acc.Templates {
			orElse(&tpl.Format, "POSITIONAL")
			if err := tpl.validate(); err != nil {
				t.Errorf("%s breaks a rule: %v", tpl.Name, err)
			}
			if reason, why, _ := tpl.objection(); reason != "" {
				t.Errorf("%s would be refused: %s", tpl.Name, why)
			}
		}
	}
}
