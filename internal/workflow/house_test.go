package workflow_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/notice"
	"recado/internal/publicnet"
	"recado/internal/routing"
	"recado/internal/survey"
	"recado/internal/template"
	"recado/internal/workflow"
)

// house is a workspace with a number, two queues and two agents on a real database, with the real rooms. Subscribers are told by hand.
type house struct {
	t             testing.TB
	d             *db.DB
	log           *event.Log
	jobs          *job.Room
	rooms         workflow.Rooms
	room          *workflow.Room
	conversations *conversation.Room
	routing       *routing.Room
	owner         account.Actor
	ana, bea      account.Actor
	box           inbox.Inbox
	sales, other  routing.Queue
	seen          event.Cursor
	last          int64 // the highest number of a fact that was told
	said          int
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func open(t testing.TB, d *db.DB) *house {
	t.Helper()
	ctx := t.Context()
	log := event.NewLog(d, event.NewBell(d))
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	must(t, err)
	accounts := account.New(d, log)
	h := &house{t: t, d: d, log: log}
	h.jobs, err = job.New(d)
	must(t, err)
	must(t, h.jobs.Migrate(ctx))
	inboxes, contacts := inbox.New(d, log, sealer), contact.New(d, log)
	h.conversations = conversation.New(d, log, contacts, inboxes)
	h.routing = routing.New(d, log, accounts, inboxes, h.conversations)
	h.rooms = workflow.Rooms{Log: log, Conversations: h.conversations, Inboxes: inboxes, Contacts: contacts, Templates: template.New(d, log), Routing: h.routing,
		Surveys: survey.New(d, h.conversations, inboxes), Notices: notice.New(d, log, h.conversations), Jobs: h.jobs, Sealer: sealer, Rules: publicnet.Rules{Private: true}}
	h.room = workflow.New(d, h.rooms)
	workspace, err := accounts.CreateWorkspace(ctx, "Tienda de prueba", "es")
	must(t, err)
	system := account.System(workspace.ID)
	h.sales, err = h.routing.CreateQueue(ctx, system, "Ventas", routing.Pull, 5)
	must(t, err)
	h.other, err = h.routing.CreateQueue(ctx, system, "Otros", routing.Pull, 5)
	must(t, err)
	h.box, err = inboxes.Create(ctx, inbox.Draft{Workspace: workspace.ID, Channel: channel.WhatsApp, Label: "Tienda", Address: "5531985550070",
		ExternalID: "2090010010010070" + workspace.ID.String(), Account: "1090010010010070", Token: "token", DefaultQueue: h.other.ID})
	must(t, err)
	h.owner = h.member(accounts, workspace, "Olga", account.Owner)
	h.ana = h.member(accounts, workspace, "Ana", account.Agent)
	h.bea = h.member(accounts, workspace, "Bea", account.Agent)
	for _, a := range []account.Actor{h.ana, h.bea} {
		must(t, h.routing.AddToQueue(ctx, system, h.sales.ID, a.User))
	}
	h.last, err = db.One[int64](ctx, d, "select coalesce(max(seq), 0) from events")
	must(t, err)
	for h.seen == "" || h.at(t) < h.last {
		h.seen, err = log.End(ctx)
		must(t, err)
	}
	return h
}

// at is the number of the fact the cursor stands behind.
func (h *house) at(t testing.TB) int64 {
	t.Helper()
	text := string(h.seen)
	n, err := strconv.ParseInt(text[strings.LastIndexByte(text, '-')+1:], 10, 64)
	must(t, err)
	return n
}

func (h *house) member(accounts *account.Room, workspace account.Workspace, name string, profile account.Standard) account.Actor {
	h.t.Helper()
	ctx := h.t.Context()
	user, err := accounts.CreateUser(ctx, account.NewUser{Name: name, Email: name + workspace.ID.String() + "@ejemplo.test", Locale: "es"})
	must(h.t, err)
	p, err := accounts.StandardProfile(ctx, workspace, profile)
	must(h.t, err)
	_, err = accounts.AddMember(ctx, account.System(workspace.ID), user.ID, p.ID)
	must(h.t, err)
	actor, err := accounts.ActorOf(ctx, workspace.ID, user.ID)
	must(h.t, err)
	return actor
}

func (h *house) write(f func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	must(h.t, h.d.Write(context.Background(), f))
}

// restarts is the room of another node, or after a restart.
func (h *house) restarts() {
	h.t.Helper()
	jobs, err := job.New(h.d)
	must(h.t, err)
	h.rooms.Jobs = jobs
	h.room = workflow.New(h.d, h.rooms)
}

// on makes a workflow and switches it on.
func (h *house) on(name string, t workflow.Trigger, branches ...workflow.Branch) workflow.Workflow {
	h.t.Helper()
	ctx := context.Background()
	w, err := h.room.Create(ctx, h.owner, name, "")
	must(h.t, err)
	for i := range branches {
		branches[i].ID = fmt.Sprintf("b%d", i)
		for j := range branches[i].Steps {
			branches[i].Steps[j].ID = fmt.Sprintf("s%d%d", i, j)
		}
	}
	_, err = h.room.Save(ctx, h.owner, w.ID, name, workflow.Plan{Trigger: t, Branches: branches}, w.Revision)
	must(h.t, err)
	w, err = h.room.Publish(ctx, h.owner, w.ID, -1)
	if err != nil {
		found, _ := h.room.Findings(ctx, h.owner.Workspace, workflow.Plan{Trigger: t, Branches: branches})
		for _, f := range found {
			h.t.Errorf("%s %s: %s", f.At, f.Fault.Field, f.Fault.Code)
		}
		h.t.Fatal(err)
	}
	return w
}

func does(steps ...workflow.Step) workflow.Branch { return workflow.Branch{Steps: steps} }

// tag makes a tag of the workspace.
func (h *house) tag(name string) db.ID {
	h.t.Helper()
	tag, err := h.conversations.SaveTag(context.Background(), h.owner, conversation.Tag{Name: name})
	must(h.t, err)
	return tag.ID
}

// hears lets a person write, and gives the conversation; nobody is told yet.
func (h *house) hears(phone, words string) db.ID {
	h.t.Helper()
	h.said++
	e := channel.Inbound{ExternalID: fmt.Sprintf("wamid.w%d", h.said), At: h.d.Now(), From: []channel.Identity{{Kind: channel.Phone, Value: phone}}, Kind: channel.Text, Text: words,
		Name: "Julia Prado"}
	var id db.ID
	h.write(func(ctx context.Context, tx *db.Tx) (err error) {
		if _, err = h.conversations.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: h.owner.Workspace, Inbox: h.box.ID, Event: e}}); err != nil {
			return err
		}
		id, err = db.One[db.ID](ctx, tx, "select c.id from conversations c join identities i on i.contact_id = c.contact_id where c.inbox_id = $1 and i.value = $2", h.box.ID, phone)
		return err
	})
	return id
}

// tells tells facts to routing and workflows, and lets runs go on, until nothing happens any more.
func (h *house) tells() (rounds int) {
	h.t.Helper()
	ctx := context.Background()
	for {
		facts, err := h.log.Read(ctx, h.seen, 500)
		must(h.t, err)
		n, err := h.room.GoOn(ctx)
		must(h.t, err)
		if len(facts) == 0 && n == 0 {
			// On PostgreSQL facts hide behind whatever older transaction runs on the server, another test's too.
			hidden, err := db.One[int](ctx, h.d, "select count(*) from events where seq > $1", h.last)
			must(h.t, err)
			if hidden == 0 {
				return rounds
			}
			time.Sleep(5 * time.Millisecond)
			continue
		}
		if rounds++; rounds > 500 {
			h.t.Fatal("it never comes to rest")
		}
		if len(facts) == 0 {
			continue
		}
		h.seen = h.log.CursorOf(facts[len(facts)-1])
		for _, e := range facts {
			h.last = max(h.last, e.Seq)
			h.told(e)
		}
	}
}

// told tells one fact, to workflows twice.
func (h *house) told(e event.Event) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		ctx = event.CausedBy(ctx, e.Cause)
		if e.Kind == conversation.MessageReceived {
			if err := h.routing.React(ctx, tx, []event.Event{e}); err != nil {
				return err
			}
		}
		if slices.Contains([]string{conversation.TicketOpened, conversation.TicketAssigned, conversation.TicketClosed}, e.Kind) {
			if err := h.routing.Distribute(ctx, tx, []event.Event{e}); err != nil {
				return err
			}
		}
		return nil
	})
	if !slices.Contains(h.room.Subscriber().Kinds, e.Kind) {
		return
	}
	for range 2 {
		h.write(func(ctx context.Context, tx *db.Tx) error { return h.room.React(ctx, tx, []event.Event{e}) })
	}
}

// says lets a person write and everything happen that follows.
func (h *house) says(phone, words string) db.ID {
	h.t.Helper()
	id := h.hears(phone, words)
	h.tells()
	return id
}

// passes lets waits be over.
func (h *house) passes() {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update workflow_runs set due_at = 1 where due_at is not null and workspace_id = $1 and state <> 'calling'", h.owner.Workspace)
		return err
	})
	h.tells()
}

func (h *house) row(id db.ID) conversation.Row {
	h.t.Helper()
	row, err := h.conversations.Get(context.Background(), conversation.Everything(h.owner.Workspace), id)
	must(h.t, err)
	return row
}

// out is what was said to a person.
func (h *house) out(id db.ID) string {
	h.t.Helper()
	said, err := db.All[string](context.Background(), h.d, "select body from messages where conversation_id = $1 and direction = 2 order by id", id)
	must(h.t, err)
	return strings.Join(said, "\n")
}

// did is what runs of a conversation did, in the order they began.
func (h *house) did(id db.ID) string {
	h.t.Helper()
	all, err := h.room.RunsIn(context.Background(), h.owner.Workspace, id)
	must(h.t, err)
	slices.SortFunc(all, func(a, b workflow.Run) int { return int(a.ID - b.ID) })
	var out []string
	for _, one := range all {
		line := one.Name + " " + one.State
		if one.Reason != "" {
			line += " " + one.Reason
		}
		for _, l := range one.Lines {
			if l.Kind == "branch" {
				continue
			}
			line += ", " + l.Kind + " " + l.Did
			if l.Reason != "" {
				line += " " + l.Reason
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func (h *house) runs(w workflow.Workflow) []workflow.Run {
	h.t.Helper()
	all, err := h.room.Runs(context.Background(), h.owner.Workspace, w.ID, 0)
	must(h.t, err)
	return all
}

// ages makes everything in a conversation have happened so many minutes earlier.
func (h *house) ages(id db.ID, minutes int64) {
	h.t.Helper()
	long := minutes * 60_000
	h.write(func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `update conversations set queued_at = queued_at - $2, last_inbound_at = last_inbound_at - $2, last_message_at = last_message_at - $2 where id = $1`,
			id, long); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update messages set id = id - $2 where conversation_id = $1", id, long<<22)
		return err
	})
}

// looks looks for times that have come, twice, and lets everything happen that follows.
func (h *house) looks() {
	h.t.Helper()
	for range 2 {
		_, err := h.room.Look(context.Background())
		must(h.t, err)
	}
	h.tells()
}
