package conversation_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

func TestHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		h := open(t, d)
		var all []db.ID
		for i := range 5 {
			in := h.ventas
			if i%2 == 1 {
				in = h.soporte
			}
			row := h.talk(in, fmt.Sprintf("553195550000%d", i))
			h.receive(h.says(in, fmt.Sprintf("553195550000%d", i), fmt.Sprintf("w.%d", i), fmt.Sprintf("consulta número%d", i), h.d.Now()))
			all = append([]db.ID{h.opens(row.ID, h.ana.User).ID}, all...)
		}
		h.learnWords()
		history := func(reach conversation.Reach, f conversation.HistoryFilter, limit int) (ids []db.ID) {
			t.Helper()
			cursor := ""
			for range 20 {
				page, err := h.room.History(ctx, reach, f, cursor, limit)
				must(t, err)
				for _, item := range page.Items {
					ids = append(ids, item.ID)
					if !reach.Sees(item.Conversation) || item.Conversation.ID != item.Ticket.Conversation || item.AgentName != "Ana Sosa" {
						t.Errorf("%+v", item)
					}
				}
				if cursor = page.Next; cursor == "" {
					return ids
				}
			}
			t.Fatal("the history does not end")
			return nil
		}
		everything := h.everything()
		t.Run("B33: all tickets, the last opened first, page by page", func(t *testing.T) {
			if ids := history(everything, conversation.HistoryFilter{}, 2); !slices.Equal(ids, all) {
				t.Errorf("%v, want %v", ids, all)
			}
		})
		t.Run("filters", func(t *testing.T) {
			same(t, "number", len(history(everything, conversation.HistoryFilter{Inbox: h.soporte}, 50)), 2)
			same(t, "agent", len(history(everything, conversation.HistoryFilter{Agent: h.luis.User}, 50)), 0)
			same(t, "closed", len(history(everything, conversation.HistoryFilter{Closed: true}, 50)), 0)
			same(t, "since", len(history(everything, conversation.HistoryFilter{Since: h.d.Now() + 1000}, 50)), 0)
			for search, want := range map[string]int{"numero3": 1, "consulta": 5, "persona": 5, "5531955500002": 1, "#2": 1, "nadie": 0} {
				same(t, search, len(history(everything, conversation.HistoryFilter{Search: search}, 50)), want)
			}
		})
		t.Run("X02: within reach", func(t *testing.T) {
			same(t, "one number", len(history(conversation.Reach{Workspace: h.workspace, Inboxes: []db.ID{h.soporte}}, conversation.HistoryFilter{}, 1)), 2)
			same(t, "own", len(history(conversation.Reach{Workspace: h.workspace, User: h.ana.User}, conversation.HistoryFilter{}, 2)), 5)
			same(t, "nobody's", len(history(conversation.Reach{Workspace: h.workspace, User: h.luis.User}, conversation.HistoryFilter{}, 2)), 0)
			if _, err := h.room.Past(ctx, conversation.Reach{Workspace: h.workspace, Inboxes: []db.ID{h.soporte}}, all[0]); fault.KindOf(err) != fault.NotFound {
				t.Errorf("out of reach: %v", err)
			}
		})
		t.Run("a transcript is what was said in the ticket and led to it", func(t *testing.T) {
			past, err := h.room.Past(ctx, everything, all[4])
			must(t, err)
			words := func(after db.ID, limit int) (out []string) {
				said, err := h.room.Transcript(ctx, past.Ticket, after, limit)
				must(t, err)
				for _, m := range said {
					if m.Text != "" {
						out = append(out, m.Text)
					}
				}
				return out
			}
			if got := words(0, 100); !slices.Equal(got, []string{"hola", "consulta número0"}) {
				t.Errorf("%q", got)
			}
			first, err := h.room.Transcript(ctx, past.Ticket, 0, 1)
			must(t, err)
			if got := words(first[0].ID, 100); !slices.Equal(got, []string{"consulta número0"}) {
				t.Errorf("after the first: %q", got)
			}
		})
	})
}
