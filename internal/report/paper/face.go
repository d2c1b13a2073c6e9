package paper

import (
	_ "embed" // the fonts
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

//go:embed fonts/NotoSans.ttf
var sansData []byte

//go:embed fonts/NotoEmoji.ttf
var emojiData []byte

//go:embed fonts/NotoSansHebrew.ttf
var hebrewData []byte

//go:embed fonts/NotoSansArabic.ttf
var arabicData []byte

// face is a font with the widths of its signs.
type face struct {
	name string
	data []byte
	once sync.Once
	font *sfnt.Font
	mu   sync.Mutex
	buf  sfnt.Buffer
	wide map[rune]float64 // of one sign at size 1; -1: not in the font
}

// faces in the order they are asked for a sign.
var faces = []*face{
	{name: "sans", data: sansData}, {name: "hebrew", data: hebrewData}, {name: "arabic", data: arabicData}, {name: "emoji", data: emojiData},
}

const box = '\u25a1' // drawn for signs no font has

// sign gives the width of a sign at size 1, and whether the font has it.
func (f *face) sign(r rune) (float64, bool) {
	f.once.Do(func() {
		f.font, _ = sfnt.Parse(f.data) // embedded: a test draws with each
		f.wide = map[rune]float64{}
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	if w, known := f.wide[r]; known {
		return w, w >= 0
	}
	w := -1.0
	if index, err := f.font.GlyphIndex(&f.buf, r); err == nil && index != 0 {
		if advance, err := f.font.GlyphAdvance(&f.buf, index, fixed.I(1000), font.HintingNone); err == nil {
			w = float64(advance) / 64 / 1000
		}
	}
	f.wide[r] = w
	return w, w >= 0
}

func (f *face) width(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		w, _ := f.sign(r)
		sum += max(0, w) * size
	}
	return sum
}

// faceOf finds the font that has a sign; nil when none has.
func faceOf(r rune) *face {
	for _, f := range faces {
		if _, ok := f.sign(r); ok {
			return f
		}
	}
	return nil
}
