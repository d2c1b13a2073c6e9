package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the SQLite engine
)

// Config says where the data lives. URL (postgres://…) wins over Path (a SQLite file).
type Config struct {
	URL  string
	Path string
	// Connections bounds the PostgreSQL pool; 0 means 16.
	Connections int
	// Now is the clock ids are made from; nil means time.Now.
	Now func() time.Time
}

// DB is the door. It is safe for many goroutines.
type DB struct {
	dialect Dialect
	texts   texts
	read    *sql.DB
	write   *sql.DB
	pool    *pgxpool.Pool // PostgreSQL only
	path    string        // SQLite only
	ids     idSource
	now     func() time.Time
	group   *group // SQLite only
	reads   reads  // SQLite only
}

// Open connects and starts the writer. It does not migrate; see Migrate. Close it in the end.
func Open(ctx context.Context, config Config) (*DB, error) {
	d := &DB{now: config.Now, path: config.Path}
	if d.now == nil {
		d.now = time.Now
	}
	open := d.openSQLite
	if config.URL != "" {
		open = d.openPostgres
	}
	if err := open(ctx, config); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	d.texts.dialect = d.dialect
	d.reads = reads{kept: map[string]*sql.Stmt{}, seen: map[string]int{}}
	if d.dialect == SQLite {
		d.group = startGroup(d)
	}
	return d, nil
}

// Readers need the busy timeout too: after a kill the first of them recovers the log while the others wait.
const sqliteCommon = "_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"

// Every commit empties the page cache of each reader. Mapped, the first two gigabytes of the file need none
// (docs/decisions/0005-readers-map-the-file.md).
const sqliteReader = "&_pragma=query_only(1)&_pragma=cache_size(-8192)&_pragma=mmap_size(2147418112)"

func (d *DB) openSQLite(ctx context.Context, config Config) error {
	if err := os.MkdirAll(filepath.Dir(config.Path), 0o700); err != nil {
		return err
	}
	d.dialect = SQLite
	file := "file:" + (&url.URL{Path: config.Path}).EscapedPath() + "?"
	write, err := sql.Open("sqlite", file+sqliteCommon+"&_txlock=immediate&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(4000)")
	if err != nil {
		return err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", file+sqliteCommon+sqliteReader)
	if err != nil {
		return err
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4)
	d.write, d.read = write, read
	return write.PingContext(ctx)
}

func (d *DB) openPostgres(ctx context.Context, config Config) error {
	if !strings.HasPrefix(config.URL, "postgres://") && !strings.HasPrefix(config.URL, "postgresql://") {
		return fmt.Errorf("the database address must begin with postgres://, this one is %q", config.URL)
	}
	settings, err := pgxpool.ParseConfig(config.URL)
	if err != nil {
		return err
	}
	settings.MaxConns = 16
	if config.Connections > 0 {
		settings.MaxConns = int32(config.Connections)
	}
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return err
	}
	d.dialect, d.pool = Postgres, pool
	d.write = stdlib.OpenDBFromPool(pool)
	d.read = d.write
	return d.write.PingContext(ctx)
}

// Close waits for the closures under way and closes the connections.
func (d *DB) Close() error {
	if d.group != nil {
		d.group.stop()
	}
	err := d.write.Close()
	if d.read != d.write {
		if e := d.read.Close(); err == nil {
			err = e
		}
	}
	if d.pool != nil {
		d.pool.Close()
	}
	return err
}

// Ping tells whether the database answers and can be written; it is what readiness asks.
func (d *DB) Ping(ctx context.Context) error {
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, "update event_cursors set updated_at = updated_at where name = ''")
		return err
	})
}

// NewID makes an id.
func (d *DB) NewID() ID { return d.ids.next(d.now()) }

// Now is the time in Unix milliseconds by the clock the DB was given.
func (d *DB) Now() int64 { return d.now().UnixMilli() }

// Dialect is for dbtest, event and job; rooms do not ask.
func (d *DB) Dialect() Dialect { return d.dialect }

// WritePool is the pool that writes, for the job library, which brings its own SQL.
func (d *DB) WritePool() *sql.DB { return d.write }

// Pool is the PostgreSQL pool (nil on SQLite), for notifications.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// SetNode sets the node number (1–1023) that becomes part of every id; see ClaimNode.
func (d *DB) SetNode(node int64) { d.ids.node = node & 0x3ff }

// Node is the number set by SetNode.
func (d *DB) Node() int64 { return d.ids.node }
