package conversation_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

func in(d time.Duration, now int64) conversation.When {
	return conversation.When{At: time.UnixMilli(now).Add(d).UTC().Format("2006-01-02T15:04"), Zone: "UTC"}
}

func TestSchedule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		phone := 0
		begin := func(t *testing.T) (*house, conversation.Row) {
			h := open(t, d)
			phone++
			return h, h.talk(h.ventas, "55319555507"+string(rune('0'+phone/10))+string(rune('0'+phone%10)))
		}
		schedule := func(h *house, draft conversation.Draft, fallback *conversation.Draft) conversation.Scheduled {
			h.t.Helper()
			draft.ClientID = "later"
			s, err := h.room.Schedule(context.Background(), h.ana, draft, fallback, in(time.Hour, d.Now()))
			must(h.t, err)
			return s
		}
		strike := func(h *house, s conversation.Scheduled) { // its hour
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update scheduled_messages set due_at = $2 where id = $1", s.ID, tx.Now())
				return err
			})
		}
		speaker := func(h *house) conversation.Speaker {
			return func(context.Context, db.ID, db.ID) (account.Actor, conversation.Reach, error) {
				return h.ana, h.everything(), nil
			}
		}
		post := func(h *house, as conversation.Speaker) {
			h.t.Helper()
			_, err := h.room.PostDue(context.Background(), as)
			must(h.t, err)
		}
		said := func(h *house, c db.ID) (out []conversation.Message) {
			for _, m := range h.thread(c) {
				if m.Direction == conversation.Out {
					out = append(out, m)
				}
			}
			return out
		}
		waiting := func(h *house, c db.ID) []conversation.Scheduled {
			all, err := h.room.ScheduledOf(context.Background(), h.workspace, c)
			must(h.t, err)
			return all
		}
		closes := func(h *house, c db.ID) {
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update conversations set window_until = 1 where id = $1", c)
				return err
			})
		}

		t.Run("X09 it waits for its hour and is posted once, whatever nodes ask", func(t *testing.T) {
			h, c := begin(t)
			s := schedule(h, text(c.ID, "mañana hablamos"), nil)
			same(t, "the same one again", schedule(h, text(c.ID, "mañana hablamos"), nil).ID, s.ID)
			post(h, speaker(h))
			same(t, "before its hour", len(said(h, c.ID)), 0)
			strike(h, s)
			var nodes sync.WaitGroup
			for range 4 {
				nodes.Go(func() { _, _ = h.room.PostDue(context.Background(), speaker(h)) })
			}
			nodes.Wait()
			post(h, speaker(h))
			got := said(h, c.ID)
			same(t, "posted", len(got), 1)
			same(t, "words", got[0].Text, "mañana hablamos")
			same(t, "author", got[0].Author.ID, h.ana.User)
			same(t, "waiting", len(waiting(h, c.ID)), 0)
			same(t, "the ticket is the author's", h.row(c.ID).Assignee, h.ana.User)
		})

		t.Run("a database that is away leaves it for the next time", func(t *testing.T) {
			h, c := begin(t)
			strike(h, schedule(h, text(c.ID, "sigo aquí"), nil))
			_, err := h.room.PostDue(t.Context(), func(context.Context, db.ID, db.ID) (account.Actor, conversation.Reach, error) {
				return account.Actor{}, conversation.Reach{}, errors.New("away")
			})
			same(t, "it says so", err != nil, true)
			post(h, speaker(h))
			same(t, "posted", len(said(h, c.ID)), 1)
		})

		t.Run("a closed window takes the fallback, or drops it and tells the author", func(t *testing.T) {
			h, c := begin(t)
			instead := template(c.ID, "UTILITY")
			s := schedule(h, text(c.ID, "libre"), &instead)
			strike(h, s)
			closes(h, c.ID)
			post(h, speaker(h))
			got := said(h, c.ID)
			same(t, "posted", len(got), 1)
			same(t, "kind", got[0].Kind, channel.Template)

			h, c = begin(t)
			s = schedule(h, text(c.ID, "libre"), nil)
			strike(h, s)
			closes(h, c.ID)
			post(h, speaker(h))
			same(t, "posted", len(said(h, c.ID)), 0)
			left := waiting(h, c.ID)
			same(t, "kept for the author", left[0].State, conversation.ScheduleDropped)
			same(t, "reason", left[0].Reason, "window.closed")
			same(t, "told", len(h.facts(conversation.ScheduledDropped)), 1)
			must(t, h.room.Unschedule(t.Context(), h.ana, c.ID, s.ID))
			same(t, "taken away", len(waiting(h, c.ID)), 0)
		})

		t.Run("nobody speaks where they no longer reach, or when they left", func(t *testing.T) {
			h, c := begin(t)
			strike(h, schedule(h, text(c.ID, "no llega"), nil))
			post(h, func(context.Context, db.ID, db.ID) (account.Actor, conversation.Reach, error) {
				return h.ana, conversation.Reach{Workspace: h.workspace, User: h.ana.User}, nil
			})
			same(t, "posted", len(said(h, c.ID)), 0)
			same(t, "reason", waiting(h, c.ID)[0].Reason, "conversation.not_found")
			h, c = begin(t)
			strike(h, schedule(h, text(c.ID, "no llega"), nil))
			post(h, func(context.Context, db.ID, db.ID) (account.Actor, conversation.Reach, error) {
				return account.Actor{}, conversation.Reach{}, fault.New(fault.Unauthorized, "account.not_member", "gone")
			})
			same(t, "reason", waiting(h, c.ID)[0].Reason, "account.not_member")
		})

		t.Run("it is changed, sent now and taken away until its hour", func(t *testing.T) {
			h, c := begin(t)
			s := schedule(h, text(c.ID, "uno"), nil)
			changed, err := h.room.Reschedule(t.Context(), h.luis, c.ID, s.ID, "dos", in(2*time.Hour, d.Now()))
			must(t, err)
			same(t, "words", changed.Draft.Text, "dos")
			same(t, "who changed it speaks", changed.Author.ID, h.luis.User)
			must(t, h.room.SendNow(t.Context(), h.luis, c.ID, s.ID))
			same(t, "posted", said(h, c.ID)[0].Text, "dos")
			_, err = h.room.Reschedule(t.Context(), h.ana, c.ID, s.ID, "tres", in(time.Hour, d.Now()))
			same(t, "too late", fault.Is(err, "schedule.gone"), true)
			same(t, "sent twice", fault.Is(h.room.SendNow(t.Context(), h.ana, c.ID, s.ID), "schedule.gone"), true)
			same(t, "of another conversation", fault.Is(h.room.Unschedule(t.Context(), h.ana, c.ID+1, s.ID), "schedule.not_found"), true)
		})
	})
}

func TestWhen(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixMilli()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := h.talk(h.ventas, "5531955550790")
		for name, when := range map[string]conversation.When{
			"schedule.past": in(-time.Minute, d.Now()), "schedule.far": in(400*24*time.Hour, d.Now()), "schedule.time": {At: "mañana", Zone: "UTC"},
			"schedule.zone": {At: "2026-11-30T09:00", Zone: "Mars/Base"},
		} {
			_, err := h.room.Schedule(t.Context(), h.ana, text(c.ID, "x"), nil, when)
			same(t, name, fault.Is(err, name), true)
		}
	})
	for _, c := range []struct {
		wall, zone, code, utc string // of a skipped time: the hour that is named instead
		twice                 bool
	}{
		{"2026-03-08T01:59", "America/New_York", "", "2026-03-08T06:59:00Z", false},
		{"2026-03-08T02:30", "America/New_York", "schedule.skipped", "03:00", false},
		{"2026-03-08T03:00", "America/New_York", "", "2026-03-08T07:00:00Z", false},
		{"2026-11-01T00:59", "America/New_York", "", "2026-11-01T04:59:00Z", false},
		{"2026-11-01T01:30", "America/New_York", "", "2026-11-01T05:30:00Z", true}, // the first of the two
		{"2026-11-01T02:00", "America/New_York", "", "2026-11-01T07:00:00Z", false},
		{"2026-03-29T02:00", "Europe/Madrid", "schedule.skipped", "03:00", false},
		{"2026-10-25T02:30", "Europe/Madrid", "", "2026-10-25T00:30:00Z", true},
		{"2026-09-06T00:00", "America/Santiago", "schedule.skipped", "01:00", false},    // midnight does not exist
		{"2026-10-04T02:15", "Australia/Lord_Howe", "schedule.skipped", "02:30", false}, // half an hour is missing
		{"2026-04-05T01:45", "Australia/Lord_Howe", "", "2026-04-04T14:45:00Z", true},   // half an hour comes twice
		{"2026-03-02T09:00", "America/Bogota", "", "2026-03-02T14:00:00Z", false},
		{"2026-03-02T09:00", "Pacific/Kiritimati", "", "2026-03-01T19:00:00Z", false},
	} {
		when := conversation.When{At: c.wall, Zone: c.zone}
		at, twice, err := when.Moment(now)
		same(t, c.wall+" comes twice", when.ComesTwice(), c.twice)
		if c.code != "" {
			f := (*fault.Error)(nil)
			same(t, c.wall, errors.As(err, &f) && f.Code == c.code && f.Params["next"] == c.utc, true)
			continue
		}
		must(t, err)
		same(t, c.wall+" twice", twice, c.twice)
		same(t, c.wall, time.UnixMilli(at).UTC().Format(time.RFC3339), c.utc)
	}
}
