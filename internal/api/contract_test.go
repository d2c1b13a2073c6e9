package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db/dbtest"
)

var updateContract = flag.Bool("update-contract", false, "rewrite docs/openapi.json")

const contract = "../../docs/openapi.json"

// The web's types are generated from docs/openapi.json (make api-types), so that page must be what the server says.
func TestTheContractIsCurrent(t *testing.T) {
	w := apitest.New(t, dbtest.SQLite(t), api.Options{Version: "dev"})
	a := w.Do(httptest.NewRequest("GET", "/api/openapi.json", nil))
	var now bytes.Buffer
	if err := json.Indent(&now, a.Body, "", "  "); err != nil {
		t.Fatal(err)
	}
	now.WriteByte('\n')
	if *updateContract {
		if err := os.WriteFile(contract, now.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(contract)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, now.Bytes()) {
		t.Error("docs/openapi.json is not what the server says: run make api-types and read the difference")
	}
}
