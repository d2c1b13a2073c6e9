package template_test

import (
	"testing"

	accounts "recado/internal/account"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/template"
)

func TestChoose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(d)
		list := []channel.TemplateInfo{info("1", "aviso", "es", "APPROVED", "Hola"), info("2", "promo", "es", "APPROVED", "Hola"), info("3", "quieta", "es", "PAUSED", "Hola")}
		if _, err := r.Sync(t.Context(), shop, channel.WhatsApp, account, list); err != nil {
			t.Fatal(err)
		}
		id := map[string]db.ID{}
		for _, one := range list {
			found, err := r.Find(t.Context(), shop, account, one.Name, "es")
			if err != nil {
				t.Fatal(err)
			}
			id[one.Name] = found.ID
		}
		boxes := []inbox.Inbox{{Workspace: shop, ID: 21, Account: account}, {Workspace: shop, ID: 22, Account: account}, {Workspace: shop, ID: 23, Account: "other"}}
		choose := func(choices ...template.Choice) error {
			return r.Choose(t.Context(), accounts.System(shop), boxes, choices)
		}
		for _, c := range []struct {
			name, code string
			err        error
		}{
			{"no number", "template.choices", choose()},
			{"a number that is not there", "inbox.not_found", choose(template.Choice{Inbox: 99})},
			{"a template of another account", "template.not_found", choose(template.Choice{Inbox: 21}, template.Choice{Inbox: 23, Inactive: []db.ID{id["promo"]}})},
			{"who may not change settings", "forbidden.area", r.Choose(t.Context(), accounts.Bot(shop), boxes, []template.Choice{{Inbox: 21}})},
		} {
			if !fault.Is(c.err, c.code) {
				t.Errorf("%s: got %v, want %s", c.name, c.err, c.code)
			}
		}
		if now, err := r.Choices(t.Context(), shop); err != nil || len(now) != 0 {
			t.Fatalf("refused choices left %v, %v", now, err)
		}
		if err := choose(template.Choice{Inbox: 21, Inactive: []db.ID{id["promo"], id["promo"]}}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			box  int
			name string
			code string
		}{{0, "promo", "template.inactive"}, {1, "promo", ""}, {0, "aviso", ""}, {0, "quieta", "template.not_sendable"}, {2, "aviso", "template.not_sendable"}} {
			_, err := r.ForAgent(t.Context(), boxes[c.box], id[c.name])
			if c.code == "" && err != nil || c.code != "" && !fault.Is(err, c.code) {
				t.Errorf("%s from number %d: got %v, want %q", c.name, boxes[c.box].ID, err, c.code)
			}
		}
		now, err := r.Choices(t.Context(), shop)
		if err != nil || len(now) != 1 || now[21].Active(id["promo"]) || !now[21].Active(id["aviso"]) || now[21].ChangedAt == 0 {
			t.Errorf("got %+v, %v", now, err)
		}
		if err := choose(template.Choice{Inbox: 21}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ForAgent(t.Context(), boxes[0], id["promo"]); err != nil {
			t.Errorf("switched on again: %v", err)
		}
	})
}
