package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Tx is a transaction inside DB.Write. Use it only there.
type Tx struct {
	*sql.Tx
	d     *DB
	conn  *sql.Conn // PostgreSQL only
	after []func()
}

// Querier is what All, One and Value read from: a *DB (committed data) or a *Tx (its own writes too).
type Querier interface {
	rows(ctx context.Context, text string, args []any) (*sql.Rows, error)
}

// AfterCommit runs f once the transaction is durable; it does not run when the transaction is undone.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// NewID makes an id.
func (tx *Tx) NewID() ID { return tx.d.NewID() }

// Now is the time in Unix milliseconds.
func (tx *Tx) Now() int64 { return tx.d.Now() }

// Dialect is for event and job; rooms do not ask.
func (tx *Tx) Dialect() Dialect { return tx.d.dialect }

func (d *DB) rows(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	args = d.texts.bind(args)
	if d.dialect == SQLite {
		if s := d.reads.statement(ctx, d, text); s != nil {
			return s.QueryContext(ctx, args...)
		}
	}
	return d.read.QueryContext(ctx, d.texts.of(text), args...)
}

func (tx *Tx) rows(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	args = tx.d.texts.bind(args)
	if s := tx.statement(ctx, text); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return tx.Tx.QueryContext(ctx, tx.d.texts.of(text), args...)
}

// Exec runs a statement and tells how many rows it touched.
func (tx *Tx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	args = tx.d.texts.bind(args)
	var res sql.Result
	var err error
	if s := tx.statement(ctx, text); s != nil {
		res, err = s.ExecContext(ctx, args...)
	} else {
		res, err = tx.Tx.ExecContext(ctx, tx.d.texts.of(text), args...)
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// ExecEach runs one statement for each row of arguments: a prepared statement on SQLite, one pipelined round trip
// on PostgreSQL. It gives the rows touched by each.
func (tx *Tx) ExecEach(ctx context.Context, text string, rows [][]any) ([]int64, error) {
	if tx.conn == nil {
		return tx.execEach(ctx, text, rows)
	}
	touched := make([]int64, len(rows))
	err := tx.conn.Raw(func(raw any) error {
		batch := &pgx.Batch{}
		for _, args := range rows {
			plain, err := plainArgs(tx.d.texts.bind(args))
			if err != nil {
				return err
			}
			batch.Queue(tx.d.texts.of(text), plain...)
		}
		results := raw.(*stdlib.Conn).Conn().SendBatch(ctx, batch)
		defer results.Close()
		for i := range rows {
			tag, err := results.Exec()
			if err != nil {
				return err
			}
			touched[i] = tag.RowsAffected()
		}
		return results.Close()
	})
	return touched, err
}

// execEach is SQLite's way of ExecEach: one prepared statement for all rows, kept for the next batch when it is frequent.
func (tx *Tx) execEach(ctx context.Context, text string, rows [][]any) ([]int64, error) {
	touched := make([]int64, len(rows))
	if len(rows) == 0 {
		return touched, nil
	}
	s := tx.statement(ctx, text)
	if s == nil {
		var err error
		if s, err = tx.PrepareContext(ctx, tx.d.texts.of(text)); err != nil {
			return nil, err
		}
		defer s.Close()
	}
	for i, args := range rows {
		result, err := s.ExecContext(ctx, tx.d.texts.bind(args)...)
		if err != nil {
			return nil, err
		}
		if touched[i], err = result.RowsAffected(); err != nil {
			return nil, err
		}
	}
	return touched, nil
}

// plainArgs gives pgx the values behind our types, as database/sql would.
func plainArgs(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, arg := range args {
		if v, ok := arg.(driver.Valuer); ok {
			value, err := v.Value()
			if err != nil {
				return nil, err
			}
			arg = value
		}
		out[i] = arg
	}
	return out, nil
}

// statement gives a kept prepared statement on SQLite, or nil (PostgreSQL keeps its own).
func (tx *Tx) statement(ctx context.Context, text string) *sql.Stmt {
	if tx.d.group == nil {
		return nil
	}
	kept := tx.d.group.statement(text)
	if kept == nil {
		return nil
	}
	return tx.Tx.StmtContext(ctx, kept)
}

// Write runs f in a transaction and returns after it is durable, or with f's error after it is undone. Inside f use only
// tx. On SQLite f shares its commit with others; on PostgreSQL it is run again (up to 10 times) when it lost a race.
func (d *DB) Write(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	if d.group != nil {
		return d.group.write(ctx, f)
	}
	var err error
	for range 10 {
		err = d.writeOnce(ctx, f)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || (pg.Code != "40001" && pg.Code != "40P01") {
			return err
		}
	}
	return fmt.Errorf("gave up after 10 lost races: %w", err)
}

func (d *DB) writeOnce(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	inner, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	tx := &Tx{Tx: inner, d: d, conn: conn}
	defer inner.Rollback() // does nothing after the commit
	if err := f(ctx, tx); err != nil {
		return err
	}
	if err := inner.Commit(); err != nil {
		return err
	}
	for _, after := range tx.after {
		after()
	}
	return nil
}
