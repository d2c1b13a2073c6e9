package campaign_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// TestPeopleLimit sees to it that a campaign is spread over days where the provider lets an account write to so many people first.
func TestPeopleLimit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		write := func(f func(ctx context.Context, tx *db.Tx) error) {
			t.Helper()
			w.must(d.Write(t.Context(), f))
		}
		limit := func(people int64) {
			write(func(ctx context.Context, tx *db.Tx) error {
				for _, box := range []db.ID{w.ventas.ID, w.soporte.ID} {
					if err := w.inboxes.SetPeopleLimitIn(ctx, tx, box, people); err != nil {
						return err
					}
				}
				return nil
			})
		}
		// later lets hours pass: people were written to so much earlier, and the campaign looks again.
		later := func(hours int64) {
			write(func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.Exec(ctx, "update campaign_reach set reached_at = reached_at - $1", hours*time.Hour.Milliseconds()); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, "update campaigns set wait_until = 0 where workspace_id = $1", w.workspace)
				return err
			})
		}
		run := func(id db.ID) campaign.Progress {
			t.Helper()
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			defer stop()
			w.room.Run(ctx)
			time.Sleep(600 * time.Millisecond) // counts are half a second old at most
			p, err := w.room.Progress(t.Context(), w.owner, id)
			w.must(err)
			return p
		}
		sheetOf := func(from, n int) string {
			sheet := "phone,sender,1,2\n"
			for i := from; i < from+n; i++ {
				sheet += fmt.Sprintf("+598991234%02d,%s,Ana,A-%d\n", i, []string{"Ventas", "Soporte"}[i%2], i)
			}
			return sheet
		}
		limit(6)
		c := w.checked(sheetOf(10, 10), w.toAll(aviso, w.ventas.ID))
		t.Run("both numbers of an account together stop at its limit, and it says so", func(t *testing.T) {
			w.send(c.ID, 0)
			p := run(c.ID)
			said := p.Waits.Words("es")
			if p.State != campaign.Sending || p.Counts.Queued != 6 || p.Counts.Waiting != 4 || !strings.Contains(said, "6 personas") {
				t.Errorf("%+v, says %q", p, said)
			}
			if n := w.count("select count(*) from campaigns where id = $1 and wait_until > $2", c.ID, d.Now()); n != 1 {
				t.Error("it looks again and again instead of waiting for room")
			}
		})
		t.Run("another campaign finds no room either, but for the same people", func(t *testing.T) {
			same := w.checked(sheetOf(10, 2), w.toAll(aviso, w.ventas.ID))
			w.send(same.ID, 0)
			if p := run(same.ID); p.Counts.Waiting != 0 {
				t.Errorf("%+v", p)
			}
			others := w.checked(sheetOf(40, 2), w.toAll(aviso, w.ventas.ID))
			w.send(others.ID, 0)
			if p := run(others.ID); p.Counts.Waiting != 2 {
				t.Errorf("%+v", p)
			}
			_, err := w.room.Cancel(t.Context(), w.owner, others.ID)
			w.must(err)
		})
		t.Run("a day later it goes on by itself, each person exactly once", func(t *testing.T) {
			later(23)
			if p := run(c.ID); p.Counts.Waiting != 4 {
				t.Errorf("before the day is over: %+v", p.Counts)
			}
			later(2)
			if c = w.sendAll(c.ID); c.State != campaign.Done {
				t.Errorf("state %s", c.State)
			}
			w.paired(c.ID)
		})
		t.Run("a limit that was lifted holds nobody up", func(t *testing.T) {
			c := w.checked(sheetOf(50, 10), w.toAll(aviso, w.ventas.ID))
			w.send(c.ID, 0)
			if p := run(c.ID); p.Counts.Waiting != 8 { // four of the six, and room for two
				t.Errorf("%+v", p.Counts)
			}
			limit(0)
			later(0)
			if c = w.sendAll(c.ID); c.State != campaign.Done {
				t.Errorf("state %s", c.State)
			}
		})
	})
}
