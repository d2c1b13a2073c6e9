package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"testing"
	"time"
)

// client is a signed-in user of the public API.
type client struct {
	t    *testing.T
	base string
	http *http.Client
}

type object = map[string]any

// signIn gives a client for one of the demo users.
func signIn(t *testing.T, base, email string) *client {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	c := &client{t: t, base: base + "/api/v1", http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	c.do("POST", "/session", object{"email": email, "password": demoPassword})
	return c
}

// do calls the API and fails the test on any refusal.
func (c *client) do(method, path string, body any) object {
	c.t.Helper()
	status, answer := c.try(method, path, body)
	if status >= 300 {
		c.t.Fatalf("%s %s: %d %v", method, path, status, answer)
	}
	return answer
}

// try calls the API and gives whatever it answered; status 0 when nobody answered.
func (c *client) try(method, path string, body any) (int, object) {
	c.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	return c.send(request)
}

// upload puts a file where path says.
func (c *client) upload(method, path, name string, content []byte) object {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, _ := form.CreateFormFile("file", name)
	_, _ = part.Write(content)
	_ = form.Close()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, &body)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	status, answer := c.send(request)
	if status >= 300 {
		c.t.Fatalf("%s %s: %d %v", method, path, status, answer)
	}
	return answer
}

func (c *client) send(request *http.Request) (int, object) {
	answer, err := c.http.Do(request)
	if err != nil {
		return 0, object{"error": err.Error()}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, object{"error": err.Error()}
	}
	out := object{}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &out); err != nil {
			c.t.Fatalf("%s %s answered no JSON: %s", request.Method, request.URL.Path, text)
		}
	}
	return answer.StatusCode, out
}

// eventually waits until check gives true.
func eventually(t *testing.T, within time.Duration, what string, check func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	for !check() {
		if time.Now().After(deadline) {
			t.Fatalf("did not happen within %v: %s", within, what)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func items(o object) []object {
	list, _ := o["items"].([]any)
	out := make([]object, 0, len(list))
	for _, item := range list {
		out = append(out, item.(object))
	}
	return out
}

// find gives the item whose field has the value.
func find(t *testing.T, o object, field, value string) object {
	t.Helper()
	for _, item := range items(o) {
		if fmt.Sprint(item[field]) == value {
			return item
		}
	}
	t.Fatalf("no item with %s = %s in %v", field, value, o)
	return nil
}

func number(v any) int {
	f, _ := v.(float64)
	return int(f)
}
