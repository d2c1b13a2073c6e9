package notice

import (
	"context"

	"recado/internal/db"
	"recado/internal/inbox"
)

// soundRules are what the settings of service say of what is heard (B170).
type soundRules struct {
	Sound bool `json:"sound"`
	Own   bool `json:"sound_own"`
}

func usualSound() soundRules { return soundRules{Sound: true, Own: true} }

// heard tells whether what a person is told of is heard: as they chose, where they may choose.
func (rules soundRules) heard(s Settings) bool {
	if rules.Own && s.Sound != nil {
		return *s.Sound
	}
	return rules.Sound
}

// SoundOwn tells whether people choose what they hear: in the company, or on some number of it.
func (r *Room) SoundOwn(ctx context.Context, workspace db.ID) (bool, error) {
	company, err := inbox.OfCompany(ctx, r.d, usualSound, workspace)
	if err != nil || company.Own {
		return company.Own, err
	}
	numbers, err := inbox.Resolve(ctx, r.d, inbox.Company, inbox.Everywhere, usualSound, workspace)
	for _, rules := range numbers {
		if rules.Own {
			return true, err
		}
	}
	return false, err
}

// sounds gives the rules for what is told of conversations; 0 stands for what is of none.
func sounds(ctx context.Context, q db.Querier, workspace db.ID, conversations []db.ID) (map[db.ID]soundRules, error) {
	found, err := inbox.ResolveIn(ctx, q, usualSound, workspace, conversations...)
	if err != nil {
		return nil, err
	}
	found[0], err = inbox.OfCompany(ctx, q, usualSound, workspace)
	return found, err
}
