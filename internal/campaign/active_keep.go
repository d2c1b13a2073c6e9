package campaign

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

// maxKey bounds a caller's key, in bytes.
const maxKey = 200

// keyLife is how long a caller's key is remembered, in milliseconds.
const keyLife = 30 * 24 * 60 * 60 * 1000

// fingerprintOf tells one wish from another.
func fingerprintOf(m Active) string {
	hash := sha256.Sum256([]byte(encode(m)))
	return hex.EncodeToString(hash[:])
}

// keep makes the campaign and its recipients, once for each key, and lets the dispatcher go on.
func (s *activeSending) keep(ctx context.Context) (Sent, error) {
	var sent Sent
	err := s.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		claimed, err := s.claimIn(ctx, tx)
		if err != nil {
			return err
		}
		if !claimed {
			sent, _, err = s.sentBefore(ctx, tx)
			return err
		}
		sent, err = s.keepIn(ctx, tx)
		if err != nil || s.m.Key == "" {
			return err
		}
		_, err = tx.Exec(ctx, "update active_requests set campaign_id = $3, answer_json = $4 where workspace_id = $1 and request_key = $2",
			s.actor.Workspace, s.m.Key, sent.Campaign, encode(sent))
		return err
	})
	return sent, err
}

const claimKey = `insert into active_requests (workspace_id, request_key, asked, campaign_id, answer_json, created_at) values ($1, $2, $3, 0, '', $4)
	on conflict (workspace_id, request_key) do nothing`

// claimIn takes the caller's key, unless a call that came at the same time has it: on PostgreSQL that one is waited for until it is
// durable or gone.
func (s *activeSending) claimIn(ctx context.Context, tx *db.Tx) (bool, error) {
	if s.m.Key == "" {
		return true, nil
	}
	if _, err := tx.Exec(ctx, "delete from active_requests where created_at < $1", tx.Now()-keyLife); err != nil {
		return false, fmt.Errorf("old keys: %w", err)
	}
	n, err := tx.Exec(ctx, claimKey, s.actor.Workspace, s.m.Key, s.fingerprint, tx.Now())
	return n == 1, err
}

// sentBefore gives what was answered to the caller's key, read through q.
func (s *activeSending) sentBefore(ctx context.Context, q db.Querier) (sent Sent, found bool, err error) {
	if s.m.Key == "" {
		return sent, false, nil
	}
	first, err := db.One[struct {
		Asked  string `db:"asked"`
		Answer string `db:"answer_json"`
	}](ctx, q, "select asked, answer_json from active_requests where workspace_id = $1 and request_key = $2 and created_at >= $3",
		s.actor.Workspace, s.m.Key, s.room.d.Now()-keyLife)
	if db.None(err) {
		return sent, false, nil
	}
	if err != nil {
		return sent, false, fmt.Errorf("what was asked with a key: %w", err)
	}
	if first.Asked != s.fingerprint {
		return sent, false, fault.New(fault.Conflict, "active.key_used", "Something else was sent with this key. Use a new key for each message.").On("key")
	}
	return sent, true, decode(first.Answer, &sent)
}

const activeInto = `insert into campaigns (workspace_id, id, name, name_fold, state, origin, audience_json, message_json, route_json, check_json, asked_json, recipients,
	created_by, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`

const namedInto = `recipients (workspace_id, id, campaign_id, row_number, state, inbox_id, address, identity_key, name, template_id, variables_json, contact_id)`

func (s *activeSending) keepIn(ctx context.Context, tx *db.Tx) (Sent, error) {
	r, c := s.room, &s.campaign
	c.ID = tx.NewID()
	c.Check = Check{State: CheckDone, Part: 1}
	s.tally.into(&c.Check)
	c.Check.Rows, c.Audience.Rows = s.tally.read, s.tally.read
	_, err := tx.Exec(ctx, activeInto, s.actor.Workspace, c.ID, cleanText(c.Name), db.Fold(c.Name), string(Ready), c.Origin, cleanText(encode(c.Audience)), cleanText(encode(c.Message)),
		encode(c.Route), cleanText(encode(c.Check)), encode(s.asked), s.tally.ready, int64(s.actor.User), tx.Now())
	if err != nil {
		return Sent{}, fmt.Errorf("keep an active message: %w", err)
	}
	if err := useIn(ctx, tx, s.actor.Workspace, c.ID, uses{inboxes: []db.ID{s.m.Inbox}, templates: []db.ID{s.m.Template}}); err != nil {
		return Sent{}, err
	}
	sent, err := s.recipientsIn(ctx, tx)
	if err != nil {
		return sent, err
	}
	stored, err := lockIn(ctx, tx, s.actor.Workspace, c.ID)
	if err != nil {
		return sent, err
	}
	if err := r.moveIn(ctx, tx, stored, Sending, Reason{}); err != nil {
		return sent, err
	}
	_, err = tx.Exec(ctx, "update campaigns set started_at = $1 where id = $2", tx.Now(), c.ID)
	return sent, err
}

// recipientsIn writes those who can be written to, and finds or makes the conversation of each.
func (s *activeSending) recipientsIn(ctx context.Context, tx *db.Tx) (Sent, error) {
	sent := Sent{Campaign: s.campaign.ID, People: make([]SentPerson, len(s.verdicts))}
	var people []contact.Person
	var places []int
	for i := range s.verdicts {
		v := &s.verdicts[i]
		if sent.People[i] = v.sent(); v.problem == nil {
			places = append(places, i)
			people = append(people, contact.Person{Identities: []channel.Identity{{Kind: channel.Phone, Value: v.phone.E164}}, Name: cleanText(v.name)})
		}
	}
	resolved, err := s.room.Contacts.ResolveIn(ctx, tx, s.actor.Workspace, channel.WhatsApp, people)
	if err != nil {
		return sent, fmt.Errorf("resolve contacts: %w", err)
	}
	ids := make([]db.ID, len(resolved))
	for n, one := range resolved {
		ids[n] = one.Contact
	}
	conversations, err := s.room.Conversations.OpenIn(ctx, tx, s.actor.Workspace, s.m.Inbox, ids)
	if err != nil {
		return sent, err
	}
	rows := make([][]any, len(places))
	for n, i := range places {
		v := &s.verdicts[i]
		sent.People[i].Contact, sent.People[i].Conversation = ids[n], conversations[ids[n]]
		rows[n] = []any{int64(s.actor.Workspace), int64(tx.NewID()), int64(s.campaign.ID), int64(v.number), waiting, int64(s.m.Inbox), v.phone.E164, v.phone.Key,
			cleanText(v.name), int64(v.wording.ID), cleanText(encode(v.values)), int64(ids[n])}
	}
	_, err = tx.Insert(ctx, namedInto, "", rows)
	return sent, err
}
