// Package paper writes text on A4 pages as a PDF: accents, emoji, Hebrew and Arabic, as long as it takes.
//
// Fonts are embedded (Noto, SIL Open Font License): Noto Sans, Noto Emoji in black, Noto Sans Hebrew and Arabic, 1.8 MB together;
// a document carries only the signs it uses. What it cannot do: emoji of several joined parts are drawn by their first one, signs
// of scripts without a font here (Chinese, Thai …) are drawn as a box, and Arabic copied out of the document is in its
// presentation forms.
package paper

import (
	"fmt"
	"io"

	"github.com/signintech/gopdf"
)

// Measures in points.
const (
	pageWidth, pageHeight = 595.28, 841.89
	margin                = 48.0
	foot                  = 40.0
)

// Style is how a text looks.
type Style struct {
	Size     float64
	Grey     bool
	Link     string  // an address: the text is blue and leads there
	Indent   float64 // from the left edge
	Above    float64 // space before it
	Shaded   bool    // on a light ground
	Together float64 // height that must be left on the page, with it
}

// Document is a PDF being written, from top to bottom.
type Document struct {
	pdf   *gopdf.GoPdf
	y     float64
	page  int
	label string
	fonts map[string]bool
	err   error
}

// New begins a document. The title stands in its properties, the label with the page's number at the foot of each page.
func New(title, label string) *Document {
	d := &Document{pdf: &gopdf.GoPdf{}, label: label, fonts: map[string]bool{}}
	d.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageWidth, H: pageHeight}})
	d.pdf.SetInfo(gopdf.PdfInfo{Title: title, Creator: "Recado", Producer: "Recado"})
	d.turn()
	return d
}

// turn begins a new page.
func (d *Document) turn() {
	d.pdf.AddPage()
	d.page++
	d.y = margin
	d.draw(line(d.label+" · "+fmt.Sprint(d.page)), margin, pageHeight-foot+8, Style{Size: 8, Grey: true})
}

// Write puts a text below what stands already, broken into lines, over as many pages as it needs.
func (d *Document) Write(text string, s Style) {
	s.Size = max(s.Size, 6)
	height := s.Size * 1.45
	d.y += s.Above
	if d.y+max(height, s.Together) > pageHeight-margin-foot {
		d.turn()
	}
	for _, l := range lines(text, pageWidth-2*margin-s.Indent, s.Size) {
		if d.y+height > pageHeight-margin-foot/2 {
			d.turn()
		}
		if s.Shaded {
			d.pdf.SetFillColor(255, 246, 219)
			d.pdf.RectFromUpperLeftWithStyle(margin+s.Indent-4, d.y, pageWidth-2*margin-s.Indent+8, height, "F")
		}
		x := margin + s.Indent
		if l.rtl {
			x = pageWidth - margin - l.width(s.Size)
		}
		d.draw(l, x, d.y, s)
		d.y += height
	}
}

// Rule draws a thin line across the page.
func (d *Document) Rule() {
	d.y += 6
	d.pdf.SetStrokeColor(210, 214, 222)
	d.pdf.SetLineWidth(0.6)
	d.pdf.Line(margin, d.y, pageWidth-margin, d.y)
	d.y += 6
}

func (d *Document) draw(l textLine, x, y float64, s Style) {
	switch {
	case s.Link != "":
		d.pdf.SetTextColor(11, 90, 158)
	case s.Grey:
		d.pdf.SetTextColor(82, 92, 110)
	default:
		d.pdf.SetTextColor(21, 26, 36)
	}
	start := x
	for _, part := range l.parts {
		d.use(part.face, s.Size)
		d.pdf.SetXY(x, y+s.Size*1.1) // one base line for all fonts
		if err := d.pdf.Text(part.text); err != nil && d.err == nil {
			d.err = err
		}
		x += part.face.width(part.text, s.Size)
	}
	if s.Link != "" {
		d.pdf.AddExternalLink(s.Link, start, y, x-start, s.Size*1.4)
	}
}

// use sets the font, adding it to the document when it is the first time.
func (d *Document) use(f *face, size float64) {
	if !d.fonts[f.name] {
		d.fonts[f.name] = true
		if err := d.pdf.AddTTFFontData(f.name, f.data); err != nil && d.err == nil {
			d.err = fmt.Errorf("font %s: %w", f.name, err)
		}
	}
	if err := d.pdf.SetFont(f.name, "", size); err != nil && d.err == nil {
		d.err = err
	}
}

// Pages is how many pages there are so far.
func (d *Document) Pages() int { return d.page }

// End writes the document out.
func (d *Document) End(w io.Writer) error {
	if d.err != nil {
		return fmt.Errorf("pdf: %w", d.err)
	}
	if _, err := d.pdf.WriteTo(w); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	return nil
}
