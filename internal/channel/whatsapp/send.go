package whatsapp

import (
	"context"
	"net/http"
	"time"

	"recado/internal/channel"
)

// sendTimeout bounds a whole send. When it runs out after the request may have left, the outcome is Unknown.
const sendTimeout = 40 * time.Second

// Send hands one message over (§2). Every error is a *channel.Failure:
//
//	Transient  it did not leave, or the provider says that it could not take it
//	Unknown    it may have left, and there was no answer, or one from before the provider (502, 504), or a yes that cannot
//	           be read: a status that carries the reference settles it
//	others     the provider's no, by the policy table
func (a *Adapter) Send(ctx context.Context, c channel.Credentials, m channel.Outbound) (channel.Accepted, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	p := newPooled()
	defer p.release()
	if f := p.message(&m); f != nil {
		return channel.Accepted{}, f
	}
	answer, f := a.call(ctx, c, http.MethodPost, a.base+"/"+c.InboxExternalID+"/messages", jsonMime, p)
	if f != nil {
		return channel.Accepted{}, f
	}
	if f := answer.failure(); f != nil {
		if numberIsGone(f, answer.body) {
			f.Class = channel.ChannelDown
		}
		return channel.Accepted{}, f
	}
	return accepted(answer)
}

const jsonMime = "application/json"

// accepted reads the provider's yes. A template that is held back, or paused at this moment, is neither success nor
// failure: statuses follow.
func accepted(a answer) (channel.Accepted, error) {
	var yes struct {
		Contacts []struct {
			WaID   string `json:"wa_id"`
			UserID string `json:"user_id"`
		} `json:"contacts"`
		Messages []struct {
			ID     string `json:"id"`
			Status word   `json:"message_status"`
		} `json:"messages"`
	}
	if f := a.into(&yes); f != nil {
		return channel.Accepted{}, f
	}
	if len(yes.Messages) == 0 || yes.Messages[0].ID == "" {
		return channel.Accepted{}, &channel.Failure{Class: channel.Unknown, Title: "the answer names no message", Trace: a.header.Get("X-Fb-Trace-Id")}
	}
	out := channel.Accepted{ExternalID: yes.Messages[0].ID}
	out.Held = yes.Messages[0].Status == "held_for_quality_assessment" || yes.Messages[0].Status == "paused"
	if len(yes.Contacts) > 0 {
		out.Identities = identities(yes.Contacts[0].WaID, yes.Contacts[0].UserID)
	}
	return out, nil
}

// MarkRead tells that we read up to this message (§2.4). Every error is a *channel.Failure.
func (a *Adapter) MarkRead(ctx context.Context, c channel.Credentials, externalID string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	p := newPooled()
	defer p.release()
	p.raw(`{"messaging_product":"whatsapp","status":"read"`)
	p.field("message_id", externalID)
	p.raw("}")
	answer, f := a.call(ctx, c, http.MethodPost, a.base+"/"+c.InboxExternalID+"/messages", jsonMime, p)
	if f == nil {
		f = answer.failure()
	}
	return errorOf(f)
}

// errorOf keeps a nil failure a nil error.
func errorOf(f *channel.Failure) error {
	if f == nil {
		return nil
	}
	return f
}
