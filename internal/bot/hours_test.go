package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/hours"
	"recado/internal/inbox"
)

// opensIn keeps hours that begin in so many days, all day long, every year.
func (h *house) opensIn(days int, text string) (inbox.Hours, error) {
	on := time.UnixMilli(h.d.Now()).UTC().AddDate(0, 0, days).Format("02/01")
	now, err := h.inboxes.Hours(context.Background(), h.workspace, h.number)
	must(h.t, err)
	return h.inboxes.SetHours(context.Background(), account.System(h.workspace), inbox.Hours{Inbox: h.number, Version: now.Version, TimeZone: "UTC",
		Schedule:    hours.Schedule{Holidays: []hours.Holiday{{Date: on, Name: "x", Intervals: []hours.Interval{{From: "00:00", To: "24:00"}}}}},
		Unavailable: inbox.Unavailable{On: true, Text: text}})
}

func TestOutsideTheHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		tomorrow := time.UnixMilli(d.Now()).UTC().AddDate(0, 0, 2).Format("02/01") + " 00:00"
		queued := func(phone string) db.ID {
			id := h.says(phone, "Hola", "", d.Now())
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, _, err := h.conversations.OpenTicketIn(ctx, tx, account.System(h.workspace), conversation.Opening{Conversation: id, Holder: conversation.HolderQueue, Queue: h.other})
				return err
			})
			h.reacts()
			return id
		}
		t.Run("a number nobody set answers always (B199)", func(t *testing.T) {
			if said := h.said(queued("5531985550001")); said != "" {
				t.Fatal(said)
			}
		})
		t.Run("own words once, with the next opening, and the ticket waits in its queue (B204)", func(t *testing.T) {
			_, err := h.opensIn(2, "Abrimos el {{next_opening}}.")
			must(t, err)
			id := queued("5531985550002")
			if said := h.said(id); said != "text: Abrimos el "+tomorrow+"." {
				t.Fatal(said)
			}
			rows, err := db.One[string](context.Background(), d, "select holder from tickets where conversation_id = $1", id)
			if err != nil || rows != conversation.HolderQueue {
				t.Fatal(rows, err)
			}
		})
		t.Run("the words of the house, before what the bot says", func(t *testing.T) {
			h.setup()
			_, err := h.opensIn(2, "")
			must(t, err)
			id := h.says("5531985550003", "Hola", "", d.Now())
			h.opens(id)
			h.reacts()
			lines := strings.Split(h.said(id), "\n")
			if len(lines) != 3 || !strings.Contains(strings.Join(lines, ""), "abrimos el "+tomorrow) {
				t.Fatalf("%q", lines)
			}
		})
		t.Run("nobody is promised while nobody is there", func(t *testing.T) {
			s := h.setup()
			s.Queues.On = false
			h.save(s)
			_, err := h.opensIn(2, "Cerrado.")
			must(t, err)
			id := h.says("5531985550005", "Hola", "", d.Now())
			h.opens(id)
			h.reacts()
			if said := h.said(id); !strings.HasPrefix(said, "text: Cerrado.") || strings.Contains(said, "Te paso con el equipo.") {
				t.Fatal(said)
			}
			same(t, "holder", h.row(id).Holder, conversation.HolderQueue)
		})
		t.Run("nothing when open, and a stale version is refused", func(t *testing.T) {
			kept, err := h.opensIn(0, "")
			must(t, err)
			if said := h.said(queued("5531985550004")); said != "" {
				t.Fatal(said)
			}
			kept.Version--
			if _, err := h.inboxes.SetHours(context.Background(), account.System(h.workspace), kept); fault.KindOf(err) != fault.Conflict {
				t.Fatal(err)
			}
			kept.Version++
			kept.Inbox++
			if _, err := h.inboxes.SetHours(context.Background(), account.System(h.workspace), kept); fault.KindOf(err) != fault.NotFound {
				t.Fatal(err)
			}
		})
	})
}
