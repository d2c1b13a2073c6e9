package template_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/template"
)

const (
	shop    db.ID = 7
	account       = "1090010010010010"
)

func info(id, name, language, status, body string) channel.TemplateInfo {
	return channel.TemplateInfo{ExternalID: id, Name: name, Language: language, Category: "UTILITY", Status: status, Quality: "GREEN",
		ParameterFormat: "POSITIONAL", Components: json.RawMessage(fmt.Sprintf(`[{"type":"BODY","text":%q}]`, body))}
}

func newRoom(d *db.DB) *template.Room { return template.New(d, event.NewLog(d, event.NewBell(d))) }

func factsOf(t *testing.T, d *db.DB, kind string) int {
	t.Helper()
	n, err := db.One[int](context.Background(), d, "select count(*) from events where kind = $1", kind)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSync(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		r := newRoom(d)
		list := []channel.TemplateInfo{
			info("1", "aviso", "es", "APPROVED", "Hola {{1}}"), info("2", "aviso", "pt_BR", "PENDING", "Oi {{1}}"), info("3", "welcome", "en-US", "APPROVED", "Hi 🦜"),
		}

		t.Run("the provider's list becomes ours, and the same list changes and tells nothing", func(t *testing.T) {
			if n, err := r.Sync(ctx, shop, channel.WhatsApp, account, list); n != 3 || err != nil {
				t.Fatalf("%d changed, %v", n, err)
			}
			if n, err := r.Sync(ctx, shop, channel.WhatsApp, account, list); n != 0 || err != nil {
				t.Errorf("%d changed the second time, %v", n, err)
			}
			if n := factsOf(t, d, template.Changed); n != 1 {
				t.Errorf("%d facts, want 1", n)
			}
		})

		t.Run("a language is found in either spelling", func(t *testing.T) {
			for _, language := range []string{"en_US", "en-US", "EN-us", " en_us "} {
				if got, err := r.Find(ctx, shop, account, "welcome", language); err != nil || got.ExternalID != "3" {
					t.Errorf("%q: %v, %v", language, got.ExternalID, err)
				}
			}
			if _, err := r.Find(ctx, shop, account, "welcome", "en"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("another language: %v", err)
			}
			if _, err := r.Find(ctx, shop+1, account, "welcome", "en_US"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("another workspace: %v", err)
			}
		})

		t.Run("an edited template keeps our id, one that is gone is kept but not listed", func(t *testing.T) {
			before, err := r.Find(ctx, shop, account, "aviso", "es")
			if err != nil {
				t.Fatal(err)
			}
			gone, err := r.Find(ctx, shop, account, "welcome", "en_US")
			if err != nil {
				t.Fatal(err)
			}
			edited := []channel.TemplateInfo{info("1", "aviso", "es", "APPROVED", "Hola {{1}}, nuevo"), list[1]}
			if n, err := r.Sync(ctx, shop, channel.WhatsApp, account, edited); n != 2 || err != nil {
				t.Fatalf("%d changed, %v", n, err)
			}
			after, err := r.Get(ctx, shop, before.ID)
			if err != nil || after.Shape().Body.Text != "Hola {{1}}, nuevo" {
				t.Errorf("got %+v, %v", after, err)
			}
			if all, err := r.List(ctx, shop, account); err != nil || len(all) != 2 {
				t.Errorf("%d listed, %v", len(all), err)
			}
			if kept, err := r.Get(ctx, shop, gone.ID); err != nil || kept.Status != template.Deleted || kept.Sendable() {
				t.Errorf("got %+v, %v", kept, err)
			}
		})

		t.Run("news finds the template by its id or by name and language, and tells a fact once", func(t *testing.T) {
			before := factsOf(t, d, template.Changed)
			for i, c := range []struct {
				news channel.Account
				want int
			}{
				{channel.Account{AccountExternalID: account, TemplateExternalID: "2", TemplateStatus: "APPROVED"}, 1},
				{channel.Account{AccountExternalID: account, TemplateExternalID: "2", TemplateStatus: "APPROVED"}, 0},
				{channel.Account{AccountExternalID: account, TemplateName: "aviso", TemplateLanguage: "pt-BR", TemplateStatus: "PAUSED", Quality: "RED"}, 1},
				{channel.Account{AccountExternalID: account, TemplateExternalID: "404", TemplateStatus: "PAUSED"}, 0},
				{channel.Account{AccountExternalID: "other", TemplateExternalID: "2", TemplateStatus: "APPROVED"}, 0},
			} {
				err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					n, err := r.StatusIn(ctx, tx, channel.WhatsApp, c.news)
					if err == nil && n != c.want {
						t.Errorf("news %d changed %d templates, want %d", i, n, c.want)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			got, err := r.Find(ctx, shop, account, "aviso", "pt_BR")
			if err != nil || got.Status != template.Paused || got.Quality != "RED" || got.Category != "UTILITY" {
				t.Errorf("got %+v, %v", got, err)
			}
			if n := factsOf(t, d, template.Changed) - before; n != 2 {
				t.Errorf("%d facts, want 2", n)
			}
		})
	})
}
