package api_test

import (
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/routing"
)

func init() {
	crossBody["changeNumberAttention"] = `{"version":-1,"own":{"answer_minutes":5}}`
}

func TestNumberAttention(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		ventas, caja := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531985553110").ID.String(), newInbox(t, w, w.Home.Workspace.ID, "Caja", "5531985553111").ID.String()
		path := "/inboxes/" + ventas + "/attention"

		before := read[api.NumberAttention](t, w.Call(t, "owner", "GET", path, ""), 200)
		if before.Version != 0 || before.Own.TagsRequired != nil || before.Closing.NoteMode != "optional" {
			t.Fatalf("never set apart: %+v", before)
		}
		kept := read[api.NumberAttention](t, w.Call(t, "owner", "PUT", path, `{"version":0,"own":{"tags_required":true,"results":["ganado","resolved"],"answer_minutes":5}}`), 200)
		if kept.Version != 1 || !kept.Closing.TagsRequired || kept.Distribution.AnswerMinutes != 5 || kept.Own.NoteMode != nil || kept.EditedName == "" {
			t.Fatalf("kept: %+v", kept)
		}
		if a := w.Call(t, "owner", "PUT", path, `{"version":0,"own":{}}`); a.Status != 409 {
			t.Errorf("over a version not seen: %d %s", a.Status, a.Body)
		}
		if a := w.Call(t, "agent", "PUT", path, `{"version":1,"own":{}}`); a.Status != 403 {
			t.Errorf("an agent changes: %d", a.Status)
		}
		for query, want := range map[string][2]bool{"": {false, false}, "?inbox_ids=" + caja: {false, false}, "?inbox_ids=" + ventas: {true, true}, "?inbox_ids=" + caja + "," + ventas: {true, false}} {
			got := read[api.AttentionSettings](t, w.Call(t, "agent", "GET", "/attention"+query, ""), 200).Closing
			if got.TagsRequired != want[0] || (got.Results[0] == "ganado") != want[1] {
				t.Errorf("closing at %q: %+v", query, got)
			}
		}
		w.Call(t, "owner", "PUT", "/inboxes/"+caja+"/attention", `{"version":0,"own":{"transfer_agents":false}}`)
		w.Call(t, "owner", "PUT", path, `{"version":1,"own":{"tags_required":true,"transfer_queues":false}}`)
		all, none := routing.Transfers{Agents: true, Queues: true, Numbers: true}, routing.Transfers{Numbers: true}
		for query, want := range map[string]routing.Transfers{"": all, "?inbox_ids=" + caja: {Queues: true, Numbers: true}, "?inbox_ids=" + ventas: {Agents: true, Numbers: true}, "?inbox_ids=" + caja + "," + ventas: none} {
			if got := read[api.AttentionSettings](t, w.Call(t, "agent", "GET", "/attention"+query, ""), 200).Transfers; got != want {
				t.Errorf("B170 transfers at %q: %+v, not %+v", query, got, want)
			}
			if got := read[api.AttentionSettings](t, w.Call(t, "owner", "GET", "/attention"+query, ""), 200).Transfers; got != all {
				t.Errorf("B170 who sees all, at %q: %+v", query, got)
			}
		}
		rival := newInbox(t, w, w.Other.Workspace.ID, "Rival", "5531985553112").ID.String()
		if a := w.Call(t, "agent", "GET", "/attention?inbox_ids="+ventas+","+rival, ""); a.Status != 404 {
			t.Errorf("a number of elsewhere: %d %s", a.Status, a.Body)
		}
	})
}
