package api_test

import (
	"fmt"
	"strings"
	"testing"

	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func init() { crossBody["saveCampaignSegment"] = `{"name":"Mío"}` }

func TestSegments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _, _ := campaignWorld(t, d)
		for i, name := range []string{"Lima Ana", "Lima Luis", "Quito Eva"} {
			if a := w.Call(t, "manager", "POST", "/contacts", fmt.Sprintf(`{"name":%q,"phone":"+55 31 97550-000%d"}`, name, i)); a.Status != 201 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
		}
		var s struct{ ID, Name string }
		a := w.Call(t, "manager", "POST", "/segments", `{"name":" Clientes  de Lima ","query":{"name":"lima"}}`)
		a.JSON(t, &s)
		if a.Status != 201 || s.Name != "Clientes de Lima" {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		t.Run("its people are counted as they are now", func(t *testing.T) {
			if a := w.Call(t, "manager", "GET", "/segments/"+s.ID+"/count", ""); !strings.Contains(string(a.Body), `"people":2,"whole":true`) {
				t.Errorf("%s", a.Body)
			}
		})
		t.Run("what cannot be a segment is refused in words", func(t *testing.T) {
			for body, code := range map[string]string{
				`{"name":"clientes de LIMA","query":{"name":"x"}}`: "contact.segment_taken",
				`{"name":"  ","query":{"name":"x"}}`:               "contact.segment_nameless",
				`{"name":"Todos","query":{"zone":"America/Lima"}}`: "contact.segment_everybody",
				`{"name":"Mal","query":{"from":"ayer"}}`:           "invalid.day",
			} {
				if a := w.Call(t, "manager", "POST", "/segments", body); a.Status != 422 || a.Code() != code {
					t.Errorf("%s: %d %s", body, a.Status, a.Body)
				}
			}
		})
		t.Run("everybody in the workspace finds it, under its new name", func(t *testing.T) {
			if a := w.Call(t, "manager", "PATCH", "/segments/"+s.ID, `{"name":"Lima"}`); a.Status != 200 {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			if a := w.Call(t, "manager", "GET", "/segments", ""); !strings.Contains(string(a.Body), `"name":"Lima"`) {
				t.Errorf("%s", a.Body)
			}
		})
		t.Run("it is deleted once", func(t *testing.T) {
			if a := w.Call(t, "manager", "DELETE", "/segments/"+s.ID, ""); a.Status >= 300 {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			if a := w.Call(t, "manager", "DELETE", "/segments/"+s.ID, ""); a.Status != 404 {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
	})
}
