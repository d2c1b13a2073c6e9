package api_test

import (
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/flow"
	"recado/internal/workflow"
)

func init() {
	draft := encoded(workflow.Recipe("tidy", "es"))
	crossBody["changeWorkflow"] = `{"name":"Mía","revision":-1,"draft":` + draft + `}`
	crossBody["publishWorkflow"] = `{"revision":-1}`
	crossBody["switchWorkflow"] = `{"on":true}`
	crossBody["tryWorkflow"] = `{"conversation_id":"1","draft":` + draft + `}`
}

func TestWorkflows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		made := read[api.Workflow](t, w.Call(t, "owner", "POST", "/workflows", `{"name":"Orden","recipe":"tidy"}`), 201)
		if made.On || made.Published != 0 || len(made.Findings) != 0 || len(made.Draft.Branches[0].Steps) != 4 {
			t.Fatalf("made: %+v", made)
		}
		path := "/workflows/" + made.ID
		if a := w.Call(t, "agent", "GET", "/workflows", ""); a.Status != 403 {
			t.Fatal("an agent sees no workflows:", a.Status)
		}
		t.Run("a webhook to an address of the own network is refused in words, at its step", func(t *testing.T) {
			draft := made.Draft
			draft.Branches = []workflow.Branch{{ID: "main", Conditions: []workflow.Condition{}, Steps: []workflow.Step{{ID: "call", Kind: workflow.Webhook, Request: &flow.Request{Method: "POST", URL: "https://127.0.0.1/x"}}}}}
			kept := read[api.Workflow](t, w.Call(t, "owner", "PUT", path, `{"name":"Orden","revision":-1,"draft":`+encoded(draft)+`}`), 200)
			if len(kept.Findings) != 1 || kept.Findings[0].At != "call" || kept.Findings[0].Field != "request.url" || !strings.Contains(kept.Findings[0].Text, "internet") {
				t.Fatalf("%+v", kept.Findings)
			}
			if a := w.Call(t, "owner", "POST", path+"/publish", `{"revision":-1}`); a.Status != 409 || !strings.Contains(string(a.Body), "workflow.not_ready") {
				t.Fatal(a.Status, string(a.Body))
			}
			read[api.Workflow](t, w.Call(t, "owner", "PUT", path, `{"name":"Orden","revision":-1,"draft":`+encoded(made.Draft)+`}`), 200)
		})
		on := read[api.Workflow](t, w.Call(t, "owner", "POST", path+"/publish", `{"revision":-1}`), 200)
		if !on.On || on.Published != 1 || on.Changed {
			t.Fatalf("on: %+v", on)
		}
		if all := read[api.Items[api.WorkflowSummary]](t, w.Call(t, "owner", "GET", "/workflows", ""), 200).Items; len(all) != 1 || !all[0].On || all[0].Runs != 0 || all[0].Trigger.Kind != "customer_silent" {
			t.Fatalf("%+v", all)
		}
		if off := read[api.Workflow](t, w.Call(t, "owner", "PUT", path+"/switch", `{"on":false}`), 200); off.On {
			t.Fatalf("off: %+v", off)
		}
		if all := read[api.Items[api.WorkflowVersion]](t, w.Call(t, "owner", "GET", path+"/versions", ""), 200).Items; len(all) != 1 || all[0].Plan.Trigger.Kind != "customer_silent" {
			t.Fatalf("%+v", all)
		}
		if a := w.Call(t, "owner", "POST", path+"/try", `{"conversation_id":"1","draft":`+encoded(made.Draft)+`}`); a.Status != 404 {
			t.Fatal(a.Status)
		}
		for _, bad := range []string{`{"name":"Orden","revision":-1,"draft":{"trigger":{"kind":"x"},"branches":[]}}`, `{"name":"","revision":-1,"draft":` + encoded(made.Draft) + `}`,
			`{"name":"Orden","revision":-1,"draft":{"trigger":{"kind":"ticket_opened"},"branches":[{"id":"A!","conditions":[],"steps":[]}]}}`} {
			if a := w.Call(t, "owner", "PUT", path, bad); a.Status != 422 {
				t.Fatal(a.Status, bad)
			}
		}
		if a := w.Call(t, "owner", "PUT", path, `{"name":"Orden","revision":0,"draft":`+encoded(made.Draft)+`}`); a.Status != 409 || !strings.Contains(string(a.Body), "workflow.edited") {
			t.Fatal(a.Status, string(a.Body))
		}
		if a := w.Call(t, "owner", "DELETE", path, ""); a.Status != 204 {
			t.Fatal(a.Status)
		}
	})
}
