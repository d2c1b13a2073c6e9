package conversation_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// size is the batch of the benchmarks; figures are per message.
const size = 200

func eachBench(b *testing.B, bench func(b *testing.B, h *house)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, open(b, dbtest.SQLite(b))) })
	b.Run("postgres", func(b *testing.B) { bench(b, open(b, dbtest.Postgres(b))) })
}

// meter adds up the processor time of the timed parts: on a shared machine it moves less than the clock. On PostgreSQL it is
// our side alone.
type meter struct {
	b     *testing.B
	spent time.Duration
	since time.Duration
	n     int
}

func (m *meter) timed(f func()) {
	m.b.StartTimer()
	m.since = processorTime()
	f()
	m.spent += processorTime() - m.since
	m.b.StopTimer()
	m.n += size
}

func (m *meter) report() {
	m.b.ReportMetric(float64(m.spent.Nanoseconds())/float64(m.n), "cpu-ns/message")
	m.b.ReportMetric(float64(m.b.Elapsed().Nanoseconds())/float64(m.n), "ns/message")
}

func processorTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		panic(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkReceive stores batches of messages: a fifth from new people, the rest from 2000 known ones.
func BenchmarkReceive(b *testing.B) {
	eachBench(b, func(b *testing.B, h *house) {
		batch := make([]conversation.Incoming, size)
		serial := 0
		fill := func() {
			for i := range batch {
				serial++
				phone := fmt.Sprintf("5531%09d", 955550000+serial%2000)
				if i%5 == 0 {
					phone = fmt.Sprintf("5511%09d", 900000000+serial)
				}
				batch[i] = h.says(h.ventas, phone, fmt.Sprintf("wamid.HBgNNTUzMTk1NTU1MDAwMRUCABEYEj%020d", serial), "Hola, ¿tienen la camisa azul en talla M?", h.d.Now())
			}
		}
		m := meter{b: b}
		for b.Loop() {
			b.StopTimer()
			fill()
			m.timed(func() { h.receive(batch...) })
			b.StartTimer()
		}
		m.report()
	})
}

// prepare queues campaign messages to n known people and gives their ids.
func prepare(h *house, n int, from int) (ids []db.ID) {
	h.write(func(ctx context.Context, tx *db.Tx) error {
		people := make([]contact.Person, n)
		for i := range people {
			people[i] = contact.Person{Identities: []channel.Identity{{Kind: channel.Phone, Value: fmt.Sprintf("5521%09d", 900000000+from+i)}}}
		}
		found, err := h.contacts.ResolveIn(ctx, tx, h.workspace, channel.WhatsApp, people)
		if err != nil {
			return err
		}
		ids, err = h.room.QueueCampaignIn(ctx, tx, h.workspace, campaignTo(h, found))
		return err
	})
	return ids
}

func campaignTo(h *house, to []contact.Resolved) []conversation.CampaignMessage {
	batch := make([]conversation.CampaignMessage, len(to))
	for i, person := range to {
		batch[i] = conversation.CampaignMessage{Inbox: h.ventas, Contact: person.Contact, Campaign: 77, Text: "Hola, Ana: su pedido 1234 está listo.",
			Template: channel.Filled{Name: "pedido_listo", Language: "es", Body: []channel.Value{{Text: "Ana"}, {Text: "1234"}}},
			Route:    &conversation.RouteRequest{Target: conversation.TargetQueue, TargetID: h.sales, Campaign: "Pedidos"}}
	}
	return batch
}

// BenchmarkStatus applies sent, delivered and read to accepted campaign messages, each in a batch of its own; a figure per status.
func BenchmarkStatus(b *testing.B) {
	eachBench(b, func(b *testing.B, h *house) {
		step, from := 0, 0
		var ids []db.ID
		m := meter{b: b}
		ladder := []conversation.Status{conversation.Sent, conversation.Delivered, conversation.Read}
		for b.Loop() {
			b.StopTimer()
			if step%len(ladder) == 0 {
				ids = prepare(h, size, from)
				from += size
				acceptAll(h, ids)
			}
			changes := make([]conversation.StatusChange, len(ids))
			for i, id := range ids {
				changes[i] = h.news(h.ventas, id, "wamid.out."+id.String(), ladder[step%len(ladder)], h.d.Now())
			}
			step++
			m.timed(func() { h.status(changes...) })
			b.StartTimer()
		}
		m.report()
	})
}

func acceptAll(h *house, ids []db.ID) {
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := h.room.ClaimIn(ctx, tx, h.ventas, h.node, len(ids), h.d.Now())
		return err
	})
	outcomes := make([]conversation.Outcome, len(ids))
	for i, id := range ids {
		outcomes[i] = accepted(id, "wamid.out."+id.String(), h.d.Now())
	}
	h.settle(outcomes...)
}

// BenchmarkSend queues a campaign to known people, claims and settles it: all that P1 asks of this room.
func BenchmarkSend(b *testing.B) {
	eachBench(b, func(b *testing.B, h *house) {
		from := 0
		m := meter{b: b}
		for b.Loop() {
			b.StopTimer()
			acceptAll(h, prepare(h, size, from)) // makes the people known
			m.timed(func() { acceptAll(h, prepare(h, size, from)) })
			from += size
			b.StartTimer()
		}
		m.report()
	})
}
