package contact_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

func TestContact(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		r := newRoom(d)
		one := resolve(t, d, r, person("Ana Páz", phone("5491155550111"), userID("AR.8f31")))[0].Contact

		factsOf := func(kind string) int {
			n, err := db.One[int](ctx, d, "select count(*) from events where kind = $1 and subject_id = $2", kind, one)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		found := func(text string) int {
			page, err := r.Search(ctx, shop, text, "", 0)
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Items)
		}

		t.Run("a name and attributes change, and the new name is found", func(t *testing.T) {
			name := "  Élodie \x00 O%Brien_  "
			c, err := r.Update(ctx, shop, one, contact.Change{Name: &name, Attributes: map[string]string{"ciudad": "Córdoba", "plan": "x"}})
			if err != nil || c.Name != "Élodie O%Brien_" || c.Attributes["ciudad"] != "Córdoba" {
				t.Fatalf("%+v, %v", c, err)
			}
			c, err = r.Update(ctx, shop, one, contact.Change{Attributes: map[string]string{"plan": ""}})
			if err != nil || len(c.Attributes) != 1 || c.Name != "Élodie O%Brien_" {
				t.Errorf("%+v, %v", c, err)
			}
			if n := factsOf(contact.Changed); n != 2 {
				t.Errorf("%d facts", n)
			}
			for text, want := range map[string]int{"elodie": 1, "ELODIE o%brien_": 1, "ana": 0, "e%e": 0, "o_brien": 0, "o%b": 1, "paz elodie": 0} {
				if n := found(text); n != want {
					t.Errorf("%q finds %d, want %d", text, n, want)
				}
			}
		})

		t.Run("a number is found however it is written, in full or in part", func(t *testing.T) {
			for _, text := range []string{"5491155550111", "+54 9 11 5555-0111", "541155550111", "5555-0111", "(11) 5555 0111", "550111"} {
				if n := found(text); n != 1 {
					t.Errorf("%q finds %d", text, n)
				}
			}
		})

		t.Run("what is too long is refused and changes nothing", func(t *testing.T) {
			long := strings.Repeat("á", 201)
			if _, err := r.Update(ctx, shop, one, contact.Change{Name: &long}); !fault.Is(err, "contact.name") {
				t.Errorf("name: %v", err)
			}
			if _, err := r.Update(ctx, shop, one, contact.Change{Attributes: map[string]string{"x": strings.Repeat("y", 1001)}}); !fault.Is(err, "contact.attribute") {
				t.Errorf("attribute: %v", err)
			}
			many := map[string]string{}
			for i := range 60 {
				many[fmt.Sprint("a", i)] = "1"
			}
			if _, err := r.Update(ctx, shop, one, contact.Change{Attributes: many}); !fault.Is(err, "contact.attributes") {
				t.Errorf("attributes: %v", err)
			}
			if c, err := r.Get(ctx, shop, one); err != nil || len(c.Attributes) != 1 {
				t.Errorf("%+v, %v", c, err)
			}
		})

		t.Run("an opt-out is kept once with its source, and told; an opt-in takes it back", func(t *testing.T) {
			c, err := r.OptOut(ctx, shop, one, contact.Consent{Source: contact.ByAgent})
			if err != nil || c.OptedOutAt == 0 || c.OptedOutSource != contact.ByAgent {
				t.Fatalf("%+v, %v", c, err)
			}
			again, err := r.OptOut(ctx, shop, one, contact.Consent{Source: contact.ByProvider})
			if err != nil || again.OptedOutAt != c.OptedOutAt || again.OptedOutSource != contact.ByAgent {
				t.Errorf("%+v, %v", again, err)
			}
			if n := factsOf(contact.OptedOut); n != 1 {
				t.Errorf("%d facts", n)
			}
			if out, err := r.BarredAmong(ctx, d, shop, []db.ID{one, 404}); err != nil || len(out) != 1 || out[one] != contact.BarOptedOut {
				t.Errorf("%v, %v", out, err)
			}
			back, err := r.OptIn(ctx, shop, one, contact.Consent{Source: contact.ByAgent})
			if err != nil || back.OptedOutAt != 0 || back.OptedOutSource != "" {
				t.Errorf("%+v, %v", back, err)
			}
		})

		t.Run("another workspace can neither read nor change it", func(t *testing.T) {
			name := "x"
			for verb, try := range map[string]func() error{
				"get":    func() error { _, err := r.Get(ctx, shop+1, one); return err },
				"update": func() error { _, err := r.Update(ctx, shop+1, one, contact.Change{Name: &name}); return err },
				"opt out": func() error {
					_, err := r.OptOut(ctx, shop+1, one, contact.Consent{Source: contact.ByAgent})
					return err
				},
			} {
				if err := try(); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: %v", verb, err)
				}
			}
			if c, err := r.Get(ctx, shop, one); err != nil || c.OptedOutAt != 0 {
				t.Errorf("%+v, %v", c, err)
			}
		})

		t.Run("the address is the number, else the newest user id, else none", func(t *testing.T) {
			nameless := resolve(t, d, r, person("", userID("MX.1")))[0].Contact
			onlyHandle := resolve(t, d, r, person("", handle("rayo.verde")))[0].Contact
			got, err := r.SendAddress(ctx, d, shop, channel.WhatsApp, []db.ID{one, nameless, onlyHandle})
			if err != nil || len(got) != 2 || got[one] != phone("5491155550111") || got[nameless] != userID("MX.1") {
				t.Errorf("%v, %v", got, err)
			}
		})

		t.Run("identities find their contacts without making any", func(t *testing.T) {
			before := contactsIn(t, d)
			got, err := r.ByIdentities(ctx, d, shop, channel.WhatsApp, []channel.Identity{phone("541155550111"), userID("AR.8f31"), phone("5511955559999")})
			if err != nil || len(got) != 2 || got[phone("541155550111")] != one || got[userID("AR.8f31")] != one {
				t.Errorf("%v, %v", got, err)
			}
			if n := contactsIn(t, d); n != before {
				t.Errorf("%d new contacts", n-before)
			}
		})

		t.Run("a long list is read page by page, newest first, nobody twice and nobody left out", func(t *testing.T) {
			people := make([]contact.Person, 25)
			for i := range people {
				people[i] = person(fmt.Sprintf("Persona %02d", i), userID(fmt.Sprint("BR.p", i)))
			}
			resolve(t, d, r, people...)
			seen := map[db.ID]bool{}
			cursor := ""
			for pages := 0; pages < 5; pages++ {
				page, err := r.Search(ctx, shop, "persona", cursor, 10)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range page.Items {
					if seen[c.ID] {
						t.Errorf("%s twice", c.Name)
					}
					seen[c.ID] = true
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			if len(seen) != 25 {
				t.Errorf("%d people", len(seen))
			}
			if _, err := r.Search(ctx, shop, "", "no cursor", 10); fault.KindOf(err) != fault.Invalid {
				t.Errorf("a cursor that is not ours: %v", err)
			}
		})
	})
}

func FuzzSearchWords(f *testing.F) {
	for _, seed := range []string{"ana", "+54 9 11 5555-0111", "100%", "ＡＮＡ ñandú", "👩‍👩‍👧", "\xff!_", "@rayo"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if words := contact.SearchWords(text); len(words) > 6 {
			t.Errorf("%d conditions", len(words))
		}
	})
}
