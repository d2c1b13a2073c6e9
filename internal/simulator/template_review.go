package simulator

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// review plans the decision about a template in review in d; the caller holds mu.
func (s *Server) review(t *template, d time.Duration) {
	t.reviewAt = s.clock.Now().Add(d)
	s.noteTemplate(t)
	s.later(d, func() {
		if t.Status != "PENDING" {
			return
		}
		s.decide(t)
	})
}

// Words that make the pretend reviewer refuse, or see marketing.
var (
	refusedWords  = regexp.MustCompile(`(?i)\b(casino|cassino|apuestas?|apostas?|bitcoin)\b`)
	shortLinks    = regexp.MustCompile(`(?i)\b(bit\.ly|tinyurl\.com|t\.co|goo\.gl|wa\.me)\b`)
	promoWords    = regexp.MustCompile(`(?i)\b(descuento|desconto|oferta|promo|promoción|promoção|discount|sale|gratis|grátis)\b`)
	forbiddenSign = regexp.MustCompile(`\{\{[^}]*[#$%][^}]*\}\}`)
)

// decide approves or refuses, and moves utility templates with promotional words to marketing.
func (s *Server) decide(t *template) {
	if reason, why, what := t.objection(); reason != "" {
		t.Status, t.RejectedReason = "REJECTED", reason
		s.tellTemplate(t, "REJECTED", map[string]any{"reason": reason,
			"rejection_info": map[string]string{"reason": why, "recommendation": what}})
		return
	}
	if t.Category == "UTILITY" && promoWords.MatchString(t.words()) {
		t.Category = "MARKETING"
		s.notifyAccount(t.account, "template_category_update", t.tell(map[string]any{
			"previous_category": "UTILITY", "new_category": "MARKETING"}))
	}
	t.Status = "APPROVED"
	s.tellTemplate(t, "APPROVED", map[string]any{"reason": "NONE"})
}

// words is all text of the template.
func (t *Template) words() string {
	var all []string
	for _, p := range t.Components {
		all = append(all, p.Text)
		for _, b := range p.Buttons {
			all = append(all, b.Text, b.URL)
		}
	}
	return strings.Join(all, " \n ")
}

// objection is why the reviewer refuses the template, in a code and in words, or "".
func (t *Template) objection() (reason, why, recommendation string) {
	text := t.words()
	switch {
	case t.lacksExamples():
		return "INVALID_FORMAT", "Examples of variables or media are missing.", "Give an example for every variable and for the header's file."
	case forbiddenSign.MatchString(text):
		return "INVALID_FORMAT", "A variable contains # $ or %.", "Write these signs outside the variable."
	case shortLinks.MatchString(text):
		return "INVALID_FORMAT", "The template has a shortened link.", "Use the full address of your site."
	case refusedWords.MatchString(text):
		return "ABUSIVE_CONTENT", "The template is about something that may not be offered here.", "Remove it."
	}
	return "", "", ""
}

// lacksExamples tells whether a variable or a media header has no example.
func (t *Template) lacksExamples() bool {
	for _, p := range t.Components {
		needs := len(distinct(placeholder.FindAllStringSubmatch(p.Text, -1)))
		if t.Category == "AUTHENTICATION" {
			needs = 0
		}
		media := p.Type == "HEADER" && p.Format != "TEXT" && p.Format != "LOCATION"
		if (needs > 0 || media) && examples(p.Example) < max(needs, 1) {
			return true
		}
		for _, b := range p.Buttons {
			if b.Type == "URL" && placeholder.MatchString(b.URL) && firstExample(b.Example) == "" {
				return true
			}
		}
	}
	return false
}

// examples counts the examples of a component in any of their forms.
func examples(raw json.RawMessage) int {
	var e struct {
		Handle     []string          `json:"header_handle"`
		HeaderText []string          `json:"header_text"`
		BodyText   json.RawMessage   `json:"body_text"`
		HeaderName []json.RawMessage `json:"header_text_named_params"`
		BodyName   []json.RawMessage `json:"body_text_named_params"`
	}
	if json.Unmarshal(raw, &e) != nil {
		return 0
	}
	n := len(e.Handle) + len(e.HeaderText) + len(e.HeaderName) + len(e.BodyName)
	var rows [][]string
	var row []string
	if json.Unmarshal(e.BodyText, &rows) == nil && len(rows) > 0 {
		n += len(rows[0])
	} else if json.Unmarshal(e.BodyText, &row) == nil {
		n += len(row)
	}
	return n
}

// tell is the part all template webhooks share, with more.
func (t *template) tell(more map[string]any) map[string]any {
	id, _ := strconv.ParseInt(t.ID, 10, 64) // ids are digits: configured ones that are not appear as 0
	out := map[string]any{"message_template_id": id, "message_template_name": t.Name, "message_template_language": t.Language}
	for name, value := range more {
		out[name] = value
	}
	return out
}

// tellTemplate sends a status webhook and shows the change; the caller holds mu.
func (s *Server) tellTemplate(t *template, event string, more map[string]any) {
	s.noteTemplate(t)
	value := t.tell(more)
	value["event"], value["message_template_category"] = event, t.Category
	s.notifyAccount(t.account, "message_template_status_update", value)
	s.live.changed("state", "")
}

// Complaints of customers about a marketing template that change its quality.
const (
	complaintsYellow = 2
	complaintsRed    = 4
)

// pauses are how long the first and second pause last; the third is for good (whatsapp-cloud-api §7.4).
var pauses = []struct {
	title string
	lasts time.Duration
}{{"FIRST_PAUSE", 3 * time.Hour}, {"SECOND_PAUSE", 6 * time.Hour}}

// complain counts a block or report of a template by a customer.
func (s *Server) complain(t *template) {
	t.complaints++
	defer s.noteTemplate(t)
	switch {
	case t.complaints >= complaintsRed:
		s.rate(t, "RED")
		t.complaints = 0
		s.pause(t)
	case t.complaints >= complaintsYellow:
		s.rate(t, "YELLOW")
	}
}

// rate changes the quality with its webhook.
func (s *Server) rate(t *template, quality string) {
	if t.Quality == quality {
		return
	}
	before := t.Quality
	t.Quality, t.qualityDate = quality, s.clock.Now()
	s.noteTemplate(t)
	s.notifyAccount(t.account, "message_template_quality_update", t.tell(map[string]any{
		"previous_quality_score": before, "new_quality_score": quality}))
}

// pause stops a template: for hours twice, then for good.
func (s *Server) pause(t *template) {
	if t.Status != "APPROVED" {
		return
	}
	if t.pauses >= len(pauses) {
		s.disable(t)
		return
	}
	step := pauses[t.pauses]
	t.pauses++
	t.Status = "PAUSED"
	s.planUnpause(t, step.lasts)
	s.tellTemplate(t, "PAUSED", map[string]any{"reason": nil, "other_info": map[string]string{"title": step.title,
		"description": "The template is paused for " + step.lasts.String() + " because of low quality."}})
}

// planUnpause plans the end of a pause.
func (s *Server) planUnpause(t *template, d time.Duration) {
	t.unpauseAt = s.clock.Now().Add(d)
	round := t.pauses
	s.later(d, func() {
		if t.Status == "PAUSED" && t.pauses == round {
			s.unpause(t)
		}
	})
}

// unpause lets a paused template be sent again.
func (s *Server) unpause(t *template) {
	t.Status, t.paced = "APPROVED", 0
	s.tellTemplate(t, "APPROVED", map[string]any{"reason": "NONE", "other_info": map[string]string{"title": "UNPAUSE",
		"description": "The template can be sent again."}})
}

// disable stops a template for good.
func (s *Server) disable(t *template) {
	t.Status = "DISABLED"
	s.tellTemplate(t, "DISABLED", map[string]any{"reason": nil,
		"other_info":   map[string]string{"title": "DISABLED", "description": "The template was paused too often."},
		"disable_info": map[string]string{"disable_date": s.clock.Now().Format(time.DateOnly)}})
}

// holds applies pacing: the first sends of an unrated marketing template pass, the rest waits for the decision.
func (s *Server) holds(sd *sending) bool {
	t := sd.template
	if s.cfg.Pacing <= 0 || t == nil || t.Category != "MARKETING" || t.Quality == "GREEN" {
		return false
	}
	t.paced++
	t.touched = true
	s.note(journalRecord{Paced: t.ID})
	if t.paced <= s.cfg.Pacing {
		return false
	}
	t.held = append(t.held, sd)
	s.rest(sd, stepHeld)
	if t.pacingEnds.IsZero() {
		s.planPacing(t, s.cfg.PacingDelay)
		s.noteTemplate(t)
	}
	return true
}

// planPacing plans the decision about held messages.
func (s *Server) planPacing(t *template, d time.Duration) {
	t.pacingEnds = s.clock.Now().Add(d)
	s.later(d, func() { s.endPacing(t) })
}

// endPacing releases the held messages, or fails them and pauses the template.
func (s *Server) endPacing(t *template) {
	held := t.held
	t.held, t.pacingEnds = nil, time.Time{}
	defer s.noteTemplate(t)
	if s.cfg.PacingFails {
		t.Status = "PAUSED"
		s.tellTemplate(t, "PAUSED", map[string]any{"reason": nil, "other_info": map[string]string{
			"title": "RATE_LIMITING_PAUSE", "description": "The template is paused after its first messages had low quality. Unpause it by hand."}})
		for _, sd := range held {
			s.fail(sd, 132015)
		}
		return
	}
	s.rate(t, "GREEN")
	for _, sd := range held {
		s.plan(sd)
	}
}
