package sheet

import (
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

func TestCSVRows(t *testing.T) {
	cases := map[string]struct {
		file string
		want []string
	}{
		"comma":                               {"a,b\n1,2\n", []string{"2|1|2"}},
		"semicolon":                           {"a;b\n1;2,5\n", []string{"2|1|2,5"}},
		"tab":                                 {"a\tb\n1\t2\n", []string{"2|1|2"}},
		"no line end after the last row":      {"a,b\n1,2", []string{"2|1|2"}},
		"CRLF":                                {"a,b\r\n1,2\r\n3,4\r\n", []string{"2|1|2", "3|3|4"}},
		"CR alone":                            {"a,b\r1,2\r3,4", []string{"2|1|2", "3|3|4"}},
		"line break in quotes is one row":     {"a,b\n\"1\r\n1\",2\n3,4\n", []string{"2|1\r\n1|2", "3|3|4"}},
		"blank rows count":                    {"a,b\n\n1,2\n,\n \t\n3,4\n", []string{"3|1|2", "6|3|4"}},
		"blank rows before the header":        {"\n\na,b\n1,2\n", []string{"4|1|2"}},
		"doubled quotes":                      {"a,b\n\"x \"\"y\"\"\",2\n", []string{"2|x \"y\"|2"}},
		"a quote in the middle is a letter":   {"a,b\n5\" pipe,2\n3,4\n", []string{"2|5\" pipe|2", "3|3|4"}},
		"text behind a closing quote is kept": {"a,b\n\"Juan\" Paz,2\n3,4\n", []string{"2|Juan Paz|2", "3|3|4"}},
		"short rows are padded":               {"a,b,c\n1\n", []string{"2|1||"}},
		"long rows are marked":                {"a,b\n1,2,3\n", []string{"2|1|2|3|surplus"}},
		"blank cells do not make a row long":  {"a,b\n1,2,, \n", []string{"2|1|2"}},
		"one column":                          {"phone\n5531985550001\n", []string{"2|5531985550001"}},
		"sep line":                            {"sep=;\r\na;b,c\r\n1;2\r\n", []string{"2|1|2"}},
		"sep line with another character":     {"sep=|\na|b\n1|2\n", []string{"2|1|2"}},
		"quoted sep line":                     {"SEP=\t\na\tb,b,b\n1\t2\n", []string{"2|1|2"}},
		"delimiters in quotes do not count":   {"a;b\n\"1,1,1,1\";2\n\"1,1,1,1\";3\n", []string{"2|1,1,1,1|2", "3|1,1,1,1|3"}},
		"commas in the amounts only":          {"tel;monto;x\n1;2,50;3\n1;3,50;4\n", []string{"2|1|2,50|3", "3|1|3,50|4"}},
		"a comma in the header only":          {"nombre, apellido;tel\nAna;1\nJuan;2\n", []string{"2|Ana|1", "3|Juan|2"}},
		"UTF-8 mark":                          {"\xef\xbb\xbfa,b\nñ,2\n", []string{"2|ñ|2"}},
		"stray zeros far inside":              {"a,b\n" + strings.Repeat("x,y\n", 20_000)[:70_000] + "\n1\x00,2\n", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, []byte(c.file))
			if c.want == nil {
				last := got.rows[len(got.rows)-1]
				if !slices.Equal(last.Cells, []string{"1", "2"}) {
					t.Errorf("last row: %q", last.Cells)
				}
				return
			}
			wantRows(t, got.rows, c.want...)
		})
	}
}

func TestCSVHeader(t *testing.T) {
	c := mustRead(t, []byte("\xef\xbb\xbf teléfono ,\"nombre\n completo\",,\u00a0CP\u00a0,, \n1,2,3,4,5\n"))
	if want := []string{"teléfono", "nombre\n completo", "", "CP"}; !slices.Equal(c.header, want) {
		t.Errorf("header %q, want %q", c.header, want)
	}
	wantRows(t, c.rows, "2|1|2|3|4|5|surplus")
}

func TestCSVEncodings(t *testing.T) {
	const text = "teléfono;nombre\r\n5531985550001;João Ñandú\r\n"
	cases := map[string]struct {
		encoding encoding.Encoding
		mark     bool
		want     string
	}{
		"UTF-8":                {encoding.Nop, false, "utf-8"},
		"Windows-1252":         {charmap.Windows1252, false, "windows-1252"},
		"UTF-16LE with mark":   {unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), true, "utf-16le"},
		"UTF-16BE with mark":   {unicode.UTF16(unicode.BigEndian, unicode.UseBOM), true, "utf-16be"},
		"UTF-16LE and no mark": {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), false, "utf-16le"},
		"UTF-16BE and no mark": {unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), false, "utf-16be"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file, err := c.encoding.NewEncoder().Bytes([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			got := mustRead(t, file)
			if got.info.Encoding != c.want || got.info.Delimiter != ";" || got.header[0] != "teléfono" {
				t.Errorf("info %+v, header %q", got.info, got.header)
			}
			wantRows(t, got.rows, "2|5531985550001|João Ñandú")
		})
	}
	t.Run("the first ñ comes late", func(t *testing.T) {
		file := []byte("a,b\n" + strings.Repeat("1,2\n", 50_000) + "1,Pe\xf1a\n")
		got := mustRead(t, file)
		if last := got.rows[len(got.rows)-1]; got.info.Encoding != "windows-1252" || last.Cells[1] != "Peña" {
			t.Errorf("%s: %q", got.info.Encoding, last.Cells)
		}
	})
	t.Run("one wrong byte among much UTF-8", func(t *testing.T) {
		got := mustRead(t, []byte("a,b\n"+strings.Repeat("Ñandú,2\n", 50)+"mal\xf1,2\n"))
		if last := got.rows[len(got.rows)-1]; got.info.Encoding != "utf-8" || last.Cells[0] != "mal\ufffd" || got.rows[0].Cells[0] != "Ñandú" {
			t.Errorf("%s: %q, %q", got.info.Encoding, got.rows[0].Cells, last.Cells)
		}
	})
	t.Run("a letter over two reads", func(t *testing.T) {
		for shift := range 4 {
			file := "a\n" + strings.Repeat("x", shift) + strings.Repeat("é", 10_000) + "\n" + strings.Repeat(strings.Repeat("ñ", 1000)+"\n", 300)
			if got := mustRead(t, []byte(file)); got.info.Encoding != "utf-8" {
				t.Errorf("shift %d: %s", shift, got.info.Encoding)
			}
		}
	})
}

func TestCSVLimits(t *testing.T) {
	t.Run("200 columns", func(t *testing.T) {
		line := strings.Repeat("c,", 199) + "c\n"
		if got := mustRead(t, []byte(line+line)); len(got.header) != 200 || len(got.rows[0].Cells) != 200 {
			t.Errorf("%d columns, %d cells", len(got.header), len(got.rows[0].Cells))
		}
	})
	t.Run("256 columns", func(t *testing.T) {
		line := strings.Repeat("c,", 255) + "c\n"
		if got := mustRead(t, []byte(line+line)); len(got.header) != 256 {
			t.Errorf("%d columns", len(got.header))
		}
	})
	t.Run("257 columns", func(t *testing.T) {
		line := strings.Repeat("c,", 256) + "c\n"
		_, err := readAll(t, []byte(line+line))
		wantCode(t, err, CodeTooManyColumns, 1)
	})
	t.Run("257 cells in a row", func(t *testing.T) {
		_, err := readAll(t, []byte("a,b\n1,2\n"+strings.Repeat("c,", 256)+"c\n"))
		wantCode(t, err, CodeTooManyColumns, 3)
	})
	t.Run("delimiters without end", func(t *testing.T) {
		_, err := readAll(t, []byte("a,b\n"+strings.Repeat(",", 1_000_000)))
		wantCode(t, err, CodeTooManyColumns, 2)
	})
	t.Run("a cell of 32,767 characters", func(t *testing.T) {
		got := mustRead(t, []byte("a,b\n"+strings.Repeat("ñ", MaxCell)+",2\n"))
		if utf8.RuneCountInString(got.rows[0].Cells[0]) != MaxCell {
			t.Error("the cell was cut")
		}
	})
	t.Run("a cell of 32,768 characters", func(t *testing.T) {
		for _, quote := range []string{"", `"`} {
			_, err := readAll(t, []byte("a,b\n"+quote+strings.Repeat("ñ", MaxCell+1)+quote+",2\n"))
			wantCode(t, err, CodeCellTooLong, 2)
		}
	})
	t.Run("a quote that swallows the file", func(t *testing.T) {
		_, err := readAll(t, []byte("a,b\n1,\"2\n"+strings.Repeat("3,4\n", 100_000)))
		wantCode(t, err, CodeCellTooLong, 2)
	})
	t.Run("a million rows and no more", func(t *testing.T) {
		if testing.Short() {
			t.Skip("reads two million rows")
		}
		file := []byte("a\n" + strings.Repeat("1\n", MaxCSVRows))
		for _, extra := range []string{"\n \n", "1\n"} {
			r, err := Open(bytes.NewReader(append(file, extra...)), int64(len(file)+len(extra)), "")
			if err != nil {
				t.Fatal(err)
			}
			for range MaxCSVRows {
				if _, err := r.Next(); err != nil {
					t.Fatal(err)
				}
			}
			_, err = r.Next()
			if extra != "1\n" {
				if err != io.EOF {
					t.Errorf("after a million rows: %v", err)
				}
				continue
			}
			wantCode(t, err, CodeTooManyRows, MaxCSVRows+2)
			if _, again := r.Next(); again != err {
				t.Errorf("the error is not final: %v", again)
			}
		}
	})
}

func TestCSVProgress(t *testing.T) {
	file := []byte("a,b\n" + strings.Repeat("1,2\n", 100_000))
	r, err := Open(bytes.NewReader(file), int64(len(file)), "people.csv")
	if err != nil {
		t.Fatal(err)
	}
	last := r.Progress()
	if last > 0.01 || r.Info().Rows != 100_000 || r.Info().Name != "people.csv" {
		t.Errorf("at the start: progress %v, info %+v", last, r.Info())
	}
	for range 100_000 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		if now := r.Progress(); now < last {
			t.Fatalf("progress went back from %v to %v", last, now)
		} else {
			last = now
		}
	}
	if last < 0.999 {
		t.Errorf("at the end: progress %v", last)
	}
}

// Property: what encoding/csv writes, with any delimiter, is read back as it was.
func TestCSVReadsWhatIsWritten(t *testing.T) {
	cell := rapid.StringMatching(`[a-zñ€"',;\t \n]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 5).Draw(t, "width")
		comma := rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(t, "comma")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 10).Draw(t, "rows")
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		w.Comma = comma
		file.WriteString("sep=" + string(comma) + "\n")
		header := strings.Split(strings.Repeat("h ", width-1)+"h", " ")
		_ = w.Write(header)
		var want []string
		for i, row := range rows {
			_ = w.Write(row)
			if !allBlank(row) {
				want = append(want, strconv.Itoa(i+2)+"|"+strings.Join(row, "|"))
			}
		}
		w.Flush()
		r, err := Open(bytes.NewReader(file.Bytes()), int64(file.Len()), "")
		if err != nil {
			if len(want) > 0 {
				t.Fatalf("%q: %v", file.String(), err)
			}
			return
		}
		var got []string
		for {
			row, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", file.String(), err)
			}
			got = append(got, strconv.Itoa(row.Number)+"|"+strings.Join(row.Cells, "|"))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q\nread %q\nwant %q", file.String(), got, want)
		}
	})
}

// audience is a file like those people upload: 8 columns, 1 % of rows blank or broken.
func audience(rows int) []byte {
	var file bytes.Buffer
	file.WriteString("telefone;nome;cidade;valor;vencimento;modelo;idioma;extra\r\n")
	for i := range rows {
		n := strconv.Itoa(10_000_000 + i)[1:]
		file.WriteString("55319" + "8" + n + ";João da Silva " + n + ";\"Belo Horizonte; MG\";19,90;2026-11-24;promo_primavera;pt_BR;\r\n")
	}
	return file.Bytes()
}

func BenchmarkCSVRows(b *testing.B) {
	const rows = 1_000_000
	path := filepath.Join(b.TempDir(), "audience.csv")
	content := audience(rows)
	size := int64(len(content))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.Fatal(err)
	}
	runtime.GC() // the peak below must not count it
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	run := func(name string, read func(b *testing.B, each func())) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(size)
			var peak uint64
			for b.Loop() {
				n := 0
				read(b, func() {
					if n++; n%100_000 == 0 {
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						peak = max(peak, m.HeapInuse)
					}
				})
				if n != rows {
					b.Fatalf("%d rows", n)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
		})
	}
	run("sheet", func(b *testing.B, each func()) {
		r, err := Open(file, size, "")
		for err == nil {
			if _, err = r.Next(); err == nil {
				each()
			}
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	})
	run("encoding-csv", func(b *testing.B, each func()) {
		r := csv.NewReader(io.NewSectionReader(file, 0, size))
		r.Comma, r.ReuseRecord = ';', true
		_, err := r.Read()
		for err == nil {
			if _, err = r.Read(); err == nil {
				each()
			}
		}
	})
}
