package conversation

import (
	"context"
	"fmt"

	"recado/internal/db"
)

const (
	fileUsed = "select id from messages where media_id = $1 and workspace_id = $2 limit 1"
	fileSeen = `select m.id from messages m join conversations c on c.id = m.conversation_id where m.media_id = $1 and m.workspace_id = $2
		and m.revoked_at = 0 and (c.assignee_id = $3 or c.inbox_id in ({ids:$4}) or (c.state = 1 and c.queue_id in ({ids:$5}))) limit 1`
)

// File tells whether any message carries a file, and whether one of them stands in a conversation within reach. One that
// its author took back is seen only by whoever sees everything. A file that
// no message carries was uploaded and not sent yet.
func (r *Room) File(ctx context.Context, reach Reach, file db.ID) (used, seen bool, err error) {
	found, err := db.All[db.ID](ctx, r.d, fileUsed, file, reach.Workspace)
	if err != nil || len(found) == 0 || reach.All {
		return len(found) > 0, len(found) > 0 && err == nil, err
	}
	found, err = db.All[db.ID](ctx, r.d, fileSeen, file, reach.Workspace, int64(reach.User), db.IDs(reach.Inboxes), db.IDs(reach.Queues))
	if err != nil {
		return true, false, fmt.Errorf("conversations of file %d: %w", file, err)
	}
	return true, len(found) > 0, nil
}
