package apitest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"recado/internal/api"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

var update = flag.Bool("update", false, "write what the API answered into the truth files; review the difference")

// step is one request of a truth file and what must come back.
type step struct {
	Says    string            `json:"says"`
	Wait    string            `json:"wait,omitempty"`  // time that passes first: "20m"
	As      string            `json:"as,omitempty"`    // person, or a session kept by an earlier step
	Keeps   string            `json:"keeps,omitempty"` // name under which the session cookie of the answer is kept
	Request request           `json:"request"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"` // of the answer; only those named are looked at
	Answer  json.RawMessage   `json:"answer,omitempty"`
}

type request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// Run plays every truth file of a room on both databases. setup, which may be nil, prepares each world.
func Run(t *testing.T, room string, setup func(t *testing.T, w *World)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", room, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no truth file in testdata/%s (%v)", room, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := New(t, d, api.Options{})
				if setup != nil {
					setup(t, w)
				}
				w.play(t, file, d.Dialect() == db.SQLite)
			})
		})
	}
}

// play runs the steps in order; with -update the first database writes the file anew.
func (w *World) play(t *testing.T, file string, writes bool) {
	text, err := os.ReadFile(file)
	must(t, err)
	var steps []step
	if err := json.Unmarshal(text, &steps); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for i := range steps {
		s := &steps[i]
		t.Run(strings.ReplaceAll(s.Says, "/", " "), func(t *testing.T) { w.step(t, s) })
	}
	if *update && writes {
		out := &bytes.Buffer{}
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		must(t, encoder.Encode(steps))
		must(t, os.WriteFile(file, out.Bytes(), 0o644))
	}
}

func (w *World) step(t *testing.T, s *step) {
	if s.Wait != "" {
		d, err := time.ParseDuration(s.Wait)
		must(t, err)
		w.Clock.Pass(d)
	}
	headers := []string{}
	for name, value := range s.Request.Headers {
		headers = append(headers, name, w.names.fill(value))
	}
	got := w.Call(t, s.As, s.Request.Method, w.names.fill(s.Request.Path), w.names.fill(string(s.Request.Body)), headers...)
	if s.Keeps != "" {
		w.keep(t, s.Keeps, got)
	}
	answer := w.canonical(t, got.Body)
	if *update {
		s.Status, s.Answer = got.Status, answer
		for name := range s.Headers {
			s.Headers[name] = got.Header.Get(name)
		}
		return
	}
	if got.Status != s.Status {
		t.Errorf("status %d, want %d: %s", got.Status, s.Status, got.Body)
	}
	for name, want := range s.Headers {
		if got.Header.Get(name) != want {
			t.Errorf("header %s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if want := w.indented(t, s.Answer); !reflect.DeepEqual(want, w.indented(t, answer)) {
		t.Errorf("answered\n%s\nwant\n%s", w.indented(t, answer), want)
	}
}

func (w *World) keep(t *testing.T, name string, a Answer) {
	for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
		if cookie.Name == "recado_session" && cookie.Value != "" {
			w.tokens[name] = cookie.Value
			return
		}
	}
	t.Errorf("there is no session cookie to keep as %s: %d %s", name, a.Status, a.Body)
}

// canonical gives an answer with names for what differs; nil for an empty one.
func (w *World) canonical(t *testing.T, body []byte) json.RawMessage {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return json.RawMessage(fmt.Sprintf("%q", body)) // not JSON: kept as a text
	}
	out := &bytes.Buffer{}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	must(t, encoder.Encode(w.names.plain("", v)))
	return bytes.TrimSpace(out.Bytes())
}

func (w *World) indented(t *testing.T, text json.RawMessage) string {
	if len(text) == 0 {
		return ""
	}
	var v any
	must(t, json.Unmarshal(text, &v))
	out, err := json.MarshalIndent(v, "", "  ")
	must(t, err)
	return string(out)
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
