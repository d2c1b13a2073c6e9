package paper

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// textLine is a line in the order it is drawn, cut where the font changes.
type textLine struct {
	parts []part
	rtl   bool // it begins at the right edge
}

type part struct {
	face *face
	text string
}

func (l textLine) width(size float64) float64 {
	sum := 0.0
	for _, p := range l.parts {
		sum += p.face.width(p.text, size)
	}
	return sum
}

// lines breaks a text into lines of a width, at spaces where there are some.
func lines(text string, width, size float64) []textLine {
	var out []textLine
	for _, paragraph := range strings.Split(drawable(text), "\n") {
		rtl := rightToLeft(paragraph)
		for _, l := range broken(paragraph, width, size) {
			out = append(out, textLine{parts: cut(ordered(l, rtl)), rtl: rtl})
		}
	}
	return out
}

// line is a text on one line.
func line(text string) textLine {
	text = strings.ReplaceAll(drawable(text), "\n", " ")
	return textLine{parts: cut(ordered(text, false))}
}

// drawable gives the signs that are drawn: whole letters instead of letter and accent, Arabic letters joined, the first part of a
// joined emoji, nothing for signs that have no shape.
func drawable(text string) string {
	var out strings.Builder
	text = joinArabic(norm.NFC.String(strings.ToValidUTF8(text, "\ufffd")))
	for g := uniseg.NewGraphemes(text); g.Next(); {
		runes := g.Runes()
		if len(runes) > 1 && (runes[0] > 0xffff || runes[len(runes)-1] == 0xfe0f || runes[len(runes)-1] == 0x20e3) {
			runes = runes[:1]
		}
		for _, r := range runes {
			switch {
			case r == '\n':
				out.WriteRune(r)
			case r == '\t' || unicode.IsSpace(r):
				out.WriteRune(' ')
			case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
			case faceOf(r) == nil:
				out.WriteRune(box)
			default:
				out.WriteRune(r)
			}
		}
	}
	return out.String()
}

func widthOf(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		if f := faceOf(r); f != nil {
			w, _ := f.sign(r)
			sum += w * size
		}
	}
	return sum
}

// broken cuts a paragraph into lines; a word wider than a line is cut inside.
func broken(paragraph string, width, size float64) []string {
	var out []string
	var now strings.Builder
	used := 0.0
	end := func() {
		out = append(out, strings.TrimRight(now.String(), " "))
		now.Reset()
		used = 0
	}
	for _, word := range strings.SplitAfter(paragraph, " ") {
		w := widthOf(strings.TrimRight(word, " "), size)
		if used > 0 && used+w > width {
			end()
		}
		if w <= width {
			now.WriteString(word)
			used += widthOf(word, size)
			continue
		}
		for _, r := range word {
			one := widthOf(string(r), size)
			if used > 0 && used+one > width {
				end()
			}
			now.WriteRune(r)
			used += one
		}
	}
	end()
	return out
}

// cut splits an ordered line where the font changes.
func cut(text string) []part {
	var parts []part
	for _, r := range text {
		f := faceOf(r)
		if f == nil {
			continue
		}
		if n := len(parts); n > 0 && parts[n-1].face == f {
			parts[n-1].text += string(r)
			continue
		}
		parts = append(parts, part{f, string(r)})
	}
	return parts
}

// rightToLeft tells whether the first letter of a text is Hebrew or Arabic.
func rightToLeft(text string) bool {
	for _, r := range text {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}

// ordered gives the signs of a line in the order they are drawn, from the left.
func ordered(text string, rtl bool) string {
	if !hasRightToLeft(text) {
		return text
	}
	direction := bidi.LeftToRight
	if rtl {
		direction = bidi.RightToLeft
	}
	var p bidi.Paragraph
	if _, err := p.SetString(text, bidi.DefaultDirection(direction)); err != nil {
		return text
	}
	order, err := p.Order()
	if err != nil {
		return text
	}
	runs := make([]run, order.NumRuns())
	for i := range runs {
		r := order.Run(i)
		runs[i] = run{r.String(), r.Direction() == bidi.RightToLeft}
	}
	return drawnRuns(runs, rtl)
}

type run struct {
	text string
	rtl  bool
}

// drawnRuns puts runs into the order of drawing. In a line from the right the last run stands first; in one from the left only
// what lies between two runs from the right turns with them, when it holds no letter: a number in an Arabic sentence.
func drawnRuns(runs []run, rtl bool) string {
	turned := func(runs []run) string {
		var out strings.Builder
		for i := len(runs) - 1; i >= 0; i-- {
			if runs[i].rtl {
				out.WriteString(bidi.ReverseString(runs[i].text))
			} else {
				out.WriteString(runs[i].text)
			}
		}
		return out.String()
	}
	if rtl {
		return turned(runs)
	}
	var out strings.Builder
	for i := 0; i < len(runs); {
		if !runs[i].rtl {
			out.WriteString(runs[i].text)
			i++
			continue
		}
		end := i + 1
		for end+1 < len(runs) && runs[end+1].rtl && !hasLetter(runs[end].text) {
			end += 2
		}
		out.WriteString(turned(runs[i:end]))
		i = end
	}
	return out.String()
}

func hasLetter(text string) bool { return strings.IndexFunc(text, unicode.IsLetter) >= 0 }

func hasRightToLeft(text string) bool {
	for _, r := range text {
		if r >= 0x590 {
			if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
				return true
			}
		}
	}
	return false
}
