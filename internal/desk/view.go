package desk

import (
	"encoding/json"

	"recado/internal/conversation"
	"recado/internal/db"
)

// Named is a thing with its name.
type Named struct {
	ID   db.ID  `json:"id"`
	Name string `json:"name"`
}

// Person is a contact as lists show it.
type Person struct {
	ID       db.ID  `json:"id"`
	Name     string `json:"name" doc:"may be empty"`
	Address  string `json:"address_display" doc:"number, handle or user id, for people"`
	HasPhone bool   `json:"has_phone"`
}

// Place is an inbox as lists show it.
type Place struct {
	ID      db.ID  `json:"id"`
	Label   string `json:"label"`
	Channel string `json:"channel"`
}

// OpenTicket is the ticket a conversation has now.
type OpenTicket struct {
	ID       db.ID  `json:"id"`
	Number   int64  `json:"number"`
	Status   string `json:"status" enum:"queued,assigned,in_service"`
	OpenedAt int64  `json:"opened_at"`
}

// Preview is the last thing said by a customer or an agent.
type Preview struct {
	Text      string `json:"text"`
	Direction string `json:"direction" doc:"in, out, note, or empty when nothing was said"`
	Kind      string `json:"kind"`
}

// Row is a conversation in a list. Times are Unix milliseconds.
type Row struct {
	ID            db.ID                    `json:"id"`
	Contact       Person                   `json:"contact"`
	Inbox         Place                    `json:"inbox"`
	State         string                   `json:"state" enum:"none,open,closed"`
	Holder        string                   `json:"holder" doc:"bot, queue, agent, or empty without an open ticket"`
	Assignee      *Named                   `json:"assignee"`
	Queue         *Named                   `json:"queue"`
	Ticket        *OpenTicket              `json:"ticket"`
	Window        conversation.WindowState `json:"window"`
	WaitingSince  *int64                   `json:"waiting_since" doc:"oldest customer message nobody answered"`
	Unread        int64                    `json:"unread"`
	LastMessageAt int64                    `json:"last_message_at"`
	Preview       Preview                  `json:"preview"`
	AnswerBy      *Deadline                `json:"answer_by" doc:"until when its holder has to give the first answer; null: no limit, or answered"`
	Priority      string                   `json:"priority" enum:"low,normal,high,urgent" doc:"of the open ticket"`
	OnHoldSince   *int64                   `json:"on_hold_since" doc:"the open ticket's timers stand still; null: they run"`
	Snooze        *Snooze                  `json:"snooze" doc:"out of its holder's list; null: awake"`
	Tags          []TagMark                `json:"tags" doc:"of the open ticket"`
}

// Deadline is a stretch of time something has to be done in.
type Deadline struct {
	From   int64   `json:"from"`
	Until  int64   `json:"until"`
	Pauses []Pause `json:"pauses,omitempty" doc:"when it stands still between the two: nobody answers on the number then"`
}

// Pause is a stretch in which time does not count, in Unix milliseconds.
type Pause struct {
	From  int64 `json:"from"`
	Until int64 `json:"until"`
}

// Snooze is until when a conversation sleeps; a message of the person always ends it.
type Snooze struct {
	Until *int64 `json:"until" doc:"null: until the person writes"`
}

// TagMark is a tag as it stands on a ticket.
type TagMark struct {
	ID    db.ID  `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color" doc:"a name of the palette"`
}

// Message is one thing said, a note, or a marker.
type Message struct {
	ID           db.ID                      `json:"id"`
	Conversation db.ID                      `json:"conversation_id"`
	Direction    string                     `json:"direction" enum:"in,out,note,marker"`
	Kind         string                     `json:"kind"`
	Text         string                     `json:"text"`
	Content      json.RawMessage            `json:"content" doc:"what the kind says besides words; of a marker its code and params"`
	File         *File                      `json:"file"`
	Author       Author                     `json:"author"`
	Status       string                     `json:"status" enum:"queued,unconfirmed,accepted,sent,failed,delivered,read,played,received"`
	Times        map[string]int64           `json:"times"`
	Error        *Problem                   `json:"error"`
	ClientID     string                     `json:"client_id"`
	ReplyTo      *Quote                     `json:"reply_to"`
	Answer       *conversation.SurveyAnswer `json:"answer" doc:"what it answers in a survey; null: nothing"`
	Campaign     db.ID                      `json:"campaign_id"`
	CreatedAt    int64                      `json:"created_at"`
	EditedAt     *int64                     `json:"edited_at" doc:"when its author changed it last; null: never"`
	RevokedAt    *int64                     `json:"revoked_at" doc:"when its author took it back; null: never. What it said is told only to those who see everything"`
}

// Author is who said it.
type Author struct {
	Kind string `json:"kind" enum:"contact,agent,bot,campaign,key,system"`
	ID   db.ID  `json:"id"`
	Name string `json:"name"`
}

// File is an attachment.
type File struct {
	ID    db.ID  `json:"id"`
	Name  string `json:"name"`
	Mime  string `json:"mime"`
	Size  int64  `json:"size"`
	State string `json:"state" enum:"ready,fetching,failed"`
	URL   string `json:"url"`
}

// Quote is the message another one answers.
type Quote struct {
	ID   db.ID  `json:"id"`
	Text string `json:"text"`
	Kind string `json:"kind"`
}

// Problem is why a message did not get through, in words, with the provider's own under Detail.
type Problem struct {
	Code   int64  `json:"code"`
	Class  string `json:"class"`
	Words  string `json:"words"`
	Detail string `json:"detail"`
}
