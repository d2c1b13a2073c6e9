package api_test

import (
	"net/http"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/auth"
	"recado/internal/db/dbtest"
)

func init() {
	crossWorkspace["sessions/{id}"] = func(t *testing.T, w *apitest.World) string {
		list, err := w.Rooms.Auth.Sessions(t.Context(), w.Other.Actors["rival"].User)
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		return list[0].ID.String()
	}
	crossWorkspace["api-keys/{id}"] = func(t *testing.T, w *apitest.World) string {
		k, _, err := w.Rooms.Auth.CreateKey(t.Context(), w.Other.Actors["rival"], auth.NewKey{Name: "Rival", Profile: w.Other.Profiles[account.Agent].ID})
		if err != nil {
			t.Fatal(err)
		}
		return k.ID.String()
	}
	crossWorkspace["members/{id}"] = func(_ *testing.T, w *apitest.World) string { return w.Other.Members["rival"].ID.String() }
}

func TestSession(t *testing.T) {
	apitest.Run(t, "session", func(t *testing.T, w *apitest.World) {
		link, err := w.Rooms.Auth.CreateLink(t.Context(), w.Home.Actors["guest"].User)
		if err != nil {
			t.Fatal(err)
		}
		w.NameText(link, "link")
	})
}

func TestAPIKeys(t *testing.T) { apitest.Run(t, "api-keys", nil) }

func TestMembers(t *testing.T) { apitest.Run(t, "members", nil) }

const signInBody = `{"email":"agent@ejemplo.test","password":"` + apitest.Password + `"}`

func cookieOf(t *testing.T, a apitest.Answer) *http.Cookie {
	t.Helper()
	cookies := (&http.Response{Header: a.Header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies: %v", len(cookies), a.Header)
	}
	return cookies[0]
}

func TestCookie(t *testing.T) {
	t.Run("scripts and other sites do not get it", func(t *testing.T) {
		w := apitest.New(t, dbtest.SQLite(t), api.Options{})
		c := cookieOf(t, w.Call(t, "", "POST", "/session", signInBody))
		if c.Name != "recado_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 30*24*3600 || c.Secure {
			t.Errorf("%+v", c)
		}
	})
	t.Run("over https it travels only by https", func(t *testing.T) {
		w := apitest.New(t, dbtest.SQLite(t), api.Options{Secure: true})
		a := w.Call(t, "", "POST", "/session", signInBody)
		if c := cookieOf(t, a); !c.Secure || a.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%+v", c)
		}
	})
	t.Run("signing out takes it away", func(t *testing.T) {
		w := apitest.New(t, dbtest.SQLite(t), api.Options{})
		if c := cookieOf(t, w.Call(t, "agent", "DELETE", "/session", "")); c.Value != "" || c.MaxAge != -1 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("it is prolonged with the session, once a minute", func(t *testing.T) {
		w := apitest.New(t, dbtest.SQLite(t), api.Options{})
		if a := w.Call(t, "agent", "GET", "/session", ""); a.Header.Get("Set-Cookie") != "" {
			t.Error("too early")
		}
		w.Clock.Pass(auth.SessionLife / 2)
		if c := cookieOf(t, w.Call(t, "agent", "GET", "/session", "")); c.Value != w.Token("agent") || c.MaxAge != 30*24*3600 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("a session that ended loses its cookie", func(t *testing.T) {
		w := apitest.New(t, dbtest.SQLite(t), api.Options{})
		w.Clock.Pass(auth.SessionLife)
		a := w.Call(t, "agent", "GET", "/session", "")
		if c := cookieOf(t, a); a.Status != 401 || a.Code() != "auth.session_over" || c.MaxAge != -1 {
			t.Errorf("%d %+v", a.Status, c)
		}
	})
}

func TestChangesActAtOnce(t *testing.T) {
	w := apitest.New(t, dbtest.SQLite(t), api.Options{})
	system := account.System(w.Home.Workspace.ID)
	t.Run("a profile that is taken away", func(t *testing.T) {
		if a := w.Call(t, "manager", "GET", "/members", ""); a.Status != 200 {
			t.Fatal(a.Status, string(a.Body))
		}
		if err := w.Rooms.Account.SetProfile(t.Context(), system, w.Home.Members["manager"].ID, 0); err != nil {
			t.Fatal(err)
		}
		if a := w.Call(t, "manager", "GET", "/members", ""); a.Status != 403 || a.Code() != "forbidden.area" {
			t.Error(a.Status, string(a.Body))
		}
	})
	t.Run("a member who is shut out", func(t *testing.T) {
		if err := w.Rooms.Account.SetDisabled(t.Context(), system, w.Home.Members["agent"].ID, true); err != nil {
			t.Fatal(err)
		}
		if a := w.Call(t, "agent", "GET", "/session", ""); a.Status != 401 || a.Code() != "account.not_member" {
			t.Error(a.Status, string(a.Body))
		}
	})
	t.Run("a key that expires", func(t *testing.T) {
		at := w.Clock.Now().Add(auth.LinkLife).UnixMilli()
		_, secret, err := w.Rooms.Auth.CreateKey(t.Context(), w.Home.Actors["owner"], auth.NewKey{Name: "CRM", Profile: w.Home.Profiles[account.Agent].ID, ExpiresAt: at})
		if err != nil {
			t.Fatal(err)
		}
		if a := w.Call(t, "", "GET", "/session", "", "Authorization", "Bearer "+secret); a.Status != 200 {
			t.Fatal(a.Status, string(a.Body))
		}
		w.Clock.Pass(auth.LinkLife)
		if a := w.Call(t, "", "GET", "/session", "", "Authorization", "Bearer "+secret); a.Status != 401 || a.Code() != "auth.key_invalid" {
			t.Error(a.Status, string(a.Body))
		}
	})
}

func TestNoPersonalDataInTheLog(t *testing.T) {
	w := apitest.New(t, dbtest.SQLite(t), api.Options{})
	link, err := w.Rooms.Auth.CreateLink(t.Context(), w.Home.Actors["guest"].User)
	if err != nil {
		t.Fatal(err)
	}
	w.Call(t, "", "POST", "/session", signInBody)
	w.Call(t, "", "POST", "/session", `{"email":"agent@ejemplo.test","password":"no es esta"}`)
	w.Call(t, "", "POST", "/sign-in-links/"+link, `{"password":"otras palabras largas"}`)
	w.Call(t, "agent", "GET", "/session?search=Marisol", "")
	lines := w.Lines.String()
	if strings.Count(lines, `"msg":"request"`) != 4 || !strings.Contains(lines, `"route":"/api/v1/sign-in-links/{token}"`) {
		t.Error(lines)
	}
	for _, private := range []string{"ejemplo.test", "palabras", "no es esta", link, w.Token("agent"), "Marisol", "Agent", "192.0.2"} {
		if strings.Contains(lines, private) {
			t.Errorf("the log tells %q:\n%s", private, lines)
		}
	}
}
