// Package dbtest gives tests a real, empty, migrated database: SQLite in a temporary folder and PostgreSQL from the server
// named by RECADO_TEST_POSTGRES (make test starts one; see scripts/with-postgres).
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"recado/internal/db"

	"github.com/jackc/pgx/v5"
)

// Each runs the test on both databases, as the subtests "sqlite" and "postgres". Without a PostgreSQL server the
// second is skipped and says so.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite gives an empty, migrated SQLite database that is closed with the test.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recado.db")
	content, err := os.ReadFile(sqliteTemplate(t))
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatalf("copy the migrated database: %v", err)
	}
	return ready(t, db.Config{Path: path})
}

// Postgres gives an empty, migrated PostgreSQL database that is dropped with the test.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return ready(t, db.Config{URL: postgres(t, true), Connections: 8})
}

// PostgresURL makes an empty database for one test and gives its address. It skips the test, with the reason, when
// there is no server.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return postgres(t, false)
}

func postgres(t testing.TB, migrated bool) string {
	t.Helper()
	server := os.Getenv("RECADO_TEST_POSTGRES")
	if server == "" {
		t.Skip("no PostgreSQL: RECADO_TEST_POSTGRES is not set; run this through `make test` or scripts/with-postgres")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	defer admin.Close(ctx)
	name := fmt.Sprintf("recado_%d_%d", os.Getpid(), counter.Add(1))
	create := "create database " + name
	if migrated {
		create += " template " + postgresTemplate(ctx, t, admin, server)
	}
	if _, err := admin.Exec(ctx, create); err != nil {
		t.Fatalf("create a test database: %v", err)
	}
	t.Cleanup(func() { drop(server, name) })
	return withDatabase(server, name)
}

var counter atomic.Int64

func drop(server, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if admin, err := pgx.Connect(ctx, server); err == nil {
		defer admin.Close(ctx)
		_, _ = admin.Exec(ctx, "drop database "+name+" with (force)")
	}
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		panic("RECADO_TEST_POSTGRES must be a postgres:// address")
	}
	u.Path = "/" + name
	return u.String()
}

func ready(t testing.TB, config db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), config)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { d.Close() })
	d.SetNode(1)
	return d
}
