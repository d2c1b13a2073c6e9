package api_test

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db/dbtest"
)

type documented struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		OperationID string         `json:"operationId"`
		Summary     string         `json:"summary"`
		Tags        []string       `json:"tags"`
		Permission  map[string]any `json:"x-permission"`
		Security    []any          `json:"security"`
		Responses   map[string]any `json:"responses"`
		Parameters  []struct {
			Name     string `json:"name"`
			In       string `json:"in"`
			Required bool   `json:"required"`
		} `json:"parameters"`
	} `json:"paths"`
	Components struct {
		Schemas         map[string]any `json:"schemas"`
		SecuritySchemes map[string]any `json:"securitySchemes"`
	} `json:"components"`
}

func TestOpenAPI(t *testing.T) {
	w := apitest.New(t, dbtest.SQLite(t), api.Options{})
	a := w.Do(httptest.NewRequest("GET", "/api/openapi.json", nil))
	if a.Status != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/openapi+json") {
		t.Fatal(a.Status, a.Header)
	}
	var doc documented
	a.JSON(t, &doc)
	t.Run("it is 3.1 and whole", func(t *testing.T) {
		if doc.OpenAPI != "3.1.0" || len(doc.Paths) < 8 || len(doc.Components.SecuritySchemes) != 2 {
			t.Error(doc.OpenAPI, len(doc.Paths))
		}
		for _, ref := range regexp.MustCompile(`"\$ref":"([^"]+)"`).FindAllStringSubmatch(string(a.Body), -1) {
			name, ok := strings.CutPrefix(ref[1], "#/components/schemas/")
			if _, known := doc.Components.Schemas[name]; !ok || !known {
				t.Errorf("%s leads nowhere", ref[1])
			}
		}
	})
	t.Run("nothing points outside", func(t *testing.T) {
		if strings.Contains(string(a.Body), "$schema") || strings.Contains(string(a.Body), "http://") || strings.Contains(string(a.Body), "https://") {
			t.Error("it holds an address")
		}
	})
	t.Run("every operation says its name, room, purpose, permission and path", func(t *testing.T) {
		seen := map[string]string{}
		for path, methods := range doc.Paths {
			if !strings.HasPrefix(path, "/api/v1/") {
				t.Errorf("%s is not under /api/v1", path)
			}
			for method, op := range methods {
				where := method + " " + path
				if !regexp.MustCompile(`^[a-z][a-zA-Z0-9]+$`).MatchString(op.OperationID) || seen[op.OperationID] != "" {
					t.Errorf("%s: name %q is not camelCase or is taken by %s", where, op.OperationID, seen[op.OperationID])
				}
				seen[op.OperationID] = where
				public, said := op.Permission["public"].(bool)
				if op.Summary == "" || len(op.Tags) != 1 || !said || len(op.Responses) == 0 || public == (len(op.Security) > 0) {
					t.Errorf("%s: summary %q, tags %v, permission %v, security %v", where, op.Summary, op.Tags, op.Permission, op.Security)
				}
				want := len(regexp.MustCompile(`\{\w+\}`).FindAllString(path, -1))
				for _, p := range op.Parameters {
					if p.In == "path" {
						want--
						if !p.Required || !strings.Contains(path, "{"+p.Name+"}") {
							t.Errorf("%s: path parameter %s", where, p.Name)
						}
					}
				}
				if want > 0 {
					t.Errorf("%s: %d path parameters are not described", where, want)
				}
			}
		}
	})
	t.Run("ids are strings and lists are never null", func(t *testing.T) {
		text, err := json.Marshal(doc.Components.Schemas)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `["array","null"]`) {
			t.Error("a list may be null")
		}
		for name, schema := range doc.Components.Schemas {
			properties, _ := schema.(map[string]any)["properties"].(map[string]any)
			for property, p := range properties {
				if kind := p.(map[string]any)["type"]; (property == "id" || strings.HasSuffix(property, "_id")) && kind == "integer" {
					t.Errorf("%s.%s is a number", name, property)
				}
			}
		}
	})
}
