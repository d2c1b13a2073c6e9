package db

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBackupBeforeMigrating(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "recado.db")
	d, err := Open(ctx, Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	copies := func() int {
		entries, _ := os.ReadDir(filepath.Join(filepath.Dir(path), "backups"))
		return len(entries)
	}
	if copies() != 0 {
		t.Fatal("an empty database was copied")
	}
	provider, err := d.provider()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.backup(ctx, provider); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(filepath.Join(filepath.Dir(path), "backups"))
	if len(entries) != 1 {
		t.Fatalf("%d copies, want 1", len(entries))
	}
	copied, err := Open(ctx, Config{Path: filepath.Join(filepath.Dir(path), "backups", entries[0].Name())})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if ok, err := copied.Migrated(ctx); err != nil || !ok {
		t.Fatalf("the copy cannot be used: %v %v", ok, err)
	}
}

// A release never changes what an earlier one did, and never undoes: every migration is forward only.
func TestMigrationsOnlyGoForward(t *testing.T) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, _ := migrations.ReadFile("migrations/" + entry.Name())
		if len(text) == 0 || strings.Contains(string(text), "+goose Down") {
			t.Errorf("%s has a way down", entry.Name())
		}
	}
}
