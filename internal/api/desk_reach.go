package api

import (
	"context"
	"slices"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
	"recado/internal/fault"
)

// idIn reads an optional id of a query.
func idIn(field, text string) (db.ID, error) {
	id, err := db.ParseID(text)
	if err != nil {
		return 0, fault.New(fault.Invalid, "invalid.id", "this is not an id").On(field)
	}
	return id, nil
}

// idList reads the ids of a list in a query.
func idList(field string, texts []string) ([]db.ID, error) {
	out := make([]db.ID, len(texts))
	for i, text := range texts {
		id, err := idIn(field, text)
		if err != nil {
			return nil, err
		}
		out[i] = id
	}
	return out, nil
}

// idField is an id of a filter, and where it is kept.
type idField struct {
	name, text string
	into       *db.ID
}

// idsIn reads the ids of a filter; an empty text means any. The fault names the first field that holds none.
func idsIn(fields ...idField) (err error) {
	for _, f := range fields {
		if *f.into, err = idIn(f.name, f.text); err != nil {
			return err
		}
	}
	return nil
}

func timeOrNull(at int64) *int64 {
	if at == 0 {
		return nil
	}
	return &at
}

// reached gives a conversation within the actor's reach, or NotFound.
func (s *Server) reached(ctx context.Context, actor account.Actor, id db.ID) (conversation.Row, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return conversation.Row{}, err
	}
	return s.rooms.Conversation.Get(ctx, reach, id)
}

// reachedClosed is reached for whoever has just closed the ticket: closing may have taken the conversation out of reach, and the
// undo is still theirs.
func (s *Server) reachedClosed(ctx context.Context, actor account.Actor, id, ticket db.ID) (conversation.Row, error) {
	tickets, err := s.rooms.Conversation.Tickets(ctx, actor.Workspace, id, 1)
	if err != nil {
		return conversation.Row{}, err
	}
	if slices.ContainsFunc(tickets, func(t conversation.Ticket) bool { return t.ID == ticket && t.ClosedBy == actor.User && actor.User != 0 }) {
		return s.rooms.Conversation.Get(ctx, conversation.Everything(actor.Workspace), id)
	}
	return s.reached(ctx, actor, id)
}

// reachedMessage makes sure that a message belongs to a conversation within reach.
func (s *Server) reachedMessage(ctx context.Context, actor account.Actor, in *messageInput) error {
	row, err := s.reached(ctx, actor, in.ID.ID)
	if err != nil {
		return err
	}
	found, err := s.rooms.Conversation.Message(ctx, actor.Workspace, in.Message.ID)
	if err == nil && found.Conversation != row.ID {
		err = fault.New(fault.NotFound, "message.not_found", "There is no such message.")
	}
	return err
}

// row is a conversation as lists show it, whether or not it is still within reach after what was done.
func (s *Server) row(ctx context.Context, actor account.Actor, id db.ID) (desk.Row, error) {
	row, err := s.rooms.Conversation.Get(ctx, conversation.Everything(actor.Workspace), id)
	if err != nil {
		return desk.Row{}, err
	}
	rows, err := s.rooms.Desk.Rows(ctx, actor.Workspace, []conversation.Row{row})
	if err != nil {
		return desk.Row{}, err
	}
	return rows[0], nil
}
