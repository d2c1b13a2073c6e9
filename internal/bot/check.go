package bot

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/flow"
	"recado/internal/words"
)

// Bounds, in characters. Those of menus are what WhatsApp shows (whatsapp-cloud-api §2.2).
const (
	maxWords     = 1024 // of a message with a menu, and of what is said beside it
	maxAnswer    = 4096
	maxQuestions = 10
	maxQueues    = 10 // beside the default one
	maxRows      = 10 // of a list
	maxButtons   = 3  // more choices than that are a list
	maxButton    = 20
	maxRow       = 24
	maxDetail    = 72 // under the title of a row
	maxLink      = 200
	maxHours     = 24 * 365
)

// check normalises the settings and tells what is wrong with them: a fault on the first field.
func (s *Settings) check(queues map[db.ID]bool) error {
	s.trim()
	if !slices.Contains(words.Locales, s.Language) {
		return fault.New(fault.Invalid, "bot.language", "Choose Spanish, Portuguese or English.").On("language")
	}
	if s.DefaultQueue != 0 && !queues[s.DefaultQueue] {
		return noQueue("default_queue_id")
	}
	if s.Greeting.ReturnHours < 1 || s.Greeting.ReturnHours > maxHours {
		return fault.New(fault.Invalid, "bot.return_hours", "The silence lasts between 1 and %d hours.", maxHours).On("greeting.return_hours").With("limit", maxHours)
	}
	for _, step := range []func() error{
		s.checkTexts, s.checkFAQ, func() error { return s.checkQueues(queues) }, s.checkLinks,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Settings) trim() {
	for _, text := range []*string{&s.Greeting.First, &s.Greeting.Return, &s.FAQ.Text, &s.FAQ.Person, &s.Queues.Text, &s.Service.Before, &s.Service.After,
		&s.Links.Instagram, &s.Links.Facebook, &s.Links.LinkedIn, &s.Links.Site, &s.Links.Caption} {
		*text = strings.TrimSpace(*text)
	}
	s.FAQ.Questions, s.Queues.Options = slices.Clone(s.FAQ.Questions), slices.Clone(s.Queues.Options)
	for i := range s.FAQ.Questions {
		q := &s.FAQ.Questions[i]
		q.Question, q.Answer = strings.TrimSpace(q.Question), strings.TrimSpace(q.Answer)
	}
	for i := range s.Queues.Options {
		s.Queues.Options[i].Title = strings.TrimSpace(s.Queues.Options[i].Title)
	}
}

func (s *Settings) checkTexts() error {
	for _, one := range []struct{ field, text string }{
		{"greeting.first", s.Greeting.First}, {"greeting.return", s.Greeting.Return}, {"faq.text", s.FAQ.Text}, {"queues.text", s.Queues.Text},
		{"service.before", s.Service.Before}, {"service.after", s.Service.After},
	} {
		if err := said(one.field, one.text, maxWords); err != nil {
			return err
		}
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
			return fault.New(fault.Invalid, "bot.name", "There is no value called “%s”.", found[1]).On(field).With("name", found[1])
		}
	}
	return nil
}

func (s *Settings) checkFAQ() error {
	f := s.FAQ
	if len(f.Questions) > maxQuestions {
		return tooMany("faq.questions", maxQuestions)
	}
	titles := map[string]bool{}
	if f.On {
		titles[flow.Fold(f.Person)] = true
	}
	for i, q := range f.Questions {
		field := func(name string) string { return fmt.Sprintf("faq.questions.%d.%s", i, name) }
		switch {
		case q.Question == "":
			return fault.New(fault.Invalid, "bot.question", "Write the question.").On(field("question"))
		case utf8.RuneCountInString(q.Question) > maxDetail:
			return tooLong(field("question"), maxDetail)
		case titles[flow.Fold(q.Question)]:
			return sameTitle(field("question"))
		case q.Answer == "":
			return fault.New(fault.Invalid, "bot.answer", "Write the answer.").On(field("answer"))
		}
		if err := said(field("answer"), q.Answer, maxAnswer); err != nil {
			return err
		}
		titles[flow.Fold(q.Question)] = true
	}
	switch {
	case utf8.RuneCountInString(f.Person) > maxRow:
		return tooLong("faq.person", maxRow)
	case !f.On:
		return nil
	case len(f.Questions) == 0:
		return fault.New(fault.Invalid, "bot.no_question", "Add a question, or switch the questions off.").On("faq.questions")
	case f.Text == "":
		return noMenuText("faq.text")
	case f.Person == "":
		return fault.New(fault.Invalid, "bot.title", "Every choice needs a caption.").On("faq.person")
	}
	return nil
}

func (s *Settings) checkQueues(queues map[db.ID]bool) error {
	c := s.Queues
	if len(c.Options) > maxQueues {
		return tooMany("queues.options", maxQueues)
	}
	titles, known := map[string]bool{flow.Fold(s.fixed("other")): true}, map[db.ID]bool{}
	for i, o := range c.Options {
		field := func(name string) string { return fmt.Sprintf("queues.options.%d.%s", i, name) }
		switch {
		case !queues[o.Queue]:
			return noQueue(field("queue_id"))
		case o.Queue == s.DefaultQueue:
			return fault.New(fault.Invalid, "bot.default_twice", "The default queue stands in the menu already, as “%s”.", s.fixed("other")).
				On(field("queue_id")).With("name", s.fixed("other"))
		case known[o.Queue]:
			return fault.New(fault.Invalid, "bot.queue_twice", "This queue stands in the menu already.").On(field("queue_id"))
		case o.Title == "":
			return fault.New(fault.Invalid, "bot.title", "Every choice needs a caption.").On(field("title"))
		case utf8.RuneCountInString(o.Title) > maxRow:
			return tooLong(field("title"), maxRow)
		case titles[flow.Fold(o.Title)]:
			return sameTitle(field("title"))
		}
		titles[flow.Fold(o.Title)], known[o.Queue] = true, true
	}
	switch {
	case !c.On:
		return nil
	case len(c.Options) == 0:
		return fault.New(fault.Invalid, "bot.no_queue", "Add a queue, or switch the menu of queues off.").On("queues.options")
	case c.Text == "":
		return noMenuText("queues.text")
	}
	return nil
}

func (s *Settings) checkLinks() error {
	l := &s.Links
	some := false
	for _, one := range []struct {
		field string
		link  *string
	}{{"links.instagram", &l.Instagram}, {"links.facebook", &l.Facebook}, {"links.linkedin", &l.LinkedIn}, {"links.site", &l.Site}} {
		if *one.link == "" {
			continue
		}
		some = true
		if !strings.Contains(*one.link, "://") {
			*one.link = "https://" + *one.link
		}
		if utf8.RuneCountInString(*one.link) > maxLink {
			return tooLong(one.field, maxLink)
		}
		u, err := url.Parse(*one.link)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") || strings.ContainsAny(*one.link, " \n\t") {
			return fault.New(fault.Invalid, "bot.link", "This is no address of the web, such as https://tienda.example.").On(one.field)
		}
	}
	switch {
	case (l.Menu || l.After) && !some:
		return fault.New(fault.Invalid, "bot.no_link", "Write a link, or offer none.").On("links.instagram")
	case utf8.RuneCountInString(l.Caption) > maxRow:
		return tooLong("links.caption", maxRow)
	case l.Menu && l.Caption == "":
		return fault.New(fault.Invalid, "bot.title", "Every choice needs a caption.").On("links.caption")
	case l.Menu && s.titled(flow.Fold(l.Caption)):
		return sameTitle("links.caption")
	}
	return nil
}

// titled tells whether the menu the links stand in has this title already.
func (s *Settings) titled(title string) bool {
	if s.FAQ.On {
		return title == flow.Fold(s.FAQ.Person) || slices.ContainsFunc(s.FAQ.Questions, func(q Question) bool { return flow.Fold(q.Question) == title })
	}
	return s.Queues.On && (title == flow.Fold(s.fixed("other")) || slices.ContainsFunc(s.Queues.Options, func(o Option) bool { return flow.Fold(o.Title) == title }))
}

func tooLong(field string, limit int) error {
	return fault.New(fault.Invalid, "bot.too_long", "The text has more than %d characters.", limit).On(field).With("limit", limit)
}

func tooMany(field string, limit int) error {
	return fault.New(fault.Invalid, "bot.options", "A menu has at most %d of them.", limit).On(field).With("limit", limit)
}

func sameTitle(field string) error {
	return fault.New(fault.Invalid, "bot.same_title", "Another choice of this menu reads the same.").On(field)
}

func noMenuText(field string) error {
	return fault.New(fault.Invalid, "bot.menu_text", "A menu needs words above its choices.").On(field)
}

func noQueue(field string) error {
	return fault.New(fault.Invalid, "bot.queue", "There is no such queue.").On(field)
}
