package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/inbox"
)

func init() {
	reply := func(t *testing.T, w *apitest.World) string {
		c, err := w.Rooms.Conversation.CreateReplyCategory(t.Context(), w.Other.Actors["rival"], conversation.Everything(w.Other.Workspace.ID), "Rival "+w.DB.NewID().String(),
			conversation.ReplyDraft{Title: w.DB.NewID().String(), Body: "secreto de rival"})
		if err != nil {
			t.Fatal(err)
		}
		page, err := w.Rooms.Conversation.QuickReplies(t.Context(), conversation.Everything(w.Other.Workspace.ID), c.ID, "", "", 1)
		if err != nil {
			t.Fatal(err)
		}
		return page.Items[0].ID.String()
	}
	category := func(t *testing.T, w *apitest.World) string {
		c, err := w.Rooms.Conversation.CreateReplyCategory(t.Context(), w.Other.Actors["rival"], conversation.Everything(w.Other.Workspace.ID), "Otra "+w.DB.NewID().String())
		if err != nil {
			t.Fatal(err)
		}
		return c.ID.String()
	}
	crossWorkspace["quick-replies/{id}"], crossWorkspace["quick-replies/{reply}"] = reply, reply
	crossWorkspace["quick-reply-categories/{id}"], crossWorkspace["?category_id"] = category, category
	for operation, body := range map[string]string{
		"changeQuickReply": `{"category_id":"1","title":"Mía","body":"x"}`, "restoreQuickReply": `{}`,
		"renameReplyCategory": `{"name":"Mía"}`, "restoreReplyCategory": `{}`, "useQuickReply": `{}`,
	} {
		crossBody[operation] = body
	}
}

func TestQuickReplies(t *testing.T) {
	apitest.Run(t, "quick-replies", func(t *testing.T, w *apitest.World) {
		ctx, home := t.Context(), w.Home.Workspace.ID
		ventas, soporte := newInbox(t, w, home, "Ventas", "5531955501001"), newInbox(t, w, home, "Soporte", "525555501002")
		guest := w.Home.Members["guest"]
		if err := w.Rooms.Account.SetProfile(ctx, account.System(home), guest.ID, w.Home.Profiles[account.Agent].ID); err != nil {
			t.Fatal(err)
		}
		for who, box := range map[string]inbox.Inbox{"agent": ventas, "guest": soporte} {
			if err := w.Rooms.Inbox.AddMember(ctx, home, box.ID, w.Home.Actors[who].User, inbox.Agent); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAMillionCharacterReply(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		c := w.Call(t, "agent", http.MethodPost, "/quick-reply-categories", `{"name":"Largas"}`)
		id := strings.Split(strings.Split(string(c.Body), `"id":"`)[1], `"`)[0]
		for _, one := range []struct {
			says, text string
			status     int
		}{
			{"B59 a million characters", strings.Repeat("ñ😀", 500_000), http.StatusCreated},
			{"a body past every bound", strings.Repeat("a", 17<<20), http.StatusRequestEntityTooLarge},
		} {
			t.Run(one.says, func(t *testing.T) {
				a := w.Call(t, "agent", http.MethodPost, "/quick-replies", fmt.Sprintf(`{"category_id":"%s","title":"Larga","body":"%s"}`, id, one.text))
				if a.Status != one.status {
					t.Fatalf("%d %.300s", a.Status, a.Body)
				}
				if one.status == http.StatusCreated && !strings.Contains(string(a.Body), one.text) {
					t.Error("the answer holds another text")
				}
			})
		}
	})
}
