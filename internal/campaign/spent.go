package campaign

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
)

// Spent is what delivered messages cost by the prices of the moment each was handed over: an estimate, since the provider has the
// last word. Where prices changed meanwhile there is a line for each.
type Spent struct {
	Totals   []Money     `json:"totals"`   // of what has a price, one for each currency
	Unpriced int64       `json:"unpriced"` // messages without a price
	Lines    []SpentLine `json:"lines"`
}

// Money is an amount, as a decimal with a point.
type Money struct {
	Currency string `json:"currency"`
	Amount   string `json:"amount"`
}

// SpentLine is the part of one country, category and price; People are delivered messages.
type SpentLine struct {
	CostLine
	Currency string `json:"currency"` // empty: no price is known
}

// CostReport is what a campaign cost beside what was said when it was sent.
type CostReport struct {
	Counting bool  `json:"counting"` // it changed since it was counted
	Spent    Spent `json:"spent"`
	Forecast *Cost `json:"forecast"` // none for single messages, and for campaigns that were not sent
}

// pricing are the prices of a workspace at a moment.
type pricing struct {
	currency string
	micros   map[priceRow]int64 // without Micros
	readAt   int64
}

func pricingOf(currency string, rows []priceRow) pricing {
	p := pricing{currency: currency, micros: map[priceRow]int64{}}
	for _, one := range rows {
		p.micros[priceRow{Market: one.Market, Category: one.Category}] = one.Micros
	}
	return p
}

// of is the price of a message, in millionths; a country goes before its calling code.
func (p pricing) of(country, category string) (micros int64, known bool) {
	if micros, known = p.micros[priceRow{Market: country, Category: category}]; !known {
		micros, known = p.micros[priceRow{Market: contact.CallingCode(country), Category: category}]
	}
	return micros, known
}

// priced is a message's price as it is kept with its recipient.
type priced struct {
	country, category, currency string // "" for none
	micros                      int64  // no price without a currency
}

const nothingPriced = "-"

func (p priced) text() string {
	return fmt.Sprintf("%s %s %s %d", cmp.Or(p.country, nothingPriced), cmp.Or(p.category, nothingPriced), cmp.Or(p.currency, nothingPriced), p.micros)
}

// readPriced reads what text wrote.
func readPriced(text string) (p priced, err error) {
	parts := strings.Fields(text)
	if len(parts) != 4 {
		return p, fmt.Errorf("%q is no price of a message", text)
	}
	for i, part := range parts[:3] {
		if part == nothingPriced {
			parts[i] = ""
		}
	}
	p = priced{country: parts[0], category: parts[1], currency: parts[2]}
	p.micros, err = strconv.ParseInt(parts[3], 10, 64)
	return p, err
}

// priceOf gives what a message to an address costs now, as it is kept.
func (p pricing) priceOf(address, category string) string {
	one := priced{country: contact.FromWhatsApp(address).Country, category: category}
	if micros, known := p.of(one.country, category); known {
		one.currency, one.micros = p.currency, micros
	}
	return one.text()
}

// pricesAge is how long a dispatcher goes by the prices it read, in milliseconds.
const pricesAge = 10_000

// lookAtPrices reads the prices anew.
func (p *dispatching) lookAtPrices(ctx context.Context) error {
	now := p.room.d.Now()
	if p.prices.readAt != 0 && now-p.prices.readAt < pricesAge {
		return nil
	}
	currency, rows, err := p.room.pricesOf(ctx, p.due.Workspace)
	if err != nil {
		return err
	}
	p.prices = pricingOf(currency, rows)
	p.prices.readAt = now
	return nil
}

// spentOf sums delivered messages by their price.
func spentOf(counts map[string]int64) (Spent, error) {
	out := Spent{Totals: []Money{}, Lines: []SpentLine{}}
	totals := map[string]int64{}
	for text, n := range counts {
		p, err := readPriced(text)
		if err != nil {
			return out, err
		}
		line := SpentLine{CostLine: CostLine{Country: p.country, Category: strings.ToLower(p.category), People: n}, Currency: p.currency}
		if p.currency == "" {
			out.Unpriced += n
		} else {
			line.Price, line.Amount = decimal(p.micros), decimal(p.micros*n)
			totals[p.currency] += p.micros * n
		}
		out.Lines = append(out.Lines, line)
	}
	for _, currency := range slices.Sorted(maps.Keys(totals)) {
		out.Totals = append(out.Totals, Money{currency, decimal(totals[currency])})
	}
	slices.SortFunc(out.Lines, func(a, b SpentLine) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Country, b.Country), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Price, b.Price))
	})
	return out, nil
}

type costRow struct {
	Priced string `db:"priced"`
	N      int64  `db:"number"`
}

func spentBy(rows []costRow) (Spent, error) {
	counts := map[string]int64{}
	for _, one := range rows {
		counts[one.Priced] += one.N
	}
	return spentOf(counts)
}

// Cost tells what a campaign has cost, as last counted, and what was said when it was sent.
func (r *Room) Cost(ctx context.Context, actor account.Actor, id db.ID) (out CostReport, err error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return out, err
	}
	forecast, err := db.One[string](ctx, r.d, "select forecast_json from campaigns where id = $1 and workspace_id = $2", id, actor.Workspace)
	if db.None(err) {
		return out, notFound()
	}
	if err == nil && forecast != "" {
		err = decode(forecast, &out.Forecast)
	}
	if err != nil {
		return out, fmt.Errorf("forecast of campaign %d: %w", id, err)
	}
	news, err := db.One[int64](ctx, r.d, "select count(*) from campaign_news where campaign_id = $1", id)
	if err != nil {
		return out, err
	}
	out.Counting = news > 0
	rows, err := db.All[costRow](ctx, r.d, "select priced, number from campaign_costs where campaign_id = $1", id)
	if err != nil {
		return out, fmt.Errorf("cost of campaign %d: %w", id, err)
	}
	out.Spent, err = spentBy(rows)
	return out, err
}

// costAsItStands is what a checked campaign would cost by the prices of this moment.
func (r *Room) costAsItStands(ctx context.Context, workspace db.ID, cat *catalog, groups []reachGroup) (Cost, error) {
	currency, prices, err := r.pricesOf(ctx, workspace)
	return costOf(currency, prices, countries(cat, groups)), err
}
