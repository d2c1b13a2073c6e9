package simulator

import "encoding/json"

// Component is one part of a template as it is created and listed (whatsapp-cloud-api §7.1).
type Component struct {
	Type    string          `json:"type"`             // HEADER, BODY, FOOTER, BUTTONS, CAROUSEL, LIMITED_TIME_OFFER
	Format  string          `json:"format,omitempty"` // of a HEADER: TEXT, IMAGE, VIDEO, DOCUMENT, GIF, LOCATION
	Text    string          `json:"text,omitempty"`
	Example json.RawMessage `json:"example,omitempty"`
	Buttons []Button        `json:"buttons,omitempty"`

	SecurityRecommendation bool            `json:"add_security_recommendation,omitempty"`
	CodeExpirationMinutes  int             `json:"code_expiration_minutes,omitempty"`
	LimitedTimeOffer       json.RawMessage `json:"limited_time_offer,omitempty"`
	Cards                  []Card          `json:"cards,omitempty"`
}

// Card is one card of a carousel template.
type Card struct {
	Components []Component `json:"components"`
}

// Button is one button of a template.
type Button struct {
	Type    string          `json:"type"` // QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, OTP, FLOW, …
	Text    string          `json:"text,omitempty"`
	URL     string          `json:"url,omitempty"`
	Phone   string          `json:"phone_number,omitempty"`
	Example json.RawMessage `json:"example,omitempty"`
	OTPType string          `json:"otp_type,omitempty"`
	FlowID  json.RawMessage `json:"flow_id,omitempty"`
	Action  string          `json:"flow_action,omitempty"`
	Screen  string          `json:"navigate_screen,omitempty"`
}

// part returns the component of the given type, or nil.
func (t *Template) part(kind string) *Component {
	for i := range t.Components {
		if t.Components[i].Type == kind {
			return &t.Components[i]
		}
	}
	return nil
}

// buttons returns the template's buttons in their order.
func (t *Template) buttons() []Button {
	if c := t.part("BUTTONS"); c != nil {
		return c.Buttons
	}
	return nil
}
