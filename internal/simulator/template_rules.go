package simulator

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	templateName = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	languageCode = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2,3})?$`)
	holeName     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	phoneShape   = regexp.MustCompile(`^\+?[0-9]{1,20}$`)
)

// Subcodes of refused templates and the titles shown to operators (whatsapp-errors, Templates).
const (
	subTooLong = 2388040
	subHeader  = 2388047
	subBody    = 2388072
	subFooter  = 2388073
	subRatio   = 2388293
	subEdge    = 2388299
)

func tooLong(part string, limit int) error {
	return refuseTemplate(subTooLong, "Character limit exceeded", "The %s has more than %d characters.", part, limit)
}

func badHeader(text string, args ...any) error {
	return refuseTemplate(subHeader, "Message header format is incorrect", text, args...)
}

func badBody(text string, args ...any) error {
	return refuseTemplate(subBody, "Message body format is incorrect", text, args...)
}

func badFooter(text string) error {
	return refuseTemplate(subFooter, "Message footer format is incorrect", "%s", text)
}

// validate applies the rules that refuse a template at once (whatsapp-cloud-api §7.2).
func (t *Template) validate() error {
	switch {
	case !templateName.MatchString(t.Name):
		return refuse(100, "The name may have lower-case letters, digits and underscores only.")
	case !languageCode.MatchString(t.Language):
		return refuse(100, "Parameter 'language' is not a language code.")
	case !slices.Contains([]string{"MARKETING", "UTILITY", "AUTHENTICATION"}, t.Category):
		return refuse(100, "Parameter 'category' must be MARKETING, UTILITY or AUTHENTICATION.")
	case t.Format != "POSITIONAL" && t.Format != "NAMED":
		return refuse(100, "Parameter 'parameter_format' must be POSITIONAL or NAMED.")
	}
	if err := t.checkParts(); err != nil {
		return err
	}
	if t.Category == "AUTHENTICATION" {
		return t.checkAuthentication()
	}
	if err := t.checkHeader(); err != nil {
		return err
	}
	if err := t.checkBody(); err != nil {
		return err
	}
	if err := t.checkFooter(); err != nil {
		return err
	}
	return t.checkButtons()
}

// checkParts refuses unknown and repeated components.
func (t *Template) checkParts() error {
	seen := map[string]bool{}
	for _, p := range t.Components {
		if !slices.Contains([]string{"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"}, p.Type) {
			return refuse(100, "Component type '%s' is not valid.", p.Type)
		}
		if seen[p.Type] {
			return refuse(100, "Component %s is given twice.", p.Type)
		}
		seen[p.Type] = true
		if n := len(p.Cards); p.Type == "CAROUSEL" && (n < 2 || n > 10) {
			return refuse(100, "A carousel has 2 to 10 cards.")
		}
	}
	if !seen["BODY"] {
		return badBody("The template needs a BODY.")
	}
	return nil
}

func (t *Template) checkAuthentication() error {
	if b := t.part("BODY"); b.Text != "" {
		return badBody("The BODY of an authentication template has no text of its own.")
	}
	if t.part("HEADER") != nil {
		return badHeader("An authentication template has no HEADER.")
	}
	if f := t.part("FOOTER"); f != nil && (f.CodeExpirationMinutes < 1 || f.CodeExpirationMinutes > 90) {
		return badFooter("The code may live 1 to 90 minutes.")
	}
	buttons := t.buttons()
	if len(buttons) != 1 || buttons[0].Type != "OTP" || !slices.Contains([]string{"COPY_CODE", "ONE_TAP", "ZERO_TAP"}, buttons[0].OTPType) {
		return refuse(100, "An authentication template needs one OTP button with its otp_type.")
	}
	t.complete()
	return nil
}

// complete gives an authentication template the text the provider writes.
func (t *Template) complete() {
	t.part("BODY").Text = "*{{1}}* es tu código de verificación."
	for i := range t.Components {
		if t.Components[i].Type == "BUTTONS" {
			t.Components[i].Buttons[0].URL = "https://code.example/?c={{1}}"
			if t.Components[i].Buttons[0].Text == "" {
				t.Components[i].Buttons[0].Text = "Copiar código"
			}
		}
	}
}

func (t *Template) checkHeader() error {
	h := t.part("HEADER")
	if h == nil {
		return nil
	}
	switch h.Format {
	case "TEXT":
		if h.Text == "" {
			return badHeader("The HEADER has no text.")
		}
		if utf8.RuneCountInString(h.Text) > 60 {
			return tooLong("HEADER", 60)
		}
		holes, err := t.holes(h.Text)
		if err != nil || len(holes) > 1 {
			return badHeader("The HEADER can have one variable at most.")
		}
		return nil
	case "IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION":
		return nil
	}
	return badHeader("The HEADER has no format such as TEXT or IMAGE.")
}

// wordsPerHole is how many words beside variables a body needs for each of them.
const wordsPerHole = 2

func (t *Template) checkBody() error {
	b := t.part("BODY")
	if strings.TrimSpace(b.Text) == "" {
		return badBody("The BODY has no text.")
	}
	if utf8.RuneCountInString(b.Text) > 1024 {
		return tooLong("BODY", 1024)
	}
	holes, err := t.holes(b.Text)
	if err != nil {
		return err
	}
	text := strings.TrimRight(strings.TrimSpace(b.Text), ".!?")
	if strings.HasPrefix(text, "{{") || strings.HasSuffix(text, "}}") {
		return refuseTemplate(subEdge, "Variables can't be at the start or end of the template", "The BODY starts or ends with a variable.")
	}
	if regexpAdjacent.MatchString(b.Text) {
		return badBody("Two variables of the BODY stand side by side.")
	}
	words := len(strings.Fields(placeholder.ReplaceAllString(b.Text, " ")))
	if len(holes) > 0 && words < wordsPerHole*len(holes) {
		return refuseTemplate(subRatio, "This template has too many variables for its length",
			"The BODY has too many variables for its length. Write more text or use fewer variables.")
	}
	return nil
}

var regexpAdjacent = regexp.MustCompile(`\}\}\s*\{\{`)

// holes returns the variables of a text, checked for their form.
func (t *Template) holes(text string) ([]string, error) {
	names := distinct(placeholder.FindAllStringSubmatch(text, -1))
	rest := placeholder.ReplaceAllString(text, "")
	if strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return nil, badBody("A variable is not closed.")
	}
	for i, name := range names {
		if t.Format == "NAMED" {
			if !holeName.MatchString(name) {
				return nil, badBody("The variable {{%s}} must have lower-case letters, digits and underscores.", name)
			}
			continue
		}
		if !slices.Contains(names, strconv.Itoa(i+1)) {
			return nil, badBody("The variables of the BODY must be numbered from {{1}} without gaps.")
		}
	}
	return names, nil
}

func (t *Template) checkFooter() error {
	f := t.part("FOOTER")
	switch {
	case f == nil:
		return nil
	case f.Text == "":
		return badFooter("The FOOTER has no text.")
	case utf8.RuneCountInString(f.Text) > 60:
		return tooLong("FOOTER", 60)
	case placeholder.MatchString(f.Text):
		return badFooter("The FOOTER cannot have variables.")
	}
	return nil
}

// buttonLimits are how many buttons of a type a template may have.
var buttonLimits = map[string]int{"QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "FLOW": 1, "CATALOG": 1, "MPM": 1,
	"SPM": 1, "VOICE_CALL": 1, "CALL_PERMISSION_REQUEST": 1, "REQUEST_CONTACT_INFO": 1}

func (t *Template) checkButtons() error {
	buttons := t.buttons()
	if len(buttons) > 10 {
		return refuse(100, "A template can have 10 buttons at most.")
	}
	counts := map[string]int{}
	for i, b := range buttons {
		counts[b.Type]++
		switch limit, known := buttonLimits[b.Type]; {
		case !known:
			return refuse(100, "Button type '%s' is not valid.", b.Type)
		case counts[b.Type] > limit:
			return refuse(100, "A template can have %d buttons of type %s at most.", limit, b.Type)
		case b.Type == "QUICK_REPLY" && counts[b.Type] > 1 && buttons[i-1].Type != "QUICK_REPLY":
			return refuse(100, "Quick replies must stay together.")
		}
		if err := b.check(); err != nil {
			return err
		}
	}
	return nil
}

func (b Button) check() error {
	if b.Text == "" && b.Type != "COPY_CODE" {
		return refuse(100, "A button has no text.")
	}
	if utf8.RuneCountInString(b.Text) > 25 {
		return tooLong("BUTTON", 25)
	}
	switch b.Type {
	case "URL":
		if !isLink(b.URL) || len(b.URL) > 2000 {
			return refuse(100, "The address of a button must start with http:// or https:// and have 2000 characters at most.")
		}
		if n := len(placeholder.FindAllString(b.URL, -1)); n > 1 || n == 1 && !strings.HasSuffix(b.URL, "}}") {
			return refuse(100, "The address of a button can have one variable, at its end.")
		}
	case "PHONE_NUMBER":
		if !phoneShape.MatchString(b.Phone) {
			return refuse(100, "The phone number of a button must have 20 digits at most.")
		}
	case "COPY_CODE":
		if code := firstExample(b.Example); code == "" || utf8.RuneCountInString(code) > 20 {
			return refuse(100, "A copy-code button needs an example of 20 characters at most.")
		}
	}
	return nil
}

// firstExample reads an example given as text or as a list.
func firstExample(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		return list[0]
	}
	return ""
}
