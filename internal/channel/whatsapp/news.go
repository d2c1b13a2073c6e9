package whatsapp

import (
	"strings"

	"recado/internal/channel"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// news is what account, number and template fields tell (§6.4); each uses a few of these.
type news struct {
	Event       string `json:"event"`
	Decision    string `json:"decision"`
	Status      string `json:"status"`
	Number      token  `json:"display_phone_number"`
	Template    token  `json:"message_template_id"`
	Name        string `json:"message_template_name"`
	Language    string `json:"message_template_language"`
	Category    string `json:"message_template_category"`
	NewCategory string `json:"new_category"`
	NewQuality  string `json:"new_quality_score"`
	Reason      string `json:"reason"`
	Other       struct {
		Title string `json:"title"`
	} `json:"other_info"`
	Restriction []struct {
		Type string `json:"restriction_type"`
	} `json:"restriction_info"`
	Ban struct {
		State string `json:"waba_ban_state"`
	} `json:"ban_info"`
	Alert struct {
		Type string `json:"alert_type"`
	} `json:"alert_info"`
}

// qualityAfter is what the events of older payloads say of a number's rating: flagged is low quality, and the end of that leaves open
// how good it is. Other events speak of limits; the rating itself has to be asked for (Numbers).
var qualityAfter = map[string]string{"FLAGGED": channel.QualityRed, "UNFLAGGED": channel.QualityUnknown}

// newsOf gives account news in our words, with the raw value beside them. A field we do not know, or cannot read, has
// only its name and the raw value.
func newsOf(account, field string, raw jsontext.Value) channel.Event {
	told := &channel.Account{Field: field, AccountExternalID: account, Raw: keep(raw)}
	var n news
	if err := jsonv2.Unmarshal(raw, &n, readLoosely); err != nil {
		return channel.Event{Account: told}
	}
	told.Event = firstOf(n.Event, n.Decision, n.Status, n.Alert.Type)
	told.Address = onlyDigits(string(n.Number))
	told.TemplateExternalID, told.TemplateName, told.TemplateLanguage = string(n.Template), n.Name, n.Language
	switch field {
	case "message_template_status_update":
		told.TemplateStatus, told.TemplateCategory = n.Event, n.Category
		if told.TemplateReason = reasonOf(n.Reason); n.Event == "PAUSED" || n.Event == "DISABLED" {
			told.TemplateReason = firstOf(told.TemplateReason, n.Other.Title)
		}
	case "message_template_quality_update":
		told.Quality = n.NewQuality
	case "phone_number_quality_update":
		told.Quality = qualityAfter[n.Event]
	case "template_category_update": // a notice that it will change still names the present one
		told.TemplateCategory = n.NewCategory
	case "account_update":
		told.Event = n.accountEvent()
	}
	return channel.Event{Account: told}
}

// reasonOf is a reason the provider gives; it writes NONE where there is none.
func reasonOf(reason string) string {
	if strings.EqualFold(reason, "NONE") {
		return ""
	}
	return reason
}

// accountEvent names what happened to the account more closely than its event does: an update of a ban is the new state
// of the ban (DISABLE, REINSTATE, SCHEDULE_FOR_DISABLE), and a restriction that leaves messages alone is its type.
func (n news) accountEvent() string {
	switch {
	case n.Event == "DISABLED_UPDATE" && n.Ban.State != "":
		return n.Ban.State
	case n.Event == "ACCOUNT_RESTRICTION" && len(n.Restriction) > 0:
		for _, r := range n.Restriction {
			if r.Type != "RESTRICTED_ADD_PHONE_NUMBER_ACTION" {
				return n.Event
			}
		}
		return n.Restriction[0].Type
	}
	return n.Event
}

// preferenceOf tells that a person stopped or resumed marketing messages of ours in the app.
func preferenceOf(account, number, field string, raw jsontext.Value) channel.Event {
	told := &channel.Account{Field: field, AccountExternalID: account, Raw: keep(raw)}
	var p struct {
		WaID     string  `json:"wa_id"`
		UserID   string  `json:"user_id"`
		Category string  `json:"category"`
		Value    string  `json:"value"`
		At       seconds `json:"timestamp"`
	}
	if err := jsonv2.Unmarshal(raw, &p, readLoosely); err == nil {
		told.Event = p.Value
		known := p.Value == "stop" || p.Value == "resume" || p.Value == "signup"
		if who := identities(p.WaID, p.UserID); known && who != nil && p.Category == "marketing_messages" {
			told.OptOut = &channel.OptOut{Who: who, Stopped: p.Value == "stop", At: p.At.milliseconds()}
		}
	}
	return channel.Event{InboxExternalID: number, Account: told}
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
