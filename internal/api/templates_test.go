package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/media"
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

func TestTemplateHeaderFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		home := w.Home.Workspace.ID
		box := newInbox(t, w, home, "Ventas", "5531985552061")
		infos := []channel.TemplateInfo{{ExternalID: "71", Name: "lista", Language: "es", Category: "UTILITY", Status: "APPROVED",
			Components: json.RawMessage(`[{"type":"HEADER","format":"DOCUMENT"},{"type":"BODY","text":"Aquí está"}]`)}}
		if _, err := w.Rooms.Template.Sync(t.Context(), home, channel.WhatsApp, box.Account, infos); err != nil {
			t.Fatal(err)
		}
		made, err := w.Rooms.Template.Find(t.Context(), home, box.Account, "lista", "es")
		if err != nil {
			t.Fatal(err)
		}
		err = w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := w.Rooms.Conversation.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: home, Inbox: box.ID, Event: channel.Inbound{ExternalID: "wamid.lista",
				At: w.Clock.Now().UnixMilli(), From: []channel.Identity{{Kind: channel.Phone, Value: "5531985552062"}}, Kind: channel.Text, Text: "hola"}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		in, err := db.One[db.ID](t.Context(), w.DB, "select id from conversations where workspace_id = $1", home)
		if err != nil {
			t.Fatal(err)
		}
		limits := []media.Limit{{Kind: channel.Document, Mimes: []string{"text/plain"}, Bytes: 1000}, {Kind: channel.Image, Mimes: []string{"image/png"}, Bytes: 1000}}
		save := func(workspace db.ID, name, body string) string {
			t.Helper()
			f, err := w.Rooms.Media.Save(t.Context(), workspace, name, strings.NewReader(body), limits)
			if err != nil {
				t.Fatal(err)
			}
			return "file:" + f.ID.String()
		}
		ours := save(home, "precios.txt", "harina 10")
		for i, c := range []struct {
			name, value string
			status      int
			code        string
		}{
			{"a file of ours", ours, 201, ""},
			{"an address", "https://x.example/precios.pdf", 201, ""},
			{"a picture where a document belongs", save(home, "a.png", "\x89PNG\r\n\x1a\n"), 422, "template.file_kind"},
			{"a file of another workspace", save(w.Other.Workspace.ID, "precios.txt", "harina 10"), 404, "file.not_found"},
			{"no file at all", "file:x", 422, "template.link"},
			{"an address that is not safe", "http://x.example/a.pdf", 422, "template.link"},
		} {
			body := fmt.Sprintf(`{"client_id":"c%d","kind":"template","template":{"template_id":"%s","values":{"header.media":%q}}}`, i, made.ID, c.value)
			got := w.Call(t, "owner", "POST", "/conversations/"+in.String()+"/messages", body)
			if got.Status != c.status || got.Code() != c.code {
				t.Errorf("%s: %d %s", c.name, got.Status, got.Body)
			}
			if i == 0 && !strings.Contains(string(got.Body), "precios.txt") {
				t.Errorf("the message does not tell its file: %s", got.Body)
			}
		}
	})
}
