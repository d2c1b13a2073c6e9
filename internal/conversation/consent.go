package conversation

import (
	"cmp"
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

// hearConsent changes the consent of people whose message is one of the workspace's words (X08): in the transaction that stores
// the message, so that nothing is sent in between. Where the workspace wants it, they are answered.
func (r *Room) hearConsent(in *intake) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		words := map[db.ID]contact.Keywords{}
		for _, a := range in.arrivals {
			said := cmp.Or(a.Event.Content.Title, a.Event.Text)
			if a.Event.Echo || a.thread.Blocked == 1 || !contact.MayBeKeyword(said) {
				continue
			}
			keywords, known := words[a.Workspace]
			if !known {
				var err error
				if keywords, err = r.contacts.KeywordsOf(ctx, tx, a.Workspace); err != nil {
					return err
				}
				words[a.Workspace] = keywords
			}
			if err := r.heed(ctx, tx, a, keywords, said); err != nil {
				return fmt.Errorf("consent by word: %w", err)
			}
		}
		return nil
	}
}

// heed does what one message says of consent.
func (r *Room) heed(ctx context.Context, tx *db.Tx, a *arrival, keywords contact.Keywords, said string) error {
	why := contact.Consent{Source: contact.ByMessage, Scope: keywords.Scope, Wording: said, Inbox: a.Inbox, At: a.at}
	change, answer := r.contacts.OptOutIn, keywords.StopAnswer
	switch keywords.Hears(said) {
	case contact.Nothing:
		return nil
	case contact.Start:
		change, answer = r.contacts.OptInIn, keywords.StartAnswer
	}
	ids, err := r.contacts.AllOf(ctx, tx, a.Workspace, a.contact)
	if err != nil {
		return err
	}
	changed, err := change(ctx, tx, a.Workspace, ids, why)
	if err != nil || changed == 0 || answer == "" {
		return err
	}
	_, err = r.PostIn(ctx, tx, account.Bot(a.Workspace), Draft{Conversation: a.thread.ID, Kind: channel.Text, Text: answer, ClientID: "consent-" + a.id.String()})
	if err != nil && fault.KindOf(err) != fault.Internal { // a number that is down answers nobody; the wish holds all the same
		return nil
	}
	return err
}
