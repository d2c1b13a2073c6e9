package job

import (
	"context"
	"fmt"

	"recado/internal/db"

	"github.com/riverqueue/river/rivermigrate"
)

// migrateLock is the number of the PostgreSQL lock that lets nodes starting together migrate one after another.
const migrateLock = 7_226_321

// Migrate brings the tables of the work to the newest version. It runs in the start step, after db.Migrate.
func (r *Room) Migrate(ctx context.Context) error {
	migrator, err := rivermigrate.New(driver(r.d), &rivermigrate.Config{Logger: quiet()})
	if err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	if r.d.Dialect() == db.Postgres {
		conn, err := r.d.Pool().Acquire(ctx)
		if err != nil {
			return fmt.Errorf("migrate jobs: %w", err)
		}
		defer conn.Release()
		if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", migrateLock); err != nil {
			return fmt.Errorf("migrate jobs: %w", err)
		}
		defer conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", migrateLock)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return nil
}
