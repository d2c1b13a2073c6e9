package crossing

import (
	"context"
	"fmt"
	"time"

	"recado/bench/bare"
	"recado/bench/figure"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
)

// Target is one database to measure on.
type Target struct {
	Name   string // SQLite, or PostgreSQL with its settings
	URL    string // "" for SQLite
	Before int    // campaign messages already sent before the measured ones: how cost grows
}

// handOver is how many messages a campaign hands over at a time.
const handOver = 500

// Send measures P1: n campaign messages over 3 numbers, from handing over the first until the outcome of the last is
// durable, divided by the send limit.
func Send(ctx context.Context, target Target, n int, limit bare.Limit, goal float64) (figure.Figure, error) {
	sink, err := bare.NewSink()
	if err != nil {
		return figure.Figure{}, err
	}
	defer sink.Close()
	h, err := open(ctx, target.URL, sink.URL)
	if err != nil {
		return figure.Figure{}, err
	}
	defer h.close()
	people, err := h.people(ctx, n)
	if err != nil {
		return figure.Figure{}, err
	}
	h.run()
	for done := 0; done < target.Before; done += n {
		if err := h.campaign(ctx, sink, db.ID(100+done/n), people); err != nil {
			return figure.Figure{}, err
		}
	}
	used, began, before := figure.ProcessorTime(), time.Now(), sink.Accepted()
	if err := h.campaign(ctx, sink, 7, people); err != nil {
		return figure.Figure{}, err
	}
	took, cost := time.Since(began), figure.ProcessorTime()-used
	if sent := sink.Accepted() - before; sent != int64(n) {
		return figure.Figure{}, fmt.Errorf("the provider accepted %d of %d messages", sent, n)
	}
	rate := float64(n) / took.Seconds()
	return figure.Figure{Name: "P1 campaign sends accepted ÷ send limit", Database: target.Name, Value: rate / limit.PerSecond, Goal: goal,
		Bare: fmt.Sprintf("bare %.0f/s, ours %.0f/s", limit.PerSecond, rate), Remarks: []string{fmt.Sprintf("%d messages, %d numbers", n, senders),
			processor(limit, cost, int64(n)), fmt.Sprintf("%d messages before", target.Before)}}, nil
}

// campaign hands over one message for everybody and waits for all outcomes.
func (h *house) campaign(ctx context.Context, sink *bare.Sink, id db.ID, people []db.ID) error {
	before := sink.Accepted()
	filled := channel.Filled{Name: "promo_primavera", Language: "es", Body: []channel.Value{{Text: "Ana"}, {Text: "20 %"}}}
	for from := 0; from < len(people); from += handOver {
		part := people[from:min(from+handOver, len(people))]
		batch := make([]conversation.CampaignMessage, len(part))
		for i, who := range part {
			batch[i] = conversation.CampaignMessage{Inbox: h.boxes[(from+i)%senders].ID, Contact: who, Campaign: id, Template: filled,
				Text:  "Hola Ana, esta semana tienes 20 % de descuento en toda la tienda.",
				Route: &conversation.RouteRequest{Target: conversation.TargetQueue, TargetID: 1}}
		}
		err := h.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := h.conversations.QueueCampaignIn(ctx, tx, h.workspace, batch)
			return err
		})
		if err != nil {
			return err
		}
	}
	for end := time.Now().Add(10 * time.Minute); sink.Accepted()-before < int64(len(people)) && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond) // counting rows meanwhile would be load of its own
	}
	return h.until(ctx, 10*time.Minute, fmt.Sprintf("select count(*) from messages where campaign_id = %d and status = 40", id), int64(len(people)))
}

// processor says what one piece costs in this process, the other side of the line included, beside what it costs bare.
func processor(limit bare.Limit, cost time.Duration, n int64) string {
	each := cost / time.Duration(max(1, n))
	return fmt.Sprintf("processor with the other side: bare %d µs, ours %d µs, ratio %.2f", limit.Processor.Microseconds(), each.Microseconds(), limit.Processor.Seconds()/each.Seconds())
}
