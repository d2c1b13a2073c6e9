package flow_test

import (
	"strings"
	"testing"

	"recado/internal/flow"
	"recado/internal/inbox"
	"recado/internal/words"
)

func vault(t testing.TB) flow.Vault {
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	if err != nil {
		t.Fatal(err)
	}
	return flow.Vault{Sealer: sealer, Workspace: 7}
}

func asks(url string, headers ...flow.Header) *flow.Request {
	return &flow.Request{Method: "GET", URL: url, Headers: headers}
}

// sealed is a request whose header X-Key was given for tienda.example.
func sealed(t testing.TB, v flow.Vault, value string) *flow.Request {
	r := asks("https://Tienda.example/p/{{answer}}", flow.Header{Name: "X-Key", Value: value})
	if err := v.Seal(r, "Olga", 5); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVault(t *testing.T) {
	v := vault(t)
	kept := sealed(t, v, "secreta").Headers[0]
	if kept.Value != "" || strings.Contains(kept.Kept, "secreta") || kept.By != "Olga" || kept.At != 5 {
		t.Fatalf("%+v", kept)
	}
	t.Run("it opens on every path of its machine, and nowhere else", func(t *testing.T) {
		moved := kept
		moved.Name = "X-Echo"
		other := v
		other.Workspace = 8
		for name, one := range map[string]struct {
			vault flow.Vault
			r     *flow.Request
			opens bool
		}{
			"the same": {v, asks("https://tienda.example/otra?n={{answer}}", kept), true}, "another machine": {v, asks("https://tienda.example.mala.example/", kept), false},
			"another port": {v, asks("https://tienda.example:444/", kept), false}, "without TLS": {v, asks("http://tienda.example/", kept), false},
			"another header": {v, asks("https://tienda.example/", moved), false}, "another workspace": {other, asks("https://tienda.example/", kept), false},
		} {
			lines, ok := one.vault.Headers(one.r)
			if ok != one.opens || ok && lines[0] != [2]string{"X-Key", "secreta"} {
				t.Errorf("%s: %v %v", name, lines, ok)
			}
		}
	})
	t.Run("who gave it is said by nobody else, and a new value is somebody's own", func(t *testing.T) {
		again := kept
		again.By, again.At = "Nadie", 99
		r := asks("https://tienda.example/", again)
		if err := v.Seal(r, "Bea", 6); err != nil || r.Headers[0] != kept {
			t.Errorf("%v %+v", err, r.Headers[0])
		}
		r.Headers[0].Value = "nueva"
		if err := v.Seal(r, "Bea", 6); err != nil || r.Headers[0].By != "Bea" || r.Headers[0].Kept == kept.Kept {
			t.Errorf("%v %+v", err, r.Headers[0])
		}
		r.Headers[0].Value = "{{answer}}"
		if err := v.Seal(r, "Bea", 6); err != nil || r.Headers[0] != (flow.Header{Name: "X-Key", Value: "{{answer}}"}) {
			t.Errorf("%v %+v", err, r.Headers[0])
		}
	})
	t.Run("what cannot be sent is said at its field", func(t *testing.T) {
		for name, one := range map[string]struct {
			headers []flow.Header
			want    string
		}{
			"right":               {[]flow.Header{kept, {Name: "Accept", Value: "text/plain"}, {Name: "X-N", Value: "{{answer}}"}}, ""},
			"a name that is none": {[]flow.Header{{Name: "X Key", Value: "a"}}, "request.headers.0.name flow.header"},
			"ours":                {[]flow.Header{{Name: "content-Length", Value: "1"}}, "request.headers.0.name flow.header_own"},
			"reserved":            {[]flow.Header{{Name: "Idempotency-Key", Value: "1"}}, "request.headers.0.name flow.header_own"},
			"twice":               {[]flow.Header{kept, {Name: "x-key", Value: "a"}}, "request.headers.1.name flow.header_twice"},
			"nothing":             {[]flow.Header{{Name: "X-Key"}}, "request.headers.0.value flow.header_value"},
			"two lines":           {[]flow.Header{{Name: "X-Key", Value: "a\r\nHost: b"}}, "request.headers.0.value flow.header_line"},
			"sealed too long":     {sealed(t, v, strings.Repeat("x", 1001)).Headers, "request.headers.0.value flow.too_long"},
			"a name nobody knows": {[]flow.Header{{Name: "X-Key", Value: "{{nada}}"}}, "request.headers.0.value flow.unknown_name"},
			"moved":               {[]flow.Header{{Name: "X-Other", Kept: kept.Kept}}, "request.headers.0.value flow.header_moved"},
		} {
			var got []string
			for _, f := range asks("https://tienda.example/", one.headers...).Check(flow.Names, []string{"idempotency-key"}, flow.World{Vault: v}) {
				if got = append(got, f.Field+" "+f.Code); !words.Has(f.Code) {
					t.Errorf("%s has no words", f.Code)
				}
			}
			if strings.Join(got, ", ") != one.want {
				t.Errorf("%s: %v, want %q", name, got, one.want)
			}
		}
	})
}

// FuzzKept sends back what was never sealed: it opens nothing.
func FuzzKept(f *testing.F) {
	v := vault(f)
	kept := sealed(f, v, "secreta").Headers[0].Kept
	f.Add(kept, "https://tienda.example/", "X-Key")
	f.Add(kept[:len(kept)-1], "https://tienda.example/", "X-Key")
	f.Add("AA", "https://{{answer}}/", "")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, text, url, name string) {
		lines, ok := v.Headers(asks(url, flow.Header{Name: name, Kept: text}))
		if ok && text != "" && lines[0][1] != "secreta" {
			t.Errorf("%q opened for %s at %s", text, name, url)
		}
	})
}
