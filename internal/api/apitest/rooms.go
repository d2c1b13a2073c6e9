package apitest

import (
	"time"

	"recado/internal/account"
	"recado/internal/api"
	"recado/internal/auth"
	"recado/internal/db"
	"recado/internal/event"

	"github.com/alexedwards/argon2id"
)

// cheap makes password hashes that cost nothing.
var cheap = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// rooms builds what the API asks, as the node does.
func rooms(d *db.DB, log *event.Log, now func() time.Time) (api.Rooms, error) {
	var r api.Rooms
	var err error
	r.Account = account.New(d, log)
	r.Auth, err = auth.New(d, r.Account, auth.Config{Now: now, Cost: cheap})
	return r, err
}
