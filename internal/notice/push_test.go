package notice_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/notice"
	"recado/internal/publicnet"
)

// pushing is a house that pushes to one browser of Ana.
type pushing struct {
	*house
	service *service
	pushes  *notice.Pushes
	jobs    *job.Room
	visible atomic.Bool
	ended   atomic.Bool // Ana's session
	shut    atomic.Bool // Ana is no member any more
	blind   atomic.Bool // Ana reaches no conversation
	stop    func()
}

const anaSession = db.ID(7001)

func openPushing(t *testing.T, d *db.DB) *pushing {
	h := &pushing{house: open(t, d), service: openService(t)}
	h.start()
	h.subscribe()
	return h
}

// start makes the rooms anew, as a node does that starts, and works.
func (h *pushing) start() {
	h.t.Helper()
	var err error
	h.jobs, err = job.New(h.d)
	h.must(err)
	h.must(h.jobs.Migrate(h.t.Context()))
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	h.must(err)
	h.pushes = notice.NewPushes(h.room, notice.Outside{Jobs: h.jobs, Sealer: sealer, Rules: publicnet.Rules{Private: true, Timeout: 500 * time.Millisecond},
		Person: func(_ context.Context, workspace, user db.ID) (account.Actor, conversation.Reach, error) {
			if h.shut.Load() {
				return account.Actor{}, conversation.Reach{}, fault.New(fault.Unauthorized, "account.not_member", "no member")
			}
			return h.ana, conversation.Reach{Workspace: workspace, All: !h.blind.Load()}, nil
		},
		Lives: func(_ context.Context, session db.ID) (bool, error) {
			return session == anaSession && !h.ended.Load(), nil
		},
		Visible: func(workspace, user db.ID) bool {
			return h.visible.Load() && workspace == h.workspace && user == h.ana.User
		}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.jobs.Run(ctx) }()
	h.stop = func() {
		h.t.Helper()
		cancel()
		h.must(<-done)
		h.stop = func() {}
	}
	h.t.Cleanup(func() { h.stop() })
}

func (h *pushing) subscribe() {
	h.t.Helper()
	var err error
	h.service.known, err = h.pushes.PublicKey(h.t.Context())
	h.must(err)
	h.must(h.pushes.Subscribe(h.t.Context(), h.ana, h.service.browser(anaSession)))
}

func (h *pushing) browsers() []notice.Subscription {
	h.t.Helper()
	all, err := h.pushes.Subscriptions(h.t.Context(), h.ana)
	h.must(err)
	return all
}

// answered lets the customer write and gives what was told to the pushes.
func (h *pushing) answered(message int, text string) {
	h.t.Helper()
	h.hears(conversation.MessageReceived, fmt.Sprintf(`{"message_id":"%d","conversation_id":"TALK","ticket_id":"9","kind":"text","text":%q}`, message, text))
	h.follows()
}

// follows gives the newest fact to the pushes, as the log does.
func (h *pushing) follows() {
	h.t.Helper()
	last, err := db.One[struct {
		Seq  int64  `db:"seq"`
		Kind string `db:"kind"`
		Data []byte `db:"data_json"`
		At   int64  `db:"created_at"`
	}](h.t.Context(), h.d, "select seq, kind, data_json, created_at from events where workspace_id = $1 order by seq desc limit 1", h.workspace)
	h.must(err)
	if last.Kind != notice.Told {
		h.t.Fatalf("the last fact is %s", last.Kind)
	}
	told := event.Event{Workspace: h.workspace, Kind: last.Kind, Data: last.Data, At: last.At}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		return h.pushes.Subscriber().React(ctx, tx, []event.Event{told})
	})
}

func (h *pushing) waits(what string, reached func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !reached(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("%s did not happen; heard %+v", what, h.service.got())
		}
	}
}

// idle waits until no job is left and tells how many pushes came.
func (h *pushing) idle() int {
	h.t.Helper()
	h.waits("the end of the jobs", func() bool {
		n, err := db.One[int](h.t.Context(), h.d, "select count(*) from river_job where kind = 'notice.push' and state not in ('completed', 'cancelled', 'discarded')")
		h.must(err)
		return n == 0
	})
	return len(h.service.got())
}

func TestPush(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("a browser decrypts what it is told, in the person's language, without what was written", func(t *testing.T) {
			h := openPushing(t, d)
			h.answered(11, "¿sigue ahí?")
			h.waits("a push", func() bool { return len(h.service.got()) == 1 })
			one := h.service.got()[0]
			if one.Kind != notice.Answered || one.Conversation != h.talk || !strings.Contains(one.Title, "te escribió") || one.Body != "Abre la conversación para verlo." {
				t.Errorf("%+v", one)
			}
			if one.header.Get("Topic") != h.talk.String() || len(one.header.Get("Topic")) > 32 || one.header.Get("Urgency") != "high" || one.header.Get("TTL") == "0" {
				t.Errorf("%v", one.header)
			}
			h.waits("the time of success", func() bool { return h.browsers()[0].SentAt > 0 })
		})
		t.Run("what was written stands there when the person allows it, and how often", func(t *testing.T) {
			h := openPushing(t, d)
			settings, err := h.room.SettingsOf(t.Context(), h.ana)
			h.must(err)
			settings.PushText = true
			h.must(h.room.Set(t.Context(), h.ana, settings))
			h.visible.Store(true)
			h.answered(11, "uno")
			h.visible.Store(false)
			h.answered(12, "dos")
			h.waits("a push", func() bool { return len(h.service.got()) == 1 })
			if one := h.service.got()[0]; one.Body != "dos" || !strings.HasSuffix(one.Title, "(2)") {
				t.Errorf("%+v", one)
			}
		})
		t.Run("404 and 410 end the subscription, other refusals only this push", func(t *testing.T) {
			h := openPushing(t, d)
			for i, status := range []int{400, 401, 403, 413} {
				h.service.will(reply{status: status})
				h.answered(20+i, "hola")
				if n := h.idle(); n != i+1 || len(h.browsers()) != 1 {
					t.Fatalf("%d: %d pushes, %d browsers", status, n, len(h.browsers()))
				}
			}
			for i, status := range []int{404, 410} {
				h.service.will(reply{status: status})
				h.answered(30+i, "hola")
				if n := h.idle(); n != 5+i || len(h.browsers()) != 0 {
					t.Fatalf("%d: %d pushes, %d browsers", status, n, len(h.browsers()))
				}
				h.subscribe()
			}
		})
		t.Run("429, 500 and silence are tried again, no sooner than the service asks", func(t *testing.T) {
			h := openPushing(t, d)
			h.service.will(reply{status: 429, retryAfter: "3"}, reply{status: 500}, reply{status: 201, slow: time.Second})
			began := time.Now()
			h.answered(11, "hola")
			h.waits("the second try", func() bool { return len(h.service.got()) >= 2 })
			if pause := time.Since(began); pause < 3*time.Second {
				t.Errorf("again after %v", pause)
			}
			h.waits("the fourth try", func() bool { return h.idle() == 4 })
			if len(h.browsers()) != 1 || h.browsers()[0].SentAt == 0 {
				t.Errorf("%+v", h.browsers())
			}
		})
		t.Run("what the service would have an hour later is given up", func(t *testing.T) {
			h := openPushing(t, d)
			h.service.will(reply{status: 503, retryAfter: time.Now().Add(2 * time.Hour).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")})
			h.answered(11, "hola")
			if n := h.idle(); n != 1 {
				t.Errorf("%d pushes", n)
			}
		})
		t.Run("a push that waits survives a restart", func(t *testing.T) {
			h := openPushing(t, d)
			h.stop()
			key := h.service.known
			h.answered(11, "hola")
			if len(h.service.got()) != 0 {
				t.Fatal("nobody worked, yet it was pushed")
			}
			h.start()
			h.waits("the push", func() bool { return len(h.service.got()) == 1 })
			if again, err := h.pushes.PublicKey(t.Context()); err != nil || again != key {
				t.Errorf("the key is another after the restart: %v", err)
			}
		})
		t.Run("nothing is pushed to who has a desk before their eyes", func(t *testing.T) {
			h := openPushing(t, d)
			h.visible.Store(true)
			h.answered(11, "hola")
			if n := h.idle(); n != 0 {
				t.Fatalf("%d pushes", n)
			}
			h.visible.Store(false)
			h.stop()
			h.answered(12, "hola")
			h.visible.Store(true) // comes back before it left
			h.start()
			if n := h.idle(); n != 0 {
				t.Fatalf("%d pushes after coming back", n)
			}
		})
		t.Run("who does not want to be disturbed is not", func(t *testing.T) {
			h := openPushing(t, d)
			usual, err := h.room.SettingsOf(t.Context(), h.ana)
			h.must(err)
			for i, change := range []func(*notice.Settings){
				func(s *notice.Settings) { s.QuietFrom = 1 },
				func(s *notice.Settings) { s.QuietFrom, s.QuietTill = 1, d.Now()+60_000 },
				func(s *notice.Settings) { s.Answered = false },
			} {
				h.stop() // so that the wish comes after the notice
				h.must(h.room.Set(t.Context(), h.ana, usual))
				h.answered(10+i, "hola")
				wish := usual
				change(&wish)
				h.must(h.room.Set(t.Context(), h.ana, wish))
				h.start()
				if n := h.idle(); n != 0 {
					t.Fatalf("%d pushes at wish %d", n, i)
				}
			}
			usual.QuietFrom, usual.QuietTill = 1, d.Now()-1
			h.must(h.room.Set(t.Context(), h.ana, usual))
			h.answered(20, "hola")
			h.waits("the push after the quiet", func() bool { return h.idle() == 1 })
		})
		t.Run("what was read, or is told again later, is not pushed", func(t *testing.T) {
			h := openPushing(t, d)
			h.stop()
			h.answered(11, "hola")
			h.must(h.room.MarkRead(t.Context(), h.ana, h.talk))
			h.start()
			if n := h.idle(); n != 0 {
				t.Fatalf("%d pushes of what was read", n)
			}
			h.stop()
			for message := 12; message < 15; message++ {
				h.answered(message, "hola")
			}
			h.start()
			if n := h.idle(); n != 1 || !strings.HasSuffix(h.service.got()[0].Title, "(3)") {
				t.Fatalf("%d pushes of three messages: %+v", n, h.service.got())
			}
		})
		t.Run("who was shut out, lost the conversation or signed out is told nothing", func(t *testing.T) {
			h := openPushing(t, d)
			for i, state := range []*atomic.Bool{&h.shut, &h.blind} {
				state.Store(true)
				h.answered(11+i, "hola")
				if n := h.idle(); n != 0 || len(h.browsers()) != 1 {
					t.Fatalf("%d pushes", n)
				}
				state.Store(false)
			}
			h.ended.Store(true)
			h.answered(13, "hola")
			if n := h.idle(); n != 0 || len(h.browsers()) != 0 {
				t.Fatalf("%d pushes after the session, %d browsers", n, len(h.browsers()))
			}
			h.ended.Store(false)
			h.subscribe()
			h.must(h.pushes.SignedOut(t.Context(), anaSession))
			if len(h.browsers()) != 0 {
				t.Error("signed out, and still a browser")
			}
		})
		t.Run("a test is pushed at once, whatever the wishes, and says what is wrong", func(t *testing.T) {
			h := openPushing(t, d)
			h.must(h.room.Set(t.Context(), h.ana, notice.Settings{QuietFrom: 1}))
			h.visible.Store(true)
			h.must(h.pushes.Test(t.Context(), h.ana, anaSession))
			if got := h.service.got(); len(got) != 1 || got[0].Kind != "test" || got[0].header.Get("Topic") != "" {
				t.Fatalf("%+v", got)
			}
			h.service.will(reply{status: 500}, reply{status: 410})
			for _, code := range []string{"push.failed", "push.gone", "push.not_on"} {
				wantCode(t, h.pushes.Test(t.Context(), h.ana, anaSession), code)
			}
		})
		t.Run("a browser belongs to one person, and a person to twenty browsers at most", func(t *testing.T) {
			h := openPushing(t, d)
			first := h.service.browser(anaSession)
			first.Session = 8001
			h.must(h.pushes.Subscribe(t.Context(), h.luis, first))
			if len(h.browsers()) != 0 {
				t.Error("two people on one browser")
			}
			for i := range 25 {
				h.must(h.pushes.Subscribe(t.Context(), h.ana, h.service.browser(db.ID(9000+i))))
			}
			all := h.browsers()
			if len(all) != 20 || all[0].Session != 9024 {
				t.Errorf("%d browsers", len(all))
			}
			wantCode(t, h.pushes.Unsubscribe(t.Context(), h.luis, all[0].ID), "push.subscription_unknown")
			h.must(h.pushes.Unsubscribe(t.Context(), h.ana, all[0].ID))
		})
	})
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%v, want %s", err, code)
	}
}

func TestWhichBrowsers(t *testing.T) {
	d := dbtest.SQLite(t)
	h := openPushing(t, d)
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	h.must(err)
	jobs, err := job.New(d)
	h.must(err)
	strict := notice.NewPushes(h.room, notice.Outside{Jobs: jobs, Sealer: sealer})
	good := h.service.browser(anaSession)
	good.Endpoint = "https://push.example/send/1"
	h.must(strict.Subscribe(t.Context(), h.ana, good))
	point := func(bytes []byte) string { return base64.RawURLEncoding.EncodeToString(bytes) }
	for name, c := range map[string]struct {
		change func(*notice.Browser)
		code   string
	}{
		"plain http":            {func(b *notice.Browser) { b.Endpoint = "http://push.example/1" }, "push.endpoint_invalid"},
		"no address":            {func(b *notice.Browser) { b.Endpoint = "push" }, "push.endpoint_invalid"},
		"a name and password":   {func(b *notice.Browser) { b.Endpoint = "https://a:b@push.example/1" }, "push.endpoint_invalid"},
		"too long":              {func(b *notice.Browser) { b.Endpoint += strings.Repeat("a", 1000) }, "push.endpoint_invalid"},
		"a line break":          {func(b *notice.Browser) { b.Endpoint += "\n" }, "push.endpoint_invalid"},
		"this machine":          {func(b *notice.Browser) { b.Endpoint = "https://127.0.0.1/1" }, "push.endpoint_private"},
		"our network":           {func(b *notice.Browser) { b.Endpoint = "https://[fd00::1]/1" }, "push.endpoint_private"},
		"no key":                {func(b *notice.Browser) { b.P256dh = "" }, "push.keys_invalid"},
		"a point off the curve": {func(b *notice.Browser) { b.P256dh = point(append([]byte{4}, make([]byte, 64)...)) }, "push.keys_invalid"},
		"a short secret":        {func(b *notice.Browser) { b.Auth = point(make([]byte, 15)) }, "push.keys_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := good
			c.change(&bad)
			wantCode(t, strict.Subscribe(t.Context(), h.ana, bad), c.code)
		})
	}
	wantCode(t, strict.Subscribe(t.Context(), account.Actor{Workspace: h.workspace}, good), "account.users_only")
	if all := h.browsers(); len(all) != 1 || all[0].Endpoint != good.Endpoint {
		t.Errorf("%+v", all)
	}
}

// FuzzBrowser: whatever a browser says is refused in words or can be pushed to.
func FuzzBrowser(f *testing.F) {
	f.Add("https://push.example/1", "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM", "tBHItJI5svbpez7KI4CCXg")
	f.Add("https://push.example/1", "", "AAAA")
	f.Add("\x00", "BA", "=")
	f.Fuzz(func(t *testing.T, endpoint, key, secret string) {
		b := notice.Browser{Endpoint: endpoint, P256dh: key, Auth: secret}
		if notice.CheckBrowser(b) != nil {
			return
		}
		if err := notice.Encrypts(t.Context(), b); err != nil {
			t.Errorf("%+v was taken, but nothing can be encrypted for it: %v", b, err)
		}
	})
}
