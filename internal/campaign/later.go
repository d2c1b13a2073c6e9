package campaign

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
)

// Pauses before a message goes out again that the provider took and then refused for now, one for each try; where the person gets too
// much, it fails after the last. What it refuses at once waits in the gateway, by its table.
var (
	pairPauses   = []time.Duration{4 * time.Second, 16 * time.Second, 64 * time.Second, 256 * time.Second, 1024 * time.Second}
	numberPauses = []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute}
)

// sendLater sees to it that messages the provider refuses for now are sent later and do not fail: those of a person or number that
// gets or sends too fast go out again after a pause; the limit of people pauses all campaigns of the account, which hold what was
// refused until somebody lets them go on (whatsapp-errors, 131048). Only a campaign that was cancelled leaves them failed.
func (r *Room) sendLater(ctx context.Context, tx *db.Tx, refused []refusal) error {
	of := map[db.ID][]refusal{}
	limited := map[db.ID]refusal{} // by number
	for _, one := range refused {
		switch channel.Class(one.Class) {
		case channel.LimitReached:
			limited[one.Inbox] = one
		case channel.PairThrottle, channel.NumberThrottle:
		default:
			continue
		}
		of[one.Campaign] = append(of[one.Campaign], one)
	}
	for _, box := range slices.Sorted(maps.Keys(limited)) {
		if err := r.pauseForLimit(ctx, tx, limited[box]); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(of)) {
		if err := r.putBack(ctx, tx, id, of[id]); err != nil {
			return fmt.Errorf("what the provider refused campaign %d for now: %w", id, err)
		}
	}
	return nil
}

const sendingOfAccount = `select ` + rowColumns + ` from campaigns c where c.workspace_id = $1 and c.state = 'sending' and exists (select 1 from inboxes a
	join inboxes i on i.workspace_id = a.workspace_id and i.channel = a.channel and i.account_external_id = a.account_external_id where a.id = $2
	and (exists (select 1 from recipients r where r.campaign_id = c.id and r.state = 0 and r.inbox_id = i.id)
	or exists (select 1 from messages m where m.campaign_id = c.id and m.status = 10 and m.inbox_id = i.id))) order by c.id`

// pauseForLimit pauses every campaign that the limit of an account concerns, and the one that was refused.
func (r *Room) pauseForLimit(ctx context.Context, tx *db.Tx, one refusal) error {
	label, err := db.One[string](ctx, tx, "select label from inboxes where id = $1", one.Inbox)
	if err != nil && !db.None(err) {
		return fmt.Errorf("number %d: %w", one.Inbox, err)
	}
	why := Reason{Code: PausedByLimit, Params: map[string]string{"sender": label, "code": fmt.Sprint(one.Code)}}
	if err := r.pauseAll(ctx, tx, sendingOfAccount, one.Workspace, one.Inbox, why); err != nil {
		return err
	}
	c, err := lockIn(ctx, tx, one.Workspace, one.Campaign)
	switch {
	case err != nil:
		return err
	case c.State == Sending: // it has nothing else to send
		return r.pauseIn(ctx, tx, c, why)
	case c.State == Done:
		return r.reopenIn(ctx, tx, c, Paused, why)
	}
	return nil
}

// putBack puts what a campaign was refused into the outbox again, held where it is paused.
func (r *Room) putBack(ctx context.Context, tx *db.Tx, id db.ID, refused []refusal) error {
	c, err := lockIn(ctx, tx, refused[0].Workspace, id)
	if err != nil || c.State == Cancelled {
		return err
	}
	back := map[time.Duration][]db.ID{}
	for _, one := range refused {
		if wait, again := one.pause(); again {
			back[wait] = append(back[wait], one.ID)
		}
	}
	for _, wait := range slices.Sorted(maps.Keys(back)) {
		if _, err := r.Conversations.PutBackIn(ctx, tx, back[wait], tx.Now()+wait.Milliseconds(), c.State == Paused); err != nil {
			return err
		}
	}
	if len(back) > 0 && c.State == Done {
		return r.reopenIn(ctx, tx, c, Sending, Reason{})
	}
	return nil
}

// pause is how long a refused message waits; again is false when it was tried often enough.
func (one refusal) pause() (wait time.Duration, again bool) {
	try := max(1, one.Attempts) - 1
	switch channel.Class(one.Class) {
	case channel.PairThrottle:
		if try >= len(pairPauses) {
			return 0, false
		}
		return pairPauses[try], true
	case channel.NumberThrottle:
		return numberPauses[min(try, len(numberPauses)-1)], true
	}
	return 0, true // the limit: until its campaign goes on
}
