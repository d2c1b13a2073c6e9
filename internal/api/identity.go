package api

import (
	"net/http"
	"strings"

	"recado/internal/auth"
	"recado/internal/fault"
	"recado/internal/words"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

const cookieName = "recado_session"

// admit is the one place where an operation's identity and permission are checked, before its input is read.
func (s *Server) admit(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	r, w := humago.Unwrap(ctx)
	noteRoute(r.Context(), op.Path)
	r.Body = http.MaxBytesReader(w, r.Body, op.MaxBodyBytes+1)
	n, declared := op.Metadata[needKey].(need)
	if !declared {
		n = signedIn
	}
	if err := s.identify(w, r, n); err != nil {
		s.writeProblem(w, r, err)
		return
	}
	next(ctx)
}

// identify loads the actor of the request into its visit and checks what the operation needs. Actors are loaded for every request,
// so that a revoked session and a changed profile act at once.
func (s *Server) identify(w http.ResponseWriter, r *http.Request, n need) error {
	if n.public {
		return nil
	}
	if err := s.recognize(w, r); err != nil {
		return err
	}
	return n.check(actorIn(r.Context()))
}

func (s *Server) recognize(w http.ResponseWriter, r *http.Request) error {
	v := visitIn(r.Context())
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, key, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return fault.New(fault.Unauthorized, "auth.key_invalid", "the Authorization header must be Bearer and an API key")
		}
		actor, err := s.rooms.Auth.AuthenticateKey(r.Context(), strings.TrimSpace(key))
		v.actor = actor
		return err
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil || cookie.Value == "" {
		return fault.New(fault.Unauthorized, "auth.required", "sign in first")
	}
	actor, session, touched, err := s.rooms.Auth.Authenticate(r.Context(), cookie.Value)
	if err != nil {
		if fault.KindOf(err) == fault.Unauthorized {
			http.SetCookie(w, s.cookie(v, "", -1))
		}
		return err
	}
	v.actor, v.session = actor, session
	v.locale = words.Match(r.Header.Get("Accept-Language"), actor.Locale)
	if touched {
		http.SetCookie(w, s.cookie(v, cookie.Value, int(auth.SessionLife.Seconds())))
	}
	return nil
}

// cookie carries a session token; age is in seconds, negative to delete it.
func (s *Server) cookie(v *visit, token string, age int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: token, Path: "/", MaxAge: age, HttpOnly: true, Secure: v.secure, SameSite: http.SameSiteLaxMode}
}
