package million

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"recado/bench/serve"
)

// taken is a message the provider took.
type taken struct {
	wamid, reference, number, to string
	at                           time.Time
}

// provider answers sends and remembers to whom each went. It tells what became of a few of them, as a provider would: of those
// around a crash, so that a node that does not know what left can find out.
type provider struct {
	url    string
	server *http.Server
	mu     sync.Mutex
	times  []uint8 // how often each person was written to
	total  int
	last   []taken // the last ones, in a ring
	next   int
}

// remembered is more than a node has under way at once.
const remembered = 40_000

func newProvider(people int) (*provider, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("provider: %w", err)
	}
	p := &provider{url: "http://" + listener.Addr().String(), times: make([]uint8, people), last: make([]taken, 0, remembered)}
	p.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(p.answer)}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

func (p *provider) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	number, isSend := strings.CutSuffix(r.URL.Path, "/messages")
	if err != nil || !isSend || r.Method != http.MethodPost {
		http.Error(w, `{"error":{"code":2,"message":"only messages here"}}`, http.StatusServiceUnavailable)
		return
	}
	t := taken{to: valueOf(body, "to"), reference: valueOf(body, "biz_opaque_callback_data"), number: number[strings.LastIndexByte(number, '/')+1:], at: time.Now()}
	t.wamid = "wamid." + t.reference + "." + strconv.FormatInt(t.at.UnixNano(), 36)
	p.take(t)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"messaging_product":"whatsapp","contacts":[{"input":"%s","wa_id":"%s"}],"messages":[{"id":"%s","message_status":"accepted"}]}`, t.to, t.to, t.wamid)
}

func (p *provider) take(t taken) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total++
	if i := personOf(t.to); i >= 0 && i < len(p.times) {
		p.times[i]++
	}
	if len(p.last) < remembered {
		p.last = append(p.last, t)
		return
	}
	p.last[p.next] = t
	p.next = (p.next + 1) % remembered
}

// valueOf finds a text value of a body made by our adapter, which writes no spaces.
func valueOf(body []byte, name string) string {
	_, rest, _ := bytes.Cut(body, []byte(`"`+name+`":"`))
	value, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(value)
}

func (p *provider) accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total
}

// since gives what was taken from a time on.
func (p *provider) since(at time.Time) []taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []taken
	for _, t := range p.last {
		if !t.at.Before(at) {
			out = append(out, t)
		}
	}
	return out
}

// written counts the people who were written to never, and more than once.
func (p *provider) written() (never, again int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.times {
		switch {
		case n == 0:
			never++
		case n > 1:
			again++
		}
	}
	return never, again
}

// tell posts that some messages were sent, a hundred at a time.
func (p *provider) tell(ctx context.Context, node string, some []taken) error {
	for len(some) > 0 {
		n := min(len(some), 100)
		var entries []string
		for _, t := range some[:n] {
			entries = append(entries, fmt.Sprintf(`{"id":"1090010010010010","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",`+
				`"metadata":{"display_phone_number":"5531955501000","phone_number_id":"%s"},"statuses":[{"id":"%s","status":"sent","timestamp":"%d","recipient_id":"%s","biz_opaque_callback_data":"%s"}]}}]}`,
				t.number, t.wamid, t.at.Unix(), strings.TrimPrefix(t.to, "+"), t.reference))
		}
		body := `{"object":"whatsapp_business_account","entry":[` + strings.Join(entries, ",") + `]}`
		mac := hmac.New(sha256.New, []byte(serve.AppSecret))
		mac.Write([]byte(body))
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, node+"/hooks/whatsapp", strings.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("the node answered a status with %s", answer.Status)
		}
		some = some[n:]
	}
	return nil
}
