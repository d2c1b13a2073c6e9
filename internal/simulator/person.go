package simulator

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Person describes a new customer.
type Person struct {
	Number   string `json:"number,omitempty"` // phone; may be absent with a username
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"` // without a number, only the user id is told to businesses
	Hidden   bool   `json:"hidden,omitempty"`   // the number is withheld from businesses
}

// AddPerson makes a customer, or changes the name of the one with this number, and returns its control id. It fails on numbers that are not
// phones, and without number and username.
func (s *Server) AddPerson(person Person) (string, error) {
	digits := digitsOf(person.Number)
	if person.Number != "" && (len(digits) < 8 || len(digits) > 15) {
		return "", errors.New("the number needs 8 to 15 digits with its country code")
	}
	if digits == "" && person.Username == "" {
		return "", errors.New("give a number or a username")
	}
	defer s.remember()
	s.mu.Lock()
	defer s.mu.Unlock()
	var p *customer
	if digits != "" {
		p = s.meet(digits, true)
	} else {
		p = s.crowd.newCustomer()
		p.userID = "MX." + fmt.Sprintf("%016x", mix(mix(s.cfg.Seed)+uint64(s.crowd.next)))
		s.crowd.index(p)
	}
	p.name, p.username = person.Name, strings.TrimPrefix(person.Username, "@")
	p.hidden = person.Hidden || digits == ""
	s.notePerson(p)
	s.live.changed("customer", p.id)
	return p.id, nil
}

// PersonChange changes what is not nil.
type PersonChange struct {
	Name     *string `json:"name,omitempty"`
	Offline  *bool   `json:"offline,omitempty"`
	Receipts *bool   `json:"receipts,omitempty"` // read receipts
	Number   *string `json:"number,omitempty"`   // moves to another phone number
}

// ChangePerson changes a customer; coming online delivers what waited, and a new number is told to the businesses the customer wrote to.
func (s *Server) ChangePerson(who string, change PersonChange) error {
	defer s.remember()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.crowd.find(who)
	if p == nil {
		return fmt.Errorf("customer %q is %w", who, ErrNotThere)
	}
	if change.Number != nil {
		if err := s.move(p, digitsOf(*change.Number)); err != nil {
			return err
		}
	}
	if change.Name != nil {
		p.name = *change.Name
	}
	if change.Receipts != nil {
		p.noReceipts = !*change.Receipts
	}
	if change.Offline != nil {
		s.setOffline(p, *change.Offline)
	}
	s.notePerson(p)
	s.live.changed("customer", p.id)
	return nil
}

func (s *Server) setOffline(p *customer, offline bool) {
	p.offline = offline
	if offline {
		return
	}
	for _, t := range p.threads {
		waiting := t.undelivered
		t.undelivered = nil
		for _, sd := range waiting {
			s.proceed(sd, stepDeliver, s.between(100*time.Millisecond, time.Second))
		}
	}
}

// move gives a customer another number, and with it another user id (whatsapp-cloud-api §13).
func (s *Server) move(p *customer, digits string) error {
	if len(digits) < 8 || len(digits) > 15 {
		return errors.New("the number needs 8 to 15 digits with its country code")
	}
	if s.crowd.byKey[digits] != nil {
		return errors.New("somebody else has this number")
	}
	old := *p
	delete(s.crowd.byKey, p.wa)
	delete(s.crowd.byKey, p.userID)
	p.wa, p.userID = digits, userIDOf(digits)
	s.crowd.index(p)
	p.identity = fmt.Sprintf("%011x=", mix(mix(uint64(s.crowd.next))+s.sequence)>>20)
	s.notePerson(p)
	for n, t := range p.threads {
		if t.lastInbound.IsZero() {
			continue
		}
		text := fmt.Sprintf("%s changed from %s to %s", p.label(), old.wa, digits)
		if !p.hidden {
			s.systemMessage(&old, n, map[string]any{"type": "user_changed_number", "body": text, "wa_id": digits})
		}
		s.systemMessage(&old, n, map[string]any{"type": "user_changed_user_id", "body": text, "user_id": p.userID})
	}
	return nil
}

// systemMessage tells a business about a change of one of its users; it has no contacts.
func (s *Server) systemMessage(from *customer, n *number, system map[string]any) {
	_, id := s.nextMessageID()
	m := inbound{"id": id, "timestamp": s.timestamp(), "type": "system", "system": system}
	from.sign(m)
	s.notify(n, messagesValue{Product: "whatsapp", Metadata: n.metadata(), Messages: []any{m}})
}

// OpenThread opens a customer's thread with a number for half a minute, as the handset page does while it is on screen: what was delivered becomes read.
func (s *Server) OpenThread(who, numberID string) error {
	return s.withThread(who, numberID, func(p *customer, n *number) {
		t := p.thread(n)
		t.openUntil = s.clock.Now().Add(time.Duration(float64(30*time.Second) * max(1, s.clock.rate())))
		if len(t.delivered) > 0 || t.unread > 0 {
			s.readAll(p, n)
		}
		s.noteThread(p, n)
	})
}

// Block makes a customer block or unblock a number. Blocking right after a template counts against it.
func (s *Server) Block(who, numberID string, on bool) error {
	return s.withThread(who, numberID, func(p *customer, n *number) {
		if on && !p.blocks[n] {
			s.blame(p.thread(n), n)
		}
		p.blocks[n] = on
		s.noteThread(p, n)
		s.notePerson(p)
		s.live.changed("customer", p.id)
	})
}

// blame counts a complaint against the last message when it was a template.
func (s *Server) blame(t *thread, n *number) {
	for i := len(t.messages) - 1; i >= 0; i-- {
		m := t.messages[i]
		if m.From != "business" {
			continue
		}
		for _, tpl := range n.account.templates {
			if tpl.Name == m.Template {
				s.complain(tpl)
				return
			}
		}
		return
	}
}

// Marketing makes a customer stop, or resume, marketing messages of a number's business.
func (s *Server) Marketing(who, numberID string, stop bool) error {
	return s.withThread(who, numberID, func(p *customer, n *number) {
		value := "resume"
		if stop {
			value = "stop"
		}
		p.optedOut = stop
		s.notePerson(p)
		preference := map[string]any{"user_id": p.userID, "detail": "User requested to " + value + " marketing messages",
			"category": "marketing_messages", "value": value, "timestamp": s.clock.Told().Unix()}
		if wa := p.visibleNumber(); wa != "" {
			preference["wa_id"] = wa
		}
		s.notifyAccount(n.account, "user_preferences", map[string]any{"messaging_product": "whatsapp", "metadata": n.metadata(),
			"contacts": []waContact{p.contact(n)}, "user_preferences": []any{preference}})
		s.live.changed("customer", p.id)
	})
}

func (s *Server) withThread(who, numberID string, do func(*customer, *number)) error {
	defer s.remember()
	s.mu.Lock()
	defer s.mu.Unlock()
	p, n := s.crowd.find(who), s.numbers[numberID]
	if p == nil {
		return fmt.Errorf("customer %q is %w", who, ErrNotThere)
	}
	if n == nil {
		return fmt.Errorf("number %q is %w", numberID, ErrNotThere)
	}
	do(p, n)
	return nil
}
