package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"recado/internal/fault"
	"recado/internal/words"

	"github.com/danielgtaylor/huma/v2"
)

// Problem is how every failure leaves (RFC 9457). Detail is for people, in the reader's language; code is for programs and
// never changes its meaning.
type Problem struct {
	Type      string         `json:"type" example:"about:blank"`
	Title     string         `json:"title" doc:"name of the HTTP status"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail" doc:"what happened and what to do, in the reader's language"`
	Code      string         `json:"code" example:"window.closed"`
	Field     string         `json:"field,omitempty" doc:"the input at fault"`
	Params    map[string]any `json:"params,omitempty" doc:"values the words were made with"`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"when several inputs are at fault: all of them"`
	RequestID string         `json:"request_id" doc:"to find the request in the log"`
}

// FieldProblem is one input at fault.
type FieldProblem struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error gives the words.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is for huma: the type RFC 9457 names.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders is for huma: how long to wait, when the fault knows.
func (p *Problem) GetHeaders() http.Header {
	header := http.Header{}
	if wait, ok := p.Params["wait_seconds"]; ok {
		header.Set("Retry-After", fmt.Sprint(wait))
	}
	return header
}

var statusOf = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Unauthorized: http.StatusUnauthorized, fault.Forbidden: http.StatusForbidden,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable, fault.TooLarge: http.StatusRequestEntityTooLarge,
}

// problem turns any error into what is told. What is not a fault is our mistake: it is logged, and its text is kept from the reader.
func (s *Server) problem(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		v := visitIn(ctx)
		if ctx.Err() == nil {
			s.log.ErrorContext(ctx, "request failed", "route", v.route, "request_id", v.requestID, "error", err)
		}
		f = fault.New(fault.Internal, "problem.internal", "something went wrong on our side")
	}
	return problemOf(ctx, f, statusOf[f.Kind])
}

func problemOf(ctx context.Context, f *fault.Error, status int) *Problem {
	v := visitIn(ctx)
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: f.Code, Field: f.Field, Params: f.Params,
		RequestID: v.requestID, Detail: wordsOf(v, f)}
}

// named are values of a fault that have words of their own.
var named = []string{"area", "level", "ability", "expected"}

func wordsOf(v *visit, f *fault.Error) string {
	params := map[string]any{"request_id": v.requestID, "field": f.Field}
	for name, value := range f.Params {
		params[name] = value
	}
	for _, name := range named {
		if text, ok := params[name].(string); ok {
			params[name] = words.SayOr(v.locale, name+"."+text, text, nil)
		}
	}
	return words.SayOr(v.locale, f.Code, sentence(f.Message), params)
}

// sentence gives the English words of a fault that has no translation the form of one.
func sentence(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// writeProblem answers outside huma.
func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	s.sendProblem(w, s.problem(r.Context(), err))
}

func (s *Server) sendProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.WriteHeader(p.Status)
	_ = encode(w, p) // the client may have gone; there is nobody to tell
}

// unknownRoute answers what no route matches: 405 when the path is known with another method, else 404.
func (s *Server) unknownRoute(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(probe); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		s.writeProblem(w, r, fault.New(fault.NotFound, "problem.route_unknown", "there is nothing at this address"))
		return
	}
	list := strings.Join(allowed, ", ")
	w.Header().Set("Allow", list)
	f := fault.New(fault.Invalid, "problem.method_unknown", "this address does not accept %s", r.Method).With("method", r.Method).With("allowed", list)
	s.sendProblem(w, problemOf(r.Context(), f, http.StatusMethodNotAllowed))
}

// plainProblem is what huma describes in the document.
func plainProblem(status int, detail string, _ ...error) huma.StatusError {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}
