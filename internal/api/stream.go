package api

import (
	"io"
	"net/http"
)

// sameQuery documents a file that is asked for like a list, all of it at once.
func (s *Server) sameQuery(file, list string) {
	paths := s.api.OpenAPI().Paths
	export := paths[prefix+file].Get
	for _, p := range paths[prefix+list].Get.Parameters {
		if p.Name != "cursor" && p.Name != "limit" {
			export.Parameters = append(export.Parameters, p)
		}
	}
}

// streamCSV answers with a CSV as it is written. What fails before the first bytes is answered as a problem; a file that breaks off
// later ends the connection, so that nobody takes it for whole.
func (s *Server) streamCSV(w http.ResponseWriter, r *http.Request, name string, write func(io.Writer) error) {
	out := &begun{ResponseWriter: w, begin: func() { download(w, modelTypes["csv"], name) }}
	switch err := write(out); {
	case err == nil:
	case !out.done:
		s.writeProblem(w, r, err)
	default:
		s.log.ErrorContext(r.Context(), "an export broke off", "file", name, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// begun sets the headers of a download with its first bytes, so that what fails before is answered as a problem.
type begun struct {
	http.ResponseWriter
	begin func()
	done  bool
}

// Write passes bytes on.
func (b *begun) Write(p []byte) (int, error) {
	if !b.done {
		b.done = true
		b.begin()
	}
	return b.ResponseWriter.Write(p)
}
