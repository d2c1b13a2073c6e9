package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/sheet"
	"recado/internal/template"
)

// Row is a row of the sheet as the author sees it.
type Row struct {
	Number   int64     `json:"row"`
	Cells    []string  `json:"cells"`
	Sender   string    `json:"sender"`
	Phone    string    `json:"phone"`
	Template string    `json:"template"`
	Language string    `json:"language"`
	Problems []Problem `json:"problems"`
	// Was is what the file has in cells that were corrected, by header; nil for a row that was not.
	Was      map[string]string `json:"was"`
	TakenOut bool              `json:"taken_out"`
	Cut      bool              `json:"cut"` // a cell may be shortened
}

// Rows gives rows of the sheet behind a row number. only is "errors" (the first thousand rows that are left out, from the
// last check and the corrections behind it), "corrected", "ready" or "" for all; these are judged as the campaign stands now.
func (r *Room) Rows(ctx context.Context, actor account.Actor, id db.ID, only string, after int64, limit int) (rows []Row, more bool, err error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return nil, false, err
	}
	c, err := r.get(ctx, actor.Workspace, id)
	if err != nil {
		return nil, false, err
	}
	if only == "corrected" {
		rows, more, err = r.corrected(ctx, actor, c, after, pageSize(limit))
	} else {
		rows, more, err = r.rows(ctx, actor, id, only, after, pageSize(limit))
	}
	if err != nil {
		return nil, false, err
	}
	return rows, more, r.noteCorrections(ctx, c, rows)
}

func (r *Room) rows(ctx context.Context, actor account.Actor, id db.ID, only string, after int64, limit int) (rows []Row, more bool, err error) {
	known, err := r.problems(ctx, actor.Workspace, id, after, maxPage*5)
	if err != nil {
		return nil, false, err
	}
	if only == "errors" {
		if len(known) > limit {
			return known[:limit], true, nil
		}
		return known, false, nil
	}
	found := map[int64]Row{}
	for _, row := range known {
		found[row.Number] = row
	}
	err = r.walk(ctx, actor, id, func(ctx context.Context, j *judge, v *verdict, cells []string) (bool, error) {
		if int64(v.number) <= after {
			return true, nil
		}
		if len(rows) == limit {
			more = true
			return false, nil
		}
		if err := judgeRow(ctx, r, actor.Workspace, j, v, cells); err != nil {
			return false, err
		}
		row := shownRow(j, v, cells)
		if before, ok := found[row.Number]; ok && len(row.Problems) == 0 { // a duplicate or an opt-out, which one row alone does not show
			row.Problems = before.Problems
		}
		if only != "ready" || len(row.Problems) == 0 {
			rows = append(rows, row)
		}
		return true, nil
	})
	return rows, more, err
}

// corrected gives the rows that are not as the file has them.
func (r *Room) corrected(ctx context.Context, actor account.Actor, c Campaign, after int64, limit int) (rows []Row, more bool, err error) {
	found, err := db.All[storedCorrection](ctx, r.d, correctionsBehind, c.ID, after, limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("corrections of campaign %d: %w", c.ID, err)
	}
	j, rd, err := r.alone(ctx, actor, c)
	if err != nil {
		return nil, false, err
	}
	for _, one := range found[:min(limit, len(found))] {
		now, err := one.line()
		if err != nil {
			return nil, false, err
		}
		v := &verdict{number: now.Number, sender: -1, problem: rd.trouble(now)}
		if err := judgeRow(ctx, r, actor.Workspace, j, v, now.Cells); err != nil {
			return nil, false, err
		}
		rows = append(rows, shownRow(j, v, now.Cells))
	}
	return rows, len(found) > limit, nil
}

// alone makes a judge for single rows.
func (r *Room) alone(ctx context.Context, actor account.Actor, c Campaign) (*judge, reading, error) {
	a, err := r.ask(ctx, actor)
	if err != nil {
		return nil, reading{}, err
	}
	cat, err := r.catalog(ctx, actor.Workspace, a)
	if err != nil {
		return nil, reading{}, err
	}
	return newJudge(cat, c), reading{room: r, workspace: actor.Workspace, campaign: c, catalog: cat}, nil
}

// problems gives rows left out by the last check.
func (r *Room) problems(ctx context.Context, workspace, id db.ID, after int64, limit int) ([]Row, error) {
	stored, err := db.All[struct {
		Number   int64  `db:"row_number"`
		Cells    string `db:"cells_json"`
		Problems string `db:"problems_json"`
	}](ctx, r.d, `select row_number, cells_json, problems_json from campaign_problems where campaign_id = $1 and workspace_id = $2 and row_number > $3
		order by row_number limit $4`, id, workspace, after, limit)
	if err != nil {
		return nil, fmt.Errorf("problems of campaign %d: %w", id, err)
	}
	rows := make([]Row, len(stored))
	for i, s := range stored {
		rows[i].Number = s.Number
		if err := errors.Join(decode(s.Cells, &rows[i].Cells), decode(s.Problems, &rows[i].Problems)); err != nil {
			return nil, fmt.Errorf("problems of campaign %d: %w", id, err)
		}
		rows[i].Cut = rows[i].isCut()
	}
	return rows, nil
}

// walk gives every row of a campaign's sheet to see until it says stop.
func (r *Room) walk(ctx context.Context, actor account.Actor, id db.ID, see func(context.Context, *judge, *verdict, []string) (bool, error)) error {
	c, err := r.get(ctx, actor.Workspace, id)
	if err != nil {
		return err
	}
	if !c.Audience.given() {
		return noAudience()
	}
	a, err := r.ask(ctx, actor)
	if err != nil {
		return err
	}
	cat, err := r.catalog(ctx, actor.Workspace, a)
	if err != nil {
		return err
	}
	in, err := r.openRows(ctx, actor.Workspace, c, a)
	if err != nil {
		return err
	}
	defer in.Close()
	j := newJudge(cat, c)
	j.keep = true
	rd := reading{room: r, workspace: actor.Workspace, campaign: c, catalog: cat}
	for {
		row, err := in.Next()
		if err == io.EOF {
			return ctx.Err()
		}
		if err != nil {
			return sheet.Fault(err)
		}
		v := &verdict{number: row.Number, sender: -1, problem: rd.trouble(row)}
		if on, err := see(ctx, j, v, row.Cells); err != nil || !on {
			return err
		}
	}
}

// openRows opens the rows of a campaign: of one that has begun with a segment those that were frozen.
func (r *Room) openRows(ctx context.Context, workspace db.ID, c Campaign, a asked) (in source, err error) {
	if c.Audience.Kind == BySegment && c.StartedAt != 0 {
		in, _, err = r.openFrozen(ctx, workspace, c.ID)
		return in, err
	}
	in, _, err = r.openAudience(ctx, workspace, c, a)
	return in, err
}

// judgeRow judges one row by itself.
func judgeRow(ctx context.Context, r *Room, workspace db.ID, j *judge, v *verdict, cells []string) error {
	if v.problem != nil {
		return nil
	}
	if j.person(v, cells); v.problem != nil {
		return nil
	}
	known, err := reading{room: r, workspace: workspace}.contacts(ctx, j, []verdict{*v})
	if err != nil {
		return err
	}
	return j.content(ctx, v, cells, known[v.phone.Key])
}

func shownRow(j *judge, v *verdict, cells []string) Row {
	row := Row{Number: int64(v.number), Cells: shownCells(cells), Problems: []Problem{}, Phone: cell(cells, j.columns.phone),
		Sender: cell(cells, j.columns.sender), Template: cell(cells, j.columns.template), Language: cell(cells, j.columns.language)}
	if v.sender >= 0 {
		row.Sender = j.senders[v.sender].Label
	}
	if v.phone.E164 != "" {
		row.Phone = v.phone.Display()
	}
	if v.wording != nil {
		row.Template, row.Language = v.wording.Name, v.wording.Language
	}
	if v.problem != nil {
		row.Problems = append(row.Problems, *v.problem)
	}
	row.Cut = row.isCut()
	return row
}

// Preview is what the person in one row will read.
type Preview struct {
	Row
	Count    int64             `json:"count"` // ready rows of the last check
	Rendered template.Rendered `json:"rendered"`
	Missing  []string          `json:"missing"`      // variables without a value
	Media    string            `json:"header_media"` // what a header that is a file shows, as the value says it; "" for none
	Target   string            `json:"target"`
	TargetID db.ID             `json:"target_id"`
}

// Preview renders the message of a row; with row 0 that of the first row. A value that is missing stands in braces.
func (r *Room) Preview(ctx context.Context, actor account.Actor, id db.ID, number int64) (Preview, error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return Preview{}, err
	}
	out := Preview{Missing: []string{}}
	found := false
	err := r.walk(ctx, actor, id, func(ctx context.Context, j *judge, v *verdict, cells []string) (bool, error) {
		if int64(v.number) < number {
			return true, nil
		}
		found = true
		if err := judgeRow(ctx, r, actor.Workspace, j, v, cells); err != nil {
			return false, err
		}
		out.Row, out.Count = shownRow(j, v, cells), j.c.Check.Ready
		return false, r.render(ctx, actor.Workspace, &out, j, v, cells)
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "campaign.row_unknown", "The sheet has no row %d.", number).With("row", number)
	}
	return out, err
}

// render fills the template of a row as far as its values go, also when the row has a problem.
func (r *Room) render(ctx context.Context, workspace db.ID, out *Preview, j *judge, v *verdict, cells []string) error {
	w := v.wording
	if w == nil {
		w = j.chosen
	}
	if w == nil && v.sender >= 0 { // the row's problem may be another one than its template
		v := *v
		_ = j.pickTemplate(&v, cells)
		w = v.wording
	}
	out.Target, out.TargetID = j.c.Route.Target, j.c.Route.TargetID
	if v.target != "" {
		out.Target, out.TargetID = v.target, v.agent+v.queue
	}
	if w == nil {
		out.Rendered.Buttons = []template.RenderedButton{}
		return nil
	}
	known, err := reading{room: r, workspace: workspace}.contacts(ctx, j, []verdict{{phone: v.phone}})
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, p := range j.plan(w) {
		text := p.text(cells, known[v.phone.Key])
		if text == "" {
			out.Missing = append(out.Missing, p.need.key)
		}
		values[p.need.key] = text
	}
	out.Media = values[template.KeyMedia]
	_, out.Rendered, _ = w.shape.Fill(values)
	if out.Rendered.Buttons == nil {
		out.Rendered.Buttons = []template.RenderedButton{}
	}
	return nil
}
