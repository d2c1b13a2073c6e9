package conversation

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/inbox"
)

// Outgoing is a claimed message, ready for an adapter.
type Outgoing struct {
	Workspace    db.ID
	Message      db.ID
	Conversation db.ID
	Inbox        db.ID
	Contact      db.ID
	Campaign     db.ID // 0 for none
	Lane         Lane
	Attempts     int // with this one
	Kind         string
	Text         string
	Content      channel.Content
	File         db.ID            // attachment of ours, to be uploaded; 0 for none
	ReplyTo      string           // the provider's id of the message it quotes
	To           channel.Identity // an empty Kind: the contact has no address on this channel
	DepartedAt   int64            // Unix milliseconds
}

// claimRounds bounds how often ClaimIn looks past messages that must wait for an earlier one of their conversation.
const claimRounds = 4

type claimable struct {
	Workspace    db.ID  `db:"workspace_id"`
	ID           db.ID  `db:"id"`
	Conversation db.ID  `db:"conversation_id"`
	Inbox        db.ID  `db:"inbox_id"`
	Contact      db.ID  `db:"contact_id"`
	Campaign     db.ID  `db:"campaign_id"`
	Lane         Lane   `db:"lane"`
	Attempts     int    `db:"attempts"`
	Kind         string `db:"kind"`
	Author       string `db:"author"`
	Text         string `db:"body"`
	Content      string `db:"content_json"`
	File         db.ID  `db:"media_id"`
	ReplyTo      db.ID  `db:"reply_to_id"`
}

const claimableOf = `select workspace_id, id, conversation_id, inbox_id, contact_id, campaign_id, lane, attempts, kind, author, body, content_json, media_id, reply_to_id
	from messages where inbox_id = $1 and status = 10 and lane <= 3 and not_before <= $2 and conversation_id not in ({ids:$3})
	order by lane, id limit $4 {claim}`

const claim = "update messages set status = 20, claimed_by = $2, attempts = attempts + 1, provider_at = $3 where id in ({ids:$1}) and status = 10"

// ClaimIn takes up to limit messages of an inbox out of the outbox for a node: agents first, then bots, then campaigns, the
// oldest first, and of one conversation only one at a time, so that a retry never lets the next message overtake it (X11).
// now (Unix milliseconds) is noted as the departure. What may not be said any more fails instead: with class WindowClosed
// or OptedOut (see mayLeave); who is claimed must be settled with SettleIn.
func (r *Room) ClaimIn(ctx context.Context, tx *db.Tx, inbox db.ID, node int64, limit int, now int64) ([]Outgoing, error) {
	chosen, err := chooseNext(ctx, tx, inbox, limit, now)
	if err != nil || len(chosen) == 0 {
		return nil, err
	}
	chosen, no, err := mayLeave(ctx, tx, chosen, now)
	if err != nil {
		return nil, err
	}
	if err := r.failBarred(ctx, tx, no); err != nil {
		return nil, err
	}
	ids := make([]db.ID, len(chosen))
	for i, m := range chosen {
		ids[i] = m.ID
	}
	if _, err := tx.Exec(ctx, claim, db.IDs(ids), node, now); err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	return r.outgoing(ctx, tx, chosen, now)
}

const busyConversations = `select conversation_id from messages where inbox_id = $1 and status in (20, 30) and status = 20
	union select conversation_id from messages where inbox_id = $1 and status = 10 and not_before > 0 and not_before > $2`

// chooseNext picks the oldest message of each conversation that has none under way and none waiting for its next try.
func chooseNext(ctx context.Context, tx *db.Tx, inbox db.ID, limit int, now int64) ([]claimable, error) {
	busy, err := db.All[db.ID](ctx, tx, busyConversations, inbox, now)
	if err != nil {
		return nil, fmt.Errorf("conversations under way: %w", err)
	}
	var chosen []claimable
	for range claimRounds {
		want := limit - len(chosen)
		found, err := db.All[claimable](ctx, tx, claimableOf, inbox, now, db.IDs(busy), want)
		if err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
		taken := make(map[db.ID]bool, len(found))
		for _, m := range found {
			if !taken[m.Conversation] {
				taken[m.Conversation] = true
				chosen = append(chosen, m)
				busy = append(busy, m.Conversation)
			}
		}
		if len(found) < want || len(chosen) >= limit {
			break
		}
	}
	return chosen, nil
}

// barred are claimed messages that may not leave any more, by the class they fail with.
type barred map[channel.Class][]db.ID

// mayLeave asks the window once more, at the last moment: it may have closed, and the person may have asked for no promotion,
// while the message waited (rule 1). A number that is down is not asked here: its messages wait.
func mayLeave(ctx context.Context, tx *db.Tx, chosen []claimable, now int64) (ready []claimable, no barred, err error) {
	ids := make([]db.ID, len(chosen))
	for i, m := range chosen {
		ids[i] = m.Conversation
	}
	of, err := windowRows(ctx, tx, ids)
	if err != nil {
		return nil, nil, err
	}
	no = barred{}
	for _, m := range chosen {
		facts := of[m.Conversation].facts(m.Author, now)
		facts.InboxStatus = inbox.Connected
		if class := m.bar(facts, now); class != "" {
			no[class] = append(no[class], m.ID)
			continue
		}
		ready = append(ready, m)
	}
	return ready, no, nil
}

// bar gives the class a message fails with, "" when it may leave. Only who asked for no promotion makes its template's
// category matter, so it is read only then.
func (m claimable) bar(facts WindowFacts, now int64) channel.Class {
	need := needs(m.Kind, "")
	if facts.OptedOut {
		need = needs(m.Kind, categoryOf(m.Kind, m.Content))
	}
	switch {
	case WindowOf(facts, now).Allows(need):
		return ""
	case m.Kind == channel.Template && facts.OptedOut:
		return channel.OptedOut
	}
	return channel.WindowClosed
}

// categoryOf reads the category of a stored template message; "" for any other kind.
func categoryOf(kind, content string) string {
	if kind != channel.Template || content == "" {
		return ""
	}
	var c struct {
		Template struct {
			Category string `json:"category"`
		} `json:"template"`
	}
	_ = json.Unmarshal([]byte(content), &c) // what cannot be read has no category, and counts as promotion
	return c.Template.Category
}

var barTitles = map[channel.Class]string{
	channel.WindowClosed: "the service window closed before it could leave",
	channel.OptedOut:     "the person asked for no promotion before it could leave",
}

func (r *Room) failBarred(ctx context.Context, tx *db.Tx, no barred) error {
	for class, title := range barTitles {
		if err := r.failIn(ctx, tx, no[class], Queued, &channel.Failure{Class: class, Title: title}); err != nil {
			return fmt.Errorf("messages that may not leave: %w", err)
		}
	}
	return nil
}

const fail = `update messages set status = 55, error_class = $3, error_code = $4, error_detail = $5, claimed_by = null
	where id in ({ids:$1}) and status = $2
	returning workspace_id, id as message_id, conversation_id, coalesce(campaign_id, 0) as campaign_id`

type failedRow struct {
	Workspace    db.ID `db:"workspace_id"`
	Message      db.ID `db:"message_id"`
	Conversation db.ID `db:"conversation_id"`
	Campaign     db.ID `db:"campaign_id"`
}

// failIn fails messages that stand at from, and tells it.
func (r *Room) failIn(ctx context.Context, tx *db.Tx, ids []db.ID, from Status, why *channel.Failure) error {
	if len(ids) == 0 {
		return nil
	}
	class, code, detail := failureColumns(why)
	rows, err := db.All[failedRow](ctx, tx, fail, db.IDs(ids), int64(from), class, code, detail)
	if err != nil {
		return err
	}
	var told byWorkspace[StatusItem]
	for _, m := range rows {
		told.add(m.Workspace, StatusItem{Message: m.Message, Conversation: m.Conversation, Campaign: m.Campaign, Status: Failed, At: tx.Now()})
	}
	return r.log.Append(ctx, tx, told.facts(StatusChanged, statuses)...)
}

// outgoing brings in what an adapter needs besides the row: the address and the provider's id of a quoted message.
func (r *Room) outgoing(ctx context.Context, tx *db.Tx, chosen []claimable, now int64) ([]Outgoing, error) {
	if len(chosen) == 0 {
		return nil, nil
	}
	contacts, quoted := make([]db.ID, len(chosen)), []db.ID{}
	for i, m := range chosen {
		contacts[i] = m.Contact
		if m.ReplyTo != 0 {
			quoted = append(quoted, m.ReplyTo)
		}
	}
	first := chosen[0]
	kind, err := db.One[string](ctx, tx, "select channel from inboxes where id = $1 and workspace_id = $2", first.Inbox, first.Workspace)
	if err != nil {
		return nil, fmt.Errorf("inbox %d: %w", first.Inbox, err)
	}
	to, err := r.contacts.SendAddress(ctx, tx, first.Workspace, channel.Kind(kind), contacts)
	if err != nil {
		return nil, err
	}
	externals, err := externalIDs(ctx, tx, quoted)
	if err != nil {
		return nil, err
	}
	out := make([]Outgoing, len(chosen))
	for i, m := range chosen {
		out[i] = Outgoing{Workspace: m.Workspace, Message: m.ID, Conversation: m.Conversation, Inbox: m.Inbox, Contact: m.Contact, Campaign: m.Campaign,
			Lane: m.Lane, Attempts: m.Attempts + 1, Kind: m.Kind, Text: m.Text, File: m.File, ReplyTo: externals[m.ReplyTo], To: to[m.Contact], DepartedAt: now}
		if m.Content == "" {
			continue
		}
		if err := json.Unmarshal([]byte(m.Content), &out[i].Content); err != nil {
			return nil, fmt.Errorf("content of message %d: %w", m.ID, err)
		}
	}
	return out, nil
}

func externalIDs(ctx context.Context, q db.Querier, ids []db.ID) (map[db.ID]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := db.All[storedMessage](ctx, q, "select id, inbox_id, external_id from messages where id in ({ids:$1}) and external_id is not null", db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("quoted messages: %w", err)
	}
	found := make(map[db.ID]string, len(rows))
	for _, m := range rows {
		found[m.ID] = m.External
	}
	return found, nil
}
