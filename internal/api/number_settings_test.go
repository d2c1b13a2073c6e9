package api_test

import (
	"testing"

	"recado/internal/account"
	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fleet"
	"recado/internal/inbox"
)

func init() {
	crossWorkspace["changes/{id}"] = func(t *testing.T, w *apitest.World) string {
		boxes, err := w.Rooms.Inbox.List(t.Context(), w.Other.Workspace.ID)
		if err != nil || len(boxes) == 0 {
			t.Fatal("no number of the other workspace", err)
		}
		system := account.System(w.Other.Workspace.ID)
		if err := w.Rooms.Fleet.Set(t.Context(), system, boxes[0].ID, fleet.Attention, inbox.Attention{TagsRequired: new(true)}, -1); err != nil {
			t.Fatal(err)
		}
		all, err := w.Rooms.Fleet.Changes(t.Context(), system, 0, 0, 1)
		if err != nil || len(all) == 0 {
			t.Fatal("no change of the other workspace", err)
		}
		return all[0].ID.String()
	}
}

func TestNumberSettings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		a, b := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531985553130").ID.String(), newInbox(t, w, w.Home.Workspace.ID, "Caja", "5531985553131").ID.String()
		want := `"numbers":[{"inbox_id":"` + a + `"},{"inbox_id":"` + b + `"}],"changes":{"chatbot":{"greeting":{"first":"Hola."}},"hours":{"always":false}}`

		seen := read[api.SettingResults](t, w.Call(t, "owner", "POST", "/number-settings/preview", `{`+want+`}`), 200)
		if len(seen.Items) != 2 || seen.Change != "" || seen.Items[0].State != "changed" || len(seen.Items[0].Differences) != 2 || seen.Items[0].Versions["chatbot"] != 0 {
			t.Fatalf("preview: %+v", seen)
		}
		done := read[api.SettingResults](t, w.Call(t, "owner", "POST", "/number-settings/apply", `{`+want+`,"model_id":"`+a+`"}`), 200)
		if done.Change == "" || done.Items[1].State != "changed" || done.Items[1].Problem != nil {
			t.Fatalf("applied: %+v", done)
		}
		stale := `{"numbers":[{"inbox_id":"` + a + `","versions":{"chatbot":0}}],"changes":{"chatbot":{"greeting":{"first":"Otra."}}}}`
		late := read[api.SettingResults](t, w.Call(t, "manager", "POST", "/number-settings/apply", stale), 200)
		if late.Change != "" || late.Items[0].State != "failed" || late.Items[0].Problem.Code != "bot.edited" {
			t.Errorf("over a version not seen: %+v", late)
		}
		docs := read[api.Items[api.NumberSettings]](t, w.Call(t, "owner", "GET", "/number-settings?parts=chatbot,hours&inbox_ids="+b, ""), 200).Items
		if len(docs) != 1 || len(docs[0].Parts) != 2 || docs[0].Parts[0].Version != 1 || docs[0].Parts[1].Settings["always"] != false {
			t.Errorf("documents: %+v", docs)
		}
		if all := read[api.Items[api.NumberSettings]](t, w.Call(t, "owner", "GET", "/number-settings?parts=absence", ""), 200).Items; len(all) < 2 {
			t.Errorf("all numbers: %+v", all)
		}
		journal := read[api.Items[api.SettingChange]](t, w.Call(t, "owner", "GET", "/number-settings/changes?inbox_id="+b, ""), 200).Items
		if len(journal) != 1 || journal[0].ID.String() != done.Change || len(journal[0].Numbers) != 2 || journal[0].Model.String() != a {
			t.Fatalf("journal: %+v", journal)
		}
		what := read[api.SettingResults](t, w.Call(t, "owner", "GET", "/number-settings/changes/"+done.Change, ""), 200)
		if len(what.Items) != 2 || what.Items[0].Differences[0].To != "Hola." {
			t.Errorf("what was changed: %+v", what)
		}
		undone := read[api.SettingResults](t, w.Call(t, "owner", "POST", "/number-settings/changes/"+done.Change+"/undo", ""), 200)
		if undone.Items[0].State != "changed" || undone.Change == "" {
			t.Errorf("undone: %+v", undone)
		}
		for path, body := range map[string]string{"apply": `{` + want + `}`, "preview": `{` + want + `}`} {
			refused := read[api.SettingResults](t, w.Call(t, "agent", "POST", "/number-settings/"+path, body), 200)
			if refused.Items[0].State != "failed" {
				t.Errorf("an agent: %+v", refused)
			}
		}
		if x := w.Call(t, "owner", "POST", "/number-settings/apply", `{"numbers":[{"inbox_id":"`+a+`"}]}`); x.Status != 422 {
			t.Errorf("nothing wanted: %d %s", x.Status, x.Body)
		}
	})
}
