package workflow

import (
	"testing"

	"recado/internal/db"
	"recado/internal/flow"
)

func TestHopeless(t *testing.T) {
	words := func(text string) Condition { return Condition{Kind: OfText, Op: flow.Contains, Value: text} }
	without := Condition{Kind: OfText, Op: ContainsNot, Value: "hola"}
	at := Condition{Kind: OfNumber, Op: flow.Is, IDs: []db.ID{7}}
	open := Condition{Kind: OfHours, Op: IsOpen}
	said := happening{kind: MessageReceived, inbox: 7, said: "Hola, ¿está listo?"}
	for name, one := range map[string]struct {
		branches []Branch
		h        happening
		want     bool
	}{
		"words that hold":                         {[]Branch{{Conditions: []Condition{words("hola")}}}, said, false},
		"words that do not":                       {[]Branch{{Conditions: []Condition{words("factura")}}}, said, true},
		"words that must not be there":            {[]Branch{{Conditions: []Condition{without}}}, said, true},
		"another branch may":                      {[]Branch{{Conditions: []Condition{words("factura")}}, {}}, said, false},
		"any of them, and one may still hold":     {[]Branch{{Match: MatchAny, Conditions: []Condition{words("factura"), open}}}, said, false},
		"any of them, and none can":               {[]Branch{{Match: MatchAny, Conditions: []Condition{words("factura"), without}}}, said, true},
		"all of them, and one cannot":             {[]Branch{{Conditions: []Condition{words("factura"), open}}}, said, true},
		"no conditions":                           {[]Branch{{}}, said, false},
		"its number":                              {[]Branch{{Conditions: []Condition{at}}}, said, false},
		"another number":                          {[]Branch{{Conditions: []Condition{at}}}, happening{kind: TicketOpened, inbox: 8}, true},
		"words of a fact that is no message":      {[]Branch{{Conditions: []Condition{words("factura")}}}, happening{kind: TicketOpened, inbox: 7}, false},
		"what may change until the run goes on":   {[]Branch{{Conditions: []Condition{open, {Kind: OfQueue, Op: flow.Is, IDs: []db.ID{3}}}}}, said, false},
		"an attribute is not known from the fact": {[]Branch{{Conditions: []Condition{{Kind: OfAttribute, Op: flow.Filled, Name: "x"}}}}, said, false},
	} {
		if got := (Plan{Branches: one.branches}).hopeless(one.h); got != one.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
