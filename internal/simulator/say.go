package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Said is what a customer sends to a number. Type decides which of the other fields count.
type Said struct {
	Number  string `json:"number"`             // phone number id
	Type    string `json:"type"`               // text, image, video, document, audio, sticker, location, contacts, reaction, tap, order, flow, edit, revoke, unsupported
	Text    string `json:"text,omitempty"`     // text and caption
	ReplyTo string `json:"reply_to,omitempty"` // message id quoted, tapped on, reacted to, changed or taken back
	Emoji   string `json:"emoji,omitempty"`    // of a reaction; "" takes it back
	Choice  string `json:"choice,omitempty"`   // of a tap: index of the template's button, or id of the button or row

	Data     []byte `json:"data,omitempty"` // of media, base64 in JSON; absent means a small sample
	Mime     string `json:"mime,omitempty"`
	Filename string `json:"filename,omitempty"`
	Voice    bool   `json:"voice,omitempty"`
	Animated bool   `json:"animated,omitempty"` // of a sticker

	Latitude  float64         `json:"latitude,omitempty"`
	Longitude float64         `json:"longitude,omitempty"`
	Name      string          `json:"name,omitempty"`
	Address   string          `json:"address,omitempty"`
	Contacts  json.RawMessage `json:"contacts,omitempty"`
	Referral  json.RawMessage `json:"referral,omitempty"` // click on an ad: opens the free entry point
	Order     json.RawMessage `json:"order,omitempty"`
	Answers   json.RawMessage `json:"answers,omitempty"` // of a flow
	Forwarded bool            `json:"forwarded,omitempty"`
}

// ErrNotThere is wrapped by errors about customers, numbers and messages the simulator does not have.
var ErrNotThere = errors.New("not there")

// inbound is a message inside a webhook.
type inbound map[string]any

// Say makes a customer, named by control id, number or user id, send something; an unknown number becomes a new customer. It returns the message id. It
// fails on unknown numbers, on taps on what is not there, and when the customer blocked the number or is offline.
func (s *Server) Say(who string, said Said) (string, error) {
	defer s.remember()
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.numbers[said.Number]
	if n == nil {
		return "", fmt.Errorf("number %q is %w", said.Number, ErrNotThere)
	}
	p := s.crowd.find(who)
	if p == nil {
		digits := digitsOf(who)
		if len(digits) < 8 || len(digits) > 15 {
			return "", fmt.Errorf("customer %q is %w", who, ErrNotThere)
		}
		p = s.meet(digits, true)
	}
	return s.say(p, n, said)
}

// say is Say; the caller holds mu.
func (s *Server) say(p *customer, n *number, said Said) (string, error) {
	switch {
	case p.offline:
		return "", errors.New("the phone is offline")
	case p.blocks[n]:
		return "", errors.New("the customer blocked this number; unblock it first")
	}
	for _, given := range []json.RawMessage{said.Contacts, said.Referral, said.Order, said.Answers} {
		if len(given) > 0 && !json.Valid(given) {
			return "", errors.New("contacts, referral, order and answers must be JSON")
		}
	}
	t := p.thread(n)
	m := inbound{"type": said.Type}
	content, err := s.compose(m, t, said)
	if err != nil {
		return "", err
	}
	_, id := s.nextMessageID()
	now := s.clock.Now()
	m["id"], m["timestamp"] = id, s.timestamp()
	p.sign(m)
	if said.Forwarded {
		m["context"] = map[string]any{"forwarded": true}
	}
	if len(said.Referral) > 0 {
		m["referral"] = said.Referral
		t.referredAt, t.freeUntil = now, time.Time{}
	}
	if said.ReplyTo != "" && !said.aboutAnother() {
		m["context"] = s.quote(t, p, n, said.ReplyTo)
	}
	t.lastInbound = now
	s.readAll(p, n)
	if !said.aboutAnother() {
		kind, _ := m["type"].(string)
		shown := &message{ID: id, From: "customer", At: millis(now), Type: kind, Content: encode(content), ReplyTo: said.ReplyTo, Status: "sent"}
		t.add(shown)
		s.noteMessage(p, n, shown)
	}
	if target := t.find(said.ReplyTo); target != nil && (said.aboutAnother() || said.Type == "tap") {
		s.noteMessage(p, n, target)
	}
	s.noteThread(p, n)
	s.counter.inbound.Add(1)
	s.note(journalRecord{Inbound: 1})
	s.live.changed("customer", p.id)
	if p.blockedBy[n] {
		return id, nil // the business does not hear from people it blocked
	}
	s.notify(n, messagesValue{Product: "whatsapp", Metadata: n.metadata(), Contacts: []waContact{p.contact(n)}, Messages: []any{m}})
	return id, nil
}

// aboutAnother tells whether it is no message of its own on the phone: it only changes how another one looks.
func (said Said) aboutAnother() bool {
	switch said.Type {
	case "reaction", "edit", "revoke":
		return true
	}
	return false
}

// sign writes who a message is from.
func (p *customer) sign(m inbound) {
	if from := p.visibleNumber(); from != "" {
		m["from"] = from
	}
	m["from_user_id"] = p.userID
}

// quote is the context of a reply.
func (s *Server) quote(t *thread, p *customer, n *number, id string) map[string]any {
	from := n.digits
	if m := t.find(id); m != nil && m.From == "customer" {
		from = orDefault(p.visibleNumber(), p.userID)
	}
	return map[string]any{"from": from, "id": id}
}

// compose fills the message and returns its content for the handset.
func (s *Server) compose(m inbound, t *thread, said Said) (any, error) {
	switch said.Type {
	case "text":
		if strings.TrimSpace(said.Text) == "" {
			return nil, errors.New("the text is empty")
		}
		m["text"] = map[string]string{"body": said.Text}
	case "image", "video", "document", "audio", "sticker":
		content, err := s.composeMedia(said)
		m[said.Type] = content
		return content, err
	case "location":
		m["location"] = said.place()
	case "contacts":
		if len(said.Contacts) == 0 {
			said.Contacts = sampleCard
		}
		m["contacts"] = said.Contacts
	case "reaction":
		return nil, composeReaction(m, t, said)
	case "tap":
		return composeTap(m, t, said)
	case "edit", "revoke":
		return nil, composeChange(m, t, said)
	case "flow":
		m["type"] = "interactive"
		m["interactive"] = map[string]any{"type": "nfm_reply", "nfm_reply": map[string]string{
			"name": "flow", "body": orDefault(said.Text, "Sent"), "response_json": orDefault(string(said.Answers), `{"flow_token":"t-1"}`)}}
		return m["interactive"], nil
	case "order":
		if len(said.Order) == 0 {
			said.Order = sampleOrder
		}
		m["order"] = said.Order
	case "unsupported":
		m["errors"] = []statusError{asyncError(131051)}
		m["unsupported"] = map[string]string{"type": orDefault(said.Text, "poll")}
		return map[string]string{"type": orDefault(said.Text, "poll")}, nil
	default:
		return nil, fmt.Errorf("customers cannot send %q", said.Type)
	}
	return m[said.Type], nil
}

func (said Said) place() map[string]any {
	out := map[string]any{"latitude": said.Latitude, "longitude": said.Longitude}
	if said.Name != "" {
		out["name"] = said.Name
	}
	if said.Address != "" {
		out["address"] = said.Address
	}
	return out
}

var sampleCard = json.RawMessage(`[{"name":{"formatted_name":"Luis Vega","first_name":"Luis","last_name":"Vega"},` +
	`"phones":[{"phone":"+54 9 11 5555-0199","wa_id":"5491155550199","type":"CELL"}]}]`)

var sampleOrder = json.RawMessage(`{"catalog_id":"400010001000100","text":"Para hoy, por favor","product_items":[` +
	`{"product_retailer_id":"CAMPERA-L","quantity":2,"item_price":45.5,"currency":"USD"}]}`)

// composeMedia stores the file, or a sample, and describes it as webhooks do.
func (s *Server) composeMedia(said Said) (map[string]any, error) {
	f := &file{mime: said.Mime, name: said.Filename, data: said.Data}
	if len(f.data) == 0 {
		f = sampleOf(said)
	}
	if f.mime == "" {
		return nil, errors.New("media needs its type")
	}
	s.store(f, inboundLives)
	sum := sha256.Sum256(f.data)
	out := map[string]any{"id": f.id, "mime_type": f.mime, "sha256": base64.StdEncoding.EncodeToString(sum[:])}
	if s.cfg.PublicURL != "" {
		out["url"] = s.mediaAddress(nil, f)
	}
	switch said.Type {
	case "audio":
		out["voice"] = said.Voice
	case "sticker":
		out["animated"] = said.Animated
	case "document":
		out["filename"] = f.name
	}
	if said.Text != "" && said.Type != "audio" && said.Type != "sticker" {
		out["caption"] = said.Text
	}
	return out, nil
}

func composeReaction(m inbound, t *thread, said Said) error {
	target := t.find(said.ReplyTo)
	if target == nil {
		return fmt.Errorf("message %q is %w", said.ReplyTo, ErrNotThere)
	}
	reaction := map[string]string{"message_id": said.ReplyTo}
	if said.Emoji != "" {
		reaction["emoji"] = said.Emoji
	}
	target.react("customer", said.Emoji)
	m["reaction"] = reaction
	return nil
}

// composeChange changes the words of the customer's own message or takes it back; only numbers shared with the Business app
// hear of it.
func composeChange(m inbound, t *thread, said Said) error {
	target := t.find(said.ReplyTo)
	if target == nil || target.From != "customer" {
		return fmt.Errorf("message %q of this customer is %w", said.ReplyTo, ErrNotThere)
	}
	if said.Type == "revoke" {
		target.Type, target.Content = "revoke", nil
		m["revoke"] = map[string]string{"original_message_id": said.ReplyTo}
		return nil
	}
	if target.Type != "text" || strings.TrimSpace(said.Text) == "" {
		return errors.New("only the words of a text can be changed, to other words")
	}
	text := map[string]string{"body": said.Text}
	target.Content = encode(text)
	m["edit"] = map[string]any{"original_message_id": said.ReplyTo, "message": map[string]any{"type": "text", "text": text}}
	return nil
}
