package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/media"
	"recado/internal/simulator"
)

// speaker may write: a bot of the workspace.
func (h *house) speaker() account.Actor { return account.Bot(h.workspace) }

// meet lets a person write first and gives the conversation.
func (h *house) meet(who string) db.ID {
	h.t.Helper()
	h.deliver("messages", simulator.DemoNumberVentas, textFrom(who, "wamid.meet"+who, "hola"))
	h.comes(1, "select count(*) from messages where external_id = $1", "wamid.meet"+who)
	id, err := db.One[db.ID](context.Background(), h.d, "select conversation_id from messages where external_id = $1", "wamid.meet"+who)
	h.must(err)
	// The provider opens its window for what its own customers say.
	_, err = h.provider.Say(who, simulator.Said{Number: simulator.DemoNumberVentas, Type: "text", Text: "hola"})
	h.must(err)
	return id
}

func (h *house) say(in db.ID, text string) db.ID {
	h.t.Helper()
	m, err := h.conversations.Post(context.Background(), h.speaker(), conversation.Draft{Conversation: in, Kind: channel.Text, Text: text})
	h.must(err)
	return m.ID
}

func (h *house) reaches(id db.ID, want conversation.Status) {
	h.t.Helper()
	h.eventually(func() error {
		if got := h.status(id); got < want {
			return fmt.Errorf("message stands at %d, want %d", got, want)
		}
		return nil
	})
}

func (h *house) class(id db.ID) string {
	h.t.Helper()
	class, err := db.One[string](context.Background(), h.d, "select error_class from messages where id = $1", id)
	h.must(err)
	return class
}

func (h *house) fault(f simulator.Fault) {
	h.t.Helper()
	_, err := h.provider.AddFault(f)
	h.must(err)
}

func TestSend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, newOutside(t, simulator.Config{}), d, Config{}).run()
		if _, err := h.gate.SyncTemplates(t.Context(), h.box.ID); err != nil {
			t.Fatal(err)
		}
		talk := h.meet("5531955001003")
		t.Run("an answer leaves at once and its statuses come back", func(t *testing.T) {
			began := time.Now()
			m := h.say(talk, "¡Hola!")
			h.reaches(m, conversation.Accepted)
			t.Logf("accepted after %v", time.Since(began))
			h.reaches(m, conversation.Delivered)
			if sent := h.provider.Messages(simulator.Filter{Callback: m.String()}); len(sent) != 1 {
				t.Errorf("the provider got it %d times", len(sent))
			}
		})
		t.Run("answers to one person arrive in order", func(t *testing.T) {
			for i := range 15 {
				h.say(talk, fmt.Sprintf("número %02d", i))
			}
			h.comes(0, "select count(*) from messages where status in (10, 20)")
			sent := h.provider.Messages(simulator.Filter{Recipient: "5531955001003"})
			if len(sent) != 16 {
				t.Fatalf("%d arrived, want 16", len(sent))
			}
			for i := 1; i < len(sent); i++ {
				if sent[i].Callback <= sent[i-1].Callback {
					t.Fatalf("message %d overtook another", i)
				}
			}
		})
		t.Run("a file is uploaded once and sent by its id", func(t *testing.T) {
			f, err := h.rooms.Media.Save(t.Context(), h.workspace, "lista.pdf", bytes.NewReader([]byte("%PDF-1.7\n"+strings.Repeat("x", 100))),
				[]media.Limit{{Kind: "document", Mimes: []string{"application/pdf"}, Bytes: 1 << 20}})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				m, err := h.conversations.Post(t.Context(), h.speaker(), conversation.Draft{Conversation: talk, Kind: channel.Document, File: f.ID, Text: "la lista"})
				if err != nil {
					t.Fatal(err)
				}
				h.reaches(m.ID, conversation.Delivered)
			}
		})
		t.Run("a recording goes as a voice note and is played", func(t *testing.T) {
			webm, err := os.ReadFile("../media/opus/testdata/chromium.webm")
			if err != nil {
				t.Fatal(err)
			}
			note, err := h.rooms.Media.SaveVoice(t.Context(), h.workspace, "voz.webm", bytes.NewReader(webm), nil)
			if err != nil {
				t.Fatal(err)
			}
			m, err := h.conversations.Post(t.Context(), h.speaker(), conversation.Draft{Conversation: talk, Kind: channel.Audio, File: note.ID,
				Content: channel.Content{Media: &channel.Media{Voice: true}}})
			if err != nil {
				t.Fatal(err)
			}
			h.reaches(m.ID, conversation.Delivered)
		})
		t.Run("a file goes as what it is", func(t *testing.T) {
			f, err := h.rooms.Media.Save(t.Context(), h.workspace, "foto.jpg", strings.NewReader("%PDF-1.7 and so on"),
				[]media.Limit{{Kind: "document", Mimes: []string{"application/pdf"}, Bytes: 1 << 20}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.conversations.Post(t.Context(), h.speaker(), conversation.Draft{Conversation: talk, Kind: channel.Image, File: f.ID})
			if !fault.Is(err, "message.file_kind") {
				t.Errorf("%v", err)
			}
			m, err := h.conversations.Post(t.Context(), h.speaker(), conversation.Draft{Conversation: talk, Kind: channel.Document, File: f.ID})
			if err != nil || !strings.Contains(string(m.Content), `"foto.jpg"`) {
				t.Fatalf("%s %v", m.Content, err)
			}
			h.reaches(m.ID, conversation.Delivered)
		})
		t.Run("each class of failure ends where the table says", func(t *testing.T) {
			campaign := func() db.ID { return h.active(2500+int(time.Now().UnixNano()%900), 1)[0] }
			for name, try := range map[string]struct {
				fault simulator.Fault
				class channel.Class
			}{
				"not on WhatsApp":    {simulator.Fault{Kind: simulator.FaultAsyncCode, Code: 131026, Count: 1}, channel.RecipientLater},
				"marketing stopped":  {simulator.Fault{Kind: simulator.FaultAsyncCode, Code: 131050, Count: 1}, channel.RecipientNever},
				"bad request":        {simulator.Fault{Kind: simulator.FaultCode, Code: 131009, Count: 1}, channel.BadRequest},
				"window closed":      {simulator.Fault{Kind: simulator.FaultAsyncCode, Code: 131047, Count: 1}, channel.WindowClosed},
				"window closed, now": {simulator.Fault{Kind: simulator.FaultCode, Code: 131047, Count: 1}, channel.WindowClosed},
			} {
				h.fault(try.fault)
				m := campaign()
				h.eventually(func() error {
					if got, class := h.status(m), h.class(m); got != conversation.Failed || class != string(try.class) {
						return fmt.Errorf("%s: status %d class %q", name, got, class)
					}
					return nil
				})
			}
			h.comes(1, "select count(*) from contacts where opted_out_source = 'provider'")
		})
		t.Run("a paused template fails its message and is paused here, then read again", func(t *testing.T) {
			h.fault(simulator.Fault{Kind: simulator.FaultTemplatePaused, Count: 1})
			m := h.active(4000, 1)[0]
			h.eventually(func() error {
				if h.status(m) != conversation.Failed || h.class(m) != string(channel.TemplateDown) {
					return errors.New("the message has not failed")
				}
				return nil
			})
			h.comes(1, "select count(*) from events where kind = 'template.changed' and subject_id <> 0")
			h.comes(1, "select count(*) from templates where name = 'promo_primavera' and language = 'es' and status = 'APPROVED'")
		})
		t.Run("a slow-down of the number costs no try", func(t *testing.T) {
			h.fault(simulator.Fault{Kind: simulator.FaultRateLimit, Count: 3})
			m := h.active(4100, 1)[0]
			h.reaches(m, conversation.Accepted)
			if n := h.count("select attempts from messages where id = $1", m); n != 1 {
				t.Errorf("%d tries were counted", n)
			}
		})
		t.Run("a fault of the provider is tried again", func(t *testing.T) {
			h.fault(simulator.Fault{Kind: simulator.FaultServerError, Count: 1})
			m := h.active(4200, 1)[0]
			h.reaches(m, conversation.Accepted)
			if n := h.count("select attempts from messages where id = $1", m); n != 2 {
				t.Errorf("%d tries were counted, want 2", n)
			}
		})
		t.Run("a connection that breaks before anything left, or after, sends exactly once", func(t *testing.T) {
			for _, kind := range []string{simulator.FaultTimeoutBefore, simulator.FaultTimeoutAfter} {
				h.fault(simulator.Fault{Kind: kind, Count: 2})
			}
			ids := h.active(4300, 30)
			time.Sleep(newsMargin + time.Second) // what the provider never got is proven by news of what went out later
			ids = append(ids, h.active(4330, 1)...)
			for _, m := range ids {
				h.reaches(m, conversation.Delivered)
			}
			exactlyOnce(t, h, ids)
		})
		t.Run("a restricted account blocks campaigns and still lets agents answer", func(t *testing.T) {
			h.fault(simulator.Fault{Kind: simulator.FaultCode, Code: 131031, Count: 1})
			m := h.active(4400, 1)[0]
			h.comes(1, "select count(*) from inboxes where status = 'blocked' and status_code = 131031")
			h.reaches(m, conversation.Failed)
			h.reaches(h.say(talk, "seguimos aquí"), conversation.Accepted)
			h.must(h.rooms.Inboxes.SetStatus(t.Context(), h.box.ID, inbox.Connected, 0))
		})
		t.Run("a revoked token disconnects the number, keeps everything queued, and goes on when mended", func(t *testing.T) {
			h.fault(simulator.Fault{Kind: simulator.FaultTokenRevoked})
			ids := h.active(4500, 5)
			h.comes(1, "select count(*) from inboxes where status = 'disconnected' and status_code = 190")
			h.comes(5, "select count(*) from messages where status = 10 and campaign_id = 5 and attempts = 0")
			h.provider.ClearFaults()
			token := simulator.DemoToken
			if _, err := h.rooms.Inboxes.Update(t.Context(), h.workspace, h.box.ID, inbox.Change{Token: &token}); err != nil {
				t.Fatal(err)
			}
			for _, m := range ids {
				h.reaches(m, conversation.Accepted)
			}
			exactlyOnce(t, h, ids)
		})
	})
}

func exactlyOnce(t *testing.T, h *house, ids []db.ID) {
	t.Helper()
	for _, id := range ids {
		if sent := h.provider.Messages(simulator.Filter{Callback: id.String()}); len(sent) != 1 {
			t.Errorf("the provider got message %d %d times", id, len(sent))
		}
	}
}

// A node dies in the middle of a campaign, with requests under way and outcomes not stored; the next one takes over.
func TestKill(t *testing.T) {
	each(t, func(t *testing.T, first, again func() *db.DB) {
		o := newOutside(t, simulator.Config{Latency: 20 * time.Millisecond})
		h := open(t, o, first(), Config{}).run()
		ids := h.active(1000, 400)
		h.eventually(func() error {
			if n := h.provider.Stats().Accepted; n < 100 {
				return fmt.Errorf("%d accepted", n)
			}
			return nil
		})
		gone := h.dies()
		time.Sleep(newsMargin + time.Second) // its news after the restart are late enough to prove what never left
		next := build(t, o, again(), Config{})
		next.workspace, next.box, next.actor = h.workspace, h.box, h.actor
		next.run()
		for _, m := range ids {
			next.reaches(m, conversation.Delivered)
		}
		gone()
		exactlyOnce(t, next, ids)
		if stats := next.provider.Stats(); stats.DuplicateCallbacks != 0 {
			t.Errorf("%d messages were sent twice", stats.DuplicateCallbacks)
		}
	})
}

// each gives a test two handles, one after the other, on the same database.
func each(t *testing.T, test func(t *testing.T, first, again func() *db.DB)) {
	opener := func(t *testing.T, config db.Config) (func() *db.DB, func() *db.DB) {
		openIt := func() *db.DB {
			d, err := db.Open(context.Background(), config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { d.Close() })
			if _, err := d.Migrate(context.Background()); err != nil {
				t.Fatal(err)
			}
			d.SetNode(1)
			return d
		}
		return openIt, openIt
	}
	t.Run("sqlite", func(t *testing.T) {
		a, b := opener(t, db.Config{Path: t.TempDir() + "/recado.db"})
		test(t, a, b)
	})
	t.Run("postgres", func(t *testing.T) {
		a, b := opener(t, db.Config{URL: dbtest.PostgresURL(t), Connections: 8})
		test(t, a, b)
	})
}

// Without a single status the provider proves nothing: what is unconfirmed stays so.
func TestWithoutProofNothingIsSentAgain(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, newOutside(t, simulator.Config{Statuses: simulator.StatusNone}), d, Config{Settle: 200 * time.Millisecond}).run()
	h.fault(simulator.Fault{Kind: simulator.FaultTimeoutAfter, Count: 1})
	m := h.active(0, 1)[0]
	h.comes(int64(conversation.Unconfirmed), "select status from messages where id = $1", m)
	time.Sleep(time.Second)
	if got := h.status(m); got != conversation.Unconfirmed {
		t.Fatalf("it went on to %d without proof", got)
	}
	// A status of another message, later by more than two seconds, is the proof; the second time it stays.
	h.fault(simulator.Fault{Kind: simulator.FaultTimeoutBefore, Count: 1})
	h.deliver("messages", simulator.DemoNumberVentas, statusOf("wamid.any", "", "sent", time.Now().Add(time.Hour)))
	h.comes(2, "select attempts from messages where id = $1", m)
}

func TestStopping(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, newOutside(t, simulator.Config{Latency: 100 * time.Millisecond}), d, Config{}).run()
	ids := h.active(1000, 300)
	h.eventually(func() error {
		if h.provider.Stats().Accepted == 0 {
			return errors.New("nothing left yet")
		}
		return nil
	})
	h.stop()
	if n := h.count("select count(*) from messages where status in (20, 30)"); n != 0 {
		t.Errorf("%d messages were left in doubt by a stop in good order", n)
	}
	if n := h.count("select count(*) from inbox_leases"); n != 0 {
		t.Errorf("%d leases were kept", n)
	}
	accepted := h.provider.Stats().Accepted
	if n := h.count("select count(*) from messages where status >= 40 and campaign_id = 5"); n != accepted || n == int64(len(ids)) {
		t.Errorf("%d outcomes stored, the provider accepted %d of %d", n, accepted, len(ids))
	}
}
