package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

// twice is how soon the same survey in the same conversation is the same wish, in milliseconds.
const twice = 10_000

// Sending is a survey that was sent.
type Sending struct {
	Workspace    db.ID
	ID           db.ID
	Survey       db.ID
	Version      int64
	Conversation db.ID
	Contact      db.ID
	Inbox        db.ID
	Ticket       db.ID // it is about; 0 for none
	State        string
	SentAt       int64
	AnsweredAt   int64 // 0: not answered
	ExpiresAt    int64
}

type sender struct {
	workspace, conversation, ticket db.ID
	by                              db.ID // user; 0: the rule
}

// Choice is a survey that can be sent.
type Choice struct {
	ID   db.ID  `json:"id"`
	Kind string `json:"kind" enum:"csat,nps,custom"`
	Name string `json:"name"`
}

// Last is the survey sent last in a conversation.
type Last struct {
	Name       string `db:"name" json:"name"`
	SentAt     int64  `db:"sent_at" json:"sent_at"`
	AnsweredAt int64  `db:"answered_at" json:"answered_at" doc:"0: not answered"`
	State      string `db:"state" json:"state" enum:"open,done,declined,dropped,expired"`
}

// Choices are what an agent can send in a conversation.
type Choices struct {
	Items  []Choice `json:"items"`
	Last   *Last    `json:"last" doc:"null: none was ever sent here"`
	Rule   db.ID    `json:"rule_survey_id" doc:"the survey that follows the services of the number; empty: none"`
	Due    bool     `json:"due" doc:"it would follow this service by the rule of the number"`
	Window bool     `json:"window" doc:"something can be sent now"`
}

const lastOf = `select s.name, x.sent_at, coalesce(x.answered_at, 0) as answered_at, case when x.state = 'open' and x.expires_at <= $2 then 'expired' else x.state end as state
	from survey_sendings x join surveys s on s.id = x.survey_id where x.conversation_id = $1 order by x.id desc limit 1`

// ChoicesFor tells what can be sent in a conversation. Reach is for the caller to ask.
func (r *Room) ChoicesFor(ctx context.Context, row conversation.Row) (Choices, error) {
	now := r.d.Now()
	out := Choices{Items: []Choice{}, Window: row.WindowFor(conversation.AuthorBot, now).Allows(conversation.AllowFree)}
	all, err := db.All[surveyRow](ctx, r.d, surveysBy+" and archived_at is null order by id desc", row.Workspace)
	if err != nil {
		return out, fmt.Errorf("surveys: %w", err)
	}
	for _, one := range all {
		s, err := one.survey()
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, Choice{ID: s.ID, Kind: s.Settings.Kind, Name: s.Settings.Name})
	}
	last, err := db.All[Last](ctx, r.d, lastOf, row.ID, now)
	if err != nil {
		return out, fmt.Errorf("last survey: %w", err)
	}
	if len(last) > 0 {
		out.Last = &last[0]
	}
	rule, err := ruleOf(ctx, r.d, row.Workspace, row.Inbox)
	if err != nil {
		return out, err
	}
	out.Rule = rule.Survey
	out.Due, err = rule.due(ctx, r.d, row.ID, row.Ticket, now)
	return out, err
}

const recentSending = "select id from survey_sendings where conversation_id = $1 and survey_id = $2 and sent_at > $3 order by id desc limit 1"

// Send sends a survey in a conversation now, in the name of an agent; asking for the same one twice within seconds sends it once. It
// needs the ability to reply; reach is for the caller to ask. It fails with Invalid for a survey that is not in use and with Conflict
// "survey.window" when nothing can be sent.
func (r *Room) Send(ctx context.Context, actor account.Actor, row conversation.Row, survey db.ID) (id db.ID, err error) {
	if err := actor.Has(account.Reply); err != nil {
		return 0, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id, err = r.SendIn(ctx, tx, actor, row, survey)
		return err
	})
	return id, err
}

// SendIn is Send inside a transaction in which the conversation may be held already, if HoldIn was called before.
func (r *Room) SendIn(ctx context.Context, tx *db.Tx, actor account.Actor, row conversation.Row, survey db.ID) (db.ID, error) {
	s, err := inUse(ctx, tx, actor.Workspace, survey)
	if err != nil {
		return 0, err
	}
	recent, err := db.All[db.ID](ctx, tx, recentSending, row.ID, survey, tx.Now()-twice)
	if err != nil {
		return 0, err
	}
	if len(recent) > 0 {
		return recent[0], nil
	}
	if !row.WindowFor(conversation.AuthorBot, tx.Now()).Allows(conversation.AllowFree) {
		return 0, noWindow()
	}
	if err := dropOpen(ctx, tx, row.ID); err != nil {
		return 0, err
	}
	id, err := r.sendIn(ctx, tx, s, sender{actor.Workspace, row.ID, row.Ticket, actor.User})
	if err == nil && id == 0 {
		err = noWindow()
	}
	return id, err
}

func noWindow() error {
	return fault.New(fault.Conflict, "survey.window", "Nothing can be sent now: the person has to write first.")
}

// HoldIn holds what SendIn will write, for who holds the conversation in between: surveys are held before sendings, and those before
// conversations, everywhere.
func (r *Room) HoldIn(ctx context.Context, tx *db.Tx, workspace, conversation db.ID, surveys ...db.ID) error {
	slices.Sort(surveys)
	for _, id := range surveys {
		if _, err := hold(ctx, tx, workspace, id); unlessGone(err) != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, "update survey_sendings set state = state where conversation_id = $1 and state = 'open'", conversation)
	if err != nil {
		return fmt.Errorf("earlier survey: %w", err)
	}
	return nil
}

// dropOpen gives up the survey that still waits in a conversation: the next one takes its place. Sendings are held before
// conversations everywhere.
func dropOpen(ctx context.Context, tx *db.Tx, conversation db.ID) error {
	_, err := tx.Exec(ctx, "update survey_sendings set state = 'dropped' where conversation_id = $1 and state = 'open'", conversation)
	if err != nil {
		return fmt.Errorf("earlier survey: %w", err)
	}
	return nil
}

const (
	keepVersion   = `insert into survey_versions (survey_id, version, workspace_id, settings_json) values ($1, $2, $3, $4) on conflict (survey_id, version) do nothing`
	insertSending = `insert into survey_sendings (workspace_id, id, survey_id, version, conversation_id, contact_id, inbox_id, ticket_id, sent_by, state, state_json,
		sent_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $12)`
)

// sendIn sends a survey; 0 when the window does not allow it.
func (r *Room) sendIn(ctx context.Context, tx *db.Tx, s Survey, to sender) (db.ID, error) {
	rows, err := r.conversations.Rows(ctx, tx, to.workspace, []db.ID{to.conversation})
	if err != nil {
		return 0, err
	}
	row, known := rows[to.conversation]
	if !known || !row.WindowFor(conversation.AuthorBot, tx.Now()).Allows(conversation.AllowFree) {
		return 0, nil
	}
	boxes, err := r.inboxes.GetIn(ctx, tx, to.workspace, row.Inbox)
	if err != nil {
		return 0, err
	}
	id := tx.NewID()
	turn := s.Settings.Step(State{}, Input{Kind: Began, Now: tx.Now(), Key: id.String(), Name: row.ContactName, Number: row.InboxLabel, Menus: showsMenus(boxes[row.Inbox].Channel)})
	text, err := json.Marshal(s.Settings)
	if err != nil {
		return 0, err
	}
	state, err := json.Marshal(turn.State)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, keepVersion, s.ID, s.Version, to.workspace, string(text)); err != nil {
		return 0, fmt.Errorf("version of survey: %w", err)
	}
	var ticket any
	if to.ticket != 0 {
		ticket = to.ticket
	}
	if _, err := tx.Exec(ctx, insertSending, to.workspace, id, s.ID, s.Version, row.ID, row.Contact, row.Inbox, ticket, to.by, string(state), tx.Now(),
		tx.Now()+s.Settings.Hours*3_600_000); err != nil {
		return 0, fmt.Errorf("send survey: %w", err)
	}
	return id, r.say(ctx, tx, to.workspace, row.ID, id, turn.Said)
}

// showsMenus tells whether a channel has choices to tap.
func showsMenus(kind channel.Kind) bool { return kind == channel.WhatsApp }

// say posts messages of a sending; each is said once.
func (r *Room) say(ctx context.Context, tx *db.Tx, workspace, conversationID, sending db.ID, all []Said) error {
	for _, said := range all {
		draft := conversation.Draft{Conversation: conversationID, Kind: channel.Text, Text: said.Text, Lane: conversation.LaneBots,
			ClientID: fmt.Sprintf("%s%s:%s:%d", mark, sending, said.What, said.Place)}
		if said.Menu != nil {
			draft.Kind, draft.Content = channel.Interactive, channel.Content{Menu: said.Menu}
		}
		if _, err := r.conversations.PostIn(ctx, tx, account.Bot(workspace), draft); fault.KindOf(err) == fault.Conflict {
			return nil // the window or the number does not allow it
		} else if err != nil {
			return err
		}
	}
	return nil
}

// unlessGone passes over that a survey is no more.
func unlessGone(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
