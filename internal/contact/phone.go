package contact

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Phone is a WhatsApp number. Two spellings of one person's number give the
// same Key, so that nobody becomes two contacts (X06).
type Phone struct {
	// E164 is the number as it is sent to, digits only, with the country code
	// and without the plus: 5531985550001.
	E164 string
	// Key is the same for every variant of the number: with and without
	// Brazil's ninth digit, Mexico's 521 and 52, Argentina's 549, 54 and 15.
	Key string
	// Country is the ISO 3166 code in two letters, "" when the number belongs
	// to none (satellite phones, numbers the library does not know).
	Country string
}

// ParsePhone reads a number as a person or a spreadsheet writes it: with any
// punctuation, with +, 00 or one 0 before the country code, in scientific
// notation as long as no digit was lost. defaultCountry (ISO code in two
// letters, may be empty) is where a number without country code is from.
//
// A number without country code is read as one of defaultCountry first and,
// when it can not be one, as digits that do begin with a country code. The
// error is always a *PhoneError.
func ParsePhone(text, defaultCountry string) (Phone, error) {
	var buf [maxDigits]byte
	written, err := readDigits(text, buf[:0])
	if err != nil {
		return Phone{}, err
	}
	home := homeOf(defaultCountry)
	if phone, ok := interpret(written, home); ok {
		return phone, nil
	}
	return Phone{}, explain(text, written, home)
}

// FromWhatsApp takes the id WhatsApp gives a person (wa_id, from). It never
// fails: the provider delivers to it, so a number that no table knows is kept.
//
// An Argentine id without the 9 stays without it in E164, because WhatsApp
// gives such ids to landlines only; its Key is that of the number with the 9.
func FromWhatsApp(waID string) Phone {
	digits := onlyDigits(waID)
	code := callingCodeOf(digits)
	if code == nil || len(digits) > maxDigits {
		return Phone{E164: digits, Key: digits}
	}
	var buf [maxDigits + 3]byte
	written := digits[len(code.prefix):]
	national := code.canonical(append(buf[:0], written...))
	country, ok := code.countryOf(national)
	if !ok {
		country = code.countryByLibrary(national)
	}
	phone := phoneOf(code.prefix, national, country)
	if code.prefix == argentina && len(written) == 10 {
		phone.E164 = digits
	}
	return phone
}

// Display is the number as it is printed for people everywhere:
// +55 31 98555-0001.
func (p Phone) Display() string {
	return displays.of(p.E164, func() string { return p.display() })
}

func (p Phone) display() string {
	number, err := phonenumbers.Parse("+"+p.E164, "")
	if err != nil {
		return "+" + p.E164
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

// interpret tries the readings of what was written in the order in which
// people mean them, first all of them by the quick table, then by the library.
func interpret(w writtenNumber, home *callingCode) (Phone, bool) {
	for _, check := range []strictness{quick, slow} {
		if phone, ok := interpretBy(check, w, home); ok {
			return phone, true
		}
	}
	return Phone{}, false
}

func interpretBy(check strictness, w writtenNumber, home *callingCode) (Phone, bool) {
	digits := w.digits
	if w.plus {
		return settle(withoutZeros(digits), check)
	}
	if len(digits) > 2 && digits[0] == '0' && digits[1] == '0' {
		if phone, ok := settle(withoutZeros(digits), check); ok {
			return phone, true
		}
	}
	if home == nil {
		return settle(withoutZeros(digits), check)
	}
	if home.prefix == northAmerica && len(digits) > 3 && string(digits[:3]) == "011" {
		return settle(digits[3:], check)
	}
	if len(digits) <= home.longest || digits[0] == '0' {
		if phone, ok := settleAtHome(digits, home, check); ok {
			return phone, true
		}
	}
	return settle(withoutZeros(digits), check)
}

// settleAtHome reads digits as a national number; the zeros people dial before
// it at home are dropped later.
func settleAtHome(national []byte, home *callingCode, check strictness) (Phone, bool) {
	var buf [maxDigits + 3]byte
	return settle(append(append(buf[:0], home.prefix...), national...), check)
}

// settle brings international digits into the form numbers are sent to, and
// says whether they are a number at all.
func settle(digits []byte, check strictness) (Phone, bool) {
	code := callingCodeOf(digits)
	if code == nil {
		return Phone{}, false
	}
	var buf [maxDigits + 3]byte
	national := code.canonical(append(buf[:0], digits[len(code.prefix):]...))
	country, ok := code.countryOf(national)
	if ok || check == quick {
		return phoneOf(code.prefix, national, country), ok
	}
	return settleByLibrary(code, national)
}

func settleByLibrary(code *callingCode, national []byte) (Phone, bool) {
	number, err := phonenumbers.Parse("+"+code.prefix+string(national), "")
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return Phone{}, false
	}
	e164 := strings.TrimPrefix(phonenumbers.Format(number, phonenumbers.E164), "+")
	country := countryOrNone(phonenumbers.GetRegionCodeForNumber(number))
	return Phone{E164: e164, Key: keyOf(e164), Country: country}, true
}

func phoneOf(prefix string, national []byte, country string) Phone {
	var buf [maxDigits + 3]byte
	e164 := string(append(append(buf[:0], prefix...), national...))
	return Phone{E164: e164, Key: keyOf(e164), Country: country}
}

func withoutZeros(digits []byte) []byte {
	for len(digits) > 0 && digits[0] == '0' {
		digits = digits[1:]
	}
	return digits
}
