package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
)

// ListedPerson is a person in the list of contacts.
type ListedPerson struct {
	Person
	Identities []Identity        `json:"identities"`
	Attributes map[string]string `json:"attributes"`
	OptedOutAt *int64            `json:"opted_out_at"`
	BlockedAt  *int64            `json:"blocked_at"`
	Last       *Row              `json:"last" doc:"the conversation with the last contact, within reach; null when nobody talked yet"`
	Open       int               `json:"open_tickets"`
	CreatedAt  int64             `json:"created_at"`
}

// PeoplePage is a part of the list.
type PeoplePage struct {
	Items  []ListedPerson `json:"items"`
	Next   string         `json:"next"`
	Capped bool           `json:"capped" doc:"more people fit the words than were looked at: narrow them"`
}

// People gives a part of the list of contacts within reach (conversation.People).
func (r *Room) People(ctx context.Context, reach conversation.Reach, f conversation.PeopleFilter, cursor string, limit int) (PeoplePage, error) {
	found, err := r.conversations.People(ctx, reach, f, cursor, limit)
	if err != nil {
		return PeoplePage{}, err
	}
	var people, last []db.ID
	for _, p := range found.Items {
		people = append(people, p.Contact)
		if p.Last != 0 {
			last = append(last, p.Last)
		}
	}
	whole, err := r.contacts.WholeMany(ctx, r.d, reach.Workspace, people)
	if err != nil {
		return PeoplePage{}, fmt.Errorf("contacts: %w", err)
	}
	rows, err := r.conversations.Rows(ctx, r.d, reach.Workspace, last)
	if err != nil {
		return PeoplePage{}, err
	}
	queues, err := r.queueNames(ctx, reach.Workspace)
	if err != nil {
		return PeoplePage{}, err
	}
	tags, err := r.tagsOf(ctx, reach.Workspace, slices.Collect(maps.Values(rows))...)
	page := PeoplePage{Items: []ListedPerson{}, Next: found.Next, Capped: found.Capped}
	for _, p := range found.Items {
		c, known := whole[p.Contact]
		if !known {
			continue
		}
		d := personDetail(c)
		item := ListedPerson{Person: d.Person, Identities: d.Identities, Attributes: d.Attributes, OptedOutAt: d.OptedOutAt, BlockedAt: d.BlockedAt,
			Open: p.Open, CreatedAt: d.CreatedAt}
		if row, said := rows[p.Last]; said {
			shown := rowOf(row, c, queues, tags)
			item.Last = &shown
		}
		page.Items = append(page.Items, item)
	}
	return page, err
}

// PersonPage is a person with all that happened (B18), within reach.
type PersonPage struct {
	PersonDetail
	OptedOutSource string         `json:"opted_out_source" doc:"agent, provider, message or api"`
	Merged         []db.ID        `json:"merged_ids" doc:"contacts that became this one"`
	Conversations  []Row          `json:"conversations" doc:"one per address and number, the last said first"`
	Tickets        []PersonTicket `json:"tickets" doc:"open ones and those of three months, newest first"`
	Campaigns      []Received     `json:"campaigns" doc:"active messages of 90 days, newest first"`
	Files          []SharedFile   `json:"files" doc:"newest first, at most 30"`
	Notes          []PersonNote   `json:"notes" doc:"newest first"`
	Duplicates     []Duplicate    `json:"duplicates" doc:"who may be the same person"`
}

// PersonTicket is a ticket with the number it was on.
type PersonTicket struct {
	PastTicket
	Conversation db.ID  `json:"conversation_id"`
	Inbox        string `json:"inbox"`
	Assignee     string `json:"assignee" doc:"name"`
}

// SharedFile is a file that was sent or received.
type SharedFile struct {
	File
	Conversation db.ID  `json:"conversation_id"`
	Direction    string `json:"direction" enum:"in,out,note,marker"`
	At           int64  `json:"at"`
}

// PersonNote is a note on a person.
type PersonNote struct {
	ID        db.ID  `json:"id"`
	Author    Named  `json:"author"`
	Text      string `json:"text"`
	CreatedAt int64  `json:"created_at"`
}

// Duplicate is somebody who may be the same person.
type Duplicate struct {
	Person
	By string `json:"by" enum:"phone,email,document" doc:"what the two have in common"`
}

// Person gives a person by any of their contacts' ids. Whether the actor sees them is asked with conversation.SeesContact.
func (r *Room) Person(ctx context.Context, actor account.Actor, reach conversation.Reach, id db.ID) (PersonPage, error) {
	c, err := r.contacts.Whole(ctx, actor.Workspace, id)
	if err != nil {
		return PersonPage{}, err
	}
	history, err := r.conversations.HistoryOf(ctx, reach, append([]db.ID{c.ID}, c.Merged...))
	if err != nil {
		return PersonPage{}, err
	}
	notes, err := r.contacts.Notes(ctx, actor.Workspace, c.ID)
	if err != nil {
		return PersonPage{}, err
	}
	twins, err := r.contacts.Twins(ctx, c)
	if err != nil {
		return PersonPage{}, err
	}
	names, err := r.names(ctx, actor.Workspace)
	if err != nil {
		return PersonPage{}, err
	}
	page := PersonPage{PersonDetail: personDetail(c), OptedOutSource: c.OptedOutSource, Merged: append([]db.ID{}, c.Merged...), Notes: notesOf(notes),
		Campaigns: names.received(history.Campaigns), Tickets: names.personTickets(history), Files: filesOf(history.Files, actor), Conversations: []Row{}, Duplicates: []Duplicate{}}
	tags, err := r.tagsOf(ctx, actor.Workspace, history.Conversations...)
	if err != nil {
		return PersonPage{}, err
	}
	for _, row := range history.Conversations {
		page.Conversations = append(page.Conversations, rowOfAlias(row, c, names.queues, tags))
	}
	for _, t := range twins {
		if sees, err := r.conversations.SeesContact(ctx, reach, t.Contact.ID); err != nil || !sees {
			continue
		}
		page.Duplicates = append(page.Duplicates, Duplicate{Person: personDetail(t.Contact).Person, By: t.By})
	}
	return page, nil
}

// rowOfAlias is rowOf with the address this very conversation goes to.
func rowOfAlias(row conversation.Row, c contact.Contact, queues map[db.ID]string, tags map[db.ID]conversation.Tag) Row {
	alias := c
	alias.Identities = slices.DeleteFunc(slices.Clone(c.Identities), func(i contact.Identity) bool { return i.Contact != row.Contact })
	return rowOf(row, alias, queues, tags)
}

func (n names) personTickets(h conversation.PersonPast) []PersonTicket {
	inboxes := map[db.ID]string{}
	for _, row := range h.Conversations {
		inboxes[row.ID] = row.InboxLabel
	}
	out := make([]PersonTicket, len(h.Tickets))
	for i, past := range n.tickets(h.Tickets) {
		t := h.Tickets[i]
		out[i] = PersonTicket{PastTicket: past, Conversation: t.Conversation, Inbox: inboxes[t.Conversation], Assignee: n.users[t.Assignee]}
	}
	return out
}

func filesOf(messages []conversation.Message, actor account.Actor) []SharedFile {
	out := []SharedFile{}
	for _, m := range messages {
		if shown := MessageOf(m, actor); shown.File != nil {
			out = append(out, SharedFile{File: *shown.File, Conversation: m.Conversation, Direction: shown.Direction, At: m.CreatedAt})
		}
	}
	slices.SortFunc(out, func(a, b SharedFile) int { return cmp.Compare(b.At, a.At) })
	return out
}

func notesOf(notes []contact.Note) []PersonNote {
	out := make([]PersonNote, len(notes))
	for i, n := range notes {
		out[i] = PersonNote{ID: n.ID, Author: Named{ID: n.Author, Name: n.AuthorName}, Text: n.Text, CreatedAt: n.CreatedAt}
	}
	return out
}

// PersonMessages gives what was said with a person (conversation.MessagesOf), as threads show it.
func (r *Room) PersonMessages(ctx context.Context, actor account.Actor, reach conversation.Reach, id, before db.ID, limit int) ([]Message, error) {
	c, err := r.contacts.Whole(ctx, actor.Workspace, id)
	if err != nil {
		return nil, err
	}
	found, err := r.conversations.MessagesOf(ctx, reach, append([]db.ID{c.ID}, c.Merged...), before, limit)
	if err != nil {
		return nil, err
	}
	return r.Messages(ctx, actor.Workspace, found, actor)
}
