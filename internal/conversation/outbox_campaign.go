package conversation

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/channel"
	"recado/internal/db"
)

// CampaignMessage is one active message of a campaign.
type CampaignMessage struct {
	Inbox, Contact, Campaign db.ID
	Template                 channel.Filled
	Text                     string // the rendered words, for the thread
	Content                  channel.Content
	File                     db.ID // of a media header that is ours; 0 for none
	Route                    *RouteRequest
}

const campaignInto = `messages (workspace_id, id, conversation_id, inbox_id, contact_id, ticket_id, campaign_id, direction, kind, body, content_json,
	media_id, author, status, lane, route_json, created_at)`

// QueueCampaignIn puts active messages into the outbox behind agents and bots and gives their ids, in order. The
// conversation's place in lists and its preview stay: those show what customers and agents said. It tells one
// message.posted for all.
func (r *Room) QueueCampaignIn(ctx context.Context, tx *db.Tx, workspace db.ID, batch []CampaignMessage) ([]db.ID, error) {
	if len(batch) == 0 {
		return nil, nil
	}
	pairs := make([]pair, len(batch))
	for i, m := range batch {
		pairs[i] = pair{workspace, m.Inbox, m.Contact}
	}
	found, err := findThreads(ctx, tx, pairs)
	if err != nil {
		return nil, fmt.Errorf("queue campaign: %w", err)
	}
	ids, rows, items := make([]db.ID, len(batch)), make([][]any, len(batch)), make([]PostedItem, len(batch))
	for i, m := range batch {
		ids[i] = tx.NewID()
		if rows[i], err = m.row(tx, ids[i], found[pairs[i]]); err != nil {
			return nil, err
		}
		items[i] = PostedItem{Message: ids[i], Conversation: found[pairs[i]].ID, Campaign: m.Campaign, Author: AuthorCampaign}
	}
	if _, err := tx.Insert(ctx, campaignInto, "", rows); err != nil {
		return nil, fmt.Errorf("queue campaign: %w", err)
	}
	var told byWorkspace[PostedItem]
	for _, item := range items {
		told.add(workspace, item)
	}
	return ids, r.log.Append(ctx, tx, told.facts(MessagePosted, posted)...)
}

func (m CampaignMessage) row(tx *db.Tx, id db.ID, t *thread) ([]any, error) {
	m.Content.Template = &m.Template
	content, err := contentText(m.Content)
	if err != nil {
		return nil, err
	}
	ask := RouteRequest{Target: TargetNone}
	if m.Route != nil {
		ask = *m.Route
	}
	route, err := json.Marshal(ask)
	if err != nil {
		return nil, fmt.Errorf("reply route: %w", err)
	}
	return []any{int64(t.Workspace), int64(id), int64(t.ID), int64(t.Inbox), int64(t.Contact), orNull(t.Ticket), orNull(m.Campaign), int64(Out), channel.Template,
		clean(m.Text), content, orNull(m.File), AuthorCampaign, int64(Queued), int64(LaneCampaigns), clean(string(route)), tx.Now()}, nil
}

// HoldCampaignIn keeps the queued messages of a campaign back. What is claimed already goes out, unless the provider sends it back.
func (r *Room) HoldCampaignIn(ctx context.Context, tx *db.Tx, campaign db.ID) error {
	return r.moveLane(ctx, tx, campaign, LaneCampaigns, laneHeld)
}

// ReleaseCampaignIn lets held messages go.
func (r *Room) ReleaseCampaignIn(ctx context.Context, tx *db.Tx, campaign db.ID) error {
	return r.moveLane(ctx, tx, campaign, laneHeld, LaneCampaigns)
}

// Held messages change lanes, so that claiming does not walk over them.
func (r *Room) moveLane(ctx context.Context, tx *db.Tx, campaign db.ID, from, to Lane) error {
	_, err := tx.Exec(ctx, "update messages set lane = $2 where campaign_id = $1 and status in (10, 20, 30) and lane = $3", campaign, int64(to), int64(from))
	if err != nil {
		return fmt.Errorf("hold or release campaign %d: %w", campaign, err)
	}
	return nil
}

const putBack = `update messages set status = 10, lane = $2, not_before = $3, requeued = 0, times_json = '' where id in ({ids:$1}) and status = 55 and campaign_id is not null
	returning workspace_id, id as message_id, conversation_id, coalesce(campaign_id, 0) as campaign_id`

// PutBackIn puts failed messages of campaigns back into the outbox, to leave at notBefore (Unix milliseconds) at the earliest, or held
// until ReleaseCampaignIn; the caller knows that the provider refused them for now only. Until the next acceptance the external id
// stays: news that one arrived after all still settles it. It says how many went back.
func (r *Room) PutBackIn(ctx context.Context, tx *db.Tx, ids []db.ID, notBefore int64, held bool) (int, error) {
	lane := LaneCampaigns
	if held {
		lane = laneHeld
	}
	return r.moveAll(ctx, tx, Queued, putBack, db.IDs(ids), int64(lane), notBefore)
}

const cancelCampaign = `update messages set status = 55, error_class = 'cancelled', error_detail = '' where campaign_id = $1 and status = 10
	returning workspace_id, id as message_id, conversation_id, coalesce(campaign_id, 0) as campaign_id`

// CancelCampaignIn fails the queued messages of a campaign as cancelled and says how many.
func (r *Room) CancelCampaignIn(ctx context.Context, tx *db.Tx, campaign db.ID) (int, error) {
	return r.moveAll(ctx, tx, Failed, cancelCampaign, campaign)
}

// CampaignCounts counts the messages of a campaign by status; Sending is counted as Queued. It is read through q.
func (r *Room) CampaignCounts(ctx context.Context, q db.Querier, campaign db.ID) (map[Status]int64, error) {
	type count struct {
		Status Status `db:"status"`
		N      int64  `db:"n"`
	}
	rows, err := db.All[count](ctx, q, "select status, count(*) as n from messages where campaign_id = $1 group by status", campaign)
	if err != nil {
		return nil, fmt.Errorf("counts of campaign %d: %w", campaign, err)
	}
	counts := map[Status]int64{}
	for _, c := range rows {
		if c.Status == Sending {
			c.Status = Queued
		}
		counts[c.Status] += c.N
	}
	return counts, nil
}
