package api_test

import (
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func init() {
	crossWorkspace["contact-imports/{id}"] = func(t *testing.T, w *apitest.World) string {
		i, err := w.Rooms.Imports.Put(t.Context(), w.Other.Actors["rival"], "secreto de rival.csv", strings.NewReader("telefono\n+5531955509990\n"))
		if err != nil {
			t.Fatal(err)
		}
		return i.ID.String()
	}
	crossBody["previewContactImport"] = `{"columns":["phone"],"existing":"fill","country":""}`
	crossBody["startContactImport"] = `{"columns":["phone"],"existing":"fill","country":""}`
}

func TestPeopleExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		home := w.Home.Workspace.ID
		id := newContact(t, w, home, "=HYPERLINK(\"x\")", "5531955509991")
		other := newContact(t, w, home, "Ana Paz", "5531955509992")
		if _, err := w.Rooms.Contact.Update(t.Context(), home, other, contact.Change{Attributes: map[string]string{"city": "Córdoba", "plan": "oro"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Rooms.Contact.OptOut(t.Context(), home, other, contact.Consent{Source: contact.ByMessage}); err != nil {
			t.Fatal(err)
		}
		a := w.Call(t, "owner", "GET", "/people.csv", "")
		text := string(a.Body)
		if a.Status != 200 || !strings.HasPrefix(text, "\ufeff") || strings.Count(text, "\r\n") != 3 {
			t.Fatalf("%d %q", a.Status, text)
		}
		for _, want := range []string{`"'=HYPERLINK(""x"")"`, `"Ana Paz"`, `"Córdoba"`, `"plan"`, `"oro"`, id.String()} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is missing in %q", want, text)
			}
		}
		if a := w.Call(t, "owner", "GET", "/people.csv?name=ana", ""); strings.Count(string(a.Body), "\r\n") != 2 || strings.Contains(string(a.Body), "HYPERLINK") {
			t.Errorf("the filter does not count: %q", a.Body)
		}
		if a := w.Call(t, "owner", "GET", "/people.csv?from=x", ""); a.Status != 422 {
			t.Errorf("a day that is none: %d %s", a.Status, a.Body)
		}
		i, err := w.Rooms.Imports.Put(t.Context(), w.Home.Actors["owner"], "again.csv", strings.NewReader(text))
		if err != nil || strings.Join(i.Rules.Columns, ",") != "phone,name,email,city,document,external_id,,,,,,attribute" {
			t.Errorf("an export does not map by itself: %q %v", i.Rules.Columns, err)
		}
		if a := w.Call(t, "agent", "GET", "/people.csv", ""); a.Status != 403 {
			t.Errorf("without the ability: %d", a.Status)
		}
	})
}
