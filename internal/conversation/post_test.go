package conversation_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

func TestPost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		now := d.Now()

		t.Run("the same client id is stored once, also at the same time", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550601")
			draft := text(c.ID, "hola")
			draft.ClientID = "c-1"
			var wait sync.WaitGroup
			ids := make([]db.ID, 8)
			for i := range ids {
				wait.Go(func() {
					m, err := h.room.Post(ctx, h.ana, draft)
					if err != nil {
						t.Error(err)
					}
					ids[i] = m.ID
				})
			}
			wait.Wait()
			for _, id := range ids {
				same(t, "message", id, ids[0])
			}
		})

		t.Run("past the window words are refused and a template is not", func(t *testing.T) {
			r := h.receive(h.says(h.ventas, "5531955550602", "wamid.old", "hola", now-25*3_600_000))
			c := h.message(r.Messages[0]).Conversation
			if _, err := h.room.Post(ctx, h.ana, text(c, "hola")); !fault.Is(err, "window.closed") {
				t.Errorf("text: %v", err)
			}
			same(t, "state after the refusal", h.row(c).State, conversation.None)
			m := h.post(h.ana, conversation.Draft{Conversation: c, Kind: channel.Template, Text: "Hola de nuevo", Content: channel.Content{Template: &channel.Filled{Name: "aviso", Language: "es"}}})
			same(t, "status", m.Status, conversation.Queued)
			same(t, "state", h.row(c).State, conversation.Open)
		})

		t.Run("a note is for colleagues: it never leaves, opens nothing, and may be written at any time", func(t *testing.T) {
			r := h.receive(h.says(h.ventas, "5531955550603", "wamid.old2", "hola", now-25*3_600_000))
			c := h.message(r.Messages[0]).Conversation
			m := h.post(h.ana, conversation.Draft{Conversation: c, Kind: conversation.KindNote, Text: "llamar mañana"})
			same(t, "direction", m.Direction, conversation.Note)
			same(t, "author", m.Author.Name, "Ana Sosa")
			row := h.row(c)
			same(t, "state", row.State, conversation.None)
			same(t, "preview", row.Preview, "hola")
			same(t, "unread", row.Unread, 1)
			for _, out := range h.claim(h.ventas, now+1000) {
				if out.Message == m.ID {
					t.Error("the note was claimed")
				}
			}
		})

		t.Run("a bot speaks without taking the ticket or ending the wait", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550604")
			h.post(account.Bot(h.workspace), text(c.ID, "Hola, soy un bot"))
			row := h.row(c.ID)
			same(t, "state", row.State, conversation.None)
			if row.WaitingSince == 0 {
				t.Error("the wait is over")
			}
			same(t, "preview", row.Preview, "hola")
		})

		t.Run("bad drafts are refused with a field and nothing is stored", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550605")
			elsewhere := h.post(h.ana, text(h.talk(h.ventas, "5531955550606").ID, "otro"))
			for code, draft := range map[string]conversation.Draft{
				"message.empty":       text(c.ID, " \n"),
				"message.too_long":    text(c.ID, strings.Repeat("ñ", 4097)),
				"message.kind":        {Conversation: c.ID, Kind: conversation.KindMarker, Text: "x"},
				"message.no_file":     {Conversation: c.ID, Kind: channel.Image},
				"message.file":        {Conversation: c.ID, Kind: channel.Image, File: 12345},
				"message.no_template": {Conversation: c.ID, Kind: channel.Template, Text: "x"},
				"message.reply_to":    {Conversation: c.ID, Kind: channel.Text, Text: "x", ReplyTo: elsewhere.ID},
			} {
				if _, err := h.room.Post(ctx, h.ana, draft); !fault.Is(err, code) {
					t.Errorf("want %s, got %v", code, err)
				}
			}
			same(t, "messages", len(h.thread(c.ID)), 1)
			h.post(h.ana, text(c.ID, strings.Repeat("ñ", 4096)))
		})

		t.Run("who may not reply can not post, retry or remove", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550607")
			viewer := account.Actor{Kind: account.KindUser, Workspace: h.workspace, User: h.luis.User}
			if _, err := h.room.Post(ctx, viewer, text(c.ID, "hola")); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("post: %v", err)
			}
		})

		t.Run("reading clears what is unread and says once what was read", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550608")
			must(t, h.room.MarkRead(ctx, h.ana, c.ID))
			must(t, h.room.MarkRead(ctx, h.ana, c.ID))
			same(t, "unread", h.row(c.ID).Unread, 0)
			facts := h.facts(conversation.Changed)
			same(t, "facts", len(facts), 1)
			same(t, "subject", facts[0].Subject, c.ID)
		})

		t.Run("what was read can be kept for later", func(t *testing.T) {
			c := h.talk(h.ventas, "5531955550609")
			if err := h.room.MarkUnread(ctx, h.ana, c.ID); fault.KindOf(err) != fault.Conflict {
				t.Errorf("nothing open: %v", err)
			}
			h.opens(c.ID, h.ana.User)
			must(t, h.room.MarkRead(ctx, h.ana, c.ID))
			must(t, h.room.MarkUnread(ctx, h.ana, c.ID))
			must(t, h.room.MarkUnread(ctx, h.ana, c.ID))
			same(t, "unread", h.row(c.ID).Unread, 1)
			must(t, h.room.MarkRead(ctx, h.ana, c.ID))
			same(t, "read again", h.row(c.ID).Unread, 0)
		})
	})
}
