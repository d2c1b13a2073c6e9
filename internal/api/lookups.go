package api

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/template"
	"recado/internal/words"
)

func (s *Server) lookupRoutes() {
	get(s, "/inboxes", about{Name: "listInboxes", Tag: "lookups", Says: "Numbers of the workspace, by name"}, signedIn, s.listInboxes)
	get(s, "/flow-entrances", about{Name: "listFlowEntrances", Tag: "lookups", Says: "Published flows with the blocks that replies can be sent to, by name"}, signedIn, s.listEntrances)
	get(s, "/templates", about{Name: "listTemplates", Tag: "lookups", Says: "Templates and what they need to be filled, by name and language"}, signedIn, s.listTemplates)
	post(s, "/templates/sync", about{Name: "syncTemplates", Tag: "lookups", Says: "Read the templates again from the provider"}, editing(account.Campaigns), s.syncTemplates)
}

// Inbox is a number of ours.
type Inbox struct {
	ID             string `json:"id"`
	Channel        string `json:"channel"`
	Label          string `json:"label"`
	Address        string `json:"address" doc:"digits with the country code"`
	AddressDisplay string `json:"address_display"`
	Status         string `json:"status" enum:"connected,disconnected,blocked"`
	StatusWords    string `json:"status_words" doc:"in the reader's language"`
	StatusCode     int    `json:"status_code" doc:"the provider's code that caused it; 0 for none"`
	Quality        string `json:"quality" doc:"GREEN, YELLOW, RED or UNKNOWN"`
	Account        string `json:"account_external_id"`
	TimeZone       string `json:"time_zone"`
	DefaultQueue   string `json:"default_queue_id" doc:"empty for none"`
	FirstResponder string `json:"first_responder" enum:"bot,queue"`
	Proper         bool   `json:"proper" doc:"properly connected: its credentials are there and the provider takes them"`
	Mine           bool   `json:"mine" doc:"the reader has access to the number itself, and so may write first from it"`
}

func (s *Server) listInboxes(ctx context.Context, actor account.Actor, _ *noInput) (Items[Inbox], error) {
	boxes, err := s.rooms.Inbox.List(ctx, actor.Workspace)
	if err != nil {
		return Items[Inbox]{}, err
	}
	proper, err := s.rooms.Inbox.Proper(ctx, actor.Workspace)
	if err != nil {
		return Items[Inbox]{}, err
	}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	locale := visitIn(ctx).locale
	return listOf(boxes, func(box inbox.Inbox) Inbox {
		return Inbox{ID: box.ID.String(), Channel: string(box.Channel), Label: box.Label, Address: box.Address,
			AddressDisplay: contact.FromWhatsApp(box.Address).Display(), Status: string(box.Status), StatusCode: box.StatusCode,
			StatusWords: words.Say(locale, "inbox.status."+string(box.Status), nil), Quality: box.Quality, Account: box.Account,
			TimeZone: box.TimeZone, DefaultQueue: box.DefaultQueue.String(), FirstResponder: box.FirstResponder, Proper: proper[box.ID],
			Mine: reach.All || slices.Contains(reach.Inboxes, box.ID)}
	}), err
}

// Template is a message approved by the provider.
type Template struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Language string        `json:"language"`
	Category string        `json:"category" doc:"MARKETING, UTILITY or AUTHENTICATION"`
	Status   string        `json:"status" doc:"the provider's word: APPROVED, PAUSED …"`
	Sendable bool          `json:"sendable" doc:"the provider takes messages with it now"`
	Reason   string        `json:"reason" doc:"in words: why the provider refused or stopped it; empty when it says nothing"`
	Quality  string        `json:"quality"`
	Account  string        `json:"account_external_id"`
	Inboxes  []string      `json:"inbox_ids" doc:"numbers that can send it"`
	Unused   []string      `json:"unused_inbox_ids" doc:"those of them on which agents do not use it"`
	Shape    TemplateShape `json:"shape"`
}

// TemplateShape is what a template looks like and the values it needs.
type TemplateShape struct {
	Header     *TemplateHeader   `json:"header" doc:"null for none"`
	Body       TemplateText      `json:"body"`
	Footer     string            `json:"footer"`
	Buttons    []TemplateButton  `json:"buttons"`
	Keys       []string          `json:"keys" doc:"of the values it needs, in reading order: header.media, body.1, body.name, button.0 …"`
	Examples   map[string]string `json:"examples" doc:"by key of the value"`
	Unfillable []string          `json:"unfillable" doc:"parts that cannot be filled here; such a template cannot be sent"`
}

// TemplateText is a text with variables.
type TemplateText struct {
	Text      string   `json:"text"`
	Variables []string `json:"variables" doc:"without braces; the key of a value is the part, a point and this"`
}

// TemplateHeader is a line of text or a file.
type TemplateHeader struct {
	Format    string   `json:"format" doc:"TEXT, IMAGE, VIDEO, DOCUMENT …"`
	Text      string   `json:"text"`
	Variables []string `json:"variables"`
}

// TemplateButton is one button.
type TemplateButton struct {
	Kind     string `json:"kind" doc:"quick_reply, url, phone_number, copy_code, otp …"`
	Text     string `json:"text"`
	URL      string `json:"url,omitempty"`
	Variable string `json:"variable,omitempty" doc:"key of the value it needs; empty for none"`
}

func shapeOf(s template.Shape) TemplateShape {
	out := TemplateShape{Body: TemplateText{Text: s.Body.Text, Variables: noNull(s.Body.Variables)}, Footer: s.Footer,
		Buttons: make([]TemplateButton, len(s.Buttons)), Keys: noNull(s.Keys()), Examples: s.Examples, Unfillable: noNull(s.Unfillable)}
	if s.Header != nil {
		out.Header = &TemplateHeader{Format: s.Header.Format, Text: s.Header.Text.Text, Variables: noNull(s.Header.Variables)}
	}
	for i, b := range s.Buttons {
		out.Buttons[i] = TemplateButton{Kind: b.Kind, Text: b.Text, URL: b.URL, Variable: b.Variable}
	}
	return out
}

func noNull(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

type templatesInput struct {
	Inbox string `query:"inbox_id" maxLength:"20" doc:"only those this number can send"`
}

func (s *Server) listTemplates(ctx context.Context, actor account.Actor, in *templatesInput) (Items[Template], error) {
	boxes, err := s.boxesOf(ctx, actor, "inbox_id", in.Inbox)
	if err != nil {
		return Items[Template]{}, err
	}
	if len(boxes) == 0 {
		return Items[Template]{Items: []Template{}}, nil
	}
	able, err := s.ableOf(ctx, actor, boxes...)
	if err != nil {
		return Items[Template]{}, err
	}
	all, err := s.rooms.Template.List(ctx, actor.Workspace, slices.Collect(maps.Keys(able.boxes))...)
	return listOf(all, func(t template.Template) Template { return able.tell(ctx, t) }), err
}

// templateReason says why a template cannot be sent, as far as the provider tells.
func templateReason(t template.Template, locale string) string {
	if t.Sendable() || t.Reason == "" {
		return ""
	}
	return words.SayOr(locale, "template.reason."+strings.ToLower(t.Reason), t.Reason, nil)
}

// boxesOf gives the inbox named by an optional id, or all of the workspace.
func (s *Server) boxesOf(ctx context.Context, actor account.Actor, field, text string) ([]inbox.Inbox, error) {
	id, err := idIn(field, text)
	if err != nil {
		return nil, err
	}
	if id == 0 {
		return s.rooms.Inbox.List(ctx, actor.Workspace)
	}
	box, err := s.rooms.Inbox.Get(ctx, actor.Workspace, id)
	return []inbox.Inbox{box}, err
}

type syncBody struct {
	Inbox db.ID `json:"inbox_id,omitempty" doc:"only the account of this number; left out: of all"`
}

// Synced tells what reading the templates again brought.
type Synced struct {
	Changed int `json:"changed" doc:"how many templates are new or other than before"`
}

func (s *Server) syncTemplates(ctx context.Context, actor account.Actor, in *In[syncBody]) (Synced, error) {
	boxes, err := s.boxesOf(ctx, actor, "inbox_id", in.Body.Inbox.String())
	if err != nil {
		return Synced{}, err
	}
	var out Synced
	done := map[string]bool{}
	for _, box := range boxes {
		if done[box.Account] {
			continue
		}
		done[box.Account] = true
		changed, err := s.rooms.SyncTemplates(ctx, box.ID)
		if err != nil {
			return out, syncFault(box, err)
		}
		out.Changed += changed
	}
	return out, nil
}

// syncFault says which number's templates could not be read, and what the provider said.
func syncFault(box inbox.Inbox, err error) error {
	var refused *channel.Failure
	if !errors.As(err, &refused) {
		return err
	}
	return fault.New(fault.Unavailable, "template.sync", "The templates of “%s” could not be read from the provider: %s", box.Label, refused.Title).
		With("inbox", box.Label).With("reason", refused.Title).Because(err)
}
