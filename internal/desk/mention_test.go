package desk_test

import (
	"slices"
	"strings"
	"testing"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/desk"
	"recado/internal/fault"
)

func hearing(kind string) func(frame) bool {
	return func(f frame) bool {
		return slices.ContainsFunc(f.Facts, func(fact fact) bool { return fact.Kind == kind })
	}
}

func TestMentionPush(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ana, luis := h.agent("ana", h.ventas), h.agent("luis", h.ventas)
		m, err := h.conversations.Message(t.Context(), h.workspace.ID, h.writes("5531985551001", "hola"))
		h.must(err)
		his, hers := h.opens(luis, ""), h.opens(ana, "")
		his.hello()
		hers.hello()
		_, err = h.conversations.Post(t.Context(), ana, conversation.Draft{Conversation: m.Conversation, Kind: conversation.KindNote, Text: "@luis mira",
			Mentions: []conversation.Naming{{User: luis.User, Name: "luis"}}})
		h.must(err)

		t.Run("who is named is told in words", func(t *testing.T) {
			f := his.hears("the mention", hearing("mentioned"))
			i := slices.IndexFunc(f.Facts, func(fact fact) bool { return fact.Kind == "mentioned" })
			if !strings.Contains(f.Facts[i].Text, "ana") || f.Facts[i].Conversation == nil {
				t.Errorf("%+v", f.Facts[i])
			}
		})
		t.Run("nobody else is", func(t *testing.T) {
			h.writes("5531985551001", "después")
			hers.hears("what came after", func(f frame) bool {
				if hearing("mentioned")(f) {
					t.Error("the author was told of a mention of somebody else")
				}
				return saying("después")(f)
			})
		})
		t.Run("the other screens hear that it was seen", func(t *testing.T) {
			h.must(h.conversations.MarkRead(t.Context(), luis, m.Conversation))
			his.hears("seen", hearing("mentions_seen"))
		})
	})
}

func TestSavedViews(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		ana, luis := h.agent("ana"), h.agent("luis")
		filter := desk.ViewFilter{View: "team", Unread: true, Sort: "deadline", Search: "río"}
		view, err := h.room.KeepView(ctx, ana, desk.SavedView{Name: "  Sin \n leer ", Filter: filter})
		h.must(err)

		t.Run("a view is its owner's", func(t *testing.T) {
			mine, err := h.room.Views(ctx, ana)
			h.must(err)
			theirs, err := h.room.Views(ctx, luis)
			h.must(err)
			if len(mine) != 1 || mine[0].Name != "Sin leer" || mine[0].Filter != filter || len(theirs) != 0 {
				t.Fatalf("%+v %+v", mine, theirs)
			}
			if _, err := h.room.KeepView(ctx, luis, view); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			if err := h.room.ForgetView(ctx, luis, view.ID); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
		t.Run("it is renamed and deleted", func(t *testing.T) {
			view.Name = "Urgentes"
			_, err := h.room.KeepView(ctx, ana, view)
			h.must(err)
			mine, err := h.room.Views(ctx, ana)
			h.must(err)
			if mine[0].Name != "Urgentes" {
				t.Errorf("%+v", mine)
			}
			h.must(h.room.ForgetView(ctx, ana, view.ID))
			if err := h.room.ForgetView(ctx, ana, view.ID); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
		t.Run("a view without a name, and the fifty-first, are refused", func(t *testing.T) {
			for _, name := range []string{" ", strings.Repeat("ñ", 61)} {
				if _, err := h.room.KeepView(ctx, ana, desk.SavedView{Name: name}); !fault.Is(err, "view.name") {
					t.Errorf("%q: %v", name, err)
				}
			}
			for range 50 {
				_, err := h.room.KeepView(ctx, ana, desk.SavedView{Name: "Otra"})
				h.must(err)
			}
			if _, err := h.room.KeepView(ctx, ana, desk.SavedView{Name: "Otra"}); !fault.Is(err, "view.too_many") {
				t.Error(err)
			}
		})
	})
}
