package conversation_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

// changes is an event about an earlier message.
func (h *house) changes(kind, external, original, text string, at int64) conversation.Incoming {
	in := h.says(h.ventas, "5531985551001", external, text, at)
	in.Event.Kind, in.Event.ReplyTo = kind, original
	return in
}

func TestChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		at := d.Now()
		id := h.receive(h.says(h.ventas, "5531985551001", "wamid.1", "talla M", at)).Messages[0]
		conversationID := h.message(id).Conversation
		told := func() []conversation.Change {
			found, err := h.room.Changes(context.Background(), h.workspace, id)
			must(t, err)
			return found
		}
		t.Run("an edit changes the words and keeps the old ones, once however often it comes", func(t *testing.T) {
			for range 2 {
				h.receive(h.changes(channel.Edit, "wamid.e1", "wamid.1", "talla L", at+2000))
			}
			m := h.message(id)
			if m.Text != "talla L" || m.EditedAt != at+2000 || len(told()) != 1 || told()[0].Text != "talla M" {
				t.Fatalf("%+v, changes %+v", m, told())
			}
			if row := h.row(conversationID); row.Preview != "talla L" || row.Unread != 1 {
				t.Errorf("the list shows %q, %d unread", row.Preview, row.Unread)
			}
		})
		t.Run("an older edit that comes late does not undo a newer one", func(t *testing.T) {
			h.receive(h.changes(channel.Edit, "wamid.e0", "wamid.1", "talla S", at+1000))
			if m := h.message(id); m.Text != "talla L" || len(told()) != 2 {
				t.Fatalf("%q, %+v", m.Text, told())
			}
		})
		t.Run("one that comes in the same batch as its message finds it", func(t *testing.T) {
			r := h.receive(h.says(h.ventas, "5531985551001", "wamid.2", "hola", at), h.changes(channel.Edit, "wamid.e2", "wamid.2", "hola a todos", at+500))
			if m := h.message(r.Messages[0]); m.Text != "hola a todos" || r.New != 1 || r.Messages[1] != m.ID {
				t.Fatalf("%+v %+v", m, r)
			}
		})
		t.Run("nobody changes what another said", func(t *testing.T) {
			ours := h.post(h.ana, conversation.Draft{Conversation: conversationID, Kind: channel.Text, Text: "claro"})
			must(t, d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update messages set external_id = 'wamid.ours' where id = $1", ours.ID)
				return err
			}))
			h.receive(h.changes(channel.Edit, "wamid.e4", "wamid.ours", "nunca", at+9000))
			if m := h.message(ours.ID); m.Text != "claro" || m.EditedAt != 0 {
				t.Fatalf("%+v", m)
			}
		})
		t.Run("what is taken back says so, and what it said stays for whoever may see it", func(t *testing.T) {
			h.receive(h.changes(channel.Revoke, "wamid.r1", "wamid.1", "", at+3000))
			m := h.message(id)
			if m.RevokedAt != at+3000 || m.Text != "talla L" {
				t.Fatalf("%+v", m)
			}
			quote := h.post(h.ana, conversation.Draft{Conversation: conversationID, Kind: channel.Text, Text: "¿cuál?", ReplyTo: id})
			if quote.ReplyTo.Text != "" || quote.ReplyTo.Kind != channel.Revoke {
				t.Errorf("a quote tells what was taken back: %+v", quote.ReplyTo)
			}
		})
	})
}

func TestReact(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		id := h.receive(h.says(h.ventas, "5531985551001", "wamid.1", "¡listo!", d.Now())).Messages[0]
		before := h.row(h.message(id).Conversation)
		draft := conversation.Draft{Conversation: before.ID, Kind: channel.Reaction, ReplyTo: id, ClientID: "one", Content: channel.Content{Emoji: "👍"}}

		t.Run("a reaction leaves for the provider and opens, assigns and reads nothing", func(t *testing.T) {
			first, again := h.post(h.ana, draft), h.post(h.ana, draft)
			if first.ID != again.ID || first.Status != conversation.Queued || first.ReplyTo.ID != id {
				t.Fatalf("%+v", first)
			}
			if after := h.row(before.ID); after.Assignee != 0 || after.Unread != before.Unread || after.WaitingSince != before.WaitingSince || after.Preview != before.Preview {
				t.Errorf("%+v", after)
			}
			h.write(func(ctx context.Context, tx *db.Tx) error {
				claimed, err := h.room.ClaimIn(ctx, tx, h.ventas, h.node, 10, tx.Now())
				if err == nil && (len(claimed) != 1 || claimed[0].ReplyTo != "wamid.1" || claimed[0].Content.Emoji != "👍") {
					t.Errorf("%+v", claimed)
				}
				return err
			})
		})
		t.Run("what cannot take one is refused", func(t *testing.T) {
			for name, change := range map[string]func(*conversation.Draft){
				"nothing": func(d *conversation.Draft) { d.ReplyTo = 0 },
				"a note": func(d *conversation.Draft) {
					d.ReplyTo = h.post(h.ana, conversation.Draft{Conversation: before.ID, Kind: conversation.KindNote, Text: "x"}).ID
				},
				"unsent": func(d *conversation.Draft) {
					d.ReplyTo = h.post(h.ana, conversation.Draft{Conversation: before.ID, Kind: channel.Text, Text: "x"}).ID
				},
				"not one emoji": func(d *conversation.Draft) { d.Content.Emoji = "palabras en lugar de un emoji, muchas palabras" },
				"elsewhere's": func(d *conversation.Draft) {
					d.ReplyTo = h.receive(h.says(h.ventas, "5531985551002", "wamid.9", "x", h.d.Now())).Messages[0]
				},
			} {
				bad := draft
				bad.ClientID = "bad " + name
				change(&bad)
				if _, err := h.room.Post(context.Background(), h.ana, bad); err == nil {
					t.Errorf("%s took a reaction", name)
				}
			}
		})
	})
}

func TestChangeBeforeItsMessage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		at := d.Now()
		waiting := func() int {
			n, err := db.One[int](context.Background(), d, "select count(*) from early_changes")
			must(t, err)
			return n
		}
		for name, order := range map[string][]string{
			"an edit, then the message":               {"edit", "message"},
			"two edits against their order":           {"edit", "old edit", "message"},
			"a deletion, then the message":            {"revoke", "message"},
			"all against their order":                 {"revoke", "edit", "old edit", "message"},
			"the message between":                     {"revoke", "message", "old edit", "edit"},
			"each again and again":                    {"edit", "edit", "revoke", "revoke", "message", "edit", "revoke", "message"},
			"all at once, against their order":        {"+edit", "+revoke", "message"},
			"all at once, twice, against their order": {"+edit", "+edit", "+message", "message"},
		} {
			t.Run(name, func(t *testing.T) {
				key := d.NewID().String()
				of := map[string]conversation.Incoming{
					"message":  h.says(h.ventas, "5531985551001", key, "talla M", at),
					"old edit": h.changes(channel.Edit, key+".e1", key, "talla S", at+1000),
					"edit":     h.changes(channel.Edit, key+".e2", key, "talla L", at+2000),
					"revoke":   h.changes(channel.Revoke, key+".r", key, "", at+3000),
				}
				came := map[string]bool{}
				var batch []conversation.Incoming
				var id db.ID
				for _, one := range order {
					what, more := strings.CutPrefix(one, "+")
					came[what], batch = true, append(batch, of[what])
					if more {
						continue
					}
					if r := h.receive(batch...); what == "message" {
						id = r.Messages[len(r.Messages)-1]
					}
					batch = nil
				}
				m, text := h.message(id), "talla M"
				if came["edit"] {
					text = "talla L"
				}
				if m.Text != text || (m.RevokedAt != 0) != came["revoke"] || (m.EditedAt != 0) != came["edit"] {
					t.Errorf("%+v", m)
				}
				row := h.row(m.Conversation)
				if want := map[bool]string{true: "", false: text}[came["revoke"]]; row.Preview != want {
					t.Errorf("the list shows %q", row.Preview)
				}
				for _, other := range h.thread(m.Conversation) {
					if other.Kind == channel.Edit || other.Kind == channel.Revoke {
						t.Errorf("it stands as a message: %+v", other)
					}
				}
				same(t, "waiting", waiting(), 0)
			})
		}
		t.Run("while it waits it is no message and makes no person", func(t *testing.T) {
			change := h.changes(channel.Revoke, "wamid.r9", "wamid.9", "", at)
			change.Event.From[0].Value = "5531985551077"
			r := h.receive(change, change)
			same(t, "waiting of the batch", r.Waiting, 2)
			same(t, "new ones", r.New, 0)
			same(t, "message", r.Messages[0], db.ID(0))
			same(t, "rows", waiting(), 1)
			n, err := db.One[int](context.Background(), d, "select count(*) from identities where value = '5531985551077'")
			must(t, err)
			same(t, "people", n, 0)
		})
		t.Run("one of a message from nobody waits like any other", func(t *testing.T) {
			nobody := h.says(h.ventas, "5531985551001", "wamid.nobody", "x", at)
			nobody.Event.From = nil
			r := h.receive(nobody, h.changes(channel.Edit, "wamid.nobody.e", "wamid.nobody", "y", at))
			same(t, "left out", r.Nobody, 1)
			same(t, "waits", r.Waiting, 1)
		})
		t.Run("what crossed its message unseen is applied by the sweep", func(t *testing.T) {
			h.receive(h.changes(channel.Revoke, "wamid.10.r", "wamid.crossed", "", at+1000))
			id := h.receive(h.says(h.ventas, "5531985551001", "wamid.10", "talla M", at)).Messages[0]
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update early_changes set original_id = 'wamid.10' where original_id = 'wamid.crossed'")
				return err
			})
			for _, want := range []int{1, 0} {
				h.write(func(ctx context.Context, tx *db.Tx) error {
					n, err := h.room.ApplyEarlyChangesIn(ctx, tx, 100)
					same(t, "applied", n, want)
					return err
				})
			}
			if h.message(id).RevokedAt != at+1000 {
				t.Errorf("%+v", h.message(id))
			}
		})
		t.Run("after the wait the words of an edit are a message of its own, and a deletion is gone", func(t *testing.T) {
			h.receive(h.changes(channel.Edit, "wamid.11.e1", "wamid.11", "talla S", at+1000), h.changes(channel.Edit, "wamid.11.e2", "wamid.11", "talla L", at+2000))
			h.receive(h.changes(channel.Edit, "wamid.12.e1", "wamid.12", "taken back", at), h.changes(channel.Revoke, "wamid.12.r", "wamid.12", "", at+1))
			given, err := h.room.ExpireEarlyChanges(context.Background(), at, 100)
			must(t, err)
			same(t, "before its time", given, 0)
			_, err = h.room.ExpireEarlyChanges(context.Background(), d.Now()+1, 100)
			must(t, err)
			same(t, "waiting", waiting(), 0)
			row := h.row(h.message(h.receive(h.says(h.ventas, "5531985551001", "wamid.13", "hola", at)).Messages[0]).Conversation)
			var own []string
			for _, m := range h.thread(row.ID) {
				if m.Kind == channel.Edit || m.Kind == channel.Revoke {
					own = append(own, m.Text)
				}
			}
			slices.Sort(own)
			if !slices.Equal(own, []string{"talla L", "y"}) {
				t.Errorf("kept as messages: %q", own)
			}
			r := h.receive(h.changes(channel.Edit, "wamid.11.e2", "wamid.11", "talla L", at+2000))
			same(t, "known when it comes again", r.Known, 1)
			same(t, "waiting", waiting(), 0)
		})
	})
}

func TestTwoAgentsAnswerAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		row := h.talk(h.ventas, "5531985551001")
		seen := h.thread(row.ID)
		last := seen[len(seen)-1].ID
		h.post(h.luis, conversation.Draft{Conversation: row.ID, Kind: channel.Text, Text: "Ya te ayudo", ClientID: "luis"})
		draft := conversation.Draft{Conversation: row.ID, Kind: channel.Text, Text: "Hola", ClientID: "ana", SeenThrough: last}

		t.Run("the one who did not see the other's answer is asked", func(t *testing.T) {
			_, err := h.room.Post(context.Background(), h.ana, draft)
			if !fault.Is(err, "message.answered") {
				t.Fatal(err)
			}
		})
		t.Run("whoever saw it is not, nor who was first, nor a note", func(t *testing.T) {
			note := draft
			note.Kind, note.ClientID = conversation.KindNote, "note"
			h.post(h.ana, note)
			own := draft
			own.ClientID = "luis again"
			h.post(h.luis, own)
			all := h.thread(row.ID)
			sure := draft
			sure.SeenThrough = all[len(all)-1].ID
			h.post(h.ana, sure)
		})
		t.Run("what was posted already is not asked again", func(t *testing.T) {
			h.post(h.luis, conversation.Draft{Conversation: row.ID, Kind: channel.Text, Text: "otra", ClientID: "luis 3"})
			h.post(h.ana, draft)
		})
	})
}

func TestPutAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		row := h.talk(h.ventas, "5531985551001")
		m := h.post(h.ana, conversation.Draft{Conversation: row.ID, Kind: channel.Text, Text: "no llega", ClientID: "a"})
		status := func(s conversation.Status) {
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := h.room.ApplyStatusesIn(ctx, tx, []conversation.StatusChange{{Workspace: h.workspace, Inbox: h.ventas, Message: m.ID,
					ExternalID: "wamid.x", Status: s, At: d.Now()}})
				return err
			})
		}
		shown := func() bool {
			for _, one := range h.thread(row.ID) {
				if one.ID == m.ID {
					return true
				}
			}
			return false
		}
		status(conversation.Failed)
		must(t, h.room.Remove(context.Background(), h.ana, m.ID))
		if shown() {
			t.Fatal("it is put away and shown")
		}
		status(conversation.Delivered)
		if !shown() {
			t.Fatal("it arrived after all and is not shown")
		}
		if err := h.room.Remove(context.Background(), h.ana, m.ID); !fault.Is(err, "message.left") {
			t.Fatal(err)
		}
	})
}
