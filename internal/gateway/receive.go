package gateway

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"recado/internal/channel"
)

// MaxHook is the largest body a hook takes: the provider's batches are at most 3 MB (whatsapp-cloud-api §5).
const MaxHook = 3 << 20

// Hook answers a provider. GET proves our address to it; POST brings events: 413 too large, 401 not signed by the
// provider, 503 not kept (the provider will repeat it), 200 kept for good.
func (g *Room) Hook(kind channel.Kind) http.HandlerFunc {
	adapter, err := g.adapter(kind)
	if err != nil {
		panic(err) // a mistake in the program
	}
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			answerVerify(w, r, adapter)
		case http.MethodPost:
			g.receive(w, r, kind, adapter)
		default:
			w.Header().Set("Allow", "GET, POST")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		}
	}
}

func answerVerify(w http.ResponseWriter, r *http.Request, adapter channel.Adapter) {
	answer, ok := adapter.Verify(r)
	if !ok {
		http.Error(w, "the verification does not match", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, answer)
}

func (g *Room) receive(w http.ResponseWriter, r *http.Request, kind channel.Kind, adapter channel.Adapter) {
	body, err := readBody(w, r)
	if err != nil {
		g.refuse(w, "too_large", http.StatusRequestEntityTooLarge, err)
		return
	}
	if !adapter.Authentic(r.Header, body) {
		g.refuse(w, "unsigned", http.StatusUnauthorized, errors.New("the signature is missing or wrong"))
		return
	}
	if err := g.journal.append(r.Context(), kind, body); err != nil {
		w.Header().Set("Retry-After", "5")
		g.refuse(w, "not_kept", http.StatusServiceUnavailable, errors.New("the event was not kept; send it again"))
		slog.Error("an inbound event was not kept", "channel", kind, "error", err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// refuse answers and counts; the provider's reasons are its own, so they go to metrics rather than to the log.
func (g *Room) refuse(w http.ResponseWriter, reason string, status int, err error) {
	g.figures.refused.WithLabelValues(reason).Inc()
	http.Error(w, err.Error(), status)
}

// firstRead bounds the memory taken on the word of a Content-Length header alone.
const firstRead = 64 << 10

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > MaxHook {
		return nil, errors.New("the body is too large")
	}
	var buffer bytes.Buffer
	if r.ContentLength > 0 {
		buffer.Grow(int(min(r.ContentLength, firstRead)) + bytes.MinRead)
	}
	if _, err := buffer.ReadFrom(http.MaxBytesReader(w, r.Body, MaxHook)); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}
