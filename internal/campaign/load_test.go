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

// TestQueuesSteer sees to it that a campaign waits while a queue that its replies go to is full, says so, and goes on by itself.
func TestQueuesSteer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		sheet := "phone,1,2\n"
		for i := range 50 {
			sheet += fmt.Sprintf("+598991234%02d,Ana,A-%d\n", i, i)
		}
		toQueue := func(pace campaign.Pace) campaign.Change {
			change := w.toAll(aviso, w.ventas.ID)
			change.Route, change.Pace = &campaign.Route{Target: campaign.ToQueue, TargetID: 81}, &pace
			return change
		}
		load := func(waiting, online int64) {
			w.desk.loads.Store(&[]campaign.QueueLoad{{Queue: 81, Name: "Ventas", Waiting: waiting, Online: online}, {Queue: 82, Name: "Cobranzas", Waiting: 900}})
		}
		run := func(long time.Duration) {
			ctx, stop := context.WithTimeout(t.Context(), long)
			defer stop()
			w.room.Run(ctx)
		}
		progress := func(id db.ID) campaign.Progress {
			t.Helper()
			time.Sleep(600 * time.Millisecond) // counts are half a second old at most
			p, err := w.room.Progress(t.Context(), w.owner, id)
			w.must(err)
			return p
		}
		// look lets time pass until the campaign looks at its queues again.
		look := func(id db.ID) {
			t.Helper()
			w.must(d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update campaigns set wait_until = 0 where id = $1", id)
				return err
			}))
		}
		t.Run("a full queue holds it back, it says so in words, and an emptier one lets it go on", func(t *testing.T) {
			load(42, 0)
			c := w.checked(sheet, toQueue(campaign.Pace{StopAbove: 40}))
			w.send(c.ID, 0)
			run(time.Second)
			p := progress(c.ID)
			said := p.Waits.Words("en")
			if p.State != campaign.Sending || p.Counts.Waiting != 50 || !strings.Contains(said, "Ventas") || !strings.Contains(said, "42") || p.FinishAt != 0 {
				t.Errorf("%+v, says %q", p, said)
			}
			load(40, 0)
			look(c.ID)
			if c = w.sendAll(c.ID); c.State != campaign.Done {
				t.Errorf("state %s", c.State)
			}
			if p = progress(c.ID); p.Waits.Code != "" {
				t.Errorf("still says %+v", p.Waits)
			}
			w.paired(c.ID)
		})
		t.Run("a rather full queue makes it slow: twenty, and then a rest", func(t *testing.T) {
			load(11, 0)
			c := w.checked(sheet, toQueue(campaign.Pace{SlowAbove: 10, StopAbove: 40}))
			w.send(c.ID, 0)
			run(time.Second)
			if p := progress(c.ID); p.Counts.Queued != 20 || p.Counts.Waiting != 30 || p.Waits.Code != campaign.SlowForQueue {
				t.Errorf("%+v", p)
			}
			_, err := w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
		})
		t.Run("slices are half as large then", func(t *testing.T) {
			load(11, 0)
			c := w.checked(sheet, toQueue(campaign.Pace{PerSlice: 30, EveryMinutes: 10, SlowAbove: 10}))
			w.send(c.ID, 0)
			run(time.Second)
			if p := progress(c.ID); p.Counts.Queued != 15 || p.Counts.Waiting != 35 {
				t.Errorf("%+v", p)
			}
			_, err := w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
		})
		t.Run("counted for each agent on line, more tickets may wait; a new limit acts at once", func(t *testing.T) {
			load(42, 5)
			c := w.checked(sheet, toQueue(campaign.Pace{StopAbove: 8, PerAgent: true}))
			w.send(c.ID, 0)
			run(time.Second)
			if p := progress(c.ID); p.Counts.Waiting != 50 {
				t.Errorf("%+v", p)
			}
			_, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Pace: &campaign.Pace{StopAbove: 9, PerAgent: true}})
			w.must(err)
			if c = w.sendAll(c.ID); c.State != campaign.Done {
				t.Errorf("state %s", c.State)
			}
		})
		t.Run("other queues do not hold it back", func(t *testing.T) {
			load(0, 0)
			c := w.checked(sheet, toQueue(campaign.Pace{StopAbove: 1}))
			w.send(c.ID, 0)
			if c = w.sendAll(c.ID); c.State != campaign.Done {
				t.Errorf("state %s", c.State)
			}
		})
		t.Run("limits that contradict each other are refused", func(t *testing.T) {
			c := w.draft(sheet, toQueue(campaign.Pace{}))
			for _, wrong := range []campaign.Pace{{SlowAbove: 10, StopAbove: 10}, {SlowAbove: -1}, {StopAbove: 100_001}, {PerAgent: true}} {
				_, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Pace: &wrong})
				wantFault(t, err, "campaign.load")
			}
		})
	})
}
