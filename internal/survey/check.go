package survey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/conversation"
	"recado/internal/fault"
	"recado/internal/words"
)

// Bounds, in characters unless said.
const (
	maxQuestions = 10 // of one survey
	maxOptions   = 10 // of one question
	maxName      = 80
	maxText      = 600
	maxThanks    = 1024
	maxHours     = 24 * 7 // what is answered later is no answer to what was asked
)

var questionID = regexp.MustCompile(`^[0-9a-z]{1,20}$`)

// check normalises the settings and tells what is wrong with them: a fault on the first field.
func (s *Settings) check() error {
	s.trim()
	switch {
	case !slices.Contains([]string{CSAT, NPS, Custom}, s.Kind):
		return fault.New(fault.Invalid, "survey.kind", "There is no such kind of survey.").On("kind")
	case s.Name == "":
		return fault.New(fault.Invalid, "survey.name", "Give the survey a name.").On("name")
	case utf8.RuneCountInString(s.Name) > maxName:
		return tooLong("name", maxName)
	case !slices.Contains(words.Locales, s.Language):
		return fault.New(fault.Invalid, "survey.language", "Choose Spanish, Portuguese or English.").On("language")
	case s.Hours < 1 || s.Hours > maxHours:
		return fault.New(fault.Invalid, "survey.hours", "Answers are waited for between 1 and %d hours.", maxHours).On("hours").With("limit", maxHours)
	case s.Invitation.On && s.Invitation.Text == "":
		return fault.New(fault.Invalid, "survey.invitation", "Write the invitation, or switch it off.").On("invitation.text")
	case len(s.Questions) == 0:
		return fault.New(fault.Invalid, "survey.no_question", "Add a question.").On("questions")
	case len(s.Questions) > maxQuestions:
		return fault.New(fault.Invalid, "survey.questions", "A survey has at most %d questions.", maxQuestions).On("questions").With("limit", maxQuestions)
	}
	if err := said("invitation.text", s.Invitation.Text, maxText); err != nil {
		return err
	}
	if err := said("thanks", s.Thanks, maxThanks); err != nil {
		return err
	}
	for i := range s.Questions {
		if err := s.checkQuestion(i); err != nil {
			return err
		}
	}
	return nil
}

func (s *Settings) trim() {
	for _, text := range []*string{&s.Name, &s.Invitation.Text, &s.Thanks} {
		*text = strings.TrimSpace(*text)
	}
	s.Questions = slices.Clone(s.Questions)
	for i := range s.Questions {
		q := &s.Questions[i]
		q.Text, q.Low, q.High = strings.TrimSpace(q.Text), strings.TrimSpace(q.Low), strings.TrimSpace(q.High)
		options := make([]string, 0, len(q.Options))
		for _, title := range q.Options {
			options = append(options, strings.TrimSpace(title))
		}
		q.Options = options
		if q.Kind != Scale {
			q.From, q.To, q.Low, q.High = 0, 0, "", ""
		}
		if q.Kind != Choose {
			q.Options = []string{}
		}
	}
	if len(s.Questions) == 0 {
		return
	}
	first := &s.Questions[0]
	switch s.Kind {
	case CSAT:
		first.Kind, first.From, first.To, first.Required, first.Options = Scale, 1, 5, true, []string{}
	case NPS:
		first.Kind, first.From, first.To, first.Required, first.Options = Scale, 0, 10, true, []string{}
	}
}

func (s *Settings) checkQuestion(i int) error {
	q := s.Questions[i]
	field := func(name string) string { return fmt.Sprintf("questions.%d.%s", i, name) }
	if q.Text == "" {
		return fault.New(fault.Invalid, "survey.question", "Write the question.").On(field("text"))
	}
	if err := said(field("text"), q.Text, maxText); err != nil {
		return err
	}
	switch q.Kind {
	case Text:
	case Scale:
		if q.From < 0 || q.From > 1 || q.To <= q.From || q.To > 10 {
			return fault.New(fault.Invalid, "survey.scale", "A scale starts at 0 or 1 and goes up to 10 at most.").On(field("to"))
		}
		for name, text := range map[string]string{"low": q.Low, "high": q.High} {
			if utf8.RuneCountInString(text) > conversation.MaxButton {
				return tooLong(field(name), conversation.MaxButton)
			}
		}
	case Choose:
		return checkOptions(q.Options, field)
	default:
		return fault.New(fault.Invalid, "survey.question_kind", "There is no such kind of question.").On(field("kind"))
	}
	return nil
}

func checkOptions(options []string, field func(string) string) error {
	switch {
	case len(options) < 2:
		return fault.New(fault.Invalid, "survey.few_options", "Give at least two options.").On(field("options"))
	case len(options) > maxOptions:
		return fault.New(fault.Invalid, "survey.options", "A question has at most %d options.", maxOptions).On(field("options")).With("limit", maxOptions)
	}
	seen := map[string]bool{}
	for i, title := range options {
		at, folded := fmt.Sprintf("%s.%d", field("options"), i), conversation.FoldTitle(title)
		switch {
		case title == "":
			return fault.New(fault.Invalid, "survey.option", "Write the option.").On(at)
		case utf8.RuneCountInString(title) > conversation.MaxDetail:
			return tooLong(at, conversation.MaxDetail)
		case seen[folded]:
			return fault.New(fault.Invalid, "survey.same_option", "Another option reads the same.").On(at)
		}
		seen[folded] = true
	}
	return nil
}

// said checks words that are sent: how long they are, and that what they name in braces is known.
func said(field, text string, limit int) error {
	if utf8.RuneCountInString(text) > limit {
		return tooLong(field, limit)
	}
	for _, found := range conversation.Blank.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(conversation.PersonNames, found[1]) {
			return fault.New(fault.Invalid, "survey.value", "There is no value called “%s”.", found[1]).On(field).With("name", found[1])
		}
	}
	return nil
}

func tooLong(field string, limit int) error {
	return fault.New(fault.Invalid, "survey.too_long", "The text has more than %d characters.", limit).On(field).With("limit", limit)
}

// nameQuestions gives an id to every question that has none of its own, and to every one that measures something else than the
// question of that id did before.
func (s *Settings) nameQuestions(before Settings, id func() string) {
	was := map[string]Question{}
	for _, q := range before.Questions {
		was[q.ID] = q
	}
	taken := map[string]bool{}
	for i := range s.Questions {
		q := &s.Questions[i]
		old, known := was[q.ID]
		other := known && (old.Kind != q.Kind || old.From != q.From || old.To != q.To || !slices.Equal(old.Options, q.Options))
		if !questionID.MatchString(q.ID) || taken[q.ID] || other {
			q.ID = id()
		}
		taken[q.ID] = true
	}
}
