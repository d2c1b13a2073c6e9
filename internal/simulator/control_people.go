package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// stateView is what the handset page knows besides customers.
type stateView struct {
	Now        int64         `json:"now"`
	Speed      float64       `json:"speed"`
	Callback   string        `json:"callback"`
	PairLimit  bool          `json:"pair_limit"`
	RateLimit  float64       `json:"rate_limit"`
	Limit      int           `json:"messaging_limit"`
	FaultKinds []string      `json:"fault_kinds"`
	Accounts   []accountView `json:"accounts"`
	Faults     []Fault       `json:"faults"`
}

type accountView struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Subscribed bool           `json:"subscribed"`
	Numbers    []numberView   `json:"numbers"`
	Templates  []templateView `json:"templates"`
}

type numberView struct {
	ID      string `json:"id"`
	Display string `json:"display"`
	Name    string `json:"name"`
	Status  string `json:"status"`
	Quality string `json:"quality"`
	Code    string `json:"code,omitempty"` // verification code waiting to be typed
}

type templateView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Status   string `json:"status"`
	Quality  string `json:"quality"`
}

func (s *Server) controlState(*http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := stateView{Now: millis(s.clock.Now()), Speed: s.clock.rate(), Callback: s.app.callback, PairLimit: s.pairLimit,
		RateLimit: s.cfg.RateLimit, Limit: s.cfg.MessagingLimit, Faults: s.faults.list()}
	for kind := range faultKinds {
		out.FaultKinds = append(out.FaultKinds, kind)
	}
	slices.Sort(out.FaultKinds)
	for _, a := range s.accounts {
		view := accountView{ID: a.ID, Name: a.Name, Subscribed: a.subscribed, Numbers: []numberView{}, Templates: []templateView{}}
		for _, n := range a.numbers {
			view.Numbers = append(view.Numbers, numberView{n.ID, n.Display, n.Name, n.Status, n.Quality, n.code})
		}
		for _, t := range a.templates {
			view.Templates = append(view.Templates, templateView{t.ID, t.Name, t.Language, t.Status, t.Quality})
		}
		out.Accounts = append(out.Accounts, view)
	}
	return out, nil
}

// customerView is a customer in the list.
type customerView struct {
	ID       string       `json:"id"`
	Number   string       `json:"number,omitempty"`
	UserID   string       `json:"user_id"`
	Name     string       `json:"name"`
	Username string       `json:"username,omitempty"`
	Hidden   bool         `json:"hidden"`
	Offline  bool         `json:"offline"`
	Receipts bool         `json:"receipts"`
	OptedOut bool         `json:"opted_out"`
	Threads  []threadView `json:"threads"`
}

type threadView struct {
	Number      string   `json:"number"` // phone number id
	Unread      int      `json:"unread"`
	Blocked     bool     `json:"blocked"`    // by the customer
	BlockedBy   bool     `json:"blocked_by"` // by the business
	WindowUntil int64    `json:"window_until,omitempty"`
	TypingUntil int64    `json:"typing_until,omitempty"`
	Last        *message `json:"last,omitempty"`
	LastAt      int64    `json:"last_at"`
}

func (p *customer) view() customerView {
	v := customerView{ID: p.id, Number: p.wa, UserID: p.userID, Name: p.name, Username: p.username, Hidden: p.hidden,
		Offline: p.offline, Receipts: !p.noReceipts, OptedOut: p.optedOut, Threads: []threadView{}}
	for n, t := range p.threads {
		tv := threadView{Number: n.ID, Unread: t.unread, Blocked: p.blocks[n], BlockedBy: p.blockedBy[n]}
		if !t.lastInbound.IsZero() {
			tv.WindowUntil = millis(t.lastInbound.Add(serviceWindow))
		}
		if !t.typingUntil.IsZero() {
			tv.TypingUntil = millis(t.typingUntil)
		}
		if len(t.messages) > 0 {
			last := *t.messages[len(t.messages)-1]
			tv.Last, tv.LastAt = &last, last.At
		}
		v.Threads = append(v.Threads, tv)
	}
	slices.SortFunc(v.Threads, func(a, b threadView) int {
		return cmp.Or(cmp.Compare(b.LastAt, a.LastAt), cmp.Compare(a.Number, b.Number))
	})
	return v
}

func (v customerView) lastAt() int64 {
	if len(v.Threads) == 0 {
		return 0
	}
	return v.Threads[0].LastAt
}

// controlCustomers lists customers, the latest first; q looks in names, numbers and user ids.
func (s *Server) controlCustomers(r *http.Request) (any, error) {
	limit, err := strconv.Atoi(orDefault(r.URL.Query().Get("limit"), "100"))
	if err != nil || limit < 1 {
		return nil, errors.New("limit must be a positive number")
	}
	q := strings.ToLower(strings.TrimSpace(r.URL.Query().Get("q")))
	s.mu.Lock()
	defer s.mu.Unlock()
	views := []customerView{}
	for _, p := range s.crowd.order {
		if p.matches(q) {
			views = append(views, p.view())
		}
	}
	total := len(views)
	slices.SortStableFunc(views, func(a, b customerView) int { return cmp.Compare(b.lastAt(), a.lastAt()) })
	return json.RawMessage(encode(map[string]any{"customers": views[:min(limit, total)], "total": total})), nil
}

func (p *customer) matches(q string) bool {
	if q == "" || strings.Contains(strings.ToLower(p.name+" "+p.username+" "+p.userID), q) {
		return true
	}
	digits := digitsOf(q)
	return digits != "" && strings.Contains(p.wa, digits)
}

func (s *Server) controlAddCustomer(r *http.Request) (any, error) {
	var person Person
	if err := decodeInto(r, &person); err != nil {
		return nil, err
	}
	id, err := s.AddPerson(person)
	if err != nil {
		return nil, err
	}
	return map[string]string{"id": id}, nil
}

// controlThread shows a customer and, with number, the messages of one thread.
func (s *Server) controlThread(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.crowd.find(r.PathValue("who"))
	if p == nil {
		return nil, notThere("customer", r.PathValue("who"))
	}
	messages := []message{}
	if n := s.numbers[r.URL.Query().Get("number")]; n != nil {
		if t := p.threads[n]; t != nil {
			for _, m := range t.messages {
				messages = append(messages, *m)
			}
		}
	}
	// Encoded here, under the lock: reactions are maps that may change afterwards.
	return json.RawMessage(encode(map[string]any{"customer": p.view(), "messages": messages, "now": millis(s.clock.Now())})), nil
}

func (s *Server) controlChange(r *http.Request) (any, error) {
	var change PersonChange
	if err := decodeInto(r, &change); err != nil {
		return nil, err
	}
	return success(), s.ChangePerson(r.PathValue("who"), change)
}

func (s *Server) controlSay(r *http.Request) (any, error) {
	var said Said
	if err := decodeInto(r, &said); err != nil {
		return nil, err
	}
	id, err := s.Say(r.PathValue("who"), said)
	if err != nil {
		return nil, err
	}
	return map[string]string{"id": id}, nil
}

// threadAsk names a number, and what to switch.
type threadAsk struct {
	Number string `json:"number"`
	On     bool   `json:"on"`
}

func (s *Server) controlOpen(r *http.Request) (any, error) {
	var ask threadAsk
	if err := decodeInto(r, &ask); err != nil {
		return nil, err
	}
	return success(), s.OpenThread(r.PathValue("who"), ask.Number)
}

func (s *Server) controlBlock(r *http.Request) (any, error) {
	var ask threadAsk
	if err := decodeInto(r, &ask); err != nil {
		return nil, err
	}
	return success(), s.Block(r.PathValue("who"), ask.Number, ask.On)
}

// controlMarketing stops marketing messages with on, resumes them without.
func (s *Server) controlMarketing(r *http.Request) (any, error) {
	var ask threadAsk
	if err := decodeInto(r, &ask); err != nil {
		return nil, err
	}
	return success(), s.Marketing(r.PathValue("who"), ask.Number, ask.On)
}
