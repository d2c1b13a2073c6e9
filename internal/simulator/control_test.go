package simulator

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheControlAPIPlaysACustomer(t *testing.T) {
	w := newWorld(t)
	a := w.callAs("", "POST", "/control/customers", map[string]any{"number": "+54 9 11 5555-0111", "name": "Ana Paz"})
	id, _ := a.body["id"].(string)
	if id == "" {
		t.Fatalf("%s", a.raw)
	}
	path := "/control/customers/" + id
	if a := w.callAs("", "POST", path+"/messages", map[string]any{"number": DemoNumberVentas, "type": "text", "text": "Hola"}); a.status != 200 {
		t.Fatalf("%s", a.raw)
	}
	w.send(text(ana, "¡Hola!"))
	w.pass(10 * time.Second)
	got := w.callAs("", "GET", path+"?number="+DemoNumberVentas, nil).body
	messages := got["messages"].([]any)
	if len(messages) != 2 || messages[1].(map[string]any)["status"] != "delivered" {
		t.Errorf("thread %v", messages)
	}
	th := got["customer"].(map[string]any)["threads"].([]any)[0].(map[string]any)
	if th["unread"] != 1.0 || th["window_until"] == nil {
		t.Errorf("thread %v", th)
	}
	for _, step := range []struct {
		method, path string
		body         map[string]any
	}{
		{"POST", path + "/open", map[string]any{"number": DemoNumberVentas}},
		{"POST", path + "/marketing", map[string]any{"number": DemoNumberVentas, "on": true}},
		{"PATCH", path, map[string]any{"offline": true, "receipts": false, "name": "Ana"}},
		{"POST", path + "/block", map[string]any{"number": DemoNumberVentas, "on": true}},
		{"POST", "/control/numbers/" + DemoNumberVentas, map[string]any{"quality": "YELLOW"}},
		{"POST", "/control/switches", map[string]any{"pair_limit": true, "messaging_limit": 250}},
		{"POST", "/control/clock", map[string]any{"advance": 60}},
		{"POST", "/control/faults", map[string]any{"kind": FaultRateLimit}},
	} {
		if a := w.callAs("", step.method, step.path, step.body); a.status != 200 {
			t.Errorf("%s: %s", step.path, a.raw)
		}
	}
	list := w.callAs("", "GET", "/control/customers?q=55550111", nil).body
	c := list["customers"].([]any)[0].(map[string]any)
	if list["total"] != 1.0 || c["offline"] != true || c["receipts"] != false || c["opted_out"] != true || c["name"] != "Ana" {
		t.Errorf("customer %v", c)
	}
	state := w.callAs("", "GET", "/control/state", nil).body
	if len(state["accounts"].([]any)) != 2 || len(state["faults"].([]any)) != 1 || state["pair_limit"] != true {
		t.Errorf("state %v", state)
	}
	if limit := w.call("GET", "/v27.0/"+DemoNumberVentas+"?fields=whatsapp_business_manager_messaging_limit,quality_rating", nil).body; limit["whatsapp_business_manager_messaging_limit"] != "TIER_250" || limit["quality_rating"] != "YELLOW" {
		t.Errorf("number %v", limit)
	}
}

func TestTheControlAPIRefusesInWords(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		method, path string
		body         any
		status       int
	}{
		{"GET", "/control/customers/nobody", nil, 404},
		{"POST", "/control/customers", map[string]any{"number": "12"}, 400},
		{"POST", "/control/customers", map[string]any{}, 400},
		{"POST", "/control/customers", map[string]any{"colour": "red"}, 400},
		{"POST", "/control/customers/nobody/messages", map[string]any{"number": DemoNumberVentas, "type": "text", "text": "x"}, 404},
		{"POST", "/control/customers/nobody/open", map[string]any{"number": DemoNumberVentas}, 404},
		{"POST", "/control/faults", map[string]any{"kind": "earthquake"}, 400},
		{"POST", "/control/templates/1", map[string]any{"event": "pause"}, 404},
		{"POST", "/control/templates/7090010010010001", map[string]any{"event": "dance"}, 400},
		{"POST", "/control/numbers/1", map[string]any{}, 404},
		{"POST", "/control/clock", map[string]any{"advance": -1}, 400},
		{"GET", "/control/messages?limit=x", nil, 400},
		{"GET", "/control/media/1", nil, 404},
	} {
		if a := w.callAs("", c.method, c.path, c.body); a.status != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.method, c.path, a.status, c.status, a.raw)
		}
	}
	r := httptest.NewRequest("POST", "/control/reset", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := w.do(r); a.status != 403 {
		t.Errorf("from another site: %d", a.status)
	}
}

func TestTemplateDecisionsByHand(t *testing.T) {
	w := newWorld(t)
	for _, c := range [][2]string{{"reject", "REJECTED"}, {"approve", "APPROVED"}, {"pause", "PAUSED"}, {"unpause", "APPROVED"}, {"complain", "APPROVED"}} {
		a := w.callAs("", "POST", "/control/templates/7090010010010007", map[string]any{"event": c[0]})
		if a.body["status"] != c[1] {
			t.Errorf("%s: %s", c[0], a.raw)
		}
	}
}

func TestChangesArePushedToThePage(t *testing.T) {
	w := newWorld(t)
	front := httptest.NewServer(w.Server)
	defer front.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	lines := make(chan string, 100)
	go streamLines(ctx, front.URL+"/control/live", lines)
	if first := <-lines; first != ": hello" {
		t.Fatalf("first line %q", first)
	}
	w.says(ana, "Hola")
	for line := range lines {
		if strings.HasPrefix(line, `data: {"kind":"customer","id":"c1"}`) {
			return
		}
	}
	t.Error("nothing came")
}

func TestTheHandsetPage(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.BasePath = "/simulator" })
	for path, want := range map[string]int{"/simulator": 302, "/simulator/": 302, "/simulator/handset": 302, "/simulator/handset/": 200,
		"/simulator/handset/app.js": 200, "/simulator/handset/words/es.json": 200, "/simulator/handset/help.html": 200,
		"/simulator/handset/none.js": 404, "/elsewhere": 404, "/simulator/v27.0/" + DemoNumberVentas: 200, "/simulator/control/stats": 200} {
		if a := w.call("GET", path, nil); a.status != want {
			t.Errorf("%s: %d, want %d", path, a.status, want)
		}
	}
	if a := w.call("POST", "/simulator/handset/", nil); a.status != 405 {
		t.Errorf("POST: %d", a.status)
	}
	page := w.call("GET", "/simulator/handset/", nil)
	if !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("no policy")
	}
}

func TestHandsetFilesAskNobodyElse(t *testing.T) {
	absolute := regexp.MustCompile(`(?:src|href|url|import|fetch|from)\s*[=(]?\s*["'(]\s*(?:https?:)?/`)
	err := fs.WalkDir(handset, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := fs.ReadFile(handset, path)
		if err == nil && absolute.Match(text) {
			t.Errorf("%s has an absolute address: %s", path, absolute.Find(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWordsAreThereInThreeLanguages(t *testing.T) {
	keys := map[string][]string{}
	for _, language := range []string{"es", "pt-BR", "en"} {
		text, err := fs.ReadFile(handset, "words/"+language+".json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]any
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatal(err)
		}
		for key, value := range words {
			if value == "" {
				t.Errorf("%s: %s is empty", language, key)
			}
			keys[language] = append(keys[language], key)
		}
		slices.Sort(keys[language])
	}
	equal(t, keys["pt-BR"], keys["es"])
	equal(t, keys["en"], keys["es"])
	used := regexp.MustCompile(`(?:\bt\(|data-t(?:-label|-placeholder)?=)"(\w+)"`)
	_ = fs.WalkDir(handset, ".", func(path string, d fs.DirEntry, _ error) error {
		if d.IsDir() || strings.HasSuffix(path, ".json") {
			return nil
		}
		text, err := fs.ReadFile(handset, path)
		for _, m := range used.FindAllSubmatch(text, -1) {
			if !slices.Contains(keys["es"], string(m[1])) {
				t.Errorf("%s uses the word %s, which no file has", path, m[1])
			}
		}
		return err
	})
	for kind := range faultKinds {
		if !slices.Contains(keys["es"], "fault_"+kind) {
			t.Errorf("fault %s has no words", kind)
		}
	}
}

func TestRefusalsHaveWordsOnThePage(t *testing.T) {
	text, err := fs.ReadFile(handset, "words/es.json")
	if err != nil {
		t.Fatal(err)
	}
	var words struct{ Refusals map[string]string }
	if err := json.Unmarshal(text, &words); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.says(ana, "Hola")
	on, taken, short := true, "5491155550111", "12"
	_, noNumber := w.AddPerson(Person{})
	_, shortNumber := w.AddPerson(Person{Number: "12"})
	w.says("5491155550112", "Hola")
	_ = w.Block("5491155550112", DemoNumberVentas, true)
	_, blocked := w.Say("5491155550112", Said{Number: DemoNumberVentas, Type: "text", Text: "x"})
	moved := w.ChangePerson("5491155550112", PersonChange{Number: &taken})
	tooShort := w.ChangePerson("5491155550112", PersonChange{Number: &short})
	_ = w.ChangePerson(ana, PersonChange{Offline: &on})
	_, offline := w.Say(ana, Said{Number: DemoNumberVentas, Type: "text", Text: "x"})
	for _, err := range []error{noNumber, shortNumber, blocked, moved, tooShort, offline} {
		if err == nil || words.Refusals[err.Error()] == "" {
			t.Errorf("%v has no words", err)
		}
	}
}
