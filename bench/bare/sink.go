package bare

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// Sink answers sends as the Graph API does and counts them; nothing is looked at.
type Sink struct {
	URL      string
	accepted atomic.Int64
	server   *http.Server
}

// NewSink starts a sink on a free port of the loopback.
func NewSink() (*Sink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("sink: %w", err)
	}
	s := &Sink{URL: "http://" + listener.Addr().String()}
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	s.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		n := s.accepted.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"messaging_product":"whatsapp","contacts":[{"input":"5531955000001","wa_id":"5531955000001"}],"messages":[{"id":"wamid.`+
			run+strconv.FormatInt(n, 10)+`","message_status":"accepted"}]}`)
	})}
	go func() { _ = s.server.Serve(listener) }()
	return s, nil
}

// Accepted is how many sends were answered.
func (s *Sink) Accepted() int64 { return s.accepted.Load() }

// Close stops the sink.
func (s *Sink) Close() { _ = s.server.Close() }
