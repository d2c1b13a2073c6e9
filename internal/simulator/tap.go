package simulator

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// composeTap turns a tap on a button or a list row into the message it sends: "button" for a template's quick reply,
// "interactive" for reply buttons and lists.
func composeTap(m inbound, t *thread, said Said) (any, error) {
	target := t.find(said.ReplyTo)
	if target == nil || target.From != "business" {
		return nil, fmt.Errorf("message %q is %w", said.ReplyTo, ErrNotThere)
	}
	var content any
	var err error
	switch target.Type {
	case "template":
		content, err = tapTemplate(m, target, said.Choice)
	case "interactive":
		content, err = tapInteractive(m, target, said.Choice)
	default:
		err = fmt.Errorf("message %q has no buttons", said.ReplyTo)
	}
	if err == nil {
		target.Tapped = said.Choice
	}
	return content, err
}

// tapTemplate taps the quick reply with the given index among the template's buttons.
func tapTemplate(m inbound, target *message, choice string) (any, error) {
	var card rendered
	if err := json.Unmarshal(target.Content, &card); err != nil {
		return nil, fmt.Errorf("reading the template shown: %w", err)
	}
	i, err := strconv.Atoi(choice)
	if err != nil || i < 0 || i >= len(card.Buttons) || card.Buttons[i].Type != "QUICK_REPLY" {
		return nil, fmt.Errorf("quick reply %q is %w", choice, ErrNotThere)
	}
	m["type"] = "button"
	m["button"] = map[string]string{"payload": card.Buttons[i].Payload, "text": card.Buttons[i].Text}
	return m["button"], nil
}

// tapInteractive taps the button or row with the given id.
func tapInteractive(m inbound, target *message, choice string) (any, error) {
	var shown interactive
	if err := json.Unmarshal(target.Content, &shown); err != nil {
		return nil, fmt.Errorf("reading the choices shown: %w", err)
	}
	m["type"] = "interactive"
	for _, b := range shown.Action.Buttons {
		if b.Reply.ID == choice {
			m["interactive"] = map[string]any{"type": "button_reply", "button_reply": b.Reply}
			return m["interactive"], nil
		}
	}
	for _, section := range shown.Action.Sections {
		for _, row := range section.Rows {
			if row.ID == choice {
				m["interactive"] = map[string]any{"type": "list_reply", "list_reply": row}
				return m["interactive"], nil
			}
		}
	}
	return nil, fmt.Errorf("choice %q is %w", choice, ErrNotThere)
}
