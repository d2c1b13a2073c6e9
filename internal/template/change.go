package template

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// How often the provider takes changes of an approved template (whatsapp-cloud-api §7.1).
const (
	editsPerDay    = 1
	editsPer30Days = 10
	day            = 24 * time.Hour
)

// MayEdit tells why a template cannot be changed at a moment, or nil. edits are the changes the provider took while it was
// approved; now and they are Unix milliseconds. The provider changes only what it has approved, refused or paused, and an approved
// one once in 24 hours and 10 times in 30 days.
func MayEdit(t Template, edits []int64, now int64) *fault.Error {
	var today, month int
	for _, at := range edits {
		if now-at < day.Milliseconds() {
			today++
		}
		if now-at < 30*day.Milliseconds() {
			month++
		}
	}
	switch _, ours := DraftOf(t); {
	case t.Status == Submitting:
		return submitting()
	case t.Status == Pending:
		return fault.New(fault.Conflict, "template.in_review", "The provider is reviewing this template. It can be changed when the review is over.")
	case !slices.Contains([]string{Unsent, Approved, Rejected, Paused}, t.Status):
		return fault.New(fault.Conflict, "template.uneditable", "The provider takes no changes of a template in this state.")
	case !ours:
		return fault.New(fault.Conflict, "template.elsewhere", "This template has parts that can only be changed at the provider.")
	case t.Status == Approved && today >= editsPerDay:
		return fault.New(fault.Conflict, "template.edited_today", "The provider takes one change of an approved template in 24 hours.")
	case t.Status == Approved && month >= editsPer30Days:
		return fault.New(fault.Conflict, "template.edited_month", "The provider takes %d changes of an approved template in 30 days.", editsPer30Days).With("limit", editsPer30Days)
	}
	return nil
}

// MayDelete tells why a template cannot be deleted, or nil.
func MayDelete(t Template) *fault.Error {
	switch t.Status {
	case Submitting:
		return submitting()
	case Disabled:
		return fault.New(fault.Conflict, "template.disabled_stays", "The provider stopped this template for good; it cannot be deleted.")
	}
	return nil
}

// Edits gives when the provider took changes of a template while it was approved, of the last 30 days, and the time now, both as
// MayEdit wants them.
func (r *Room) Edits(ctx context.Context, workspace, id db.ID) (edits []int64, now int64, err error) {
	now = r.d.Now()
	edits, err = r.editsIn(ctx, r.d, workspace, id, now)
	return edits, now, err
}

func (r *Room) editsIn(ctx context.Context, q db.Querier, workspace, id db.ID, now int64) ([]int64, error) {
	all, err := db.All[int64](ctx, q, "select at from template_edits where template_id = $1 and workspace_id = $2 and at > $3", id, workspace, now-30*day.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("changes of template %d: %w", id, err)
	}
	return all, nil
}

// Submission is a draft on its way to the provider.
type Submission struct {
	Template Template // as it was, or as it was made for the way
	Draft    Draft
	New      bool // the provider does not have it yet
}

// BeginIn prepares handing a draft to the provider: a new template is kept as Submitting, so that it is neither lost nor made twice
// whatever becomes of the call, and one that is there (id) is marked as touched. The caller books a Sync in the same transaction,
// calls the provider after it, and ends with Accept or Refuse; when the answer is unknown the Sync decides.
//
// It fails with Conflict when a template of this name and language is there already, or as MayEdit says. The draft must have been
// checked.
func (r *Room) BeginIn(ctx context.Context, tx *db.Tx, workspace db.ID, kind channel.Kind, account string, id db.ID, d Draft) (Submission, error) {
	s := Submission{Draft: d}
	all, err := db.All[Template](ctx, tx, "select "+columns+` from templates where workspace_id = $1 and channel = $2 and account_external_id = $3
		and (id = $4 or name = $5 and language = $6)`, workspace, string(kind), account, id, d.Name, d.Language)
	if err != nil {
		return s, fmt.Errorf("template %q: %w", d.Name, err)
	}
	at := slices.IndexFunc(all, func(t Template) bool { return t.ID == id && t.Status != Deleted })
	if id != 0 && at < 0 {
		return s, notFound(id)
	}
	namesake := slices.IndexFunc(all, func(t Template) bool { return t.Name == d.Name && t.Language == d.Language && t.ID != id })
	if namesake >= 0 && all[namesake].Status == Submitting {
		return s, submitting()
	}
	if namesake >= 0 && all[namesake].Status != Deleted && all[namesake].Status != Unsent {
		return s, fault.New(fault.Conflict, "template.exists", "There is a template “%s” in this language already.", d.Name).On("name").With("name", d.Name)
	}
	if id != 0 {
		s.Template = all[at]
		edits, err := r.editsIn(ctx, tx, workspace, id, tx.Now())
		if err != nil {
			return s, err
		}
		if refused := MayEdit(s.Template, edits, tx.Now()); refused != nil {
			return s, refused
		}
		if s.Template.Status != Unsent {
			return s, r.beginEdit(ctx, tx, &s)
		}
		if err := r.forget(ctx, tx, s.Template); err != nil {
			return s, err
		}
	}
	t := Template{Workspace: workspace, ID: id, Channel: kind, Account: account, Name: d.Name, Language: d.Language}
	switch {
	case namesake >= 0:
		t.ID = all[namesake].ID // of one that is deleted, or that the provider never had
	case id == 0:
		t.ID = tx.NewID()
	}
	t.Category, t.Status, t.Quality, t.Format = d.Category, Submitting, channel.QualityUnknown, d.Format()
	t.Components, t.TouchedAt, t.Sample = string(d.Components("")), tx.Now(), d.Sample()
	s.Template, s.New = t, true
	if err := upsert(ctx, tx, []Template{t}); err != nil {
		return s, fmt.Errorf("keep template %q: %w", d.Name, err)
	}
	_, err = tx.Exec(ctx, "update templates set touched_at = $1, sample_file_id = $2 where id = $3", t.TouchedAt, t.Sample, t.ID)
	return s, err
}

// beginEdit marks a template the provider has; its name, its language, and once approved its category stay.
func (r *Room) beginEdit(ctx context.Context, tx *db.Tx, s *Submission) error {
	t := s.Template
	if s.Draft.Name != t.Name || s.Draft.Language != t.Language {
		return fault.New(fault.Conflict, "template.name_stays", "Name and language of a template stay as they are. Make a new one.").On("name")
	}
	if t.Status == Approved && s.Draft.Category != t.Category {
		return fault.New(fault.Conflict, "template.category_stays", "The category of an approved template stays as it is.").On("category")
	}
	_, err := tx.Exec(ctx, "update templates set touched_at = $1 where id = $2", tx.Now(), t.ID)
	return err
}

// forget takes out a template only we have.
func (r *Room) forget(ctx context.Context, tx *db.Tx, t Template) error {
	if _, err := tx.Exec(ctx, "delete from templates where id = $1 and status = 'DRAFT'", t.ID); err != nil {
		return fmt.Errorf("take out template %d: %w", t.ID, err)
	}
	return nil
}

// Accept keeps the provider's yes: its id, and what it made of status and category. News that came before the answer stands.
func (r *Room) Accept(ctx context.Context, s Submission, info channel.TemplateInfo) (Template, error) {
	t := s.Template
	components := string(info.Components)
	status, category := orElse(strings.ToUpper(info.Status), Pending), orElse(strings.ToUpper(info.Category), s.Draft.Category)
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update templates set external_id = case when $1 = '' then external_id else $1 end, parameter_format = $2, components_json = $3,
			status_reason = case when status = $4 then '' else status_reason end, category = case when status = $4 then $5 else category end,
			status = case when status = $4 then $6 else status end, sample_file_id = $7, touched_at = $8 where id = $9 and workspace_id = $10`,
			info.ExternalID, s.Draft.Format(), components, t.Status, category, status, s.Draft.Sample(), tx.Now(), t.ID, t.Workspace)
		if err != nil {
			return fmt.Errorf("keep the provider's yes to template %d: %w", t.ID, err)
		}
		if t.Status == Approved && !s.New {
			if _, err := tx.Exec(ctx, "insert into template_edits (workspace_id, template_id, at) values ($1, $2, $3)", t.Workspace, t.ID, tx.Now()); err != nil {
				return fmt.Errorf("count the change of template %d: %w", t.ID, err)
			}
		}
		return r.log.Append(ctx, tx, event.Fact{Workspace: t.Workspace, Kind: Changed, Subject: t.ID, Data: ChangedFact{Account: t.Account}})
	})
	if err != nil {
		return t, err
	}
	return r.Get(ctx, t.Workspace, t.ID)
}

// Refuse keeps a draft the provider said no to, or was not reached about, as Unsent: it can be corrected and handed over again.
// One that is there already stays as it was.
func (r *Room) Refuse(ctx context.Context, s Submission) error {
	if !s.New {
		return nil
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update templates set status = $1, touched_at = 0 where id = $2 and status = $3", Unsent, s.Template.ID, Submitting)
		return err
	})
}

// Going gives the templates a deletion takes: the one, or all languages of its name in its account. It fails with NotFound, and as
// MayDelete says.
func (r *Room) Going(ctx context.Context, workspace, id db.ID, all bool) ([]Template, error) {
	t, err := r.Get(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	if t.Status == Deleted {
		return nil, notFound(id)
	}
	going := []Template{t}
	if all {
		if going, err = db.All[Template](ctx, r.d, "select "+columns+` from templates where workspace_id = $1 and channel = $2 and account_external_id = $3
			and name = $4 and status <> 'DELETED' order by language`, workspace, string(t.Channel), t.Account, t.Name); err != nil {
			return nil, fmt.Errorf("languages of template %q: %w", t.Name, err)
		}
	}
	for _, one := range going {
		if refused := MayDelete(one); refused != nil {
			return nil, refused
		}
	}
	return going, nil
}

// Gone keeps that templates were deleted. They are kept, for messages speak of them; drafts only we had are taken out.
func (r *Room) Gone(ctx context.Context, gone []Template) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, t := range gone {
			if err := r.forget(ctx, tx, t); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "update templates set status = $1 where id = $2", Deleted, t.ID); err != nil {
				return fmt.Errorf("mark template %d as deleted: %w", t.ID, err)
			}
		}
		return r.log.Append(ctx, tx, event.Fact{Workspace: gone[0].Workspace, Kind: Changed, Data: ChangedFact{Account: gone[0].Account}})
	})
}

func submitting() *fault.Error {
	return fault.New(fault.Conflict, "template.submitting", "This template is on its way to the provider. Look again in two minutes.")
}

func notFound(id db.ID) error {
	return fault.New(fault.NotFound, "template.not_found", "There is no such template.").With("template", id.String())
}
