package paper

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func TestDrawable(t *testing.T) {
	for text, want := range map[string]string{
		"cafe\u0301":                     "café",
		"👩‍👩‍👧 ok":                       "👩 ok",
		"👍🏽 1\ufe0f\u20e3":               "👍 1",
		"a\u200bb\u202ec":                "abc",
		"a\tb\x00":                       "a b",
		"会議":                             "□□",
		"€ – “ñ”":                        "€ – “ñ”",
		"\u0645\u0631\u062d\u0628\u0627": "\ufee3\ufeae\ufea3\ufe92\ufe8e", // marhaba, joined
		"\u0633\u0644\u0627\u0645":       "\ufeb3\ufefc\ufee1",             // salam, with lam and alef as one
	} {
		if got := drawable(text); got != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
	}
}

func TestOrdered(t *testing.T) {
	for text, want := range map[string]string{
		"abc":               "abc",
		"שלום":              "םולש",
		"abc שלום עולם def": "abc םלוע םולש def",
		"שלום 123 עולם":     "םלוע 123 םולש",
		"(שלום)":            "(םולש)",
	} {
		if got := ordered(text, rightToLeft(text)); got != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
	}
}

func TestLinesFit(t *testing.T) {
	text := strings.Repeat("una palabra 👍 y otra שלום ", 40) + strings.Repeat("x", 500) + "\n\nfin"
	all := lines(text, 300, 10)
	for _, l := range all {
		if w := l.width(10); w > 300.5 {
			t.Errorf("a line is %.1f wide", w)
		}
	}
	if n := len(all); n < 20 || len(all[n-2].parts) != 0 || all[n-1].parts[0].text != "fin" {
		t.Errorf("%d lines, the last: %+v", n, all[n-2:])
	}
}

func TestALongThread(t *testing.T) {
	d := New("Atención #1", "Atención #1")
	start := time.Now()
	for i := range 2000 {
		d.Write(fmt.Sprintf("Mensaje %d: ¿Cuándo llega? 😀 ñandú €", i), Style{Size: 10})
	}
	d.Write("ver archivo", Style{Size: 10, Link: "https://desk.example/api/v1/files/1"})
	d.Write("مرحبا بالعالم 123 (شكرا) · שלום עולם", Style{Size: 12, Above: 8})
	d.Write("nota", Style{Size: 10, Shaded: true})
	d.Rule()
	var out bytes.Buffer
	if err := d.End(&out); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out.Bytes(), []byte("%PDF-")) || d.Pages() < 30 || out.Len() > 2<<20 {
		t.Errorf("%d pages, %d bytes", d.Pages(), out.Len())
	}
	if spent := time.Since(start); spent > 20*time.Second {
		t.Errorf("it took %s", spent)
	}
	if keep := os.Getenv("RECADO_KEEP_PDF"); keep != "" {
		if err := os.WriteFile(keep, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzWrite(f *testing.F) {
	for _, text := range []string{"hola", "👩‍👩‍👧", "\xff\x00", "مرحبا (abc) 12", "a\u0301\u0301\u0301", "\U000e0001", strings.Repeat("ن", 400)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := New(text, text)
		d.Write(text, Style{Size: 9, Link: "https://x.example"})
		if err := d.End(&bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
	})
}
