package routing

import (
	"context"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Distribution is how a queue's tickets reach agents (A18).
type Distribution string

// The two ways.
const (
	Push Distribution = "push" // given to an agent on line at once
	Pull Distribution = "pull" // an agent takes the next one
)

// DefaultQueueName is the fixed name of the queue that takes what no other does (B195).
const DefaultQueueName = "Otros asuntos"

const (
	queueNameMax    = 60
	defaultCapacity = 5
)

// Queue is where tickets wait for a team.
type Queue struct {
	ID           db.ID        `db:"id" json:"id"`
	Name         string       `db:"name" json:"name"`
	Distribution Distribution `db:"distribution" json:"distribution"`
	Capacity     int64        `db:"capacity" json:"capacity"` // open tickets an agent gets by push
	Waiting      int64        `db:"waiting" json:"waiting"`   // tickets nobody holds yet
	Members      int64        `db:"members" json:"members"`   // agents in it
	Position     int64        `db:"position" json:"position"` // in lists; equal ones by name
}

const queuesSQL = `select q.id, q.name, q.distribution, q.capacity, q.position,
	(select count(*) from conversations c where c.workspace_id = q.workspace_id and c.queue_id = q.id and c.state = 1 and c.assignee_id is null) as waiting,
	(select count(*) from queue_members m where m.queue_id = q.id) as members
	from queues q where q.workspace_id = $1`

// Queues lists the queues of the actor's workspace in their order.
func (r *Room) Queues(ctx context.Context, actor account.Actor) ([]Queue, error) {
	return db.All[Queue](ctx, r.d, queuesSQL+" order by q.position, q.name", actor.Workspace)
}

// Queue gives one queue of the workspace; NotFound when there is none.
func (r *Room) Queue(ctx context.Context, workspace, id db.ID) (Queue, error) {
	q, err := db.One[Queue](ctx, r.d, queuesSQL+" and q.id = $2", workspace, id)
	if db.None(err) {
		err = fault.New(fault.NotFound, "queue.unknown", "There is no such queue.")
	}
	return q, err
}

// QueueByName finds a queue by its name, whatever the case; NotFound when there is none.
func (r *Room) QueueByName(ctx context.Context, workspace db.ID, name string) (Queue, error) {
	q, err := db.One[Queue](ctx, r.d, queuesSQL+" and lower(q.name) = $2", workspace, strings.ToLower(strings.TrimSpace(name)))
	if db.None(err) {
		err = fault.New(fault.NotFound, "queue.unknown_name", "There is no queue named %s.", name).With("name", name)
	}
	return q, err
}

// CreateQueue makes a queue. The name has 1 to 60 characters and is the only one of its kind in the workspace.
func (r *Room) CreateQueue(ctx context.Context, actor account.Actor, name string, distribution Distribution, capacity int64) (Queue, error) {
	q := Queue{Name: name, Distribution: distribution, Capacity: capacity}
	if err := q.check(); err != nil {
		return Queue{}, err
	}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q.ID = tx.NewID()
		n, err := tx.Exec(ctx, `insert into queues (workspace_id, id, name, distribution, capacity, position, created_at)
			select cast($1 as bigint), cast($2 as bigint), cast($3 as text), cast($4 as text), cast($5 as bigint),
				coalesce(max(position), 0) + 1, cast($6 as bigint) from queues where workspace_id = $1
			on conflict (workspace_id, name) do nothing`, actor.Workspace, q.ID, q.Name, q.Distribution, q.Capacity, tx.Now())
		if err == nil && n == 0 {
			err = queueExists(q.Name)
		}
		return err
	})
	return q, err
}

func (q *Queue) check() error {
	q.Name = strings.TrimSpace(q.Name)
	if q.Name == "" || utf8.RuneCountInString(q.Name) > queueNameMax {
		return fault.New(fault.Invalid, "queue.name", "A queue's name has 1 to %d characters.", queueNameMax).On("name").With("max", queueNameMax)
	}
	if q.Distribution != Pull {
		q.Distribution = Push
	}
	if q.Capacity > maxCapacity {
		return fault.New(fault.Invalid, "attention.capacity", "Choose 0 to %d tickets.", maxCapacity).On("capacity").With("max", maxCapacity)
	}
	if q.Capacity <= 0 {
		q.Capacity = defaultCapacity
	}
	return nil
}

func queueExists(name string) error {
	return fault.New(fault.Conflict, "queue.exists", "A queue named %s exists already.", name).On("name").With("name", name)
}

// AddToQueue makes a user an agent of a queue; doing it twice changes nothing.
func (r *Room) AddToQueue(ctx context.Context, actor account.Actor, queue, user db.ID) error {
	if _, err := r.Queue(ctx, actor.Workspace, queue); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into queue_members (workspace_id, queue_id, user_id) values ($1, $2, $3)
			on conflict (queue_id, user_id) do nothing`, actor.Workspace, queue, user)
		if err != nil {
			return err
		}
		return r.tellMembership(ctx, tx, actor.Workspace)
	})
}

// RemoveFromQueue takes a user out of a queue; tickets the user holds stay with the user.
func (r *Room) RemoveFromQueue(ctx context.Context, actor account.Actor, queue, user db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from queue_members where workspace_id = $1 and queue_id = $2 and user_id = $3", actor.Workspace, queue, user)
		if err != nil {
			return err
		}
		return r.tellMembership(ctx, tx, actor.Workspace)
	})
}

// tellMembership says that somebody's reach changed, so that open desks ask for theirs again.
func (r *Room) tellMembership(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	return r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: account.ChangedFact, Data: struct{}{}})
}

// Names gives the names of a workspace's queues by id.
func (r *Room) Names(ctx context.Context, workspace db.ID) (map[db.ID]string, error) {
	queues, err := db.All[Queue](ctx, r.d, "select id, name from queues where workspace_id = $1", workspace)
	names := make(map[db.ID]string, len(queues))
	for _, q := range queues {
		names[q.ID] = q.Name
	}
	return names, err
}

// Load is how busy a queue is.
type Load struct {
	Queue   db.ID  `db:"id"`
	Name    string `db:"name"`
	Waiting int64  `db:"waiting"` // tickets nobody holds yet
	Online  int64  `db:"online"`  // agents of the queue who are on line
}

const loadsSQL = `select q.id, q.name,
	(select count(*) from conversations c where c.workspace_id = q.workspace_id and c.queue_id = q.id and c.state = 1 and c.assignee_id is null) as waiting,
	(select count(*) from queue_members m join members w on w.workspace_id = m.workspace_id and w.user_id = m.user_id and w.disabled_at is null
	left join availability a on a.workspace_id = m.workspace_id and a.user_id = m.user_id
	where m.queue_id = q.id and coalesce(a.state, 'online') = 'online'
	and exists (select 1 from connections k where k.workspace_id = m.workspace_id and k.user_id = m.user_id)) as online
	from queues q where q.workspace_id = $1 and q.id in ({ids:$2}) order by q.id`

// Loads tells how busy some queues of a workspace are; queues that are gone are missing.
func (r *Room) Loads(ctx context.Context, workspace db.ID, queues []db.ID) ([]Load, error) {
	return db.All[Load](ctx, r.d, loadsSQL, workspace, db.IDs(queues))
}
