package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
)

// bare is a server with a few routes of the test's own.
func bare(t *testing.T, options Options) (*Server, *bytes.Buffer) {
	t.Helper()
	d := dbtest.SQLite(t)
	accounts := account.New(d, event.NewLog(d, event.NewBell(d)))
	room := auth.New(d, accounts, auth.Config{})
	lines := &bytes.Buffer{}
	options.Log = slog.New(slog.NewJSONHandler(lines, nil))
	s, err := New(Rooms{Account: accounts, Auth: room}, options)
	if err != nil {
		t.Fatal(err)
	}
	type text struct {
		Text string `json:"text" maxLength:"20"`
	}
	get(s, "/test/panic", about{Name: "testPanic", Tag: "test", Says: "x"}, open, func(context.Context, account.Actor, *noInput) (nothing, error) { panic("boom") })
	get(s, "/test/error", about{Name: "testError", Tag: "test", Says: "x"}, open, func(context.Context, account.Actor, *noInput) (nothing, error) {
		return nothing{}, errors.New("secret detail of ours")
	})
	get(s, "/test/nil", about{Name: "testNil", Tag: "test", Says: "x"}, open, func(context.Context, account.Actor, *noInput) (Items[string], error) {
		return Items[string]{}, nil
	})
	post(s, "/test/echo", about{Name: "testEcho", Tag: "test", Says: "x", BodyLimit: 1000}, open, func(_ context.Context, _ account.Actor, in *In[text]) (text, error) {
		return in.Body, nil
	})
	raw(s, http.MethodGet, "/test/raw", about{Name: "testRaw", Tag: "test", Says: "x"}, viewing(account.Desk), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(299) })
	return s, lines
}

func ask(s *Server, r *http.Request) (*httptest.ResponseRecorder, Problem) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var p Problem
	_ = json.Unmarshal(w.Body.Bytes(), &p)
	return w, p
}

func sending(method, path, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestShield(t *testing.T) {
	s, lines := bare(t, Options{TrustedOrigins: []string{"https://desk.example.com"}})
	t.Run("a panic is a 500 with a request id to look for", func(t *testing.T) {
		lines.Reset()
		w, p := ask(s, sending("GET", "/api/v1/test/panic", "", "X-Request-Id", "look-for-me-1"))
		if w.Code != 500 || p.Code != "problem.internal" || p.RequestID != "look-for-me-1" || !strings.Contains(p.Detail, "look-for-me-1") {
			t.Error(w.Code, w.Body)
		}
		if !strings.Contains(lines.String(), "boom") || !strings.Contains(lines.String(), "shield_test.go") || !strings.Contains(lines.String(), `"status":500`) {
			t.Error(lines)
		}
	})
	t.Run("what is our mistake is logged and not told", func(t *testing.T) {
		lines.Reset()
		w, p := ask(s, sending("GET", "/api/v1/test/error", "", "Accept-Language", "en"))
		if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.HasPrefix(p.Detail, "Something went wrong") || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Error(w.Code, w.Body)
		}
		if !strings.Contains(lines.String(), "secret detail of ours") {
			t.Error("it was not logged")
		}
	})
	t.Run("a request id that could break the log is replaced", func(t *testing.T) {
		w, _ := ask(s, sending("GET", "/api/v1/nope", "", "X-Request-Id", "a b\"c"))
		if id := w.Header().Get("X-Request-Id"); len(id) != 16 {
			t.Error(id)
		}
	})
	t.Run("an unknown address is a problem, a known one with another method says which", func(t *testing.T) {
		for _, path := range []string{"/api", "/api/", "/api/v2/session", "/api/v1/session/more", "/api/docs", "/api/schemas/Me.json"} {
			if w, p := ask(s, sending("GET", path, "")); w.Code != 404 || p.Code != "problem.route_unknown" {
				t.Error(path, w.Code, w.Body)
			}
		}
		w, p := ask(s, sending("PUT", "/api/v1/session", ""))
		if w.Code != 405 || p.Code != "problem.method_unknown" || w.Header().Get("Allow") != "GET, POST, DELETE" {
			t.Error(w.Code, w.Header(), w.Body)
		}
	})
	t.Run("a page of another site can send nothing", func(t *testing.T) {
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
		} {
			if w, p := ask(s, sending("POST", "/api/v1/test/echo", `{"text":"x"}`, headers...)); w.Code != 403 || p.Code != "problem.cross_site" {
				t.Error(headers, w.Code, w.Body)
			}
		}
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "same-origin"}, {"Origin", "http://example.com"}, {}, {"Origin", "https://desk.example.com", "Sec-Fetch-Site", "cross-site"},
		} {
			if w, _ := ask(s, sending("POST", "/api/v1/test/echo", `{"text":"x"}`, headers...)); w.Code != 200 {
				t.Error(headers, w.Code, w.Body)
			}
		}
	})
	t.Run("too much is refused", func(t *testing.T) {
		w, p := ask(s, sending("POST", "/api/v1/test/echo", `{"text":"`+strings.Repeat("x", 2000)+`"}`))
		if w.Code != 413 || p.Code != "problem.too_large" {
			t.Error(w.Code, w.Body)
		}
	})
	t.Run("refused input says where, with a code, and is never repeated", func(t *testing.T) {
		for body, want := range map[string]string{
			`{"text":"` + strings.Repeat("secret ", 9) + `"}`: "422 invalid.too_long text",
			`{"text":7}`:              "422 invalid.type text",
			`{}`:                      "422 invalid.required text",
			`{"text":"x","secret":1}`: "422 invalid.unknown secret",
			`{"text":"secret`:         "400 invalid.json ",
			`["secret"]`:              "422 invalid.type ",
		} {
			w, p := ask(s, sending("POST", "/api/v1/test/echo", body, "Accept-Language", "en"))
			if got := strings.TrimSpace(http.StatusText(w.Code)); got == "" || want != strings.Join([]string{itoa(w.Code), p.Code, p.Field}, " ") {
				t.Errorf("%s: %d %s", body, w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), "secret secret") {
				t.Errorf("what was sent is repeated: %s", w.Body)
			}
		}
		w, p := ask(s, sending("POST", "/api/v1/test/echo", "text=x", "Content-Type", "application/x-www-form-urlencoded"))
		if w.Code != 415 || p.Code != "problem.media_type" || !strings.Contains(p.Detail, "application/json") {
			t.Error(w.Code, w.Body)
		}
	})
	t.Run("an empty list is a list", func(t *testing.T) {
		if w, _ := ask(s, sending("GET", "/api/v1/test/nil", "")); strings.TrimSpace(w.Body.String()) != `{"items":[]}` {
			t.Error(w.Body)
		}
	})
	t.Run("a raw route keeps identity and permission", func(t *testing.T) {
		if w, p := ask(s, sending("GET", "/api/v1/test/raw", "")); w.Code != 401 || p.Code != "auth.required" {
			t.Error(w.Code, w.Body)
		}
	})
	t.Run("answers carry the headers that protect a page", func(t *testing.T) {
		w, _ := ask(s, sending("GET", "/api/v1/session", ""))
		for name, want := range map[string]string{"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "Permissions-Policy": "microphone=(self)"} {
			if !strings.Contains(w.Header().Get(name), want) {
				t.Errorf("%s is %q", name, w.Header().Get(name))
			}
		}
	})
	t.Run("a trusted origin must be one", func(t *testing.T) {
		if _, err := New(s.rooms, Options{TrustedOrigins: []string{"desk.example.com/path"}}); err == nil {
			t.Error("it was taken")
		}
	})
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

func TestOrigin(t *testing.T) {
	s := &Server{options: Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, c := range []struct {
		says, remote, forwarded, proto, want string
		secure                               bool
	}{
		{"a stranger's word is not believed", "203.0.113.5:1", "1.2.3.4", "https", "203.0.113.5", false},
		{"a proxy of ours tells who asks", "10.0.0.1:1", "198.51.100.7", "https", "198.51.100.7", true},
		{"what the client wrote before it does not count", "10.0.0.1:1", "1.1.1.1, 198.51.100.7", "http", "198.51.100.7", false},
		{"two proxies of ours", "10.0.0.1:1", "198.51.100.7, 10.0.0.2", "", "198.51.100.7", false},
		{"nonsense ends the search", "10.0.0.1:1", "198.51.100.7, unknown", "", "10.0.0.1", false},
		{"no header", "10.0.0.1:1", "", "", "10.0.0.1", false},
		{"IPv6", "[2001:db8::1]:1", "", "", "2001:db8::1", false},
	} {
		t.Run(c.says, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.remote
			r.Header.Set("X-Forwarded-For", c.forwarded)
			r.Header.Set("X-Forwarded-Proto", c.proto)
			if address, secure := s.origin(r); address != c.want || secure != c.secure {
				t.Error(address, secure)
			}
		})
	}
}

func TestEveryKindHasAStatus(t *testing.T) {
	for kind := fault.Internal; kind <= fault.TooLarge; kind++ {
		if statusOf[kind] == 0 {
			t.Errorf("kind %d has no HTTP status", kind)
		}
	}
}

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0": "Edge, Windows",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36":              "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1":       "Safari, iPhone",
		"curl/8.9.1": "curl/8.9.1",
		"":           "",
		"\xff\xfe x": "",
	} {
		if got := deviceOf(agent); got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
}

func FuzzProblems(f *testing.F) {
	d := dbtest.SQLite(f)
	accounts := account.New(d, event.NewLog(d, event.NewBell(d)))
	room := auth.New(d, accounts, auth.Config{})
	s, err := New(Rooms{Account: accounts, Auth: room}, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("GET", "/api/v1/session", "", "Bearer rcd_x")
	f.Add("POST", "/api/v1/session", `{"email":"a@ejemplo.test"`, "")
	f.Add("DELETE", "/api/v1/sessions/9223372036854775808", "", "Basic x")
	f.Fuzz(func(t *testing.T, method, path, body, authorization string) {
		r, err := http.NewRequest(method, "http://example.com", strings.NewReader(body))
		if err != nil || !strings.HasPrefix(path, "/") {
			return
		}
		r.URL.Path, r.RemoteAddr, r.RequestURI = path, "192.0.2.1:9", path
		r.Header.Set("Authorization", authorization)
		w, p := ask(s, r)
		if w.Code >= 500 || (w.Code >= 400 && (p.Code == "" || p.Detail == "" || p.RequestID == "")) {
			t.Errorf("%s %q: %d %s", method, path, w.Code, w.Body)
		}
	})
}
