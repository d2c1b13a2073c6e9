package db_test

import (
	"context"
	"fmt"
	"testing"

	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// BenchmarkInsert is the price of a row in a batch of 200, with its share of the commit.
func BenchmarkInsert(b *testing.B) {
	forEach(b, func(b *testing.B, d *db.DB) {
		next := int64(0)
		for b.Loop() {
			rows := make([][]any, 200)
			for i := range rows {
				next++
				rows[i] = []any{int64(1), "message.received", next, `{"message_id":"1234567890","conversation_id":"1234567890"}`, next}
			}
			must(b, d.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Insert(ctx, "events (workspace_id, kind, subject_id, data_json, created_at)", "", rows)
				return err
			}))
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*200)/1000, "µs/row")
	})
}

// BenchmarkExecEach is the price of an update by id in a batch of 200.
func BenchmarkExecEach(b *testing.B) {
	forEach(b, func(b *testing.B, d *db.DB) {
		rows := make([][]any, 200)
		must(b, d.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range rows {
				rows[i] = []any{int64(i + 1), int64(0)}
				if _, err := tx.Exec(ctx, "insert into nodes (id, token, seen_at) values ($1, $2, 0)", i+1, fmt.Sprint(i)); err != nil {
					return err
				}
			}
			return nil
		}))
		for b.Loop() {
			must(b, d.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error {
				for i := range rows {
					rows[i][1] = rows[i][1].(int64) + 1
				}
				_, err := tx.ExecEach(ctx, "update nodes set seen_at = $2 where id = $1", rows)
				return err
			}))
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*200)/1000, "µs/row")
	})
}

func forEach(b *testing.B, f func(b *testing.B, d *db.DB)) {
	b.Run("sqlite", func(b *testing.B) { f(b, dbtest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { f(b, dbtest.Postgres(b)) })
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
