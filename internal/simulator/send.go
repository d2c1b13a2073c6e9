package simulator

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"
)

// sending is one accepted message on its way to a customer. Guarded by Server.mu.
type sending struct {
	id       string
	sequence uint64
	number   *number
	to       recipient
	waID     string // digits as the provider writes them; "" for user ids without a known number
	userID   string
	customer *customer // nil when the customer's thread is not kept
	request  *sendRequest
	template *template
	body     any      // what the handset shows
	shown    *message // in the customer's thread; nil when not kept
	held     bool
	files    []attachment
	step     step // what it waits for
	due      time.Time
	code     int           // it will fail with, or failed with
	answer   *answerRecord // what the customer is about to say to it; nil for nothing

	pricing *pricing
	entry   *entryPoint
}

// attachment is a media object of a message with the kind it must fit.
type attachment struct {
	media *mediaContent
	kind  string
}

// sendAnswer is the answer to an accepted send.
type sendAnswer struct {
	Product  string        `json:"messaging_product"`
	Contacts []sendContact `json:"contacts"`
	Messages []sendMessage `json:"messages"`
}

type sendContact struct {
	Input  string `json:"input"`
	WaID   string `json:"wa_id,omitempty"`
	UserID string `json:"user_id,omitempty"`
}

type sendMessage struct {
	ID     string `json:"id"`
	Status string `json:"message_status,omitempty"`
}

// postMessage answers POST /{PNID}/messages.
func (c *call) postMessage() (any, error) {
	answer, err := c.send(false)
	if err != nil {
		c.s.refuseSend(c.id)
	}
	return answer, err
}

// postMarketingMessage answers POST /{PNID}/marketing_messages: marketing templates only.
func (c *call) postMarketingMessage() (any, error) {
	answer, err := c.send(true)
	if err != nil {
		c.s.refuseSend(c.id)
	}
	return answer, err
}

// refuseSend counts a send answered with an error.
func (s *Server) refuseSend(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger.refuse(number)
	s.note(journalRecord{Refused: number})
}

func (c *call) send(marketing bool) (any, error) {
	s := c.s
	if s.cfg.Latency > 0 {
		time.Sleep(s.cfg.Latency)
	}
	if err := c.faultBefore(); err != nil {
		return nil, err
	}
	body, err := c.sendBody()
	if err != nil {
		return nil, err
	}
	request, err := parseSend(body)
	if err != nil {
		return nil, err
	}
	if marketing && (request.Type != "template" || request.Status != "") {
		return nil, refuse(131055, "")
	}
	s.mu.Lock()
	answer, err := c.accept(request, marketing)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if f := s.faults.take(FaultTimeoutAfter, c.id); f != nil {
		time.Sleep(f.wait(0))
		return nil, errHangUp
	}
	return answer, nil
}

// sendBody reads a send, also when it comes as a form.
func (c *call) sendBody() ([]byte, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return formAsJSON(body)
	}
	return body, nil
}

// faultBefore lets the faults strike that refuse a send or lose it.
func (c *call) faultBefore() error {
	faults := c.s.faults
	if f := faults.take(FaultTimeoutBefore, c.id); f != nil {
		time.Sleep(f.wait(0))
		return errHangUp
	}
	for _, f := range []struct {
		kind string
		code int
	}{{FaultRateLimit, 130429}, {FaultAccountRestricted, 368}, {FaultMaintenance, 131057}} {
		if faults.take(f.kind, c.id) != nil {
			return refuse(f.code, "")
		}
	}
	if f := faults.take(FaultCode, c.id); f != nil {
		return refuse(f.Code, "")
	}
	return nil
}

// accept applies the rules in the provider's order and takes the message; the caller holds mu.
func (c *call) accept(request *sendRequest, marketing bool) (any, error) {
	s, n := c.s, c.number
	now := s.clock.Now()
	if n.Status != "CONNECTED" {
		return nil, refuse(133010, "")
	}
	if request.Status != "" {
		return s.markRead(n, request)
	}
	if s.cfg.RateLimit > 0 && !n.rate.take(now, time.Duration(float64(time.Second)/s.cfg.RateLimit), max(1, int(s.cfg.RateLimit))) {
		return nil, refuse(130429, "")
	}
	sd, err := s.address(n, request)
	if err != nil {
		return nil, err
	}
	if err := s.checkPair(sd, now); err != nil {
		return nil, err
	}
	sd.body, err = s.content(sd, marketing)
	if err != nil {
		return nil, err
	}
	s.record(sd, now)
	sd.held = s.holds(sd)
	if !sd.held {
		s.plan(sd)
	}
	return sd.accepted(), nil
}

// address finds who the message goes to and refuses recipients that cannot be written to.
func (s *Server) address(n *number, request *sendRequest) (*sending, error) {
	to, err := request.recipient(n)
	if err != nil {
		return nil, err
	}
	sd := &sending{number: n, to: to, request: request, userID: to.userID}
	if to.userID != "" {
		sd.customer = s.crowd.find(to.userID)
		if sd.customer == nil {
			return nil, refuse(131009, "Parameter 'recipient' is not a user this business knows.")
		}
		sd.waID = sd.customer.visibleNumber()
	} else {
		sd.waID = s.canonical(to.digits)
		sd.customer = s.meet(sd.waID, false)
		sd.userID = userIDOf(sd.waID)
		if sd.customer != nil {
			sd.userID = sd.customer.userID
		}
	}
	switch {
	case sd.waID == n.digits:
		return nil, refuse(131021, "")
	case len(n.Allowed) > 0 && !allowed(n.Allowed, sd.waID):
		return nil, refuse(131030, "")
	case n.identityKey && request.Identity != "" && sd.customer != nil && string(request.Identity) != sd.customer.identity:
		return nil, refuse(137000, "")
	}
	return sd, nil
}

func allowed(list []string, digits string) bool {
	for _, one := range list {
		if digitsOf(one) == digits {
			return true
		}
	}
	return false
}

// canonical writes a recipient's number as the provider knows it. Recipients ending in 0009 are known by the
// older form of Brazil (without the ninth digit) and Mexico (with the 1 of mobiles).
func (s *Server) canonical(digits string) string {
	if !s.ends(digits, "0009") {
		return digits
	}
	switch {
	case strings.HasPrefix(digits, "55") && len(digits) == 13:
		return digits[:4] + digits[5:]
	case strings.HasPrefix(digits, "52") && len(digits) == 12:
		return "521" + digits[2:]
	}
	return digits
}

// ends tells whether a recipient has one of the endings with a fixed outcome.
func (s *Server) ends(digits, ending string) bool {
	return !s.cfg.NoEndings && strings.HasSuffix(digits, ending)
}

// key is what the recipient is counted by: digits, or the user id.
func (sd *sending) key() string { return orDefault(sd.waID, sd.userID) }

// pairRetry is how long a pair-limited recipient (…0008) refuses after each refusal.
const pairRetry = 4 * time.Second

// checkPair applies the limit of messages to one user.
func (s *Server) checkPair(sd *sending, now time.Time) error {
	if p := sd.customer; p != nil && s.ends(sd.waID, "0008") {
		if p.refusedAt.IsZero() || now.Sub(p.refusedAt) < pairRetry {
			p.refusedAt = now
			return refuse(131056, "")
		}
		p.refusedAt = time.Time{}
	}
	if s.pairLimit && !s.pairs.take(s.ledger.pair(sd.number, sd.key()), now) {
		return refuse(131056, "")
	}
	return nil
}

// record writes the message down: in the ledger and, when kept, in the thread.
func (s *Server) record(sd *sending, now time.Time) {
	sd.sequence, sd.id = s.nextMessageID()
	s.ledger.accept(sd.logged(millis(now)))
	s.noteSend(sd, now)
	if p := sd.customer; p != nil {
		s.show(sd, now)
		s.live.changed("customer", p.id)
	}
}

func (sd *sending) logged(at int64) logged {
	return logged{sequence: sd.sequence, at: at, number: sd.number, template: sd.template,
		kind: sd.request.Type, to: sd.key(), callback: string(sd.request.Callback)}
}

// show puts an accepted message into its thread.
func (s *Server) show(sd *sending, now time.Time) {
	t := sd.customer.thread(sd.number)
	t.typingUntil = time.Time{}
	if t.referredAt.Add(serviceWindow).After(now) && t.freeUntil.IsZero() {
		t.freeUntil = now.Add(freeEntryPoint)
	}
	r := sd.request
	if r.Type == "reaction" {
		return // shown on its target, when it arrives
	}
	sd.shown = &message{ID: sd.id, From: "business", At: millis(now), Type: r.Type, Content: encode(sd.body),
		Status: "accepted", Callback: string(r.Callback), ReplyTo: sd.replyTo()}
	if sd.template != nil {
		sd.shown.Template = sd.template.Name
	}
	t.add(sd.shown)
}

// replyTo is the id of the message quoted, or "".
func (sd *sending) replyTo() string {
	if sd.request.Context == nil {
		return ""
	}
	return string(sd.request.Context.MessageID)
}

func (sd *sending) accepted() sendAnswer {
	contact := sendContact{Input: sd.to.input, WaID: sd.waID, UserID: sd.userID}
	if sd.customer != nil {
		contact.WaID = sd.customer.visibleNumber()
	}
	m := sendMessage{ID: sd.id}
	if sd.template != nil {
		m.Status = "accepted"
	}
	if sd.held {
		m.Status = "held_for_quality_assessment"
	}
	return sendAnswer{"whatsapp", []sendContact{contact}, []sendMessage{m}}
}

// markRead marks a customer's message, and the ones before it, as read by the business.
func (s *Server) markRead(n *number, request *sendRequest) (any, error) {
	id := string(request.MessageID)
	for _, p := range s.crowd.order {
		t := p.threads[n]
		if t == nil {
			continue
		}
		m := t.find(id)
		if m == nil || m.From != "customer" {
			continue
		}
		t.markBusinessRead(m)
		s.note(journalRecord{Seen: &threadKey{p.id, n.ID, id}})
		if request.Typing != nil {
			t.typingUntil = s.clock.Now().Add(25 * time.Second)
		}
		s.live.changed("customer", p.id)
		return success(), nil
	}
	if s.issued(id) {
		return success(), nil // of a thread no longer kept
	}
	return nil, refuse(131009, "Parameter 'message_id' is not a message of this number.")
}

// markBusinessRead marks every customer message up to last.
func (t *thread) markBusinessRead(last *message) {
	for _, m := range t.messages {
		if m.From == "customer" {
			m.Status = "read"
		}
		if m == last {
			return
		}
	}
}

// formAsJSON turns a form-encoded send into the JSON it stands for.
func formAsJSON(body []byte) ([]byte, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, refuse(100, "The form cannot be read.")
	}
	out := map[string]json.RawMessage{}
	for name, values := range form {
		out[name] = formValue(values[0])
	}
	return encode(out), nil
}
