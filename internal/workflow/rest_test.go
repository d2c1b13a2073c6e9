package workflow_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/flow"
	"recado/internal/routing"
	"recado/internal/workflow"
)

// anything makes workflows at random that start one another.
type anything struct {
	*rand.Rand
	h      *house
	tags   []db.ID
	queues []db.ID
}

func pick[T any](r anything, all ...T) T { return all[r.IntN(len(all))] }

func (r anything) trigger() workflow.Trigger {
	t := workflow.Trigger{Kind: pick(r, workflow.Triggers...)}
	switch t.Kind {
	case workflow.TicketWaiting, workflow.CustomerSilent:
		t.Minutes = 1
	case workflow.TagAdded:
		t.Tag = pick(r, 0, r.tags[0], r.tags[1])
	}
	return t
}

func (r anything) step(trigger string) workflow.Step {
	for {
		s := workflow.Step{Kind: pick(r, workflow.Assign, workflow.Assign, workflow.AddTags, workflow.RemoveTags, workflow.Say, workflow.Wait, workflow.Keep, workflow.Close)}
		if trigger == workflow.TicketClosed && s.Kind != workflow.Say && s.Kind != workflow.Keep && s.Kind != workflow.Wait {
			continue
		}
		switch s.Kind {
		case workflow.Assign:
			s.To = pick(r, workflow.ToAgent, workflow.ToQueue, workflow.ToLeastBusy)
			s.Agent, s.Queue = pick(r, r.h.ana.User, r.h.bea.User), pick(r, r.queues...)
		case workflow.AddTags, workflow.RemoveTags:
			s.Tags = []db.ID{pick(r, r.tags...)}
		case workflow.Say:
			s.Text = "hola"
		case workflow.Wait:
			s.Minutes = 1
		case workflow.Keep:
			s.Name, s.Value = "Nota", "{{ticket.number}}"
		}
		return s
	}
}

func (r anything) branch(trigger string) workflow.Branch {
	var b workflow.Branch
	if r.IntN(3) == 0 {
		b.Conditions = []workflow.Condition{{Kind: workflow.OfTag, Op: pick(r, flow.Is, flow.IsNot), IDs: []db.ID{pick(r, r.tags...)}}}
	}
	for range 1 + r.IntN(4) {
		s := r.step(trigger)
		b.Steps = append(b.Steps, s)
		if s.Kind == workflow.Close {
			break
		}
	}
	return b
}

// happens lets one thing happen that people do.
func (r anything) happens(c db.ID) {
	ctx, h := context.Background(), r.h
	switch r.IntN(4) {
	case 0:
		_ = h.conversations.AddTags(ctx, h.owner, c, []db.ID{pick(r, r.tags...)})
	case 1:
		_ = h.routing.Assign(ctx, h.owner, c, conversation.Assignment{User: h.ana.User})
	case 2:
		_, _ = h.conversations.Post(ctx, h.ana, conversation.Draft{Conversation: c, Kind: channel.Text, Text: "hola"})
	case 3:
		h.hears("5531985553090", "hola")
	}
}

func TestWorkflowsThatStartOneAnotherComeToRest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seeds := uint64(12)
		if d.Dialect() == db.Postgres {
			seeds = 3
		}
		for seed := range seeds {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				h := open(t, d)
				ctx := context.Background()
				push, err := h.routing.CreateQueue(ctx, h.owner, "Reparto", routing.Push, 50)
				must(t, err)
				must(t, h.routing.AddToQueue(ctx, h.owner, push.ID, h.ana.User))
				_, err = h.routing.DeskOpened(ctx, h.ana.Workspace, h.ana.User)
				must(t, err)
				_, err = h.routing.SetAvailability(ctx, h.ana, "online", "")
				must(t, err)
				r := anything{rand.New(rand.NewPCG(seed, 22)), h, []db.ID{h.tag("Uno"), h.tag("Dos"), h.tag("Tres")}, []db.ID{h.sales.ID, h.other.ID, push.ID}}
				for i := range 8 {
					trigger := r.trigger()
					h.on(fmt.Sprintf("W%d", i), trigger, r.branch(trigger.Kind))
				}
				c := h.says("5531985553090", "hola")
				for range 6 {
					r.happens(c)
					h.tells() // fails when it never ends
					h.ages(c, 1)
					h.looks()
				}
				for range 50 { // waits end one after another, and that may start more
					under, err := db.One[int](ctx, d, "select count(*) from workflow_runs where workspace_id = $1 and due_at is not null", h.owner.Workspace)
					must(t, err)
					if under == 0 {
						h.soundRuns(c)
						return
					}
					h.passes()
				}
				t.Fatal("waits begin waits for ever")
			})
		}
	})
}

// soundRuns makes sure that no run is a consequence of its own workflow, that chains are short, and that an hour has its bound.
func (h *house) soundRuns(c db.ID) {
	h.t.Helper()
	runs, err := db.All[struct {
		Workflow db.ID  `db:"workflow_id"`
		Chain    string `db:"chain"`
		Depth    int64  `db:"depth"`
	}](context.Background(), h.d, "select workflow_id, chain, depth from workflow_runs where conversation_id = $1 and state <> 'held'", c)
	must(h.t, err)
	for _, r := range runs {
		if strings.Contains(r.Chain, ","+r.Workflow.String()+",") || r.Depth > 5 {
			h.t.Fatal("a consequence of itself", r)
		}
	}
	if len(runs) > 60 {
		h.t.Fatal("too many in an hour:", len(runs))
	}
}

func TestAWorkflowDoesNotTriggerItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := context.Background()
		h.on("Vuelta", workflow.Trigger{Kind: workflow.TicketAssigned}, workflow.Branch{
			Conditions: []workflow.Condition{{Kind: workflow.OfAgent, Op: flow.Is, IDs: []db.ID{h.ana.User}}}, Steps: []workflow.Step{{Kind: workflow.Assign, To: workflow.ToAgent, Agent: h.bea.User}}},
			does(workflow.Step{Kind: workflow.Assign, To: workflow.ToAgent, Agent: h.ana.User}))
		c := h.says("5531985553020", "hola")
		same(t, "not assigned yet", h.did(c), "")
		for i := range 25 {
			must(t, h.routing.Assign(ctx, h.owner, c, conversation.Assignment{User: h.ana.User}))
			h.tells()
			if i < 20 {
				same(t, "assignee", h.row(c).Assignee, h.bea.User)
			}
		}
		same(t, "bound", strings.Count(h.did(c), "Vuelta done"), 20)
		same(t, "held", strings.Count(h.did(c), "Vuelta held workflow.too_often"), 5)
	})
}
