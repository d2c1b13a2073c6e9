package conversation

import (
	"context"
	"errors"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// Speaker gives a user as an actor with the conversations they reach, as they are now. A fault means that they may not speak.
type Speaker func(ctx context.Context, workspace, user db.ID) (account.Actor, Reach, error)

// dueAtOnce is how many scheduled messages PostDue takes in one go.
const dueAtOnce = 100

type dueRow struct {
	Workspace db.ID `db:"workspace_id"`
	ID        db.ID `db:"id"`
	Author    db.ID `db:"author_id"`
}

const dueNow = "select workspace_id, id, author_id from scheduled_messages where state = 'waiting' and due_at <= $1 order by due_at, id limit $2"

// PostDue posts the scheduled messages whose time has come, each exactly once whatever nodes do it and however often: the
// message and the end of the wait are one transaction, and its client id is its own. Each goes the ordinary way of Post, with
// window, reach and ability asked again; a closed window takes its fallback, and what cannot be said is dropped and told to its
// author (ScheduledDropped). It says how many it was done with. Errors of the database leave the rest for the next time.
func (r *Room) PostDue(ctx context.Context, speaker Speaker) (done int, err error) {
	due, err := db.All[dueRow](ctx, r.d, dueNow, r.d.Now(), dueAtOnce)
	if err != nil {
		return 0, fmt.Errorf("scheduled messages that are due: %w", err)
	}
	var failed []error
	for _, one := range due {
		if err := r.postScheduled(ctx, speaker, one, false); err != nil {
			failed = append(failed, fmt.Errorf("scheduled message %d: %w", one.ID, err))
			continue
		}
		done++
	}
	return done, errors.Join(failed...)
}

// SendNow posts a scheduled message before its time, in the name of who asks. What the window refuses stays scheduled, unless it
// has a fallback, which goes then.
func (r *Room) SendNow(ctx context.Context, actor account.Actor, conversation, id db.ID) error {
	if err := mayScheduleAs(actor); err != nil {
		return err
	}
	s, err := scheduledBy(ctx, r.d, "where s.id = $1 and s.conversation_id = $2 and s.workspace_id = $3", id, conversation, actor.Workspace)
	if err != nil {
		return err
	}
	asked := func(context.Context, db.ID, db.ID) (account.Actor, Reach, error) {
		return actor, Everything(actor.Workspace), nil
	}
	return r.postScheduled(ctx, asked, dueRow{s.Workspace, s.ID, actor.User}, true)
}

const (
	takeScheduled   = "select s.id from scheduled_messages s where s.id = $1 and s.state = 'waiting' {claim}"
	settleScheduled = "update scheduled_messages set state = $2, reason = $3, message_id = $4 where id = $1 and state = 'waiting'"
)

func (r *Room) postScheduled(ctx context.Context, speaker Speaker, one dueRow, asked bool) error {
	actor, reach, silent := speaker(ctx, one.Workspace, one.Author)
	if silent != nil && !refused(silent) {
		return silent
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := db.One[db.ID](ctx, tx, takeScheduled, one.ID); err != nil {
			if db.None(err) && asked {
				return fault.New(fault.Conflict, "schedule.gone", "Its time has come: it can not be changed any more.")
			}
			if db.None(err) { // another node has it, or it was taken away
				return nil
			}
			return err
		}
		s, err := scheduledBy(ctx, tx, "where s.id = $1", one.ID)
		if err != nil {
			return err
		}
		message, why := db.ID(0), silent
		if why == nil {
			message, why = r.sayScheduled(ctx, tx, actor, reach, s)
		}
		if why != nil && (asked || !refused(why)) {
			return why
		}
		return r.settleScheduled(ctx, tx, s, message, why)
	})
}

// refused tells a rule that says no from a database that is away.
func refused(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind != fault.Unavailable && f.Kind != fault.Internal
}

func (r *Room) sayScheduled(ctx context.Context, tx *db.Tx, actor account.Actor, reach Reach, s Scheduled) (db.ID, error) {
	rows, err := r.Rows(ctx, tx, s.Workspace, []db.ID{s.Conversation})
	if err != nil {
		return 0, err
	}
	if row, known := rows[s.Conversation]; !known || !reach.Sees(row) {
		return 0, notFound(s.Conversation)
	}
	m, err := r.PostIn(ctx, tx, actor, s.Draft)
	if err != nil && refused(err) && s.Fallback != nil {
		m, err = r.PostIn(ctx, tx, actor, *s.Fallback)
	}
	return m.ID, err
}

func (r *Room) settleScheduled(ctx context.Context, tx *db.Tx, s Scheduled, message db.ID, why error) error {
	s.State, s.Reason = SchedulePosted, ""
	if why != nil {
		var f *fault.Error
		errors.As(why, &f)
		s.State, s.Reason = ScheduleDropped, f.Code
	}
	if _, err := tx.Exec(ctx, settleScheduled, s.ID, s.State, s.Reason, orNull(message)); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	facts := s.fact(ScheduledChanged)
	if why != nil {
		return r.log.Append(ctx, tx, facts, s.fact(ScheduledDropped))
	}
	return r.log.Append(ctx, tx, facts)
}
