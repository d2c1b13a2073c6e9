package paper

import (
	"strings"
	"unicode"
)

// arabicForms are the letters' drawn forms in Unicode's presentation blocks: alone, at the end, and for letters that join on both
// sides at the beginning and in the middle, one after the other from the first code.
var arabicForms = map[rune]struct {
	first rune
	forms int
}{
	0x0621: {0xFE80, 1}, 0x0622: {0xFE81, 2}, 0x0623: {0xFE83, 2}, 0x0624: {0xFE85, 2}, 0x0625: {0xFE87, 2}, 0x0626: {0xFE89, 4}, 0x0627: {0xFE8D, 2},
	0x0628: {0xFE8F, 4}, 0x0629: {0xFE93, 2}, 0x062A: {0xFE95, 4}, 0x062B: {0xFE99, 4}, 0x062C: {0xFE9D, 4}, 0x062D: {0xFEA1, 4}, 0x062E: {0xFEA5, 4},
	0x062F: {0xFEA9, 2}, 0x0630: {0xFEAB, 2}, 0x0631: {0xFEAD, 2}, 0x0632: {0xFEAF, 2}, 0x0633: {0xFEB1, 4}, 0x0634: {0xFEB5, 4}, 0x0635: {0xFEB9, 4},
	0x0636: {0xFEBD, 4}, 0x0637: {0xFEC1, 4}, 0x0638: {0xFEC5, 4}, 0x0639: {0xFEC9, 4}, 0x063A: {0xFECD, 4}, 0x0641: {0xFED1, 4}, 0x0642: {0xFED5, 4},
	0x0643: {0xFED9, 4}, 0x0644: {0xFEDD, 4}, 0x0645: {0xFEE1, 4}, 0x0646: {0xFEE5, 4}, 0x0647: {0xFEE9, 4}, 0x0648: {0xFEED, 2}, 0x0649: {0xFEEF, 2},
	0x064A: {0xFEF1, 4}, 0x067E: {0xFB56, 4}, 0x0686: {0xFB7A, 4}, 0x0698: {0xFB8A, 2}, 0x06A9: {0xFB8E, 4}, 0x06AF: {0xFB92, 4}, 0x06CC: {0xFBFC, 4},
}

// lamAlef are the two letters that are drawn as one, alone; at the end it is the next code.
var lamAlef = map[rune]rune{0x0622: 0xFEF5, 0x0623: 0xFEF7, 0x0625: 0xFEF9, 0x0627: 0xFEFB}

const lam = 0x0644

// joinArabic gives Arabic letters the form they have beside their neighbours.
func joinArabic(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x0621 && r <= 0x06CC }) {
		return text
	}
	runes := []rune(text)
	var out strings.Builder
	joins := false // the letter before reaches over to this one
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		form, known := arabicForms[r]
		if !known {
			out.WriteRune(r)
			joins = joins && unicode.Is(unicode.Mn, r)
			continue
		}
		next := i + 1
		for next < len(runes) && unicode.Is(unicode.Mn, runes[next]) {
			next++
		}
		if pair, ok := lamAlef[at(runes, next)]; r == lam && ok {
			if joins {
				pair++
			}
			out.WriteRune(pair)
			i, joins = next, false
			continue
		}
		reaches := form.forms == 4 && arabicForms[at(runes, next)].forms > 1
		drawn := form.first
		switch {
		case joins && reaches:
			drawn += 3
		case reaches:
			drawn += 2
		case joins && form.forms > 1:
			drawn++
		}
		out.WriteRune(drawn)
		joins = reaches
	}
	return out.String()
}

func at(runes []rune, i int) rune {
	if i < len(runes) {
		return runes[i]
	}
	return 0
}
