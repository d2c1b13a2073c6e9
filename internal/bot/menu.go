package bot

import (
	"strconv"
	"strings"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
)

// openList opens a list whose bot has no caption for it.
const openList = "≡"

// menu is the message that offers the options.
func (b Bot) menu() (text string, content channel.Content) {
	text = b.MenuText
	if strings.TrimSpace(text) == "" {
		text = b.Greeting
	}
	m := channel.Menu{}
	if len(b.Menu) > maxButtons {
		if m.Button = b.MenuButton; m.Button == "" {
			m.Button = openList
		}
	}
	for _, o := range b.Menu {
		m.Options = append(m.Options, channel.Option{ID: o.Queue.String(), Title: strings.TrimSpace(o.Title)})
	}
	return text, channel.Content{Menu: &m}
}

// chosen gives the queue a message chose: by tapping, or by writing the option's title or its place. ok is false when it chose none.
func (b Bot) chosen(f conversation.ReceivedFact) (queue db.ID, ok bool) {
	written := fold(f.Text)
	for i, o := range b.Menu {
		if f.Payload == o.Queue.String() || written != "" && (written == fold(o.Title) || written == strconv.Itoa(i+1)) {
			return o.Queue, true
		}
	}
	return 0, false
}

func fold(text string) string { return contact.Fold(strings.TrimSpace(text)) }
