package gateway

import (
	"context"
	"log/slog"
	"time"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
)

// readMark says that an agent has read up to a message.
type readMark struct{ message db.ID }

// ReadsSubscriber passes on to the provider that agents read, so that customers see it. It is a courtesy: marks are not kept
// when the process ends or the provider does not answer.
func (g *Room) ReadsSubscriber() event.Subscriber {
	return event.Subscriber{Name: "gateway.reads", Kinds: []string{conversation.Changed}, React: func(_ context.Context, tx *db.Tx, facts []event.Event) error {
		for _, e := range facts {
			changed, err := event.Decode[conversation.ChangedFact](e)
			if err != nil {
				return err
			}
			if changed.Read == 0 || tx.Now()-e.At > time.Hour.Milliseconds() {
				continue
			}
			tx.AfterCommit(func() {
				select {
				case g.reads <- readMark{changed.Read}:
				default: // busier than the provider: the next mark covers this one
				}
			})
		}
		return nil
	}}
}

func (g *Room) markReads(ctx context.Context) {
	for {
		select {
		case mark := <-g.reads:
			if err := g.markRead(ctx, mark.message); err != nil && ctx.Err() == nil {
				slog.Debug("a read mark was not passed on", "message", mark.message, "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

func (g *Room) markRead(ctx context.Context, message db.ID) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	type target struct {
		Inbox    db.ID        `db:"inbox_id"`
		External string       `db:"external_id"`
		Channel  channel.Kind `db:"channel"`
		Status   inbox.Status `db:"status"`
	}
	t, err := db.One[target](ctx, g.d, `select m.inbox_id, m.external_id, i.channel, i.status from messages m join inboxes i on i.id = m.inbox_id
		where m.id = $1 and m.external_id is not null`, message)
	if db.None(err) || err == nil && t.Status == inbox.Disconnected {
		return nil
	}
	if err != nil {
		return err
	}
	adapter, err := g.adapter(t.Channel)
	if err != nil {
		return err
	}
	credentials, err := g.rooms.Inboxes.Credentials(ctx, t.Inbox)
	if err != nil {
		return err
	}
	return adapter.MarkRead(ctx, credentials, t.External)
}
