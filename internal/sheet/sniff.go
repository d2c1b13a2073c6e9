package sheet

import (
	"bytes"
	"io"
	"unicode/utf16"
)

type fileKind int

const (
	kindText fileKind = iota
	kindZip
)

// sniffed is how many bytes at the start decide what a file is.
const sniffed = 64 << 10

// magics are the first bytes of what people upload by mistake.
var magics = []struct{ start, code string }{
	{"%PDF-", CodePDF},
	{"\x89PNG\r\n\x1a\n", CodeImage}, {"\xff\xd8\xff", CodeImage}, {"GIF8", CodeImage},
	{"II*\x00", CodeImage}, {"MM\x00*", CodeImage}, {"BM", CodeImage}, {"RIFF", CodeImage},
	{"\x1f\x8b", CodeNotASheet}, {"Rar!", CodeNotASheet}, {"7z\xbc\xaf", CodeNotASheet}, {`{\rtf`, CodeNotASheet},
}

// sniff tells text and ZIP apart and refuses the rest by name.
func sniff(r io.ReaderAt, size int64) (fileKind, error) {
	head, err := readAt(r, 0, min(size, sniffed))
	if err != nil {
		return 0, err
	}
	if len(head) == 0 {
		return 0, &Error{Code: CodeEmptyFile}
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return kindZip, nil
	}
	if bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		return 0, refuseCompoundFile(r, size)
	}
	for _, m := range magics {
		// Two letters are not enough to call a text a picture.
		if bytes.HasPrefix(head, []byte(m.start)) && (len(m.start) > 4 || bytes.IndexByte(head, 0) >= 0 || m.start == "\x1f\x8b") {
			return 0, &Error{Code: m.code}
		}
	}
	if isMarkup(head) {
		return 0, &Error{Code: CodeWebPage}
	}
	return kindText, nil
}

// refuseCompoundFile tells a password-protected XLSX (which Excel wraps into
// its old container, MS-OFFCRYPTO §1.3.3) from an old XLS by the names of the streams inside.
func refuseCompoundFile(r io.ReaderAt, size int64) error {
	streams := []struct{ name, code string }{
		{"EncryptedPackage", CodePasswordProtected},
		{"Workbook", CodeOldXLS},
		{"Book", CodeOldXLS},
	}
	found := CodeNotASheet
	const chunk, overlap = 1 << 20, 64
	for at := int64(0); at < size; at += chunk {
		part, err := readAt(r, at, min(size-at, chunk+overlap))
		if err != nil {
			return err
		}
		for _, s := range streams {
			if !bytes.Contains(part, utf16Bytes(s.name)) {
				continue
			}
			if s.code == CodePasswordProtected {
				return &Error{Code: s.code}
			}
			found = s.code
		}
	}
	return &Error{Code: found}
}

func utf16Bytes(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

func isMarkup(head []byte) bool {
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head[:min(len(head), 512)], []byte("\xef\xbb\xbf")), " \t\r\n"))
	for _, start := range []string{"<html", "<!doctype", "<table", "<?xml", "<head", "<meta", "<style", "mime-version:"} {
		if bytes.HasPrefix(text, []byte(start)) {
			return true
		}
	}
	return false
}

// readAt reads n bytes at an offset; a file shorter than promised gives fewer.
func readAt(r io.ReaderAt, offset, n int64) ([]byte, error) {
	buf := make([]byte, n)
	got, err := r.ReadAt(buf, offset)
	if err == io.EOF {
		err = nil
	}
	return buf[:got], err
}
