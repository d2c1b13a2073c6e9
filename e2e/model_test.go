package e2e

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// TestModelSheet uploads the sheet we hand out, in each language and form, to the demo as it comes: its example row is ready.
func TestModelSheet(t *testing.T) {
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	demo := &process{t: t, address: "http://" + listen, ready: "/readyz", args: []string{"demo", "--listen", listen, "--data", t.TempDir()}}
	t.Cleanup(demo.kill)
	demo.start()
	manager := signIn(t, demo.address, "manager@aurora.example")
	for _, language := range []string{"es", "pt-BR", "en"} {
		for _, format := range []string{"csv", "xlsx"} {
			t.Run(language+" "+format, func(t *testing.T) {
				manager.t = t
				id := manager.do("POST", "/campaigns", object{"name": "Modelo " + language + " " + format})["id"].(string)
				manager.upload("PUT", "/campaigns/"+id+"/file", "modelo."+format, manager.download("/campaign-model."+format, language))
				manager.do("PATCH", "/campaigns/"+id, object{"route": object{"target": "none"}})
				manager.do("POST", "/campaigns/"+id+"/check", nil)
				eventually(t, 30*time.Second, "the check ends", func() bool {
					return manager.do("GET", "/campaigns/"+id, nil)["state"] == "ready"
				})
				check := manager.do("GET", "/campaigns/"+id, nil)["check"].(object)
				if number(check["ready"]) != 1 {
					t.Errorf("the example row is not ready: %v", check)
				}
			})
		}
	}
}

// download gives a file in the reader's language.
func (c *client) download(path, language string) []byte {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.base+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Accept-Language", language)
	answer, err := c.http.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %d %v", path, answer.StatusCode, err)
	}
	return content
}
