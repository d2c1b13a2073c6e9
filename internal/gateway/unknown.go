package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"recado/internal/db"
)

// newsMargin is how much later than a departure a status must be, by the provider's clock that counts whole seconds, to
// prove that news of the message would have come by now.
const newsMargin = 2 * time.Second

// repeatGrowth is how many times longer than an outage the news of that outage may take to come again: the provider
// repeats what we did not take with pauses that double, so the next one comes within the length of the outage.
const repeatGrowth = 3

// behindMost is how old a waiting event of the journal may be while silence still counts.
const behindMost = time.Second

// settleUnknown looks again and again at unconfirmed messages. A status settles them without us; a message that stays
// without one goes back to the queue once, but only with proof: the time in which news of it would have come has passed (due),
// all that came has been processed, and among it was a status of the same inbox with a later provider time, so the provider's
// news arrive and there was none of this message. Without proof, or the second time, it stays for a person to decide.
func (g *Room) settleUnknown(ctx context.Context) {
	every := min(max(g.config.Settle/4, 100*time.Millisecond), 15*time.Second)
	for ctx.Err() == nil {
		for id := range g.leases.all() {
			if n, err := g.requeueProven(ctx, id); err != nil && ctx.Err() == nil {
				slog.Warn("looking at unconfirmed messages", "inbox", id, "error", err)
			} else if n > 0 {
				slog.Info("messages the provider never got are sent again", "inbox", id, "messages", n)
			}
		}
		pause(ctx, every)
	}
}

const requeueMost = 200

// requeueProven puts back the unconfirmed messages of an inbox for which there is proof, and says how many.
func (g *Room) requeueProven(ctx context.Context, box db.ID) (int, error) {
	if behind, err := g.behind(ctx); err != nil || behind {
		return 0, err
	}
	heard, err := db.One[int64](ctx, g.d, "select status_at from inbox_news where inbox_id = $1", box)
	if db.None(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("news of inbox %d: %w", box, err)
	}
	before := min(g.d.Now()-g.config.Settle.Milliseconds(), heard-newsMargin.Milliseconds())
	doubtful, err := g.rooms.Conversations.Doubtful(ctx, box, before, requeueMost)
	if err != nil || len(doubtful) == 0 {
		return 0, err
	}
	var ids []db.ID
	for _, m := range doubtful {
		if g.due(m.DepartedAt) <= g.d.Now() {
			ids = append(ids, m.Message)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	var moved int
	err = g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		moved, err = g.rooms.Conversations.RequeueIn(ctx, tx, ids)
		return err
	})
	g.figures.requeued.Add(float64(moved))
	return moved, err
}

// due is when silence about a message that departed at a time begins to mean something (Unix milliseconds). News that came
// while this node was away comes again, the later the longer it was away.
func (g *Room) due(departed int64) int64 {
	settle, up := g.config.Settle.Milliseconds(), g.up.Load()
	if departed >= up {
		return departed + settle
	}
	return up + max(settle, repeatGrowth*(up-departed))
}

// behind tells whether the journal holds events that should have been processed by now: news may be among them.
func (g *Room) behind(ctx context.Context) (bool, error) {
	oldest, err := db.One[db.ID](ctx, g.d, "select id from intake where state = 0 order by id limit 1")
	if db.None(err) {
		return false, nil
	}
	return oldest.Time() < g.d.Now()-behindMost.Milliseconds(), err
}

// crossedEvery is how often news and acceptances that crossed are brought together.
const crossedEvery = 2 * time.Second

// joinCrossed applies statuses and changes that arrived while the acceptance of their message, or the message itself, was being
// stored in another transaction (PostgreSQL only: SQLite has one writer, there nothing crosses).
func (g *Room) joinCrossed(ctx context.Context) {
	for g.d.Pool() != nil && ctx.Err() == nil {
		if g.leases.leads() {
			err := g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := g.rooms.Conversations.ApplyEarlyIn(ctx, tx, requeueMost)
				return err
			})
			if err != nil && ctx.Err() == nil {
				slog.Warn("applying statuses that came early", "error", err)
			}
			if err := g.joinChanges(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("applying changes that came early", "error", err)
			}
		}
		pause(ctx, crossedEvery)
	}
}
