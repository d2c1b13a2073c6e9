package conversation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
)

// ChangeWait is how long an edit or a deletion waits for the message it speaks of. A provider that we did not answer repeats
// itself for up to seven days (whatsapp-cloud-api §6), so an original that comes at all comes within it.
const ChangeWait = 7 * 24 * time.Hour

// earlyChange is a change that came before its message.
type earlyChange struct {
	Workspace db.ID  `db:"workspace_id"`
	ID        db.ID  `db:"id"`
	Inbox     db.ID  `db:"inbox_id"`
	Original  string `db:"original_id"`
	Event     string `db:"event_json"`
	Media     db.ID  `db:"media_id"`
}

func (e earlyChange) incoming() (*Incoming, error) {
	in := &Incoming{Workspace: e.Workspace, Inbox: e.Inbox, MediaFile: e.Media}
	if err := json.Unmarshal([]byte(e.Event), &in.Event); err != nil {
		return nil, fmt.Errorf("early change %d: %w", e.ID, err)
	}
	return in, nil
}

// keepEarlyChanges keeps changes of messages nobody knows yet, each once however often it comes.
func keepEarlyChanges(ctx context.Context, tx *db.Tx, early []*Incoming) error {
	rows := make([][]any, len(early))
	for i, in := range early {
		text, err := json.Marshal(in.Event)
		if err != nil {
			return fmt.Errorf("early change: %w", err)
		}
		rows[i] = []any{int64(in.Workspace), int64(tx.NewID()), int64(in.Inbox), clean(in.Event.ReplyTo), clean(in.Event.ExternalID),
			strings.ReplaceAll(string(text), `\u0000`, ""), orNull(in.MediaFile), tx.Now()}
	}
	_, err := tx.Insert(ctx, "early_changes (workspace_id, id, inbox_id, original_id, external_id, event_json, media_id, received_at)",
		"on conflict (external_id, inbox_id) do nothing", rows)
	return err
}

const earlyChangeColumns = "workspace_id, id, inbox_id, original_id, event_json, coalesce(media_id, 0) as media_id"

// takeEarlyChanges gives the changes that waited for these messages, as they came, and forgets them.
func takeEarlyChanges(ctx context.Context, tx *db.Tx, messages []external) (map[external][]*Incoming, error) {
	inboxes, texts := split(messages)
	if len(texts) == 0 {
		return nil, nil
	}
	rows, err := db.All[earlyChange](ctx, tx, "select "+earlyChangeColumns+` from early_changes
		where original_id in ({texts:$1}) and inbox_id in ({ids:$2}) order by id`, db.Texts(texts), db.IDs(inboxes))
	if err != nil {
		return nil, fmt.Errorf("early changes: %w", err)
	}
	found := map[external][]*Incoming{}
	var taken []db.ID
	for _, e := range rows {
		key := external{e.Inbox, e.Original}
		if !slices.Contains(messages, key) {
			continue
		}
		in, err := e.incoming()
		if err != nil {
			return nil, err
		}
		found[key], taken = append(found[key], in), append(taken, e.ID)
	}
	if len(taken) > 0 {
		_, err = tx.Exec(ctx, "delete from early_changes where id in ({ids:$1})", db.IDs(taken))
	}
	return found, err
}

// takeWaited gives the changes that waited for the messages this batch brought.
func (in *intake) takeWaited(ctx context.Context, tx *db.Tx) ([]due, error) {
	var messages []external
	for _, a := range in.arrivals {
		if a.Event.ExternalID != "" {
			messages = append(messages, external{a.Inbox, a.Event.ExternalID})
		}
	}
	waited, err := takeEarlyChanges(ctx, tx, messages)
	var found []due
	for _, m := range messages {
		for _, c := range waited[m] {
			found = append(found, due{c, in.stored[m]})
		}
	}
	return found, err
}

const overdueChanges = `select m.id, m.inbox_id, m.external_id from early_changes e
	join messages m on m.external_id = e.original_id and m.inbox_id = e.inbox_id order by e.id limit $1`

// ApplyEarlyChangesIn applies waiting changes whose message is known by now, up to limit, and says how many. It is for what
// ReceiveIn can not see: on PostgreSQL a change and its message that crossed in two transactions, and a message of ours whose
// acceptance came after the change. The gateway calls it every few seconds.
func (r *Room) ApplyEarlyChangesIn(ctx context.Context, tx *db.Tx, limit int) (int, error) {
	known, err := db.All[storedMessage](ctx, tx, overdueChanges, limit)
	if err != nil || len(known) == 0 {
		return 0, err
	}
	targets, messages := map[external]db.ID{}, []external{}
	for _, m := range known {
		key := external{m.Inbox, m.External}
		targets[key], messages = m.ID, append(messages, key)
	}
	waited, err := takeEarlyChanges(ctx, tx, messages)
	if err != nil {
		return 0, err
	}
	var found []due
	for key, changes := range waited {
		for _, c := range changes {
			found = append(found, due{c, targets[key]})
		}
	}
	slices.SortFunc(found, func(a, b due) int { return cmp.Compare(a.target, b.target) })
	return r.changeIn(ctx, tx, found)
}

const expiredChanges = `select 0 as id, inbox_id, original_id as external_id from early_changes where received_at < $1
	group by inbox_id, original_id order by min(id) limit $2`

// ExpireEarlyChanges ends the wait of changes received before a time (Unix milliseconds), for up to limit messages, and says how
// many messages it gave up. The newest words of an edited message are stored as a message of its own, kind edit, so that they are
// not lost. What was taken back leaves no words: its changes are dropped, and the log of the program says so.
func (r *Room) ExpireEarlyChanges(ctx context.Context, before int64, limit int) (given int, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		originals, err := db.All[storedMessage](ctx, tx, expiredChanges, before, limit)
		if err != nil || len(originals) == 0 {
			return err
		}
		messages := make([]external, len(originals))
		for i, m := range originals {
			messages[i] = external{m.Inbox, m.External}
		}
		waited, err := takeEarlyChanges(ctx, tx, messages)
		if err != nil {
			return err
		}
		var own []Incoming
		for _, m := range messages {
			if last := lastWords(waited[m]); last != nil {
				own = append(own, *last)
			} else {
				slog.Info("a deletion is dropped: its message never came", "inbox", m.inbox, "message", m.id)
			}
		}
		given = len(messages)
		in := newIntake(tx, own)
		in.alone = true
		_, err = r.receiveIn(ctx, tx, in)
		return err
	})
	return given, err
}

// lastWords is the newest of the edits of one message; nil when the message was taken back.
func lastWords(changes []*Incoming) (last *Incoming) {
	for _, c := range changes {
		if c.Event.Kind == channel.Revoke {
			return nil
		}
		if last == nil || c.Event.At >= last.Event.At {
			last = c
		}
	}
	return last
}
