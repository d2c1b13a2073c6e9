package campaign

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

// Prices are what a workspace pays for a message, as it wrote them down. None are built in: providers change theirs by contract,
// country and quarter.
type Prices struct {
	Currency string  `json:"currency"` // ISO 4217, three capitals
	Items    []Price `json:"items"`
}

// Price is that of one message. Market is a country in two letters (ISO 3166), or a calling code with its plus for all numbers that
// begin with it; a country goes before its calling code.
type Price struct {
	Market   string `json:"market"`
	Category string `json:"category"` // marketing, utility or authentication
	Price    string `json:"price"`    // as a decimal with a point: 0.0625
}

// PriceCategories are those a price is for, as the provider names them in small letters.
var PriceCategories = []string{"marketing", "utility", "authentication"}

const (
	maxPrices     = 1000
	microsPerUnit = 1_000_000
	maxPriceUnits = 1_000_000
)

var (
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
	priceForm    = regexp.MustCompile(`^[0-9]{1,7}([.,][0-9]{1,6})?$`)
)

type priceRow struct {
	Market   string `db:"market"`
	Category string `db:"category"`
	Micros   int64  `db:"micros"`
}

// Prices gives the prices of the actor's workspace, by market and category; none at first, with an empty currency.
func (r *Room) Prices(ctx context.Context, actor account.Actor) (Prices, error) {
	out := Prices{Items: []Price{}}
	currency, rows, err := r.pricesOf(ctx, actor.Workspace)
	out.Currency = currency
	for _, one := range rows {
		out.Items = append(out.Items, Price{Market: one.Market, Category: strings.ToLower(one.Category), Price: decimal(one.Micros)})
	}
	return out, err
}

func (r *Room) pricesOf(ctx context.Context, workspace db.ID) (currency string, rows []priceRow, err error) {
	currency, err = db.One[string](ctx, r.d, "select currency from price_lists where workspace_id = $1", workspace)
	if db.None(err) {
		return "", nil, nil
	}
	if err == nil {
		rows, err = db.All[priceRow](ctx, r.d, "select market, category, micros from prices where workspace_id = $1 order by market, category", workspace)
	}
	if err != nil {
		err = fmt.Errorf("prices: %w", err)
	}
	return currency, rows, err
}

// SetPrices puts these prices in the place of all there were. It fails with Invalid for a currency, market, category or price that is
// none, named by its place (items.3.price), and for two prices of the same.
func (r *Room) SetPrices(ctx context.Context, actor account.Actor, p Prices) error {
	if err := actor.Can(account.Settings, account.Edit); err != nil {
		return err
	}
	rows, err := p.rows(actor.Workspace)
	if err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "insert into price_lists (workspace_id, currency) values ($1, $2) on conflict (workspace_id) do update set currency = excluded.currency",
			actor.Workspace, strings.ToUpper(strings.TrimSpace(p.Currency)))
		if err != nil {
			return fmt.Errorf("currency: %w", err)
		}
		if _, err := tx.Exec(ctx, "delete from prices where workspace_id = $1", actor.Workspace); err != nil {
			return fmt.Errorf("prices: %w", err)
		}
		_, err = tx.Insert(ctx, "prices (workspace_id, market, category, micros)", "", rows)
		return err
	})
}

// rows are the prices as they are stored, once all of them are right.
func (p Prices) rows(workspace db.ID) ([][]any, error) {
	if len(p.Items) > maxPrices {
		return nil, fault.New(fault.Invalid, "price.too_many", "There may be at most %d prices.", maxPrices).On("items").With("limit", maxPrices)
	}
	if currency := strings.ToUpper(strings.TrimSpace(p.Currency)); !currencyForm.MatchString(currency) && (currency != "" || len(p.Items) > 0) {
		return nil, fault.New(fault.Invalid, "price.currency", "Name the currency by its three letters, such as USD.").On("currency")
	}
	rows, seen := make([][]any, 0, len(p.Items)), map[priceRow]bool{}
	for i, item := range p.Items {
		one, err := item.row()
		if err == nil && seen[priceRow{Market: one.Market, Category: one.Category}] {
			err = fault.New(fault.Invalid, "price.twice", "There are two prices for %s and %s.", one.Market, one.Category).On("market").
				With("market", one.Market).With("category", strings.ToLower(one.Category))
		}
		if err != nil {
			return nil, within("items."+strconv.Itoa(i), err)
		}
		seen[priceRow{Market: one.Market, Category: one.Category}] = true
		rows = append(rows, []any{int64(workspace), one.Market, one.Category, one.Micros})
	}
	return rows, nil
}

func (p Price) row() (priceRow, error) {
	out := priceRow{Category: strings.ToUpper(strings.TrimSpace(p.Category))}
	var known bool
	if out.Market, known = contact.Market(p.Market); !known {
		return out, fault.New(fault.Invalid, "price.market", "“%s” is neither a country (UY) nor a calling code (+598).", short(p.Market)).On("market").With("text", short(p.Market))
	}
	if !slices.Contains(PriceCategories, strings.ToLower(out.Category)) {
		return out, fault.New(fault.Invalid, "price.category", "The category is marketing, utility or authentication.").On("category").With("text", short(p.Category))
	}
	var err error
	out.Micros, err = micros(p.Price)
	return out, err
}

// micros reads a decimal with a point or a comma and at most six places behind it.
func micros(text string) (int64, error) {
	text = strings.TrimSpace(text)
	wrong := fault.New(fault.Invalid, "price.amount", "“%s” is not a price. Write it as 0.0625.", short(text)).On("price").With("text", short(text))
	if !priceForm.MatchString(text) {
		return 0, wrong
	}
	whole, part, _ := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	units, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || units >= maxPriceUnits {
		return 0, wrong
	}
	rest, err := strconv.ParseInt((part + "000000")[:6], 10, 64)
	if err != nil {
		return 0, wrong
	}
	return units*microsPerUnit + rest, nil
}

// decimal writes micros as micros reads them.
func decimal(n int64) string {
	text := fmt.Sprintf("%d.%06d", n/microsPerUnit, n%microsPerUnit)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// Cost is what messages cost by the prices of the workspace: an estimate, since the provider has the last word.
type Cost struct {
	Currency string     `json:"currency"` // empty: no price was written down
	Total    string     `json:"total"`    // of what has a price, a decimal with a point
	Unpriced int64      `json:"unpriced"` // people without a price
	Lines    []CostLine `json:"lines"`
}

// CostLine is the part of one country and category.
type CostLine struct {
	Country  string `json:"country"`  // ISO 3166 in two letters; empty: the number belongs to none
	Category string `json:"category"` // as in Price
	People   int64  `json:"people"`
	Price    string `json:"price"` // of one; empty: not known
	Amount   string `json:"amount"`
}

// sent are messages of one country and category.
type sentTo struct{ country, category string }

// costOf multiplies how many messages go where by the prices there.
func costOf(currency string, prices []priceRow, counts map[sentTo]int64) Cost {
	known := pricingOf(currency, prices)
	out := Cost{Currency: currency, Lines: []CostLine{}}
	total := int64(0)
	for to, n := range counts {
		line := CostLine{Country: to.country, Category: strings.ToLower(to.category), People: n}
		if price, has := known.of(to.country, to.category); has {
			line.Price, line.Amount = decimal(price), decimal(price*n)
			total += price * n
		} else {
			out.Unpriced += n
		}
		out.Lines = append(out.Lines, line)
	}
	out.Total = decimal(total)
	slices.SortFunc(out.Lines, func(a, b CostLine) int {
		if a.People != b.People {
			return int(b.People - a.People)
		}
		return strings.Compare(a.Country+a.Category, b.Country+b.Category)
	})
	return out
}
