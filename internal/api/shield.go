package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"recado/internal/fault"
)

// shield wraps the routes in what every request passes: a visit, headers, the access log, panics, the cross-site check.
func (s *Server) shield(next http.Handler) (http.Handler, error) {
	crossSite := http.NewCrossOriginProtection()
	for _, origin := range s.options.TrustedOrigins {
		if err := crossSite.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trusted origin %q: %w", origin, err)
		}
	}
	crossSite.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.writeProblem(w, r, fault.New(fault.Forbidden, "problem.cross_site", "the request came from another site"))
	}))
	inner := s.recovered(crossSite.Handler(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.newVisit(r)
		began := time.Now()
		seen := &watched{ResponseWriter: w}
		header := w.Header()
		header.Set("X-Request-Id", v.requestID)
		header.Set("Cache-Control", "no-store")
		Secure(header, v.secure)
		inner.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
		s.record(r, v, seen, time.Since(began))
	}), nil
}

// recovered turns a panic into a 500, unless the answer has begun.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			s.log.ErrorContext(r.Context(), "panic in a request", "route", visitIn(r.Context()).route, "request_id", visitIn(r.Context()).requestID,
				"cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			if seen, ok := w.(*watched); ok && seen.status == 0 {
				s.writeProblem(w, r, fault.New(fault.Internal, "problem.internal", "something went wrong on our side"))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// record writes the access log: the route's pattern, not the path, and no address, name or text of anybody.
func (s *Server) record(r *http.Request, v *visit, seen *watched, took time.Duration) {
	s.log.InfoContext(r.Context(), "request", "method", r.Method, "route", v.route, "status", seen.status, "bytes", seen.bytes,
		"ms", float64(took.Microseconds())/1000, "request_id", v.requestID, "workspace", v.actor.Workspace.String(), "by", string(v.actor.Kind))
}

// Secure sets the headers that keep a page of ours from being framed, sniffed or fed scripts from elsewhere; the node sets them for the
// desk's files too. A socket to our own address counts as 'self'. Styles may be inline: charts and pickers write them.
func Secure(header http.Header, https bool) {
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "+
		"img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "+
		"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
	if https {
		header.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// watched remembers the status and size of an answer.
type watched struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status.
func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write notes the size.
func (w *watched) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController and sockets reach the connection.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
