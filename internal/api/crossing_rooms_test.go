package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"recado/internal/api/apitest"
	"recado/internal/bot"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
	"recado/internal/media"
	"recado/internal/routing"
	"recado/internal/survey"
)

// What belongs to Other in the rooms of the desk, of campaigns and of files. Messages are of the same conversation.
func init() {
	crossWorkspace["conversations/{id}"] = func(t *testing.T, w *apitest.World) string { return rivalMessage(t, w).Conversation.String() }
	crossWorkspace["messages/{message}"] = func(t *testing.T, w *apitest.World) string { return rivalMessage(t, w).ID.String() }
	crossWorkspace["scheduled/{scheduled}"] = func(t *testing.T, w *apitest.World) string {
		at := conversation.When{At: time.UnixMilli(w.Clock.Now().UnixMilli()).UTC().Add(time.Hour).Format("2006-01-02T15:04"), Zone: "UTC"}
		s, err := w.Rooms.Conversation.Schedule(t.Context(), w.Other.Actors["rival"], conversation.Draft{Conversation: rivalMessage(t, w).Conversation,
			Kind: channel.Text, Text: "mañana", ClientID: "rival"}, nil, at)
		if err != nil {
			t.Fatal(err)
		}
		return s.ID.String()
	}
	crossWorkspace["campaigns/{id}"] = func(t *testing.T, w *apitest.World) string {
		c, err := w.Rooms.Campaign.Create(t.Context(), w.Other.Actors["rival"], "Rival", "wizard")
		if err != nil {
			t.Fatal(err)
		}
		return c.ID.String()
	}
	crossWorkspace["files/{id}"] = func(t *testing.T, w *apitest.World) string {
		f, err := w.Rooms.Media.Save(t.Context(), w.Other.Workspace.ID, "precios.txt", strings.NewReader("harina 10"),
			[]media.Limit{{Kind: channel.Document, Mimes: []string{"text/plain"}, Bytes: 1000}})
		if err != nil {
			t.Fatal(err)
		}
		return f.ID.String()
	}
	crossWorkspace["views/{id}"] = func(t *testing.T, w *apitest.World) string {
		view, err := w.Rooms.Desk.KeepView(t.Context(), w.Other.Actors["rival"], desk.SavedView{Name: "Rival", Filter: desk.ViewFilter{View: "team"}})
		if err != nil {
			t.Fatal(err)
		}
		return view.ID.String()
	}
	crossWorkspace["inboxes/{id}"] = func(t *testing.T, w *apitest.World) string {
		boxes, err := w.Rooms.Inbox.List(t.Context(), w.Other.Workspace.ID)
		if err != nil || len(boxes) == 0 {
			t.Fatal("no number of the other workspace", err)
		}
		return boxes[0].ID.String()
	}
	crossWorkspace["segments/{id}"] = func(t *testing.T, w *apitest.World) string {
		made, err := w.Rooms.Contact.SaveSegment(t.Context(), w.Other.Actors["rival"], "Rival", contact.Query{City: "Quito"})
		if err != nil {
			t.Fatal(err)
		}
		return made.ID.String()
	}
	crossWorkspace["brains/{id}"] = func(t *testing.T, w *apitest.World) string {
		b, err := w.Rooms.Bot.SaveBrain(t.Context(), w.Other.Actors["rival"], 0, "Rival", bot.BrainConfig{Kind: bot.Webhook, URL: "https://rival.example/bot"}, "")
		if err != nil {
			t.Fatal(err)
		}
		return b.ID.String()
	}
	crossWorkspace["flows/{id}"] = func(t *testing.T, w *apitest.World) string {
		f, err := w.Rooms.Bot.NewFlow(t.Context(), w.Other.Actors["rival"], "Rival", "menu")
		if err != nil {
			t.Fatal(err)
		}
		return f.ID.String()
	}
	crossWorkspace["workflows/{id}"] = func(t *testing.T, w *apitest.World) string {
		made, err := w.Rooms.Workflow.Create(t.Context(), w.Other.Actors["rival"], "Rival", "tidy")
		if err != nil {
			t.Fatal(err)
		}
		return made.ID.String()
	}
	crossWorkspace["queues/{id}"] = func(t *testing.T, w *apitest.World) string {
		q, err := w.Rooms.Routing.CreateQueue(t.Context(), w.Other.Actors["rival"], "Cola rival", routing.Push, 0)
		if err != nil {
			t.Fatal(err)
		}
		return q.ID.String()
	}
	crossWorkspace["tags/{id}"] = func(t *testing.T, w *apitest.World) string {
		tag, err := w.Rooms.Conversation.SaveTag(t.Context(), w.Other.Actors["rival"], conversation.Tag{Name: "Rival"})
		if err != nil {
			t.Fatal(err)
		}
		return tag.ID.String()
	}
	crossWorkspace["surveys/{id}"] = func(t *testing.T, w *apitest.World) string {
		one, err := w.Rooms.Survey.Create(t.Context(), w.Other.Actors["rival"], survey.Ready(survey.CSAT, "es"))
		if err != nil {
			t.Fatal(err)
		}
		return one.ID.String()
	}
	crossWorkspace["agents/{id}"] = func(_ *testing.T, w *apitest.World) string { return w.Other.Actors["rival"].User.String() }
	for operation, body := range map[string]string{
		"scheduleMessage":    `{"client_id":"1","kind":"text","text":"hola","at":"2099-01-01T09:00","zone":"UTC"}`,
		"rescheduleMessage":  `{"text":"hola","at":"2099-01-01T09:00","zone":"UTC"}`,
		"keepDraft":          `{"mode":"reply","text":"hola"}`,
		"changeView":         `{"name":"Mía","filter":{"view":"team"}}`,
		"postMessage":        `{"client_id":"a1","kind":"text","text":"hola"}`,
		"markRead":           `{}`,
		"takeTicket":         `{}`,
		"closeTicket":        `{"result":"resolved"}`,
		"assignTicket":       `{"user_id":"1"}`,
		"reopenTicket":       `{"ticket_id":"1"}`,
		"tagTicket":          `{"tag_ids":[]}`,
		"setPriority":        `{"priority":"high"}`,
		"setHold":            `{"on":true}`,
		"snoozeTicket":       `{"until_reply":true}`,
		"moveTicket":         `{"inbox_id":"1"}`,
		"changeHours":        `{"version":0,"time_zone":"UTC","always":true,"days":[[],[],[],[],[],[],[]],"holidays":[],"unavailable":{"on":false,"text":""}}`,
		"changeAbsence":      `{"since":0,"until":0,"text":"","colleague_id":"0","other_inbox_id":"0"}`,
		"tryAbsence":         `{"since":0,"until":0,"text":"","colleague_id":"0","other_inbox_id":"0","contact":"Ana"}`,
		"changeQueue":        `{"name":"Mía","distribution":"push","capacity":3}`,
		"changeQueueMembers": `{"user_ids":[]}`,
		"renameSegment":      `{"name":"Mía"}`,
		"changeTag":          `{"name":"Mía"}`,
		"retryMessage":       `{}`,
		"changeCampaign":     `{"name":"Mía"}`,
		"checkCampaign":      `{}`,
		"sendCampaign":       `{}`,
		"testCampaign":       `{"phone":"+55 31 98555-2099"}`,
		"archiveSurvey":      `{"archived":true}`,
		"changeSurveyRule":   `{"survey_id":"0","often":"every","n":1}`,
		"sendSurvey":         `{"survey_id":"1"}`,
		"checkCampaignRoute": `{"target":"none"}`,
		"correctCampaignRow": `{"row":2,"taken_out":true}`,
	} {
		crossBody[operation] = body
	}
}

// rivalMessage is the one message of Other's one conversation, made when it is first asked for.
func rivalMessage(t *testing.T, w *apitest.World) conversation.Message {
	t.Helper()
	find := func() (conversation.Message, bool) {
		ids, err := db.All[db.ID](t.Context(), w.DB, "select id from messages where workspace_id = $1", w.Other.Workspace.ID)
		if err != nil {
			t.Fatal(err)
		}
		known, err := w.Rooms.Conversation.MessagesByID(t.Context(), w.DB, w.Other.Workspace.ID, ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range known {
			return m, true
		}
		return conversation.Message{}, false
	}
	if m, made := find(); made {
		return m
	}
	box := newInbox(t, w, w.Other.Workspace.ID, "Rival", "5531955509997")
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := w.Rooms.Conversation.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: w.Other.Workspace.ID, Inbox: box.ID, Event: channel.Inbound{
			ExternalID: "wamid.rival", At: w.Clock.Now().UnixMilli(), From: []channel.Identity{{Kind: channel.Phone, Value: "5531955509996"}},
			Name: "Cliente de Rival", Kind: channel.Text, Text: "secreto de rival"}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	m, made := find()
	if !made {
		t.Fatal("the message was not stored")
	}
	return m
}
