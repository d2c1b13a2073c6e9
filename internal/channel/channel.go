package channel

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"
)

// Kind is a kind of network.
type Kind string

// WhatsApp is the Cloud API of Meta.
const WhatsApp Kind = "whatsapp"

// Identity kinds: how a provider names a person.
const (
	Phone    = "phone"    // digits with country code, as the provider writes them
	UserID   = "user_id"  // business-scoped user id (whatsapp-cloud-api §13)
	Username = "username" // public handle
)

// Identity is one name of a person on a channel.
type Identity struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// Message kinds, in and out.
const (
	Text        = "text"
	Image       = "image"
	Document    = "document"
	Audio       = "audio"
	Video       = "video"
	Sticker     = "sticker"
	Location    = "location"
	Contacts    = "contacts"
	Reaction    = "reaction"
	Interactive = "interactive" // buttons or a list, sent by us; the answer comes as Button
	Button      = "button"      // a tapped button or chosen row
	Template    = "template"
	FlowAnswer  = "flow_answer"
	Order       = "order"
	System      = "system" // the person changed number or id
	Edit        = "edit"   // the author changed the words of the message it answers (Inbound.ReplyTo); Text is what it says now
	Revoke      = "revoke" // the author took the message it answers back
	Unsupported = "unsupported"
)

// Media is a file that belongs to a message.
type Media struct {
	ProviderID string `json:"provider_id,omitempty"` // to fetch it from, or to send it by
	URL        string `json:"url,omitempty"`         // direct address, when the provider gives one
	Mime       string `json:"mime,omitempty"`
	SHA256     string `json:"sha256,omitempty"` // as the provider wrote it
	Name       string `json:"name,omitempty"`
	Voice      bool   `json:"voice,omitempty"`
	Animated   bool   `json:"animated,omitempty"`
}

// Content is what a message says besides its words. Only the fields of its kind are set.
type Content struct {
	Location *Place          `json:"location,omitempty"`
	Cards    []Card          `json:"cards,omitempty"`
	Emoji    string          `json:"emoji,omitempty"`   // reaction; empty removes it
	Payload  string          `json:"payload,omitempty"` // of the tapped button or chosen row
	Title    string          `json:"title,omitempty"`   // its caption
	Detail   string          `json:"detail,omitempty"`  // its description
	Answers  json.RawMessage `json:"answers,omitempty"` // of a flow
	Order    json.RawMessage `json:"order,omitempty"`
	Menu     *Menu           `json:"menu,omitempty"`     // interactive, outbound
	Template *Filled         `json:"template,omitempty"` // template, outbound
	Media    *Media          `json:"media,omitempty"`
	Referral json.RawMessage `json:"referral,omitempty"` // the ad or post the person came from
	Forward  bool            `json:"forward,omitempty"`
	Unknown  json.RawMessage `json:"unknown,omitempty"` // the raw part of an unsupported kind
	New      *Identity       `json:"new,omitempty"`     // system: the identity the person has now
}

// Place is a point on the map.
type Place struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// Card is a contact card.
type Card struct {
	Name   string   `json:"name"`
	Phones []string `json:"phones,omitempty"`
	Emails []string `json:"emails,omitempty"`
	Org    string   `json:"org,omitempty"`
}

// Menu is a choice offered in a message: up to 3 buttons, or up to 10 rows behind one button (whatsapp-cloud-api §2.2).
type Menu struct {
	Button  string   `json:"button,omitempty"` // caption that opens the list; empty: buttons
	Options []Option `json:"options"`
}

// Option is one button (title ≤ 20) or row (title ≤ 24, detail ≤ 72).
type Option struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"`
}

// Filled is a template with its values, ready for the wire.
type Filled struct {
	Name     string       `json:"name"`
	Language string       `json:"language"`
	Category string       `json:"category,omitempty"` // the provider's: MARKETING, UTILITY, AUTHENTICATION; not sent
	Header   *Value       `json:"header,omitempty"`
	Body     []Value      `json:"body,omitempty"`
	Buttons  []ButtonFill `json:"buttons,omitempty"`
}

// Value is one filled parameter; Name is set for templates with named parameters. Media is for media headers.
type Value struct {
	Name  string `json:"name,omitempty"`
	Text  string `json:"text,omitempty"`
	Kind  string `json:"kind,omitempty"` // "" text, or image, video, document
	Media *Media `json:"media,omitempty"`
}

// ButtonFill is the parameter of one button. Kind is quick_reply (Text is the payload), url or copy_code.
type ButtonFill struct {
	Index int    `json:"index"`
	Kind  string `json:"kind"`
	Text  string `json:"text"`
}

// Inbound is a message from a person.
type Inbound struct {
	ExternalID string
	At         int64 // the provider's time, Unix milliseconds
	From       []Identity
	Name       string // profile name, may be empty, may be anything
	Kind       string
	Text       string // words or caption
	Content    Content
	ReplyTo    string // provider's id of our message it quotes, or whose button was tapped
	Echo       bool   // written by us on another device: stored as outbound
}

// StatusKind is what a provider tells of an outbound message.
type StatusKind string

// The statuses.
const (
	Sent      StatusKind = "sent"
	Delivered StatusKind = "delivered"
	Read      StatusKind = "read"
	Played    StatusKind = "played"
	Failed    StatusKind = "failed"
)

// Status is news of an outbound message.
type Status struct {
	ExternalID string
	Reference  string // what we gave as Outbound.Reference, when the provider echoes it
	Kind       StatusKind
	At         int64 // the provider's time, Unix milliseconds
	To         []Identity
	Failure    *Failure // when Kind is Failed
	Cost       string   // pricing type and category, for reports; may be empty
}

// Account is news of a number, an account or a template.
type Account struct {
	Field              string // the provider's name of the news
	Event              string
	AccountExternalID  string
	Address            string // number, digits, when it speaks of one
	TemplateExternalID string
	TemplateName       string
	TemplateLanguage   string
	TemplateStatus     string
	TemplateReason     string // why, as a code of the provider; empty when it says none
	TemplateCategory   string
	Quality            string
	OptOut             *OptOut
	Raw                json.RawMessage
}

// OptOut is a person's own switch for marketing at the provider.
type OptOut struct {
	Who     []Identity
	Stopped bool // false: resumed
	At      int64
}

// Event is one thing an inbound hook told; exactly one of the pointers is set.
type Event struct {
	InboxExternalID string // the number it belongs to; empty for account news
	Message         *Inbound
	Status          *Status
	Account         *Account
}

// Credentials are what a call needs of an inbox.
type Credentials struct {
	InboxExternalID   string
	AccountExternalID string
	Token             string
}

// Outbound is a message to a person.
type Outbound struct {
	To        Identity // phone with country code, or user_id
	Reference string   // our message id; comes back in statuses
	Kind      string
	Text      string
	Content   Content
	ReplyTo   string // provider's id of the message it quotes
}

// Accepted is the provider's yes. It means only that: sent, delivered and read come as statuses.
type Accepted struct {
	ExternalID string
	Identities []Identity // how the provider names the recipient
	Held       bool       // kept back for quality assessment: neither success nor failure yet
}

// TemplateInfo is a template as the provider lists it.
type TemplateInfo struct {
	ExternalID, Name, Language, Category, Status, Quality, ParameterFormat string
	Reason                                                                 string // why it was refused, as a code of the provider
	Components                                                             json.RawMessage
}

// TemplateDraft is a template to be made or changed, as the provider writes it.
type TemplateDraft struct {
	Name, Language, Category, ParameterFormat string
	Components                                json.RawMessage
}

// TemplateMaker is an adapter whose provider takes templates from us. Every error is a *Failure; class Unknown means that the
// provider may have done it.
type TemplateMaker interface {
	// CreateTemplate asks for a new template, and gives what the provider made of it: its id, status and category.
	CreateTemplate(ctx context.Context, c Credentials, d TemplateDraft) (TemplateInfo, error)
	// EditTemplate changes category and components of the template with this id; name and language say nothing here.
	EditTemplate(ctx context.Context, c Credentials, externalID string, d TemplateDraft) error
	// DeleteTemplate deletes the one with this id, or without an id all languages of a name. One that is not there is no failure.
	DeleteTemplate(ctx context.Context, c Credentials, name, externalID string) error
	// UploadSample gives the provider a file to show its reviewers, and gets the handle to name it by. Trying twice harms nobody.
	UploadSample(ctx context.Context, c Credentials, name, mime string, size int64, body io.Reader) (handle string, err error)
}

// NumberInfo is a number as the provider lists it.
type NumberInfo struct {
	ExternalID, Address, Name, Quality, Status string
	PeopleLimit                                int64 // people its account may write to first within 24 hours; 0: no limit, or not told
}

// Adapter is one provider.
type Adapter interface {
	// Verify answers the provider's check of our address; ok false means: refuse.
	Verify(r *http.Request) (answer string, ok bool)
	// Authentic tells whether body was signed by the provider. It looks at the raw bytes only.
	Authentic(header http.Header, body []byte) bool
	// Parse turns a hook's body into events. Unknown kinds become Unsupported with their raw part; an error means
	// that the body as a whole cannot be read.
	Parse(body []byte) ([]Event, error)
	// Send hands one message over. Every error is a *Failure. Class Unknown means that the request may have left.
	Send(ctx context.Context, c Credentials, m Outbound) (Accepted, error)
	// MarkRead tells the provider that we read up to this message.
	MarkRead(ctx context.Context, c Credentials, externalID string) error
	// Upload gives the provider a file and gets the id to send it by.
	Upload(ctx context.Context, c Credentials, name, mime string, body io.Reader) (providerID string, err error)
	// Download opens a file of an inbound message; the caller closes it.
	Download(ctx context.Context, c Credentials, m Media) (io.ReadCloser, error)
	// Templates lists all templates of the account.
	Templates(ctx context.Context, c Credentials) ([]TemplateInfo, error)
	// Numbers lists the numbers of the account.
	Numbers(ctx context.Context, c Credentials) ([]NumberInfo, error)
	// Capability tells what may be said and how large.
	Capability() Capability
}

// Capability is what a channel can carry.
type Capability struct {
	TextLimit    int           // runes
	CaptionLimit int           // runes
	Window       time.Duration // free messages after the person's last one; 0: no window
	Media        []MediaLimit
	Voice        *VoiceLimit // nil: the channel has no voice notes, a recording goes as a file
}

// VoiceLimit bounds voice notes.
type VoiceLimit struct {
	Mimes []string // of recordings shown as voice notes
	Bytes int64
}

// Speaks tells whether a file of this type can go as a voice note.
func (c Capability) Speaks(mime string) bool {
	return c.Voice != nil && slices.Contains(c.Voice.Mimes, mime)
}

// Carries tells whether the channel has messages of a kind of file.
func (c Capability) Carries(kind string) bool {
	return slices.ContainsFunc(c.Media, func(l MediaLimit) bool { return l.Kind == kind })
}

// Documents bounds what can go as a document: every type the channel takes, since a document is only handed over, up to the
// size of documents.
func (c Capability) Documents() (limit MediaLimit, ok bool) {
	for _, l := range c.Media {
		limit.Mimes = append(limit.Mimes, l.Mimes...)
		if l.Kind == Document {
			limit.Kind, limit.Bytes, ok = l.Kind, l.Bytes, true
		}
	}
	return limit, ok
}

// MediaLimit bounds one kind of file.
type MediaLimit struct {
	Kind  string // Image, Document, …
	Mimes []string
	Bytes int64
}
