package conversation

import (
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
)

// Facts this room tells.
const (
	MessageReceived  = "message.received"       // ReceivedFact, one per inbound message
	MessagePosted    = "message.posted"         // PostedFact, a batch
	MessageChanged   = "message.changed"        // PostedFact: their files have arrived or are lost, or their authors changed them
	StatusChanged    = "message.status_changed" // StatusFact, a batch
	MessageRemoved   = "message.removed"        // RemovedFact: taken back while still queued, or put away after it failed
	TicketOpened     = "ticket.opened"          // TicketFact, as all of ticket.*
	TicketAssigned   = "ticket.assigned"
	TicketClosed     = "ticket.closed"
	TicketReopened   = "ticket.reopened"
	TicketTagged     = "ticket.tagged"              // TaggedFact
	Changed          = "conversation.changed"       // ChangedFact
	ScheduledChanged = "scheduled.changed"          // ScheduledFact: made, moved, posted, dropped or taken away
	ScheduledDropped = "scheduled.dropped"          // ScheduledFact: its author has to know
	Mentioning       = "conversation.mentioned"     // MentionedFact
	MentionsSeen     = "conversation.mentions_seen" // MentionsSeenFact
)

// ReceivedFact tells of one message from a person.
type ReceivedFact struct {
	Message      db.ID  `json:"message_id"`
	Conversation db.ID  `json:"conversation_id"`
	Contact      db.ID  `json:"contact_id"`
	Inbox        db.ID  `json:"inbox_id"`
	Ticket       db.ID  `json:"ticket_id"` // open when it came; 0 for none
	Kind         string `json:"kind"`
	Text         string `json:"text,omitempty"`    // at most 1000 bytes of it
	Payload      string `json:"payload,omitempty"` // of a tapped button or chosen row
	Title        string `json:"title,omitempty"`   // its caption
	ReplyTo      db.ID  `json:"reply_to_id"`
	At           int64  `json:"at"` // the provider's time, Unix milliseconds
	Blocked      bool   `json:"blocked,omitempty"`
	Taken        bool   `json:"taken,omitempty"` // it answers a survey, which has it already
}

// AsksForAnswer tells whether a person said something that somebody has to answer. Who is blocked calls nobody, and an answer to a survey asks for none. A reaction or the notice of a changed number opens no ticket,
// no service window, and waits for nobody.
func (f ReceivedFact) AsksForAnswer() bool {
	if f.Blocked || f.Taken {
		return false
	}
	switch f.Kind {
	case channel.Reaction, channel.System, channel.Edit, channel.Revoke:
		return false
	}
	return true
}

// PostedFact tells of messages, notes and markers written by us.
type PostedFact struct {
	Items []PostedItem `json:"items"`
}

// PostedItem is one of them.
type PostedItem struct {
	Message      db.ID  `json:"message_id"`
	Conversation db.ID  `json:"conversation_id"`
	Campaign     db.ID  `json:"campaign_id"`
	Author       string `json:"author"`
}

// StatusFact tells of messages that moved.
type StatusFact struct {
	Items []StatusItem `json:"items"`
}

// StatusItem is one of them, with where it stands now.
type StatusItem struct {
	Message      db.ID  `json:"message_id"`
	Conversation db.ID  `json:"conversation_id"`
	Campaign     db.ID  `json:"campaign_id"`
	Status       Status `json:"status"`
	At           int64  `json:"at"` // Unix milliseconds
}

// RemovedFact tells of a message that was taken back before it left, or put away after it failed.
type RemovedFact struct {
	Message      db.ID `json:"message_id"`
	Conversation db.ID `json:"conversation_id"`
}

// TicketFact tells how a ticket stands after it was opened, assigned, closed or reopened.
type TicketFact struct {
	Ticket       db.ID  `json:"ticket_id"`
	Number       int64  `json:"number"`
	Conversation db.ID  `json:"conversation_id"`
	Contact      db.ID  `json:"contact_id"`
	Inbox        db.ID  `json:"inbox_id"`
	Holder       string `json:"holder"`
	Assignee     db.ID  `json:"assignee_id"`
	Queue        db.ID  `json:"queue_id"`
	By           db.ID  `json:"by"` // the user who did it; 0: the house itself
}

// TaggedFact tells that the open ticket of a conversation got tags.
type TaggedFact struct {
	TicketFact
	Added []db.ID `json:"added"`
}

// ScheduledFact speaks of a message that waits for its time.
type ScheduledFact struct {
	Conversation db.ID  `json:"conversation_id"`
	Scheduled    db.ID  `json:"scheduled_id"`
	Author       db.ID  `json:"author_id"`
	Reason       string `json:"reason,omitempty"` // code, when it was dropped
}

// ChangedFact tells that a conversation's row is not what it was: read, window, …
type ChangedFact struct {
	Conversation db.ID `json:"conversation_id"`
	// Read is our id of the newest inbound message an agent has read, when that is what changed; 0 otherwise.
	Read db.ID `json:"read,omitempty"`
}

// MentionedFact tells that members were named in a note. The author is never among them.
type MentionedFact struct {
	Conversation db.ID   `json:"conversation_id"`
	Message      db.ID   `json:"message_id"` // the note
	By           db.ID   `json:"by"`         // the user who wrote it; 0: an API key
	Users        []db.ID `json:"users"`
}

// MentionsSeenFact tells that a user has opened a conversation in which they were named.
type MentionsSeenFact struct {
	Conversation db.ID `json:"conversation_id"`
	User         db.ID `json:"user_id"`
}

func changedFact(workspace, conversation db.ID) event.Fact {
	return event.Fact{Workspace: workspace, Kind: Changed, Subject: conversation, Data: ChangedFact{Conversation: conversation}}
}

// byWorkspace keeps items of one fact per workspace, in the order of arrival.
type byWorkspace[T any] struct {
	order []db.ID
	items map[db.ID][]T
}

func (b *byWorkspace[T]) add(workspace db.ID, item T) {
	if b.items == nil {
		b.items = map[db.ID][]T{}
	}
	if _, known := b.items[workspace]; !known {
		b.order = append(b.order, workspace)
	}
	b.items[workspace] = append(b.items[workspace], item)
}

func (b *byWorkspace[T]) facts(kind string, data func([]T) any) []event.Fact {
	out := make([]event.Fact, 0, len(b.order))
	for _, workspace := range b.order {
		out = append(out, event.Fact{Workspace: workspace, Kind: kind, Data: data(b.items[workspace])})
	}
	return out
}

func posted(items []PostedItem) any   { return PostedFact{items} }
func statuses(items []StatusItem) any { return StatusFact{items} }
