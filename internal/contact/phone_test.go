package contact

import (
	"errors"
	"testing"
)

func TestParsePhoneSpellings(t *testing.T) {
	cases := []struct {
		name, text, home, e164, country string
	}{
		{"digits with country code and no home", "5531985550001", "", "5531985550001", "BR"},
		{"digits with country code at home", "5531985550001", "BR", "5531985550001", "BR"},
		{"plus and punctuation", "+55 (31) 98555-0001", "", "5531985550001", "BR"},
		{"plus inside the bracket", "(+55) 31 98555.0001", "", "5531985550001", "BR"},
		{"one zero before the country code, no home", "055 31 98555-0001", "", "5531985550001", "BR"},
		{"one zero before the country code, at home", "055 31 98555-0001", "BR", "5531985550001", "BR"},
		{"two zeros before the country code", "00 55 31 98555 0001", "BR", "5531985550001", "BR"},
		{"national form at home", "(31) 98555-0001", "BR", "5531985550001", "BR"},
		{"national form with trunk zero", "031 98555-0001", "BR", "5531985550001", "BR"},
		{"national form with carrier", "0 15 31 98555-0001", "BR", "5531985550001", "BR"},
		{"carrier and no ninth digit", "0 21 31 8555-0001", "BR", "5531985550001", "BR"},
		{"zero in brackets after the country code", "+55 (0) 31 98555-0001", "", "5531985550001", "BR"},
		{"no ninth digit", "+55 31 8555-0001", "", "5531985550001", "BR"},
		{"no ninth digit at home", "31 8555 0001", "BR", "5531985550001", "BR"},
		{"mobile range beginning with 6", "55 31 6555 0001", "", "5531965550001", "BR"},
		{"new mobile range with the ninth digit", "55 31 95550 0001", "", "5531955500001", "BR"},
		{"Brazilian landline keeps its eight digits", "+55 31 3555-0001", "", "553135550001", "BR"},
		{"area code 55 is not the country code", "55 98555-0001", "BR", "5555985550001", "BR"},
		{"area code 55 and no ninth digit", "55 8555-0001", "BR", "5555985550001", "BR"},
		{"country code and area code 55", "55 55 98555-0001", "BR", "5555985550001", "BR"},
		{"home in lower case", "31985550001", "br", "5531985550001", "BR"},
		{"other country's number at home", "54 9 11 5555 0100", "BR", "5491155550100", "AR"},

		{"full scientific notation", "5.531985550001E+12", "", "5531985550001", "BR"},
		{"scientific notation with a comma", "5,531985550001e12", "BR", "5531985550001", "BR"},
		{"scientific notation with spare zeros", "5.53198555000100E12", "", "5531985550001", "BR"},
		{"decimals of an exported amount", "5531985550001.0", "", "5531985550001", "BR"},
		{"decimals with a comma", "5531985550001,00", "BR", "5531985550001", "BR"},
		{"thousands separators", "5.531.985.550.001", "", "5531985550001", "BR"},
		{"no-break spaces", "+55\u00a031\u00a098555\u202f0001", "", "5531985550001", "BR"},
		{"direction marks of a chat", "\u202a+55 31 98555\u20110001\u202c", "", "5531985550001", "BR"},
		{"full-width digits", "＋５５ ３１ ９８５５５ ０００１", "", "5531985550001", "BR"},
		{"Arabic digits", "+٥٥ ٣١ ٩٨٥٥٥ ٠٠٠١", "", "5531985550001", "BR"},
		{"leading apostrophe", "'5531985550001", "", "5531985550001", "BR"},
		{"formula that keeps a text", `="5531985550001"`, "", "5531985550001", "BR"},
		{"tel link", "tel:+55-31-98555-0001", "", "5531985550001", "BR"},
		{"WhatsApp link", "https://wa.me/5531985550001", "", "5531985550001", "BR"},

		{"Mexico with the old 1", "+52 1 55 1234 5678", "", "525512345678", "MX"},
		{"Mexico without it", "+52 55 1234 5678", "", "525512345678", "MX"},
		{"Mexico at home", "55 1234 5678", "MX", "525512345678", "MX"},
		{"Mexico dialled 044", "044 55 1234 5678", "MX", "525512345678", "MX"},
		{"Mexico dialled 045", "045 55 1234 5678", "MX", "525512345678", "MX"},
		{"Mexico dialled 01", "01 55 1234 5678", "MX", "525512345678", "MX"},
		{"Mexico 521 at home", "5215512345678", "MX", "525512345678", "MX"},

		{"Argentina with 9", "+54 9 11 5555-0100", "", "5491155550100", "AR"},
		{"Argentina without 9", "+54 11 5555-0100", "", "5491155550100", "AR"},
		{"Argentina with 15", "+54 11 15-5555-0100", "", "5491155550100", "AR"},
		{"Argentina with 9 and 15", "+54 9 11 15 5555 0100", "", "5491155550100", "AR"},
		{"Argentina at home with 0 and 15", "011 15 5555 0100", "AR", "5491155550100", "AR"},
		{"Argentina at home with 15", "11 15 5555 0100", "AR", "5491155550100", "AR"},
		{"Argentina at home", "11 5555-0100", "AR", "5491155550100", "AR"},
		{"Argentina three-digit area", "0351 15 555-0100", "AR", "5493515550100", "AR"},
		{"Argentina four-digit area", "02966 15 45-0100", "AR", "5492966450100", "AR"},
		{"Argentina after 00", "00 54 9 11 5555 0100", "", "5491155550100", "AR"},

		{"Colombia", "+57 301 555 0001", "", "573015550001", "CO"},
		{"Colombia at home", "301 5550001", "CO", "573015550001", "CO"},
		{"Chile at home", "9 7555 0001", "CL", "56975550001", "CL"},
		{"Chile with country code at home", "56 9 7555 0001", "CL", "56975550001", "CL"},
		{"Peru at home", "955 550 001", "PE", "51955550001", "PE"},
		{"Ecuador with trunk zero", "098 555 0001", "EC", "593985550001", "EC"},
		{"Uruguay with trunk zero", "094 555 001", "UY", "59894555001", "UY"},
		{"Uruguay with country code", "598 94 555 001", "UY", "59894555001", "UY"},
		{"Paraguay", "0981 555 001", "PY", "595981555001", "PY"},
		{"Bolivia", "7155 5001", "BO", "59171555001", "BO"},
		{"Venezuela", "0414-555.00.01", "VE", "584145550001", "VE"},
		{"Costa Rica", "+506 8355 5001", "", "50683555001", "CR"},
		{"Panama", "+507 6555-0001", "", "50765550001", "PA"},
		{"Guatemala", "5555 0001", "GT", "50255550001", "GT"},
		{"Dominican Republic", "809 555 0101", "DO", "18095550101", "DO"},
		{"United States at home", "(212) 555-0123", "US", "12125550123", "US"},
		{"United States with 1", "1-212-555-0123", "US", "12125550123", "US"},
		{"United States calling abroad", "011 55 31 98555 0001", "US", "5531985550001", "BR"},
		{"Canada", "+1 416 555 0123", "", "14165550123", "CA"},
		{"Spain", "612 345 678", "ES", "34612345678", "ES"},
		{"Portugal", "+351 912 345 678", "", "351912345678", "PT"},
		{"Italy keeps its zero", "+39 06 1234 5678", "", "390612345678", "IT"},
		{"Germany with the zero in brackets", "+49 (0)151 2345 6789", "", "4915123456789", "DE"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParsePhone(c.text, c.home)
			if err != nil {
				t.Fatalf("ParsePhone(%q, %q): %v", c.text, c.home, err)
			}
			if got.E164 != c.e164 || got.Country != c.country {
				t.Errorf("ParsePhone(%q, %q) = %+v, want %s in %s", c.text, c.home, got, c.e164, c.country)
			}
		})
	}
}

func TestParsePhoneRefuses(t *testing.T) {
	cases := []struct {
		name, text, home, code string
	}{
		{"nothing", "", "BR", PhoneEmpty},
		{"blanks", " \u00a0\t", "BR", PhoneEmpty},
		{"a lone apostrophe", "'", "BR", PhoneEmpty},
		{"punctuation only", "(--)", "BR", PhoneEmpty},
		{"a name", "Ana Paz", "BR", PhoneLetters},
		{"an extension", "+55 31 3555-0001 ramal 12", "", PhoneLetters},
		{"letters for zeros", "55319855500O1", "", PhoneLetters},
		{"national digits without home", "31 98555-0001", "", PhoneNoCountryCode},
		{"ten national digits without home", "11 5555-0100", "", PhoneNoCountryCode},
		{"no area code at home", "98555-0001", "BR", PhoneTooShort},
		{"a short code", "190", "", PhoneTooShort},
		{"too few digits after plus", "+55 31 9855", "", PhoneTooShort},
		{"too many digits after plus", "+55 31 98555 00011 1", "", PhoneTooLong},
		{"too many digits at home", "55 31 98555 00011 1", "BR", PhoneTooLong},
		{"endless digits", "553198555000155319855500015531985550001", "BR", PhoneTooLong},
		{"two numbers with a slash", "+55 31 98555-0001 / 31 98555-0002", "BR", PhoneSeveral},
		{"three numbers", "5531985550001; 5531985550002; 5531985550003", "", PhoneSeveral},
		{"lost digits", "5.53199E+12", "BR", PhoneLossy},
		{"lost digits with a comma", "5,53199E+12", "", PhoneLossy},
		{"scientific notation of a fraction", "5.5319855500012E+12", "", PhoneInvalid},
		{"an area code that does not exist", "+55 20 98555-0001", "", PhoneInvalid},
		{"a country code that does not exist", "+999 555 000 1234", "", PhoneInvalid},
		{"a plus in the middle", "55+31985550001", "", PhoneInvalid},
		{"signs that are no separators", "5531#985550001", "", PhoneInvalid},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParsePhone(c.text, c.home)
			var refused *PhoneError
			if !errors.As(err, &refused) {
				t.Fatalf("ParsePhone(%q, %q) = %+v, %v; want code %s", c.text, c.home, got, err, c.code)
			}
			if refused.Code != c.code {
				t.Errorf("ParsePhone(%q, %q): code %s (%v), want %s", c.text, c.home, refused.Code, err, c.code)
			}
		})
	}
}

func TestPhoneErrorSaysWhatToDo(t *testing.T) {
	_, err := ParsePhone("31 98555-0001", "")
	want := "“31 98555-0001” has no country code; add it, for example +55 for Brazil or +54 for Argentina"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = ParsePhone("98555-0001", "BR")
	want = "“98555-0001” is too short for BR; check that the area code is there"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestVariantsShareOneKey(t *testing.T) {
	families := map[string][]string{
		"Brazil's ninth digit":          {"5531985550001", "553185550001"},
		"São Paulo's ninth digit":       {"5511985550001", "551185550001"},
		"Mexico's 521":                  {"5215512345678", "525512345678"},
		"Argentina's 549":               {"5491155550100", "541155550100", "54111555550100"},
		"Argentina's 549, longer areas": {"5493515550100", "543515550100", "54351155550100"},
		"an Argentine landline":         {"541142340000", "5491142340000"},
		"a number of no known range":    {"5520985550001", "552085550001"},
	}
	for name, ids := range families {
		t.Run(name, func(t *testing.T) {
			first := FromWhatsApp(ids[0])
			for _, id := range ids[1:] {
				if got := FromWhatsApp(id); got.Key != first.Key {
					t.Errorf("FromWhatsApp(%s) = %+v, FromWhatsApp(%s) = %+v", id, got, ids[0], first)
				}
			}
			for _, id := range ids {
				if typed, err := ParsePhone("+"+id, ""); err == nil && typed.Key != first.Key {
					t.Errorf("ParsePhone(+%s) = %+v, FromWhatsApp(%s) = %+v", id, typed, ids[0], first)
				}
			}
		})
	}
}

func TestDifferentPeopleKeepDifferentKeys(t *testing.T) {
	landline, mobile := FromWhatsApp("553155500001"), FromWhatsApp("5531955500001")
	if landline.Key == mobile.Key {
		t.Errorf("the landline 31 5550-0001 and the mobile 31 95550-0001 share the key %s", mobile.Key)
	}
}

func TestFromWhatsAppKeepsWhatTheProviderSays(t *testing.T) {
	cases := []struct {
		name, id string
		want     Phone
	}{
		{"a mobile", "5531985550001", Phone{"5531985550001", "5531985550001", "BR"}},
		{"a landline of a business", "553135550001", Phone{"553135550001", "553135550001", "BR"}},
		{"an Argentine landline", "541142340000", Phone{"541142340000", "5491142340000", "AR"}},
		{"a test number no table knows", "15550001234", Phone{"15550001234", "15550001234", "US"}},
		{"a country code no table knows", "999123456789", Phone{"999123456789", "999123456789", ""}},
		{"a plus", "+525512345678", Phone{"525512345678", "525512345678", "MX"}},
		{"nothing", "", Phone{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := FromWhatsApp(c.id); got != c.want {
				t.Errorf("FromWhatsApp(%q) = %+v, want %+v", c.id, got, c.want)
			}
		})
	}
}

func TestDisplay(t *testing.T) {
	for id, want := range map[string]string{
		"5531985550001": "+55 31 98555-0001",
		"5491155550100": "+54 9 11 5555-0100",
		"5215512345678": "+52 55 1234 5678",
		"999123456789":  "+999123456789",
	} {
		if got := FromWhatsApp(id).Display(); got != want {
			t.Errorf("FromWhatsApp(%s).Display() = %s, want %s", id, got, want)
		}
	}
}
