package contact

import (
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// strictness says who decides whether a number is valid.
type strictness int

const (
	quick strictness = iota // the automatons alone: a yes is the library's yes, a no means "ask"
	slow                    // the library itself
)

// callingCode is what follows the plus (55, 1, 598) with the countries that
// share it, in the library's order: the first is the main one.
type callingCode struct {
	prefix    string
	longest   int  // digits of the longest national number, as dialled at home
	trunkZero bool // at home numbers are dialled with one 0 before them, and nothing else
	countries []*numberPlan
	trunk     *automaton // what the library may strip from the start of a national number
	usable    bool       // every pattern could be compiled
}

// numberPlan is one country's numbers.
type numberPlan struct {
	country string
	leading *automaton // when present, the first digits alone tell the country
	general *automaton
	mobile  *automaton
	others  []*automaton
}

// countryOf says which country a canonical national number belongs to, when the
// library would call it valid and would not change a digit of it. false only
// means that the library has to be asked.
func (c *callingCode) countryOf(national []byte) (string, bool) {
	if !c.usable || len(national) == 0 || len(national) > c.longest || national[0] == '0' ||
		c.trunk != nil && c.trunk.matchesStart(national) {
		return "", false
	}
	if len(c.countries) == 1 {
		return c.countries[0].country, c.countries[0].valid(national)
	}
	for _, plan := range c.countries {
		if plan.leading != nil {
			if plan.leading.matchesStart(national) {
				return plan.country, plan.valid(national)
			}
		} else if plan.valid(national) {
			return plan.country, true
		}
	}
	return "", false
}

func (p *numberPlan) valid(national []byte) bool {
	if !p.general.matches(national) {
		return false
	}
	if p.mobile.matches(national) {
		return true
	}
	for _, kind := range p.others {
		if kind.matches(national) {
			return true
		}
	}
	return false
}

// isMobile says whether a canonical national number is a mobile of the main country.
func (c *callingCode) isMobile(national []byte) bool {
	return c.usable && c.countries[0].mobile.matches(national)
}

// countryByLibrary names the country of a number that need not be valid: the
// one whose number it is, or else the main one of the calling code.
func (c *callingCode) countryByLibrary(national []byte) string {
	number, err := phonenumbers.Parse("+"+c.prefix+string(national), "")
	if err == nil {
		if country := phonenumbers.GetRegionCodeForNumber(number); country != "" {
			return countryOrNone(country)
		}
	}
	n, _ := strconv.Atoi(c.prefix)
	return countryOrNone(phonenumbers.GetRegionCodeForCountryCode(n))
}

// countryOrNone turns the library's mark for worldwide services into no country.
func countryOrNone(region string) string {
	if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
		return ""
	}
	return region
}

// plans holds each calling code once it has been asked for; building all of
// them at start would cost more than most installations ever use.
var plans [1000]struct {
	once sync.Once
	code *callingCode
}

// callingCodeOf finds the country code at the start of international digits;
// nil when there is none. No code is the beginning of another.
func callingCodeOf[T string | []byte](digits T) *callingCode {
	n := 0
	for i := 0; i < 3 && i < len(digits); i++ {
		n = n*10 + int(digits[i]-'0')
		if n == 0 {
			return nil
		}
		if code := callingCodeFor(n); code != nil {
			return code
		}
	}
	return nil
}

func callingCodeFor(n int) *callingCode {
	slot := &plans[n]
	slot.once.Do(func() { slot.code = newCallingCode(n) })
	return slot.code
}

// homeOf is the calling code of a country; nil for an unknown one.
func homeOf(country string) *callingCode {
	if country == "" {
		return nil
	}
	n := phonenumbers.GetCountryCodeForRegion(strings.ToUpper(country))
	if n <= 0 || n > 999 {
		return nil
	}
	return callingCodeFor(n)
}

func newCallingCode(n int) *callingCode {
	regions := phonenumbers.GetRegionCodesForCountryCode(n)
	if len(regions) == 0 {
		return nil
	}
	code := &callingCode{prefix: strconv.Itoa(n), longest: 15 - len(strconv.Itoa(n)), usable: true}
	byCountry := metadata()
	for i, region := range regions {
		m := byCountry[region]
		if m == nil { // the worldwide services (800, 882…) are left to the library
			code.usable = false
			return code
		}
		if i == 0 {
			code.readMain(m)
		}
		plan, ok := newNumberPlan(m)
		code.usable = code.usable && ok
		code.countries = append(code.countries, plan)
	}
	return code
}

func (c *callingCode) readMain(m *phonenumbers.PhoneMetadata) {
	c.longest = 0
	for _, n := range m.GetGeneralDesc().GetPossibleLength() {
		c.longest = max(c.longest, int(n))
	}
	if c.prefix == argentina {
		c.longest += len("15")
	}
	pattern := m.GetNationalPrefixForParsing()
	c.trunkZero = pattern == "0"
	if pattern != "" {
		c.trunk = newAutomaton(pattern, nil)
		c.usable = c.trunk != nil
	}
}

func newNumberPlan(m *phonenumbers.PhoneMetadata) (*numberPlan, bool) {
	plan := &numberPlan{country: m.GetId()}
	ok := true
	compile := func(d *phonenumbers.PhoneNumberDesc) *automaton {
		pattern := d.GetNationalNumberPattern()
		if pattern == "" || pattern == "NA" {
			return nil
		}
		a := newAutomaton(pattern, d.GetPossibleLength())
		ok = ok && a != nil
		return a
	}
	plan.general = compile(m.GetGeneralDesc())
	plan.mobile = compile(m.GetMobile())
	for _, d := range []*phonenumbers.PhoneNumberDesc{
		m.GetFixedLine(), m.GetTollFree(), m.GetPremiumRate(), m.GetSharedCost(), m.GetVoip(),
		m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail(),
	} {
		if a := compile(d); a != nil {
			plan.others = append(plan.others, a)
		}
	}
	if leading := m.GetLeadingDigits(); leading != "" {
		plan.leading = newAutomaton(leading, nil)
		ok = ok && plan.leading != nil
	}
	return plan, ok
}

// metadata is the library's tables by country. They are embedded in the
// program; should they not open, everything goes through the library itself.
var metadata = sync.OnceValue(func() map[string]*phonenumbers.PhoneMetadata {
	collection, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil
	}
	byCountry := make(map[string]*phonenumbers.PhoneMetadata, len(collection.GetMetadata()))
	for _, m := range collection.GetMetadata() {
		if m.GetId() != phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
			byCountry[m.GetId()] = m
		}
	}
	return byCountry
})
