package whatsapp

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"

	"recado/internal/channel"
	"recado/internal/channel/channeltest"
	"recado/internal/simulator/recorded"
)

// recording is a recorded payload; see package recorded.
type recording struct {
	name             string
	Direction, About string
	Webhook          json.RawMessage
	Request          struct {
		Method, Path string
		Body         json.RawMessage
	}
	Answer struct {
		Status int
		Body   json.RawMessage
	}
	Raw, Signature string
	AppSecret      string `json:"app_secret"`
}

// bytes is the body of the answer as it is on the wire.
func (r recording) bytes() []byte {
	var text string
	if json.Unmarshal(r.Answer.Body, &text) == nil {
		return []byte(text)
	}
	return r.Answer.Body
}

func recordings(t testing.TB, keep func(recording) bool) []recording {
	t.Helper()
	names, err := fs.Glob(recorded.Files, "*.json")
	if err != nil || len(names) < 100 {
		t.Fatalf("%d recordings, %v", len(names), err)
	}
	slices.Sort(names)
	var all []recording
	for _, name := range names {
		text, err := fs.ReadFile(recorded.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		r := recording{name: strings.TrimSuffix(name, ".json")}
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if keep(r) {
			all = append(all, r)
		}
	}
	return all
}

func recordingOf(t testing.TB, name string) recording {
	t.Helper()
	all := recordings(t, func(r recording) bool { return r.name == name })
	if len(all) != 1 {
		t.Fatalf("there is no recording %s", name)
	}
	return all[0]
}

func isHook(r recording) bool { return r.Direction == "webhook" && len(r.Webhook) > 0 }

func TestParseRecorded(t *testing.T) {
	var cases []channeltest.Case
	for _, r := range recordings(t, isHook) {
		body := []byte(r.Webhook)
		if r.Raw != "" {
			body = []byte(r.Raw)
		}
		cases = append(cases, channeltest.Case{Name: r.name, Body: body})
	}
	channeltest.Parse(t, New(Config{}), cases)
}

func events(t *testing.T, parse func([]byte) ([]channel.Event, error), body []byte) string {
	t.Helper()
	found, err := parse(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(channeltest.Plain(found))
}

func TestBothReadingsAgree(t *testing.T) {
	a := New(Config{})
	for _, r := range recordings(t, isHook) {
		quick, careful := events(t, a.Parse, r.Webhook), events(t, parseCarefully, r.Webhook)
		if quick != careful {
			t.Errorf("%s: the careful reading differs:\n%s", r.name, careful)
		}
	}
}

func TestAuthentic(t *testing.T) {
	r := recordingOf(t, "signature")
	a := New(Config{AppSecret: r.AppSecret})
	header := func(signature string) http.Header { return http.Header{"X-Hub-Signature-256": {signature}} }
	if !a.Authentic(header(r.Signature), []byte(r.Raw)) {
		t.Error("the recorded signature of the recorded bytes is refused")
	}
	for name, c := range map[string]struct{ signature, body string }{
		"the same meaning in other bytes": {r.Signature, string(r.Webhook)},
		"another signature":               {"sha256=" + strings.Repeat("0", 64), r.Raw},
		"no signature":                    {"", r.Raw},
		"no prefix":                       {strings.TrimPrefix(r.Signature, "sha256="), r.Raw},
		"half a signature":                {r.Signature[:40], r.Raw},
		"no hexadecimal":                  {"sha256=" + strings.Repeat("z", 64), r.Raw},
		"an empty body":                   {r.Signature, ""},
	} {
		if a.Authentic(header(c.signature), []byte(c.body)) {
			t.Errorf("%s is taken", name)
		}
	}
	if New(Config{}).Authentic(header(r.Signature), []byte(r.Raw)) {
		t.Error("without an app secret everything must be refused")
	}
}

func TestVerify(t *testing.T) {
	ask := func(a *Adapter, query string) (string, bool) {
		r, err := http.NewRequest(http.MethodGet, "https://recado.example/hooks/whatsapp?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		return a.Verify(r)
	}
	a := New(Config{VerifyToken: "t0ken"})
	if answer, ok := ask(a, "hub.mode=subscribe&hub.challenge=830114522&hub.verify_token=t0ken"); !ok || answer != "830114522" {
		t.Errorf("got %q, %v", answer, ok)
	}
	for _, query := range []string{"hub.mode=subscribe&hub.challenge=1&hub.verify_token=other", "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=t0ken", ""} {
		if _, ok := ask(a, query); ok {
			t.Errorf("%q is taken", query)
		}
	}
	if _, ok := ask(New(Config{}), "hub.mode=subscribe&hub.challenge=1&hub.verify_token="); ok {
		t.Error("without a token of ours everything must be refused")
	}
}

func TestParseOddBodies(t *testing.T) {
	a := New(Config{})
	t.Run("what is no hook fails", func(t *testing.T) {
		for _, body := range []string{"", "null", "[]", "{", `{"entry":[]}`, `"text"`, `{"object":"whatsapp_business_account","entry":[`} {
			if events, err := a.Parse([]byte(body)); err == nil {
				t.Errorf("%s gives %d events and no error", body, len(events))
			}
		}
	})
	wrap := func(value string) string {
		return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":` + value + `}]}]}`
	}
	t.Run("one message that cannot be read takes no other with it", func(t *testing.T) {
		events, err := a.Parse([]byte(wrap(`{"metadata":{"phone_number_id":"9"},"messages":[
			{"from":"5491155550111","id":"wamid.1","timestamp":"1795510800","type":"text","text":"not an object"},
			{"from":"5491155550111","id":"wamid.2","timestamp":1795510801,"type":"text","text":{"body":"hola"}},7]}`)))
		if err != nil || len(events) != 3 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		if m := events[0].Message; m.Kind != channel.Unsupported || m.ExternalID != "wamid.1" || len(m.From) != 1 || m.At != 1795510800000 || len(m.Content.Unknown) == 0 {
			t.Errorf("the odd one: %+v", m)
		}
		if m := events[1].Message; m.Kind != channel.Text || m.Text != "hola" || m.At != 1795510801000 {
			t.Errorf("the good one: %+v", m)
		}
	})
	t.Run("broken text and names that stand twice are taken", func(t *testing.T) {
		events, err := a.Parse([]byte(wrap("{\"metadata\":{\"phone_number_id\":\"9\"},\"messages\":[{\"from\":\"1\",\"from\":\"5491155550111\",\"id\":\"w\",\"timestamp\":\"1\",\"type\":\"text\",\"text\":{\"body\":\"a\xffb\"}}]}")))
		if err != nil || len(events) != 1 || events[0].Message.Text != "a\ufffdb" || events[0].Message.From[0].Value != "5491155550111" {
			t.Errorf("got %+v, %v", events, err)
		}
	})
	t.Run("a hook with nothing in it is read", func(t *testing.T) {
		for _, body := range []string{`{"object":"whatsapp_business_account"}`, `{"object":"whatsapp_business_account","entry":null}`, wrap("{}")} {
			if events, err := a.Parse([]byte(body)); err != nil || len(events) != 0 {
				t.Errorf("%s gives %v, %v", body, events, err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, r := range recordings(f, isHook) {
		f.Add([]byte(r.Webhook))
	}
	a := New(Config{})
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := a.Parse(body)
		if err != nil {
			return
		}
		for _, e := range events {
			switch {
			case e.Message != nil && (e.Message.Kind == "" || e.Status != nil || e.Account != nil):
				t.Fatalf("odd message %+v", e)
			case e.Status != nil && (e.Status.ExternalID == "" || e.Status.Kind == channel.Failed && e.Status.Failure == nil):
				t.Fatalf("odd status %+v", e.Status)
			case e.Message == nil && e.Status == nil && e.Account == nil:
				t.Fatal("an event of nothing")
			}
		}
		channeltest.Plain(events) // everything kept raw is JSON
	})
}

func BenchmarkParseStatus(b *testing.B) {
	body := []byte(recordingOf(b, "status_delivered").Webhook)
	a := New(Config{})
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if events, err := a.Parse(body); err != nil || len(events) != 1 {
			b.Fatal(len(events), err)
		}
	}
}

func BenchmarkParseText(b *testing.B) {
	body := []byte(recordingOf(b, "inbound_text").Webhook)
	a := New(Config{})
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if events, err := a.Parse(body); err != nil || len(events) != 1 {
			b.Fatal(len(events), err)
		}
	}
}
