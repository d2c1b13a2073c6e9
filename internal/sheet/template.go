package sheet

import (
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Template writes a model file to fill in: the header and some example rows.
// In XLSX every cell is formatted as text, so that phone numbers typed into it
// keep all their digits.
func Template(w io.Writer, headers []string, example [][]string, format Format) error {
	rows := append([][]string{headers}, example...)
	switch format {
	case CSV:
		return templateCSV(w, rows)
	case XLSX:
		return templateXLSX(w, rows)
	}
	return fmt.Errorf("write model sheet: unknown format %q", format)
}

func templateCSV(w io.Writer, rows [][]string) error {
	out := NewWriter(w)
	for _, row := range rows {
		out.Write(row)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write model CSV: %w", err)
	}
	return nil
}

func templateXLSX(w io.Writer, rows [][]string) (err error) {
	file := excelize.NewFile()
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			err = fmt.Errorf("write model XLSX: %w", err)
		}
	}()
	name := file.GetSheetName(0)
	if err := formatAsText(file, name, rows[0]); err != nil {
		return err
	}
	for y, row := range rows {
		for x, cell := range row {
			at, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				return err
			}
			if err := file.SetCellStr(name, at, cell); err != nil {
				return err
			}
		}
	}
	return file.Write(w)
}

// formatAsText sets the columns to text, wide enough for their names, and
// keeps the bold header in sight.
func formatAsText(file *excelize.File, name string, headers []string) error {
	if len(headers) == 0 {
		return nil
	}
	const textFormat = 49 // the built-in format @
	text, err := file.NewStyle(&excelize.Style{NumFmt: textFormat})
	if err != nil {
		return err
	}
	bold, err := file.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for x, header := range headers {
		column, err := excelize.ColumnNumberToName(x + 1)
		if err != nil {
			return err
		}
		if err := file.SetColStyle(name, column, text); err != nil {
			return err
		}
		if err := file.SetColWidth(name, column, column, float64(max(18, utf8.RuneCountInString(header)+4))); err != nil {
			return err
		}
	}
	if err := file.SetRowStyle(name, 1, 1, bold); err != nil {
		return err
	}
	return file.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}
