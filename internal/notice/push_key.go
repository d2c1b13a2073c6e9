package notice

import (
	"context"
	"fmt"

	"recado/internal/db"

	"github.com/SherClockHolmes/webpush-go"
)

// pair are the keys by which push services know this installation, in base64url. Browsers subscribe to the public one: with another
// pair every subscription would be lost, so it is made once.
type pair struct {
	Public string `db:"public_key"`
	Sealed []byte `db:"private_sealed"`

	private string
}

const sealContext = "push keys"

// PublicKey is what browsers subscribe to: an uncompressed point of P-256 in base64url.
func (p *Pushes) PublicKey(ctx context.Context) (string, error) {
	keys, err := p.keys(ctx)
	if err != nil {
		return "", err
	}
	return keys.Public, nil
}

// keys gives the pair, made and kept at the first call of the installation. Nodes that do so together agree on one.
func (p *Pushes) keys(ctx context.Context) (*pair, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pair != nil {
		return p.pair, nil
	}
	found, err := p.storedKeys(ctx)
	if db.None(err) {
		if err = p.makeKeys(ctx); err == nil {
			found, err = p.storedKeys(ctx)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("push keys: %w", err)
	}
	private, err := p.out.Sealer.Open(found.Sealed, sealContext)
	if err != nil {
		return nil, fmt.Errorf("push keys, sealed with another secret key: %w", err)
	}
	found.private = string(private)
	p.pair = &found
	return p.pair, nil
}

func (p *Pushes) storedKeys(ctx context.Context) (pair, error) {
	return db.One[pair](ctx, p.d, "select public_key, private_sealed from push_keys where id = 1")
}

func (p *Pushes) makeKeys(ctx context.Context) error {
	private, public, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		return err
	}
	return p.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "insert into push_keys (id, public_key, private_sealed, created_at) values (1, $1, $2, $3) on conflict (id) do nothing",
			public, p.out.Sealer.Seal([]byte(private), sealContext), tx.Now())
		return err
	})
}
