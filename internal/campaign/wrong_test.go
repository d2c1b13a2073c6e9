package campaign_test

import (
	"strings"
	"testing"
	"time"

	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// TestWhatGoesWrong has what people and providers do wrong around a campaign and that no other test is about.
func TestWhatGoesWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		t.Run("an agent deleted after scheduling: it fails at its time, says why and writes to nobody", func(t *testing.T) {
			change := w.toAll(aviso, w.ventas.ID)
			change.Route = &campaign.Route{Target: campaign.ToAgent, Email: "ana@aurora.example"}
			c := w.checked(people(3), change)
			at := d.Now() + time.Hour.Milliseconds()
			_, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{ScheduledAt: &at})
			w.must(err)
			w.send(c.ID, 0)
			w.desk.gone = "ana@aurora.example"
			defer func() { w.desk.gone = "" }()
			w.must(w.d.Write(t.Context(), exec("update campaigns set scheduled_at = 1 where id = $1", c.ID)))
			c = w.run(c.ID, campaign.Scheduled, campaign.Sending)
			if words := c.Reason.Words("es"); c.State != campaign.Failed || !strings.Contains(words, "ana@aurora.example") {
				t.Errorf("%s: %q", c.State, words)
			}
			if n := w.count("select count(*) from recipients where campaign_id = $1", c.ID); n != 0 {
				t.Errorf("%d recipients", n)
			}
			change.Route = &campaign.Route{Target: campaign.ToNone}
			if _, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Route: change.Route}); err != nil {
				t.Errorf("it cannot be mended: %v", err)
			}
		})
		t.Run("the same file twice: in one campaign it changes nothing, in itself each person counts once, in another it is sent again", func(t *testing.T) {
			c := w.checked(people(4), w.toAll(aviso, w.ventas.ID))
			before := w.get(c.ID)
			_, err := w.room.PutFile(t.Context(), w.owner, c.ID, before.Version, "clientes.csv", strings.NewReader(people(4)))
			w.must(err)
			_, err = w.room.Check(t.Context(), w.owner, c.ID)
			w.must(err)
			if again := w.run(c.ID, campaign.Checking); again.Check.Ready != 4 || again.Audience.Columns.Phone != before.Audience.Columns.Phone {
				t.Errorf("%+v", again.Check)
			}
			_, rows, _ := strings.Cut(people(4), "\n")
			if twice := w.checked(people(4)+rows, w.toAll(aviso, w.ventas.ID)); twice.Check.Ready != 4 || twice.Check.Duplicates != 4 {
				t.Errorf("%+v", twice.Check)
			}
			other := w.checked(people(4), w.toAll(aviso, w.ventas.ID))
			for _, id := range []db.ID{c.ID, other.ID} {
				w.send(id, 0)
				if got := w.sendAll(id); got.State != campaign.Done || w.counts(id).Accepted != 4 {
					t.Errorf("%s %+v", got.State, w.counts(id))
				}
			}
		})
		t.Run("no valid row at all: it is said, and sending is refused", func(t *testing.T) {
			c := w.checked("phone,1,2\nabc,Ana,1\n,Eva,2\n", w.toAll(aviso, w.ventas.ID))
			if c.Check.Ready != 0 || c.Check.Errors != 2 {
				t.Errorf("%+v", c.Check)
			}
			_, err := w.room.Send(t.Context(), w.owner, c.ID, 0)
			wantFault(t, err, "campaign.missing.rows")
		})
		t.Run("cancelled during the last slice: what is on its way arrives, the rest is taken back, and everybody stands in one figure", func(t *testing.T) {
			c := w.checked(people(5), w.toAll(aviso, w.ventas.ID))
			_, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Pace: &campaign.Pace{PerSlice: 3, EveryMinutes: 1}})
			w.must(err)
			w.send(c.ID, 0)
			w.must(w.room.Freeze(t.Context(), w.workspace, c.ID))
			w.must(w.room.Step(t.Context(), w.workspace, c.ID, false))
			w.settle(w.ventas.ID, 3, nil)
			w.must(w.d.Write(t.Context(), exec("update campaigns set next_slice_at = 0 where id = $1", c.ID)))
			w.must(w.room.Step(t.Context(), w.workspace, c.ID, false))
			claimed := w.claimSome(w.ventas.ID, 1)
			_, err = w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
			w.accept(claimed)
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			if n := p.Counts; err != nil || p.State != campaign.Cancelled || n.Accepted != 4 || n.Failed != 1 || n.Waiting+n.Queued != 0 || n.Recipients != 5 {
				t.Errorf("%+v %v", p, err)
			}
			if len(w.claim(w.ventas.ID)) != 0 {
				t.Error("something of it may still leave")
			}
		})
	})
}
