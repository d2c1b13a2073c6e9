package simulator

import (
	"fmt"
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	t.Run("a number sends 80 messages a second", func(t *testing.T) {
		w := newWorld(t)
		for i := range 80 {
			if a := w.send(utility(fmt.Sprintf("54911555%05d", 20100+i))); a.status != 200 {
				t.Fatalf("message %d: %s", i, a.raw)
			}
		}
		if a := w.send(utility(ana)); a.code() != 130429 || a.status != 400 {
			t.Errorf("message 81: %d %d", a.status, a.code())
		}
		if a := w.call("POST", "/v27.0/"+DemoNumberSoporte+"/messages", utility(ana)); a.status != 200 {
			t.Errorf("another number: %s", a.raw)
		}
		w.pass(100 * time.Millisecond)
		if a := w.send(utility(ana)); a.status != 200 {
			t.Errorf("a little later: %s", a.raw)
		}
	})
	t.Run("one user gets 45 at once and then one in six seconds", func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.PairLimit = true })
		for i := range 45 {
			if a := w.send(utility(ana)); a.status != 200 {
				t.Fatalf("message %d: %s", i, a.raw)
			}
		}
		if a := w.send(utility(ana)); a.code() != 131056 {
			t.Errorf("message 46: %d", a.code())
		}
		w.pass(6 * time.Second)
		if a := w.send(utility(ana)); a.status != 200 {
			t.Errorf("six seconds later: %s", a.raw)
		}
		w.SetPairLimit(false)
		if a := w.send(utility(ana)); a.status != 200 {
			t.Errorf("switched off: %s", a.raw)
		}
	})
	t.Run("the pair limit is on by default, and off when quiet", func(t *testing.T) {
		if !New(Config{}).pairLimit || New(Config{Quiet: true}).pairLimit {
			t.Error("wrong default")
		}
	})
	t.Run("a portfolio writes first to so many people in 24 hours", func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.MessagingLimit = 2 })
		var last string
		for _, to := range []string{"5491155550111", "5491155550112", "5491155550111", "5491155550113"} {
			last = w.send(utility(to)).messageID()
			w.pass(10 * time.Second)
		}
		equal(t, w.statuses(last), []string{"failed:131048"})
		w.says("5491155550114", "Hola")
		id := w.send(text("5491155550114", "Hola")).messageID()
		w.pass(10 * time.Second)
		equal(t, w.statuses(id), []string{"sent", "delivered"})
		w.pass(24 * time.Hour)
		id = w.send(utility("5491155550113")).messageID()
		w.pass(10 * time.Second)
		equal(t, w.statuses(id), []string{"sent", "delivered"})
	})
}

func TestPrices(t *testing.T) {
	pricingOf := func(w *world, id string) map[string]any {
		for _, c := range w.hook.changes(t) {
			for _, one := range c.value["statuses"].([]any) {
				if st := one.(map[string]any); st["id"] == id && st["status"] == "sent" {
					return st
				}
			}
		}
		t.Fatal("not sent")
		return nil
	}
	t.Run("a thousand service messages a month are free", func(t *testing.T) {
		w := newWorld(t)
		n := w.numbers[DemoNumberVentas]
		now := w.Now()
		for range freeServiceMessages {
			if !n.countService(now) {
				t.Fatal("charged too early")
			}
		}
		if n.countService(now) {
			t.Error("message 1001 was free")
		}
		if !n.countService(now.AddDate(0, 1, 0)) {
			t.Error("the next month was charged")
		}
	})
	t.Run("a service message tells its type", func(t *testing.T) {
		w := newWorld(t)
		w.says(ana, "Hola")
		id := w.send(text(ana, "Hola")).messageID()
		w.settle()
		w.hook.mu.Lock()
		w.hook.bodies = nil
		w.hook.mu.Unlock()
		w.pass(2 * time.Second)
		p := pricingOf(w, id)["pricing"].(map[string]any)
		if p["type"] != "free_customer_service" || p["category"] != "service" || p["billable"] != false {
			t.Errorf("pricing %v", p)
		}
	})
	t.Run("everything is free for 72 hours after an ad that was answered", func(t *testing.T) {
		w := newWorld(t)
		if _, err := w.Say(ana, Said{Number: DemoNumberVentas, Type: "text", Text: "Hola", Referral: raw(`{"source_type":"ad"}`)}); err != nil {
			t.Fatal(err)
		}
		w.settle()
		w.hook.mu.Lock()
		w.hook.bodies = nil
		w.hook.mu.Unlock()
		id := w.send(marketing(ana)).messageID()
		w.pass(2 * time.Second)
		st := pricingOf(w, id)
		if st["pricing"].(map[string]any)["type"] != "free_entry_point" || st["conversation"] == nil {
			t.Errorf("status %v", st)
		}
		w.pass(73 * time.Hour)
		id = w.send(marketing(ana)).messageID()
		w.pass(2 * time.Second)
		if st := pricingOf(w, id); st["pricing"].(map[string]any)["type"] != "regular" || st["conversation"] != nil {
			t.Errorf("after 72 hours: %v", st)
		}
	})
}
