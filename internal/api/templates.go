package api

import (
	"context"
	"net/http"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/template"
	"recado/internal/words"
)

func (s *Server) templateRoutes() {
	get(s, "/templates/languages", about{Name: "listTemplateLanguages", Tag: "templates", Says: "Languages the provider knows for templates"}, viewing(account.Campaigns), s.templateLanguages)
	post(s, "/templates/check", about{Name: "checkTemplate", Tag: "templates", Says: "What the provider would refuse of a draft; nothing is kept or sent"}, editing(account.Campaigns), s.checkTemplate)
	post(s, "/templates", about{Name: "createTemplate", Tag: "templates", Status: http.StatusCreated,
		Says: "Hand a new template, or another language of one, to the provider; it is reviewed there"}, editing(account.Campaigns), s.createTemplate)
	get(s, "/templates/{id}", about{Name: "readTemplate", Tag: "templates", Says: "A template as it is edited, and whether it can be"}, viewing(account.Campaigns), s.readTemplate)
	put(s, "/templates/{id}", about{Name: "changeTemplate", Tag: "templates", Says: "Change a template at the provider, which reviews it again; one that was never sent is handed over"},
		editing(account.Campaigns), s.changeTemplate)
	remove(s, "/templates/{id}", about{Name: "deleteTemplate", Tag: "templates", Says: "Delete a template at the provider and here: one language, or all of its name"},
		editing(account.Campaigns), s.deleteTemplate)
	get(s, "/template-choices", about{Name: "listTemplateChoices", Tag: "templates", Says: "Which templates agents use on each number, and when that was last changed"},
		viewing(account.Settings), s.templateChoices)
	put(s, "/template-choices", about{Name: "changeTemplateChoices", Tag: "templates", Says: "Choose which templates agents use on some numbers, on all of them or on none"},
		editing(account.Settings), s.chooseTemplates)
}

func (s *Server) templateLanguages(context.Context, account.Actor, *noInput) (Items[string], error) {
	return Items[string]{Items: template.Languages}, nil
}

func (s *Server) checkTemplate(ctx context.Context, _ account.Actor, in *In[template.Draft]) (Items[FieldProblem], error) {
	return listOf(in.Body.Clean().Check(), func(p template.Problem) FieldProblem {
		return FieldProblem{Field: p.Field, Code: p.Code, Detail: p.Words(visitIn(ctx).locale)}
	}), nil
}

// checked gives a draft as it is handed over, or everything that is wrong with it.
func checked(ctx context.Context, draft template.Draft) (template.Draft, error) {
	draft = draft.Clean()
	problems := draft.Check()
	if len(problems) == 0 {
		return draft, nil
	}
	first := fault.New(fault.Invalid, problems[0].Code, "the provider would refuse this").On(problems[0].Field)
	first.Params = problems[0].Params
	p := problemOf(ctx, first, http.StatusUnprocessableEntity)
	for _, one := range problems {
		p.Errors = append(p.Errors, FieldProblem{Field: one.Field, Code: one.Code, Detail: one.Words(visitIn(ctx).locale)})
	}
	return draft, p
}

type newTemplateInput struct {
	Body struct {
		Inbox db.ID          `json:"inbox_id" doc:"a number of the account that gets it; all numbers of the account can send it"`
		Draft template.Draft `json:"draft"`
	}
}

func (s *Server) createTemplate(ctx context.Context, actor account.Actor, in *newTemplateInput) (Template, error) {
	return s.submitTemplate(ctx, actor, in.Body.Inbox, 0, in.Body.Draft)
}

func (s *Server) submitTemplate(ctx context.Context, actor account.Actor, box, id db.ID, draft template.Draft) (Template, error) {
	draft, err := checked(ctx, draft)
	if err != nil {
		return Template{}, err
	}
	t, err := s.rooms.SubmitTemplate(ctx, actor, box, id, draft)
	if err != nil {
		return Template{}, err
	}
	return s.templateNow(ctx, actor, t)
}

// templateNow is one template as the list tells it.
func (s *Server) templateNow(ctx context.Context, actor account.Actor, t template.Template) (Template, error) {
	able, err := s.ableOf(ctx, actor)
	if err != nil {
		return Template{}, err
	}
	return able.tell(ctx, t), nil
}

// TemplateEdit is a template as it is edited.
type TemplateEdit struct {
	Template   Template       `json:"template"`
	Draft      template.Draft `json:"draft"`
	KeepEdit   string         `json:"edit_refused" doc:"in words: why it cannot be changed now; empty when it can"`
	KeepDelete string         `json:"delete_refused" doc:"in words: why it cannot be deleted; empty when it can"`
}

func (s *Server) readTemplate(ctx context.Context, actor account.Actor, in *ByID) (TemplateEdit, error) {
	t, err := s.rooms.Template.Get(ctx, actor.Workspace, in.ID.ID)
	if err != nil {
		return TemplateEdit{}, err
	}
	if t.Status == template.Deleted {
		return TemplateEdit{}, fault.New(fault.NotFound, "template.not_found", "There is no such template.").With("template", t.ID.String())
	}
	out := TemplateEdit{}
	if out.Template, err = s.templateNow(ctx, actor, t); err != nil {
		return out, err
	}
	edits, now, err := s.rooms.Template.Edits(ctx, actor.Workspace, t.ID)
	if err != nil {
		return out, err
	}
	out.Draft, _ = template.DraftOf(t)
	out.KeepEdit, out.KeepDelete = refusalOf(ctx, template.MayEdit(t, edits, now)), refusalOf(ctx, template.MayDelete(t))
	return out, nil
}

func refusalOf(ctx context.Context, f *fault.Error) string {
	if f == nil {
		return ""
	}
	return words.Say(visitIn(ctx).locale, f.Code, f.Params)
}

type changeTemplateInput struct {
	ByID
	Body struct {
		Inbox db.ID          `json:"inbox_id,omitempty" doc:"only for one that was never sent: a number of the account that gets it"`
		Draft template.Draft `json:"draft"`
	}
}

func (s *Server) changeTemplate(ctx context.Context, actor account.Actor, in *changeTemplateInput) (Template, error) {
	t, err := s.rooms.Template.Get(ctx, actor.Workspace, in.ID.ID)
	if err != nil {
		return Template{}, err
	}
	able, err := s.ableOf(ctx, actor)
	if err != nil {
		return Template{}, err
	}
	box, found := able.box(t, in.Body.Inbox)
	if !found {
		return Template{}, fault.New(fault.Conflict, "template.no_number", "No number of this template's account is connected here any more.")
	}
	return s.submitTemplate(ctx, actor, box.ID, t.ID, in.Body.Draft)
}

type deleteTemplateInput struct {
	ByID
	All bool `query:"all_languages" doc:"every language of the name"`
}

func (s *Server) deleteTemplate(ctx context.Context, actor account.Actor, in *deleteTemplateInput) (nothing, error) {
	return nothing{}, s.rooms.DeleteTemplate(ctx, actor, in.ID.ID, in.All)
}

// ableNumbers is what the API tells of templates besides themselves: the numbers of their accounts, and what agents do not use.
type ableNumbers struct {
	boxes   map[string][]inbox.Inbox // by account
	choices map[db.ID]template.Choice
}

// ableOf loads it for the numbers given, or for all.
func (s *Server) ableOf(ctx context.Context, actor account.Actor, boxes ...inbox.Inbox) (a ableNumbers, err error) {
	if len(boxes) == 0 {
		if boxes, err = s.rooms.Inbox.List(ctx, actor.Workspace); err != nil {
			return a, err
		}
	}
	a.boxes = map[string][]inbox.Inbox{}
	for _, box := range boxes {
		a.boxes[box.Account] = append(a.boxes[box.Account], box)
	}
	a.choices, err = s.rooms.Template.Choices(ctx, actor.Workspace)
	return a, err
}

// tell is a template as the list tells it.
func (a ableNumbers) tell(ctx context.Context, t template.Template) Template {
	out := Template{ID: t.ID.String(), Name: t.Name, Language: t.Language, Category: t.Category, Status: t.Status, Sendable: t.Sendable(),
		Reason: templateReason(t, visitIn(ctx).locale), Quality: t.Quality, Account: t.Account, Inboxes: []string{}, Unused: []string{}, Shape: shapeOf(t.Shape())}
	for _, box := range a.boxes[t.Account] {
		out.Inboxes = append(out.Inboxes, box.ID.String())
		if !a.choices[box.ID].Active(t.ID) {
			out.Unused = append(out.Unused, box.ID.String())
		}
	}
	return out
}

// idTexts writes ids as the API does.
func idTexts(ids []db.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}

// box gives a number of a template's account: the one wished for, else one that is connected, else any.
func (a ableNumbers) box(t template.Template, wish db.ID) (found inbox.Inbox, ok bool) {
	for _, box := range a.boxes[t.Account] {
		if box.ID == wish {
			return box, true
		}
		if !ok || found.Status != inbox.Connected {
			found, ok = box, true
		}
	}
	return found, ok
}

// NumberTemplates is which templates agents use on a number.
type NumberTemplates struct {
	Inbox     string   `json:"inbox_id"`
	Approved  int      `json:"approved" doc:"templates the number can send now"`
	Active    int      `json:"active" doc:"those of them that agents use"`
	Inactive  []string `json:"inactive" doc:"template ids agents do not use; what is not named they use, also when it is new"`
	ChangedAt int64    `json:"changed_at" doc:"Unix milliseconds; 0: nobody chose yet"`
	ChangedBy string   `json:"changed_by" doc:"name of who chose last; empty: nobody, or a key"`
}

func (s *Server) templateChoices(ctx context.Context, actor account.Actor, _ *noInput) (Items[NumberTemplates], error) {
	able, err := s.ableOf(ctx, actor)
	if err != nil {
		return Items[NumberTemplates]{}, err
	}
	all, err := s.rooms.Template.List(ctx, actor.Workspace)
	if err != nil {
		return Items[NumberTemplates]{}, err
	}
	boxes, err := s.rooms.Inbox.List(ctx, actor.Workspace)
	if err != nil {
		return Items[NumberTemplates]{}, err
	}
	names, err := s.rooms.Account.Names(ctx, actor.Workspace)
	return listOf(boxes, func(box inbox.Inbox) NumberTemplates {
		choice := able.choices[box.ID]
		out := NumberTemplates{Inbox: box.ID.String(), Inactive: idTexts(choice.Inactive), ChangedAt: choice.ChangedAt, ChangedBy: names[choice.ChangedBy]}
		for _, t := range all {
			if t.Account != box.Account || !t.Sendable() {
				continue
			}
			out.Approved++
			if choice.Active(t.ID) {
				out.Active++
			}
		}
		return out
	}), err
}

type chooseTemplatesInput struct {
	Body struct {
		Numbers []struct {
			Inbox    db.ID   `json:"inbox_id"`
			Inactive []db.ID `json:"inactive" maxItems:"6000" doc:"template ids agents do not use on it"`
		} `json:"numbers" minItems:"1" maxItems:"500"`
	}
}

func (s *Server) chooseTemplates(ctx context.Context, actor account.Actor, in *chooseTemplatesInput) (Items[NumberTemplates], error) {
	boxes, err := s.rooms.Inbox.List(ctx, actor.Workspace)
	if err != nil {
		return Items[NumberTemplates]{}, err
	}
	choices := make([]template.Choice, len(in.Body.Numbers))
	for i, n := range in.Body.Numbers {
		choices[i] = template.Choice{Inbox: n.Inbox, Inactive: n.Inactive}
	}
	if err := s.rooms.Template.Choose(ctx, actor, boxes, choices); err != nil {
		return Items[NumberTemplates]{}, err
	}
	return s.templateChoices(ctx, actor, nil)
}
