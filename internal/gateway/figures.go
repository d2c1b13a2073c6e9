package gateway

import (
	"context"
	"sync"
	"time"

	"recado/internal/channel"
	"recado/internal/db"

	"github.com/prometheus/client_golang/prometheus"
)

// figures are what an operator sees of the crossing at /metrics.
type figures struct {
	received  prometheus.Counter
	refused   *prometheus.CounterVec
	events    *prometheus.CounterVec
	applyTime prometheus.Histogram
	outcomes  *prometheus.CounterVec
	sendTime  prometheus.Histogram
	requeued  prometheus.Counter
}

func newFigures(to prometheus.Registerer, g *Room) *figures {
	f := &figures{
		received: prometheus.NewCounter(prometheus.CounterOpts{Name: "recado_hook_events_total", Help: "Inbound events kept and answered with 200."}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "recado_hook_refused_total", Help: "Inbound requests not kept, by reason."}, []string{"reason"}),
		events:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "recado_intake_total", Help: "What the intake brought in, by kind."}, []string{"kind"}),
		applyTime: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "recado_intake_batch_seconds", Help: "Time of one batch of the intake.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 5}}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "recado_send_outcomes_total", Help: "Requests to the provider, by outcome: accepted, held, or the class of failure."}, []string{"outcome"}),
		sendTime: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "recado_send_seconds", Help: "Time of an accepted request to the provider.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 30}}),
		requeued: prometheus.NewCounter(prometheus.CounterOpts{Name: "recado_unconfirmed_requeued_total", Help: "Unconfirmed messages sent again after proof that the provider never got them."}),
	}
	if to != nil {
		to.MustRegister(f.received, f.refused, f.events, f.applyTime, f.outcomes, f.sendTime, f.requeued, &backlog{g: g})
	}
	return f
}

func (f *figures) applied(batch []parsed, e effect, took time.Duration) {
	f.applyTime.Observe(took.Seconds())
	for kind, n := range map[string]int{"events": len(batch), "messages": e.messages, "messages_known": e.known, "messages_from_nobody": e.nobody,
		"statuses": e.statuses, "statuses_moved": e.moved, "account_news": e.news, "unknown_number": e.unknown, "set_aside": e.aside} {
		if n > 0 {
			f.events.WithLabelValues(kind).Add(float64(n))
		}
	}
}

func (f *figures) sent(a channel.Accepted, took time.Duration) {
	outcome := "accepted"
	if a.Held {
		outcome = "held"
	}
	f.outcomes.WithLabelValues(outcome).Inc()
	f.sendTime.Observe(took.Seconds())
}

func (f *figures) failed(class channel.Class) { f.outcomes.WithLabelValues(string(class)).Inc() }

// backlog counts rows when it is asked, at most every few seconds.
type backlog struct {
	g    *Room
	mu   sync.Mutex
	at   time.Time
	last map[string]float64
}

const backlogEvery = 5 * time.Second

var (
	backlogRows = prometheus.NewDesc("recado_gateway_rows", "Rows that wait: intake, set_aside, queued, sending, unconfirmed.", []string{"state"}, nil)
	backlogLag  = prometheus.NewDesc("recado_intake_lag_seconds", "Age of the oldest event that was not brought in yet.", nil, nil)
)

// Describe names the figures.
func (b *backlog) Describe(to chan<- *prometheus.Desc) {
	to <- backlogRows
	to <- backlogLag
}

// Collect gives the figures; when the database does not answer, the last ones known.
func (b *backlog) Collect(to chan<- prometheus.Metric) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.at) >= backlogEvery {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		if counted, err := b.count(ctx); err == nil {
			b.at, b.last = time.Now(), counted
		}
	}
	for state, n := range b.last {
		if state == "lag" {
			to <- prometheus.MustNewConstMetric(backlogLag, prometheus.GaugeValue, n)
			continue
		}
		to <- prometheus.MustNewConstMetric(backlogRows, prometheus.GaugeValue, n, state)
	}
}

var backlogCounts = map[string]string{
	"intake":      "select count(*) from intake where state = 0",
	"set_aside":   "select count(*) from intake where state = 2",
	"queued":      "select count(*) from messages where status = 10",
	"sending":     "select count(*) from messages where status in (20, 30) and status = 20",
	"unconfirmed": "select count(*) from messages where status in (20, 30) and status = 30",
}

func (b *backlog) count(ctx context.Context) (map[string]float64, error) {
	out := map[string]float64{"lag": 0}
	for state, text := range backlogCounts {
		n, err := db.One[int64](ctx, b.g.d, text)
		if err != nil {
			return nil, err
		}
		out[state] = float64(n)
	}
	oldest, err := db.One[db.ID](ctx, b.g.d, "select id from intake where state = 0 order by id limit 1")
	if err == nil {
		out["lag"] = max(0, float64(b.g.d.Now()-oldest.Time())/1000)
	} else if !db.None(err) {
		return nil, err
	}
	return out, nil
}
