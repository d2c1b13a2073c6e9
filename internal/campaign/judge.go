package campaign

import (
	"context"
	"errors"
	"strings"

	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/inbox"
	"recado/internal/sheet"
	"recado/internal/template"
)

// verdict is what a row came to.
type verdict struct {
	number  int
	problem *Problem // nil: the row is fine as far as it goes
	sender  int      // place in the catalog; -1 while no sender is known
	phone   contact.Phone
	name    string
	wording *wording // nil while no template is chosen
	values  map[string]string
	extras  map[string]string // what else the row says, by header
	target  string            // of the row's own route, when the sheet names one
	agent   db.ID
	queue   db.ID
	zones   string // where the number may be, as contact.ZonesOf
	capped  bool   // has had as many messages as are allowed
}

// isTakenOut tells whether a person took the row out: it is no mistake.
func (v *verdict) isTakenOut() bool { return v.problem != nil && v.problem.Code == RowTakenOut }

// judge decides about rows. One judge serves one goroutine; what it learns of cells it has seen before it keeps.
type judge struct {
	*catalog
	c       Campaign
	columns struct{ phone, sender, template, language, agent, queue, name int }
	vars    map[string]int // columns by the key of a variable
	fixed   int            // default sender's place, -1 for none
	chosen  *wording       // the template for all rows
	// partial: the author has not chosen everything yet; what is not chosen is not missed.
	needSender, needTemplate, perRow bool
	fields                           bool // values come from contact fields
	keep                             bool // give the values, not only the verdict

	senderOf map[string]int
	wordOf   map[wordKey]wordAnswer
	plans    map[*wording][]valuePlan
	surplus  map[*wording][]surplusColumn
	extras   map[*wording][]int
}

type wordKey struct {
	sender         int
	name, language string
}

type wordAnswer struct {
	wording *wording
	problem *Problem
}

// valuePlan is where the value of one variable is looked for.
type valuePlan struct {
	need   need
	source Source
	column int // -1: none
}

type surplusColumn struct {
	key    string
	column int
}

func newJudge(cat *catalog, c Campaign) *judge {
	j := &judge{catalog: cat, c: c, fixed: -1, senderOf: map[string]int{}, wordOf: map[wordKey]wordAnswer{}, plans: map[*wording][]valuePlan{},
		surplus: map[*wording][]surplusColumn{}, extras: map[*wording][]int{}, vars: map[string]int{}}
	at := func(header string) int {
		if header == "" {
			return -1
		}
		return indexOf(c.Audience.Headers, header)
	}
	cols := c.Audience.Columns
	j.columns.phone, j.columns.sender, j.columns.template, j.columns.language = at(cols.Phone), at(cols.Sender), at(cols.Template), at(cols.Language)
	j.columns.agent, j.columns.queue, j.columns.name = at(cols.AgentEmail), at(cols.Queue), at(cols.Name)
	for key, header := range cols.Variables {
		if i := at(header); i >= 0 {
			j.vars[key] = i
		}
	}
	if i, ok := cat.byID[c.Audience.DefaultSender]; ok {
		j.fixed = i
	}
	j.chosen = cat.byTplID[c.Message.Template]
	j.needSender = j.columns.sender >= 0 || c.Audience.DefaultSender != 0
	j.needTemplate = j.columns.template >= 0 && c.Message.Template == 0 || c.Message.Template != 0
	j.perRow = c.Route.Target == ToColumn
	for _, source := range c.Message.Values {
		j.fields = j.fields || source.Field != ""
	}
	return j
}

// person judges the first half of a row: who gets it and from where.
func (j *judge) person(v *verdict, cells []string) {
	v.sender = -1
	if v.problem = j.pickSender(v, cells); v.problem != nil {
		return
	}
	country := ""
	if v.sender >= 0 {
		country = j.senders[v.sender].country
	}
	phone, err := contact.ParsePhone(cell(cells, j.columns.phone), country)
	if err != nil {
		v.problem = phoneProblem(err)
		return
	}
	v.phone = phone
	v.name = cell(cells, j.columns.name)
	if v.sender >= 0 && j.senders[v.sender].key == phone.Key {
		v.problem = problem("phone", RowSenderIsRecipient)
	}
}

func phoneProblem(err error) *Problem {
	var e *contact.PhoneError
	if !errors.As(err, &e) {
		return problem("phone", RowPhone+contact.PhoneInvalid)
	}
	return problem("phone", RowPhone+e.Code, "text", e.Text, "country", e.Country)
}

// pickSender finds the number a row is sent from.
func (j *judge) pickSender(v *verdict, cells []string) *Problem {
	text := cell(cells, j.columns.sender)
	if text == "" {
		if j.fixed < 0 {
			if j.needSender {
				return problem("sender", RowSenderMissing)
			}
			return nil
		}
		v.sender = j.fixed
	} else {
		i, known := j.senderOf[text]
		if !known {
			i = j.findSender(text)
			j.senderOf[strings.Clone(text)] = i
		}
		if i < 0 {
			return problem("sender", RowSenderUnknown, "text", text)
		}
		v.sender = i
	}
	s := j.senders[v.sender]
	switch {
	case !s.allowed:
		return problem("sender", RowSenderNotMine, "sender", s.Label)
	case s.Status == inbox.Blocked:
		return problem("sender", RowSenderBlocked, "sender", s.Label)
	case s.Status != inbox.Connected:
		return problem("sender", RowSenderDown, "sender", s.Label)
	}
	return nil
}

// content judges the second half: what is said, with which values, and where the reply goes. known is the contact as
// it stands, when values come from its fields.
func (j *judge) content(ctx context.Context, v *verdict, cells []string, known *knownContact) error {
	if v.problem = j.pickTemplate(v, cells); v.problem != nil {
		return nil
	}
	var err error
	if v.wording != nil {
		if v.problem, err = j.checkValues(ctx, v, cells, known); err != nil || v.problem != nil {
			return err
		}
	} else if j.keep {
		v.extras = j.extrasWithoutTemplate(cells)
	}
	if !j.perRow {
		return nil
	}
	v.problem, err = j.pickRoute(ctx, v, cells)
	return err
}

// pickTemplate finds the template of a row among those of its sender's account.
func (j *judge) pickTemplate(v *verdict, cells []string) *Problem {
	if !j.needTemplate {
		return nil
	}
	key := wordKey{sender: v.sender}
	if j.c.Message.Template != 0 {
		if j.chosen == nil {
			return problem("template", RowTemplateUnknown, "template", "")
		}
		if v.sender < 0 {
			v.wording = j.chosen
			return nil
		}
		key.name, key.language = j.chosen.Name, j.chosen.Language
	} else {
		key.name, key.language = cell(cells, j.columns.template), cell(cells, j.columns.language)
		if key.name == "" {
			return problem("template", RowTemplateMissing)
		}
		if key.language == "" {
			key.language = j.c.Message.Language
		}
	}
	answer, seen := j.wordOf[key]
	if !seen {
		answer = j.findTemplate(key)
		j.wordOf[wordKey{key.sender, strings.Clone(key.name), strings.Clone(key.language)}] = answer
	}
	v.wording = answer.wording
	return answer.problem
}

func (j *judge) findTemplate(key wordKey) wordAnswer {
	if key.sender < 0 {
		if !j.names[key.name] {
			return wordAnswer{problem: problem("template", RowTemplateUnknown, "template", key.name)}
		}
		return wordAnswer{}
	}
	s := j.senders[key.sender]
	variants := j.languages[accountName{s.Account, key.name}]
	if len(variants) == 0 {
		code := RowTemplateUnknown
		if j.names[key.name] {
			code = RowTemplateOther
		}
		return wordAnswer{problem: problem("template", code, "template", key.name, "sender", s.Label).fix(j.nearest(s.Account, key.name))}
	}
	w := variants[0]
	switch {
	case key.language != "":
		w = j.byName[templateName{s.Account, key.name, template.NormalLanguage(key.language)}]
		if w == nil {
			return wordAnswer{problem: problem("language", RowLanguageUnknown, "template", key.name, "language", key.language, "languages", languagesOf(variants)).fix(variants[0].Language)}
		}
	case len(variants) > 1:
		return wordAnswer{problem: problem("language", RowLanguageMissing, "template", key.name, "languages", languagesOf(variants)).fix(variants[0].Language)}
	}
	switch {
	case w.Sendable():
		return wordAnswer{wording: w}
	case w.Status == template.Paused || w.Status == template.Disabled:
		return wordAnswer{problem: problem("template", RowTemplatePaused, "template", w.Name)}
	}
	return wordAnswer{problem: problem("template", RowTemplateStatus, "template", w.Name, "status", w.Status)}
}

func languagesOf(variants []*wording) string {
	names := make([]string, len(variants))
	for i, w := range variants {
		names[i] = w.Language
	}
	return strings.Join(names, ", ")
}

// pickRoute finds the agent or queue a row names.
func (j *judge) pickRoute(ctx context.Context, v *verdict, cells []string) (*Problem, error) {
	email, queue := cell(cells, j.columns.agent), cell(cells, j.columns.queue)
	switch {
	case email != "" && queue != "":
		return problem("agent_email", RowAgentAndQueue), nil
	case email != "":
		var box db.ID
		if v.sender >= 0 {
			box = j.senders[v.sender].ID
		}
		agent, code, err := j.agents.find(ctx, email, box)
		if err != nil || code != "" {
			return problem("agent_email", code, "email", email), err
		}
		v.target, v.agent = ToAgent, agent.User
	case queue != "":
		q, ok := j.queues[sheet.FoldHeader(queue)]
		if !ok {
			return problem("queue", RowQueueUnknown, "queue", queue), nil
		}
		v.target, v.queue = ToQueue, q.ID
	default:
		return problem("agent_email", RowNobody), nil
	}
	return nil, nil
}

func cell(cells []string, column int) string {
	if column < 0 || column >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[column])
}
