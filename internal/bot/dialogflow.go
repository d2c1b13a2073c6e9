package bot

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"recado/internal/flow"
	"recado/internal/publicnet"
)

const (
	dialogflowScope = "https://www.googleapis.com/auth/cloud-platform"
	dialogflowText  = 256 // characters Dialogflow takes
	tokenEarly      = 5 * time.Minute
)

// serviceAccount is the key file of a service account of Google (bots-and-push §1.1).
type serviceAccount struct {
	Email    string `json:"client_email"`
	Key      string `json:"private_key"`
	TokenURI string `json:"token_uri"`
	key      *rsa.PrivateKey
}

func readServiceAccount(text []byte) (a serviceAccount, err error) {
	if err := json.Unmarshal(text, &a); err != nil {
		return a, err
	}
	block, _ := pem.Decode([]byte(a.Key))
	if block == nil || a.Email == "" {
		return a, errors.New("no private key in it")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return a, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return a, errors.New("its key is none of RSA")
	}
	a.key = key
	return a, nil
}

// assertion is the signed claim that is exchanged for a token.
func (a serviceAccount) assertion(now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{"iss": a.Email, "scope": dialogflowScope, "aud": a.TokenURI, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return text + "." + encode(signature), nil
}

// tokens keeps access tokens until shortly before they end.
type tokens struct {
	mu   sync.Mutex
	kept map[string]token
}

type token struct {
	text  string
	until time.Time
}

func (r *Room) accessToken(ctx context.Context, b Brain, secret []byte) (text, failed string) {
	key := fmt.Sprintf("%d %x", b.ID, sha256.Sum256(secret))
	now := time.UnixMilli(r.d.Now())
	r.tokens.mu.Lock()
	known, ok := r.tokens.kept[key]
	r.tokens.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.text, ""
	}
	account, err := readServiceAccount(secret)
	if err != nil {
		return "", "flow.call.key"
	}
	assertion, err := account.assertion(now)
	if err != nil {
		return "", "flow.call.key"
	}
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion}}
	answer, failed := r.request(ctx, publicnet.Question{Method: "POST", Address: account.TokenURI, Body: form.Encode(), Timeout: brainTimeout,
		Headers: [][2]string{{"Content-Type", "application/x-www-form-urlencoded"}}})
	if failed == "flow.call.status" { // 400 invalid_grant
		failed = "flow.call.key"
	}
	var got struct {
		Token   string `json:"access_token"`
		Expires int64  `json:"expires_in"`
	}
	switch {
	case failed != "":
		return "", failed
	case json.Unmarshal(answer, &got) != nil || got.Token == "":
		return "", "flow.call.unreadable"
	}
	r.tokens.mu.Lock()
	defer r.tokens.mu.Unlock()
	if r.tokens.kept == nil || len(r.tokens.kept) > 1000 {
		r.tokens.kept = map[string]token{}
	}
	r.tokens.kept[key] = token{got.Token, now.Add(time.Duration(got.Expires)*time.Second - tokenEarly)}
	return got.Token, ""
}

// address is where a session of Dialogflow is asked.
func (c BrainConfig) address(session string) string {
	host, location := "https://dialogflow.googleapis.com", c.Location
	if location != "" && location != "global" {
		host = "https://" + location + "-dialogflow.googleapis.com"
	}
	if c.URL != "" {
		host = strings.TrimSuffix(c.URL, "/")
	}
	if c.Kind == DialogflowCX {
		if location == "" {
			location = "global"
		}
		path := host + "/v3/projects/" + c.Project + "/locations/" + location + "/agents/" + c.Agent
		if c.Environment != "" {
			path += "/environments/" + c.Environment
		}
		return path + "/sessions/" + session + ":detectIntent"
	}
	path := host + "/v2/projects/" + c.Project
	if location != "" && location != "global" {
		path += "/locations/" + location
	}
	path += "/agent"
	if c.Environment != "" {
		path += "/environments/" + c.Environment + "/users/-"
	}
	return path + "/sessions/" + session + ":detectIntent"
}

type dialogflowAnswer struct {
	Result struct {
		Action      string `json:"action"`
		Fulfillment string `json:"fulfillmentText"`
		Messages    []struct {
			Platform string           `json:"platform"`
			Text     *dialogflowWords `json:"text"`
			Payload  struct {
				Handoff bool `json:"handoff"`
			} `json:"payload"`
		} `json:"fulfillmentMessages"`
		Intent struct {
			Fallback bool `json:"isFallback"`
			Ends     bool `json:"endInteraction"`
		} `json:"intent"`
		Responses []struct {
			Text    *dialogflowWords `json:"text"`
			Handoff *struct{}        `json:"liveAgentHandoff"`
			End     *struct{}        `json:"endInteraction"`
		} `json:"responseMessages"`
		Match struct {
			Type string `json:"matchType"`
		} `json:"match"`
	} `json:"queryResult"`
}

type dialogflowWords struct {
	Text []string `json:"text"`
}

func (r *Room) askDialogflow(ctx context.Context, b Brain, secret []byte, session string, call flow.Call) flow.Outcome {
	bearer, failed := r.accessToken(ctx, b, secret)
	if failed != "" {
		return flow.Outcome{Failed: failed}
	}
	text := map[string]any{"text": cutWords(call.Text, dialogflowText)}
	query := map[string]any{"text": text}
	if b.Config.Kind == DialogflowCX {
		query["languageCode"] = call.Language
	} else {
		text["languageCode"] = call.Language
	}
	var answer dialogflowAnswer
	if failed := r.postJSON(ctx, b.Config.address(session), bearer, map[string]any{"queryInput": query}, &answer); failed != "" {
		return flow.Outcome{Failed: failed}
	}
	if b.Config.Kind == DialogflowCX {
		return answer.cx()
	}
	return answer.es()
}

func (a dialogflowAnswer) es() (out flow.Outcome) {
	for _, m := range a.Result.Messages {
		if m.Text != nil && len(m.Text.Text) > 0 && (m.Platform == "" || m.Platform == "PLATFORM_UNSPECIFIED") {
			out.Say = append(out.Say, m.Text.Text[0])
		}
		out.Handoff = out.Handoff || m.Payload.Handoff
	}
	if len(out.Say) == 0 && a.Result.Fulfillment != "" {
		out.Say = []string{a.Result.Fulfillment}
	}
	out.Handoff = out.Handoff || a.Result.Action == "handoff"
	out.End, out.Lost = a.Result.Intent.Ends, a.Result.Intent.Fallback
	return out
}

func (a dialogflowAnswer) cx() (out flow.Outcome) {
	for _, m := range a.Result.Responses {
		if m.Text != nil {
			if text := strings.Join(m.Text.Text, "\n"); text != "" {
				out.Say = append(out.Say, text)
			}
		}
		out.Handoff, out.End = out.Handoff || m.Handoff != nil, out.End || m.End != nil
	}
	out.Lost = a.Result.Match.Type == "NO_MATCH"
	return out
}

// cutWords leaves at most so many characters, cut between words.
func cutWords(text string, limit int) string {
	letters := []rune(text)
	if len(letters) <= limit {
		return text
	}
	text = string(letters[:limit])
	if at := strings.LastIndexByte(text, ' '); at > limit/2 {
		text = text[:at]
	}
	return text
}
