package simulator

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestATornLastLineIsCutOff(t *testing.T) {
	h := newHouse(t)
	w := h.open()
	for i := range 3 {
		w.send(utility(fmt.Sprintf("54911555502%02d", i)))
	}
	w.abandon()
	path := filepath.Join(h.folder, journalName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := start; cut < len(whole); cut++ {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(h.config)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if got := s.Stats(); got.Accepted != 2 {
			t.Fatalf("cut at %d: %d accepted", cut, got.Accepted)
		}
		w := &world{Server: s, t: t, hook: h.hook}
		w.send(utility("5491155550299"))
		_ = s.journal.file.Close()
		if s, err = Open(h.config); err != nil || s.Stats().Accepted != 3 {
			t.Fatalf("cut at %d, then one more: %v", cut, err)
		}
		_ = s.journal.file.Close()
	}
}

func TestDamageInTheMiddleIsRefusedInWords(t *testing.T) {
	for name, text := range map[string]string{
		"is damaged":            "{\"do\":[]}\nxx\n{\"do\":[]}\n",
		"not configured":        `{"do":[{"send":{"s":1,"at":1,"n":"42","to":"5491155550111","y":"text"}}]}` + "\n",
		`customer "c9" or numb`: `{"do":[{"thread":{"c":"c9","n":"` + DemoNumberVentas + `"}}]}` + "\n",
	} {
		h := newHouse(t)
		if err := os.WriteFile(filepath.Join(h.folder, journalName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(h.config); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewDoesNotPretendToRemember(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("New took a journal")
		}
	}()
	New(Config{Journal: t.TempDir()})
}

func TestCompactionKeepsAll(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Quiet, c.NoEndings, c.KeepLog, c.Script = false, true, 1500, Script{ReplyShare: 0.1, Delay: time.Minute}
	})
	w := h.open()
	w.callAs("", "POST", "/control/templates/7090010010010001", map[string]any{"event": "pause"})
	w.callAs("", "POST", "/control/numbers/"+DemoNumberVentas, map[string]any{"quality": "RED"})
	w.says(ana, "Hola")
	w.call("POST", "/v27.0/"+DemoNumberVentas+"/block_users", map[string]any{"messaging_product": "whatsapp", "block_users": []any{map[string]any{"user": ana}}})
	w.remember()
	h.hook.mu.Lock()
	h.hook.failNext = 1 << 30 // from here on webhooks stay pending
	h.hook.mu.Unlock()
	for i := range 2000 {
		if a := w.send(utility(fmt.Sprintf("54911%08d", 10000+i))); a.status != 200 {
			t.Fatalf("%s", a.raw)
		}
		w.Advance(100 * time.Millisecond)
	}
	w.send(utility("54911" + "00010000")) // a pair seen before
	before, listed, thread := w.Stats(), w.Messages(Filter{Limit: 5000}), w.thread()
	w.abandon()
	path := filepath.Join(h.folder, journalName)
	size := func() int64 {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	was := size()
	if was < compactAbove {
		t.Fatalf("the journal has only %d bytes", was)
	}
	s, err := Open(h.config) // compacts
	if err != nil {
		t.Fatal(err)
	}
	_ = s.journal.file.Close()
	first := size()
	if first >= was {
		t.Errorf("%d bytes became %d", was, first)
	}
	hooks := s.outbox.pending()
	planned := s.agenda.size()
	s, err = Open(h.config) // reads the compacted one
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.journal.file.Close() })
	if size() != first {
		t.Errorf("a compacted journal was compacted again: %d bytes became %d", first, size())
	}
	w = &world{Server: s, t: t, hook: h.hook}
	got := w.Stats()
	if got.WebhookPending != hooks || got.PlannedSteps != planned || hooks < 2000 {
		t.Errorf("%d webhooks and %d steps wait, want %d and %d", got.WebhookPending, got.PlannedSteps, hooks, planned)
	}
	got.PlannedSteps, before.PlannedSteps = 0, 0 // the predecessor had retries of webhooks among them
	sameCounts(t, got, before)
	if got.DistinctPairs != 2000 || got.RepeatedPairs != 1 {
		t.Errorf("pairs %+v", got)
	}
	if fmt.Sprint(w.Messages(Filter{Limit: 5000})) != fmt.Sprint(listed) || len(listed) != 1500 {
		t.Error("the list of sends changed")
	}
	if w.thread() != thread {
		t.Errorf("thread %s, was %s", w.thread(), thread)
	}
	if n := w.numbers[DemoNumberVentas]; len(n.blocked) != 1 || n.Quality != "RED" || w.templates["7090010010010001"].Status != "PAUSED" {
		t.Errorf("the number is %+v", n.Number)
	}
	if p := w.crowd.find(ana); !p.blockedBy[w.numbers[DemoNumberVentas]] {
		t.Error("ana is not blocked any more")
	}
	if again := w.send(utility("54911" + "00010001")); again.status != 200 || w.Stats().RepeatedPairs != 2 {
		t.Errorf("a pair no longer listed counts as new: %s", again.raw)
	}
}

// TestFiveThousandSendsWithTwentyKills sends from several senders while simulators die under them. A sender sends again only what it
// knows was not accepted; the count must be exact, and every status must reach the callback.
func TestFiveThousandSendsWithTwentyKills(t *testing.T) {
	const people, kills, senders = 5000, 20, 4
	h := newHouse(t, func(c *Config) {
		c.Now, c.Speed, c.RateLimit, c.NoEndings, c.WebhookBatch, c.WebhookWorkers = nil, 20, -1, true, 50, 4
	})
	w := h.open()
	var accepted []string // ids answered with 200, over all lives
	var unsure int        // not answered with 200
	next := 0
	for kill := range kills + 1 {
		until := people * (kill + 1) / (kills + 1)
		ids := make([]string, until-next)
		var taken atomic.Int64
		var all sync.WaitGroup
		for range senders {
			all.Go(func() {
				for i := int(taken.Add(1)) - 1; i < len(ids); i = int(taken.Add(1)) - 1 {
					body := marketing(fmt.Sprintf("54911%08d", 10000+next+i))
					body["biz_opaque_callback_data"] = fmt.Sprint("m_", next+i)
					ids[i] = w.send(body).messageID()
				}
			})
		}
		if kill < kills {
			for pause := rand.IntN(len(ids)); int(taken.Load()) < pause; {
				time.Sleep(50 * time.Microsecond)
			}
			w.abandon()
		}
		all.Wait()
		if kill < kills {
			w = h.open()
		}
		for i, id := range ids {
			if id != "" {
				accepted = append(accepted, id)
				continue
			}
			unsure++
			if to := fmt.Sprintf("54911%08d", 10000+next+i); len(w.Messages(Filter{Recipient: to})) == 0 {
				accepted = append(accepted, w.send(marketing(to)).messageID())
			}
		}
		next = until
	}
	s := w.Stats()
	if s.Accepted != people || s.DistinctPairs != people || s.RepeatedPairs != 0 {
		t.Errorf("accepted %d, pairs %d, repeated %d", s.Accepted, s.DistinctPairs, s.RepeatedPairs)
	}
	waitFor(t, func() bool { s := w.Stats(); return s.PlannedSteps == 0 && s.WebhookPending == 0 })
	if s = w.Stats(); s.Statuses["sent"] != people || s.Statuses["delivered"] != people {
		t.Errorf("statuses %v", s.Statuses)
	}
	heard := map[string]map[string]bool{"sent": {}, "delivered": {}}
	for _, c := range h.hook.changes(t) {
		list, _ := c.value["statuses"].([]any)
		for _, one := range list {
			st := one.(map[string]any)
			heard[st["status"].(string)][st["id"].(string)] = true
		}
	}
	for _, id := range accepted {
		if !heard["sent"][id] || !heard["delivered"][id] {
			t.Errorf("statuses of %s did not all arrive", id)
		}
	}
	if len(heard["sent"]) != people || unsure == 0 {
		t.Errorf("heard of %d messages; %d sends met a kill", len(heard["sent"]), unsure)
	}
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte("{\"at\":1,\"do\":[{}]}\n{\"at\":"))
	f.Add([]byte(`{"do":[{"person":{"id":"c1","o":1,"wa":"5491155550111","u":"AR.1","identity":"x"}},{"send":{"s":1,"at":1,"n":"` + DemoNumberVentas +
		`","to":"5491155550111","y":"reaction","wa":"5491155550111","c":"c1","body":{}}},{"step":{"s":1,"x":"leave"}}]}` + "\n"))
	f.Add([]byte(`{"do":[{"send":{"s":1,"at":1,"n":"` + DemoNumberVentas + `","to":"1","y":"text"}},{"step":{"s":1,"x":"held"}}]}` + "\n"))
	f.Add([]byte(`{"do":[{"send":{"s":1,"at":1,"n":"` + DemoNumberVentas + `","to":"1","y":"text"}},{"step":{"s":1,"x":"phone"}}]}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, journalName), text, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(Config{Quiet: true, Journal: folder, IgnoreLinks: true})
		if err != nil {
			return
		}
		s.Advance(time.Hour)
		_ = s.journal.file.Close()
	})
}

// BenchmarkAcceptSendsRemembered is BenchmarkAcceptSends with a journal.
func BenchmarkAcceptSendsRemembered(b *testing.B) {
	s, err := Open(Config{Quiet: true, Statuses: StatusNone, RateLimit: -1, KeepThreads: -1, NoEndings: true, Journal: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(16) // a sender waits for its write: as many at once as a busy gateway has
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := next.Add(1)
			body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"+55319%08d","type":"template","biz_opaque_callback_data":"m_%d",`+
				`"template":{"name":"promo_primavera","language":{"code":"es"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ana"},{"type":"text","text":"20 %%"}]}]}}`, i, i)
			r := httptest.NewRequest("POST", "/v27.0/"+DemoNumberVentas+"/messages", io.NopCloser(strings.NewReader(body)))
			r.Header.Set("Authorization", token)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Fatal(w.Body)
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
	_ = s.journal.file.Close()
}
