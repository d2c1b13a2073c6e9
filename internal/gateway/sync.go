package gateway

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/inbox"
	"recado/internal/job"
)

type syncArgs struct {
	Inbox db.ID `json:"inbox_id"`
}

// syncDelay lets the provider's own list catch up with the refusal that made us look.
const syncDelay = 2 * time.Second

// syncSoon has the templates of an inbox's account read again, once however often it is asked meanwhile.
func (g *Room) syncSoon(ctx context.Context, tx *db.Tx, box db.ID) error {
	return g.rooms.Jobs.Enqueue(ctx, tx, syncKind, syncArgs{box}, job.Options{Unique: true, At: time.UnixMilli(tx.Now()).Add(syncDelay)})
}

// sync is the job behind syncSoon.
func (g *Room) sync(ctx context.Context, args json.RawMessage) error {
	a, err := job.Decode[syncArgs](args)
	if err != nil {
		return err
	}
	_, err = g.SyncTemplates(ctx, a.Inbox)
	return err
}

// SyncTemplates reads all templates of an inbox's account from the provider and says how many changed here. Its
// errors are those of the provider (*channel.Failure) and of the rooms.
func (g *Room) SyncTemplates(ctx context.Context, id db.ID) (int, error) {
	box, err := g.rooms.Inboxes.ByID(ctx, id)
	if err != nil {
		return 0, err
	}
	adapter, err := g.adapter(box.Channel)
	if err != nil {
		return 0, err
	}
	credentials, err := g.rooms.Inboxes.Credentials(ctx, id)
	if err != nil {
		return 0, err
	}
	infos, err := adapter.Templates(ctx, credentials)
	if err != nil {
		return 0, err
	}
	if err := g.readLimits(ctx, adapter, credentials, box); err != nil {
		return 0, err
	}
	return g.rooms.Templates.Sync(ctx, box.Workspace, box.Channel, box.Account, infos)
}

// readLimits keeps how many people the provider lets the numbers of an account write to first.
func (g *Room) readLimits(ctx context.Context, adapter channel.Adapter, credentials channel.Credentials, box inbox.Inbox) error {
	numbers, err := adapter.Numbers(ctx, credentials)
	if err != nil {
		return err
	}
	all, err := g.rooms.Inboxes.All(ctx, box.Channel)
	if err != nil {
		return err
	}
	return g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, one := range all {
			at := slices.IndexFunc(numbers, func(n channel.NumberInfo) bool { return n.ExternalID == one.ExternalID })
			if one.Account != box.Account || at < 0 {
				continue
			}
			if err := g.rooms.Inboxes.SetPeopleLimitIn(ctx, tx, one.ID, numbers[at].PeopleLimit); err != nil {
				return err
			}
		}
		return nil
	})
}

// numberSoon has the provider's rating of an inbox's number read, once however often it is asked meanwhile.
func (g *Room) numberSoon(ctx context.Context, tx *db.Tx, box db.ID) error {
	return g.rooms.Jobs.Enqueue(ctx, tx, numberKind, syncArgs{box}, job.Options{Unique: true, At: time.UnixMilli(tx.Now()).Add(syncDelay)})
}

// readNumber is the job behind numberSoon.
func (g *Room) readNumber(ctx context.Context, args json.RawMessage) error {
	a, err := job.Decode[syncArgs](args)
	if err != nil {
		return err
	}
	return g.ReadNumber(ctx, a.Inbox)
}

// lowStatuses are the states of a number that come with low quality, whatever its rating says at that moment (whatsapp-cloud-api §8).
var lowStatuses = []string{"FLAGGED", "RESTRICTED", "BANNED"}

// ReadNumber asks the provider how it rates an inbox's number and keeps it. A number that is not on the account's list changes
// nothing. Its errors are those of the provider (*channel.Failure) and of the rooms.
func (g *Room) ReadNumber(ctx context.Context, id db.ID) error {
	box, err := g.rooms.Inboxes.ByID(ctx, id)
	if err != nil {
		return err
	}
	adapter, err := g.adapter(box.Channel)
	if err != nil {
		return err
	}
	credentials, err := g.rooms.Inboxes.Credentials(ctx, id)
	if err != nil {
		return err
	}
	numbers, err := adapter.Numbers(ctx, credentials)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		if n.ExternalID != box.ExternalID {
			continue
		}
		quality := strings.ToUpper(n.Quality)
		if slices.Contains(lowStatuses, strings.ToUpper(n.Status)) {
			quality = channel.QualityRed
		}
		if quality == "" || quality == "NA" {
			quality = channel.QualityUnknown
		}
		return g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := g.rooms.Inboxes.SetPeopleLimitIn(ctx, tx, id, n.PeopleLimit); err != nil {
				return err
			}
			return g.rooms.Inboxes.SetQualityIn(ctx, tx, id, quality)
		})
	}
	return nil
}
