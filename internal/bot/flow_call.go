package bot

import (
	"context"
	"encoding/json"
	"fmt"
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

// vault opens the headers of a workspace's flows.
func (r *Room) vault(workspace db.ID) flow.Vault {
	return flow.Vault{Sealer: r.outside.Sealer, Workspace: workspace}
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
	headers, open := r.vault(workspace).Headers(c.Request)
	if !open {
		return flow.Outcome{Failed: "flow.call.header"}
	}
	answer, failed := r.request(ctx, publicnet.Question{Method: c.Request.Method, Address: c.Request.URL, Body: c.Request.Body, Headers: headers, Timeout: callTimeout})
	if failed != "" || len(c.Request.Results) == 0 {
		return flow.Outcome{Failed: failed}
	}
	values, readable := c.Request.Read(answer)
	if !readable {
		return flow.Outcome{Failed: "flow.call.unreadable"}
	}
	return flow.Outcome{Values: values}
}

// request asks another system and gives its answer, or the code of why there is none.
func (r *Room) request(ctx context.Context, q publicnet.Question) (answer []byte, failed string) {
	if answer, failed = r.client.Ask(ctx, q); failed != "" {
		return nil, "flow.call." + failed
	}
	return answer, ""
}
