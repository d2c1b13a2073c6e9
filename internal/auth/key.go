package auth

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// KeyPrefix begins every API key, so that people and leak scanners know one when they see it.
const KeyPrefix = "rcd_"

const (
	keyNameLimit = 100 // runes
	keyShown     = len(KeyPrefix) + 6
	keyTouch     = time.Minute // how often the last use is written down
)

// Key is an API key as it is listed; the key itself is told once.
type Key struct {
	ID        db.ID  `db:"id"`
	Name      string `db:"name"`
	Prefix    string `db:"prefix"` // the first characters, to tell keys apart
	Profile   db.ID  `db:"profile_id"`
	CreatedBy db.ID  `db:"created_by"`
	CreatedAt int64  `db:"created_at"`
	UsedAt    int64  `db:"used_at"`    // 0: never
	ExpiresAt int64  `db:"expires_at"` // 0: does not expire
}

// NewKey is what a key is made from. ExpiresAt is in Unix milliseconds, 0 for never.
type NewKey struct {
	Name      string
	Profile   db.ID
	ExpiresAt int64
}

const keysSQL = `select id, name, prefix, profile_id, created_by, created_at, coalesce(used_at, 0) as used_at, coalesce(expires_at, 0) as expires_at from api_keys`

// CreateKey makes an API key that acts with a profile's permissions, which must be among the maker's own. Only people who may change
// settings make keys.
func (r *Room) CreateKey(ctx context.Context, actor account.Actor, n NewKey) (Key, string, error) {
	k, err := r.checkKey(ctx, actor, n)
	if err != nil {
		return Key{}, "", err
	}
	secret := KeyPrefix + newToken()
	k.Prefix = secret[:keyShown]
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		k.ID, k.CreatedAt = tx.NewID(), r.now()
		var expires any
		if k.ExpiresAt != 0 {
			expires = k.ExpiresAt
		}
		_, err := tx.Exec(ctx, `insert into api_keys (workspace_id, id, name, prefix, key_hash, profile_id, created_by, created_at, expires_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			actor.Workspace, k.ID, k.Name, k.Prefix, tokenHash(secret), k.Profile, k.CreatedBy, k.CreatedAt, expires)
		return err
	})
	if err != nil {
		return Key{}, "", fmt.Errorf("create API key: %w", err)
	}
	return k, secret, nil
}

func (r *Room) checkKey(ctx context.Context, actor account.Actor, n NewKey) (Key, error) {
	k := Key{Name: strings.TrimSpace(n.Name), Profile: n.Profile, CreatedBy: actor.User, ExpiresAt: n.ExpiresAt}
	if err := actor.Can(account.Settings, account.Edit); err != nil {
		return k, err
	}
	switch {
	case actor.Kind != account.KindUser:
		return k, fault.New(fault.Forbidden, "account.users_only", "only a person who signed in can do this")
	case k.Name == "":
		return k, fault.New(fault.Invalid, "account.name_missing", "a name is needed").On("name")
	case utf8.RuneCountInString(k.Name) > keyNameLimit:
		return k, fault.New(fault.Invalid, "account.name_too_long", "the name has more than %d characters", keyNameLimit).On("name").With("limit", keyNameLimit)
	case k.ExpiresAt != 0 && k.ExpiresAt <= r.now():
		return k, fault.New(fault.Invalid, "auth.expiry_past", "the expiry date has passed").On("expires_at")
	}
	profile, err := r.accounts.Profile(ctx, actor.Workspace, n.Profile)
	if err != nil {
		return k, err
	}
	if !actor.Permissions.Covers(profile.Permissions) {
		return k, fault.New(fault.Forbidden, "account.more_than_you", "this would give permissions that you do not have yourself")
	}
	return k, nil
}

// Keys lists the live keys of the workspace, newest first.
func (r *Room) Keys(ctx context.Context, actor account.Actor) ([]Key, error) {
	if err := actor.Can(account.Settings, account.View); err != nil {
		return nil, err
	}
	return db.All[Key](ctx, r.d, keysSQL+" where workspace_id = $1 and revoked_at is null order by id desc", actor.Workspace)
}

// RevokeKey stops a key at once; the fault NotFound "auth.key_unknown" when the workspace has no such live key.
func (r *Room) RevokeKey(ctx context.Context, actor account.Actor, id db.ID) error {
	if err := actor.Can(account.Settings, account.Edit); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update api_keys set revoked_at = $3 where workspace_id = $1 and id = $2 and revoked_at is null", actor.Workspace, id, r.now())
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "auth.key_unknown", "there is no such API key")
		}
		return err
	})
}

// AuthenticateKey tells who holds an API key, with the permissions of its profile as they are now. A key that is unknown, revoked or
// expired gives the fault Unauthorized "auth.key_invalid".
func (r *Room) AuthenticateKey(ctx context.Context, secret string) (account.Actor, error) {
	invalid := fault.New(fault.Unauthorized, "auth.key_invalid", "this API key does not work")
	if !strings.HasPrefix(secret, KeyPrefix) {
		return account.Actor{}, invalid
	}
	now := r.now()
	row, err := db.One[struct {
		Workspace db.ID  `db:"workspace_id"`
		ID        db.ID  `db:"id"`
		Name      string `db:"name"`
		Profile   db.ID  `db:"profile_id"`
		UsedAt    int64  `db:"used_at"`
	}](ctx, r.d, `select workspace_id, id, name, profile_id, coalesce(used_at, 0) as used_at from api_keys
		where key_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`, tokenHash(secret), now)
	if db.None(err) {
		return account.Actor{}, invalid
	}
	if err != nil {
		return account.Actor{}, fmt.Errorf("load API key: %w", err)
	}
	if now-row.UsedAt >= keyTouch.Milliseconds() {
		err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "update api_keys set used_at = $2 where id = $1", row.ID, now)
			return err
		})
		if err != nil {
			return account.Actor{}, err
		}
	}
	return r.accounts.KeyActor(ctx, row.Workspace, row.ID, row.Profile, row.Name)
}
