package auth

import (
	"context"
	"fmt"
	"time"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// SessionLife is how long a session lives after it was last used.
const SessionLife = 30 * 24 * time.Hour

// touchEvery is how often the last use of a session is written down.
const touchEvery = time.Minute

const deviceLimit = 120 // bytes

// Session is a browser that signed in.
type Session struct {
	ID        db.ID  `db:"id"`
	User      db.ID  `db:"user_id"`
	Workspace db.ID  `db:"workspace_id"`
	Device    string `db:"device"`
	CreatedAt int64  `db:"created_at"`
	SeenAt    int64  `db:"seen_at"`
	ExpiresAt int64  `db:"expires_at"`
}

// SignIn is an attempt to sign in. Address is where it comes from, for the limit; Device describes the browser for the person.
type SignIn struct{ Email, Password, Address, Device string }

// SignIn checks e-mail and password and opens a session in the user's oldest workspace. The token is told once.
// Faults: Unauthorized "auth.wrong" whatever is wrong, TooMany "auth.too_many", Forbidden "auth.no_workspace".
func (r *Room) SignIn(ctx context.Context, in SignIn) (Session, string, error) {
	email, err := account.ParseEmail(in.Email)
	if err != nil {
		return Session{}, "", err
	}
	if err := r.attempt(ctx, email, in.Address); err != nil {
		return Session{}, "", err
	}
	user, err := r.accounts.UserByEmail(ctx, email)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Session{}, "", err
	}
	ok, stale, err := r.matches(ctx, in.Password, user.PasswordHash)
	if err != nil {
		return Session{}, "", err
	}
	if !ok {
		return Session{}, "", fault.New(fault.Unauthorized, "auth.wrong", "the e-mail or the password is wrong")
	}
	rehashed := ""
	if stale {
		if rehashed, err = r.hash(ctx, user, in.Password); err != nil {
			rehashed = "" // the password is from before a rule it breaks; it stays as it is
		}
	}
	return r.open(ctx, user, in.Device, func(ctx context.Context, tx *db.Tx) error {
		if rehashed != "" {
			if err := r.accounts.SetPasswordIn(ctx, tx, user.ID, rehashed); err != nil {
				return err
			}
		}
		return r.forgiveIn(ctx, tx, email, in.Address)
	})
}

// open makes a session for a user in their oldest workspace, in one transaction with first.
func (r *Room) open(ctx context.Context, user account.User, device string, first func(ctx context.Context, tx *db.Tx) error) (Session, string, error) {
	workspaces, err := r.accounts.WorkspacesOf(ctx, user.ID)
	if err != nil {
		return Session{}, "", err
	}
	if len(workspaces) == 0 {
		return Session{}, "", fault.New(fault.Forbidden, "auth.no_workspace", "this user is not a member of any workspace")
	}
	if len(device) > deviceLimit {
		device = device[:deviceLimit]
	}
	token, now := newToken(), r.now()
	s := Session{User: user.ID, Workspace: workspaces[0].ID, Device: device, CreatedAt: now, SeenAt: now, ExpiresAt: now + SessionLife.Milliseconds()}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := first(ctx, tx); err != nil {
			return err
		}
		s.ID = tx.NewID()
		_, err := tx.Exec(ctx, `insert into sessions (id, token_hash, user_id, workspace_id, device, created_at, seen_at, expires_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, s.ID, tokenHash(token), s.User, s.Workspace, s.Device, s.CreatedAt, s.SeenAt, s.ExpiresAt)
		return err
	})
	if err != nil {
		return Session{}, "", err
	}
	return s, token, nil
}

const sessionsSQL = "select id, user_id, workspace_id, device, created_at, seen_at, expires_at from sessions"

// Authenticate tells who holds a token, with their permissions as they are now. Touched tells that the session was prolonged, which
// happens at most once a minute. Without a live session: the fault Unauthorized "auth.session_over".
func (r *Room) Authenticate(ctx context.Context, token string) (actor account.Actor, s Session, touched bool, err error) {
	now := r.now()
	s, err = db.One[Session](ctx, r.d, sessionsSQL+" where token_hash = $1 and expires_at > $2", tokenHash(token), now)
	if db.None(err) {
		return actor, s, false, fault.New(fault.Unauthorized, "auth.session_over", "the session ended; sign in again")
	}
	if err != nil {
		return actor, s, false, fmt.Errorf("load session: %w", err)
	}
	if actor, err = r.accounts.ActorOf(ctx, s.Workspace, s.User); err != nil {
		return actor, s, false, err
	}
	if now-s.SeenAt < touchEvery.Milliseconds() {
		return actor, s, false, nil
	}
	s.SeenAt, s.ExpiresAt = now, now+SessionLife.Milliseconds()
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update sessions set seen_at = $2, expires_at = $3 where id = $1 and seen_at < $2", s.ID, s.SeenAt, s.ExpiresAt)
		return err
	})
	return actor, s, true, err
}

// Lives tells whether a session has not ended.
func (r *Room) Lives(ctx context.Context, session db.ID) (bool, error) {
	n, err := db.One[int](ctx, r.d, "select count(*) from sessions where id = $1 and expires_at > $2", session, r.now())
	return n > 0, err
}

// Sessions lists a user's live sessions, last used first.
func (r *Room) Sessions(ctx context.Context, user db.ID) ([]Session, error) {
	return db.All[Session](ctx, r.d, sessionsSQL+" where user_id = $1 and expires_at > $2 order by seen_at desc, id desc", user, r.now())
}

// EndSession ends one of a user's sessions at once; the fault NotFound "auth.session_unknown" when it is not theirs.
func (r *Room) EndSession(ctx context.Context, user, session db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "delete from sessions where id = $1 and user_id = $2", session, user)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "auth.session_unknown", "there is no such session")
		}
		return err
	})
}
