package contact

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Market reads what names a group of numbers: a country in two letters (ISO 3166, "uy"), or a calling code ("+598", "598", "00598").
// It gives the country in capitals, or the code with its plus; false when there is no such.
func Market(text string) (string, bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) == 2 && text[0] >= 'A' {
		return text, CallingCode(text) != ""
	}
	digits := strings.TrimPrefix(strings.TrimPrefix(text, "+"), "00")
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || digits[0] == '0' || !phonenumbers.GetSupportedCallingCodes()[int(n)] {
		return "", false
	}
	return "+" + digits, true
}

// CallingCode is the calling code of a country with its plus: +598 for UY; "" for none.
func CallingCode(country string) string {
	n := phonenumbers.GetCountryCodeForRegion(country)
	if n <= 0 {
		return ""
	}
	return "+" + strconv.Itoa(n)
}
