package api_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/job"
)

func openTicket(t *testing.T, w *apitest.World, as string, side apitest.Side, row conversation.Row) conversation.Ticket {
	t.Helper()
	var ticket conversation.Ticket
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		ticket, _, err = w.Rooms.Conversation.OpenTicketIn(ctx, tx, side.Actors[as], conversation.Opening{Conversation: row.ID, Holder: conversation.HolderBot})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func init() {
	crossWorkspace["history/{id}"] = func(t *testing.T, w *apitest.World) string {
		id := w.DB.NewID().String() // asked for more than once
		box := newInbox(t, w, w.Other.Workspace.ID, "Rival "+id, "5531955"+id[len(id)-6:])
		return openTicket(t, w, "rival", w.Other, says(t, w, w.Other.Workspace.ID, box.ID, "Rival", "5531955509996", "secreto")).ID.String()
	}
}

func init() {
	crossWorkspace["archives/{id}"] = func(t *testing.T, w *apitest.World) string {
		id := w.DB.NewID()
		err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into archives (workspace_id, id, user_id, state, tickets_json, base, locale, total, lease_until, created_at)
				values ($1, $2, $3, 'ready', '[]', '', 'es', 0, 0, $4)`, w.Other.Workspace.ID, id, w.Other.Actors["rival"].User, tx.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return id.String()
	}
}

func TestArchives(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		jobs, err := job.New(d)
		if err == nil {
			err = jobs.Migrate(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		sales := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531955501001")
		ids := []string{}
		for i := range 3 {
			row := says(t, w, w.Home.Workspace.ID, sales.ID, "María Núñez", "553195550000"+strconv.Itoa(i), "hola")
			ids = append(ids, openTicket(t, w, "owner", w.Home, row).ID.String())
		}
		ask := func(as, body string) (api.Archive, apitest.Answer) {
			t.Helper()
			a := w.Call(t, as, "POST", "/archives", body)
			var out api.Archive
			if a.Status == 202 {
				if err := json.Unmarshal(a.Body, &out); err != nil {
					t.Fatal(err)
				}
			}
			return out, a
		}
		t.Run("what can not be asked for is refused in words", func(t *testing.T) {
			many := strings.TrimSuffix(strings.Repeat(`"1",`, 501), ",")
			for name, c := range map[string]struct {
				as, body, code string
				status         int
			}{
				"nothing":         {"owner", `{}`, "archive.one_way", 422},
				"both":            {"owner", `{"ticket_ids":["` + ids[0] + `"],"filter":{}}`, "archive.one_way", 422},
				"an empty filter": {"owner", `{"filter":{"q":"nada"}}`, "archive.nothing", 422},
				"unknown":         {"owner", `{"ticket_ids":["12"]}`, "ticket.not_found", 404},
				"no export":       {"agent", `{"ticket_ids":["` + ids[0] + `"]}`, "forbidden.ability", 403},
				"repeated ones":   {"owner", `{"ticket_ids":[` + many + `]}`, "ticket.not_found", 404},
			} {
				if _, a := ask(c.as, c.body); a.Status != c.status || !strings.Contains(string(a.Body), c.code) {
					t.Errorf("%s: %d %s", name, a.Status, a.Body)
				}
			}
		})
		t.Run("B35: all that a filter shows, one at a time, for whoever asked", func(t *testing.T) {
			made, a := ask("owner", `{"filter":{"state":"open"}}`)
			if made.Total != 3 || made.State != "running" || made.ExpiresAt != nil || !strings.HasSuffix(made.Name, ".zip") {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			if _, a := ask("owner", `{"ticket_ids":["`+ids[0]+`"]}`); a.Status != 409 || !strings.Contains(string(a.Body), "archive.running") {
				t.Errorf("a second one: %d %s", a.Status, a.Body)
			}
			path := "/archives/" + made.ID.String()
			if a := w.Call(t, "owner", "GET", path+"/zip", ""); a.Status != 409 {
				t.Errorf("before it is ready: %d", a.Status)
			}
			if a := w.Call(t, "owner", "GET", "/archives", ""); !strings.Contains(string(a.Body), made.ID.String()) {
				t.Errorf("%s", a.Body)
			}
			if a := w.Call(t, "owner", "DELETE", path, ""); a.Status != 204 {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			if a := w.Call(t, "owner", "DELETE", path, ""); a.Status != 404 {
				t.Errorf("again: %d", a.Status)
			}
		})
	})
}

func TestHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		sales := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531955501001")
		row := says(t, w, w.Home.Workspace.ID, sales.ID, "María Núñez 😀", "5531955500001", "¿Dónde está mi pedido? שלום 😀")
		ticket := openTicket(t, w, "owner", w.Home, row)
		learn(t, w)
		get := func(as, path string, into any) int {
			t.Helper()
			a := w.Call(t, as, "GET", path, "")
			if into != nil && a.Status == 200 {
				if err := json.Unmarshal(a.Body, into); err != nil {
					t.Fatal(err)
				}
			}
			return a.Status
		}
		path := "/history/" + ticket.ID.String()
		t.Run("B33: found by what was said", func(t *testing.T) {
			var page api.Page[api.PastTicket]
			for query, want := range map[string]int{"": 1, "?q=pedido": 1, "?q=nada": 0, "?state=closed": 0, "?q=%231": 1} {
				if get("owner", "/history"+query, &page); len(page.Items) != want {
					t.Errorf("%q: %+v", query, page.Items)
				}
			}
			if get("agent", "/history", &page); len(page.Items) != 0 {
				t.Errorf("out of reach: %+v", page.Items)
			}
		})
		t.Run("read in a drawer", func(t *testing.T) {
			var read api.TicketTranscript
			if get("owner", path, &read); len(read.Messages) != 2 || read.Messages[0].Text != "¿Dónde está mi pedido? שלום 😀" || read.Ticket.Number != 1 || read.Next != "" {
				t.Errorf("%+v", read)
			}
			if status := get("agent", path, nil); status != 404 {
				t.Errorf("out of reach: %d", status)
			}
		})
		t.Run("B35: as a PDF, for those who may export", func(t *testing.T) {
			a := w.Call(t, "owner", "GET", path+"/pdf", "")
			if a.Status != 200 || a.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(string(a.Body), "%PDF-") ||
				!strings.Contains(a.Header.Get("Content-Disposition"), "recado-1.pdf") {
				t.Errorf("%d %v", a.Status, a.Header)
			}
			if status := get("agent", path+"/pdf", nil); status != 403 && status != 404 {
				t.Errorf("without the ability or out of reach: %d", status)
			}
			if status := get("owner", "/history/1/pdf", nil); status != 404 {
				t.Errorf("no such ticket: %d", status)
			}
		})
		t.Run("how far back is a setting", func(t *testing.T) {
			var settings api.HistorySettings
			if get("owner", "/settings/history", &settings); settings.Months != 3 {
				t.Errorf("%+v", settings)
			}
			for body, want := range map[string]int{`{"months":12}`: 200, `{"months":0}`: 422} {
				if a := w.Call(t, "owner", "PUT", "/settings/history", body); a.Status != want {
					t.Errorf("%s: %d %s", body, a.Status, a.Body)
				}
			}
			if get("owner", "/settings/history", &settings); settings.Months != 12 {
				t.Errorf("%+v", settings)
			}
			if a := w.Call(t, "agent", "PUT", "/settings/history", `{"months":1}`); a.Status != 403 {
				t.Errorf("%d", a.Status)
			}
		})
	})
}
