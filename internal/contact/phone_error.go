package contact

import (
	"math/bits"
	"strings"
	"unicode"
)

// Codes of a PhoneError. They are stable: screens and files translate them.
const (
	PhoneEmpty         = "empty"           // no digits at all
	PhoneLetters       = "letters"         // letters among the digits
	PhoneNoCountryCode = "no_country_code" // nothing says which country it is from
	PhoneTooShort      = "too_short"       // digits missing, often the area code
	PhoneTooLong       = "too_long"        // more digits than any number of that country
	PhoneInvalid       = "invalid"         // the right length, but no such number exists
	PhoneLossy         = "lossy"           // scientific notation that lost digits
	PhoneSeveral       = "several"         // two or more numbers in one cell
)

// PhoneError says why a text is not a number WhatsApp can be reached at.
type PhoneError struct {
	Code    string // one of the Phone… codes
	Text    string // what was written, at most 40 characters of it
	Country string // the country it was read as a number of, "" when unknown
}

// Error says in plain English what is wrong and what to do about it.
func (e *PhoneError) Error() string {
	switch e.Code {
	case PhoneEmpty:
		return "there is no phone number here"
	case PhoneLetters:
		return quoted(e.Text) + " has letters in it; write only the phone number"
	case PhoneNoCountryCode:
		return quoted(e.Text) + " has no country code; add it, for example +55 for Brazil or +54 for Argentina"
	case PhoneTooShort:
		return quoted(e.Text) + " is too short" + e.forCountry() + "; check that the area code is there"
	case PhoneTooLong:
		return quoted(e.Text) + " is too long" + e.forCountry() + "; check for repeated digits"
	case PhoneLossy:
		return quoted(e.Text) + " lost its last digits when the spreadsheet shortened it; format the column as text and enter the number again"
	case PhoneSeveral:
		return quoted(e.Text) + " holds more than one phone number; keep one per row"
	}
	return quoted(e.Text) + " is not an existing phone number" + e.forCountry()
}

func (e *PhoneError) forCountry() string {
	if e.Country == "" {
		return ""
	}
	return " for " + e.Country
}

func quoted(text string) string { return "“" + text + "”" }

func phoneError(code, text, country string) *PhoneError {
	const shown = 40
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if runes := []rune(text); len(runes) > shown {
		text = string(runes[:shown-1]) + "…"
	}
	return &PhoneError{Code: code, Text: text, Country: country}
}

// explain finds the reason why no reading of a number was valid.
func explain(text string, w writtenNumber, home *callingCode) *PhoneError {
	if strings.ContainsAny(text, "/;,|\n\r") && len(w.digits) > 15 {
		return phoneError(PhoneSeveral, text, "")
	}
	code, national := home, w.digits
	international := w.plus || len(w.digits) > 2 && w.digits[0] == '0' && w.digits[1] == '0'
	switch {
	case international:
		digits := withoutZeros(w.digits)
		if code = callingCodeOf(digits); code == nil {
			return phoneError(PhoneInvalid, text, "")
		}
		national = digits[len(code.prefix):]
	case home == nil && len(w.digits) < 8:
		return phoneError(PhoneTooShort, text, "")
	case home == nil && len(w.digits) > 15:
		return phoneError(PhoneTooLong, text, "")
	case home == nil:
		return phoneError(PhoneNoCountryCode, text, "")
	case len(w.digits) > len(home.prefix) && string(w.digits[:len(home.prefix)]) == home.prefix && len(w.digits) > home.longest:
		national = w.digits[len(home.prefix):]
	}
	return phoneError(code.lengthReason(national), text, code.countryByLibrary(national))
}

// lengthReason tells too short and too long from wrong digits, by the lengths
// mobile numbers of the country have.
func (c *callingCode) lengthReason(national []byte) string {
	if len(c.countries) == 0 {
		return PhoneInvalid
	}
	var buf [maxDigits + 3]byte
	digits := len(c.canonical(append(buf[:0], national...)))
	plan := c.countries[0]
	lengths := plan.general.possibleLengths()
	if mobile := plan.mobile.possibleLengths(); mobile != 0 {
		lengths = mobile
	}
	switch shortest, longest := bits.TrailingZeros64(lengths), bits.Len64(lengths)-1; {
	case lengths == 0:
		return PhoneInvalid
	case digits < shortest:
		return PhoneTooShort
	case digits > longest:
		return PhoneTooLong
	}
	return PhoneInvalid
}
