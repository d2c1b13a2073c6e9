package whatsapp

import "recado/internal/channel"

// status is news of a message of ours (§6.3).
type status struct {
	ID        string  `json:"id"`
	Status    word    `json:"status"`
	Timestamp seconds `json:"timestamp"`
	To        string  `json:"recipient_id"`
	ToUser    string  `json:"recipient_user_id"`
	ToKind    word    `json:"recipient_type"`
	Reference string  `json:"biz_opaque_callback_data"`
	Pricing   struct {
		Type     word `json:"type"`
		Category word `json:"category"`
	} `json:"pricing"`
	Errors []wireError `json:"errors"`
}

// event gives the status in our words, or nil for statuses that mean nothing to us: the provider's legacy ones and those
// it will invent.
func (s *status) event() *channel.Status {
	kind := channel.StatusKind(s.Status)
	switch kind {
	case channel.Sent, channel.Delivered, channel.Read, channel.Played, channel.Failed:
	default:
		return nil
	}
	if s.ID == "" {
		return nil
	}
	told := &channel.Status{ExternalID: s.ID, Reference: s.Reference, Kind: kind, At: s.Timestamp.milliseconds(), Cost: costOf(s.Pricing.Type, s.Pricing.Category)}
	if s.ToKind != "group" {
		told.To = identities(s.To, s.ToUser)
	}
	if kind == channel.Failed {
		told.Failure = &channel.Failure{Class: channel.BadRequest}
		if len(s.Errors) > 0 {
			told.Failure = s.Errors[0].failure(0)
		}
	}
	return told
}

func identities(phone, userID string) []channel.Identity {
	if phone == "" && userID == "" {
		return nil
	}
	out := make([]channel.Identity, 0, 2)
	if phone != "" {
		out = append(out, channel.Identity{Kind: channel.Phone, Value: phone})
	}
	if userID != "" {
		out = append(out, channel.Identity{Kind: channel.UserID, Value: userID})
	}
	return out
}
