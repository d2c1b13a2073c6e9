package campaign

import (
	"context"
	"fmt"
	"strings"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// Filter says which campaigns are meant; what is zero does not matter.
type Filter struct {
	From     int64  // Unix milliseconds: started, else planned, else begun at or after it
	Until    int64  // before it
	Inbox    db.ID  // a number it sends from
	Template db.ID  // a template it sends
	Author   db.ID  // the user who made it
	Origin   string // "": all but tests
	State    State
	Text     string // part of the name, however it is written
}

// maxSought bounds the text looked for, in bytes.
const maxSought = 200

// check refuses what finds nothing whatever there is.
func (f Filter) check() error {
	if f.From != 0 && f.Until != 0 && f.From >= f.Until {
		return fault.New(fault.Invalid, "campaign.period", "The period ends before it begins.").On("until")
	}
	if len(f.Text) > maxSought {
		return fault.New(fault.Invalid, "campaign.text_long", "A text to look for has at most %d characters.", maxSought).On("text").With("max", maxSought)
	}
	return nil
}

const (
	usesInbox    = 1
	usesTemplate = 2
	usesSegment  = 3
)

// filtered is the condition of a Filter on campaigns c of the workspace $1; its arguments follow from $2 on.
const filtered = `c.workspace_id = $1 and coalesce(c.started_at, c.scheduled_at, c.created_at) >= $2 and coalesce(c.started_at, c.scheduled_at, c.created_at) < $3
	and ($4 = '' or c.state = $4) and (c.origin = $5 or $5 = '' and c.origin <> 'test') and (cast($6 as bigint) = 0 or c.created_by = $6) and ($7 = '' or c.name_fold like $7 escape '!')
	and (cast($8 as bigint) = 0 or exists (select 1 from campaign_uses u where u.workspace_id = $1 and u.kind = 1 and u.what_id = $8 and u.campaign_id = c.id))
	and (cast($9 as bigint) = 0 or exists (select 1 from campaign_uses u where u.workspace_id = $1 and u.kind = 2 and u.what_id = $9 and u.campaign_id = c.id))`

func (f Filter) args(workspace db.ID) []any {
	until := f.Until
	if until == 0 {
		until = 1<<63 - 1
	}
	return []any{workspace, f.From, until, string(f.State), f.Origin, int64(f.Author), containing(f.Text), int64(f.Inbox), int64(f.Template)}
}

// containing is the pattern of texts with this one inside; empty for none.
func containing(text string) string {
	text = strings.TrimSpace(db.Fold(text))
	if text == "" {
		return ""
	}
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
}

// The ids come from an index that holds all a Filter asks for; the rows, which are wide, are read only for the page.
const (
	listFiltered = "select c.id from campaigns c where " + filtered + " and c.id < $10 order by c.id desc limit $11"
	listRows     = "select " + rowColumns + " from campaigns where id in ({ids:$1}) order by id desc"
)

// List gives a page of campaigns, newest first. The cursor of the next page is empty at the end. It fails with Invalid for a period
// that ends before it begins, a text that is too long and a cursor that is none.
func (r *Room) List(ctx context.Context, actor account.Actor, which Filter, cursor string, limit int) ([]Campaign, string, error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return nil, "", err
	}
	if err := which.check(); err != nil {
		return nil, "", err
	}
	before, err := openCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	limit = pageSize(limit)
	if before == 0 {
		before = 1<<63 - 1
	}
	ids, err := db.All[db.ID](ctx, r.d, listFiltered, append(which.args(actor.Workspace), before, limit+1)...)
	if err != nil {
		return nil, "", fmt.Errorf("list campaigns: %w", err)
	}
	next := ""
	if len(ids) > limit {
		ids = ids[:limit]
		next = closeCursor(int64(ids[limit-1]))
	}
	rows, err := db.All[row](ctx, r.d, listRows, db.IDs(ids))
	if err != nil {
		return nil, "", fmt.Errorf("list campaigns: %w", err)
	}
	out := make([]Campaign, len(rows))
	for i := range rows {
		if out[i], err = rows[i].campaign(); err != nil {
			return nil, "", err
		}
	}
	return out, next, nil
}

// Authors gives the users who made campaigns, however many there are: the index is asked once for each author.
func (r *Room) Authors(ctx context.Context, actor account.Actor) ([]db.ID, error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return nil, err
	}
	return db.All[db.ID](ctx, r.d, `with recursive found(id) as (
		select min(created_by) from campaigns where workspace_id = $1 and created_by > 0
		union all select (select min(created_by) from campaigns where workspace_id = $1 and created_by > found.id) from found where found.id is not null)
		select id from found where id is not null`, actor.Workspace)
}

// uses are what a campaign uses.
type uses struct{ inboxes, templates, segments []db.ID }

// useIn notes numbers, templates and segments of a campaign; those noted before stay.
func useIn(ctx context.Context, tx *db.Tx, workspace, campaign db.ID, what uses) error {
	var rows [][]any
	for kind, ids := range map[int][]db.ID{usesInbox: what.inboxes, usesTemplate: what.templates, usesSegment: what.segments} {
		for _, id := range ids {
			if id != 0 {
				rows = append(rows, []any{workspace, kind, int64(id), campaign})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.ExecEach(ctx, "insert into campaign_uses (workspace_id, kind, what_id, campaign_id) values ($1, $2, $3, $4) on conflict do nothing", rows); err != nil {
		return fmt.Errorf("what campaign %d uses: %w", campaign, err)
	}
	return nil
}

// forgetUsesIn forgets what a campaign used; it is noted anew by what follows.
func forgetUsesIn(ctx context.Context, tx *db.Tx, campaign db.ID) error {
	_, err := tx.Exec(ctx, "delete from campaign_uses where campaign_id = $1", campaign)
	return err
}

// usesOf are the numbers and templates a check found.
func usesOf(c Check) (what uses) {
	for _, s := range c.Senders {
		what.inboxes = append(what.inboxes, s.Inbox)
	}
	for _, t := range c.Templates {
		what.templates = append(what.templates, t.Template)
	}
	return what
}

// CreatorsIn gives who made campaigns of a workspace, by campaign; those a key made are 0.
func (r *Room) CreatorsIn(ctx context.Context, workspace db.ID, campaigns []db.ID) (map[db.ID]db.ID, error) {
	found, err := db.All[struct {
		ID db.ID `db:"id"`
		By db.ID `db:"created_by"`
	}](ctx, r.d, "select id, created_by from campaigns where workspace_id = $1 and id in ({ids:$2})", workspace, db.IDs(campaigns))
	if err != nil {
		return nil, fmt.Errorf("who made campaigns: %w", err)
	}
	by := make(map[db.ID]db.ID, len(found))
	for _, one := range found {
		by[one.ID] = one.By
	}
	return by, nil
}
