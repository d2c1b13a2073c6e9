package template

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Categories are those of templates that can be written here. The third, AUTHENTICATION, has words the provider writes itself.
var Categories = []string{"MARKETING", "UTILITY"}

// Codes of what can be wrong with a draft, each with its words (words/template_draft.*.json) (whatsapp-cloud-api §7.2).
const (
	DraftEmpty    = "template_draft.empty"    // a text that must be there
	DraftLong     = "template_draft.long"     // more characters than "limit"
	DraftName     = "template_draft.name"     // other than small letters, digits and low lines
	DraftLanguage = "template_draft.language" // one the provider does not know
	DraftCategory = "template_draft.category" // none of Categories
	DraftHeading  = "template_draft.heading"  // a header of a kind that cannot be written here
	DraftLines    = "template_draft.lines"    // a line break where only one line may be
	DraftSample   = "template_draft.sample"   // a header that is a file, without a sample
	DraftBraces   = "template_draft.braces"   // braces that are no variable
	DraftMixed    = "template_draft.mixed"    // variables with names beside variables with numbers
	DraftCalled   = "template_draft.called"   // a variable whose "name" may not be
	DraftOrder    = "template_draft.order"    // numbers that do not run from 1 without a gap
	DraftEdge     = "template_draft.edge"     // a variable at the beginning or end
	DraftBeside   = "template_draft.beside"   // two variables side by side
	DraftRatio    = "template_draft.ratio"    // too many variables for so few words
	DraftFixed    = "template_draft.fixed"    // a variable where none may be
	DraftOne      = "template_draft.one"      // more than one variable in a header
	DraftExample  = "template_draft.example"  // a variable without an example
	DraftButtons  = "template_draft.buttons"  // more buttons than "limit"
	DraftKind     = "template_draft.kind"     // a button of a kind that cannot be written here
	DraftApart    = "template_draft.apart"    // quick replies with another button between
	DraftLink     = "template_draft.link"     // an address that is none
	DraftTail     = "template_draft.tail"     // a variable of an address elsewhere than at its end, or two
	DraftPhone    = "template_draft.phone"    // a number that is none
)

// Limits of drafts, in characters (§7.2).
const (
	limitName    = 512
	limitFooter  = 60
	limitButton  = 25
	limitPhone   = 20
	limitButtons = 10
	wordsPerHole = 2
)

// buttonLimits are how many buttons of a kind a template may have.
var buttonLimits = map[string]int{QuickReply: 10, URL: 2, PhoneNumber: 1, CopyCode: 1}

var (
	nameShape  = regexp.MustCompile(`^[a-z0-9_]+$`)
	holeShape  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	sideBySide = regexp.MustCompile(`\}\}\s*\{\{`)
	linkShape  = regexp.MustCompile(`^https?://[^\s{}]+$`)
	digitShape = regexp.MustCompile(`^\+?[0-9]+$`)
)

// Check says everything the provider would refuse of a draft, by its field: name, language, category, header.format, header.text,
// header.file_id, body, footer, buttons, buttons.0.text, buttons.0.url, buttons.0.phone, examples.body.1. It asks nobody, and a
// draft without problems can be sent; whether the provider's reviewers like it is theirs. Give it a draft that is Clean.
func (d Draft) Check() []Problem {
	c := &checker{draft: d}
	c.top()
	c.header()
	c.body()
	c.footer()
	c.buttons()
	for _, key := range d.keys() {
		c.example(key)
	}
	return c.problems
}

type checker struct {
	draft    Draft
	problems []Problem
}

func (c *checker) add(code, field string, params map[string]any) {
	all := map[string]any{"field": field}
	maps.Copy(all, params)
	c.problems = append(c.problems, Problem{Code: code, Field: field, Params: all})
}

// text tells whether a text is there and not too long; what is not was said.
func (c *checker) text(field, text string, limit int) bool {
	n := utf8.RuneCountInString(text)
	switch {
	case text == "":
		c.add(DraftEmpty, field, nil)
	case n > limit:
		c.add(DraftLong, field, map[string]any{"limit": limit, "length": n})
	}
	return text != "" && n <= limit
}

func (c *checker) top() {
	if c.text("name", c.draft.Name, limitName) && !nameShape.MatchString(c.draft.Name) {
		c.add(DraftName, "name", nil)
	}
	if !slices.Contains(Languages, c.draft.Language) {
		c.add(DraftLanguage, "language", nil)
	}
	if !slices.Contains(Categories, c.draft.Category) {
		c.add(DraftCategory, "category", nil)
	}
}

func (c *checker) header() {
	h := c.draft.Header
	switch {
	case h == nil:
	case h.Format == FormatImage || h.Format == FormatVideo || h.Format == FormatDocument:
		if h.File == 0 {
			c.add(DraftSample, "header.file_id", nil)
		}
	case h.Format != FormatText:
		c.add(DraftHeading, "header.format", nil)
	case !c.text("header.text", h.Text, limitHeader):
	case strings.Contains(h.Text, "\n"):
		c.add(DraftLines, "header.text", nil)
	case c.holes("header.text", h.Text) && len(textOf(h.Text).Variables) > 1:
		c.add(DraftOne, "header.text", nil)
	}
}

func (c *checker) body() {
	text := c.draft.Body
	if !c.text("body", text, limitBody) || !c.holes("body", text) {
		return
	}
	core := strings.TrimRight(text, ".!? \n")
	words := len(strings.Fields(variable.ReplaceAllString(text, " ")))
	holes := len(textOf(text).Variables)
	switch {
	case strings.HasPrefix(core, "{{") || strings.HasSuffix(core, "}}"):
		c.add(DraftEdge, "body", nil)
	case sideBySide.MatchString(text):
		c.add(DraftBeside, "body", nil)
	case words < wordsPerHole*holes:
		c.add(DraftRatio, "body", map[string]any{"words": wordsPerHole * holes, "holes": holes})
	}
}

// holes tells whether the variables of a text are written well.
func (c *checker) holes(field, text string) bool {
	before := len(c.problems)
	if rest := variable.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		c.add(DraftBraces, field, nil)
		return false
	}
	names, named := textOf(text).Variables, c.draft.Named()
	for i, name := range names {
		switch {
		case named && isNumber(name):
			c.add(DraftMixed, field, nil)
		case named && !holeShape.MatchString(name):
			c.add(DraftCalled, field, map[string]any{"name": name})
		case !named && name != strconv.Itoa(i+1):
			c.add(DraftOrder, field, map[string]any{"number": i + 1})
		default:
			continue
		}
		break
	}
	return len(c.problems) == before
}

func (c *checker) footer() {
	text := c.draft.Footer
	switch {
	case text == "" || !c.text("footer", text, limitFooter):
	case strings.Contains(text, "{{"):
		c.add(DraftFixed, "footer", nil)
	case strings.Contains(text, "\n"):
		c.add(DraftLines, "footer", nil)
	}
}

func (c *checker) buttons() {
	all := c.draft.Buttons
	if len(all) > limitButtons {
		c.add(DraftButtons, "buttons", map[string]any{"limit": limitButtons})
	}
	counts := map[string]int{}
	for i, b := range all {
		counts[b.Kind]++
		field := "buttons." + strconv.Itoa(i)
		switch limit := buttonLimits[b.Kind]; {
		case limit == 0:
			c.add(DraftKind, field+".kind", nil)
			continue
		case counts[b.Kind] == limit+1 && len(all) <= limitButtons:
			c.add(DraftButtons, field+".kind", map[string]any{"limit": limit})
		case b.Kind == QuickReply && counts[b.Kind] > 1 && all[i-1].Kind != QuickReply:
			c.add(DraftApart, field+".kind", nil)
		}
		c.button(field, b)
	}
}

func (c *checker) button(field string, b DraftButton) {
	if b.Kind != CopyCode && c.text(field+".text", b.Text, limitButton) && strings.Contains(b.Text, "{{") {
		c.add(DraftFixed, field+".text", nil)
	}
	switch b.Kind {
	case URL:
		c.link(field+".url", b.URL)
	case PhoneNumber:
		number := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(b.Phone)
		if c.text(field+".phone", number, limitPhone) && !digitShape.MatchString(number) {
			c.add(DraftPhone, field+".phone", nil)
		}
	}
}

func (c *checker) link(field, address string) {
	if !c.text(field, address, limitURL) {
		return
	}
	holes := variable.FindAllString(address, -1)
	switch plain := variable.ReplaceAllString(address, ""); {
	case !linkShape.MatchString(plain):
		c.add(DraftLink, field, nil)
	case len(holes) > 1 || len(holes) == 1 && !strings.HasSuffix(address, holes[0]):
		c.add(DraftTail, field, nil)
	}
}

// example asks for the example of a variable: the reviewer refuses a template without.
func (c *checker) example(key string) {
	limit := limitBody
	if part, at, _ := strings.Cut(key, "."); part == "button" {
		limit = limitURL
		if i, err := strconv.Atoi(at); err == nil && c.draft.Buttons[i].Kind == CopyCode {
			limit = limitCoupon
		}
	}
	value, field := c.draft.Examples[key], "examples."+key
	switch n := utf8.RuneCountInString(value); {
	case value == "":
		c.add(DraftExample, field, nil)
	case n > limit:
		c.add(DraftLong, field, map[string]any{"limit": limit, "length": n})
	case strings.Contains(value, "\n"):
		c.add(DraftLines, field, nil)
	}
}
