package sheet

import (
	"io"
	"strings"
	"unicode/utf8"
)

// csvRows reads delimited text as spreadsheet programs do: a cell that begins
// with a quote goes to the next single quote, line breaks included; what
// follows the closing quote is taken as it is; quotes elsewhere are letters.
// Lines end in LF, CRLF or CR.
type csvRows struct {
	input   io.Reader
	counted *countingReader
	size    int64

	comma  byte
	stops  [256]bool // bytes that mean something outside quotes
	number int       // of the row read last

	buf      []byte
	pos, end int
	err      error // of input, told when the buffer is used up

	record []byte // the row's cells, one behind the other
	ends   []int  // where each cell ends in record
	cells  []string
}

func openCSV(r io.ReaderAt, size int64) (*csvRows, Info, error) {
	shape, err := shapeOf(r, size)
	if err != nil {
		return nil, Info{}, err
	}
	counted := &countingReader{r: io.NewSectionReader(r, shape.mark, size-shape.mark)}
	rows := &csvRows{input: shape.decoded(counted), counted: counted, size: size, buf: make([]byte, sniffed)}
	rows.fillWhole()
	if rows.err != nil && rows.err != io.EOF {
		return nil, Info{}, rows.err
	}
	skip := 0
	rows.comma, skip = delimiterOf(string(rows.buf[:rows.end]))
	rows.pos = skip
	for _, b := range []byte{rows.comma, '\r', '\n', 0} {
		rows.stops[b] = true
	}
	info := Info{Format: CSV, Encoding: shape.encoding, Delimiter: string(rune(rows.comma)), Rows: max(shape.lines-1, 0)}
	return rows, info, nil
}

func (c *csvRows) progress() float64 {
	return float64(c.counted.n-int64(c.end-c.pos)) / float64(c.size)
}

func (c *csvRows) close() error { return nil }

func (c *csvRows) read() (Row, error) {
	if !c.more() {
		return Row{Number: c.number}, c.err
	}
	c.number++
	c.record, c.ends = c.record[:0], c.ends[:0]
	for lineGoesOn := true; lineGoesOn; {
		var err error
		if lineGoesOn, err = c.readCell(); err != nil {
			return Row{Number: c.number}, err
		}
	}
	text := string(c.record)
	c.cells = c.cells[:0]
	start := 0
	for _, end := range c.ends {
		c.cells = append(c.cells, text[start:end])
		start = end
	}
	return Row{Number: c.number, Cells: c.cells}, nil
}

// readCell reads one cell and what ends it, and says whether another follows
// in the same row.
func (c *csvRows) readCell() (bool, error) {
	start := len(c.record)
	if c.more() && c.buf[c.pos] == '"' {
		c.pos++
		if err := c.readQuoted(start); err != nil {
			return false, err
		}
	}
	for c.more() {
		i := c.pos
		for i < c.end && !c.stops[c.buf[i]] {
			i++
		}
		c.record = append(c.record, c.buf[c.pos:i]...)
		c.pos = i
		if tooLong(c.record[start:]) {
			return false, &Error{Code: CodeCellTooLong, Row: c.number}
		}
		if i == c.end {
			continue
		}
		c.pos++
		switch c.buf[i] {
		case c.comma:
			return true, c.endCell(start)
		case '\r':
			if c.more() && c.buf[c.pos] == '\n' {
				c.pos++
			}
			return false, c.endCell(start)
		case '\n':
			return false, c.endCell(start)
		}
	}
	if c.err != io.EOF {
		return false, c.err
	}
	return false, c.endCell(start)
}

// readQuoted reads to the closing quote.
func (c *csvRows) readQuoted(start int) error {
	for c.more() {
		i := c.pos
		for i < c.end && c.buf[i] != '"' && c.buf[i] != 0 {
			i++
		}
		c.record = append(c.record, c.buf[c.pos:i]...)
		c.pos = i
		if tooLong(c.record[start:]) {
			return &Error{Code: CodeCellTooLong, Row: c.number}
		}
		if i == c.end {
			continue
		}
		c.pos++
		if c.buf[i] == 0 {
			continue
		}
		if !c.more() || c.buf[c.pos] != '"' {
			return nil
		}
		c.record = append(c.record, '"')
		c.pos++
	}
	if c.err != io.EOF {
		return c.err
	}
	return &Error{Code: CodeUnclosedQuote, Row: c.number}
}

// endCell also limits the columns, so that a line of delimiters without end
// does not fill the memory.
func (c *csvRows) endCell(start int) error {
	if cell := c.record[start:]; len(cell) > MaxCell && utf8.RuneCount(cell) > MaxCell {
		return &Error{Code: CodeCellTooLong, Row: c.number}
	}
	c.ends = append(c.ends, len(c.record))
	// Blank cells at the end do not count, but somewhere even they must end.
	if len(c.ends) > 64*MaxColumns || len(c.ends) > MaxColumns && len(c.record) > start {
		return &Error{Code: CodeTooManyColumns, Row: c.number}
	}
	return nil
}

func tooLong(cell []byte) bool { return len(cell) > MaxCell*utf8.UTFMax }

// more says whether there is a byte at pos, reading on when needed.
func (c *csvRows) more() bool {
	for c.pos == c.end && c.err == nil {
		c.pos = 0
		c.end, c.err = c.input.Read(c.buf)
	}
	return c.pos < c.end
}

// fillWhole fills the buffer as far as the file goes, for the delimiter to be found.
func (c *csvRows) fillWhole() {
	for c.end < len(c.buf) && c.err == nil {
		var n int
		n, c.err = c.input.Read(c.buf[c.end:])
		c.end += n
	}
}

// delimiters in the order that settles a draw.
const delimiters = ",;\t"

// delimiterOf finds the delimiter in the first lines, and how many bytes of a
// "sep=;" line to skip. The best one is in the header and equally often in the
// rows below it, quoted text aside; a single column counts as commas.
func delimiterOf(text string) (comma byte, skip int) {
	if len(text) >= 5 && strings.EqualFold(text[:4], "sep=") && text[4] != '\r' && text[4] != '\n' {
		rest := strings.TrimLeft(text[5:], "\"")
		if rest == "" || rest[0] == '\r' || rest[0] == '\n' {
			skip = len(text) - len(rest)
			if strings.HasPrefix(rest, "\r\n") {
				skip++
			}
			return text[4], min(skip+1, len(text))
		}
	}
	best, bestScore := byte(','), 0
	for i := 0; i < len(delimiters); i++ {
		if score := scoreOf(delimiters[i], text); score > bestScore {
			best, bestScore = delimiters[i], score
		}
	}
	return best, 0
}

// scoreOf counts the lines with as many delimiters as the first, above all, and
// how many those are.
func scoreOf(comma byte, text string) int {
	const lines = 30
	first, same, count := -1, 0, 0
	quoted, line := false, 0
	for i := 0; i < len(text) && line < lines; i++ {
		switch b := text[i]; {
		case quoted && b == '"' && i+1 < len(text) && text[i+1] == '"':
			i++
		case quoted:
			quoted = b != '"'
		case b == '"' && (i == 0 || strings.IndexByte(delimiters+"\r\n", text[i-1]) >= 0):
			quoted = true
		case b == comma:
			count++
		case b == '\n' || b == '\r':
			if i > 0 && (text[i-1] == '\n' || text[i-1] == '\r') {
				continue // a blank line, or the second half of CRLF
			}
			if first < 0 {
				first = count
			}
			if count == first {
				same++
			}
			count = 0
			line++
		}
	}
	if first < 0 {
		first = count // no line end in sight: the header is all there is
	}
	if first == 0 {
		return 0
	}
	return same*10_000 + min(first, 9_999)
}

// countingReader counts the bytes of the file, for progress.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
