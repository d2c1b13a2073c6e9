package contact

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// ZonesOf gives the time zones (IANA names with a space between) a phone number in E.164 may be in, by the longest beginning the
// phone library's table knows: one for most area codes and countries, all of a country's where the number does not tell more, ""
// for a number of no place.
func ZonesOf(number string) string {
	zones, err := phonenumbers.GetTimezonesForPrefix(number)
	if err != nil || len(zones) == 0 || zones[0] == phonenumbers.UNKNOWN_TIMEZONE {
		return ""
	}
	return strings.Join(zones, " ")
}
