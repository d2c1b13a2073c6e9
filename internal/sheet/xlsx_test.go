package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// part is a file inside a hand-made XLSX.
type part struct{ name, body string }

const (
	rootRels = `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookXML  = `<workbook><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>`
	bookRels = `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>` +
		`<Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>`
	styles = `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="[$-416]dd\ &quot;de&quot;\ mmmm;@"/><numFmt numFmtId="201" formatCode="[h]:mm"/>` +
		`<numFmt numFmtId="202" formatCode="&quot;days&quot; 0"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
		`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="200"/><xf numFmtId="201"/><xf numFmtId="202"/><xf numFmtId="10"/></cellXfs></styleSheet>`
)

// handMade wraps rows of XML into a whole workbook; more parts replace or add to its own.
func handMade(t testing.TB, rows string, more ...part) []byte {
	t.Helper()
	parts := []part{
		{"[Content_Types].xml", "<Types/>"},
		{"_rels/.rels", rootRels},
		{"xl/workbook.xml", bookXML},
		{"xl/_rels/workbook.xml.rels", bookRels},
		{"xl/styles.xml", styles},
		{"xl/sharedStrings.xml", `<sst><si><t>header</t></si><si><r><t>rich </t></r><r><t xml:space="preserve">text</t></r><rPh><t>guide</t></rPh></si></sst>`},
		{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`},
	}
	for _, m := range more {
		replaced := false
		for i := range parts {
			if parts[i].name == m.name {
				parts[i].body, replaced = m.body, true
			}
		}
		if !replaced {
			parts = append(parts, m)
		}
	}
	return zipped(t, parts)
}

func zipped(t testing.TB, parts []part) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range parts {
		f, err := w.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, p.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestXLSXCells(t *testing.T) {
	const header = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>`
	cases := map[string]struct{ rows, want string }{
		"a phone stored as a number":         {`<row r="2"><c r="A2"><v>5531985550001</v></c></row>`, "2|5531985550001|"},
		"a phone in scientific notation":     {`<row r="2"><c r="A2"><v>5.531985550001E+12</v></c></row>`, "2|5531985550001|"},
		"a binary fraction":                  {`<row r="2"><c r="A2"><v>19.899999999999999</v></c></row>`, "2|19.9|"},
		"rich text without phonetic guide":   {`<row r="2"><c r="A2" t="s"><v>1</v></c></row>`, "2|rich text|"},
		"a date":                             {`<row r="2"><c r="A2" s="1"><v>46350</v></c></row>`, "2|2026-11-24|"},
		"a date and time":                    {`<row r="2"><c r="A2" s="2"><v>46350.645833333336</v></c></row>`, "2|2026-11-24 15:30|"},
		"seconds when there are any":         {`<row r="2"><c r="A2" s="2"><v>46350.645844907406</v></c></row>`, "2|2026-11-24 15:30:01|"},
		"a time":                             {`<row r="2"><c r="A2" s="3"><v>0.378472222222222</v></c></row>`, "2|09:05|"},
		"almost midnight rounds up":          {`<row r="2"><c r="A2" s="2"><v>46349.999999999</v></c></row>`, "2|2026-11-24 00:00|"},
		"a date in a language":               {`<row r="2"><c r="A2" s="4"><v>46350</v></c></row>`, "2|2026-11-24|"},
		"elapsed time":                       {`<row r="2"><c r="A2" s="5"><v>1.5</v></c></row>`, "2|36:00|"},
		"letters in quotes are no date":      {`<row r="2"><c r="A2" s="6"><v>30</v></c></row>`, "2|30|"},
		"a percentage is its number":         {`<row r="2"><c r="A2" s="7"><v>0.25</v></c></row>`, "2|0.25|"},
		"a day before March 1900":            {`<row r="2"><c r="A2" s="1"><v>1</v></c></row>`, "2|1900-01-01|"},
		"a date beyond the calendar":         {`<row r="2"><c r="A2" s="1"><v>99999999</v></c></row>`, "2|99999999|"},
		"true and false":                     {`<row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2" t="b"><v>0</v></c></row>`, "2|TRUE|FALSE"},
		"an error":                           {`<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>`, "2|#N/A|"},
		"an ISO date":                        {`<row r="2"><c r="A2" t="d"><v>2026-11-24</v></c></row>`, "2|2026-11-24|"},
		"a formula with its result":          {`<row r="2"><c r="A2"><f>B2*2</f><v>84</v></c></row>`, "2|84|"},
		"a formula with an empty result":     {`<row r="2"><c r="A2" t="str"><f>""</f><v></v></c><c r="B2"><v>1</v></c></row>`, "2||1"},
		"a formula without result":           {`<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2*2</f></c></row>`, "2|1||uncalculated [1]"},
		"a row of formulas without result":   {`<row r="2"><c r="A2"><f>1+1</f></c></row>`, "2|||uncalculated [0]"},
		"escaped line ends":                  {`<row r="2"><c r="A2" t="str"><v>a_x000D_b_x0041__x0000_c_x5</v></c></row>`, "2|a\rbAc_x5|"},
		"rows and cells without references":  {`<row><c><v>1</v></c><c><v>2</v></c></row>`, "2|1|2"},
		"a gap between cells":                {`<row r="2"><c r="B2"><v>2</v></c></row>`, "2||2"},
		"blank rows count":                   {`<row r="7"><c r="A7" s="1"/></row><row r="9"><c r="A9"><v>1</v></c></row>`, "9|1|"},
		"more cells than the header":         {`<row r="2"><c r="A2"><v>1</v></c><c r="D2"><v>4</v></c></row>`, "2|1|||4|surplus"},
		"styled blanks far out do not count": {`<row r="2"><c r="A2"><v>1</v></c><c r="ZZ2" s="1"/></row>`, "2|1|"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			wantRows(t, mustRead(t, handMade(t, header+c.rows)).rows, c.want)
		})
	}
	t.Run("years counted from 1904", func(t *testing.T) {
		file := handMade(t, header+`<row r="2"><c r="A2" s="1"><v>44888</v></c></row>`,
			part{"xl/workbook.xml", `<workbook><workbookPr date1904="1"/><sheets><sheet name="One" r:id="r1"/></sheets></workbook>`})
		wantRows(t, mustRead(t, file).rows, "2|2026-11-24|")
	})
	t.Run("backslashes and other cases in part names", func(t *testing.T) {
		file := zipped(t, []part{
			{`[content_types].xml`, "<Types/>"}, {`_rels\.rels`, rootRels}, {`XL\Workbook.xml`, bookXML}, {`xl\_rels\workbook.xml.rels`, bookRels},
			{`xl\SharedStrings.xml`, `<sst><si><t>h</t></si></sst>`}, {`xl\styles.xml`, styles},
			{`xl\worksheets\Sheet1.xml`, `<worksheet><sheetData><row><c t="s"><v>0</v></c></row><row><c><v>1</v></c></row></sheetData></worksheet>`},
		})
		wantRows(t, mustRead(t, file).rows, "2|1")
	})
}

func TestXLSXRefuses(t *testing.T) {
	const row1, row2 = `<row r="1"><c r="A1"><v>1</v></c></row>`, `<row r="2"><c r="A2"><v>2</v></c></row>`
	long := strings.Repeat("x", MaxCell+1)
	cases := map[string]struct {
		file []byte
		code string
		row  int
	}{
		"an empty sheet":          {handMade(t, ""), CodeEmptyFile, 0},
		"a header alone":          {handMade(t, row1), CodeHeaderOnly, 0},
		"column 257":              {handMade(t, row1+`<row r="2"><c r="IW2"><v>1</v></c></row>`), CodeTooManyColumns, 2},
		"a long cell":             {handMade(t, row1+`<row r="2"><c r="A2" t="str"><v>`+long+`</v></c></row>`), CodeCellTooLong, 2},
		"a text that is not kept": {handMade(t, row1+`<row r="2"><c r="A2" t="s"><v>99</v></c></row>`), CodeDamaged, 2},
		"a row that breaks off":   {handMade(t, row1+row2, part{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + row1 + row2 + `<row r="3"><c`}), CodeDamaged, 3},
		"a sheet that breaks off": {handMade(t, "", part{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + row1 + row2}), CodeDamaged, 2},
		"a row beyond the grid":   {handMade(t, row1+`<row r="99999999"><c><v>1</v></c></row>`), CodeTooManyRows, 99_999_999},
		"a text document":         {zipped(t, []part{{"[Content_Types].xml", ""}, {"_rels/.rels", strings.ReplaceAll(rootRels, "xl/workbook", "word/document")}, {"word/document.xml", ""}}), CodeNotASheet, 0},
		"a ZIP of other files":    {zipped(t, []part{{"a.txt", "x"}}), CodeNotASheet, 0},
		"a workbook gone":         {zipped(t, []part{{"[Content_Types].xml", ""}, {"_rels/.rels", rootRels}}), CodeDamaged, 0},
		"no visible sheet": {handMade(t, row1+row2, part{"xl/workbook.xml",
			`<workbook><sheets><sheet name="One" state="veryHidden" r:id="r1"/></sheets></workbook>`}), CodeNoVisibleSheet, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := readAll(t, c.file)
			wantCode(t, err, c.code, c.row)
		})
	}
}

func TestXLSXBombs(t *testing.T) {
	bomb := func(name string, size int) []byte {
		return handMade(t, "", part{name, `<a>` + strings.Repeat("A", size) + `</a>`})
	}
	cases := map[string][]byte{
		"shared texts":         bomb("xl/sharedStrings.xml", 2*maxToken),
		"styles":               bomb("xl/styles.xml", maxSmallPart+1000),
		"a tag without end":    handMade(t, `<row r="1" x="`+strings.Repeat("A", 2*maxToken)+`"/>`),
		"a size that is a lie": lyingSize(t, bomb("xl/styles.xml", maxSmallPart+1000)),
	}
	for name, file := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := readAll(t, file)
			var refused *Error
			if !errors.As(err, &refused) || refused.Code != CodeTooLargeUnpacked && (name != "a size that is a lie" || refused.Code != CodeDamaged) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// lyingSize rewrites the archive so that its directory says every part is small.
func lyingSize(t *testing.T, file []byte) []byte {
	t.Helper()
	for at := 0; ; {
		i := bytes.Index(file[at:], []byte("PK\x01\x02"))
		if i < 0 {
			return file
		}
		at += i
		copy(file[at+24:at+28], []byte{100, 0, 0, 0}) // uncompressed size
		at += 4
	}
}

func TestXLSXSavedByExcelize(t *testing.T) {
	t.Run("the first visible sheet is read and named", func(t *testing.T) {
		file := excelize.NewFile()
		for _, name := range []string{"Segunda", "Tercera"} {
			if _, err := file.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			set(t, file, name, "A1", "phone")
			set(t, file, name, "A2", name)
		}
		file.SetActiveSheet(2)
		if err := file.SetSheetVisible("Sheet1", false); err != nil {
			t.Fatal(err)
		}
		c := mustRead(t, saved(t, file))
		if c.info.Sheet != "Segunda" || c.info.Sheets != 2 {
			t.Errorf("info %+v", c.info)
		}
		wantRows(t, c.rows, "2|Segunda")
	})
	t.Run("values of every kind", func(t *testing.T) {
		file := excelize.NewFile()
		for i, name := range []string{"phone", "day", "yes", "price", "merged", ""} {
			set(t, file, "Sheet1", string(rune('A'+i))+"1", name)
		}
		set(t, file, "Sheet1", "A2", int64(5531985550001))
		set(t, file, "Sheet1", "B2", time.Date(2026, 11, 24, 15, 30, 0, 0, time.UTC))
		set(t, file, "Sheet1", "C2", true)
		set(t, file, "Sheet1", "D2", 19.9)
		set(t, file, "Sheet1", "E2", "both")
		if err := file.MergeCell("Sheet1", "E2", "E3"); err != nil {
			t.Fatal(err)
		}
		set(t, file, "Sheet1", "A3", "+5531985550002")
		if err := file.SetCellFormula("Sheet1", "D3", "D2*2"); err != nil {
			t.Fatal(err)
		}
		wantRows(t, mustRead(t, saved(t, file)).rows,
			"2|5531985550001|2026-11-24 15:30|TRUE|19.9|both",
			"3|+5531985550002|||||uncalculated [3]")
	})
	t.Run("a password is said to be needed", func(t *testing.T) {
		file := excelize.NewFile()
		set(t, file, "Sheet1", "A1", "phone")
		_, err := readAll(t, saved(t, file, excelize.Options{Password: "secreto"}))
		wantCode(t, err, CodePasswordProtected, 0)
	})
}

func set(t testing.TB, file *excelize.File, sheet, cell string, value any) {
	t.Helper()
	if err := file.SetCellValue(sheet, cell, value); err != nil {
		t.Fatal(err)
	}
}

func saved(t testing.TB, file *excelize.File, options ...excelize.Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := file.Write(&out, options...); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bigXLSX has phones and names in shared or inline texts, as programs differ.
func bigXLSX(t testing.TB, rows int) []byte {
	t.Helper()
	file := excelize.NewFile()
	w, err := file.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	_ = w.SetRow("A1", []any{"telefone", "nome", "valor", "cidade", "modelo", "idioma"})
	for i := range rows {
		cell := "A" + strconv.Itoa(i+2)
		if err := w.SetRow(cell, []any{5531985000000 + i, fmt.Sprintf("João da Silva %d", i), 19.9, "Belo Horizonte", "promo_primavera", "pt_BR"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return saved(t, file)
}

func TestXLSXOfAHundredThousandRows(t *testing.T) {
	if testing.Short() {
		t.Skip("writes and reads two files of 100,000 rows")
	}
	file := bigXLSX(t, MaxXLSXRows)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := Open(bytes.NewReader(file), int64(len(file)), "")
	if err != nil {
		t.Fatal(err)
	}
	var peak uint64
	last := 0.0
	for i := range MaxXLSXRows {
		row, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if row.Number != i+2 || row.Cells[0] != strconv.Itoa(5531985000000+i) {
			t.Fatalf("row %d: %+v", i+2, row)
		}
		if i%1000 == 0 {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapInuse)
			if r.Progress() < last {
				t.Fatalf("progress went back to %v", r.Progress())
			}
			last = r.Progress()
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if grown := (int64(peak) - int64(before.HeapInuse)) >> 20; grown > 32 {
		t.Errorf("reading took %d MB more than before", grown)
	}
	_, err = readAll(t, bigXLSX(t, MaxXLSXRows+1))
	wantCode(t, err, CodeTooManyRows, MaxXLSXRows+2)
}

func BenchmarkXLSXRows(b *testing.B) {
	const rows = 50_000
	file := bigXLSX(b, rows)
	b.Run("sheet", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if c, err := readAll(b, file); err != nil || len(c.rows) != rows {
				b.Fatal(len(c.rows), err)
			}
		}
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("excelize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenReader(bytes.NewReader(file))
			if err != nil {
				b.Fatal(err)
			}
			it, err := f.Rows("Sheet1")
			if err != nil {
				b.Fatal(err)
			}
			for it.Next() {
				if _, err := it.Columns(); err != nil {
					b.Fatal(err)
				}
			}
			_ = it.Close()
			_ = f.Close()
		}
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
