package api

import (
	"io"
	"reflect"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// document is huma's configuration: the OpenAPI document at /api/openapi.json, no page that loads scripts from elsewhere,
// no $schema links in answers.
func document(version string) huma.Config {
	huma.DefaultArrayNullable = false // encode never writes null for a list
	huma.NewError = plainProblem
	huma.NewErrorWithContext = problemFromHuma
	nameValidation()
	config := huma.DefaultConfig("Recado", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", ""
	config.CreateHooks = nil
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Info.Description = "Customer conversations. Ids are decimal strings, times are Unix milliseconds. " +
		"Errors are RFC 9457 problem documents with a stable code."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
		"key":     {Type: "http", Scheme: "bearer"},
	}
	format := huma.Format{Marshal: encode, Unmarshal: huma.DefaultJSONFormat.Unmarshal}
	config.Formats = map[string]huma.Format{"application/json": format, "json": format}
	return config
}

// ours finds the types of rooms inside a Go type's name, as in Page[recado/internal/desk.Row].
var ours = regexp.MustCompile(`recado/internal/(?:\w+/)*(\w+)\.(\w+)`)

// schemaName puts the room before the names of its types: what desk calls Row is DeskRow in the document, a page of them
// PageDeskRow. Types of this package keep their names.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	if t.Name() == "" || !strings.HasPrefix(t.PkgPath(), "recado/internal/") {
		return name
	}
	whole := ours.ReplaceAllStringFunc(t.PkgPath()+"."+t.Name(), func(m string) string {
		part := ours.FindStringSubmatch(m)
		if part[1] == "api" {
			return part[2]
		}
		return strings.ToUpper(part[1][:1]) + part[1][1:] + part[2]
	})
	return withoutBrackets.Replace(whole)
}

var withoutBrackets = strings.NewReplacer("[", "", "]", "", "*", "", ",", "")

// encode writes JSON as encoding/json does, but an empty list as [] and an empty map as {} even when they are nil.
func encode(w io.Writer, v any) error {
	return json.MarshalWrite(w, v, jsonv1.DefaultOptionsV1(), json.FormatNilSliceAsNull(false), json.FormatNilMapAsNull(false))
}

// nameValidation makes huma's complaints readable by problemFromHuma: "code|value".
func nameValidation() {
	validation.MsgUnexpectedProperty = "unknown|"
	validation.MsgExpectedRequiredProperty = "required|%s"
	validation.MsgExpectedDependentRequiredProperty = "required|%s|%s"
	validation.MsgExpectedOneOf = "choice|%s"
	validation.MsgExpectedConst = "choice|%v"
	validation.MsgExpectedBoolean = "type|boolean"
	validation.MsgExpectedNumber = "type|number"
	validation.MsgExpectedInteger = "type|integer"
	validation.MsgExpectedString = "type|string"
	validation.MsgExpectedArray = "type|list"
	validation.MsgExpectedObject = "type|object"
	validation.MsgExpectedMinLength = "too_short|%d"
	validation.MsgExpectedMaxLength = "too_long|%d"
	validation.MsgExpectedMinItems = "too_short|%d"
	validation.MsgExpectedMaxItems = "too_long|%d"
	validation.MsgExpectedMinimumNumber = "too_small|%v"
	validation.MsgExpectedMaximumNumber = "too_big|%v"
	validation.MsgExpectedRFC5322Email = "format|name@example.com%.0v"
	validation.MsgExpectedMatchPattern = "format|%s"
	validation.MsgExpectedBePattern = "format|%s"
}
