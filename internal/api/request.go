package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"recado/internal/account"
	"recado/internal/db"

	"github.com/danielgtaylor/huma/v2"
)

// about describes an operation in the document. Name is its operationId, unique and in camelCase: clients are generated from it.
type about struct {
	Name      string
	Tag       string // the room
	Says      string // one line
	Status    int    // of success; 0: 200, or 204 for nothing
	BodyLimit int64  // bytes; 0: 1 MiB, and for raw routes what the handler sets
	Upload    bool   // raw routes: the body is a multipart form whose part "file" is the file
}

// nothing is the answer of an operation that has none: 204.
type nothing struct{}

// PathID is an id in a path or a query; in.ID.ID is the db.ID. A path that holds none is answered "not found".
type PathID struct{ db.ID }

// ByID is the input of an operation on one thing. Embed it where there is more: huma reads embedded structs only when their
// type is exported.
type ByID struct {
	ID PathID `path:"id"`
}

// In is the input of an operation that has only a body.
type In[T any] struct{ Body T }

// noInput is the input of an operation that has none.
type noInput struct{}

// Items is an answer that is a whole list.
type Items[T any] struct {
	Items []T `json:"items"`
}

// listOf turns what a room gave into what the API tells.
func listOf[From, To any](items []From, turn func(From) To) Items[To] {
	out := Items[To]{Items: make([]To, len(items))}
	for i, item := range items {
		out.Items[i] = turn(item)
	}
	return out
}

// handler is the shape of an operation: who asks and what, then the answer.
type handler[I, O any] func(ctx context.Context, actor account.Actor, in *I) (O, error)

func get[I, O any](s *Server, path string, a about, n need, h handler[I, O]) {
	route(s, http.MethodGet, path, a, n, h)
}

func post[I, O any](s *Server, path string, a about, n need, h handler[I, O]) {
	route(s, http.MethodPost, path, a, n, h)
}

func put[I, O any](s *Server, path string, a about, n need, h handler[I, O]) {
	route(s, http.MethodPut, path, a, n, h)
}

func patch[I, O any](s *Server, path string, a about, n need, h handler[I, O]) {
	route(s, http.MethodPatch, path, a, n, h)
}

func remove[I, O any](s *Server, path string, a about, n need, h handler[I, O]) {
	route(s, http.MethodDelete, path, a, n, h)
}

type output[O any] struct{ Body O }

func route[I, O any](s *Server, method, path string, a about, n need, h handler[I, O]) {
	if reflect.TypeFor[O]() == reflect.TypeFor[nothing]() {
		custom(s, method, path, a, n, func(ctx context.Context, actor account.Actor, in *I) (*struct{}, error) {
			_, err := h(ctx, actor, in)
			return nil, err
		})
		return
	}
	custom(s, method, path, a, n, func(ctx context.Context, actor account.Actor, in *I) (*output[O], error) {
		out, err := h(ctx, actor, in)
		if err != nil {
			return nil, err
		}
		return &output[O]{Body: out}, nil
	})
}

// custom registers an operation whose output is huma's: headers, status or other content than JSON. The output's Body may be a
// func(huma.Context), which writes the answer itself.
func custom[I, O any](s *Server, method, path string, a about, n need, h func(ctx context.Context, actor account.Actor, in *I) (*O, error)) {
	noHiddenInput(reflect.TypeFor[I]())
	huma.Register(s.api, operation(method, path, a, n), func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, actorIn(ctx), in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// noHiddenInput stops the program at its start when an input embeds an unexported type, whose fields huma would pass over in silence.
func noHiddenInput(input reflect.Type) {
	for i := range input.NumField() {
		if f := input.Field(i); f.Anonymous && !f.IsExported() {
			panic(fmt.Sprintf("api: %s embeds %s, which huma does not read; export the type", input, f.Type))
		}
	}
}

// raw registers a plain handler with identity and permission, for answers huma should not touch (sockets). The actor is in the
// request's context: actorIn(r.Context()).
func raw(s *Server, method, path string, a about, n need, h http.HandlerFunc) {
	op := operation(method, path, a, n)
	op.Responses = map[string]*huma.Response{"default": {Description: a.Says}}
	describeRaw(&op, a)
	s.api.OpenAPI().AddOperation(&op)
	s.mux.HandleFunc(method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) {
		noteRoute(r.Context(), op.Path)
		if err := s.identify(w, r, n); err != nil {
			s.writeProblem(w, r, err)
			return
		}
		if a.BodyLimit > 0 {
			r.Body = http.MaxBytesReader(w, r.Body, a.BodyLimit)
		}
		h(w, r)
	})
}

// describeRaw tells the document what huma cannot see of a raw route: the parameters of its path and its file.
func describeRaw(op *huma.Operation, a about) {
	for _, part := range strings.Split(op.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	if a.Upload {
		file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {
			Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": file}, Required: []string{"file"}}}}}
	}
}

func operation(method, path string, a about, n need) huma.Operation {
	op := huma.Operation{
		Method: method, Path: prefix + path, OperationID: a.Name, Tags: []string{a.Tag}, Summary: a.Says,
		DefaultStatus: a.Status, MaxBodyBytes: a.BodyLimit,
		Extensions: map[string]any{"x-permission": n.described()},
		Metadata:   map[string]any{needKey: n},
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = 1 << 20
	}
	if !n.public {
		op.Security = []map[string][]string{{"session": {}}, {"key": {}}}
	}
	return op
}

const needKey = "need"
