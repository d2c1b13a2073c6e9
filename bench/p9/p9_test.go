package p9_test

import (
	"testing"

	"recado/bench/p9"
	"recado/internal/db/dbtest"
)

func TestShort(t *testing.T) {
	for name, database := range map[string]func(t *testing.T) string{"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) }} {
		t.Run("every row is counted once on "+name, func(t *testing.T) {
			r, err := p9.Run(t.Context(), t.Output(), 20_000, database(t))
			if err != nil {
				t.Fatal(err)
			}
			k := r.Counts
			if k.Ready+k.Errors+k.Duplicates+k.OptedOut != 20_000 || k.Errors != 200 || k.Duplicates != 200 {
				t.Errorf("%+v", k)
			}
		})
	}
}
