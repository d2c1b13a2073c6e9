package node

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const readyTimeout = 3 * time.Second

// newMetrics makes the registry of this node's figures.
func newMetrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// measure adds the figures that only the node knows: open desks and how far each subscriber is behind.
func (r *rooms) measure(registry *prometheus.Registry) {
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "recado_open_desks", Help: "Desks connected to this node."},
		func() float64 { return float64(r.hub.Open()) }))
	for _, s := range r.subscriptions() {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "recado_subscriber_lag_facts",
			Help: "Facts a subscriber has not seen yet, at most 10000.", ConstLabels: prometheus.Labels{"subscriber": s.Name}},
			func() float64 {
				ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
				defer cancel()
				facts, _, err := r.log.Lag(ctx, s.Name)
				if err != nil {
					return -1
				}
				return float64(facts)
			}))
	}
}

func healthz(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "up") }

// readyz says whether this node can serve: database migrated and writable, files writable, crossing moving, and in the
// demo its workspace there to sign in to.
func (n *Node) readyz(w http.ResponseWriter, request *http.Request) {
	if !n.begun.Load() {
		http.Error(w, "not ready: still starting", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(request.Context(), readyTimeout)
	defer cancel()
	if err := n.rooms.ready(ctx); err != nil {
		http.Error(w, "not ready: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

func (r *rooms) ready(ctx context.Context) error {
	if err := r.gateway.Ready(ctx); err != nil {
		return err
	}
	if err := r.files.Check(ctx); err != nil {
		return fmt.Errorf("the folder of the files cannot be written: %w", err)
	}
	return nil
}

func metricsHandler(registry *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
