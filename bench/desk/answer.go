package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"recado/bench/figure"
	"recado/bench/serve"
	"recado/internal/bot"
)

const (
	answerPeople = 20_000          // conversations there are before
	thinking     = 3 * time.Second // from a greeting to what the person chooses
)

// Answers measures what people wait for who write to numbers with a chatbot: 300 messages a second, half of them of people who
// write for the first time and are greeted with a menu, half of people who choose from it and get an answer, while the desks are open.
func Answers(ctx context.Context, target Target) ([]figure.Figure, error) {
	dir, err := os.MkdirTemp("", "recado-answers-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	t, err := found(ctx, dir, target.URL)
	if err != nil {
		return nil, fmt.Errorf("found the town: %w", err)
	}
	if err := t.fill(ctx, answerPeople); err != nil {
		return nil, fmt.Errorf("fill the town: %w", err)
	}
	if err := t.d.Close(); err != nil {
		return nil, err
	}
	e, err := newEar()
	if err != nil {
		return nil, err
	}
	defer e.server.Close()
	n, err := serve.Start(ctx, target.Binary, t.dir, t.url, e.url)
	if err != nil {
		return nil, err
	}
	defer n.Kill()
	if err := t.chatbots(ctx, n); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	desks := &pushing{}
	for i := range target.Desks {
		if err := desks.open(ctx, n, t.emails[i]); err != nil {
			return nil, err
		}
	}
	used := n.Used()
	total, err := e.converse(ctx, n, target.During)
	if err != nil {
		return nil, err
	}
	return e.figures(target, total, n.Used()-used)
}

// chatbots gives each number one with a greeting and two questions.
func (t *town) chatbots(ctx context.Context, n *serve.Node) error {
	manager, err := n.SignIn(t.emails[agents], password)
	if err != nil {
		return err
	}
	s := bot.Defaults("es")
	s.Enabled, s.Meets = true, true
	s.FAQ.On, s.FAQ.Questions = true, []bot.Question{{Question: "Horario", Answer: "De 9 a 18."}, {Question: "Dirección", Answer: "Calle 1."}}
	for i, box := range t.boxes {
		s.DefaultQueue = t.queues[i]
		body, err := json.Marshal(map[string]any{"version": -1, "settings": s})
		if err != nil {
			return err
		}
		if _, err := manager.Put(ctx, "/inboxes/"+box.String()+"/chatbot", body); err != nil {
			return err
		}
	}
	return nil
}

// ear is a provider that takes everything and notes how long a person waited for the first message after their own.
type ear struct {
	url    string
	server *http.Server
	mu     sync.Mutex
	asked  map[int]time.Time // people who wait
	times  []time.Duration
	late   int         // who spoke again before they were answered
	heard  map[int]int // messages each person got
}

func newEar() (*ear, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e := &ear{url: "http://" + listener.Addr().String(), asked: map[int]time.Time{}, heard: map[int]int{}}
	e.server = &http.Server{Handler: http.HandlerFunc(e.take), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = e.server.Serve(listener) }()
	return e, nil
}

func (e *ear) take(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	content, _ := io.ReadAll(r.Body)
	var body struct {
		To string `json:"to"`
	}
	if err := json.Unmarshal(content, &body); err != nil || body.To == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	phone, _ := strconv.Atoi(strings.TrimPrefix(strings.TrimPrefix(body.To, "+"), "5531"))
	person := phone - firstPhone
	e.mu.Lock()
	e.heard[person]++
	if at, waits := e.asked[person]; waits {
		e.times = append(e.times, now.Sub(at))
		delete(e.asked, person)
	}
	id := e.heard[person]
	e.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"messaging_product":"whatsapp","contacts":[{"input":%q,"wa_id":%[1]q}],"messages":[{"id":"wamid.b%d.%d"}]}`, body.To, person, id)
}

// ask notes that a person says something now. Who speaks again before an answer waited for all the time between.
func (e *ear) ask(person int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if at, waits := e.asked[person]; waits {
		e.times = append(e.times, time.Since(at))
		e.late++
	}
	e.asked[person] = time.Now()
}

// converse posts what people say at an even pace, and waits until everybody was answered, at most half a minute.
func (e *ear) converse(ctx context.Context, n *serve.Node, during time.Duration) (total int, err error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 30 * time.Second}
	total = int(during.Seconds()*inboundRate) / 2 * 2
	behind := int(thinking.Seconds()*inboundRate) / 2
	began := time.Now()
	failed := make(chan error, total+2*behind)
	var group sync.WaitGroup
	for i := range total + 2*behind {
		person, text := i/2, "Hola"
		if i%2 == 1 {
			person, text = person-behind, "1"
		}
		if person < 0 || person >= total/2 {
			continue
		}
		time.Sleep(time.Until(began.Add(time.Duration(i) * time.Second / inboundRate)))
		group.Go(func() {
			e.ask(answerPeople + person)
			if err := postHook(ctx, client, n.Address, i, answerPeople+person, text); err != nil {
				failed <- err
			}
		})
	}
	group.Wait()
	for end := time.Now().Add(30 * time.Second); e.waiting() > 0 && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(time.Second) // what would come twice
	select {
	case err := <-failed:
		return total, err
	default:
		return total, nil
	}
}

func (e *ear) waiting() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.asked)
}

func (e *ear) figures(target Target, total int, used time.Duration) ([]figure.Figure, error) {
	goal := pushGoalSQLite
	if target.URL != "" {
		goal = pushGoalPostgres
	}
	missing := e.waiting()
	e.mu.Lock()
	defer e.mu.Unlock()
	got := map[int]int{}
	for _, times := range e.heard {
		got[times]++
	}
	if len(e.times)+missing != total || len(got) != 1 && missing+e.late == 0 {
		return nil, fmt.Errorf("of %d messages %d were answered and %d not; people by how many they got: %v", total, len(e.times), missing, got)
	}
	slices.Sort(e.times)
	p95 := e.times[len(e.times)*95/100]
	return []figure.Figure{figure.AtMost(fmt.Sprintf("P13 webhook to the chatbot's answer at the provider at %d messages/s, p95 ms", inboundRate), target.Name, milliseconds(p95), goal,
		fmt.Sprintf("median %.1f ms, %d answers, %d later than %s, %d missing", milliseconds(e.times[len(e.times)/2]), len(e.times)-e.late, e.late, thinking, missing),
		fmt.Sprintf("%d desks open, %s of processor for each message", target.Desks, (used/time.Duration(total)).Round(time.Microsecond)))}, nil
}
