package simulator

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// checkContent checks the object named like the type (whatsapp-cloud-api §2.1).
func (r *sendRequest) checkContent() error {
	switch r.Type {
	case "text":
		return r.checkText()
	case "image", "video", "audio", "document", "sticker":
		return checkMedia(r.Type, r.media())
	case "location":
		return r.checkLocation()
	case "contacts":
		return r.checkContacts()
	case "reaction":
		return r.checkReaction()
	case "interactive":
		if r.Interactive == nil {
			return refuse(131008, "Parameter 'interactive' is required.")
		}
		return r.Interactive.check()
	case "template":
		return r.checkTemplate()
	}
	return refuse(131051, "Message type '%s' is not supported.", r.Type)
}

func (r *sendRequest) checkText() error {
	if r.Text == nil || r.Text.Body == "" {
		return refuse(131008, "Parameter 'text.body' is required.")
	}
	return atMost("text.body", string(r.Text.Body), 4096)
}

// atMost refuses texts above a number of characters.
func atMost(name, text string, limit int) error {
	if len(text) > limit && utf8.RuneCountInString(text) > limit {
		return refuse(100, "Parameter '%s' must be at most %d characters long.", name, limit)
	}
	return nil
}

// media returns the media object of the request's type.
func (r *sendRequest) media() *mediaContent {
	switch r.Type {
	case "image":
		return r.Image
	case "video":
		return r.Video
	case "audio":
		return r.Audio
	case "document":
		return r.Document
	case "sticker":
		return r.Sticker
	}
	return nil
}

func checkMedia(kind string, m *mediaContent) error {
	switch {
	case m == nil:
		return refuse(131008, "Parameter '%s' is required.", kind)
	case (m.ID == "") == (m.Link == ""):
		return refuse(131009, "Parameter '%s' needs exactly one of 'id' and 'link'.", kind)
	case m.Link != "" && !isLink(m.Link):
		return refuse(131009, "Parameter '%s.link' must start with http:// or https://.", kind)
	case m.Caption != "" && (kind == "audio" || kind == "sticker"):
		return refuse(100, "Unexpected key \"caption\" on param \"%s\".", kind)
	case m.Filename != "" && kind != "document":
		return refuse(100, "Unexpected key \"filename\" on param \"%s\".", kind)
	case m.Voice && kind != "audio":
		return refuse(100, "Unexpected key \"voice\" on param \"%s\".", kind)
	}
	return atMost(kind+".caption", m.Caption, 1024)
}

func isLink(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}

func (r *sendRequest) checkLocation() error {
	if r.Location == nil {
		return refuse(131008, "Parameter 'location' is required.")
	}
	return r.Location.check("location")
}

func (l *locationContent) check(name string) error {
	for _, side := range []struct {
		name  string
		value looseText
		limit float64
	}{{"latitude", l.Latitude, 90}, {"longitude", l.Longitude, 180}} {
		if side.value == "" {
			return refuse(131008, "Parameter '%s.%s' is required.", name, side.name)
		}
		degrees, err := strconv.ParseFloat(string(side.value), 64)
		if err != nil || !(degrees >= -side.limit && degrees <= side.limit) {
			return refuse(131009, "Parameter '%s.%s' is out of range.", name, side.name)
		}
	}
	return nil
}

// maxCards is the most contact cards in one message.
const maxCards = 257

func (r *sendRequest) checkContacts() error {
	var cards []struct {
		Name struct {
			Formatted string `json:"formatted_name"`
		} `json:"name"`
	}
	if len(r.Contacts) == 0 {
		return refuse(131008, "Parameter 'contacts' is required.")
	}
	if err := json.Unmarshal(r.Contacts, &cards); err != nil {
		return refuse(100, "Parameter 'contacts' has the wrong shape.")
	}
	if len(cards) == 0 || len(cards) > maxCards {
		return refuse(131009, "Parameter 'contacts' must have 1 to %d cards.", maxCards)
	}
	for i, card := range cards {
		if card.Name.Formatted == "" {
			return refuse(131008, "Parameter 'contacts[%d].name.formatted_name' is required.", i)
		}
	}
	return nil
}

func (r *sendRequest) checkReaction() error {
	switch {
	case r.Reaction == nil || r.Reaction.MessageID == "":
		return refuse(131008, "Parameter 'reaction.message_id' is required.")
	case r.Reaction.Emoji == nil:
		return refuse(131008, "Parameter 'reaction.emoji' is required; an empty one removes the reaction.")
	case utf8.RuneCountInString(*r.Reaction.Emoji) > 12:
		return refuse(131009, "Parameter 'reaction.emoji' must be one emoji.")
	}
	return nil
}
