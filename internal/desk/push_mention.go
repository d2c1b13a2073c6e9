package desk

import (
	"slices"

	"recado/internal/conversation"
	"recado/internal/event"
	"recado/internal/words"
)

// mentioned tells those who are named in a note, on all their screens, and nobody else.
func (t *told) mentioned(to reader, e event.Event) ([]Push, error) {
	f, err := event.Decode[conversation.MentionedFact](e)
	if err != nil || !slices.Contains(f.Users, to.actor.User) || !t.sees(to, f.Conversation) {
		return nil, err
	}
	row := t.rows[f.Conversation]
	text := words.Say(to.actor.Locale, "desk.mentioned", map[string]any{"by": t.messages[f.Message].Author.Name, "name": row.Contact.label()})
	return []Push{{Kind: "mentioned", Conversation: &row, About: f.Conversation, MessageID: f.Message, Text: text}}, nil
}

// mentionsSeen tells the other screens of a user that the mentions of a conversation are seen.
func mentionsSeen(to reader, e event.Event) ([]Push, error) {
	f, err := event.Decode[conversation.MentionsSeenFact](e)
	if err != nil || f.User != to.actor.User {
		return nil, err
	}
	return []Push{{Kind: "mentions_seen", About: f.Conversation}}, nil
}
