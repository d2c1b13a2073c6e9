package simulator

import (
	"slices"
	"strings"
	"time"
)

const templateNode = "WhatsAppMessageTemplate"

// fields are what a template tells about itself.
func (t *template) fields() map[string]any {
	quality := map[string]any{"score": t.Quality}
	if !t.qualityDate.IsZero() {
		quality["date"] = t.qualityDate.Unix()
	}
	var rejected any
	if t.Status == "REJECTED" {
		rejected = orDefault(t.RejectedReason, "NONE")
	}
	var ttl any
	if t.ttl != 0 {
		ttl = t.ttl
	}
	return map[string]any{"id": t.ID, "name": t.Name, "language": t.Language, "status": t.Status, "category": t.Category,
		"sub_category": nil, "quality_score": quality, "rejected_reason": rejected, "components": t.Components,
		"parameter_format": t.Format, "message_send_ttl_seconds": ttl, "previous_category": nil, "correct_category": nil,
		"health_status": map[string]any{"can_send_message": "AVAILABLE"}}
}

var templateDefaults = []string{"name", "parameter_format", "components", "language", "status", "category", "id"}

// listTemplates answers GET /{WABA}/message_templates with its filters.
func (c *call) listTemplates() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	list := []map[string]any{}
	for _, t := range c.account.templates {
		if !c.wants(t) {
			continue
		}
		fields, err := c.choose(templateNode, t.fields(), templateDefaults...)
		if err != nil {
			return nil, err
		}
		list = append(list, fields)
	}
	out, err := page(c, list, 25)
	if err == nil && c.text("summary") != "" {
		out["summary"] = map[string]any{"total_count": len(list), "message_template_count": len(c.account.templates),
			"message_template_limit": maxTemplates, "are_translations_complete": true}
	}
	return out, err
}

// wants applies the filters name (part of it), status, category, language and content.
func (c *call) wants(t *template) bool {
	if part := c.text("name"); part != "" && !strings.Contains(t.Name, part) {
		return false
	}
	for _, f := range []struct{ param, value string }{{"status", t.Status}, {"category", t.Category}, {"language", t.Language}} {
		if want := strings.Trim(c.text(f.param), `[]"`); want != "" &&
			!slices.ContainsFunc(strings.Split(want, ","), func(one string) bool { return strings.EqualFold(strings.Trim(one, ` "`), f.value) }) {
			return false
		}
	}
	body := t.part("BODY")
	return c.text("content") == "" || body != nil && strings.Contains(body.Text, c.text("content"))
}

// getTemplate answers GET /{TEMPLATE}.
func (c *call) getTemplate() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.choose(templateNode, c.template.fields(), templateDefaults...)
}

// Limits of templates (whatsapp-cloud-api §5, §7.1).
const (
	maxTemplates      = 6000
	createdPerHour    = 100
	editsPerDay       = 1
	editsPer30Days    = 10
	nameBlockedFor    = 30 * 24 * time.Hour
	deletedNameReason = 2388023
)

// postTemplate creates a template in review.
func (c *call) postTemplate() (any, error) {
	t, err := c.draft()
	if err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	switch {
	case !c.account.created.allow(now, time.Hour, createdPerHour):
		return nil, refuse(80007, "")
	case len(c.account.templates) >= maxTemplates:
		return nil, refuseTemplate(2388019, "Template limit reached", "This account has %d templates. Delete some.", maxTemplates)
	case c.account.find(t.Name, t.Language) != nil:
		return nil, refuseTemplate(2388024, "There is already content in this language",
			"A template with this name already has content in %s. Use another name or language.", t.Language)
	case now.Before(c.account.namesBlocked[t.Name]):
		return nil, refuseTemplate(deletedNameReason, "The language is being deleted",
			"A template with this name was deleted. The name can be used again after %s.", c.account.namesBlocked[t.Name].Format(time.DateOnly))
	}
	t.ID = s.newID(7_090_010_010_010_000)
	added := s.addTemplate(c.account, t)
	added.ttl = int(c.number64("message_send_ttl_seconds"))
	s.review(added, s.cfg.ReviewDelay)
	return map[string]string{"id": added.ID, "status": added.Status, "category": added.Category}, nil
}

// draft reads and checks a new template.
func (c *call) draft() (Template, error) {
	t := Template{Name: c.text("name"), Language: c.text("language"), Category: strings.ToUpper(c.text("category")),
		Status: "PENDING", Format: strings.ToUpper(orDefault(c.text("parameter_format"), "POSITIONAL")), Quality: "UNKNOWN"}
	if err := c.into("components", &t.Components); err != nil {
		return t, err
	}
	t.normalise()
	return t, t.validate()
}

// normalise writes types in capitals.
func (t *Template) normalise() {
	for i := range t.Components {
		p := &t.Components[i]
		p.Type, p.Format = strings.ToUpper(p.Type), strings.ToUpper(p.Format)
		for j := range p.Buttons {
			p.Buttons[j].Type = strings.ToUpper(p.Buttons[j].Type)
		}
	}
}

// number64 reads a whole number; 0 when absent.
func (c *call) number64(name string) int64 {
	var n int64
	for _, d := range strings.TrimPrefix(c.text(name), "-") {
		if d < '0' || d > '9' || n > 1<<40 {
			return 0
		}
		n = n*10 + int64(d-'0')
	}
	if strings.HasPrefix(c.text(name), "-") {
		return -n
	}
	return n
}

// editTemplate changes components or category and sends the template to review again.
func (c *call) editTemplate() (any, error) {
	s, t := c.s, c.template
	s.mu.Lock()
	defer s.mu.Unlock()
	next := t.Template
	if err := c.into("components", &next.Components); err != nil {
		return nil, err
	}
	if category := c.text("category"); category != "" {
		if t.Status == "APPROVED" && !strings.EqualFold(category, t.Category) {
			return nil, refuseTemplate(2388039, "Message template status can't be changed", "The category of an approved template cannot change.")
		}
		next.Category = strings.ToUpper(category)
	}
	if !slices.Contains([]string{"APPROVED", "REJECTED", "PAUSED"}, t.Status) {
		return nil, refuseTemplate(2388039, "Message template status can't be changed", "%s", uneditable(t.Status))
	}
	if t.Status == "APPROVED" && !t.allowEdit(s.clock.Now()) {
		return nil, refuseTemplate(2388039, "Message template status can't be changed",
			"An approved template can be edited once in 24 hours and 10 times in 30 days.")
	}
	next.normalise()
	if err := next.validate(); err != nil {
		return nil, err
	}
	t.Template = next
	t.Status, t.RejectedReason = "PENDING", ""
	if ttl := c.number64("message_send_ttl_seconds"); ttl != 0 {
		t.ttl = int(ttl)
	}
	s.review(t, s.cfg.ReviewDelay)
	return success(), nil
}

func uneditable(status string) string {
	if status == "PENDING" {
		return "A template in review cannot be edited."
	}
	return "A template with status " + status + " cannot be edited."
}

// allowEdit counts an edit of an approved template.
func (t *template) allowEdit(now time.Time) bool {
	lately := 0
	for _, at := range t.edits.times {
		if now.Sub(at) < 24*time.Hour {
			lately++
		}
	}
	return lately < editsPerDay && t.edits.allow(now, 30*24*time.Hour, editsPer30Days)
}

// deleteTemplates deletes all languages of a name, or one template by hsm_id.
func (c *call) deleteTemplates() (any, error) {
	name, id := c.text("name"), c.text("hsm_id")
	if name == "" {
		return nil, refuse(100, "Parameter 'name' is required.")
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	var gone []*template
	for _, t := range c.account.templates {
		if t.Name == name && (id == "" || t.ID == id) {
			gone = append(gone, t)
		}
	}
	if len(gone) == 0 {
		return nil, refuseTemplate(2593002, "Message template not found", "There is no template named %s.", name)
	}
	for _, t := range gone {
		if t.Status == "DISABLED" {
			return nil, refuseTemplate(2388039, "Message template status can't be changed", "A disabled template cannot be deleted.")
		}
	}
	for _, t := range gone {
		if t.Status == "APPROVED" {
			c.account.blockName(name, s.clock.Now().Add(nameBlockedFor))
			s.noteAccount(c.account)
		}
		s.discard(t)
		s.tellTemplate(t, "DELETED", map[string]any{"reason": "NONE"})
	}
	return success(), nil
}

// discard takes a template out; the caller holds mu.
func (s *Server) discard(t *template) {
	t.account.drop(t)
	delete(s.templates, t.ID)
	t.gone = true
	s.deleted = append(s.deleted, t)
}

// blockName keeps a deleted name from being used for a while.
func (a *account) blockName(name string, until time.Time) {
	if a.namesBlocked == nil {
		a.namesBlocked = map[string]time.Time{}
	}
	a.namesBlocked[name] = until
}

// unpauseTemplate ends a pause by hand.
func (c *call) unpauseTemplate() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.template.Status != "PAUSED" {
		return nil, refuseTemplate(2388039, "Message template status can't be changed", "Only a paused template can be unpaused.")
	}
	c.s.unpause(c.template)
	return success(), nil
}
