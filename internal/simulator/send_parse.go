package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// sendRequest is the body of POST /{PNID}/messages (whatsapp-cloud-api §2).
type sendRequest struct {
	Product   string    `json:"messaging_product"`
	Recipient string    `json:"recipient_type"`
	To        looseText `json:"to"`
	UserID    looseText `json:"recipient"`
	Type      string    `json:"type"`
	Callback  looseText `json:"biz_opaque_callback_data"`
	Identity  looseText `json:"recipient_identity_key_hash"`
	Category  string    `json:"category"`
	TTL       looseText `json:"message_send_ttl_seconds"`
	Context   *quoted   `json:"context"`

	Text        *textContent     `json:"text"`
	Image       *mediaContent    `json:"image"`
	Video       *mediaContent    `json:"video"`
	Audio       *mediaContent    `json:"audio"`
	Document    *mediaContent    `json:"document"`
	Sticker     *mediaContent    `json:"sticker"`
	Location    *locationContent `json:"location"`
	Contacts    json.RawMessage  `json:"contacts"`
	Reaction    *reactionContent `json:"reaction"`
	Interactive *interactive     `json:"interactive"`
	Template    *templateContent `json:"template"`

	// Mark as read.
	Status    string    `json:"status"`
	MessageID looseText `json:"message_id"`
	Typing    *struct {
		Type string `json:"type"`
	} `json:"typing_indicator"`

	// Accepted and not acted on: settings of the marketing API.
	ProductPolicy    json.RawMessage `json:"product_policy"`
	ActivitySharing  json.RawMessage `json:"message_activity_sharing"`
	CreativeSourcing json.RawMessage `json:"creative_sourcing_spec"`
}

type quoted struct {
	MessageID looseText `json:"message_id"`
}

type textContent struct {
	Body    looseText `json:"body"`
	Preview looseText `json:"preview_url"`
}

type mediaContent struct {
	ID       looseText `json:"id"`
	Link     string    `json:"link"`
	Caption  string    `json:"caption"`
	Filename string    `json:"filename"`
	Voice    bool      `json:"voice"`
	Provider string    `json:"provider"`
}

type locationContent struct {
	Latitude  looseText `json:"latitude"`
	Longitude looseText `json:"longitude"`
	Name      string    `json:"name"`
	Address   string    `json:"address"`
}

type reactionContent struct {
	MessageID looseText `json:"message_id"`
	Emoji     *string   `json:"emoji"`
}

// parseSend reads a send and checks everything that needs only the body. It never panics, whatever the bytes.
func parseSend(body []byte) (*sendRequest, error) {
	var r sendRequest
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		if kind := typeOf(body); kind != "" && !messageTypes[kind] {
			return nil, refuse(131051, "Message type '%s' is not supported.", kind)
		}
		return nil, unreadable(err)
	}
	if r.Product != "whatsapp" {
		return nil, refuseText(400, 100, 0, "(#100) The parameter messaging_product is required.")
	}
	if r.Status != "" {
		return &r, r.checkReading()
	}
	orElse(&r.Type, "text")
	if err := r.checkFrame(); err != nil {
		return nil, err
	}
	if err := r.checkContent(); err != nil {
		return nil, err
	}
	return &r, nil
}

var messageTypes = map[string]bool{"text": true, "image": true, "video": true, "audio": true, "document": true, "sticker": true,
	"location": true, "contacts": true, "reaction": true, "interactive": true, "template": true}

// typeOf reads only the type of a body that could not be read whole.
func typeOf(body []byte) string {
	var only struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(body, &only) // unreadable: no type
	return only.Type
}

// unreadable turns a decoder's complaint into the provider's.
func unreadable(err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return refuse(100, "Unexpected key %s on the message.", name)
	}
	var shape *json.UnmarshalTypeError
	if errors.As(err, &shape) {
		return refuse(100, "Parameter '%s' has the wrong shape.", shape.Field)
	}
	return refuse(100, "The body is not valid JSON.")
}

// checkReading checks a mark-as-read, with or without the typing indicator.
func (r *sendRequest) checkReading() error {
	switch {
	case r.Status != "read":
		return refuse(100, "Parameter 'status' must be 'read'.")
	case r.MessageID == "":
		return refuse(131008, "Parameter 'message_id' is required.")
	case r.Typing != nil && r.Typing.Type != "text":
		return refuse(131009, "Parameter 'typing_indicator.type' must be 'text'.")
	}
	return nil
}

// checkFrame checks what all types share.
func (r *sendRequest) checkFrame() error {
	switch {
	case r.Recipient != "" && r.Recipient != "individual":
		return refuse(100, "Parameter 'recipient_type' must be 'individual' here.")
	case r.To == "" && r.UserID == "":
		return refuse(131008, "Parameter 'to' or 'recipient' is required.")
	case len(r.Callback) > 512:
		return refuse(100, "Parameter 'biz_opaque_callback_data' must be at most 512 characters long.")
	case r.Context != nil && r.Context.MessageID == "":
		return refuse(131008, "Parameter 'context.message_id' is required.")
	case r.Context != nil && r.Type == "reaction":
		return refuse(131009, "A reaction cannot quote a message.")
	}
	return nil
}

// recipient is who the message goes to: digits of a phone, or a user id.
type recipient struct {
	input  string
	digits string
	userID string
}

// recipient reads "to", or "recipient" when "to" is absent. Without a leading "+" a short number gets
// the sender's country code, as the provider does.
func (r *sendRequest) recipient(sender *number) (recipient, error) {
	if r.To == "" {
		id := string(r.UserID)
		region, rest, ok := strings.Cut(id, ".")
		if !ok || len(region) != 2 || rest == "" || len(rest) > 128 {
			return recipient{}, refuse(131009, "Parameter 'recipient' is not a user id.")
		}
		return recipient{input: id, userID: id}, nil
	}
	input := strings.TrimSpace(string(r.To))
	if strings.Trim(input, "0123456789+-() .") != "" {
		return recipient{}, refuse(131009, "Parameter 'to' is not a phone number.")
	}
	digits := digitsOf(input)
	if code, _ := countryOf(sender.digits); !strings.HasPrefix(input, "+") && len(digits) <= 10 {
		digits = code + digits
	}
	if len(digits) < 8 || len(digits) > 15 {
		return recipient{}, refuse(131009, "Parameter 'to' is not a phone number.")
	}
	return recipient{input: string(r.To), digits: digits}, nil
}
