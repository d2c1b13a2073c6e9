package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/inbox"
)

func init() {
	crossWorkspace["contacts/{id}"] = func(t *testing.T, w *apitest.World) string {
		return newContact(t, w, w.Other.Workspace.ID, "Rival's", "5531955509999").String()
	}
	crossWorkspace["?inbox_id"] = func(t *testing.T, w *apitest.World) string {
		return newInbox(t, w, w.Other.Workspace.ID, "Rival", "5531955509998").ID.String()
	}
	for _, operation := range []string{"changeContact", "optOutContact", "optInContact"} {
		crossBody[operation] = `{}`
	}
}

func newContact(t *testing.T, w *apitest.World, workspace db.ID, name, number string) db.ID {
	t.Helper()
	var made []contact.Resolved
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = w.Rooms.Contact.ResolveIn(ctx, tx, workspace, channel.WhatsApp, []contact.Person{{Name: name,
			Identities: []channel.Identity{{Kind: channel.Phone, Value: number}}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return made[0].Contact
}

func newInbox(t *testing.T, w *apitest.World, workspace db.ID, label, address string) inbox.Inbox {
	t.Helper()
	box, err := w.Rooms.Inbox.Create(t.Context(), inbox.Draft{Workspace: workspace, Channel: channel.WhatsApp, Label: label, Address: address,
		ExternalID: "2" + address, Account: "1" + label, Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func TestContacts(t *testing.T) {
	apitest.Run(t, "contacts", func(t *testing.T, w *apitest.World) {
		w.Name(newContact(t, w, w.Home.Workspace.ID, "Ana Paz 🌷", "5491155550111"), "ana")
		var rayo []contact.Resolved
		err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			rayo, err = w.Rooms.Contact.ResolveIn(ctx, tx, w.Home.Workspace.ID, channel.WhatsApp, []contact.Person{{
				Identities: []channel.Identity{{Kind: channel.UserID, Value: "MX.4c19e07bd2"}, {Kind: channel.Username, Value: "rayo.verde"}}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Name(rayo[0].Contact, "rayo")
	})
}

const promo = `[{"type":"HEADER","format":"TEXT","text":"Primavera"},{"type":"BODY","text":"Hola {{1}}, {{2}} de descuento.","example":{"body_text":[["Ana","20 %"]]}},
	{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Quiero"},{"type":"URL","text":"Ver","url":"https://x.example/{{1}}","example":["https://x.example/a"]}]}]`

func TestLookups(t *testing.T) {
	apitest.Run(t, "lookups", func(t *testing.T, w *apitest.World) {
		sales := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531955501001")
		w.Name(sales.ID, "ventas")
		support := newInbox(t, w, w.Home.Workspace.ID, "Soporte", "525555501002")
		w.Name(support.ID, "soporte")
		if err := w.Rooms.Inbox.SetStatus(t.Context(), support.ID, inbox.Disconnected, 190); err != nil {
			t.Fatal(err)
		}
		infos := []channel.TemplateInfo{
			{ExternalID: "71", Name: "promo", Language: "es", Category: "MARKETING", Status: "APPROVED", Quality: "GREEN", Components: json.RawMessage(promo)},
			{ExternalID: "72", Name: "aviso", Language: "es", Category: "UTILITY", Status: "PAUSED", Components: json.RawMessage(`[{"type":"BODY","text":"Listo"}]`)},
		}
		if _, err := w.Rooms.Template.Sync(t.Context(), w.Home.Workspace.ID, channel.WhatsApp, sales.Account, infos); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSyncTemplates(t *testing.T) {
	w := apitest.New(t, dbtest.SQLite(t), api.Options{})
	first := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531955501001")
	newInbox(t, w, w.Home.Workspace.ID, "Soporte", "525555501002")
	rooms, asked := w.Rooms, 0
	var answer error
	rooms.SyncTemplates = func(_ context.Context, id db.ID) (int, error) {
		asked++
		return 2, answer
	}
	server, err := api.New(rooms, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sync := func(as, body string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/templates/sync", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.AddCookie(&http.Cookie{Name: "recado_session", Value: w.Token(as)})
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, r)
		return recorder.Code, recorder.Body.String()
	}
	t.Run("all accounts are read, each once, and what changed is added up", func(t *testing.T) {
		if status, body := sync("manager", "{}"); status != 200 || !strings.Contains(body, `"changed":4`) || asked != 2 {
			t.Errorf("%d %s after %d", status, body, asked)
		}
	})
	t.Run("one number's account only", func(t *testing.T) {
		asked = 0
		if status, body := sync("manager", `{"inbox_id":"`+first.ID.String()+`"}`); status != 200 || !strings.Contains(body, `"changed":2`) || asked != 1 {
			t.Errorf("%d %s after %d", status, body, asked)
		}
	})
	t.Run("who cannot change campaigns may not", func(t *testing.T) {
		if status, body := sync("agent", "{}"); status != 403 {
			t.Errorf("%d %s", status, body)
		}
	})
	t.Run("a refusal of the provider says which number and why", func(t *testing.T) {
		answer = &channel.Failure{Class: channel.ChannelDown, Code: 190, Title: "Session expired"}
		if status, body := sync("manager", "{}"); status != 503 || !strings.Contains(body, "Session expired") || !strings.Contains(body, "template.sync") {
			t.Errorf("%d %s", status, body)
		}
	})
}
