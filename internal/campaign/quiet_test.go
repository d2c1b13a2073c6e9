package campaign_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// quietAt is the rule said minute by minute: what the clock of the place shows lies in hours that began on one of the days.
func quietAt(q campaign.Quiet, place *time.Location, at time.Time) bool {
	wall := at.In(place)
	now, today, before := wall.Format("15:04"), int(wall.Weekday()), (int(wall.Weekday())+6)%7
	if q.From < q.To {
		return q.From <= now && now < q.To && slices.Contains(q.Days, today)
	}
	return now >= q.From && slices.Contains(q.Days, today) || now < q.To && slices.Contains(q.Days, before)
}

func TestQuietOpens(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 4))
	names := [][]string{{"America/Sao_Paulo"}, {"America/Santiago"}, {"America/New_York", "America/Los_Angeles"}, {"Australia/Lord_Howe"}, {"Europe/Lisbon"}, {"Asia/Kathmandu"}}
	changes := []time.Time{time.Date(2026, 3, 7, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 3, 12, 0, 0, 0, time.UTC), time.Date(2026, 9, 5, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)}
	for n := range 600 {
		var places []*time.Location
		for _, name := range names[n%len(names)] {
			place, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			places = append(places, place)
		}
		q := campaign.Quiet{On: true, From: fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60)), To: fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60)), Days: r.Perm(7)[:1+r.IntN(7)]}
		if q.From == q.To {
			continue
		}
		start := changes[r.IntN(len(changes))].Add(time.Duration(r.IntN(3*24*60)) * time.Minute)
		want, open := start, false
		for range 9 * 24 * 60 {
			if open = !slices.ContainsFunc(places, func(place *time.Location) bool { return quietAt(q, place, want) }); open {
				break
			}
			want = want.Add(time.Minute)
		}
		if !open {
			continue // no common hour: the first zone counts
		}
		if got := q.Opens(places, start); !got.Equal(want) {
			t.Fatalf("%v in %v from %v: %v, want %v", q, places, start, got, want)
		}
	}
}

func TestQuietHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		// Quiet now in Montevideo (no changes of clocks), for two hours more; open in Kathmandu and in Sydney, half a day away.
		place, err := time.LoadLocation("America/Montevideo")
		w.must(err)
		now := time.Now().In(place)
		q := campaign.Quiet{On: true, From: now.Add(-time.Hour).Format("15:04"), To: now.Add(2 * time.Hour).Format("15:04"), Days: []int{0, 1, 2, 3, 4, 5, 6}}
		set := func(q campaign.Quiet) {
			t.Helper()
			_, err := w.room.SetPolicy(t.Context(), w.owner, campaign.Policy{Quiet: q})
			w.must(err)
		}
		aviso := w.template(accountOne, "aviso", "es")
		sheet := "phone,1,2\n+59899123456,Ana,A-1\n+59899123457,Eva,A-2\n+61412345678,Luis,A-3\n"
		run := func(long time.Duration) {
			ctx, stop := context.WithTimeout(t.Context(), long)
			defer stop()
			w.room.Run(ctx)
		}
		t.Run("who is in quiet hours waits, the others are written to, and it ends when hours do", func(t *testing.T) {
			set(q)
			c := w.checked(sheet, w.toAll(aviso, w.ventas.ID))
			w.send(c.ID, 0)
			run(1500 * time.Millisecond)
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			w.must(err)
			until := time.UnixMilli(p.QuietUntil).In(place).Format("15:04")
			if p.Counts.Queued != 1 || p.Counts.Waiting != 2 || p.Resting != 2 || until != q.To {
				t.Errorf("%+v until %s, want %s", p, until, q.To)
			}
			if n := w.count("select count(*) from campaigns where id = $1 and quiet_until > 0", c.ID); n != 1 {
				t.Error("it looks again and again instead of waiting for the hours to end")
			}
			_, err = w.room.Pause(t.Context(), w.owner, c.ID)
			w.must(err)
			_, err = w.room.Resume(t.Context(), w.owner, c.ID)
			w.must(err)
			set(campaign.DefaultQuiet())
			if c = w.sendAll(c.ID); c.State != campaign.Done {
				t.Errorf("state %s", c.State)
			}
			w.paired(c.ID)
		})
		t.Run("utility goes out when the setting says so, and a campaign at rest can be cancelled", func(t *testing.T) {
			set(q)
			c := w.checked(sheet, w.toAll(aviso, w.ventas.ID))
			w.send(c.ID, 0)
			run(time.Second)
			c, err = w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
			q.Exempt = true
			set(q)
			c = w.checked(sheet, w.toAll(aviso, w.ventas.ID))
			w.send(c.ID, 0)
			if c = w.sendAll(c.ID); c.State != campaign.Done {
				t.Errorf("state %s", c.State)
			}
		})
		t.Run("hours that never end are refused", func(t *testing.T) {
			for code, wrong := range map[string]campaign.Quiet{"campaign.quiet_time": {On: true, From: "25:00", To: "08:00"}, "campaign.quiet_always": {On: true, From: "08:00", To: "08:00", Days: []int{1}},
				"campaign.quiet_days": {On: true, From: "21:00", To: "08:00"}} {
				_, err := w.room.SetPolicy(t.Context(), w.owner, campaign.Policy{Quiet: wrong})
				wantFault(t, err, code)
			}
		})
	})
}
