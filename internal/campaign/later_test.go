package campaign_test

import (
	"context"
	"strings"
	"testing"

	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// claim takes what a number may send now.
func (w *world) claim(box db.ID) []conversation.Outgoing { return w.claimSome(box, 500) }

func (w *world) claimSome(box db.ID, most int) (out []conversation.Outgoing) {
	w.t.Helper()
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = w.conversations.ClaimIn(ctx, tx, box, 1, most, tx.Now())
		return err
	}))
	return out
}

// accept is the provider taking what was claimed.
func (w *world) accept(claimed []conversation.Outgoing) {
	w.t.Helper()
	outcomes := make([]conversation.Outcome, len(claimed))
	for i, m := range claimed {
		outcomes[i] = conversation.Outcome{Message: m.Message, Accepted: &channel.Accepted{ExternalID: "wamid." + m.Message.String()}}
	}
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.conversations.SettleIn(ctx, tx, outcomes) }))
}

// refuse is the provider refusing what it took before.
func (w *world) refuse(box db.ID, class channel.Class, code int, messages ...db.ID) {
	w.t.Helper()
	news := make([]conversation.StatusChange, len(messages))
	for i, id := range messages {
		news[i] = conversation.StatusChange{Workspace: w.workspace, Inbox: box, Message: id, ExternalID: "wamid." + id.String(), Status: conversation.Failed, At: w.d.Now(),
			Failure: &channel.Failure{Class: class, Code: code}}
	}
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := w.conversations.ApplyStatusesIn(ctx, tx, news)
		return err
	}))
	w.follow("")
}

// due lets what waits for its next try leave now.
func (w *world) due() {
	w.t.Helper()
	w.must(w.d.Write(w.t.Context(), exec("update messages set not_before = 0 where workspace_id = $1 and status = 10", w.workspace)))
}

func (w *world) messagesOf(id db.ID) []db.ID {
	w.t.Helper()
	ids, err := db.All[db.ID](w.t.Context(), w.d, "select id from messages where campaign_id = $1 order by id", id)
	w.must(err)
	return ids
}

func (w *world) counts(id db.ID) campaign.Counts {
	w.t.Helper()
	got, err := w.conversations.CampaignCounts(w.t.Context(), w.d, id)
	w.must(err)
	return campaign.Counts{Queued: got[conversation.Queued], Accepted: got[conversation.Accepted], Failed: got[conversation.Failed]}
}

// TestLater sees to it that what the provider refuses for now is sent later and does not fail.
func TestLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso, other := w.template(accountOne, "aviso", "es"), w.template(accountTwo, "aviso", "es")
		resumed := func(id db.ID) {
			t.Helper()
			_, err := w.room.Resume(t.Context(), w.owner, id)
			w.must(err)
		}
		t.Run("the limit of people pauses the campaigns of the account with its reason, and what was refused goes out when one resumes", func(t *testing.T) {
			c, beside, elsewhere := w.going(10, w.toAll(aviso, w.ventas.ID)), w.going(10, w.toAll(aviso, w.soporte.ID)), w.going(10, w.toAll(other, w.vendas.ID))
			w.settle(w.ventas.ID, 3, &channel.Failure{Class: channel.LimitReached, Code: 131048})
			w.follow("")
			for _, id := range []db.ID{c.ID, beside.ID} {
				if got := w.get(id); got.State != campaign.Paused || got.Reason.Code != campaign.PausedByLimit || !strings.Contains(got.Reason.Words("pt-BR"), "131048") {
					t.Errorf("%s %+v", got.State, got.Reason)
				}
			}
			if got := w.get(elsewhere.ID); got.State != campaign.Sending {
				t.Errorf("the campaign of another account is %s", got.State)
			}
			if got := w.counts(c.ID); got.Queued != 10 || len(w.claim(w.ventas.ID)) != 0 {
				t.Errorf("%+v, or something of a paused campaign may leave", got)
			}
			resumed(c.ID)
			if c = w.sendAll(c.ID); c.State != campaign.Done {
				t.Errorf("%s", c.State)
			}
			if got := w.counts(c.ID); got.Accepted != 10 {
				t.Errorf("%+v", got)
			}
			w.paired(c.ID)
		})
		t.Run("a campaign that was done is not, when the limit shows after its last message", func(t *testing.T) {
			c := w.checked(people(5), w.toAll(aviso, w.ventas.ID))
			w.send(c.ID, 0)
			c = w.sendAll(c.ID)
			late := w.messagesOf(c.ID)[3:]
			w.refuse(w.ventas.ID, channel.LimitReached, 131048, late...)
			if c = w.get(c.ID); c.State != campaign.Paused || c.FinishedAt != 0 || w.counts(c.ID).Queued != 2 {
				t.Errorf("%s %+v", c.State, w.counts(c.ID))
			}
			w.refuse(w.ventas.ID, channel.LimitReached, 131048, late...) // the provider may tell twice
			resumed(c.ID)
			if c = w.sendAll(c.ID); c.State != campaign.Done || w.counts(c.ID).Accepted != 5 {
				t.Errorf("%s %+v", c.State, w.counts(c.ID))
			}
		})
		t.Run("nobody can ask a campaign that is done to go on", func(t *testing.T) {
			c := w.checked(people(1), w.toAll(aviso, w.ventas.ID))
			w.send(c.ID, 0)
			c = w.sendAll(c.ID)
			for what, err := range map[string]error{"pause": second(w.room.Pause(t.Context(), w.owner, c.ID)), "resume": second(w.room.Resume(t.Context(), w.owner, c.ID)),
				"send": second(w.room.Send(t.Context(), w.owner, c.ID, 0))} {
				if wantFault(t, err, "campaign.move"); err == nil {
					t.Error(what)
				}
			}
		})
		t.Run("who gets too much at a time gets it a little later, five times at most; a number that sends too fast has no such end", func(t *testing.T) {
			for class, fails := range map[channel.Class]int64{channel.PairThrottle: 1, channel.NumberThrottle: 0} {
				c := w.checked(people(1), w.toAll(aviso, w.ventas.ID))
				w.send(c.ID, 0)
				c = w.sendAll(c.ID)
				for range 6 {
					w.refuse(w.ventas.ID, class, 131056, w.messagesOf(c.ID)...)
					if n := w.counts(c.ID).Queued; n == 1 && len(w.claim(w.ventas.ID)) > 0 {
						t.Errorf("%s: it goes out again at once", class)
					}
					w.due()
					c = w.sendAll(c.ID)
				}
				if got := w.counts(c.ID); got.Failed != fails || got.Accepted != 1-fails || c.State != campaign.Done {
					t.Errorf("%s: %s %+v", class, c.State, got)
				}
			}
		})
		t.Run("a cancelled campaign sends nothing later", func(t *testing.T) {
			c := w.going(4, w.toAll(aviso, w.ventas.ID))
			w.settle(w.ventas.ID, 2, nil)
			_, err := w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
			w.refuse(w.ventas.ID, channel.PairThrottle, 131056, w.messagesOf(c.ID)[:2]...)
			if got := w.counts(c.ID); got.Failed != 4 {
				t.Errorf("%+v", got)
			}
		})
		t.Run("what was claimed before a pause and comes back is held as well", func(t *testing.T) {
			c := w.going(2, w.toAll(aviso, w.ventas.ID))
			claimed := w.claim(w.ventas.ID)
			_, err := w.room.Pause(t.Context(), w.owner, c.ID)
			w.must(err)
			w.must(d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return w.conversations.SettleIn(ctx, tx, []conversation.Outcome{{Message: claimed[0].Message, RetryAt: tx.Now()}, {Message: claimed[1].Message, Accepted: &channel.Accepted{ExternalID: "wamid.held"}}})
			}))
			if n := len(w.claim(w.ventas.ID)); n != 0 {
				t.Errorf("%d messages left a paused campaign", n)
			}
			resumed(c.ID)
			if c = w.sendAll(c.ID); c.State != campaign.Done || w.counts(c.ID).Accepted != 2 {
				t.Errorf("%s %+v", c.State, w.counts(c.ID))
			}
		})
	})
}

func second[T any](_ T, err error) error { return err }
