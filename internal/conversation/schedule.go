package conversation

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// States of a scheduled message.
const (
	ScheduleWaiting   = "waiting"
	SchedulePosted    = "posted"
	ScheduleDropped   = "dropped" // it could not be said at its time, and had nothing to say instead
	ScheduleCancelled = "cancelled"
)

// maxScheduled is how many messages may wait in one conversation.
const maxScheduled = 20

// Scheduled is a message that is posted later, as if its author wrote it then (X09).
type Scheduled struct {
	Workspace    db.ID
	ID           db.ID
	Conversation db.ID
	Author       Author
	Draft        Draft
	Fallback     *Draft // the template that goes instead when the window is closed then; nil: nothing goes
	DueAt        int64  // Unix milliseconds
	Zone         string // in which the author named the time
	State        string
	Reason       string // code, when dropped
}

type scheduledRow struct {
	Workspace    db.ID  `db:"workspace_id"`
	ID           db.ID  `db:"id"`
	Conversation db.ID  `db:"conversation_id"`
	Author       db.ID  `db:"author_id"`
	AuthorName   string `db:"author_name"`
	ClientID     string `db:"client_id"`
	Kind         string `db:"kind"`
	Text         string `db:"body"`
	Content      string `db:"content_json"`
	File         db.ID  `db:"media_id"`
	Fallback     string `db:"fallback_json"`
	DueAt        int64  `db:"due_at"`
	Zone         string `db:"zone"`
	State        string `db:"state"`
	Reason       string `db:"reason"`
}

const scheduledSelect = `select s.workspace_id, s.id, s.conversation_id, s.author_id, coalesce(u.name, '') as author_name, s.client_id, s.kind, s.body,
	s.content_json, s.media_id, s.fallback_json, s.due_at, s.zone, s.state, s.reason from scheduled_messages s left join users u on u.id = s.author_id `

// fallbackKept is the stored form of a fallback.
type fallbackKept struct {
	Text    string          `json:"text"`
	Content channel.Content `json:"content"`
}

func (row scheduledRow) scheduled() (Scheduled, error) {
	s := Scheduled{Workspace: row.Workspace, ID: row.ID, Conversation: row.Conversation, Author: Author{AuthorAgent, row.Author, row.AuthorName},
		DueAt: row.DueAt, Zone: row.Zone, State: row.State, Reason: row.Reason}
	// The message is posted under the scheduled one's own id: however often the hour strikes, it is stored once.
	s.Draft = Draft{Conversation: row.Conversation, Kind: row.Kind, Text: row.Text, File: row.File, ClientID: "scheduled." + row.ID.String()}
	if row.Content != "" {
		if err := json.Unmarshal([]byte(row.Content), &s.Draft.Content); err != nil {
			return s, fmt.Errorf("scheduled message %d: %w", row.ID, err)
		}
	}
	if row.Fallback != "" {
		var kept fallbackKept
		if err := json.Unmarshal([]byte(row.Fallback), &kept); err != nil {
			return s, fmt.Errorf("fallback of scheduled message %d: %w", row.ID, err)
		}
		s.Fallback = &Draft{Conversation: row.Conversation, Kind: channel.Template, Text: kept.Text, Content: kept.Content, ClientID: s.Draft.ClientID}
	}
	return s, nil
}

const countScheduled = "select count(*) from scheduled_messages where conversation_id = $1 and state = 'waiting'"

const insertScheduled = `insert into scheduled_messages (workspace_id, id, conversation_id, author_id, client_id, kind, body, content_json, media_id,
	fallback_json, due_at, zone, state, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', $13)
	on conflict (conversation_id, client_id) do nothing`

// Schedule keeps a message to be posted at a time; the same ClientID is kept once. What it may say is asked again when the
// time comes. Only people schedule. Whether the actor reaches the conversation is asked with Get.
func (r *Room) Schedule(ctx context.Context, actor account.Actor, draft Draft, fallback *Draft, when When) (s Scheduled, err error) {
	if err := mayScheduleAs(actor); err != nil {
		return s, err
	}
	dueAt, _, err := when.Moment(r.d.Now())
	if err != nil {
		return s, err
	}
	if err := draft.checkScheduled(fallback); err != nil {
		return s, err
	}
	content, kept, err := keepScheduled(draft, fallback)
	if err != nil {
		return s, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, _, err := r.lockIn(ctx, tx, actor.Workspace, draft.Conversation)
		if err != nil {
			return err
		}
		if err := belongs(ctx, tx, t, draft); err != nil {
			return err
		}
		if n, err := db.One[int](ctx, tx, countScheduled, t.ID); err != nil || n >= maxScheduled {
			return orFault(err, fault.New(fault.Conflict, "schedule.many", "%d messages are waiting here already.", maxScheduled).With("limit", maxScheduled))
		}
		if _, err := tx.Exec(ctx, insertScheduled, t.Workspace, tx.NewID(), t.ID, actor.User, draft.ClientID, draft.Kind, clean(draft.Text), content,
			orNull(draft.File), kept, dueAt, when.Zone, tx.Now()); err != nil {
			return fmt.Errorf("schedule: %w", err)
		}
		if s, err = scheduledBy(ctx, tx, "where s.conversation_id = $1 and s.client_id = $2", t.ID, draft.ClientID); err != nil {
			return err
		}
		return r.log.Append(ctx, tx, s.fact(ScheduledChanged))
	})
	return s, err
}

func mayScheduleAs(actor account.Actor) error {
	if actor.Kind != account.KindUser {
		return fault.New(fault.Forbidden, "account.users_only", "only a person who signed in can do this")
	}
	return actor.Has(account.Reply)
}

func (d Draft) checkScheduled(fallback *Draft) error {
	if d.Kind == KindNote || d.Kind == channel.Reaction {
		return fault.New(fault.Invalid, "message.kind", "A message of this kind can not be written.").On("kind")
	}
	if err := d.check(); err != nil || fallback == nil {
		return err
	}
	return fallback.check()
}

func keepScheduled(draft Draft, fallback *Draft) (content, kept string, err error) {
	if content, err = contentText(draft.Content); err != nil || fallback == nil {
		return content, "", err
	}
	text, err := json.Marshal(fallbackKept{fallback.Text, fallback.Content})
	return content, clean(string(text)), err
}

// ScheduledOf gives what waits in a conversation, the next first, and what was dropped and not yet taken away. Reach is asked with Get.
func (r *Room) ScheduledOf(ctx context.Context, workspace, conversation db.ID) ([]Scheduled, error) {
	rows, err := db.All[scheduledRow](ctx, r.d, scheduledSelect+`where s.conversation_id = $1 and s.workspace_id = $2 and s.state in ('waiting', 'dropped')
		order by s.due_at, s.id`, conversation, workspace)
	if err != nil {
		return nil, fmt.Errorf("scheduled messages: %w", err)
	}
	all := make([]Scheduled, len(rows))
	for i, row := range rows {
		if all[i], err = row.scheduled(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func scheduledBy(ctx context.Context, q db.Querier, where string, args ...any) (Scheduled, error) {
	row, err := db.One[scheduledRow](ctx, q, scheduledSelect+where, args...)
	if db.None(err) {
		return Scheduled{}, fault.New(fault.NotFound, "schedule.not_found", "There is no such scheduled message.")
	}
	if err != nil {
		return Scheduled{}, fmt.Errorf("scheduled message: %w", err)
	}
	return row.scheduled()
}

const (
	moveScheduled   = "update scheduled_messages set body = $2, due_at = $3, zone = $4, author_id = $5 where id = $1 and state = 'waiting'"
	cancelScheduled = "update scheduled_messages set state = 'cancelled' where id = $1 and state in ('waiting', 'dropped')"
)

// Reschedule changes the time, and the words of what is no template. Who changes it speaks from then on. It fails with NotFound,
// or with Conflict "schedule.gone" when its time has come.
func (r *Room) Reschedule(ctx context.Context, actor account.Actor, conversation, id db.ID, text string, when When) (s Scheduled, err error) {
	dueAt, _, err := when.Moment(r.d.Now())
	if err != nil {
		return s, err
	}
	return r.changeScheduled(ctx, actor, conversation, id, func(ctx context.Context, tx *db.Tx, s Scheduled) (int64, error) {
		if s.Draft.Kind != channel.Template {
			s.Draft.Text = text
		}
		if err := s.Draft.check(); err != nil {
			return 0, err
		}
		return tx.Exec(ctx, moveScheduled, s.ID, clean(s.Draft.Text), dueAt, when.Zone, actor.User)
	})
}

// Unschedule takes a scheduled message away, waiting or dropped. It fails like Reschedule.
func (r *Room) Unschedule(ctx context.Context, actor account.Actor, conversation, id db.ID) error {
	_, err := r.changeScheduled(ctx, actor, conversation, id, func(ctx context.Context, tx *db.Tx, s Scheduled) (int64, error) {
		return tx.Exec(ctx, cancelScheduled, s.ID)
	})
	return err
}

func (r *Room) changeScheduled(ctx context.Context, actor account.Actor, conversation, id db.ID,
	change func(context.Context, *db.Tx, Scheduled) (int64, error)) (s Scheduled, err error) {
	if err := mayScheduleAs(actor); err != nil {
		return s, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		const this = "where s.id = $1 and s.conversation_id = $2 and s.workspace_id = $3"
		s, err = scheduledBy(ctx, tx, this, id, conversation, actor.Workspace)
		if err != nil {
			return err
		}
		if n, err := change(ctx, tx, s); err != nil || n == 0 {
			return orFault(err, fault.New(fault.Conflict, "schedule.gone", "Its time has come: it can not be changed any more."))
		}
		if s, err = scheduledBy(ctx, tx, this, id, conversation, actor.Workspace); err != nil {
			return err
		}
		return r.log.Append(ctx, tx, s.fact(ScheduledChanged))
	})
	return s, err
}

func (s Scheduled) fact(kind string) event.Fact {
	return event.Fact{Workspace: s.Workspace, Kind: kind, Subject: s.ID, Data: ScheduledFact{Conversation: s.Conversation, Scheduled: s.ID, Author: s.Author.ID, Reason: s.Reason}}
}
