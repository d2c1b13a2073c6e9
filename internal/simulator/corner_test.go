package simulator

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestASendMayComeAsAForm(t *testing.T) {
	w := newWorld(t)
	form := url.Values{"messaging_product": {"whatsapp"}, "to": {"+" + ana}, "type": {"text"}, "text": {`{"body":"Hola"}`}}
	r := httptest.NewRequest("POST", "/v27.0/"+DemoNumberVentas+"/messages", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", token)
	if a := w.do(r); a.status != 200 || a.messageID() == "" {
		t.Errorf("%s", a.raw)
	}
}

func TestTheMarketingEndpoint(t *testing.T) {
	w := newWorld(t)
	path := "/v27.0/" + DemoNumberVentas + "/marketing_messages"
	if a := w.call("POST", path, marketing(ana)); a.status != 200 {
		t.Errorf("marketing: %s", a.raw)
	}
	for what, body := range map[string]map[string]any{"utility": utility(ana), "text": text(ana, "Hola")} {
		if a := w.call("POST", path, body); a.code() != 131055 {
			t.Errorf("%s: %s", what, a.raw)
		}
	}
	w.byAccount[DemoAccountAurora].marketingDisabled = true
	if a := w.send(marketing(ana)); a.code() != 131063 {
		t.Errorf("disabled on the normal endpoint: %s", a.raw)
	}
}

func TestSettingsCanBeRead(t *testing.T) {
	w := newWorld(t)
	a := w.call("GET", "/v27.0/"+DemoNumberVentas+"/settings", nil)
	if a.body["user_identity_change"].(map[string]any)["enable_identity_key_check"] != false {
		t.Errorf("%s", a.raw)
	}
	if a := w.call("POST", "/v27.0/"+DemoNumberVentas+"/settings", map[string]any{"mood": "good"}); a.code() != 100 {
		t.Errorf("%s", a.raw)
	}
}

func TestCustomersNobodyPlaysAnswerInTheirLanguage(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Quiet, c.ReadShare, c.Script = false, -1, Script{ReplyShare: 1} })
	for _, to := range []string{ana, "5531955550021"} {
		w.send(filled(to, "promo_primavera", "es", "x", "y"))
	}
	w.pass(20 * time.Second)
	said := map[string]string{}
	for _, m := range w.inboxMessages() {
		said[m["from"].(string)] = m["text"].(map[string]any)["body"].(string)
	}
	for who, language := range map[string]string{ana: "es", "5531955550021": "pt"} {
		if !strings.Contains(strings.Join(phrases[language], "|"), said[who]) || said[who] == "" {
			t.Errorf("%s said %q", who, said[who])
		}
	}
}

func TestAPhoneThatGoesOfflineOnTheWay(t *testing.T) {
	w := newWorld(t)
	w.says(ana, "Hola")
	id := w.send(utility(ana)).messageID()
	w.pass(310 * time.Millisecond)
	for len(w.statuses(id)) == 0 {
		w.pass(10 * time.Millisecond)
	}
	on := true
	_ = w.ChangePerson(ana, PersonChange{Offline: &on})
	w.pass(time.Minute)
	equal(t, w.statuses(id), []string{"sent"})
}

func TestOggMustCarryOpus(t *testing.T) {
	w := newWorld(t)
	w.says(ana, "Hola")
	voice := func(data []byte) []string {
		id := w.send(map[string]any{"messaging_product": "whatsapp", "to": "+" + ana, "type": "audio",
			"audio": map[string]any{"id": w.upload(t, "audio/ogg; codecs=opus", data), "voice": true}}).messageID()
		w.pass(10 * time.Second)
		return w.statuses(id)
	}
	equal(t, voice(sampleOgg()), []string{"sent", "delivered"})
	equal(t, voice([]byte("OggS and then Vorbis")), []string{"failed:131053"})
}

func TestHeadersOfInteractiveMessages(t *testing.T) {
	w := newWorld(t)
	w.says(ana, "Hola")
	for kind, code := range map[string]int{"image": 0, "video": 0, "document": 0, "sticker": 131009} {
		header := map[string]any{"type": kind, kind: map[string]any{"link": "https://tienda.example/a"}}
		if kind == "sticker" {
			delete(header, kind)
		}
		a := w.send(map[string]any{"messaging_product": "whatsapp", "to": "+" + ana, "type": "interactive", "interactive": map[string]any{"type": "button",
			"header": header, "body": map[string]any{"text": "¿?"}, "action": map[string]any{"buttons": []any{map[string]any{"type": "reply", "reply": map[string]any{"id": "a", "title": "A"}}}}}})
		if a.code() != code {
			t.Errorf("%s: %s", kind, a.raw)
		}
	}
}

func TestAThreadKeepsItsLastMessages(t *testing.T) {
	th := &thread{}
	for i := range keepMessages + 10 {
		th.add(&message{ID: decimal(uint64(i))})
	}
	if len(th.messages) != keepMessages || th.messages[0].ID != "10" || th.find("3") != nil || th.find("509") == nil {
		t.Errorf("kept %d from %s", len(th.messages), th.messages[0].ID)
	}
}

func TestThreadsBeyondTheLimitAreOnlyCounted(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.KeepThreads = 1 })
	w.send(utility(ana))
	id := w.send(utility("5491155550112")).messageID()
	w.pass(10 * time.Second)
	equal(t, w.statuses(id), []string{"sent", "delivered"})
	if w.crowd.find("5491155550112") != nil || len(w.Messages(Filter{})) != 2 {
		t.Error("the second customer was kept, or not counted")
	}
	w.says("5491155550113", "Hola")
	if w.crowd.find("5491155550113") == nil {
		t.Error("who writes is always kept")
	}
}
