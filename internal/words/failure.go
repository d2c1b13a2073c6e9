package words

import "strconv"

// Failure says why a message did not get through: by the provider's code when there are words for it, else by what the sender does
// about it (a class of package channel, or "unconfirmed"). Code 0 without a class of its own is no code.
func Failure(locale, class string, code int) string {
	id := "failure.code." + strconv.Itoa(code)
	if Has(id) && (code != 0 || class == "channel_down") { // 0 is a code of WhatsApp too: the access has expired
		return Say(locale, id, nil)
	}
	return SayOr(locale, "failure."+class, Say(locale, "failure.bad_request", nil), nil)
}

// Advice says what to do in a campaign about failures of a class; "" for an unknown one.
func Advice(locale, class string) string { return SayOr(locale, "advice."+class, "", nil) }
