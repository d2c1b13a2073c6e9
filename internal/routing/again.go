package routing

import (
	"context"

	"recado/internal/conversation"
	"recado/internal/db"
)

const onLine = `select distinct k.user_id from connections k
	join members m on m.workspace_id = k.workspace_id and m.user_id = k.user_id and m.disabled_at is null and m.profile_id is not null
	left join availability a on a.workspace_id = k.workspace_id and a.user_id = k.user_id
	where k.workspace_id = $1 and k.user_id in ({ids:$2}) and coalesce(a.state, 'online') = 'online'`

// returning gives the tickets of people who write again where the workspace keeps the agent of a closed ticket (E19): to that
// agent when on line, else to the queue of the closed ticket, so that somebody on line gets it (X19). People whose agent is
// not kept are missing.
func (r *Room) returning(ctx context.Context, tx *db.Tx, workspace db.ID, received []conversation.ReceivedFact) (map[db.ID]conversation.Opening, error) {
	rules, err := r.conversations.ClosingRulesOf(ctx, tx, workspace)
	if err != nil || rules.Assignee == conversation.AssigneeLeaves {
		return nil, err
	}
	ids := make([]db.ID, len(received))
	for i, f := range received {
		ids[i] = f.Conversation
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
	settings, err := r.AttentionOf(ctx, tx, workspace)
	if err != nil {
		return nil, err
	}
	again := map[db.ID]conversation.Opening{}
	for id, t := range closed {
		switch {
		case t.Assignee == 0 || !rules.Keeps(t, tx.Now()):
		case here[t.Assignee]:
			again[id] = conversation.Opening{Conversation: id, Holder: conversation.HolderAgent, Assignee: t.Assignee, Queue: t.Queue,
				FallbackMinutes: settings.AnswerMinutes}
		case t.Queue != 0:
			again[id] = conversation.Opening{Conversation: id, Holder: conversation.HolderQueue, Queue: t.Queue}
		}
	}
	return again, nil
}
