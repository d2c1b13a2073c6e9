package sheet

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// textShape is what a scan of the whole file finds: an encoding decided from
// the start alone is wrong as soon as the first ñ comes late.
type textShape struct {
	encoding string
	mark     int64 // length of the byte order mark
	broken   bool  // UTF-8 with some bytes that are none
	lines    int   // line breaks, those in quotes included
}

const (
	utf8Name    = "utf-8"
	utf16LEName = "utf-16le"
	utf16BEName = "utf-16be"
	ansiName    = "windows-1252"
)

// shapeOf decides the encoding: by its mark, by the zeros UTF-16 leaves between
// Latin letters, by being valid UTF-8, and else Windows-1252.
func shapeOf(r io.ReaderAt, size int64) (textShape, error) {
	head, err := readAt(r, 0, min(size, sniffed))
	if err != nil {
		return textShape{}, err
	}
	shape, known := shapeOfHead(head)
	if !known && bytes.IndexByte(head, 0) >= 0 {
		return shape, &Error{Code: CodeNotASheet}
	}
	census, err := takeCensus(r, size, shape.mark)
	if err != nil {
		return shape, err
	}
	shape.lines = max(census.feeds, census.returns)
	if shape.encoding == "" {
		shape.encoding = utf8Name
		// A few wrong bytes among many right ones are damage, not another encoding.
		if census.invalid > 0 && census.valid < 20*census.invalid {
			shape.encoding = ansiName
		}
	}
	shape.broken = shape.encoding == utf8Name && census.invalid > 0
	if shape.encoding != utf16LEName && shape.encoding != utf16BEName && census.controls*20 > len(head) {
		return shape, &Error{Code: CodeNotASheet}
	}
	return shape, nil
}

func shapeOfHead(head []byte) (textShape, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return textShape{encoding: utf8Name, mark: 3}, true
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")):
		return textShape{}, false // UTF-32: nobody writes it
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return textShape{encoding: utf16LEName, mark: 2}, true
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return textShape{encoding: utf16BEName, mark: 2}, true
	}
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	half := len(head) / 2
	switch {
	case half > 0 && zeros[1]*3 > half && zeros[0]*20 <= half:
		return textShape{encoding: utf16LEName}, true
	case half > 0 && zeros[0]*3 > half && zeros[1]*20 <= half:
		return textShape{encoding: utf16BEName}, true
	}
	return textShape{}, false
}

// census counts, over the whole file, what tells encodings apart.
type census struct {
	valid, invalid int // UTF-8 sequences beyond ASCII, bytes that belong to none
	feeds, returns int
	controls       int // control characters in the first bytes, tabs and line ends aside
}

func takeCensus(r io.ReaderAt, size, from int64) (census, error) {
	var c census
	buf := make([]byte, 256<<10)
	held := 0 // bytes of an unfinished sequence carried into the next round
	for at := from; at < size; {
		n, err := r.ReadAt(buf[held:held+int(min(size-at, int64(len(buf)-held)))], at)
		if err != nil && err != io.EOF {
			return c, err
		}
		if n == 0 {
			break
		}
		if at == from {
			c.countControls(buf[:min(n, sniffed)])
		}
		at += int64(n)
		part := buf[:held+n]
		c.feeds += bytes.Count(part[held:], []byte{'\n'})
		c.returns += bytes.Count(part[held:], []byte{'\r'})
		rest := c.countSequences(part, at >= size)
		held = copy(buf, part[rest:])
	}
	return c, nil
}

func (c *census) countControls(head []byte) {
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' {
			c.controls++
		}
	}
}

// countSequences returns how far it came: short of the end only when a sequence
// may continue behind it.
func (c *census) countSequences(part []byte, last bool) int {
	for i := 0; i < len(part); {
		for i+8 <= len(part) && binary.LittleEndian.Uint64(part[i:])&0x8080808080808080 == 0 {
			i += 8
		}
		if i == len(part) {
			break
		}
		if part[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !last && !utf8.FullRune(part[i:]) {
			return i
		}
		r, width := utf8.DecodeRune(part[i:])
		if r == utf8.RuneError && width == 1 {
			c.invalid++
		} else {
			c.valid++
		}
		i += width
	}
	return len(part)
}

// decoded is the text as UTF-8, valid throughout.
func (s textShape) decoded(r io.Reader) io.Reader {
	var from encoding.Encoding
	switch s.encoding {
	case utf16LEName:
		from = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case utf16BEName:
		from = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case ansiName:
		from = charmap.Windows1252
	default:
		if !s.broken {
			return r
		}
		from = unicode.UTF8
	}
	return transform.NewReader(r, from.NewDecoder())
}
