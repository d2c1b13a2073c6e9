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

// settleUnknown looks again and again at unconfirmed messages. A status settles them without us; a message that stays
// without one goes back to the queue once, but only with proof: its time has passed, and a status of the same inbox with a
// later provider time has been processed, so the provider's news arrive and there was none of this message. Without
// proof, or the second time, it stays for a person to decide.
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
	ids := make([]db.ID, len(doubtful))
	for i, m := range doubtful {
		ids[i] = m.Message
	}
	var moved int
	err = g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		moved, err = g.rooms.Conversations.RequeueIn(ctx, tx, ids)
		return err
	})
	g.figures.requeued.Add(float64(moved))
	return moved, err
}

// crossedEvery is how often news and acceptances that crossed are brought together.
const crossedEvery = 2 * time.Second

// joinCrossed applies statuses that arrived while the acceptance of their message was being stored in another
// transaction (PostgreSQL only: SQLite has one writer, there nothing crosses).
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
		}
		pause(ctx, crossedEvery)
	}
}
