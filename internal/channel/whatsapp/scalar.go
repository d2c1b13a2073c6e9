package whatsapp

import (
	"github.com/go-json-experiment/json/jsontext"
)

// seconds is a time in Unix seconds, written as a text or as a number (§1).
type seconds int64

// UnmarshalJSONFrom reads digits with or without quotes; anything else is 0, a time nobody knows.
func (s *seconds) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*s = 0
	digits := unquoted(raw)
	if len(digits) > 15 {
		return nil
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			*s = 0
			return nil
		}
		*s = *s*10 + seconds(d-'0')
	}
	return nil
}

func (s seconds) milliseconds() int64 { return int64(s) * 1000 }

// word is a text of a small known set; known ones cost no memory.
type word string

// UnmarshalJSONFrom reads a text; a value of another kind is the empty word.
func (w *word) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if raw.Kind() != jsontext.KindString {
		*w = ""
		return nil
	}
	if known, ok := words[string(unquoted(raw))]; ok {
		*w = known
		return nil
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	*w = word(text)
	return ignoreBrokenText(err)
}

// token is a text that the provider also writes as a number, such as the id of a template (§6.4).
type token string

// UnmarshalJSONFrom reads a text or the digits of a number; a value of another kind is empty.
func (t *token) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	switch raw.Kind() {
	case jsontext.KindString:
		text, err := jsontext.AppendUnquote(nil, raw)
		*t = token(text)
		return ignoreBrokenText(err)
	case jsontext.KindNumber:
		*t = token(raw)
	default:
		*t = ""
	}
	return nil
}

// ignoreBrokenText takes bytes that are no UTF-8 as replacement characters; nothing else can be wrong with a text that
// the decoder has let through.
func ignoreBrokenText(error) error { return nil }

func unquoted(raw []byte) []byte {
	if len(raw) >= 2 && raw[0] == '"' {
		return raw[1 : len(raw)-1]
	}
	return raw
}

var words = knownWords("text", "image", "document", "audio", "video", "sticker", "location", "contacts", "reaction", "interactive",
	"button", "order", "system", "unsupported", "sent", "delivered", "read", "played", "failed", "group", "button_reply", "list_reply",
	"nfm_reply", "regular", "free_customer_service", "free_entry_point", "free_group_customer_service", "marketing", "utility",
	"authentication", "authentication-international", "service", "marketing_lite", "referral_conversion", "messages")

func knownWords(all ...word) map[string]word {
	known := make(map[string]word, len(all))
	for _, w := range all {
		known[string(w)] = w
	}
	return known
}

// costs holds the usual "type/category" pairs, so that telling a price costs no memory.
var costs = func() map[[2]word]string {
	all := map[[2]word]string{}
	for _, kind := range []word{"regular", "free_customer_service", "free_entry_point", "free_group_customer_service"} {
		for _, category := range []word{"marketing", "utility", "authentication", "authentication-international", "service", "marketing_lite", "referral_conversion"} {
			all[[2]word{kind, category}] = string(kind + "/" + category)
		}
	}
	return all
}()

func costOf(kind, category word) string {
	if kind == "" && category == "" {
		return ""
	}
	if known, ok := costs[[2]word{kind, category}]; ok {
		return known
	}
	return string(kind + "/" + category)
}
