package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fleet"
	"recado/internal/inbox"
	"recado/internal/routing"
)

func (s *Server) attentionRoutes() {
	set := editing(account.Settings)
	get(s, "/attention", about{Name: "readAttention", Tag: "attention", Says: "How the workspace hands out and closes tickets"}, signedIn, s.readAttention)
	get(s, "/inboxes/{id}/attention", about{Name: "readNumberAttention", Tag: "attention", Says: "How tickets of a number are handed out and closed, and what it has of its own"}, viewing(account.Settings), s.readNumberAttention)
	put(s, "/inboxes/{id}/attention", about{Name: "changeNumberAttention", Tag: "attention", Says: "Set the service of a number apart from the company's"}, set, s.changeNumberAttention)
	put(s, "/attention/closing", about{Name: "changeClosing", Tag: "attention", Says: "Change how tickets are closed"}, set, s.changeClosing)
	put(s, "/attention/distribution", about{Name: "changeDistribution", Tag: "attention", Says: "Change how tickets are handed out"}, set, s.changeDistribution)
	put(s, "/agents/{id}/capacity", about{Name: "changeCapacity", Tag: "attention", Says: "Change how many open tickets an agent gets by push"}, set, s.changeCapacity)
	post(s, "/queues", about{Name: "createQueue", Tag: "attention", Says: "Make a queue", Status: 201}, set, s.createQueue)
	put(s, "/queues/order", about{Name: "orderQueues", Tag: "attention", Says: "Put the queues in this order"}, set, s.orderQueues)
	patch(s, "/queues/{id}", about{Name: "changeQueue", Tag: "attention", Says: "Rename a queue or change how it hands out tickets"}, set, s.changeQueue)
	put(s, "/queues/{id}/members", about{Name: "changeQueueMembers", Tag: "attention", Says: "Make these people, and no others, the agents of a queue"}, set, s.changeQueueMembers)
	remove(s, "/queues/{id}", about{Name: "removeQueue", Tag: "attention", Says: "Remove a queue; another one takes its tickets"}, set, s.removeQueue)
}

// AttentionSettings are how a workspace hands out and closes tickets.
type AttentionSettings struct {
	Closing      conversation.ClosingRules `json:"closing"`
	Distribution routing.Attention         `json:"distribution"`
	Transfers    routing.Transfers         `json:"transfers" doc:"how the reader may give tickets away: to agents, to queues, to other numbers"`
	TagColors    []string                  `json:"tag_colors" doc:"names of the palette"`
}

type attentionInput struct {
	Inboxes []string `query:"inbox_ids" maxItems:"500" doc:"closing and transfers as they are on these numbers: what tickets closed together need, and where they may go together; without one, the company's"`
}

func (s *Server) readAttention(ctx context.Context, actor account.Actor, in *attentionInput) (AttentionSettings, error) {
	out := AttentionSettings{TagColors: conversation.TagColors}
	numbers, err := idList("inbox_ids", in.Inboxes)
	if err != nil {
		return out, err
	}
	if out.Closing, err = s.rooms.Conversation.ClosingRulesAt(ctx, actor, numbers...); err != nil {
		return out, err
	}
	if out.Transfers, err = s.rooms.Routing.TransfersAt(ctx, actor, numbers...); err != nil {
		return out, err
	}
	out.Distribution, err = s.rooms.Routing.Attention(ctx, actor)
	return out, err
}

// NumberAttention is how service is on a number.
type NumberAttention struct {
	Version      int64                     `json:"version" doc:"to be named when it is changed; 0: nobody changed it yet"`
	EditedName   string                    `json:"edited_name"`
	UpdatedAt    int64                     `json:"updated_at" doc:"Unix milliseconds; 0: never"`
	Own          inbox.Attention           `json:"own" doc:"what is set apart from the company's; what is left out is as the company"`
	Closing      conversation.ClosingRules `json:"closing" doc:"as it holds on the number"`
	Distribution routing.Attention         `json:"distribution" doc:"as it holds on the number"`
}

func (s *Server) readNumberAttention(ctx context.Context, actor account.Actor, in *ByID) (NumberAttention, error) {
	a, err := s.rooms.Routing.NumberAttention(ctx, actor, in.ID.ID)
	return NumberAttention{Version: a.Version, EditedName: a.EditedName, UpdatedAt: a.UpdatedAt, Own: a.Own, Closing: a.Closing, Distribution: a.Distribution}, err
}

type numberAttentionInput struct {
	ByID
	Body struct {
		Version int64           `json:"version" minimum:"-1" doc:"the one that was seen; when somebody made another meanwhile the change is refused with 409. -1: whatever it is"`
		Own     inbox.Attention `json:"own"`
	}
}

func (s *Server) changeNumberAttention(ctx context.Context, actor account.Actor, in *numberAttentionInput) (NumberAttention, error) {
	if err := s.rooms.Fleet.Set(ctx, actor, in.ID.ID, fleet.Attention, in.Body.Own, in.Body.Version); err != nil {
		return NumberAttention{}, err
	}
	return s.readNumberAttention(ctx, actor, &in.ByID)
}

type closingBody struct {
	NoteMode     string   `json:"note_mode" enum:"off,optional,category,category_summary" doc:"what the closing note must say"`
	Results      []string `json:"results" maxItems:"100"`
	Categories   []string `json:"categories" maxItems:"100"`
	TagsRequired bool     `json:"tags_required"`
	Assignee     string   `json:"assignee" enum:"unassign,keep,keep_days" doc:"who gets the next ticket of the same person"`
	KeepDays     int64    `json:"keep_days"`
}

func (s *Server) changeClosing(ctx context.Context, actor account.Actor, in *In[closingBody]) (conversation.ClosingRules, error) {
	return s.rooms.Conversation.SetClosingRules(ctx, actor, conversation.ClosingRules(in.Body))
}

type distributionBody struct {
	Login         string   `json:"login" enum:"invisible,online,as_left" doc:"what an agent is after signing in"`
	PauseReasons  []string `json:"pause_reasons" maxItems:"100"`
	AnswerMinutes int64    `json:"answer_minutes" doc:"until the first answer of who holds a ticket; 0: no limit"`
	Unanswered    string   `json:"unanswered" enum:"queue,online" doc:"who gets it then"`

	SilenceMinutes int64  `json:"silence_minutes,omitempty" doc:"of the customer after an agent's word, until silence_text is said; 0: never"`
	SilenceText    string `json:"silence_text,omitempty" maxLength:"4096"`
	SilenceClose   int64  `json:"silence_close,omitempty" doc:"minutes after that, until the ticket is closed; 0: never"`
	SilenceResult  string `json:"silence_result,omitempty" maxLength:"200" doc:"of that closing"`
	AgentMinutes   int64  `json:"agent_minutes,omitempty" doc:"of the agent while the customer waits; 0: never"`
	AgentText      string `json:"agent_text,omitempty" maxLength:"4096" doc:"said to the customer then"`
	AgentBack      bool   `json:"agent_back,omitempty" doc:"and the ticket goes back to its queue"`

	TransferAgents  bool  `json:"transfer_agents" doc:"people at the desk may give a ticket to another agent; who sees all conversations may in any case"`
	TransferQueues  bool  `json:"transfer_queues" doc:"to a queue"`
	TransferNumbers bool  `json:"transfer_numbers" doc:"let it go on at another number"`
	Active          bool  `json:"active" doc:"people at the desk may write first"`
	ActivePeople    int64 `json:"active_people" doc:"to at most so many at once, 1 to 200"`
	Sound           bool  `json:"sound" doc:"what one is told of is heard, for who chose nothing"`
	SoundOwn        bool  `json:"sound_own" doc:"each person may choose"`
}

func (s *Server) changeDistribution(ctx context.Context, actor account.Actor, in *In[distributionBody]) (routing.Attention, error) {
	return s.rooms.Routing.SetAttention(ctx, actor, routing.Attention(in.Body))
}

type capacityInput struct {
	ByID
	Body struct {
		Capacity int64 `json:"capacity" doc:"0: the queues decide"`
	}
}

func (s *Server) changeCapacity(ctx context.Context, actor account.Actor, in *capacityInput) (nothing, error) {
	return nothing{}, s.rooms.Routing.SetCapacity(ctx, actor, in.ID.ID, in.Body.Capacity)
}

type queueBody struct {
	Name         string `json:"name" maxLength:"200"`
	Distribution string `json:"distribution" enum:"push,pull"`
	Capacity     int64  `json:"capacity" doc:"open tickets an agent gets by push"`
}

func (s *Server) createQueue(ctx context.Context, actor account.Actor, in *In[queueBody]) (routing.Queue, error) {
	return s.rooms.Routing.CreateQueue(ctx, actor, in.Body.Name, routing.Distribution(in.Body.Distribution), in.Body.Capacity)
}

type changeQueueInput struct {
	ByID
	Body queueBody
}

func (s *Server) changeQueue(ctx context.Context, actor account.Actor, in *changeQueueInput) (routing.Queue, error) {
	return s.rooms.Routing.ChangeQueue(ctx, actor, routing.Queue{ID: in.ID.ID, Name: in.Body.Name,
		Distribution: routing.Distribution(in.Body.Distribution), Capacity: in.Body.Capacity})
}

type orderBody struct {
	Queues []db.ID `json:"queue_ids" maxItems:"1000"`
}

func (s *Server) orderQueues(ctx context.Context, actor account.Actor, in *In[orderBody]) (nothing, error) {
	return nothing{}, s.rooms.Routing.OrderQueues(ctx, actor, in.Body.Queues)
}

type membersInput struct {
	ByID
	Body struct {
		Users []db.ID `json:"user_ids" maxItems:"1000"`
	}
}

func (s *Server) changeQueueMembers(ctx context.Context, actor account.Actor, in *membersInput) (nothing, error) {
	return nothing{}, s.rooms.Routing.SetQueueMembers(ctx, actor, in.ID.ID, in.Body.Users)
}

type removeQueueInput struct {
	ByID
	Target string `query:"target_id" maxLength:"20" doc:"the queue that takes its tickets and numbers"`
}

func (s *Server) removeQueue(ctx context.Context, actor account.Actor, in *removeQueueInput) (nothing, error) {
	target, err := idIn("target_id", in.Target)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.rooms.Routing.RemoveQueue(ctx, actor, in.ID.ID, target)
}
