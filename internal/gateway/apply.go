package gateway

import (
	"context"
	"fmt"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/job"
	"recado/internal/media"
)

// effect says what a batch brought.
type effect struct {
	messages, known, nobody int
	statuses, moved         int
	news, unknown, aside    int
}

// applyIn brings a batch in: first what people wrote, then what became of what we wrote, then news of accounts, each in the
// order of arrival. An echo of our own stands among the first, so its statuses find it.
func (g *Room) applyIn(ctx context.Context, tx *db.Tx, batch []parsed) (effect, error) {
	var e effect
	incoming, statuses, news := sorted(batch)
	for _, p := range batch {
		if p.remark != "" {
			e.unknown++
		}
		if p.unreadable != nil {
			e.aside++
		}
	}
	if len(incoming) > 0 {
		if err := g.expectFiles(ctx, tx, incoming); err != nil {
			return e, err
		}
		result, err := g.rooms.Conversations.ReceiveIn(ctx, tx, incoming)
		if err != nil {
			return e, err
		}
		e.messages, e.known, e.nobody = result.New, result.Known, result.Nobody
	}
	if len(statuses) > 0 {
		moved, err := g.rooms.Conversations.ApplyStatusesIn(ctx, tx, statuses)
		if err != nil {
			return e, err
		}
		e.statuses, e.moved = len(statuses), moved
		if err := keepNews(ctx, tx, statuses); err != nil {
			return e, err
		}
	}
	for _, n := range news {
		if err := g.newsIn(ctx, tx, n); err != nil {
			return e, err
		}
	}
	e.news = len(news)
	return e, nil
}

// tiding is what concerns more than a message, with the channel it came over: account news, or a failure that says
// something about the number or the person.
type tiding struct {
	placed
	channel channel.Kind
}

func (g *Room) newsIn(ctx context.Context, tx *db.Tx, n tiding) error {
	if n.Status != nil {
		if err := g.refusedIn(ctx, tx, n.channel, n.box, *n.Status); err != nil {
			return fmt.Errorf("failure %d of inbox %d: %w", n.Status.Failure.Code, n.box.ID, err)
		}
		return nil
	}
	if err := g.accountIn(ctx, tx, n.channel, n.box, *n.Account); err != nil {
		return fmt.Errorf("news %s: %w", n.Account.Field, err)
	}
	return nil
}

// sorted puts the events of a batch by what they are.
func sorted(batch []parsed) (incoming []conversation.Incoming, statuses []conversation.StatusChange, news []tiding) {
	for _, p := range batch {
		for _, e := range p.events {
			switch {
			case e.Message != nil && e.box.ID != 0:
				incoming = append(incoming, conversation.Incoming{Workspace: e.box.Workspace, Inbox: e.box.ID, Event: *e.Message})
			case e.Status != nil && e.box.ID != 0:
				if s, ok := conversation.StatusOf(e.Status.Kind); ok {
					statuses = append(statuses, conversation.StatusChange{Workspace: e.box.Workspace, Inbox: e.box.ID, Message: reference(e.Status.Reference),
						ExternalID: e.Status.ExternalID, Status: s, At: e.Status.At, Failure: e.Status.Failure})
				}
				if e.Status.Failure != nil && p.Error != replayed {
					news = append(news, tiding{placed: e, channel: p.Channel})
				}
			case e.Account != nil && p.Error != replayed:
				news = append(news, tiding{placed: e, channel: p.Channel})
			}
		}
	}
	return incoming, statuses, news
}

const storedIn = "select external_id from messages where inbox_id = $1 and external_id in ({texts:$2})"

// expectFiles notes the files of new messages and enqueues their fetching. Messages seen before keep theirs.
func (g *Room) expectFiles(ctx context.Context, tx *db.Tx, incoming []conversation.Incoming) error {
	perInbox := map[db.ID][]string{}
	for _, in := range incoming {
		if in.Event.Content.Media != nil {
			perInbox[in.Inbox] = append(perInbox[in.Inbox], in.Event.ExternalID)
		}
	}
	if len(perInbox) == 0 {
		return nil
	}
	type key struct {
		inbox    db.ID
		external string
	}
	seen := map[key]bool{}
	for box, ids := range perInbox {
		stored, err := db.All[string](ctx, tx, storedIn, box, db.Texts(ids))
		if err != nil {
			return fmt.Errorf("known messages with files: %w", err)
		}
		for _, id := range stored {
			seen[key{box, id}] = true
		}
	}
	var files []media.Expected
	var at []int
	for i, in := range incoming {
		k := key{in.Inbox, in.Event.ExternalID}
		if in.Event.Content.Media == nil || seen[k] {
			continue
		}
		seen[k] = true
		source := sourceOf{Inbox: in.Inbox, External: in.Event.ExternalID, Media: *in.Event.Content.Media}
		files = append(files, media.Expected{Workspace: in.Workspace, Name: source.name(), Mime: source.Media.Mime, Source: source})
		at = append(at, i)
	}
	ids, err := g.rooms.Media.ExpectIn(ctx, tx, files)
	if err != nil {
		return err
	}
	for n, id := range ids {
		incoming[at[n]].MediaFile = id
		if err := g.rooms.Jobs.Enqueue(ctx, tx, fetchKind, fetchArgs{File: id}, job.Options{}); err != nil {
			return err
		}
	}
	return nil
}

// keepNews remembers per inbox the provider's time of the newest status: proof for unknown.go that its news arrive.
func keepNews(ctx context.Context, tx *db.Tx, statuses []conversation.StatusChange) error {
	newest := map[db.ID]int64{}
	for _, s := range statuses {
		newest[s.Inbox] = max(newest[s.Inbox], s.At)
	}
	rows := make([][]any, 0, len(newest))
	for box, at := range newest {
		rows = append(rows, []any{int64(box), at})
	}
	_, err := tx.ExecEach(ctx, `insert into inbox_news (inbox_id, status_at) values ($1, $2) on conflict (inbox_id)
		do update set status_at = excluded.status_at where inbox_news.status_at < excluded.status_at`, rows)
	return err
}
