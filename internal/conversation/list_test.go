package conversation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		list := func(t *testing.T, reach conversation.Reach, f conversation.Filter) (ids []db.ID) {
			t.Helper()
			if f.Sort == "" {
				f.Sort = conversation.Newest
			}
			cursor := ""
			for range 100 {
				page, err := h.room.List(ctx, reach, f, cursor, 3)
				must(t, err)
				for _, row := range page.Items {
					ids = append(ids, row.ID)
					if !reach.Sees(row) {
						t.Errorf("conversation %d is listed out of reach", row.ID)
					}
				}
				if cursor = page.Next; cursor == "" {
					return ids
				}
			}
			t.Fatal("the list does not end")
			return nil
		}
		support := d.NewID()
		var mine, sales, other, bot, closed, none []db.ID
		for i := range 8 {
			mine = append([]db.ID{h.talk(h.ventas, fmt.Sprintf("55319555507%02d", i)).ID}, mine...)
			h.opens(mine[0], h.ana.User)
			sales = append([]db.ID{h.talk(h.ventas, fmt.Sprintf("55319555507%02d", 10+i)).ID}, sales...)
			h.opens(sales[0], 0)
			other = append([]db.ID{h.talk(h.soporte, fmt.Sprintf("55319555507%02d", 20+i)).ID}, other...)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, _, err := h.room.OpenTicketIn(ctx, tx, account.System(h.workspace), conversation.Opening{Conversation: other[0], Holder: conversation.HolderQueue, Queue: support})
				return err
			})
		}
		bot = append(bot, h.talk(h.ventas, "5531955550730").ID)
		h.write(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := h.room.OpenTicketIn(ctx, tx, account.System(h.workspace), conversation.Opening{Conversation: bot[0], Holder: conversation.HolderBot})
			return err
		})
		closed = append(closed, h.talk(h.soporte, "5531955550731").ID)
		h.opens(closed[0], h.luis.User)
		_, err := h.room.CloseTicket(ctx, h.luis, closed[0], conversation.Closing{})
		must(t, err)
		none = append(none, h.talk(h.ventas, "5531955550732").ID)

		all := h.everything()
		all.User = h.ana.User
		seller := conversation.Reach{Workspace: h.workspace, User: h.luis.User, Queues: []db.ID{h.sales}}
		supporter := conversation.Reach{Workspace: h.workspace, User: h.luis.User, Inboxes: []db.ID{h.soporte}}
		nobody := conversation.Reach{Workspace: h.workspace, User: h.luis.User}
		wide := supporter
		for range 40 {
			wide.Inboxes = append(wide.Inboxes, d.NewID())
		}
		check := func(name string, reach conversation.Reach, f conversation.Filter, want int, first ...db.ID) {
			t.Run(name, func(t *testing.T) {
				ids := list(t, reach, f)
				same(t, "conversations", len(ids), want)
				seen := map[db.ID]bool{}
				for _, id := range ids {
					if seen[id] {
						t.Errorf("%d is listed twice", id)
					}
					seen[id] = true
				}
				for i := range first {
					if i < len(ids) {
						same(t, fmt.Sprintf("place %d", i), ids[i], first[i])
					}
				}
			})
		}
		check("mine are the open ones I hold, the last said first", all, conversation.Filter{View: conversation.Mine}, 8, mine...)
		check("the queue is what waits for an agent, without what a bot holds", all, conversation.Filter{View: conversation.InQueue}, 16, other[0], sales[0])
		check("the queue of a member of one queue", seller, conversation.Filter{View: conversation.InQueue}, 8, sales...)
		check("the queue by number", supporter, conversation.Filter{View: conversation.InQueue}, 8, other...)
		check("the team is all that is open", all, conversation.Filter{View: conversation.Team}, 25)
		check("the team of a member of one queue", seller, conversation.Filter{View: conversation.Team}, 8, sales...)
		check("the team of someone with many numbers", wide, conversation.Filter{View: conversation.Team}, 8, other...)
		check("closed ones are seen by number", supporter, conversation.Filter{View: conversation.IsClosed}, 1, closed...)
		check("closed ones of someone with many numbers", wide, conversation.Filter{View: conversation.IsClosed}, 1, closed...)
		check("C23 closed ones are not seen by queue", seller, conversation.Filter{View: conversation.IsClosed}, 0)
		check("without numbers and queues nothing is seen", nobody, conversation.Filter{View: conversation.Team}, 0)
		check("by number", all, conversation.Filter{View: conversation.Team, Inbox: h.soporte}, 8, other...)
		check("by a number out of reach", seller, conversation.Filter{View: conversation.Team, Inbox: h.soporte}, 0)
		check("by queue", all, conversation.Filter{View: conversation.Team, Queue: h.sales}, 8, sales...)
		check("search by the end of a number", all, conversation.Filter{View: conversation.Team, Search: "550715"}, 1)
		check("search by name within reach", seller, conversation.Filter{View: conversation.InQueue, Search: "persona"}, 8, sales...)
		check("search that finds nobody", all, conversation.Filter{View: conversation.Team, Search: "zzz"}, 0)

		t.Run("counts agree with the lists", func(t *testing.T) {
			for _, reach := range []conversation.Reach{all, seller, supporter, nobody, wide} {
				counts, err := h.room.Counts(ctx, reach)
				must(t, err)
				same(t, "mine", counts.Mine, int64(len(list(t, reach, conversation.Filter{View: conversation.Mine}))))
				same(t, "queue", counts.Queue, int64(len(list(t, reach, conversation.Filter{View: conversation.InQueue}))))
				same(t, "team", counts.Team, int64(len(list(t, reach, conversation.Filter{View: conversation.Team}))))
			}
			counts, err := h.room.Counts(ctx, all)
			must(t, err)
			same(t, "longest wait", counts.LongestWaitSince, h.row(sales[7]).WaitingSince)
		})

		t.Run("what is out of reach does not exist", func(t *testing.T) {
			if _, err := h.room.Get(ctx, seller, other[0]); fault.KindOf(err) != fault.NotFound {
				t.Errorf("get: %v", err)
			}
			if _, err := h.room.Get(ctx, all, none[0]); err != nil {
				t.Errorf("a conversation without ticket: %v", err)
			}
		})

		t.Run("an unknown view and a foreign cursor are refused", func(t *testing.T) {
			if _, err := h.room.List(ctx, all, conversation.Filter{View: "all"}, "", 10); !fault.Is(err, "conversation.view") {
				t.Errorf("view: %v", err)
			}
			if _, err := h.room.List(ctx, all, conversation.Filter{View: conversation.Team}, "%%%", 10); !fault.Is(err, "cursor") {
				t.Errorf("cursor: %v", err)
			}
		})

		t.Run("a thread is paged backwards without gaps", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550740")
			for i := range 9 {
				h.post(h.ana, conversation.Draft{Conversation: c.ID, Kind: conversation.KindNote, Text: fmt.Sprint(i)})
			}
			var seen []string
			before := db.ID(0)
			for {
				items, earlier, err := h.room.Messages(ctx, h.workspace, c.ID, before, 4)
				must(t, err)
				part := []string{}
				for _, m := range items {
					part = append(part, m.Text)
				}
				seen = append(part, seen...)
				if !earlier {
					break
				}
				before = items[0].ID
			}
			same(t, "thread", strings.Join(seen, " "), "hola 0 1 2 3 4 5 6 7 8")
		})

		t.Run("a thread is opened around a message and paged both ways without gaps", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550741")
			for i := range 9 {
				h.post(h.ana, conversation.Draft{Conversation: c.ID, Kind: conversation.KindNote, Text: fmt.Sprint(i)})
			}
			all := h.thread(c.ID)
			words := func(items []conversation.Message) string {
				part := []string{}
				for _, m := range items {
					part = append(part, m.Text)
				}
				return strings.Join(part, " ")
			}
			for _, one := range []struct {
				at, limit      int
				want           string
				earlier, later bool
			}{{4, 4, "1 2 3 4", true, true}, {4, 1, "3", true, true}, {0, 4, "hola 0", false, true}, {9, 5, "6 7 8", true, false},
				{1, 20, "hola 0 1 2 3 4 5 6 7 8", false, false}, {0, 1, "hola", false, true}} {
				items, earlier, later, err := h.room.MessagesAround(ctx, h.workspace, c.ID, all[one.at].ID, one.limit)
				must(t, err)
				if words(items) != one.want || earlier != one.earlier || later != one.later {
					t.Errorf("around %d: %q, %v, %v; want %+v", one.at, words(items), earlier, later, one)
				}
			}
			var seen []string
			for after, later := all[2].ID, true; later; {
				var items []conversation.Message
				var err error
				items, later, err = h.room.MessagesAfter(ctx, h.workspace, c.ID, after, 3)
				must(t, err)
				seen, after = append(seen, words(items)), items[len(items)-1].ID
			}
			same(t, "pages behind it", strings.Join(seen, "|"), "2 3 4|5 6 7|8")
			for name, id := range map[string]db.ID{"of another thread": h.thread(h.talk(h.ventas, "5531955550742").ID)[0].ID, "unknown": 12} {
				if _, _, _, err := h.room.MessagesAround(ctx, h.workspace, c.ID, id, 4); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	})
}
