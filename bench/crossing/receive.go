package crossing

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"recado/bench/bare"
	"recado/bench/figure"
	"recado/internal/channel"
	"recado/internal/db"
)

// known is how many people write, and how many of our messages statuses speak of.
const known = 5000

// Receive measures P2 and P3: hook posts with one message or status each over 64 connections for a time. P2 is the rate of
// answers while everything behind them is being processed at the same time; P3 the rate at which all is processed in the end.
func Receive(ctx context.Context, target Target, during time.Duration, limit bare.Limit, goalTaken, goalDone float64) ([]figure.Figure, error) {
	sink, err := bare.NewSink()
	if err != nil {
		return nil, err
	}
	defer sink.Close()
	h, err := open(ctx, target.URL, sink.URL)
	if err != nil {
		return nil, err
	}
	defer h.close()
	people, err := h.people(ctx, known)
	if err != nil {
		return nil, err
	}
	h.run()
	if err := h.campaign(ctx, sink, 7, people); err != nil {
		return nil, err
	}
	sent, err := h.externals(ctx)
	if err != nil {
		return nil, err
	}
	hook, err := h.serve()
	if err != nil {
		return nil, err
	}
	defer hook.Close()
	load := bare.Load{URL: hook.url, Secret: secret, Body: func(n int64) []byte { return Body(n, sent) }}
	used, began := figure.ProcessorTime(), time.Now()
	taken, err := load.Run(during, 0)
	if err != nil {
		return nil, err
	}
	if err := h.until(ctx, 10*time.Minute, "select count(*) from intake where state = 0", 0); err != nil {
		return nil, err
	}
	took, cost := time.Since(began), figure.ProcessorTime()-used
	if err := h.check(ctx, taken.Posts); err != nil {
		return nil, err
	}
	done := float64(taken.Posts) / took.Seconds()
	spent := processor(limit, cost, taken.Posts)
	return []figure.Figure{
		{Name: "P2 webhooks acknowledged ÷ receive limit, while they are processed", Database: target.Name, Value: taken.PerSecond() / limit.PerSecond, Goal: goalTaken,
			Bare: fmt.Sprintf("bare %.0f/s, ours %.0f/s", limit.PerSecond, taken.PerSecond()), Remarks: []string{
				fmt.Sprintf("answer median %v, p99 %v", taken.Percentile(50).Round(time.Millisecond/10), taken.Percentile(99).Round(time.Millisecond/10))}},
		{Name: "P3 webhooks fully processed ÷ receive limit", Database: target.Name, Value: done / limit.PerSecond, Goal: goalDone,
			Bare: fmt.Sprintf("bare %.0f/s, ours %.0f/s", limit.PerSecond, done), Remarks: []string{fmt.Sprintf("%d events", taken.Posts), spent}},
	}, nil
}

// Body is the n-th post: a message from one of the people who write, or a status of one of our messages. Each is new.
func Body(n int64, sent []string) []byte {
	at := time.Now().Unix()
	box := int(n/2) % senders
	if n%2 == 0 || len(sent) == 0 {
		return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1090010010010010","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",`+
			`"metadata":{"display_phone_number":"553195550100%d","phone_number_id":"%s"},"contacts":[{"profile":{"name":"Ana"},"wa_id":"%s"}],`+
			`"messages":[{"from":"%[3]s","id":"wamid.in%d","timestamp":"%d","type":"text","text":{"body":"Hola, ¿sigue la oferta de esta semana?"}}]}}]}]}`,
			box, number(box), person(int(n/2)%known), n, at)
	}
	kinds := []string{"sent", "delivered", "read"}
	i := int(n/2) % len(sent)
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1090010010010010","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",`+
		`"metadata":{"display_phone_number":"5531955501000","phone_number_id":"%s"},"statuses":[{"id":"%s","status":"%s","timestamp":"%d","recipient_id":"%s",`+
		`"pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"marketing"}}]}}]}]}`,
		number(i), sent[i], kinds[int(n/2)/len(sent)%len(kinds)], at, person(i))
}

// externals are the provider's ids of what was sent, such that the i-th went out over number i mod 3.
func (h *house) externals(ctx context.Context) ([]string, error) {
	type row struct {
		Inbox    db.ID  `db:"inbox_id"`
		External string `db:"external_id"`
	}
	rows, err := db.All[row](ctx, h.d, "select inbox_id, external_id from messages where campaign_id = 7 order by id")
	if err != nil {
		return nil, err
	}
	per := map[db.ID][]string{}
	for _, r := range rows {
		per[r.Inbox] = append(per[r.Inbox], r.External)
	}
	out := make([]string, 0, len(rows))
	for i := 0; ; i++ {
		list := per[h.boxes[i%senders].ID]
		if i/senders >= len(list) {
			return out, nil
		}
		out = append(out, list[i/senders])
	}
}

type served struct {
	*http.Server
	url string
}

func (h *house) serve() (*served, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: h.gate.Hook(channel.WhatsApp), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return &served{server, "http://" + listener.Addr().String() + "/"}, nil
}

// check makes sure that nothing was lost or set aside.
func (h *house) check(ctx context.Context, posts int64) error {
	inbound, err := db.One[int64](ctx, h.d, "select count(*) from messages where direction = 1")
	if err != nil {
		return err
	}
	aside, err := db.One[int64](ctx, h.d, "select count(*) from intake where state = 2 or error <> ''")
	if err != nil {
		return err
	}
	if diff := inbound - posts/2; diff < -bare.Workers || diff > bare.Workers || aside != 0 {
		return fmt.Errorf("%d inbound messages of %d posts, %d events set aside or strange", inbound, posts, aside)
	}
	return nil
}
