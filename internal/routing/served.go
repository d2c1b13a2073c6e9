package routing

import (
	"context"
	"fmt"

	"recado/internal/db"
)

// answering are the agents of a queue who are still members.
const answering = `exists (select 1 from queue_members m join members w on w.workspace_id = m.workspace_id and w.user_id = m.user_id
	where m.queue_id = %s and w.disabled_at is null and w.profile_id is not null)`

var (
	unservedQueues  = "select q.id from queues q where q.workspace_id = $1 and q.id in ({ids:$2}) and not " + fmt.Sprintf(answering, "q.id") + " order by q.id"
	unservedInboxes = `select i.id from inboxes i where i.workspace_id = $1 and i.id in ({ids:$2}) and case when coalesce(i.default_queue_id, 0) <> 0
		then not ` + fmt.Sprintf(answering, "i.default_queue_id") + ` else not exists (select 1 from members w where w.workspace_id = i.workspace_id
		and w.disabled_at is null and w.profile_id is not null and (w.user_id = i.owner_user_id
		or exists (select 1 from inbox_members m where m.inbox_id = i.id and m.user_id = w.user_id))) end order by i.id`
)

// Unserved gives those of some queues in which nobody answers, and those of some numbers where nobody does the usual way: in their
// default queue, or without one as their owner, agent or manager (A24). Whether somebody is on line does not matter. Queues and numbers
// of elsewhere are not spoken of.
func (r *Room) Unserved(ctx context.Context, workspace db.ID, queues, inboxes []db.ID) (noQueues, noInboxes []db.ID, err error) {
	if len(queues) > 0 {
		if noQueues, err = db.All[db.ID](ctx, r.d, unservedQueues, workspace, db.IDs(queues)); err != nil {
			return nil, nil, fmt.Errorf("queues in which nobody answers: %w", err)
		}
	}
	if len(inboxes) > 0 {
		if noInboxes, err = db.All[db.ID](ctx, r.d, unservedInboxes, workspace, db.IDs(inboxes)); err != nil {
			return nil, nil, fmt.Errorf("numbers on which nobody answers: %w", err)
		}
	}
	return noQueues, noInboxes, nil
}
