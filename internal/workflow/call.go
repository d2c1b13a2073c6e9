package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/flow"
	"recado/internal/job"
	"recado/internal/publicnet"
)

// CallKind is the kind of the job that asks another system.
const CallKind = "workflow.call"

const (
	callTimeout  = 10 * time.Second // of one request
	callAttempts = 4                // with pauses of 1, 4 and 16 seconds
)

// onceHeader lets the other side know a request that it got before.
const onceHeader = "Idempotency-Key"

type callArgs struct {
	Workspace db.ID `json:"workspace"`
	Run       db.ID `json:"run"`
	Serial    int64 `json:"serial"`
}

// telling is what a webhook without a body of its own says.
type telling struct {
	Workflow     string            `json:"workflow"`
	Run          db.ID             `json:"run_id"`
	Trigger      string            `json:"trigger"`
	Conversation db.ID             `json:"conversation_id"`
	Ticket       db.ID             `json:"ticket_id"`
	Text         string            `json:"text"`
	Values       map[string]string `json:"values"`
}

// webhook lets a job ask another system once what was done so far is durable; the run waits for it.
func (t *turn) webhook(ctx context.Context, o *run, name string, s Step, seen Seen) (outcome, error) {
	request := s.Request.Filled(seen.Values)
	if request.Body == "" && request.Method != "GET" {
		body, err := json.Marshal(telling{name, o.ID, o.Kind, t.at.Conversation, o.Ticket, seen.Text, seen.Values})
		if err != nil {
			return outcome{}, fmt.Errorf("webhook: %w", err)
		}
		request.Body = string(body)
	}
	if t.rooms.Rules.Check(request.URL) != nil {
		return failed("flow.call.private"), nil
	}
	out := outcome{did: DidCall, text: request.Method + " " + request.URL}
	if t.dry {
		return out, nil
	}
	text, err := json.Marshal(request)
	if err != nil {
		return outcome{}, fmt.Errorf("webhook: %w", err)
	}
	o.Call, out.waits, out.until = string(text), Calling, t.tx.Now()+callWithin
	return out, t.rooms.Jobs.Enqueue(ctx, t.tx, CallKind, callArgs{t.at.Workspace, o.ID, o.Serial + 1}, job.Options{Attempts: callAttempts})
}

func (r *Room) call(ctx context.Context, args json.RawMessage) error {
	a, err := job.Decode[callArgs](args)
	if err != nil {
		return err
	}
	return r.callOutside(ctx, a, job.TryOf(ctx))
}

// Call asks what a run waits for, once; see CallKind. A call that nobody waits for any more is not made.
func (r *Room) Call(ctx context.Context, workspace, id db.ID, serial int64) error {
	return r.callOutside(ctx, callArgs{workspace, id, serial}, job.TryOf(ctx))
}

// callOutside asks outside of any transaction. The other side may be asked twice when this node dies before it noted the answer: each
// request names its run and step in onceHeader.
func (r *Room) callOutside(ctx context.Context, a callArgs, try job.Try) error {
	found, err := db.All[run](ctx, r.d, runsBy+"id = $1 and workspace_id = $2 and state = 'calling' and serial = $3", a.Run, a.Workspace, a.Serial)
	if err != nil || len(found) == 0 {
		return err
	}
	var request flow.Request
	if err := json.Unmarshal([]byte(found[0].Call), &request); err != nil {
		return job.Abandon(fmt.Errorf("what run %d asks: %w", a.Run, err))
	}
	headers, open := r.vault(a.Workspace).Headers(&request)
	if !open {
		return r.answered(ctx, a, found[0].Conversation, failed("flow.call.header"), nil)
	}
	headers = append(headers, [2]string{onceHeader, fmt.Sprintf("%d-%d", a.Run, a.Serial)})
	answer, why := r.client.Ask(ctx, publicnet.Question{Method: request.Method, Address: request.URL, Body: request.Body, Headers: headers, Timeout: callTimeout})
	if why != "" && why != publicnet.Private && !try.Last {
		return fmt.Errorf("webhook of run %d: %s", a.Run, why)
	}
	out := outcome{did: DidDo}
	values, readable := map[string]string(nil), true
	if why != "" {
		out = failed("flow.call." + why)
	} else if values, readable = request.Read(answer); !readable {
		out = failed("flow.call.unreadable")
	}
	return r.answered(ctx, a, found[0].Conversation, out, values)
}

// answered lets a run go on with what came of its call.
func (r *Room) answered(ctx context.Context, a callArgs, in db.ID, out outcome, values map[string]string) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		load := func() ([]run, error) {
			return db.All[run](ctx, tx, runsBy+"id = $1 and workspace_id = $2 and state = 'calling' and serial = $3", a.Run, a.Workspace, a.Serial)
		}
		runs, err := load()
		if err != nil || len(runs) == 0 {
			return err
		}
		t, err := r.turn(ctx, tx, place{a.Workspace, in}, runs)
		if err == nil {
			runs, err = load()
		}
		if err != nil || len(runs) == 0 {
			return err
		}
		return t.takeUp(event.CausedBy(ctx, a.Run), &runs[0], out, values)
	})
}

// takeUp notes what came of a call, and goes on.
func (t *turn) takeUp(ctx context.Context, o *run, out outcome, values map[string]string) error {
	plan, known, err := t.plan(ctx, t.tx, t.at.Workspace, versionKey{o.Workflow, o.Version})
	if err != nil || !known {
		return err
	}
	if len(values) > 0 {
		rows, err := t.rooms.Conversations.Rows(ctx, t.tx, t.at.Workspace, []db.ID{t.at.Conversation})
		if err != nil {
			return err
		}
		contact := rows[t.at.Conversation].Contact
		if err := t.rooms.Contacts.AddAttributesIn(ctx, t.tx, t.at.Workspace, map[db.ID]map[string]string{contact: values}); err != nil {
			return err
		}
	}
	out.text = conversation.Cut(out.text, maxValue)
	o.State = Ready
	o.Serial++
	t.note(o, plan.branch(o.Branch).at(o.Place-1), out)
	if err := t.keepLines(ctx, o); err != nil {
		return err
	}
	return t.goOn(ctx, o)
}
