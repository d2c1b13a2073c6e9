package flow_test

import (
	"testing"
	"time"

	"recado/internal/flow"
	"recado/internal/hours"

	"pgregory.net/rapid"
)

// clock makes a schedule ready by the clocks of a city that changes them.
func clock(t interface{ Fatal(...any) }, s hours.Schedule) *hours.Clock {
	zone, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Clock(zone)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestPause counts a pause minute by minute over the nights in which the clocks of Santiago go back and forth.
func TestPause(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := rapid.IntRange(0, 23).Draw(t, "from"), rapid.IntRange(0, 24).Draw(t, "to")
		s := hours.Schedule{}
		for day := range s.Days {
			if rapid.IntRange(0, 3).Draw(t, "closed") > 0 {
				s.Days[day] = []hours.Interval{{From: time.Date(0, 1, 1, from, 15, 0, 0, time.UTC).Format("15:04"), To: []string{time.Date(0, 1, 1, to%24, 45, 0, 0, time.UTC).Format("15:04"), "24:00"}[to/24]}}
			}
		}
		zone, _ := time.LoadLocation("America/Santiago")
		c, err := s.Clock(zone)
		if err != nil {
			t.Skip(err)
		}
		began := rapid.SampledFrom([]time.Time{time.Date(2026, 4, 4, 12, 0, 0, 0, time.UTC), time.Date(2026, 9, 5, 12, 0, 0, 0, time.UTC)}).Draw(t, "began").
			Add(time.Duration(rapid.IntRange(0, 1800).Draw(t, "later")) * time.Minute)
		minutes := rapid.Int64Range(1, 1440).Draw(t, "minutes")
		within, ok := flow.Pause{Minutes: minutes, Within: true}.Ends(c, began.UnixMilli())
		opens, found := flow.Pause{Until: flow.UntilOpen}.Ends(c, began.UnixMilli())
		if ok != found {
			t.Fatalf("an end %v, an opening %v", ok, found)
		}
		if !ok {
			return
		}
		if !c.Open(time.UnixMilli(opens)) {
			t.Fatal("it is over while nobody answers")
		}
		n := int64(0)
		for at := began; at.UnixMilli() < within; at = at.Add(time.Minute) {
			if c.Open(at) {
				if n++; at.UnixMilli() < opens {
					t.Fatal("people answered before", opens)
				}
			}
		}
		if n != minutes || !c.Open(time.UnixMilli(within-60_000)) {
			t.Fatalf("%d minutes of answering, want %d", n, minutes)
		}
	})
}

func TestWait(t *testing.T) {
	night := time.Date(2026, 6, 1, 2, 0, 0, 0, time.UTC) // Sunday 22:00 in Santiago
	office := hours.Default()
	office.Always = false
	plays := func(c *hours.Clock, closed bool, wait flow.Block) *talk {
		wait.ID, wait.Kind = "w", flow.Wait
		f := flow.Flow{Language: "es", Blocks: []flow.Block{wait, {ID: "s", Kind: flow.Say, Text: "Ya abrimos", Then: flow.Finish}}}
		if found := f.Check(own, flow.World{}); len(found) > 0 {
			t.Fatal(found[0].Fault)
		}
		k := &talk{t: t, book: published(f), state: flow.State{Flow: own}, now: night.UnixMilli()}
		k.give(flow.Input{Kind: flow.Began, Clock: c, Closed: closed})
		return k
	}
	at := func(k *talk) string {
		return time.UnixMilli(k.state.Until).In(time.FixedZone("Santiago", -4*3600)).Format("Mon 15:04")
	}
	t.Run("until people answer, and longer when the hours are changed meanwhile", func(t *testing.T) {
		k := plays(clock(t, office), true, flow.Block{Until: flow.UntilOpen})
		if at(k) != "Mon 09:00" {
			t.Fatal(at(k))
		}
		later := office
		later.Days[1] = []hours.Interval{{From: "11:00", To: "12:00"}}
		k.now = k.state.Until
		k.give(flow.Input{Kind: flow.Due, Serial: k.state.Serial, Clock: clock(t, later)})
		k.heard()
		if at(k) != "Mon 11:00" {
			t.Fatal(at(k))
		}
		k.now = k.state.Until
		k.give(flow.Input{Kind: flow.Due, Serial: k.state.Serial, Clock: clock(t, later)})
		k.heard("Ya abrimos")
	})
	t.Run("only minutes in which people answer count", func(t *testing.T) {
		if k := plays(clock(t, office), true, flow.Block{Minutes: 600, Within: true}); at(k) != "Tue 10:00" {
			t.Fatal(at(k))
		}
	})
	t.Run("while people answer there is nothing to wait for", func(t *testing.T) {
		plays(clock(t, hours.Schedule{Always: true}), false, flow.Block{Until: flow.UntilOpen}).heard("Ya abrimos")
	})
	t.Run("where nobody ever answers people take over", func(t *testing.T) {
		if k := plays(clock(t, hours.Schedule{}), true, flow.Block{Until: flow.UntilOpen}); !k.last.Handoff || k.log[0].Did != "never_opens" {
			t.Fatalf("%+v", k.log)
		}
	})
	t.Run("on the phone beside the editor a closed number opens when time passes", func(t *testing.T) {
		k := plays(nil, true, flow.Block{Until: flow.UntilOpen})
		k.now = k.state.Until
		k.give(flow.Input{Kind: flow.Due, Serial: k.state.Serial, Closed: true})
		k.heard("Ya abrimos")
	})
}
