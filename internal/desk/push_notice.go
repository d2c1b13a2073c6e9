package desk

import (
	"recado/internal/event"
	"recado/internal/notice"
)

// noticed tells a person on all their screens what concerns them, and nobody else; not of what is out of their reach.
func (t *told) noticed(to reader, e event.Event) ([]Push, error) {
	f, err := event.Decode[notice.ToldFact](e)
	if err != nil || f.User != to.actor.User {
		return nil, err
	}
	if f.Conversation == 0 {
		return []Push{{Kind: "notice", State: f.Kind, Text: f.Text, Sound: f.Sound}}, nil
	}
	if !t.sees(to, f.Conversation) {
		return nil, nil
	}
	row := t.rows[f.Conversation]
	return []Push{{Kind: "notice", State: f.Kind, Conversation: &row, About: f.Conversation, MessageID: f.Message, Text: f.Text, Sound: f.Sound}}, nil
}

// noticesRead tells the other screens of a person that they have read their notices.
func noticesRead(to reader, e event.Event) ([]Push, error) {
	f, err := event.Decode[notice.ReadFact](e)
	if err != nil || f.User != to.actor.User {
		return nil, err
	}
	return []Push{{Kind: "notices_read"}}, nil
}
