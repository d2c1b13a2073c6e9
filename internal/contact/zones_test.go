package contact_test

import (
	"strings"
	"testing"
	"time"

	"recado/internal/contact"
)

func TestZonesOf(t *testing.T) {
	for number, want := range map[string]string{"+5531985550001": "America/Sao_Paulo", "+59899123456": "America/Montevideo", "+573015550100": "America/Bogota",
		"+56220000000": "America/Santiago", "+12125550100": "America/New_York", "+34600000000": "Europe/Madrid", "+8836000000": "", "": ""} {
		got := contact.ZonesOf(number)
		if !strings.Contains(" "+got+" ", " "+want+" ") && got != want {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
		for _, zone := range strings.Fields(got) {
			if _, err := time.LoadLocation(zone); err != nil {
				t.Errorf("%s: %v", number, err)
			}
		}
	}
}

func BenchmarkZonesOf(b *testing.B) {
	for b.Loop() {
		contact.ZonesOf("+5531985550001")
	}
}
