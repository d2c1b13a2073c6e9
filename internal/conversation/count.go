package conversation

import (
	"context"
	"fmt"

	"recado/internal/db"
)

// Counts are the numbers beside the views.
type Counts struct {
	Mine             int64 `db:"mine"`
	Queue            int64 `db:"queue"`
	Team             int64 `db:"team"`
	LongestWaitSince int64 `db:"since"` // of those in the queue, Unix milliseconds; 0 when nobody waits
}

const (
	countMine = "select count(*) as mine from conversations where workspace_id = $1 and state = 1 and assignee_id = $2"

	countQueue = `select count(*) as queue, coalesce(min(waiting_since), 0) as since from conversations
		where workspace_id = $1 and state = 1 and assignee_id is null and holder = 'queue'`
	withinQueue = " and (inbox_id in ({ids:$2}) or queue_id in ({ids:$3}))"

	countAll  = "select count(*) as team from conversations where workspace_id = $1 and state > 0 and state = 1"
	countTeam = `select count(*) as team from (
		select id from conversations where workspace_id = $1 and state > 0 and state = 1 and inbox_id in ({ids:$2})
		union select id from conversations where workspace_id = $1 and state = 1 and queue_id in ({ids:$3})
		union select id from conversations where workspace_id = $1 and state = 1 and assignee_id = $4) reached`
)

// Counts counts the open conversations of each view within reach.
func (r *Room) Counts(ctx context.Context, reach Reach) (Counts, error) {
	var c Counts
	add := func(text string, args ...any) error {
		got, err := db.One[Counts](ctx, r.d, text, args...)
		if err != nil {
			return fmt.Errorf("count conversations: %w", err)
		}
		c = Counts{c.Mine + got.Mine, c.Queue + got.Queue, c.Team + got.Team, c.LongestWaitSince + got.LongestWaitSince}
		return nil
	}
	inboxes, queues := db.IDs(reach.Inboxes), db.IDs(reach.Queues)
	if err := add(countMine, reach.Workspace, reach.User); err != nil {
		return c, err
	}
	if reach.All {
		if err := add(countQueue, reach.Workspace); err != nil {
			return c, err
		}
		return c, add(countAll, reach.Workspace)
	}
	if err := add(countQueue+withinQueue, reach.Workspace, inboxes, queues); err != nil {
		return c, err
	}
	return c, add(countTeam, reach.Workspace, inboxes, queues, reach.User)
}
