package simulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAMessageGoesThroughItsStatuses(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Quiet, c.ReadShare = false, 1 })
	body := utility(ana)
	body["biz_opaque_callback_data"] = "m_1"
	a := w.send(body)
	if a.status != 200 {
		t.Fatalf("answer %d: %s", a.status, a.raw)
	}
	id := a.messageID()
	w.pass(1500 * time.Millisecond)
	equal(t, w.statuses(id), []string{"sent"})
	w.pass(5 * time.Second)
	equal(t, w.statuses(id), []string{"sent", "delivered"})
	w.pass(time.Minute)
	equal(t, w.statuses(id), []string{"sent", "delivered", "read"})
	first := w.hook.changes(t)[0]
	st := first.value["statuses"].([]any)[0].(map[string]any)
	if st["biz_opaque_callback_data"] != "m_1" || st["recipient_id"] != ana || !strings.HasPrefix(st["recipient_user_id"].(string), "AR.") {
		t.Errorf("status is %v", st)
	}
	if p := st["pricing"].(map[string]any); p["category"] != "utility" || p["type"] != "regular" || p["pricing_model"] != "PMP" {
		t.Errorf("pricing is %v", p)
	}
	if len(first.value["contacts"].([]any)) != 1 || first.account != DemoAccountAurora {
		t.Errorf("change is %v", first)
	}
}

func TestRecipientsByTheirLastDigits(t *testing.T) {
	for _, c := range []struct {
		ending string
		body   func(string) map[string]any
		want   []string
	}{
		{"0001", utility, []string{"failed:131026"}},
		{"0002", marketing, []string{"failed:131050"}},
		{"0002", utility, []string{"sent", "delivered"}},
		{"0003", marketing, []string{"failed:131049"}},
		{"0004", marketing, []string{"failed:130472"}},
		{"0005", utility, []string{"sent"}},
		{"0006", utility, []string{"sent", "delivered", "read"}},
		{"0007", utility, []string{"sent", "delivered", "read"}},
		{"0111", utility, []string{"sent", "delivered"}},
	} {
		t.Run(fmt.Sprintf("%s ends in %v", c.ending, c.want), func(t *testing.T) {
			w := newWorld(t)
			id := w.send(c.body("549115555" + c.ending)).messageID()
			w.pass(2 * time.Minute)
			equal(t, w.statuses(id), c.want)
		})
	}
	t.Run("0007 answers STOP to a template", func(t *testing.T) {
		w := newWorld(t)
		w.send(utility("5491155550007"))
		w.pass(time.Minute)
		got := w.inboxMessages()
		if len(got) != 1 || got[0]["text"].(map[string]any)["body"] != "STOP" {
			t.Errorf("inbound %v", got)
		}
	})
	t.Run("0008 refuses the first try and takes the one four seconds later", func(t *testing.T) {
		w := newWorld(t)
		to := "5491155550008"
		if a := w.send(utility(to)); a.code() != 131056 || a.status != 400 {
			t.Errorf("first try: %d %d", a.status, a.code())
		}
		if a := w.send(utility(to)); a.code() != 131056 {
			t.Errorf("at once again: %d", a.code())
		}
		w.pass(4 * time.Second)
		if a := w.send(utility(to)); a.status != 200 {
			t.Errorf("after four seconds: %s", a.raw)
		}
	})
	t.Run("0009 comes back with one digit's difference in Brazil and Mexico", func(t *testing.T) {
		w := newWorld(t)
		for input, want := range map[string]string{"5531955550009": "553155550009", "525555550009": "5215555550009", "5491155550009": "5491155550009"} {
			a := w.send(utility(input))
			if got := a.body["contacts"].([]any)[0].(map[string]any)["wa_id"]; got != want {
				t.Errorf("%s became %v, want %s", input, got, want)
			}
		}
	})
	t.Run("marketing to the United States is withheld", func(t *testing.T) {
		w := newWorld(t)
		id := w.send(marketing("12025550142")).messageID()
		w.pass(time.Minute)
		equal(t, w.statuses(id), []string{"failed:131049"})
	})
}

func TestTheServiceWindow(t *testing.T) {
	w := newWorld(t)
	t.Run("free-form before the customer wrote fails later, not at once", func(t *testing.T) {
		a := w.send(text(ana, "Hola"))
		if a.status != 200 {
			t.Fatalf("answer %s", a.raw)
		}
		w.pass(3 * time.Second)
		equal(t, w.statuses(a.messageID()), []string{"failed:131047"})
	})
	t.Run("free-form works while the window is open", func(t *testing.T) {
		w.says(ana, "Hola")
		id := w.send(text(ana, "Hola")).messageID()
		w.pass(10 * time.Second)
		equal(t, w.statuses(id), []string{"sent", "delivered"})
	})
	t.Run("the window belongs to one number", func(t *testing.T) {
		a := w.call("POST", "/v27.0/"+DemoNumberSoporte+"/messages", text(ana, "Hola"))
		w.pass(3 * time.Second)
		equal(t, w.statuses(a.messageID()), []string{"failed:131047"})
	})
	t.Run("it closes after 24 hours", func(t *testing.T) {
		w.pass(24 * time.Hour)
		id := w.send(text(ana, "Hola")).messageID()
		w.pass(3 * time.Second)
		equal(t, w.statuses(id), []string{"failed:131047"})
	})
	t.Run("templates always work", func(t *testing.T) {
		id := w.send(utility(ana)).messageID()
		w.pass(10 * time.Second)
		equal(t, w.statuses(id), []string{"sent", "delivered"})
	})
}

func TestWhoCannotBeReached(t *testing.T) {
	t.Run("an offline phone gets its messages when it is back", func(t *testing.T) {
		w := newWorld(t)
		w.says(ana, "Hola")
		on, off := true, false
		if err := w.ChangePerson(ana, PersonChange{Offline: &on}); err != nil {
			t.Fatal(err)
		}
		id := w.send(utility(ana)).messageID()
		w.pass(time.Minute)
		equal(t, w.statuses(id), []string{"sent"})
		_ = w.ChangePerson(ana, PersonChange{Offline: &off})
		w.pass(time.Minute)
		equal(t, w.statuses(id), []string{"sent", "delivered"})
	})
	t.Run("a customer who blocked the number gets nothing", func(t *testing.T) {
		w := newWorld(t)
		w.says(ana, "Hola")
		_ = w.Block(ana, DemoNumberVentas, true)
		id := w.send(text(ana, "Hola")).messageID()
		w.pass(time.Minute)
		equal(t, w.statuses(id), []string{"sent"})
		if _, err := w.Say(ana, Said{Number: DemoNumberVentas, Type: "text", Text: "x"}); err == nil {
			t.Error("could still write")
		}
	})
	t.Run("a user the business blocked is refused with 130403", func(t *testing.T) {
		w := newWorld(t)
		w.says(ana, "Hola")
		block := map[string]any{"messaging_product": "whatsapp", "block_users": []any{map[string]any{"user": "+" + ana}}}
		path := "/v27.0/" + DemoNumberVentas + "/block_users"
		if a := w.call("POST", path, block); a.status != 200 {
			t.Fatalf("blocking: %s", a.raw)
		}
		id := w.send(text(ana, "Hola")).messageID()
		w.pass(3 * time.Second)
		equal(t, w.statuses(id), []string{"failed:130403"})
		if a := w.call("GET", path, nil); len(a.body["data"].([]any)) != 1 {
			t.Errorf("list %s", a.raw)
		}
		if a := w.call("DELETE", path, block); a.status != 200 {
			t.Errorf("unblocking: %s", a.raw)
		}
		id = w.send(text(ana, "Hola")).messageID()
		w.pass(10 * time.Second)
		equal(t, w.statuses(id), []string{"sent", "delivered"})
	})
	t.Run("opting out of marketing is told and kept", func(t *testing.T) {
		w := newWorld(t)
		w.says(ana, "Hola")
		_ = w.Marketing(ana, DemoNumberVentas, true)
		id := w.send(marketing(ana)).messageID()
		w.pass(3 * time.Second)
		equal(t, w.statuses(id), []string{"failed:131050"})
		told := w.hook.changes(t)[1]
		if told.field != "user_preferences" || told.value["user_preferences"].([]any)[0].(map[string]any)["value"] != "stop" {
			t.Errorf("told %v", told)
		}
	})
	t.Run("read receipts can be off", func(t *testing.T) {
		w := newWorld(t)
		w.says("5491155550006", "Hola")
		off := false
		_ = w.ChangePerson("5491155550006", PersonChange{Receipts: &off})
		id := w.send(utility("5491155550006")).messageID()
		w.pass(2 * time.Minute)
		equal(t, w.statuses(id), []string{"sent", "delivered"})
	})
	t.Run("opening the thread reads it, and a voice note is played", func(t *testing.T) {
		w := newWorld(t)
		w.says(ana, "Hola")
		id := w.send(map[string]any{"messaging_product": "whatsapp", "to": ana, "type": "audio",
			"audio": map[string]any{"link": "https://tienda.example/v.ogg", "voice": true}}).messageID()
		w.pass(10 * time.Second)
		_ = w.OpenThread(ana, DemoNumberVentas)
		w.pass(20 * time.Second)
		equal(t, w.statuses(id), []string{"sent", "delivered", "read", "played"})
	})
}

func TestSomeNumbersRefuse(t *testing.T) {
	t.Run("a deregistered number answers 133010", func(t *testing.T) {
		w := newWorld(t)
		if a := w.call("POST", "/v27.0/"+DemoNumberVentas+"/deregister", nil); a.status != 200 {
			t.Fatal(string(a.raw))
		}
		if a := w.send(utility(ana)); a.code() != 133010 || a.status != 400 {
			t.Errorf("%d %d", a.status, a.code())
		}
	})
	t.Run("a test number writes only to its list", func(t *testing.T) {
		w := newWorld(t, func(c *Config) {
			c.Accounts = DemoAccounts()
			c.Accounts[0].Numbers[0].Allowed = []string{"+54 9 11 5555-0111"}
		})
		if a := w.send(utility("5491155550112")); a.code() != 131030 {
			t.Errorf("code %d", a.code())
		}
		if a := w.send(utility(ana)); a.status != 200 {
			t.Errorf("%s", a.raw)
		}
	})
	t.Run("a stale identity key answers 137000", func(t *testing.T) {
		w := newWorld(t)
		w.says(ana, "Hola")
		on := map[string]any{"user_identity_change": map[string]any{"enable_identity_key_check": true}}
		w.call("POST", "/v27.0/"+DemoNumberVentas+"/settings", on)
		body := text(ana, "Hola")
		body["recipient_identity_key_hash"] = "stale"
		if a := w.send(body); a.code() != 137000 {
			t.Errorf("code %d", a.code())
		}
		body["recipient_identity_key_hash"] = w.crowd.find(ana).identity
		if a := w.send(body); a.status != 200 {
			t.Errorf("%s", a.raw)
		}
	})
}

func TestUsersWithoutANumber(t *testing.T) {
	w := newWorld(t)
	id, err := w.AddPerson(Person{Username: "rayo.verde", Name: "Rayo"})
	if err != nil {
		t.Fatal(err)
	}
	w.says(id, "Hola")
	w.settle()
	in := w.inboxMessages()[0]
	userID, _ := in["from_user_id"].(string)
	if in["from"] != nil || userID == "" {
		t.Fatalf("inbound %v", in)
	}
	contact := w.hook.changes(t)[0].value["contacts"].([]any)[0].(map[string]any)
	if contact["wa_id"] != nil || contact["user_id"] != userID || contact["profile"].(map[string]any)["username"] != "rayo.verde" {
		t.Errorf("contact %v", contact)
	}
	body := map[string]any{"messaging_product": "whatsapp", "recipient": userID, "type": "text", "text": map[string]any{"body": "Hola"}}
	a := w.send(body)
	if c := a.body["contacts"].([]any)[0].(map[string]any); c["wa_id"] != nil || c["input"] != userID {
		t.Errorf("answer %s", a.raw)
	}
	w.pass(10 * time.Second)
	equal(t, w.statuses(a.messageID()), []string{"sent", "delivered"})
	body["recipient"] = "MX.unknown"
	if a := w.send(body); a.code() != 131009 {
		t.Errorf("unknown user id: %d", a.code())
	}
}

func TestReactions(t *testing.T) {
	w := newWorld(t)
	target := w.says(ana, "Hola")
	react := func(id, emoji string) []string {
		m := w.send(map[string]any{"messaging_product": "whatsapp", "to": ana, "type": "reaction", "reaction": map[string]any{"message_id": id, "emoji": emoji}}).messageID()
		w.pass(10 * time.Second)
		return w.statuses(m)
	}
	equal(t, react(target, "👍"), []string{"sent"})
	equal(t, react("wamid.none", "👍"), []string{"failed:131009"})
	if got := w.crowd.find(ana).threads[w.numbers[DemoNumberVentas]].find(target).Reactions["business"]; got != "👍" {
		t.Errorf("reaction %q", got)
	}
	equal(t, react(target, ""), []string{"sent"})
	w.pass(31 * 24 * time.Hour)
	w.says(ana, "Hola otra vez")
	equal(t, react(target, "👍"), []string{"failed:131009"})
}

func TestMarkAsRead(t *testing.T) {
	w := newWorld(t)
	first, second := w.says(ana, "uno"), w.says(ana, "dos")
	body := map[string]any{"messaging_product": "whatsapp", "status": "read", "message_id": second, "typing_indicator": map[string]any{"type": "text"}}
	if a := w.send(body); a.status != 200 || a.body["success"] != true {
		t.Fatalf("%s", a.raw)
	}
	th := w.crowd.find(ana).threads[w.numbers[DemoNumberVentas]]
	if th.find(first).Status != "read" || !th.typingUntil.After(w.Now()) {
		t.Error("earlier messages or typing were not marked")
	}
	body["message_id"] = "wamid.none"
	if a := w.send(body); a.code() != 131009 {
		t.Errorf("unknown message: %d", a.code())
	}
	body["status"] = "unread"
	if a := w.send(body); a.code() != 100 {
		t.Errorf("other status: %d", a.code())
	}
}

func TestMediaInSends(t *testing.T) {
	image := func(part map[string]any) map[string]any {
		return map[string]any{"messaging_product": "whatsapp", "to": ana, "type": "image", "image": part}
	}
	t.Run("an unknown id is refused", func(t *testing.T) {
		w := newWorld(t)
		if a := w.send(image(map[string]any{"id": "123"})); a.code() != 100 {
			t.Errorf("%d", a.code())
		}
	})
	t.Run("a file of the wrong kind fails later with 131053", func(t *testing.T) {
		w := newWorld(t)
		w.says(ana, "Hola")
		id := w.upload(t, "audio/ogg", sampleOgg())
		m := w.send(image(map[string]any{"id": id})).messageID()
		w.pass(3 * time.Second)
		equal(t, w.statuses(m), []string{"failed:131053"})
	})
	t.Run("a link that cannot be fetched fails, a good one arrives", func(t *testing.T) {
		files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/a.jpg" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(samplePicture)
		}))
		defer files.Close()
		w := newWorld(t, func(c *Config) { c.IgnoreLinks = false })
		w.says(ana, "Hola")
		bad := w.send(image(map[string]any{"link": files.URL + "/none.jpg"})).messageID()
		good := w.send(image(map[string]any{"link": files.URL + "/a.jpg"})).messageID()
		waitFor(t, func() bool { return w.Stats().PlannedSteps >= 2 })
		w.pass(10 * time.Second)
		equal(t, w.statuses(bad), []string{"failed:131053"})
		equal(t, w.statuses(good), []string{"sent", "delivered"})
	})
}

// waitFor waits for something that happens in real time.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not happen in five seconds")
}

func TestRecipientsAsWritten(t *testing.T) {
	w := newWorld(t)
	for input, want := range map[string]string{"+54 (9) 11-5555-0111": ana, "5491155550111": ana, "3195550021": "553195550021"} {
		body := utility("")
		body["to"] = input
		a := w.send(body)
		if a.status != 200 || a.body["contacts"].([]any)[0].(map[string]any)["wa_id"] != want {
			t.Errorf("%s: %s", input, a.raw)
		}
	}
	for _, input := range []string{"", "abc", "+12", "+1234567890123456", "123@x"} {
		body := utility("")
		body["to"] = input
		if a := w.send(body); !slices.Contains([]int{131008, 131009}, a.code()) {
			t.Errorf("%q: %s", input, a.raw)
		}
	}
}

func TestPacing(t *testing.T) {
	pace := func(fails bool) *world {
		w := newWorld(t, func(c *Config) {
			c.Pacing, c.PacingFails = 1, fails
			c.Accounts = DemoAccounts()
			c.Accounts[0].Templates[0].Quality = "UNKNOWN"
		})
		w.send(marketing("5491155550112"))
		return w
	}
	heldOf := func(w *world) string {
		a := w.send(marketing(ana))
		if got := a.body["messages"].([]any)[0].(map[string]any)["message_status"]; got != "held_for_quality_assessment" {
			t.Fatalf("message_status %v", got)
		}
		return a.messageID()
	}
	t.Run("held messages are released", func(t *testing.T) {
		w := pace(false)
		id := heldOf(w)
		w.pass(4 * time.Minute)
		equal(t, w.statuses(id), nil)
		w.pass(2 * time.Minute)
		equal(t, w.statuses(id), []string{"sent", "delivered"})
	})
	t.Run("or fail, and the template waits for a hand", func(t *testing.T) {
		w := pace(true)
		id := heldOf(w)
		w.pass(6 * time.Minute)
		equal(t, w.statuses(id), []string{"failed:132015"})
		if a := w.send(marketing(ana)); a.code() != 132015 {
			t.Errorf("code %d", a.code())
		}
		w.call("POST", "/v27.0/7090010010010001/unpause", nil)
		if a := w.send(marketing(ana)); a.status != 200 {
			t.Errorf("after unpause: %s", a.raw)
		}
	})
}
