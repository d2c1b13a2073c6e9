package api

import (
	"context"
	"strconv"
	"strings"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

func (s *Server) searchRoutes() {
	get(s, "/search", about{Name: "search", Tag: "search", Says: "People, messages and a ticket's number by words, within reach; the newest first"}, viewing(account.Desk), s.search)
	get(s, "/search/messages", about{Name: "searchMessages", Tag: "search",
		Says: "Messages and notes by their words, within reach; a page may be empty and have a next: the search goes on there"}, viewing(account.Desk), s.searchMessages)
}

// FoundPerson is a contact found, with the conversations within reach.
type FoundPerson struct {
	ID             string              `json:"id"`
	Name           string              `json:"name" doc:"may be empty"`
	AddressDisplay string              `json:"address_display"`
	Conversations  []FoundConversation `json:"conversations" doc:"the busiest first"`
}

// FoundConversation is a conversation of a person or message found.
type FoundConversation struct {
	ID          string `json:"id"`
	ContactName string `json:"contact_name" doc:"may be empty"`
	InboxLabel  string `json:"inbox_label"`
	Channel     string `json:"channel"`
	State       string `json:"state" enum:"none,open,closed"`
	LastMessage int64  `json:"last_message_at"`
}

// FoundMessage is a message found.
type FoundMessage struct {
	ID           string            `json:"id"`
	Conversation FoundConversation `json:"conversation"`
	Direction    string            `json:"direction" enum:"in,out,note,marker"`
	Author       string            `json:"author" doc:"name of the agent or key; empty for the contact and bots"`
	Excerpt      string            `json:"excerpt" doc:"the words around the first one found"`
	At           int64             `json:"at"`
}

// FoundTicket is a ticket found by its number.
type FoundTicket struct {
	ID           string            `json:"id"`
	Number       int64             `json:"number"`
	Status       string            `json:"status" enum:"queued,assigned,in_service,closed"`
	Conversation FoundConversation `json:"conversation"`
	OpenedAt     int64             `json:"opened_at"`
}

// SearchAnswer is what a search finds; each list is empty when nothing is found or it was not asked for.
type SearchAnswer struct {
	People   []FoundPerson  `json:"people"`
	Messages []FoundMessage `json:"messages"`
	Tickets  []FoundTicket  `json:"tickets"`
}

type searchInput struct {
	Text  string `query:"q" maxLength:"100" doc:"words; the last one may be the beginning of a word"`
	In    string `query:"in" enum:"all,people,messages,tickets" default:"all"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"6" doc:"of each kind"`
}

func (s *Server) search(ctx context.Context, actor account.Actor, in *searchInput) (SearchAnswer, error) {
	out := SearchAnswer{People: []FoundPerson{}, Messages: []FoundMessage{}, Tickets: []FoundTicket{}}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil || strings.TrimSpace(in.Text) == "" {
		return out, err
	}
	wants := func(kind string) bool { return in.In == "all" || in.In == kind }
	if wants("people") && actor.Can(account.Contacts, account.View) == nil {
		if out.People, err = s.foundPeople(ctx, reach, in.Text, in.Limit); err != nil {
			return out, err
		}
	}
	if wants("messages") {
		page, err := s.rooms.Conversation.Search(ctx, reach, in.Text, "", in.Limit)
		if err != nil {
			return out, err
		}
		out.Messages = listOf(page.Items, foundMessageOf(in.Text)).Items
	}
	if wants("tickets") {
		out.Tickets, err = s.foundTickets(ctx, reach, in.Text)
	}
	return out, err
}

// foundPeople gives the people found whom the reach lets through: all of them, or those with a conversation in it.
func (s *Server) foundPeople(ctx context.Context, reach conversation.Reach, text string, limit int) ([]FoundPerson, error) {
	people := []FoundPerson{}
	ids, err := s.rooms.Contact.Find(ctx, reach.Workspace, text, 0, 4*limit+20)
	if err != nil {
		return people, err
	}
	known, err := s.rooms.Contact.ByIDs(ctx, reach.Workspace, ids)
	if err != nil {
		return people, err
	}
	threads, err := s.rooms.Conversation.OfContacts(ctx, reach, ids)
	if err != nil {
		return people, err
	}
	for _, id := range ids {
		c, ok := known[id]
		if ok && (reach.All || len(threads[id]) > 0) && len(people) < limit {
			people = append(people, personOf(c, threads[id]))
		}
	}
	return people, nil
}

func personOf(c contact.Contact, threads []conversation.Row) FoundPerson {
	return FoundPerson{ID: c.ID.String(), Name: c.Name, AddressDisplay: c.AddressDisplay(), Conversations: listOf(threads, foundConversationOf).Items}
}

func foundConversationOf(row conversation.Row) FoundConversation {
	return FoundConversation{ID: row.ID.String(), ContactName: row.ContactName, InboxLabel: row.InboxLabel, Channel: string(row.Channel), State: row.State.String(),
		LastMessage: row.LastMessage}
}

func foundMessageOf(text string) func(conversation.Found) FoundMessage {
	return func(f conversation.Found) FoundMessage {
		words := f.Message.Text
		if words == "" && f.Message.File != nil {
			words = f.Message.File.Name
		}
		return FoundMessage{ID: f.Message.ID.String(), Conversation: foundConversationOf(f.Conversation), Direction: f.Message.Direction.String(),
			Author: f.Message.Author.Name, Excerpt: db.Excerpt(words, text), At: f.Message.CreatedAt}
	}
}

// foundTickets gives the ticket when the text is its number: 1042 or #1042.
func (s *Server) foundTickets(ctx context.Context, reach conversation.Reach, text string) ([]FoundTicket, error) {
	number, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(text), "#"), 10, 64)
	if err != nil || number <= 0 {
		return []FoundTicket{}, nil
	}
	ticket, row, err := s.rooms.Conversation.ByNumber(ctx, reach, number)
	if fault.KindOf(err) == fault.NotFound {
		return []FoundTicket{}, nil
	}
	return []FoundTicket{{ID: ticket.ID.String(), Number: ticket.Number, Status: ticket.Status, Conversation: foundConversationOf(row), OpenedAt: ticket.OpenedAt}}, err
}

type searchMessagesInput struct {
	Paging
	Text string `query:"q" maxLength:"100" required:"true" doc:"words; the last one may be the beginning of a word"`
}

func (s *Server) searchMessages(ctx context.Context, actor account.Actor, in *searchMessagesInput) (Page[FoundMessage], error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return Page[FoundMessage]{}, err
	}
	page, err := s.rooms.Conversation.Search(ctx, reach, in.Text, in.Cursor, in.Limit)
	return pageOf(page.Items, page.Next, foundMessageOf(in.Text)), err
}
