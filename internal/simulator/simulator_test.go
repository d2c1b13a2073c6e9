package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// The people of the tests.
const (
	ana   = "5491155550111"
	token = "Bearer " + DemoToken
)

// stillClock is a clock that moves only by Advance.
func stillClock() func() time.Time {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	return func() time.Time { return at }
}

// world is a simulator with a still clock and a callback that writes down what it gets.
type world struct {
	*Server
	t    *testing.T
	hook *callback
}

// callback collects webhook posts and answers with a status.
type callback struct {
	*httptest.Server
	mu       sync.Mutex
	status   int
	failNext int
	bodies   [][]byte
	headers  []http.Header
}

func newCallback(t *testing.T) *callback {
	c := &callback{status: http.StatusOK}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
			return
		}
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.failNext > 0 {
			c.failNext--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		c.bodies = append(c.bodies, body)
		c.headers = append(c.headers, r.Header.Clone())
		w.WriteHeader(c.status)
	}))
	t.Cleanup(c.Close)
	return c
}

// newWorld starts a simulator; adjust changes its configuration.
func newWorld(t *testing.T, adjust ...func(*Config)) *world {
	t.Helper()
	hook := newCallback(t)
	cfg := Config{Seed: 7, Now: stillClock(), CallbackURL: hook.URL, Quiet: true, IgnoreLinks: true, WebhookWorkers: 1}
	for _, a := range adjust {
		a(&cfg)
	}
	w := &world{Server: New(cfg), t: t, hook: hook}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

// answer is what a call got.
type answer struct {
	status int
	body   map[string]any
	raw    []byte
	header http.Header
}

func (a answer) code() int {
	e, _ := a.body["error"].(map[string]any)
	code, _ := e["code"].(float64)
	return int(code)
}

// messageID is the id in the answer to a send.
func (a answer) messageID() string {
	list, _ := a.body["messages"].([]any)
	if len(list) == 0 {
		return ""
	}
	return list[0].(map[string]any)["id"].(string)
}

// call makes a request with the demo token and a JSON body.
func (w *world) call(method, path string, body any) answer {
	w.t.Helper()
	return w.callAs(token, method, path, body)
}

func (w *world) callAs(auth, method, path string, body any) answer {
	w.t.Helper()
	var reader io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	r := httptest.NewRequest(method, path, reader)
	r.Header.Set("Content-Type", "application/json")
	if auth != "" {
		r.Header.Set("Authorization", auth)
	}
	return w.do(r)
}

func (w *world) do(r *http.Request) answer {
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	a := answer{status: rec.Code, raw: rec.Body.Bytes(), header: rec.Header()}
	_ = json.Unmarshal(a.raw, &a.body)
	return a
}

// send posts a message from Ventas.
func (w *world) send(body map[string]any) answer {
	w.t.Helper()
	return w.call("POST", "/v27.0/"+DemoNumberVentas+"/messages", body)
}

// text is a text message to somebody.
func text(to, words string) map[string]any {
	return map[string]any{"messaging_product": "whatsapp", "to": "+" + to, "type": "text", "text": map[string]any{"body": words}}
}

// filled is a template message with body parameters.
func filled(to, name, language string, values ...string) map[string]any {
	t := map[string]any{"name": name, "language": map[string]any{"code": language}}
	if len(values) > 0 {
		var list []any
		for _, v := range values {
			list = append(list, map[string]any{"type": "text", "text": v})
		}
		t["components"] = []any{map[string]any{"type": "body", "parameters": list}}
	}
	return map[string]any{"messaging_product": "whatsapp", "to": "+" + to, "type": "template", "template": t}
}

// utility is a template that always works.
func utility(to string) map[string]any { return filled(to, "atendimento_esta_disponivel", "pt_BR") }

// marketing is a marketing template.
func marketing(to string) map[string]any {
	return filled(to, "promo_primavera", "es", "Ana", "20 %")
}

// says makes a customer write to Ventas.
func (w *world) says(who, words string) string {
	w.t.Helper()
	id, err := w.Say(who, Said{Number: DemoNumberVentas, Type: "text", Text: words})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// pass moves the clock and waits for the webhooks.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.Advance(d)
	w.settle()
}

func (w *world) settle() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := w.Settle(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// told is one change of a webhook, flattened.
type told struct {
	account, field string
	value          map[string]any
}

// changes returns what the callback got so far.
func (c *callback) changes(t *testing.T) []told {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []told
	for _, body := range c.bodies {
		var e struct {
			Object string
			Entry  []struct {
				ID      string
				Changes []struct {
					Field string
					Value map[string]any
				}
			}
		}
		if err := json.Unmarshal(body, &e); err != nil {
			t.Fatalf("a webhook is not JSON: %v", err)
		}
		if e.Object != "whatsapp_business_account" {
			t.Errorf("object is %q", e.Object)
		}
		for _, entry := range e.Entry {
			for _, ch := range entry.Changes {
				out = append(out, told{entry.ID, ch.Field, ch.Value})
			}
		}
	}
	return out
}

// statuses returns "status" or "failed:code" of a message, in the order they came.
func (w *world) statuses(id string) []string {
	w.t.Helper()
	var out []string
	for _, c := range w.hook.changes(w.t) {
		list, _ := c.value["statuses"].([]any)
		for _, one := range list {
			st := one.(map[string]any)
			if st["id"] != id {
				continue
			}
			text := st["status"].(string)
			if errs, ok := st["errors"].([]any); ok {
				code, _ := json.Marshal(errs[0].(map[string]any)["code"])
				text += ":" + string(code)
			}
			out = append(out, text)
		}
	}
	return out
}

// inboxMessages returns the inbound messages the callback got.
func (w *world) inboxMessages() []map[string]any {
	w.t.Helper()
	var out []map[string]any
	for _, c := range w.hook.changes(w.t) {
		list, _ := c.value["messages"].([]any)
		for _, one := range list {
			out = append(out, one.(map[string]any))
		}
	}
	return out
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v, want %v", got, want)
	}
}
