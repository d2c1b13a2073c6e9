package api_test

import (
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/survey"
)

func TestSurveys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		number := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531985552150").ID.String()
		empty := read[api.Surveys](t, w.Call(t, "owner", "GET", "/surveys", ""), 200)
		if len(empty.Items) != 0 || len(empty.Ready["pt-BR"]) != 3 {
			t.Fatalf("at first: %+v", empty)
		}
		made := read[api.Survey](t, w.Call(t, "owner", "POST", "/surveys", encoded(empty.Ready["es"][0])), 201)
		if a := w.Call(t, "owner", "PUT", "/inboxes/"+number+"/survey", `{"survey_id":"`+made.ID+`","often":"days","n":30}`); a.Status != 204 {
			t.Fatalf("rule: %d %s", a.Status, a.Body)
		}
		if a := w.Call(t, "owner", "PUT", "/inboxes/"+number+"/survey", `{"survey_id":"`+made.ID+`","often":"days","n":0}`); a.Status != 422 {
			t.Errorf("no days: %d %s", a.Status, a.Body)
		}
		listed := read[api.Surveys](t, w.Call(t, "manager", "GET", "/surveys", ""), 200)
		if len(listed.Items) != 1 || strings.Join(listed.Items[0].Inboxes, "") != number {
			t.Errorf("listed: %+v", listed.Items)
		}
		type change struct {
			Version  int64           `json:"version"`
			Settings survey.Settings `json:"settings"`
		}
		made.Settings.Thanks = "¡Gracias!"
		if kept := read[api.Survey](t, w.Call(t, "owner", "PUT", "/surveys/"+made.ID, encoded(change{1, made.Settings})), 200); kept.Version != 2 {
			t.Errorf("kept: %+v", kept)
		}
		if a := w.Call(t, "manager", "PUT", "/surveys/"+made.ID, encoded(change{1, made.Settings})); a.Status != 409 {
			t.Errorf("over a version not seen: %d %s", a.Status, a.Body)
		}
		turn := read[api.SurveyTurn](t, w.Call(t, "owner", "POST", "/surveys/try", encoded(api.TrySurvey{Settings: made.Settings, Kind: "began"})), 200)
		turn = read[api.SurveyTurn](t, w.Call(t, "owner", "POST", "/surveys/try", encoded(api.TrySurvey{Settings: made.Settings, State: turn.State, Kind: "wrote", Payload: turn.Said[0].Menu.Options[3].ID})), 200)
		if len(turn.Answers) != 1 || turn.Answers[0].Value != 4 || len(turn.Said) != 1 {
			t.Errorf("tried: %+v", turn)
		}
		results := read[api.SurveyResults](t, w.Call(t, "owner", "GET", "/surveys/"+made.ID+"/results", ""), 200)
		if results.Sent != 0 || results.Score != nil || len(results.Questions[0].Values) != 5 {
			t.Errorf("results: %+v", results)
		}
		if a := w.Call(t, "owner", "GET", "/surveys/"+made.ID+"/answers.csv", ""); a.Status != 200 || !strings.Contains(string(a.Body), "Respuesta") {
			t.Errorf("export: %d %s", a.Status, a.Body)
		}
		if a := w.Call(t, "agent", "GET", "/surveys", ""); a.Status != 403 {
			t.Errorf("an agent reads: %d", a.Status)
		}
		if kept := read[api.Survey](t, w.Call(t, "owner", "PUT", "/surveys/"+made.ID+"/archived", `{"archived":true}`), 200); !kept.Archived || len(kept.Inboxes) != 0 {
			t.Errorf("archived: %+v", kept)
		}
		if a := w.Call(t, "owner", "DELETE", "/surveys/"+made.ID, ""); a.Status != 204 {
			t.Errorf("delete: %d %s", a.Status, a.Body)
		}
	})
}
