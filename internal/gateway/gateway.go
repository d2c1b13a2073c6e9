package gateway

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/media"
	"recado/internal/template"

	"github.com/prometheus/client_golang/prometheus"
)

// Rooms are the rooms the gateway works for.
type Rooms struct {
	Log           *event.Log
	Bell          *event.Bell
	Inboxes       *inbox.Room
	Contacts      *contact.Room
	Templates     *template.Room
	Conversations *conversation.Room
	Media         *media.Room
	Jobs          *job.Room
}

// Config steers the crossing; zero values are the defaults.
type Config struct {
	Settle  time.Duration         // how long an unconfirmed message waits for a status before proof counts; 0 means 60 s
	Retain  time.Duration         // how long processed events stay in the journal; 0 means 7 days
	Metrics prometheus.Registerer // where the figures go; nil means nowhere
}

// Room is the crossing. It is safe for many goroutines.
type Room struct {
	d        *db.DB
	rooms    Rooms
	adapters map[channel.Kind]channel.Adapter
	config   Config
	figures  *figures
	journal  *journal
	intake   *intake
	settler  *settler
	leases   *leases
	files    *uploads
	reads    chan readMark
	up       atomic.Int64 // since when this node takes events, Unix milliseconds
}

// New makes the crossing and registers its jobs; Run moves it.
func New(d *db.DB, rooms Rooms, adapters map[channel.Kind]channel.Adapter, config Config) *Room {
	if config.Settle <= 0 {
		config.Settle = time.Minute
	}
	if config.Retain <= 0 {
		config.Retain = 7 * 24 * time.Hour
	}
	g := &Room{d: d, rooms: rooms, adapters: adapters, config: config, reads: make(chan readMark, 256)}
	g.figures = newFigures(config.Metrics, g)
	g.intake = newIntake(g)
	g.journal = newJournal(g)
	g.settler = newSettler(g)
	g.leases = newLeases(g)
	g.files = newUploads()
	rooms.Jobs.Register(fetchKind, g.fetch, job.Work{Timeout: 10 * time.Minute})
	rooms.Jobs.Register(syncKind, g.sync, job.Work{})
	rooms.Jobs.Register(numberKind, g.readNumber, job.Work{})
	rooms.Jobs.Register(lookKind, g.sync, job.Work{})
	return g
}

// stopPatience is how long a stopping node waits for its requests and their records altogether.
const stopPatience = sendTimeout + 10*time.Second

// Run works until ctx ends. Then it claims nothing more, lets the requests under way end (up to half a minute each),
// records their outcomes and gives its leases back. The journal takes events until the very end.
func (g *Room) Run(ctx context.Context) error {
	if err := g.recover(ctx); err != nil {
		return err
	}
	g.up.Store(g.d.Now())
	base := context.WithoutCancel(ctx)
	late, stopLate := context.WithCancel(base)
	var early, last sync.WaitGroup
	last.Go(func() { g.journal.run(late) })
	last.Go(func() { g.settler.run(late) })
	early.Go(func() { g.intake.run(ctx) })
	early.Go(func() { g.leases.run(ctx) })
	early.Go(func() { g.settleUnknown(ctx) })
	early.Go(func() { g.joinCrossed(ctx) })
	early.Go(func() { g.markReads(ctx) })
	early.Go(func() { g.retain(ctx) })
	go func() {
		<-ctx.Done()
		pause(late, stopPatience)
		stopLate()
	}()
	early.Wait()
	stopLate()
	last.Wait()
	return nil
}

// recover turns what an earlier run of this node had claimed and not answered into unconfirmed. It waits for the database.
func (g *Room) recover(ctx context.Context) error {
	for {
		err := g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := g.rooms.Conversations.RecoverIn(ctx, tx, g.d.Node())
			return err
		})
		if err == nil || !db.Unavailable(err) || ctx.Err() != nil {
			return err
		}
		pause(ctx, time.Second)
	}
}

// Ready tells whether the crossing can take and send: the database can be written and the journal moves.
func (g *Room) Ready(ctx context.Context) error {
	if err := g.d.Ping(ctx); err != nil {
		return fmt.Errorf("the database cannot be written: %w", err)
	}
	if stuck := g.journal.stuck(); stuck > 5*time.Second {
		return fmt.Errorf("the intake journal has not moved for %s", stuck.Round(time.Second))
	}
	return nil
}

// adapter gives the leaf of a channel.
func (g *Room) adapter(kind channel.Kind) (channel.Adapter, error) {
	a, ok := g.adapters[kind]
	if !ok {
		return nil, fmt.Errorf("there is no channel %q here", kind)
	}
	return a, nil
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
