package api_test

import (
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/flow"
)

func init() {
	draft := encoded(flow.Recipe("menu", "es"))
	crossBody["changeFlow"] = `{"name":"Mío","revision":-1,"draft":` + draft + `}`
	crossBody["publishFlow"] = `{"revision":-1}`
	crossBody["changeBrain"] = `{"name":"Mío","config":{"kind":"webhook","url":"https://mio.example/bot"}}`
	crossBody["tryBrain"] = `{"text":"hola"}`
	crossBody["tryFlow"] = `{"kind":"began","state":{"flow_id":""},"draft":` + draft + `}`
}

func TestFlows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		made := read[api.Flow](t, w.Call(t, "owner", "POST", "/flows", `{"name":"Bienvenida","recipe":"menu"}`), 201)
		if made.Published != 0 || len(made.Draft.Blocks) != 6 || len(made.Findings) != 0 || len(made.Unlike) != 6 {
			t.Fatalf("made: %+v", made)
		}
		path := "/flows/" + made.ID
		if a := w.Call(t, "agent", "GET", path, ""); a.Status != 403 {
			t.Errorf("an agent reads: %d", a.Status)
		}
		type change struct {
			Name     string    `json:"name"`
			Draft    flow.Flow `json:"draft"`
			Revision int64     `json:"revision"`
		}
		draft := made.Draft
		draft.Blocks[0].Text = ""
		kept := read[api.Flow](t, w.Call(t, "owner", "PUT", path, encoded(change{"Bienvenida", draft, made.Revision})), 200)
		if len(kept.Findings) != 1 || kept.Findings[0].Block != "hello" || kept.Findings[0].Field != "text" || kept.Findings[0].Text == "" {
			t.Fatalf("findings: %+v", kept.Findings)
		}
		if a := w.Call(t, "manager", "PUT", path, encoded(change{"Bienvenida", draft, made.Revision})); a.Status != 409 {
			t.Errorf("over a revision not seen: %d %s", a.Status, a.Body)
		}
		if a := w.Call(t, "owner", "POST", path+"/publish", `{"revision":-1}`); a.Status != 409 || !strings.Contains(string(a.Body), "flow.not_ready") {
			t.Errorf("published: %d %s", a.Status, a.Body)
		}
		draft.Blocks[0].Text = "¡Hola!"
		kept = read[api.Flow](t, w.Call(t, "owner", "PUT", path, encoded(change{"Bienvenida", draft, kept.Revision})), 200)
		done := read[api.Flow](t, w.Call(t, "owner", "POST", path+"/publish", `{"revision":-1}`), 200)
		if done.Published != 1 || len(done.Unlike) != 0 {
			t.Errorf("published: %+v", done)
		}
		if all := read[api.Items[api.FlowVersion]](t, w.Call(t, "owner", "GET", path+"/versions", ""), 200).Items; len(all) != 1 || all[0].Flow.Blocks[0].Text != "¡Hola!" {
			t.Errorf("versions: %+v", all)
		}
		if all := read[api.Items[api.FlowSummary]](t, w.Call(t, "owner", "GET", "/flows", ""), 200).Items; len(all) != 1 || all[0].Changed || all[0].Published != 1 {
			t.Errorf("lines: %+v", all)
		}

		own, err := db.ParseID(made.ID)
		if err != nil {
			t.Fatal(err)
		}
		least, most := 5.0, 1.0
		for want, block := range map[string]flow.Block{
			"flow.itself":       {ID: "x", Kind: flow.GoTo, Flow: own},
			"flow.unanswerable": {ID: "x", Kind: flow.Ask, Text: "¿Cuántos?", Then: flow.Finish, Answer: &flow.Answer{Kind: flow.Number, Min: &least, Max: &most}},
			"flow.loop":         {ID: "x", Kind: flow.Say, Text: "otra vez", Then: "x"},
		} {
			bad := flow.Flow{Language: "es", Blocks: []flow.Block{block}}
			kept = read[api.Flow](t, w.Call(t, "owner", "PUT", path, encoded(change{"Bienvenida", bad, -1})), 200)
			if len(kept.Findings) == 0 || kept.Findings[0].Code != want || kept.Findings[0].Block != "x" || kept.Findings[0].Text == "" {
				t.Errorf("%s: %+v", want, kept.Findings)
			}
			if a := w.Call(t, "owner", "POST", path+"/publish", `{"revision":-1}`); a.Status != 409 {
				t.Errorf("%s is published: %d", want, a.Status)
			}
		}
		secret := draft
		secret.Blocks = append([]flow.Block{{ID: "call", Kind: flow.HTTP, Request: &flow.Request{Method: "GET", URL: "https://tienda.example/x", Headers: []flow.Header{{Name: "X-Key", Value: "muy-secreta"}}}}},
			draft.Blocks...)
		kept = read[api.Flow](t, w.Call(t, "owner", "PUT", path, encoded(change{"Bienvenida", secret, -1})), 200)
		for _, a := range []apitest.Answer{w.Call(t, "owner", "PUT", path, encoded(change{"Bienvenida", kept.Draft, -1})), w.Call(t, "owner", "POST", path+"/publish", `{"revision":-1}`), w.Call(t, "owner", "GET", path, ""),
			w.Call(t, "owner", "GET", path+"/versions", ""), w.Call(t, "owner", "POST", path+"/try", `{"kind":"began","state":{"flow_id":""},"draft":`+encoded(kept.Draft)+`}`)} {
			if a.Status != 200 || strings.Contains(string(a.Body), "muy-secreta") || !strings.Contains(string(a.Body), kept.Draft.Blocks[0].Request.Headers[0].Kept) {
				t.Errorf("a header's secret: %d %s", a.Status, a.Body)
			}
		}

		turn := read[api.FlowTurn](t, w.Call(t, "owner", "POST", path+"/try", `{"kind":"began","name":"Julia","state":{"flow_id":""},"draft":`+encoded(draft)+`}`), 200)
		if len(turn.Said) != 1 || turn.Said[0].Menu == nil {
			t.Fatalf("tried: %+v", turn)
		}
		turn = read[api.FlowTurn](t, w.Call(t, "owner", "POST", path+"/try", `{"kind":"wrote","payload":"`+turn.Said[0].Menu.Options[2].ID+`","state":`+encoded(turn.State)+`,"draft":`+encoded(draft)+`}`), 200)
		if !turn.Handoff {
			t.Errorf("tried: %+v", turn)
		}
		for _, bad := range []string{`{"kind":"x"}`, `[]`, `{"kind":"began","state":{"flow_id":""},"draft":{"language":"es","blocks":[{"id":"A!","kind":"say"}]}}`,
			`{"kind":"began","state":{"flow_id":""},"draft":{"language":"es","blocks":[{"id":"a","kind":"say","surprise":1}]}}`} {
			if a := w.Call(t, "owner", "POST", path+"/try", bad); a.Status != 422 && a.Status != 400 {
				t.Errorf("%s: %d %s", bad, a.Status, a.Body)
			}
		}
		if a := w.Call(t, "owner", "DELETE", path, ""); a.Status != 204 {
			t.Errorf("deleted: %d %s", a.Status, a.Body)
		}
	})
}
