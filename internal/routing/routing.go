package routing

import (
	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
)

// Room is the routing of one installation.
type Room struct {
	d             *db.DB
	log           *event.Log
	accounts      *account.Room
	inboxes       *inbox.Room
	conversations *conversation.Room
}

// New makes the room.
func New(d *db.DB, log *event.Log, accounts *account.Room, inboxes *inbox.Room, conversations *conversation.Room) *Room {
	return &Room{d: d, log: log, accounts: accounts, inboxes: inboxes, conversations: conversations}
}
