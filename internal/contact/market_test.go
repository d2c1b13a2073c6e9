package contact_test

import (
	"testing"

	"recado/internal/contact"
)

func TestMarket(t *testing.T) {
	for text, want := range map[string]string{"uy": "UY", " BR ": "BR", "+598": "+598", "1": "+1", "00521": "", "0055": "+55", "+": "", "": "", "0": "", "XX": "", "URU": "", "+999": "", "é": "", "99999999999999999999": ""} {
		got, ok := contact.Market(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
	if contact.CallingCode("UY") != "+598" || contact.CallingCode("") != "" || contact.CallingCode("ZZ") != "" {
		t.Error("calling codes")
	}
}

func FuzzMarket(f *testing.F) {
	for _, seed := range []string{"UY", "+55", "0044", "é", "12"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := contact.Market(text); ok {
			if again, still := contact.Market(got); !still || again != got {
				t.Errorf("%q gives %q, which gives %q", text, got, again)
			}
		}
	})
}
