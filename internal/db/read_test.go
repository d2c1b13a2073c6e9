package db_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func TestReads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range int64(20) {
				if err := insertNode(ctx, tx, i+1); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		read := func(t *testing.T, text string, id int64) {
			t.Helper()
			if token, err := db.One[string](t.Context(), d, text, id); err != nil || token != fmt.Sprint("t", id) {
				t.Errorf("node %d has token %q (%v)", id, token, err)
			}
		}
		t.Run("a text read often and by many at once gives each reader its own rows", func(t *testing.T) {
			var wait sync.WaitGroup
			for i := range int64(400) {
				wait.Go(func() { read(t, "select token from nodes where id = $1", i%20+1) })
			}
			wait.Wait()
		})
		t.Run("more texts than are kept are read all the same", func(t *testing.T) {
			for i := range 400 {
				for range 4 {
					read(t, fmt.Sprintf("select token from nodes where id = $1 and %d = %[1]d", i), int64(i%20+1))
				}
			}
		})
		t.Run("a kept text goes on after the table has changed", func(t *testing.T) {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "alter table nodes add column later text not null default ''")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range int64(40) {
				read(t, "select token from nodes where id = $1", i%20+1)
			}
		})
		t.Run("a reader that gave up leaves the text usable", func(t *testing.T) {
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			for range 10 {
				if _, err := db.One[int64](ended, d, "select count(*) from nodes where id > $1", 0); err == nil {
					t.Error("a reader whose context had ended got an answer")
				}
			}
			if n, err := db.One[int64](t.Context(), d, "select count(*) from nodes where id > $1", 0); err != nil || n != 20 {
				t.Errorf("%d nodes (%v), want 20", n, err)
			}
		})
	})
}

func BenchmarkRead(b *testing.B) {
	d := dbtest.SQLite(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.All[int64](b.Context(), d, `select c.id from conversations c join contacts p on p.id = c.contact_id where c.workspace_id = $1 and c.state > 0 and c.state = 1
			and (c.last_message_at, c.id) < ($2, $3) and p.name <> $4 order by c.last_message_at desc, c.id desc limit $5`, 1, 1<<62, 1<<62, "", 50); err != nil {
			b.Fatal(err)
		}
	}
}
