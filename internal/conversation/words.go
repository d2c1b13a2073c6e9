package conversation

import (
	"context"
	"fmt"
	"time"

	"recado/internal/db"
	"recado/internal/event"
)

// said finds messages by their words: what people wrote, what agents, bots and keys answered, and notes. The texts of
// campaigns are left out: a million times the same words would fill the index and every search.
var said = db.Words{Table: "message_words", Tail: 6}

// wordsGather is how long a message waits for others before its words are kept.
const wordsGather = time.Second

// WordsSubscriber keeps the words of messages, after commit and in batches, so that receiving and sending do not wait for it.
func (r *Room) WordsSubscriber() event.Subscriber {
	return event.Subscriber{Name: "conversation.words", Kinds: []string{MessageReceived, MessagePosted, MessageChanged, MessageRemoved},
		Gather: wordsGather, React: r.reactWords}
}

func (r *Room) reactWords(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	var ids, gone []db.ID
	for _, e := range facts {
		switch e.Kind {
		case MessageReceived:
			ids = append(ids, e.Subject)
		case MessageRemoved:
			fact, err := event.Decode[RemovedFact](e)
			if err != nil {
				return err
			}
			gone = append(gone, fact.Message)
		default:
			fact, err := event.Decode[PostedFact](e)
			if err != nil {
				return err
			}
			for _, item := range fact.Items {
				if item.Author != AuthorCampaign {
					ids = append(ids, item.Message)
				}
			}
		}
	}
	texts, err := db.All[wordsRow](ctx, tx, wordsOf+" where m.id in ({ids:$1}) and "+hasWords, db.IDs(ids))
	if err != nil {
		return fmt.Errorf("words of messages: %w", err)
	}
	if err := said.Put(ctx, tx, worded(texts)); err != nil || len(gone) == 0 {
		return err
	}
	return said.Drop(ctx, tx, gone)
}

type wordsRow struct {
	Workspace db.ID  `db:"workspace_id"`
	ID        db.ID  `db:"id"`
	Text      string `db:"body"`
	File      string `db:"file_name"`
}

const (
	wordsOf  = "select m.workspace_id, m.id, m.body, coalesce(f.name, '') as file_name from messages m left join files f on f.id = m.media_id"
	hasWords = "m.direction in (1, 2, 3) and m.author <> 'campaign'"
)

func worded(rows []wordsRow) []db.Worded {
	texts := make([]db.Worded, len(rows))
	for i, row := range rows {
		texts[i] = db.Worded{Workspace: row.Workspace, ID: row.ID, Text: row.Text + "\n" + row.File}
	}
	return texts
}

const (
	wordsEnd  = "select coalesce(max(id), 0) from (select id from messages where id > $1 order by id limit $2) next"
	wordsRows = wordsOf + " where m.id > $1 and m.id <= $2 and " + hasWords + " order by m.id"
)

var wordsSource = db.WordSource{Table: "messages", Read: func(ctx context.Context, q db.Querier, after db.ID, limit int) ([]db.Worded, db.ID, error) {
	last, err := db.One[db.ID](ctx, q, wordsEnd, int64(after), limit)
	if err != nil || last == 0 {
		return nil, 0, err
	}
	rows, err := db.All[wordsRow](ctx, q, wordsRows, int64(after), int64(last))
	return worded(rows), last, err
}}

// PrepareWords and BuildWords make the index of messages that were there before it, once; ForgetWords lets it be made again.
func (r *Room) PrepareWords(ctx context.Context) error { return said.Prepare(ctx, r.d, wordsSource) }

// BuildWords is the long part, in the background.
func (r *Room) BuildWords(ctx context.Context) error { return said.Build(ctx, r.d, wordsSource) }

// ForgetWords empties the index.
func (r *Room) ForgetWords(ctx context.Context) error { return said.Forget(ctx, r.d) }
