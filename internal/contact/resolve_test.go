package contact_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
)

const shop db.ID = 7

func newRoom(d *db.DB) *contact.Room { return contact.New(d, event.NewLog(d, event.NewBell(d))) }

func phone(digits string) channel.Identity {
	return channel.Identity{Kind: channel.Phone, Value: digits}
}
func userID(id string) channel.Identity { return channel.Identity{Kind: channel.UserID, Value: id} }
func handle(name string) channel.Identity {
	return channel.Identity{Kind: channel.Username, Value: name}
}

func person(name string, identities ...channel.Identity) contact.Person {
	return contact.Person{Identities: identities, Name: name}
}

func resolve(t *testing.T, d *db.DB, r *contact.Room, people ...contact.Person) []contact.Resolved {
	t.Helper()
	var out []contact.Resolved
	err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = r.ResolveIn(ctx, tx, shop, channel.WhatsApp, people)
		return err
	})
	if err != nil {
		t.Fatalf("resolve: %v", err)
	}
	return out
}

func contactsIn(t *testing.T, d *db.DB) int {
	t.Helper()
	n, err := db.One[int](context.Background(), d, "select count(*) from contacts where workspace_id = $1", shop)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestResolve(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		r := newRoom(d)

		t.Run("all ways of writing one number are one contact", func(t *testing.T) {
			variants := map[string][]string{
				"Brazil's ninth digit": {"5531985550001", "553185550001"},
				"Mexico's 1":           {"525555501002", "5215555501002"},
				"Argentina's 9":        {"5491155501003", "541155501003"},
			}
			for name, numbers := range variants {
				first := resolve(t, d, r, person("", phone(numbers[0])))[0]
				if !first.New {
					t.Fatalf("%s: the first of a person is new", name)
				}
				for _, number := range numbers[1:] {
					again := resolve(t, d, r, person("", phone(number)))[0]
					if again.New || again.Contact != first.Contact {
						t.Errorf("%s: %s became another contact", name, number)
					}
				}
			}
		})

		t.Run("the same person twice in a batch is one contact", func(t *testing.T) {
			out := resolve(t, d, r, person("Ana", phone("5531985550010")), person("", phone("553185550010"), userID("BR.ana")), person("", userID("BR.ana")))
			if out[0].Contact != out[1].Contact || out[1].Contact != out[2].Contact {
				t.Fatalf("got %v", out)
			}
		})

		t.Run("a user id is attached to the contact of the number, and then finds it alone", func(t *testing.T) {
			first := resolve(t, d, r, person("Bia", phone("5531985550020")))[0]
			both := resolve(t, d, r, person("", phone("5531985550020"), userID("BR.bia")))[0]
			alone := resolve(t, d, r, person("", userID("BR.bia")))[0]
			if both.Contact != first.Contact || alone.Contact != first.Contact {
				t.Fatalf("three contacts: %v %v %v", first, both, alone)
			}
			if alone.SendTo != phone("5531985550020") {
				t.Errorf("it is written to by its number, got %v", alone.SendTo)
			}
		})

		t.Run("two contacts that turn out to be one person stay two and the user id wins", func(t *testing.T) {
			byPhone := resolve(t, d, r, person("", phone("5531985550030")))[0]
			byID := resolve(t, d, r, person("", userID("BR.caio")))[0]
			both := resolve(t, d, r, person("", phone("5531985550030"), userID("BR.caio")))[0]
			if both.Contact != byID.Contact || byPhone.Contact == byID.Contact {
				t.Fatalf("got %v, want the contact of the user id %v", both, byID)
			}
		})

		t.Run("someone without a number is a whole contact", func(t *testing.T) {
			out := resolve(t, d, r, person("Duda", userID("BR.duda"), handle("@Duda.Reis")))[0]
			if out.SendTo != userID("BR.duda") {
				t.Errorf("send to %v", out.SendTo)
			}
			c, err := r.Get(ctx, shop, out.Contact)
			if err != nil || c.HasPhone() || c.AddressDisplay() != "@Duda.Reis" {
				t.Errorf("got %+v, %v", c, err)
			}
			page, err := r.Search(ctx, shop, "@duda.r", "", 0)
			if err != nil || len(page.Items) != 1 {
				t.Errorf("found %d by handle, %v", len(page.Items), err)
			}
		})

		t.Run("a username that passed to somebody else does not bring the old contact along", func(t *testing.T) {
			old := resolve(t, d, r, person("", userID("BR.old"), handle("sol")))[0]
			next := resolve(t, d, r, person("", userID("BR.next"), handle("sol")))[0]
			if old.Contact == next.Contact {
				t.Fatal("one contact for two people")
			}
		})

		t.Run("a profile name is taken only when there is none", func(t *testing.T) {
			first := resolve(t, d, r, person("", phone("5531985550040")))[0]
			resolve(t, d, r, person("Eva", phone("5531985550040")))
			resolve(t, d, r, person("Eva 2", phone("5531985550040")))
			c, err := r.Get(ctx, shop, first.Contact)
			if err != nil || c.Name != "Eva" {
				t.Fatalf("name %q, %v", c.Name, err)
			}
			page, err := r.Search(ctx, shop, "eva", "", 0)
			if err != nil || len(page.Items) != 1 {
				t.Fatalf("found %d by the new name, %v", len(page.Items), err)
			}
		})

		t.Run("names in any script survive, control bytes do not", func(t *testing.T) {
			for i, name := range []string{"Zoë 🦜👩‍👩‍👧", "ليلى حسن", "משה", "O'Brien \"Bo\" \\", "山田太郎"} {
				id := resolve(t, d, r, person(name+"\x00\n", userID(fmt.Sprint("BR.n", i))))[0].Contact
				if c, err := r.Get(ctx, shop, id); err != nil || c.Name != name {
					t.Errorf("%q came back as %q, %v", name, c.Name, err)
				}
			}
		})

		t.Run("a person without any identity has no contact and harms nobody", func(t *testing.T) {
			before := contactsIn(t, d)
			out := resolve(t, d, r, person("X"), person("", phone("")), person("", channel.Identity{Kind: "fax", Value: "1"}), person("", userID("BR.ok")))
			if out[0].Contact != 0 || out[1].Contact != 0 || out[2].Contact != 0 || out[3].Contact == 0 {
				t.Fatalf("got %v", out)
			}
			if n := contactsIn(t, d); n != before+1 {
				t.Errorf("%d new contacts, want 1", n-before)
			}
		})

		t.Run("another workspace has its own contact of the same person", func(t *testing.T) {
			here := resolve(t, d, r, person("", phone("5531985550050")))[0]
			err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				there, err := r.ResolveIn(ctx, tx, shop+1, channel.WhatsApp, []contact.Person{person("", phone("5531985550050"))})
				if err == nil && (!there[0].New || there[0].Contact == here.Contact) {
					t.Errorf("got %v", there)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Get(ctx, shop+1, here.Contact); err == nil {
				t.Error("the other workspace can read it")
			}
		})
	})
}

func TestResolveConcurrently(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(d)
		const callers, people = 24, 12
		got := make([][]contact.Resolved, callers)
		errs := make([]error, callers)
		var wg sync.WaitGroup
		for c := range callers {
			wg.Go(func() {
				batch := make([]contact.Person, people)
				for i := range batch {
					n := (i*7 + c) % people // another order in every call
					switch c % 3 {          // by number, by user id, by both
					case 0:
						batch[i] = person(fmt.Sprint("P", n), phone(fmt.Sprintf("55319855501%02d", n)), userID(fmt.Sprint("BR.", n)))
					case 1:
						batch[i] = person("", userID(fmt.Sprint("BR.", n)), phone(fmt.Sprintf("5531855501%02d", n)))
					case 2:
						batch[i] = person("", phone(fmt.Sprintf("55319855501%02d", n)))
					}
				}
				errs[c] = d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
					got[c], err = r.ResolveIn(ctx, tx, shop, channel.WhatsApp, batch)
					return err
				})
			})
		}
		wg.Wait()
		owner := map[int]db.ID{}
		for c := range callers {
			if errs[c] != nil {
				t.Fatalf("call %d failed: %v", c, errs[c])
			}
			for i, one := range got[c] {
				n := (i*7 + c) % people
				if owner[n] == 0 {
					owner[n] = one.Contact
				}
				if one.Contact == 0 || owner[n] != one.Contact {
					t.Errorf("person %d is contact %d and %d", n, owner[n], one.Contact)
				}
			}
		}
		if n := contactsIn(t, d); n != people {
			t.Errorf("%d contacts for %d people", n, people)
		}
		orphans, err := db.One[int](context.Background(), d, "select count(*) from identities i left join contacts c on c.id = i.contact_id where c.id is null")
		if err != nil || orphans != 0 {
			t.Errorf("%d identities without a contact, %v", orphans, err)
		}
	})
}
