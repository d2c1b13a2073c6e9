package words

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"recado/internal/channel"
)

func TestTheThreeLanguagesSayTheSame(t *testing.T) {
	t.Run("every topic has its three files", func(t *testing.T) {
		names, err := fs.Glob(files, "*.json")
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			topic, rest, _ := strings.Cut(name, ".")
			if !slices.Contains(Locales, strings.TrimSuffix(rest, ".json")) {
				t.Errorf("%s: name it <topic>.<es|en|pt-BR>.json", name)
			}
			for _, locale := range Locales {
				if _, err := fs.Stat(files, topic+"."+locale+".json"); err != nil {
					t.Errorf("%s.%s.json is missing", topic, locale)
				}
			}
		}
	})
	t.Run("ids and values are the same", func(t *testing.T) {
		for _, locale := range Locales {
			for other, v := range spoken {
				for id, names := range v.values {
					mine, ok := spoken[locale].values[id]
					if !ok {
						t.Errorf("%q is in %s and not in %s", id, other, locale)
					} else if !slices.Equal(mine, names) {
						t.Errorf("%q takes %v in %s and %v in %s", id, names, other, mine, locale)
					}
				}
			}
		}
	})
	t.Run("no words are empty or left with a gap", func(t *testing.T) {
		for _, locale := range Locales {
			for id := range spoken[locale].values {
				for _, count := range []int{1, 2} {
					text := Say(locale, id, map[string]any{"count": count})
					if strings.TrimSpace(text) == "" || text == id || strings.Contains(text, "<no value>") || strings.Contains(text, "{{") {
						t.Errorf("%s %q says %q", locale, id, text)
					}
				}
			}
		}
	})
	t.Run("two languages rarely use the same sentence", func(t *testing.T) {
		// A sentence of three words and more that is equal in two languages was copied and not translated.
		for id := range spoken[English].values {
			en := Say(English, id, nil)
			if len(strings.Fields(en)) > 3 && (en == Say(Spanish, id, nil) || en == Say(Portuguese, id, nil)) {
				t.Errorf("%q is not translated: %q", id, en)
			}
		}
	})
}

func TestSay(t *testing.T) {
	t.Run("the form follows the count", func(t *testing.T) {
		one := Say(Spanish, "auth.too_many", map[string]any{"count": 1})
		more := Say(Spanish, "auth.too_many", map[string]any{"count": 12})
		if !strings.HasSuffix(one, "en 1 minuto.") || !strings.HasSuffix(more, "en 12 minutos.") {
			t.Error(one, more)
		}
	})
	t.Run("numbers are written as the language writes them, texts as they are", func(t *testing.T) {
		from := fstest.MapFS{}
		for _, locale := range Locales {
			from["x."+locale+".json"] = &fstest.MapFile{Data: []byte(`{"x.rows": "{{.rows}} · {{.code}}"}`)}
		}
		for locale, want := range map[string]string{English: "48,120 · 131026", Portuguese: "48.120 · 131026"} {
			if got := load(from)[locale].say("x.rows", []string{"rows", "code"}, map[string]any{"rows": 48120, "code": "131026"}); got != want {
				t.Errorf("%s: %q, want %q", locale, got, want)
			}
		}
	})
	t.Run("a missing value shows as a gap", func(t *testing.T) {
		if got := Say(English, "account.name_too_long", nil); !strings.Contains(got, "…") || strings.Contains(got, "no value") {
			t.Error(got)
		}
	})
	t.Run("an unknown language is answered in Spanish and an unknown id by itself", func(t *testing.T) {
		if got := Say("de", "auth.wrong", nil); got != Say(Spanish, "auth.wrong", nil) {
			t.Error(got)
		}
		if got := Say("es", "no.such", nil); got != "no.such" || Has("no.such") {
			t.Error(got)
		}
		if got := SayOr("es", "no.such", "otherwise", nil); got != "otherwise" {
			t.Error(got)
		}
	})
	t.Run("the same id in two files stops the program", func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("it was taken")
			}
		}()
		load(fstest.MapFS{"a.es.json": {Data: []byte(`{"a": "x"}`)}, "b.es.json": {Data: []byte(`{"a": "y"}`)}})
	})
}

func TestMatch(t *testing.T) {
	for _, c := range []struct{ header, preferred, want string }{
		{"", "", Spanish},
		{"pt-BR,pt;q=0.9,en;q=0.8", "", Portuguese},
		{"pt-PT", "", Portuguese},
		{"es-MX,es;q=0.9", "", Spanish},
		{"en-GB", "", English},
		{"de-DE,de;q=0.9", "", English},
		{"de, es;q=0.5", "", Spanish},
		{"en", "pt", Portuguese},
		{"en", "pt-BR", Portuguese},
		{"en", "xx", English},
		{"garbage;;;q=", "", English},
	} {
		if got := Match(c.header, c.preferred); got != c.want {
			t.Errorf("Match(%q, %q) = %s, want %s", c.header, c.preferred, got, c.want)
		}
	}
}

func TestFailure(t *testing.T) {
	classes := []channel.Class{channel.Transient, channel.Unknown, channel.NumberThrottle, channel.PairThrottle, channel.CallThrottle, channel.ChannelDown,
		channel.AccountBlocked, channel.TemplateDown, channel.BadRequest, channel.RecipientNever, channel.RecipientLater, channel.WindowClosed, channel.OptedOut, channel.Cancelled}
	t.Run("every class has words and advice", func(t *testing.T) {
		for _, class := range classes {
			if !Has("failure."+string(class)) || Advice(English, string(class)) == "" {
				t.Errorf("class %s has none", class)
			}
		}
	})
	t.Run("a known code is said before its class, an unknown one by its class", func(t *testing.T) {
		if got := Failure(English, "window_closed", 131047); got != Say(English, "failure.code.131047", nil) {
			t.Error(got)
		}
		if got := Failure(English, "recipient_later", 999999); got != Say(English, "failure.recipient_later", nil) {
			t.Error(got)
		}
	})
	t.Run("code 0 means an expired access only for a number that is down", func(t *testing.T) {
		if got := Failure(English, "channel_down", 0); got != Say(English, "failure.code.0", nil) {
			t.Error(got)
		}
		if got := Failure(English, "transient", 0); got != Say(English, "failure.transient", nil) {
			t.Error(got)
		}
	})
	t.Run("no jargon", func(t *testing.T) {
		for _, locale := range Locales {
			for id := range spoken[locale].values {
				if !strings.HasPrefix(id, "failure.") && !strings.HasPrefix(id, "advice.") {
					continue
				}
				text := Say(locale, id, nil)
				for _, word := range []string{"token", "webhook", "WABA", "BSUID", "HTTP", "!", "API", "payload"} {
					if strings.Contains(text, word) {
						t.Errorf("%s %s says %q: %s", locale, id, word, text)
					}
				}
			}
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("pt-BR,pt;q=0.9", "es")
	f.Add("*;q=0,,", "i-default")
	f.Fuzz(func(t *testing.T, header, preferred string) {
		if got := Match(header, preferred); !slices.Contains(Locales, got) {
			t.Errorf("%q", got)
		}
	})
}
