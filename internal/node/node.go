package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"recado/internal/account"
	"recado/internal/api"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/web"

	"github.com/prometheus/client_golang/prometheus"
)

// drainTime is how long requests under way may take when the node stops; the gateway then settles what it sent.
const drainTime = 10 * time.Second

// Node is one running Recado.
type Node struct {
	config   Config
	listener net.Listener
	metrics  *prometheus.Registry
	rooms    *rooms
	api      *api.Server
	demo     *demo // nil unless Config.Demo
	begun    atomic.Bool
}

// New opens the database, migrates it, makes the rooms and takes the address. Run does the rest.
func New(ctx context.Context, config Config) (*Node, error) {
	listener, err := net.Listen("tcp", config.Listen)
	if err != nil {
		return nil, fmt.Errorf("the address %s cannot be used: %w", config.Listen, err)
	}
	n := &Node{config: config, listener: listener, metrics: newMetrics()}
	if config.Demo {
		if n.demo, err = newDemo(&n.config, listener.Addr()); err != nil {
			listener.Close()
			return nil, err
		}
	}
	if n.rooms, err = build(ctx, n.config, adapters(n.config), n.metrics); err != nil {
		listener.Close()
		return nil, err
	}
	n.rooms.measure(n.metrics)
	if n.api, err = n.newAPI(); err != nil {
		listener.Close()
		_ = n.rooms.close()
		return nil, err
	}
	return n, nil
}

func (n *Node) newAPI() (*api.Server, error) {
	r := n.rooms
	rooms := api.Rooms{Account: r.accounts, Auth: r.auth, Inbox: r.inboxes, Contact: r.contacts, Imports: r.imports, Template: r.templates, Media: r.files,
		Conversation: r.conversations, Routing: r.routing, Notice: r.notices, Push: r.pushes, Campaign: r.campaigns, Desk: r.desk, Bot: r.bots, Fleet: r.fleet, Survey: r.surveys, Workflow: r.workflows, Report: r.reports, Archives: r.archives, Hub: r.hub,
		SyncTemplates: r.gateway.SyncTemplates, SubmitTemplate: r.gateway.SubmitTemplate, DeleteTemplate: r.gateway.DeleteTemplate, Carries: carries(r.adapters),
		HasBot: func(ctx context.Context, workspace, inbox db.ID) (bool, error) {
			b, err := r.bots.Get(ctx, workspace, inbox)
			return b.Settings.Enabled, err
		},
		Availability: func(ctx context.Context, actor account.Actor) (api.Availability, error) {
			a, err := r.routing.AvailabilityOf(ctx, actor.Workspace, actor.User)
			return api.Availability{State: string(a.State), Reason: a.Reason, Since: a.Since}, err
		}}
	options := api.Options{Version: Version, Demo: n.config.Demo}
	if n.demo != nil {
		rooms.Demo = n.demo.accounts
	}
	return api.New(rooms, options)
}

// Address is where the node listens, as host:port.
func (n *Node) Address() string { return n.listener.Addr().String() }

// Run serves until ctx ends, then stops in reverse: first the door, then what is under way, then the database. ready is called
// once everything works, in the demo with its data.
func (n *Node) Run(ctx context.Context, ready func()) error {
	defer n.rooms.close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := n.rooms.routing.ForgetDesks(ctx, true); err != nil {
		return err
	}
	server := &http.Server{Handler: n.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	served := make(chan error, 1)
	go func() { served <- server.Serve(n.listener) }()
	wait := n.rooms.work(ctx, func(reason string) {
		slog.Error("stopping", "reason", reason)
		cancel(errors.New(reason))
	})
	err := n.begin(ctx, ready)
	if err == nil {
		select {
		case <-ctx.Done():
			err = context.Cause(ctx)
		case err = <-served:
		}
	}
	drain, stop := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer stop()
	cancel(err)
	_ = server.Shutdown(drain)
	wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// begin fills the demo, then says that the node is ready.
func (n *Node) begin(ctx context.Context, ready func()) error {
	if n.demo != nil {
		if err := n.demo.begin(ctx, n.rooms); err != nil {
			return err
		}
	}
	n.begun.Store(true)
	debug.FreeOSMemory() // what starting took, and nobody needs any more: a fifth of what an idle node holds
	ready()
	return nil
}

func (n *Node) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /readyz", n.readyz)
	mux.Handle("GET /metrics", metricsHandler(n.metrics))
	mux.HandleFunc("/hooks/whatsapp", n.rooms.gateway.Hook(channel.WhatsApp))
	mux.Handle("/api/", n.api)
	if n.demo != nil {
		mux.Handle("/simulator/", n.demo)
	}
	mux.Handle("/", web.Handler())
	return mux
}
