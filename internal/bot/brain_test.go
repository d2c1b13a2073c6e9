package bot_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/flow"
	"recado/internal/publicnet"
)

// standIn speaks as Dialogflow, as a model and as a system of the house do. It answers by what is asked.
type standIn struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string // path and authorization
	bodies []string
	tokens int
}

func newStandIn(t *testing.T) *standIn {
	s := &standIn{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body json.RawMessage
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.URL.Path == "/token" {
			s.tokens++
			if strings.Count(r.FormValue("assertion"), ".") != 2 {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			_, _ = fmt.Fprint(w, `{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}`)
			return
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		s.asked, s.bodies = append(s.asked, r.URL.Path+" "+r.Header.Get("Authorization")), append(s.bodies, string(body))
		text := string(body)
		if strings.Contains(text, "lento") {
			s.mu.Unlock()
			<-r.Context().Done()
			s.mu.Lock()
			return
		}
		switch {
		case strings.Contains(text, "grande"):
			_, _ = w.Write(make([]byte, 10<<20))
		case strings.Contains(text, "prohibido"):
			w.WriteHeader(http.StatusForbidden)
		case strings.Contains(text, "roto"):
			_, _ = fmt.Fprint(w, "<html>")
		case strings.HasPrefix(r.URL.Path, "/v2/") && strings.Contains(text, "persona"):
			_, _ = fmt.Fprint(w, `{"queryResult":{"fulfillmentMessages":[{"text":{"text":["Te paso"]}},{"payload":{"handoff":true}}],"intent":{"isFallback":false}}}`)
		case strings.HasPrefix(r.URL.Path, "/v2/"):
			_, _ = fmt.Fprint(w, `{"queryResult":{"fulfillmentText":"¿Cómo?","fulfillmentMessages":[{"text":{"text":["¿Cómo dices?"]}},{"platform":"TELEGRAM","text":{"text":["no"]}}],"intent":{"isFallback":true}}}`)
		case strings.HasPrefix(r.URL.Path, "/v3/"):
			_, _ = fmt.Fprint(w, `{"queryResult":{"responseMessages":[{"text":{"text":["Hola","Ana"]}},{"liveAgentHandoff":{"metadata":{}}}],"match":{"matchType":"INTENT"}}}`)
		case strings.HasSuffix(r.URL.Path, "/chat/completions"):
			_, _ = fmt.Fprint(w, `{"choices":[{"message":{"role":"assistant","content":"Te paso con alguien. [HANDOFF]"}}]}`)
		default:
			_, _ = fmt.Fprint(w, `{"say":["Uno","Dos"],"end":true}`)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *standIn) account(t *testing.T) string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	text, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	file, err := json.Marshal(map[string]string{"client_email": "bot@tienda.example", "token_uri": s.URL + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text}))})
	must(t, err)
	return string(file)
}

func TestBrains(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		s := newStandIn(t)
		h := open(t, d)
		actor := account.System(h.workspace)
		save := func(name string, config bot.BrainConfig, secret string) bot.Brain {
			t.Helper()
			b, err := h.room.SaveBrain(ctx, actor, 0, name, config, secret)
			must(t, err)
			return b
		}
		try := func(b bot.Brain, text string) flow.Outcome {
			t.Helper()
			o, err := h.room.TryBrain(ctx, actor, b.ID, text)
			must(t, err)
			return o
		}
		file := s.account(t)
		es := save("ES", bot.BrainConfig{Kind: bot.DialogflowES, Project: "p", URL: s.URL}, file)
		t.Run("Dialogflow ES: a token for many questions, words of no platform, handoff and fallback", func(t *testing.T) {
			o := try(es, "una persona")
			same(t, "said", strings.Join(o.Say, "|"), "Te paso")
			same(t, "handoff", o.Handoff, true)
			o = try(es, "no sé")
			same(t, "said", strings.Join(o.Say, "|"), "¿Cómo dices?")
			same(t, "lost", o.Lost, true)
			same(t, "tokens", s.tokens, 1)
			same(t, "asked", strings.HasPrefix(s.asked[0], "/v2/projects/p/agent/sessions/try-") && strings.HasSuffix(s.asked[0], ":detectIntent Bearer ya29.x"), true)
			same(t, "language", strings.Contains(s.bodies[0], `"languageCode":"es"`), true)
		})
		t.Run("Dialogflow CX", func(t *testing.T) {
			cx := save("CX", bot.BrainConfig{Kind: bot.DialogflowCX, Project: "p", Agent: "a", Location: "us-central1", URL: s.URL}, file)
			o := try(cx, strings.Repeat("largo ", 100))
			same(t, "said", strings.Join(o.Say, "|"), "Hola\nAna")
			same(t, "handoff", o.Handoff, true)
			last := s.asked[len(s.asked)-1]
			same(t, "asked", strings.HasPrefix(last, "/v3/projects/p/locations/us-central1/agents/a/sessions/try-"), true)
			same(t, "cut", len(s.bodies[len(s.bodies)-1]) < 340, true)
		})
		t.Run("a model that speaks chat completions, and a system of the house", func(t *testing.T) {
			o := try(save("Modelo", bot.BrainConfig{Kind: bot.OpenAI, URL: s.URL + "/v1", Model: "m", Prompt: "Eres Aurora."}, "sk-1"), "hola")
			same(t, "said", strings.Join(o.Say, "|"), "Te paso con alguien.")
			same(t, "handoff", o.Handoff, true)
			same(t, "asked", s.asked[len(s.asked)-1], "/v1/chat/completions Bearer sk-1")
			o = try(save("Casa", bot.BrainConfig{Kind: bot.Webhook, URL: s.URL + "/bot"}, ""), "hola")
			same(t, "said", strings.Join(o.Say, "|"), "Uno|Dos")
			same(t, "ended", o.End, true)
		})
		t.Run("what goes wrong has a reason", func(t *testing.T) {
			b := save("Otra", bot.BrainConfig{Kind: bot.Webhook, URL: s.URL + "/bot"}, "")
			same(t, "ten megabytes", try(b, "grande").Failed, "flow.call.too_big")
			same(t, "a key that is refused", try(b, "prohibido").Failed, "flow.call.key")
			same(t, "no JSON", try(b, "roto").Failed, "flow.call.unreadable")
		})
		t.Run("a brain that is late or says ten megabytes leaves nobody alone, and is not asked twice", func(t *testing.T) {
			h := open(t, d)
			h.asksBy(publicnet.Rules{Private: true, Timeout: 500 * time.Millisecond})
			b, err := h.room.SaveBrain(ctx, account.System(h.workspace), 0, "Casa", bot.BrainConfig{Kind: bot.Webhook, URL: s.URL + "/bot"}, "")
			must(t, err)
			h.plays(h.publishes("Charla", flow.Block{ID: "b", Kind: flow.Brain, Brain: b.ID, Text: "¿Qué necesitas?", Then: flow.Finish, Else: "sorry"},
				flow.Block{ID: "sorry", Kind: flow.Handoff, Text: "Te paso con alguien.", Queue: h.sales}))
			for phone, one := range map[string]struct{ words, why string }{"5531985554010": {"muy lento", "flow.call.late"}, "5531985554011": {"algo grande", "flow.call.too_big"}} {
				c := h.comes(phone, "hola", "")
				h.answers(phone, one.words, "")
				before := len(s.asked)
				h.asks(c)
				same(t, "asked", len(s.asked)-before, 1)
				same(t, "said", h.said(c), "text: ¿Qué necesitas?\ntext: Te paso con alguien.")
				same(t, "queue", h.row(c).Queue, h.sales)
				same(t, "did", strings.Contains(h.did(c), "b failed"), true)
				lines, err := h.room.FlowLog(ctx, h.workspace, c)
				must(t, err)
				i := slices.IndexFunc(lines, func(l bot.LogLine) bool { return l.Did == "failed" })
				same(t, "why", lines[i].Text, one.why)
			}
		})
		t.Run("it talks in a flow until people take over, and twice not understood is enough", func(t *testing.T) {
			f := h.publishes("Charla", flow.Block{ID: "b", Kind: flow.Brain, Brain: es.ID, Text: "¿Qué necesitas?", Queue: h.sales, Then: flow.Finish})
			h.plays(f)
			c := h.comes("5531985552330", "hola", "")
			h.answers("5531985552330", "una persona", "")
			h.asks(c)
			same(t, "said", h.said(c), "text: ¿Qué necesitas?\ntext: Te paso")
			same(t, "queue", h.row(c).Queue, h.sales)
			c = h.comes("5531985552331", "hola", "")
			h.answers("5531985552331", "mmm", "")
			h.asks(c)
			h.answers("5531985552331", "eh", "")
			h.asks(c)
			same(t, "said", h.said(c), "text: ¿Qué necesitas?\ntext: ¿Cómo dices?\ntext: ¿Cómo dices?")
			same(t, "queue", h.row(c).Queue, h.other)
			same(t, "in use", fault.Is(h.room.DeleteBrain(ctx, actor, es.ID), "brain.used"), true)
		})
		t.Run("a key stays with the address it was given for, and nobody reads it", func(t *testing.T) {
			b := save("Llave", bot.BrainConfig{Kind: bot.Webhook, URL: s.URL + "/bot"}, "secreta")
			kept, err := h.room.SaveBrain(ctx, actor, b.ID, "Llave", b.Config, "")
			must(t, err)
			same(t, "kept", kept.HasSecret, true)
			b.Config.URL = s.URL + "/otro"
			kept, err = h.room.SaveBrain(ctx, actor, b.ID, "Llave", b.Config, "")
			must(t, err)
			same(t, "gone", kept.HasSecret, false)
			n, err := db.One[int](ctx, d, "select count(*) from brains where config_json like '%secreta%'")
			must(t, err)
			same(t, "readable", n, 0)
			for _, bad := range []struct {
				config bot.BrainConfig
				secret string
			}{{bot.BrainConfig{Kind: "x"}, ""}, {bot.BrainConfig{Kind: bot.Webhook, URL: "ftp://x"}, ""}, {bot.BrainConfig{Kind: bot.OpenAI, URL: s.URL}, ""},
				{bot.BrainConfig{Kind: bot.DialogflowES, Project: "../x"}, file}, {bot.BrainConfig{Kind: bot.DialogflowES, Project: "p"}, "{}"}, {bot.BrainConfig{Kind: bot.DialogflowES, Project: "p"}, ""},
				{bot.BrainConfig{Kind: bot.Webhook, URL: s.URL}, "con espacio"}} {
				_, err := h.room.SaveBrain(ctx, actor, 0, "Mala", bad.config, bad.secret)
				same(t, fmt.Sprint(bad.config), fault.KindOf(err), fault.Invalid)
			}
		})
	})
}
