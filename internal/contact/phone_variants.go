package contact

// Calling codes with rules of their own.
const (
	northAmerica = "1"
	mexico       = "52"
	argentina    = "54"
	brazil       = "55"
)

// keyOf gives the identity key of a canonical number. Only Argentina needs
// more than the number itself: a landline is sent to without the 9 and yet is
// the same line when somebody writes the 9.
func keyOf(e164 string) string {
	if len(e164) == len(argentina)+10 && e164[:2] == argentina {
		return argentina + "9" + e164[2:]
	}
	return e164
}

// canonical brings a national number of Brazil, Mexico or Argentina into the
// one form all its variants share; numbers of other countries only lose a
// trunk zero. The slice may be changed in place and needs one byte of room.
func (c *callingCode) canonical(national []byte) []byte {
	switch c.prefix {
	case brazil:
		return brazilian(national)
	case mexico:
		return mexican(national)
	case argentina:
		return argentine(national, c)
	}
	if c.trunkZero && len(national) > 1 && national[0] == '0' {
		if _, ok := c.countryOf(national[1:]); ok {
			return national[1:]
		}
	}
	return national
}

// brazilian drops the trunk zero with its carrier and adds the ninth digit to
// mobile numbers written without it. Mobile numbers had eight digits beginning
// with 6 to 9 when the ninth was added; a number beginning with 2 to 5 is a
// landline without the 9 and somebody else's mobile with it, so it is left alone.
func brazilian(national []byte) []byte {
	dialled := len(national)
	national = withoutZeros(national)
	if len(national) < dialled && (len(national) == 12 || len(national) == 13) {
		national = withoutZeros(national[2:]) // 0 15 31 98555-0001: the carrier after the zero
	}
	if len(national) != 10 || national[2] < '6' {
		return national
	}
	national = append(national, 0)
	copy(national[3:], national[2:])
	national[2] = '9'
	return national
}

// mexican drops what was dialled before ten digits until 2019: 1 after the
// country code (WhatsApp ids still have it), 01, 044 and 045.
func mexican(national []byte) []byte {
	for _, old := range []string{"1", "01", "044", "045"} {
		if len(national) == len(old)+10 && string(national[:len(old)]) == old {
			return national[len(old):]
		}
	}
	return national
}

// argentine writes a mobile number as 9, area, number: the 15 that follows the
// area at home goes away and the 9 is added. Ten digits that can only be a
// landline stay as they are.
func argentine(national []byte, c *callingCode) []byte {
	national = withoutZeros(national)
	mobile := len(national) > 10 && national[0] == '9'
	if mobile {
		national = national[1:]
	}
	if len(national) == 12 {
		national = withoutFifteen(national, c)
	}
	var buf [maxDigits + 3]byte
	withNine := append(append(buf[:0], '9'), national...)
	if mobile || len(national) == 10 && c.isMobile(withNine) {
		return append(national[:0], withNine...)
	}
	return national
}

// withoutFifteen finds the area code (two to four digits) before the 15.
func withoutFifteen(national []byte, c *callingCode) []byte {
	for area := 2; area <= 4; area++ {
		if national[area] != '1' || national[area+1] != '5' {
			continue
		}
		var buf [11]byte
		mobile := append(append(append(buf[:0], '9'), national[:area]...), national[area+2:]...)
		if c.isMobile(mobile) {
			return append(national[:0], mobile[1:]...)
		}
	}
	return national
}
