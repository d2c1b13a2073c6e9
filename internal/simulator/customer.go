package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// customer is a person outside, holding a phone. Guarded by Server.mu.
type customer struct {
	order      int    // as in the id
	id         string // of the control API; stays when the number changes
	wa         string // digits; "" when it was never known
	userID     string
	name       string
	username   string
	hidden     bool // the number is withheld from businesses: only user_id is told
	offline    bool
	noReceipts bool
	optedOut   bool             // of marketing
	blocks     map[*number]bool // businesses this customer blocked
	blockedBy  map[*number]bool // numbers that blocked this customer
	threads    map[*number]*thread
	identity   string // identity key hash
	refusedAt  time.Time
}

// thread is what one customer and one number said to each other.
type thread struct {
	lastInbound time.Time
	referredAt  time.Time // came from an ad
	freeUntil   time.Time // of the free entry point
	openUntil   time.Time // a person looks at it on the handset page
	typingUntil time.Time // the business shows "typing"
	unread      int
	messages    []*message
	undelivered []*sending // sent while the phone was off
	delivered   []*sending // not read yet
}

// keepMessages is how many messages a thread keeps.
const keepMessages = 500

// message is one message as the handset shows it.
type message struct {
	ID        string            `json:"id"`
	From      string            `json:"from"` // "business" or "customer"
	At        int64             `json:"at"`   // simulated Unix milliseconds
	Type      string            `json:"type"`
	Content   json.RawMessage   `json:"content,omitempty"`
	ReplyTo   string            `json:"reply_to,omitempty"`
	Status    string            `json:"status,omitempty"`
	Error     *statusError      `json:"error,omitempty"`
	Callback  string            `json:"biz_opaque_callback_data,omitempty"`
	Template  string            `json:"template,omitempty"`
	Reactions map[string]string `json:"reactions,omitempty"` // by "business" and "customer"
	Tapped    string            `json:"tapped,omitempty"`    // the button or row chosen
}

func (t *thread) add(m *message) {
	t.messages = append(t.messages, m)
	if len(t.messages) > keepMessages {
		t.messages = slices.Delete(t.messages, 0, len(t.messages)-keepMessages)
	}
}

func (t *thread) find(id string) *message {
	for i := len(t.messages) - 1; i >= 0; i-- {
		if t.messages[i].ID == id {
			return t.messages[i]
		}
	}
	return nil
}

// open tells whether free-form messages are allowed: 24 h from the last inbound one.
func (t *thread) open(now time.Time) bool {
	return t != nil && !t.lastInbound.IsZero() && now.Sub(t.lastInbound) < serviceWindow
}

const (
	serviceWindow  = 24 * time.Hour
	freeEntryPoint = 72 * time.Hour
)

// crowd is everyone outside. Guarded by Server.mu.
type crowd struct {
	keep  int
	next  int
	order []*customer
	byKey map[string]*customer // by id, digits and user id
}

func newCrowd(keep int) crowd { return crowd{keep: keep, byKey: map[string]*customer{}} }

// find returns a customer by control id, digits or user id, or nil.
func (c *crowd) find(key string) *customer {
	if p, ok := c.byKey[key]; ok {
		return p
	}
	return c.byKey[digitsOf(key)]
}

// meet returns the customer with these digits, made up if new; nil when no more are kept and force is off.
func (c *crowd) meet(digits string, force bool) *customer {
	if p := c.byKey[digits]; p != nil {
		return p
	}
	if !force && len(c.order) >= c.keep {
		return nil
	}
	p := c.newCustomer()
	p.wa, p.userID = digits, userIDOf(digits)
	c.index(p)
	return p
}

func (c *crowd) newCustomer() *customer {
	c.next++
	p := &customer{order: c.next, id: fmt.Sprintf("c%d", c.next), blocks: map[*number]bool{}, blockedBy: map[*number]bool{},
		threads: map[*number]*thread{}}
	p.identity = fmt.Sprintf("%011x=", mix(uint64(c.next))>>20)
	c.order = append(c.order, p)
	return p
}

// index makes a customer findable by what it has.
func (c *crowd) index(p *customer) {
	c.byKey[p.id] = p
	if p.wa != "" {
		c.byKey[p.wa] = p
	}
	c.byKey[p.userID] = p
}

// thread returns the customer's thread with a number, made if missing.
func (p *customer) thread(n *number) *thread {
	t := p.threads[n]
	if t == nil {
		t = &thread{}
		p.threads[n] = t
	}
	return t
}

// label is how the customer is named in a contact without a name of its own.
func (p *customer) label() string {
	if p.name != "" {
		return p.name
	}
	return p.wa
}

// countries gives the region of a country code, longest code first where they overlap.
var countries = []struct{ code, region string }{
	{"598", "UY"}, {"595", "PY"}, {"593", "EC"}, {"591", "BO"}, {"506", "CR"}, {"507", "PA"}, {"502", "GT"}, {"351", "PT"},
	{"972", "IL"}, {"971", "AE"}, {"55", "BR"}, {"52", "MX"}, {"54", "AR"}, {"57", "CO"}, {"56", "CL"}, {"51", "PE"},
	{"58", "VE"}, {"34", "ES"}, {"39", "IT"}, {"44", "GB"}, {"49", "DE"}, {"33", "FR"}, {"1", "US"},
}

func countryOf(digits string) (code, region string) {
	for _, c := range countries {
		if strings.HasPrefix(digits, c.code) {
			return c.code, c.region
		}
	}
	return "", "ZZ"
}

// userIDOf makes the user id that goes with a number: always the same for the same number.
func userIDOf(digits string) string {
	_, region := countryOf(digits)
	var x uint64 = 14695981039346656037
	for i := range len(digits) {
		x = (x ^ uint64(digits[i])) * 1099511628211
	}
	return fmt.Sprintf("%s.%016x", region, mix(x))
}

// waContact is a contact inside webhooks and answers.
type waContact struct {
	Profile  waProfile `json:"profile"`
	WaID     string    `json:"wa_id,omitempty"`
	UserID   string    `json:"user_id,omitempty"`
	Identity string    `json:"identity_key_hash,omitempty"`
}

type waProfile struct {
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
}

// contact is how the customer appears to a number.
func (p *customer) contact(n *number) waContact {
	c := waContact{Profile: waProfile{p.label(), p.username}, WaID: p.visibleNumber(), UserID: p.userID}
	if n.identityKey {
		c.Identity = p.identity
	}
	return c
}

// visibleNumber is the customer's number, or "" when it is withheld.
func (p *customer) visibleNumber() string {
	if p.hidden {
		return ""
	}
	return p.wa
}
