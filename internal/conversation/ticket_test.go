package conversation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
)

func TestTicket(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		system := account.System(h.workspace)
		markers := func(c db.ID) (out []conversation.Marker) {
			for _, m := range h.thread(c) {
				if m.Direction == conversation.Marked {
					var mark conversation.Marker
					must(t, json.Unmarshal(m.Content, &mark))
					out = append(out, mark)
				}
			}
			return out
		}

		t.Run("A16 A17 a ticket opened by a route is the agent's at once, and the thread says by which campaign", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550401")
			campaign := d.NewID()
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, opened, err := h.room.OpenTicketIn(ctx, tx, system, conversation.Opening{Conversation: c.ID, Holder: conversation.HolderAgent, Assignee: h.ana.User,
					Origin:        conversation.Origin{Campaign: campaign, CampaignName: "Reactivación", Until: d.Now() + 1000, Route: &conversation.Route{Target: "agent"}},
					FallbackQueue: h.sales, FallbackMinutes: 5})
				same(t, "opened", opened, true)
				return err
			})
			row := h.row(c.ID)
			same(t, "holder", row.Holder, conversation.HolderAgent)
			same(t, "assignee", row.AssigneeName, "Ana Sosa")
			same(t, "preview", row.Preview, "hola")
			mark := markers(c.ID)[0]
			same(t, "marker", mark.Code, conversation.TicketOpened)
			same(t, "campaign", mark.Params["campaign"], "Reactivación")
			same(t, "agent", mark.Params["user"], "Ana Sosa")
			detail, err := h.room.GetDetail(ctx, h.everything(), c.ID)
			must(t, err)
			same(t, "origin", detail.Origin.Campaign, campaign)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				due, err := h.room.FallbackDueIn(ctx, tx, detail.Tickets[0].OpenedAt+5*60_000, 10)
				same(t, "fallback due", len(due), 1)
				early, _ := h.room.FallbackDueIn(ctx, tx, detail.Tickets[0].OpenedAt+5*60_000-1, 10)
				same(t, "fallback a millisecond early", len(early), 0)
				return err
			})
			h.post(h.ana, text(c.ID, "hola, soy Ana"))
			h.write(func(ctx context.Context, tx *db.Tx) error {
				due, err := h.room.FallbackDueIn(ctx, tx, d.Now()+3_600_000, 10)
				same(t, "fallback after the answer", len(due), 0)
				return err
			})
		})

		t.Run("a conversation with an open ticket keeps it", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550402")
			first := h.opens(c.ID, h.ana.User)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				again, opened, err := h.room.OpenTicketsIn(ctx, tx, system, []conversation.Opening{{Conversation: c.ID, Holder: conversation.HolderQueue}, {Conversation: c.ID, Holder: conversation.HolderBot}})
				for i := range again {
					same(t, "ticket", again[i].ID, first.ID)
					same(t, "opened", opened[i], false)
				}
				return err
			})
			same(t, "assignee", h.row(c.ID).Assignee, h.ana.User)
		})

		t.Run("C17 answering an unassigned ticket assigns it to the author", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550403")
			h.opens(c.ID, 0)
			m := h.post(h.ana, text(c.ID, "¿en qué ayudo?"))
			row := h.row(c.ID)
			same(t, "assignee", row.Assignee, h.ana.User)
			same(t, "ticket status", row.TicketStatus, conversation.TicketInService)
			same(t, "waiting since", row.WaitingSince, 0)
			same(t, "unread", row.Unread, 0)
			same(t, "preview", row.Preview, "¿en qué ayudo?")
			same(t, "ticket of the message", m.Ticket, row.Ticket)
			h.post(h.luis, text(c.ID, "yo también"))
			same(t, "assignee after a colleague's answer", h.row(c.ID).Assignee, h.ana.User)
		})

		t.Run("E17 E18 a message in a conversation without open ticket opens one assigned to its author", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550404")
			h.post(h.luis, text(c.ID, "hola"))
			row := h.row(c.ID)
			same(t, "state", row.State, conversation.Open)
			same(t, "assignee", row.Assignee, h.luis.User)
			_, err := h.room.CloseTicket(ctx, h.luis, c.ID, conversation.Closing{Result: "resolved"})
			must(t, err)
			h.post(h.ana, text(c.ID, "una cosa más"))
			again := h.row(c.ID)
			same(t, "assignee", again.Assignee, h.ana.User)
			if again.Ticket == row.Ticket {
				t.Error("the closed ticket was used again")
			}
		})

		t.Run("C23 C25 C27 closing unassigns, leaves the lists of open ones and keeps the note", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550405")
			ticket := h.opens(c.ID, h.ana.User)
			closed, err := h.room.CloseTicket(ctx, h.ana, c.ID, conversation.Closing{Result: "resolved", Note: " Cambió la talla. "})
			must(t, err)
			same(t, "note", closed.ClosingNote, "Cambió la talla.")
			row := h.row(c.ID)
			same(t, "state", row.State, conversation.Closed)
			same(t, "assignee", row.Assignee, db.ID(0))
			same(t, "ticket", row.Ticket, db.ID(0))
			last := markers(c.ID)[len(markers(c.ID))-1]
			same(t, "marker", last.Code, conversation.TicketClosed)
			same(t, "note in the marker", last.Params["note"], "Cambió la talla.")
			if _, err := h.room.CloseTicket(ctx, h.ana, c.ID, conversation.Closing{}); !fault.Is(err, "ticket.none") {
				t.Errorf("closing again: %v", err)
			}
			tickets, err := h.room.Tickets(ctx, h.workspace, c.ID, 10)
			must(t, err)
			same(t, "its ticket", tickets[0].ID, ticket.ID)
			same(t, "closed by", tickets[0].ClosedBy, h.ana.User)
			h.talk(h.ventas, "5531955550405")
			same(t, "C24 state when the person writes again, before routing", h.row(c.ID).State, conversation.Closed)
		})

		t.Run("a closing can be taken back for 8 seconds", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550406")
			ticket := h.opens(c.ID, h.ana.User)
			waiting := h.row(c.ID).WaitingSince
			_, err := h.room.CloseTicket(ctx, h.ana, c.ID, conversation.Closing{Result: "resolved", Note: "ups"})
			must(t, err)
			back, err := h.room.Reopen(ctx, h.ana, ticket.ID)
			must(t, err)
			same(t, "status", back.Status, conversation.TicketHeld)
			row := h.row(c.ID)
			same(t, "assignee", row.Assignee, h.ana.User)
			same(t, "ticket", row.Ticket, ticket.ID)
			same(t, "waiting since", row.WaitingSince, waiting)
			if _, err := h.room.Reopen(ctx, h.ana, ticket.ID); !fault.Is(err, "ticket.open") {
				t.Errorf("reopening an open one: %v", err)
			}
			_, err = h.room.CloseTicket(ctx, h.ana, c.ID, conversation.Closing{})
			must(t, err)
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update tickets set closed_at = closed_at - $1 where id = $2", conversation.UndoTime+1, ticket.ID)
				return err
			})
			if _, err := h.room.Reopen(ctx, h.ana, ticket.ID); !fault.Is(err, "ticket.reopen_late") {
				t.Errorf("reopening late: %v", err)
			}
		})

		t.Run("a ticket goes to a queue and to an agent, and taking one from a colleague needs the ability", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550407")
			h.opens(c.ID, h.ana.User)
			take := func(actor account.Actor) (err error) {
				return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err = h.room.TakeIn(ctx, tx, actor, c.ID, 0)
					return err
				})
			}
			if err := take(h.luis); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("taking without the ability: %v", err)
			}
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := h.room.AssignIn(ctx, tx, h.ana, c.ID, conversation.Assignment{Queue: h.sales, Note: "es de ventas"})
				return err
			})
			row := h.row(c.ID)
			same(t, "holder", row.Holder, conversation.HolderQueue)
			same(t, "assignee", row.Assignee, db.ID(0))
			same(t, "queue", row.Queue, h.sales)
			must(t, take(h.luis))
			same(t, "assignee", h.row(c.ID).Assignee, h.luis.User)
			var notes []string
			for _, m := range h.thread(c.ID) {
				if m.Direction == conversation.Note {
					notes = append(notes, m.Author.Name+": "+m.Text)
				}
			}
			same(t, "the note of a transfer is an internal note of its author", strings.Join(notes, "|"), "Ana Sosa: es de ventas")
			fact, err := event.Decode[conversation.TicketFact](h.facts(conversation.TicketAssigned)[len(h.facts(conversation.TicketAssigned))-1])
			must(t, err)
			same(t, "fact's assignee", fact.Assignee, h.luis.User)
			same(t, "fact's queue", fact.Queue, h.sales)
		})

		t.Run("a conversation of another workspace does not exist", func(t *testing.T) {
			other := open(t, d)
			c := h.talk(h.ventas, "5531955550408")
			if _, err := other.room.Post(ctx, other.ana, text(c.ID, "hola")); fault.KindOf(err) != fault.NotFound {
				t.Errorf("post: %v", err)
			}
			if _, err := other.room.Get(ctx, other.everything(), c.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("get: %v", err)
			}
			if _, err := other.room.CloseTicket(ctx, other.ana, c.ID, conversation.Closing{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("close: %v", err)
			}
		})

		t.Run("a result or note that is too long is refused in words", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550409")
			h.opens(c.ID, h.ana.User)
			for _, closing := range []conversation.Closing{{Result: strings.Repeat("x", 61)}, {Note: strings.Repeat("x", 2001)}} {
				if _, err := h.room.CloseTicket(ctx, h.ana, c.ID, closing); fault.KindOf(err) != fault.Invalid {
					t.Errorf("closing: %v", err)
				}
			}
			same(t, "state", h.row(c.ID).State, conversation.Open)
		})
	})
}

func TestTicketNumbers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("numbers have no gaps and no doubles when many open and some fail at once", func(t *testing.T) {
			h := open(t, d)
			ctx := context.Background()
			var rows []conversation.Row
			for i := range 24 {
				rows = append(rows, h.talk(h.ventas, fmt.Sprintf("55319555505%02d", i)))
			}
			var wait sync.WaitGroup
			for i, row := range rows {
				wait.Go(func() {
					err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
						_, _, err := h.room.OpenTicketIn(ctx, tx, account.System(h.workspace), conversation.Opening{Conversation: row.ID, Holder: conversation.HolderQueue})
						if err == nil && i%4 == 0 {
							err = errUndo
						}
						return err
					})
					if err != nil && err != errUndo {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			numbers, err := db.All[int64](ctx, d, "select number from tickets where workspace_id = $1 order by number", h.workspace)
			must(t, err)
			same(t, "tickets", len(numbers), 18)
			for i, n := range numbers {
				same(t, "number", n, int64(i+1))
			}
		})
	})
}

var errUndo = fmt.Errorf("undo this")
