package conversation_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
)

// learnWords lets the subscriber react to all facts told so far.
func (h *house) learnWords() {
	h.t.Helper()
	s := h.room.WordsSubscriber()
	facts, err := db.All[event.Event](context.Background(), h.d, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at from events
		where kind in ({texts:$1}) order by seq`, db.Texts(s.Kinds))
	must(h.t, err)
	h.write(func(ctx context.Context, tx *db.Tx) error { return s.React(ctx, tx, facts) })
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		h := open(t, d)
		stranger := open(t, d)
		eva := h.talk(h.ventas, "5531955500001")
		bia := h.talk(h.soporte, "5531955500002")
		stranger.talk(stranger.ventas, "5531955500003")
		h.receive(h.says(h.ventas, "5531955500001", "w.1", "¿Cuándo llega el pedido A-1043?", h.d.Now()),
			h.says(h.soporte, "5531955500002", "w.2", "Quiero cancelar mi pedido", h.d.Now()))
		stranger.receive(stranger.says(stranger.ventas, "5531955500003", "w.3", "otro pedido", h.d.Now()))
		h.opens(eva.ID, h.ana.User)
		answer := h.post(h.ana, text(eva.ID, "Su pedido sale mañana"))
		note := h.post(h.ana, conversation.Draft{Conversation: eva.ID, Kind: conversation.KindNote, Text: "Cliente molesta por el pedido"})
		h.campaign(h.ventas, h.d.NewID(), "5531955500001", nil)
		h.learnWords()
		h.learnWords() // told twice

		search := func(reach conversation.Reach, text string, limit int) (ids []db.ID) {
			t.Helper()
			cursor := ""
			for range 100 {
				page, err := h.room.Search(ctx, reach, text, cursor, limit)
				must(t, err)
				for _, f := range page.Items {
					ids = append(ids, f.Message.ID)
					if f.Message.Conversation != f.Conversation.ID || !reach.Sees(f.Conversation) {
						t.Errorf("%q found a message of a conversation out of reach", text)
					}
				}
				if cursor = page.Next; cursor == "" {
					return ids
				}
			}
			t.Fatal("the search does not end")
			return nil
		}
		t.Run("what people, agents and colleagues said is found, newest first", func(t *testing.T) {
			found := search(h.everything(), "pedido", 50)
			if len(found) != 4 || found[0] != note.ID || found[1] != answer.ID {
				t.Errorf("found %v", found)
			}
			if paged := search(h.everything(), "pedi", 1); !slices.Equal(paged, found) {
				t.Errorf("one by one: %v", paged)
			}
			if !slices.Equal(search(h.everything(), "cuando pedido 1043", 50), found[3:]) && !slices.Equal(search(h.everything(), "cuando pedido 1043", 50), found[2:3]) {
				t.Errorf("all words must be there")
			}
		})
		t.Run("texts of campaigns are not in the index", func(t *testing.T) {
			if found := search(h.everything(), "novedades", 50); len(found) != 0 {
				t.Errorf("found %v", found)
			}
		})
		t.Run("X02: only what is within reach", func(t *testing.T) {
			support := conversation.Reach{Workspace: h.workspace, User: h.luis.User, Inboxes: []db.ID{h.soporte}}
			if found := search(support, "pedido", 50); len(found) != 1 {
				t.Errorf("of one number: %v", found)
			}
			own := conversation.Reach{Workspace: h.workspace, User: h.ana.User}
			if found := search(own, "pedido", 50); len(found) != 3 {
				t.Errorf("of the own conversation: %v", found)
			}
			queue := conversation.Reach{Workspace: h.workspace, User: h.luis.User, Queues: []db.ID{h.sales}}
			if found := search(queue, "pedido", 50); len(found) != 0 {
				t.Errorf("nothing waits in the queue: %v", found)
			}
			h.opens(bia.ID, 0)
			if found := search(queue, "pedido", 50); len(found) != 1 {
				t.Errorf("what waits in the own queue: %v", found)
			}
			if found := search(conversation.Reach{Workspace: h.workspace}, "pedido", 50); len(found) != 0 {
				t.Errorf("without reach: %v", found)
			}
		})
		t.Run("a search without letters or with a wrong cursor", func(t *testing.T) {
			if found := search(h.everything(), " ?! ", 50); len(found) != 0 {
				t.Errorf("found %v", found)
			}
			if _, err := h.room.Search(ctx, h.everything(), "pedido", "x y", 5); fault.KindOf(err) != fault.Invalid {
				t.Errorf("cursor: %v", err)
			}
		})
		t.Run("a message taken back is forgotten", func(t *testing.T) {
			m := h.post(h.ana, text(eva.ID, "palabrota"))
			h.learnWords()
			same(t, "before", len(search(h.everything(), "palabrota", 50)), 1)
			must(t, h.room.Remove(ctx, h.ana, m.ID))
			h.learnWords()
			same(t, "after", len(search(h.everything(), "palabrota", 50)), 0)
		})
		t.Run("what its author took back is found by those who see everything alone", func(t *testing.T) {
			h.receive(h.says(h.ventas, "5531955500001", "w.9", "mi clave es girasol", h.d.Now()))
			h.receive(h.changes(channel.Revoke, "w.10", "w.9", "", h.d.Now()))
			h.learnWords()
			own := conversation.Reach{Workspace: h.workspace, User: h.ana.User}
			same(t, "the agent", len(search(own, "girasol", 50)), 0)
			same(t, "the manager", len(search(h.everything(), "girasol", 50)), 1)
			for want, reach := range []conversation.Reach{own, h.everything()} {
				page, err := h.room.History(ctx, reach, conversation.HistoryFilter{Search: "girasol"}, "", 10)
				must(t, err)
				same(t, "history", len(page.Items), want)
			}
		})
		t.Run("the index is built again from the rows", func(t *testing.T) {
			before := search(h.everything(), "pedido", 50)
			must(t, h.room.ForgetWords(ctx))
			same(t, "forgotten", len(search(h.everything(), "pedido", 50)), 0)
			must(t, h.room.PrepareWords(ctx))
			must(t, h.room.BuildWords(ctx))
			if again := search(h.everything(), "pedido", 50); !slices.Equal(again, before) {
				t.Errorf("before %v, again %v", before, again)
			}
			same(t, "campaigns", len(search(h.everything(), "novedades", 50)), 0)
		})
	})
}

func TestSearchStopsWhereItLookedAtEnough(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		h := open(t, d)
		mine := h.talk(h.soporte, "5531955500001")
		var batch []conversation.Incoming
		for i := range 4_500 {
			batch = append(batch, h.says(h.ventas, "5531955500002", fmt.Sprintf("w.%d", i), "hola", h.d.Now()))
		}
		h.receive(batch...)
		h.learnWords()
		reach := conversation.Reach{Workspace: h.workspace, Inboxes: []db.ID{h.soporte}}
		page, err := h.room.Search(ctx, reach, "hola", "", 10)
		must(t, err)
		if len(page.Items) != 0 || page.Next == "" {
			t.Fatalf("%d found, next %q: it must stop and say where", len(page.Items), page.Next)
		}
		page, err = h.room.Search(ctx, reach, "hola", page.Next, 10)
		must(t, err)
		if len(page.Items) != 1 || page.Items[0].Conversation.ID != mine.ID || page.Next != "" {
			t.Errorf("then %+v", page)
		}
	})
}

func TestOfContacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		h := open(t, d)
		one := h.talk(h.ventas, "5531955500001")
		two := h.talk(h.soporte, "5531955500001")
		found, err := h.room.OfContacts(ctx, h.everything(), []db.ID{one.Contact})
		must(t, err)
		if rows := found[one.Contact]; len(rows) != 2 || rows[0].ID != two.ID {
			t.Errorf("all: %+v", rows)
		}
		found, err = h.room.OfContacts(ctx, conversation.Reach{Workspace: h.workspace, Inboxes: []db.ID{h.ventas}}, []db.ID{one.Contact})
		must(t, err)
		if rows := found[one.Contact]; len(rows) != 1 || rows[0].ID != one.ID {
			t.Errorf("within reach: %+v", rows)
		}
		ticket := h.opens(one.ID, 0)
		if got, row, err := h.room.ByNumber(ctx, h.everything(), ticket.Number); err != nil || got.ID != ticket.ID || row.ID != one.ID {
			t.Errorf("by number: %+v, %v", got, err)
		}
		if _, _, err := h.room.ByNumber(ctx, conversation.Reach{Workspace: h.workspace, Inboxes: []db.ID{h.soporte}}, ticket.Number); fault.KindOf(err) != fault.NotFound {
			t.Errorf("out of reach: %v", err)
		}
	})
}
