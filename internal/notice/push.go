package notice

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/job"
	"recado/internal/publicnet"
)

// Sealer closes and opens what must not lie readable in the database; inbox.Sealer is one.
type Sealer interface {
	Seal(plain []byte, context string) []byte
	Open(sealed []byte, context string) ([]byte, error)
}

// Outside is what pushes need and this room cannot know by itself.
type Outside struct {
	Jobs   *job.Room
	Sealer Sealer
	Rules  publicnet.Rules // which push services may be asked
	// Person gives a user as they are now, with their language and reach. The faults Unauthorized and Forbidden mean that they may
	// no longer see conversations.
	Person func(ctx context.Context, workspace, user db.ID) (account.Actor, conversation.Reach, error)
	// Lives tells whether a session has not ended.
	Lives func(ctx context.Context, session db.ID) (bool, error)
	// Visible tells whether the person has a desk before their eyes now, on any device: then nothing is pushed.
	Visible func(workspace, user db.ID) bool
}

// Pushes brings notices to browsers through their makers' push services (RFC 8030), encrypted for the browser (RFC 8291) and signed
// with the installation's own keys (RFC 8292), also while no desk is open.
type Pushes struct {
	room *Room
	d    *db.DB
	out  Outside
	web  *publicnet.Client

	mu   sync.Mutex
	pair *pair // once known
}

// NewPushes makes what sends the notices of a room, and registers its work with the jobs.
func NewPushes(room *Room, out Outside) *Pushes {
	p := &Pushes{room: room, d: room.d, out: out, web: out.Rules.Client()}
	out.Jobs.Register(pushWork, p.work, job.Work{})
	return p
}

// Subscription is a browser that takes pushes. Times are Unix milliseconds.
type Subscription struct {
	Workspace db.ID  `db:"workspace_id"`
	ID        db.ID  `db:"id"`
	User      db.ID  `db:"user_id"`
	Session   db.ID  `db:"session_id"`
	Endpoint  string `db:"endpoint"` // whoever knows it can send
	P256dh    string `db:"p256dh"`
	Auth      string `db:"auth"`
	Origin    string `db:"origin"`
	Device    string `db:"device"`
	CreatedAt int64  `db:"created_at"`
	SentAt    int64  `db:"sent_at"` // when the push service last took one; 0: never
}

const subscriptionColumns = `select workspace_id, id, user_id, session_id, endpoint, p256dh, auth, origin, device, created_at,
	coalesce(sent_at, 0) as sent_at from push_subscriptions`

// Browser is what a browser says of itself when pushes are switched on: the three from PushSubscription.toJSON().
type Browser struct {
	Endpoint string
	P256dh   string // base64url of 65 bytes: a point of P-256
	Auth     string // base64url of 16 bytes
	Origin   string // of the desk, as in the header Origin
	Device   string // name for people
	Session  db.ID
}

// Limits of what a browser says, in bytes, and of how many browsers one person has: the oldest gives way.
const (
	maxEndpoint = 1000
	maxDevice   = 120
	maxBrowsers = 20
)

// check refuses what no push could be sent to. The faults are Invalid: "push.endpoint_invalid", "push.endpoint_private",
// "push.keys_invalid".
func (b Browser) check(rules publicnet.Rules) error {
	if len(b.Endpoint) > maxEndpoint || strings.ContainsFunc(b.Endpoint, func(letter rune) bool { return letter <= ' ' || letter > '~' }) {
		return fault.New(fault.Invalid, "push.endpoint_invalid", "the address of the push service is no https address").On("endpoint")
	}
	switch err := rules.Check(b.Endpoint); {
	case errors.Is(err, publicnet.ErrPrivate):
		return fault.New(fault.Invalid, "push.endpoint_private", "the push service is not on the public internet").On("endpoint")
	case err != nil:
		return fault.New(fault.Invalid, "push.endpoint_invalid", "the address of the push service is no https address").On("endpoint").Because(err)
	}
	point, err := base64.RawURLEncoding.DecodeString(b.P256dh)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	if err != nil {
		return fault.New(fault.Invalid, "push.keys_invalid", "the keys of the browser cannot be used").On("keys.p256dh").Because(err)
	}
	if secret, err := base64.RawURLEncoding.DecodeString(b.Auth); err != nil || len(secret) != 16 {
		return fault.New(fault.Invalid, "push.keys_invalid", "the keys of the browser cannot be used").On("keys.auth")
	}
	return nil
}

// sender is the origin as push services want to see it; "" when it is not https.
func sender(origin string) string {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || len(origin) > maxEndpoint {
		return ""
	}
	return "https://" + u.Host
}

const subscribe = `insert into push_subscriptions (workspace_id, id, user_id, session_id, endpoint, p256dh, auth, origin, device, created_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	on conflict (endpoint) do update set workspace_id = excluded.workspace_id, user_id = excluded.user_id, session_id = excluded.session_id,
	p256dh = excluded.p256dh, auth = excluded.auth, origin = excluded.origin, device = excluded.device, created_at = excluded.created_at`

// Subscribe lets a browser take the pushes of a person. A browser takes those of one person only, the last who signed in there.
func (p *Pushes) Subscribe(ctx context.Context, actor account.Actor, b Browser) error {
	if err := mustBePerson(actor); err != nil {
		return err
	}
	if err := b.check(p.out.Rules); err != nil {
		return err
	}
	if len(b.Device) > maxDevice {
		b.Device = strings.ToValidUTF8(b.Device[:maxDevice], "")
	}
	return p.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "delete from push_subscriptions where session_id = $1 and endpoint <> $2", b.Session, b.Endpoint); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, subscribe, actor.Workspace, tx.NewID(), actor.User, b.Session, b.Endpoint, b.P256dh, b.Auth, sender(b.Origin),
			b.Device, tx.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `delete from push_subscriptions where user_id = $1 and id not in
			(select id from push_subscriptions where user_id = $1 order by created_at desc, id desc limit $2)`, actor.User, maxBrowsers)
		return err
	})
}

// Subscriptions gives the browsers of a person, the newest first.
func (p *Pushes) Subscriptions(ctx context.Context, actor account.Actor) ([]Subscription, error) {
	if err := mustBePerson(actor); err != nil {
		return nil, err
	}
	all, err := db.All[Subscription](ctx, p.d, subscriptionColumns+" where workspace_id = $1 and user_id = $2 order by created_at desc, id desc",
		actor.Workspace, actor.User)
	if err != nil {
		return nil, fmt.Errorf("push subscriptions: %w", err)
	}
	return all, nil
}

// Unsubscribe ends the pushes of one of a person's browsers; the fault NotFound "push.subscription_unknown" when it is not theirs.
func (p *Pushes) Unsubscribe(ctx context.Context, actor account.Actor, id db.ID) error {
	if err := mustBePerson(actor); err != nil {
		return err
	}
	return p.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "delete from push_subscriptions where workspace_id = $1 and user_id = $2 and id = $3", actor.Workspace, actor.User, id)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "push.subscription_unknown", "there is no such browser")
		}
		return err
	})
}

// SignedOut ends the pushes of the browser whose session ended.
func (p *Pushes) SignedOut(ctx context.Context, session db.ID) error {
	return p.forget(ctx, "session_id", session)
}

// forget deletes subscriptions by a column of ids.
func (p *Pushes) forget(ctx context.Context, column string, id db.ID) error {
	return p.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from push_subscriptions where "+column+" = $1", id)
		return err
	})
}
