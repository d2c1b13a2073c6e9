package whatsapp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"

	"recado/internal/channel"

	"github.com/go-json-experiment/json"
)

// maxAnswer bounds what is read of an answer that is not a file.
const maxAnswer = 8 << 20

// answer is what the provider said to a call.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// call does one request and reads its answer. A failure means that there is none: Transient when the request certainly
// did not leave whole, Unknown otherwise. The caller judges the answer.
func (a *Adapter) call(ctx context.Context, c channel.Credentials, method, url, mime string, body payload) (answer, *channel.Failure) {
	var trail trail
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trail.trace()), method, url, nil)
	if err != nil {
		return answer{}, &channel.Failure{Class: channel.BadRequest, Title: "not sent", Err: err}
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	if mime != "" {
		request.Header.Set("Content-Type", mime)
	}
	if body != nil {
		body.into(request)
	}
	response, err := a.client.Do(request)
	if err != nil {
		return answer{}, trail.failure(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, &channel.Failure{Class: channel.Unknown, Title: "the answer broke off", Err: err, Trace: response.Header.Get("X-Fb-Trace-Id")}
	}
	return answer{response.StatusCode, response.Header, read}, nil
}

// failure is the provider's no, or nil for a yes.
func (a answer) failure() *channel.Failure {
	if a.status >= 200 && a.status < 300 {
		return nil
	}
	return refusal(a.status, a.header, a.body)
}

// into reads a yes; one that cannot be read is Unknown, since it was a yes all the same.
func (a answer) into(to any) *channel.Failure {
	if f := a.failure(); f != nil {
		return f
	}
	if err := json.Unmarshal(a.body, to, readLoosely); err != nil {
		return &channel.Failure{Class: channel.Unknown, Title: "the answer cannot be read", Err: err, Trace: a.header.Get("X-Fb-Trace-Id")}
	}
	return nil
}

// trail tells how far a request came before it failed.
type trail struct{ reached atomic.Int32 }

const (
	nothing   = iota // no connection: nothing left us
	connected        // it may be on its way
	written          // it left whole
	broken           // writing failed: the provider cannot have all of it
)

func (t *trail) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { t.reached.Store(connected) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err != nil {
				t.reached.Store(broken)
			} else {
				t.reached.Store(written)
			}
		},
	}
}

// failure tells a request that did not leave from one that may have: only the first may be sent again. In doubt, as when
// our own time ran out in the middle of writing, it may have.
func (t *trail) failure(err error) *channel.Failure {
	switch t.reached.Load() {
	case nothing, broken:
		return &channel.Failure{Class: channel.Transient, Title: "the provider cannot be reached", Err: err}
	}
	return &channel.Failure{Class: channel.Unknown, Title: "no answer from the provider", Err: err}
}

// payload is the body of a request.
type payload interface{ into(*http.Request) }

// pooled is a body in a buffer that is used again. The transport may still read it after the call failed, so the buffer
// returns to the pool only when the last reader is closed.
type pooled struct {
	writer
	users atomic.Int32
}

var buffers = sync.Pool{New: func() any { return &pooled{writer: writer{buf: make([]byte, 0, 2048)}} }}

func newPooled() *pooled {
	p := buffers.Get().(*pooled)
	p.buf = p.buf[:0]
	p.users.Store(1)
	return p
}

// release gives up one use of the buffer.
func (p *pooled) release() {
	if p.users.Add(-1) == 0 && cap(p.buf) <= 64<<10 {
		buffers.Put(p)
	}
}

func (p *pooled) into(r *http.Request) {
	r.ContentLength = int64(len(p.buf))
	r.Body = p.reader()
	// With this the transport repeats a request for which a kept connection turned out dead before anything was written.
	r.GetBody = func() (io.ReadCloser, error) { return p.reader(), nil }
}

func (p *pooled) reader() io.ReadCloser {
	p.users.Add(1)
	r := &pooledReader{pooled: p}
	r.Reset(p.buf)
	return r
}

type pooledReader struct {
	bytes.Reader
	pooled *pooled
	closed atomic.Bool
}

// Close may come more than once and from the transport's goroutine.
func (r *pooledReader) Close() error {
	if !r.closed.Swap(true) {
		r.pooled.release()
	}
	return nil
}

// stream is a body that is read once, as a file's.
type stream struct{ io.Reader }

func (s stream) into(r *http.Request) { r.Body = io.NopCloser(s.Reader) }
