package desk

import (
	"context"
	"encoding/json"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
)

// MessageDetails is a message with what only few want to know.
type MessageDetails struct {
	Message    Message         `json:"message"`
	ExternalID string          `json:"external_id" doc:"the provider's id; empty: it never had it"`
	ProviderAt *int64          `json:"provider_at" doc:"the provider's time of an inbound message; acceptance or departure of an outbound one"`
	Changes    []MessageChange `json:"changes" doc:"what its author changed or took back, oldest first"`
	Raw        json.RawMessage `json:"raw" doc:"the provider's own form of a kind we do not know; null for others, and for readers without settings"`
}

// MessageChange is one of them.
type MessageChange struct {
	Kind string `json:"kind" enum:"edit,revoke"`
	Text string `json:"text" doc:"of an edit: words that are no longer those of the message"`
	At   int64  `json:"at"`
}

// MessageDetails gives one message. Reach is asked with Get of its conversation. It fails with NotFound.
func (r *Room) MessageDetails(ctx context.Context, actor account.Actor, id db.ID) (MessageDetails, error) {
	m, err := r.conversations.Message(ctx, actor.Workspace, id)
	if err != nil {
		return MessageDetails{}, err
	}
	shown, err := r.Messages(ctx, actor.Workspace, []conversation.Message{m}, actor)
	if err != nil {
		return MessageDetails{}, err
	}
	out := MessageDetails{Message: shown[0], ProviderAt: timeOrNull(m.ProviderAt), Changes: []MessageChange{}}
	if _, out.ExternalID, err = r.conversations.ExternalID(ctx, actor.Workspace, id); err != nil {
		return MessageDetails{}, err
	}
	changes, err := r.conversations.Changes(ctx, actor.Workspace, id)
	if err != nil {
		return MessageDetails{}, err
	}
	withheld := m.RevokedAt != 0 && actor.Has(account.SeeAll) != nil
	for _, c := range changes {
		if withheld {
			c.Text = ""
		}
		out.Changes = append(out.Changes, MessageChange(c))
	}
	if actor.Can(account.Settings, account.View) == nil {
		var content channel.Content
		if json.Unmarshal(m.Content, &content) == nil {
			out.Raw = content.Unknown
		}
	}
	return out, nil
}
