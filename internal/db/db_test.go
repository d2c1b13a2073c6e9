package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func insertNode(ctx context.Context, tx *db.Tx, id int64) error {
	_, err := tx.Exec(ctx, "insert into nodes (id, token, seen_at) values ($1, $2, $3)", id, fmt.Sprint("t", id), tx.Now())
	return err
}

func countNodes(t *testing.T, d *db.DB) int64 {
	t.Helper()
	n, err := db.One[int64](t.Context(), d, "select count(*) from nodes")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("many writers at once all become durable", func(t *testing.T) {
			var wait sync.WaitGroup
			for i := range int64(200) {
				wait.Go(func() {
					if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return insertNode(ctx, tx, i+1) }); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			if n := countNodes(t, d); n != 200 {
				t.Fatalf("%d rows, want 200", n)
			}
		})
		t.Run("a closure that fails undoes only itself", func(t *testing.T) {
			before := countNodes(t, d)
			broken := errors.New("broken")
			var wait sync.WaitGroup
			for i := range int64(50) {
				wait.Go(func() {
					err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						if err := insertNode(ctx, tx, 300+i); err != nil {
							return err
						}
						if i%2 == 1 {
							return broken
						}
						return nil
					})
					if (i%2 == 1) != errors.Is(err, broken) {
						t.Errorf("closure %d: %v", i, err)
					}
				})
			}
			wait.Wait()
			if n := countNodes(t, d); n != before+25 {
				t.Fatalf("%d rows, want %d", n, before+25)
			}
		})
		t.Run("a panic fails its closure, not the process", func(t *testing.T) {
			if d.Dialect() == db.Postgres {
				t.Skip("on PostgreSQL a closure runs on its caller's goroutine: the panic is the caller's")
			}
			err := d.Write(t.Context(), func(context.Context, *db.Tx) error { panic("oh") })
			if err == nil {
				t.Fatal("no error")
			}
		})
		t.Run("what waits for the commit runs after it, and not when undone", func(t *testing.T) {
			ran := 0
			_ = d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error { tx.AfterCommit(func() { ran++ }); return nil })
			_ = d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error {
				tx.AfterCommit(func() { ran += 10 })
				return errors.New("undone")
			})
			if ran != 1 {
				t.Fatalf("ran %d", ran)
			}
		})
	})
}

func TestTextMeansTheSameOnBoth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			var rows [][]any
			for i := range 1500 {
				rows = append(rows, []any{i + 1, fmt.Sprintf("tok%q,{}%d", `\`, i+1), int64(i)})
			}
			if n, err := tx.Insert(ctx, "nodes (id, token, seen_at)", "on conflict (id) do nothing", rows); err != nil || n != 1500 {
				return fmt.Errorf("inserted %d: %v", n, err)
			}
			n, err := tx.ExecEach(ctx, "update nodes set seen_at = $2 where id = $1", [][]any{{1, 7}, {99999, 7}, {db.ID(3), 9}})
			if err != nil || n[0] != 1 || n[1] != 0 || n[2] != 1 {
				return fmt.Errorf("each touched %v: %v", n, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		type node struct {
			ID    db.ID  `db:"id"`
			Token string `db:"token"`
			Seen  int64  `db:"seen_at"`
		}
		t.Run("lists, and parameters out of order", func(t *testing.T) {
			got, err := db.All[node](ctx, d, "select id, token, seen_at from nodes where seen_at > $2 and id in ({ids:$1}) order by id", db.IDs([]db.ID{1, 3, 5, 777777}), 5)
			if err != nil || len(got) != 2 || got[0].ID != 1 || got[1].Seen != 9 {
				t.Fatalf("%v %v", got, err)
			}
			got, err = db.All[node](ctx, d, "select id, token, seen_at from nodes where token in ({texts:$1})", db.Texts([]string{got[0].Token, `it's "odd"`}))
			if err != nil || len(got) != 1 {
				t.Fatalf("%v %v", got, err)
			}
		})
		t.Run("no row is ErrNone, an unknown column an error", func(t *testing.T) {
			if _, err := db.One[node](ctx, d, "select id, token, seen_at from nodes where id = 424242"); !db.None(err) {
				t.Fatal(err)
			}
			if _, err := db.All[node](ctx, d, "select id, token as other from nodes"); err == nil {
				t.Fatal("a column without a field went unnoticed")
			}
		})
		t.Run("the database answers a ping", func(t *testing.T) {
			if err := d.Ping(ctx); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestNewID(t *testing.T) {
	d := dbtest.SQLite(t)
	const makers, each = 8, 20_000
	all := make([][]db.ID, makers)
	var wait sync.WaitGroup
	for m := range makers {
		wait.Go(func() {
			for range each {
				all[m] = append(all[m], d.NewID())
			}
		})
	}
	wait.Wait()
	seen := map[db.ID]bool{}
	for _, ids := range all {
		for i, id := range ids {
			if seen[id] || i > 0 && id <= ids[i-1] {
				t.Fatalf("id %d is not new", id)
			}
			seen[id] = true
		}
	}
	text, _ := all[0][0].MarshalText()
	if back, err := db.ParseID(string(text)); err != nil || back != all[0][0] {
		t.Fatal("an id does not survive its text")
	}
	if age := time.Now().UnixMilli() - all[0][0].Time(); age < -60_000 || age > 60_000 {
		t.Fatalf("the id's time is off by %d ms", age)
	}
	for _, bad := range []string{"x", "-1", "1.5", "99999999999999999999"} {
		if _, err := db.ParseID(bad); err == nil {
			t.Errorf("%q was read as an id", bad)
		}
	}
}

func TestMigrate(t *testing.T) {
	t.Run("a second start has nothing to do", func(t *testing.T) {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			if n, err := d.Migrate(t.Context()); err != nil || n != 0 {
				t.Fatalf("%d %v", n, err)
			}
			if ok, err := d.Migrated(t.Context()); err != nil || !ok {
				t.Fatalf("%v %v", ok, err)
			}
		})
	})
}

func TestClaimNode(t *testing.T) {
	d := dbtest.Postgres(t)
	first, err := d.ClaimNode(t.Context(), "one")
	if err != nil || first != 1 {
		t.Fatalf("%d %v", first, err)
	}
	second, err := d.ClaimNode(t.Context(), "two")
	if err != nil || second != 2 {
		t.Fatalf("%d %v", second, err)
	}
	if kept, err := d.KeepNode(t.Context(), "two"); err != nil || !kept {
		t.Fatalf("%v %v", kept, err)
	}
	if kept, _ := d.KeepNode(t.Context(), "stranger"); kept {
		t.Fatal("a stranger kept the node")
	}
}
