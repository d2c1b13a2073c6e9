package db

import (
	"context"
	"fmt"
)

// WordSource gives the texts an index of words is built from.
type WordSource struct {
	Table string // whose ids are walked over, the oldest first
	// Read gives the texts of the next rows after an id, at most limit rows, and the id of the last row looked at; 0 at the end.
	Read func(ctx context.Context, q Querier, after ID, limit int) (texts []Worded, last ID, err error)
}

// buildRows is how many rows one transaction of a building looks at: short, since it stands between others.
const buildRows = 1000

// Prepare makes ready for Build when the index was never built: it cuts the ids there are into blocks. It must be done before
// anything is put, so that what comes during the building does not end in one block with all that was before.
func (w Words) Prepare(ctx context.Context, d *DB, source WordSource) error {
	err := d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := tx.Exec(ctx, "insert into word_builds (name, at_id, updated_at) values ($1, 0, $2) on conflict (name) do nothing", w.Table, tx.Now())
		if err != nil || n == 0 {
			return err
		}
		if _, err := w.hold(ctx, tx); err != nil {
			return err
		}
		next, first := fmt.Sprintf("select id from %s where id > $1 order by id limit 1 offset $2", source.Table), ID(0)
		for no := 1; ; no++ {
			if first, err = One[ID](ctx, tx, next, int64(first), w.block(d.dialect)-1); err != nil {
				break
			}
			if _, err := tx.Exec(ctx, growBlock, w.Table, no, int64(first), 0, 0); err != nil {
				return err
			}
		}
		if None(err) {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("prepare the words of %s: %w", w.Table, err)
	}
	return nil
}

// Build puts all texts of the source, the oldest first, in short transactions, and goes on where it was when it was stopped. It does
// nothing once it is done. Several nodes may build at once: they take turns.
func (w Words) Build(ctx context.Context, d *DB, source WordSource) error {
	for ctx.Err() == nil {
		done := false
		err := d.Write(ctx, func(ctx context.Context, tx *Tx) error {
			at, err := One[ID](ctx, tx, "update word_builds set updated_at = $2 where name = $1 and done = 0 returning at_id", w.Table, tx.Now())
			if None(err) {
				done = true
				return nil
			}
			if err != nil {
				return err
			}
			texts, last, err := source.Read(ctx, tx, at, buildRows)
			if err != nil {
				return err
			}
			if err := w.Put(ctx, tx, texts); err != nil {
				return err
			}
			end := 0
			if last <= at {
				last, end = at, 1
			}
			_, err = tx.Exec(ctx, "update word_builds set at_id = $2, done = $3 where name = $1", w.Table, int64(last), end)
			return err
		})
		if err != nil || done {
			return err
		}
	}
	return ctx.Err()
}

// Forget empties the index; Prepare and Build make it again.
func (w Words) Forget(ctx context.Context, d *DB) error {
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		empty := map[Dialect]string{SQLite: "insert into %[1]s (%[1]s) values ('delete-all')", Postgres: "delete from %s"}[tx.d.dialect]
		if _, err := tx.Exec(ctx, fmt.Sprintf(empty, w.Table)); err != nil {
			return err
		}
		for _, text := range []string{"delete from word_vocabulary where name = $1", "delete from word_blocks where name = $1", "delete from word_builds where name = $1"} {
			if _, err := tx.Exec(ctx, text, w.Table); err != nil {
				return err
			}
		}
		return nil
	})
}
