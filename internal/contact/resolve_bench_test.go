package contact_test

import (
	"context"
	"fmt"
	"testing"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// BenchmarkResolve takes batches of 200 people: a campaign's new ones, and the known ones of a busy hook.
func BenchmarkResolve(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		for _, known := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/known=%v", name, known), func(b *testing.B) {
				d := open(b)
				r := newRoom(d)
				n := 0
				batch := func() []contact.Person {
					people := make([]contact.Person, 200)
					for i := range people {
						if !known {
							n++
						}
						id := n + i
						people[i] = person("Ana Paz", phone(fmt.Sprintf("55319%08d", 50_000_000+id)), userID(fmt.Sprintf("BR.%d", id)))
					}
					if !known {
						n += len(people)
					}
					return people
				}
				resolve := func() {
					err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
						_, err := r.ResolveIn(ctx, tx, shop, channel.WhatsApp, batch())
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
				resolve()
				for b.Loop() {
					resolve()
				}
				b.ReportMetric(float64(b.N)*200/b.Elapsed().Seconds(), "people/s")
			})
		}
	}
}
