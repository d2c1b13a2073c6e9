package api

import (
	"cmp"
	"context"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
)

func (s *Server) offHoursRoutes() {
	get(s, "/off-hours", about{Name: "listOffHours", Tag: "attention",
		Says: "Who wrote in the last seven days while nobody answered on a number within reach, the last first"}, viewing(account.Desk), s.listOffHours)
	get(s, "/inboxes/{id}/reopening", about{Name: "readReopening", Tag: "attention",
		Says: "The templates of a number's account that can tell people of its opening"}, viewing(account.Settings), s.readReopening)
}

// OffHoursContact is a person who wrote while nobody answered.
type OffHoursContact struct {
	ID           db.ID         `json:"id"`
	At           int64         `json:"at" doc:"when they wrote, Unix milliseconds"`
	Conversation db.ID         `json:"conversation_id"`
	Contact      db.ID         `json:"contact_id"`
	Name         string        `json:"name" doc:"empty when none is known"`
	Address      string        `json:"address_display" doc:"the person's number; empty when none is known"`
	Inbox        db.ID         `json:"inbox_id"`
	Number       string        `json:"number" doc:"name of ours"`
	Said         string        `json:"said" doc:"the first they wrote; empty for a file without words"`
	SaidKind     string        `json:"said_kind"`
	Asked        string        `json:"asked" enum:"yes,no,off" doc:"whether they asked to be told of the opening; off: the number does not offer it"`
	Outcome      string        `json:"outcome" enum:",told,answered,served,barred,refused" doc:"what became of asking"`
	Answer       string        `json:"answer" enum:",yes,no" doc:"to being told"`
	Sent         *OffHoursSent `json:"sent" doc:"what was written to them since; null: nothing"`
}

// OffHoursSent is what was written to a person since.
type OffHoursSent struct {
	At     int64         `json:"at"`
	Author string        `json:"author" doc:"name; empty: the house by itself, or a key"`
	House  bool          `json:"house" doc:"the template that tells of the opening"`
	Status string        `json:"status"`
	Error  *desk.Problem `json:"error" doc:"why it did not get through"`
}

type offHoursInput struct {
	Paging
	Inbox  PathID `query:"inbox_id"`
	Show   string `query:"show" enum:"open,asked,all" default:"all" doc:"open: nobody wrote to them since; asked: of those, who asked to be told"`
	Search string `query:"q" maxLength:"100" doc:"words of the person's name, or a part of the number"`
}

func (s *Server) listOffHours(ctx context.Context, actor account.Actor, in *offHoursInput) (Page[OffHoursContact], error) {
	none := Page[OffHoursContact]{}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return none, err
	}
	page, err := s.rooms.Bot.ListOffHours(ctx, reach, bot.OffHoursFilter{Inbox: in.Inbox.ID, Show: in.Show, Search: in.Search}, in.Cursor, in.Limit)
	if err != nil {
		return none, err
	}
	var campaigns []db.ID
	for _, one := range page.Items {
		if one.Sent.Campaign != 0 {
			campaigns = append(campaigns, one.Sent.Campaign)
		}
	}
	senders, err := s.rooms.Campaign.CreatorsIn(ctx, actor.Workspace, campaigns)
	if err != nil {
		return none, err
	}
	names, err := s.rooms.Account.Names(ctx, actor.Workspace)
	return pageOf(page.Items, page.Next, func(one bot.OffHours) OffHoursContact {
		out := offHoursOf(one, actor.Locale)
		if out.Sent != nil {
			out.Sent.Author = cmp.Or(out.Sent.Author, names[senders[one.Sent.Campaign]])
		}
		return out
	}), err
}

func offHoursOf(one bot.OffHours, locale string) OffHoursContact {
	out := OffHoursContact{ID: one.ID, At: one.At, Conversation: one.Conversation.ID, Contact: one.Conversation.Contact, Name: one.Conversation.ContactName,
		Address: one.Address, Inbox: one.Inbox, Number: one.Conversation.InboxLabel, Said: one.Said.Text, SaidKind: one.Said.Kind, Asked: "no",
		Outcome: one.Outcome, Answer: one.Answer}
	if one.Said.RevokedAt != 0 {
		out.Said = "" // taken back
	}
	switch {
	case one.AskedAt != 0:
		out.Asked = "yes"
	case !one.Offered:
		out.Asked = "off"
	}
	if m := one.Sent; m.ID != 0 {
		out.Sent = &OffHoursSent{At: one.SentAt, House: m.Author.Kind == conversation.AuthorBot, Status: m.Status.String(), Error: desk.ProblemOf(m.Error, locale)}
		if m.Author.Kind == conversation.AuthorAgent {
			out.Sent.Author = m.Author.Name
		}
	}
	return out
}

// ReopeningState is whether people of a number can be told of its opening.
type ReopeningState struct {
	Name      string          `json:"name" doc:"what the template must be called"`
	Templates []bot.Reopening `json:"templates" doc:"those the number's account has, by language"`
}

func (s *Server) readReopening(ctx context.Context, actor account.Actor, in *ByID) (ReopeningState, error) {
	found, err := s.rooms.Bot.Reopenings(ctx, actor.Workspace, in.ID.ID)
	return ReopeningState{Name: bot.ReopeningTemplate, Templates: found}, err
}
