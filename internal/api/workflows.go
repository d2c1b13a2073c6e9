package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/workflow"
)

func (s *Server) workflowRoutes() {
	see, set := viewing(account.Automation), editing(account.Automation)
	get(s, "/workflows", about{Name: "listWorkflows", Tag: "workflows", Says: "Workflows by name, with what they did since a time"}, see, s.listWorkflows)
	post(s, "/workflows", about{Name: "createWorkflow", Tag: "workflows", Says: "Make a workflow from a recipe, or an empty one; it is off", Status: 201}, set, s.createWorkflow)
	get(s, "/workflows/{id}", about{Name: "readWorkflow", Tag: "workflows", Says: "The draft of a workflow, with what is wrong with it"}, see, s.readWorkflow)
	put(s, "/workflows/{id}", about{Name: "changeWorkflow", Tag: "workflows", Says: "Keep the draft of a workflow; what is wrong with it may stay until it is switched on"}, set, s.changeWorkflow)
	remove(s, "/workflows/{id}", about{Name: "deleteWorkflow", Tag: "workflows", Says: "Forget a workflow; its runs stop"}, set, s.deleteWorkflow)
	post(s, "/workflows/{id}/publish", about{Name: "publishWorkflow", Tag: "workflows", Says: "Switch a workflow on as its draft is; runs under way go on in their version", Status: 200}, set, s.publishWorkflow)
	put(s, "/workflows/{id}/switch", about{Name: "switchWorkflow", Tag: "workflows", Says: "Switch what is published on or off; off stops runs where they wait"}, set, s.switchWorkflow)
	get(s, "/workflows/{id}/versions", about{Name: "listWorkflowVersions", Tag: "workflows", Says: "What was published of a workflow, newest first"}, see, s.listWorkflowVersions)
	get(s, "/workflows/{id}/runs", about{Name: "listWorkflowRuns", Tag: "workflows", Says: "What a workflow did, newest first, 50 runs at a time, for 30 days; whom it was about only within reach"}, see, s.listWorkflowRuns)
	post(s, "/workflows/{id}/check", about{Name: "checkWorkflow", Tag: "workflows", Says: "What is wrong with a draft that need not be kept", Status: 200}, see, s.checkWorkflow)
	post(s, "/workflows/{id}/try", about{Name: "tryWorkflow", Tag: "workflows",
		Says: "What a workflow that need not be kept would do now in a conversation; nothing is kept, sent or asked outside", Status: 200}, set, s.tryWorkflow)
	get(s, "/conversations/{id}/workflow-runs", about{Name: "listConversationRuns", Tag: "workflows", Says: "What workflows did in a conversation, newest first, the last 50 runs of 30 days"},
		viewing(account.Desk), s.listConversationRuns)
}

// WorkflowSummary is a workflow in the list.
type WorkflowSummary struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Trigger    workflow.Trigger `json:"trigger" doc:"as published; of the draft when nothing is"`
	Published  int64            `json:"published" doc:"the version new runs follow; 0: none yet"`
	Changed    bool             `json:"changed" doc:"the draft is not what is published"`
	On         bool             `json:"on"`
	PausedAt   int64            `json:"paused_at" doc:"since when it is paused for failing ten times in a row; 0: not"`
	Runs       int64            `json:"runs" doc:"since the time asked for, that did something"`
	Failed     int64            `json:"failed" doc:"of them"`
	EditedName string           `json:"edited_name" doc:"empty: an API key"`
	UpdatedAt  int64            `json:"updated_at" doc:"Unix milliseconds"`
}

type listWorkflowsInput struct {
	Since int64 `query:"since" doc:"from when runs are counted, Unix milliseconds; missing: a day ago"`
}

func (s *Server) listWorkflows(ctx context.Context, actor account.Actor, in *listWorkflowsInput) (Items[WorkflowSummary], error) {
	all, err := s.rooms.Workflow.List(ctx, actor.Workspace)
	if err != nil {
		return Items[WorkflowSummary]{}, err
	}
	published, err := s.rooms.Workflow.Published(ctx, actor.Workspace, all)
	if err != nil {
		return Items[WorkflowSummary]{}, err
	}
	tallies, err := s.rooms.Workflow.Tallies(ctx, actor.Workspace, in.Since)
	return listOf(all, func(w workflow.Workflow) WorkflowSummary {
		trigger := w.Draft.Trigger
		if w.Published > 0 {
			trigger = published[w.ID].Trigger
		}
		return WorkflowSummary{ID: w.ID.String(), Name: w.Name, Trigger: trigger, Published: w.Published, Changed: w.Unlike(published[w.ID]), On: w.OnAt != 0,
			PausedAt: w.PausedAt, Runs: tallies[w.ID].Runs, Failed: tallies[w.ID].Failed, EditedName: w.EditedName, UpdatedAt: w.UpdatedAt}
	}), err
}

// WorkflowFinding is something wrong with a workflow.
type WorkflowFinding struct {
	At      string `json:"at" doc:"id of a step or branch; empty: the trigger, or the whole"`
	Field   string `json:"field" doc:"of it; empty: as a whole"`
	Serious bool   `json:"serious" doc:"it keeps the workflow from being switched on"`
	Code    string `json:"code"`
	Text    string `json:"text" doc:"in the reader's language"`
}

// Workflow is a workflow being edited.
type Workflow struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Draft      workflow.Plan     `json:"draft"`
	Revision   int64             `json:"revision" doc:"one more with every edit"`
	Published  int64             `json:"published" doc:"the version new runs follow; 0: none yet"`
	Changed    bool              `json:"changed" doc:"the draft is not what is published"`
	On         bool              `json:"on"`
	PausedAt   int64             `json:"paused_at" doc:"since when it is paused for failing ten times in a row; 0: not"`
	Findings   []WorkflowFinding `json:"findings"`
	Names      []string          `json:"names" doc:"that the words may use as {{name}}, beside contact.KEY"`
	EditedName string            `json:"edited_name" doc:"empty: an API key"`
	UpdatedAt  int64             `json:"updated_at" doc:"Unix milliseconds"`
}

func (s *Server) workflowOf(ctx context.Context, actor account.Actor, w workflow.Workflow, err error) (Workflow, error) {
	if err != nil {
		return Workflow{}, err
	}
	found, err := s.findings(ctx, actor, w.Draft)
	if err != nil {
		return Workflow{}, err
	}
	published, err := s.rooms.Workflow.Published(ctx, actor.Workspace, []workflow.Workflow{w})
	return Workflow{ID: w.ID.String(), Name: w.Name, Draft: w.Draft, Revision: w.Revision, Published: w.Published, Changed: w.Unlike(published[w.ID]), On: w.OnAt != 0,
		PausedAt: w.PausedAt, Names: workflow.Names, EditedName: w.EditedName, UpdatedAt: w.UpdatedAt, Findings: found.Items}, err
}

func (s *Server) findings(ctx context.Context, actor account.Actor, p workflow.Plan) (Items[WorkflowFinding], error) {
	found, err := s.rooms.Workflow.Findings(ctx, actor.Workspace, p)
	return listOf(found, func(f workflow.Finding) WorkflowFinding {
		return WorkflowFinding{At: f.At, Field: f.Fault.Field, Serious: f.Serious, Code: f.Fault.Code, Text: wordsOf(visitIn(ctx), f.Fault)}
	}), err
}

type checkWorkflowInput struct {
	ByID
	Body struct {
		Draft workflow.Plan `json:"draft"`
	}
}

func (s *Server) checkWorkflow(ctx context.Context, actor account.Actor, in *checkWorkflowInput) (Items[WorkflowFinding], error) {
	if _, err := s.rooms.Workflow.Get(ctx, actor.Workspace, in.ID.ID); err != nil {
		return Items[WorkflowFinding]{}, err
	}
	if err := in.Body.Draft.Shape(); err != nil {
		return Items[WorkflowFinding]{}, err
	}
	return s.findings(ctx, actor, in.Body.Draft)
}

type createWorkflowInput struct {
	Body struct {
		Name   string `json:"name" maxLength:"200"`
		Recipe string `json:"recipe" enum:",assign,away,remind,tidy" doc:"empty: without steps"`
	}
}

func (s *Server) createWorkflow(ctx context.Context, actor account.Actor, in *createWorkflowInput) (Workflow, error) {
	w, err := s.rooms.Workflow.Create(ctx, actor, in.Body.Name, in.Body.Recipe)
	return s.workflowOf(ctx, actor, w, err)
}

func (s *Server) readWorkflow(ctx context.Context, actor account.Actor, in *ByID) (Workflow, error) {
	w, err := s.rooms.Workflow.Get(ctx, actor.Workspace, in.ID.ID)
	return s.workflowOf(ctx, actor, w, err)
}

type changeWorkflowInput struct {
	ByID
	Body struct {
		Name     string        `json:"name" maxLength:"200"`
		Draft    workflow.Plan `json:"draft"`
		Revision int64         `json:"revision" minimum:"-1" doc:"the one that was seen; when somebody made another meanwhile the change is refused with 409. -1: whatever it is"`
	}
}

func (s *Server) changeWorkflow(ctx context.Context, actor account.Actor, in *changeWorkflowInput) (Workflow, error) {
	w, err := s.rooms.Workflow.Save(ctx, actor, in.ID.ID, in.Body.Name, in.Body.Draft, in.Body.Revision)
	return s.workflowOf(ctx, actor, w, err)
}

func (s *Server) deleteWorkflow(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Workflow.Delete(ctx, actor, in.ID.ID)
}

type publishWorkflowInput struct {
	ByID
	Body struct {
		Revision int64 `json:"revision" minimum:"-1" doc:"the one that was seen; -1: whatever it is"`
	}
}

func (s *Server) publishWorkflow(ctx context.Context, actor account.Actor, in *publishWorkflowInput) (Workflow, error) {
	w, err := s.rooms.Workflow.Publish(ctx, actor, in.ID.ID, in.Body.Revision)
	return s.workflowOf(ctx, actor, w, err)
}

type switchWorkflowInput struct {
	ByID
	Body struct {
		On bool `json:"on"`
	}
}

func (s *Server) switchWorkflow(ctx context.Context, actor account.Actor, in *switchWorkflowInput) (Workflow, error) {
	w, err := s.rooms.Workflow.Switch(ctx, actor, in.ID.ID, in.Body.On)
	return s.workflowOf(ctx, actor, w, err)
}

// WorkflowVersion is a workflow as it was published once.
type WorkflowVersion struct {
	Version int64         `json:"version"`
	By      string        `json:"by" doc:"who published it; empty: an API key"`
	At      int64         `json:"at" doc:"Unix milliseconds"`
	Plan    workflow.Plan `json:"plan"`
}

func (s *Server) listWorkflowVersions(ctx context.Context, actor account.Actor, in *ByID) (Items[WorkflowVersion], error) {
	all, err := s.rooms.Workflow.Versions(ctx, actor.Workspace, in.ID.ID)
	return listOf(all, func(v workflow.Version) WorkflowVersion {
		return WorkflowVersion{Version: v.Number, By: v.By, At: v.At, Plan: v.Plan}
	}), err
}

// WorkflowLine is one thing a run did.
type WorkflowLine struct {
	Step   string         `json:"step" doc:"id of the step or branch, in the run's version"`
	Kind   string         `json:"kind" doc:"of the step; branch; condition, when it is tried"`
	Did    string         `json:"did" enum:"taken,passed,saw,done,skipped,failed,waits,calls,ended,held"`
	Reason string         `json:"reason" doc:"why it was skipped or failed, in the reader's language"`
	Params map[string]any `json:"params,omitempty" doc:"until, of waits; place, kind and held, of a condition"`
	Text   string         `json:"text" doc:"what was said, kept or asked; id of the agent; what a condition saw; already: nothing was to be done"`
	At     int64          `json:"at" doc:"Unix milliseconds"`
}

// WorkflowRun is one run.
type WorkflowRun struct {
	ID           db.ID          `json:"id"`
	Workflow     db.ID          `json:"workflow_id"`
	Name         string         `json:"name" doc:"of the workflow; empty: it was deleted"`
	Version      int64          `json:"version"`
	Conversation db.ID          `json:"conversation_id" doc:"empty: out of reach"`
	Contact      string         `json:"contact" doc:"name; empty: out of reach"`
	Ticket       int64          `json:"ticket_number" doc:"0: none"`
	Trigger      string         `json:"trigger"`
	State        string         `json:"state" enum:"ready,waiting,calling,done,failed,unmet,held,stopped"`
	Reason       string         `json:"reason" doc:"why it was held or stopped, in the reader's language"`
	DueAt        int64          `json:"due_at" doc:"when it goes on, Unix milliseconds; 0: it is over"`
	BeganAt      int64          `json:"began_at"`
	EndedAt      int64          `json:"ended_at" doc:"0: not yet"`
	Lines        []WorkflowLine `json:"lines"`
}

func linesOf(ctx context.Context, all []workflow.Line, hidden bool) []WorkflowLine {
	return listOf(all, func(l workflow.Line) WorkflowLine {
		out := WorkflowLine{Step: l.Step, Kind: l.Kind, Did: l.Did, Reason: reasonOf(ctx, l.Reason, l.Params), Params: l.Params, Text: l.Text, At: l.At}
		if hidden && (l.Kind == workflow.Say || l.Kind == workflow.Template || l.Kind == workflow.Keep || l.Kind == workflow.Webhook) {
			out.Text = ""
		}
		return out
	}).Items
}

// reasonOf says a code in the reader's language.
func reasonOf(ctx context.Context, code string, params map[string]any) string {
	if code == "" {
		return ""
	}
	return wordsOf(visitIn(ctx), &fault.Error{Code: code, Message: code, Params: params})
}

// runsOf shows runs; whom they are about only within the reader's reach.
func (s *Server) runsOf(ctx context.Context, actor account.Actor, all []workflow.Run) (Items[WorkflowRun], error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return Items[WorkflowRun]{}, err
	}
	rows, err := s.rooms.Conversation.Within(ctx, reach, conversationsOf(all))
	return listOf(all, func(r workflow.Run) WorkflowRun {
		row, seen := rows[r.Conversation]
		return WorkflowRun{ID: r.ID, Workflow: r.Workflow, Name: r.Name, Version: r.Version, Conversation: row.ID, Contact: row.ContactName, Ticket: r.Ticket, Trigger: r.Kind,
			State: r.State, Reason: reasonOf(ctx, r.Reason, nil), DueAt: r.DueAt, BeganAt: r.BeganAt, EndedAt: r.EndedAt, Lines: linesOf(ctx, r.Lines, !seen)}
	}), err
}

func conversationsOf(all []workflow.Run) []db.ID {
	ids := make([]db.ID, len(all))
	for i, r := range all {
		ids[i] = r.Conversation
	}
	return ids
}

type listRunsInput struct {
	ByID
	Before PathID `query:"before" doc:"id of the oldest run that was read: those before it"`
}

func (s *Server) listWorkflowRuns(ctx context.Context, actor account.Actor, in *listRunsInput) (Items[WorkflowRun], error) {
	all, err := s.rooms.Workflow.Runs(ctx, actor.Workspace, in.ID.ID, in.Before.ID)
	if err != nil {
		return Items[WorkflowRun]{}, err
	}
	return s.runsOf(ctx, actor, all)
}

func (s *Server) listConversationRuns(ctx context.Context, actor account.Actor, in *ByID) (Items[WorkflowRun], error) {
	if _, err := s.reached(ctx, actor, in.ID.ID); err != nil {
		return Items[WorkflowRun]{}, err
	}
	all, err := s.rooms.Workflow.RunsIn(ctx, actor.Workspace, in.ID.ID)
	if err != nil {
		return Items[WorkflowRun]{}, err
	}
	return s.runsOf(ctx, actor, all)
}

type tryWorkflowInput struct {
	ByID
	Body struct {
		Draft        workflow.Plan `json:"draft"`
		Conversation db.ID         `json:"conversation_id"`
	}
}

// WorkflowTrial is what a workflow would do.
type WorkflowTrial struct {
	State  string         `json:"state" enum:"done,failed,unmet,stopped"`
	Reason string         `json:"reason" doc:"why it would stop, in the reader's language"`
	As     string         `json:"as" enum:",opened,closed" doc:"it is as if a ticket were opened, or closed, in the conversation"`
	Lines  []WorkflowLine `json:"lines"`
}

func (s *Server) tryWorkflow(ctx context.Context, actor account.Actor, in *tryWorkflowInput) (WorkflowTrial, error) {
	if _, err := s.rooms.Workflow.Get(ctx, actor.Workspace, in.ID.ID); err != nil {
		return WorkflowTrial{}, err
	}
	row, err := s.reached(ctx, actor, in.Body.Conversation)
	if err != nil {
		return WorkflowTrial{}, err
	}
	trial, err := s.rooms.Workflow.Try(ctx, actor, in.ID.ID, in.Body.Draft, row)
	return WorkflowTrial{State: trial.State, Reason: reasonOf(ctx, trial.Reason, nil), As: trial.As, Lines: linesOf(ctx, trial.Lines, false)}, err
}
