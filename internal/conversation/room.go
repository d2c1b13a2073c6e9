package conversation

import (
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
)

// Room keeps the conversations of all workspaces. It is safe for many goroutines.
type Room struct {
	d        *db.DB
	log      *event.Log
	contacts *contact.Room
	inboxes  *inbox.Room
	listener Listener // takes answers to surveys; nil for none
}

// New makes the room.
func New(d *db.DB, log *event.Log, contacts *contact.Room, inboxes *inbox.Room) *Room {
	return &Room{d: d, log: log, contacts: contacts, inboxes: inboxes}
}

// State of a conversation, as stored.
type State int16

// The states.
const (
	None   State = 0 // nobody ever had a ticket here
	Open   State = 1 // a ticket is open
	Closed State = 2 // the last ticket is closed
)

// String gives the word used in JSON.
func (s State) String() string {
	switch s {
	case Open:
		return "open"
	case Closed:
		return "closed"
	}
	return "none"
}

// MarshalText gives the word used in JSON.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Who holds an open ticket.
const (
	HolderBot   = "bot"
	HolderQueue = "queue"
	HolderAgent = "agent"
)

// Direction of a message, as stored.
type Direction int16

// The directions. Markers stand in the thread between messages: ticket opened, assigned, closed.
const (
	In     Direction = 1
	Out    Direction = 2
	Note   Direction = 3
	Marked Direction = 4
)

// String gives the word used in JSON.
func (d Direction) String() string {
	switch d {
	case In:
		return "in"
	case Out:
		return "out"
	case Note:
		return "note"
	}
	return "marker"
}

// MarshalText gives the word used in JSON.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Lane orders the outbox: a campaign never delays an answer.
type Lane int16

// The lanes, first things first. Held messages of a paused campaign wait outside of every lane.
const (
	LaneAgents    Lane = 1
	LaneBots      Lane = 2
	LaneCampaigns Lane = 3
	laneHeld      Lane = 9
)

// Kinds of message that are ours alone; all others are channel kinds.
const (
	KindNote   = "note"
	KindMarker = "marker"
)

// Authors of a message.
const (
	AuthorContact  = "contact"
	AuthorAgent    = "agent"
	AuthorBot      = "bot"
	AuthorCampaign = "campaign"
	AuthorKey      = "key"
	AuthorSystem   = "system"
)

// Author is who said a message; ID is a user's for an agent, a key's for a key, else 0.
type Author struct {
	Kind string `json:"kind"`
	ID   db.ID  `json:"id"`
	Name string `json:"name"`
}
