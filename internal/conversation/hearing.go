package conversation

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/channel"
	"recado/internal/db"
)

// Heard is one message of a person, while it is being received.
type Heard struct {
	Workspace    db.ID
	Message      db.ID
	Conversation db.ID
	Ticket       db.ID // open now; 0 for none
	Kind         string
	Text         string
	Payload      string // of a tapped choice
	ReplyTo      db.ID
	At           int64 // the provider's time, Unix milliseconds
}

// SurveyAnswer is what a message answers in a survey, as threads show it in place of the bare words.
type SurveyAnswer struct {
	Survey   string `json:"survey" doc:"its name"`
	Question string `json:"question"`
	Kind     string `json:"kind" enum:"scale,choice,text"`
	Value    int    `json:"value" doc:"of a scale"`
	To       int    `json:"to" doc:"highest value of the scale"`
	Text     string `json:"text" doc:"words, or the title of the choice"`
	Skipped  bool   `json:"skipped" doc:"left out"`
}

// Listener takes what people write as answers to what they were asked, before anybody else hears of it. A message it takes (it is in
// taken, with what it answers if anything) opens no ticket, counts as unread for nobody and is answered by no bot. then runs in the
// same transaction when everything is stored; nil for nothing.
type Listener interface {
	HearIn(ctx context.Context, tx *db.Tx, heard []Heard) (taken map[db.ID]*SurveyAnswer, then func(context.Context, *db.Tx) error, err error)
}

// Listen names the one who takes answers. It is called once, before anything is received: that something is an answer has to be known
// while it is stored, so it is the one thing here that is not told as a fact.
func (r *Room) Listen(l Listener) { r.listener = l }

// hear lets the listener take answers.
func (r *Room) hear(in *intake) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		if r.listener == nil {
			return nil
		}
		var heard []Heard
		for _, a := range in.arrivals {
			if a.Event.Echo || a.thread.Blocked == 1 || !channel.PolicyOf(in.channels[a.Inbox]).Opens(a.Event.Kind) {
				continue
			}
			heard = append(heard, Heard{Workspace: a.Workspace, Message: a.id, Conversation: a.thread.ID, Ticket: a.thread.Ticket, Kind: a.Event.Kind, Text: a.Event.Text,
				Payload: a.Event.Content.Payload, ReplyTo: a.replyTo, At: a.at})
		}
		if len(heard) == 0 {
			return nil
		}
		taken, then, err := r.listener.HearIn(ctx, tx, heard)
		if err != nil {
			return fmt.Errorf("answers: %w", err)
		}
		in.then = then
		return in.take(ctx, tx, taken)
	}
}

// take notes which arrivals are answers.
func (in *intake) take(ctx context.Context, tx *db.Tx, taken map[db.ID]*SurveyAnswer) error {
	var rows [][]any
	for _, a := range in.arrivals {
		answer, ours := taken[a.id]
		if a.taken = ours; answer == nil {
			continue
		}
		text, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		rows = append(rows, []any{int64(a.id), clean(string(text))})
	}
	_, err := tx.ExecEach(ctx, "update messages set answer_json = $2 where id = $1", rows)
	return err
}
