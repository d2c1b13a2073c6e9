package auth

import (
	"context"
	"fmt"
	"time"

	"recado/internal/db"
	"recado/internal/fault"
)

// LinkLife is how long a sign-in link works.
const LinkLife = 24 * time.Hour

// CreateLink makes a one-time token that lets its holder set the password of a user and sign in. Earlier links of the user stop working.
func (r *Room) CreateLink(ctx context.Context, user db.ID) (string, error) {
	if _, err := r.accounts.User(ctx, user); err != nil {
		return "", err
	}
	token := newToken()
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "delete from sign_in_links where user_id = $1", user); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "insert into sign_in_links (token_hash, user_id, expires_at) values ($1, $2, $3)",
			tokenHash(token), user, r.now()+LinkLife.Milliseconds())
		return err
	})
	return token, err
}

// UseLink sets the password through a link, ends the user's other sessions and opens one. A link that was used, has run out or never
// existed gives the fault NotFound "auth.link_invalid"; a refused password leaves the link usable.
func (r *Room) UseLink(ctx context.Context, token, password, device string) (Session, string, error) {
	user, err := db.One[db.ID](ctx, r.d, "select user_id from sign_in_links where token_hash = $1 and expires_at > $2 and used_at is null", tokenHash(token), r.now())
	if db.None(err) {
		return Session{}, "", linkInvalid()
	}
	if err != nil {
		return Session{}, "", fmt.Errorf("load link: %w", err)
	}
	u, err := r.accounts.User(ctx, user)
	if err != nil {
		return Session{}, "", err
	}
	hash, err := r.hash(ctx, u, password)
	if err != nil {
		return Session{}, "", err
	}
	return r.open(ctx, u, device, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update sign_in_links set used_at = $2 where token_hash = $1 and used_at is null", tokenHash(token), r.now())
		if err == nil && n == 0 {
			err = linkInvalid()
		}
		if err != nil {
			return err
		}
		return r.setPasswordIn(ctx, tx, user, hash)
	})
}

func linkInvalid() error {
	return fault.New(fault.NotFound, "auth.link_invalid", "the link was used already or has run out; ask for a new one")
}
