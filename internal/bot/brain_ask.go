package bot

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"

	"recado/internal/flow"
	"recado/internal/publicnet"
	"recado/internal/words"
)

// What an OpenAI-compatible brain writes when people shall take over, or when it is done.
const (
	handoffMark = "[HANDOFF]"
	endMark     = "[END]"
	maxTokens   = 400
)

var pathPart = regexp.MustCompile(`^[A-Za-z0-9:._-]{0,100}$`)

// askBrain asks an outside brain. session is the same for one conversation.
func (r *Room) askBrain(ctx context.Context, b Brain, session string, c flow.Call) flow.Outcome {
	secret, err := r.outside.Sealer.Open(b.sealed, brainContext(b.ID))
	if err != nil {
		return flow.Outcome{Failed: "flow.call.key"}
	}
	var out flow.Outcome
	switch b.Config.Kind {
	case DialogflowES, DialogflowCX:
		out = r.askDialogflow(ctx, b, secret, session, c)
	case OpenAI:
		out = r.askOpenAI(ctx, b.Config, string(secret), c)
	case Webhook:
		out = r.askWebhook(ctx, b.Config, string(secret), session, c)
	default:
		return flow.Outcome{Failed: "flow.call.gone"}
	}
	if out.Failed == "" && len(out.Say) == 0 && !out.Handoff && !out.End {
		out.Failed = "flow.call.empty"
	}
	return out
}

// postJSON asks with JSON, and reads JSON.
func (r *Room) postJSON(ctx context.Context, address, bearer string, body, to any) (failed string) {
	text, err := json.Marshal(body)
	if err != nil {
		return "flow.call.unreadable"
	}
	q := publicnet.Question{Method: "POST", Address: address, Body: string(text), Timeout: brainTimeout}
	if bearer != "" {
		q.Headers = [][2]string{{"Authorization", "Bearer " + bearer}}
	}
	answer, failed := r.request(ctx, q)
	if failed != "" {
		return failed
	}
	if json.Unmarshal(answer, to) != nil {
		return "flow.call.unreadable"
	}
	return ""
}

type chatMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

func (r *Room) askOpenAI(ctx context.Context, c BrainConfig, key string, call flow.Call) flow.Outcome {
	rules := words.Say(call.Language, "brain.rules", map[string]any{"handoff": handoffMark, "end": endMark})
	messages := []chatMessage{{"system", strings.TrimSpace(c.Prompt + "\n\n" + rules)}}
	for _, before := range call.Talk {
		messages = append(messages, chatMessage{"user", before.Asked}, chatMessage{"assistant", before.Answered})
	}
	messages = append(messages, chatMessage{"user", call.Text})
	var answer struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	body := map[string]any{"model": c.Model, "messages": messages, "max_tokens": maxTokens}
	if failed := r.postJSON(ctx, strings.TrimSuffix(c.URL, "/")+"/chat/completions", key, body, &answer); failed != "" {
		return flow.Outcome{Failed: failed}
	}
	if len(answer.Choices) == 0 {
		return flow.Outcome{}
	}
	text := answer.Choices[0].Message.Content
	out := flow.Outcome{Handoff: strings.Contains(text, handoffMark), End: strings.Contains(text, endMark)}
	if text = strings.TrimSpace(strings.NewReplacer(handoffMark, "", endMark, "").Replace(text)); text != "" {
		out.Say = []string{text}
	}
	return out
}

// askWebhook asks a system of the house. docs/brains.md tells of both bodies.
func (r *Room) askWebhook(ctx context.Context, c BrainConfig, key, session string, call flow.Call) flow.Outcome {
	talk := call.Talk
	if talk == nil {
		talk = []flow.Exchange{}
	}
	var answer struct {
		Say     []string `json:"say"`
		Handoff bool     `json:"handoff"`
		End     bool     `json:"end"`
		Lost    bool     `json:"not_understood"`
	}
	body := map[string]any{"conversation": session, "language": call.Language, "text": call.Text, "talk": talk}
	failed := r.postJSON(ctx, c.URL, key, body, &answer)
	return flow.Outcome{Failed: failed, Say: answer.Say, Handoff: answer.Handoff, End: answer.End, Lost: answer.Lost}
}
