package conversation

import (
	"strconv"
	"strings"
	"unicode"

	"recado/internal/channel"
	"recado/internal/contact"
)

// What WhatsApp shows of a menu (whatsapp-cloud-api §2.2), in choices and characters.
const (
	MaxButtons  = 3  // more choices than that are a list
	MaxRows     = 10 // of a list
	MaxButton   = 20 // of a button's title
	MaxRow      = 24 // of a row's title
	MaxDetail   = 72 // under the title of a row
	MaxMenuText = 1024
)

// Choice is one line of a menu that a bot or a survey offers.
type Choice struct{ ID, Title string }

// Row is a choice as it is sent, its id after a prefix: a title too long for one stands whole under it.
func (c Choice) Row(prefix string) channel.Option {
	o := channel.Option{ID: prefix + c.ID, Title: c.Title}
	if len([]rune(c.Title)) > MaxRow {
		o.Title, o.Detail = shortened(c.Title), c.Title
	}
	return o
}

// shortened cuts a title between words.
func shortened(title string) string {
	short := string([]rune(title)[:MaxRow-1])
	if at := strings.LastIndexByte(short, ' '); at > len(short)/2 {
		short = short[:at]
	}
	return strings.TrimSpace(short) + "…"
}

// Numbered writes choices one a line with their numbers from 1, for channels that show no menus.
func Numbered(all []Choice) string {
	lines := make([]string, len(all))
	for i, c := range all {
		lines[i] = strconv.Itoa(i+1) + ". " + c.Title
	}
	return strings.Join(lines, "\n")
}

// Place reads a number of at most three digits written by itself: 2, 2., (2), 2️⃣ or 🔟. ok is false when there is none.
func Place(text string) (n int, ok bool) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(".,:;()[]#°º)-", r) {
			return -1
		}
		return r
	}, PlainDigits(text))
	if text == "" || len(text) > 3 || strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) >= 0 {
		return 0, false
	}
	n, _ = strconv.Atoi(text)
	return n, true
}

// PlainDigits makes digits of those of other keyboards and of keycap emoji.
func PlainDigits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\uFE0F' || r == '\u20E3':
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, strings.ReplaceAll(text, "🔟", "10"))
}

// FoldTitle is what two ways to write a title have in common: no case, no accents, nothing but the words.
func FoldTitle(text string) string {
	return contact.Fold(strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) }))
}
