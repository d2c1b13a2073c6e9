package conversation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recado/internal/channel"
	"recado/internal/db"
)

// StatusChange is news of an outbound message.
type StatusChange struct {
	Workspace, Inbox db.ID
	Message          db.ID  // from the reference the provider echoes; 0 when it does not
	ExternalID       string // the provider's id
	Status           Status // Sent, Failed, Delivered, Read or Played
	At               int64  // the provider's time, Unix milliseconds
	Failure          *channel.Failure
}

// raceTries bounds how often news is compared again with a row that moved meanwhile (PostgreSQL only).
const raceTries = 10

// ApplyStatusesIn moves messages forward and says how many moved. News may repeat, come late or in any order. A status of
// a message that is still queued, sending or unconfirmed here settles it as an acceptance would: external id, reply
// route (X42). News of an unknown message waits for it in early_statuses. A message named by its reference must belong to
// the inbox that tells of it. It tells one message.status_changed per workspace.
func (r *Room) ApplyStatusesIn(ctx context.Context, tx *db.Tx, changes []StatusChange) (applied int, err error) {
	var told byWorkspace[StatusItem]
	for range raceTries {
		if len(changes) == 0 {
			break
		}
		moves, unknown, err := r.weigh(ctx, tx, changes)
		if err != nil {
			return 0, fmt.Errorf("statuses: %w", err)
		}
		if err := keepEarly(ctx, tx, unknown); err != nil {
			return 0, fmt.Errorf("early statuses: %w", err)
		}
		moved, lost, err := r.write(ctx, tx, moves)
		if err != nil {
			return 0, fmt.Errorf("statuses: %w", err)
		}
		for _, m := range moved {
			if m.now.Status != m.was.Status {
				applied++
				told.add(m.was.Workspace, m.now.item())
			}
		}
		changes = lost
	}
	if len(changes) > 0 {
		return 0, fmt.Errorf("statuses: %d messages moved faster than %d tries", len(changes), raceTries)
	}
	return applied, r.log.Append(ctx, tx, told.facts(StatusChanged, statuses)...)
}

// outbound is a message as the ladder sees it.
type outbound struct {
	Workspace    db.ID  `db:"workspace_id"`
	ID           db.ID  `db:"id"`
	Conversation db.ID  `db:"conversation_id"`
	Inbox        db.ID  `db:"inbox_id"`
	Contact      db.ID  `db:"contact_id"`
	Campaign     db.ID  `db:"campaign_id"`
	Kind         string `db:"kind"`
	Status       Status `db:"status"`
	External     string `db:"external_id"`
	Route        string `db:"route_json"`
	Times        string `db:"times_json"`
	ProviderAt   int64  `db:"provider_at"`
	at           int64  // of the newest news
	class        string // of the failure, as all below; only what is to be written
	code         int64
	detail       string
}

func (m outbound) item() StatusItem {
	return StatusItem{Message: m.ID, Conversation: m.Conversation, Campaign: m.Campaign, Status: m.Status, At: m.at}
}

// move is what news does to one message.
type move struct {
	was, now outbound
	news     []StatusChange
	settled  bool // the news came before our own answer: it stands for the acceptance
}

const outboundColumns = `workspace_id, id, conversation_id, inbox_id, contact_id, campaign_id, kind, status, coalesce(external_id, '') as external_id,
	case when status < 40 then coalesce(route_json, '') else '' end as route_json, times_json, provider_at`

const (
	outboundByID       = "select " + outboundColumns + " from messages where id in ({ids:$1}) and direction = 2"
	outboundByExternal = "select " + outboundColumns + " from messages where external_id in ({texts:$1}) and direction = 2"
)

// weigh compares news with what is stored: what moves, and what speaks of a message nobody knows yet.
func (r *Room) weigh(ctx context.Context, tx *db.Tx, changes []StatusChange) (moves []*move, unknown []StatusChange, err error) {
	byExternal, byID, err := loadOutbound(ctx, tx, changes)
	if err != nil {
		return nil, nil, err
	}
	of := map[db.ID]*move{}
	for _, change := range changes {
		m := byID[change.Message]
		if m == nil || m.Inbox != change.Inbox {
			m = byExternal[external{change.Inbox, change.ExternalID}]
		}
		if m == nil {
			unknown = append(unknown, change)
			continue
		}
		v := of[m.ID]
		if v == nil {
			v = &move{was: *m, now: *m}
			of[m.ID] = v
			moves = append(moves, v)
		}
		v.add(change)
	}
	return slices.DeleteFunc(moves, func(v *move) bool { return v.now == v.was }), unknown, nil
}

func loadOutbound(ctx context.Context, tx *db.Tx, changes []StatusChange) (map[external]*outbound, map[db.ID]*outbound, error) {
	var ids []db.ID
	var texts []string
	for _, change := range changes {
		if change.Message != 0 {
			ids = append(ids, change.Message)
		} else if change.ExternalID != "" {
			texts = append(texts, change.ExternalID)
		}
	}
	byExternal, byID := map[external]*outbound{}, map[db.ID]*outbound{}
	keep := func(found []outbound) {
		for i := range found {
			m := &found[i]
			if known := byID[m.ID]; known != nil {
				m = known
			}
			byID[m.ID] = m
			if m.External != "" {
				byExternal[external{m.Inbox, m.External}] = m
			}
		}
	}
	if len(ids) > 0 {
		found, err := db.All[outbound](ctx, tx, outboundByID, db.IDs(ids))
		if err != nil {
			return nil, nil, err
		}
		keep(found)
	}
	for _, change := range changes { // a reference that is not ours: the provider's id decides
		if m := byID[change.Message]; change.Message != 0 && change.ExternalID != "" && (m == nil || m.Inbox != change.Inbox) {
			texts = append(texts, change.ExternalID)
		}
	}
	if len(texts) > 0 {
		found, err := db.All[outbound](ctx, tx, outboundByExternal, db.Texts(texts))
		if err != nil {
			return nil, nil, err
		}
		keep(found)
	}
	return byExternal, byID, nil
}

// add brings one piece of news into the move, if it leads forward.
func (v *move) add(change StatusChange) {
	m := &v.now
	if v.ofEarlierTry(change) {
		return
	}
	v.news = append(v.news, change)
	if m.Status < Accepted && change.Status >= Sent {
		v.settled = true
	}
	if m.External == "" {
		m.External = change.ExternalID
	}
	m.Times = withTime(m.Times, change.Status, change.At)
	if change.Status <= m.Status {
		return
	}
	m.Status, m.at = change.Status, change.At
	m.class, m.code, m.detail = "", 0, ""
	if change.Status == Failed {
		m.class, m.code, m.detail = failureColumns(change.Failure)
	}
}

// ofEarlierTry tells whether news speaks of a try before this one. When a person retries a failed message its old
// external id stays until the new acceptance. Of the old try only that it arrived after all still matters.
func (v *move) ofEarlierTry(change StatusChange) bool {
	m := v.now
	arrived := change.Status >= Delivered
	if m.External == "" || change.ExternalID == "" {
		return false
	}
	if m.External == change.ExternalID {
		return v.was.Status < Accepted && v.was.External != "" && !arrived
	}
	return !arrived
}

func failureColumns(f *channel.Failure) (class string, code int64, detail string) {
	if f == nil {
		return string(channel.Unknown), 0, ""
	}
	detail = f.Title
	if f.Detail != "" {
		detail = f.Title + ": " + f.Detail
	}
	return string(f.Class), int64(f.Code), excerpt(detail, 1000)
}

// withTime notes when a status happened, {"sent":1,"read":2}; the first news of a status counts. Only this function writes the text.
func withTime(times string, status Status, at int64) string {
	entry := `"` + status.String() + `":`
	switch {
	case times == "":
		return "{" + entry + strconv.FormatInt(at, 10) + "}"
	case strings.Contains(times, entry):
		return times
	}
	return times[:len(times)-1] + "," + entry + strconv.FormatInt(at, 10) + "}"
}

const (
	// Most news only moves a message up; it touches no index but the campaign's.
	stepMessage = "update messages set status = $3, times_json = $4 where id = $1 and status = $2 and times_json = $5"
	moveMessage = `update messages set status = $3, times_json = $4, external_id = $6, error_class = $7, error_code = $8, error_detail = $9,
		claimed_by = null, provider_at = $10 where id = $1 and status = $2 and times_json = $5`
)

// write stores the moves whose message still stands where it was read; the news of the others is lost for this round.
func (r *Room) write(ctx context.Context, tx *db.Tx, moves []*move) (moved []*move, lost []StatusChange, err error) {
	slices.SortFunc(moves, func(a, b *move) int { return cmp.Compare(a.was.ID, b.was.ID) })
	var steps, rests []*move
	for _, v := range moves {
		if v.settled || v.now.External != v.was.External || (v.now.Status == Failed) != (v.was.Status == Failed) {
			rests = append(rests, v)
		} else {
			steps = append(steps, v)
		}
	}
	for _, part := range []struct {
		text  string
		moves []*move
	}{{stepMessage, steps}, {moveMessage, rests}} {
		rows := make([][]any, len(part.moves))
		for i, v := range part.moves {
			rows[i] = v.row(tx.Now(), part.text == moveMessage)
		}
		touched, err := tx.ExecEach(ctx, part.text, rows)
		if err != nil {
			return nil, nil, err
		}
		for i, v := range part.moves {
			if touched[i] == 0 {
				lost = append(lost, v.news...)
			} else {
				moved = append(moved, v)
			}
		}
	}
	var settled, refused []outbound
	for _, v := range moved {
		if v.settled {
			settled = append(settled, v.now)
		}
		if v.now.Status == Failed {
			refused = append(refused, v.now)
		}
	}
	if err := r.closedByProvider(ctx, tx, refused); err != nil {
		return nil, nil, err
	}
	return moved, lost, keepRoutes(ctx, tx, settled)
}

func (v *move) row(now int64, whole bool) []any {
	if v.settled {
		v.now.ProviderAt = acceptedAt(v.was.ProviderAt, v.firstNews(), now)
	}
	n := v.now
	row := []any{int64(n.ID), int64(v.was.Status), int64(n.Status), n.Times, v.was.Times}
	if whole {
		row = append(row, textOrNull(n.External), n.class, n.code, n.detail, n.ProviderAt)
	}
	return row
}

func (v *move) firstNews() int64 {
	return slices.MinFunc(v.news, func(a, b StatusChange) int { return cmp.Compare(a.At, b.At) }).At
}

// acceptedAt is when a message settled by news was accepted: the provider's time, which counts whole seconds, but not
// before the message left and not in the future.
func acceptedAt(departed, told, now int64) int64 { return max(departed, min(told, now)) }
