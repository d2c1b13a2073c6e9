package inbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// sealVersion leads every sealed text, so that another way of sealing can come later beside this one.
const sealVersion = 1

// minSecret is the shortest secret taken, in bytes: 16 random bytes hold 128 bits.
const minSecret = 16

// Sealer encrypts secrets that rest in the database (AES-256-GCM) with a key that does not.
type Sealer struct{ gcm cipher.AEAD }

// NewSealer derives the key from a secret of at least 16 bytes (RECADO_SECRET_KEY, or the content of the key file).
func NewSealer(secret string) (*Sealer, error) {
	if len(secret) < minSecret {
		return nil, fmt.Errorf("the secret key must have at least %d characters, this one has %d", minSecret, len(secret))
	}
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "recado secrets at rest", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Sealer{gcm: gcm}, nil
}

// OpenSealer takes the given secret or, when it is empty, the key file in the data folder, made at the first start and
// readable by its owner only. Whoever copies the data folder elsewhere copies the key with it; a node that runs on
// PostgreSQL without a folder of its own needs the secret.
func OpenSealer(secret, folder string) (*Sealer, error) {
	if secret != "" {
		return NewSealer(secret)
	}
	secret, err := keyFile(filepath.Join(folder, "secret.key"))
	if err != nil {
		return nil, fmt.Errorf("key for secrets at rest: %w", err)
	}
	return NewSealer(secret)
}

// keyFile reads the key, making it first when it is not there. Two processes that start together agree on one key: the
// file appears complete and under its name only once.
func keyFile(path string) (string, error) {
	if known, err := os.ReadFile(path); err == nil || !errors.Is(err, os.ErrNotExist) {
		return strings.TrimSpace(string(known)), err
	}
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return "", err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".secret-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(draft.Name())
	if _, err := draft.WriteString(hex.EncodeToString(fresh) + "\n"); err != nil {
		return "", errors.Join(err, draft.Close())
	}
	if err := errors.Join(draft.Sync(), draft.Close()); err != nil {
		return "", err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	known, err := os.ReadFile(path)
	return strings.TrimSpace(string(known)), err
}

// Seal encrypts plain. The text opens only in the same context, so that a sealed token moved to another row is useless.
func (s *Sealer) Seal(plain []byte, context string) []byte {
	return s.gcm.Seal([]byte{sealVersion}, nil, plain, []byte(context))
}

// Open decrypts what Seal made. Nothing sealed opens to nothing. It fails when the key or the context is another, or the
// bytes were changed.
func (s *Sealer) Open(sealed []byte, context string) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	if sealed[0] != sealVersion {
		return nil, fmt.Errorf("sealed in a way this version does not know (%d)", sealed[0])
	}
	return s.gcm.Open(nil, nil, sealed[1:], []byte(context))
}
