package whatsapp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"recado/internal/channel"
	"recado/internal/channel/channeltest"
	"recado/internal/simulator"
)

// world is a running simulator that posts to a callback, and an adapter that talks to it.
type world struct {
	*simulator.Server
	*Adapter
	t  *testing.T
	mu sync.Mutex
	in []channel.Event
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !w.Authentic(r.Header, body) {
			t.Error("the simulator's signature is refused")
		}
		events, err := w.Parse(body)
		if err != nil {
			t.Errorf("parse %s: %v", body, err)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.in = append(w.in, events...)
	}))
	t.Cleanup(hook.Close)
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	w.Server = simulator.New(simulator.Config{Seed: 7, Now: func() time.Time { return at }, CallbackURL: hook.URL, Quiet: true, IgnoreLinks: true, WebhookWorkers: 1})
	graph := httptest.NewServer(w.Server)
	t.Cleanup(graph.Close)
	w.Adapter = New(Config{GraphURL: graph.URL, AppSecret: simulator.DemoAppSecret, VerifyToken: simulator.DemoVerifyToken})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

// told moves the simulator's clock and gives the events that arrived since the last time.
func (w *world) told(d time.Duration) []channel.Event {
	w.t.Helper()
	w.Advance(d)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := w.Settle(ctx); err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.in
	w.in = nil
	return out
}

func TestAgainstTheSimulator(t *testing.T) {
	t.Run("takes every send we can write", func(t *testing.T) {
		for name := range sends {
			if name == "send_text_user_id" {
				continue // a person without a number: below
			}
			w := newWorld(t)
			if name == "send_text_reply" || strings.HasPrefix(name, "send_reaction") { // their quoted message is of the recording
				id, err := w.Say("5491155550111", simulator.Said{Number: credentials.InboxExternalID, Type: "text", Text: "hola"})
				if err != nil {
					t.Fatal(err)
				}
				m := outbound(name)
				m.ReplyTo = id
				if _, err := w.Send(t.Context(), credentials, m); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if yes, err := w.Send(t.Context(), credentials, outbound(name)); err != nil || yes.ExternalID == "" {
				t.Errorf("%s: %+v, %v", name, yes, err)
			}
		}
	})

	t.Run("its statuses carry our reference and go forward", func(t *testing.T) {
		w := newWorld(t)
		yes, err := w.Send(t.Context(), credentials, outbound("send_template"))
		if err != nil {
			t.Fatal(err)
		}
		var kinds []channel.StatusKind
		for _, e := range w.told(time.Hour) {
			if e.Status == nil || e.Status.ExternalID != yes.ExternalID || e.Status.Reference != "m_2001" || e.InboxExternalID != credentials.InboxExternalID {
				t.Errorf("odd event %s", channeltest.Plain([]channel.Event{e}))
				continue
			}
			kinds = append(kinds, e.Status.Kind)
		}
		if len(kinds) < 2 || kinds[0] != channel.Sent || kinds[1] != channel.Delivered {
			t.Errorf("statuses %v", kinds)
		}
	})

	t.Run("an answer outside the window is taken and then fails as window closed", func(t *testing.T) {
		w := newWorld(t)
		if _, err := w.Send(t.Context(), credentials, outbound("send_text")); err != nil {
			t.Fatal(err)
		}
		events := w.told(time.Minute)
		if len(events) != 1 || events[0].Status.Failure == nil || events[0].Status.Failure.Class != channel.WindowClosed {
			t.Errorf("got %s", channeltest.Plain(events))
		}
	})

	t.Run("a person with a username only writes and is answered by user id", func(t *testing.T) {
		w := newWorld(t)
		who, err := w.AddPerson(simulator.Person{Name: "Rayo 🌵", Username: "rayo.verde"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Say(who, simulator.Said{Number: credentials.InboxExternalID, Type: "text", Text: "hola"}); err != nil {
			t.Fatal(err)
		}
		events := w.told(time.Second)
		if len(events) != 1 || events[0].Message == nil || events[0].Message.From[0].Kind != channel.UserID || events[0].Message.Name != "Rayo 🌵" {
			t.Fatalf("got %s", channeltest.Plain(events))
		}
		m := outbound("send_text")
		m.To = events[0].Message.From[0]
		if yes, err := w.Send(t.Context(), credentials, m); err != nil || len(yes.Identities) != 1 || yes.Identities[0] != m.To {
			t.Errorf("got %+v, %v", yes, err)
		}
	})

	t.Run("every recorded hook comes through its own encoding and signature as it was recorded", func(t *testing.T) {
		w := newWorld(t)
		for _, r := range recordings(t, isHook) {
			var h hook[json.RawMessage]
			if err := json.Unmarshal(r.Webhook, &h); err != nil || h.Object != whatsappAccount {
				continue
			}
			want, err := w.Parse(r.Webhook)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range h.Entries {
				for _, c := range e.Changes {
					number := ""
					if c.Field == "messages" {
						var v struct{ Metadata metadata }
						if err := json.Unmarshal(c.Value, &v); err != nil {
							t.Fatal(err)
						}
						number = v.Metadata.Number
					}
					if err := w.Emit(e.ID, number, c.Field, c.Value); err != nil {
						t.Fatalf("%s: %v", r.name, err)
					}
				}
			}
			if got := w.told(0); string(channeltest.Plain(got)) != string(channeltest.Plain(want)) {
				t.Errorf("%s came through as %s", r.name, channeltest.Plain(got))
			}
		}
	})

	t.Run("every refusal it can be made to give has the class of its recording", func(t *testing.T) {
		w := newWorld(t)
		for _, r := range recordings(t, func(r recording) bool {
			return strings.HasPrefix(r.name, "error_") && strings.Contains(r.About, "needs a fault")
		}) {
			fault := simulator.Fault{Kind: simulator.FaultCode, Count: 1}
			var body struct {
				Error struct {
					Code int
				}
			}
			if json.Unmarshal(r.Answer.Body, &body) != nil {
				fault.Kind = map[int]string{500: simulator.FaultServerError, 503: simulator.FaultUnavailable}[r.Answer.Status]
			} else if fault.Code = body.Error.Code; fault.Code == 190 {
				fault = simulator.Fault{Kind: simulator.FaultTokenRevoked, Count: 1}
			}
			if _, err := w.AddFault(fault); err != nil {
				t.Fatal(err)
			}
			want := refusal(r.Answer.Status, http.Header{}, r.bytes())
			_, err := w.Send(t.Context(), credentials, outbound("send_template"))
			var f *channel.Failure
			if !errors.As(err, &f) || f.Class != want.Class || f.Code != want.Code {
				t.Errorf("%s: got %v, want %s %d", r.name, err, want.Class, want.Code)
			}
			w.ClearFaults()
		}
	})

	t.Run("a connection that closes before or after it was taken is unknown, and a status settles the second", func(t *testing.T) {
		for _, kind := range []string{simulator.FaultTimeoutBefore, simulator.FaultTimeoutAfter} {
			w := newWorld(t)
			if _, err := w.AddFault(simulator.Fault{Kind: kind, Count: 1, Hold: 0.01}); err != nil {
				t.Fatal(err)
			}
			if class := classOfSendOf(t, w.Adapter, "send_template"); class != channel.Unknown {
				t.Errorf("%s: %s", kind, class)
			}
			events := w.told(time.Minute)
			if taken := len(events) > 0; taken != (kind == simulator.FaultTimeoutAfter) {
				t.Errorf("%s: %d statuses", kind, len(events))
			}
			for _, e := range events {
				if e.Status.Reference != "m_2001" {
					t.Errorf("a status without our reference: %+v", e.Status)
				}
			}
		}
	})

	t.Run("lists templates and numbers, page by page", func(t *testing.T) {
		w := newWorld(t)
		templates, err := w.Templates(t.Context(), credentials)
		if err != nil || len(templates) != 8 || templates[0].ExternalID == "" || templates[0].Quality == "" || !json.Valid(templates[0].Components) {
			t.Errorf("%d templates, %v", len(templates), err)
		}
		paged, f := list[struct {
			Name string `json:"name"`
		}](t.Context(), w.Adapter, credentials, "/"+credentials.AccountExternalID+"/message_templates", "name", 3)
		if f != nil || len(paged) != len(templates) || paged[7].Name != templates[7].Name {
			t.Errorf("%v in pages of three, %v", paged, f)
		}
		numbers, err := w.Numbers(t.Context(), credentials)
		if err != nil || len(numbers) != 3 || numbers[0].Address != "5531955501001" || numbers[0].Status != "CONNECTED" {
			t.Errorf("%+v, %v", numbers, err)
		}
	})

	t.Run("a file goes up, leaves with a message, and a person's file comes down", func(t *testing.T) {
		w := newWorld(t)
		png := []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("x", 1000))
		id, err := w.Upload(t.Context(), credentials, `re"ci/bo ñ.png`, "image/png", bytes.NewReader(png))
		if err != nil || id == "" {
			t.Fatalf("%q, %v", id, err)
		}
		file, err := w.Download(t.Context(), credentials, channel.Media{ProviderID: id, URL: w.base + "/media/expired"})
		if err != nil {
			t.Fatalf("an address that is over is asked for again: %v", err)
		}
		defer file.Close()
		if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, png) {
			t.Errorf("%d bytes came back, %v", len(got), err)
		}
		if _, err := w.Upload(t.Context(), credentials, "v.webm", "audio/webm", strings.NewReader("x")); !isClass(err, channel.BadRequest) {
			t.Errorf("a kind of file that is not taken: %v", err)
		}
		if _, err := w.Download(t.Context(), credentials, channel.Media{ProviderID: "920099999999999"}); !isClass(err, channel.BadRequest) {
			t.Errorf("a file that is not there: %v", err)
		}
	})

	t.Run("marks as read", func(t *testing.T) {
		w := newWorld(t)
		id, err := w.Say("5491155550111", simulator.Said{Number: credentials.InboxExternalID, Type: "text", Text: "hola"})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.MarkRead(t.Context(), credentials, id); err != nil {
			t.Error(err)
		}
	})
}

func classOfSendOf(t *testing.T, a *Adapter, name string) channel.Class {
	t.Helper()
	_, err := a.Send(t.Context(), credentials, outbound(name))
	var f *channel.Failure
	if !errors.As(err, &f) {
		t.Fatalf("got %v", err)
	}
	return f.Class
}

func isClass(err error, class channel.Class) bool {
	var f *channel.Failure
	return errors.As(err, &f) && f.Class == class
}
