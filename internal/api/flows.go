package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/flow"
	"recado/internal/words"
)

func (s *Server) flowRoutes() {
	see, set := viewing(account.Automation), editing(account.Automation)
	get(s, "/flows", about{Name: "listFlows", Tag: "flows", Says: "Flows by name, with what is published and which numbers begin with them"}, see, s.listFlows)
	post(s, "/flows", about{Name: "createFlow", Tag: "flows", Says: "Make a flow from a recipe, or an empty one", Status: 201}, set, s.createFlow)
	post(s, "/inboxes/{id}/chatbot/flow", about{Name: "openChatbotAsFlow", Tag: "flows", Says: "Make a flow, as a draft, that does what the tabs of a number's chatbot do", Status: 201}, set, s.openAsFlow)
	get(s, "/flows/{id}", about{Name: "readFlow", Tag: "flows", Says: "The draft of a flow, with what is wrong with it and what is not published yet"}, see, s.readFlow)
	put(s, "/flows/{id}", about{Name: "changeFlow", Tag: "flows", Says: "Keep the draft of a flow; what is wrong with it may stay until it is published"}, set, s.changeFlow)
	remove(s, "/flows/{id}", about{Name: "deleteFlow", Tag: "flows", Says: "Forget a flow that no number and no other flow uses"}, set, s.deleteFlow)
	post(s, "/flows/{id}/publish", about{Name: "publishFlow", Tag: "flows", Says: "Let new conversations begin with the draft; those under way go on in theirs", Status: 200}, set, s.publishFlow)
	get(s, "/flows/{id}/versions", about{Name: "listFlowVersions", Tag: "flows", Says: "What was published of a flow, newest first"}, see, s.listFlowVersions)
	post(s, "/flows/{id}/try", about{Name: "tryFlow", Tag: "flows", Says: "One step of a flow that need not be kept, and what is wrong with it; nothing is sent, asked outside or kept", Status: 200}, see, s.tryFlow)
	get(s, "/conversations/{id}/flow-log", about{Name: "readFlowLog", Tag: "flows", Says: "What flows did in a conversation, newest first, the last 200 things of 30 days"}, viewing(account.Desk), s.readFlowLog)
}

// FlowSummary is a flow in the list.
type FlowSummary struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Published  int64    `json:"published" doc:"the version new conversations begin with; 0: none yet"`
	Changed    bool     `json:"changed" doc:"the draft is not what is published"`
	Blocks     int      `json:"blocks"`
	Numbers    []string `json:"numbers" doc:"labels of those that begin with it"`
	EditedName string   `json:"edited_name" doc:"empty: an API key"`
	UpdatedAt  int64    `json:"updated_at" doc:"Unix milliseconds"`
}

// users gives the labels of the numbers that begin with each flow.
func (s *Server) users(ctx context.Context, workspace db.ID) (map[db.ID][]string, error) {
	boxes, err := s.rooms.Inbox.List(ctx, workspace)
	if err != nil {
		return nil, err
	}
	bots, err := s.rooms.Bot.List(ctx, workspace)
	out := map[db.ID][]string{}
	for _, box := range boxes {
		if b := bots[box.ID]; b.Settings.Flow != 0 {
			out[b.Settings.Flow] = append(out[b.Settings.Flow], box.Label)
		}
	}
	return out, err
}

func (s *Server) listFlows(ctx context.Context, actor account.Actor, _ *noInput) (Items[FlowSummary], error) {
	flows, err := s.rooms.Bot.Flows(ctx, actor.Workspace)
	if err != nil {
		return Items[FlowSummary]{}, err
	}
	published, err := s.rooms.Bot.Published(ctx, actor.Workspace)
	if err != nil {
		return Items[FlowSummary]{}, err
	}
	users, err := s.users(ctx, actor.Workspace)
	return listOf(flows, func(f bot.Flow) FlowSummary {
		line := FlowSummary{ID: f.ID.String(), Name: f.Name, Published: f.Published, Blocks: len(f.Draft.Blocks), Numbers: users[f.ID], EditedName: f.EditedName, UpdatedAt: f.UpdatedAt}
		line.Changed = len(flow.Compare(published[f.ID].Flow, f.Draft)) > 0
		if line.Numbers == nil {
			line.Numbers = []string{}
		}
		return line
	}), err
}

// FlowFinding is something wrong with a flow.
type FlowFinding struct {
	Block   string `json:"block" doc:"empty: the flow as a whole"`
	Field   string `json:"field" doc:"of the block; empty: the block as a whole"`
	Serious bool   `json:"serious" doc:"it keeps the flow from being published"`
	Code    string `json:"code"`
	Text    string `json:"text" doc:"in the reader's language"`
}

func findingsOf(ctx context.Context, found []flow.Finding) []FlowFinding {
	return listOf(found, func(f flow.Finding) FlowFinding {
		return FlowFinding{Block: f.Block, Field: f.Fault.Field, Serious: f.Serious, Code: f.Fault.Code, Text: wordsOf(visitIn(ctx), f.Fault)}
	}).Items
}

// Flow is a flow being edited.
type Flow struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Draft      flow.Flow         `json:"draft"`
	Revision   int64             `json:"revision" doc:"one more with every edit"`
	Published  int64             `json:"published" doc:"the version new conversations begin with; 0: none yet"`
	Unlike     []flow.Difference `json:"unlike" doc:"what the draft has otherwise than what is published"`
	Findings   []FlowFinding     `json:"findings"`
	Numbers    []string          `json:"numbers" doc:"labels of those that begin with it"`
	Campaigns  []FlowUse         `json:"campaigns" doc:"whose replies go to it, the newest first"`
	EditedName string            `json:"edited_name" doc:"empty: an API key"`
	UpdatedAt  int64             `json:"updated_at" doc:"Unix milliseconds"`
	Names      []string          `json:"names" doc:"that the words may use as {{name}}, beside contact.KEY"`
}

// FlowUse is a campaign whose replies go to a flow.
type FlowUse struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Block string `json:"block" doc:"where replies begin; people: the first block of human service; empty: the beginning"`
	Lost  bool   `json:"lost" doc:"the draft has no such block: once it is published, replies begin at its beginning"`
}

func (s *Server) flowOf(ctx context.Context, actor account.Actor, f bot.Flow, err error) (Flow, error) {
	if err != nil {
		return Flow{}, err
	}
	found, err := s.rooms.Bot.Findings(ctx, actor.Workspace, f.ID, f.Draft)
	if err != nil {
		return Flow{}, err
	}
	published, err := s.rooms.Bot.Published(ctx, actor.Workspace)
	if err != nil {
		return Flow{}, err
	}
	uses, err := s.rooms.Campaign.Using(ctx, actor.Workspace, f.ID)
	if err != nil {
		return Flow{}, err
	}
	users, err := s.users(ctx, actor.Workspace)
	out := Flow{ID: f.ID.String(), Name: f.Name, Draft: f.Draft, Revision: f.Revision, Published: f.Published, Unlike: flow.Compare(published[f.ID].Flow, f.Draft),
		Findings: findingsOf(ctx, found), Numbers: users[f.ID], EditedName: f.EditedName, UpdatedAt: f.UpdatedAt, Names: flow.Names,
		Campaigns: listOf(uses, func(u campaign.Use) FlowUse {
			return FlowUse{ID: u.Campaign.String(), Name: u.Name, Block: u.Block, Lost: u.Block != "" && !f.Draft.Has(u.Block)}
		}).Items}
	if out.Numbers == nil {
		out.Numbers = []string{}
	}
	return out, err
}

type createFlowInput struct {
	Body struct {
		Name   string `json:"name" maxLength:"200"`
		Recipe string `json:"recipe" enum:",menu,details,hours" doc:"empty: without blocks"`
	}
}

func (s *Server) createFlow(ctx context.Context, actor account.Actor, in *createFlowInput) (Flow, error) {
	f, err := s.rooms.Bot.NewFlow(ctx, actor, in.Body.Name, in.Body.Recipe)
	return s.flowOf(ctx, actor, f, err)
}

func (s *Server) openAsFlow(ctx context.Context, actor account.Actor, in *ByID) (Flow, error) {
	f, err := s.rooms.Bot.OpenAsFlow(ctx, actor, in.ID.ID)
	return s.flowOf(ctx, actor, f, err)
}

func (s *Server) readFlow(ctx context.Context, actor account.Actor, in *ByID) (Flow, error) {
	f, err := s.rooms.Bot.Flow(ctx, actor.Workspace, in.ID.ID)
	return s.flowOf(ctx, actor, f, err)
}

type changeFlowInput struct {
	ByID
	Body struct {
		Name     string    `json:"name" maxLength:"200"`
		Draft    flow.Flow `json:"draft"`
		Revision int64     `json:"revision" minimum:"-1" doc:"the one that was seen; when somebody made another meanwhile the change is refused with 409. -1: whatever it is"`
	}
}

func (s *Server) changeFlow(ctx context.Context, actor account.Actor, in *changeFlowInput) (Flow, error) {
	f, err := s.rooms.Bot.SaveFlow(ctx, actor, in.ID.ID, in.Body.Name, in.Body.Draft, in.Body.Revision)
	return s.flowOf(ctx, actor, f, err)
}

func (s *Server) deleteFlow(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Bot.DeleteFlow(ctx, actor, in.ID.ID)
}

type publishFlowInput struct {
	ByID
	Body struct {
		Revision int64 `json:"revision" minimum:"-1" doc:"the one that was seen; -1: whatever it is"`
	}
}

func (s *Server) publishFlow(ctx context.Context, actor account.Actor, in *publishFlowInput) (Flow, error) {
	f, err := s.rooms.Bot.PublishFlow(ctx, actor, in.ID.ID, in.Body.Revision)
	return s.flowOf(ctx, actor, f, err)
}

// FlowVersion is a flow as it was published once.
type FlowVersion struct {
	Version int64     `json:"version"`
	Name    string    `json:"name"`
	By      string    `json:"by" doc:"who published it; empty: an API key"`
	At      int64     `json:"at" doc:"Unix milliseconds"`
	Flow    flow.Flow `json:"flow"`
}

func (s *Server) listFlowVersions(ctx context.Context, actor account.Actor, in *ByID) (Items[FlowVersion], error) {
	all, err := s.rooms.Bot.FlowVersions(ctx, actor.Workspace, in.ID.ID)
	return listOf(all, func(v bot.FlowVersion) FlowVersion {
		return FlowVersion{Version: v.Version, Name: v.Name, By: v.By, At: v.At, Flow: v.Flow}
	}), err
}

type tryFlowInput struct {
	ByID
	Body struct {
		Draft   flow.Flow    `json:"draft"`
		State   flow.State   `json:"state" doc:"as the last step gave it; empty at first"`
		Kind    string       `json:"kind" enum:"began,wrote,due,answered" doc:"a ticket was opened; the person said something; the time passed; the outside answered"`
		Text    string       `json:"text,omitempty" maxLength:"4096"`
		Payload string       `json:"payload,omitempty" maxLength:"256" doc:"id of a tapped choice"`
		Media   bool         `json:"media,omitempty" doc:"the message is a file"`
		Closed  bool         `json:"closed,omitempty" doc:"outside the opening hours"`
		Name    string       `json:"name,omitempty" maxLength:"200" doc:"of the person"`
		Outcome flow.Outcome `json:"outcome,omitempty" doc:"with answered: what the outside said"`
	}
}

// FlowTurn is what a flow would do.
type FlowTurn struct {
	Said     []flow.Said   `json:"said"`
	State    flow.State    `json:"state" doc:"for the next step"`
	Call     *flow.Call    `json:"call,omitempty" doc:"what would be asked outside"`
	Handoff  bool          `json:"handoff" doc:"people take over"`
	Queue    db.ID         `json:"queue_id" doc:"whose people; empty: the number's default queue"`
	Agent    db.ID         `json:"agent_id" doc:"this person instead"`
	Ended    bool          `json:"ended" doc:"the ticket is closed"`
	Log      []flow.Line   `json:"log"`
	Findings []FlowFinding `json:"findings"`
}

func (s *Server) tryFlow(ctx context.Context, actor account.Actor, in *tryFlowInput) (FlowTurn, error) {
	b := in.Body
	turn, err := s.rooms.Bot.TryFlow(ctx, actor.Workspace, in.ID.ID, b.Draft, b.State,
		flow.Input{Kind: b.Kind, Text: b.Text, Payload: b.Payload, Media: b.Media, Closed: b.Closed, Outcome: b.Outcome}, b.Name)
	if err != nil {
		return FlowTurn{}, err
	}
	found, err := s.rooms.Bot.Findings(ctx, actor.Workspace, in.ID.ID, b.Draft)
	out := FlowTurn{Said: turn.Said, State: turn.State, Call: turn.Call, Handoff: turn.Handoff, Queue: turn.Queue, Agent: turn.Agent, Ended: turn.Ended, Log: turn.Log,
		Findings: findingsOf(ctx, found)}
	if out.Said == nil {
		out.Said = []flow.Said{}
	}
	if out.Log == nil {
		out.Log = []flow.Line{}
	}
	return out, err
}

// FlowLogLine is one thing a flow did in a conversation.
type FlowLogLine struct {
	ID      string `json:"id"`
	Flow    string `json:"flow_id"`
	Name    string `json:"name" doc:"of the flow; empty when it was deleted"`
	Version int64  `json:"version"`
	Block   string `json:"block"`
	Kind    string `json:"kind" doc:"of the block"`
	Did     string `json:"did" doc:"said, asked, answered, misunderstood, early, late, kept, called, got, failed, went, returned, waited, waited_open, never_opens, handed, ended, gone, looped"`
	Text    string `json:"text" doc:"what was said, answered or kept; of what failed, why, in the reader's language"`
	At      int64  `json:"at" doc:"Unix milliseconds"`
}

func (s *Server) readFlowLog(ctx context.Context, actor account.Actor, in *ByID) (Items[FlowLogLine], error) {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return Items[FlowLogLine]{}, err
	}
	lines, err := s.rooms.Bot.FlowLog(ctx, actor.Workspace, row.ID)
	locale := visitIn(ctx).locale
	return listOf(lines, func(l bot.LogLine) FlowLogLine {
		text := l.Text
		if l.Did == "failed" {
			text = words.SayOr(locale, text, text, nil)
		}
		return FlowLogLine{ID: l.ID.String(), Flow: l.Flow.String(), Name: l.Name, Version: l.Version, Block: l.Block, Kind: l.Kind, Did: l.Did, Text: text, At: l.At}
	}), err
}
