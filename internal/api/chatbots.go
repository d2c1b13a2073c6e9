package api

import (
	"context"
	"slices"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fleet"
	"recado/internal/inbox"
	"recado/internal/words"
)

func (s *Server) chatbotRoutes() {
	see, set := viewing(account.Automation), editing(account.Automation)
	get(s, "/chatbots", about{Name: "listChatbots", Tag: "chatbots", Says: "Numbers one reaches by name, with what their chatbots do"}, see, s.listChatbots)
	get(s, "/inboxes/{id}/chatbot", about{Name: "readChatbot", Tag: "chatbots", Says: "What the chatbot of a number says and asks"}, see, s.readChatbot)
	put(s, "/inboxes/{id}/chatbot", about{Name: "changeChatbot", Tag: "chatbots", Says: "Change what the chatbot of a number says and asks"}, set, s.changeChatbot)
	post(s, "/inboxes/{id}/chatbot/try", about{Name: "tryChatbot", Tag: "chatbots", Says: "One step of a chatbot with settings that need not be saved; nothing is sent and nothing kept", Status: 200}, see, s.tryChatbot)
}

// ChatbotLine is a number and what its chatbot does.
type ChatbotLine struct {
	Inbox          string `json:"inbox_id"`
	Channel        string `json:"channel"`
	Label          string `json:"label"`
	AddressDisplay string `json:"address_display"`
	Enabled        bool   `json:"enabled"`
	Meets          bool   `json:"meets" doc:"it meets whoever writes to the number"`
	Questions      int    `json:"questions" doc:"offered; 0 when they are switched off"`
	Queues         int    `json:"queues" doc:"offered beside the default one; 0 when the menu is switched off"`
	UpdatedAt      int64  `json:"updated_at" doc:"Unix milliseconds; 0: never set up"`
	EditedName     string `json:"edited_name" doc:"who did; empty for the house itself"`
}

func (s *Server) listChatbots(ctx context.Context, actor account.Actor, _ *noInput) (Items[ChatbotLine], error) {
	boxes, err := s.rooms.Inbox.List(ctx, actor.Workspace)
	if err != nil {
		return Items[ChatbotLine]{}, err
	}
	reached, err := s.rooms.Fleet.Reaches(ctx, actor)
	if err != nil {
		return Items[ChatbotLine]{}, err
	}
	boxes = slices.DeleteFunc(boxes, func(box inbox.Inbox) bool { return !reached[box.ID] })
	bots, err := s.rooms.Bot.List(ctx, actor.Workspace)
	return listOf(boxes, func(box inbox.Inbox) ChatbotLine {
		b := bots[box.ID]
		line := ChatbotLine{Inbox: box.ID.String(), Channel: string(box.Channel), Label: box.Label, AddressDisplay: contact.FromWhatsApp(box.Address).Display(),
			Enabled: b.Settings.Enabled, Meets: b.Settings.Enabled && b.Settings.Meets, UpdatedAt: b.UpdatedAt, EditedName: b.EditedName}
		if b.Settings.FAQ.On {
			line.Questions = len(b.Settings.FAQ.Questions)
		}
		if b.Settings.Queues.On {
			line.Queues = len(b.Settings.Queues.Options)
		}
		return line
	}), err
}

// Chatbot is what the chatbot of a number says and asks.
type Chatbot struct {
	Inbox      string                  `json:"inbox_id"`
	Settings   bot.Settings            `json:"settings"`
	Version    int64                   `json:"version" doc:"one more with every edit; 0: never set up"`
	EditedName string                  `json:"edited_name"`
	UpdatedAt  int64                   `json:"updated_at" doc:"Unix milliseconds"`
	Defaults   map[string]bot.Settings `json:"defaults" doc:"by language"`
	Names      []string                `json:"names" doc:"that the words may use as {{name}}"`
}

func chatbotOf(b bot.Bot) Chatbot {
	out := Chatbot{Inbox: b.Inbox.String(), Settings: b.Settings, Version: b.Version, EditedName: b.EditedName, UpdatedAt: b.UpdatedAt, Names: conversation.PersonNames,
		Defaults: map[string]bot.Settings{}}
	for _, language := range words.Locales {
		out.Defaults[language] = bot.Defaults(language)
	}
	return out
}

func (s *Server) readChatbot(ctx context.Context, actor account.Actor, in *ByID) (Chatbot, error) {
	b, err := s.rooms.Bot.Get(ctx, actor.Workspace, in.ID.ID)
	return chatbotOf(b), err
}

type changeChatbotInput struct {
	ByID
	Body struct {
		Version  int64        `json:"version" minimum:"-1" doc:"the one that was seen; when somebody made another meanwhile the change is refused with 409. -1: whatever it is"`
		Settings bot.Settings `json:"settings"`
	}
}

func (s *Server) changeChatbot(ctx context.Context, actor account.Actor, in *changeChatbotInput) (Chatbot, error) {
	if err := s.rooms.Fleet.Set(ctx, actor, in.ID.ID, fleet.Chatbot, in.Body.Settings, in.Body.Version); err != nil {
		return Chatbot{}, err
	}
	return s.readChatbot(ctx, actor, &in.ByID)
}

type tryChatbotInput struct {
	ByID
	Body struct {
		Settings bot.Settings `json:"settings"`
		State    bot.State    `json:"state" doc:"as the last step gave it; empty at first"`
		Kind     string       `json:"kind" enum:"opened,wrote,closed" doc:"a ticket was opened; the person said something; people ended their service"`
		Who      string       `json:"who,omitempty" enum:"new,back,amid" doc:"with opened: writes for the first time, comes back after the silence, or sooner"`
		Text     string       `json:"text,omitempty" maxLength:"4096"`
		Payload  string       `json:"payload,omitempty" maxLength:"256" doc:"id of a tapped choice"`
		Name     string       `json:"name,omitempty" maxLength:"200" doc:"of the person"`
	}
}

// ChatbotTurn is what a chatbot would do.
type ChatbotTurn struct {
	Said    []bot.Said `json:"said"`
	State   bot.State  `json:"state" doc:"for the next step"`
	Handoff bool       `json:"handoff" doc:"people take over"`
	Queue   db.ID      `json:"queue_id" doc:"whose people; empty: whoever serves the number"`
}

func (s *Server) tryChatbot(ctx context.Context, actor account.Actor, in *tryChatbotInput) (ChatbotTurn, error) {
	b := in.Body
	turn, err := s.rooms.Bot.Try(ctx, actor.Workspace, in.ID.ID, b.Settings, b.State,
		bot.Input{Kind: b.Kind, Who: b.Who, Text: b.Text, Payload: b.Payload, Name: b.Name})
	if turn.Said == nil {
		turn.Said = []bot.Said{}
	}
	return ChatbotTurn{Said: turn.Said, State: turn.State, Handoff: turn.Handoff, Queue: turn.Queue}, err
}
