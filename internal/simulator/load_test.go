package simulator

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// streamLines copies the lines of a stream until it or ctx ends.
func streamLines(ctx context.Context, address string, lines chan<- string) {
	defer close(lines)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	for s := bufio.NewScanner(answer.Body); s.Scan(); {
		lines <- s.Text()
	}
}

func TestSendsAtOnceAreAllCounted(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.RateLimit, c.NoEndings, c.WebhookBatch, c.WebhookWorkers = -1, true, 100, 4 })
	const senders, each = 8, 250
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			for i := range each {
				body := utility(fmt.Sprintf("54911%02d%06d", s, i))
				body["biz_opaque_callback_data"] = fmt.Sprintf("m_%d_%d", s, i)
				if a := w.send(body); a.status != 200 {
					t.Errorf("%s", a.raw)
				}
			}
		})
	}
	all.Wait()
	w.pass(10 * time.Second)
	s := w.Stats()
	if s.Accepted != senders*each || s.DistinctCallbacks != senders*each || s.Statuses["sent"] != senders*each || s.Statuses["delivered"] != senders*each {
		t.Errorf("stats %+v", s)
	}
	if s.WebhookChanges != 2*senders*each || s.WebhookPending != 0 {
		t.Errorf("webhooks %+v", s)
	}
}

func TestTheSameSeedGivesTheSameOutcomes(t *testing.T) {
	run := func() string {
		w := newWorld(t, func(c *Config) { c.Quiet = false })
		var out []string
		for i := range 20 {
			out = append(out, w.send(utility(fmt.Sprintf("5491155555%03d", 100+i))).messageID())
		}
		w.pass(2 * time.Minute)
		for i, id := range out {
			out[i] = id + fmt.Sprint(w.statuses(id))
		}
		return strings.Join(out, "\n")
	}
	if first, second := run(), run(); first != second {
		t.Error("two runs differ")
	}
}

func TestTheClockCanRunFast(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	c := newClock(func() time.Time { return at }, 60)
	start := c.Now()
	at = at.Add(time.Second)
	if got := c.Now().Sub(start); got != time.Minute {
		t.Errorf("a second was %s", got)
	}
	c.setSpeed(1)
	at = at.Add(time.Second)
	if got := c.Now().Sub(start); got != time.Minute+time.Second {
		t.Errorf("after slowing down: %s", got)
	}
	if told := c.Told(); !told.Equal(at) {
		t.Errorf("webhooks tell %s, not %s", told, at)
	}
	c.pushTo(start)
	if got := c.Now().Sub(start); got != time.Minute+time.Second {
		t.Errorf("moved back: %s", got)
	}
}

func TestStatusesComeInRealTimeToo(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Now, c.Speed = nil, 50 })
	id := w.send(utility(ana)).messageID()
	waitFor(t, func() bool { return len(w.statuses(id)) == 2 })
	equal(t, w.statuses(id), []string{"sent", "delivered"})
}

func FuzzParseSend(f *testing.F) {
	for _, r := range records(f) {
		if r.Direction == "send" && len(r.Request.Body) > 0 {
			f.Add([]byte(r.Request.Body))
		}
	}
	f.Add([]byte(`{"messaging_product":"whatsapp","to":null,"text":{"body":1}}`))
	s := New(Config{Quiet: true, IgnoreLinks: true, RateLimit: -1})
	f.Fuzz(func(t *testing.T, body []byte) {
		rec := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/v27.0/"+DemoNumberVentas+"/messages", strings.NewReader(string(body)))
		r.Header.Set("Authorization", token)
		s.ServeHTTP(rec, r)
		var answer map[string]any
		if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
			t.Fatalf("answered %q", rec.Body)
		}
		if _, refused := answer["error"]; refused == (rec.Code == 200) {
			t.Errorf("status %d with %s", rec.Code, rec.Body)
		}
		s.Advance(time.Minute)
	})
}

func FuzzEscape(f *testing.F) {
	f.Add("¿Está \\ listo? \"https://a.example/é\" 👍 \u2028 \x00")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		var got string
		if err := json.Unmarshal(escape(encode(text)), &got); err != nil || got != text {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	})
}

func TestPiecesReadWhatPlaceholderMatches(t *testing.T) {
	for _, text := range []string{"Hola {{1}}, {{ 2 }} y {{1}}", "nada", "{{nombre}}", "{{1}}{{2}}", "roto {{1"} {
		_, names := pieces(text)
		equal(t, names, distinct(placeholder.FindAllStringSubmatch(text, -1)))
	}
}

// BenchmarkAcceptSends measures what accepting a template send costs without statuses, as in load tests.
func BenchmarkAcceptSends(b *testing.B) {
	s := New(Config{Quiet: true, Statuses: StatusNone, RateLimit: -1, KeepThreads: -1, NoEndings: true})
	var next atomic.Int64
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
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
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
	b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/float64(b.N), "kept-B/send")
	runtime.KeepAlive(s)
}
