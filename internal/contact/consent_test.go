package contact_test

import (
	"context"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
)

func TestConsent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		room, shop := contact.New(d, event.NewLog(d, event.NewBell(d))), d.NewID()
		ana := account.Actor{Kind: account.KindUser, Workspace: shop, User: 7, Name: "Ana Sosa"}
		person := func(phone string) (id db.ID) {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				found, err := room.ResolveIn(ctx, tx, shop, channel.WhatsApp, []contact.Person{{Identities: []channel.Identity{{Kind: channel.Phone, Value: phone}}}})
				if err == nil {
					id = found[0].Contact
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		change := func(out bool, id db.ID, why contact.Consent) contact.Contact {
			t.Helper()
			verb := room.OptIn
			if out {
				verb = room.OptOut
			}
			c, err := verb(t.Context(), shop, id, why)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		for _, source := range []string{contact.ByAgent, contact.ByMessage, contact.ByAPI} {
			t.Run("what was set by "+source+" is not undone by the provider or an import", func(t *testing.T) {
				id := person("53198555" + map[string]string{contact.ByAgent: "0901", contact.ByMessage: "0902", contact.ByAPI: "0903"}[source])
				change(true, id, contact.Consent{Source: contact.ByProvider, At: 1000})
				change(true, id, contact.Consent{Source: source, At: 2000, By: ana, Wording: "BAJA"})
				for _, other := range []string{contact.ByProvider, contact.ByImport} {
					if c := change(false, id, contact.Consent{Source: other, At: 3000}); c.OptedOutAt != 1000 || c.OptedOutSource != source {
						t.Errorf("%s made it %d %q", other, c.OptedOutAt, c.OptedOutSource)
					}
				}
				c := change(false, id, contact.Consent{Source: contact.ByAgent, At: 4000, By: ana})
				if c.OptedOutAt != 0 || c.OptedOutScope != "" {
					t.Errorf("a colleague could not take it back: %+v", c)
				}
				ledger, err := room.Ledger(t.Context(), shop, c)
				if err != nil || len(ledger) != 5 {
					t.Fatalf("%+v %v", ledger, err)
				}
				if last, first := ledger[0], ledger[4]; !last.Given || last.ByName != "Ana Sosa" || first.Given || first.Source != contact.ByProvider || first.Scope != contact.Marketing {
					t.Errorf("%+v", ledger)
				}
				if !ledger[1].Kept || !ledger[2].Kept || ledger[3].Wording != "BAJA" {
					t.Errorf("%+v", ledger)
				}
			})
		}
		t.Run("the provider takes back what it set, and the same twice is one entry", func(t *testing.T) {
			id := person("531985550904")
			change(true, id, contact.Consent{Source: contact.ByProvider, At: 1000})
			change(true, id, contact.Consent{Source: contact.ByProvider, At: 2000})
			c := change(false, id, contact.Consent{Source: contact.ByProvider, At: 3000})
			if ledger, err := room.Ledger(t.Context(), shop, c); err != nil || c.OptedOutAt != 0 || len(ledger) != 2 {
				t.Errorf("%d %+v %v", c.OptedOutAt, ledger, err)
			}
		})
		t.Run("a wider scope takes the place of a narrower one, never the other way", func(t *testing.T) {
			id := person("531985550905")
			change(true, id, contact.Consent{Source: contact.ByAgent, By: ana})
			if c := change(true, id, contact.Consent{Source: contact.ByAgent, Scope: contact.Everything, By: ana}); c.OptedOutScope != contact.Everything {
				t.Errorf("scope %q", c.OptedOutScope)
			}
			if c := change(true, id, contact.Consent{Source: contact.ByMessage, Scope: contact.Marketing}); c.OptedOutScope != contact.Everything {
				t.Errorf("scope %q", c.OptedOutScope)
			}
		})
		t.Run("who is blocked is barred as blocked", func(t *testing.T) {
			id := person("531985550906")
			change(true, id, contact.Consent{Source: contact.ByAgent})
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := room.BlockIn(ctx, tx, shop, id, 0, true)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if out, err := room.BarredAmong(t.Context(), d, shop, []db.ID{id}); err != nil || out[id] != contact.BarBlocked {
				t.Errorf("%v %v", out, err)
			}
		})
		t.Run("a workspace changes its words", func(t *testing.T) {
			k := contact.DefaultKeywords()
			k.Stop["es"] = []string{" Basta  ya ", "basta ya", "baja"}
			kept, err := room.SetKeywords(t.Context(), ana, k)
			if err != nil || strings.Join(kept.Stop["es"], ",") != "Basta ya,baja" {
				t.Errorf("%+v %v", kept.Stop, err)
			}
			if read, err := room.ReadKeywords(t.Context(), ana); err != nil || read.Hears("¡BASTA YA!") != contact.Stop {
				t.Errorf("%+v %v", read, err)
			}
			for code, bad := range map[string]contact.Keywords{"consent.no_word": {Scope: contact.Marketing}, "consent.scope": {Scope: "x", Stop: k.Stop},
				"consent.word": {Scope: contact.Marketing, Stop: map[string][]string{"es": {"!!!"}}}} {
				if _, err := room.SetKeywords(t.Context(), ana, bad); !fault.Is(err, code) {
					t.Errorf("%s: %v", code, err)
				}
			}
		})
	})
}

func TestKeywords(t *testing.T) {
	k := contact.DefaultKeywords()
	for text, want := range map[string]contact.Heard{"BAJA": contact.Stop, "  ¡Baja! ": contact.Stop, "dar de  baja": contact.Stop, "sair.": contact.Stop, "Stop": contact.Stop,
		"ALTA": contact.Start, "quiero recibir": contact.Start, "la marea baja": contact.Nothing, "baja la música": contact.Nothing, "no pares": contact.Nothing, "": contact.Nothing, "👍": contact.Nothing} {
		if got := k.Hears(text); got != want {
			t.Errorf("%q says %d, want %d", text, got, want)
		}
	}
}

func FuzzKeywords(f *testing.F) {
	for _, seed := range []string{"BAJA", "¡ÚNETE!", "\xff\xfe", strings.Repeat("a", 400), "ﬁn", "\u200bstop\u200b", "stop\x00"} {
		f.Add(seed)
	}
	k := contact.DefaultKeywords()
	f.Fuzz(func(t *testing.T, text string) {
		if k.Hears(text) != contact.Nothing && !contact.MayBeKeyword(text) {
			t.Errorf("%q is heard and cannot be a word", text)
		}
	})
}
