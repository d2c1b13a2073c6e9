package auth

import (
	"testing"

	"github.com/alexedwards/argon2id"
)

// An unknown e-mail costs what a known one does: the decoy is read as a hash of the same price, and no password fits it.
func TestDecoy(t *testing.T) {
	cost := &argon2id.Params{Memory: 64, Iterations: 3, Parallelism: 2, SaltLength: 16, KeyLength: 32}
	made := decoy(cost)
	ok, read, err := argon2id.CheckHash("", made)
	if err != nil || ok || *read != *cost {
		t.Errorf("%s: ok %v, cost %+v, %v", made, ok, read, err)
	}
	if decoy(cost) == made {
		t.Error("twice the same")
	}
}
