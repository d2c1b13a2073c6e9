package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzOpen feeds hostile bytes: whatever they are, reading ends, in rows that
// are valid text within the limits or in an Error with words.
func FuzzOpen(f *testing.F) {
	for _, name := range []string{"book.xlsx", "book.ods", "book.xls", "windows-1252-semicolon.csv", "utf-16-tab.csv", "utf-8-comma.csv"} {
		f.Add(libreOffice(f, name))
	}
	for _, seed := range []string{
		"", "a", "a,b\n1,2\n", "sep=;\na;b\n1;2", "sep=", "sep=;", "sep=;\r", "\xef\xbb\xbf", "\xff\xfe", "\xfe\xff\x00a\x00\n\x00b",
		"a\n\"", "a\n\"\"\"", "a\n\"x\"y,z\n", "a\r\rb\r", "\xff\xfea\x00\n", "a,b\n\xf1\xe9,\x80\n", "PK\x03\x04", "PK\x05\x06", "%PDF-",
	} {
		f.Add([]byte(seed))
	}
	for _, rows := range []string{
		`<row><c><v>1</v></c></row><row r="2"><c r="B2" t="s"><v>1</v></c></row>`,
		`<row r="1"><c t="str"><v>_x0041_</v></c></row><row r="1048576"><c s="1"><v>1e308</v></c></row>`,
		`<row r="-1"><c r="" s="-1"><f/></c></row><row><c t="inlineStr"><is><r><t>x</t></r></is></c></row>`,
	} {
		f.Add(handMade(f, rows))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := Open(bytes.NewReader(file), int64(len(file)), "fuzz")
		if err != nil {
			wantWords(t, err)
			return
		}
		defer r.Close()
		width, last := len(r.Header()), 1
		for {
			row, err := r.Next()
			if err == io.EOF {
				return
			}
			if err != nil {
				wantWords(t, err)
				return
			}
			if row.Number <= last || len(row.Cells) < width || (len(row.Cells) > width) != row.Surplus || len(row.Cells) > MaxColumns {
				t.Fatalf("row after %d, header of %d: %+v", last, width, row)
			}
			last = row.Number
			for _, cell := range row.Cells {
				if !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) || utf8.RuneCountInString(cell) > MaxCell {
					t.Fatalf("row %d: cell %q", row.Number, cell)
				}
			}
			if p := r.Progress(); p < 0 || p > 1 {
				t.Fatalf("progress %v", p)
			}
		}
	})
}

func wantWords(t *testing.T, err error) {
	t.Helper()
	var refused *Error
	if !errors.As(err, &refused) || errorWords[refused.Code] == "" {
		t.Fatalf("an error without words: %#v", err)
	}
}

// FuzzXLSXSheet varies the XML inside an archive that is whole, which random
// bytes hardly ever reach.
func FuzzXLSXSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" s="1"><v>46350.5</v></c></row>`, styles)
	f.Add(`<row><c t="b"><v>1</v></c></row><row><c><f>1</f></c><c t="e"><v>#REF!</v></c></row>`, `<styleSheet><cellXfs><xf numFmtId="46"/></cellXfs></styleSheet>`)
	f.Add(`<row><c t="str"><v>_x000D_</v></c></row><row><c><v>-1E-7</v></c></row>`, `<styleSheet><numFmts><numFmt numFmtId="0" formatCode="[h"/></numFmts><cellXfs><xf/></cellXfs></styleSheet>`)
	f.Add(`<row><c><v>1</v></c></row><row><c s="0"><v>-3</v></c></row>`, `<styleSheet><numFmts><numFmt numFmtId="0" formatCode="0000000000000000000000"/></numFmts><cellXfs><xf/></cellXfs></styleSheet>`)
	f.Fuzz(func(t *testing.T, rows, formats string) {
		c, err := readAll(t, handMade(t, rows, part{"xl/styles.xml", formats}))
		if err != nil {
			wantWords(t, err)
			return
		}
		for _, row := range c.rows {
			for _, cell := range row.Cells {
				if !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) {
					t.Fatalf("row %d: cell %q", row.Number, cell)
				}
			}
		}
	})
}
