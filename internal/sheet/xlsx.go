package sheet

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// Limits of what an XLSX may grow to, in bytes. They are held while unpacking,
// whatever sizes the file claims to have.
const (
	maxParts       = 5_000
	maxSheetPart   = 512 << 20 // streamed, so this bounds time, not memory
	maxStringsPart = 256 << 20
	maxStringsText = 96 << 20 // kept in memory
	maxSmallPart   = 16 << 20 // workbook, styles, relations
	maxGridRows    = 1 << 20  // what spreadsheet programs can hold, blank rows included
	maxGridColumns = 1 << 14
)

// workbook is an XLSX opened far enough to read one of its sheets.
type workbook struct {
	parts    map[string]*zip.File // by lower-case name
	date1904 bool                 // days count from 1904, as on old Macs
	sheets   []sheetEntry         // visible worksheets, in order
	strings  stringTable
	formats  []numberFormat // by cell style
}

type sheetEntry struct{ name, part string }

type relation struct{ kind, target string }

func openXLSX(r io.ReaderAt, size int64) (*xlsxRows, Info, error) {
	book, err := openWorkbook(r, size)
	if err != nil {
		return nil, Info{}, err
	}
	rows, err := openSheet(book, book.sheets[0].part)
	if err != nil {
		return nil, Info{}, err
	}
	info := Info{
		Format: XLSX, Encoding: utf8Name, Sheet: book.sheets[0].name,
		Sheets: len(book.sheets), Rows: max(rows.lastRow-1, 0),
	}
	return rows, info, nil
}

func openWorkbook(r io.ReaderAt, size int64) (*workbook, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, &Error{Code: CodeDamaged, Err: err}
	}
	if len(archive.File) > maxParts {
		return nil, &Error{Code: CodeTooLargeUnpacked}
	}
	book := &workbook{parts: map[string]*zip.File{}}
	for _, file := range archive.File {
		book.parts[partName(file.Name)] = file
	}
	main, err := book.mainPart()
	if err != nil {
		return nil, err
	}
	relations, err := book.relations(path.Join(path.Dir(main), "_rels", path.Base(main)+".rels"), path.Dir(main))
	if err != nil {
		return nil, err
	}
	if err := book.readWorkbook(main, relations); err != nil {
		return nil, err
	}
	for _, rel := range relations {
		switch rel.kind {
		case "sharedStrings":
			err = book.readStrings(rel.target)
		case "styles":
			err = book.readStyles(rel.target)
		}
		if err != nil {
			return nil, err
		}
	}
	return book, nil
}

// mainPart finds the workbook, or says what else the archive is.
func (b *workbook) mainPart() (string, error) {
	if b.parts["mimetype"] != nil && b.parts["content.xml"] != nil {
		return "", &Error{Code: CodeODS}
	}
	if b.parts["encryptedpackage"] != nil {
		return "", &Error{Code: CodePasswordProtected}
	}
	if b.parts["[content_types].xml"] == nil {
		return "", &Error{Code: CodeNotASheet}
	}
	main := "xl/workbook.xml"
	relations, err := b.relations("_rels/.rels", "")
	if err != nil {
		return "", err
	}
	for _, rel := range relations {
		if rel.kind == "officeDocument" {
			main = rel.target
		}
	}
	switch {
	case strings.HasSuffix(main, ".bin"), !strings.Contains(main, "workbook") && b.parts["xl/workbook.xml"] == nil:
		return "", &Error{Code: CodeNotASheet} // XLSB, a text document, a presentation
	case b.parts[main] == nil:
		return "", &Error{Code: CodeDamaged}
	}
	return main, nil
}

// partName folds what writers disagree about: case, slashes, a leading slash.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// relations reads a .rels part; one that is not there has none.
func (b *workbook) relations(part, folder string) (map[string]relation, error) {
	found := map[string]relation{}
	if b.parts[partName(part)] == nil {
		return found, nil
	}
	doc, err := b.open(part, maxSmallPart)
	if err != nil {
		return nil, err
	}
	defer doc.close()
	return found, doc.each(func(e element) error {
		if e.name != "Relationship" || strings.EqualFold(e.attr("TargetMode"), "External") {
			return nil
		}
		target := e.attr("Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		found[e.attr("Id")] = relation{kind: path.Base(e.attr("Type")), target: partName(target)}
		return nil
	})
}

func (b *workbook) readWorkbook(part string, relations map[string]relation) error {
	doc, err := b.open(part, maxSmallPart)
	if err != nil {
		return err
	}
	defer doc.close()
	err = doc.each(func(e element) error {
		switch e.name {
		case "workbookPr":
			b.date1904 = isTrue(e.attr("date1904"))
		case "sheet":
			rel := relations[e.attr("id")]
			visible := e.attr("state") == "" || e.attr("state") == "visible"
			if visible && rel.kind == "worksheet" && b.parts[rel.target] != nil {
				b.sheets = append(b.sheets, sheetEntry{name: e.attr("name"), part: rel.target})
			}
		}
		return nil
	})
	if err == nil && len(b.sheets) == 0 {
		err = &Error{Code: CodeNoVisibleSheet}
	}
	return err
}

// open starts reading a part, which may unpack to at most limit bytes.
func (b *workbook) open(part string, limit int64) (*document, error) {
	file := b.parts[partName(part)]
	if file == nil {
		return nil, &Error{Code: CodeDamaged}
	}
	if file.UncompressedSize64 > uint64(limit) {
		return nil, &Error{Code: CodeTooLargeUnpacked}
	}
	body, err := file.Open()
	if err != nil {
		return nil, &Error{Code: CodeDamaged, Err: err}
	}
	return newDocument(body, limit), nil
}

func isTrue(attr string) bool { return attr == "1" || strings.EqualFold(attr, "true") }

// damaged keeps our own errors and those of the storage, and calls the rest damage.
func damaged(err error) error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return err
	}
	return &Error{Code: CodeDamaged, Err: err}
}

// columnOf reads the letters of a cell name: 0 for A1, -1 when there are none
// or they are beyond any spreadsheet.
func columnOf(cell string) int {
	column := 0
	for i := 0; i < len(cell) && i < 4; i++ {
		b := cell[i] &^ 0x20
		if b < 'A' || b > 'Z' {
			break
		}
		column = column*26 + int(b-'A') + 1
	}
	if column > maxGridColumns {
		return -1
	}
	return column - 1
}

// rowOf reads the digits of a cell name; 0 when there are none.
func rowOf(cell string) int {
	row, _ := strconv.Atoi(strings.TrimLeft(cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$"))
	return row
}
