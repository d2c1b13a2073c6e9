package gateway

import (
	"testing"
	"time"

	"recado/internal/channel"
)

func TestCourses(t *testing.T) {
	t.Run("every class has its row", func(t *testing.T) {
		for _, class := range []channel.Class{channel.Transient, channel.Unknown, channel.NumberThrottle, channel.PairThrottle, channel.CallThrottle,
			channel.ChannelDown, channel.AccountBlocked, channel.LimitReached, channel.TemplateDown, channel.BadRequest, channel.RecipientNever, channel.RecipientLater,
			channel.WindowClosed, channel.Cancelled} {
			c, ok := courses[class]
			if !ok {
				t.Errorf("%s is missing", class)
			}
			if final := (&channel.Failure{Class: class}).Final(); final != (c.fate == fails) {
				t.Errorf("%s: the contract says final %v", class, final)
			}
		}
	})
	t.Run("five tries with growing pauses, and no sixth", func(t *testing.T) {
		for _, class := range []channel.Class{channel.Transient, channel.PairThrottle} {
			var last time.Duration
			for attempt := 1; attempt <= 5; attempt++ {
				wait, ok := courses[class].pauseAfter(attempt, 0, 0)
				if !ok || wait <= last {
					t.Errorf("%s: pause %d is %v (%v)", class, attempt, wait, ok)
				}
				last = wait
			}
			if _, ok := courses[class].pauseAfter(6, 0, 0); ok {
				t.Errorf("%s is tried a sixth time", class)
			}
		}
	})
	t.Run("chance adds up to a quarter, and the provider's wish counts when it is longer", func(t *testing.T) {
		if wait, _ := courses[channel.Transient].pauseAfter(1, 0, 1); wait != 2500*time.Millisecond {
			t.Error(wait)
		}
		if wait, _ := courses[channel.Transient].pauseAfter(1, time.Hour, 0); wait != time.Hour {
			t.Error(wait)
		}
	})
}

func TestThrottle(t *testing.T) {
	now := time.Now()
	t.Run("a rate lets a quarter of a second's worth go at once, then its pace", func(t *testing.T) {
		th := newThrottle(80)
		n, _ := th.allowance(now.Add(time.Second), 500)
		if n != 20 {
			t.Fatalf("%d at once", n)
		}
		th.spend(now.Add(time.Second), n)
		if n, wait := th.allowance(now.Add(time.Second), 500); n != 0 || wait != paceQuantum {
			t.Fatal(n, wait)
		}
		if n, _ := th.allowance(now.Add(1100*time.Millisecond), 500); n != 8 {
			t.Fatalf("%d after 100 ms", n)
		}
	})
	t.Run("no rate sets no limit", func(t *testing.T) {
		if n, _ := newThrottle(0).allowance(now, 500); n != 500 {
			t.Fatal(n)
		}
	})
	t.Run("complaints double the pause up to a minute, once per pause, until something is accepted", func(t *testing.T) {
		th := newThrottle(0)
		at := now
		for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			until := th.slowDown(at, 0)
			if got := until.Sub(at); got != want*time.Second {
				t.Fatalf("pause %v, want %v", got, want*time.Second)
			}
			if again := th.slowDown(at.Add(time.Millisecond), 0); again != until {
				t.Fatal("a request that left before the pause doubled it")
			}
			if n, wait := th.allowance(at, 1); n != 0 || wait <= 0 {
				t.Fatal("something may leave during the pause")
			}
			at = until
		}
		th.accepted(at)
		if until := th.slowDown(at, 0); until.Sub(at) != time.Second {
			t.Fatal("the doubling did not end")
		}
	})
}
