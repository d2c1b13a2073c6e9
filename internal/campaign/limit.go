package campaign

import (
	"context"
	"fmt"
	"time"

	"recado/internal/db"
)

// WaitsForLimit says that the provider lets nobody else be written to first for now.
const WaitsForLimit = "wait.limit"

const (
	limitOver = 24 * time.Hour   // the provider counts people over so long, moving
	limitLook = 15 * time.Minute // a campaign at the limit looks again so often: it may have been raised
	limitBusy = 10 * time.Second // the same where other accounts of the campaign still send
)

const (
	reachedAmong = "select address from campaign_reach where account = $1 and reached_at > $2 and address in ({texts:$3})"
	reachedSince = "select count(*) as used, coalesce(min(reached_at), 0) as oldest from campaign_reach where account = $1 and reached_at > $2"
	reach        = "insert into campaign_reach (account, address, reached_at) values ($1, $2, $3) on conflict (account, address) do update set reached_at = excluded.reached_at"
	forgetReach  = "delete from campaign_reach where account = $1 and reached_at <= $2"
)

// limited is what a limit did to a batch.
type limited struct {
	batch []recipient // who may be written to now
	why   Reason      // set when somebody may not
	rest  time.Duration
}

// withinLimitIn takes out of a batch who would pass the provider's limit of their account, and notes the others. Who was written to
// within the last 24 hours counts once.
func (p *dispatching) withinLimitIn(ctx context.Context, tx *db.Tx, batch []recipient, now moment) (limited, error) {
	limits := map[string]int64{}
	for _, one := range batch {
		if box := now.inboxes[one.Inbox]; box.PeopleLimit > 0 {
			limits[box.Account] = max(limits[box.Account], box.PeopleLimit)
		}
	}
	out := limited{batch: batch}
	for account, limit := range limits {
		if err := p.limitAccountIn(ctx, tx, &out, now, account, limit); err != nil {
			return limited{}, fmt.Errorf("limit of account %s: %w", account, err)
		}
	}
	if out.rest > 0 && len(now.accounts()) > 1 {
		out.rest = limitBusy
	}
	return out, nil
}

// accounts are those of the campaign's numbers.
func (m moment) accounts() map[string]bool {
	all := map[string]bool{}
	for _, box := range m.inboxes {
		all[box.Account] = true
	}
	return all
}

func (p *dispatching) limitAccountIn(ctx context.Context, tx *db.Tx, out *limited, now moment, account string, limit int64) error {
	since := tx.Now() - limitOver.Milliseconds()
	if _, err := tx.Exec(ctx, forgetReach, account, since); err != nil {
		return err
	}
	used, err := db.One[struct {
		N      int64 `db:"used"`
		Oldest int64 `db:"oldest"`
	}](ctx, tx, reachedSince, account, since)
	if err != nil {
		return err
	}
	known, err := p.reachedAmongIn(ctx, tx, out.batch, account, since)
	if err != nil {
		return err
	}
	room := limit - used.N
	kept, rows := make([]recipient, 0, len(out.batch)), [][]any{}
	for _, one := range out.batch {
		switch {
		case now.inboxes[one.Inbox].Account != account:
		case known[one.Address]:
			rows = append(rows, []any{account, one.Address, tx.Now()})
		case room > 0:
			room--
			known[one.Address] = true
			rows = append(rows, []any{account, one.Address, tx.Now()})
		default:
			out.why = Reason{Code: WaitsForLimit, Params: map[string]string{"limit": fmt.Sprint(limit)}}
			out.rest = min(limitLook, max(time.Second, time.Duration(used.Oldest-since)*time.Millisecond))
			continue
		}
		kept = append(kept, one)
	}
	out.batch = kept
	_, err = tx.ExecEach(ctx, reach, rows)
	return err
}

func (p *dispatching) reachedAmongIn(ctx context.Context, tx *db.Tx, batch []recipient, account string, since int64) (map[string]bool, error) {
	addresses := make([]string, len(batch))
	for i, one := range batch {
		addresses[i] = one.Address
	}
	found, err := db.All[string](ctx, tx, reachedAmong, account, since, db.Texts(addresses))
	known := make(map[string]bool, len(found))
	for _, address := range found {
		known[address] = true
	}
	return known, err
}
