package conversation

import (
	"strings"
	"unicode/utf8"

	"recado/internal/channel"
	"recado/internal/db"
)

// previewBytes bounds the words a list shows of the last message.
const previewBytes = 200

// previewOf is what a list shows of a message: its words on one line. Kinds without words are named by the list itself.
func previewOf(text string, content channel.Content) string {
	switch {
	case text != "":
	case content.Title != "":
		text = content.Title
	case content.Emoji != "":
		text = content.Emoji
	case content.Location != nil:
		text = content.Location.Name
	case content.Media != nil:
		text = content.Media.Name
	}
	return strings.Join(strings.Fields(excerpt(text, previewBytes)), " ")
}

// KindVoice names a voice note in lists; as a message it is of kind audio.
const KindVoice = "voice"

// previewKind names the kind of a message for lists.
func previewKind(kind string, content channel.Content) string {
	if kind == channel.Audio && content.Media != nil && content.Media.Voice {
		return KindVoice
	}
	return kind
}

// excerpt is the beginning of a text, at most limit bytes, never half a character.
func excerpt(text string, limit int) string {
	text = clean(text)
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// clean keeps a text as it was written, but valid: PostgreSQL takes neither zero bytes nor broken UTF-8.
func clean(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "")
}

// orNull is the argument for an optional id in statements that bypass db.ID.
func orNull(id db.ID) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return clean(text)
}
