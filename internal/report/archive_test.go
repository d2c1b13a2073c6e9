package report

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/media"
	"recado/internal/notice"
	"recado/internal/routing"
)

// house is a workspace with one number and one person who may export and sees that number only.
type house struct {
	t         *testing.T
	d         *db.DB
	archives  *Archives
	workspace db.ID
	box       inbox.Inbox
	luis      account.Actor
	said      int
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, d: d}
	log := event.NewLog(d, event.NewBell(d))
	accounts, contacts := account.New(d, log), contact.New(d, log)
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	h.must(err)
	inboxes := inbox.New(d, log, sealer)
	conversations := conversation.New(d, log, contacts, inboxes)
	jobs, err := job.New(d)
	h.must(err)
	h.must(jobs.Migrate(t.Context()))
	folder, err := media.OpenFolder(t.TempDir())
	h.must(err)
	t.Cleanup(func() { _ = folder.Close() })
	room := New(d, Rooms{Inboxes: inboxes, Contacts: contacts, Conversations: conversations, Routing: routing.New(d, log, accounts, inboxes, conversations)})
	h.archives = NewArchives(room, accounts, media.New(d, folder), jobs, notice.New(d, log, conversations))

	workspace, err := accounts.CreateWorkspace(t.Context(), "Tienda", "es")
	h.must(err)
	h.workspace = workspace.ID
	h.box, err = inboxes.Create(t.Context(), inbox.Draft{Workspace: workspace.ID, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: "2090010010010011", Account: "1090010010010010", Token: "token"})
	h.must(err)
	user, err := accounts.CreateUser(t.Context(), account.NewUser{Name: "Luis Rey", Email: "luis@ejemplo.test", Locale: "es"})
	h.must(err)
	profile, err := accounts.CreateProfile(t.Context(), account.System(workspace.ID), account.NewProfile{Name: "Archivo",
		Permissions: account.Permissions{Areas: map[account.Area]account.Level{account.Desk: account.View}, Abilities: []account.Ability{account.Export}}})
	h.must(err)
	_, err = accounts.AddMember(t.Context(), account.System(workspace.ID), user.ID, profile.ID)
	h.must(err)
	h.exec("insert into inbox_members (workspace_id, inbox_id, user_id, part) values ($1, $2, $3, 'agent')", workspace.ID, h.box.ID, user.ID)
	h.luis, err = accounts.ActorOf(t.Context(), workspace.ID, user.ID)
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) exec(text string, args ...any) {
	h.t.Helper()
	h.must(h.d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}

// tickets opens so many, each of another person.
func (h *house) tickets(n int) []db.ID {
	h.t.Helper()
	ids := make([]db.ID, n)
	for i := range ids {
		h.said++
		h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			r, err := h.archives.room.Conversations.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: h.workspace, Inbox: h.box.ID, Event: channel.Inbound{
				ExternalID: fmt.Sprint("wamid.", h.said), At: tx.Now(), Kind: channel.Text, Text: "¿Dónde está mi pedido?", Name: "María",
				From: []channel.Identity{{Kind: channel.Phone, Value: fmt.Sprintf("55319555%05d", h.said)}}}}})
			if err != nil {
				return err
			}
			all, err := h.archives.room.Conversations.MessagesByID(ctx, tx, h.workspace, r.Messages)
			if err != nil {
				return err
			}
			t, _, err := h.archives.room.Conversations.OpenTicketIn(ctx, tx, account.System(h.workspace), conversation.Opening{
				Conversation: all[r.Messages[0]].Conversation, Holder: conversation.HolderBot})
			ids[i] = t.ID
			return err
		}))
	}
	return ids
}

// run lets the work run until it is stopped.
func (h *house) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.archives.jobs.Run(ctx) }()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			if err := <-done; err != nil {
				h.t.Errorf("stopping: %v", err)
			}
		}
	}
	h.t.Cleanup(stop)
	return stop
}

func (h *house) ask(tickets []db.ID) Archive {
	h.t.Helper()
	a, err := h.archives.Ask(h.t.Context(), h.luis, tickets, "https://desk.example", "es")
	h.must(err)
	return a
}

// ends waits until an archive is over.
func (h *house) ends(id db.ID) Archive {
	h.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		a, err := h.archives.get(h.t.Context(), h.luis, id)
		h.must(err)
		if a.State != ArchiveRunning {
			return a
		}
		if time.Now().After(end) {
			h.t.Fatalf("it does not end: %+v", a)
		}
	}
}

// names are the entries of a ready archive, each of which must be a PDF.
func (h *house) names(id db.ID) (names []string) {
	h.t.Helper()
	a, body, err := h.archives.Open(h.t.Context(), h.luis, id)
	h.must(err)
	defer body.Close()
	whole, err := io.ReadAll(body)
	h.must(err)
	if int64(len(whole)) != a.Size {
		h.t.Errorf("%d bytes, told are %d", len(whole), a.Size)
	}
	in, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	h.must(err)
	for _, f := range in.File {
		entry, err := f.Open()
		h.must(err)
		text, err := io.ReadAll(entry)
		h.must(err)
		if !strings.HasPrefix(string(text), "%PDF-") {
			h.t.Errorf("%s is no PDF", f.Name)
		}
		names = append(names, f.Name)
	}
	return names
}

func (h *house) told() []notice.Notice {
	h.t.Helper()
	all, err := h.archives.notices.List(h.t.Context(), conversation.Reach{Workspace: h.workspace, User: h.luis.User})
	h.must(err)
	return all
}

func (h *house) kept() (n int) {
	h.t.Helper()
	n, err := db.One[int](h.t.Context(), h.d, "select count(*) from archives")
	h.must(err)
	return n
}

func TestArchive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.run()
		ids := h.tickets(3)
		made := h.ends(h.ask(ids).ID)
		t.Run("B35: a ZIP with a PDF of each ticket, told when it is ready", func(t *testing.T) {
			if made.State != ArchiveReady || made.Total != 3 || made.Done != 3 || made.LeftOut != 0 || made.Size == 0 || made.ExpiresAt-made.FinishedAt != ArchiveKept.Milliseconds() {
				t.Errorf("%+v", made)
			}
			if names := h.names(made.ID); !slices.Equal(names, []string{"recado-1.pdf", "recado-2.pdf", "recado-3.pdf"}) {
				t.Errorf("%q", names)
			}
			if told := h.told(); len(told) != 1 || told[0].Kind != notice.Archive || told[0].Text != made.Name() || told[0].Conversation != 0 {
				t.Errorf("%+v", told)
			}
			h.must(h.archives.notices.MarkOthersRead(t.Context(), h.luis))
			if told := h.told(); told[0].ReadAt == 0 {
				t.Errorf("%+v", told)
			}
		})
		t.Run("only the person who asked gets it", func(t *testing.T) {
			other := account.System(h.workspace)
			other.User, other.Permissions = 99, account.All()
			if _, _, err := h.archives.Open(t.Context(), other, made.ID); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			if err := h.archives.Remove(t.Context(), other, made.ID); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			mayNot := h.luis
			mayNot.Permissions.Abilities = nil
			if _, _, err := h.archives.Open(t.Context(), mayNot, made.ID); fault.KindOf(err) != fault.Forbidden {
				t.Error(err)
			}
			if _, err := h.archives.Ask(t.Context(), mayNot, ids, "", "es"); fault.KindOf(err) != fault.Forbidden {
				t.Error(err)
			}
		})
		t.Run("only while that person sees all that is in it", func(t *testing.T) {
			h.exec("delete from inbox_members where user_id = $1", h.luis.User)
			if _, _, err := h.archives.Open(t.Context(), h.luis, made.ID); !fault.Is(err, "archive.out_of_reach") {
				t.Error(err)
			}
			if _, err := h.archives.Ask(t.Context(), h.luis, ids, "", "es"); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			h.exec("insert into inbox_members (workspace_id, inbox_id, user_id, part) values ($1, $2, $3, 'agent')", h.workspace, h.box.ID, h.luis.User)
			h.exec("update archives set revoked = 1 where id = $1", made.ID)
			if _, _, err := h.archives.Open(t.Context(), h.luis, made.ID); !fault.Is(err, "archive.out_of_reach") {
				t.Errorf("with what authors took back: %v", err)
			}
			h.exec("update archives set revoked = 0 where id = $1", made.ID)
		})
		t.Run("it is removed when its time is over", func(t *testing.T) {
			h.must(h.archives.Forget(t.Context()))
			if h.kept() != 1 {
				t.Fatal("it was removed before")
			}
			h.exec("update archives set expires_at = $1", d.Now()-1)
			if _, _, err := h.archives.Open(t.Context(), h.luis, made.ID); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			h.must(h.archives.Forget(t.Context()))
			if _, err := h.archives.files.OpenKept(t.Context(), h.workspace, made.place(1)); h.kept() != 0 || !fault.Is(err, "file.failed") {
				t.Errorf("%d left, %v", h.kept(), err)
			}
		})
		t.Run("none and too many are refused", func(t *testing.T) {
			if _, err := h.archives.Ask(t.Context(), h.luis, nil, "", "es"); !fault.Is(err, "archive.nothing") {
				t.Error(err)
			}
			many := make([]db.ID, ArchiveMost+1)
			for i := range many {
				many[i] = db.ID(i + 1)
			}
			if _, err := h.archives.Ask(t.Context(), h.luis, many, "", "es"); !fault.Is(err, "archive.too_many") {
				t.Error(err)
			}
		})
	})
}

func TestArchiveUnderWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ids := h.tickets(3)
		t.Run("one at a time, and one that is stopped leaves nothing", func(t *testing.T) {
			a := h.ask(ids)
			if _, err := h.archives.Ask(t.Context(), h.luis, ids, "", "es"); !fault.Is(err, "archive.running") {
				t.Error(err)
			}
			h.must(h.archives.Remove(t.Context(), h.luis, a.ID))
			stop := h.run()
			time.Sleep(300 * time.Millisecond)
			stop()
			if h.kept() != 0 || len(h.told()) != 0 {
				t.Errorf("%d left, told %+v", h.kept(), h.told())
			}
		})
		t.Run("a process that ends half-way leaves nothing wrong: another one begins anew", func(t *testing.T) {
			a := h.ask(ids)
			reached, goOn := make(chan bool), make(chan bool)
			first := true
			h.archives.between = func() {
				if first {
					first = false
					reached <- true
					<-goOn
				}
			}
			stop := h.run()
			<-reached
			// The process hangs and tells nothing: its place is taken.
			h.exec("update archives set lease_until = 0")
			h.must(h.archives.Resume(t.Context()))
			done := h.ends(a.ID)
			if done.Run != 2 || done.State != ArchiveReady || len(h.names(a.ID)) != 3 {
				t.Errorf("%+v", done)
			}
			goOn <- true
			time.Sleep(200 * time.Millisecond)
			stop()
			if names := h.names(a.ID); len(names) != 3 {
				t.Errorf("the late one disturbed it: %q", names)
			}
			if _, err := h.archives.files.OpenKept(t.Context(), h.workspace, a.place(1)); !fault.Is(err, "file.failed") {
				t.Errorf("the late one left its file: %v", err)
			}
			if told := h.told(); len(told) != 1 || told[0].Times != 1 {
				t.Errorf("%+v", told)
			}
		})
		t.Run("what is no longer within reach when its turn comes is left out and said", func(t *testing.T) {
			a := h.ask(ids)
			h.exec("update conversations set inbox_id = $1 where id = (select conversation_id from tickets where id = $2)", d.NewID(), ids[1])
			stop := h.run()
			done := h.ends(a.ID)
			if done.State != ArchiveReady || done.LeftOut != 1 || done.Done != 3 || !slices.Equal(h.names(a.ID), []string{"recado-1.pdf", "recado-3.pdf"}) {
				t.Errorf("%+v", done)
			}
			stop()
		})
		t.Run("who may no longer export is told that it failed", func(t *testing.T) {
			a := h.ask(ids[:1])
			h.exec("update members set disabled_at = $1 where user_id = $2", d.Now(), h.luis.User)
			stop := h.run()
			done := h.ends(a.ID)
			if done.State != ArchiveFailed || done.Problem != "account.not_member" || done.Size != 0 {
				t.Errorf("%+v", done)
			}
			stop()
		})
	})
}
