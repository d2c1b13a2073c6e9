package conversation_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
)

func TestMentions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		first, second := h.talk(h.ventas, "5531955550901"), h.talk(h.soporte, "5531955550902")
		luis := conversation.Reach{Workspace: h.workspace, User: h.luis.User, Inboxes: []db.ID{h.ventas, h.soporte}}
		names := []conversation.Naming{{User: h.luis.User, Name: "Luis Rey"}, {User: h.ana.User, Name: "Ana Sosa"}, {User: h.luis.User, Name: "Luis Rey"}}
		note := func(id db.ID) conversation.Message {
			return h.post(h.ana, conversation.Draft{Conversation: id, Kind: conversation.KindNote, Text: "@Luis Rey mira esto", Mentions: names})
		}
		unseen := func(reach conversation.Reach) []db.ID {
			counts, err := h.room.Counts(ctx, reach)
			must(t, err)
			return counts.MentionedIn
		}
		one := note(first.ID)
		note(second.ID)
		note(first.ID)

		t.Run("the list has each conversation once, the newest mention first, open or not", func(t *testing.T) {
			h.sameIDs(t, h.ids(luis, conversation.Filter{View: conversation.Mentioned}), first.ID, second.ID)
		})
		t.Run("the author is not told of the own name, and a note says whom it names", func(t *testing.T) {
			ana := luis
			ana.User = h.ana.User
			h.sameIDs(t, h.ids(ana, conversation.Filter{View: conversation.Mentioned}))
			if !strings.Contains(string(one.Content), `"name":"Luis Rey"`) {
				t.Errorf("content %s", one.Content)
			}
		})
		t.Run("the fact names the members, and is told with the note", func(t *testing.T) {
			facts, err := db.All[event.Event](ctx, d, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at from events
				where kind = $1 and workspace_id = $2 order by seq`, conversation.Mentioning, h.workspace)
			must(t, err)
			same(t, "facts", len(facts), 3)
			f, err := event.Decode[conversation.MentionedFact](facts[0])
			must(t, err)
			if f.Message != one.ID || f.By != h.ana.User || !slices.Equal(f.Users, []db.ID{h.luis.User}) {
				t.Errorf("fact %+v", f)
			}
		})
		t.Run("X02 out of reach there is no mention", func(t *testing.T) {
			h.sameIDs(t, h.ids(conversation.Reach{Workspace: h.workspace, User: h.luis.User, Inboxes: []db.ID{h.soporte}}, conversation.Filter{View: conversation.Mentioned}), second.ID)
			h.sameIDs(t, unseen(conversation.Reach{Workspace: h.workspace, User: h.luis.User, Inboxes: []db.ID{h.soporte}}), second.ID)
			h.sameIDs(t, unseen(conversation.Reach{Workspace: h.workspace, User: h.luis.User}))
		})
		t.Run("it is unseen until the named one opens the conversation", func(t *testing.T) {
			same(t, "unseen", len(unseen(luis)), 2)
			must(t, h.room.MarkRead(ctx, h.ana, first.ID))
			same(t, "after another one read it", len(unseen(luis)), 2)
			must(t, h.room.MarkRead(ctx, h.luis, first.ID))
			h.sameIDs(t, unseen(luis), second.ID)
			same(t, "listed still", len(h.ids(luis, conversation.Filter{View: conversation.Mentioned})), 2)
			note(first.ID)
			same(t, "named again", len(unseen(luis)), 2)
		})
		t.Run("only a note names", func(t *testing.T) {
			draft := text(first.ID, "hola")
			draft.Mentions = names
			if _, err := h.room.Post(ctx, h.ana, draft); !fault.Is(err, "mention.note") {
				t.Error(err)
			}
		})
	})
}

func TestDrafts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		a, b := h.talk(h.ventas, "5531955550911").ID, h.talk(h.ventas, "5531955550912").ID
		keep := func(t *testing.T, id db.ID, mode, words string, from db.ID) (conversation.Begun, bool) {
			t.Helper()
			now, kept, err := h.room.KeepDraft(ctx, h.ana, conversation.Begun{Conversation: id, Mode: mode, Text: words}, from)
			must(t, err)
			return now, kept
		}
		first, kept := keep(t, a, "reply", "para A\x00", 0)
		same(t, "kept", kept, true)
		same(t, "words", first.Text, "para A")
		keep(t, a, "note", "nota de A", 0)

		t.Run("it appears in no other conversation and to nobody else", func(t *testing.T) {
			other, err := h.room.DraftsOf(ctx, h.ana, b)
			must(t, err)
			theirs, err := h.room.DraftsOf(ctx, h.luis, a)
			must(t, err)
			all, err := h.room.Drafts(ctx, h.luis)
			must(t, err)
			same(t, "drafts", len(other)+len(theirs)+len(all), 0)
			mine, err := h.room.DraftsOf(ctx, h.ana, a)
			must(t, err)
			same(t, "mine", len(mine), 2)
		})
		t.Run("a second screen does not overwrite newer words", func(t *testing.T) {
			second, kept := keep(t, a, "reply", "para A, más", first.Version)
			same(t, "kept", kept, true)
			stands, kept := keep(t, a, "reply", "palabras viejas", first.Version)
			same(t, "kept", kept, false)
			same(t, "stands", stands, second)
			stands, kept = keep(t, a, "reply", "", first.Version)
			same(t, "forgotten by an old screen", kept, false)
			same(t, "stands", stands.Text, "para A, más")
			_, kept = keep(t, a, "reply", "para A, más", first.Version)
			same(t, "the same words", kept, true)
		})
		t.Run("an empty one is forgotten", func(t *testing.T) {
			now, err := h.room.DraftsOf(ctx, h.ana, a)
			must(t, err)
			i := slices.IndexFunc(now, func(b conversation.Begun) bool { return b.Mode == "reply" })
			_, kept := keep(t, a, "reply", "", now[i].Version)
			same(t, "kept", kept, true)
			now, err = h.room.DraftsOf(ctx, h.ana, a)
			must(t, err)
			same(t, "left", len(now), 1)
		})
		t.Run("a million characters and an unknown mode are refused", func(t *testing.T) {
			for code, bad := range map[string]conversation.Begun{
				"draft.too_long": {Conversation: a, Mode: "reply", Text: strings.Repeat("ñ", 1_000_000)},
				"draft.mode":     {Conversation: a, Mode: "poem", Text: "x"},
			} {
				if _, _, err := h.room.KeepDraft(ctx, h.ana, bad, 0); !fault.Is(err, code) {
					t.Errorf("%s: %v", code, err)
				}
			}
		})
	})
}
