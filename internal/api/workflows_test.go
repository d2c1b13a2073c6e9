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
	crossBody["checkWorkflow"] = `{"draft":` + draft + `}`
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
		t.Run("what is wrong with a draft is told before it is kept, to whoever sees it", func(t *testing.T) {
			draft := encoded(workflow.Plan{Trigger: workflow.Trigger{Kind: workflow.TicketOpened}, Branches: []workflow.Branch{{ID: "main", Conditions: []workflow.Condition{},
				Steps: []workflow.Step{{ID: "close", Kind: workflow.Close}, {ID: "say", Kind: workflow.Say}, {ID: "tag", Kind: workflow.AddTags, Tags: []db.ID{7}}}}}})
			var got []string
			for _, f := range read[api.Items[api.WorkflowFinding]](t, w.Call(t, "manager", "POST", path+"/check", `{"draft":`+draft+`}`), 200).Items {
				got = append(got, f.At+" "+f.Code)
			}
			if strings.Join(got, ", ") != "say flow.no_text, tag workflow.tag, tag workflow.after_close" {
				t.Error(got)
			}
			if now := read[api.Workflow](t, w.Call(t, "owner", "GET", path, ""), 200); len(now.Draft.Branches[0].Steps) != 4 {
				t.Error("it was kept")
			}
			for body, status := range map[string]int{`{"draft":{"trigger":{"kind":"x"},"branches":[]}}`: 422, `{}`: 422} {
				if a := w.Call(t, "owner", "POST", path+"/check", body); a.Status != status {
					t.Error(body, a.Status)
				}
			}
			if a := w.Call(t, "agent", "POST", path+"/check", `{"draft":`+draft+`}`); a.Status != 403 {
				t.Error("an agent checks:", a.Status)
			}
		})
		t.Run("a header's secret is never given back", func(t *testing.T) {
			draft := encoded(workflow.Plan{Trigger: made.Draft.Trigger, Branches: []workflow.Branch{{ID: "main", Conditions: []workflow.Condition{}, Steps: []workflow.Step{{ID: "call", Kind: workflow.Webhook,
				Request: &flow.Request{Method: "POST", URL: "https://tienda.example/x", Headers: []flow.Header{{Name: "X-Key", Value: "muy-secreta"}}}}}}}})
			other := read[api.Workflow](t, w.Call(t, "owner", "POST", "/workflows", `{"name":"Avisa","recipe":""}`), 201)
			kept := read[api.Workflow](t, w.Call(t, "owner", "PUT", "/workflows/"+other.ID, `{"name":"Avisa","revision":-1,"draft":`+draft+`}`), 200)
			for _, a := range []apitest.Answer{w.Call(t, "owner", "PUT", "/workflows/"+other.ID, `{"name":"Avisa","revision":-1,"draft":`+encoded(kept.Draft)+`}`),
				w.Call(t, "owner", "POST", "/workflows/"+other.ID+"/publish", `{"revision":-1}`), w.Call(t, "owner", "GET", "/workflows/"+other.ID, ""), w.Call(t, "owner", "GET", "/workflows/"+other.ID+"/versions", "")} {
				if a.Status != 200 || strings.Contains(string(a.Body), "muy-secreta") || !strings.Contains(string(a.Body), kept.Draft.Branches[0].Steps[0].Request.Headers[0].Kept) {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			}
			if a := w.Call(t, "owner", "DELETE", "/workflows/"+other.ID, ""); a.Status != 204 {
				t.Error(a.Status)
			}
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
