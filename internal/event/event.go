package event

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/db"
)

// Fact is something to tell. At campaign scale one fact carries many changes (Data holds a list), never one per status.
type Fact struct {
	Workspace db.ID
	Kind      string // past tense: "message.received"
	Subject   db.ID  // what it speaks of; 0 when Data lists many
	Data      any    // encoded as JSON
}

type causeKey struct{}

// CausedBy marks what is done with ctx as a consequence: the facts told with it carry the cause, an id that means something to the room
// that gave it. 0 takes the mark away.
func CausedBy(ctx context.Context, cause db.ID) context.Context {
	return context.WithValue(ctx, causeKey{}, cause)
}

func causeOf(ctx context.Context) db.ID {
	cause, _ := ctx.Value(causeKey{}).(db.ID)
	return cause
}

// Event is a fact as it stands in the log.
type Event struct {
	Seq       int64  `db:"seq"`
	Tx        int64  `db:"tx"`
	Workspace db.ID  `db:"workspace_id"`
	Kind      string `db:"kind"`
	Subject   db.ID  `db:"subject_id"`
	Data      []byte `db:"data_json"`
	At        int64  `db:"created_at"` // Unix milliseconds
	Cause     db.ID  `db:"cause_id"`   // see CausedBy; 0: none
}

// Decode reads the data of an event into a T.
func Decode[T any](e Event) (T, error) {
	var out T
	if err := json.Unmarshal(e.Data, &out); err != nil {
		return out, fmt.Errorf("read fact %s %d: %w", e.Kind, e.Seq, err)
	}
	return out, nil
}

// Append writes facts in the transaction and wakes their readers once it is durable.
func (l *Log) Append(ctx context.Context, tx *db.Tx, facts ...Fact) error {
	rows := make([][]any, 0, len(facts))
	for _, f := range facts {
		data, err := json.Marshal(f.Data)
		if err != nil {
			return fmt.Errorf("write fact %s: %w", f.Kind, err)
		}
		rows = append(rows, []any{int64(f.Workspace), f.Kind, int64(f.Subject), string(data), tx.Now(), int64(causeOf(ctx))})
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Insert(ctx, "events (workspace_id, kind, subject_id, data_json, created_at, cause_id)", "", rows); err != nil {
		return err
	}
	tx.AfterCommit(l.bell.Ring)
	return nil
}
