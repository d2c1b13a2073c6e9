package campaign

import (
	"context"
	"fmt"

	"recado/internal/db"
	"recado/internal/fault"
)

// State of a recipient, as stored.
const (
	waiting = 0
	handed  = 1 // its message tells the rest
	leftOut = 2
	broken  = 3 // could not be turned into a message
)

// freezing is one reading of a sheet that turns ready rows into recipients.
type freezing struct {
	room  *Room
	c     *row
	run   db.ID
	tally *tally
	done  int64 // rows up to this number are recipients already
}

// freeze reads the sheet again and keeps its ready rows as recipients. A row becomes a recipient once however often the
// process dies on the way: batches are committed in order, and a later run goes on behind the last one. Rows that lost
// their number or template since the check are left out of it, as the counts of the check then say. Who is capped is kept as
// left out, with the reason: what was said before sending holds, even when a slow campaign could write to them later.
func (r *Room) freeze(ctx context.Context, c *row, run db.ID) error {
	campaign, err := c.campaign()
	if err != nil {
		return err
	}
	a, err := c.asked()
	if err != nil {
		return err
	}
	f := &freezing{room: r, c: c, run: run}
	f.done, err = db.One[int64](ctx, r.d, "select coalesce(max(row_number), 0) from recipients where campaign_id = $1", c.ID)
	if err != nil {
		return fmt.Errorf("frozen rows: %w", err)
	}
	if err := f.read(ctx, campaign, a); err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return f.end(ctx, campaign, problemOf(err))
	}
	return f.end(ctx, campaign, nil)
}

func (f *freezing) read(ctx context.Context, campaign Campaign, a asked) error {
	r := f.room
	in, expected, err := f.open(ctx, campaign, a)
	if err != nil {
		return err
	}
	defer in.Close()
	cat, err := r.catalog(ctx, f.c.Workspace, a)
	if err != nil {
		return err
	}
	opted, err := r.barred(ctx, f.c.Workspace)
	if err != nil {
		return err
	}
	f.tally = newTally(cat, opted, expected)
	rd := reading{room: r, workspace: f.c.Workspace, campaign: campaign, catalog: cat, keep: true}
	return rd.run(ctx, in, func(b *batch) error { return f.take(ctx, b, campaign) })
}

// open opens the rows to freeze: of a segment those whom it stands for, written down before.
func (f *freezing) open(ctx context.Context, campaign Campaign, a asked) (source, int, error) {
	if campaign.Audience.Kind != BySegment {
		return f.room.openAudience(ctx, f.c.Workspace, campaign, a)
	}
	if err := f.resolve(ctx, campaign.Audience, a); err != nil {
		return nil, 0, err
	}
	return f.room.openFrozen(ctx, f.c.Workspace, f.c.ID)
}

const recipientInto = `recipients (workspace_id, id, campaign_id, row_number, state, inbox_id, address, identity_key, name, template_id, variables_json, extras_json,
	target, target_id, zones, reason)`

// take counts a batch and writes its ready rows.
func (f *freezing) take(ctx context.Context, b *batch, campaign Campaign) error {
	rows := make([][]any, 0, len(b.verdicts))
	for i := range b.verdicts {
		v := &b.verdicts[i]
		f.tally.count(v)
		state, reason := waiting, ""
		if v.problem != nil && v.problem.Code == RowCapped {
			state, reason = leftOut, RowCapped
		} else if v.problem != nil {
			continue
		}
		if int64(v.number) <= f.done || v.sender < 0 || v.wording == nil {
			continue
		}
		var target any
		if id := v.agent + v.queue; id != 0 {
			target = int64(id)
		}
		rows = append(rows, []any{int64(f.c.Workspace), int64(f.room.d.NewID()), int64(f.c.ID), int64(v.number), state,
			int64(f.tally.catalog.senders[v.sender].ID), v.phone.E164, v.phone.Key, cleanText(v.name), int64(v.wording.ID), cleanText(encode(v.values)),
			extrasText(v.extras), v.target, target, v.zones, reason})
	}
	return f.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := holdRunIn(ctx, tx, f.c.ID, f.run, Sending); err != nil {
			return err
		}
		_, err := tx.Insert(ctx, recipientInto, "on conflict (campaign_id, row_number) do nothing", rows)
		return err
	})
}

// extrasText is how extras are stored; "" for none.
func extrasText(extras map[string]string) string {
	if len(extras) == 0 {
		return ""
	}
	return cleanText(encode(extras))
}

// end lets the dispatcher begin, or makes the campaign fail when the sheet cannot be read any more or nobody is left.
func (f *freezing) end(ctx context.Context, campaign Campaign, broken *Problem) error {
	r := f.room
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := holdRunIn(ctx, tx, f.c.ID, f.run, Sending); err != nil {
			return err
		}
		c, err := lockIn(ctx, tx, f.c.Workspace, f.c.ID)
		if err != nil {
			return err
		}
		n, err := db.One[int64](ctx, tx, "select count(*) from recipients where campaign_id = $1", c.ID)
		if err != nil {
			return err
		}
		if broken == nil && n == 0 {
			broken = problem("audience", MissingRows)
		}
		if broken != nil {
			if _, err := tx.Exec(ctx, "delete from recipients where campaign_id = $1", c.ID); err != nil {
				return err
			}
			return r.moveIn(ctx, tx, c, Failed, Reason{Code: broken.Code, Params: broken.Params})
		}
		check := campaign.Check
		f.tally.into(&check)
		check.Rows = f.tally.read
		_, err = tx.Exec(ctx, `update campaigns set started_at = $1, recipients = $2, check_json = $3, run_id = null, run_until = 0 where id = $4`,
			tx.Now(), n, encode(check), c.ID)
		r.wake(tx)
		if err != nil {
			return err
		}
		return noteNewsIn(ctx, tx, c.Workspace, c.ID)
	})
}
