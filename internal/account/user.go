package account

import (
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/words"
)

// Limits of what a user may write about themselves.
const (
	nameLimit        = 100       // runes
	emailLimit       = 254       // bytes, RFC 5321 §4.5.3
	preferencesLimit = 16 * 1024 // bytes of JSON
)

// User is someone who signs in.
type User struct {
	ID              db.ID  `db:"id"`
	Email           string `db:"email"` // lower case
	Name            string `db:"name"`
	Locale          string `db:"locale"`
	PreferencesJSON string `db:"preferences_json"` // an object that the web keeps for the person
	PasswordHash    string `db:"password_hash"`    // "" until a password is set; only for room auth
	CreatedAt       int64  `db:"created_at"`
}

// NewUser is what a user is made from.
type NewUser struct{ Email, Name, Locale string }

const usersSQL = "select id, email, name, locale, preferences_json, password_hash, created_at from users"

// CreateUser makes a user without a password; they set one through a sign-in link.
func (r *Room) CreateUser(ctx context.Context, n NewUser) (User, error) {
	email, err := ParseEmail(n.Email)
	if err != nil {
		return User{}, err
	}
	name, err := personName(n.Name)
	if err != nil {
		return User{}, err
	}
	u := User{Email: email, Name: name, Locale: words.Match("", n.Locale), PreferencesJSON: "{}"}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		u.ID, u.CreatedAt = tx.NewID(), tx.Now()
		n, err := tx.Exec(ctx, "insert into users (id, email, name, locale, created_at) values ($1, $2, $3, $4, $5) on conflict (email) do nothing",
			u.ID, u.Email, u.Name, u.Locale, u.CreatedAt)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "account.email_taken", "someone uses the e-mail %s already", email).On("email").With("email", email)
		}
		return err
	})
	return u, err
}

// ParseEmail checks an e-mail address and gives it in lower case.
func ParseEmail(text string) (string, error) {
	email := foldEmail(text)
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > emailLimit || !strings.Contains(email, "@") {
		return "", fault.New(fault.Invalid, "account.email_invalid", "this is not an e-mail address; write it like name@example.com").On("email")
	}
	return email, nil
}

func foldEmail(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

func personName(text string) (string, error) {
	name := strings.Join(strings.Fields(text), " ")
	switch {
	case name == "":
		return "", fault.New(fault.Invalid, "account.name_missing", "a name is needed").On("name")
	case utf8.RuneCountInString(name) > nameLimit:
		return "", fault.New(fault.Invalid, "account.name_too_long", "the name has more than %d characters", nameLimit).On("name").With("limit", nameLimit)
	}
	return name, nil
}

// User gives one; the fault NotFound "account.user_unknown" when there is none.
func (r *Room) User(ctx context.Context, id db.ID) (User, error) {
	return userWhere(ctx, r.d, " where id = $1", id)
}

// UserByEmail finds a user, whatever the case the e-mail is written in.
func (r *Room) UserByEmail(ctx context.Context, email string) (User, error) {
	return userWhere(ctx, r.d, " where email = $1", foldEmail(email))
}

func userWhere(ctx context.Context, q db.Querier, where string, arg any) (User, error) {
	u, err := db.One[User](ctx, q, usersSQL+where, arg)
	if db.None(err) {
		return u, fault.New(fault.NotFound, "account.user_unknown", "there is no such user")
	}
	if err != nil {
		return u, fmt.Errorf("load user: %w", err)
	}
	return u, nil
}

// UserChange is what users change about themselves; nil leaves a thing as it is.
type UserChange struct {
	Name        *string
	Locale      *string
	Preferences json.RawMessage // replaces the whole object
}

// UpdateUser applies a change. The language must be one there are words in.
func (r *Room) UpdateUser(ctx context.Context, actor Actor, c UserChange) (User, error) {
	if actor.Kind != KindUser {
		return User{}, fault.New(fault.Forbidden, "account.users_only", "only a person who signed in can do this")
	}
	var u User
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if u, err = userWhere(ctx, tx, " where id = $1", actor.User); err != nil {
			return err
		}
		if err := u.apply(c); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update users set name = $2, locale = $3, preferences_json = $4 where id = $1", u.ID, u.Name, u.Locale, u.PreferencesJSON); err != nil {
			return err
		}
		if c.Name == nil && c.Locale == nil {
			return nil
		}
		return r.tellChanged(ctx, tx, actor.Workspace)
	})
	return u, err
}

func (u *User) apply(c UserChange) error {
	var err error
	if c.Name != nil {
		if u.Name, err = personName(*c.Name); err != nil {
			return err
		}
	}
	if c.Locale != nil {
		if u.Locale = *c.Locale; words.Match("", u.Locale) != u.Locale {
			return fault.New(fault.Invalid, "account.locale_unknown", "there is no language %s; use es, pt-BR or en", *c.Locale).On("locale").With("locale", *c.Locale)
		}
	}
	if c.Preferences != nil {
		var object map[string]any
		if json.Unmarshal(c.Preferences, &object) != nil || object == nil || len(c.Preferences) > preferencesLimit {
			return fault.New(fault.Invalid, "account.preferences_invalid", "preferences must be an object of at most 16 KB").On("preferences")
		}
		u.PreferencesJSON = string(c.Preferences)
	}
	return nil
}

// SetPasswordIn stores a password hash made by room auth.
func (r *Room) SetPasswordIn(ctx context.Context, tx *db.Tx, user db.ID, hash string) error {
	n, err := tx.Exec(ctx, "update users set password_hash = $2 where id = $1", user, hash)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "account.user_unknown", "there is no such user")
	}
	return err
}

// Names are those of everybody who is or was a member of a workspace, by user.
func (r *Room) Names(ctx context.Context, workspace db.ID) (map[db.ID]string, error) {
	type named struct {
		ID   db.ID  `db:"id"`
		Name string `db:"name"`
	}
	found, err := db.All[named](ctx, r.d, "select u.id, u.name from members m join users u on u.id = m.user_id where m.workspace_id = $1", workspace)
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	names := make(map[db.ID]string, len(found))
	for _, one := range found {
		names[one.ID] = one.Name
	}
	return names, nil
}

// UserLine is a user as the command line lists them.
type UserLine struct {
	ID          db.ID  `db:"id"`
	Email       string `db:"email"`
	Name        string `db:"name"`
	Workspace   string `db:"workspace"`
	WorkspaceID db.ID  `db:"workspace_id"`
	Profile     string `db:"profile"`
	Disabled    bool   `db:"disabled"`
	HasPassword bool   `db:"has_password"`
}

// UserLines lists every user of this installation, once per membership and once when they have none; for the command line.
func (r *Room) UserLines(ctx context.Context) ([]UserLine, error) {
	return db.All[UserLine](ctx, r.d, `select u.id, u.email, u.name, coalesce(w.name, '') as workspace, w.id as workspace_id, coalesce(p.name, '') as profile,
		(m.disabled_at is not null) as disabled, (u.password_hash <> '') as has_password
		from users u left join members m on m.user_id = u.id left join workspaces w on w.id = m.workspace_id
		left join profiles p on p.id = m.profile_id and p.workspace_id = m.workspace_id order by u.email, w.id`)
}
