package workflow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
)

// What a step did.
const (
	DidTake  = "taken"   // branch: it is gone through
	DidPass  = "passed"  // branch: its conditions did not hold
	DidSee   = "saw"     // condition, when it is tried
	DidDo    = "done"    // it was done
	DidSkip  = "skipped" // a rule keeps it from being done
	DidFail  = "failed"
	DidWait  = "waits"
	DidCall  = "calls"
	DidEnd   = "ended" // check: the run is over
	DidCheck = "held"  // check: the run goes on
)

// outcome is what came of a step.
type outcome struct {
	did    string
	reason string // code with words
	params map[string]any
	text   string
	waits  string // state the run is in from now on; "" none
	until  int64
	ends   bool // the run is over
}

func did(text string) outcome { return outcome{did: DidDo, text: text} }

func skipped(code string) outcome { return outcome{did: DidSkip, reason: code} }

func failed(code string) outcome { return outcome{did: DidFail, reason: code} }

// rules are the codes of what is kept from being done by a rule that nobody has to mend.
var rules = []string{"ticket.none", "survey.window", "contact.opted_out"}

// outcomeOf takes what a room refused for what came of a step.
func outcomeOf(err error) (outcome, error) {
	f, is := refused(err)
	if !is {
		return outcome{}, err
	}
	out := outcome{did: DidFail, reason: f.Code, params: f.Params}
	if slices.Contains(rules, f.Code) || strings.HasPrefix(f.Code, "window.") {
		out.did = DidSkip
	}
	return out, nil
}

// make makes one step through the verb of its room.
func (t *turn) make(ctx context.Context, o *run, name string, s Step) (out outcome, err error) {
	seen := t.seenBy(o)
	switch s.Kind {
	case Assign:
		out, err = t.assign(ctx, name, s, seen)
	case AddTags, RemoveTags:
		out, err = t.tag(ctx, name, s)
	case Say:
		out, err = t.say(ctx, o, name, s, seen)
	case Template:
		out, err = t.template(ctx, o, name, s, seen)
	case Survey:
		out, err = t.survey(ctx, name, s, seen)
	case Wait:
		return t.wait(s), nil
	case GoOnIf:
		return t.goOnIf(s, seen), nil
	case Keep:
		out, err = t.keepValue(ctx, s, seen)
	case Webhook:
		return t.webhook(ctx, o, name, s, seen)
	case Close:
		out, err = t.close(ctx, name, s)
	}
	t.seen = nil // it is not as it was
	if err != nil {
		return outcomeOf(err)
	}
	return out, nil
}

func (t *turn) has(ctx context.Context, text string, id db.ID) (bool, error) {
	n, err := db.One[int](ctx, t.tx, "select count(*) from ("+text+") known where id = $2", t.at.Workspace, id)
	if err != nil {
		return false, fmt.Errorf("does %d exist: %w", id, err)
	}
	return n > 0, nil
}

func (t *turn) assign(ctx context.Context, name string, s Step, seen Seen) (outcome, error) {
	row, to := seen.Row, conversation.Assignment{User: s.Agent, Queue: s.Queue}
	if row.Ticket == 0 {
		return skipped("ticket.none"), nil
	}
	if s.To == ToAgent {
		to.Queue = 0
		if known, err := t.has(ctx, "select user_id as id from members where workspace_id = $1 and disabled_at is null and profile_id is not null", s.Agent); err != nil || !known {
			return failed("flow.agent"), err
		}
	} else {
		to.User = 0
		if known, err := t.has(ctx, queuesOf, s.Queue); err != nil || !known {
			return failed("flow.queue"), err
		}
	}
	if s.To == ToLeastBusy {
		if row.Holder == conversation.HolderAgent && row.Queue == s.Queue {
			return did("already"), nil // of that queue, it has somebody
		}
		next, err := t.rooms.Routing.LeastBusyIn(ctx, t.tx, t.at.Workspace, s.Queue)
		if err != nil {
			return outcome{}, err
		}
		to.User = next
	}
	if to.User != 0 && row.Assignee == to.User || to.User == 0 && row.Holder == conversation.HolderQueue && row.Queue == to.Queue {
		return did("already"), nil
	}
	return did(to.User.String()), t.rooms.Routing.AssignIn(ctx, t.tx, t.actor(name), row.ID, to)
}

func (t *turn) tag(ctx context.Context, name string, s Step) (outcome, error) {
	changed, err := t.rooms.Conversations.ChangeTagsIn(ctx, t.tx, t.actor(name), t.at.Conversation, func(has []db.ID) []db.ID {
		has = slices.DeleteFunc(has, func(id db.ID) bool { return slices.Contains(s.Tags, id) })
		if s.Kind == AddTags {
			has = append(has, s.Tags...)
		}
		return has
	})
	if !changed {
		return did("already"), err
	}
	return did(""), err
}

// speaks tells whether a workflow may say something: where a bot talks it does not talk over it.
func speaks(seen Seen) (outcome, bool) {
	if seen.Row.Holder == conversation.HolderBot {
		return skipped("workflow.bot_holds"), false
	}
	return outcome{}, true
}

func (t *turn) post(ctx context.Context, o *run, name string, s Step, draft conversation.Draft) error {
	draft.Conversation, draft.Lane = t.at.Conversation, conversation.LaneBots
	draft.ClientID = fmt.Sprintf("workflow:%d:%s", o.ID, s.ID)
	_, err := t.rooms.Conversations.PostIn(ctx, t.tx, t.actor(name), draft)
	return err
}

func (t *turn) say(ctx context.Context, o *run, name string, s Step, seen Seen) (outcome, error) {
	if out, may := speaks(seen); !may {
		return out, nil
	}
	text := conversation.Cut(strings.TrimSpace(flow.Fill(s.Text, seen.Values)), flow.MaxText)
	return did(text), t.post(ctx, o, name, s, conversation.Draft{Kind: channel.Text, Text: text})
}

func (t *turn) template(ctx context.Context, o *run, name string, s Step, seen Seen) (outcome, error) {
	if out, may := speaks(seen); !may {
		return out, nil
	}
	boxes, err := t.rooms.Inboxes.GetIn(ctx, t.tx, t.at.Workspace, seen.Row.Inbox)
	if err != nil {
		return outcome{}, err
	}
	with, err := t.rooms.Templates.ForAgent(ctx, boxes[seen.Row.Inbox], s.Template)
	if err != nil {
		return outcome{}, err
	}
	values := map[string]string{}
	for key, value := range s.Values {
		values[key] = strings.Join(strings.Fields(flow.Fill(value, seen.Values)), " ")
	}
	filled, shown, problems := with.Fill(values)
	if len(problems) > 0 {
		return outcome{did: DidFail, reason: problems[0].Code, params: problems[0].Params}, nil
	}
	return did(shown.Text()), t.post(ctx, o, name, s, conversation.Draft{Kind: channel.Template, Text: shown.Text(), Content: channel.Content{Template: &filled}})
}

func (t *turn) survey(ctx context.Context, name string, s Step, seen Seen) (outcome, error) {
	if out, may := speaks(seen); !may {
		return out, nil
	}
	_, err := t.rooms.Surveys.SendIn(ctx, t.tx, t.actor(name), seen.Row, s.Survey)
	return did(""), err
}

func (t *turn) close(ctx context.Context, name string, s Step) (outcome, error) {
	_, err := t.rooms.Conversations.CloseTicketIn(ctx, t.tx, t.actor(name), t.at.Conversation, conversation.Closing{Result: s.Result})
	return did(s.Result), err
}

func (t *turn) keepValue(ctx context.Context, s Step, seen Seen) (outcome, error) {
	value := conversation.Cut(strings.TrimSpace(flow.Fill(s.Value, seen.Values)), maxValue)
	err := t.rooms.Contacts.AddAttributesIn(ctx, t.tx, t.at.Workspace, map[db.ID]map[string]string{seen.Row.Contact: {s.Name: value}})
	return did(value), err
}

func (t *turn) wait(s Step) outcome {
	now := t.tx.Now()
	until, ok := flow.Pause{Minutes: s.Minutes, Until: s.Until, Within: s.Within}.Ends(t.clock, now)
	switch {
	case !ok:
		return outcome{did: DidFail, reason: "workflow.never_opens", ends: true}
	case until <= now:
		return did("already")
	}
	out := outcome{did: DidWait, params: map[string]any{"until": until}}
	if !t.dry {
		out.waits, out.until = Waiting, until
	}
	return out
}

func (t *turn) goOnIf(s Step, seen Seen) outcome {
	held, sights := hold(s.Match, s.Conditions, seen)
	if t.dry {
		t.sights(s.ID, sights)
	}
	if held {
		return outcome{did: DidCheck}
	}
	return outcome{did: DidEnd, ends: true}
}
