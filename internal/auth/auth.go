package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"recado/internal/account"
	"recado/internal/db"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/argon2"
)

// Config sets what tests and operators may choose; the zero value is right for production.
type Config struct {
	// Now is the clock; nil means the database's.
	Now func() time.Time
	// Cost is the price of a password hash; nil means 32 MiB, two passes, one lane: about 60 ms of one core, and no more
	// than 64 MiB at once since two are computed at a time. Above the 19 MiB that OWASP asks for at least.
	Cost *argon2id.Params
}

// hashesAtOnce bounds memory and leaves a core to everyone else when many sign in together.
const hashesAtOnce = 2

// Room knows who is asking.
type Room struct {
	d        *db.DB
	accounts *account.Room
	clock    func() time.Time
	cost     *argon2id.Params
	hashing  chan struct{}
	decoy    string // hash that unknown e-mails are compared with
}

// New makes the room.
func New(d *db.DB, accounts *account.Room, config Config) *Room {
	r := &Room{d: d, accounts: accounts, clock: config.Now, cost: config.Cost, hashing: make(chan struct{}, hashesAtOnce)}
	if r.clock == nil {
		r.clock = func() time.Time { return time.UnixMilli(d.Now()) }
	}
	if r.cost == nil {
		r.cost = &argon2id.Params{Memory: 32 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	}
	r.decoy = decoy(r.cost)
	return r
}

// decoy looks like the hash of a password and costs as much to compare with, but nobody ever paid for making it: what it would be
// the hash of, nobody knows.
func decoy(cost *argon2id.Params) string {
	bits := func(n uint32) string {
		b := make([]byte, n)
		_, _ = rand.Read(b)
		return base64.RawStdEncoding.EncodeToString(b)
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.Memory, cost.Iterations, cost.Parallelism, bits(cost.SaltLength), bits(cost.KeyLength))
}

func (r *Room) now() int64 { return r.clock().UnixMilli() }

// newToken gives 256 random bits as text.
func newToken() string {
	bits := make([]byte, 32)
	_, _ = rand.Read(bits) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(bits)
}

// tokenHash is what is stored of a token. Tokens are random, so a plain hash is enough: there is nothing to guess.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
