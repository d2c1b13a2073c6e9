package desk

import (
	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
)

// campaignChanged is the kind of room campaign's fact; desk stands beside it and only passes it on.
const campaignChanged = "campaign.changed"

type campaignFact struct {
	Campaign db.ID  `json:"campaign_id"`
	State    string `json:"state"`
}

// campaignPush passes news of campaigns on to those who may see campaigns.
func campaignPush(to reader, e event.Event) ([]Push, error) {
	if e.Kind != campaignChanged || to.actor.Can(account.Campaigns, account.View) != nil {
		return nil, nil
	}
	f, err := event.Decode[campaignFact](e)
	return []Push{{Kind: "campaign", Campaign: f.Campaign, State: f.State}}, err
}

// progress names the campaigns whose messages a batch moved: their screens ask for the counters again.
func (t *told) progress(to reader) ([]Push, error) {
	if to.actor.Can(account.Campaigns, account.View) != nil {
		return nil, nil
	}
	seen := map[db.ID]bool{}
	var out []Push
	note := func(campaign db.ID) {
		if campaign != 0 && !seen[campaign] {
			seen[campaign] = true
			out = append(out, Push{Kind: "progress", Campaign: campaign})
		}
	}
	for _, e := range t.events {
		switch f := e.data.(type) {
		case conversation.StatusFact:
			for _, item := range f.Items {
				note(item.Campaign)
			}
		case conversation.PostedFact:
			if e.Kind != conversation.MessagePosted {
				continue // a file that arrived or an edit moves no counter
			}
			for _, item := range f.Items {
				note(item.Campaign)
			}
		}
	}
	return out, nil
}
