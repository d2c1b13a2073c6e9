package routing_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/hours"
	"recado/internal/inbox"
	"recado/internal/routing"
)

// attention changes the settings of the house's workspace.
func (h *house) attention(change func(*routing.Attention)) {
	h.t.Helper()
	a := routing.DefaultAttention()
	change(&a)
	_, err := h.room.SetAttention(h.t.Context(), h.system, a)
	h.must(err)
}

// lapse lets the time for the first answer of a ticket pass.
func (h *house) lapse(row conversation.Row) {
	h.t.Helper()
	h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update tickets set fallback_at = $1 where id = $2 and fallback_at is not null", tx.Now()-1, row.Ticket)
		if err == nil && n != 1 {
			err = errors.New("the ticket has no limit for its first answer")
		}
		return err
	}))
	_, err := h.room.Fallback(h.t.Context())
	h.must(err)
	h.tell()
}

func (h *house) answers(a account.Actor, id db.ID) {
	h.t.Helper()
	_, err := h.conversations.Post(h.t.Context(), a, conversation.Draft{Conversation: id, Kind: channel.Text, Text: "hola"})
	h.must(err)
}

func TestUnanswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, luis := h.agent("ana", h.push), h.agent("luis", h.push)
		h.present(ana)
		h.attention(func(a *routing.Attention) { a.AnswerMinutes = 5 })
		h.tell()
		t.Run("X19 back to the queue, and not to the same agent again", func(t *testing.T) {
			row := h.writes("5531985556001", "hola")
			if row.Assignee != ana.User {
				t.Fatalf("%+v", row)
			}
			h.lapse(row)
			if row = h.row(row.ID); row.Assignee != 0 || row.Queue != h.push.ID {
				t.Fatalf("still with %d, queue %d", row.Assignee, row.Queue)
			}
			h.present(luis)
			h.tell()
			if row = h.row(row.ID); row.Assignee != luis.User {
				t.Fatalf("with %d, want who came on line", row.Assignee)
			}
			h.answers(luis, row.ID)
			if moved, err := h.room.Fallback(t.Context()); err != nil || moved != 0 {
				t.Fatalf("moved %d after the answer: %v", moved, err)
			}
		})
		t.Run("X19 to somebody on line, at once", func(t *testing.T) {
			h.attention(func(a *routing.Attention) { a.AnswerMinutes, a.Unanswered = 5, routing.ToOnline })
			row := h.writes("5531985556002", "hola")
			first := row.Assignee
			h.lapse(row)
			if row = h.row(row.ID); row.Assignee == 0 || row.Assignee == first {
				t.Fatalf("with %d after %d", row.Assignee, first)
			}
		})
		t.Run("A17 an agent a route names keeps the ticket however long it takes", func(t *testing.T) {
			h.campaign("5531985556003", conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: ana.User})
			row := h.writes("5531985556003", "sí")
			due, err := db.One[int](t.Context(), d, "select count(*) from tickets where id = $1 and fallback_at is not null", row.Ticket)
			if err != nil || due != 0 || row.Assignee != ana.User {
				t.Fatalf("%d %v %+v", due, err, row)
			}
		})
		t.Run("X39 outside the hours of the number the time stands still", func(t *testing.T) {
			h.attention(func(a *routing.Attention) { a.AnswerMinutes = 5 })
			opens := time.UnixMilli(h.d.Now()).UTC().AddDate(0, 0, 2).Truncate(24 * time.Hour)
			set := func(s hours.Schedule) {
				kept, err := h.inboxes.Hours(t.Context(), h.workspace.ID, h.ventas.ID)
				h.must(err)
				_, err = h.inboxes.SetHours(t.Context(), h.system, inbox.Hours{Inbox: h.ventas.ID, Version: kept.Version, TimeZone: "UTC", Schedule: s})
				h.must(err)
			}
			set(hours.Schedule{Holidays: []hours.Holiday{{Date: opens.Format("02/01"), Name: "x", Intervals: []hours.Interval{{From: "00:00", To: "24:00"}}}}})
			want := opens.Add(5 * time.Minute).UnixMilli()
			row := h.writes("5531985552280", "hola")
			if row.Assignee == 0 || row.AnswerBy != want {
				t.Fatalf("given to %d until %d, want %d", row.Assignee, row.AnswerBy, want)
			}
			h.must(h.room.Assign(t.Context(), h.system, row.ID, conversation.Assignment{User: ana.User, Queue: h.push.ID}))
			if row = h.row(row.ID); row.AnswerBy != want {
				t.Fatalf("assigned until %d, want %d", row.AnswerBy, want)
			}
			h.campaign("5531985552281", conversation.RouteRequest{Target: conversation.TargetAgent, TargetID: ana.User, FallbackQueue: h.pull.ID, FallbackMinutes: 5})
			if row = h.writes("5531985552281", "sí"); row.AnswerBy != want {
				t.Fatalf("by its route until %d, want %d", row.AnswerBy, want)
			}
			set(hours.Default())
		})
		t.Run("without a limit nothing moves", func(t *testing.T) {
			h.attention(func(*routing.Attention) {})
			row := h.writes("5531985556004", "hola")
			due, err := db.One[int](t.Context(), d, "select count(*) from tickets where id = $1 and fallback_at is not null", row.Ticket)
			if err != nil || due != 0 {
				t.Fatal(due, err)
			}
		})
	})
}

func TestKeptAgent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, luis := h.agent("ana", h.push), h.agent("luis", h.pull)
		_ = h.present(luis)
		closes := func(phone string) conversation.Row {
			row := h.writes(phone, "hola")
			h.must(h.room.Assign(t.Context(), h.system, row.ID, conversation.Assignment{User: ana.User, Queue: h.pull.ID}))
			_, err := h.conversations.CloseTicket(t.Context(), ana, row.ID, conversation.Closing{Result: "resolved"})
			h.must(err)
			h.tell()
			return h.row(row.ID)
		}
		rules := func(assignee string, days int64) {
			r := conversation.DefaultClosingRules()
			r.Assignee, r.KeepDays = assignee, days
			_, err := h.conversations.SetClosingRules(t.Context(), h.system, r)
			h.must(err)
		}
		t.Run("C25 unassigned on closing: the next ticket goes to who meets new ones", func(t *testing.T) {
			rules(conversation.AssigneeLeaves, 1)
			closes("5531985557001")
			if row := h.writes("5531985557001", "otra cosa"); row.Assignee == ana.User || row.Queue != h.push.ID {
				t.Fatalf("%+v", row)
			}
		})
		desk := h.present(ana)
		t.Run("E19 kept: the next ticket goes to the same agent", func(t *testing.T) {
			rules(conversation.AssigneeStays, 1)
			before := closes("5531985557002")
			row := h.writes("5531985557002", "otra cosa")
			if row.Assignee != ana.User || row.Queue != h.pull.ID || row.Ticket == before.Ticket {
				t.Fatalf("%+v", row)
			}
		})
		t.Run("E19 kept for some days, and no longer", func(t *testing.T) {
			rules(conversation.AssigneeDays, 3)
			row := closes("5531985557003")
			h.must(d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update tickets set closed_at = closed_at - $1 where conversation_id = $2", int64(4*24*3_600_000), row.ID)
				return err
			}))
			if row = h.writes("5531985557003", "otra cosa"); row.Queue != h.push.ID {
				t.Fatalf("%+v", row)
			}
			closes("5531985557004")
			if row = h.writes("5531985557004", "otra cosa"); row.Assignee != ana.User {
				t.Fatalf("%+v", row)
			}
		})
		t.Run("X19 reopened for somebody on line when the agent is not", func(t *testing.T) {
			closes("5531985557005")
			h.must(h.room.DeskClosed(t.Context(), ana.Workspace, ana.User, desk))
			if row := h.writes("5531985557005", "otra cosa"); row.Assignee != 0 || row.Queue != h.pull.ID {
				t.Fatalf("%+v", row)
			}
			taken, err := h.room.TakeNext(t.Context(), luis)
			if err != nil || h.row(taken).Assignee != luis.User {
				t.Fatal(taken, err)
			}
		})
		t.Run("A29 a live route comes before the kept agent", func(t *testing.T) {
			h.present(ana)
			rules(conversation.AssigneeStays, 1)
			closes("5531985557006")
			h.campaign("5531985557006", conversation.RouteRequest{Target: conversation.TargetQueue, TargetID: h.pull.ID})
			if row := h.writes("5531985557006", "sí"); row.Assignee != 0 || row.Queue != h.pull.ID {
				t.Fatalf("%+v", row)
			}
		})
	})
}

func TestWaitingOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana := h.agent("ana", h.pull)
		var ids []db.ID
		for i := range 5 {
			row := h.writes(fmt.Sprintf("553198555810%d", i), "hola")
			h.must(h.room.Assign(t.Context(), h.system, row.ID, conversation.Assignment{Queue: h.pull.ID}))
			ids = append(ids, row.ID)
		}
		order := func() (out []db.ID) {
			for {
				id, err := h.room.TakeNext(t.Context(), ana)
				if fault.Is(err, "queue.empty") {
					return out
				}
				h.must(err)
				out = append(out, id)
			}
		}
		back := func(ids ...db.ID) {
			for _, id := range ids {
				h.must(h.room.Assign(t.Context(), h.system, id, conversation.Assignment{Queue: h.pull.ID}))
			}
		}
		expect := func(t *testing.T, want ...db.ID) {
			t.Helper()
			if got := order(); !slices.Equal(got, want) {
				t.Fatalf("taken in the order %v, want %v", got, want)
			}
		}
		t.Run("X03 oldest first", func(t *testing.T) { expect(t, ids...) })
		t.Run("X03 transfers, pauses and agents who did not answer do not change the place", func(t *testing.T) {
			back(ids[3], ids[1], ids[4], ids[0], ids[2])
			expect(t, ids...)
		})
		t.Run("who was answered and comes back waits from then", func(t *testing.T) {
			h.answers(ana, ids[0])
			back(ids...)
			expect(t, ids[1], ids[2], ids[3], ids[4], ids[0])
		})
		t.Run("the most urgent first", func(t *testing.T) {
			back(ids...)
			h.must(h.conversations.SetPriority(t.Context(), ana, ids[0], conversation.Urgent))
			h.must(h.conversations.SetPriority(t.Context(), ana, ids[1], conversation.Low))
			h.must(h.conversations.SetPriority(t.Context(), ana, ids[4], conversation.High))
			expect(t, ids[0], ids[4], ids[2], ids[3], ids[1])
		})
	})
}

func TestCapacity(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana := h.agent("ana", h.push)
		h.present(ana)
		h.must(h.room.SetCapacity(t.Context(), h.system, ana.User, 3))
		agents, err := h.room.Agents(t.Context(), h.workspace.ID)
		h.must(err)
		if agents[0].Capacity != 3 || agents[0].OwnCapacity != 3 {
			t.Fatalf("%+v", agents[0])
		}
		rows := []conversation.Row{}
		for i := range 4 {
			rows = append(rows, h.writes(fmt.Sprintf("553198555820%d", i), "hola"))
		}
		t.Run("X03 the agent's own comes before the queue's", func(t *testing.T) {
			if rows[2].Assignee != ana.User || rows[3].Assignee != 0 {
				t.Fatalf("third %d, fourth %d", rows[2].Assignee, rows[3].Assignee)
			}
		})
		t.Run("a snoozed ticket leaves room", func(t *testing.T) {
			h.must(h.conversations.Snooze(t.Context(), ana, rows[0].ID, conversation.UntilReply, 0))
			h.writes("5531985558209", "hola") // its arrival looks again
			if h.row(rows[3].ID).Assignee != ana.User {
				t.Fatal("no room")
			}
		})
		t.Run("room made by a larger one is filled at once", func(t *testing.T) {
			h.must(h.room.SetCapacity(t.Context(), h.system, ana.User, 50))
			h.tell()
			n, err := db.One[int](t.Context(), d, "select count(*) from conversations where state = 1 and assignee_id is null")
			if err != nil || n != 0 {
				t.Fatal(n, err)
			}
		})
		t.Run("refused", func(t *testing.T) {
			if err := h.room.SetCapacity(t.Context(), h.system, ana.User, 101); fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
			if err := h.room.SetCapacity(t.Context(), h.system, 42, 1); fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
		})
	})
}

// Many things at once: people write, agents take, pushes run on several nodes. Nobody gets more by push than the capacity, and
// every ticket has one holder.
func TestPushAndPullAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, luis, bia := h.agent("ana", h.push), h.agent("luis", h.push, h.pull), h.agent("bia", h.pull)
		for _, a := range []account.Actor{ana, luis, bia} {
			h.present(a)
		}
		const people = 24
		var all sync.WaitGroup
		failed := make(chan error, 200)
		write := func(f func(ctx context.Context, tx *db.Tx) error) {
			if err := d.Write(t.Context(), f); err != nil {
				failed <- err
			}
		}
		push := func() {
			write(func(ctx context.Context, tx *db.Tx) error {
				return h.room.Distribute(ctx, tx, []event.Event{{Workspace: h.workspace.ID}})
			})
		}
		taken := make(chan db.ID, people)
		for i := range people {
			all.Go(func() {
				queue := h.push.ID
				if i%2 == 1 {
					queue = h.pull.ID
				}
				write(func(ctx context.Context, tx *db.Tx) error {
					r, err := h.conversations.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: h.workspace.ID, Inbox: h.ventas.ID, Event: channel.Inbound{
						ExternalID: fmt.Sprintf("wamid.once.%d", i), At: tx.Now(), Kind: channel.Text, Text: "hola",
						From: []channel.Identity{{Kind: channel.Phone, Value: fmt.Sprintf("55319855590%02d", i)}}}}})
					if err != nil {
						return err
					}
					id, err := db.One[db.ID](ctx, tx, "select conversation_id from messages where id = $1", r.Messages[0])
					if err != nil {
						return err
					}
					_, _, err = h.conversations.OpenTicketIn(ctx, tx, h.system, conversation.Opening{Conversation: id, Holder: conversation.HolderQueue, Queue: queue})
					return err
				})
				push()
			})
		}
		for range 4 {
			all.Go(func() {
				for range 6 {
					if id, err := h.room.TakeNext(t.Context(), bia); err == nil {
						taken <- id
					} else if !fault.Is(err, "queue.empty") {
						failed <- err
					}
				}
			})
		}
		all.Wait()
		push()
		close(failed)
		close(taken)
		for err := range failed {
			t.Error(err)
		}
		seen := map[db.ID]bool{}
		for id := range taken {
			if seen[id] {
				t.Errorf("conversation %d was taken twice", id)
			}
			seen[id] = true
			if h.row(id).Assignee != bia.User {
				t.Errorf("conversation %d was taken away from who took it", id)
			}
		}
		agents, err := h.room.Agents(t.Context(), h.workspace.ID)
		h.must(err)
		for _, a := range agents {
			if a.User != bia.User && a.OpenTickets != 2 {
				t.Errorf("%s has %d open tickets, want the capacity of 2", a.Name, a.OpenTickets)
			}
		}
		split, err := db.One[int](t.Context(), d, `select count(*) from conversations c join tickets t on t.id = c.ticket_id
			where coalesce(t.assignee_id, 0) <> coalesce(c.assignee_id, 0) or t.holder <> c.holder`)
		if err != nil || split != 0 {
			t.Errorf("%d tickets have two holders: %v", split, err)
		}
	})
}

func TestAvailability(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana := h.agent("ana", h.push)
		t.Run("B47 signing in starts invisible, or as the workspace wants", func(t *testing.T) {
			state := func() routing.State {
				h.must(h.room.SignedIn(t.Context(), ana))
				a, err := h.room.AvailabilityOf(t.Context(), ana.Workspace, ana.User)
				h.must(err)
				return a.State
			}
			if got := state(); got != routing.Invisible {
				t.Fatal(got)
			}
			h.attention(func(a *routing.Attention) { a.Login = routing.LoginOnline })
			if got := state(); got != routing.Online {
				t.Fatal(got)
			}
			h.attention(func(a *routing.Attention) { a.Login = routing.LoginAsLeft })
			_, err := h.room.SetAvailability(t.Context(), ana, routing.Away, "lunch")
			h.must(err)
			if got := state(); got != routing.Away {
				t.Fatal(got)
			}
		})
		t.Run("a pause has a reason of the list", func(t *testing.T) {
			if _, err := h.room.SetAvailability(t.Context(), ana, routing.Away, "siesta"); !fault.Is(err, "availability.reason") {
				t.Fatal(err)
			}
			h.attention(func(a *routing.Attention) { a.PauseReasons = []string{"siesta"} })
			if a, err := h.room.SetAvailability(t.Context(), ana, routing.Away, "siesta"); err != nil || a.Reason != "siesta" || a.Since == 0 {
				t.Fatalf("%+v %v", a, err)
			}
		})
		t.Run("X17 every state is kept with its time; without a desk it is off line", func(t *testing.T) {
			from := d.Now()
			desk, other := h.present(ana), h.present(ana)
			_, err := h.room.SetAvailability(t.Context(), ana, routing.Online, "")
			h.must(err)
			h.must(h.room.DeskClosed(t.Context(), ana.Workspace, ana.User, desk))
			h.must(h.room.DeskClosed(t.Context(), ana.Workspace, ana.User, other))
			all, err := h.room.Periods(t.Context(), ana.Workspace, from-1, d.Now()+1)
			h.must(err)
			var got []routing.State
			for i, p := range all {
				got = append(got, p.State)
				if i > 0 && all[i-1].Until != p.Since {
					t.Errorf("a gap before %+v", p)
				}
			}
			if want := []routing.State{routing.Offline, routing.Away, routing.Online, routing.Offline}; !slices.Equal(got, want) || all[len(all)-1].Until != 0 {
				t.Fatalf("%+v", all)
			}
		})
		t.Run("invisible keeps its tickets and gets no new ones", func(t *testing.T) {
			h.present(ana)
			h.attention(func(*routing.Attention) {})
			_, err := h.room.SetAvailability(t.Context(), ana, routing.Online, "")
			h.must(err)
			h.tell()
			held := h.writes("5531985559101", "hola")
			_, err = h.room.SetAvailability(t.Context(), ana, routing.Invisible, "")
			h.must(err)
			h.tell()
			if next := h.writes("5531985559102", "hola"); next.Assignee != 0 || h.row(held.ID).Assignee != ana.User {
				t.Fatalf("%d %d", next.Assignee, h.row(held.ID).Assignee)
			}
		})
	})
}

func TestAttentionSettings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		for field, change := range map[string]func(*routing.Attention){
			"login":          func(a *routing.Attention) { a.Login = "asleep" },
			"unanswered":     func(a *routing.Attention) { a.Unanswered = "nobody" },
			"answer_minutes": func(a *routing.Attention) { a.AnswerMinutes = -1 },
			"pause_reasons": func(a *routing.Attention) {
				a.PauseReasons = slices.Repeat([]string{"x"}, 1)
				a.PauseReasons[0] = fmt.Sprintf("%061d", 1)
			},
		} {
			a := routing.DefaultAttention()
			change(&a)
			_, err := h.room.SetAttention(t.Context(), h.system, a)
			var f *fault.Error
			if !errors.As(err, &f) || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		h.attention(func(a *routing.Attention) { a.AnswerMinutes, a.PauseReasons = 7, []string{" café ", "café", ""} })
		kept, err := h.room.Attention(t.Context(), h.system)
		if err != nil || kept.AnswerMinutes != 7 || !slices.Equal(kept.PauseReasons, []string{"café"}) {
			t.Errorf("%+v %v", kept, err)
		}
	})
}

func TestChangeQueues(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		ana, luis := h.agent("ana", h.push), h.agent("luis")
		t.Run("rename and change", func(t *testing.T) {
			if _, err := h.room.ChangeQueue(ctx, h.system, routing.Queue{ID: h.pull.ID, Name: "Ventas"}); !fault.Is(err, "queue.exists") {
				t.Error(err)
			}
			q, err := h.room.ChangeQueue(ctx, h.system, routing.Queue{ID: h.pull.ID, Name: "Pagos", Distribution: routing.Push, Capacity: 9})
			if err != nil || q.Name != "Pagos" || q.Distribution != routing.Push || q.Capacity != 9 {
				t.Errorf("%+v %v", q, err)
			}
			if _, err := h.room.ChangeQueue(ctx, account.System(42), routing.Queue{ID: h.pull.ID, Name: "Ajena"}); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
		t.Run("order", func(t *testing.T) {
			h.must(h.room.OrderQueues(ctx, h.system, []db.ID{h.pull.ID, h.push.ID}))
			all, err := h.room.Queues(ctx, h.system)
			if err != nil || all[0].ID != h.pull.ID {
				t.Errorf("%+v %v", all, err)
			}
		})
		t.Run("members", func(t *testing.T) {
			h.must(h.room.SetQueueMembers(ctx, h.system, h.push.ID, []db.ID{luis.User}))
			for actor, sees := range map[*account.Actor]bool{&ana: false, &luis: true} {
				reach, err := h.room.ReachOf(ctx, *actor)
				if err != nil || slices.Contains(reach.Queues, h.push.ID) != sees {
					t.Errorf("%s: %+v %v", actor.Name, reach, err)
				}
			}
			if err := h.room.SetQueueMembers(ctx, h.system, h.push.ID, []db.ID{42}); !fault.Is(err, "assign.not_agent") {
				t.Error(err)
			}
		})
		t.Run("no queue that holds tickets goes without another in its place", func(t *testing.T) {
			row := h.writes("5531985559201", "hola")
			if err := h.room.RemoveQueue(ctx, h.system, h.push.ID, 0); !fault.Is(err, "queue.needs_target") {
				t.Error(err)
			}
			h.must(h.room.RemoveQueue(ctx, h.system, h.push.ID, h.pull.ID))
			if row = h.row(row.ID); row.Queue != h.pull.ID {
				t.Errorf("%+v", row)
			}
			box, err := h.inboxes.Get(ctx, h.workspace.ID, h.ventas.ID)
			if err != nil || box.DefaultQueue != h.pull.ID {
				t.Errorf("new tickets of the number go to %d: %v", box.DefaultQueue, err)
			}
			if err := h.room.RemoveQueue(ctx, h.system, h.push.ID, 0); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
		t.Run("an empty one goes", func(t *testing.T) {
			q, err := h.room.CreateQueue(ctx, h.system, "Vacía", routing.Pull, 1)
			h.must(err)
			h.must(h.room.RemoveQueue(ctx, h.system, q.ID, 0))
		})
	})
}

func TestWhoMayAssign(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, luis := h.agent("ana", h.push), h.agent("luis", h.push)
		plain := ana
		plain.Permissions.Abilities = []account.Ability{account.Reply}
		row := h.writes("5531985559301", "hola")
		assign := func(a account.Actor, to conversation.Assignment) error {
			return h.room.Assign(t.Context(), a, row.ID, to)
		}
		h.must(h.room.Take(t.Context(), plain, row.ID))
		if err := assign(plain, conversation.Assignment{User: luis.User}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("giving away without the ability: %v", err)
		}
		if _, err := h.room.Move(t.Context(), plain, row.ID, h.ventas.ID, ""); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("moving without the ability: %v", err)
		}
		h.must(assign(plain, conversation.Assignment{Nobody: true}))
		if got := h.row(row.ID); got.Assignee != 0 || got.Queue != h.push.ID {
			t.Errorf("letting go: %+v", got)
		}
		if err := assign(plain, conversation.Assignment{Nobody: true}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("letting go of what is not one's own: %v", err)
		}
		h.must(h.room.Take(t.Context(), luis, row.ID))
		if err := h.room.Take(t.Context(), ana, row.ID); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("taking over without the ability: %v", err)
		}
		chief := ana
		chief.Permissions.Abilities = append(slices.Clone(chief.Permissions.Abilities), account.TakeOver)
		h.must(h.room.Take(t.Context(), chief, row.ID))
		lila := h.agent("lila")
		if err := h.room.Take(t.Context(), lila, row.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("out of reach: %v", err)
		}
	})
}
