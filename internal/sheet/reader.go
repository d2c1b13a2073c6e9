package sheet

import (
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Format is a kind of file the package reads and writes.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Info tells how a file was understood, for people to check.
type Info struct {
	Format    Format
	Name      string // the file's name as given to Open
	Encoding  string // utf-8, utf-16le, utf-16be or windows-1252
	Delimiter string // "," ";" or a tab; CSV only
	Sheet     string // the sheet that is read; XLSX only
	Sheets    int    // visible sheets with cells; XLSX only
	Rows      int    // estimated data rows, 0 when unknown
}

// Row is one row below the header.
type Row struct {
	// Number is the row's number as the spreadsheet program shows it.
	Number int
	// Cells has one text per header column; a short row is padded with "". With
	// Surplus it is longer. Valid until the next call of Next.
	Cells []string
	// Surplus says that the row has more cells than the header.
	Surplus bool
	// Uncalculated lists the columns, from 0, whose formula has no stored result.
	Uncalculated []int
}

// Reader gives the rows of one sheet. It is not safe for concurrent use.
type Reader struct {
	source  source
	info    Info
	header  []string
	pending *Row // the first data row, read by Open
	padded  []string
	rows    int
	limit   int
	failure error
}

// source is one format's rows as they are, blank ones included or left out.
type source interface {
	// read gives the next row; its cells are valid until the next call.
	read() (Row, error)
	// progress is the part read so far, from 0 to 1.
	progress() float64
	close() error
}

// Open finds out what the bytes are and reads up to the first data row. size is
// the file's length in bytes; name is only repeated in Info. Every error is an
// *Error. The caller closes r after the Reader.
func Open(r io.ReaderAt, size int64, name string) (*Reader, error) {
	reader, err := open(r, size)
	if err != nil {
		return nil, asError(err, 0)
	}
	reader.info.Name = name
	if err := reader.readHeader(); err != nil {
		_ = reader.Close() // read-only: the first error is the one to tell
		return nil, err
	}
	return reader, nil
}

func open(r io.ReaderAt, size int64) (*Reader, error) {
	kind, err := sniff(r, size)
	if err != nil {
		return nil, err
	}
	if kind == kindZip {
		rows, info, err := openXLSX(r, size)
		if err != nil {
			return nil, err
		}
		return &Reader{source: rows, info: info, limit: MaxXLSXRows}, nil
	}
	rows, info, err := openCSV(r, size)
	if err != nil {
		return nil, err
	}
	return &Reader{source: rows, info: info, limit: MaxCSVRows}, nil
}

func (r *Reader) readHeader() error {
	row, err := r.nextFilled()
	if err != nil {
		return whenEOF(err, CodeEmptyFile)
	}
	for _, name := range row.Cells {
		r.header = append(r.header, strings.TrimFunc(strings.Clone(name), isPadding))
	}
	for last := len(r.header) - 1; last >= 0 && r.header[last] == ""; last-- {
		r.header = r.header[:last]
	}
	if len(r.header) > MaxColumns {
		return &Error{Code: CodeTooManyColumns, Row: row.Number}
	}
	first, err := r.Next()
	if err != nil {
		return whenEOF(err, CodeHeaderOnly)
	}
	r.pending = &first
	return nil
}

// Header is the names in the first row that is not blank, as written but
// without blanks around them; unnamed columns at the end are left out.
func (r *Reader) Header() []string { return r.header }

// Info tells how the file was understood.
func (r *Reader) Info() Info { return r.info }

// Progress is the part of the file read so far, from 0 to 1.
func (r *Reader) Progress() float64 { return min(max(r.source.progress(), 0), 1) }

// Next gives the next row that is not blank, io.EOF after the last. Any other
// error is an *Error and final: the rows behind it can not be reached.
func (r *Reader) Next() (Row, error) {
	if r.pending != nil {
		row := *r.pending
		r.pending = nil
		return row, nil
	}
	if r.failure != nil {
		return Row{}, r.failure
	}
	row, err := r.nextFilled()
	if err == nil && r.rows == r.limit {
		err = &Error{Code: CodeTooManyRows, Row: row.Number}
	}
	if err != nil {
		r.failure = err
		return Row{}, err
	}
	r.rows++
	return r.fit(row)
}

// fit pads or cuts the row to the header's width; only cells with something
// in them make it too long.
func (r *Reader) fit(row Row) (Row, error) {
	for last := len(row.Cells) - 1; last >= len(r.header) && isBlankText(row.Cells[last]); last-- {
		row.Cells = row.Cells[:last]
	}
	switch width := len(r.header); {
	case len(row.Cells) > MaxColumns:
		r.failure = &Error{Code: CodeTooManyColumns, Row: row.Number}
		return Row{}, r.failure
	case len(row.Cells) > width:
		row.Surplus = true
	case len(row.Cells) < width:
		r.padded = append(r.padded[:0], row.Cells...)
		for len(r.padded) < width {
			r.padded = append(r.padded, "")
		}
		row.Cells = r.padded
	}
	return row, nil
}

// nextFilled reads over blank rows.
func (r *Reader) nextFilled() (Row, error) {
	for {
		row, err := r.source.read()
		if err == io.EOF {
			return Row{}, io.EOF
		}
		if err != nil {
			return Row{}, asError(err, row.Number)
		}
		if len(row.Uncalculated) > 0 || !allBlank(row.Cells) {
			return row, nil
		}
	}
}

// Close frees what the reader holds; the file itself stays the caller's.
func (r *Reader) Close() error { return r.source.close() }

func allBlank(cells []string) bool {
	for _, cell := range cells {
		if !isBlankText(cell) {
			return false
		}
	}
	return true
}

func isBlankText(cell string) bool {
	for _, r := range cell {
		if !isPadding(r) {
			return false
		}
	}
	return true
}

// isPadding covers blanks of every width and the marks nobody sees.
func isPadding(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7f
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
}

func whenEOF(err error, code string) error {
	if err == io.EOF {
		return &Error{Code: code}
	}
	return err
}

// asError makes every failure an *Error; those of the storage are unreadable.
func asError(err error, row int) error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e
	}
	return &Error{Code: CodeUnreadable, Row: row, Err: err}
}
