package auth

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"

	"github.com/alexedwards/argon2id"
)

// Bounds of a password, in characters. Length is the only rule on what it is made of (NIST SP 800-63B §3.1.1).
const (
	PasswordMin = 10
	PasswordMax = 200
)

// common are passwords of ten and more characters that are tried first wherever people guess.
var common = map[string]bool{
	"1234567890": true, "0123456789": true, "0987654321": true, "12345678910": true, "123456789012": true, "qwertyuiop": true,
	"1q2w3e4r5t": true, "1q2w3e4r5t6y": true, "qwerty12345": true, "qwerty123456": true, "password12": true, "password123": true,
	"password1234": true, "contraseña": true, "contrasena": true, "contraseña1": true, "contrasena123": true, "senha12345": true,
	"senha123456": true, "mudar12345": true, "administrador": true, "administrator": true, "administrador1": true, "iloveyou123": true,
	"brasil2026": true, "argentina2026": true, "mexico2026": true, "whatsapp123": true, "recado1234": true, "recadorecado": true,
}

// CheckPassword tells why a text cannot be the password of a user, as a fault on the field "password", or nil.
func CheckPassword(password, email string) error {
	folded := strings.ToLower(strings.TrimSpace(password))
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	n := utf8.RuneCountInString(password)
	switch {
	case n < PasswordMin:
		return fault.New(fault.Invalid, "auth.password_short", "the password has fewer than %d characters", PasswordMin).On("password").With("limit", PasswordMin)
	case n > PasswordMax:
		return fault.New(fault.Invalid, "auth.password_long", "the password has more than %d characters", PasswordMax).On("password").With("limit", PasswordMax)
	case folded == strings.ToLower(email), folded == local:
		return fault.New(fault.Invalid, "auth.password_email", "the password must not be the e-mail").On("password")
	case common[folded], oneCharacter(password):
		return fault.New(fault.Invalid, "auth.password_common", "this password is easy to guess").On("password")
	}
	return nil
}

// oneCharacter tells whether a text repeats one character only.
func oneCharacter(text string) bool {
	_, size := utf8.DecodeRuneInString(text)
	return strings.ReplaceAll(text, text[:size], "") == ""
}

// SetPassword gives a user a new password and ends all their sessions.
func (r *Room) SetPassword(ctx context.Context, user db.ID, password string) error {
	u, err := r.accounts.User(ctx, user)
	if err != nil {
		return err
	}
	hash, err := r.hash(ctx, u, password)
	if err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return r.setPasswordIn(ctx, tx, user, hash) })
}

func (r *Room) setPasswordIn(ctx context.Context, tx *db.Tx, user db.ID, hash string) error {
	if err := r.accounts.SetPasswordIn(ctx, tx, user, hash); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "delete from sessions where user_id = $1", user)
	return err
}

// hash checks a password and computes what is stored of it, waiting for its turn.
func (r *Room) hash(ctx context.Context, u account.User, password string) (string, error) {
	if err := CheckPassword(password, u.Email); err != nil {
		return "", err
	}
	done, err := r.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	hash, err := argon2id.CreateHash(password, r.cost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// matches compares a password with a stored hash. Without one it does the same work and says no.
func (r *Room) matches(ctx context.Context, password, hash string) (ok, stale bool, err error) {
	done, err := r.turn(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	known := hash != ""
	if !known {
		hash = r.decoy
	}
	if len(password) > 4*PasswordMax {
		password = "" // longer than any password there is; hashing megabytes is not for free
	}
	ok, cost, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fmt.Errorf("compare password: %w", err)
	}
	return ok && known, cost.Memory < r.cost.Memory || cost.Iterations < r.cost.Iterations, nil
}

// turn waits until fewer than hashesAtOnce hashes are being computed.
func (r *Room) turn(ctx context.Context) (done func(), err error) {
	select {
	case r.hashing <- struct{}{}:
		return func() { <-r.hashing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
