package campaign

import (
	"context"
	"fmt"
	"io"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/sheet"
)

// correctedPage is how many corrections are read at once: what bounds the memory.
const correctedPage = 500

const (
	correctionsBehind = `select row_number, original_json, cells_json, taken_out from campaign_corrections where campaign_id = $1 and row_number > $2
		order by row_number limit $3`
	correctionsOf     = "select row_number, original_json, cells_json, taken_out from campaign_corrections where campaign_id = $1 and row_number in ({ids:$2})"
	forgetCorrections = "delete from campaign_corrections where campaign_id = $1"
)

// fileRow is a row as it is kept beside the file.
type fileRow struct {
	Cells        []string `json:"cells"`
	Surplus      bool     `json:"surplus,omitempty"`
	Uncalculated []int    `json:"uncalculated,omitempty"`
}

// storedCorrection is a corrected row.
type storedCorrection struct {
	Number   int64  `db:"row_number"`
	Original string `db:"original_json"`
	Cells    string `db:"cells_json"`
	TakenOut bool   `db:"taken_out"`
}

// line is the row as it counts now.
func (s storedCorrection) line() (line, error) {
	var row fileRow
	if err := decode(s.Cells, &row); err != nil {
		return line{}, fmt.Errorf("correction of row %d: %w", s.Number, err)
	}
	return line{Row: sheet.Row{Number: int(s.Number), Cells: row.Cells, Surplus: row.Surplus, Uncalculated: row.Uncalculated}, takenOut: s.TakenOut}, nil
}

// correctedRows gives the rows of an uploaded sheet with the corrections people made laid over them. Both come in the order of
// their numbers, so that it keeps a page of corrections and nothing of the sheet.
type correctedRows struct {
	sheet.Stored
	ctx      context.Context // of the reading, as a source has it for its life
	room     *Room
	campaign db.ID
	page     []storedCorrection
	after    int64 // number of the last correction read
	more     bool  // there may be corrections behind the page
}

func (c *correctedRows) Next() (line, error) {
	row, err := c.Stored.Next()
	if err != nil {
		return line{}, err
	}
	for len(c.page) == 0 && c.more || len(c.page) > 0 && c.page[0].Number < int64(row.Number) {
		if len(c.page) > 0 {
			c.page = c.page[1:]
			continue
		}
		if c.page, err = db.All[storedCorrection](c.ctx, c.room.d, correctionsBehind, c.campaign, c.after, correctedPage); err != nil {
			return line{}, fmt.Errorf("corrections of campaign %d: %w", c.campaign, err)
		}
		if c.more = len(c.page) == correctedPage; len(c.page) > 0 {
			c.after = c.page[len(c.page)-1].Number
		}
	}
	if len(c.page) > 0 && c.page[0].Number == int64(row.Number) {
		return c.page[0].line()
	}
	return line{Row: row}, nil
}

// WriteCorrected writes the sheet as it counts now, as CSV: every row with its corrections, without those taken out.
func (r *Room) WriteCorrected(ctx context.Context, actor account.Actor, id db.ID, out io.Writer) error {
	c, err := r.Get(ctx, actor, id)
	if err != nil {
		return err
	}
	if c.Audience.File == 0 {
		return noSheetToCorrect()
	}
	in, _, err := r.openAudience(ctx, actor.Workspace, c, asked{})
	if err != nil {
		return err
	}
	defer in.Close()
	w := sheet.NewWriter(out)
	w.Write(c.Audience.Headers)
	for {
		row, err := in.Next()
		if err == io.EOF {
			return w.Flush()
		}
		if err != nil {
			return sheet.Fault(err)
		}
		if !row.takenOut {
			w.Write(row.Cells)
		}
	}
}

func noSheetToCorrect() error {
	return fault.New(fault.Invalid, "campaign.no_sheet", "Only the rows of a sheet can be corrected.").On("row")
}

// noteCorrections marks the rows that are not as the file has them.
func (r *Room) noteCorrections(ctx context.Context, c Campaign, rows []Row) error {
	if c.Audience.Corrected == 0 || len(rows) == 0 {
		return nil
	}
	numbers, at := make([]db.ID, len(rows)), make(map[int64]int, len(rows))
	for i, row := range rows {
		numbers[i], at[row.Number] = db.ID(row.Number), i
	}
	found, err := db.All[storedCorrection](ctx, r.d, correctionsOf, c.ID, db.IDs(numbers))
	if err != nil {
		return fmt.Errorf("corrections of campaign %d: %w", c.ID, err)
	}
	for _, one := range found {
		if err := rows[at[one.Number]].note(one, c.Audience.Headers); err != nil {
			return err
		}
	}
	return nil
}

// note says of a row what the file has instead.
func (row *Row) note(one storedCorrection, headers []string) error {
	var was, now fileRow
	if err := decode(one.Original, &was); err != nil {
		return fmt.Errorf("original of row %d: %w", one.Number, err)
	}
	if err := decode(one.Cells, &now); err != nil {
		return fmt.Errorf("correction of row %d: %w", one.Number, err)
	}
	row.TakenOut, row.Was = one.TakenOut, map[string]string{}
	if row.TakenOut {
		row.Problems = []Problem{}
	}
	for i, header := range headers {
		if before := textAt(was.Cells, i); before != textAt(now.Cells, i) {
			row.Was[header] = short(before)
		}
	}
	return nil
}

// textAt is a cell as it was written, blanks included.
func textAt(cells []string, column int) string {
	if column < 0 || column >= len(cells) {
		return ""
	}
	return cells[column]
}
