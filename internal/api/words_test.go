package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"recado/internal/words"
)

// TestEveryFaultHasWords looks through the source of all rooms: a fault's code that stands there as a text must have words
// in internal/words, or people would read English.
func TestEveryFaultHasWords(t *testing.T) {
	codes := map[string]string{} // code -> where
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if code := codeIn(n); code != "" {
				codes[code] = set.Position(n.Pos()).String()
			}
			return true
		})
		return nil
	})
	if err != nil || len(codes) < 30 {
		t.Fatalf("%d codes found: the test looks in the wrong place (%v)", len(codes), err)
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		if !words.Has(code) {
			t.Errorf("%s has no words (%s): add it to internal/words/<topic>.{es,en,pt-BR}.json", code, codes[code])
		}
	}
}

// codeIn gives the code of a call fault.New(kind, "code", …).
func codeIn(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) < 3 {
		return ""
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "New" {
		return ""
	}
	if room, ok := selector.X.(*ast.Ident); !ok || room.Name != "fault" {
		return ""
	}
	literal, ok := call.Args[1].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	code, err := strconv.Unquote(literal.Value)
	if err != nil || strings.HasSuffix(code, ".") { // the beginning of a code that is put together
		return ""
	}
	return code
}
