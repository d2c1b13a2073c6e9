package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image/png"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHandler(t *testing.T) {
	built := handler{fstest.MapFS{
		"index.html":          {Data: []byte("page")},
		"recado.svg":          {Data: []byte("<svg/>")},
		"push.js":             {Data: []byte("worker")},
		"assets/app-1.js.gz":  {Data: packed(t, "plain")},
		"assets/app-1.js.br":  {Data: []byte("packed br")},
		"assets/tiny-2.css":   {Data: []byte("p{}")},
		".vite/manifest.json": {Data: []byte("{}")},
	}}
	cases := []struct {
		name, method, path, accept     string
		status                         int
		body, coding, cache, mediaType string
	}{
		{"the start is the page, never kept", "GET", "/", "", 200, "page", "", "no-store", "text/html; charset=utf-8"},
		{"a screen is the page", "GET", "/desk/42", "", 200, "page", "", "no-store", "text/html; charset=utf-8"},
		{"an asset is kept for ever", "GET", "/assets/app-1.js", "", 200, "plain", "", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
		{"the smallest accepted form goes out", "GET", "/assets/app-1.js", "gzip, deflate, br", 200, "packed br", "br", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
		{"a browser without brotli gets gzip", "GET", "/assets/app-1.js", "gzip", 200, string(packed(t, "plain")), "gzip", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
		{"a refused form is not sent", "GET", "/assets/app-1.js", "br;q=0, gzip; q=0", 200, "plain", "", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
		{"a HEAD tells of the same form and has no body", "HEAD", "/assets/app-1.js", "gzip, br", 200, "", "br", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
		{"what was too small to compress goes out as it is", "GET", "/assets/tiny-2.css", "gzip, br", 200, "p{}", "", "public, max-age=31536000, immutable", "text/css; charset=utf-8"},
		{"a missing asset is missing", "GET", "/assets/old-9.js", "br", 404, "404 page not found\n", "", "no-store", "text/plain; charset=utf-8"},
		{"a path cannot climb out", "GET", "/../embed.go", "", 404, "404 page not found\n", "", "no-store", "text/plain; charset=utf-8"},
		{"what only the build needs is not served", "GET", "/.vite/manifest.json", "", 404, "404 page not found\n", "", "no-store", "text/plain; charset=utf-8"},
		{"a file without a hash is kept for an hour", "GET", "/recado.svg", "", 200, "<svg/>", "", "public, max-age=3600", "image/svg+xml"},
		{"the worker of notifications is asked for again", "GET", "/push.js", "", 200, "worker", "", "no-cache", "text/javascript; charset=utf-8"},
		{"writing is refused", "POST", "/", "", 405, "method not allowed\n", "", "", "text/plain; charset=utf-8"},
		{"HEAD has no body", "HEAD", "/desk", "", 200, "", "", "no-store", "text/html; charset=utf-8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "http://desk.example"+c.path, nil)
			r.Header.Set("Accept-Encoding", c.accept)
			w := httptest.NewRecorder()
			built.ServeHTTP(w, r)
			header := w.Header()
			got := []any{w.Code, w.Body.String(), header.Get("Content-Encoding"), header.Get("Cache-Control"), header.Get("Content-Type")}
			want := []any{c.status, c.body, c.coding, c.cache, c.mediaType}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("got %q, want %q", got[i], want[i])
				}
			}
		})
	}
}

// packed is what the build leaves of a file, in gzip.
func packed(t *testing.T, plain string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(plain))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What stands in the binary twice makes it larger by megabytes.
func TestTheBuildLeavesNoFileTwice(t *testing.T) {
	if !Built() {
		t.Skip("the desk was not built")
	}
	files := Handler().(handler).files
	err := fs.WalkDir(files, ".", func(name string, _ fs.DirEntry, err error) error {
		plain, zipped := strings.CutSuffix(name, ".gz")
		if !zipped || err != nil {
			return err
		}
		if _, err := fs.Stat(files, plain); err == nil {
			t.Errorf("%s is here as it is and compressed", plain)
		}
		_, err = fs.Stat(files, plain+".br")
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestThePageAllowsNoOtherPlace(t *testing.T) {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://desk.example/sign-in", nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Security-Policy") != policy {
		t.Errorf("status %d, policy %q", w.Code, w.Header().Get("Content-Security-Policy"))
	}
}

func TestAnAssetHasItsNameAsTag(t *testing.T) {
	built := handler{fstest.MapFS{"index.html": {Data: []byte("page")}, "assets/app-1.js": {Data: []byte("plain")}}}
	for path, want := range map[string]string{"/assets/app-1.js": `W/"app-1.js"`, "/assets/old-9.js": "", "/desk": ""} {
		w := httptest.NewRecorder()
		built.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "http://desk.example"+path, nil))
		if got := w.Header().Get("ETag"); got != want {
			t.Errorf("%s: tag %q, want %q", path, got, want)
		}
	}
}

// A phone that puts Recado on its home screen, and an iPhone that is to be notified, ask for these.
func TestTheManifestNamesPicturesThereAre(t *testing.T) {
	built := handler{os.DirFS("public")}
	w := httptest.NewRecorder()
	built.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://desk.example/recado.webmanifest", nil))
	if got := w.Header().Get("Content-Type"); got != "application/manifest+json" {
		t.Fatalf("the manifest is %q", got)
	}
	var manifest struct {
		StartURL string `json:"start_url"`
		Icons    []struct{ Src, Sizes, Type string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &manifest); err != nil || manifest.StartURL != "/desk" || len(manifest.Icons) < 3 {
		t.Fatalf("manifest %+v, %v", manifest, err)
	}
	for _, icon := range manifest.Icons {
		w := httptest.NewRecorder()
		built.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://desk.example"+icon.Src, nil))
		if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != icon.Type {
			t.Errorf("%s: %d, %q", icon.Src, w.Code, got)
			continue
		}
		if icon.Type != "image/png" {
			continue
		}
		picture, err := png.DecodeConfig(bytes.NewReader(w.Body.Bytes()))
		if err != nil || icon.Sizes != fmt.Sprintf("%dx%d", picture.Width, picture.Height) {
			t.Errorf("%s is %d by %d and said to be %s: %v", icon.Src, picture.Width, picture.Height, icon.Sizes, err)
		}
	}
}
