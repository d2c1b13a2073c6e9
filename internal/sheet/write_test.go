package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestGuard(t *testing.T) {
	for cell, want := range map[string]string{
		"":                      "",
		"Ana":                   "Ana",
		"a=b":                   "a=b",
		"=1+1":                  "'=1+1",
		"=HYPERLINK(\"x\")":     "'=HYPERLINK(\"x\")",
		"@SUM(A1)":              "'@SUM(A1)",
		"+1+cmd|' /C calc'!A0":  "'+1+cmd|' /C calc'!A0",
		"-2+3":                  "'-2+3",
		"-A1":                   "'-A1",
		"\tx":                   "'\tx",
		"\rx":                   "'\rx",
		"\n=x":                  "'\n=x",
		"-":                     "'-",
		"+":                     "'+",
		"-12":                   "-12",
		"-1.234,50":             "-1.234,50",
		"-1..2":                 "'-1..2",
		"+0.5":                  "+0.5",
		"+5531985550001":        "+5531985550001",
		"+55 (31) 98555-0001":   "+55 (31) 98555-0001",
		"+55 (31) 98555-0001=x": "'+55 (31) 98555-0001=x",
	} {
		if got := Guard(cell); got != want {
			t.Errorf("Guard(%q) = %q, want %q", cell, got, want)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	write := func(t *testing.T, header []string, prepare func(*ErrorWriter), rows ...[]string) string {
		t.Helper()
		var out bytes.Buffer
		w := WriteErrors(&out, header)
		prepare(w)
		for _, row := range rows {
			if err := w.Write(row, "because"); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	plain := func(*ErrorWriter) {}
	cases := map[string]struct{ got, want string }{
		"same columns and a reason": {write(t, []string{"phone", "name"}, plain, []string{"+cmd", "Ana \"A\", Paz"}),
			"\ufeff\"phone\",\"name\",\"reason\"\r\n\"'+cmd\",\"Ana \"\"A\"\", Paz\",\"because\"\r\n"},
		"formulas are disarmed": {write(t, []string{"=phone"}, plain, []string{"=1+1"}), "\ufeff\"'=phone\",\"reason\"\r\n\"'=1+1\",\"because\"\r\n"},
		"short rows are padded": {write(t, []string{"a", "b"}, plain, []string{"1"}), "\ufeff\"a\",\"b\",\"reason\"\r\n\"1\",\"\",\"because\"\r\n"},
		"surplus is kept":       {write(t, []string{"a", "b"}, plain, []string{"1", "2", "3"}), "\ufeff\"a\",\"b\",\"reason\"\r\n\"1\",\"2 3\",\"because\"\r\n"},
		"a corrected file keeps one reason": {write(t, []string{"a", "reason"}, plain, []string{"1", "old"}, []string{"1", "old", "x"}),
			"\ufeff\"a\",\"reason\"\r\n\"1\",\"because\"\r\n\"1 x\",\"because\"\r\n"},
		"own delimiter and word": {write(t, []string{"a"}, func(w *ErrorWriter) { w.Delimiter, w.ReasonName = ";", "motivo" }, []string{"1;2"}),
			"\ufeff\"a\";\"motivo\"\r\n\"1;2\";\"because\"\r\n"},
		"no rows": {write(t, []string{"a"}, plain), "\ufeff\"a\",\"reason\"\r\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got  %q\nwant %q", c.got, c.want)
			}
		})
	}
	t.Run("a full disk is told", func(t *testing.T) {
		w := WriteErrors(brokenWriter{}, []string{"a"})
		_ = w.Write([]string{strings.Repeat("x", 100_000)}, "because")
		if w.Write([]string{"1"}, "because") == nil || w.Flush() == nil {
			t.Error("the error is lost")
		}
	})
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestTemplate(t *testing.T) {
	headers := []string{"telefone", "nome", "modelo"}
	example := [][]string{{"+55 31 98555-0001", "Ana Núñez", "promo"}, {"5531985550002", "=1+1", ""}}
	for _, format := range []Format{CSV, XLSX} {
		t.Run(string(format)+" is read back", func(t *testing.T) {
			var out bytes.Buffer
			if err := Template(&out, headers, example, format); err != nil {
				t.Fatal(err)
			}
			c := mustRead(t, out.Bytes())
			if c.info.Format != format || !slices.Equal(c.header, headers) {
				t.Errorf("%+v %q", c.info, c.header)
			}
			formula := map[Format]string{CSV: "'=1+1", XLSX: "=1+1"}[format]
			wantRows(t, c.rows, "2|+55 31 98555-0001|Ana Núñez|promo", "3|5531985550002|"+formula+"|")
		})
	}
	t.Run("CSV is good for other readers", func(t *testing.T) {
		var out bytes.Buffer
		if err := Template(&out, headers, example, CSV); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), byteOrderMark))).ReadAll()
		if err != nil || len(rows) != 3 || !slices.Equal(rows[0], headers) {
			t.Errorf("%q, %v", rows, err)
		}
	})
	t.Run("XLSX columns are formatted as text", func(t *testing.T) {
		var out bytes.Buffer
		if err := Template(&out, headers, example, XLSX); err != nil {
			t.Fatal(err)
		}
		file, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for _, cell := range []string{"A1", "A2", "C1000"} {
			id, err := file.GetCellStyle("Sheet1", cell)
			if err != nil {
				t.Fatal(err)
			}
			style, err := file.GetStyle(id)
			if err != nil || style.NumFmt != 49 {
				t.Errorf("%s: %+v, %v", cell, style, err)
			}
		}
	})
	t.Run("an unknown format is refused", func(t *testing.T) {
		if Template(&bytes.Buffer{}, headers, nil, "pdf") == nil {
			t.Error("no error")
		}
	})
}
