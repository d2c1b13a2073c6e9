package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db"
	"recado/internal/db/dbtest"

	"github.com/danielgtaylor/huma/v2"
)

// crossWorkspace makes, for each id in a path, something that belongs to the Other workspace and gives its id. The key is the
// word before the parameter and the parameter: "members/{id}". Each room's test file adds its own in init. "?inbox_id" is for a query parameter.
var crossWorkspace = map[string]func(t *testing.T, w *apitest.World) string{}

// crossBody gives operations that write a body that is valid in itself, so that only the foreign id can be refused. The key is
// the operationId.
var crossBody = map[string]string{}

var parameter = regexp.MustCompile(`([^/]+)/\{([^}]+)\}`)

func TestNoRouteCrossesWorkspaces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		foreign := map[string]string{}
		for _, key := range slices.Sorted(maps.Keys(crossWorkspace)) {
			foreign[key] = crossWorkspace[key](t, w)
		}
		paths := w.Server.OpenAPI().Paths
		if len(paths) < 8 {
			t.Fatalf("only %d paths: the test looks in the wrong place", len(paths))
		}
		unused := maps.Clone(crossBody)
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			for method, op := range operations(paths[path]) {
				if op.Extensions["x-permission"].(map[string]any)["public"] == true {
					continue
				}
				delete(unused, op.OperationID)
				t.Run(method+" "+strings.ReplaceAll(path, "/", "·"), func(t *testing.T) { cross(t, w, method, path, op, foreign) })
			}
		}
		for operation := range unused {
			t.Errorf("crossBody names %s, which is no operation", operation)
		}
	})
}

func operations(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete}
	maps.DeleteFunc(all, func(_ string, op *huma.Operation) bool { return op == nil })
	return all
}

// cross calls one operation as the owner of Home, with everything of Other that it takes.
func cross(t *testing.T, w *apitest.World, method, path string, op *huma.Operation, foreign map[string]string) {
	path = strings.TrimPrefix(path, "/api/v1")
	filled := parameter.ReplaceAllStringFunc(path, func(m string) string {
		id, known := foreign[m]
		if !known {
			t.Fatalf("crossWorkspace has no maker for %q: add one in the room's test file", m)
		}
		return m[:strings.Index(m, "{")] + id
	})
	if filled == path {
		if method == http.MethodGet {
			listed(t, w, path, op, foreign)
		}
		return
	}
	body := crossBody[op.OperationID]
	strict := body != "" || op.RequestBody == nil
	if body == "" && op.RequestBody != nil {
		body = "{}"
	}
	a := w.Call(t, "owner", method, filled, body)
	refused := a.Status == 403 || a.Status == 404
	if !strict { // the body may be refused before the id is looked at
		refused = refused || a.Status == 400 || a.Status == 415 || a.Status == 422
	}
	if !refused {
		t.Errorf("%s %s of another workspace was answered %d: %s", method, filled, a.Status, a.Body)
	}
	leaks(t, w, a, foreign, filled)
}

// listed calls a list as it is and with every foreign query parameter there is a maker for.
func listed(t *testing.T, w *apitest.World, path string, op *huma.Operation, foreign map[string]string) {
	queries := []string{""}
	for _, p := range op.Parameters {
		if id := foreign["?"+p.Name]; p.In == "query" && id != "" {
			queries = append(queries, fmt.Sprintf("?%s=%s", p.Name, id))
		}
	}
	for _, query := range queries {
		a := w.Call(t, "owner", http.MethodGet, path+query, "")
		if a.Status >= 500 {
			t.Errorf("%s%s: %d %s", path, query, a.Status, a.Body)
		}
		leaks(t, w, a, foreign, query)
	}
}

// leaks looks for anything of Other in an answer; what was asked for may be repeated.
func leaks(t *testing.T, w *apitest.World, a apitest.Answer, foreign map[string]string, asked string) {
	t.Helper()
	private := slices.Collect(maps.Values(foreign))
	private = append(private, w.Other.Workspace.ID.String(), w.Other.Actors["rival"].User.String(), "rival@ejemplo.test", "secreto de rival")
	for _, id := range private {
		if !strings.Contains(asked, id) && strings.Contains(string(a.Body), id) {
			t.Errorf("the answer holds %s of another workspace: %s", id, a.Body)
		}
	}
}
