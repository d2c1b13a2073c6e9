package simulator

import (
	"strconv"
	"strings"
)

// wireStatus is a status inside a webhook (whatsapp-cloud-api §6.3).
type wireStatus struct {
	ID          string        `json:"id"`
	Status      string        `json:"status"`
	Timestamp   string        `json:"timestamp"`
	RecipientID string        `json:"recipient_id,omitempty"`
	RecipientU  string        `json:"recipient_user_id,omitempty"`
	Callback    string        `json:"biz_opaque_callback_data,omitempty"`
	Entry       *entryPoint   `json:"conversation,omitempty"`
	Pricing     *pricing      `json:"pricing,omitempty"`
	Errors      []statusError `json:"errors,omitempty"`
}

type pricing struct {
	Billable bool   `json:"billable"`
	Model    string `json:"pricing_model"`
	Type     string `json:"type"`
	Category string `json:"category"`
}

// entryPoint is the conversation object, which only free entry point messages still carry.
type entryPoint struct {
	ID      string `json:"id"`
	Expires string `json:"expiration_timestamp,omitempty"`
	Origin  struct {
		Type string `json:"type"`
	} `json:"origin"`
}

// messagesValue is the value of a change of field "messages".
type messagesValue struct {
	Product  string       `json:"messaging_product"`
	Metadata metadata     `json:"metadata"`
	Contacts []waContact  `json:"contacts,omitempty"`
	Messages []any        `json:"messages,omitempty"`
	Statuses []wireStatus `json:"statuses,omitempty"`
}

type metadata struct {
	Display string `json:"display_phone_number"`
	ID      string `json:"phone_number_id"`
}

func (n *number) metadata() metadata { return metadata{n.digits, n.ID} }

// fail ends a message with an asynchronous error.
func (s *Server) fail(sd *sending, code int) {
	s.emit(sd, "failed", code)
	s.rest(sd, stepOver)
}

// emit tells a status: on the handset, in the counters and by webhook; the caller holds mu.
func (s *Server) emit(sd *sending, status string, code int) {
	sd.becomes(status, code)
	if sd.shown != nil {
		s.live.changed("customer", sd.customer.id)
	}
	if !s.tells(status) {
		s.noteStatus(sd, status, code)
		return
	}
	s.ledger.status(status, code)
	value := messagesValue{Product: "whatsapp", Metadata: sd.number.metadata(), Statuses: []wireStatus{s.wireStatus(sd, status, code)}}
	s.noteStatus(sd, status, code)
	if status != "failed" {
		value.Contacts = []waContact{sd.contact()}
	}
	s.notify(sd.number, value)
}

// becomes shows the status on the handset.
func (sd *sending) becomes(status string, code int) {
	if sd.shown == nil {
		return
	}
	sd.shown.Status = status
	if code != 0 {
		e := asyncError(code)
		sd.shown.Error = &e
	}
}

// tells applies Config.Statuses.
func (s *Server) tells(status string) bool {
	switch s.cfg.Statuses {
	case StatusNone:
		return false
	case StatusSent:
		return status == "sent" || status == "failed"
	case StatusDelivered:
		return status != "read" && status != "played"
	}
	return true
}

func (s *Server) wireStatus(sd *sending, status string, code int) wireStatus {
	w := wireStatus{ID: sd.id, Status: status, Timestamp: s.timestamp(), RecipientID: sd.waID, RecipientU: sd.userID,
		Callback: string(sd.request.Callback)}
	if sd.customer != nil {
		w.RecipientID = sd.customer.visibleNumber()
	}
	switch status {
	case "failed":
		w.Errors = []statusError{asyncError(code)}
	case "sent":
		s.price(sd)
		w.Pricing, w.Entry = sd.pricing, sd.entry
	case "delivered":
		w.Pricing = sd.pricing
	}
	return w
}

func (sd *sending) contact() waContact {
	if sd.customer != nil {
		return sd.customer.contact(sd.number)
	}
	return waContact{Profile: waProfile{Name: sd.waID}, WaID: sd.waID, UserID: sd.userID}
}

// price decides category and type once, when the message leaves (whatsapp-cloud-api §4, rules since 1 October 2026).
func (s *Server) price(sd *sending) {
	now := s.clock.Now()
	p := &pricing{Billable: true, Model: "PMP", Type: "regular", Category: "service"}
	if sd.template != nil {
		p.Category = strings.ToLower(sd.template.Category)
	}
	if sd.customer != nil {
		if t := sd.customer.threads[sd.number]; t.freeUntil.After(now) {
			p.Billable, p.Type, p.Category = false, "free_entry_point", "referral_conversion"
			sd.entry = &entryPoint{ID: strconv.FormatUint(mix(sd.sequence), 16), Expires: strconv.FormatInt(t.freeUntil.Unix(), 10)}
			sd.entry.Origin.Type = "referral_conversion"
		}
	}
	if p.Category == "service" && sd.number.countService(now) {
		p.Billable, p.Type = false, "free_customer_service"
	}
	sd.pricing = p
}

func (s *Server) timestamp() string { return strconv.FormatInt(s.clock.Told().Unix(), 10) }

// notify posts a value of field "messages" of a number to its callback: number before account before app.
func (s *Server) notify(n *number, value messagesValue) {
	a := n.account
	url := orDefault(n.override, orDefault(a.override, s.app.callback))
	s.post(a, url, change{field: "messages", value: encode(value)})
}

// notifyAccount posts an account, number or template field, which always goes to the app's callback.
func (s *Server) notifyAccount(a *account, field string, value any) {
	s.post(a, s.app.callback, change{field: field, value: encode(value), time: s.clock.Told().Unix()})
}

func (s *Server) post(a *account, url string, c change) {
	if url == "" || !a.subscribed || s.app.fields != nil && !s.app.fields[c.field] {
		s.counter.undelivered.Add(1)
		s.note(journalRecord{Counted: map[string]int64{countUndelivered: 1}})
		return
	}
	c.id, c.url, c.account, c.since = s.outbox.newID(), url, a.ID, s.clock.Now()
	s.noteHook(c)
	s.mu.leaving = append(s.mu.leaving, c)
}
