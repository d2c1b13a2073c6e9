package template

import (
	"maps"
	"slices"

	"recado/internal/words"
)

// Codes of what can be wrong with values. They are stable and name the words (words/template.*.json).
const (
	CodeMissing    = "template.missing"    // a variable has no value
	CodeSurplus    = "template.surplus"    // a value has no variable
	CodeNewline    = "template.newline"    // a value has a line break or a tab
	CodeSpaces     = "template.spaces"     // a value has more than four spaces in a row
	CodeTooLong    = "template.too_long"   // a filled part passes the provider's limit
	CodeLink       = "template.link"       // the file of the header is neither an https address nor an uploaded file
	CodeFileKind   = "template.file_kind"  // the file of the header is not of its kind
	CodeFileLarge  = "template.file_large" // it is larger than the channel carries
	CodeFileGone   = "template.file_gone"  // it is not there
	CodeCharacters = "template.characters" // a value is not text
	CodeUnfillable = "template.unfillable" // the template has parts that cannot be filled here
)

// Limits of filled parts, in characters (whatsapp-cloud-api §2.3 and §7.2).
const (
	limitHeader  = 60
	limitBody    = 1024
	limitURL     = 2000
	limitPayload = 256
	limitCoupon  = 20
	limitCode    = 15
)

// Problem is one thing that is wrong with the values of a template. Field is the key of the value, or the part.
type Problem struct {
	Code   string
	Field  string
	Params map[string]any // "field", and "limit" and "length" for CodeTooLong
}

// Words says the problem in a person's language.
func (p Problem) Words(locale string) string { return words.Say(locale, p.Code, p.Params) }

func (f *filler) problem(code, field string, params map[string]any) {
	all := map[string]any{"field": field}
	maps.Copy(all, params)
	f.problems = append(f.problems, Problem{Code: code, Field: field, Params: all})
}

// leftOver reports values nobody asked for, and templates with parts that cannot be filled.
func (f *filler) leftOver() {
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		if !f.used[key] && f.values[key] != "" {
			f.problem(CodeSurplus, key, nil)
		}
	}
	for _, part := range f.shape.Unfillable {
		f.problem(CodeUnfillable, part, map[string]any{"part": part})
	}
}
