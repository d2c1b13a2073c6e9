package routing_test

import (
	"testing"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/routing"
)

func TestTransfers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		ana, luis := h.agent("ana", h.push, h.pull), h.agent("luis", h.push, h.pull)
		other, err := h.inboxes.Create(ctx, inbox.Draft{Workspace: h.workspace.ID, Channel: "whatsapp", Label: "Taller", Address: "5531985553610", ExternalID: "3610", Account: "36", Token: "token"})
		h.must(err)
		row := h.writes("5531985553611", "hola")
		h.must(h.room.Assign(ctx, h.system, row.ID, conversation.Assignment{User: ana.User, Queue: h.pull.ID}))
		refused := func(t *testing.T, err error, code string) {
			t.Helper()
			if !fault.Is(err, code) || fault.KindOf(err) != fault.Forbidden {
				t.Errorf("got %v, want %s", err, code)
			}
		}
		t.Run("B170 each way is refused by the number's own settings, and by the company's", func(t *testing.T) {
			for _, set := range []func(agents, queues, numbers bool){
				func(agents, queues, numbers bool) {
					h.own(inbox.Attention{TransferAgents: &agents, TransferQueues: &queues, TransferNumbers: &numbers})
				},
				func(agents, queues, numbers bool) {
					h.own(inbox.Attention{})
					h.attention(func(a *routing.Attention) {
						a.TransferAgents, a.TransferQueues, a.TransferNumbers = agents, queues, numbers
					})
				},
			} {
				set(false, true, true)
				refused(t, h.room.Assign(ctx, ana, row.ID, conversation.Assignment{User: luis.User}), "transfer.agents")
				set(true, false, true)
				refused(t, h.room.Assign(ctx, ana, row.ID, conversation.Assignment{Queue: h.push.ID}), "transfer.queues")
				set(true, true, false)
				_, err := h.room.Move(ctx, ana, row.ID, other.ID, "")
				refused(t, err, "transfer.numbers")
				set(false, false, false)
				if ways, err := h.room.TransfersOf(ctx, ana, row.ID); err != nil || ways.Any() {
					t.Errorf("%+v %v", ways, err)
				}
				if now := h.row(row.ID); now.Assignee != ana.User || now.Queue != h.pull.ID {
					t.Fatalf("moved all the same: %+v", now)
				}
			}
		})
		t.Run("B170 letting go, taking, supervisors and the house are no transfers", func(t *testing.T) {
			h.must(h.room.Assign(ctx, ana, row.ID, conversation.Assignment{Nobody: true}))
			h.must(h.room.Assign(ctx, ana, row.ID, conversation.Assignment{User: ana.User}))
			supervisor := ana
			supervisor.Permissions.Abilities = append([]account.Ability{account.SeeAll}, ana.Permissions.Abilities...)
			h.must(h.room.Assign(ctx, supervisor, row.ID, conversation.Assignment{User: luis.User}))
			refused(t, h.room.Assign(ctx, ana, row.ID, conversation.Assignment{Nobody: true}), "transfer.queues")
			h.must(h.room.Assign(ctx, h.system, row.ID, conversation.Assignment{Queue: h.pull.ID}))
		})
		t.Run("B170 a way that is opened again is open at once", func(t *testing.T) {
			h.own(inbox.Attention{TransferAgents: new(true)})
			h.must(h.room.Assign(ctx, ana, row.ID, conversation.Assignment{User: luis.User}))
		})
		t.Run("B170 open desks hear that settings changed", func(t *testing.T) {
			told := func() (n int) {
				n, err := db.One[int](ctx, d, "select count(*) from events where kind = $1", routing.AttentionChanged)
				h.must(err)
				return n
			}
			before := told()
			h.own(inbox.Attention{})
			h.attention(func(*routing.Attention) {})
			if n := told() - before; n != 2 {
				t.Errorf("told %d times", n)
			}
		})
	})
}
