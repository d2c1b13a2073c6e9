package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// errKilled is what a killed simulator's journal answers.
var errKilled = errors.New("killed")

// house is a folder in which simulators live one after the other, on a clock that goes on between them.
type house struct {
	t      *testing.T
	hook   *callback
	config Config
	folder string
}

func newHouse(t *testing.T, adjust ...func(*Config)) *house {
	t.Helper()
	h := &house{t: t, hook: newCallback(t), folder: t.TempDir()}
	h.config = Config{Seed: 7, Now: stillClock(), CallbackURL: h.hook.URL, Quiet: true, IgnoreLinks: true, WebhookWorkers: 1, Journal: h.folder}
	for _, a := range adjust {
		a(&h.config)
	}
	return h
}

// open starts the simulator that the folder remembers.
func (h *house) open() *world {
	h.t.Helper()
	s, err := Open(h.config)
	if err != nil {
		h.t.Fatal(err)
	}
	w := &world{Server: s, t: h.t, hook: h.hook}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = w.Run(ctx) }()
	h.t.Cleanup(func() { cancel(); <-done; _ = s.journal.file.Close() })
	return w
}

// abandon ends a simulator as a kill does: whatever is not in the file by now never gets there, and nothing more is told to anyone.
func (w *world) abandon() { w.journal.fail(errKilled) }

// reopen abandons a simulator and opens the next.
func (h *house) reopen(w *world) *world {
	h.t.Helper()
	w.abandon()
	return h.open()
}

// sameCounts compares what the next simulator counts with what its predecessor did.
func sameCounts(t *testing.T, got, want Stats) {
	t.Helper()
	for _, s := range []*Stats{&got, &want} {
		s.WebhookPosts, s.WebhookChanges, s.WebhookFailures, s.WebhookPending = 0, 0, 0, 0
	}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("counts\n%+v, want\n%+v", got, want)
	}
}

// once are the statuses of a message without those told again after a kill.
func (w *world) once(id string) []string {
	w.t.Helper()
	var out []string
	for _, status := range w.statuses(id) {
		if !slices.Contains(out, status) {
			out = append(out, status)
		}
	}
	return out
}

// thread is what the handset shows of ana's thread with Ventas.
func (w *world) thread() string {
	w.t.Helper()
	return string(w.callAs("", "GET", "/control/customers/"+ana+"?number="+DemoNumberVentas, nil).raw)
}

func TestAKillForgetsNothing(t *testing.T) {
	t.Run("accepted sends are counted and listed", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		for i := range 10 {
			body := utility(fmt.Sprintf("54911555501%02d", i/2))
			body["biz_opaque_callback_data"] = fmt.Sprint("m_", i/3)
			w.send(body)
		}
		w.send(map[string]any{"messaging_product": "whatsapp", "to": "x"})
		before, listed := w.Stats(), w.Messages(Filter{})
		w = h.reopen(w)
		sameCounts(t, w.Stats(), before)
		if before.DistinctPairs != 5 || before.DuplicateCallbacks != 6 || before.Refused != 1 || !slices.Equal(w.Messages(Filter{}), listed) {
			t.Errorf("stats %+v, listed %v, want %v", before, w.Messages(Filter{}), listed)
		}
	})
	t.Run("every send answered with 200 is in the file at that moment", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		for i := range 20 {
			id := w.send(utility(fmt.Sprintf("54911555503%02d", i))).messageID()
			text, err := os.ReadFile(filepath.Join(h.folder, journalName))
			if err != nil || !strings.Contains(string(text), fmt.Sprintf(`"send":{"s":%d,`, w.sequence)) {
				t.Fatalf("%s is not in the journal: %v", id, err)
			}
		}
	})
	t.Run("status chains go on where they were", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		for _, step := range []time.Duration{0, 2 * time.Second, 20 * time.Second} {
			who := fmt.Sprintf("549115555%04d", 2000+int(step/time.Second))
			id := w.send(utility(who)).messageID()
			w.pass(step)
			w = h.reopen(w)
			w.pass(time.Minute)
			if got := w.once(id); !slices.Equal(got, []string{"sent", "delivered"}) {
				t.Errorf("after %s: %v", step, got)
			}
			if err := w.OpenThread(who, DemoNumberVentas); err != nil {
				t.Fatal(err)
			}
			w = h.reopen(w)
			w.pass(time.Second)
			if got := w.once(id); !slices.Equal(got, []string{"sent", "delivered", "read"}) {
				t.Errorf("after %s and reading: %v", step, got)
			}
		}
		if s := w.Stats(); s.Statuses["sent"] != 3 || s.Statuses["delivered"] != 3 || s.Statuses["read"] != 3 {
			t.Errorf("each status was emitted once by the count, not %v", s.Statuses)
		}
	})
	t.Run("a message that will fail still fails", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		id := w.send(utility("5491155550001")).messageID()
		w = h.reopen(w)
		w.pass(time.Minute)
		equal(t, w.once(id), []string{"failed:131026"})
	})
	t.Run("an unread message is read when its thread is opened", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		id := w.send(utility(ana)).messageID()
		w.pass(time.Minute)
		w = h.reopen(w)
		if err := w.OpenThread(ana, DemoNumberVentas); err != nil {
			t.Fatal(err)
		}
		w.settle()
		equal(t, w.once(id), []string{"sent", "delivered", "read"})
	})
	t.Run("what waits for an offline phone arrives when it is online", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		w.says(ana, "Hola")
		off, on := true, false
		if err := w.ChangePerson(ana, PersonChange{Offline: &off}); err != nil {
			t.Fatal(err)
		}
		id := w.send(text(ana, "¿Sigues ahí?")).messageID()
		w.pass(time.Minute)
		w = h.reopen(w)
		w.pass(time.Minute)
		equal(t, w.once(id), []string{"sent"})
		if err := w.ChangePerson(ana, PersonChange{Offline: &on}); err != nil {
			t.Fatal(err)
		}
		w = h.reopen(w)
		w.pass(time.Minute)
		equal(t, w.once(id), []string{"sent", "delivered"})
	})
	t.Run("the service window is remembered, and ends when it would have", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		w.says(ana, "Hola")
		w = h.reopen(w)
		id := w.send(text(ana, "¡Hola!")).messageID()
		w.pass(24*time.Hour + time.Minute)
		w = h.reopen(w)
		late := w.send(text(ana, "¿Hola?")).messageID()
		w.pass(time.Minute)
		equal(t, w.once(id), []string{"sent", "delivered"})
		equal(t, w.once(late), []string{"failed:131047"})
	})
	t.Run("threads look the same on the handset", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		id := w.send(marketing(ana)).messageID()
		w.pass(time.Minute)
		if _, err := w.Say(ana, Said{Number: DemoNumberVentas, Type: "tap", ReplyTo: id, Choice: "0"}); err != nil {
			t.Fatal(err)
		}
		said := w.says(ana, "¿Tienen en azul? 👍 </script>")
		if _, err := w.Say(ana, Said{Number: DemoNumberVentas, Type: "image", Text: "así"}); err != nil {
			t.Fatal(err)
		}
		w.send(map[string]any{"messaging_product": "whatsapp", "to": "+" + ana, "type": "reaction",
			"reaction": map[string]any{"message_id": said, "emoji": "❤️"}})
		w.send(map[string]any{"messaging_product": "whatsapp", "status": "read", "message_id": said})
		w.pass(time.Minute)
		before := w.thread()
		w = h.reopen(w)
		if got := w.thread(); got != before || !strings.Contains(before, "❤️") {
			t.Errorf("the thread is\n%s, was\n%s", got, before)
		}
	})
	t.Run("a tap after the kill finds its button", func(t *testing.T) {
		h := newHouse(t, func(c *Config) { c.Quiet, c.Script = false, Script{TapShare: 1, Delay: time.Minute} })
		w := h.open()
		w.send(marketing(ana))
		w = h.reopen(w)
		w.pass(10 * time.Second)
		w = h.reopen(w)
		w.pass(2 * time.Minute)
		if got := w.inboxMessages(); len(got) != 1 || got[0]["type"] != "button" {
			t.Errorf("heard %v", got)
		}
		if s := w.Stats(); s.Inbound != 1 {
			t.Errorf("inbound %d", s.Inbound)
		}
	})
	t.Run("people keep what they are and whom they block", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		id, err := w.AddPerson(Person{Username: "@luz", Name: "Luz"})
		if err != nil {
			t.Fatal(err)
		}
		w.says(ana, "Hola")
		moved := "+54 9 11 5555-0444"
		for _, err := range []error{w.Marketing(ana, DemoNumberVentas, true), w.Block(ana, DemoNumberSoporte, true),
			w.ChangePerson(ana, PersonChange{Number: &moved})} {
			if err != nil {
				t.Fatal(err)
			}
		}
		list := func() string { return string(w.callAs("", "GET", "/control/customers", nil).raw) }
		before := list()
		w = h.reopen(w)
		if got := list(); got != before || !strings.Contains(got, `"opted_out":true`) {
			t.Errorf("people are %s, were %s", got, before)
		}
		next, err := w.AddPerson(Person{Username: "@sol"})
		if err != nil || next == id {
			t.Errorf("the next customer is %q, after %q: %v", next, id, err)
		}
	})
	t.Run("message ids never come again", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		seen := map[string]bool{}
		for i := range 6 {
			for _, id := range []string{w.send(utility(fmt.Sprintf("54911555507%02d", i))).messageID(), w.says(ana, "Hola")} {
				if seen[id] {
					t.Errorf("%s was given out twice", id)
				}
				seen[id] = true
			}
			if i == 3 {
				w.Reset()
			}
			w = h.reopen(w)
		}
	})
	t.Run("templates and numbers stay as they were changed, and plans about them hold", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		made := w.call("POST", "/v27.0/"+DemoAccountAurora+"/message_templates", map[string]any{"name": "saludo", "language": "es",
			"category": "UTILITY", "components": []any{map[string]any{"type": "BODY", "text": "Hola"}}}).body["id"].(string)
		w.callAs("", "POST", "/control/templates/7090010010010001", map[string]any{"event": "pause"})
		w.call("DELETE", "/v27.0/"+DemoAccountAurora+"/message_templates?name=cupon_copia", nil)
		w.callAs("", "POST", "/control/numbers/"+DemoNumberVentas, map[string]any{"status": "DISCONNECTED", "quality": "RED"})
		w.call("POST", "/v27.0/"+DemoNumberSoporte+"/whatsapp_business_profile", map[string]any{"messaging_product": "whatsapp", "about": "Aquí"})
		state := func() string {
			return fmt.Sprint(w.callAs("", "GET", "/control/state", nil).body["accounts"],
				w.call("GET", "/v27.0/"+DemoNumberSoporte+"/whatsapp_business_profile", nil).body)
		}
		before := state()
		w = h.reopen(w)
		if got := state(); got != before {
			t.Errorf("state %s, was %s", got, before)
		}
		w.pass(4 * time.Hour)
		for _, id := range []string{made, "7090010010010001"} {
			if got := w.call("GET", "/v27.0/"+id+"?fields=status", nil).body["status"]; got != "APPROVED" {
				t.Errorf("template %s is %v", id, got)
			}
		}
	})
	t.Run("uploaded media can still be fetched and removed", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		if _, err := w.Say(ana, Said{Number: DemoNumberVentas, Type: "document", Data: []byte("hola"), Mime: "text/plain"}); err != nil {
			t.Fatal(err)
		}
		id := w.media.order[0].id
		w = h.reopen(w)
		if a := w.callAs("", "GET", "/control/media/"+id, nil); string(a.raw) != "hola" || a.header.Get("Content-Type") != "text/plain" {
			t.Errorf("got %q", a.raw)
		}
		w.call("DELETE", "/v27.0/"+id, nil)
		w = h.reopen(w)
		if a := w.callAs("", "GET", "/control/media/"+id, nil); a.status != http.StatusNotFound {
			t.Errorf("got %d", a.status)
		}
	})
	t.Run("the clock never goes back", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		w.Advance(50 * time.Hour)
		w.Advance(10 * time.Minute)
		before, told := w.Now(), w.clock.Told()
		if w = h.reopen(w); w.Now().Before(before.Truncate(time.Millisecond)) || !w.clock.Told().Equal(told) {
			t.Errorf("it is %s after %s, and told is %s after %s", w.Now(), before, w.clock.Told(), told)
		}
	})
	t.Run("Reset empties the folder too", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		w.says(ana, "Hola")
		w.send(utility(ana))
		w.Reset()
		w = h.reopen(w)
		if s := w.Stats(); s.Accepted != 0 || s.Inbound != 0 || s.PlannedSteps != 0 || len(w.crowd.order) != 0 {
			t.Errorf("left: %+v", s)
		}
	})
}

func TestWebhooksSurviveAKill(t *testing.T) {
	t.Run("those not answered with 200 come again, in order", func(t *testing.T) {
		h := newHouse(t)
		h.hook.failNext = 1 << 30
		w := h.open()
		w.says(ana, "uno")
		w.says(ana, "dos")
		id := w.send(text(ana, "tres")).messageID()
		w.pass(20 * time.Second)
		w.abandon()
		h.hook.mu.Lock()
		h.hook.failNext = 0
		h.hook.mu.Unlock()
		w = h.open()
		w.settle()
		var heard []string
		for _, m := range w.inboxMessages() {
			heard = append(heard, m["text"].(map[string]any)["body"].(string))
		}
		equal(t, heard, []string{"uno", "dos"})
		equal(t, w.once(id), []string{"sent", "delivered"})
	})
	t.Run("those answered do not", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		w.says(ana, "uno")
		w.settle()
		w.remember()
		before := w.Stats()
		w = h.reopen(w)
		w.settle()
		if got := w.inboxMessages(); len(got) != 1 {
			t.Errorf("heard %d times", len(got))
		}
		if s := w.Stats(); s.WebhookPosts != before.WebhookPosts || s.WebhookChanges != 1 {
			t.Errorf("stats %+v", s)
		}
	})
	t.Run("those nobody will get are not kept", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		if _, err := w.AddFault(Fault{Kind: FaultWebhookDrop}); err != nil {
			t.Fatal(err)
		}
		w.says(ana, "uno")
		w.remember()
		w = h.reopen(w)
		w.settle()
		if s := w.Stats(); s.WebhookDropped != 1 || s.WebhookPending != 0 || len(w.inboxMessages()) != 0 {
			t.Errorf("stats %+v", s)
		}
	})
	t.Run("they go to the callback of today's configuration", func(t *testing.T) {
		h := newHouse(t)
		h.hook.failNext = 1 << 30
		w := h.open()
		w.says(ana, "uno")
		w.abandon()
		h.hook = newCallback(t)
		h.config.CallbackURL = h.hook.URL
		w = h.open()
		w.settle()
		if len(w.inboxMessages()) != 1 {
			t.Errorf("heard %v", w.inboxMessages())
		}
	})
	t.Run("nothing is told before it is written", func(t *testing.T) {
		h := newHouse(t)
		w := h.open()
		w.abandon()
		w.says(ana, "uno")
		w.settle()
		if got := w.inboxMessages(); len(got) != 0 {
			t.Errorf("heard %v", got)
		}
		if a := w.send(utility(ana)); a.status != http.StatusInternalServerError {
			t.Errorf("a send that cannot be remembered answers %d", a.status)
		}
	})
}
