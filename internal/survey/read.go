package survey

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"recado/internal/contact"
	"recado/internal/conversation"
)

// mark begins the payload of every choice of a survey.
const mark = "survey:"

// chosen gives the answer a tapped choice stands for.
func (q Question) chosen(value string) (a Answer, ok bool) {
	if value == "skip" && !q.Required {
		return Answer{Skipped: true}, true
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return a, false
	}
	return q.value(n)
}

func (q Question) value(n int) (a Answer, ok bool) {
	switch {
	case q.Kind == Scale && n >= q.From && n <= q.To:
		return Answer{Value: n, Text: strconv.Itoa(n)}, true
	case q.Kind == Choose && n >= 1 && n <= len(q.Options):
		return Answer{Value: n, Text: q.Options[n-1]}, true
	}
	return a, false
}

// read takes what was written as an answer to the question.
func (q Question) read(text string) (a Answer, ok bool) {
	text = strings.TrimSpace(text)
	folded := conversation.FoldTitle(text)
	if !q.Required && (text == "-" || slices.Contains(skips, folded)) {
		return Answer{Skipped: true}, true
	}
	switch q.Kind {
	case Text:
		return Answer{Text: conversation.Cut(text, maxAnswer)}, text != ""
	case Choose:
		if i := slices.IndexFunc(q.Options, func(title string) bool { return folded != "" && conversation.FoldTitle(title) == folded }); i >= 0 {
			return q.value(i + 1)
		}
		n, isNumber := conversation.Place(text)
		if !isNumber {
			return a, false
		}
		return q.value(n)
	}
	n, ok := q.rating(text)
	if !ok {
		return a, false
	}
	return q.value(n)
}

var (
	skips = []string{"omitir", "saltar", "pular", "skip"}
	// outOf finds 4/5 and 4 de 5.
	outOf = regexp.MustCompile(`^(\d{1,2}) ?(?:/|de|sobre|of|out of|em) ?(\d{1,2})$`)
	// first finds a number and words set off from it: 5, muy buena atención.
	first = regexp.MustCompile(`^(\d{1,2})\s*[,.;:\n–-]+\s*\D*$`)
)

// rating reads a value of a scale: 4, 4/5, ⭐⭐⭐⭐, "un cuatro", "5, muy bien". Numbers among other words are no rating: "2 preguntas".
func (q Question) rating(text string) (int, bool) {
	if n, ok := conversation.Place(text); ok {
		return n, true
	}
	if n := stars(text); n > 0 {
		return n, true
	}
	folded := contact.Fold(strings.TrimSpace(text))
	if found := outOf.FindStringSubmatch(folded); found != nil && found[2] == strconv.Itoa(q.To) {
		n, _ := strconv.Atoi(found[1])
		return n, true
	}
	if found := first.FindStringSubmatch(folded); found != nil {
		n, _ := strconv.Atoi(found[1])
		return n, true
	}
	if folded == "um" || folded == "uma" || folded == "un" || folded == "una" {
		return 1, true
	}
	rating, found := 0, false
	for _, word := range strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		n, isNumber := numberOf(word)
		switch {
		case isNumber && found:
			return 0, false
		case isNumber:
			rating, found = n, true
		case !slices.Contains(beside, word):
			return 0, false
		}
	}
	return rating, found
}

// stars counts them when there is nothing else; 0: there is.
func stars(text string) (n int) {
	for _, r := range text {
		switch {
		case r == '⭐' || r == '★' || r == '🌟':
			n++
		case r != '\uFE0F' && !unicode.IsSpace(r):
			return 0
		}
	}
	return n
}

func numberOf(word string) (int, bool) {
	if n, err := strconv.Atoi(word); err == nil && len(word) <= 3 {
		return n, true
	}
	n, ok := numbers[word]
	return n, ok
}

// numbers are those of the three languages, folded. "Um" and "uma" are articles as well: alone they are told by the words beside.
var numbers = map[string]int{
	"cero": 0, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "uno": 1,
	"zero": 0, "dois": 2, "duas": 2, "quatro": 4, "sete": 7, "oito": 8, "nove": 9, "dez": 10,
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}

// beside are words that stand beside a rating without asking for anything, folded.
var beside = strings.Fields(`un una um uma a le lo doy dou te pongo dei nota puntos pontos points punto ponto estrellas estrelas stars estrella estrela
	calificacion puntuacion es e mi minha my i give it the rate rating de muy muito very buena bueno bien bom boa bem good great excelente excellent
	perfecto perfeito otimo otima atencion atendimento servicio servico service gracias obrigado obrigada thanks thank you total`)

var (
	yeses = strings.Fields("1 si sim yes ok okay claro dale vale s y quiero quero sure yep 👍 ✅")
	noes  = strings.Fields("2 no nao nop nope n 👎 ❌")
)

// yesOrNo reads the answer to an invitation; "" is neither.
func yesOrNo(text string) string {
	words := strings.FieldsFunc(contact.Fold(text), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r) || r == '\uFE0F' || r == '\u20E3' || r >= 0x1F3FB && r <= 0x1F3FF
	})
	if len(words) == 0 || len(words) > 3 {
		return ""
	}
	rest := words[1:]
	if slices.ContainsFunc(rest, func(w string) bool { return !slices.Contains(polite, w) && !slices.Contains(yeses, w) }) {
		return ""
	}
	switch {
	case slices.Contains(yeses, words[0]):
		return "yes"
	case slices.Contains(noes, words[0]):
		return "no"
	}
	return ""
}

var polite = strings.Fields("gracias obrigado obrigada thanks thank you por favor please")

// looksLikeAnswer tells whether something that is no answer was meant as one: signs and short numbers, no words.
func looksLikeAnswer(text string) bool {
	digits := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			return false
		}
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits <= 3 && len(text) <= 100
}
