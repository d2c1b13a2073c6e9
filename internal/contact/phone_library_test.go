package contact

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

// frequent are the countries most audiences come from; the quick table must
// decide all of their ordinary mobile numbers.
var frequent = []string{
	"BR", "MX", "AR", "CO", "CL", "PE", "EC", "UY", "PY", "BO", "VE", "CR", "PA", "GT", "DO",
	"HN", "SV", "NI", "US", "CA", "PR", "ES", "PT",
}

// Property: what the quick table accepts, the library accepts, unchanged, as a
// number of the same country.
func TestQuickTableAgreesWithTheLibrary(t *testing.T) {
	var codes []int
	for code := range phonenumbers.GetSupportedCallingCodes() {
		codes = append(codes, code)
	}
	rapid.Check(t, func(t *rapid.T) {
		code := callingCodeFor(rapid.SampledFrom(codes).Draw(t, "code"))
		national := rapid.StringMatching(`[0-9]{3,14}`).Draw(t, "national")
		compareWithLibrary(t, code, national)
	})
}

// The same over numbers near the valid ones, where mistakes would hide: an
// example of the library with a few of its digits changed.
func TestQuickTableAgreesNearExistingNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	for region := range phonenumbers.GetSupportedRegions() {
		code := homeOf(region)
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE, phonenumbers.TOLL_FREE} {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			national := phonenumbers.GetNationalSignificantNumber(example)
			for range rounds / 10 {
				compareWithLibrary(t, code, mutate(random, national))
			}
		}
	}
	for _, region := range frequent {
		national := phonenumbers.GetNationalSignificantNumber(phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE))
		for range rounds {
			compareWithLibrary(t, homeOf(region), mutate(random, national))
		}
	}
}

func mutate(random *rand.Rand, national string) string {
	digits := []byte(national)
	for range 1 + random.IntN(len(digits)) {
		digits[random.IntN(len(digits))] = byte('0' + random.IntN(10))
	}
	switch random.IntN(8) {
	case 0:
		return string(digits[:len(digits)-1])
	case 1:
		return string(digits) + strconv.Itoa(random.IntN(10))
	}
	return string(digits)
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func compareWithLibrary(t failer, code *callingCode, national string) {
	t.Helper()
	country, ok := code.countryOf([]byte(national))
	if !ok {
		return
	}
	full := code.prefix + national
	number, err := phonenumbers.Parse("+"+full, "")
	if err != nil {
		t.Fatalf("+%s: quick says %s, the library can not read it: %v", full, country, err)
	}
	if !phonenumbers.IsValidNumber(number) {
		t.Fatalf("+%s: quick says %s, the library calls it invalid", full, country)
	}
	if got := phonenumbers.GetRegionCodeForNumber(number); got != country {
		t.Fatalf("+%s: quick says %s, the library %s", full, country, got)
	}
	if got := phonenumbers.Format(number, phonenumbers.E164); got != "+"+full {
		t.Fatalf("+%s: the library writes it %s", full, got)
	}
}

// The other direction for the frequent countries: a mobile number valid for
// the library never needs the library.
func TestQuickTableDecidesMobileNumbersOfFrequentCountries(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, region := range frequent {
		example := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE)
		national := phonenumbers.GetNationalSignificantNumber(example)
		code := homeOf(region)
		checked := 0
		for range 3000 {
			digits := mutate(random, national)
			number, err := phonenumbers.Parse("+"+code.prefix+digits, "")
			if err != nil || !phonenumbers.IsValidNumber(number) || phonenumbers.GetNationalSignificantNumber(number) != digits {
				continue
			}
			checked++
			if country, ok := code.countryOf([]byte(digits)); !ok {
				t.Errorf("+%s%s (%s) is left to the library; quick says %q", code.prefix, digits, region, country)
				break
			}
		}
		if checked < 30 {
			t.Errorf("%s: only %d numbers to compare", region, checked)
		}
	}
}

func TestEveryPatternOfTheLibraryCompiles(t *testing.T) {
	for code := range phonenumbers.GetSupportedCallingCodes() {
		c := callingCodeFor(code)
		if c.usable || c.countries == nil {
			continue
		}
		// A trunk prefix that looks at the end of the number is left to the library.
		if main := metadata()[c.countries[0].country]; !strings.Contains(main.GetNationalPrefixForParsing(), "$") {
			t.Errorf("the patterns of +%d do not compile", code)
		}
	}
}

// Property: writing a number in any usual way gives the same phone.
func TestSpellingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		area := rapid.SampledFrom([]string{"11", "21", "31", "48", "55", "85", "91"}).Draw(t, "area")
		local := rapid.StringMatching(`[6-9][0-9]{7}`).Draw(t, "local")
		want := "55" + area + "9" + local
		for _, text := range []string{
			want,
			"+" + want,
			"00" + want,
			"0" + want,
			"55" + area + local,
			fmt.Sprintf("(%s) 9%s-%s", area, local[:4], local[4:]),
			fmt.Sprintf("0%s %s %s", area, local[:4], local[4:]),
			"5.5" + area + "9" + local + "E+12",
			" '" + strings.Join(strings.Split(want, ""), "\u00a0"),
		} {
			got, err := ParsePhone(text, "BR")
			if err != nil || got.E164 != want || got.Key != want || got.Country != "BR" {
				t.Fatalf("ParsePhone(%q) = %+v, %v; want %s", text, got, err, want)
			}
		}
	})
}

func FuzzParsePhone(f *testing.F) {
	for _, seed := range []string{
		"", "+", "'", "=\"\"", "+55 (31) 98555-0001", "5.531985550001E+12", "5,53E+12", "1E999", "9e9", "00", "000",
		"055 31 98555 0001", "011 15 5555 0100", "5215512345678", "tel:", "wa.me/", "+٥٥", "\xff\xfe55", "1.", "12345678.00",
		"54151515151515", "5415151515151515", "0000000000000000000000000000", "+0055", "1/2/3", "999999999999999",
	} {
		f.Add(seed, "")
		f.Add(seed, "AR")
		f.Add(seed, "BR")
	}
	f.Fuzz(func(t *testing.T, text, home string) {
		phone, err := ParsePhone(text, home)
		if err != nil {
			if refused, ok := err.(*PhoneError); !ok || refused.Code == "" || refused.Error() == "" || len([]rune(refused.Text)) > 40 {
				t.Fatalf("ParsePhone(%q, %q): %#v", text, home, err)
			}
			return
		}
		if phone.E164 == "" || len(phone.E164) > 18 || phone.Key == "" || strings.Trim(phone.E164, "0123456789") != "" {
			t.Fatalf("ParsePhone(%q, %q) = %+v", text, home, phone)
		}
		again, err := ParsePhone("+"+phone.E164, "")
		if err != nil || again != phone {
			t.Fatalf("ParsePhone(%q, %q) = %+v, but read again %+v, %v", text, home, phone, again, err)
		}
		if told := FromWhatsApp(phone.E164); told.Key != phone.Key {
			t.Fatalf("ParsePhone(%q, %q) = %+v, but from WhatsApp %+v", text, home, phone, told)
		}
		_ = phone.Display()
	})
}

func FuzzFromWhatsApp(f *testing.F) {
	for _, seed := range []string{"", "0", "5531985550001", "553185550001", "5215512345678", "541155550100", "54", "55", "52", "1", "999", "x", "BR.1234"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		phone := FromWhatsApp(id)
		if strings.Trim(phone.E164+phone.Key, "0123456789") != "" {
			t.Fatalf("FromWhatsApp(%q) = %+v", id, phone)
		}
		if again := FromWhatsApp(phone.E164); again.Key != phone.Key {
			t.Fatalf("FromWhatsApp(%q) = %+v, read again %+v", id, phone, again)
		}
	})
}

func BenchmarkParsePhone(b *testing.B) {
	numbers := map[string][2]string{
		"Brazil":            {"5531985550001", ""},
		"BrazilPunctuated":  {"+55 (31) 98555-0001", "BR"},
		"BrazilNoNinth":     {"553185550001", "BR"},
		"Mexico521":         {"5215512345678", "MX"},
		"ArgentinaNo9":      {"541155550100", "AR"},
		"Chile":             {"56975550001", "CL"},
		"Spain":             {"34612345678", "ES"},
		"Invalid":           {"5520985550001", "BR"},
		"DominicanRepublic": {"18095550101", "DO"},
	}
	for name, n := range numbers {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = ParsePhone(n[0], n[1])
			}
		})
		b.Run(name+"/library", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if number, err := phonenumbers.Parse("+"+n[0], ""); err == nil && phonenumbers.IsValidNumber(number) {
					_ = phonenumbers.Format(number, phonenumbers.E164)
				}
			}
		})
	}
}

func BenchmarkPhoneTable(b *testing.B) {
	for _, code := range []int{55, 54, 1} {
		b.Run(strconv.Itoa(code), func(b *testing.B) {
			for b.Loop() {
				_ = newCallingCode(code)
			}
		})
	}
}
