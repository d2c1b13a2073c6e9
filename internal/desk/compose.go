package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
	"recado/internal/routing"
	"recado/internal/template"
	"recado/internal/words"
)

// Room composes and pushes.
type Room struct {
	accounts      *account.Room
	d             *db.DB
	contacts      *contact.Room
	inboxes       *inbox.Room
	templates     *template.Room
	conversations *conversation.Room
	routing       *routing.Room
}

// New makes the room.
func New(d *db.DB, accounts *account.Room, contacts *contact.Room, inboxes *inbox.Room, templates *template.Room, conversations *conversation.Room, routing *routing.Room) *Room {
	return &Room{d: d, accounts: accounts, contacts: contacts, inboxes: inboxes, templates: templates, conversations: conversations, routing: routing}
}

// Rows turns conversations of one workspace into what lists show, in their order.
func (r *Room) Rows(ctx context.Context, workspace db.ID, rows []conversation.Row) ([]Row, error) {
	people := make([]db.ID, len(rows))
	for i, row := range rows {
		people[i] = row.Contact
	}
	contacts, err := r.contacts.GetMany(ctx, r.d, workspace, people)
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	queues, err := r.queueNames(ctx, workspace)
	if err != nil {
		return nil, err
	}
	tags, err := r.tagsOf(ctx, workspace, rows...)
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(rows))
	for i, row := range rows {
		out[i] = rowOf(row, contacts[row.Contact], queues, tags)
	}
	return out, r.pause(ctx, workspace, out)
}

// pause tells deadlines when they stand still: nobody answers on their number then.
func (r *Room) pause(ctx context.Context, workspace db.ID, rows []Row) error {
	var numbers []db.ID
	for _, row := range rows {
		if row.AnswerBy != nil {
			numbers = append(numbers, row.Inbox.ID)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	hours, err := r.inboxes.HoursIn(ctx, r.d, workspace, numbers...)
	if err != nil {
		return err
	}
	for i := range rows {
		by := rows[i].AnswerBy
		if h := hours[rows[i].Inbox.ID]; by != nil && !h.Always && h.Inbox != 0 {
			clock, err := h.Clock()
			if err != nil {
				return err
			}
			for _, s := range clock.Shut(time.UnixMilli(by.From), time.UnixMilli(by.Until)) {
				by.Pauses = append(by.Pauses, Pause{s.From.UnixMilli(), s.To.UnixMilli()})
			}
		}
	}
	return nil
}

// tagsOf gives the workspace's tags when any of the rows has one.
func (r *Room) tagsOf(ctx context.Context, workspace db.ID, rows ...conversation.Row) (map[db.ID]conversation.Tag, error) {
	if !slices.ContainsFunc(rows, func(row conversation.Row) bool { return row.TagIDs != "" }) {
		return nil, nil
	}
	tags, err := r.conversations.TagNames(ctx, workspace)
	if err != nil {
		return nil, fmt.Errorf("tags: %w", err)
	}
	return tags, nil
}

func (r *Room) queueNames(ctx context.Context, workspace db.ID) (map[db.ID]string, error) {
	queues, err := r.routing.Names(ctx, workspace)
	if err != nil {
		return nil, fmt.Errorf("queues: %w", err)
	}
	return queues, nil
}

func rowOf(row conversation.Row, person contact.Contact, queues map[db.ID]string, tags map[db.ID]conversation.Tag) Row {
	out := Row{
		ID:      row.ID,
		Contact: Person{ID: row.Contact, Name: row.ContactName, Address: person.AddressDisplay(), HasPhone: person.HasPhone()},
		Inbox:   Place{ID: row.Inbox, Label: row.InboxLabel, Channel: string(row.Channel)},
		State:   row.State.String(), Holder: row.Holder, Window: row.Window, Unread: row.Unread, LastMessageAt: row.LastMessage,
		Preview:  Preview{Text: row.Preview, Direction: row.PreviewFrom, Kind: row.PreviewKind},
		Priority: row.Priority.String(), Tags: []TagMark{},
	}
	if row.AnswerBy != 0 {
		out.AnswerBy = &Deadline{From: row.AssignedAt, Until: row.AnswerBy}
	}
	if row.OnHoldAt != 0 {
		out.OnHoldSince = &row.OnHoldAt
	}
	if row.SnoozedUntil != 0 {
		out.Snooze = &Snooze{}
		if row.SnoozedUntil != conversation.UntilReply {
			out.Snooze.Until = &row.SnoozedUntil
		}
	}
	for _, id := range row.Tags() {
		if tag, known := tags[id]; known {
			out.Tags = append(out.Tags, TagMark{ID: id, Name: tag.Name, Color: tag.Color})
		}
	}
	if row.Assignee != 0 {
		out.Assignee = &Named{ID: row.Assignee, Name: row.AssigneeName}
	}
	if row.Queue != 0 {
		out.Queue = &Named{ID: row.Queue, Name: queues[row.Queue]}
	}
	if row.Ticket != 0 {
		out.Ticket = &OpenTicket{ID: row.Ticket, Number: row.TicketNumber, Status: row.TicketStatus, OpenedAt: row.OpenedAt}
	}
	if row.WaitingSince != 0 {
		out.WaitingSince = &row.WaitingSince
	}
	return out
}

// MessageOf turns a message into what a thread shows, with the words of a failure in the reader's language. What its author
// took back is withheld from readers who do not see everything; raw parts of unknown kinds stay with Details.
func MessageOf(m conversation.Message, to account.Actor) Message {
	if m.RevokedAt != 0 && to.Has(account.SeeAll) != nil {
		m.Text, m.Content, m.File, m.Answer = "", json.RawMessage("{}"), nil, nil
	}
	if bytes.Contains(m.Content, []byte(`"unknown":`)) {
		m.Content = known(m.Content)
	}
	out := Message{
		ID: m.ID, Conversation: m.Conversation, Direction: m.Direction.String(), Kind: m.Kind, Text: m.Text, Content: m.Content,
		Author: Author{Kind: m.Author.Kind, ID: m.Author.ID, Name: m.Author.Name}, Status: m.Status.String(), Times: m.Times,
		Error: ProblemOf(m.Error, to.Locale), ClientID: m.ClientID, Campaign: m.Campaign, CreatedAt: m.CreatedAt,
		Answer: m.Answer, EditedAt: timeOrNull(m.EditedAt), RevokedAt: timeOrNull(m.RevokedAt),
	}
	if m.File != nil {
		out.File = &File{ID: m.File.ID, Name: m.File.Name, Mime: m.File.Mime, Size: m.File.Size, State: m.File.State, URL: FileURL(m.File.ID)}
	}
	if m.ReplyTo != nil {
		out.ReplyTo = &Quote{ID: m.ReplyTo.ID, Text: m.ReplyTo.Text, Kind: m.ReplyTo.Kind}
	}
	return out
}

// known is a content without the raw part of an unknown kind.
func known(content json.RawMessage) json.RawMessage {
	var c channel.Content
	if json.Unmarshal(content, &c) != nil || c.Unknown == nil {
		return content // a value that only looks like it
	}
	c.Unknown = nil
	text, _ := json.Marshal(c) // what was read from JSON is written to it
	return text
}

func timeOrNull(at int64) *int64 {
	if at == 0 {
		return nil
	}
	return &at
}

// FileURL is where the API gives a file.
func FileURL(id db.ID) string { return "/api/v1/files/" + id.String() }

// ProblemOf puts a failure into words: those of the provider's code, else those of its class.
func ProblemOf(p *conversation.Problem, locale string) *Problem {
	if p == nil {
		return nil
	}
	byClass := words.Say(locale, "failure."+p.Class, nil)
	return &Problem{Code: p.Code, Class: p.Class, Detail: p.Detail,
		Words: words.SayOr(locale, fmt.Sprintf("failure.code.%d", p.Code), byClass, nil)}
}

// reader is who looks at a desk: the actor, asked for anew, with reach.
type reader struct {
	actor account.Actor
	reach conversation.Reach
}
