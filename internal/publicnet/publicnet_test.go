package publicnet

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	for address, want := range map[string]error{
		"https://push.example/a/b":       nil,
		"https://push.example:8443/a":    nil,
		"https://8.8.8.8/a":              nil,
		"http://push.example/a":          ErrPlain,
		"https://127.0.0.1/a":            ErrPrivate,
		"https://[::1]/a":                ErrPrivate,
		"https://[::ffff:10.0.0.1]/a":    ErrPrivate,
		"https://[64:ff9b::a00:1]/a":     ErrPrivate,
		"https://10.1.2.3/a":             ErrPrivate,
		"https://169.254.169.254/a":      ErrPrivate,
		"https://100.64.0.1/a":           ErrPrivate,
		"https://192.0.2.1/a":            ErrPrivate,
		"https://[fd00::1]/a":            ErrPrivate,
		"https://[fe80::1%25eth0]/a":     ErrPrivate,
		"https://0.0.0.0/":               ErrPrivate,
		"https://LOCALHOST./a":           ErrPrivate,
		"https://desk.localhost/a":       ErrPrivate,
		"https://me:secret@push.example": ErrAddress,
		"ftp://push.example":             ErrAddress,
		"javascript:alert(1)":            ErrAddress,
		"//push.example/a":               ErrAddress,
		"":                               ErrAddress,
		"https://":                       ErrAddress,
	} {
		if err := (Rules{}).Check(address); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", address, err, want)
		}
	}
	if err := (Rules{Private: true}).Check("http://127.0.0.1:9/a"); err != nil {
		t.Errorf("a demo may: %v", err)
	}
}

func TestAllowed(t *testing.T) {
	allowed, err := ParseAllowed([]string{"10.0.0.5", " 192.168.7.0/24", "fd00:7::/32", "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	rules := Rules{Allowed: allowed}
	for address, want := range map[string]error{
		"http://10.0.0.5:8080/a":       nil,
		"https://10.0.0.5/a":           nil,
		"http://[::ffff:10.0.0.5]/a":   nil,
		"https://10.0.0.6/a":           ErrPrivate,
		"http://192.168.7.200/a":       nil,
		"http://192.168.8.1/a":         ErrPlain,
		"https://[fd00:7::9]/a":        nil,
		"https://[fd00:8::9]/a":        ErrPrivate,
		"https://169.254.169.254/a":    ErrPrivate,
		"http://8.8.8.8/a":             ErrPlain,
		"http://erp.example/a":         nil, // a name may stand for a machine that is allowed: admit has the last word
		"https://me:secret@10.0.0.5/a": ErrAddress,
	} {
		if err := rules.Check(address); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", address, err, want)
		}
	}
	for _, one := range []struct {
		ctx     context.Context
		machine string
		want    error
	}{
		{t.Context(), "10.0.0.5:80", nil}, {context.WithValue(t.Context(), plain{}, true), "10.0.0.5:80", nil},
		{t.Context(), "10.0.0.6:443", ErrPrivate}, {t.Context(), "8.8.8.8:443", nil}, {context.WithValue(t.Context(), plain{}, true), "8.8.8.8:80", ErrPlain},
	} {
		if err := rules.admit(one.ctx, one.machine); !errors.Is(err, one.want) {
			t.Errorf("%s: %v, want %v", one.machine, err, one.want)
		}
	}
	for _, text := range []string{"", "erp.internal", "10.0.0.0/99", "fe80::1%eth0", "::ffff:10.0.0.5", "10.0.0.5:80"} {
		if got, err := ParseAllowed([]string{text}); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	t.Run("a name without https reaches a machine that is allowed, and no other one", func(t *testing.T) {
		n := 0
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { n++ }))
		defer server.Close()
		for _, one := range []struct {
			rules Rules
			want  error
		}{{rules, nil}, {Rules{Allowed: allowed[:1]}, ErrPrivate}} {
			c := one.rules.Client()
			transport := c.inner.Transport.(*http.Transport)
			dial := transport.DialContext
			transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dial(ctx, network, server.Listener.Addr().String())
			}
			if _, failed := c.Ask(t.Context(), Question{Method: http.MethodGet, Address: "http://erp.example/", Timeout: time.Second}); (failed == "") != (one.want == nil) {
				t.Errorf("%v: %q", one.want, failed)
			}
		}
		if n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// asked counts what reaches a server on this machine.
func asked(t *testing.T) (*httptest.Server, *int) {
	n := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/", http.StatusFound)
		}
	}))
	t.Cleanup(server.Close)
	return server, &n
}

// named makes a client believe that a name stands for the server's machine, as a name that changed its mind does.
func named(c *Client, server *httptest.Server) {
	transport := c.inner.Transport.(*http.Transport)
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dial(ctx, network, server.Listener.Addr().String())
	}
	transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
}

func TestClient(t *testing.T) {
	ask := func(c *Client, address string) (*http.Response, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := c.Do(request)
		if err == nil {
			_ = answer.Body.Close()
		}
		return answer, err
	}
	t.Run("a good name that stands for this machine is refused when the connection is made", func(t *testing.T) {
		server, n := asked(t)
		c := Rules{}.Client()
		named(c, server)
		if _, err := ask(c, "https://example.com/"); !errors.Is(err, ErrPrivate) || *n != 0 {
			t.Errorf("%v after %d requests", err, *n)
		}
	})
	t.Run("a redirect is not followed", func(t *testing.T) {
		server, n := asked(t)
		c := Rules{Private: true}.Client()
		named(c, server)
		if answer, err := ask(c, "https://example.com/away"); err != nil || answer.StatusCode != http.StatusFound || *n != 1 {
			t.Errorf("%v %v after %d requests", answer, err, *n)
		}
	})
	t.Run("plain http is refused", func(t *testing.T) {
		if _, err := ask(Rules{}.Client(), "http://push.example/"); !errors.Is(err, ErrPlain) {
			t.Error(err)
		}
	})
	t.Run("whoever never answers is given up", func(t *testing.T) {
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		began := time.Now()
		if _, err := ask(Rules{Private: true, Timeout: 100 * time.Millisecond}.Client(), "http://"+silent.Addr().String()); err == nil || time.Since(began) > 5*time.Second {
			t.Error(err)
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"https://push.example/a", "https://[::1]", "https://0x7f.1/", "https://%31/", "https://[fe80::1%25x]/", "http:///a", "https://127.0.0.1.:1/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if (Rules{}).Check(address) != nil {
			return
		}
		if !strings.HasPrefix(strings.ToLower(address), "https:") {
			t.Errorf("%q is taken", address)
		}
	})
}

func FuzzPublic(f *testing.F) {
	f.Add([]byte{10, 0, 0, 1})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1})
	f.Fuzz(func(t *testing.T, bytes []byte) {
		ip, ok := netip.AddrFromSlice(bytes)
		if !ok || !public(ip) {
			return
		}
		if plain := ip.Unmap(); plain.IsLoopback() || plain.IsPrivate() || plain.IsLinkLocalUnicast() || plain.IsMulticast() || plain.IsUnspecified() {
			t.Errorf("%s counts as public", ip)
		}
	})
}
