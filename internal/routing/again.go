package routing

import (
	"context"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
)

const onLine = `select distinct k.user_id from connections k
	join members m on m.workspace_id = k.workspace_id and m.user_id = k.user_id and m.disabled_at is null and m.profile_id is not null
	left join availability a on a.workspace_id = k.workspace_id and a.user_id = k.user_id
	where k.workspace_id = $1 and k.user_id in ({ids:$2}) and coalesce(a.state, 'online') = 'online'`

// returning gives the tickets of people who write again where the number keeps the agent of a closed ticket (E19): to that
// agent when on line, else to the queue of the closed ticket, so that somebody on line gets it (X19). People whose agent is
// not kept are missing.
func (r *Room) returning(ctx context.Context, tx *db.Tx, workspace db.ID, received []conversation.ReceivedFact) (map[db.ID]conversation.Opening, error) {
	numbers, at := []db.ID{}, map[db.ID]db.ID{}
	for _, f := range received {
		numbers, at[f.Conversation] = append(numbers, f.Inbox), f.Inbox
	}
	rules, err := r.conversations.ClosingRulesFor(ctx, tx, workspace, numbers...)
	if err != nil {
		return nil, err
	}
	ids := []db.ID{}
	for id, number := range at {
		if rules[number].Assignee != conversation.AssigneeLeaves {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	closed, err := r.conversations.LastClosedIn(ctx, tx, workspace, ids)
	if err != nil {
		return nil, err
	}
	agents := []db.ID{}
	for _, t := range closed {
		agents = append(agents, t.Assignee)
	}
	present, err := db.All[db.ID](ctx, tx, onLine, workspace, db.IDs(agents))
	if err != nil {
		return nil, err
	}
	here := map[db.ID]bool{}
	for _, id := range present {
		here[id] = true
	}
	settings, err := r.AttentionFor(ctx, tx, workspace, inbox.ByID, numbers...)
	if err != nil {
		return nil, err
	}
	again := map[db.ID]conversation.Opening{}
	for id, t := range closed {
		switch {
		case t.Assignee == 0 || !rules[at[id]].Keeps(t, tx.Now()):
		case here[t.Assignee]:
			again[id] = conversation.Opening{Conversation: id, Holder: conversation.HolderAgent, Assignee: t.Assignee, Queue: t.Queue,
				FallbackMinutes: settings[at[id]].AnswerMinutes}
		case t.Queue != 0:
			again[id] = conversation.Opening{Conversation: id, Holder: conversation.HolderQueue, Queue: t.Queue}
		}
	}
	return again, nil
}
