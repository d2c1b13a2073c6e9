package crossing

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/channel/whatsapp"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/gateway"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/media"
	"recado/internal/template"
)

const (
	secret  = "app secret of the benchmarks"
	senders = 3
)

// house is one node's rooms as the crossing needs them, on an empty database.
type house struct {
	dir           string
	d             *db.DB
	rooms         gateway.Rooms
	gate          *gateway.Room
	workspace     db.ID
	boxes         []inbox.Inbox
	stop          context.CancelFunc
	running       sync.WaitGroup
	conversations *conversation.Room
}

// open builds the house. url "" is SQLite in a temporary folder; otherwise an empty PostgreSQL database.
func open(ctx context.Context, url, graph string) (h *house, err error) {
	h = &house{stop: func() {}}
	if h.dir, err = os.MkdirTemp("", "recado-crossing-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	if h.d, err = db.Open(ctx, db.Config{URL: url, Path: filepath.Join(h.dir, "recado.db")}); err != nil {
		return nil, err
	}
	if _, err = h.d.Migrate(ctx); err != nil {
		return nil, err
	}
	h.d.SetNode(1)
	if err = h.furnish(ctx, graph); err != nil {
		return nil, err
	}
	return h, h.populate(ctx)
}

func (h *house) furnish(ctx context.Context, graph string) error {
	bell := event.NewBell(h.d)
	log := event.NewLog(h.d, bell)
	sealer, err := inbox.NewSealer(secret)
	if err != nil {
		return err
	}
	store, err := media.OpenFolder(filepath.Join(h.dir, "files"))
	if err != nil {
		return err
	}
	jobs, err := job.New(h.d)
	if err != nil {
		return err
	}
	if err := jobs.Migrate(ctx); err != nil {
		return err
	}
	h.rooms = gateway.Rooms{Log: log, Bell: bell, Inboxes: inbox.New(h.d, log, sealer), Contacts: contact.New(h.d, log),
		Templates: template.New(h.d, log), Media: media.New(h.d, store), Jobs: jobs}
	h.rooms.Conversations = conversation.New(h.d, log, h.rooms.Contacts, h.rooms.Inboxes)
	h.conversations = h.rooms.Conversations
	adapter := whatsapp.New(whatsapp.Config{GraphURL: graph, AppSecret: secret, VerifyToken: "t"})
	h.gate = gateway.New(h.d, h.rooms, map[channel.Kind]channel.Adapter{channel.WhatsApp: adapter}, gateway.Config{})
	return nil
}

// populate makes a workspace with three numbers without a pace of ours.
func (h *house) populate(ctx context.Context) error {
	ws, err := account.New(h.d, h.rooms.Log).CreateWorkspace(ctx, "Tienda Aurora", "es")
	if err != nil {
		return err
	}
	h.workspace = ws.ID
	none := 0.0
	for i := range senders {
		box, err := h.rooms.Inboxes.Create(ctx, inbox.Draft{Workspace: ws.ID, Channel: channel.WhatsApp, Label: fmt.Sprintf("Número %d", i+1), Address: fmt.Sprintf("553195550100%d", i),
			ExternalID: number(i), Account: "1090010010010010", Token: "token", SendRate: &none})
		if err != nil {
			return err
		}
		h.boxes = append(h.boxes, box)
	}
	return nil
}

func number(i int) string { return fmt.Sprintf("209001001001001%d", i%senders) }

// run starts the crossing.
func (h *house) run() {
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	h.running.Go(func() { h.rooms.Bell.Run(ctx) })
	h.running.Go(func() { _ = h.gate.Run(ctx) })
}

func (h *house) close() {
	h.stop()
	h.running.Wait()
	if h.d != nil {
		_ = h.d.Close()
	}
	_ = os.RemoveAll(h.dir)
}

// people finds or makes n contacts.
func (h *house) people(ctx context.Context, n int) ([]db.ID, error) {
	ids := make([]db.ID, 0, n)
	for len(ids) < n {
		batch := make([]contact.Person, min(1000, n-len(ids)))
		for i := range batch {
			batch[i] = contact.Person{Identities: []channel.Identity{{Kind: channel.Phone, Value: person(len(ids) + i)}}, Name: "Ana"}
		}
		err := h.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			found, err := h.rooms.Contacts.ResolveIn(ctx, tx, h.workspace, channel.WhatsApp, batch)
			for _, f := range found {
				ids = append(ids, f.Contact)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func person(n int) string { return fmt.Sprintf("55319%08d", 55_000_000+n) }

// until waits for a number of rows.
func (h *house) until(ctx context.Context, patience time.Duration, text string, want int64) error {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		n, err := db.One[int64](ctx, h.d, text)
		if err == nil && n == want {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s: %d (%v), want %d", text, n, err, want)
		}
	}
}
