package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/sheet"
)

// previewRows is how many rows a preview shows.
const previewRows = 20

// ImportPreview is a row as the rules would read it.
type ImportPreview struct {
	Row     int      // as the spreadsheet program numbers it
	Cells   []string // one per header
	Phone   string   // as people read it; empty when there is a problem
	Exists  bool     // somebody has this number already
	Problem *ImportProblem
}

// Preview reads the first rows with rules that need not be complete yet; nothing changes.
func (im *Imports) Preview(ctx context.Context, actor account.Actor, id db.ID, rules ImportRules) ([]ImportPreview, error) {
	if err := mayImport(actor); err != nil {
		return nil, err
	}
	row, err := im.row(ctx, im.room.d, actor.Workspace, id)
	if err != nil {
		return nil, err
	}
	now, err := row.shown()
	if err != nil {
		return nil, err
	}
	if err := rules.check(now.Headers); err != nil {
		return nil, err
	}
	file, err := im.files.Get(ctx, actor.Workspace, row.File)
	if err != nil {
		return nil, err
	}
	in, err := im.open(ctx, file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var out []ImportPreview
	var numbers []channel.Identity
	for len(out) < previewRows {
		row, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, sheet.Fault(err)
		}
		shown := ImportPreview{Row: row.Number, Cells: make([]string, len(row.Cells))}
		for i, cell := range row.Cells {
			shown.Cells[i] = cleanText(cell)
		}
		number := channel.Identity{Kind: channel.Phone}
		if p, err := rules.read(now.Headers, row); err != nil {
			shown.Problem = importProblem(err)
		} else {
			shown.Phone, number.Value = p.phone.Display(), p.phone.E164
		}
		out, numbers = append(out, shown), append(numbers, number)
	}
	known, err := im.room.ByIdentities(ctx, im.room.d, actor.Workspace, channel.WhatsApp, numbers)
	for i, number := range numbers {
		_, out[i].Exists = known[number]
	}
	return out, err
}

const problemsRead = 500

// WriteProblems writes the rows left out as a CSV that can be mended and given again: their cells, and why in a last column. say
// gives a code its words in the reader's language.
func (im *Imports) WriteProblems(ctx context.Context, w io.Writer, i Import, say func(code string, params map[string]any) string) error {
	out := sheet.WriteErrors(w, i.Headers)
	out.ReasonName = say("contact.import_reason", nil)
	after := int64(0)
	for {
		rows, err := db.All[struct {
			Row     int64  `db:"row_number"`
			Cells   string `db:"cells_json"`
			Problem string `db:"problem_json"`
		}](ctx, im.room.d, "select row_number, cells_json, problem_json from contact_import_problems where import_id = $1 and row_number > $2 order by row_number limit $3",
			i.ID, after, problemsRead)
		if err != nil {
			return fmt.Errorf("rows left out: %w", err)
		}
		for _, row := range rows {
			var cells []string
			var why ImportProblem
			if err := json.Unmarshal([]byte(row.Cells), &cells); err != nil {
				return fmt.Errorf("row %d: %w", row.Row, err)
			}
			if err := json.Unmarshal([]byte(row.Problem), &why); err != nil {
				return fmt.Errorf("row %d: %w", row.Row, err)
			}
			if err := out.Write(cells, say("contact.import_row", map[string]any{"row": row.Row, "why": say(why.Code, why.Params)})); err != nil {
				return err
			}
			after = row.Row
		}
		if len(rows) < problemsRead {
			return out.Flush()
		}
	}
}
