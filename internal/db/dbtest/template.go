package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"recado/internal/db"

	"github.com/jackc/pgx/v5"
)

// Migrating an empty database takes a good part of a second, and each test wants one. So one is migrated for each schema and kept,
// for all packages: a file beside the other temporary ones and a database of the test server. Tests get copies.

// sqliteTemplate gives the file of a migrated database, and makes it when there is none.
func sqliteTemplate(t testing.TB) string {
	t.Helper()
	path := filepath.Join(os.TempDir(), fmt.Sprintf("recado-test-%s-%d.db", schema(t), os.Getuid()))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	making := filepath.Join(t.TempDir(), "template.db")
	migrate(t, db.Config{Path: making})
	// Several packages may make it at once: the last one stays, and all are the same.
	content, err := os.ReadFile(making)
	own := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err == nil {
		err = os.WriteFile(own, content, 0o600)
	}
	if err == nil {
		err = os.Rename(own, path)
	}
	if err != nil {
		t.Fatalf("keep the migrated database: %v", err)
	}
	return path
}

// templateLock is the number of the lock under which one process at a time makes the database.
const templateLock = 7_201_934

// postgresTemplate gives the name of a migrated database of the server, and makes it when there is none.
func postgresTemplate(ctx context.Context, t testing.TB, admin *pgx.Conn, server string) string {
	t.Helper()
	name := "recado_template_" + schema(t)
	const known = "select exists(select from pg_database where datname = $1)"
	var there bool
	err := admin.QueryRow(ctx, known, name).Scan(&there)
	if err == nil && there {
		return name
	}
	run := func(text string, args ...any) {
		if err == nil {
			_, err = admin.Exec(ctx, text, args...)
		}
	}
	run("select pg_advisory_lock($1)", templateLock)
	defer func() { _, _ = admin.Exec(ctx, "select pg_advisory_unlock($1)", templateLock) }()
	if err == nil {
		err = admin.QueryRow(ctx, known, name).Scan(&there)
	}
	if err == nil && !there {
		making := name + "_making" // an interrupted one is made anew
		run("drop database if exists " + making + " with (force)")
		run("create database " + making)
		if err == nil {
			migrate(t, db.Config{URL: withDatabase(server, making), Connections: 2})
		}
		run("alter database " + making + " rename to " + name)
	}
	if err != nil {
		t.Fatalf("make the migrated database: %v", err)
	}
	return name
}

func migrate(t testing.TB, config db.Config) {
	t.Helper()
	d, err := db.Open(context.Background(), config)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer d.Close()
	if _, err := d.Migrate(context.Background()); err != nil {
		t.Fatalf("migrate: %v", err)
	}
}

var schemaName = sync.OnceValues(db.Schema)

func schema(t testing.TB) string {
	t.Helper()
	name, err := schemaName()
	if err != nil {
		t.Fatalf("name the schema: %v", err)
	}
	return name
}
