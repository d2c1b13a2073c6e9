package api_test

import (
	"testing"

	"recado/internal/api/apitest"
)

func init() {
	crossWorkspace["people/{id}"] = func(t *testing.T, w *apitest.World) string {
		return newContact(t, w, w.Other.Workspace.ID, "Rival's", "5531955509997").String()
	}
	crossWorkspace["notes/{note}"] = func(t *testing.T, w *apitest.World) string {
		id := newContact(t, w, w.Other.Workspace.ID, "Rival's", "5531955509996")
		note, err := w.Rooms.Contact.AddNote(t.Context(), w.Other.Actors["rival"], id, "paga tarde")
		if err != nil {
			t.Fatal(err)
		}
		return note.ID.String()
	}
	crossBody["writePersonNote"] = `{"text":"hola"}`
	crossBody["mergePeople"] = `{"from_id":"1","name":"Mía","attributes":{}}`
}
