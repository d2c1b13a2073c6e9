package whatsapp

import (
	"strconv"
	"strings"

	"recado/internal/channel"

	"github.com/go-json-experiment/json/jsontext"
)

// writer builds the JSON of a send by hand: it is written tens of thousands of times in a campaign, always in the same
// few shapes.
type writer struct{ buf []byte }

// raw writes JSON as it is.
func (w *writer) raw(json string) { w.buf = append(w.buf, json...) }

// text writes a string; bytes that are no UTF-8 become replacement characters.
func (w *writer) text(s string) { w.buf, _ = jsontext.AppendQuote(w.buf, s) }

// field writes a member after another one.
func (w *writer) field(name, value string) {
	w.raw(`,"`)
	w.raw(name)
	w.raw(`":`)
	w.text(value)
}

// optional is field, left out when there is no value.
func (w *writer) optional(name, value string) {
	if value != "" {
		w.field(name, value)
	}
}

// message writes the body of POST /{number}/messages (§2). Its failure says what of the message cannot be written.
func (w *writer) message(m *channel.Outbound) *channel.Failure {
	w.raw(`{"messaging_product":"whatsapp","recipient_type":"individual"`)
	if f := w.recipient(m.To); f != nil {
		return f
	}
	w.optional("biz_opaque_callback_data", m.Reference)
	if m.ReplyTo != "" && m.Kind != channel.Reaction {
		w.raw(`,"context":{"message_id":`)
		w.text(m.ReplyTo)
		w.raw("}")
	}
	w.field("type", m.Kind)
	w.raw(`,"`)
	w.raw(m.Kind)
	w.raw(`":`)
	if f := w.content(m); f != nil {
		return f
	}
	w.raw("}")
	return nil
}

// recipient writes a number always with its plus: without it the provider may put our own country code before it (§2). A
// person without a number is addressed by user id (§13).
func (w *writer) recipient(to channel.Identity) *channel.Failure {
	digits := strings.TrimPrefix(to.Value, "+")
	switch {
	case to.Kind == channel.Phone && digits != "":
		w.raw(`,"to":"+`)
		for i := 0; i < len(digits); i++ {
			if digits[i] < '0' || digits[i] > '9' {
				return unsendable("“" + to.Value + "” is not a phone number")
			}
		}
		w.raw(digits)
		w.raw(`"`)
	case to.Kind == channel.UserID && to.Value != "":
		w.field("recipient", to.Value)
	default:
		return unsendable("the contact has neither a number nor a user id")
	}
	return nil
}

func unsendable(why string) *channel.Failure {
	return &channel.Failure{Class: channel.BadRequest, Title: "not sent", Detail: why}
}

func (w *writer) content(m *channel.Outbound) *channel.Failure {
	switch m.Kind {
	case channel.Text:
		w.raw(`{"body":`)
		w.text(m.Text)
		if strings.Contains(m.Text, "https://") || strings.Contains(m.Text, "http://") {
			w.raw(`,"preview_url":true`)
		}
		w.raw("}")
	case channel.Image, channel.Document, channel.Audio, channel.Video, channel.Sticker:
		return w.media(m.Kind, m.Content.Media, m.Text)
	case channel.Location:
		return w.location(m.Content.Location)
	case channel.Contacts:
		return w.cards(m.Content.Cards)
	case channel.Reaction:
		w.raw(`{"message_id":`)
		w.text(m.ReplyTo)
		w.field("emoji", m.Content.Emoji)
		w.raw("}")
	case channel.Interactive:
		return w.menu(m.Text, m.Content.Menu)
	case channel.Template:
		return w.template(m.Content.Template)
	default:
		return unsendable("messages of kind " + m.Kind + " cannot be sent")
	}
	return nil
}

// media writes a file by its id at the provider or by its address; captions and names only where the kind takes them (§2.1).
func (w *writer) media(kind string, media *channel.Media, caption string) *channel.Failure {
	if media == nil || media.ProviderID == "" && media.URL == "" {
		return unsendable("the file has not been uploaded")
	}
	if media.ProviderID != "" {
		w.raw(`{"id":`)
		w.text(media.ProviderID)
	} else {
		w.raw(`{"link":`)
		w.text(media.URL)
	}
	if kind != channel.Audio && kind != channel.Sticker {
		w.optional("caption", caption)
	}
	if kind == channel.Document {
		w.optional("filename", media.Name)
	}
	if kind == channel.Audio && media.Voice {
		w.raw(`,"voice":true`)
	}
	w.raw("}")
	return nil
}

func (w *writer) location(p *channel.Place) *channel.Failure {
	if p == nil {
		return unsendable("the place is missing")
	}
	w.raw(`{"latitude":`)
	w.buf = strconv.AppendFloat(w.buf, p.Latitude, 'f', -1, 64)
	w.raw(`,"longitude":`)
	w.buf = strconv.AppendFloat(w.buf, p.Longitude, 'f', -1, 64)
	w.optional("name", p.Name)
	w.optional("address", p.Address)
	w.raw("}")
	return nil
}

// cards writes contact cards; the provider wants one part of the name beside the formatted one.
func (w *writer) cards(cards []channel.Card) *channel.Failure {
	if len(cards) == 0 {
		return unsendable("the contact card is missing")
	}
	for i, c := range cards {
		w.separate(i, "[")
		w.raw(`{"name":{"formatted_name":`)
		w.text(c.Name)
		w.field("first_name", c.Name)
		w.raw("}")
		w.list("phones", "phone", c.Phones)
		w.list("emails", "email", c.Emails)
		if c.Org != "" {
			w.raw(`,"org":{"company":`)
			w.text(c.Org)
			w.raw("}")
		}
		w.raw("}")
	}
	w.raw("]")
	return nil
}

func (w *writer) list(name, key string, values []string) {
	if len(values) == 0 {
		return
	}
	w.raw(`,"` + name + `":`)
	for i, value := range values {
		w.separate(i, "[")
		w.raw(`{"` + key + `":`)
		w.text(value)
		w.raw("}")
	}
	w.raw("]")
}

// separate writes what stands before the i-th of several: the opening before the first, a comma before the others.
func (w *writer) separate(i int, opening string) {
	if i > 0 {
		opening = ","
	}
	w.raw(opening)
}

// menu writes reply buttons, or a list behind one button (§2.2).
func (w *writer) menu(text string, menu *channel.Menu) *channel.Failure {
	if menu == nil || len(menu.Options) == 0 {
		return unsendable("the choices are missing")
	}
	if menu.Button == "" {
		w.raw(`{"type":"button","body":{"text":`)
		w.text(text)
		w.raw(`},"action":{"buttons":`)
		for i, o := range menu.Options {
			w.separate(i, "[")
			w.raw(`{"type":"reply","reply":{"id":`)
			w.text(o.ID)
			w.field("title", o.Title)
			w.raw("}}")
		}
		w.raw("]}}")
		return nil
	}
	w.raw(`{"type":"list","body":{"text":`)
	w.text(text)
	w.raw(`},"action":{"button":`)
	w.text(menu.Button)
	w.raw(`,"sections":[{"rows":`)
	for i, o := range menu.Options {
		w.separate(i, "[")
		w.raw(`{"id":`)
		w.text(o.ID)
		w.field("title", o.Title)
		w.optional("description", o.Detail)
		w.raw("}")
	}
	w.raw("]}]}}")
	return nil
}

// template writes a filled template (§2.3).
func (w *writer) template(t *channel.Filled) *channel.Failure {
	if t == nil || t.Name == "" {
		return unsendable("the template is missing")
	}
	w.raw(`{"name":`)
	w.text(t.Name)
	w.raw(`,"language":{"code":`)
	w.text(t.Language)
	w.raw("}")
	parts := 0
	if t.Header != nil {
		w.separate(parts, `,"components":[`)
		parts++
		w.raw(`{"type":"header","parameters":[`)
		if f := w.value(t.Header); f != nil {
			return f
		}
		w.raw("]}")
	}
	if len(t.Body) > 0 {
		w.separate(parts, `,"components":[`)
		parts++
		w.raw(`{"type":"body","parameters":`)
		for i := range t.Body {
			w.separate(i, "[")
			if f := w.value(&t.Body[i]); f != nil {
				return f
			}
		}
		w.raw("]}")
	}
	for i := range t.Buttons {
		w.separate(parts, `,"components":[`)
		parts++
		w.button(&t.Buttons[i])
	}
	if parts > 0 {
		w.raw("]")
	}
	w.raw("}")
	return nil
}

func (w *writer) value(v *channel.Value) *channel.Failure {
	if v.Kind == "" || v.Kind == channel.Text {
		w.raw(`{"type":"text"`)
		w.optional("parameter_name", v.Name)
		w.field("text", v.Text)
		w.raw("}")
		return nil
	}
	w.raw(`{"type":`)
	w.text(v.Kind)
	w.raw(`,"` + v.Kind + `":`)
	if f := w.media(v.Kind, v.Media, ""); f != nil {
		return f
	}
	w.raw("}")
	return nil
}

func (w *writer) button(b *channel.ButtonFill) {
	w.raw(`{"type":"button","sub_type":`)
	w.text(b.Kind)
	w.raw(`,"index":"`)
	w.buf = strconv.AppendInt(w.buf, int64(b.Index), 10)
	w.raw(`","parameters":[{"type":`)
	kind, key := "text", "text"
	switch b.Kind {
	case "quick_reply":
		kind, key = "payload", "payload"
	case "copy_code":
		kind, key = "coupon_code", "coupon_code"
	}
	w.text(kind)
	w.field(key, b.Text)
	w.raw("}]}")
}
