package routing

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// What an agent is right after signing in.
const (
	LoginInvisible = "invisible"
	LoginOnline    = "online"
	LoginAsLeft    = "as_left" // what the agent was last time
)

// Who gets a ticket whose agent did not answer in time (X19).
const (
	ToQueue  = "queue"  // it waits in its queue again
	ToOnline = "online" // somebody of its queue who is on line, if anybody is
)

const (
	maxAnswerMinutes = 24 * 60
	maxCapacity      = 100
	maxSilenceText   = 1024 // characters
)

// Attention is how a workspace hands out tickets. Its pause reasons are words of the workspace; those of DefaultAttention
// are codes that screens translate.
type Attention struct {
	Login         string   `json:"login"`
	PauseReasons  []string `json:"pause_reasons"`  // empty: a pause needs none
	AnswerMinutes int64    `json:"answer_minutes"` // until the first answer of the agent who holds a ticket; 0: no limit
	Unanswered    string   `json:"unanswered"`

	SilenceMinutes int64  `json:"silence_minutes"` // of the customer after an agent's word, until SilenceText is said; 0: never
	SilenceText    string `json:"silence_text"`    // may name {{contact.name}}, {{contact.first_name}} and {{number.name}}
	SilenceClose   int64  `json:"silence_close"`   // minutes after that, until the ticket is closed; 0: never
	SilenceResult  string `json:"silence_result"`  // of that closing: one of the results, or empty
	AgentMinutes   int64  `json:"agent_minutes"`   // of the agent while the customer waits, until AgentText is said to the customer; 0: never
	AgentText      string `json:"agent_text"`      // empty: nothing is said
	AgentBack      bool   `json:"agent_back"`      // and the ticket goes back to its queue

	// What people at the desk may. Who sees all conversations transfers whatever these say.
	TransferAgents  bool  `json:"transfer_agents"`  // give a ticket to another agent
	TransferQueues  bool  `json:"transfer_queues"`  // or to a queue
	TransferNumbers bool  `json:"transfer_numbers"` // or go on at another number
	Active          bool  `json:"active"`           // write first to somebody (campaign enforces it)
	ActivePeople    int64 `json:"active_people"`    // to at most so many at once, 1 to inbox.MaxActivePeople
	Sound           bool  `json:"sound"`            // what one is told of is heard, for who chose nothing (notice enforces it)
	SoundOwn        bool  `json:"sound_own"`        // each person may choose
}

// DefaultAttention holds in a workspace that has not chosen its own.
func DefaultAttention() Attention {
	return Attention{Login: LoginInvisible, PauseReasons: []string{"lunch", "break", "meeting", "training"}, Unanswered: ToQueue,
		TransferAgents: true, TransferQueues: true, TransferNumbers: true, Active: true, ActivePeople: inbox.UsualActivePeople, Sound: true, SoundOwn: true}
}

// AttentionOf gives the settings of a workspace, read through q.
func (r *Room) AttentionOf(ctx context.Context, q db.Querier, workspace db.ID) (Attention, error) {
	return inbox.OfCompany(ctx, q, DefaultAttention, workspace)
}

// AttentionFor gives the settings as they hold for numbers, read through q: the number's own, else the workspace's (B170). which is
// inbox.ByID or inbox.ByConversation, of the ids. Numbers of elsewhere are missing in the answer.
func (r *Room) AttentionFor(ctx context.Context, q db.Querier, workspace db.ID, which string, ids ...db.ID) (map[db.ID]Attention, error) {
	return inbox.Resolve(ctx, q, inbox.Company, which, DefaultAttention, workspace, ids...)
}

// AttentionChanged is the fact that settings of service are not what they were. Open desks ask again for what is allowed.
const AttentionChanged = "attention.changed"

// AttentionFact says of which number; 0: of the company.
type AttentionFact struct {
	Inbox db.ID `json:"inbox_id"`
}

func (r *Room) tellAttention(ctx context.Context, tx *db.Tx, workspace, number db.ID) error {
	return r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: AttentionChanged, Subject: number, Data: AttentionFact{number}})
}

const keepAttention = `insert into attention (workspace_id, settings_json) values ($1, $2)
	on conflict (workspace_id) do update set settings_json = excluded.settings_json`

// SetAttention changes the settings of the actor's workspace and gives them as they are kept. It fails with Invalid, naming
// the field. A new limit for the first answer counts for tickets given from then on.
func (r *Room) SetAttention(ctx context.Context, actor account.Actor, a Attention) (Attention, error) {
	if err := a.check(); err != nil {
		return a, err
	}
	text, err := json.Marshal(a)
	if err != nil {
		return a, err
	}
	return a, r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, keepAttention, actor.Workspace, string(text)); err != nil {
			return err
		}
		return r.tellAttention(ctx, tx, actor.Workspace, 0)
	})
}

func (a *Attention) check() (err error) {
	if !slices.Contains([]string{LoginInvisible, LoginOnline, LoginAsLeft}, a.Login) {
		return fault.New(fault.Invalid, "attention.login", "Choose what an agent is after signing in.").On("login")
	}
	if !slices.Contains([]string{ToQueue, ToOnline}, a.Unanswered) {
		return fault.New(fault.Invalid, "attention.unanswered", "Choose who gets an unanswered ticket.").On("unanswered")
	}
	if a.AnswerMinutes < 0 || a.AnswerMinutes > maxAnswerMinutes {
		return fault.New(fault.Invalid, "attention.answer_minutes", "Choose 0 to %d minutes.", maxAnswerMinutes).On("answer_minutes").With("max", maxAnswerMinutes)
	}
	if a.ActivePeople < 1 || a.ActivePeople > inbox.MaxActivePeople {
		return fault.New(fault.Invalid, "active.limit", "An agent may write to 1 to %d people at once.", inbox.MaxActivePeople).
			On("active_people").With("limit", inbox.MaxActivePeople)
	}
	if err := a.checkSilence(); err != nil {
		return err
	}
	a.PauseReasons, err = conversation.CleanWords(a.PauseReasons, "pause_reasons")
	return err
}

// checkSilence refuses what would do nothing, or what cannot be said.
func (a *Attention) checkSilence() error {
	for field, minutes := range map[string]int64{"silence_minutes": a.SilenceMinutes, "silence_close": a.SilenceClose, "agent_minutes": a.AgentMinutes} {
		if minutes < 0 || minutes > maxAnswerMinutes {
			return fault.New(fault.Invalid, "attention.answer_minutes", "Choose 0 to %d minutes.", maxAnswerMinutes).On(field).With("max", maxAnswerMinutes)
		}
	}
	for field, text := range map[string]*string{"silence_text": &a.SilenceText, "agent_text": &a.AgentText} {
		*text = strings.TrimSpace(*text)
		if utf8.RuneCountInString(*text) > maxSilenceText {
			return fault.New(fault.Invalid, "attention.silence_long", "A message has at most %d characters.", maxSilenceText).On(field).With("max", maxSilenceText)
		}
		for _, named := range conversation.Blank.FindAllStringSubmatch(*text, -1) {
			if !slices.Contains(conversation.PersonNames, named[1]) {
				return fault.New(fault.Invalid, "bot.name", "There is no value called “%s”.", named[1]).On(field).With("name", named[1])
			}
		}
	}
	switch {
	case a.SilenceMinutes > 0 && a.SilenceText == "":
		return fault.New(fault.Invalid, "attention.silence_text", "Write what is said.").On("silence_text")
	case a.AgentMinutes > 0 && a.AgentText == "" && !a.AgentBack:
		return fault.New(fault.Invalid, "attention.silence_text", "Write what is said.").On("agent_text")
	}
	return nil
}

// answerBy is until when an agent who gets the ticket of a conversation now must answer, by conversation; missing for no limit. Only
// minutes within the hours of the conversation's number count (X39).
func (r *Room) answerBy(ctx context.Context, tx *db.Tx, workspace db.ID, conversations ...db.ID) (map[db.ID]int64, error) {
	settings, err := r.AttentionFor(ctx, tx, workspace, inbox.ByConversation, conversations...)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(settings, func(_ db.ID, a Attention) bool { return a.AnswerMinutes == 0 })
	if len(settings) == 0 {
		return nil, nil
	}
	at, err := db.All[struct {
		ID    db.ID `db:"id"`
		Inbox db.ID `db:"inbox_id"`
	}](ctx, tx, "select id, inbox_id from conversations where workspace_id = $1 and id in ({ids:$2})", workspace, db.IDs(conversations))
	if err != nil {
		return nil, fmt.Errorf("numbers of conversations: %w", err)
	}
	hours, err := r.inboxes.HoursIn(ctx, tx, workspace, slices.Collect(maps.Keys(settings))...)
	if err != nil {
		return nil, err
	}
	by := make(map[db.ID]int64, len(at))
	for _, one := range at {
		limit, limited := settings[one.Inbox]
		if !limited {
			continue
		}
		h := hours[one.Inbox]
		if by[one.ID], err = h.Due(tx.Now(), limit.AnswerMinutes); err != nil {
			return nil, err
		}
	}
	return by, nil
}

const holdAttention = `insert into attention (workspace_id) values ($1)
	on conflict (workspace_id) do update set workspace_id = excluded.workspace_id`

// holdPush makes the one who pushes tickets of a workspace the only one until the end of the transaction.
func (r *Room) holdPush(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	_, err := tx.Exec(ctx, holdAttention, workspace)
	return err
}

const keepCapacity = `insert into agent_capacity (workspace_id, user_id, capacity) values ($1, $2, $3)
	on conflict (workspace_id, user_id) do update set capacity = excluded.capacity`

// SetCapacity says how many open tickets an agent gets by push, whatever the queues say; 0 leaves it to the queues. It
// fails with Invalid.
func (r *Room) SetCapacity(ctx context.Context, actor account.Actor, user db.ID, capacity int64) error {
	if capacity < 0 || capacity > maxCapacity {
		return fault.New(fault.Invalid, "attention.capacity", "Choose 0 to %d tickets.", maxCapacity).On("capacity").With("max", maxCapacity)
	}
	if err := r.answers(ctx, actor.Workspace, user); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if capacity == 0 {
			_, err = tx.Exec(ctx, "delete from agent_capacity where workspace_id = $1 and user_id = $2", actor.Workspace, user)
		} else {
			_, err = tx.Exec(ctx, keepCapacity, actor.Workspace, user, capacity)
		}
		if err != nil {
			return err
		}
		return r.tellAvailability(ctx, tx, actor.Workspace, user) // there may be room for what waits
	})
}

// Attention gives the settings of the actor's workspace.
func (r *Room) Attention(ctx context.Context, actor account.Actor) (Attention, error) {
	return r.AttentionOf(ctx, r.d, actor.Workspace)
}
