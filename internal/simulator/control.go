package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// controlRoutes is the API by which the handset page, tests and trainers play customer and fate. It asks for no token: a simulator
// holds nothing worth protecting; pages of other sites are kept out.
func (s *Server) controlRoutes() http.Handler {
	m := http.NewServeMux()
	do := func(pattern string, h func(*http.Request) (any, error)) { m.Handle(pattern, s.verb(h)) }
	do("GET /control/state", s.controlState)
	do("GET /control/stats", func(*http.Request) (any, error) { return s.Stats(), nil })
	do("GET /control/messages", s.controlMessages)
	do("POST /control/reset", func(*http.Request) (any, error) { s.Reset(); return success(), nil })
	do("POST /control/clock", s.controlClock)
	do("POST /control/switches", s.controlSwitches)
	do("GET /control/faults", func(*http.Request) (any, error) { return map[string]any{"faults": s.faults.list()}, nil })
	do("POST /control/faults", s.controlAddFault)
	do("DELETE /control/faults", s.controlRemoveFaults)
	do("POST /control/emit", s.controlEmit)
	do("POST /control/templates/{id}", s.controlTemplate)
	do("POST /control/numbers/{id}", s.controlNumber)
	do("GET /control/customers", s.controlCustomers)
	do("POST /control/customers", s.controlAddCustomer)
	do("GET /control/customers/{who}", s.controlThread)
	do("PATCH /control/customers/{who}", s.controlChange)
	do("POST /control/customers/{who}/messages", s.controlSay)
	do("POST /control/customers/{who}/open", s.controlOpen)
	do("POST /control/customers/{who}/block", s.controlBlock)
	do("POST /control/customers/{who}/marketing", s.controlMarketing)
	m.HandleFunc("GET /control/media/{id}", s.controlMedia)
	m.HandleFunc("GET /control/live", s.live.serve)
	return m
}

// serveControl keeps pages of other sites out and serves the rest.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request, path string) {
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		http.Error(w, "not from another site", http.StatusForbidden)
		return
	}
	inner := r.Clone(r.Context())
	inner.URL.Path, inner.URL.RawPath = path, ""
	s.control.ServeHTTP(w, inner)
}

// maxControlBody leaves room for a file of 16 MB in base64.
const maxControlBody = 24 << 20

// verb answers with what h returns, or with its error in words, once what it changed is in the journal.
func (s *Server) verb(h func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxControlBody)
		answer, err := h(r)
		if r.Method != http.MethodGet {
			err = errors.Join(err, s.journal.flush())
		}
		switch {
		case errors.Is(err, ErrNotThere):
			writeJSON(w, http.StatusNotFound, map[string]string{"error": err.Error()})
		case err != nil:
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		default:
			writeJSON(w, http.StatusOK, answer)
		}
	})
}

func notThere(kind, id string) error { return fmt.Errorf("%s %q is %w", kind, id, ErrNotThere) }

// decodeInto reads a JSON body; an empty one leaves v as it is.
func decodeInto(r *http.Request, v any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the body cannot be read: %w", err)
	}
	return nil
}

func (s *Server) controlMessages(r *http.Request) (any, error) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(orDefault(q.Get("limit"), "1000"))
	if err != nil || limit < 1 {
		return nil, errors.New("limit must be a positive number")
	}
	to := q.Get("recipient")
	if !strings.Contains(to, ".") {
		to = digitsOf(to)
	}
	found := s.Messages(Filter{Number: q.Get("number"), Recipient: to, Callback: q.Get("callback"), Limit: limit})
	if found == nil {
		found = []Sent{}
	}
	return map[string]any{"messages": found}, nil
}

// controlClock moves the clock forward, or changes its speed.
func (s *Server) controlClock(r *http.Request) (any, error) {
	var ask struct {
		Advance float64 `json:"advance"` // simulated seconds
		Speed   float64 `json:"speed"`
	}
	if err := decodeInto(r, &ask); err != nil {
		return nil, err
	}
	if ask.Advance < 0 || ask.Advance > 90*24*3600 || ask.Speed < 0 || ask.Speed > 100_000 {
		return nil, errors.New("advance goes from 0 to 90 days in seconds, speed from 0 to 100000")
	}
	s.SetSpeed(ask.Speed)
	if ask.Advance > 0 {
		s.Advance(time.Duration(ask.Advance * float64(time.Second)))
	}
	return map[string]any{"now": s.Now().UnixMilli()}, nil
}

// controlSwitches changes settings while running; absent ones stay.
func (s *Server) controlSwitches(r *http.Request) (any, error) {
	var ask struct {
		PairLimit      *bool    `json:"pair_limit"`
		RateLimit      *float64 `json:"rate_limit"`
		MessagingLimit *int     `json:"messaging_limit"`
		ReadShare      *float64 `json:"read_share"`
		ReplyShare     *float64 `json:"reply_share"`
		TapShare       *float64 `json:"tap_share"`
		Pacing         *int     `json:"pacing"`
		PacingFails    *bool    `json:"pacing_fails"`
	}
	if err := decodeInto(r, &ask); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	override(&s.pairLimit, ask.PairLimit)
	override(&s.cfg.RateLimit, ask.RateLimit)
	override(&s.cfg.ReadShare, ask.ReadShare)
	override(&s.cfg.Script.ReplyShare, ask.ReplyShare)
	override(&s.cfg.Script.TapShare, ask.TapShare)
	override(&s.cfg.Pacing, ask.Pacing)
	override(&s.cfg.PacingFails, ask.PacingFails)
	if ask.MessagingLimit != nil {
		s.cfg.MessagingLimit = *ask.MessagingLimit
		for _, a := range s.accounts {
			s.notifyAccount(a, "business_capability_update", map[string]any{"max_daily_conversations_per_business": s.limitTold(),
				"max_phone_numbers_per_business": 20, "max_phone_numbers_per_waba": 25})
		}
	}
	return success(), nil
}

// limitTold is the messaging limit as the webhook tells it; -1 means unlimited.
func (s *Server) limitTold() int {
	if s.cfg.MessagingLimit <= 0 {
		return -1
	}
	return s.cfg.MessagingLimit
}

func override[T any](setting *T, to *T) {
	if to != nil {
		*setting = *to
	}
}

func (s *Server) controlAddFault(r *http.Request) (any, error) {
	var f Fault
	if err := decodeInto(r, &f); err != nil {
		return nil, err
	}
	return s.AddFault(f)
}

// controlRemoveFaults switches off one by id, all of a kind, or all.
func (s *Server) controlRemoveFaults(r *http.Request) (any, error) {
	id, err := strconv.Atoi(orDefault(r.URL.Query().Get("id"), "0"))
	if err != nil {
		return nil, errors.New("id must be a number")
	}
	s.faults.remove(id, r.URL.Query().Get("kind"))
	s.live.changed("faults", "")
	return success(), nil
}

func (s *Server) controlEmit(r *http.Request) (any, error) {
	var ask struct {
		Account string          `json:"account"`
		Number  string          `json:"number"`
		Field   string          `json:"field"`
		Value   json.RawMessage `json:"value"`
	}
	if err := decodeInto(r, &ask); err != nil {
		return nil, err
	}
	if ask.Field == "" || len(ask.Value) == 0 {
		return nil, errors.New("give field and value")
	}
	return success(), s.Emit(ask.Account, ask.Number, ask.Field, ask.Value)
}

// controlTemplate plays the provider's decisions about a template.
func (s *Server) controlTemplate(r *http.Request) (any, error) {
	var ask struct {
		Event string `json:"event"` // approve, reject, pause, unpause, disable, complain
	}
	if err := decodeInto(r, &ask); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.templates[r.PathValue("id")]
	if t == nil {
		return nil, notThere("template", r.PathValue("id"))
	}
	switch ask.Event {
	case "approve":
		t.Status, t.RejectedReason = "APPROVED", ""
		s.tellTemplate(t, "APPROVED", map[string]any{"reason": "NONE"})
	case "reject":
		t.Status, t.RejectedReason = "REJECTED", "TAG_CONTENT_MISMATCH"
		s.tellTemplate(t, "REJECTED", map[string]any{"reason": t.RejectedReason})
	case "pause":
		s.pause(t)
	case "unpause":
		s.unpause(t)
	case "disable":
		s.disable(t)
	case "complain":
		s.complain(t)
	default:
		return nil, fmt.Errorf("there is no event %q", ask.Event)
	}
	return map[string]string{"status": t.Status, "quality": t.Quality}, nil
}

// controlNumber changes a number's status or quality, with the webhook that tells it.
func (s *Server) controlNumber(r *http.Request) (any, error) {
	var ask struct{ Status, Quality string }
	if err := decodeInto(r, &ask); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.numbers[r.PathValue("id")]
	if n == nil {
		return nil, notThere("number", r.PathValue("id"))
	}
	defer s.noteNumber(n)
	if ask.Status != "" {
		n.Status = ask.Status
	}
	if ask.Quality != "" && ask.Quality != n.Quality {
		event := qualityEvent(n.Quality, ask.Quality)
		n.Quality = ask.Quality
		s.notifyAccount(n.account, "phone_number_quality_update", map[string]any{"display_phone_number": n.digits, "event": event})
	}
	s.live.changed("state", "")
	return success(), nil
}

// qualityEvent names the change of a number's rating as older payloads do: low quality flags it.
func qualityEvent(before, after string) string {
	switch {
	case after == "RED":
		return "FLAGGED"
	case before == "RED":
		return "UNFLAGGED"
	case after == "GREEN":
		return "UPGRADE"
	}
	return "DOWNGRADE"
}

// controlMedia shows a file on the handset page.
func (s *Server) controlMedia(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.media.get(r.PathValue("id"))
	s.mu.Unlock()
	if f == nil {
		http.NotFound(w, r)
		return
	}
	writeFile(w, r, f)
}
