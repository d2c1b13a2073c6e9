package whatsapp

import (
	"encoding/json"

	"recado/internal/channel"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// message is one message of a person, or of ours on another device (§6.2).
type message struct {
	From      string         `json:"from"`
	FromUser  string         `json:"from_user_id"`
	To        string         `json:"to"` // echoes only
	ToUser    string         `json:"to_user_id"`
	ID        string         `json:"id"`
	Timestamp seconds        `json:"timestamp"`
	Type      word           `json:"type"`
	Group     string         `json:"group_id"`
	Text      body           `json:"text"`
	Image     file           `json:"image"`
	Document  file           `json:"document"`
	Audio     file           `json:"audio"`
	Video     file           `json:"video"`
	Sticker   file           `json:"sticker"`
	Location  place          `json:"location"`
	Cards     []card         `json:"contacts"`
	Reaction  reaction       `json:"reaction"`
	Choice    interactive    `json:"interactive"`
	Button    button         `json:"button"`
	Order     jsontext.Value `json:"order"`
	System    system         `json:"system"`
	Context   quoted         `json:"context"`
	Referral  jsontext.Value `json:"referral"`
	Errors    jsontext.Value `json:"errors"`
	Edit      edit           `json:"edit"`
	Revoke    edit           `json:"revoke"`
}

// edit is what an author changed or took back: only numbers shared with the Business app hear of it (§6.2).
type edit struct {
	Original string `json:"original_message_id"`
	Message  struct {
		Text     body `json:"text"`
		Image    file `json:"image"`
		Document file `json:"document"`
		Video    file `json:"video"`
	} `json:"message"`
}

// words are those of the text, or of the caption.
func (e *edit) words() string {
	return firstOf(e.Message.Text.Body, e.Message.Image.Caption, e.Message.Document.Caption, e.Message.Video.Caption)
}

type body struct {
	Body string `json:"body"`
}

type file struct {
	ID       string `json:"id"`
	URL      string `json:"url"`
	Mime     string `json:"mime_type"`
	SHA256   string `json:"sha256"`
	Caption  string `json:"caption"`
	Name     string `json:"filename"`
	Voice    bool   `json:"voice"`
	Animated bool   `json:"animated"`
}

type place struct {
	Latitude  *float64 `json:"latitude"`
	Longitude *float64 `json:"longitude"`
	Name      string   `json:"name"`
	Address   string   `json:"address"`
}

type card struct {
	Name struct {
		Formatted string `json:"formatted_name"`
		First     string `json:"first_name"`
	} `json:"name"`
	Phones []struct {
		Phone string `json:"phone"`
		WaID  string `json:"wa_id"`
	} `json:"phones"`
	Emails []struct {
		Email string `json:"email"`
	} `json:"emails"`
	Org struct {
		Company string `json:"company"`
	} `json:"org"`
}

type reaction struct {
	Message string `json:"message_id"`
	Emoji   string `json:"emoji"`
}

type interactive struct {
	Type   word   `json:"type"`
	Button chosen `json:"button_reply"`
	Row    chosen `json:"list_reply"`
	Flow   struct {
		Body     string `json:"body"`
		Response string `json:"response_json"`
	} `json:"nfm_reply"`
}

type chosen struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

type button struct {
	Payload string `json:"payload"`
	Text    string `json:"text"`
}

type system struct {
	Type   string `json:"type"`
	Body   string `json:"body"`
	WaID   string `json:"wa_id"`
	UserID string `json:"user_id"`
}

type quoted struct {
	ID        string         `json:"id"`
	Forwarded bool           `json:"forwarded"`
	Often     bool           `json:"frequently_forwarded"`
	Product   jsontext.Value `json:"referred_product"`
}

// inbound gives the message in our words; ok is false when it is of a kind we do not know, or comes with errors instead
// of its content, or was written in a group.
func (m *message) inbound(people []profile) (in *channel.Inbound, ok bool) {
	if len(m.Errors) > 0 || m.Group != "" || m.ID == "" {
		return nil, false
	}
	in = &channel.Inbound{ExternalID: m.ID, At: m.Timestamp.milliseconds(), From: identities(m.From, m.FromUser), Kind: string(m.Type),
		ReplyTo: m.Context.ID}
	m.knownAs(in, people)
	in.Content.Forward = m.Context.Forwarded || m.Context.Often
	in.Content.Referral = m.referral()
	return in, m.content(in)
}

// knownAs adds what the profile beside the message tells. In Brazil and Mexico its number may differ from the message's by
// a digit, so a profile that stands alone is taken as the sender's (§2).
func (m *message) knownAs(in *channel.Inbound, people []profile) {
	for i := range people {
		p := &people[i]
		same := p.WaID != "" && p.WaID == m.From || p.UserID != "" && p.UserID == m.FromUser
		if !same && (len(people) > 1 || p.UserID != "" && m.FromUser != "" && p.UserID != m.FromUser) {
			continue
		}
		in.Name = p.Profile.Name
		if m.From == "" && p.WaID != "" {
			in.From = append(in.From, channel.Identity{Kind: channel.Phone, Value: p.WaID})
		}
		if m.FromUser == "" && p.UserID != "" {
			in.From = append(in.From, channel.Identity{Kind: channel.UserID, Value: p.UserID})
		}
		if p.Profile.Username != "" {
			in.From = append(in.From, channel.Identity{Kind: channel.Username, Value: p.Profile.Username})
		}
		return
	}
}

// referral is where the person came from: an ad or a post, or the product a question is about.
func (m *message) referral() json.RawMessage {
	switch {
	case len(m.Referral) > 0:
		return keep(m.Referral)
	case len(m.Context.Product) > 0:
		return json.RawMessage(`{"referred_product":` + string(m.Context.Product) + `}`)
	}
	return nil
}

// content fills in what is said, by kind.
func (m *message) content(in *channel.Inbound) bool {
	switch in.Kind {
	case channel.Text:
		in.Text = m.Text.Body
		return true
	case channel.Image:
		return m.Image.into(in)
	case channel.Document:
		return m.Document.into(in)
	case channel.Audio:
		return m.Audio.into(in)
	case channel.Video:
		return m.Video.into(in)
	case channel.Sticker:
		return m.Sticker.into(in)
	case channel.Location:
		return m.Location.into(in)
	case channel.Contacts:
		return m.cards(in)
	case channel.Reaction:
		in.Content.Emoji, in.ReplyTo = m.Reaction.Emoji, m.Reaction.Message
		return m.Reaction.Message != ""
	case channel.Button:
		in.Text, in.Content.Payload, in.Content.Title = m.Button.Text, m.Button.Payload, m.Button.Text
		return m.Button.Text != "" || m.Button.Payload != ""
	case channel.Interactive:
		return m.Choice.into(in)
	case channel.Order:
		in.Content.Order = keep(m.Order)
		var order struct {
			Text string `json:"text"`
		}
		_ = jsonv2.Unmarshal(m.Order, &order, readLoosely) // the words are an extra; the order itself is kept
		in.Text = order.Text
		return len(m.Order) > 0
	case channel.System:
		return m.System.into(in)
	case channel.Edit:
		in.Text, in.ReplyTo = m.Edit.words(), m.Edit.Original
		return m.Edit.Original != ""
	case channel.Revoke:
		in.ReplyTo = m.Revoke.Original
		return m.Revoke.Original != ""
	}
	return false
}

func (f *file) into(in *channel.Inbound) bool {
	in.Text = f.Caption
	in.Content.Media = &channel.Media{ProviderID: f.ID, URL: f.URL, Mime: f.Mime, SHA256: f.SHA256, Name: f.Name, Voice: f.Voice, Animated: f.Animated}
	return f.ID != "" || f.URL != ""
}

func (p *place) into(in *channel.Inbound) bool {
	if p.Latitude == nil || p.Longitude == nil {
		return false
	}
	in.Text = p.Name
	in.Content.Location = &channel.Place{Latitude: *p.Latitude, Longitude: *p.Longitude, Name: p.Name, Address: p.Address}
	return true
}

func (m *message) cards(in *channel.Inbound) bool {
	for _, c := range m.Cards {
		out := channel.Card{Name: firstOf(c.Name.Formatted, c.Name.First), Org: c.Org.Company}
		for _, p := range c.Phones {
			out.Phones = append(out.Phones, firstOf(p.Phone, p.WaID))
		}
		for _, e := range c.Emails {
			out.Emails = append(out.Emails, e.Email)
		}
		in.Content.Cards = append(in.Content.Cards, out)
	}
	return len(m.Cards) > 0
}

func (i *interactive) into(in *channel.Inbound) bool {
	switch i.Type {
	case "button_reply", "list_reply":
		c := i.Button
		if i.Type == "list_reply" {
			c = i.Row
		}
		in.Kind, in.Text = channel.Button, c.Title
		in.Content.Payload, in.Content.Title, in.Content.Detail = c.ID, c.Title, c.Description
		return c.ID != "" || c.Title != ""
	case "nfm_reply":
		in.Kind, in.Text = channel.FlowAnswer, i.Flow.Body
		in.Content.Answers = json.RawMessage(i.Flow.Response)
		if !json.Valid(in.Content.Answers) {
			in.Content.Answers, _ = json.Marshal(i.Flow.Response) // a text always marshals
		}
		return true
	}
	return false
}

func (s *system) into(in *channel.Inbound) bool {
	in.Text = s.Body
	switch {
	case s.Type == "user_changed_number" && s.WaID != "":
		in.Content.New = &channel.Identity{Kind: channel.Phone, Value: s.WaID}
	case s.Type == "user_changed_user_id" && s.UserID != "":
		in.Content.New = &channel.Identity{Kind: channel.UserID, Value: s.UserID}
	default:
		return false
	}
	return true
}

// carefulMessage reads one message by itself. What we do not know becomes Unsupported and keeps its raw bytes, its sender
// and its words, if it has any.
func carefulMessage(number string, raw jsontext.Value, people []profile, echo bool) channel.Event {
	var m message
	if err := jsonv2.Unmarshal(raw, &m, readLoosely); err != nil {
		m = envelopeOf(raw)
	}
	if echo { // the conversation is with the one it went to
		m.From, m.FromUser = m.To, m.ToUser
	}
	in, ok := m.inbound(people)
	if !ok {
		in = &channel.Inbound{ExternalID: m.ID, At: m.Timestamp.milliseconds(), From: identities(m.From, m.FromUser), Kind: channel.Unsupported,
			Text: firstOf(m.Text.Body, m.System.Body, m.Edit.words()), ReplyTo: m.Context.ID, Content: channel.Content{Unknown: keep(raw)}}
		m.knownAs(in, people)
		if m.Type == "system" {
			in.Kind = channel.System
		}
	}
	in.Echo = echo
	return channel.Event{InboxExternalID: number, Message: in}
}

// envelopeOf reads who, when and which of a message whose content cannot be read.
func envelopeOf(raw jsontext.Value) message {
	var e struct {
		From      token   `json:"from"`
		FromUser  token   `json:"from_user_id"`
		To        token   `json:"to"`
		ToUser    token   `json:"to_user_id"`
		ID        token   `json:"id"`
		Timestamp seconds `json:"timestamp"`
	}
	_ = jsonv2.Unmarshal(raw, &e, readLoosely) // what is not an object has no sender either
	return message{From: string(e.From), FromUser: string(e.FromUser), To: string(e.To), ToUser: string(e.ToUser), ID: string(e.ID),
		Timestamp: e.Timestamp, Type: "unreadable"}
}
