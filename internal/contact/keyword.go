package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// Bounds of the words of consent.
const (
	maxKeyword   = 40 // characters
	maxKeywords  = 30 // of a language
	maxConfirmed = 500
)

// Keywords are the words by which people stop active messages and ask for them again, by language (es, pt, en). A message means
// one only as a whole, however it is written: capitals, accents, and signs around it do not count.
type Keywords struct {
	Stop        map[string][]string `json:"stop"`
	Start       map[string][]string `json:"start"`
	Scope       string              `json:"scope"`        // of an opt-out by word: Marketing or Everything
	StopAnswer  string              `json:"stop_answer"`  // what is answered; empty: nothing
	StartAnswer string              `json:"start_answer"` // the same for Start
}

// KeywordLanguages are the languages words are kept in.
var KeywordLanguages = []string{"es", "pt", "en"}

// DefaultKeywords hold in a workspace that has not chosen its own.
func DefaultKeywords() Keywords {
	return Keywords{Scope: Marketing,
		Stop:  map[string][]string{"es": {"BAJA", "DAR DE BAJA", "NO MOLESTAR"}, "pt": {"SAIR", "PARAR", "DESCADASTRAR"}, "en": {"STOP", "UNSUBSCRIBE", "OPT OUT"}},
		Start: map[string][]string{"es": {"ALTA", "QUIERO RECIBIR"}, "pt": {"VOLTAR A RECEBER", "QUERO RECEBER"}, "en": {"START", "SUBSCRIBE"}}}
}

// Heard is what a message says of consent.
type Heard int

// What is heard.
const (
	Nothing Heard = iota
	Stop
	Start
)

// Hears tells whether a message is, as a whole, one of the words. A word on both lists means Stop.
func (k Keywords) Hears(text string) Heard {
	said := foldKeyword(text)
	switch {
	case said == "":
		return Nothing
	case k.holds(k.Stop, said):
		return Stop
	case k.holds(k.Start, said):
		return Start
	}
	return Nothing
}

func (k Keywords) holds(lists map[string][]string, said string) bool {
	for _, list := range lists {
		if slices.ContainsFunc(list, func(word string) bool { return foldKeyword(word) == said }) {
			return true
		}
	}
	return false
}

// MayBeKeyword tells whether a message is short enough to be a word, without asking which words there are.
func MayBeKeyword(text string) bool { return foldKeyword(text) != "" }

// foldKeyword brings a message into the form words are compared in; "" for one too long to be a word, signs around it included.
func foldKeyword(text string) string {
	if utf8.RuneCountInString(text) > maxKeyword+10 {
		return ""
	}
	folded := strings.TrimFunc(db.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(strings.Fields(folded), " ")
}

// KeywordsOf gives the words of a workspace, read through q.
func (r *Room) KeywordsOf(ctx context.Context, q db.Querier, workspace db.ID) (Keywords, error) {
	text, err := db.One[string](ctx, q, "select settings_json from consent_settings where workspace_id = $1", workspace)
	if db.None(err) {
		return DefaultKeywords(), nil
	}
	var k Keywords
	if err == nil {
		err = json.Unmarshal([]byte(text), &k)
	}
	if err != nil {
		return k, fmt.Errorf("words of consent of workspace %d: %w", workspace, err)
	}
	return k, nil
}

// ReadKeywords gives the words of the actor's workspace.
func (r *Room) ReadKeywords(ctx context.Context, actor account.Actor) (Keywords, error) {
	return r.KeywordsOf(ctx, r.d, actor.Workspace)
}

// SetKeywords changes the words of the actor's workspace and gives them as they are kept. It fails with Invalid, naming the field.
// One word at least must stop messages.
func (r *Room) SetKeywords(ctx context.Context, actor account.Actor, k Keywords) (Keywords, error) {
	if err := k.check(); err != nil {
		return k, err
	}
	text, err := json.Marshal(k)
	if err != nil {
		return k, err
	}
	return k, r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into consent_settings (workspace_id, settings_json) values ($1, $2)
			on conflict (workspace_id) do update set settings_json = excluded.settings_json`, actor.Workspace, string(text))
		return err
	})
}

func (k *Keywords) check() error {
	if k.Scope != Marketing && k.Scope != Everything {
		return fault.New(fault.Invalid, "consent.scope", "An opt-out is from marketing or from everything.").On("scope")
	}
	k.StopAnswer, k.StartAnswer = strings.TrimSpace(k.StopAnswer), strings.TrimSpace(k.StartAnswer)
	for field, answer := range map[string]string{"stop_answer": k.StopAnswer, "start_answer": k.StartAnswer} {
		if utf8.RuneCountInString(answer) > maxConfirmed {
			return fault.New(fault.Invalid, "consent.answer_long", "The answer has at most %d characters.", maxConfirmed).On(field).With("max", maxConfirmed)
		}
	}
	seen := map[string]bool{}
	for _, side := range []struct {
		field string
		lists *map[string][]string
	}{{"stop", &k.Stop}, {"start", &k.Start}} {
		clean, err := cleanKeywords(*side.lists, side.field, seen)
		if err != nil {
			return err
		}
		*side.lists = clean
	}
	if len(seen) == 0 || len(slices.Concat(slices.Collect(maps.Values(k.Stop))...)) == 0 {
		return fault.New(fault.Invalid, "consent.no_word", "Keep one word at least by which people stop messages.").On("stop")
	}
	return nil
}

// cleanKeywords brings lists into the form they are kept in: each word once, over both lists and all languages.
func cleanKeywords(lists map[string][]string, field string, seen map[string]bool) (map[string][]string, error) {
	out := map[string][]string{}
	for _, language := range KeywordLanguages {
		out[language] = []string{}
		for _, word := range lists[language] {
			word = strings.Join(strings.Fields(strings.ToValidUTF8(word, "")), " ")
			folded := foldKeyword(word)
			if word == "" {
				continue
			}
			if folded == "" || utf8.RuneCountInString(word) > maxKeyword {
				return nil, fault.New(fault.Invalid, "consent.word", "“%s” cannot be a word: letters and digits, at most %d characters.", word, maxKeyword).
					On(field+"."+language).With("word", word).With("max", maxKeyword)
			}
			if seen[folded] {
				continue
			}
			seen[folded] = true
			out[language] = append(out[language], word)
		}
		if len(out[language]) > maxKeywords {
			return nil, fault.New(fault.Invalid, "consent.many", "A language has at most %d words.", maxKeywords).On(field+"."+language).With("max", maxKeywords)
		}
	}
	return out, nil
}
