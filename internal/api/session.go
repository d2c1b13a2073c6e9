package api

import (
	"context"
	"encoding/json"
	"net/http"

	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/db"
	"recado/internal/fault"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Server) sessionRoutes() {
	custom(s, http.MethodPost, "/session", about{Name: "signIn", Tag: "session", Says: "Sign in with e-mail and password"}, open, s.signIn)
	get(s, "/session", about{Name: "readMe", Tag: "session", Says: "Who is signed in"}, signedIn, s.readMe)
	custom(s, http.MethodDelete, "/session", about{Name: "signOut", Tag: "session", Says: "Sign out"}, signedIn, s.signOut)
	patch(s, "/me", about{Name: "changeMe", Tag: "session", Says: "Change one's name, language or preferences"}, signedIn, s.changeMe)
	custom(s, http.MethodPost, "/sign-in-links/{token}", about{Name: "useSignInLink", Tag: "session", Says: "Set a password through a one-time link and sign in"}, open, s.useLink)
	get(s, "/sessions", about{Name: "listSessions", Tag: "session", Says: "One's own sessions on all devices"}, signedIn, s.listSessions)
	remove(s, "/sessions/{id}", about{Name: "endSession", Tag: "session", Says: "End one of one's own sessions"}, signedIn, s.endSession)
}

// Me is who is signed in and what they may do.
type Me struct {
	User         MeUser        `json:"user"`
	Workspace    MeWorkspace   `json:"workspace"`
	Permissions  MePermissions `json:"permissions"`
	Availability Availability  `json:"availability"`
	Demo         bool          `json:"demo"`
	Version      string        `json:"version"`
}

// MeUser is the person.
type MeUser struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Email       string         `json:"email"`
	Locale      string         `json:"locale"`
	Preferences map[string]any `json:"preferences"`
}

// MeWorkspace is where they work.
type MeWorkspace struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Locale string `json:"locale"`
}

// MePermissions are what their profile gives.
type MePermissions struct {
	Areas     map[string]string `json:"areas" doc:"none, view or edit for each area"`
	Abilities []string          `json:"abilities"`
}

// Availability is whether an agent takes tickets now.
type Availability struct {
	State  string `json:"state" enum:"online,away,invisible"`
	Reason string `json:"reason"`
	Since  int64  `json:"since" doc:"Unix milliseconds; 0 when never set"`
}

// withCookie is an answer that changes the session cookie.
type withCookie[T any] struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      T
}

type signInBody struct {
	Email    string `json:"email" minLength:"1" maxLength:"254" doc:"any case"`
	Password string `json:"password" minLength:"1" maxLength:"1000"`
}

type signInInput struct {
	UserAgent string `header:"User-Agent"`
	Body      signInBody
}

func (s *Server) signIn(ctx context.Context, _ account.Actor, in *signInInput) (*withCookie[Me], error) {
	session, token, err := s.rooms.Auth.SignIn(ctx, auth.SignIn{
		Email: in.Body.Email, Password: in.Body.Password, Address: visitIn(ctx).address, Device: deviceOf(in.UserAgent),
	})
	return s.welcome(ctx, session, token, err)
}

type useLinkInput struct {
	Token     string `path:"token" maxLength:"100"`
	UserAgent string `header:"User-Agent"`
	Body      struct {
		Password string `json:"password" maxLength:"1000" doc:"the new password, at least 10 characters"`
	}
}

func (s *Server) useLink(ctx context.Context, _ account.Actor, in *useLinkInput) (*withCookie[Me], error) {
	session, token, err := s.rooms.Auth.UseLink(ctx, in.Token, in.Body.Password, deviceOf(in.UserAgent))
	return s.welcome(ctx, session, token, err)
}

// welcome answers a new session with its cookie.
func (s *Server) welcome(ctx context.Context, session auth.Session, token string, err error) (*withCookie[Me], error) {
	if err != nil {
		return nil, err
	}
	actor, err := s.rooms.Account.ActorOf(ctx, session.Workspace, session.User)
	if err != nil {
		return nil, err
	}
	v := visitIn(ctx)
	v.actor, v.session = actor, session
	if s.rooms.Routing != nil {
		if err := s.rooms.Routing.SignedIn(ctx, actor); err != nil {
			return nil, err
		}
	}
	me, err := s.me(ctx, actor)
	return &withCookie[Me]{SetCookie: *s.cookie(v, token, int(auth.SessionLife.Seconds())), Body: me}, err
}

func (s *Server) readMe(ctx context.Context, actor account.Actor, _ *noInput) (Me, error) {
	return s.me(ctx, actor)
}

func (s *Server) signOut(ctx context.Context, actor account.Actor, _ *noInput) (*struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}, error) {
	if err := person(actor); err != nil {
		return nil, err
	}
	v := visitIn(ctx)
	if err := s.endOwn(ctx, actor, v.session.ID); err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	return &struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
	}{*s.cookie(v, "", -1)}, nil
}

type changeMeBody struct {
	Name        *string         `json:"name,omitempty"`
	Locale      *string         `json:"locale,omitempty" enum:"es,en,pt-BR"`
	Preferences *map[string]any `json:"preferences,omitempty" doc:"replaces all of them; at most 16 KB"`
}

func (s *Server) changeMe(ctx context.Context, actor account.Actor, in *In[changeMeBody]) (Me, error) {
	change := account.UserChange{Name: in.Body.Name, Locale: in.Body.Locale}
	if in.Body.Preferences != nil {
		preferences, err := json.Marshal(*in.Body.Preferences)
		if err != nil {
			return Me{}, err
		}
		change.Preferences = preferences
	}
	user, err := s.rooms.Account.UpdateUser(ctx, actor, change)
	if err != nil {
		return Me{}, err
	}
	actor.Name, actor.Locale = user.Name, user.Locale
	return s.me(ctx, actor)
}

// me composes the answer; for an API key the user is the key's name and nothing else.
func (s *Server) me(ctx context.Context, actor account.Actor) (Me, error) {
	me := Me{Demo: s.options.Demo, Version: s.options.Version, Permissions: permissionsOf(actor.Permissions), Availability: Availability{State: "away"},
		User: MeUser{Name: actor.Name, Locale: actor.Locale, Preferences: map[string]any{}}}
	workspace, err := s.rooms.Account.Workspace(ctx, actor.Workspace)
	if err != nil {
		return me, err
	}
	me.Workspace = MeWorkspace{ID: workspace.ID.String(), Name: workspace.Name, Locale: workspace.Locale}
	if actor.Kind != account.KindUser {
		me.User.Locale = workspace.Locale
		return me, nil
	}
	user, err := s.rooms.Account.User(ctx, actor.User)
	if err != nil {
		return me, err
	}
	me.User = MeUser{ID: user.ID.String(), Name: user.Name, Email: user.Email, Locale: user.Locale}
	if err := json.Unmarshal([]byte(user.PreferencesJSON), &me.User.Preferences); err != nil {
		return me, err
	}
	if s.rooms.Availability != nil {
		me.Availability, err = s.rooms.Availability(ctx, actor)
	}
	return me, err
}

func permissionsOf(p account.Permissions) MePermissions {
	out := MePermissions{Areas: map[string]string{}, Abilities: []string{}}
	for _, area := range account.Areas {
		out.Areas[string(area)] = string(p.Level(area))
	}
	for _, ability := range p.Abilities {
		out.Abilities = append(out.Abilities, string(ability))
	}
	return out
}

// Session is a device that is signed in.
type Session struct {
	ID        string `json:"id"`
	Device    string `json:"device" doc:"browser and system"`
	Current   bool   `json:"current" doc:"the one that asks"`
	CreatedAt int64  `json:"created_at"`
	SeenAt    int64  `json:"seen_at" doc:"last use, to the minute"`
	ExpiresAt int64  `json:"expires_at"`
}

func (s *Server) listSessions(ctx context.Context, actor account.Actor, _ *noInput) (Items[Session], error) {
	if err := person(actor); err != nil {
		return Items[Session]{}, err
	}
	sessions, err := s.rooms.Auth.Sessions(ctx, actor.User)
	current := visitIn(ctx).session.ID
	return listOf(sessions, func(x auth.Session) Session {
		return Session{ID: x.ID.String(), Device: x.Device, Current: x.ID == current, CreatedAt: x.CreatedAt, SeenAt: x.SeenAt, ExpiresAt: x.ExpiresAt}
	}), err
}

func (s *Server) endSession(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	if err := person(actor); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.endOwn(ctx, actor, in.ID.ID)
}

// endOwn ends a session of the person and what is pushed to its browser.
func (s *Server) endOwn(ctx context.Context, actor account.Actor, session db.ID) error {
	if err := s.rooms.Auth.EndSession(ctx, actor.User, session); err != nil {
		return err
	}
	return s.rooms.Push.SignedOut(ctx, session)
}

// person refuses API keys where only someone with a browser session makes sense.
func person(actor account.Actor) error {
	if actor.Kind == account.KindUser {
		return nil
	}
	return fault.New(fault.Forbidden, "account.users_only", "only a person who signed in can do this")
}

var _ huma.StatusError = (*Problem)(nil)
