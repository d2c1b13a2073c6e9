package desk

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"recado/bench/serve"
)

const inboundRate = 300 // messages a second

// push opens so many desks and posts customers' messages at the hook at 300 a second for a time. Each is seen by the agents of
// its number, a tenth of them. It gives the times from post to event, and how many events are missing.
func push(ctx context.Context, n *serve.Node, t *town, desks, people int, during time.Duration) (arrived []time.Duration, missing int64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	total := int(during.Seconds() * inboundRate)
	p := &pushing{posted: make([]atomic.Int64, total)}
	for i := range desks {
		if err := p.open(ctx, n, t.emails[i]); err != nil {
			return nil, 0, err
		}
	}
	if err := p.post(ctx, n, people, total); err != nil {
		return nil, 0, err
	}
	want := int64(total) * int64(desks/numbers)
	for end := time.Now().Add(30 * time.Second); p.seen.Load() < want && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.Sort(p.times)
	return p.times, want - int64(len(p.times)), nil
}

type pushing struct {
	posted []atomic.Int64 // when each was posted, Unix nanoseconds
	seen   atomic.Int64
	mu     sync.Mutex
	times  []time.Duration
}

// open keeps one desk open and notes when it is told of each message.
func (p *pushing) open(ctx context.Context, n *serve.Node, email string) error {
	c, err := n.SignIn(email, password)
	if err != nil {
		return err
	}
	socket, _, err := websocket.Dial(ctx, strings.Replace(c.Base, "http", "ws", 1)+"/live", &websocket.DialOptions{HTTPClient: &http.Client{Jar: c.Jar}})
	if err != nil {
		return err
	}
	socket.SetReadLimit(16 << 20)
	go func() {
		defer socket.CloseNow()
		told := map[int]bool{}
		for {
			_, text, err := socket.Read(ctx)
			if err != nil {
				return
			}
			p.note(text, told)
		}
	}()
	return nil
}

var serial = regexp.MustCompile(`"text":"push ([0-9]+)"`)

func (p *pushing) note(text []byte, told map[int]bool) {
	now := time.Now().UnixNano()
	var mine []time.Duration
	for _, found := range serial.FindAllSubmatch(text, -1) {
		i, _ := strconv.Atoi(string(found[1]))
		if i < len(p.posted) && !told[i] {
			told[i] = true
			mine = append(mine, time.Duration(now-p.posted[i].Load()))
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.times = append(p.times, mine...)
	p.seen.Add(int64(len(mine)))
}

// post sends the messages at an even pace, each in a request of its own.
func (p *pushing) post(ctx context.Context, n *serve.Node, people, total int) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 30 * time.Second}
	var failed atomic.Pointer[error]
	var group sync.WaitGroup
	began := time.Now()
	for i := range total {
		time.Sleep(time.Until(began.Add(time.Duration(i) * time.Second / inboundRate)))
		group.Go(func() {
			p.posted[i].Store(time.Now().UnixNano())
			if err := postHook(ctx, client, n.Address, i, i*31%people, fmt.Sprintf("push %d", i)); err != nil {
				failed.Store(&err)
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// firstPhone is the number of person 0 within its area.
const firstPhone = 900_000_000

// postHook posts message i, of person c over the number that its conversation is with.
func postHook(ctx context.Context, client *http.Client, address string, i, c int, text string) error {
	body := fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1090010010010010","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",`+
		`"metadata":{"display_phone_number":"55319555020%02d","phone_number_id":"%s"},"contacts":[{"profile":{"name":"Persona %d"},"wa_id":"5531%d"}],`+
		`"messages":[{"from":"5531%[4]d","id":"wamid.p%[5]d","timestamp":"%[6]d","type":"text","text":{"body":"%[7]s"}}]}}]}]}`,
		(c+c/100)%agents%numbers, number((c+c/100)%agents%numbers), c, firstPhone+c, i, time.Now().Unix(), text)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/hooks/whatsapp", bytes.NewReader(body))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(serve.AppSecret))
	mac.Write(body)
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the hook answered %s", answer.Status)
	}
	return nil
}
