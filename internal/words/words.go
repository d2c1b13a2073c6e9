package words

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// The languages there are words in; Spanish first, since it is where a missing one falls back to.
const (
	Spanish    = "es"
	English    = "en"
	Portuguese = "pt-BR"
)

// Locales are all languages, in the order words are looked for.
var Locales = []string{Spanish, English, Portuguese}

//go:embed *.json
var files embed.FS

var (
	spoken  = load(files)
	matcher = language.NewMatcher([]language.Tag{language.Spanish, language.English, language.BrazilianPortuguese})
	value   = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)
)

// voice is one language: its texts and how it writes numbers.
type voice struct {
	localizer *i18n.Localizer
	numbers   *message.Printer
	values    map[string][]string // names of the values each id needs
}

// load reads every file; a mistake in one is a mistake of ours and stops the program at its start, hence the panic.
func load(from fs.FS) map[string]*voice {
	names, err := fs.Glob(from, "*.json")
	if err != nil {
		panic(err)
	}
	voices := map[string]*voice{}
	for _, locale := range Locales {
		tag := language.MustParse(locale)
		bundle := i18n.NewBundle(tag)
		v := &voice{numbers: message.NewPrinter(tag), values: map[string][]string{}}
		for _, name := range names {
			if strings.HasSuffix(name, "."+locale+".json") {
				v.add(bundle, from, name)
			}
		}
		v.localizer = i18n.NewLocalizer(bundle, locale)
		voices[locale] = v
	}
	return voices
}

func (v *voice) add(bundle *i18n.Bundle, from fs.FS, name string) {
	file, err := bundle.LoadMessageFileFS(from, name)
	if err != nil {
		panic(fmt.Errorf("words in %s: %w", name, err))
	}
	for _, m := range file.Messages {
		if _, twice := v.values[m.ID]; twice {
			panic(fmt.Errorf("words in %s: %q is said in another file too", name, m.ID))
		}
		v.values[m.ID] = valuesOf(m)
	}
}

func valuesOf(m *i18n.Message) []string {
	found := map[string]bool{}
	for _, form := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		for _, part := range value.FindAllStringSubmatch(form, -1) {
			found[part[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Has tells whether there are words for an id.
func Has(id string) bool {
	_, ok := spoken[Spanish].values[id]
	return ok
}

// Say gives the words of id in a language, with the values filled in: whole numbers as the language writes them
// (1.000), everything else as it is, so codes and ids are given as text. A language or words that are missing fall back to Spanish, then
// English, then the id itself. A missing value is shown as "…".
func Say(locale, id string, params map[string]any) string {
	for _, try := range []string{locale, Spanish, English} {
		if v := spoken[try]; v != nil {
			if names, ok := v.values[id]; ok {
				return v.say(id, names, params)
			}
		}
	}
	return id
}

// SayOr is Say with other words for an id that is not known.
func SayOr(locale, id, otherwise string, params map[string]any) string {
	if Has(id) {
		return Say(locale, id, params)
	}
	return otherwise
}

func (v *voice) say(id string, names []string, params map[string]any) string {
	data := make(map[string]any, len(names))
	for _, name := range names {
		given, ok := params[name]
		if !ok || given == nil {
			given = "…"
		}
		data[name] = v.written(given)
	}
	text, err := v.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data, PluralCount: countOf(params["count"])})
	if err != nil && text == "" {
		return id
	}
	return text
}

// written gives numbers the separators of the language.
func (v *voice) written(given any) any {
	switch n := given.(type) {
	case int, int32, int64, float32, float64:
		return v.numbers.Sprint(n)
	}
	return given
}

// countOf gives go-i18n a count it can choose a form by, or nil.
func countOf(given any) any {
	switch n := given.(type) {
	case int:
		return n
	case int32:
		return int(n)
	case int64:
		return int(n)
	case float64:
		return int(n)
	}
	return nil
}

// Match chooses the language to speak: the preferred one when it is one of ours ("pt" is taken as pt-BR), else the best of an
// Accept-Language header, else English for those who ask for a language we do not speak and Spanish for those who ask for none.
func Match(acceptLanguage, preferred string) string {
	if preferred != "" {
		if locale, ok := best(preferred); ok {
			return locale
		}
	}
	if strings.TrimSpace(acceptLanguage) == "" {
		return Spanish
	}
	if locale, ok := best(acceptLanguage); ok {
		return locale
	}
	return English
}

func best(wanted string) (string, bool) {
	tags, _, err := language.ParseAcceptLanguage(wanted)
	if err != nil || len(tags) == 0 {
		return "", false
	}
	_, i, confidence := matcher.Match(tags...)
	return Locales[i], confidence >= language.Low
}
