package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"recado/internal/db"
	"recado/internal/flow"
	"recado/internal/job"
	"recado/internal/publicnet"
)

// CallKind is the kind of the job that asks outside.
const CallKind = "flow.call"

const (
	callTimeout  = 10 * time.Second // of one request
	brainTimeout = 20 * time.Second // of one request to a brain
	callPatience = 90_000           // milliseconds until a call counts as failed, with the time it waits for a free worker
	maxAnswerIn  = 64 << 10         // bytes of an answer
	maxResultIn  = 1000             // characters of a value
)

type callArgs struct {
	Workspace    db.ID `json:"workspace"`
	Conversation db.ID `json:"conversation"`
	Serial       int64 `json:"serial"`
}

func (r *Room) call(ctx context.Context, args json.RawMessage) error {
	a, err := job.Decode[callArgs](args)
	if err != nil {
		return err
	}
	return r.CallOutside(ctx, a.Workspace, a.Conversation, a.Serial)
}

// CallOutside asks what the flow of a conversation waits for, outside of any transaction, and lets the flow go on with what came of
// it. A call that nobody waits for any more is not made, and its answer is nothing.
func (r *Room) CallOutside(ctx context.Context, workspace, conversation db.ID, serial int64) error {
	rows, err := db.All[stateRow](ctx, r.d, "select ticket_id, state_json from bot_states where conversation_id = $1 and workspace_id = $2", conversation, workspace)
	if err != nil {
		return fmt.Errorf("what a flow asks: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	var k kept
	if err := json.Unmarshal([]byte(rows[0].State), &k); err != nil {
		return job.Abandon(fmt.Errorf("where bot stands in conversation %d: %w", conversation, err))
	}
	if k.Flow == nil || k.Call == nil || k.Call.Serial != serial || k.Flow.Serial != serial {
		return nil
	}
	outcome := r.ask(ctx, workspace, conversation, *k.Call)
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return r.resume(ctx, tx, workspace, conversation, func(s flow.State) (flow.Input, bool) {
			return flow.Input{Kind: flow.Answered, Serial: serial, Outcome: outcome}, s.Serial == serial && s.Waits == flow.ForCall
		})
	})
}

func (r *Room) ask(ctx context.Context, workspace, conversation db.ID, c flow.Call) flow.Outcome {
	if c.Brain != 0 {
		b, err := brainIn(ctx, r.d, workspace, c.Brain)
		if err != nil {
			return flow.Outcome{Failed: "flow.call.gone"}
		}
		return r.askBrain(ctx, b, conversation.String(), c)
	}
	if c.Request == nil {
		return flow.Outcome{Failed: "flow.call.gone"}
	}
	answer, failed := r.request(ctx, callTimeout, c.Request.Method, c.Request.URL, c.Request.Body, c.Request.Headers)
	if failed != "" || len(c.Request.Results) == 0 {
		return flow.Outcome{Failed: failed}
	}
	var parsed any
	if err := decode(answer, &parsed); err != nil {
		return flow.Outcome{Failed: "flow.call.unreadable"}
	}
	out := flow.Outcome{Values: map[string]string{}}
	for _, wanted := range c.Request.Results {
		if value, ok := part(parsed, wanted.Path); ok {
			out.Values[wanted.Name] = flow.Cut(value, maxResultIn)
		}
	}
	return out
}

// request asks another system and gives its answer, or the code of why there is none.
func (r *Room) request(ctx context.Context, timeout time.Duration, method, address, body string, headers []flow.Header) (answer []byte, failed string) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return nil, "flow.call.unreachable"
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "Recado")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		request.Header.Set(h.Name, h.Value)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return nil, whyNot(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswerIn+1))
	switch {
	case err != nil:
		return nil, whyNot(err)
	case len(answer) > maxAnswerIn:
		return nil, "flow.call.too_big"
	case response.StatusCode == http.StatusUnauthorized, response.StatusCode == http.StatusForbidden:
		return nil, "flow.call.key"
	case response.StatusCode < 200 || response.StatusCode > 299: // a redirect is not followed: it may lead anywhere
		return nil, "flow.call.status"
	}
	return answer, ""
}

func whyNot(err error) string {
	var slow interface{ Timeout() bool }
	switch {
	case errors.Is(err, publicnet.ErrPrivate), errors.Is(err, publicnet.ErrPlain), errors.Is(err, publicnet.ErrAddress):
		return "flow.call.private"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "flow.call.late"
	}
	return "flow.call.unreachable"
}

// decode reads JSON and keeps numbers as they are written.
func decode(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(to)
}

// part gives a part of an answer, named as in order.items.0.state; whole objects and lists as JSON.
func part(value any, path string) (string, bool) {
	for _, name := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			inner, ok := v[name]
			if !ok {
				return "", false
			}
			value = inner
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return "", false
			}
			value = v[i]
		default:
			return "", false
		}
	}
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	text, err := json.Marshal(value)
	return string(text), err == nil
}
