package conversation

import (
	"context"
	"fmt"

	"recado/internal/db"
)

// CountLimit is where counting stops: a count that reaches it means "that many or more".
const CountLimit = 1000

// Counts are the numbers beside the views, each at most CountLimit.
type Counts struct {
	Mine             int64   `db:"mine"`
	Snoozed          int64   `db:"snoozed"`
	Queue            int64   `db:"queue"`
	Team             int64   `db:"team"`
	LongestWaitSince int64   `db:"since"` // of those in the queue, Unix milliseconds; 0 when nobody waits
	MentionedIn      []db.ID `db:"-"`     // where the user was named and has not looked since, the newest mention first
}

const (
	countMine = `select count(*) - count(snoozed_until) as mine, count(snoozed_until) as snoozed from (
		select snoozed_until from conversations where workspace_id = $1 and state = 1 and assignee_id = $2 limit 1000) few`

	countQueue  = "select count(*) as queue from (select id from conversations where workspace_id = $1 and state = 1 and assignee_id is null and holder = 'queue'%s limit 1000) few"
	longestWait = `select waiting_since as since from conversations where workspace_id = $1 and state = 1 and waiting_since is not null
		and assignee_id is null and holder = 'queue'%s order by waiting_since, id limit 1`
	withinQueue = " and (inbox_id in ({ids:$2}) or queue_id in ({ids:$3}))"

	countAll  = "select count(*) as team from (select id from conversations where workspace_id = $1 and state > 0 and state = 1 limit 1000) few"
	countTeam = `select count(*) as team from (
		select * from (select id from conversations where workspace_id = $1 and state > 0 and state = 1 and inbox_id in ({ids:$2}) limit 1000) a
		union select * from (select id from conversations where workspace_id = $1 and state = 1 and queue_id in ({ids:$3}) limit 1000) b
		union select * from (select id from conversations where workspace_id = $1 and state = 1 and assignee_id = $4 limit 1000) c) reached`
)

// Counts counts the open conversations of each view within reach, no further than CountLimit, so that it costs the same however
// many there are.
func (r *Room) Counts(ctx context.Context, reach Reach) (Counts, error) {
	var c Counts
	add := func(text string, args ...any) error {
		got, err := db.One[Counts](ctx, r.d, text, args...)
		if err != nil && !db.None(err) {
			return fmt.Errorf("count conversations: %w", err)
		}
		c.Mine, c.Snoozed, c.Queue, c.Team = c.Mine+got.Mine, c.Snoozed+got.Snoozed, c.Queue+got.Queue, c.Team+got.Team
		c.LongestWaitSince += got.LongestWaitSince
		return nil
	}
	within, args, team := withinQueue, []any{reach.Workspace, db.IDs(reach.Inboxes), db.IDs(reach.Queues)}, countTeam
	if reach.All {
		within, args, team = "", []any{reach.Workspace}, countAll
	}
	if err := add(countMine, reach.Workspace, reach.User); err != nil {
		return c, err
	}
	for _, text := range []string{countQueue, longestWait} {
		if err := add(fmt.Sprintf(text, within), args...); err != nil {
			return c, err
		}
	}
	if !reach.All {
		args = append(args, reach.User)
	}
	if err := add(team, args...); err != nil {
		return c, err
	}
	c.Team = min(c.Team, CountLimit)
	var err error
	c.MentionedIn, err = r.unseenMentions(ctx, reach)
	return c, err
}
