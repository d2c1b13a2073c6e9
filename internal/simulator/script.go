package simulator

import (
	"encoding/json"
	"errors"
	"strings"
)

// script lets a customer nobody plays react to a delivered message; the caller holds mu.
func (s *Server) script(sd *sending) {
	if s.ends(sd.waID, "0007") && sd.template != nil {
		s.answer(sd, Said{Type: "text", Text: "STOP"})
		return
	}
	if s.cfg.Quiet || s.ends(sd.waID, "0006") {
		return
	}
	sc := s.cfg.Script
	if choice := firstChoice(sd.body); choice != "" && sc.TapShare > 0 && s.rng.Float64() < sc.TapShare {
		s.answer(sd, Said{Type: "tap", ReplyTo: sd.id, Choice: choice})
		return
	}
	if sc.ReplyShare > 0 && s.rng.Float64() < sc.ReplyShare {
		s.answer(sd, Said{Type: "text", Text: s.phrase(sd.waID)})
	}
}

// answer plans what the customer says.
func (s *Server) answer(sd *sending, said Said) {
	said.Number = sd.number.ID
	sd.answer = &answerRecord{Sequence: sd.sequence, Said: said, Due: millis(s.clock.Now().Add(s.cfg.Script.Delay))}
	s.note(journalRecord{Answer: sd.answer})
	s.later(s.cfg.Script.Delay, func() { s.giveAnswer(sd) })
}

// giveAnswer says what was planned; a customer who went offline or blocked the number meanwhile says nothing.
func (s *Server) giveAnswer(sd *sending) {
	said := sd.answer.Said
	sd.answer = nil
	s.note(journalRecord{Answered: sd.sequence})
	_, _ = s.say(sd.customer, sd.number, said)
}

// firstChoice is the first button or row of a message that can be tapped, or "".
func firstChoice(body any) string {
	switch m := body.(type) {
	case *rendered:
		for i, b := range m.Buttons {
			if b.Type == "QUICK_REPLY" {
				return decimal(uint64(i))
			}
		}
	case *interactive:
		if len(m.Action.Buttons) > 0 {
			return m.Action.Buttons[0].Reply.ID
		}
		if len(m.Action.Sections) > 0 {
			return m.Action.Sections[0].Rows[0].ID
		}
	}
	return ""
}

var phrases = map[string][]string{
	"pt": {"Oi, quero saber mais", "Obrigado!", "Pode me ligar amanhã?", "Qual é o prazo de entrega?"},
	"es": {"Hola, quiero saber más", "¡Gracias!", "¿Me pueden llamar mañana?", "¿Cuánto tarda el envío?"},
}

// phrase is something the customer could say, in the language of its country.
func (s *Server) phrase(digits string) string {
	list := phrases["es"]
	if strings.HasPrefix(digits, "55") || strings.HasPrefix(digits, "351") {
		list = phrases["pt"]
	}
	return list[s.rng.IntN(len(list))]
}

// Emit posts any field with any value from an account, as it would arrive from the provider; for tests of webhooks the simulator has no other cause for. number
// names the phone number whose callback counts for field "messages", and may be empty otherwise.
func (s *Server) Emit(accountID, number, field string, value json.RawMessage) error {
	defer s.remember()
	s.mu.Lock()
	defer s.mu.Unlock()
	a, n := s.byAccount[accountID], s.numbers[number]
	if n != nil {
		a = n.account
	}
	if a == nil {
		return notThere("account", accountID)
	}
	if !json.Valid(value) || strings.ContainsAny(field, "\"\\") {
		return errors.New("the value must be JSON and the field a plain name")
	}
	c := change{field: field, value: encode(value), time: s.clock.Told().Unix()}
	url := s.app.callback
	if field == "messages" {
		c.time = 0
		url = orDefault(a.override, url)
		if n != nil {
			url = orDefault(n.override, url)
		}
	}
	s.post(a, url, c)
	return nil
}
