package sheet

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FoldHeader brings a header, or another short name, into one form for comparing: lower case, without accents, words joined by
// one underscore.
func FoldHeader(header string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(strings.ToLower(header)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}

// UniqueHeaders gives every column a name of its own: an empty header is "column n", a repeated one gets its count.
func UniqueHeaders(headers []string) []string {
	out := make([]string, len(headers))
	seen := map[string]int{}
	for i, header := range headers {
		header = strings.TrimSpace(header)
		if header == "" {
			header = fmt.Sprintf("column %d", i+1)
		}
		seen[header]++
		if n := seen[header]; n > 1 {
			header = fmt.Sprintf("%s (%d)", header, n)
		}
		out[i] = header
	}
	return out
}
