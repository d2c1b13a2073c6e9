package conversation

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"recado/internal/db"
)

// PersonPast is what happened with a person in the last three months, within reach.
type PersonPast struct {
	Conversations []Row     // the last said first
	Tickets       []Ticket  // open ones, and those opened in that time, the newest first
	Campaigns     []Route   // active messages with their routes, the newest first
	Files         []Message // with their files, the newest first
}

// Bounds of what HistoryOf gives.
const (
	historyLength = 92 * 24 * 60 * 60 * 1000 // three months in milliseconds (B18)
	maxPast       = 100
	maxFiles      = 30
)

const (
	ticketsOfPeople = "conversation_id in ({ids:$1}) and workspace_id = $2 and (opened_at >= $3 or closed_at is null) order by id desc limit $4"

	pastCampaigns = `select r.workspace_id, r.message_id, r.conversation_id, r.campaign_id, r.campaign_name, r.target, r.target_id, r.target_child_id, r.target_block, r.button, r.other_target,
	r.other_target_id, r.fallback_queue_id, r.fallback_minutes, r.accepted_at, r.expires_at, r.replaced_by, m.status
	from reply_routes r join messages m on m.id = r.message_id where r.conversation_id in ({ids:$1}) and r.accepted_at >= $2
	order by r.accepted_at desc, r.message_id desc limit $3`

	pastFiles = "where m.conversation_id = $1 and m.id > $2 and m.media_id is not null order by m.id desc limit $3"
)

// HistoryOf gives what happened in the conversations of contacts.
func (r *Room) HistoryOf(ctx context.Context, reach Reach, contacts []db.ID) (PersonPast, error) {
	h := PersonPast{}
	var ids []db.ID
	for _, c := range contacts {
		rows, err := r.OfContact(ctx, reach.Workspace, c)
		if err != nil {
			return h, err
		}
		for _, row := range rows {
			if reach.Sees(row) {
				h.Conversations, ids = append(h.Conversations, row), append(ids, row.ID)
			}
		}
	}
	slices.SortFunc(h.Conversations, func(a, b Row) int { return cmp.Compare(b.LastMessage, a.LastMessage) })
	since := r.d.Now() - historyLength
	var err error
	if h.Tickets, err = ticketsBy(ctx, r.d, ticketsOfPeople, db.IDs(ids), reach.Workspace, since, maxPast); err != nil {
		return h, err
	}
	if h.Campaigns, err = db.All[Route](ctx, r.d, pastCampaigns, db.IDs(ids), since, maxPast); err != nil {
		return h, fmt.Errorf("campaigns of people: %w", err)
	}
	for _, id := range ids {
		files, err := messagesBy(ctx, r.d, pastFiles, id, db.IDAt(since), maxFiles)
		if err != nil {
			return h, err
		}
		h.Files = append(h.Files, files...)
	}
	slices.SortFunc(h.Files, func(a, b Message) int { return cmp.Compare(b.ID, a.ID) })
	h.Files = h.Files[:min(len(h.Files), maxFiles)]
	return h, nil
}

// MessagesOf gives what was said with contacts in the last three months on all numbers within reach, whoever said it (B17): the
// newest first, before a message's id (0: from the newest). limit is 1 to 200; 0 means 50.
func (r *Room) MessagesOf(ctx context.Context, reach Reach, contacts []db.ID, before db.ID, limit int) ([]Message, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	limit = pageSize(limit)
	since := db.IDAt(r.d.Now() - historyLength)
	out := []Message{}
	for _, c := range contacts {
		rows, err := r.OfContact(ctx, reach.Workspace, c)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if !reach.Sees(row) {
				continue
			}
			part, err := messagesBy(ctx, r.d, "where m.conversation_id = $1 and m.id > $2 and m.id < $3 order by m.id desc limit $4", row.ID, since, before, limit)
			if err != nil {
				return nil, err
			}
			out = append(out, part...)
		}
	}
	slices.SortFunc(out, func(a, b Message) int { return cmp.Compare(b.ID, a.ID) })
	return out[:min(len(out), limit)], nil
}
