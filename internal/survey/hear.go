package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"recado/internal/conversation"
	"recado/internal/db"
)

// HearIn takes the answers among messages that are being received. Each message is stored once, so each is an answer once. What is
// said to them is said when the messages are stored.
func (r *Room) HearIn(ctx context.Context, tx *db.Tx, heard []conversation.Heard) (map[db.ID]*conversation.SurveyAnswer, func(context.Context, *db.Tx) error, error) {
	e := ear{Room: r, tx: tx, taken: map[db.ID]*conversation.SurveyAnswer{}}
	if err := e.load(ctx, heard); err != nil || len(e.sendings) == 0 {
		return nil, nil, err
	}
	for _, m := range heard {
		if err := e.hear(ctx, m); err != nil {
			return nil, nil, fmt.Errorf("message %d: %w", m.Message, err)
		}
	}
	return e.taken, e.speak, nil
}

// ear is the work of one HearIn.
type ear struct {
	*Room
	tx       *db.Tx
	sendings map[db.ID]*waiting
	newest   map[db.ID]*waiting // by conversation, of those whose time is not over
	rows     map[db.ID]conversation.Row
	spoke    map[db.ID]int64  // by conversation: when somebody of ours said something last
	quoted   map[db.ID]string // message → its client id
	taken    map[db.ID]*conversation.SurveyAnswer
	says     []reply
}

type reply struct {
	*waiting
	said []Said
}

// waiting is a sending somebody may answer.
type waiting struct {
	Workspace    db.ID  `db:"workspace_id"`
	ID           db.ID  `db:"id"`
	Survey       db.ID  `db:"survey_id"`
	Version      int64  `db:"version"`
	Conversation db.ID  `db:"conversation_id"`
	Ticket       db.ID  `db:"ticket_id"`
	State        string `db:"state"`
	StateJSON    string `db:"state_json"`
	ExpiresAt    int64  `db:"expires_at"`
	SettingsJSON string `db:"settings_json"`
	settings     Settings
	stands       State
}

const (
	// Open ones, those that ended a moment ago (a second answer to the last question), and those whose choices were tapped.
	sendingsFor = "select id from survey_sendings where conversation_id in ({ids:$1}) and (expires_at > $2 or id in ({ids:$3})) order by id"
	holdSending = `update survey_sendings set state = state where id in ({ids:$1}) returning id`
	sendingsIn  = `select s.workspace_id, s.id, s.survey_id, s.version, s.conversation_id, coalesce(s.ticket_id, 0) as ticket_id, s.state, s.state_json, s.expires_at,
		v.settings_json from survey_sendings s join survey_versions v on v.survey_id = s.survey_id and v.version = s.version where s.id in ({ids:$1}) order by s.id`
	lastSpoken = `select conversation_id, max(created_at) as at from messages where conversation_id in ({ids:$1}) and id > $2 and direction = 2
		and kind <> 'reaction' and author in ('agent', 'campaign', 'key') group by conversation_id`
)

func (e *ear) load(ctx context.Context, heard []conversation.Heard) error {
	var conversations, tapped []db.ID
	for _, m := range heard {
		conversations = append(conversations, m.Conversation)
		if id := sendingOf(m.Payload); id != 0 {
			tapped = append(tapped, id)
		}
	}
	ids, err := db.All[db.ID](ctx, e.tx, sendingsFor, db.IDs(conversations), e.tx.Now(), db.IDs(tapped))
	if err != nil || len(ids) == 0 {
		return err
	}
	if _, err := db.All[db.ID](ctx, e.tx, holdSending, db.IDs(ids)); err != nil {
		return err
	}
	found, err := db.All[waiting](ctx, e.tx, sendingsIn, db.IDs(ids))
	if err != nil {
		return err
	}
	e.sendings, e.newest = map[db.ID]*waiting{}, map[db.ID]*waiting{}
	conversations = conversations[:0]
	for i := range found {
		w := &found[i]
		if w.settings, err = parseSettings(w.Survey, w.SettingsJSON); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(w.StateJSON), &w.stands); err != nil {
			return fmt.Errorf("where sending %d stands: %w", w.ID, err)
		}
		if w.State != "open" {
			w.stands.Stage = ended
		}
		e.sendings[w.ID] = w
		if e.tx.Now() < w.ExpiresAt {
			e.newest[w.Conversation] = w
		}
		conversations = append(conversations, w.Conversation)
	}
	return e.surroundings(ctx, found[0], conversations, heard)
}

// surroundings reads what else was said where somebody may answer.
func (e *ear) surroundings(ctx context.Context, first waiting, conversations []db.ID, heard []conversation.Heard) (err error) {
	if e.rows, err = e.conversations.Rows(ctx, e.tx, first.Workspace, conversations); err != nil {
		return err
	}
	for _, w := range e.sendings { // a batch is of few workspaces, nearly always one
		if _, known := e.rows[w.Conversation]; known {
			continue
		}
		more, err := e.conversations.Rows(ctx, e.tx, w.Workspace, []db.ID{w.Conversation})
		if err != nil {
			return err
		}
		e.rows[w.Conversation] = more[w.Conversation]
	}
	type spoken struct {
		Conversation db.ID `db:"conversation_id"`
		At           int64 `db:"at"`
	}
	all, err := db.All[spoken](ctx, e.tx, lastSpoken, db.IDs(conversations), first.ID)
	if err != nil {
		return err
	}
	e.spoke = map[db.ID]int64{}
	for _, s := range all {
		e.spoke[s.Conversation] = s.At
	}
	var quotes []db.ID
	for _, m := range heard {
		if m.ReplyTo != 0 {
			quotes = append(quotes, m.ReplyTo)
		}
	}
	type quote struct {
		ID     db.ID  `db:"id"`
		Client string `db:"client_id"`
	}
	quoted, err := db.All[quote](ctx, e.tx, "select id, coalesce(client_id, '') as client_id from messages where id in ({ids:$1})", db.IDs(quotes))
	e.quoted = map[db.ID]string{}
	for _, q := range quoted {
		e.quoted[q.ID] = q.Client
	}
	return err
}

// sendingOf gives the sending a tapped choice or a message of ours belongs to; 0 for none.
func sendingOf(payload string) db.ID {
	rest, ours := strings.CutPrefix(payload, mark)
	key, _, _ := strings.Cut(rest, ":")
	id, err := db.ParseID(key)
	if !ours || err != nil {
		return 0
	}
	return id
}

func (e *ear) hear(ctx context.Context, m conversation.Heard) error {
	w := e.newest[m.Conversation]
	if tapped := e.sendings[sendingOf(m.Payload)]; tapped != nil && tapped.Conversation == m.Conversation {
		w = tapped
	} else if quoted := e.sendings[sendingOf(e.quoted[m.ReplyTo])]; quoted != nil && quoted.Conversation == m.Conversation {
		w = quoted
	}
	if w == nil {
		return nil
	}
	if e.tx.Now() >= w.ExpiresAt {
		e.taken[m.Message] = nil
		e.says = append(e.says, reply{w, []Said{{What: "late", Text: w.settings.fixed("late", nil)}}})
		return nil
	}
	row := e.rows[m.Conversation]
	in := Input{Kind: Wrote, Said: m.Kind, Text: m.Text, Payload: m.Payload, At: m.At, Now: e.tx.Now(), Key: w.ID.String(), Name: row.ContactName, Number: row.InboxLabel,
		Menus: showsMenus(row.Channel), Busy: m.Ticket != 0}
	in.Quotes = m.ReplyTo != 0 && sendingOf(e.quoted[m.ReplyTo]) == w.ID
	in.Elsewhere = !in.Quotes && (m.ReplyTo != 0 || e.spoke[m.Conversation] > w.stands.AskedAt)
	if m.Ticket != 0 && m.Ticket != w.Ticket && w.stands.Stage != ended { // the service is about something else now
		w.stands.Stage, w.stands.AskedAt = ended, 0
		if w.State == "open" {
			w.State = Dropped
		}
	}
	return e.apply(ctx, w, m, w.settings.Step(w.stands, in))
}

const saveSending = `update survey_sendings set state = $2, state_json = $3,
	answered_at = case when answered_at is null and cast($4 as bigint) > 0 then $4 else answered_at end where id = $1`

// apply keeps what a turn did.
func (e *ear) apply(ctx context.Context, w *waiting, m conversation.Heard, turn Turn) error {
	w.stands = turn.State
	if turn.Outcome != "" && w.State == "open" {
		w.State = turn.Outcome
	}
	answered := int64(0)
	if slices.ContainsFunc(turn.Answers, func(a Answer) bool { return !a.Skipped }) {
		answered = m.At
	}
	state, err := json.Marshal(w.stands)
	if err == nil {
		_, err = e.tx.Exec(ctx, saveSending, w.ID, w.State, string(state), answered)
	}
	if err != nil {
		return fmt.Errorf("keep where sending %d stands: %w", w.ID, err)
	}
	if !turn.Taken {
		return nil
	}
	e.taken[m.Message] = nil
	for _, a := range turn.Answers {
		if err := e.keep(ctx, w, m, a); err != nil {
			return err
		}
	}
	if len(turn.Said) > 0 {
		e.says = append(e.says, reply{w, turn.Said})
	}
	return nil
}

const keepAnswer = `insert into survey_answers (workspace_id, sending_id, question_id, survey_id, version, kind, value, body, skipped, message_id, answered_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (sending_id, question_id) do update set value = excluded.value,
		body = excluded.body, skipped = excluded.skipped, message_id = excluded.message_id, answered_at = excluded.answered_at`

// keep stores an answer: the last one to a question counts, and a text that goes on grows.
func (e *ear) keep(ctx context.Context, w *waiting, m conversation.Heard, a Answer) error {
	q := w.settings.Questions[a.Place]
	body := a.Text
	if a.More {
		before, err := db.All[string](ctx, e.tx, "select body from survey_answers where sending_id = $1 and question_id = $2", w.ID, q.ID)
		if err != nil {
			return err
		}
		if len(before) > 0 && before[0] != "" {
			body = conversation.Cut(before[0]+"\n"+body, 2*maxAnswer)
		}
	}
	skipped := 0
	if a.Skipped {
		skipped = 1
	}
	if _, err := e.tx.Exec(ctx, keepAnswer, w.Workspace, w.ID, q.ID, w.Survey, w.Version, q.Kind, a.Value, body, skipped, m.Message, m.At); err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	e.taken[m.Message] = &conversation.SurveyAnswer{Survey: w.settings.Name, Question: q.Text, Kind: q.Kind, Value: a.Value, To: q.To, Text: a.Text, Skipped: a.Skipped}
	return nil
}

// speak says what is said to the answers, now that they are stored.
func (e *ear) speak(ctx context.Context, tx *db.Tx) error {
	for _, s := range e.says {
		if err := e.say(ctx, tx, s.Workspace, s.Conversation, s.ID, s.said); err != nil {
			return err
		}
	}
	return nil
}
