package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/api"
	"recado/internal/auth"
	"recado/internal/db"
	"recado/internal/event"
)

// Password is everybody's.
const Password = "tres palabras largas"

// World is the API on a database, with people in two workspaces.
type World struct {
	DB     *db.DB
	Log    *event.Log
	Rooms  api.Rooms
	Server *api.Server
	Clock  *Clock            // of room auth
	Lines  *bytes.Buffer     // what the server logged
	Home   Side              // people: owner, manager, agent, sender, guest (no profile)
	Other  Side              // people: rival
	tokens map[string]string // person or kept session → session token
	names  names
}

// Side is one workspace.
type Side struct {
	Workspace account.Workspace
	Actors    map[string]account.Actor  // by person
	Members   map[string]account.Member // by person
	Profiles  map[account.Standard]account.Profile
}

// Clock is a time that stands still until a test moves it. It begins at the real time, at a full minute.
type Clock struct {
	start time.Time
	ahead atomic.Int64
}

// Now is the time on the clock.
func (c *Clock) Now() time.Time { return c.start.Add(time.Duration(c.ahead.Load())) }

// Pass moves the clock forward.
func (c *Clock) Pass(d time.Duration) { c.ahead.Add(int64(d)) }

// New builds a world. Options are the server's; its log goes to Lines.
func New(t testing.TB, d *db.DB, options api.Options) *World {
	t.Helper()
	w := &World{DB: d, Log: event.NewLog(d, event.NewBell(d)), Clock: &Clock{start: time.Now().Truncate(time.Minute)}, Lines: &bytes.Buffer{}, tokens: map[string]string{}, names: newNames()}
	options.Log = slog.New(slog.NewJSONHandler(w.Lines, nil))
	if options.Version == "" {
		options.Version = "test"
	}
	w.Rooms = rooms(t, d, w.Log, w.Clock.Now)
	var err error
	w.Server, err = api.New(w.Rooms, options)
	must(t, err)
	w.Home = w.side(t, "Tienda Aurora", "home", map[string]account.Standard{
		"owner": account.Owner, "manager": account.Manager, "agent": account.Agent, "sender": account.Broadcaster, "guest": "",
	})
	w.Other = w.side(t, "Rival", "other", map[string]account.Standard{"rival": account.Owner})
	return w
}

// order in which people are made, so that ids come in the same order in every run.
var order = []string{"owner", "manager", "agent", "sender", "guest", "rival"}

func (w *World) side(t testing.TB, name, prefix string, people map[string]account.Standard) Side {
	t.Helper()
	workspace, err := w.Rooms.Account.CreateWorkspace(t.Context(), name, "es")
	must(t, err)
	s := Side{Workspace: workspace, Actors: map[string]account.Actor{}, Members: map[string]account.Member{}, Profiles: map[account.Standard]account.Profile{}}
	w.Name(workspace.ID, prefix)
	for _, standard := range []account.Standard{account.Owner, account.Manager, account.Agent, account.Broadcaster} {
		s.Profiles[standard], err = w.Rooms.Account.StandardProfile(t.Context(), workspace, standard)
		must(t, err)
		w.Name(s.Profiles[standard].ID, prefix+" profile "+string(standard))
	}
	for _, person := range order {
		if standard, here := people[person]; here {
			w.join(t, &s, person, s.Profiles[standard].ID)
		}
	}
	return s
}

func (w *World) join(t testing.TB, s *Side, person string, profile db.ID) {
	t.Helper()
	email := person + "@ejemplo.test"
	user, err := w.Rooms.Account.CreateUser(t.Context(), account.NewUser{Email: email, Name: strings.ToUpper(person[:1]) + person[1:], Locale: "es"})
	must(t, err)
	s.Members[person], err = w.Rooms.Account.AddMember(t.Context(), account.System(s.Workspace.ID), user.ID, profile)
	must(t, err)
	must(t, w.Rooms.Auth.SetPassword(t.Context(), user.ID, Password))
	_, w.tokens[person], err = w.Rooms.Auth.SignIn(t.Context(), auth.SignIn{Email: email, Password: Password, Device: "Prueba"})
	must(t, err)
	s.Actors[person], err = w.Rooms.Account.ActorOf(t.Context(), s.Workspace.ID, user.ID)
	must(t, err)
	w.Name(user.ID, person)
	w.Name(s.Members[person].ID, "member "+person)
}

// Name gives an id the name by which truth files know it, as {name}.
func (w *World) Name(id db.ID, name string) { w.names.give(id.String(), name) }

// Token is the session token of a person.
func (w *World) Token(person string) string { return w.tokens[person] }

// Answer is what the API said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON reads the body.
func (a Answer) JSON(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, into); err != nil {
		t.Fatalf("answer %q: %v", a.Body, err)
	}
}

// Code is the code of a problem, "" for none.
func (a Answer) Code() string {
	var p api.Problem
	_ = json.Unmarshal(a.Body, &p)
	return p.Code
}

// Call asks as a person ("" for nobody). The path is below /api/v1; body is JSON text, "" for none.
func (w *World) Call(t testing.TB, as, method, path, body string, headers ...string) Answer {
	t.Helper()
	r := httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), method, "/api/v1"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		token, known := w.tokens[as]
		if !known {
			t.Fatalf("there is nobody called %q", as)
		}
		r.AddCookie(&http.Cookie{Name: "recado_session", Value: token})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return w.Do(r)
}

// Do plays a request as it is.
func (w *World) Do(r *http.Request) Answer {
	recorder := httptest.NewRecorder()
	w.Server.ServeHTTP(recorder, r)
	return Answer{Status: recorder.Code, Header: recorder.Header(), Body: recorder.Body.Bytes()}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// NameText gives any text that differs from run to run a name, as Name does for ids.
func (w *World) NameText(text, name string) { w.names.give(text, name) }
