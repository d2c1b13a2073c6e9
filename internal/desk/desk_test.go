package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/desk"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/routing"
	"recado/internal/template"

	"github.com/coder/websocket"
)

// house is a workspace with a number, an agent of it, and a hub that runs.
type house struct {
	t             *testing.T
	d             *db.DB
	log           *event.Log
	accounts      *account.Room
	inboxes       *inbox.Room
	contacts      *contact.Room
	conversations *conversation.Room
	routing       *routing.Room
	room          *desk.Room
	hub           *desk.Hub
	workspace     account.Workspace
	ventas        inbox.Inbox
	said          int
	ended         sync.Map // user ids whose session ended
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	ctx := t.Context()
	bell := event.NewBell(d)
	h := &house{t: t, d: d, log: event.NewLog(d, bell)}
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	h.must(err)
	h.accounts, h.contacts = account.New(d, h.log), contact.New(d, h.log)
	h.inboxes = inbox.New(d, h.log, sealer)
	h.conversations = conversation.New(d, h.log, h.contacts, h.inboxes)
	h.routing = routing.New(d, h.log, h.accounts, h.inboxes, h.conversations)
	h.room = desk.New(d, h.accounts, h.contacts, h.inboxes, template.New(d, h.log), h.conversations, h.routing)
	h.hub = desk.NewHub(h.room, h.log)
	h.workspace, err = h.accounts.CreateWorkspace(ctx, "Tienda de prueba", "es")
	h.must(err)
	h.ventas, err = h.inboxes.Create(ctx, inbox.Draft{Workspace: h.workspace.ID, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: "2090010010010011", Account: "1090010010010010", Token: "token"})
	h.must(err)
	running, stop := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { bell.Run(running) })
	parts.Go(func() { _ = h.hub.Run(running) })
	t.Cleanup(func() { stop(); parts.Wait() })
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) agent(name string, numbers ...inbox.Inbox) account.Actor {
	h.t.Helper()
	ctx, system := h.t.Context(), account.System(h.workspace.ID)
	user, err := h.accounts.CreateUser(ctx, account.NewUser{Name: name, Email: name + "@ejemplo.test", Locale: "es"})
	h.must(err)
	profile, err := h.accounts.StandardProfile(ctx, h.workspace, account.Agent)
	h.must(err)
	_, err = h.accounts.AddMember(ctx, system, user.ID, profile.ID)
	h.must(err)
	for _, n := range numbers {
		h.must(h.inboxes.AddMember(ctx, h.workspace.ID, n.ID, user.ID, inbox.Agent))
	}
	actor, err := h.accounts.ActorOf(ctx, h.workspace.ID, user.ID)
	h.must(err)
	return actor
}

func (h *house) writes(phone, text string) db.ID {
	h.t.Helper()
	h.said++
	event := channel.Inbound{ExternalID: fmt.Sprintf("wamid.%d", h.said), At: h.d.Now(), Name: "مها 😀", Kind: channel.Text, Text: text,
		From: []channel.Identity{{Kind: channel.Phone, Value: phone}}}
	var id db.ID
	h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		r, err := h.conversations.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: h.workspace.ID, Inbox: h.ventas.ID, Event: event}})
		if err == nil {
			id = r.Messages[0]
		}
		return err
	}))
	return id
}

// frame is what a desk hears, read loosely.
type frame struct {
	Type, Cursor string
	Now          int64
	Facts        []fact
}

type fact struct {
	Kind, State, Text string
	People            []desk.Looking
	Conversation      *struct {
		Contact struct{ Name string }
		Inbox   struct{ Label string }
	}
	Message *struct{ Text string }
}

// screen is an open desk.
type screen struct {
	h      *house
	socket *websocket.Conn
	cursor string
}

func (h *house) opens(actor account.Actor, after string) *screen {
	h.t.Helper()
	return h.opensOn(h.hub, actor, after)
}

// opensOn opens a desk on a node of its own.
func (h *house) opensOn(hub *desk.Hub, actor account.Actor, after string) *screen {
	h.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer socket.CloseNow()
		_ = hub.Serve(r.Context(), socket, func(ctx context.Context) (account.Actor, error) {
			if _, ended := h.ended.Load(actor.User); ended {
				return account.Actor{}, fault.New(fault.Unauthorized, "auth.required", "sign in first")
			}
			return h.accounts.ActorOf(ctx, actor.Workspace, actor.User)
		}, event.Cursor(after))
	}))
	h.t.Cleanup(server.Close)
	socket, _, err := websocket.Dial(h.t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	h.must(err)
	socket.SetReadLimit(1 << 22)
	h.t.Cleanup(func() { _ = socket.CloseNow() })
	return &screen{h: h, socket: socket}
}

// hears waits for the first frame that fits.
func (s *screen) hears(what string, fits func(frame) bool) frame {
	s.h.t.Helper()
	ctx, cancel := context.WithTimeout(s.h.t.Context(), 10*time.Second)
	defer cancel()
	for {
		_, text, err := s.socket.Read(ctx)
		if err != nil {
			s.h.t.Fatalf("did not hear %s: %v", what, err)
		}
		var f frame
		s.h.must(json.Unmarshal(text, &f))
		if f.Cursor != "" {
			s.cursor = f.Cursor
		}
		if fits(f) {
			return f
		}
	}
}

func (s *screen) hello() {
	s.h.t.Helper()
	s.hears("hello", func(f frame) bool { return f.Type == "hello" })
}

// hearsNot makes sure that a message is not among what comes before a fact that everybody is told.
func (s *screen) hearsNot(text string) {
	s.h.t.Helper()
	s.h.must(s.h.d.Write(s.h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return s.h.log.Append(ctx, tx, event.Fact{Workspace: s.h.workspace.ID, Kind: routing.AvailabilityChanged,
			Data: routing.AvailabilityFact{State: "marker " + routing.State(text)}})
	}))
	s.hears("a fact for everybody", func(f frame) bool {
		if saying(text)(f) {
			s.h.t.Errorf("heard %q", text)
		}
		return slices.ContainsFunc(f.Facts, func(fact fact) bool { return fact.State == "marker "+text })
	})
}

func saying(text string) func(frame) bool {
	return func(f frame) bool {
		for _, fact := range f.Facts {
			if fact.Kind == "message" && fact.Message.Text == text {
				return true
			}
		}
		return false
	}
}

func TestLivePush(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana := h.agent("ana", h.ventas)
		screen := h.opens(ana, "")
		screen.hello()

		t.Run("a message appears with its conversation", func(t *testing.T) {
			h.writes("5531985551001", "hola")
			f := screen.hears("the message", saying("hola"))
			for _, fact := range f.Facts {
				if c := fact.Conversation; fact.Kind == "message" && (c.Contact.Name != "مها 😀" || c.Inbox.Label != "Ventas") {
					t.Fatalf("%+v", c)
				}
			}
		})
		t.Run("after a drop it continues where it was, without gaps or a reload", func(t *testing.T) {
			place := screen.cursor
			_ = screen.socket.CloseNow()
			h.writes("5531985551001", "uno")
			h.writes("5531985551001", "dos")
			screen = h.opens(ana, place)
			screen.hello()
			missed := []string{} // in one frame, or in two when the second could not be read yet
			screen.hears("what was missed", func(f frame) bool {
				for _, fact := range f.Facts {
					if fact.Kind == "message" {
						missed = append(missed, fact.Message.Text)
					}
				}
				return slices.Contains(missed, "dos")
			})
			if !slices.Equal(missed, []string{"uno", "dos"}) {
				t.Fatalf("it missed %q", missed)
			}
			h.writes("5531985551001", "tres")
			screen.hears("what came after", saying("tres"))
		})
		t.Run("B54 a changed quick reply is told to every open desk, without its words", func(t *testing.T) {
			system := account.System(h.workspace.ID)
			_, err := h.conversations.CreateReplyCategory(t.Context(), system, conversation.Everything(h.workspace.ID), "Saludos secretos")
			h.must(err)
			screen.hears("the change", func(f frame) bool {
				return slices.ContainsFunc(f.Facts, func(p fact) bool { return p.Kind == "quick_replies" })
			})
			screen.hearsNot("secretos")
		})
		t.Run("a place that is not in the log any more means: load again", func(t *testing.T) {
			for _, place := range []string{"999999999", "999999999-9", "nonsense"} {
				other := h.opens(ana, place)
				other.hears("refetch", func(f frame) bool { return f.Type == "refetch" })
				_ = other.socket.CloseNow()
			}
		})
		t.Run("X02 others hear nothing, and access that is given or taken acts at once", func(t *testing.T) {
			lila := h.agent("lila")
			other := h.opens(lila, "")
			other.hello()
			h.writes("5531985551002", "no es para lila")
			other.hearsNot("no es para lila")
			h.must(h.inboxes.AddMember(t.Context(), h.workspace.ID, h.ventas.ID, lila.User, inbox.Agent))
			h.writes("5531985551002", "ahora sí")
			other.hears("what is hers now", saying("ahora sí"))
			h.must(h.inboxes.RemoveMember(t.Context(), h.workspace.ID, h.ventas.ID, lila.User, inbox.Agent))
			h.writes("5531985551002", "ya no")
			other.hearsNot("ya no")
		})
		t.Run("a session that ended closes its screen", func(t *testing.T) {
			bia := h.agent("bia")
			other := h.opens(bia, "")
			other.hello()
			h.ended.Store(bia.User, true)
			h.must(h.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return h.log.Append(ctx, tx, event.Fact{Workspace: h.workspace.ID, Kind: account.ChangedFact, Data: struct{}{}})
			}))
			other.hears("signed_out", func(f frame) bool { return f.Type == "signed_out" })
		})
		t.Run("an open desk makes its agent reachable, a closed one does not", func(t *testing.T) {
			online := func() bool {
				agents, err := h.routing.Agents(t.Context(), h.workspace.ID)
				h.must(err)
				for _, a := range agents {
					if a.User == ana.User {
						return a.Online
					}
				}
				return false
			}
			if !online() {
				t.Fatal("the desk is open and the agent not on line")
			}
			_ = screen.socket.Close(websocket.StatusNormalClosure, "")
			for deadline := time.Now().Add(10 * time.Second); online(); time.Sleep(20 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the desk is closed and the agent still on line")
				}
			}
		})
	})
}

func TestWordsOfAFailure(t *testing.T) {
	for _, locale := range []string{"es", "pt-BR", "en"} {
		byCode := desk.ProblemOf(&conversation.Problem{Code: 131026, Class: string(channel.RecipientLater)}, locale)
		byClass := desk.ProblemOf(&conversation.Problem{Code: 999999, Class: string(channel.WindowClosed)}, locale)
		for _, p := range []*desk.Problem{byCode, byClass} {
			if p.Words == "" || strings.HasPrefix(p.Words, "failure.") {
				t.Errorf("%s: no words for %d %s: %q", locale, p.Code, p.Class, p.Words)
			}
		}
	}
	if desk.ProblemOf(nil, "es") != nil {
		t.Error("a message without a failure has one")
	}
}

func TestWhatWasTakenBackIsWithheld(t *testing.T) {
	said := conversation.Message{Text: "mi clave", Kind: channel.Text, RevokedAt: 5, Content: json.RawMessage(`{"payload":"x"}`), File: &conversation.File{ID: 7}}
	agent := account.Actor{Kind: account.KindUser, Locale: "es"}
	if m := desk.MessageOf(said, agent); m.Text != "" || m.File != nil || string(m.Content) != "{}" || m.RevokedAt == nil {
		t.Errorf("an agent is told %+v", m)
	}
	agent.Permissions.Abilities = []account.Ability{account.SeeAll}
	if m := desk.MessageOf(said, agent); m.Text != "mi clave" || m.File == nil {
		t.Errorf("who sees everything is told %+v", m)
	}
	unknown := conversation.Message{Kind: channel.Unsupported, Content: json.RawMessage(`{"forward":true,"unknown":{"type":"poll"}}`)}
	if m := desk.MessageOf(unknown, agent); string(m.Content) != `{"forward":true}` {
		t.Errorf("the raw part of an unknown kind is told: %s", m.Content)
	}
}
