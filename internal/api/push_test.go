package api_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func init() {
	crossWorkspace["subscriptions/{id}"] = func(t *testing.T, w *apitest.World) string {
		return subscribe(t, w, "rival", "https://push.example/secreto-de-rival").Subscriptions[0].ID.String()
	}
}

// subscriptionOf is what a browser says when it subscribed.
func subscriptionOf(t *testing.T, endpoint string) string {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw := base64.RawURLEncoding
	return fmt.Sprintf(`{"endpoint":%q,"keys":{"p256dh":%q,"auth":%q}}`, endpoint, raw.EncodeToString(key.PublicKey().Bytes()), raw.EncodeToString(make([]byte, 16)))
}

func subscribe(t *testing.T, w *apitest.World, who, endpoint string) (p api.Push) {
	t.Helper()
	a := w.Call(t, who, http.MethodPost, "/push/subscriptions", subscriptionOf(t, endpoint), "User-Agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	a.JSON(t, &p)
	return p
}

func pushOf(t *testing.T, w *apitest.World, who string) (p api.Push) {
	t.Helper()
	w.Call(t, who, http.MethodGet, "/push", "").JSON(t, &p)
	return p
}

func TestPushOfABrowser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		heard := 0
		service := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
			heard++
			answer.WriteHeader(map[string]int{"/good": 201, "/gone": 410, "/down": 503}[r.URL.Path])
		}))
		defer service.Close()

		t.Run("the key is there before anybody subscribes, and is everybody's", func(t *testing.T) {
			agent, rival := pushOf(t, w, "agent"), pushOf(t, w, "rival")
			if point, err := base64.RawURLEncoding.DecodeString(agent.PublicKey); err != nil || len(point) != 65 || agent.PublicKey != rival.PublicKey || len(agent.Subscriptions) != 0 {
				t.Errorf("%+v %+v", agent, rival)
			}
		})
		t.Run("a browser subscribes, is tested and ends it", func(t *testing.T) {
			if a := w.Call(t, "agent", http.MethodPost, "/push/test", ""); a.Status != http.StatusNotFound || a.Code() != "push.not_on" {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			p := subscribe(t, w, "agent", service.URL+"/good")
			if one := p.Subscriptions[0]; len(p.Subscriptions) != 1 || !one.Current || one.Device != "Firefox, Windows" || one.SentAt != 0 {
				t.Fatalf("%+v", p)
			}
			if a := w.Call(t, "agent", http.MethodPost, "/push/test", ""); a.Status != http.StatusNoContent || heard != 1 {
				t.Errorf("%d %s, heard %d", a.Status, a.Body, heard)
			}
			if p = pushOf(t, w, "agent"); p.Subscriptions[0].SentAt == 0 {
				t.Errorf("%+v", p)
			}
			if a := w.Call(t, "manager", http.MethodDelete, "/push/subscriptions/"+p.Subscriptions[0].ID.String(), ""); a.Status != http.StatusNotFound {
				t.Errorf("a colleague ended it: %d", a.Status)
			}
			if a := w.Call(t, "agent", http.MethodDelete, "/push/subscriptions/"+p.Subscriptions[0].ID.String(), ""); a.Status != http.StatusNoContent {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			if p = pushOf(t, w, "agent"); len(p.Subscriptions) != 0 {
				t.Errorf("%+v", p)
			}
		})
		t.Run("what a push service says is told in words", func(t *testing.T) {
			for path, want := range map[string]struct {
				status int
				code   string
			}{"/down": {503, "push.failed"}, "/gone": {409, "push.gone"}} {
				subscribe(t, w, "agent", service.URL+path)
				if a := w.Call(t, "agent", http.MethodPost, "/push/test", ""); a.Status != want.status || a.Code() != want.code {
					t.Errorf("%s: %d %s", path, a.Status, a.Body)
				}
			}
		})
		t.Run("what no push can be sent to is refused", func(t *testing.T) {
			for body, code := range map[string]string{
				`{"endpoint":"ftp://push.example/1","keys":{"p256dh":"a","auth":"b"}}`:   "push.endpoint_invalid",
				`{"endpoint":"https://push.example/1","keys":{"p256dh":"a","auth":"b"}}`: "push.keys_invalid",
			} {
				if a := w.Call(t, "agent", http.MethodPost, "/push/subscriptions", body); a.Status != http.StatusUnprocessableEntity || a.Code() != code {
					t.Errorf("%s: %d %s", body, a.Status, a.Body)
				}
			}
			if a := w.Call(t, "agent", http.MethodPost, "/push/subscriptions", `{}`); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
		t.Run("who signs out takes the subscription of that browser along", func(t *testing.T) {
			subscribe(t, w, "manager", service.URL+"/good")
			if a := w.Call(t, "manager", http.MethodDelete, "/session", ""); a.Status >= 300 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			n, err := db.One[int](t.Context(), d, "select count(*) from push_subscriptions where user_id = $1", w.Home.Actors["manager"].User)
			if err != nil || n != 0 {
				t.Errorf("%d left, %v", n, err)
			}
		})
	})
}
