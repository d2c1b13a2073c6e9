package api_test

import (
	"encoding/json"
	"testing"

	"recado/internal/api/apitest"
	"recado/internal/channel"
)

func init() {
	crossWorkspace["templates/{id}"] = func(t *testing.T, w *apitest.World) string {
		box := newInbox(t, w, w.Other.Workspace.ID, "Rival con plantillas", "5531985552001")
		info := channel.TemplateInfo{ExternalID: "79", Name: "rival", Language: "es", Category: "UTILITY", Status: "APPROVED", Components: json.RawMessage(`[{"type":"BODY","text":"Listo"}]`)}
		if _, err := w.Rooms.Template.Sync(t.Context(), w.Other.Workspace.ID, channel.WhatsApp, box.Account, []channel.TemplateInfo{info}); err != nil {
			t.Fatal(err)
		}
		made, err := w.Rooms.Template.Find(t.Context(), w.Other.Workspace.ID, box.Account, "rival", "es")
		if err != nil {
			t.Fatal(err)
		}
		return made.ID.String()
	}
	crossBody["changeTemplate"] = `{"draft":{"name":"rival","language":"es","category":"UTILITY","body":"Nuestra ahora"}}`
}

func TestTemplates(t *testing.T) {
	apitest.Run(t, "templates", func(t *testing.T, w *apitest.World) {
		sales := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531955501001")
		w.Name(sales.ID, "ventas")
		w.Name(newInbox(t, w, w.Home.Workspace.ID, "Soporte", "525555501002").ID, "soporte")
		infos := []channel.TemplateInfo{
			{ExternalID: "71", Name: "promo", Language: "es", Category: "MARKETING", Status: "APPROVED", Quality: "GREEN", Components: json.RawMessage(promo)},
			{ExternalID: "72", Name: "aviso", Language: "es", Category: "UTILITY", Status: "APPROVED", Components: json.RawMessage(`[{"type":"BODY","text":"Listo"}]`)},
		}
		if _, err := w.Rooms.Template.Sync(t.Context(), w.Home.Workspace.ID, channel.WhatsApp, sales.Account, infos); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"promo", "aviso"} {
			made, err := w.Rooms.Template.Find(t.Context(), w.Home.Workspace.ID, sales.Account, name, "es")
			if err != nil {
				t.Fatal(err)
			}
			w.Name(made.ID, name)
		}
	})
}
