package db

import (
	"strings"
	"unicode"
)

// Bounds of an excerpt, in runes.
const (
	excerptBefore = 48
	excerptLength = 200
)

// Excerpt is the part of a text around the first word a search looks for, on one line. Where it was cut stands "…".
func Excerpt(text, search string) string {
	searched := searchedWords(search, maxDigits)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	start := max(0, firstWord(runes, searched)-excerptBefore)
	for start > 0 && start < len(runes) && !unicode.IsSpace(runes[start-1]) {
		start++
	}
	end := min(len(runes), start+excerptLength)
	out := string(runes[start:end])
	if start > 0 {
		out = "…" + out
	}
	if end < len(runes) {
		out += "…"
	}
	return out
}

// firstWord is where the first word stands that begins with one of those searched; 0 when none does.
func firstWord(runes []rune, searched []string) int {
	for at := 0; at < len(runes); at++ {
		if !unicode.IsLetter(runes[at]) && !unicode.IsNumber(runes[at]) {
			continue
		}
		end := at
		for end < len(runes) && end-at < 2*maxWord && (unicode.IsLetter(runes[end]) || unicode.IsNumber(runes[end]) || unicode.IsMark(runes[end])) {
			end++
		}
		word := Fold(string(runes[at:end]))
		for _, s := range searched {
			if strings.HasPrefix(word, s) {
				return at
			}
		}
		at = max(at, end-1)
	}
	return 0
}
