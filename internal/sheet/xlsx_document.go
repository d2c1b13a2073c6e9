package sheet

import (
	"encoding/xml"
	"io"
)

// document reads one XML part of an XLSX, token by token, with its size and
// the size of every single token held within limits.
type document struct {
	body    io.ReadCloser
	guard   *guardedReader
	decoder *xml.Decoder
}

// element is the beginning of an XML element, without its namespace: writers
// choose prefixes freely, and strict files use other namespaces.
type element struct {
	name  string
	attrs []xml.Attr
}

// maxToken is more than any honest piece of text or tag needs: a full cell
// escaped in the longest way.
const maxToken = 1 << 20

func newDocument(body io.ReadCloser, limit int64) *document {
	guard := &guardedReader{r: body, total: limit, token: maxToken}
	decoder := xml.NewDecoder(guard)
	decoder.Strict = true
	return &document{body: body, guard: guard, decoder: decoder}
}

func (d *document) close() { _ = d.body.Close() } // read-only: nothing can be lost

// token gives the next token; io.EOF at the end of the part. Names of closing
// tags are not checked against opening ones.
func (d *document) token() (xml.Token, error) {
	d.guard.token = maxToken
	token, err := d.decoder.RawToken()
	if err != nil && err != io.EOF {
		return nil, damaged(err)
	}
	return token, err
}

// each calls do for the beginning of every element.
func (d *document) each(do func(element) error) error {
	for {
		token, err := d.token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := do(element{start.Name.Local, start.Attr}); err != nil {
				return err
			}
		}
	}
}

// attr is an attribute's value, "" when it is absent.
func (e element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// guardedReader stops a part that unpacks to more than it may.
type guardedReader struct {
	r     io.Reader
	total int64 // bytes the part may still have
	token int64 // bytes the current token may still have
	read  int64
}

func (g *guardedReader) Read(p []byte) (int, error) {
	if g.total <= 0 || g.token <= 0 {
		return 0, &Error{Code: CodeTooLargeUnpacked}
	}
	if int64(len(p)) > g.total {
		p = p[:g.total]
	}
	n, err := g.r.Read(p)
	g.total -= int64(n)
	g.token -= int64(n)
	g.read += int64(n)
	return n, err
}
