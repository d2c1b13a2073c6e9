package campaign

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"recado/internal/fault"
	"recado/internal/template"
	"recado/internal/words"
)

// Problem is why a row is left out, or why a sheet cannot be used. Its words are found by the code in room words.
type Problem struct {
	Field  string            `json:"field"` // phone, sender, template, language, agent_email, queue, variables.<key>, row
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
	Fix    string            `json:"fix,omitempty"` // a value that would be right, when there is one
}

// Codes of problems; each is an id of words with "campaign." before it.
const (
	RowPhone              = "row.phone_" // followed by the code of contact.PhoneError
	RowSenderMissing      = "row.sender_missing"
	RowSenderUnknown      = "row.sender_unknown"
	RowSenderNotMine      = "row.sender_not_mine"
	RowSenderDown         = "row.sender_disconnected"
	RowSenderBlocked      = "row.sender_blocked"
	RowSenderIsRecipient  = "row.sender_is_recipient"
	RowTemplateMissing    = "row.template_missing"
	RowTemplateUnknown    = "row.template_unknown"
	RowTemplateOther      = "row.template_other_number"
	RowTemplateStatus     = "row.template_not_approved"
	RowTemplatePaused     = "row.template_paused"
	RowLanguageMissing    = "row.language_missing"
	RowLanguageUnknown    = "row.language_unknown"
	RowVariableMissing    = "row.variable_missing"
	RowVariableSurplus    = "row.variable_surplus"
	RowVariableInvalid    = "row.variable_invalid"
	RowAgentUnknown       = "row.agent_unknown"
	RowAgentNoAccess      = "row.agent_no_access"
	RowQueueUnknown       = "row.queue_unknown"
	RouteFlowUnknown      = "route.flow_unknown"
	RouteBlockUnknown     = "route.block_unknown"
	RouteChildMissing     = "route.child_missing" // the flow is a router (A12)
	RouteChildUnknown     = "route.child_unknown"
	RouteChildApart       = "route.child_apart"    // the child has the router context off (A26)
	RouteNoHandoff        = "route.no_handoff"     // the flow never hands over to people (A25)
	RouteQueueUnserved    = "route.queue_unserved" // nobody answers in a queue: human service is not on there (A24)
	RouteAgentsSingle     = "route.agents_single"  // the workspace lets only sends to one person name an agent (A23)
	RouteNumberUnserved   = "route.number_unserved"
	RowAgentAndQueue      = "row.agent_and_queue"
	RowNobody             = "row.route_missing"
	RowTooManyCells       = "row.too_many_cells"
	RowUncalculated       = "row.uncalculated" // a formula without a stored result
	RowTakenOut           = "row.taken_out"    // by a person, who can put it back
	RowDuplicate          = "row.duplicate"
	RowOptedOut           = "row.opted_out"
	RowBlocked            = "row.blocked"
	RowCapped             = "row.capped" // was written as often as the workspace allows
	LeftInboxDown         = "left.inbox_down"
	LeftTemplateDown      = "left.template_down"
	LeftUnreadable        = "left.unreadable"       // its stored values cannot be read
	LeftTemplateChanged   = "left.template_changed" // edited after the audience was frozen: the values no longer fit
	LeftOptedOut          = "row.opted_out"
	LeftCancelled         = "left.cancelled"
	maxParamRunes         = 80
	wordsPrefix           = "campaign."
	shownProblems         = 1000 // rows with problems kept for the screen; the file has all
	shownProblemCellBytes = 4 << 10
)

// Words says the problem in a language.
func (p Problem) Words(locale string) string {
	if cause := p.Params["cause"]; cause != "" { // what room template says of a value
		params := map[string]any{}
		for name, value := range p.Params {
			params[name] = value
		}
		return words.Say(locale, cause, params)
	}
	params := make(map[string]any, len(p.Params)+1)
	for name, value := range p.Params {
		params[name] = value
	}
	params["fix"] = p.Fix
	return words.Say(locale, p.wordsID(), params)
}

// wordsID is the id of the words: ours begin with "campaign.", those of other rooms (sheet.…) stand as they are.
func (p Problem) wordsID() string {
	if words.Has(p.Code) {
		return p.Code
	}
	return wordsPrefix + p.Code
}

// key is the same for problems with the same words.
func (p *Problem) key() string {
	var b strings.Builder
	b.WriteString(p.Code)
	for _, name := range slices.Sorted(maps.Keys(p.Params)) {
		b.WriteString("\x00" + name + "\x00" + p.Params[name])
	}
	return b.String()
}

func problem(field, code string, params ...string) *Problem {
	p := &Problem{Field: field, Code: code}
	if len(params) > 0 {
		p.Params = map[string]string{}
		for i := 0; i+1 < len(params); i += 2 {
			p.Params[params[i]] = short(params[i+1])
		}
	}
	return p
}

func (p *Problem) fix(value string) *Problem {
	p.Fix = value
	return p
}

// because takes over what room template found wrong with a value.
func (p *Problem) because(cause template.Problem) *Problem {
	if p.Params == nil {
		p.Params = map[string]string{}
	}
	for name, value := range cause.Params {
		p.Params[name] = short(fmt.Sprint(value))
	}
	return p
}

// within names the input at fault as part of a larger one.
func within(part string, err error) error {
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		inner := *f
		inner.Field = part + "." + f.Field
		return &inner
	}
	return err
}

// short bounds what a stranger's cell adds to a sentence.
func short(text string) string {
	runes := []rune(text)
	if len(runes) > maxParamRunes {
		return string(runes[:maxParamRunes-1]) + "…"
	}
	return text
}
