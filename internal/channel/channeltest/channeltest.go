package channeltest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"recado/internal/channel"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("rewrite", false, "write what came out into testdata instead of comparing")

// Case is a recorded body of a hook.
type Case struct {
	Name string
	Body []byte
}

// Parse runs every case through Adapter.Parse and compares the events with testdata/events/<name>.json. It also parses
// each body a second time, as providers repeat them, with the bytes of the first time overwritten, as buffers are used
// again: the events must be the same, and those of the first time untouched.
func Parse(t *testing.T, a channel.Adapter, cases []Case) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			first := bytes.Clone(c.Body)
			events, err := a.Parse(first)
			if err != nil {
				t.Fatalf("parse: %v", err)
			}
			for i := range first {
				first[i] = 'x'
			}
			again, err := a.Parse(bytes.Clone(c.Body))
			if err != nil {
				t.Fatalf("parse again: %v", err)
			}
			if diff := cmp.Diff(again, events); diff != "" {
				t.Errorf("the second time, or the first after its bytes were used again, differs:\n%s", diff)
			}
			for i, e := range events {
				if set(e.Message)+set(e.Status)+set(e.Account) != 1 {
					t.Errorf("event %d has not exactly one of message, status and account", i)
				}
			}
			compare(t, filepath.Join("testdata", "events", c.Name+".json"), Plain(events))
		})
	}
}

func set[T any](p *T) int {
	if p == nil {
		return 0
	}
	return 1
}

func compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if *rewrite {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("nothing was agreed for this case; run the test with -rewrite and read what it writes: %v", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

// Plain writes events as text for review: JSON without what is empty.
func Plain(events []channel.Event) []byte {
	text, err := json.Marshal(events)
	if err != nil {
		panic(err) // events are plain data
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		panic(err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(withoutEmpty(tree)); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func withoutEmpty(node any) any {
	switch n := node.(type) {
	case map[string]any:
		for key, value := range n {
			value = withoutEmpty(value)
			if m, ok := value.(map[string]any); value == nil || value == "" || value == false || value == float64(0) || ok && len(m) == 0 {
				delete(n, key)
			} else {
				n[key] = value
			}
		}
	case []any:
		for i := range n {
			n[i] = withoutEmpty(n[i])
		}
	}
	return node
}
