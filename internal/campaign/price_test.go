package campaign_test

import (
	"strings"
	"testing"

	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func TestPrices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if p, err := w.room.Prices(t.Context(), w.owner); err != nil || p.Currency != "" || len(p.Items) != 0 {
			t.Errorf("at first %+v %v", p, err)
		}
		w.must(w.room.SetPrices(t.Context(), w.owner, campaign.Prices{Currency: "usd", Items: []campaign.Price{{Market: "uy", Category: "marketing", Price: "0,0625"}, {Market: "1", Category: "UTILITY", Price: "2"}}}))
		p, err := w.room.Prices(t.Context(), w.owner)
		w.must(err)
		if p.Currency != "USD" || len(p.Items) != 2 || p.Items[0] != (campaign.Price{Market: "+1", Category: "utility", Price: "2"}) || p.Items[1] != (campaign.Price{Market: "UY", Category: "marketing", Price: "0.0625"}) {
			t.Errorf("%+v", p)
		}
		good := campaign.Price{Market: "UY", Category: "marketing", Price: "1"}
		for code, wrong := range map[string]campaign.Prices{
			"price.currency": {Currency: "dollars", Items: []campaign.Price{good}},
			"price.market":   {Currency: "USD", Items: []campaign.Price{good, {Market: "XX", Category: "marketing", Price: "1"}}},
			"price.category": {Currency: "USD", Items: []campaign.Price{{Market: "UY", Category: "service", Price: "1"}}},
			"price.amount":   {Currency: "USD", Items: []campaign.Price{{Market: "UY", Category: "marketing", Price: "1.2.3"}}},
			"price.twice":    {Currency: "USD", Items: []campaign.Price{good, good}},
			"price.too_many": {Currency: "USD", Items: make([]campaign.Price, 1001)},
		} {
			wantFault(t, w.room.SetPrices(t.Context(), w.owner, wrong), code)
		}
		wantFault(t, w.room.SetPrices(t.Context(), w.sender, campaign.Prices{}), "forbidden.area")
		if again, err := w.room.Prices(t.Context(), w.owner); err != nil || len(again.Items) != 2 {
			t.Errorf("a refused list changed something: %+v %v", again, err)
		}
	})
}

func TestReadPrices(t *testing.T) {
	got, err := campaign.ReadPrices("país;categoría;precio\nUY;Marketing;0,05\n+55;utility;0.008\n")
	if err != nil || len(got) != 2 || got[0] != (campaign.Price{Market: "UY", Category: "marketing", Price: "0.05"}) || got[1] != (campaign.Price{Market: "+55", Category: "utility", Price: "0.008"}) {
		t.Errorf("%+v %v", got, err)
	}
	for text, code := range map[string]string{"": "sheet.empty_file", "country;price\nUY;1\n": "price.columns", "country;category;price\nUY;marketing;free\n": "price.row",
		"country;category;price\nUY;marketing;1\nuy;MARKETING;2\n": "price.row", strings.Repeat("x", 2<<20): "price.file"} {
		_, err := campaign.ReadPrices(text)
		wantFault(t, err, code)
	}
}

func FuzzReadPrices(f *testing.F) {
	for _, seed := range []string{"country;category;price\nUY;marketing;0.05\n", "pais,categoria,precio\n+1,utility,\"0,1\"\n", "country\tcategory\tprice\nBR\tauthentication\t9\n", "\xff\xfe", "price;price;price\n1;1;1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := campaign.ReadPrices(text)
		if err != nil {
			return
		}
		for _, one := range got {
			if one.Market == "" || one.Category == "" || one.Price == "" || strings.ContainsAny(one.Price, "-+e, ") {
				t.Errorf("%+v", one)
			}
		}
	})
}
