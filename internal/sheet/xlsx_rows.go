package sheet

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xlsxRows streams the rows of one worksheet. Only the current row is kept.
type xlsxRows struct {
	book    *workbook
	doc     *document
	size    int64 // unpacked, as the archive says
	lastRow int   // as the sheet says before its rows, 0 when it does not

	number int
	ended  bool
	row    Row
}

// cellXML is a cell as the file has it.
type cellXML struct {
	kind    string // the attribute t
	style   int
	value   string
	formula bool
	stored  bool // there is a value element
}

func openSheet(book *workbook, part string) (*xlsxRows, error) {
	doc, err := book.open(part, maxSheetPart)
	if err != nil {
		return nil, err
	}
	rows := &xlsxRows{book: book, doc: doc, size: int64(book.parts[part].UncompressedSize64)}
	for {
		token, err := doc.token()
		if err == io.EOF {
			err = &Error{Code: CodeDamaged, Err: io.ErrUnexpectedEOF}
		}
		if err != nil {
			doc.close()
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		switch {
		case ok && start.Name.Local == "dimension":
			rows.lastRow = lastRowOf(element{start.Name.Local, start.Attr}.attr("ref"))
		case ok && start.Name.Local == "sheetData":
			return rows, nil
		}
	}
}

// lastRowOf reads the second half of A1:F1001.
func lastRowOf(ref string) int {
	_, last, ranged := strings.Cut(ref, ":")
	if !ranged {
		last = ref
	}
	return min(max(rowOf(last), 0), maxGridRows)
}

func (x *xlsxRows) progress() float64 {
	if x.size == 0 {
		return 1
	}
	return float64(x.doc.guard.read) / float64(x.size)
}

func (x *xlsxRows) close() error { x.doc.close(); return nil }

// read gives the next row element; those between, which are blank, are skipped.
// The end is the end of the sheet data: a part that stops before it is damaged.
func (x *xlsxRows) read() (Row, error) {
	for !x.ended {
		token, err := x.doc.token()
		if err == io.EOF {
			err = &Error{Code: CodeDamaged, Row: x.number, Err: io.ErrUnexpectedEOF}
		}
		if err != nil {
			return Row{Number: x.number}, x.here(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			x.ended = t.Name.Local == "sheetData"
		case xml.StartElement:
			if t.Name.Local == "row" {
				return x.readRow(element{t.Name.Local, t.Attr})
			}
		}
	}
	return Row{}, io.EOF
}

func (x *xlsxRows) readRow(e element) (Row, error) {
	x.number++
	if n, err := strconv.Atoi(e.attr("r")); err == nil && n > x.number {
		x.number = n
	}
	if x.number > maxGridRows {
		return Row{Number: x.number}, &Error{Code: CodeTooManyRows, Row: x.number}
	}
	x.row = Row{Number: x.number, Cells: x.row.Cells[:0], Uncalculated: x.row.Uncalculated[:0]}
	column := -1
	for {
		token, err := x.doc.token()
		if err == io.EOF {
			err = &Error{Code: CodeDamaged, Err: io.ErrUnexpectedEOF}
		}
		if err != nil {
			return Row{Number: x.number}, x.here(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" || t.Name.Local == "sheetData" {
				x.ended = t.Name.Local == "sheetData"
				return x.row, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			cell := element{t.Name.Local, t.Attr}
			column++
			if named := columnOf(cell.attr("r")); named > column {
				column = named
			}
			if column >= maxGridColumns {
				return Row{Number: x.number}, &Error{Code: CodeTooManyColumns, Row: x.number}
			}
			if err := x.readCell(cell, column); err != nil {
				return Row{Number: x.number}, x.here(err)
			}
		}
	}
}

// here adds the row to an error that does not name one.
func (x *xlsxRows) here(err error) error {
	if e, ok := err.(*Error); ok && e.Row == 0 {
		return &Error{Code: e.Code, Row: x.number, Err: e.Err}
	}
	return err
}

func (x *xlsxRows) readCell(e element, column int) error {
	cell := cellXML{kind: e.attr("t")}
	cell.style, _ = strconv.Atoi(e.attr("s"))
	if err := x.readCellBody(&cell); err != nil {
		return err
	}
	text, err := x.book.textOf(cell)
	if err != nil {
		return err
	}
	uncalculated := cell.formula && !cell.stored
	if text == "" && !uncalculated {
		return nil
	}
	if len(text) > MaxCell && utf8.RuneCountInString(text) > MaxCell {
		return &Error{Code: CodeCellTooLong}
	}
	if column >= MaxColumns {
		return &Error{Code: CodeTooManyColumns}
	}
	for len(x.row.Cells) < column {
		x.row.Cells = append(x.row.Cells, "")
	}
	x.row.Cells = append(x.row.Cells, text)
	if uncalculated {
		x.row.Uncalculated = append(x.row.Uncalculated, column)
	}
	return nil
}

// readCellBody reads the children of a cell: v, f and is.
func (x *xlsxRows) readCellBody(cell *cellXML) error {
	inValue := false
	for {
		token, err := x.doc.token()
		if err == io.EOF {
			return &Error{Code: CodeDamaged, Err: io.ErrUnexpectedEOF}
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			inValue = t.Name.Local == "v"
			switch t.Name.Local {
			case "f":
				cell.formula = true
			case "is":
				if cell.value, err = x.doc.richText("is"); err != nil {
					return err
				}
				cell.kind, cell.stored = "inline", true
			}
		case xml.CharData:
			if inValue {
				cell.value += string(t)
				cell.stored = true
			}
			if len(cell.value) > 4*MaxCell {
				return &Error{Code: CodeCellTooLong}
			}
		case xml.EndElement:
			if t.Name.Local == "v" && cell.kind == "str" {
				cell.stored = true // a formula whose result is an empty text
			}
			inValue = false
			if t.Name.Local == "c" {
				return nil
			}
		}
	}
}

// textOf turns a cell into what a person reads, by the rules in doc.go.
func (b *workbook) textOf(cell cellXML) (string, error) {
	switch cell.kind {
	case "s":
		if cell.value == "" {
			return "", nil
		}
		i, err := strconv.Atoi(strings.TrimSpace(cell.value))
		text, ok := b.strings.at(i)
		if err != nil || !ok {
			return "", &Error{Code: CodeDamaged}
		}
		return text, nil
	case "str":
		return unescaped(cell.value), nil
	case "inline", "inlineStr", "e", "d":
		return cell.value, nil
	case "b":
		switch strings.TrimSpace(cell.value) {
		case "":
			return "", nil
		case "0":
			return "FALSE", nil
		}
		return "TRUE", nil
	}
	format := numberFormat{}
	if cell.style >= 0 && cell.style < len(b.formats) {
		format = b.formats[cell.style]
	}
	return format.text(strings.TrimSpace(cell.value), b.date1904), nil
}
