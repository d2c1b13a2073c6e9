package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/words"
)

func (s *Server) brainRoutes() {
	see, set := viewing(account.Automation), editing(account.Automation)
	get(s, "/brains", about{Name: "listBrains", Tag: "flows", Says: "Outside brains that flows let talk with people"}, see, s.listBrains)
	post(s, "/brains", about{Name: "createBrain", Tag: "flows", Says: "Set up an outside brain", Status: 201}, set, s.createBrain)
	put(s, "/brains/{id}", about{Name: "changeBrain", Tag: "flows", Says: "Change an outside brain; an empty secret keeps the one there is"}, set, s.changeBrain)
	remove(s, "/brains/{id}", about{Name: "deleteBrain", Tag: "flows", Says: "Forget an outside brain that no flow uses"}, set, s.deleteBrain)
	post(s, "/brains/{id}/try", about{Name: "tryBrain", Tag: "flows", Says: "Ask an outside brain one phrase", Status: 200}, set, s.tryBrain)
}

// Brain is an outside brain.
type Brain struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Config    bot.BrainConfig `json:"config"`
	HasSecret bool            `json:"has_secret" doc:"a key is kept; nobody reads it again"`
	UpdatedAt int64           `json:"updated_at" doc:"Unix milliseconds"`
}

func brainOf(b bot.Brain) Brain {
	return Brain{ID: b.ID.String(), Name: b.Name, Config: b.Config, HasSecret: b.HasSecret, UpdatedAt: b.UpdatedAt}
}

func (s *Server) listBrains(ctx context.Context, actor account.Actor, _ *noInput) (Items[Brain], error) {
	all, err := s.rooms.Bot.Brains(ctx, actor.Workspace)
	return listOf(all, brainOf), err
}

// BrainBody is what is written of an outside brain.
type BrainBody struct {
	Name   string          `json:"name" maxLength:"200"`
	Config bot.BrainConfig `json:"config"`
	Secret string          `json:"secret,omitempty" maxLength:"20000" doc:"key, or for Dialogflow the service account's key file; empty: the one there is, unless the address changes"`
}

func (s *Server) createBrain(ctx context.Context, actor account.Actor, in *In[BrainBody]) (Brain, error) {
	b, err := s.rooms.Bot.SaveBrain(ctx, actor, 0, in.Body.Name, in.Body.Config, in.Body.Secret)
	return brainOf(b), err
}

type changeBrainInput struct {
	ByID
	Body BrainBody
}

func (s *Server) changeBrain(ctx context.Context, actor account.Actor, in *changeBrainInput) (Brain, error) {
	b, err := s.rooms.Bot.SaveBrain(ctx, actor, in.ID.ID, in.Body.Name, in.Body.Config, in.Body.Secret)
	return brainOf(b), err
}

func (s *Server) deleteBrain(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Bot.DeleteBrain(ctx, actor, in.ID.ID)
}

type tryBrainInput struct {
	ByID
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"1000"`
	}
}

// BrainAnswer is what an outside brain said.
type BrainAnswer struct {
	Say     []string `json:"say"`
	Handoff bool     `json:"handoff" doc:"people shall take over"`
	End     bool     `json:"end" doc:"it is done"`
	Lost    bool     `json:"not_understood"`
	Problem string   `json:"problem" doc:"why it said nothing, in the reader's language; empty: it did"`
}

func (s *Server) tryBrain(ctx context.Context, actor account.Actor, in *tryBrainInput) (BrainAnswer, error) {
	o, err := s.rooms.Bot.TryBrain(ctx, actor, in.ID.ID, in.Body.Text)
	out := BrainAnswer{Say: o.Say, Handoff: o.Handoff, End: o.End, Lost: o.Lost}
	if out.Say == nil {
		out.Say = []string{}
	}
	if o.Failed != "" {
		out.Problem = words.SayOr(visitIn(ctx).locale, o.Failed, o.Failed, nil)
	}
	return out, err
}
