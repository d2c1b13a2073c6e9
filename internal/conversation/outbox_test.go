package conversation_test

import (
	"context"
	"fmt"
	"testing"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

func TestOutbox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("agents leave before bots, bots before campaigns, the oldest first", func(t *testing.T) {
			h, now := open(t, d), d.Now()
			promo := h.campaign(h.ventas, d.NewID(), "5531955550301", nil)
			a, b, c := h.talk(h.ventas, "5531955550302"), h.talk(h.ventas, "5531955550303"), h.talk(h.ventas, "5531955550304")
			bot := h.post(account.Bot(h.workspace), text(a.ID, "Hola, ¿en qué ayudo?"))
			one, two := h.post(h.ana, text(b.ID, "uno")), h.post(h.ana, text(c.ID, "dos"))
			got := h.claim(h.ventas, now+1)
			want := []db.ID{one.ID, two.ID, bot.ID, promo}
			for i := range want {
				same(t, fmt.Sprintf("place %d", i), got[i].Message, want[i])
			}
			same(t, "claimed twice", len(h.claim(h.ventas, now+1)), 0)
			same(t, "address", got[0].To, channel.Identity{Kind: channel.Phone, Value: "5531955550303"})
			same(t, "template", got[3].Content.Template.Name, "aviso")
		})

		t.Run("X11 the next message of a conversation waits for the one under way and for its retry", func(t *testing.T) {
			h, now := open(t, d), d.Now()
			c := h.talk(h.ventas, "5531955550311")
			first, second := h.post(h.ana, text(c.ID, "primero")), h.post(h.ana, text(c.ID, "segundo"))
			got := h.claim(h.ventas, now+1)
			same(t, "claimed", len(got), 1)
			same(t, "first", got[0].Message, first.ID)
			h.settle(conversation.Outcome{Message: first.ID, RetryAt: now + 5000, Failure: &channel.Failure{Class: channel.Transient}})
			same(t, "claimed while the first waits", len(h.claim(h.ventas, now+2)), 0)
			got = h.claim(h.ventas, now+5000)
			same(t, "again", got[0].Message, first.ID)
			same(t, "attempts", got[0].Attempts, 2)
			h.settle(accepted(first.ID, "wamid.order.1", now+5001))
			same(t, "then", h.claim(h.ventas, now+5002)[0].Message, second.ID)
		})

		t.Run("many messages of one conversation do not hold up the others", func(t *testing.T) {
			h, now := open(t, d), d.Now()
			c, other := h.talk(h.ventas, "5531955550321"), h.talk(h.ventas, "5531955550322")
			for i := range 30 {
				h.post(h.ana, text(c.ID, fmt.Sprint(i)))
			}
			last := h.post(h.ana, text(other.ID, "yo también"))
			var claimed []conversation.Outgoing
			h.write(func(ctx context.Context, tx *db.Tx) (err error) {
				claimed, err = h.room.ClaimIn(ctx, tx, h.ventas, h.node, 5, now+1)
				return err
			})
			same(t, "claimed", len(claimed), 2)
			same(t, "the other one", claimed[1].Message, last.ID)
		})

		t.Run("a free message whose window closed while it waited fails, a template leaves", func(t *testing.T) {
			h, now := open(t, d), d.Now()
			c := h.talk(h.ventas, "5531955550331")
			m := h.post(h.ana, text(c.ID, "tarde"))
			promo := h.campaign(h.ventas, d.NewID(), "5531955550332", nil)
			got := h.claim(h.ventas, now+24*3_600_000)
			same(t, "claimed", len(got), 1)
			same(t, "the template", got[0].Message, promo)
			failed := h.message(m.ID)
			same(t, "status", failed.Status, conversation.Failed)
			same(t, "class", failed.Error.Class, string(channel.WindowClosed))
		})

		t.Run("who asks for no promotion while it waits gets none, but service and answers", func(t *testing.T) {
			h, now := open(t, d), d.Now()
			c := h.talk(h.ventas, "5531955550333")
			promo := h.campaign(h.ventas, d.NewID(), "5531955550333", nil)
			service := h.post(h.ana, template(c.ID, "UTILITY"))
			answer := h.post(h.ana, text(c.ID, "claro"))
			promoted := h.post(h.ana, template(c.ID, "MARKETING"))
			other := h.campaign(h.ventas, d.NewID(), "5531955550334", nil)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := h.contacts.OptOutIn(ctx, tx, h.workspace, []db.ID{c.Contact}, contact.Consent{Source: "test", At: now})
				return err
			})
			left := map[db.ID]bool{}
			for range 5 {
				for _, m := range h.claim(h.ventas, now) {
					left[m.Message] = true
					h.settle(accepted(m.Message, "wamid.wish."+m.Message.String(), now))
				}
			}
			for id, want := range map[db.ID]bool{promo: false, promoted.ID: false, service.ID: true, answer.ID: true, other: true} {
				same(t, "left "+id.String(), left[id], want)
				if !want {
					same(t, "class", h.message(id).Error.Class, string(channel.OptedOut))
				}
			}
		})

		t.Run("a provider that says the window is closed is believed, until the person writes", func(t *testing.T) {
			for name, refuse := range map[string]func(h *house, m conversation.Message, now int64){
				"in its answer": func(h *house, m conversation.Message, _ int64) {
					h.settle(conversation.Outcome{Message: m.ID, Failure: &channel.Failure{Class: channel.WindowClosed, Code: 131047}})
				},
				"later": func(h *house, m conversation.Message, now int64) {
					h.settle(accepted(m.ID, "wamid.closed."+m.ID.String(), now))
					change := h.news(h.ventas, m.ID, "wamid.closed."+m.ID.String(), conversation.Failed, now+2000)
					change.Failure = &channel.Failure{Class: channel.WindowClosed, Code: 131047}
					h.status(change)
				},
			} {
				t.Run(name, func(t *testing.T) {
					h, now := open(t, d), d.Now()
					phone := "5531955550335"
					got := h.receive(h.says(h.ventas, phone, "wamid.believe."+h.workspace.String(), "hola", now-60_000))
					first := h.post(h.ana, text(h.message(got.Messages[0]).Conversation, "hola"))
					h.claim(h.ventas, now)
					refuse(h, first, now)
					same(t, "state", h.row(first.Conversation).Window.State, conversation.TemplateOnly)
					_, err := h.room.Post(t.Context(), h.ana, text(first.Conversation, "otra vez"))
					same(t, "refused", fault.Is(err, "window.closed"), true)
					h.receive(h.says(h.ventas, phone, "wamid.again."+h.workspace.String(), "sigo aquí", now+1000))
					same(t, "open again", h.row(first.Conversation).Window.State, conversation.WindowOpen)
				})
			}
		})

		t.Run("a throttled try does not count", func(t *testing.T) {
			h, now := open(t, d), d.Now()
			id := h.campaign(h.ventas, d.NewID(), "5531955550341", nil)
			h.claim(h.ventas, now)
			h.settle(conversation.Outcome{Message: id, RetryAt: now + 1000, Uncounted: true})
			same(t, "attempts", h.claim(h.ventas, now+1000)[0].Attempts, 1)
		})

		t.Run("X42 what a dead node had claimed is unconfirmed, goes back once at most, then waits for a person", func(t *testing.T) {
			h, now := open(t, d), d.Now()
			id := h.campaign(h.ventas, d.NewID(), "5531955550351", nil)
			back := func() (n int) {
				h.write(func(ctx context.Context, tx *db.Tx) (err error) {
					n, err = h.room.RequeueIn(ctx, tx, []db.ID{id})
					return err
				})
				return n
			}
			dies := func(at int64) {
				h.claim(h.ventas, at)
				h.write(func(ctx context.Context, tx *db.Tx) error {
					n, err := h.room.RecoverIn(ctx, tx, h.node+1)
					same(t, "of another node", n, 0)
					if err != nil {
						return err
					}
					n, err = h.room.RecoverIn(ctx, tx, h.node)
					same(t, "recovered", n, 1)
					return err
				})
			}
			dies(now)
			doubtful, err := h.room.Doubtful(context.Background(), h.ventas, now+1, 10)
			must(t, err)
			if len(doubtful) != 1 || doubtful[0] != (conversation.Doubtful{Message: id, DepartedAt: now}) {
				t.Errorf("doubtful is %+v", doubtful)
			}
			same(t, "put back", back(), 1)
			dies(now + 1000)
			same(t, "put back a second time", back(), 0)
			same(t, "status", h.message(id).Status, conversation.Unconfirmed)
			doubtful, err = h.room.Doubtful(context.Background(), h.ventas, now+2000, 10)
			must(t, err)
			same(t, "doubtful", len(doubtful), 0)
			must(t, h.room.LetGo(context.Background(), h.ana, id))
			same(t, "let go", h.message(id).Status, conversation.Failed)
		})

		t.Run("a person retries what failed and takes back what is queued, nothing else", func(t *testing.T) {
			h, now := open(t, d), d.Now()
			ctx := context.Background()
			c := h.talk(h.ventas, "5531955550361")
			m := h.post(h.ana, text(c.ID, "hola"))
			if _, err := h.room.Retry(ctx, h.ana, m.ID); !fault.Is(err, "message.not_failed") {
				t.Errorf("retry of a queued message: %v", err)
			}
			h.claim(h.ventas, now+1)
			if err := h.room.Remove(ctx, h.ana, m.ID); !fault.Is(err, "message.left") {
				t.Errorf("remove of a claimed message: %v", err)
			}
			h.settle(conversation.Outcome{Message: m.ID, Failure: &channel.Failure{Class: channel.BadRequest, Code: 100, Title: "no"}})
			again, err := h.room.Retry(ctx, h.ana, m.ID)
			must(t, err)
			same(t, "status", again.Status, conversation.Queued)
			if again.Error != nil {
				t.Error("the old error is left")
			}
			fresh := h.post(h.ana, text(c.ID, "otra"))
			must(t, h.room.Remove(ctx, h.ana, fresh.ID))
			same(t, "removed facts", len(h.facts(conversation.MessageRemoved)), 1)
			if err := h.room.Remove(ctx, h.ana, fresh.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("remove again: %v", err)
			}
		})

		t.Run("a campaign is held, released, counted and cancelled", func(t *testing.T) {
			h, now := open(t, d), d.Now()
			campaign := d.NewID()
			for i := range 3 {
				h.campaign(h.ventas, campaign, fmt.Sprintf("55319555503%02d", 71+i), nil)
			}
			in := func(f func(context.Context, *db.Tx, db.ID) error) {
				h.write(func(ctx context.Context, tx *db.Tx) error { return f(ctx, tx, campaign) })
			}
			in(h.room.HoldCampaignIn)
			same(t, "claimed while held", len(h.claim(h.ventas, now+1)), 0)
			in(h.room.ReleaseCampaignIn)
			var one []conversation.Outgoing
			h.write(func(ctx context.Context, tx *db.Tx) (err error) {
				one, err = h.room.ClaimIn(ctx, tx, h.ventas, h.node, 1, now+1)
				return err
			})
			h.settle(accepted(one[0].Message, "wamid.count", now+2))
			in(func(ctx context.Context, tx *db.Tx, campaign db.ID) error {
				n, err := h.room.CancelCampaignIn(ctx, tx, campaign)
				same(t, "cancelled", n, 2)
				return err
			})
			counts, err := h.room.CampaignCounts(context.Background(), d, campaign)
			must(t, err)
			same(t, "accepted", counts[conversation.Accepted], 1)
			same(t, "failed", counts[conversation.Failed], 2)
		})
	})
}
