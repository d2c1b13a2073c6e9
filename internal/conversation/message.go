package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"recado/internal/db"
)

// Message is one thing said, a note, or a marker. Times are Unix milliseconds.
type Message struct {
	Workspace    db.ID
	ID           db.ID
	Conversation db.ID
	Inbox        db.ID
	Contact      db.ID
	Ticket       db.ID
	Campaign     db.ID
	Direction    Direction
	Kind         string
	Text         string
	Content      json.RawMessage // channel.Content; of a marker: Marker. "{}" when there is nothing
	File         *File
	Author       Author
	Status       Status
	Times        map[string]int64 // sent, delivered, read, played as the provider told
	Error        *Problem         // why it did not get through, or not yet
	ClientID     string
	ReplyTo      *Quote
	Answer       *SurveyAnswer // what it answers in a survey; nil: nothing
	Lane         Lane
	CreatedAt    int64
	ProviderAt   int64 // the provider's time of an inbound message; acceptance or departure of an outbound one
	EditedAt     int64 // the provider's time at which its author changed it last; 0: never
	RevokedAt    int64 // the provider's time at which its author took it back; 0: never. Text and Content are what it said
}

// File is a message's attachment.
type File struct {
	ID    db.ID
	Name  string
	Mime  string
	Size  int64
	State string // ready, fetching or failed
}

// Problem is why a message failed or waits; words come from Class and Code.
type Problem struct {
	Code   int64  // the provider's; 0 for none
	Class  string // a channel.Class
	Detail string // the provider's words
}

// Quote is the message another one answers.
type Quote struct {
	ID   db.ID
	Text string
	Kind string
}

type messageRow struct {
	Workspace    db.ID     `db:"workspace_id"`
	ID           db.ID     `db:"id"`
	Conversation db.ID     `db:"conversation_id"`
	Inbox        db.ID     `db:"inbox_id"`
	Contact      db.ID     `db:"contact_id"`
	Ticket       db.ID     `db:"ticket_id"`
	Campaign     db.ID     `db:"campaign_id"`
	Direction    Direction `db:"direction"`
	Kind         string    `db:"kind"`
	Text         string    `db:"body"`
	Content      string    `db:"content_json"`
	AuthorKind   string    `db:"author"`
	Author       db.ID     `db:"author_id"`
	AuthorName   string    `db:"author_name"`
	Status       Status    `db:"status"`
	Times        string    `db:"times_json"`
	Code         int64     `db:"error_code"`
	Class        string    `db:"error_class"`
	Detail       string    `db:"error_detail"`
	ClientID     string    `db:"client_id"`
	Lane         Lane      `db:"lane"`
	CreatedAt    int64     `db:"created_at"`
	ProviderAt   int64     `db:"provider_at"`
	EditedAt     int64     `db:"edited_at"`
	RevokedAt    int64     `db:"revoked_at"`
	File         db.ID     `db:"media_id"`
	FileName     string    `db:"file_name"`
	FileMime     string    `db:"file_mime"`
	FileSize     int64     `db:"file_size"`
	FileState    string    `db:"file_state"`
	ReplyTo      db.ID     `db:"reply_to_id"`
	QuoteText    string    `db:"quote_text"`
	QuoteKind    string    `db:"quote_kind"`
	Answer       string    `db:"answer_json"`
}

const messageSelect = `select m.workspace_id, m.id, m.conversation_id, m.inbox_id, m.contact_id, m.ticket_id, m.campaign_id, m.direction, m.kind, m.body,
	m.content_json, m.author, m.author_id, coalesce(u.name, k.name, '') as author_name, m.status, m.times_json, m.error_code, m.error_class, m.error_detail,
	coalesce(m.client_id, '') as client_id, m.lane, m.answer_json, m.created_at, m.provider_at, m.edited_at, m.revoked_at, m.media_id, coalesce(f.name, '') as file_name, coalesce(f.mime, '') as file_mime,
	coalesce(f.size, 0) as file_size, coalesce(f.state, '') as file_state, m.reply_to_id,
	case when q.revoked_at > 0 then '' else coalesce(q.body, '') end as quote_text, case when q.revoked_at > 0 then 'revoke' else coalesce(q.kind, '') end as quote_kind
	from messages m left join users u on m.author = 'agent' and u.id = m.author_id left join api_keys k on m.author = 'key' and k.id = m.author_id
	left join files f on f.id = m.media_id left join messages q on q.id = m.reply_to_id `

func (row messageRow) message() (Message, error) {
	m := Message{Workspace: row.Workspace, ID: row.ID, Conversation: row.Conversation, Inbox: row.Inbox, Contact: row.Contact, Ticket: row.Ticket,
		Campaign: row.Campaign, Direction: row.Direction, Kind: row.Kind, Text: row.Text, Content: json.RawMessage(row.Content),
		Author: Author{row.AuthorKind, row.Author, row.AuthorName}, Status: row.Status, Times: map[string]int64{}, ClientID: row.ClientID, Lane: row.Lane,
		CreatedAt: row.CreatedAt, ProviderAt: row.ProviderAt, EditedAt: row.EditedAt, RevokedAt: row.RevokedAt}
	if row.Content == "" {
		m.Content = json.RawMessage("{}")
	}
	if row.Times != "" {
		if err := json.Unmarshal([]byte(row.Times), &m.Times); err != nil {
			return m, fmt.Errorf("times of message %d: %w", row.ID, err)
		}
	}
	if row.File != 0 {
		m.File = &File{row.File, row.FileName, row.FileMime, row.FileSize, row.FileState}
	}
	if row.Class != "" {
		m.Error = &Problem{row.Code, row.Class, row.Detail}
	}
	if row.Answer != "" {
		m.Answer = &SurveyAnswer{}
		if err := json.Unmarshal([]byte(row.Answer), m.Answer); err != nil {
			return m, fmt.Errorf("answer in message %d: %w", row.ID, err)
		}
	}
	if row.ReplyTo != 0 {
		m.ReplyTo = &Quote{row.ReplyTo, excerpt(row.QuoteText, previewBytes), row.QuoteKind}
	}
	return m, nil
}

func messagesBy(ctx context.Context, q db.Querier, where string, args ...any) ([]Message, error) {
	rows, err := db.All[messageRow](ctx, q, messageSelect+where, args...)
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	out := make([]Message, len(rows))
	for i, row := range rows {
		if out[i], err = row.message(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// shownIn is a thread without the failed messages that were put away.
const shownIn = "where m.conversation_id = $1 and m.workspace_id = $2 and (m.discarded_at = 0 or m.status <> 55) and "

// Messages gives a part of a thread, oldest first: the limit messages (1 to 200; 0 means 50) before the message before, or
// the newest when that is 0; earlier tells whether there are more. Failed ones that were put away are left out. Reach is asked
// with Get.
func (r *Room) Messages(ctx context.Context, workspace, conversation, before db.ID, limit int) (items []Message, earlier bool, err error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	limit = pageSize(limit)
	items, err = messagesBy(ctx, r.d, shownIn+"m.id < $3 order by m.id desc limit $4", conversation, workspace, before, limit+1)
	if err != nil {
		return nil, false, err
	}
	if earlier = len(items) > limit; earlier {
		items = items[:limit]
	}
	slices.Reverse(items)
	return items, earlier, nil
}

// MessagesAfter gives the part of a thread that follows the message after, oldest first, as Messages does; later tells whether
// there are newer ones.
func (r *Room) MessagesAfter(ctx context.Context, workspace, conversation, after db.ID, limit int) (items []Message, later bool, err error) {
	limit = pageSize(limit)
	items, err = messagesBy(ctx, r.d, shownIn+"m.id > $3 order by m.id limit $4", conversation, workspace, after, limit+1)
	if err != nil {
		return nil, false, err
	}
	if later = len(items) > limit; later {
		items = items[:limit]
	}
	return items, later, nil
}

// MessagesAround gives the part of a thread that has a message in its middle, oldest first, as Messages does: half of limit
// before it. It fails with NotFound when the thread does not show that message.
func (r *Room) MessagesAround(ctx context.Context, workspace, conversation, id db.ID, limit int) (items []Message, earlier, later bool, err error) {
	limit = pageSize(limit)
	items, later, err = r.MessagesAfter(ctx, workspace, conversation, id-1, limit-limit/2)
	if err != nil {
		return nil, false, false, err
	}
	if len(items) == 0 || items[0].ID != id {
		return nil, false, false, messageNotFound()
	}
	if limit == 1 {
		older, _, err := r.Messages(ctx, workspace, conversation, id, 1)
		return items, len(older) > 0, later, err
	}
	older, earlier, err := r.Messages(ctx, workspace, conversation, id, limit/2)
	return append(older, items...), earlier, later, err
}

// MessagesByID gives messages by id, read through q; those unknown in the workspace are missing.
func (r *Room) MessagesByID(ctx context.Context, q db.Querier, workspace db.ID, ids []db.ID) (map[db.ID]Message, error) {
	all, err := messagesBy(ctx, q, "where m.id in ({ids:$1}) and m.workspace_id = $2", db.IDs(ids), workspace)
	if err != nil {
		return nil, err
	}
	found := make(map[db.ID]Message, len(all))
	for _, m := range all {
		found[m.ID] = m
	}
	return found, nil
}

func pageSize(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 200)
}

// Message gives one message of the workspace. It fails with NotFound. Reach is asked with Get of its conversation.
func (r *Room) Message(ctx context.Context, workspace, id db.ID) (Message, error) {
	return r.messageIn(ctx, r.d, workspace, id)
}
