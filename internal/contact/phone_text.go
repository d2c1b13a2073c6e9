package contact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDigits is how many digits are read of one text; E.164 has at most 15,
// prefixes dialled before it add a few.
const maxDigits = 24

// writtenNumber is what was found in a text: the digits, and whether a plus
// announced that they begin with a country code.
type writtenNumber struct {
	digits []byte
	plus   bool
}

// readDigits takes the digits out of a text, into buf. It refuses what is not
// one phone number: letters, lost digits, nothing at all.
func readDigits(text string, buf []byte) (writtenNumber, error) {
	if w, ok := readPlainDigits(text, buf); ok {
		return w, nil
	}
	rest := withoutWrapping(text)
	if rest == "" {
		return writtenNumber{}, phoneError(PhoneEmpty, text, "")
	}
	if mantissa, exponent, ok := scientific(rest); ok {
		return readScientific(text, mantissa, exponent, buf)
	}
	rest = withoutDecimals(rest)
	w := writtenNumber{digits: buf}
	for _, r := range rest {
		switch d := digitOf(r); {
		case d >= 0 && len(w.digits) == maxDigits:
			return w, phoneError(tooManyDigits(rest), text, "")
		case d >= 0:
			w.digits = append(w.digits, byte('0'+d))
		case r == '+' || r == '＋':
			if len(w.digits) > 0 {
				return w, phoneError(PhoneInvalid, text, "")
			}
			w.plus = true
		case unicode.IsLetter(r):
			return w, phoneError(PhoneLetters, text, "")
		case !isSeparator(r):
			return w, phoneError(PhoneInvalid, text, "")
		}
	}
	if len(w.digits) == 0 {
		return w, phoneError(PhoneEmpty, text, "")
	}
	return w, nil
}

// readPlainDigits is the way through for the commonest cell of all: digits,
// perhaps with a plus before them.
func readPlainDigits(text string, buf []byte) (writtenNumber, bool) {
	w := writtenNumber{digits: buf}
	if strings.HasPrefix(text, "+") {
		w.plus, text = true, text[1:]
	}
	if len(text) == 0 || len(text) > maxDigits {
		return w, false
	}
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return w, false
		}
	}
	w.digits = append(w.digits, text...)
	return w, true
}

// withoutWrapping takes off what programs put around a number to keep it a
// text: an apostrophe, ="…", a link scheme, and blanks of every width.
func withoutWrapping(text string) string {
	text = strings.TrimFunc(text, isBlank)
	text = strings.TrimPrefix(text, "=")
	text = strings.TrimLeft(text, "'’‘`")
	text = strings.Trim(text, `"`)
	for _, scheme := range []string{"tel:", "whatsapp:", "https://wa.me/", "wa.me/"} {
		if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			text = text[len(scheme):]
			break
		}
	}
	return strings.TrimFunc(text, isBlank)
}

// withoutDecimals drops the ",00" that programs add when they export a number
// as an amount: 5531985550001.0. The digits before it must be bare.
func withoutDecimals(text string) string {
	i := strings.LastIndexAny(text, ".,")
	if i < 8 || strings.Trim(text[i+1:], "0") != "" || len(text)-i > 3 {
		return text
	}
	for _, r := range text[:i] {
		if r < '0' || r > '9' {
			return text
		}
	}
	return text[:i]
}

// scientific splits 5.531985550001E+12 into mantissa and exponent; a comma may
// stand for the point, as spreadsheets in Spanish and Portuguese write it.
func scientific(text string) (mantissa string, exponent int, ok bool) {
	i := strings.IndexAny(text, "eE")
	if i < 1 || len(text)-i > 4 {
		return "", 0, false
	}
	mantissa = strings.TrimPrefix(text[:i], "+")
	digits := strings.TrimPrefix(text[i+1:], "+")
	if mantissa == "" || mantissa[0] < '1' || mantissa[0] > '9' || digits == "" {
		return "", 0, false
	}
	if strings.Trim(mantissa, "0123456789.,") != "" || strings.Count(mantissa, ".")+strings.Count(mantissa, ",") > 1 {
		return "", 0, false
	}
	for _, r := range digits {
		if r < '0' || r > '9' {
			return "", 0, false
		}
		exponent = exponent*10 + int(r-'0')
	}
	return mantissa, exponent, true
}

// readScientific accepts the notation only when the mantissa has every digit
// of the number: in 5.53199E+12 the last seven are gone for good.
func readScientific(text, mantissa string, exponent int, buf []byte) (writtenNumber, error) {
	whole, fraction := mantissa, ""
	if i := strings.IndexAny(mantissa, ".,"); i >= 0 {
		whole, fraction = mantissa[:i], mantissa[i+1:]
	}
	for len(fraction) > exponent && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	switch {
	case len(fraction) < exponent:
		return writtenNumber{}, phoneError(PhoneLossy, text, "")
	case len(fraction) > exponent:
		return writtenNumber{}, phoneError(PhoneInvalid, text, "")
	case len(whole)+len(fraction) > maxDigits:
		return writtenNumber{}, phoneError(PhoneTooLong, text, "")
	}
	return writtenNumber{digits: append(append(buf, whole...), fraction...)}, nil
}

// tooManyDigits tells two numbers in one cell from one that is too long.
func tooManyDigits(text string) string {
	if strings.ContainsAny(text, "/;,|\n\r") {
		return PhoneSeveral
	}
	return PhoneTooLong
}

// digitOf gives the value of a digit in ASCII, full width or Arabic script; -1 for other runes.
func digitOf(r rune) int {
	for _, zero := range [...]rune{'0', '０', '٠', '۰'} {
		if r >= zero && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}

func isSeparator(r rune) bool {
	return isBlank(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("()[]{}./·•_−~,;|\\*'", r)
}

// isBlank covers spaces, no-break spaces and the invisible direction marks
// that come along when a number is copied from a chat. A byte of no character
// counts too: it was a no-break space before somebody read it wrongly.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
}

// onlyDigits keeps the ASCII digits of a text; it copies only when there is anything else.
func onlyDigits(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
