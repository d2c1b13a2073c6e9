package simulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestWebhooksAreSignedOverTheirRawBytes(t *testing.T) {
	w := newWorld(t)
	w.says(ana, "¿Está listo? https://a.example/é 👍")
	w.settle()
	w.hook.mu.Lock()
	defer w.hook.mu.Unlock()
	body := w.hook.bodies[0]
	if got := w.hook.headers[0].Get("X-Hub-Signature-256"); got != sign(DemoAppSecret, body) {
		t.Errorf("signature %q", got)
	}
	for _, want := range []string{`\u00bf`, `https:\/\/a.example\/\u00e9`, `\ud83d\udc4d`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
}

func TestRefusedWebhooksAreRepeatedWithGrowingDelays(t *testing.T) {
	w := newWorld(t)
	w.hook.mu.Lock()
	w.hook.failNext = 3
	w.hook.mu.Unlock()
	w.says(ana, "Hola")
	w.settle()
	for i, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		if got := w.Stats().WebhookFailures; got != int64(i+1) {
			t.Fatalf("%d failures before wait %d", got, i)
		}
		w.pass(wait - 10*time.Millisecond)
		if got := w.Stats().WebhookFailures; got != int64(i+1) {
			t.Fatalf("repeated too early")
		}
		w.pass(10 * time.Millisecond)
		waitFor(t, func() bool { s := w.Stats(); return s.WebhookFailures == int64(i+2) || s.WebhookPosts == 1 })
	}
	if s := w.Stats(); s.WebhookPosts != 1 || s.WebhookPending != 0 {
		t.Errorf("stats %+v", s)
	}
	if n := len(w.inboxMessages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestAfterSevenDaysTheProviderGivesUp(t *testing.T) {
	w := newWorld(t)
	w.hook.mu.Lock()
	w.hook.status = http.StatusInternalServerError
	w.hook.mu.Unlock()
	w.says(ana, "Hola")
	w.settle()
	for range 14 {
		w.pass(12 * time.Hour)
		failures := w.Stats().WebhookFailures
		waitFor(t, func() bool {
			s := w.Stats()
			return s.WebhookFailures >= failures && w.outbox.settle(t.Context()) == nil
		})
	}
	w.pass(12 * time.Hour)
	waitFor(t, func() bool { return w.Stats().WebhookAbandoned == 1 })
}

func TestWebhookFaults(t *testing.T) {
	texts := func(w *world) (out []string) {
		for _, m := range w.inboxMessages() {
			out = append(out, m["text"].(map[string]any)["body"].(string))
		}
		return out
	}
	start := func(t *testing.T, kind string) *world {
		w := newWorld(t)
		if _, err := w.AddFault(Fault{Kind: kind, Count: 1}); err != nil {
			t.Fatal(err)
		}
		w.says(ana, "uno")
		w.says(ana, "dos")
		w.settle()
		return w
	}
	t.Run("repeated", func(t *testing.T) {
		equal(t, texts(start(t, FaultWebhookDuplicate)), []string{"uno", "uno", "dos"})
	})
	t.Run("out of order", func(t *testing.T) {
		equal(t, texts(start(t, FaultWebhookReorder)), []string{"dos", "uno"})
	})
	t.Run("lost", func(t *testing.T) {
		w := start(t, FaultWebhookDrop)
		equal(t, texts(w), []string{"dos"})
		if w.Stats().WebhookDropped != 1 {
			t.Error("not counted")
		}
	})
	t.Run("late", func(t *testing.T) {
		w := start(t, FaultWebhookDelay)
		equal(t, texts(w), []string{"dos"})
		w.pass(30 * time.Second)
		equal(t, texts(w), []string{"dos", "uno"})
	})
	t.Run("a change held for reordering leaves by itself when nothing follows", func(t *testing.T) {
		w := newWorld(t)
		_, _ = w.AddFault(Fault{Kind: FaultWebhookReorder})
		w.says(ana, "uno")
		w.settle()
		equal(t, texts(w), nil)
		w.pass(3 * time.Second)
		equal(t, texts(w), []string{"uno"})
	})
}

func TestWebhooksAreBatched(t *testing.T) {
	sizes := func(changes, bytes int) (out []int) {
		s := New(Config{WebhookBatch: 5000})
		for range changes {
			s.outbox.put(change{url: "http://a.test/", account: "1", field: "messages", value: make([]byte, bytes)})
		}
		s.outbox.put(change{url: "http://b.test/", account: "1", field: "messages"})
		for s.outbox.pending() > s.outbox.underWay {
			out = append(out, len(s.outbox.next()))
		}
		return out
	}
	t.Run("at most a thousand changes, one place at a time", func(t *testing.T) {
		if got := fmt.Sprint(sizes(2500, 10)); got != "[1000 1000 500 1]" {
			t.Errorf("posts of %s changes", got)
		}
	})
	t.Run("at most 3 MB", func(t *testing.T) {
		if got := fmt.Sprint(sizes(4, 400<<10)); got != "[2 2 1]" {
			t.Errorf("posts of %s changes", got)
		}
	})
	t.Run("and every change once", func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.WebhookBatch, c.RateLimit, c.NoEndings, c.Statuses = 1000, -1, true, StatusSent })
		for i := range 1500 {
			w.send(utility(fmt.Sprintf("549115%07d", i)))
		}
		w.pass(1500 * time.Millisecond)
		if s := w.Stats(); s.WebhookChanges != 1500 || len(w.hook.changes(t)) != 1500 {
			t.Errorf("%d changes delivered in %d posts", s.WebhookChanges, s.WebhookPosts)
		}
	})
}

func TestWhereWebhooksGo(t *testing.T) {
	number, account := newCallback(t), newCallback(t)
	w := newWorld(t)
	count := func() [3]int {
		w.settle()
		return [3]int{len(number.changes(t)), len(account.changes(t)), len(w.hook.changes(t))}
	}
	say := func() { w.says(ana, "Hola") }
	expect := func(what string, want [3]int) {
		t.Helper()
		if got := count(); got != want {
			t.Errorf("%s: number, account, app got %v, want %v", what, got, want)
		}
	}
	say()
	expect("app callback", [3]int{0, 0, 1})
	subscribe := "/v27.0/" + DemoAccountAurora + "/subscribed_apps"
	if a := w.call("POST", subscribe, map[string]any{"override_callback_uri": account.URL, "verify_token": "x"}); a.status != 200 {
		t.Fatal(string(a.raw))
	}
	say()
	expect("account override", [3]int{0, 1, 1})
	numberPath := "/v27.0/" + DemoNumberVentas
	hook := func(url string) map[string]any {
		return map[string]any{"webhook_configuration": map[string]any{"override_callback_uri": url, "verify_token": "x"}}
	}
	if a := w.call("POST", numberPath, hook(number.URL)); a.status != 200 {
		t.Fatal(string(a.raw))
	}
	say()
	expect("number override", [3]int{1, 1, 1})
	conf := w.call("GET", numberPath+"?fields=webhook_configuration", nil).body["webhook_configuration"].(map[string]any)
	if conf["phone_number"] != number.URL || conf["whatsapp_business_account"] != account.URL || conf["application"] != w.hook.URL {
		t.Errorf("configuration %v", conf)
	}
	_ = w.Marketing(ana, DemoNumberVentas, true)
	expect("account fields go to the app", [3]int{1, 1, 2})
	w.call("POST", numberPath, hook(""))
	w.call("POST", subscribe, nil)
	say()
	expect("cleared", [3]int{1, 1, 3})
	w.call("DELETE", subscribe, nil)
	say()
	expect("unsubscribed", [3]int{1, 1, 3})
	if w.Stats().WebhookUndelivered != 1 {
		t.Error("not counted")
	}
	if a := w.call("GET", subscribe, nil); len(a.body["data"].([]any)) != 0 {
		t.Errorf("%s", a.raw)
	}
}

func TestSubscriptions(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.CallbackURL = "" })
	path := "/v27.0/" + DemoAppID + "/subscriptions"
	ask := func(callback, fields string) map[string]any {
		return map[string]any{"object": "whatsapp_business_account", "callback_url": callback, "verify_token": "x", "fields": fields}
	}
	t.Run("a callback that does not repeat the challenge is refused", func(t *testing.T) {
		deaf := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("no")) }))
		defer deaf.Close()
		if a := w.call("POST", path, ask(deaf.URL, "messages")); a.code() != 2200 {
			t.Errorf("%s", a.raw)
		}
		if a := w.call("POST", path, ask("http://127.0.0.1:1/none", "messages")); a.code() != 2200 {
			t.Errorf("%s", a.raw)
		}
		if a := w.call("POST", path, ask("not an address", "messages")); a.code() != 2200 {
			t.Errorf("%s", a.raw)
		}
		if a := w.call("POST", path, ask(w.hook.URL, "telepathy")); a.code() != 100 {
			t.Errorf("%s", a.raw)
		}
	})
	t.Run("only subscribed fields arrive", func(t *testing.T) {
		if a := w.callAs("Bearer "+DemoAppID+"|"+DemoAppSecret, "POST", path, ask(w.hook.URL, "messages,account_update")); a.status != 200 {
			t.Fatal(string(a.raw))
		}
		w.says(ana, "Hola")
		_ = w.Marketing(ana, DemoNumberVentas, true)
		w.settle()
		if got := w.hook.changes(t); len(got) != 1 || got[0].field != "messages" {
			t.Errorf("got %v", got)
		}
		data := w.call("GET", path, nil).body["data"].([]any)[0].(map[string]any)
		if data["callback_url"] != w.hook.URL || len(data["fields"].([]any)) != 2 {
			t.Errorf("%v", data)
		}
	})
	t.Run("it can be forgotten", func(t *testing.T) {
		w.call("DELETE", path, nil)
		if a := w.call("GET", path, nil); len(a.body["data"].([]any)) != 0 {
			t.Errorf("%s", a.raw)
		}
	})
}

func TestAnyFieldCanBeEmitted(t *testing.T) {
	w := newWorld(t)
	a := w.call("POST", "/control/emit", map[string]any{"account": DemoAccountAurora, "field": "account_update", "value": map[string]any{"event": "ACCOUNT_DELETED"}})
	if a.status != 200 {
		t.Fatal(string(a.raw))
	}
	w.settle()
	if got := w.hook.changes(t); len(got) != 1 || got[0].value["event"] != "ACCOUNT_DELETED" {
		t.Errorf("got %v", got)
	}
	if err := w.Emit("none", "", "x", raw(`{}`)); err == nil {
		t.Error("an unknown account was accepted")
	}
	if err := w.Emit(DemoAccountAurora, "", `x"`, raw(`{}`)); err == nil {
		t.Error("a field with a quote was accepted")
	}
}

func TestWhatCustomersSay(t *testing.T) {
	w := newWorld(t)
	promo := w.send(marketing(ana)).messageID()
	w.pass(10 * time.Second)
	choices := map[string]any{"messaging_product": "whatsapp", "to": ana, "type": "interactive", "interactive": map[string]any{"type": "list",
		"body": map[string]any{"text": "x"}, "action": map[string]any{"button": "Ver", "sections": []any{map[string]any{"rows": []any{map[string]any{"id": "r1", "title": "Uno"}}}}}}}
	w.says(ana, "Hola")
	list := w.send(choices).messageID()
	w.pass(10 * time.Second)
	say := func(said Said) map[string]any {
		t.Helper()
		said.Number = DemoNumberVentas
		if _, err := w.Say(ana, said); err != nil {
			t.Fatal(err)
		}
		w.settle()
		all := w.inboxMessages()
		return all[len(all)-1]
	}
	if m := say(Said{Type: "tap", ReplyTo: promo, Choice: "0"}); m["type"] != "button" || m["button"].(map[string]any)["text"] != "Quiero saber más" ||
		m["button"].(map[string]any)["payload"] != "Quiero saber más" || m["context"].(map[string]any)["id"] != promo || m["context"].(map[string]any)["from"] != "5531955501001" {
		t.Errorf("template button: %v", m)
	}
	if m := say(Said{Type: "tap", ReplyTo: list, Choice: "r1"}); m["interactive"].(map[string]any)["list_reply"].(map[string]any)["title"] != "Uno" {
		t.Errorf("list: %v", m)
	}
	if m := say(Said{Type: "text", Text: "esto", ReplyTo: promo}); m["context"].(map[string]any)["id"] != promo {
		t.Errorf("quote: %v", m)
	}
	if m := say(Said{Type: "reaction", ReplyTo: promo, Emoji: "❤️"}); m["reaction"].(map[string]any)["emoji"] != "❤️" || m["context"] != nil {
		t.Errorf("reaction: %v", m)
	}
	if m := say(Said{Type: "reaction", ReplyTo: promo}); m["reaction"].(map[string]any)["emoji"] != nil {
		t.Errorf("reaction taken back: %v", m)
	}
	if m := say(Said{Type: "location", Latitude: -34.5, Longitude: -58.25, Name: "Plaza"}); m["location"].(map[string]any)["latitude"] != -34.5 {
		t.Errorf("location: %v", m)
	}
	if m := say(Said{Type: "contacts"}); len(m["contacts"].([]any)) != 1 {
		t.Errorf("contacts: %v", m)
	}
	if m := say(Said{Type: "unsupported"}); m["errors"].([]any)[0].(map[string]any)["code"] != 131051.0 {
		t.Errorf("unsupported: %v", m)
	}
	if m := say(Said{Type: "text", Text: "x", Forwarded: true}); m["context"].(map[string]any)["forwarded"] != true {
		t.Errorf("forwarded: %v", m)
	}
	for what, said := range map[string]Said{
		"an empty text": {Type: "text"}, "an unknown type": {Type: "dance"}, "a tap on nothing": {Type: "tap", ReplyTo: "x"},
		"a tap beside the buttons": {Type: "tap", ReplyTo: promo, Choice: "7"}, "a reaction to nothing": {Type: "reaction", ReplyTo: "x"},
		"broken JSON": {Type: "contacts", Contacts: raw(`{`)},
	} {
		said.Number = DemoNumberVentas
		if _, err := w.Say(ana, said); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
	if _, err := w.Say("x", Said{Number: DemoNumberVentas, Type: "text", Text: "x"}); err == nil {
		t.Error("a customer without a number was accepted")
	}
	if _, err := w.Say(ana, Said{Number: "1", Type: "text", Text: "x"}); err == nil {
		t.Error("an unknown business number was accepted")
	}
}

func TestChangingNumberIsTold(t *testing.T) {
	w := newWorld(t)
	w.says(ana, "Hola")
	to := "+54 9 11 5555-0177"
	if err := w.ChangePerson(ana, PersonChange{Number: &to}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	all := w.inboxMessages()
	if len(all) != 3 || all[1]["type"] != "system" || all[1]["from"] != ana ||
		all[1]["system"].(map[string]any)["wa_id"] != "5491155550177" || all[2]["system"].(map[string]any)["type"] != "user_changed_user_id" {
		t.Errorf("told %v", all)
	}
	w.says("5491155550177", "Soy yo")
	w.settle()
	if m := w.inboxMessages()[3]; m["from"] != "5491155550177" {
		t.Errorf("writes as %v", m["from"])
	}
	if err := w.ChangePerson("5491155550177", PersonChange{Number: &[]string{"12"}[0]}); err == nil {
		t.Error("a short number was accepted")
	}
}

func TestCustomersChangeAndTakeBackWhatTheySaid(t *testing.T) {
	w := newWorld(t)
	w.says(ana, "talla M")
	w.settle()
	id := w.inboxMessages()[0]["id"].(string)
	for _, said := range []Said{
		{Number: DemoNumberVentas, Type: "edit", ReplyTo: id, Text: "talla L"},
		{Number: DemoNumberVentas, Type: "revoke", ReplyTo: id},
		{Number: DemoNumberVentas, Type: "flow", Answers: raw(`{"talla":"L"}`)},
	} {
		if _, err := w.Say(ana, said); err != nil {
			t.Fatalf("%s: %v", said.Type, err)
		}
	}
	w.settle()
	all := w.inboxMessages()
	if len(all) != 4 || all[1]["edit"].(map[string]any)["original_message_id"] != id || all[2]["revoke"].(map[string]any)["original_message_id"] != id ||
		all[3]["interactive"].(map[string]any)["type"] != "nfm_reply" {
		t.Errorf("told %v", all)
	}
	if _, err := w.Say(ana, Said{Number: DemoNumberVentas, Type: "edit", ReplyTo: "wamid.nobody", Text: "x"}); err == nil {
		t.Error("a message that is not there was changed")
	}
}

func TestScriptedCustomers(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Quiet, c.ReadShare, c.Script = false, -1, Script{ReplyShare: 1, TapShare: 1} })
	w.send(marketing(ana))
	w.send(filled("5531955550021", "lembrete", "pt_BR"))
	w.pass(20 * time.Second)
	if all := w.inboxMessages(); len(all) != 1 || all[0]["type"] != "button" {
		t.Errorf("inbound %v", all)
	}
}
