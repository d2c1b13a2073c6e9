package notice

import (
	"context"
	"fmt"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
)

// maxText bounds what a notice repeats of a message, in characters.
const maxText = 140

// Subscriber reacts to what concerns people.
func (r *Room) Subscriber() event.Subscriber {
	return event.Subscriber{Name: "notice", React: r.react, Kinds: []string{conversation.TicketOpened, conversation.TicketAssigned,
		conversation.MessageReceived, conversation.Mentioning, conversation.ScheduledDropped}}
}

// news is a notice in the making.
type news struct {
	ToldFact
	by    db.ID
	times int64
}

// key is what a notice is told once for, until it is read.
type key struct {
	user, conversation db.ID
	kind               string
}

func (r *Room) react(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	of := map[db.ID][]event.Event{}
	for _, e := range facts {
		of[e.Workspace] = append(of[e.Workspace], e)
	}
	for workspace, events := range of {
		all, err := r.newsOf(ctx, tx, workspace, events)
		if err != nil {
			return err
		}
		if err := r.tell(ctx, tx, workspace, all); err != nil {
			return fmt.Errorf("notices of workspace %d: %w", workspace, err)
		}
	}
	return nil
}

func (r *Room) newsOf(ctx context.Context, tx *db.Tx, workspace db.ID, events []event.Event) (all []news, err error) {
	var received []conversation.ReceivedFact
	for _, e := range events {
		var some []news
		switch e.Kind {
		case conversation.MessageReceived:
			var f conversation.ReceivedFact
			// What opens a ticket is told by the assignment.
			if f, err = event.Decode[conversation.ReceivedFact](e); err == nil && f.Ticket != 0 && f.AsksForAnswer() {
				received = append(received, f)
			}
		case conversation.Mentioning:
			some, err = mentions(e)
		case conversation.ScheduledDropped:
			var f conversation.ScheduledFact
			f, err = event.Decode[conversation.ScheduledFact](e)
			some = []news{{ToldFact: ToldFact{User: f.Author, Kind: Dropped, Conversation: f.Conversation}}}
		default:
			var f conversation.TicketFact
			if f, err = event.Decode[conversation.TicketFact](e); err == nil && f.Assignee != 0 && f.By != f.Assignee {
				some = []news{{ToldFact: ToldFact{User: f.Assignee, Kind: Assigned, Conversation: f.Conversation}, by: f.By}}
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	answers, err := r.answers(ctx, tx, workspace, received)
	return append(all, answers...), err
}

func mentions(e event.Event) ([]news, error) {
	f, err := event.Decode[conversation.MentionedFact](e)
	var out []news
	for _, user := range f.Users {
		out = append(out, news{ToldFact: ToldFact{User: user, Kind: Mentioned, Conversation: f.Conversation, Message: f.Message}, by: f.By})
	}
	return out, err
}

// answers are for whoever holds the ticket now.
func (r *Room) answers(ctx context.Context, tx *db.Tx, workspace db.ID, received []conversation.ReceivedFact) ([]news, error) {
	if len(received) == 0 {
		return nil, nil
	}
	ids := make([]db.ID, len(received))
	for i, f := range received {
		ids[i] = f.Conversation
	}
	rows, err := r.conversations.Rows(ctx, tx, workspace, ids)
	var out []news
	for _, f := range received {
		if to := rows[f.Conversation].Assignee; to != 0 {
			out = append(out, news{ToldFact: ToldFact{User: to, Kind: Answered, Conversation: f.Conversation, Message: f.Message, Text: short(f.Text)}})
		}
	}
	return out, err
}

func short(text string) string {
	letters := []rune(text)
	if len(letters) <= maxText {
		return text
	}
	return string(letters[:maxText-1]) + "…"
}

const noticeInto = "notices (workspace_id, id, user_id, kind, conversation_id, message_id, by_id, body, times, created_at)"

const again = `on conflict (user_id, conversation_id, kind) where read_at is null do update set message_id = excluded.message_id, by_id = excluded.by_id,
	body = excluded.body, times = notices.times + excluded.times, created_at = excluded.created_at`

// tell writes notices and says so, leaving out what people do not want to be told.
func (r *Room) tell(ctx context.Context, tx *db.Tx, workspace db.ID, all []news) error {
	users := make([]db.ID, len(all))
	for i, n := range all {
		users[i] = n.User
	}
	settings, err := settingsOf(ctx, tx, workspace, users)
	if err != nil || len(all) == 0 {
		return err
	}
	merged, order := map[key]*news{}, []key{}
	for _, n := range all {
		k := key{n.User, n.Conversation, n.Kind}
		if !settings(n.User).wants(n.Kind) {
			continue
		}
		if before := merged[k]; before != nil {
			n.times = before.times
		} else {
			order = append(order, k)
		}
		n.times++
		merged[k] = &n
	}
	if len(order) == 0 {
		return nil
	}
	talks := make([]db.ID, len(order))
	for i, k := range order {
		talks[i] = k.conversation
	}
	rules, err := sounds(ctx, tx, workspace, talks)
	if err != nil {
		return err
	}
	rows, facts := make([][]any, len(order)), make([]event.Fact, len(order))
	for i, k := range order {
		n := merged[k]
		n.Sound = rules[n.Conversation].heard(settings(n.User))
		rows[i] = []any{int64(workspace), int64(tx.NewID()), int64(n.User), n.Kind, int64(n.Conversation), int64(n.Message), int64(n.by), n.Text, n.times, tx.Now()}
		facts[i] = event.Fact{Workspace: workspace, Kind: Told, Subject: n.Conversation, Data: n.ToldFact}
	}
	if _, err := tx.Insert(ctx, noticeInto, again, rows); err != nil {
		return err
	}
	return r.log.Append(ctx, tx, facts...)
}
