package api_test

import (
	"encoding/json"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/bot"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func init() {
	settings := encoded(bot.Defaults("es"))
	crossBody["changeChatbot"] = `{"version":-1,"settings":` + settings + `}`
	crossBody["tryChatbot"] = `{"kind":"opened","who":"new","state":{},"settings":` + settings + `}`
}

func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func read[T any](t *testing.T, a apitest.Answer, status int) (out T) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answered %d: %s", a.Status, a.Body)
	}
	if err := json.Unmarshal(a.Body, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestChatbots(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		path := "/inboxes/" + newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531955509996").ID.String() + "/chatbot"

		before := read[api.Chatbot](t, w.Call(t, "owner", "GET", path, ""), 200)
		if before.Version != 0 || before.Settings.Enabled || before.Defaults["pt-BR"].Queues.Text == "" {
			t.Fatalf("never set up: %+v", before)
		}
		s := before.Settings
		s.Enabled, s.Meets = true, true
		s.FAQ.On, s.FAQ.Questions = true, []bot.Question{{Question: "¿Abren los domingos?", Answer: "No."}}
		type change struct {
			Version  int64        `json:"version"`
			Settings bot.Settings `json:"settings"`
		}
		kept := read[api.Chatbot](t, w.Call(t, "owner", "PUT", path, encoded(change{0, s})), 200)
		if kept.Version != 1 || kept.Settings.FAQ.Questions[0].ID == "" {
			t.Fatalf("kept: %+v", kept)
		}
		if a := w.Call(t, "owner", "PUT", path, encoded(change{0, s})); a.Status != 200 {
			t.Errorf("told again what is kept: %d %s", a.Status, a.Body)
		}
		other := s
		other.Greeting.First = "Hola."
		if a := w.Call(t, "manager", "PUT", path, encoded(change{0, other})); a.Status != 409 {
			t.Errorf("over a version not seen: %d %s", a.Status, a.Body)
		}
		if a := w.Call(t, "agent", "GET", path, ""); a.Status != 403 {
			t.Errorf("an agent reads: %d", a.Status)
		}
		lines := read[api.Items[api.ChatbotLine]](t, w.Call(t, "owner", "GET", "/chatbots", ""), 200).Items
		if len(lines) != 1 || !lines[0].Meets || lines[0].Questions != 1 {
			t.Errorf("lines: %+v", lines)
		}

		try := `{"kind":"opened","who":"new","name":"Julia","state":{},"settings":` + encoded(s) + `}`
		turn := read[api.ChatbotTurn](t, w.Call(t, "owner", "POST", path+"/try", try), 200)
		if len(turn.Said) != 2 || turn.Said[1].Menu == nil || turn.Handoff {
			t.Fatalf("tried: %+v", turn)
		}
		try = `{"kind":"wrote","text":"abren los domingos","state":` + encoded(turn.State) + `,"settings":` + encoded(s) + `}`
		if turn = read[api.ChatbotTurn](t, w.Call(t, "owner", "POST", path+"/try", try), 200); turn.Said[0].Text != "No." {
			t.Errorf("answered: %+v", turn)
		}
		s.FAQ.Text = ""
		if a := w.Call(t, "owner", "POST", path+"/try", `{"kind":"opened","state":{},"settings":`+encoded(s)+`}`); a.Status != 422 && a.Status != 400 {
			t.Errorf("settings that are wrong: %d %s", a.Status, a.Body)
		}
	})
}
