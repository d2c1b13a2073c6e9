package campaign

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

// SaveSegment keeps the people of a checked sheet, those who are ready, as a segment under a name. They are put into it in the
// background, each as a send would find or make them, with what the sheet says of them besides; what changes in the campaign from
// then on does not matter. It fails with Conflict for a campaign that has no finished check of a sheet, and as contact.MakeListIn does.
func (r *Room) SaveSegment(ctx context.Context, actor account.Actor, id db.ID, name string) (contact.Segment, error) {
	c, err := r.Get(ctx, actor, id)
	if err != nil {
		return contact.Segment{}, err
	}
	if c.Audience.File == 0 || c.Check.State != CheckDone || c.Check.Corrected > 0 || c.Check.Ready == 0 {
		return contact.Segment{}, fault.New(fault.Conflict, "campaign.segment_unchecked", "Only the people of a sheet that was checked can be saved, when somebody is ready.").On("name")
	}
	a, err := r.ask(ctx, actor)
	if err != nil {
		return contact.Segment{}, err
	}
	var segment db.ID
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if segment, err = r.Contacts.MakeListIn(ctx, tx, actor, name, c.Audience.FileName); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into campaign_fills (segment_id, workspace_id, settings_json, asked_json) values ($1, $2, $3, $4)",
			segment, actor.Workspace, cleanText(encode(c)), encode(a)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into campaign_corrections (workspace_id, campaign_id, row_number, original_json, cells_json, taken_out)
			select workspace_id, $1, row_number, original_json, cells_json, taken_out from campaign_corrections where campaign_id = $2`, segment, id)
		r.wake(tx)
		return err
	})
	if err != nil {
		return contact.Segment{}, err
	}
	return r.Contacts.Segment(ctx, actor.Workspace, segment)
}

// fill is a list that is being filled.
type fill struct {
	Segment   db.ID  `db:"segment_id"`
	Workspace db.ID  `db:"workspace_id"`
	Settings  string `db:"settings_json"`
	Asked     string `db:"asked_json"`
	Done      int64  `db:"done_row"`
}

const dueFills = "select segment_id, workspace_id, settings_json, asked_json, done_row from campaign_fills where run_until < $1 or run_node = $2 order by segment_id limit 20"

// fillDue begins to fill the lists nobody fills.
func (r *Room) fillDue(ctx context.Context, begin func(func())) {
	due, err := db.All[fill](ctx, r.d, dueFills, r.d.Now(), r.d.Node())
	if err != nil && ctx.Err() == nil {
		slog.Error("looking for lists to fill", "error", err)
	}
	for _, f := range due {
		if !r.runs.take(f.Segment) {
			continue
		}
		begin(func() {
			defer r.runs.drop(f.Segment)
			if err := r.fill(ctx, f); err != nil && ctx.Err() == nil && !errors.Is(err, errOvertaken) {
				slog.Error("filling a list", "segment", f.Segment, "error", err)
				sleep(ctx, failPause)
			}
		})
	}
}

// fill puts the ready people of a sheet into a list, batch by batch; a later run goes on behind the last one. A list that was deleted
// meanwhile ends it.
func (r *Room) fill(ctx context.Context, f fill) error {
	run := r.d.NewID()
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update campaign_fills set run_id = $1, run_node = $2, run_until = $3 where segment_id = $4 and (run_until < $5 or run_node = $2)",
			run, r.d.Node(), tx.Now()+leaseFor, f.Segment, tx.Now())
		if err == nil && n == 0 {
			return errOvertaken
		}
		return err
	})
	if err != nil {
		return err
	}
	c, a := Campaign{}, asked{}
	if err := errors.Join(decode(f.Settings, &c), decode(f.Asked, &a)); err != nil {
		return fmt.Errorf("settings of list %d: %w", f.Segment, err)
	}
	c.ID = f.Segment // its corrections as they were
	err = r.fillFrom(ctx, f, c, a, run)
	if err != nil && (fault.KindOf(err) == fault.Internal || ctx.Err() != nil) {
		return err
	}
	return r.endFill(ctx, f, run) // done, or nothing that another try would mend
}

func (r *Room) fillFrom(ctx context.Context, f fill, c Campaign, a asked, run db.ID) error {
	in, expected, err := r.openAudience(ctx, f.Workspace, c, a)
	if err != nil {
		return err
	}
	defer in.Close()
	cat, err := r.catalog(ctx, f.Workspace, a)
	if err != nil {
		return err
	}
	barred, err := r.barred(ctx, f.Workspace)
	if err != nil {
		return err
	}
	t := newTally(cat, barred, expected)
	rd := reading{room: r, workspace: f.Workspace, campaign: c, catalog: cat, keep: true}
	return rd.run(ctx, in, func(b *batch) error {
		var people []contact.Person
		var extras []map[string]string
		for i := range b.verdicts {
			v := &b.verdicts[i]
			if t.count(v); v.problem == nil && int64(v.number) > f.Done {
				people = append(people, contact.Person{Identities: []channel.Identity{{Kind: channel.Phone, Value: v.phone.E164}}, Name: cleanText(v.name)})
				extras = append(extras, v.extras)
			}
		}
		return r.fillBatch(ctx, f, run, int64(b.numbers[len(b.numbers)-1]), people, extras)
	})
}

// fillBatch puts people into a list and keeps how far the sheet was read.
func (r *Room) fillBatch(ctx context.Context, f fill, run db.ID, last int64, people []contact.Person, extras []map[string]string) error {
	if last <= f.Done {
		return nil
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update campaign_fills set done_row = $1, run_until = $2 where segment_id = $3 and run_id = $4", last, tx.Now()+leaseFor, f.Segment, run)
		if err == nil && n == 0 {
			return errOvertaken
		}
		if err != nil {
			return err
		}
		resolved, err := r.Contacts.ResolveIn(ctx, tx, f.Workspace, channel.WhatsApp, people)
		if err != nil {
			return fmt.Errorf("resolve contacts: %w", err)
		}
		ids, more := make([]db.ID, 0, len(resolved)), map[db.ID]map[string]string{}
		for i, one := range resolved {
			if one.Contact == 0 {
				continue // a number that cannot be kept, as when sending
			}
			if ids = append(ids, one.Contact); len(extras[i]) > 0 {
				more[one.Contact] = extras[i]
			}
		}
		if err := r.Contacts.AddAttributesIn(ctx, tx, f.Workspace, more); err != nil {
			return err
		}
		return r.Contacts.PutIn(ctx, tx, f.Workspace, f.Segment, ids)
	})
}

func (r *Room) endFill(ctx context.Context, f fill, run db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "delete from campaign_fills where segment_id = $1 and run_id = $2", f.Segment, run)
		if err == nil && n == 0 {
			return errOvertaken
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, forgetCorrections, f.Segment); err != nil {
			return err
		}
		if err := r.Contacts.FilledIn(ctx, tx, f.Workspace, f.Segment); fault.KindOf(err) != fault.NotFound {
			return err
		}
		return nil
	})
}
