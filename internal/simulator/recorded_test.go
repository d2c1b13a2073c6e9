package simulator

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"recado/internal/simulator/recorded"
)

// record is a recorded payload.
type record struct {
	About, Direction string
	Webhook          json.RawMessage
	Request          *struct {
		Method, Path string
		Body         json.RawMessage
	}
	Answer *struct {
		Status int
		Body   any
	}
	Raw, Signature string
	AppSecret      string `json:"app_secret"`
}

func records(t testing.TB) map[string]record {
	t.Helper()
	names, err := fs.Glob(recorded.Files, "*.json")
	if err != nil || len(names) < 100 {
		t.Fatalf("%d recorded files, %v", len(names), err)
	}
	all := map[string]record{}
	for _, name := range names {
		text, err := fs.ReadFile(recorded.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		var r record
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[strings.TrimSuffix(name, ".json")] = r
	}
	return all
}

// faultFor is what makes the simulator answer like a recording that needs a fault.
func faultFor(r record) *Fault {
	if !strings.Contains(r.About, "needs a fault") {
		return nil
	}
	body, ok := r.Answer.Body.(map[string]any)
	if !ok {
		return &Fault{Kind: map[int]string{500: FaultServerError, 503: FaultUnavailable}[r.Answer.Status], Count: 1}
	}
	code := int(body["error"].(map[string]any)["code"].(float64))
	if code == 190 {
		return &Fault{Kind: FaultTokenRevoked, Count: 1}
	}
	return &Fault{Kind: FaultCode, Code: code, Count: 1}
}

// Recordings that speak of a state the demo accounts do not start in; their own tests cover them.
var elsewhere = []string{"send_template_held", "send_text_user_id", "send_mark_read", "send_typing", "media_info", "media_delete", "media_upload",
	"media_upload_refused", "templates_list_last", "account_block", "account_verify_wrong_code"}

func TestAnswersLikeTheRecordings(t *testing.T) {
	for name, r := range records(t) {
		if r.Request == nil || slices.Contains(elsewhere, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if f := faultFor(r); f != nil {
				if _, err := w.AddFault(*f); err != nil {
					t.Fatal(err)
				}
			}
			var body any
			if len(r.Request.Body) > 0 {
				body = r.Request.Body
			}
			a := w.call(r.Request.Method, r.Request.Path, body)
			if a.status != r.Answer.Status {
				t.Fatalf("status %d, want %d: %s", a.status, r.Answer.Status, a.raw)
			}
			want, ok := r.Answer.Body.(map[string]any)
			if !ok {
				if strings.TrimSpace(string(a.raw)) != r.Answer.Body {
					t.Errorf("body %q, want %q", a.raw, r.Answer.Body)
				}
				return
			}
			compare(t, "", a.body, want)
		})
	}
}

// opaque are keys whose values differ from run to run, or are only examples.
var opaque = []string{"id", "user_id", "fbtrace_id", "message_template_namespace", "last_onboarded_time", "quality_score", "next",
	"before", "after", "application", "link", "whatsapp_business_manager_messaging_limit", "components", "target_ids", "name", "paging", "data"}

// compare walks what was recorded: everything in it must be in the answer, with the same value unless opaque.
func compare(t *testing.T, at string, got, want any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s is %v, want an object", at, got)
			return
		}
		for key, value := range want {
			if _, has := g[key]; !has {
				t.Errorf("%s.%s is missing in %v", at, key, got)
				continue
			}
			if slices.Contains(opaque, key) {
				if fmt.Sprintf("%T", g[key]) != fmt.Sprintf("%T", value) {
					t.Errorf("%s.%s is a %T, want %T", at, key, g[key], value)
				}
				continue
			}
			compare(t, at+"."+key, g[key], value)
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(want) {
			t.Errorf("%s is %v, want %v", at, got, want)
			return
		}
		for i := range want {
			compare(t, fmt.Sprintf("%s[%d]", at, i), g[i], want[i])
		}
	default:
		if got != want {
			t.Errorf("%s is %v, want %v", at, got, want)
		}
	}
}

func TestSignsAsRecorded(t *testing.T) {
	r := records(t)["signature"]
	if got := sign(r.AppSecret, []byte(r.Raw)); got != r.Signature {
		t.Errorf("signature %s, want %s", got, r.Signature)
	}
	if got := string(escape(r.Webhook)); !strings.Contains(got, `\u00bf`) || !strings.Contains(got, `https:\/\/`) {
		t.Errorf("not escaped: %s", got)
	}
}

func TestEveryRecordedWebhookSurvivesTheEnvelope(t *testing.T) {
	for name, r := range records(t) {
		if r.Webhook == nil {
			continue
		}
		var before, after any
		if json.Unmarshal(r.Webhook, &before) != nil || json.Unmarshal(escape(r.Webhook), &after) != nil {
			t.Fatalf("%s: escaping broke the JSON", name)
		}
		if fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("%s: escaping changed the value", name)
		}
		for i := range escape(r.Webhook) {
			if escape(r.Webhook)[i] > 127 {
				t.Fatalf("%s: a byte beyond ASCII", name)
			}
		}
	}
}
