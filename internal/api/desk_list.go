package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
)

type listInput struct {
	Paging
	View    string `query:"view" enum:"mine,snoozed,queue,team,mentions,closed" default:"mine"`
	Own     bool   `query:"own" doc:"of the closed ones only those the user answered last"`
	Inbox   string `query:"inbox_id" maxLength:"20"`
	Channel string `query:"channel" maxLength:"40" doc:"whatsapp, telegram …"`
	Queue   string `query:"queue_id" maxLength:"20"`
	Agent   string `query:"agent_id" maxLength:"20" doc:"who holds it; of a closed one, who answered last"`
	Tag     string `query:"tag_id" maxLength:"20" doc:"on the open ticket"`
	Unread  bool   `query:"unread" doc:"customer messages since our last read"`
	Waiting bool   `query:"waiting" doc:"a customer message nobody answered"`
	Closing bool   `query:"closing" doc:"the service window ends within two hours"`
	Sort    string `query:"sort" enum:"waiting,newest,deadline,priority" default:"waiting" doc:"closed ones and mentions are always the newest first"`
	Search  string `query:"search" maxLength:"100" doc:"words of the contact's name, number, handle or e-mail"`
}

func (in *listInput) filter() (conversation.Filter, error) {
	f := conversation.Filter{View: conversation.View(in.View), Own: in.Own, Channel: channel.Kind(in.Channel), Unread: in.Unread, Waiting: in.Waiting,
		Closing: in.Closing, Search: in.Search, Sort: conversation.Sort(in.Sort)}
	return f, idsIn(idField{"inbox_id", in.Inbox, &f.Inbox}, idField{"queue_id", in.Queue, &f.Queue}, idField{"agent_id", in.Agent, &f.Agent},
		idField{"tag_id", in.Tag, &f.Tag})
}

func (s *Server) listConversations(ctx context.Context, actor account.Actor, in *listInput) (Page[desk.Row], error) {
	filter, err := in.filter()
	if err != nil {
		return Page[desk.Row]{}, err
	}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return Page[desk.Row]{}, err
	}
	page, err := s.rooms.Conversation.List(ctx, reach, filter, in.Cursor, in.Limit)
	if err != nil {
		return Page[desk.Row]{}, err
	}
	rows, err := s.rooms.Desk.Rows(ctx, actor.Workspace, page.Items)
	return Page[desk.Row]{Items: rows, Next: page.Next}, err
}

// Counts are the numbers beside the lists, counted as far as 1000.
type Counts struct {
	Mine      int64   `json:"mine"`
	Snoozed   int64   `json:"snoozed"`
	Queue     int64   `json:"queue"`
	Team      int64   `json:"team"`
	Since     *int64  `json:"queue_longest_wait_since" doc:"Unix milliseconds; null when nobody waits"`
	Mentioned []db.ID `json:"mentioned_in" doc:"conversations with mentions of the user that were not looked at, at most 200"`
}

func (s *Server) countConversations(ctx context.Context, actor account.Actor, _ *noInput) (Counts, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return Counts{}, err
	}
	c, err := s.rooms.Conversation.Counts(ctx, reach)
	return Counts{Mine: c.Mine, Snoozed: c.Snoozed, Queue: c.Queue, Team: c.Team, Since: timeOrNull(c.LongestWaitSince), Mentioned: c.MentionedIn}, err
}
