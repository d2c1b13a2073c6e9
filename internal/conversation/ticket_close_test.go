package conversation_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

func TestClosingRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		rules := conversation.DefaultClosingRules()
		set := func(t *testing.T, change func(*conversation.ClosingRules)) {
			t.Helper()
			rules = conversation.DefaultClosingRules()
			rules.Categories = []string{"Entrega", "Cobro"}
			change(&rules)
			_, err := h.room.SetClosingRules(ctx, h.ana, rules)
			must(t, err)
		}
		c := h.talk(h.ventas, "5531955550501")
		ticket := h.opens(c.ID, h.ana.User)
		tag, err := h.room.SaveTag(ctx, h.ana, conversation.Tag{Name: "Reclamo"})
		must(t, err)

		for name, test := range map[string]struct {
			mode    string
			tags    bool
			closing conversation.Closing
			refused string
		}{
			"C27 off keeps no note":                      {mode: conversation.NoteOff, closing: conversation.Closing{Note: "x"}, refused: "ticket.note_off"},
			"C27 off keeps no category":                  {mode: conversation.NoteOff, closing: conversation.Closing{Category: "Cobro"}, refused: "ticket.note_off"},
			"C27 off closes with a result":               {mode: conversation.NoteOff, closing: conversation.Closing{Result: "resolved"}},
			"C27 optional asks for nothing":              {mode: conversation.NoteOptional},
			"C27 optional takes a note without category": {mode: conversation.NoteOptional, closing: conversation.Closing{Note: "x"}},
			"C27 category required":                      {mode: conversation.NoteCategory, closing: conversation.Closing{Note: "x"}, refused: "ticket.category_required"},
			"C27 category is enough":                     {mode: conversation.NoteCategory, closing: conversation.Closing{Category: "Cobro"}},
			"C27 category and summary required":          {mode: conversation.NoteCategorySummary, closing: conversation.Closing{Category: "Cobro"}, refused: "ticket.summary_required"},
			"C27 spaces are no summary":                  {mode: conversation.NoteCategorySummary, closing: conversation.Closing{Category: "Cobro", Note: "  "}, refused: "ticket.summary_required"},
			"C27 a summary needs its category":           {mode: conversation.NoteCategorySummary, closing: conversation.Closing{Note: "x"}, refused: "ticket.category_required"},
			"C27 category and summary":                   {mode: conversation.NoteCategorySummary, closing: conversation.Closing{Category: "Entrega", Note: "Llegó."}},
			"a category of another list":                 {mode: conversation.NoteCategory, closing: conversation.Closing{Category: "Otra"}, refused: "ticket.category"},
			"a result of another list":                   {mode: conversation.NoteOptional, closing: conversation.Closing{Result: "won"}, refused: "ticket.result"},
			"the house's own result is not for people":   {mode: conversation.NoteOptional, closing: conversation.Closing{Result: conversation.ResultTransferred}, refused: "ticket.result"},
			"B170 tags required":                         {mode: conversation.NoteOptional, tags: true, refused: "ticket.tags_required"},
			"B170 an empty list of tags is none":         {mode: conversation.NoteOptional, tags: true, closing: conversation.Closing{Tags: []db.ID{}}, refused: "ticket.tags_required"},
			"B170 a tag given while closing is enough":   {mode: conversation.NoteOptional, tags: true, closing: conversation.Closing{Tags: []db.ID{tag.ID}}},
			"a tag that is not there":                    {mode: conversation.NoteOptional, closing: conversation.Closing{Tags: []db.ID{42}}, refused: "tag.unknown"},
		} {
			t.Run(name, func(t *testing.T) {
				set(t, func(r *conversation.ClosingRules) { r.NoteMode, r.TagsRequired = test.mode, test.tags })
				_, err := h.room.CloseTicket(ctx, h.ana, c.ID, test.closing)
				if test.refused == "" {
					must(t, err)
					_, err = h.room.Reopen(ctx, h.ana, ticket.ID)
					must(t, err)
				} else if !fault.Is(err, test.refused) {
					t.Errorf("got %v, want %s", err, test.refused)
				}
				same(t, "state", h.row(c.ID).State, conversation.Open)
				must(t, h.room.SetTags(ctx, h.ana, c.ID, nil))
			})
		}
		t.Run("the house closes whatever the rules ask", func(t *testing.T) {
			set(t, func(r *conversation.ClosingRules) {
				r.NoteMode, r.TagsRequired = conversation.NoteCategorySummary, true
			})
			other := h.talk(h.ventas, "5531955550502")
			h.opens(other.ID, h.ana.User)
			_, err := h.room.CloseTicket(ctx, account.System(h.workspace), other.ID, conversation.Closing{})
			must(t, err)
		})
		t.Run("E20 rules that cannot be met are refused, with the field", func(t *testing.T) {
			for field, change := range map[string]func(*conversation.ClosingRules){
				"note_mode": func(r *conversation.ClosingRules) { r.NoteMode = "never" },
				"categories": func(r *conversation.ClosingRules) {
					r.NoteMode, r.Categories = conversation.NoteCategory, []string{" "}
				},
				"assignee":  func(r *conversation.ClosingRules) { r.Assignee = "fire" },
				"keep_days": func(r *conversation.ClosingRules) { r.KeepDays = 0 },
				"results":   func(r *conversation.ClosingRules) { r.Results = []string{strings.Repeat("x", 61)} },
			} {
				bad := conversation.DefaultClosingRules()
				change(&bad)
				_, err := h.room.SetClosingRules(ctx, h.ana, bad)
				var f *fault.Error
				if !errors.As(err, &f) || f.Field != field {
					t.Errorf("%s: %v", field, err)
				}
			}
		})
		t.Run("E19 who keeps the agent, and how long", func(t *testing.T) {
			day, closed := int64(24*60*60*1000), conversation.Ticket{ClosedAt: 1000}
			same(t, "unassign", conversation.ClosingRules{Assignee: conversation.AssigneeLeaves}.Keeps(closed, 1001), false)
			same(t, "keep", conversation.ClosingRules{Assignee: conversation.AssigneeStays}.Keeps(closed, 1000+400*day), true)
			two := conversation.ClosingRules{Assignee: conversation.AssigneeDays, KeepDays: 2}
			same(t, "in time", two.Keeps(closed, 999+2*day), true)
			same(t, "late", two.Keeps(closed, 1000+2*day), false)
		})
	})
}

func TestTags(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		save := func(tag conversation.Tag) conversation.Tag {
			t.Helper()
			tag, err := h.room.SaveTag(ctx, h.ana, tag)
			must(t, err)
			return tag
		}
		vip, late := save(conversation.Tag{Name: "  VIP  oro ", Suggested: true}), save(conversation.Tag{Name: "Envío tarde", Color: "warn"})
		c := h.talk(h.ventas, "5531955550511")
		h.opens(c.ID, h.ana.User)

		t.Run("names differ by more than accents and case", func(t *testing.T) {
			if _, err := h.room.SaveTag(ctx, h.ana, conversation.Tag{Name: "ENVIO TARDE"}); !fault.Is(err, "tag.exists") {
				t.Error(err)
			}
			save(conversation.Tag{ID: late.ID, Name: "Envio Tarde", Color: "danger"})
			for _, bad := range []conversation.Tag{{Name: " "}, {Name: strings.Repeat("x", 41)}, {Name: "x", Color: "#ff0000"}, {ID: 42, Name: "x"}} {
				if _, err := h.room.SaveTag(ctx, h.ana, bad); fault.KindOf(err) == fault.Internal {
					t.Errorf("%+v: %v", bad, err)
				}
			}
		})
		t.Run("a ticket carries its tags in the list, and only while it is open", func(t *testing.T) {
			must(t, h.room.SetTags(ctx, h.ana, c.ID, []db.ID{late.ID, vip.ID, vip.ID}))
			same(t, "tags", len(h.row(c.ID).Tags()), 2)
			all, err := h.room.Tags(ctx, h.workspace)
			must(t, err)
			same(t, "first by name", all[0].Name, "Envio Tarde")
			same(t, "suggested", all[1].Suggested, true)
			same(t, "name", all[1].Name, "VIP oro")
			same(t, "open", all[1].Open, 1)
			_, err = h.room.CloseTicket(ctx, h.ana, c.ID, conversation.Closing{})
			must(t, err)
			same(t, "after closing", len(h.row(c.ID).Tags()), 0)
			if err := h.room.SetTags(ctx, h.ana, c.ID, nil); !fault.Is(err, "ticket.none") {
				t.Error(err)
			}
		})
		t.Run("merging keeps the tickets, removing forgets the tag", func(t *testing.T) {
			h.opens(c.ID, h.ana.User)
			must(t, h.room.SetTags(ctx, h.ana, c.ID, []db.ID{late.ID}))
			must(t, h.room.RemoveTag(ctx, h.ana, late.ID, vip.ID))
			same(t, "merged into", h.row(c.ID).Tags()[0], vip.ID)
			must(t, h.room.RemoveTag(ctx, h.ana, vip.ID, 0))
			same(t, "tags", len(h.row(c.ID).Tags()), 0)
			if err := h.room.RemoveTag(ctx, h.ana, vip.ID, 0); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
		t.Run("a tag of another workspace does not exist", func(t *testing.T) {
			other := open(t, d)
			foreign, err := other.room.SaveTag(ctx, other.ana, conversation.Tag{Name: "Ajena"})
			must(t, err)
			if err := h.room.SetTags(ctx, h.ana, c.ID, []db.ID{foreign.ID}); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			if err := h.room.RemoveTag(ctx, h.ana, foreign.ID, 0); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
	})
}

func TestSnooze(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		mine := func(view conversation.View) int {
			t.Helper()
			page, err := h.room.List(ctx, conversation.Reach{Workspace: h.workspace, User: h.ana.User}, conversation.Filter{View: view}, "", 0)
			must(t, err)
			return len(page.Items)
		}
		c := h.talk(h.ventas, "5531955550521")
		h.opens(c.ID, h.ana.User)

		t.Run("out of the holder's list until the person writes", func(t *testing.T) {
			must(t, h.room.Snooze(ctx, h.ana, c.ID, conversation.UntilReply, 0))
			same(t, "mine", mine(conversation.Mine), 0)
			same(t, "snoozed", mine(conversation.Snoozed), 1)
			counts, err := h.room.Counts(ctx, conversation.Reach{Workspace: h.workspace, User: h.ana.User})
			must(t, err)
			same(t, "count of mine", counts.Mine, 0)
			h.post(h.ana, text(c.ID, "te aviso"))
			same(t, "after our own message", mine(conversation.Mine), 0)
			h.talk(h.ventas, "5531955550521")
			same(t, "after the person's message", mine(conversation.Mine), 1)
		})
		t.Run("wakes in time, also when the node was down when its time came", func(t *testing.T) {
			must(t, h.room.Snooze(ctx, h.ana, c.ID, d.Now()+3_600_000, 0))
			woken, err := h.room.Wake(ctx)
			must(t, err)
			same(t, "woken early", woken, 0)
			h.write(func(ctx context.Context, tx *db.Tx) error { // the hour passes while no node runs
				_, err := tx.Exec(ctx, "update conversations set snoozed_until = $2 where id = $1", c.ID, tx.Now()-60_000)
				return err
			})
			again := reopened(t, h)
			woken, err = again.Wake(ctx)
			must(t, err)
			same(t, "woken", woken, 1)
			same(t, "mine", mine(conversation.Mine), 1)
			woken, err = again.Wake(ctx)
			must(t, err)
			same(t, "woken twice", woken, 0)
		})
		t.Run("woken by hand, by another holder, and by closing", func(t *testing.T) {
			must(t, h.room.Snooze(ctx, h.ana, c.ID, conversation.UntilReply, 0))
			must(t, h.room.Snooze(ctx, h.ana, c.ID, 0, 0))
			same(t, "by hand", mine(conversation.Mine), 1)
			must(t, h.room.Snooze(ctx, h.ana, c.ID, conversation.UntilReply, 0))
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := h.room.AssignIn(ctx, tx, h.ana, c.ID, conversation.Assignment{User: h.luis.User})
				return err
			})
			same(t, "by another holder", h.row(c.ID).SnoozedUntil, 0)
			must(t, h.room.Snooze(ctx, h.luis, c.ID, conversation.UntilReply, 0))
			_, err := h.room.CloseTicket(ctx, h.luis, c.ID, conversation.Closing{})
			must(t, err)
			same(t, "by closing", h.row(c.ID).SnoozedUntil, 0)
		})
		t.Run("not what the person wrote unseen, nor closed with it", func(t *testing.T) {
			newest := func(c db.ID) db.ID { all := h.thread(c); return all[len(all)-1].ID }
			busy := h.talk(h.ventas, "5531955550523")
			h.opens(busy.ID, h.ana.User)
			seen := newest(busy.ID)
			h.talk(h.ventas, "5531955550523")
			if err := h.room.Snooze(ctx, h.ana, busy.ID, conversation.UntilReply, seen); !fault.Is(err, "ticket.written") {
				t.Errorf("snoozed unseen: %v", err)
			}
			if _, err := h.room.CloseTicket(ctx, h.ana, busy.ID, conversation.Closing{SeenThrough: seen}); !fault.Is(err, "ticket.written") {
				t.Errorf("closed unseen: %v", err)
			}
			same(t, "still open", h.row(busy.ID).State, conversation.Open)
			h.post(h.ana, text(busy.ID, "ya lo vi"))
			must(t, h.room.Snooze(ctx, h.ana, busy.ID, conversation.UntilReply, newest(busy.ID)))
			_, err := h.room.CloseTicket(ctx, h.ana, busy.ID, conversation.Closing{SeenThrough: newest(busy.ID)})
			must(t, err)
		})
		t.Run("who may", func(t *testing.T) {
			free := h.talk(h.ventas, "5531955550522")
			h.opens(free.ID, 0)
			must(t, h.room.Snooze(ctx, h.ana, free.ID, conversation.UntilReply, 0))
			same(t, "a ticket nobody holds becomes the actor's", h.row(free.ID).Assignee, h.ana.User)
			if err := h.room.Snooze(ctx, h.luis, free.ID, 0, 0); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("a colleague's: %v", err)
			}
			for _, until := range []int64{1, d.Now() - 1, d.Now() + 400*24*3_600_000} {
				if err := h.room.Snooze(ctx, h.ana, free.ID, until, 0); !fault.Is(err, "ticket.snooze") {
					t.Errorf("until %d: %v", until, err)
				}
			}
		})
	})
}

func TestHoldAndPriority(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		c := h.talk(h.ventas, "5531955550531")
		h.opens(c.ID, h.ana.User)
		t.Run("B170 on hold the ticket leaves the timers", func(t *testing.T) {
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := h.room.AssignIn(ctx, tx, h.ana, c.ID, conversation.Assignment{User: h.ana.User, AnswerBy: tx.Now() - 1})
				return err
			})
			must(t, h.room.SetHold(ctx, h.ana, c.ID, true))
			h.write(func(ctx context.Context, tx *db.Tx) error {
				due, err := h.room.FallbackDueIn(ctx, tx, tx.Now(), 10)
				same(t, "due", len(due), 0)
				return err
			})
			if h.row(c.ID).OnHoldAt == 0 {
				t.Error("not shown")
			}
			if err := h.room.SetHold(ctx, h.luis, c.ID, false); fault.KindOf(err) != fault.Forbidden {
				t.Error(err)
			}
			must(t, h.room.SetHold(ctx, h.ana, c.ID, false))
			same(t, "on hold since", h.row(c.ID).OnHoldAt, 0)
		})
		t.Run("a priority survives the undo of a closing, not the closing", func(t *testing.T) {
			must(t, h.room.SetPriority(ctx, h.ana, c.ID, conversation.Urgent))
			same(t, "priority", h.row(c.ID).Priority, conversation.Urgent)
			closed, err := h.room.CloseTicket(ctx, h.ana, c.ID, conversation.Closing{})
			must(t, err)
			same(t, "closed", h.row(c.ID).Priority, conversation.Normal)
			_, err = h.room.Reopen(ctx, h.ana, closed.ID)
			must(t, err)
			same(t, "reopened", h.row(c.ID).Priority, conversation.Urgent)
		})
		t.Run("words", func(t *testing.T) {
			for _, p := range []conversation.Priority{conversation.Low, conversation.Normal, conversation.High, conversation.Urgent} {
				back, err := conversation.ParsePriority(p.String())
				must(t, err)
				same(t, "priority", back, p)
			}
			if _, err := conversation.ParsePriority("asap"); fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
		})
	})
}

func TestMove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		c := h.talk(h.ventas, "5531955550541")
		h.opens(c.ID, h.ana.User)
		numbers, err := h.room.NumbersFor(ctx, h.row(c.ID))
		must(t, err)
		same(t, "other numbers", len(numbers), 1)
		same(t, "number", numbers[0].Inbox, h.soporte)
		same(t, "window of a number the person never wrote to", numbers[0].Window.State, conversation.TemplateOnly)

		there, err := h.room.Move(ctx, h.ana, conversation.Moving{Conversation: c.ID, Inbox: h.soporte, Queue: h.sales, Note: "sigue allá"})
		must(t, err)
		same(t, "here", h.row(c.ID).State, conversation.Closed)
		on := h.row(there.Conversation)
		same(t, "there", on.Inbox, h.soporte)
		same(t, "same person", on.Contact, c.Contact)
		same(t, "queue", on.Queue, h.sales)
		notes := 0
		for _, m := range h.thread(there.Conversation) {
			if m.Direction == conversation.Note && m.Text == "sigue allá" {
				notes++
			}
		}
		same(t, "notes", notes, 1)
		before, err := h.room.Tickets(ctx, h.workspace, c.ID, 1)
		must(t, err)
		same(t, "result", before[0].Result, conversation.ResultTransferred)
		if _, err := h.room.Move(ctx, h.ana, conversation.Moving{Conversation: there.Conversation, Inbox: h.soporte}); !fault.Is(err, "ticket.move") {
			t.Error(err)
		}
		if _, err := h.room.Move(ctx, h.ana, conversation.Moving{Conversation: c.ID, Inbox: h.soporte}); !fault.Is(err, "ticket.none") {
			t.Error(err)
		}
	})
}
