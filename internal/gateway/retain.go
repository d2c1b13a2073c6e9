package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"recado/internal/conversation"
	"recado/internal/db"
)

const (
	retainEvery = 10 * time.Minute
	retainChunk = 1000 // rows of one transaction: small, so that nobody waits behind it
)

// retain deletes processed events that are older than the time they are kept, and news nobody will ask for.
func (g *Room) retain(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := g.forget(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("forgetting old events", "error", err)
		}
		if _, err := g.rooms.Conversations.ForgetEarly(ctx, g.d.Now()-g.config.Retain.Milliseconds()); err != nil && ctx.Err() == nil {
			slog.Warn("forgetting early statuses", "error", err)
		}
		if err := g.endWaits(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("ending the wait of early changes", "error", err)
		}
		pause(ctx, retainEvery)
	}
}

// endWaits applies the changes whose message is known by now, and ends the wait of those that waited too long.
func (g *Room) endWaits(ctx context.Context) error {
	if err := g.joinChanges(ctx); err != nil {
		return err
	}
	for {
		given, err := g.rooms.Conversations.ExpireEarlyChanges(ctx, g.d.Now()-conversation.ChangeWait.Milliseconds(), retainChunk)
		if err != nil || given < retainChunk {
			return err
		}
	}
}

func (g *Room) joinChanges(ctx context.Context) error {
	return g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := g.rooms.Conversations.ApplyEarlyChangesIn(ctx, tx, retainChunk)
		return err
	})
}

// forget deletes what is done and too old, in small transactions, and says how many. Events set aside stay until a
// person decides.
func (g *Room) forget(ctx context.Context) (int64, error) {
	before := g.idAt(g.d.Now() - g.config.Retain.Milliseconds())
	var all int64
	for {
		var n int64
		err := g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = tx.Exec(ctx, "delete from intake where id in (select id from intake where state = 1 and id < $1 order by id limit $2)", before, retainChunk)
			return err
		})
		all += n
		if err != nil || n < retainChunk {
			return all, err
		}
	}
}

// idAt is an id about as old as a time in Unix milliseconds: ids are ordered by the time they were made.
func (g *Room) idAt(at int64) db.ID {
	age := max(0, g.d.Now()-at)
	return max(0, g.d.NewID()-db.ID(age<<22))
}

// replayed marks events that are applied again: what they told about messages is recognised by the rooms, and what they
// told about accounts is left out, because later decisions of people would be undone by it.
const replayed = "replayed"

// Replay has the journal's events since a time (Unix milliseconds) applied again, and those set aside tried again. It
// says how many. Replaying changes nothing that was applied well before.
func (g *Room) Replay(ctx context.Context, from int64) (int64, error) {
	var all int64
	after := g.idAt(from) - 1
	for {
		var ids []db.ID
		err := g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			if ids, err = db.All[db.ID](ctx, tx, "select id from intake where id > $1 and state > 0 order by id limit $2", after, retainChunk); err != nil || len(ids) == 0 {
				return err
			}
			_, err = tx.Exec(ctx, `update intake set error = case when state = 1 then $2 else '' end, state = 0, attempts = 0
				where id in ({ids:$1}) and state > 0`, db.IDs(ids), replayed)
			return err
		})
		if err != nil {
			return all, fmt.Errorf("replay: %w", err)
		}
		if len(ids) == 0 {
			g.intake.ring()
			return all, nil
		}
		all, after = all+int64(len(ids)), ids[len(ids)-1]
	}
}

// Aside is an event that was set aside.
type Aside struct {
	ID         db.ID  `db:"id"`
	Channel    string `db:"channel"`
	ReceivedAt int64  `db:"received_at"` // Unix milliseconds
	Error      string `db:"error"`
}

// SetAside gives the newest events that could not be applied, for System check.
func (g *Room) SetAside(ctx context.Context, limit int) ([]Aside, error) {
	return db.All[Aside](ctx, g.d, "select id, channel, received_at, error from intake where state = 2 order by id desc limit $1", limit)
}
