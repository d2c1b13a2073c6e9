// Package web carries the desk: the built application inside the binary, and the handler that serves it.
//
// The build writes dist/app; dist/index.html is a committed page that says so when a binary was compiled without it, so that
// every Go command works without Node.
package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// policy keeps the desk to itself: nothing from other places, nothing inline that runs, no frame around it.
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// worker is the service worker of notifications (public/push.js). At the root, so that it knows every page of the desk.
const worker = "push.js"

// Built tells whether the desk is in this binary, or only the page that says how to build it.
func Built() bool {
	_, err := fs.Stat(dist, "dist/app/index.html")
	return err == nil
}

// Handler serves the desk. Files under /assets have hashed names and may be kept for ever; every other path that is not a
// file is a screen and gets the one page, which is never kept. A missing file is 404, not the page. The worker of notifications is
// asked for again each time, so that a new server never meets an old worker, and lives under the same policy as the page.
func Handler() http.Handler {
	folder := "dist"
	if Built() {
		folder = "dist/app"
	}
	files, err := fs.Sub(dist, folder)
	if err != nil {
		panic("web: " + err.Error()) // the folder is compiled in: this cannot happen
	}
	return handler{files}
}

type handler struct{ files fs.FS }

// ServeHTTP answers GET and HEAD.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	switch {
	case name == "" || path.Ext(name) == "":
		h.page(w, r)
	case strings.HasPrefix(name, "assets/"):
		h.file(w, r, name, "public, max-age=31536000, immutable")
	case name == worker:
		w.Header().Set("Content-Security-Policy", policy)
		h.file(w, r, name, "no-cache")
	default:
		h.file(w, r, name, "public, max-age=3600")
	}
}

// page gives index.html for every screen of the desk.
func (h handler) page(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "same-origin")
	h.file(w, r, "index.html", "no-store")
}

// file gives one file, in the smallest form that the browser takes.
func (h handler) file(w http.ResponseWriter, r *http.Request, name, keep string) {
	header := w.Header()
	body, err := h.form(name, r, header)
	if err != nil || hidden(name) {
		header.Set("Cache-Control", "no-store")
		http.NotFound(w, r)
		return
	}
	header.Set("Cache-Control", keep)
	header.Set("Content-Type", typeOf(name))
	if strings.HasPrefix(name, "assets/") {
		header.Set("ETag", `W/"`+path.Base(name)+`"`) // the hash in the name; the emoji picker asks for it
	}
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the browser went away: nobody to tell
}

// form reads a file and says in the header which form it is. What the build compressed is in the binary in its compressed forms
// only: the rare client that takes neither gets it unpacked.
func (h handler) form(name string, r *http.Request, header http.Header) ([]byte, error) {
	if plain, err := fs.ReadFile(h.files, name); err == nil {
		return plain, nil
	}
	if _, err := fs.Stat(h.files, name+".gz"); err != nil {
		return nil, err
	}
	header.Set("Vary", "Accept-Encoding")
	if takes(r, "br") {
		header.Set("Content-Encoding", "br")
		return fs.ReadFile(h.files, name+".br")
	}
	packed, err := fs.ReadFile(h.files, name+".gz")
	if err != nil {
		return nil, err
	}
	if takes(r, "gzip") {
		header.Set("Content-Encoding", "gzip")
		return packed, nil
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unpacked)
}

// hidden tells whether a file only serves the build, like its manifest.
func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// takes tells whether the browser accepts a coding; "br;q=0" refuses it.
func takes(r *http.Request, coding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == coding {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}

// typeOf names the media type by the file's ending; the few we have are fixed, so that the machine's own tables do not matter.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if known := mime.TypeByExtension(path.Ext(name)); known != "" {
		return known
	}
	return "application/octet-stream"
}
