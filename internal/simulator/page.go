package simulator

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed handset
var handsetFiles embed.FS

// handset holds the page's files at its root.
var handset = func() fs.FS {
	files, err := fs.Sub(handsetFiles, "handset")
	if err != nil {
		panic("simulator: the handset page is missing: " + err.Error())
	}
	return files
}()

// servePage serves the handset page and its files. Every address on it is relative, so it works wherever the server is mounted.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request, path string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	if path == "/handset" || path == "/" || path == "" {
		w.Header().Set("Location", strings.TrimRight(s.cfg.BasePath, "/")+"/handset/")
		w.WriteHeader(http.StatusFound)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	http.StripPrefix(strings.TrimRight(s.cfg.BasePath, "/")+"/handset/", http.FileServerFS(handset)).ServeHTTP(w, r)
}
