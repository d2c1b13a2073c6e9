package campaign

import (
	"io"
	"strings"

	"recado/internal/fault"
	"recado/internal/sheet"
)

// maxPriceText bounds a list of prices, in bytes.
const maxPriceText = 1 << 20

// Headings a column of prices is found by, in three languages, folded.
var priceHeadings = map[string][]string{
	"market":   {"country", "pais", "market", "mercado"},
	"category": {"category", "categoria"},
	"price":    {"price", "precio", "preco"},
}

// ReadPrices reads a list of prices as CSV with the columns country, category and price (in English, Spanish or Portuguese, in any
// order). It keeps nothing. It fails with Invalid on the field file for what cannot be read, and names the row of the first price
// that is none.
func ReadPrices(text string) ([]Price, error) {
	if len(text) > maxPriceText {
		return nil, fault.New(fault.TooLarge, "price.file", "The list of prices is too long.").On("file")
	}
	in, err := sheet.Open(strings.NewReader(text), int64(len(text)), "prices.csv")
	if err != nil {
		return nil, sheet.Fault(err)
	}
	defer in.Close()
	at := map[string]int{}
	for i, name := range in.Header() {
		for key, headings := range priceHeadings {
			for _, heading := range headings {
				if sheet.FoldHeader(name) == heading {
					at[key] = i
				}
			}
		}
	}
	if len(at) < len(priceHeadings) {
		return nil, fault.New(fault.Invalid, "price.columns", "The file needs the columns country, category and price.").On("file")
	}
	return readPriceRows(in, at)
}

func readPriceRows(in *sheet.Reader, at map[string]int) ([]Price, error) {
	out, first := []Price{}, map[priceRow]bool{}
	for {
		row, err := in.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, sheet.Fault(err)
		}
		one, err := Price{Market: strings.Clone(cell(row.Cells, at["market"])), Category: strings.Clone(cell(row.Cells, at["category"])),
			Price: strings.Clone(cell(row.Cells, at["price"]))}.row()
		same := priceRow{Market: one.Market, Category: one.Category}
		if err == nil && first[same] {
			err = fault.New(fault.Invalid, "price.twice", "There are two prices for %s and %s.", one.Market, one.Category)
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "price.row", "Row %d is no price of its own.", row.Number).On("file").Because(err).
				With("row", row.Number).With("text", short(strings.Join(row.Cells, "; ")))
		}
		if len(out) == maxPrices {
			return nil, fault.New(fault.Invalid, "price.too_many", "There may be at most %d prices.", maxPrices).On("file").With("limit", maxPrices)
		}
		first[same] = true
		out = append(out, Price{Market: one.Market, Category: strings.ToLower(one.Category), Price: decimal(one.Micros)})
	}
}
