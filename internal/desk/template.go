package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/template"
)

// Messages turns messages of one workspace into what threads show. A template message gets its parts as the person reads
// them (content.rendered), withheld as MessageOf says; when the template is gone, its words are the whole text.
func (r *Room) Messages(ctx context.Context, workspace db.ID, messages []conversation.Message, to account.Actor) ([]Message, error) {
	cards, err := r.cards(ctx, workspace, messages)
	if err != nil {
		return nil, err
	}
	out := make([]Message, len(messages))
	for i, m := range messages {
		out[i] = MessageOf(m, to)
		if card, ok := cards[m.ID]; ok && m.RevokedAt == 0 {
			out[i].Content = card
		}
	}
	return out, nil
}

// shown is the content of a template message with its rendering.
type shown struct {
	channel.Content
	Rendered template.Rendered `json:"rendered"`
}

// cards gives the contents of template messages, by message.
func (r *Room) cards(ctx context.Context, workspace db.ID, messages []conversation.Message) (map[db.ID]json.RawMessage, error) {
	var numbers []db.ID
	for _, m := range messages {
		if m.Kind == channel.Template {
			numbers = append(numbers, m.Inbox)
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	inboxes, err := r.inboxes.GetIn(ctx, r.d, workspace, unique(numbers)...)
	if err != nil {
		return nil, err
	}
	var accounts []string
	for _, box := range inboxes {
		accounts = append(accounts, box.Account)
	}
	all, err := r.templates.List(ctx, workspace, accounts...)
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	shapes := map[[3]string]template.Shape{}
	for _, t := range all {
		shapes[[3]string{t.Account, t.Name, template.NormalLanguage(t.Language)}] = t.Shape()
	}
	cards := map[db.ID]json.RawMessage{}
	for _, m := range messages {
		if m.Kind != channel.Template {
			continue
		}
		card := shown{Rendered: template.Rendered{Body: m.Text}}
		if err := json.Unmarshal(m.Content, &card.Content); err != nil {
			return nil, fmt.Errorf("content of message %d: %w", m.ID, err)
		}
		if filled := card.Template; filled != nil {
			if shape, ok := shapes[[3]string{inboxes[m.Inbox].Account, filled.Name, template.NormalLanguage(filled.Language)}]; ok {
				_, card.Rendered, _ = shape.Fill(valuesOf(*filled))
			}
		}
		if cards[m.ID], err = json.Marshal(card); err != nil {
			return nil, err
		}
	}
	return cards, nil
}

// valuesOf gives the values a filled template was made from, under the keys that Shape.Fill takes.
func valuesOf(filled channel.Filled) map[string]string {
	values := map[string]string{}
	add := func(prefix string, place int, v channel.Value) {
		name := v.Name
		if name == "" {
			name = strconv.Itoa(place)
		}
		if v.Media != nil {
			values[prefix+".media"], values[prefix+".file_name"] = v.Media.URL+v.Media.ProviderID, v.Media.Name
			return
		}
		values[prefix+"."+name] = v.Text
	}
	if filled.Header != nil {
		add("header", 1, *filled.Header)
	}
	for i, v := range filled.Body {
		add("body", i+1, v)
	}
	for _, b := range filled.Buttons {
		values["button."+strconv.Itoa(b.Index)] = b.Text
	}
	return values
}
