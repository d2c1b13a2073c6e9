package conversation

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"recado/internal/channel"
	"recado/internal/db"
)

// Outcome is what became of one claimed message. One of Accepted, Failure, RetryAt and Unknown is set; with RetryAt a
// Failure may say why.
type Outcome struct {
	Message   db.ID
	Accepted  *channel.Accepted
	Failure   *channel.Failure // final, unless RetryAt is set
	RetryAt   int64            // Unix milliseconds; it certainly did not leave: back to the outbox until then
	Uncounted bool             // with RetryAt: the try does not count, the number was throttled or down
	Unknown   bool             // it may have left
	At        int64            // when the answer came, Unix milliseconds; 0: now
}

// SettleIn stores outcomes. An accepted message gets its external id and its reply route (A27: 24 h from here), and the
// news that came before our own answer. A message that a status settled meanwhile stays where that put it: nothing goes
// backwards. It tells one message.status_changed per workspace.
func (r *Room) SettleIn(ctx context.Context, tx *db.Tx, outcomes []Outcome) error {
	for range raceTries {
		lost, err := r.settle(ctx, tx, outcomes)
		if err != nil {
			return fmt.Errorf("settle: %w", err)
		}
		if len(lost) == 0 {
			return nil
		}
		outcomes = lost
	}
	return fmt.Errorf("settle: %d messages moved faster than %d tries", len(outcomes), raceTries)
}

// settling is one outcome on its way in.
type settling struct {
	outcome  Outcome
	was, now outbound
	before   int64          // not_before
	early    []StatusChange // news that waited for the acceptance
}

const settleMessage = `update messages set status = $3, external_id = $4, times_json = $5, error_class = $6, error_code = $7, error_detail = $8,
	provider_at = $9, not_before = $10, attempts = attempts - $11, claimed_by = null where id = $1 and status = $2`

func (r *Room) settle(ctx context.Context, tx *db.Tx, outcomes []Outcome) (lost []Outcome, err error) {
	todo, err := loadSettling(ctx, tx, outcomes)
	if err != nil || len(todo) == 0 {
		return nil, err
	}
	if err := applyEarly(ctx, tx, todo); err != nil {
		return nil, err
	}
	rows := make([][]any, len(todo))
	for i, s := range todo {
		uncounted := int64(0)
		if s.outcome.Uncounted && s.now.Status == Queued {
			uncounted = 1
		}
		n := s.now
		rows[i] = []any{int64(n.ID), int64(s.was.Status), int64(n.Status), textOrNull(n.External), n.Times, n.class, n.code, n.detail, n.ProviderAt, s.before, uncounted}
	}
	touched, err := tx.ExecEach(ctx, settleMessage, rows)
	if err != nil {
		return nil, err
	}
	var told byWorkspace[StatusItem]
	var accepted, refused []outbound
	var news []StatusChange
	for i, s := range todo {
		if touched[i] == 0 {
			lost, news = append(lost, s.outcome), append(news, s.early...)
			continue
		}
		if s.outcome.Accepted != nil {
			accepted = append(accepted, s.now)
		}
		if s.now.Status == Failed {
			refused = append(refused, s.now)
		}
		if s.now.Status.String() != s.was.Status.String() {
			told.add(s.was.Workspace, s.now.item())
		}
	}
	if err := keepRoutes(ctx, tx, accepted); err != nil {
		return nil, err
	}
	if err := r.closedByProvider(ctx, tx, refused); err != nil {
		return nil, err
	}
	if err := r.log.Append(ctx, tx, told.facts(StatusChanged, statuses)...); err != nil {
		return nil, err
	}
	_, err = r.ApplyStatusesIn(ctx, tx, news)
	return lost, err
}

// loadSettling pairs outcomes with rows and leaves out those that a status settled before.
func loadSettling(ctx context.Context, tx *db.Tx, outcomes []Outcome) ([]*settling, error) {
	ids := make([]db.ID, len(outcomes))
	for i, o := range outcomes {
		ids[i] = o.Message
	}
	rows, err := db.All[outbound](ctx, tx, outboundByID, db.IDs(ids))
	if err != nil {
		return nil, err
	}
	of := make(map[db.ID]outbound, len(rows))
	for _, m := range rows {
		of[m.ID] = m
	}
	todo := make([]*settling, 0, len(outcomes))
	for _, o := range outcomes {
		m, known := of[o.Message]
		if !known {
			return nil, fmt.Errorf("there is no outbound message %d", o.Message)
		}
		s := &settling{outcome: o, was: m, now: m}
		if s.decide(tx.Now()) {
			todo = append(todo, s)
			delete(of, o.Message)
			of[o.Message] = s.now
		}
	}
	slices.SortStableFunc(todo, func(a, b *settling) int { return cmp.Compare(a.was.ID, b.was.ID) })
	return todo, nil
}

// decide says where the message goes; false when it stays where it is. An acceptance counts for every message that has
// none yet, also when the claim was taken for dead meanwhile; the rest only for a message still claimed.
func (s *settling) decide(now int64) bool {
	at := s.outcome.At
	if at == 0 {
		at = now
	}
	s.now.at = at
	switch {
	case s.outcome.Accepted != nil:
		if s.was.Status >= Accepted {
			return false
		}
		s.now.Status, s.now.External, s.now.ProviderAt = Accepted, s.outcome.Accepted.ExternalID, at
		s.now.class, s.now.code, s.now.detail = "", 0, ""
	case s.was.Status != Sending:
		return false
	case s.outcome.RetryAt > 0:
		s.now.Status, s.before = Queued, s.outcome.RetryAt
		s.fill(s.outcome.Failure)
	case s.outcome.Unknown:
		s.now.Status = Unconfirmed
		s.fill(s.outcome.Failure)
	default:
		s.now.Status = Failed
		s.now.class, s.now.code, s.now.detail = failureColumns(s.outcome.Failure)
	}
	return true
}

func (s *settling) fill(f *channel.Failure) {
	if f != nil {
		s.now.class, s.now.code, s.now.detail = failureColumns(f)
	}
}

// applyEarly brings in the news that came before the acceptance.
func applyEarly(ctx context.Context, tx *db.Tx, todo []*settling) error {
	var accepted []external
	of := map[external]*settling{}
	for _, s := range todo {
		if s.outcome.Accepted != nil && s.now.External != "" {
			key := external{s.was.Inbox, s.now.External}
			accepted, of[key] = append(accepted, key), s
		}
	}
	early, err := takeEarly(ctx, tx, accepted)
	if err != nil {
		return err
	}
	for _, change := range early {
		s := of[external{change.Inbox, change.ExternalID}]
		v := move{was: s.now, now: s.now}
		v.add(change)
		s.now, s.early = v.now, append(s.early, change)
	}
	return nil
}

const recover20 = `update messages set status = 30, claimed_by = null where status in (20, 30) and status = 20 and claimed_by = $1
	returning workspace_id, id as message_id, conversation_id, coalesce(campaign_id, 0) as campaign_id`

// RecoverIn makes messages claimed by a dead run of a node unconfirmed: they may have left (X42). It says how many.
func (r *Room) RecoverIn(ctx context.Context, tx *db.Tx, node int64) (int, error) {
	return r.moveAll(ctx, tx, Unconfirmed, recover20, node)
}

const requeue = `update messages set status = 10, requeued = 1, not_before = 0 where id in ({ids:$1}) and status = 30 and requeued = 0
	returning workspace_id, id as message_id, conversation_id, coalesce(campaign_id, 0) as campaign_id`

// RequeueIn puts unconfirmed messages back into the outbox, each at most once in its life; the caller has proof that the
// provider never got them. Those that had their second try stay unconfirmed for a person to decide. It says how many went.
func (r *Room) RequeueIn(ctx context.Context, tx *db.Tx, ids []db.ID) (int, error) {
	return r.moveAll(ctx, tx, Queued, requeue, db.IDs(ids))
}

func (r *Room) moveAll(ctx context.Context, tx *db.Tx, to Status, text string, args ...any) (int, error) {
	rows, err := db.All[failedRow](ctx, tx, text, args...)
	if err != nil {
		return 0, fmt.Errorf("move messages to %s: %w", to, err)
	}
	var told byWorkspace[StatusItem]
	for _, m := range rows {
		told.add(m.Workspace, StatusItem{Message: m.Message, Conversation: m.Conversation, Campaign: m.Campaign, Status: to, At: tx.Now()})
	}
	return len(rows), r.log.Append(ctx, tx, told.facts(StatusChanged, statuses)...)
}

// Doubtful is an unconfirmed message that may still be sent again.
type Doubtful struct {
	Message    db.ID `db:"id"`
	DepartedAt int64 `db:"provider_at"` // Unix milliseconds
}

const doubtful = `select id, provider_at from messages where inbox_id = $1 and status in (20, 30) and status = 30 and requeued = 0
	and provider_at < $2 order by id limit $3`

// Doubtful gives the unconfirmed messages of an inbox that departed before a time and had no second try yet, oldest first.
func (r *Room) Doubtful(ctx context.Context, inbox db.ID, before int64, limit int) ([]Doubtful, error) {
	found, err := db.All[Doubtful](ctx, r.d, doubtful, inbox, before, limit)
	if err != nil {
		return nil, fmt.Errorf("unconfirmed messages: %w", err)
	}
	return found, nil
}
