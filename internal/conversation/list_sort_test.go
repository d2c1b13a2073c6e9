package conversation_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

// ids reads a whole list in parts of two.
func (h *house) ids(reach conversation.Reach, f conversation.Filter) (ids []db.ID) {
	h.t.Helper()
	cursor := ""
	for range 200 {
		page, err := h.room.List(context.Background(), reach, f, cursor, 2)
		must(h.t, err)
		for _, row := range page.Items {
			ids = append(ids, row.ID)
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
	}
	h.t.Fatal("the list does not end")
	return nil
}

func (h *house) sameIDs(t *testing.T, got []db.ID, want ...db.ID) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestListSortsAndFilters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		hour := int64(3_600_000)
		wrote := func(in db.ID, phone string, hoursAgo int64, agent db.ID) db.ID {
			r := h.receive(h.says(in, phone, "wamid.sort."+phone, "hola", d.Now()-hoursAgo*hour))
			id := h.message(r.Messages[0]).Conversation
			h.opens(id, agent)
			return id
		}
		fresh := wrote(h.ventas, "5531955550801", 1, h.ana.User)
		oldest := wrote(h.ventas, "5531955550802", 30, h.ana.User) // its window is closed
		ending := wrote(h.soporte, "5531955550803", 23, h.ana.User)
		older := wrote(h.soporte, "5531955550804", 40, h.luis.User)
		answered := wrote(h.ventas, "5531955550805", 2, h.ana.User)
		h.post(h.ana, text(answered, "ya"))
		all := h.everything()
		all.User = h.ana.User
		luis := conversation.Reach{Workspace: h.workspace, User: h.luis.User, Inboxes: []db.ID{h.ventas}}
		team := func(f conversation.Filter) conversation.Filter { f.View = conversation.Team; return f }

		t.Run("who waits longest is first, then who waits for nothing", func(t *testing.T) {
			h.sameIDs(t, h.ids(all, team(conversation.Filter{})), older, oldest, ending, fresh, answered)
			h.sameIDs(t, h.ids(all, conversation.Filter{View: conversation.Mine}), oldest, ending, fresh, answered)
			h.sameIDs(t, h.ids(luis, team(conversation.Filter{})), older, oldest, fresh, answered)
		})
		t.Run("the window that closes next is first, closed ones after", func(t *testing.T) {
			h.sameIDs(t, h.ids(all, team(conversation.Filter{Sort: conversation.ClosestDeadline})), ending, answered, fresh, oldest, older)
			h.sameIDs(t, h.ids(luis, team(conversation.Filter{Sort: conversation.ClosestDeadline})), answered, fresh, oldest, older)
		})
		t.Run("by agent, unread, waiting, window closing and channel", func(t *testing.T) {
			h.sameIDs(t, h.ids(all, team(conversation.Filter{Agent: h.luis.User})), older)
			h.sameIDs(t, h.ids(all, team(conversation.Filter{Unread: true})), older, oldest, ending, fresh)
			h.sameIDs(t, h.ids(all, team(conversation.Filter{Waiting: true, Sort: conversation.Newest, Inbox: h.ventas})), oldest, fresh)
			h.sameIDs(t, h.ids(all, team(conversation.Filter{Closing: true})), ending)
			h.sameIDs(t, h.ids(all, team(conversation.Filter{Channel: channel.WhatsApp, Closing: true, Sort: conversation.ClosestDeadline})), ending)
			h.sameIDs(t, h.ids(all, team(conversation.Filter{Channel: "telegram"})))
			h.sameIDs(t, h.ids(luis, team(conversation.Filter{Agent: h.ana.User})), oldest, fresh, answered)
		})
		t.Run("by priority, and within it who waits longest", func(t *testing.T) {
			must(t, h.room.SetPriority(ctx, h.ana, answered, conversation.Urgent))
			must(t, h.room.SetPriority(ctx, h.ana, fresh, conversation.High))
			must(t, h.room.SetPriority(ctx, h.ana, ending, conversation.High))
			must(t, h.room.SetPriority(ctx, h.ana, older, conversation.Low))
			h.sameIDs(t, h.ids(all, team(conversation.Filter{Sort: conversation.MostUrgent})), answered, ending, fresh, oldest, older)
			h.sameIDs(t, h.ids(luis, team(conversation.Filter{Sort: conversation.MostUrgent})), answered, fresh, oldest, older)
			for _, id := range []db.ID{answered, fresh, ending, older} {
				must(t, h.room.SetPriority(ctx, h.ana, id, conversation.Normal))
			}
		})
		t.Run("by a tag, added to those there are", func(t *testing.T) {
			vip, err := h.room.SaveTag(ctx, h.ana, conversation.Tag{Name: "VIP"})
			must(t, err)
			late, err := h.room.SaveTag(ctx, h.ana, conversation.Tag{Name: "Tarde"})
			must(t, err)
			must(t, h.room.AddTags(ctx, h.ana, fresh, []db.ID{vip.ID}))
			must(t, h.room.AddTags(ctx, h.ana, fresh, []db.ID{late.ID, vip.ID}))
			must(t, h.room.AddTags(ctx, h.ana, oldest, []db.ID{vip.ID}))
			h.sameIDs(t, h.ids(all, team(conversation.Filter{Tag: vip.ID})), oldest, fresh)
			h.sameIDs(t, h.ids(luis, team(conversation.Filter{Tag: late.ID, Sort: conversation.Newest})), fresh)
		})
		t.Run("what sleeps is counted and listed by itself", func(t *testing.T) {
			must(t, h.room.Snooze(ctx, h.ana, answered, conversation.UntilReply, 0))
			h.sameIDs(t, h.ids(all, conversation.Filter{View: conversation.Snoozed}), answered)
			counts, err := h.room.Counts(ctx, all)
			must(t, err)
			same(t, "snoozed", counts.Snoozed, 1)
			same(t, "mine", counts.Mine, 3)
			must(t, h.room.Snooze(ctx, h.ana, answered, 0, 0))
		})
		t.Run("E07 E08 closed ones of mine and of all, searched", func(t *testing.T) {
			for _, by := range []struct {
				actor account.Actor
				id    db.ID
			}{{h.ana, fresh}, {h.luis, older}} {
				_, err := h.room.CloseTicket(ctx, by.actor, by.id, conversation.Closing{})
				must(t, err)
			}
			closed := conversation.Filter{View: conversation.IsClosed}
			h.sameIDs(t, h.ids(all, closed), older, fresh)
			mine := closed
			mine.Own = true
			h.sameIDs(t, h.ids(all, mine), fresh)
			mine.Search = "550801"
			h.sameIDs(t, h.ids(all, mine), fresh)
			mine.Search = "550804"
			h.sameIDs(t, h.ids(all, mine))
			h.sameIDs(t, h.ids(all, conversation.Filter{View: conversation.IsClosed, Agent: h.luis.User}), older)
			t.Log("X02: luis closed it, but no longer reaches its number")
			h.sameIDs(t, h.ids(luis, conversation.Filter{View: conversation.IsClosed, Own: true}))
		})
		t.Run("what closed ones do not have, an unknown sort and a foreign cursor are refused", func(t *testing.T) {
			for code, f := range map[string]conversation.Filter{
				"conversation.filter_closed": {View: conversation.IsClosed, Unread: true},
				"conversation.sort":          team(conversation.Filter{Sort: "mention"}),
			} {
				if _, err := h.room.List(ctx, all, f, "", 10); !fault.Is(err, code) {
					t.Errorf("%s: %v", code, err)
				}
			}
			for _, cursor := range []string{"OS45LjkuOQ", "%%", "MQ"} {
				if _, err := h.room.List(ctx, all, team(conversation.Filter{}), cursor, 10); !fault.Is(err, "cursor") {
					t.Errorf("cursor %s: %v", cursor, err)
				}
			}
		})
		t.Run("counting stops", func(t *testing.T) {
			var batch []conversation.Incoming
			for i := range conversation.CountLimit + 20 {
				phone := fmt.Sprintf("55319%08d", i)
				batch = append(batch, h.says(h.ventas, phone, "wamid.many."+phone, "hola", d.Now()))
			}
			h.receive(batch...)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update conversations set state = 1, holder = 'queue', queue_id = $2 where workspace_id = $1 and state = 0", h.workspace, h.sales)
				return err
			})
			counts, err := h.room.Counts(ctx, all)
			must(t, err)
			same(t, "queue", counts.Queue, int64(conversation.CountLimit))
			same(t, "team", counts.Team, int64(conversation.CountLimit))
			counts, err = h.room.Counts(ctx, conversation.Reach{Workspace: h.workspace, User: h.ana.User, Inboxes: []db.ID{h.ventas}, Queues: []db.ID{h.sales}})
			must(t, err)
			same(t, "team within reach", counts.Team, int64(conversation.CountLimit))
		})
	})
}
