package campaign

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/sheet"
)

// maxCell bounds a corrected cell in characters; no value of a template is longer.
const maxCell = 2000

// Correction changes one row of a sheet without touching the file (ux section 5).
type Correction struct {
	Seen     int64             // the version the author saw; 0: whatever it is
	Row      int64             // its number, as the spreadsheet program shows it
	Cells    map[string]string // new texts by header; others stay
	TakenOut *bool             // whether the row counts for nothing; nil: as it is
	Restore  bool              // first as the file has it
}

// Correct changes a row and judges it as the campaign stands now, by the rules of the check. The campaign becomes a draft; whether
// another row holds the same person only the next check tells. It fails with Conflict when somebody changed the campaign meanwhile or
// it was sent, with NotFound for a row the sheet does not have, and with Invalid for a column it does not have or a text too long.
func (r *Room) Correct(ctx context.Context, actor account.Actor, id db.ID, ch Correction) (Campaign, Row, error) {
	if err := actor.Can(account.Campaigns, account.Edit); err != nil {
		return Campaign{}, Row{}, err
	}
	stored, err := load(ctx, r.d, actor.Workspace, id)
	if err != nil {
		return Campaign{}, Row{}, err
	}
	c, err := stored.campaign()
	if err != nil {
		return Campaign{}, Row{}, err
	}
	if err := ch.check(c, stored, actor, r.d.Now()); err != nil {
		return Campaign{}, Row{}, err
	}
	ch.Seen = c.Version // what is read here must still hold when it is kept
	was, now, err := r.rowBefore(ctx, actor.Workspace, c, ch)
	if err != nil {
		return Campaign{}, Row{}, err
	}
	now = ch.apply(now, was, c.Audience.Headers)
	row, err := r.judgeCorrected(ctx, actor, c, now)
	if err != nil {
		return Campaign{}, Row{}, err
	}
	if err := r.keepCorrection(ctx, actor, id, ch, was, now, row); err != nil {
		return Campaign{}, Row{}, err
	}
	if c, err = r.get(ctx, actor.Workspace, id); err != nil {
		return Campaign{}, Row{}, err
	}
	one := []Row{row}
	err = r.noteCorrections(ctx, c, one)
	return c, one[0], err
}

func (ch Correction) check(c Campaign, stored *row, actor account.Actor, now int64) error {
	if c.Audience.File == 0 {
		return noSheetToCorrect()
	}
	if err := mayMove(c.State, Draft); err != nil {
		return err
	}
	if err := stored.stale(ch.Seen, actor, now); err != nil {
		return err
	}
	for header, text := range ch.Cells {
		if indexOf(c.Audience.Headers, header) < 0 {
			return fault.New(fault.Invalid, "campaign.column_unknown", "The sheet has no column “%s”.", short(header)).On("cells").With("column", short(header))
		}
		if utf8.RuneCountInString(text) > maxCell {
			return fault.New(fault.Invalid, "campaign.cell_long", "A cell has at most %d characters.", maxCell).On("cells").With("max", maxCell)
		}
	}
	return nil
}

// rowBefore gives a row as the file has it and as it counts now.
func (r *Room) rowBefore(ctx context.Context, workspace db.ID, c Campaign, ch Correction) (was fileRow, now line, err error) {
	found, err := db.All[storedCorrection](ctx, r.d, correctionsOf, c.ID, db.IDs([]db.ID{db.ID(ch.Row)}))
	if err != nil {
		return was, now, fmt.Errorf("correction of row %d: %w", ch.Row, err)
	}
	if len(found) == 1 {
		if err := decode(found[0].Original, &was); err != nil {
			return was, now, fmt.Errorf("original of row %d: %w", ch.Row, err)
		}
		now, err = found[0].line()
		return was, now, err
	}
	was, err = r.originalRow(ctx, workspace, c, ch.Row)
	return was, was.line(ch.Row), err
}

func (row fileRow) line(number int64) line {
	return line{Row: sheet.Row{Number: int(number), Cells: row.Cells, Surplus: row.Surplus, Uncalculated: row.Uncalculated}}
}

// originalRow reads a row that was never corrected. What the last check kept of the rows left out saves reading a long sheet up to
// the row; it is not enough where a cell was cut or the row is broken in itself.
func (r *Room) originalRow(ctx context.Context, workspace db.ID, c Campaign, number int64) (fileRow, error) {
	if c.Check.State == CheckDone {
		known, err := r.problems(ctx, workspace, c.ID, number-1, 1)
		if err != nil {
			return fileRow{}, err
		}
		if len(known) == 1 && known[0].Number == number && known[0].isWhole() {
			return fileRow{Cells: known[0].Cells}, nil
		}
	}
	in, err := r.openUploaded(ctx, workspace, c.Audience)
	if err != nil {
		return fileRow{}, err
	}
	defer in.Close()
	for ctx.Err() == nil {
		row, err := in.Next()
		if err == io.EOF || err == nil && int64(row.Number) > number {
			return fileRow{}, fault.New(fault.NotFound, "campaign.row_unknown", "The sheet has no row %d.", number).With("row", number)
		}
		if err != nil {
			return fileRow{}, sheet.Fault(err)
		}
		if int64(row.Number) == number {
			return fileRow{Cells: slices.Clone(row.Cells), Surplus: row.Surplus, Uncalculated: slices.Clone(row.Uncalculated)}, nil
		}
	}
	return fileRow{}, ctx.Err()
}

// isWhole tells whether the cells a check kept of a row are all there is.
func (row Row) isWhole() bool {
	for _, p := range row.Problems {
		if p.Code == RowTooManyCells || p.Code == RowUncalculated {
			return false
		}
	}
	return !row.isCut()
}

// isCut tells whether a cell may have been shortened for the list.
func (row Row) isCut() bool {
	return slices.ContainsFunc(row.Cells, func(text string) bool { return strings.HasSuffix(text, "…") })
}

// apply lays a correction over a row. Whoever writes a cell of a row with too many has seen its cells: those behind the last column go.
func (ch Correction) apply(now line, was fileRow, headers []string) line {
	if ch.Restore {
		now = was.line(ch.Row)
	}
	if len(ch.Cells) > 0 {
		cells := make([]string, len(headers))
		copy(cells, now.Cells)
		for header, text := range ch.Cells {
			column := indexOf(headers, header)
			cells[column] = cleanText(text)
			now.Uncalculated = slices.DeleteFunc(slices.Clone(now.Uncalculated), func(at int) bool { return at == column })
		}
		now.Cells, now.Surplus = cells, false
	}
	if ch.TakenOut != nil {
		now.takenOut = *ch.TakenOut
	}
	if blank := func(text string) bool { return strings.TrimSpace(text) == "" }; !slices.ContainsFunc(now.Cells, func(text string) bool { return !blank(text) }) {
		now.takenOut = true // a row without anything is none
	}
	return now
}

// judgeCorrected judges a row by itself, with what is known of its person.
func (r *Room) judgeCorrected(ctx context.Context, actor account.Actor, c Campaign, now line) (Row, error) {
	j, rd, err := r.alone(ctx, actor, c)
	if err != nil {
		return Row{}, err
	}
	all := []verdict{{number: now.Number, sender: -1, problem: rd.trouble(now)}}
	v := &all[0]
	if err := judgeRow(ctx, r, actor.Workspace, j, v, now.Cells); err != nil {
		return Row{}, err
	}
	if err := rd.bar(ctx, v); err != nil {
		return Row{}, err
	}
	if j.limit.On {
		if err := rd.cap(ctx, j, all); err != nil {
			return Row{}, err
		}
		if v.problem == nil && v.capped {
			v.problem = problem("phone", RowCapped)
		}
	}
	return shownRow(j, v, now.Cells), nil
}

// bar finds out whether the person of a row is written to at all.
func (rd reading) bar(ctx context.Context, v *verdict) error {
	if v.problem != nil {
		return nil
	}
	phone := channel.Identity{Kind: channel.Phone, Value: v.phone.E164}
	known, err := rd.room.Contacts.ByIdentities(ctx, rd.room.d, rd.workspace, channel.WhatsApp, []channel.Identity{phone})
	if err != nil || len(known) == 0 {
		return err
	}
	bars, err := rd.room.Contacts.BarredAmong(ctx, rd.room.d, rd.workspace, []db.ID{known[phone]})
	v.problem = barProblem(bars[known[phone]])
	return err
}

// barProblem is why somebody is not written to; nil for nothing.
func barProblem(bar contact.Bar) *Problem {
	switch bar {
	case contact.NoBar:
		return nil
	case contact.BarBlocked:
		return problem("phone", RowBlocked)
	}
	return problem("phone", RowOptedOut)
}

const (
	keepCorrected = `insert into campaign_corrections (workspace_id, campaign_id, row_number, original_json, cells_json, taken_out) values ($1, $2, $3, $4, $5, $6)
		on conflict (campaign_id, row_number) do update set cells_json = excluded.cells_json, taken_out = excluded.taken_out`
	countCorrected = "select count(*) as corrected, coalesce(sum(taken_out), 0) as taken_out from campaign_corrections where campaign_id = $1"
)

// keepCorrection stores a corrected row, or forgets it when it is as the file has it, and what is wrong with it now.
func (r *Room) keepCorrection(ctx context.Context, actor account.Actor, id db.ID, ch Correction, was fileRow, now line, judged Row) error {
	kept := fileRow{Cells: now.Cells, Surplus: now.Surplus, Uncalculated: now.Uncalculated}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		stored, err := lockIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		if err := stored.stale(ch.Seen, actor, tx.Now()); err != nil {
			return err
		}
		c, err := stored.campaign()
		if err != nil {
			return err
		}
		if err := mayMove(c.State, Draft); err != nil {
			return err
		}
		if encode(kept) == encode(was) && !now.takenOut {
			_, err = tx.Exec(ctx, "delete from campaign_corrections where campaign_id = $1 and row_number = $2", id, ch.Row)
		} else {
			_, err = tx.Exec(ctx, keepCorrected, actor.Workspace, id, ch.Row, cleanText(encode(was)), cleanText(encode(kept)), db.Bit(now.takenOut))
		}
		if err != nil {
			return err
		}
		if err := replaceProblemIn(ctx, tx, actor.Workspace, id, judged); err != nil {
			return err
		}
		counts, err := db.One[struct {
			Corrected int64 `db:"corrected"`
			TakenOut  int64 `db:"taken_out"`
		}](ctx, tx, countCorrected, id)
		if err != nil {
			return err
		}
		c.Audience.Corrected, c.Audience.TakenOut = counts.Corrected, counts.TakenOut
		if stored.CheckText = "{}"; c.Check.State == CheckDone {
			c.Check.Corrected++
			stored.CheckText = encode(c.Check)
		}
		if stored.State != Draft {
			if err := r.moveIn(ctx, tx, stored, Draft, Reason{}); err != nil {
				return err
			}
		}
		return r.storeIn(ctx, tx, actor, stored, c, Change{})
	})
}

// replaceProblemIn keeps what is wrong with a row now among the rows left out. A row that was taken out is none of them.
func replaceProblemIn(ctx context.Context, tx *db.Tx, workspace, id db.ID, judged Row) error {
	if _, err := tx.Exec(ctx, "delete from campaign_problems where campaign_id = $1 and row_number = $2", id, judged.Number); err != nil {
		return err
	}
	if len(judged.Problems) == 0 || judged.Problems[0].Code == RowTakenOut {
		return nil
	}
	return insertProblems(ctx, tx, [][]any{{int64(workspace), int64(id), judged.Number, encode(judged.Cells), encode(judged.Problems)}})
}
