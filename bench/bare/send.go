package bare

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"recado/bench/figure"
)

// Workers post at once, and connections load a receiver at once.
const Workers = 64

// Limit is what the bare machine does.
type Limit struct {
	PerSecond float64
	Processor time.Duration // of this process, per piece, both sides: moves less than the clock on a shared machine
}

// SendLimit gives how many template sends a second 64 workers post to a sink over kept-alive connections.
func SendLimit(during time.Duration) (Limit, error) {
	sink, err := NewSink()
	if err != nil {
		return Limit{}, err
	}
	defer sink.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 2 * Workers, MaxIdleConnsPerHost: 2 * Workers, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var serial atomic.Int64
	var failed atomic.Pointer[error]
	used, began := figure.ProcessorTime(), time.Now()
	end := began.Add(during)
	var all sync.WaitGroup
	for range Workers {
		all.Go(func() {
			for time.Now().Before(end) && failed.Load() == nil {
				if err := post(client, sink.URL+"/v27.0/2090010010010011/messages", sendBody(serial.Add(1))); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return Limit{}, fmt.Errorf("send limit: %w", *err)
	}
	return Limit{float64(sink.Accepted()) / time.Since(began).Seconds(), (figure.ProcessorTime() - used) / time.Duration(max(1, sink.Accepted()))}, nil
}

func sendBody(n int64) string {
	return fmt.Sprintf(`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+5531955%06d","type":"template","biz_opaque_callback_data":"%d",`+
		`"template":{"name":"promo_primavera","language":{"code":"es"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ana"},{"type":"text","text":"20 %%"}]}]}}`, n%1_000_000, n)
}

func post(client *http.Client, url, body string) error {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer token")
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}
