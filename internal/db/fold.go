package db

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives text in the form it is searched in: lower case, without accents, compatibility forms resolved
// ("ＡＮＡ" and "Aná" are "ana"). What is searched holds folded text, since the two databases fold differently.
func Fold(text string) string {
	folded := norm.NFKD.String(strings.ToValidUTF8(text, ""))
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return unicode.ToLower(r)
	}, folded)
}

const (
	maxWord     = 24  // runes of a word that count; what is longer is cut, in texts and in searches alike
	maxWords    = 600 // different words of one text
	maxSearched = 8   // words of one search
	maxDigits   = 20  // of a number written in groups
)

// textWords gives the different words of a text. A number written in groups ("+55 31 95550-0001") is also one word of digits,
// with every ending of at least tail digits, so that people find it by any part of it.
func textWords(text string, tail int) []string {
	folded := Fold(text)
	seen := map[string]bool{}
	var out []string
	add := func(word string) bool {
		if !seen[word] {
			seen[word] = true
			out = append(out, word)
		}
		return len(out) < maxWords
	}
	for word := range splitWords(folded) {
		if !add(word) {
			return out
		}
	}
	for digits := range numbersIn(folded) {
		for from := 0; len(digits)-from >= tail; from++ {
			if !add(digits[from:]) {
				return out
			}
		}
	}
	return out
}

// maxStart is the longest beginning, in runes, that is kept as a word of its own.
const maxStart = 8

// withStarts adds the beginnings of the words that are not numbers: numbers differ from their first digits on.
func withStarts(words []string) []string {
	seen := make(map[string]bool, len(words)*4)
	out := make([]string, 0, len(words)*4)
	add := func(word string) {
		if !seen[word] {
			seen[word] = true
			out = append(out, word)
		}
	}
	for _, word := range words {
		add(word)
	}
	for _, word := range words {
		if isNumber(word) {
			continue
		}
		runes := 0
		for at := range word {
			if runes > maxStart {
				break
			}
			if runes > 0 {
				add(word[:at])
			}
			runes++
		}
	}
	return out
}

// isStart tells whether a searched word finds all words it is the beginning of as it stands.
func isStart(word string) bool {
	return utf8.RuneCountInString(word) <= maxStart && !isNumber(word)
}

func isNumber(word string) bool { return word[0] >= '0' && word[0] <= '9' }

// searchedWords gives the words a person looks for, in order. What is made of digits and the punctuation of numbers is one word.
func searchedWords(text string, tail int) []string {
	folded := Fold(text)
	if digits := onlyDigits(folded); len(digits) >= tail && len(digits) <= maxDigits && strings.Trim(folded, "+-.()/ 0123456789\u00a0") == "" {
		return []string{digits}
	}
	var out []string
	for word := range splitWords(folded) {
		if out = append(out, word); len(out) == maxSearched {
			break
		}
	}
	return out
}

// splitWords walks over the words of a folded text: runs of letters, digits and marks. Scripts written without spaces give
// a word per character.
func splitWords(folded string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start, runes := -1, 0
		for at, r := range folded + " " {
			part := unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
			alone := part && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
			if start >= 0 && (!part || alone) {
				if !yield(folded[start:at]) {
					return
				}
				start = -1
			}
			if alone && !yield(string(r)) {
				return
			}
			switch {
			case !part || alone:
			case start < 0:
				start, runes = at, 1
			case runes == maxWord:
				if !yield(folded[start:at]) {
					return
				}
				start, runes = at, 1
			default:
				runes++
			}
		}
	}
}

// numbersIn walks over the numbers of a text that have 5 to maxDigits digits: each group of digits, and groups with little
// between them as one.
func numbersIn(folded string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var whole, group string
		groups, gap := 0, 0
		long := func(digits string) bool { return len(digits) >= 5 && len(digits) <= maxDigits }
		for _, r := range folded + "\n" {
			switch {
			case r >= '0' && r <= '9':
				if group == "" {
					groups++
				}
				if len(group) <= maxDigits {
					group += string(r)
				}
				gap = 0
				continue
			case group != "":
				if long(group) && !yield(group) {
					return
				}
				if len(whole) <= maxDigits {
					whole += group
				}
				group = ""
			}
			if gap++; groups > 0 && (gap > 2 || !strings.ContainsRune("-.() /\u00a0", r)) {
				if groups > 1 && long(whole) && !yield(whole) {
					return
				}
				whole, groups = "", 0
			}
		}
	}
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}
