package contact_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/job"
	"recado/internal/media"
)

// importHouse is a room with imports whose work runs.
type importHouse struct {
	t       *testing.T
	d       *db.DB
	room    *contact.Room
	imports *contact.Imports
	jobs    *job.Room
	actor   account.Actor
}

func newImports(t *testing.T, d *db.DB) *importHouse {
	t.Helper()
	jobs, err := job.New(d)
	if err == nil {
		err = jobs.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	folder, err := media.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	h := &importHouse{t: t, d: d, room: newRoom(d), jobs: jobs, actor: account.Actor{Kind: account.KindUser, Workspace: shop, User: 5, Name: "Ana", Permissions: account.All()}}
	h.imports = contact.NewImports(h.room, media.New(d, folder), jobs)
	return h
}

func (h *importHouse) work() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.jobs.Run(ctx) }()
	h.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("stopping: %v", err)
		}
	})
}

func (h *importHouse) put(sheet string) contact.Import {
	h.t.Helper()
	i, err := h.imports.Put(context.Background(), h.actor, "gente.csv", strings.NewReader(sheet))
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

func (h *importHouse) start(i contact.Import, change func(*contact.ImportRules)) contact.Import {
	h.t.Helper()
	rules := i.Rules
	if change != nil {
		change(&rules)
	}
	i, err := h.imports.Start(context.Background(), h.actor, i.ID, rules)
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

// end waits until an import is over.
func (h *importHouse) end(id db.ID) contact.Import {
	h.t.Helper()
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		i, err := h.imports.Get(context.Background(), h.actor, id)
		if err != nil {
			h.t.Fatal(err)
		}
		if i.State != contact.ImportRunning {
			return i
		}
		if time.Now().After(limit) {
			h.t.Fatalf("still running: %+v", i)
		}
	}
}

func (h *importHouse) person(number string) contact.Contact {
	h.t.Helper()
	found, err := h.room.Look(context.Background(), shop, 0, contact.Wanted{Phone: number})
	if err != nil || len(found) != 1 {
		h.t.Fatalf("%s finds %d people, %v", number, len(found), err)
	}
	c, err := h.room.Whole(context.Background(), shop, found[0])
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *importHouse) problems(i contact.Import) string {
	h.t.Helper()
	var out bytes.Buffer
	err := h.imports.WriteProblems(context.Background(), &out, i, func(code string, params map[string]any) string {
		return fmt.Sprint(code, params["row"], params["why"])
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out.String()
}

func TestImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newImports(t, d)
		h.work()
		known := resolve(t, d, h.room, person("Ana", phone("5531955500001")), person("", phone("5531955500002")))
		if _, err := h.room.Update(t.Context(), shop, known[0].Contact, contact.Change{Attributes: map[string]string{"email": "ana@example.com"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.room.OptOut(t.Context(), shop, known[0].Contact, contact.Consent{Source: contact.ByMessage}); err != nil {
			t.Fatal(err)
		}
		const sheet = "Teléfono;Nombre;E-mail;Ciudad;Plan\n" +
			"31 95550-0001;Ana Paz;otra@example.com;Córdoba;oro\n" + // a variant of Ana's number, without country code
			"+55 31 95550-0002;Beto;;;\n" +
			"+55 31 95550-0003;=Caro;caro@example.com;;plata\n" +
			"+5531955500003;Carolina;;Lima;\n" + // Caro again
			"hola;Dani;;;\n" +
			";Eva;;;\n" +
			"+55 31 95550-0004;Fer;;;;surplus\n"

		t.Run("columns map by themselves, and the preview tells what will happen", func(t *testing.T) {
			i := h.put(sheet)
			if want := []string{"phone", "name", "email", "city", "attribute"}; !slices.Equal(i.Rules.Columns, want) || i.State != contact.ImportDraft {
				t.Fatalf("%+v", i)
			}
			i.Rules.Country = "BR"
			rows, err := h.imports.Preview(t.Context(), h.actor, i.ID, i.Rules)
			if err != nil || len(rows) != 7 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			if !rows[0].Exists || rows[0].Phone == "" || rows[2].Exists || rows[4].Problem == nil || rows[4].Problem.Code != "contact.phone_letters" {
				t.Errorf("%+v", rows)
			}
		})
		t.Run("what is empty is filled, bad rows come back with their reason, and an opt-out stays", func(t *testing.T) {
			i := h.start(h.put(sheet), func(rules *contact.ImportRules) { rules.Country = "BR" })
			i = h.end(i.ID)
			if want := (contact.ImportCounts{Read: 7, Made: 1, Changed: 3, Bad: 3}); i.State != contact.ImportDone || i.Counts != want || i.FinishedAt == 0 || i.Part != 1 {
				t.Fatalf("%+v", i)
			}
			ana := h.person("5531955500001")
			if ana.Name != "Ana" || ana.Attributes["email"] != "ana@example.com" || ana.Attributes["city"] != "Córdoba" || ana.Attributes["Plan"] != "oro" || ana.OptedOutAt == 0 {
				t.Errorf("%+v", ana)
			}
			if beto := h.person("5531955500002"); beto.Name != "Beto" {
				t.Errorf("%+v", beto)
			}
			if caro := h.person("5531955500003"); caro.Name != "=Caro" || caro.Attributes["city"] != "Lima" {
				t.Errorf("%+v", caro)
			}
			said := h.problems(i)
			for _, want := range []string{`"hola"`, "contact.import_row6contact.phone_letters", "contact.import_row7contact.phone_empty", "contact.import_row8contact.import_surplus"} {
				if !strings.Contains(said, want) {
					t.Errorf("%q is missing in %s", want, said)
				}
			}
			if _, err := h.imports.Start(t.Context(), h.actor, i.ID, i.Rules); !fault.Is(err, "contact.import_begun") {
				t.Errorf("begun twice: %v", err)
			}
		})
		t.Run("the same sheet again changes nothing", func(t *testing.T) {
			i := h.start(h.put(sheet), func(rules *contact.ImportRules) { rules.Country = "BR" })
			if want := (contact.ImportCounts{Read: 7, Same: 4, Bad: 3}); h.end(i.ID).Counts != want {
				t.Errorf("%+v", h.end(i.ID).Counts)
			}
		})
		t.Run("overwrite takes the sheet's values and never an empty one", func(t *testing.T) {
			i := h.start(h.put("telefono,nombre,ciudad,email\n+5531955500001,Ana María,,nueva@example.com\n"), func(rules *contact.ImportRules) { rules.Existing = contact.Overwrite })
			if i = h.end(i.ID); i.Counts.Changed != 1 {
				t.Fatalf("%+v", i)
			}
			if ana := h.person("5531955500001"); ana.Name != "Ana María" || ana.Attributes["city"] != "Córdoba" || ana.Attributes["email"] != "nueva@example.com" || ana.OptedOutAt == 0 {
				t.Errorf("%+v", ana)
			}
		})
		t.Run("leave makes who is new and touches nobody else", func(t *testing.T) {
			resolve(t, d, h.room, person("", phone("5531955500007")))
			i := h.start(h.put("telefono,nombre\n+5531955500001,Otra\n+5531955500007,Nadie\n+5531955500008,Nueva\n"), func(rules *contact.ImportRules) { rules.Existing = contact.Leave })
			if want := (contact.ImportCounts{Read: 3, Made: 1, Same: 2}); h.end(i.ID).Counts != want {
				t.Fatalf("%+v", h.end(i.ID).Counts)
			}
			if h.person("5531955500001").Name != "Ana María" || h.person("5531955500007").Name != "" || h.person("5531955500008").Name != "Nueva" {
				t.Error("somebody was touched")
			}
		})
		t.Run("rules that leave something open are refused", func(t *testing.T) {
			i := h.put("telefono,celular\n1,2\n")
			for code, rules := range map[string]contact.ImportRules{
				"contact.import_columns":  {Columns: []string{"phone"}, Existing: contact.Fill},
				"contact.import_existing": {Columns: i.Rules.Columns},
				"contact.import_twice":    {Columns: []string{"phone", "phone"}, Existing: contact.Fill},
				"contact.import_no_phone": {Columns: []string{"", "name"}, Existing: contact.Fill},
			} {
				if _, err := h.imports.Start(t.Context(), h.actor, i.ID, rules); !fault.Is(err, code) {
					t.Errorf("%s: %v", code, err)
				}
			}
		})
		t.Run("it takes the whole view, and another workspace sees nothing", func(t *testing.T) {
			narrow, rival := h.actor, h.actor
			narrow.Permissions.Abilities = nil
			if _, err := h.imports.Put(t.Context(), narrow, "a.csv", strings.NewReader("telefono\n1\n")); fault.KindOf(err) != fault.Forbidden {
				t.Error(err)
			}
			rival.Workspace = shop + 1
			if _, err := h.imports.Get(t.Context(), rival, h.put("telefono\n1\n").ID); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
	})
}

func TestImportGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newImports(t, d)
		var sheet strings.Builder
		sheet.WriteString("telefono,nombre\n")
		for n := range 1200 {
			fmt.Fprintf(&sheet, "+55319555%05d,P %d\n", n, n)
		}
		sheet.WriteString("x,malo\n")
		i := h.start(h.put(sheet.String()), nil)

		t.Run("a run that was lost in the middle is taken up behind its last batch", func(t *testing.T) {
			// As a process leaves it that died after its first batch: rows written, place noted, lease over.
			ctx, cancel := context.WithCancel(t.Context())
			h.imports.AfterBatch(cancel)
			args, _ := json.Marshal(map[string]any{"import_id": i.ID, "run": 1})
			if err := contact.Work(h.imports, ctx, args); err == nil {
				t.Fatal("it did not break off")
			}
			h.imports.AfterBatch(func() {})
			if half, err := h.imports.Get(t.Context(), h.actor, i.ID); err != nil || half.Counts.Made != 500 || half.State != contact.ImportRunning {
				t.Fatalf("%+v, %v", half, err)
			}
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update contact_imports set lease_until = 1 where id = $1", i.ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := h.imports.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.work() // finds the first run too, which does not count any more
			done := h.end(i.ID)
			if want := (contact.ImportCounts{Read: 1201, Made: 1200, Bad: 1}); done.State != contact.ImportDone || done.Counts != want {
				t.Errorf("%+v", done)
			}
			n, err := db.One[int](t.Context(), d, "select count(*) from contacts where workspace_id = $1", shop)
			if err != nil || n != 1200 {
				t.Errorf("%d contacts, %v", n, err)
			}
		})
		t.Run("one that was stopped stays stopped", func(t *testing.T) {
			i := h.put(sheet.String())
			if i, err := h.imports.Stop(t.Context(), h.actor, i.ID); err != nil || i.State != contact.ImportStopped {
				t.Fatalf("%+v, %v", i, err)
			}
			if _, err := h.imports.Start(t.Context(), h.actor, i.ID, i.Rules); !fault.Is(err, "contact.import_begun") {
				t.Error(err)
			}
		})
	})
}
