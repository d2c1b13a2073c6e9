package sheet

import (
	"bufio"
	"io"
	"strings"
)

// byteOrderMark makes spreadsheet programs read a CSV as UTF-8.
const byteOrderMark = "\ufeff"

// Writer writes a CSV that spreadsheet programs open as it is: UTF-8 with its mark, cells quoted and guarded.
type Writer struct{ out *bufio.Writer }

// NewWriter begins a file. Call Flush at the end.
func NewWriter(w io.Writer) *Writer {
	out := bufio.NewWriterSize(w, 64<<10)
	_, _ = out.WriteString(byteOrderMark) // bufio keeps the error for Flush
	return &Writer{out}
}

// Write adds a row.
func (w *Writer) Write(cells []string) {
	for i, cell := range cells {
		if i > 0 {
			_ = w.out.WriteByte(',')
		}
		writeQuoted(w.out, Guard(cell))
	}
	_, _ = w.out.WriteString("\r\n")
}

// Flush writes what is left; its error is that of the first write that failed.
func (w *Writer) Flush() error { return w.out.Flush() }

// ErrorWriter writes the rows that can not be used, with a reason each, as a
// CSV that can be corrected and uploaded again.
type ErrorWriter struct {
	// ReasonName is the header of the last column, "reason" unless set before
	// the first row is written. A header that already ends with it keeps one.
	ReasonName string
	// Delimiter is a comma unless set before the first row is written; give the
	// one of the uploaded file, so that the same program opens both.
	Delimiter string

	out     *bufio.Writer
	header  []string
	width   int // columns before the reason
	started bool
}

// WriteErrors begins a file of bad rows with the columns of the uploaded one.
// Call Flush at the end.
func WriteErrors(w io.Writer, header []string) *ErrorWriter {
	return &ErrorWriter{ReasonName: "reason", Delimiter: ",", out: bufio.NewWriterSize(w, 64<<10), header: header}
}

// Write adds a row. Cells beyond the header are joined to the last column, so
// that nothing of the row is lost and the reason stays in its place.
func (e *ErrorWriter) Write(cells []string, reason string) error {
	e.start()
	kept := cells[:min(len(cells), e.width)]
	if len(cells) > len(e.header) && e.width > 0 {
		last := append([]string{kept[e.width-1]}, cells[len(e.header):]...)
		e.row(kept[:e.width-1], strings.Join(last, " "), reason)
	} else {
		e.row(kept, reason)
	}
	_, err := e.out.WriteString("") // the error of an earlier write, if any
	return err
}

// Flush writes what is left; without any row the file is the header alone.
func (e *ErrorWriter) Flush() error {
	e.start()
	return e.out.Flush()
}

func (e *ErrorWriter) start() {
	if e.started {
		return
	}
	e.started = true
	e.width = len(e.header)
	if e.width > 0 && e.header[e.width-1] == e.ReasonName {
		e.width--
	}
	_, _ = e.out.WriteString(byteOrderMark) // bufio keeps the error for Flush
	e.row(e.header[:e.width], e.ReasonName)
}

// row writes the cells, blanks up to the width, and what comes behind.
func (e *ErrorWriter) row(cells []string, behind ...string) {
	blanks := e.width + 1 - len(cells) - len(behind)
	n := 0
	add := func(cell string) {
		if n++; n > 1 {
			_, _ = e.out.WriteString(e.Delimiter)
		}
		writeQuoted(e.out, Guard(cell))
	}
	for _, cell := range cells {
		add(cell)
	}
	for range max(blanks, 0) {
		add("")
	}
	for _, cell := range behind {
		add(cell)
	}
	_, _ = e.out.WriteString("\r\n")
}

func writeQuoted(w *bufio.Writer, cell string) {
	_ = w.WriteByte('"')
	for {
		i := strings.IndexByte(cell, '"')
		if i < 0 {
			break
		}
		_, _ = w.WriteString(cell[:i+1])
		_ = w.WriteByte('"')
		cell = cell[i+1:]
	}
	_, _ = w.WriteString(cell)
	_ = w.WriteByte('"')
}

// Guard keeps spreadsheet programs from running a cell as a formula: one that
// begins with = + - @, a tab or a line end gets a leading apostrophe, unless it
// is a plain number or a phone number.
func Guard(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return cell
	}
	if (cell[0] == '+' || cell[0] == '-') && (isPlainNumber(cell[1:]) || isPhoneLike(cell)) {
		return cell
	}
	return "'" + cell
}

// isPlainNumber allows digits with points and commas between them: 1.234,50.
func isPlainNumber(text string) bool {
	digit := false
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b >= '0' && b <= '9':
			digit = true
		case (b == '.' || b == ',') && digit && i+1 < len(text):
			digit = false
		default:
			return false
		}
	}
	return digit
}

// isPhoneLike allows + and seven to fifteen digits with the usual punctuation.
func isPhoneLike(text string) bool {
	if text[0] != '+' {
		return false
	}
	digits := 0
	for i := 1; i < len(text); i++ {
		switch b := text[i]; {
		case b >= '0' && b <= '9':
			digits++
		case !strings.ContainsRune(" ()-.", rune(b)):
			return false
		}
	}
	return digits >= 7 && digits <= 15
}
