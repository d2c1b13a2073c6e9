package api_test

import (
	"testing"

	"recado/internal/api/apitest"
)

func init() {
	crossWorkspace["inboxes/{id}"] = func(t *testing.T, w *apitest.World) string {
		return newInbox(t, w, w.Other.Workspace.ID, "Rival's hours", "5531955509981").ID.String()
	}
	crossBody["changeHours"] = `{"version":0,"time_zone":"UTC","always":true,"days":[[],[],[],[],[],[],[]],"holidays":[],"unavailable":{"on":false,"text":""}}`
}
