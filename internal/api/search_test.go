package api_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
)

// learn lets the subscribers of both indexes of words react to all facts told so far.
func learn(t *testing.T, w *apitest.World) {
	t.Helper()
	for _, s := range []event.Subscriber{w.Rooms.Contact.WordsSubscriber(), w.Rooms.Conversation.WordsSubscriber()} {
		facts, err := db.All[event.Event](t.Context(), w.DB, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at from events
			where kind in ({texts:$1}) order by seq`, db.Texts(s.Kinds))
		if err == nil {
			err = w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.React(ctx, tx, facts) })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// says lets a person write to a number of ours.
func says(t *testing.T, w *apitest.World, workspace, inbox db.ID, name, phone, text string) conversation.Row {
	t.Helper()
	var result conversation.ReceiveResult
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		result, err = w.Rooms.Conversation.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: workspace, Inbox: inbox, Event: channel.Inbound{
			ExternalID: "w." + phone + text, At: tx.Now(), Kind: channel.Text, Name: name, Text: text, From: []channel.Identity{{Kind: channel.Phone, Value: phone}}}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all, err := w.Rooms.Conversation.MessagesByID(t.Context(), w.DB, workspace, result.Messages)
	if err != nil {
		t.Fatal(err)
	}
	row, err := w.Rooms.Conversation.Get(t.Context(), conversation.Everything(workspace), all[result.Messages[0]].Conversation)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		sales := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531955501001")
		theirs := newInbox(t, w, w.Other.Workspace.ID, "Rival", "5531955501009")
		row := says(t, w, w.Home.Workspace.ID, sales.ID, "María Núñez", "5531955500001", "¿Cuándo llega el pedido A-1043?")
		says(t, w, w.Other.Workspace.ID, theirs.ID, "María Rival", "5531955500002", "otro pedido")
		newContact(t, w, w.Home.Workspace.ID, "María sin conversación", "5531955500003")
		learn(t, w)
		search := func(as, query string) (out api.SearchAnswer) {
			t.Helper()
			a := w.Call(t, as, "GET", "/search?"+query, "")
			if a.Status != 200 {
				t.Fatalf("%s: %d %s", query, a.Status, a.Body)
			}
			if err := json.Unmarshal(a.Body, &out); err != nil {
				t.Fatal(err)
			}
			return out
		}
		t.Run("people and messages of the own workspace", func(t *testing.T) {
			out := search("owner", "q=maria")
			if len(out.People) != 2 || out.People[1].Name != "María Núñez" || len(out.People[1].Conversations) != 1 || out.People[1].Conversations[0].ID != row.ID.String() {
				t.Errorf("people %+v", out.People)
			}
			out = search("owner", "q=cuando+pedi")
			if len(out.Messages) != 1 || out.Messages[0].Excerpt != "¿Cuándo llega el pedido A-1043?" || out.Messages[0].Conversation.ContactName != "María Núñez" {
				t.Errorf("messages %+v", out.Messages)
			}
			if out := search("owner", "q=pedido&in=people"); len(out.Messages) != 0 {
				t.Errorf("only people were asked for: %+v", out)
			}
		})
		t.Run("X02: nothing out of reach, people without a conversation there included", func(t *testing.T) {
			if out := search("agent", "q=maria"); len(out.People) != 0 || len(out.Messages) != 0 {
				t.Errorf("%+v", out)
			}
			if out := search("agent", "q=pedido"); len(out.Messages) != 0 {
				t.Errorf("%+v", out)
			}
		})
		t.Run("a ticket by its number", func(t *testing.T) {
			err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, _, err := w.Rooms.Conversation.OpenTicketIn(ctx, tx, w.Home.Actors["owner"], conversation.Opening{Conversation: row.ID, Holder: conversation.HolderBot})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if out := search("owner", "q=%231&in=tickets"); len(out.Tickets) != 1 || out.Tickets[0].Conversation.ID != row.ID.String() {
				t.Errorf("%+v", out.Tickets)
			}
			if out := search("agent", "q=1"); len(out.Tickets) != 0 {
				t.Errorf("out of reach: %+v", out.Tickets)
			}
		})
		t.Run("page by page, and refusals", func(t *testing.T) {
			a := w.Call(t, "owner", "GET", "/search/messages?q=pedido", "")
			var page api.Page[api.FoundMessage]
			if err := json.Unmarshal(a.Body, &page); err != nil || len(page.Items) != 1 || page.Next != "" {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			for path, want := range map[string]int{"/search/messages": 422, "/search/messages?q=x&cursor=zz": 422} {
				if a := w.Call(t, "owner", "GET", path, ""); a.Status != want {
					t.Errorf("%s: %d %s", path, a.Status, a.Body)
				}
			}
			if a := w.Call(t, "guest", "GET", "/search?q=x", ""); a.Status != 403 {
				t.Errorf("without permission: %d", a.Status)
			}
		})
	})
}

func TestAFoundMessageIsOpenedWhereItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		sales := newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531955501001")
		row := says(t, w, w.Home.Workspace.ID, sales.ID, "María Núñez", "5531955500001", "uno")
		for _, text := range []string{"dos", "tres", "cuatro", "cinco"} {
			says(t, w, w.Home.Workspace.ID, sales.ID, "María Núñez", "5531955500001", text)
		}
		all, _, err := w.Rooms.Conversation.Messages(t.Context(), w.Home.Workspace.ID, row.ID, 0, 50)
		if err != nil || len(all) != 5 {
			t.Fatal(all, err)
		}
		get := func(query string) (status int, words string, thread api.Thread) {
			a := w.Call(t, "owner", "GET", "/conversations/"+row.ID.String()+"/messages"+query, "")
			if a.Status != 200 {
				return a.Status, string(a.Body), thread
			}
			if err := json.Unmarshal(a.Body, &thread); err != nil {
				t.Fatal(err)
			}
			for _, m := range thread.Items {
				words += m.Text + " "
			}
			return a.Status, strings.TrimSpace(words), thread
		}
		third := all[2].ID.String()
		if _, words, thread := get("?limit=2&around=" + third); words != "dos tres" || !thread.Earlier || !thread.Later {
			t.Errorf("around: %q %+v", words, thread)
		}
		if _, words, thread := get("?limit=2&after=" + third); words != "cuatro cinco" || thread.Later {
			t.Errorf("after: %q %+v", words, thread)
		}
		if _, words, thread := get("?limit=1&before=" + third); words != "dos" || !thread.Earlier {
			t.Errorf("before: %q %+v", words, thread)
		}
		for query, want := range map[string]int{"?around=1": 404, "?around=x": 422, "?after=1&around=" + third: 422, "?before=" + third + "&after=" + third: 422} {
			if status, body, _ := get(query); status != want || strings.Contains(body, "message.one_place") != strings.Contains(query, "&") {
				t.Errorf("%s: %d %s", query, status, body)
			}
		}
		if status := w.Call(t, "agent", "GET", "/conversations/"+row.ID.String()+"/messages?around="+third, "").Status; status != 404 {
			t.Errorf("out of reach: %d", status)
		}
	})
}
