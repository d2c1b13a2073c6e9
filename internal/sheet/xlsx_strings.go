package sheet

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
)

// stringTable keeps the shared texts of a workbook one behind the other: a
// million of them cost their letters and four bytes each.
type stringTable struct {
	text string
	ends []uint32
}

func (t *stringTable) at(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.text[start:t.ends[i]], true
}

func (b *workbook) readStrings(part string) error {
	doc, err := b.open(part, maxStringsPart)
	if err != nil {
		return err
	}
	defer doc.close()
	var all strings.Builder
	for {
		token, err := doc.token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); !ok || start.Name.Local != "si" {
			continue
		}
		text, err := doc.richText("si")
		if err != nil {
			return err
		}
		all.WriteString(text)
		if all.Len() > maxStringsText || len(b.strings.ends) > maxStringsText/8 {
			return &Error{Code: CodeTooLargeUnpacked}
		}
		b.strings.ends = append(b.strings.ends, uint32(all.Len()))
	}
	b.strings.text = all.String()
	return nil
}

// richText gathers the text up to the end of an element; runs are joined,
// phonetic guides left out.
func (d *document) richText(until string) (string, error) {
	var text strings.Builder
	inText, phonetic := false, false
	for {
		token, err := d.token()
		if err == io.EOF {
			return "", &Error{Code: CodeDamaged, Err: io.ErrUnexpectedEOF}
		}
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			inText = t.Name.Local == "t"
			phonetic = phonetic || t.Name.Local == "rPh"
		case xml.EndElement:
			inText = false
			if t.Name.Local == "rPh" {
				phonetic = false
			}
			if t.Name.Local == until {
				return unescaped(text.String()), nil
			}
		case xml.CharData:
			if inText && !phonetic {
				text.Write(t)
			}
		}
		if text.Len() > 4*MaxCell {
			return "", &Error{Code: CodeCellTooLong}
		}
	}
}

// unescaped replaces _x000D_ and its like, which stand for characters XML can
// not hold (ECMA-376 part 1, §22.4.2.4). Control characters other than
// line ends and tabs are dropped.
func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var out strings.Builder
	for {
		i := strings.Index(text, "_x")
		if i < 0 || len(text) < i+7 {
			break
		}
		code, err := strconv.ParseUint(text[i+2:i+6], 16, 16)
		if err != nil || text[i+6] != '_' {
			out.WriteString(text[:i+2])
			text = text[i+2:]
			continue
		}
		out.WriteString(text[:i])
		if code >= ' ' || code == '\n' || code == '\t' || code == '\r' {
			out.WriteRune(rune(code))
		}
		text = text[i+7:]
	}
	out.WriteString(text)
	return out.String()
}
