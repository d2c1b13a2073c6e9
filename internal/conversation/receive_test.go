package conversation_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
)

const person = "5531955550001"

func TestReceive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		now := d.Now()

		t.Run("X11 the same event ten times is one message, one unread, one fact", func(t *testing.T) {
			m := h.says(h.ventas, person, "wamid.ten", "hola", now)
			first := h.receive(m, m, m)
			for range 9 {
				again := h.receive(m)
				same(t, "message", again.Messages[0], first.Messages[0])
				same(t, "new", again.New, 0)
			}
			same(t, "message of the repetition in the batch", first.Messages[2], first.Messages[0])
			same(t, "unread", h.row(h.message(first.Messages[0]).Conversation).Unread, 1)
			facts := h.facts(conversation.MessageReceived)
			same(t, "facts", len(facts), 1)
			fact, err := event.Decode[conversation.ReceivedFact](facts[0])
			must(t, err)
			same(t, "subject", fact.Message, first.Messages[0])
			same(t, "time", fact.At, now)
		})

		t.Run("X20 the same person on two numbers is two conversations of one contact", func(t *testing.T) {
			r := h.receive(h.says(h.ventas, "5531955550002", "wamid.x20.a", "hola", now), h.says(h.soporte, "5531955550002", "wamid.x20.b", "hola", now))
			a, b := h.message(r.Messages[0]), h.message(r.Messages[1])
			same(t, "contact", a.Contact, b.Contact)
			if a.Conversation == b.Conversation {
				t.Error("both numbers share a conversation")
			}
			all, err := h.room.OfContact(context.Background(), h.workspace, a.Contact)
			must(t, err)
			same(t, "conversations of the contact", len(all), 2)
		})

		t.Run("the same id on two numbers is two messages", func(t *testing.T) {
			r := h.receive(h.says(h.ventas, "5531955550003", "wamid.shared", "a", now), h.says(h.soporte, "5531955550003", "wamid.shared", "b", now))
			same(t, "new", r.New, 2)
		})

		t.Run("the window counts 24 h from the provider's time and never goes back", func(t *testing.T) {
			r := h.receive(h.says(h.ventas, "5531955550004", "wamid.w1", "nuevo", now-5_000))
			c := h.message(r.Messages[0]).Conversation
			h.receive(h.says(h.ventas, "5531955550004", "wamid.w0", "viejo", now-3_600_000))
			row := h.row(c)
			same(t, "until", row.Window.Until, now-5_000+24*3_600_000)
			same(t, "waiting since", row.WaitingSince, now-5_000)
			same(t, "unread", row.Unread, 2)
		})

		t.Run("a reaction or a changed number opens no window and waits for nobody", func(t *testing.T) {
			like := h.says(h.ventas, "5531955550005", "wamid.like", "", now)
			like.Event.Kind, like.Event.Content.Emoji = channel.Reaction, "👍"
			moved := h.says(h.ventas, "5531955550005", "wamid.moved", "", now)
			moved.Event.Kind = channel.System
			r := h.receive(like, moved)
			row := h.row(h.message(r.Messages[0]).Conversation)
			same(t, "until", row.Window.Until, 0)
			same(t, "unread", row.Unread, 0)
			same(t, "waiting since", row.WaitingSince, 0)
			same(t, "messages", len(h.thread(row.ID)), 2)
		})

		t.Run("who comes from an ad costs nothing for 72 h, when answered within a day", func(t *testing.T) {
			const day = 24 * 3_600_000
			from := func(phone string, at int64) conversation.Row {
				click := h.says(h.ventas, phone, "wamid.ad."+phone, "vi su anuncio", at)
				click.Event.Content.Referral = []byte(`{"source_type":"ad"}`)
				return h.row(h.message(h.receive(click).Messages[0]).Conversation)
			}
			row := from("5531955550091", now-3_600_000)
			same(t, "offered", row.Window.Cost, conversation.Cost{Kind: conversation.CostFree, Until: now - 3_600_000 + 3*day})
			h.post(h.ana, text(row.ID, "hola"))
			same(t, "answered, the next day", h.row(row.ID).WindowFor(conversation.AuthorAgent, now+2*day).Cost.Kind, conversation.CostFree)
			same(t, "and still a template", h.row(row.ID).WindowFor(conversation.AuthorAgent, now+2*day).State, conversation.TemplateOnly)
			row = from("5531955550092", now-2*day)
			same(t, "not answered in time", row.Window.Cost.Kind, conversation.CostTemplate)
		})

		t.Run("an echo is ours, opens nothing and ends the wait", func(t *testing.T) {
			h.receive(h.says(h.ventas, "5531955550006", "wamid.e1", "¿hay?", now))
			h.status(h.news(h.ventas, 0, "wamid.echo", conversation.Delivered, now)) // before its echo
			echo := h.says(h.ventas, "5531955550006", "wamid.echo", "sí hay", now)
			echo.Event.Echo = true
			r := h.receive(echo)
			m := h.message(r.Messages[0])
			same(t, "direction", m.Direction, conversation.Out)
			same(t, "status", m.Status, conversation.Delivered)
			row := h.row(m.Conversation)
			same(t, "waiting since", row.WaitingSince, 0)
			same(t, "preview", row.Preview, "sí hay")
			same(t, "preview direction", row.PreviewFrom, "out")
		})

		t.Run("an answer knows the message it quotes, and a button its payload", func(t *testing.T) {
			r := h.receive(h.says(h.ventas, "5531955550007", "wamid.q1", "hola", now))
			tap := h.says(h.ventas, "5531955550007", "wamid.q2", "", now)
			tap.Event.Kind, tap.Event.ReplyTo, tap.Event.Content = channel.Button, "wamid.q1", channel.Content{Payload: "op-1", Title: "Sí, quiero"}
			m := h.message(h.receive(tap).Messages[0])
			if m.ReplyTo == nil || m.ReplyTo.ID != r.Messages[0] {
				t.Fatalf("it quotes %+v, want message %d", m.ReplyTo, r.Messages[0])
			}
			same(t, "preview", h.row(m.Conversation).Preview, "Sí, quiero")
		})

		t.Run("who has no usable identity is left out, the rest is kept", func(t *testing.T) {
			nobody := h.says(h.ventas, "", "wamid.nobody", "?", now)
			nobody.Event.From = nil
			r := h.receive(nobody, h.says(h.ventas, "5531955550008", "wamid.somebody", "!", now))
			same(t, "left out", r.Nobody, 1)
			same(t, "new", r.New, 1)
			same(t, "message", r.Messages[0], db.ID(0))
		})

		t.Run("zero bytes and broken text are stored as far as they are text", func(t *testing.T) {
			odd := h.says(h.ventas, "5531955550009", "wamid.odd", "a\x00b\xff", now)
			odd.Event.Content.Title = "x\x00y"
			m := h.message(h.receive(odd).Messages[0])
			same(t, "text", m.Text, "ab\ufffd")
		})
	})
}

func TestReceiveAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		t.Run("X11 eight nodes that receive the same batch store it once", func(t *testing.T) {
			now := d.Now()
			var batch []conversation.Incoming
			for i := range 20 {
				batch = append(batch, h.says(h.ventas, fmt.Sprintf("55319555510%02d", i%7), fmt.Sprintf("wamid.once.%d", i), "hola", now))
			}
			var wait sync.WaitGroup
			var mu sync.Mutex
			total := 0
			for range 8 {
				wait.Go(func() {
					err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
						r, err := h.room.ReceiveIn(ctx, tx, batch)
						tx.AfterCommit(func() { mu.Lock(); total += r.New; mu.Unlock() })
						return err
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			same(t, "stored", total, 20)
			same(t, "facts", len(h.facts(conversation.MessageReceived)), 20)
			unread, err := db.One[int64](context.Background(), d, "select cast(sum(unread) as bigint) from conversations")
			must(t, err)
			same(t, "unread", unread, 20)
		})
	})
}
