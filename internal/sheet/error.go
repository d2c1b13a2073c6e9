package sheet

import "fmt"

// Codes of an Error. They are stable: screens translate them.
const (
	CodeEmptyFile         = "empty_file"         // no row at all
	CodeHeaderOnly        = "header_only"        // a first row and nothing below
	CodePDF               = "pdf"                // a PDF document
	CodeImage             = "image"              // a picture
	CodeOldXLS            = "old_xls"            // Excel's format before 2007
	CodeODS               = "ods"                // an OpenDocument spreadsheet
	CodeWebPage           = "web_page"           // HTML or XML that only calls itself a spreadsheet
	CodeNotASheet         = "not_a_sheet"        // other bytes that are no text
	CodePasswordProtected = "password_protected" // an XLSX that needs a password to open
	CodeTooLargeUnpacked  = "too_large_unpacked" // an XLSX that grows beyond the limits when unpacked
	CodeTooManyRows       = "too_many_rows"      // more data rows than MaxCSVRows or MaxXLSXRows
	CodeTooManyColumns    = "too_many_columns"   // more columns than MaxColumns
	CodeCellTooLong       = "cell_too_long"      // more than MaxCell characters in a cell
	CodeUnclosedQuote     = "unclosed_quote"     // a quoted CSV cell without an end
	CodeNoVisibleSheet    = "no_visible_sheet"   // every sheet of the XLSX is hidden, or a chart
	CodeDamaged           = "damaged"            // an XLSX with broken parts
	CodeUnreadable        = "unreadable"         // the storage failed while reading
)

// Limits of a file. Rows are data rows, without the header and blank ones.
const (
	MaxCSVRows  = 1_000_000
	MaxXLSXRows = 100_000
	MaxColumns  = 256
	MaxCell     = 32_767 // characters, as in spreadsheet programs
)

// Error says why a file, or the rest of it, can not be read.
type Error struct {
	Code string // one of the Code… constants
	Row  int    // spreadsheet row at fault, 0 when it is the file as a whole
	Err  error  // what happened underneath; may be nil
}

// Unwrap gives what happened underneath.
func (e *Error) Unwrap() error { return e.Err }

// Error says in plain English what is wrong and what to do about it.
func (e *Error) Error() string {
	words, known := errorWords[e.Code]
	if !known {
		words = "the file can not be read"
	}
	if e.Row > 0 {
		words = fmt.Sprintf("row %d: %s", e.Row, words)
	}
	if e.Err != nil {
		words += ": " + e.Err.Error()
	}
	return words
}

var errorWords = map[string]string{
	CodeEmptyFile:         "the file is empty",
	CodeHeaderOnly:        "the file has a header and no rows below it",
	CodePDF:               "this is a PDF; save the sheet as CSV or XLSX",
	CodeImage:             "this is a picture; save the sheet as CSV or XLSX",
	CodeOldXLS:            "this is the old Excel format; open it and save it as XLSX or CSV",
	CodeODS:               "this is an OpenDocument sheet; open it and save it as XLSX or CSV",
	CodeWebPage:           "this is a web page named like a sheet; open it and save it as XLSX or CSV",
	CodeNotASheet:         "this is not a spreadsheet; upload a CSV or XLSX file",
	CodePasswordProtected: "the file is protected with a password; save it without one",
	CodeTooLargeUnpacked:  "the file grows too large when unpacked; keep only the sheet and columns you need, or save it as CSV",
	CodeTooManyRows:       "the file has too many rows (at most 1,000,000 in CSV, 100,000 in XLSX); split it, or save it as CSV",
	CodeTooManyColumns:    "the file has more than 256 columns; keep only those you need",
	CodeCellTooLong:       "a cell has more than 32,767 characters; check for a quote that never closes",
	CodeUnclosedQuote:     "a quote opens here and never closes",
	CodeNoVisibleSheet:    "the file has no visible sheet with cells",
	CodeDamaged:           "the file is damaged; open it in a spreadsheet program and save it again",
	CodeUnreadable:        "the file could not be read to the end",
}
