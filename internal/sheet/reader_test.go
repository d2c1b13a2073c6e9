package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// contents is a file as the tests compare it.
type contents struct {
	info   Info
	header []string
	rows   []Row
}

func readAll(t testing.TB, file []byte) (contents, error) {
	t.Helper()
	r, err := Open(bytes.NewReader(file), int64(len(file)), "test")
	if err != nil {
		return contents{}, err
	}
	defer r.Close()
	c := contents{info: r.Info(), header: r.Header()}
	for {
		row, err := r.Next()
		if err == io.EOF {
			if r.Progress() < 0.5 {
				t.Errorf("at the end the progress is %v", r.Progress())
			}
			return c, nil
		}
		if err != nil {
			return c, err
		}
		row.Cells = slices.Clone(row.Cells)
		row.Uncalculated = slices.Clone(row.Uncalculated)
		c.rows = append(c.rows, row)
	}
}

func mustRead(t testing.TB, file []byte) contents {
	t.Helper()
	c, err := readAll(t, file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantRows(t *testing.T, got []Row, want ...string) {
	t.Helper()
	var lines []string
	for _, row := range got {
		line := fmt.Sprintf("%d|%s", row.Number, strings.Join(row.Cells, "|"))
		if row.Surplus {
			line += "|surplus"
		}
		if row.Uncalculated != nil {
			line += fmt.Sprintf("|uncalculated %v", row.Uncalculated)
		}
		lines = append(lines, line)
	}
	if !slices.Equal(lines, want) {
		t.Errorf("rows:\n%q\nwant:\n%q", lines, want)
	}
}

func wantCode(t *testing.T, err error, code string, row int) {
	t.Helper()
	var refused *Error
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want an error with code %s", err, code)
	}
	if refused.Code != code || refused.Row != row {
		t.Errorf("code %s in row %d (%v), want %s in row %d", refused.Code, refused.Row, err, code, row)
	}
}

func libreOffice(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", "libreoffice", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFilesSavedByLibreOffice(t *testing.T) {
	t.Run("XLSX with dates, formulas and numbers for phones", func(t *testing.T) {
		c := mustRead(t, libreOffice(t, "book.xlsx"))
		if c.info.Format != XLSX || c.info.Sheet != "Envío" || c.info.Sheets != 2 || c.info.Rows != 4 {
			t.Errorf("info: %+v", c.info)
		}
		want := []string{"teléfono", "nombre", "fecha", "cita", "hora", "monto", "total", "activo", "CP", "saludo"}
		if !slices.Equal(c.header, want) {
			t.Errorf("header: %q", c.header)
		}
		wantRows(t, c.rows,
			"2|5491155550100|Ana Núñez|2026-11-24|2026-11-24 15:30|09:05|19.9|59.7|TRUE|01310|Hola Ana Núñez",
			"5|5531985550001|João da Silva\nsegunda linha|1999-02-28|||-0.5|#DIV/0!|FALSE|unidas|")
	})
	for name, info := range map[string]Info{
		"windows-1252-semicolon.csv": {Format: CSV, Name: "test", Encoding: "windows-1252", Delimiter: ";", Rows: 4},
		"utf-16-tab.csv":             {Format: CSV, Name: "test", Encoding: "utf-16le", Delimiter: "\t", Rows: 4},
		"utf-8-comma.csv":            {Format: CSV, Name: "test", Encoding: "utf-8", Delimiter: ",", Rows: 4},
	} {
		t.Run(name, func(t *testing.T) {
			c := mustRead(t, libreOffice(t, name))
			if c.info != info {
				t.Errorf("info: %+v, want %+v", c.info, info)
			}
			wantRows(t, c.rows,
				"2|5491155550100|Ana Núñez|1,5|dice \"hola\"\ny se va",
				"3|5531985550001|João da Silva|-2|€ 10",
				"4|+52 55 1234 5678|Íñigo Peña|0|")
		})
	}
	for name, code := range map[string]string{"book.xls": CodeOldXLS, "book.ods": CodeODS, "book.pdf": CodePDF} {
		t.Run(name+" is refused by name", func(t *testing.T) {
			_, err := readAll(t, libreOffice(t, name))
			wantCode(t, err, code, 0)
		})
	}
}

func TestOpenRefusesWhatIsNoSheet(t *testing.T) {
	cases := map[string]struct{ file, code string }{
		"no bytes":                  {"", CodeEmptyFile},
		"only a byte order mark":    {"\xef\xbb\xbf", CodeEmptyFile},
		"only blanks":               {" \r\n\t\r\n ,,, \n", CodeEmptyFile},
		"a header alone":            {"phone,name\r\n", CodeHeaderOnly},
		"a header and blank rows":   {"phone,name\r\n,\r\n\r\n", CodeHeaderOnly},
		"a PDF":                     {"%PDF-1.7\n%\xe2\xe3", CodePDF},
		"a PNG":                     {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", CodeImage},
		"a JPEG":                    {"\xff\xd8\xff\xe0\x00\x10JFIF\x00", CodeImage},
		"a web page":                {"<html><table><tr><td>1", CodeWebPage},
		"an XML sheet":              {"\xef\xbb\xbf<?xml version=\"1.0\"?><Workbook>", CodeWebPage},
		"a compressed file":         {"\x1f\x8b\x08\x00\x00", CodeNotASheet},
		"zeros":                     {"phone\x00\x00\x00,name\nx", CodeNotASheet},
		"control characters":        {"\x01\x02\x03\x04\x05,\x06\n\x07\x0e", CodeNotASheet},
		"an OLE file of other kind": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\x00o\x00r\x00d\x00", CodeNotASheet},
		"the start of a ZIP":        {"PK\x03\x04\x14\x00", CodeDamaged},
		"a quote without end":       {"a,b\n1,\"2\n3,4\n", CodeUnclosedQuote},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := readAll(t, []byte(c.file))
			var refused *Error
			if !errors.As(err, &refused) || refused.Code != c.code || refused.Error() == "" {
				t.Errorf("got %v, want code %s", err, c.code)
			}
		})
	}
}

func TestStorageFailureIsUnreadable(t *testing.T) {
	broken := errors.New("disk gone")
	_, err := Open(failingReader{broken}, 100, "x.csv")
	wantCode(t, err, CodeUnreadable, 0)
	if !errors.Is(err, broken) {
		t.Errorf("the cause is lost: %v", err)
	}
}

type failingReader struct{ err error }

func (f failingReader) ReadAt([]byte, int64) (int, error) { return 0, f.err }

func TestEveryCodeHasWords(t *testing.T) {
	for code, words := range errorWords {
		if got := (&Error{Code: code}).Error(); got != words || words == "" {
			t.Errorf("%s: %q", code, got)
		}
	}
	got := (&Error{Code: CodeCellTooLong, Row: 7}).Error()
	if want := "row 7: a cell has more than 32,767 characters; check for a quote that never closes"; got != want {
		t.Errorf("got %q", got)
	}
}
