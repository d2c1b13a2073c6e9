package template

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// MaxChoices bounds the numbers whose templates are chosen in one go.
const MaxChoices = 500

// Choice is which templates agents use on a number: all that can be sent, but for those named.
type Choice struct {
	Inbox     db.ID
	Inactive  []db.ID // ascending
	ChangedAt int64   // Unix milliseconds; 0: nobody chose yet
	ChangedBy db.ID
}

// Active tells whether agents use a template on the number.
func (c Choice) Active(id db.ID) bool { return !slices.Contains(c.Inactive, id) }

// Choices gives the choices of a workspace by number; a number without one uses all.
func (r *Room) Choices(ctx context.Context, workspace db.ID) (map[db.ID]Choice, error) {
	out := map[db.ID]Choice{}
	type chosen struct {
		Inbox db.ID `db:"inbox_id"`
		At    int64 `db:"changed_at"`
		By    db.ID `db:"changed_by"`
	}
	all, err := db.All[chosen](ctx, r.d, "select inbox_id, changed_at, changed_by from template_choices where workspace_id = $1", workspace)
	if err != nil {
		return nil, fmt.Errorf("choices of templates: %w", err)
	}
	for _, c := range all {
		out[c.Inbox] = Choice{Inbox: c.Inbox, ChangedAt: c.At, ChangedBy: c.By}
	}
	type off struct {
		Inbox    db.ID `db:"inbox_id"`
		Template db.ID `db:"template_id"`
	}
	offs, err := db.All[off](ctx, r.d, "select inbox_id, template_id from template_offs where workspace_id = $1 order by inbox_id, template_id", workspace)
	if err != nil {
		return nil, fmt.Errorf("templates that are not used: %w", err)
	}
	for _, o := range offs {
		c := out[o.Inbox]
		c.Inbox, c.Inactive = o.Inbox, append(c.Inactive, o.Template)
		out[o.Inbox] = c
	}
	return out, nil
}

// Choose sets which templates agents use on some numbers, all or none of them. boxes are the numbers of the workspace. It fails with
// NotFound for a number or template that is not there, and with Forbidden for who may not change settings.
func (r *Room) Choose(ctx context.Context, actor account.Actor, boxes []inbox.Inbox, choices []Choice) error {
	if err := actor.Can(account.Settings, account.Edit); err != nil {
		return err
	}
	if n := len(choices); n == 0 || n > MaxChoices {
		return fault.New(fault.Invalid, "template.choices", "Name 1 to %d numbers.", MaxChoices).On("numbers").With("limit", MaxChoices)
	}
	all, err := r.List(ctx, actor.Workspace)
	if err != nil {
		return err
	}
	accounts := map[db.ID]string{}
	for _, t := range all {
		accounts[t.ID] = t.Account
	}
	var offs [][]any
	for i, c := range choices {
		at := slices.IndexFunc(boxes, func(b inbox.Inbox) bool { return b.ID == c.Inbox && b.Workspace == actor.Workspace })
		if at < 0 {
			return fault.New(fault.NotFound, "inbox.not_found", "There is no such number.")
		}
		c.Inactive = slices.Compact(slices.Sorted(slices.Values(c.Inactive)))
		choices[i] = c
		for _, id := range c.Inactive {
			if accounts[id] != boxes[at].Account {
				return notFound(id)
			}
			offs = append(offs, []any{int64(actor.Workspace), int64(c.Inbox), int64(id)})
		}
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, c := range choices {
			if _, err := tx.Exec(ctx, "delete from template_offs where inbox_id = $1 and workspace_id = $2", c.Inbox, actor.Workspace); err != nil {
				return fmt.Errorf("clear the choice of number %d: %w", c.Inbox, err)
			}
			if _, err := tx.Exec(ctx, `insert into template_choices (workspace_id, inbox_id, changed_at, changed_by) values ($1, $2, $3, $4)
				on conflict (inbox_id) do update set changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
				actor.Workspace, c.Inbox, tx.Now(), actor.User); err != nil {
				return fmt.Errorf("keep the choice of number %d: %w", c.Inbox, err)
			}
		}
		if len(offs) > 0 {
			if _, err := tx.Insert(ctx, "template_offs (workspace_id, inbox_id, template_id)", "", offs); err != nil {
				return fmt.Errorf("keep the templates that are not used: %w", err)
			}
		}
		return r.log.Append(ctx, tx, event.Fact{Workspace: actor.Workspace, Kind: Changed, Data: ChangedFact{}})
	})
}

// ForAgent gives a template an agent may send from a number: one the number can send now, and that agents use on it. It fails with
// NotFound, and with Invalid "template.not_sendable" or "template.inactive". Campaigns do not ask it.
func (r *Room) ForAgent(ctx context.Context, box inbox.Inbox, id db.ID) (Template, error) {
	t, err := r.Get(ctx, box.Workspace, id)
	if err != nil {
		return t, err
	}
	if t.Account != box.Account || !t.Sendable() {
		return t, fault.New(fault.Invalid, "template.not_sendable", "This number cannot send the template %s.", t.Name).On("template.template_id").With("name", t.Name)
	}
	return t, r.Used(ctx, box.ID, t)
}

// Used tells whether agents use a template on a number: nil, or Invalid "template.inactive".
func (r *Room) Used(ctx context.Context, box db.ID, t Template) error {
	off, err := db.One[int64](ctx, r.d, "select count(*) from template_offs where inbox_id = $1 and template_id = $2", box, t.ID)
	if err != nil {
		return fmt.Errorf("is template %d used on number %d: %w", t.ID, box, err)
	}
	if off > 0 {
		return fault.New(fault.Invalid, "template.inactive", "Agents do not use the template %s on this number.", t.Name).On("template.template_id").With("name", t.Name)
	}
	return nil
}
