package gateway

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/channel/whatsapp"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/media"
	"recado/internal/simulator"
	"recado/internal/template"

	"github.com/prometheus/client_golang/prometheus"
)

// outside is what stays when a node dies: the provider, the address it posts to, and the files.
type outside struct {
	provider *simulator.Server
	graph    *httptest.Server
	door     *httptest.Server
	hook     atomic.Pointer[http.HandlerFunc]
	dir      string
}

func newOutside(t *testing.T, config simulator.Config) *outside {
	t.Helper()
	o := &outside{dir: t.TempDir()}
	o.door = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := o.hook.Load(); h != nil {
			(*h)(w, r)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(o.door.Close)
	config.CallbackURL = o.door.URL + "/hooks/whatsapp"
	config.Quiet = true
	if config.Speed == 0 {
		config.Speed = 20
	}
	if config.RateLimit == 0 {
		config.RateLimit = -1
	}
	o.provider = simulator.New(config)
	o.graph = httptest.NewServer(o.provider)
	t.Cleanup(o.graph.Close)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = o.provider.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return o
}

// house is one node's rooms around a gateway.
type house struct {
	*outside
	t             *testing.T
	d             *db.DB
	gate          *Room
	rooms         Rooms
	accounts      *account.Room
	workspace     db.ID
	box           inbox.Inbox
	actor         account.Actor
	stop          func()
	conversations *conversation.Room
	road          *road
}

// road is a node's way to the provider, until it is cut.
type road struct {
	http.RoundTripper
	cut atomic.Bool
}

func (r *road) RoundTrip(q *http.Request) (*http.Response, error) {
	if r.cut.Load() {
		return nil, errors.New("the node is gone")
	}
	return r.RoundTripper.RoundTrip(q)
}

const testSecret = "a key for tests that is long enough"

// build makes the rooms of a node on a database; found is true when another node made the workspace before.
func build(t *testing.T, o *outside, d *db.DB, config Config) *house {
	t.Helper()
	client := whatsapp.NewClient()
	h := &house{outside: o, t: t, d: d, road: &road{RoundTripper: client.Transport}}
	client.Transport = h.road
	bell := event.NewBell(d)
	log := event.NewLog(d, bell)
	sealer, err := inbox.NewSealer(testSecret)
	h.must(err)
	store, err := media.OpenFolder(filepath.Join(o.dir, "files"))
	h.must(err)
	t.Cleanup(func() { store.Close() })
	jobs, err := job.New(d)
	h.must(err)
	h.must(jobs.Migrate(t.Context()))
	h.accounts = account.New(d, log)
	h.rooms = Rooms{Log: log, Bell: bell, Inboxes: inbox.New(d, log, sealer), Contacts: contact.New(d, log), Templates: template.New(d, log),
		Media: media.New(d, store), Jobs: jobs}
	h.rooms.Conversations = conversation.New(d, log, h.rooms.Contacts, h.rooms.Inboxes)
	h.conversations = h.rooms.Conversations
	if config.Settle == 0 {
		config.Settle = 2 * time.Second
	}
	if config.Metrics == nil {
		config.Metrics = prometheus.NewRegistry()
	}
	adapter := whatsapp.New(whatsapp.Config{GraphURL: o.graph.URL, AppSecret: simulator.DemoAppSecret, VerifyToken: simulator.DemoVerifyToken, Client: client})
	h.gate = New(d, h.rooms, map[channel.Kind]channel.Adapter{channel.WhatsApp: adapter}, config)
	h.gate.intake.again = func(int) time.Duration { return 5 * time.Millisecond }
	hook := h.gate.Hook(channel.WhatsApp)
	o.hook.Store(&hook)
	return h
}

// open makes a workspace with the number Ventas.
func open(t *testing.T, o *outside, d *db.DB, config Config) *house {
	t.Helper()
	h := build(t, o, d, config)
	ws, err := h.accounts.CreateWorkspace(t.Context(), "Tienda Aurora", "es")
	h.must(err)
	none := 0.0
	h.box, err = h.rooms.Inboxes.Create(t.Context(), inbox.Draft{Workspace: ws.ID, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: simulator.DemoNumberVentas, Account: simulator.DemoAccountAurora, Token: simulator.DemoToken, SendRate: &none})
	h.must(err)
	h.workspace, h.actor = ws.ID, account.System(ws.ID)
	return h
}

// run starts everything; the returned function stops it in good order.
func (h *house) run() *house {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 3)
	go func() { h.rooms.Bell.Run(ctx); done <- nil }()
	go func() { done <- h.rooms.Jobs.Run(ctx) }()
	go func() { done <- h.gate.Run(ctx) }()
	h.stop = func() {
		cancel()
		for range 3 {
			if err := <-done; err != nil && !db.Unavailable(err) {
				h.t.Errorf("stopping: %v", err)
			}
		}
		h.stop = func() {}
	}
	h.t.Cleanup(func() { h.stop() })
	return h
}

// dies ends the node as a kill does: from now on nothing it still knows reaches the provider or the database. gone waits until its
// workers are over.
func (h *house) dies() (gone func()) {
	h.t.Helper()
	h.hook.Store(nil)
	h.road.cut.Store(true)
	h.must(h.d.Close())
	over := make(chan struct{})
	go func() { defer close(over); h.stop() }()
	return func() { <-over }
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// eventually waits until check stops complaining.
func (h *house) eventually(check func() error) {
	h.t.Helper()
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if err = check(); err == nil {
			return
		}
	}
	h.t.Fatalf("in vain: %v", err)
}

func (h *house) count(text string, args ...any) int64 {
	h.t.Helper()
	n, err := db.One[int64](context.Background(), h.d, text, args...)
	h.must(err)
	return n
}

// comes to a number of rows.
func (h *house) comes(want int64, text string, args ...any) {
	h.t.Helper()
	h.eventually(func() error {
		n, err := db.One[int64](context.Background(), h.d, text, args...)
		if err != nil || n != want {
			return fmt.Errorf("%s: %d (%v), want %d", text, n, err, want)
		}
		return nil
	})
}

// active queues templates to so many people, one each, as a campaign does.
func (h *house) active(from, n int) []db.ID {
	h.t.Helper()
	var ids []db.ID
	h.must(h.d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		people := make([]contact.Person, n)
		for i := range people {
			people[i] = contact.Person{Identities: []channel.Identity{{Kind: channel.Phone, Value: fmt.Sprintf("5531955%06d", from+i)}}}
		}
		resolved, err := h.rooms.Contacts.ResolveIn(ctx, tx, h.workspace, channel.WhatsApp, people)
		if err != nil {
			return err
		}
		batch := make([]conversation.CampaignMessage, n)
		for i := range batch {
			batch[i] = conversation.CampaignMessage{Inbox: h.box.ID, Contact: resolved[i].Contact, Campaign: 5, Text: "Hola",
				Template: channel.Filled{Name: "promo_primavera", Language: "es", Body: []channel.Value{{Text: "Ana"}, {Text: "20 %"}}}}
		}
		ids, err = h.conversations.QueueCampaignIn(ctx, tx, h.workspace, batch)
		return err
	}))
	return ids
}

func (h *house) status(id db.ID) conversation.Status {
	h.t.Helper()
	s, err := db.One[conversation.Status](context.Background(), h.d, "select status from messages where id = $1", id)
	h.must(err)
	return s
}

// post sends a body to the hook, signed with secret, and gives the answer's code.
func (h *house) post(body, secret string) int {
	h.t.Helper()
	req, err := http.NewRequest(http.MethodPost, h.door.URL+"/hooks/whatsapp", strings.NewReader(body))
	h.must(err)
	if secret != "" {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	answer, err := http.DefaultClient.Do(req)
	h.must(err)
	defer answer.Body.Close()
	return answer.StatusCode
}

// deliver posts a rightly signed value of a field and expects it to be kept.
func (h *house) deliver(field, number, inner string) {
	h.t.Helper()
	if code := h.post(envelope(field, number, inner), simulator.DemoAppSecret); code != http.StatusOK {
		h.t.Fatalf("the hook answered %d", code)
	}
}

func envelope(field, number, inner string) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"object":"whatsapp_business_account","entry":[{"id":"%s","changes":[{"field":"%s","value":{`, simulator.DemoAccountAurora, field)
	if number != "" {
		fmt.Fprintf(&b, `"messaging_product":"whatsapp","metadata":{"display_phone_number":"5531955501001","phone_number_id":"%s"},`, number)
	}
	b.WriteString(inner + `}}]}]}`)
	return b.String()
}

func textFrom(who, id, text string) string {
	return fmt.Sprintf(`"contacts":[{"profile":{"name":"Ana"},"wa_id":"%[1]s"}],"messages":[{"from":"%[1]s","id":"%[2]s","timestamp":"%[4]d","type":"text","text":{"body":"%[3]s"}}]`,
		who, id, text, time.Now().Unix())
}

func statusOf(id, reference, status string, at time.Time) string {
	return fmt.Sprintf(`"statuses":[{"id":"%s","status":"%s","timestamp":"%d","recipient_id":"5531955000001","biz_opaque_callback_data":"%s"}]`, id, status, at.Unix(), reference)
}
