package api

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"recado/internal/fault"
	"recado/internal/words"

	"github.com/danielgtaylor/huma/v2"
)

// problemFromHuma gives what huma refuses by itself (wrong input, too much of it, unknown content) our form and our words.
func problemFromHuma(ctx huma.Context, status int, detail string, errs ...error) huma.StatusError {
	v := visitIn(ctx.Context())
	for _, err := range errs {
		if strings.Contains(err.Error(), "request body too large") {
			status = http.StatusRequestEntityTooLarge
		}
	}
	switch status {
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		if p := inputProblem(ctx, status, errs); p != nil {
			return p
		}
	case http.StatusRequestEntityTooLarge:
		return problemOf(ctx.Context(), fault.New(fault.TooLarge, "problem.too_large", "too much was sent").With("limit", ctx.Operation().MaxBodyBytes), status)
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		return problemOf(ctx.Context(), fault.New(fault.Invalid, "problem.media_type", "unknown content type").With("allowed", contentOf(ctx)), status)
	case http.StatusRequestTimeout:
		return problemOf(ctx.Context(), fault.New(fault.Unavailable, "problem.timeout", "the request took too long to arrive"), status)
	case http.StatusInternalServerError:
		return problemOf(ctx.Context(), fault.New(fault.Internal, "problem.internal", "something went wrong on our side"), status)
	}
	p := problemOf(ctx.Context(), fault.New(fault.Invalid, "problem.refused", "%s", detail), status)
	p.Detail = words.Say(v.locale, "problem.refused", nil)
	return p
}

// inputProblem names every input at fault; the first one stands for all in code, field and detail.
func inputProblem(ctx huma.Context, status int, errs []error) *Problem {
	v := visitIn(ctx.Context())
	if len(errs) == 0 { // huma says so only when a body is required and there is none
		return problemOf(ctx.Context(), fault.New(fault.Invalid, "invalid.required", "the body is missing").On("body"), status)
	}
	faults := make([]*fault.Error, 0, len(errs))
	for _, err := range errs {
		f, inPath := inputFault(err)
		if inPath { // an id that is none cannot be of something that exists
			return problemOf(ctx.Context(), fault.New(fault.NotFound, "problem.not_found", "not found"), http.StatusNotFound)
		}
		faults = append(faults, f)
	}
	p := problemOf(ctx.Context(), faults[0], status)
	if len(faults) > 1 {
		for _, f := range faults {
			p.Errors = append(p.Errors, FieldProblem{Field: f.Field, Code: f.Code, Detail: wordsOf(v, f)})
		}
	}
	return p
}

// inputFault reads one complaint of huma, written by nameValidation as "code|value". What was sent is never repeated: it may be a password.
func inputFault(err error) (f *fault.Error, inPath bool) {
	if given, ok := errors.AsType[*fault.Error](err); ok { // from a resolver of ours
		return given, false
	}
	detail, ok := errors.AsType[*huma.ErrorDetail](err)
	if !ok {
		return fault.New(fault.Invalid, "invalid.value", "not valid"), false
	}
	place, field, _ := strings.Cut(detail.Location, ".")
	code, value, _ := strings.Cut(detail.Message, "|")
	f = fault.New(fault.Invalid, "invalid."+code, "not valid").On(field)
	switch code {
	case "required":
		property, _, _ := strings.Cut(value, "|")
		f.Field = strings.TrimPrefix(field+"."+property, ".")
	case "choice":
		f.With("allowed", value)
	case "type", "format":
		f.With("expected", value)
	case "too_short", "too_long", "too_small", "too_big":
		f.With("limit", value)
	case "unknown":
	default:
		f.Code = unnamed(place, field, detail.Message)
	}
	return f, place == "path"
}

var missingParameter = regexp.MustCompile(`^required \w+ parameter is missing$`)

// unnamed gives a code for complaints that huma words itself.
func unnamed(place, field, message string) string {
	switch {
	case missingParameter.MatchString(message):
		return "invalid.required"
	case message == "unknown query parameter":
		return "invalid.unknown"
	case place == "body" && field == "" && (strings.Contains(message, "invalid character") || strings.Contains(message, "JSON")):
		return "invalid.json"
	}
	return "invalid.value"
}

func contentOf(ctx huma.Context) string {
	if body := ctx.Operation().RequestBody; body != nil {
		for kind := range body.Content {
			return kind
		}
	}
	return "application/json"
}
