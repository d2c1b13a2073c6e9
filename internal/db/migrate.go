package db

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// dialectWords are the few words of a migration that differ between the engines.
var dialectWords = map[Dialect]*strings.Replacer{
	// Only a column declared "integer primary key" is the row's own place in the file; any other key is a second tree
	// beside it, to be searched and written as well.
	SQLite: strings.NewReplacer("bigint primary key", "integer primary key", "{{bytes}}", "blob", "{{auto}}", "integer primary key autoincrement",
		"{{tx}}\n", "\n", "{{events_index}}", ""),
	Postgres: strings.NewReplacer("{{bytes}}", "bytea", "{{auto}}", "bigserial primary key",
		"{{tx}}", "tx bigint not null default (pg_current_xact_id()::text::bigint),",
		"{{events_index}}", "create index events_order on events (tx, seq);"),
}

// Migrate brings the database to the newest version, from an empty one or from any released one. Before it changes a
// SQLite file that holds data it leaves a copy beside it (backups/). It gives the number of migrations applied.
func (d *DB) Migrate(ctx context.Context) (int, error) {
	provider, err := d.provider()
	if err != nil {
		return 0, err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return 0, fmt.Errorf("look for migrations: %w", err)
	}
	if !pending {
		return 0, nil
	}
	if err := d.backup(ctx, provider); err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	return len(results), nil
}

// Migrated tells whether the database is at the newest version.
func (d *DB) Migrated(ctx context.Context) (bool, error) {
	provider, err := d.provider()
	if err != nil {
		return false, err
	}
	pending, err := provider.HasPending(ctx)
	return !pending, err
}

func (d *DB) provider() (*goose.Provider, error) {
	source, err := d.dialect.migrationFiles()
	if err != nil {
		return nil, err
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithVerbose(false)}
	if d.dialect == Postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, d.write, source, options...)
}

// Schema names what Migrate makes of an empty database: the same name, the same tables.
func Schema() (string, error) {
	hash := sha256.New()
	for _, dialect := range []Dialect{SQLite, Postgres} {
		files, err := dialect.migrationFiles()
		if err != nil {
			return "", err
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			fmt.Fprintf(hash, "%s\n%s\n", name, files[name].Data)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)[:8]), nil
}

// migrationFiles are the migrations in the words of the dialect.
func (d Dialect) migrationFiles() (fstest.MapFS, error) {
	out := fstest.MapFS{}
	entries, err := fs.ReadDir(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		text, err := fs.ReadFile(migrations, "migrations/"+entry.Name())
		if err != nil {
			return nil, err
		}
		out[entry.Name()] = &fstest.MapFile{Data: []byte(d.migration(string(text)))}
	}
	return out, nil
}

var wordIndexes = regexp.MustCompile(`\{\{words (\w+)\}\}`)

// wordIndex makes the table of Words. FTS5 keeps the words only, without places and texts; its simplest splitter takes what Put
// gives it as it is.
var wordIndex = map[Dialect]string{
	SQLite:   "create virtual table $1 using fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii');",
	Postgres: "create table $1 (id bigint primary key, words tsvector not null);\ncreate index $1_gin on $1 using gin (words);",
}

// migration gives the text of a migration in the words of the dialect.
func (d Dialect) migration(text string) string {
	return dialectWords[d].Replace(wordIndexes.ReplaceAllString(text, strings.ReplaceAll(wordIndex[d], "$1", "${1}")))
}

// backup copies a SQLite file that already has a version before it is migrated further.
func (d *DB) backup(ctx context.Context, provider *goose.Provider) error {
	version, err := provider.GetDBVersion(ctx)
	if err != nil || d.dialect != SQLite || version == 0 {
		return err
	}
	dir := filepath.Join(filepath.Dir(d.path), "backups")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := fmt.Sprintf("%s-v%d-%s.db", strings.TrimSuffix(filepath.Base(d.path), ".db"), version, d.now().UTC().Format("20060102-150405"))
	_, err = d.write.ExecContext(ctx, "vacuum into ?", filepath.Join(dir, name))
	if err != nil {
		return fmt.Errorf("back up before migrating: %w", err)
	}
	return nil
}

// nodeStale is how long a node may be silent before its number can be taken by another.
const nodeStale = 60 * time.Second

// ClaimNode takes a node number nobody alive holds and keeps it alive until ctx ends. On SQLite there is one node: 1.
func (d *DB) ClaimNode(ctx context.Context, token string) (int64, error) {
	for node := int64(1); node <= 1023; node++ {
		err := d.Write(ctx, func(ctx context.Context, tx *Tx) error {
			n, err := tx.Exec(ctx, `insert into nodes (id, token, seen_at) values ($1, $2, $3)
				on conflict (id) do update set token = excluded.token, seen_at = excluded.seen_at
				where nodes.seen_at < $4 or nodes.token = $2`, node, token, tx.Now(), d.takeable())
			if err == nil && n == 0 {
				err = errTaken
			}
			return err
		})
		if err == nil {
			d.SetNode(node)
			return node, nil
		}
		if !errors.Is(err, errTaken) {
			return 0, err
		}
	}
	return 0, errors.New("all 1023 node numbers are taken")
}

var errTaken = errors.New("taken")

// takeable is the time before which a silent node's number may be taken: on SQLite only one process can be alive.
func (d *DB) takeable() int64 {
	if d.dialect == SQLite {
		return d.Now() + 1
	}
	return d.Now() - nodeStale.Milliseconds()
}

// KeepNode tells the others that this node is alive; false means that its number was lost and it must stop.
func (d *DB) KeepNode(ctx context.Context, token string) (bool, error) {
	var kept int64
	err := d.Write(ctx, func(ctx context.Context, tx *Tx) (err error) {
		kept, err = tx.Exec(ctx, "update nodes set seen_at = $1 where id = $2 and token = $3", tx.Now(), d.Node(), token)
		return err
	})
	return kept == 1, err
}
