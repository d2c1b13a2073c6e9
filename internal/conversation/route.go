package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"recado/internal/channel"
	"recado/internal/db"
)

// RouteLife is how long a reply route lives, in milliseconds: 24 h from the acceptance of its message (A27).
const RouteLife = 24 * 60 * 60 * 1000

// Targets of a reply route.
const (
	TargetBot    = "bot"
	TargetQueue  = "queue"
	TargetAgent  = "agent"
	TargetNotify = "notify" // tell the desk, open no ticket
	TargetNone   = "none"   // whoever meets new tickets of the number
)

// RouteRequest is where replies to one outbound message shall go, as its author asks. It becomes a Route when the provider
// accepts the message.
type RouteRequest struct {
	Target          string `json:"target"`
	TargetID        db.ID  `json:"target_id"`              // of the queue, the agent's user, or the flow of a bot
	TargetChild     db.ID  `json:"target_child_id"`        // of a router: the child it begins in (A12)
	TargetBlock     string `json:"target_block,omitempty"` // of a flow: where it begins; "": at its beginning (A13)
	Button          string `json:"button,omitempty"`       // payload or caption of the button Target belongs to; "": any reply
	OtherTarget     string `json:"other_target,omitempty"` // for any other reply when a button is named
	OtherTargetID   db.ID  `json:"other_target_id"`
	FallbackQueue   db.ID  `json:"fallback_queue_id"`          // takes the ticket when the agent did not answer …
	FallbackMinutes int64  `json:"fallback_minutes,omitempty"` // … in so many minutes; 0: never
	Campaign        string `json:"campaign,omitempty"`         // its name, to tell agents why a ticket is theirs
}

// Route is a reply route in force since its message was accepted.
type Route struct {
	Workspace       db.ID  `db:"workspace_id" json:"-"`
	Message         db.ID  `db:"message_id" json:"message_id"`
	Conversation    db.ID  `db:"conversation_id" json:"conversation_id"`
	Campaign        db.ID  `db:"campaign_id" json:"campaign_id"`
	CampaignName    string `db:"campaign_name" json:"campaign,omitempty"`
	Target          string `db:"target" json:"target"`
	TargetID        db.ID  `db:"target_id" json:"target_id"`
	TargetChild     db.ID  `db:"target_child_id" json:"target_child_id"`
	TargetBlock     string `db:"target_block" json:"target_block,omitempty"`
	Button          string `db:"button" json:"button,omitempty"`
	OtherTarget     string `db:"other_target" json:"other_target,omitempty"`
	OtherTargetID   db.ID  `db:"other_target_id" json:"other_target_id"`
	FallbackQueue   db.ID  `db:"fallback_queue_id" json:"fallback_queue_id"`
	FallbackMinutes int64  `db:"fallback_minutes" json:"fallback_minutes,omitempty"`
	AcceptedAt      int64  `db:"accepted_at" json:"accepted_at"`
	ExpiresAt       int64  `db:"expires_at" json:"until"` // the first millisecond in which it no longer counts
	ReplacedBy      db.ID  `db:"replaced_by" json:"replaced_by"`
	Status          Status `db:"status" json:"status"` // of its message
}

// Live tells whether the route counts for something said at this time. A message that failed was never read: its route counts
// for nothing.
func (r Route) Live(at int64) bool { return at < r.ExpiresAt && r.Status != Failed }

// Goal is where a route leads one reply.
type Goal struct {
	Target string
	ID     db.ID  // of the queue, the agent's user, or the flow of a bot
	Child  db.ID  // when the flow is a router: the child
	Block  string // of the flow, or the child; "": its beginning
}

// Choose gives the goal of a reply: with a named button only that button, by payload or caption, reaches the target
// and anything else the other target. Case and surrounding space do not matter.
func (r Route) Choose(payload, title string) Goal {
	if r.Button == "" || sameButton(r.Button, payload) || sameButton(r.Button, title) {
		return Goal{Target: r.Target, ID: r.TargetID, Child: r.TargetChild, Block: r.TargetBlock}
	}
	if r.OtherTarget == "" {
		return Goal{Target: TargetNone}
	}
	return Goal{Target: r.OtherTarget, ID: r.OtherTargetID}
}

func sameButton(named, tapped string) bool {
	return tapped != "" && strings.EqualFold(strings.TrimSpace(named), strings.TrimSpace(tapped))
}

// Pick gives the route that counts at a time among those of one conversation in the order of acceptance: the last send
// wins whatever its target (A29), as long as it lives (A28). ok is false when none counts.
func Pick(routes []Route, at int64) (route Route, ok bool) {
	for _, r := range routes {
		if r.Status != Failed {
			route, ok = r, true
		}
	}
	return route, ok && route.Live(at)
}

const routesOf = `select r.workspace_id, r.message_id, r.conversation_id, r.campaign_id, r.campaign_name, r.target, r.target_id, r.target_child_id, r.target_block, r.button, r.other_target,
	r.other_target_id, r.fallback_queue_id, r.fallback_minutes, r.accepted_at, r.expires_at, r.replaced_by, m.status
	from reply_routes r join messages m on m.id = r.message_id where r.conversation_id in ({ids:$1}) and r.expires_at > $2
	order by r.conversation_id, r.accepted_at, r.message_id`

// RouteNow gives the route a reply would follow now; ok is false when the number's first responder would meet it. An open
// ticket comes before any route: see Row.State.
func (r *Room) RouteNow(ctx context.Context, conversation db.ID) (route Route, ok bool, err error) {
	return r.RouteAt(ctx, r.d, conversation, r.d.Now())
}

// RouteAt is RouteNow for a given time (Unix milliseconds) and reader.
func (r *Room) RouteAt(ctx context.Context, q db.Querier, conversation db.ID, at int64) (route Route, ok bool, err error) {
	all, err := r.RoutesAt(ctx, q, map[db.ID]int64{conversation: at})
	route, ok = all[conversation]
	return route, ok, err
}

// RoutesAt gives the live routes of many conversations, each at its own time; those without one are missing.
func (r *Room) RoutesAt(ctx context.Context, q db.Querier, at map[db.ID]int64) (map[db.ID]Route, error) {
	ids := make([]db.ID, 0, len(at))
	earliest := int64(1<<63 - 1)
	for id, when := range at {
		ids, earliest = append(ids, id), min(earliest, when)
	}
	rows, err := db.All[Route](ctx, q, routesOf, db.IDs(ids), earliest)
	if err != nil {
		return nil, fmt.Errorf("reply routes: %w", err)
	}
	of := map[db.ID][]Route{}
	for _, route := range rows {
		of[route.Conversation] = append(of[route.Conversation], route)
	}
	found := map[db.ID]Route{}
	for id, routes := range of {
		if route, ok := Pick(routes, at[id]); ok {
			found[id] = route
		}
	}
	return found, nil
}

const routeInto = `reply_routes (workspace_id, message_id, conversation_id, contact_id, inbox_id, campaign_id, campaign_name, target, target_id, target_child_id, target_block, button,
	other_target, other_target_id, fallback_queue_id, fallback_minutes, accepted_at, expires_at)`

const routesToReplace = "select distinct conversation_id from reply_routes where conversation_id in ({ids:$1}) and replaced_by is null"

const replaceRoutes = `update reply_routes set replaced_by = $1 where conversation_id = $2 and replaced_by is null and message_id <> $1
	and (accepted_at < $3 or accepted_at = $3 and message_id < $1)`

// keepRoutes writes the routes of messages accepted at their ProviderAt. An active message without a route gets one to
// nowhere, since it ends the earlier one all the same (A29).
func keepRoutes(ctx context.Context, tx *db.Tx, accepted []outbound) error {
	var rows [][]any
	var kept []outbound
	for _, m := range accepted {
		if m.Route == "" && m.Kind != channel.Template && m.Campaign == 0 {
			continue
		}
		ask := RouteRequest{}
		if m.Route != "" {
			if err := json.Unmarshal([]byte(m.Route), &ask); err != nil {
				return fmt.Errorf("reply route of message %d: %w", m.ID, err)
			}
		}
		if ask.Target == "" {
			ask.Target = TargetNone
		}
		rows = append(rows, []any{int64(m.Workspace), int64(m.ID), int64(m.Conversation), int64(m.Contact), int64(m.Inbox), orNull(m.Campaign), ask.Campaign,
			ask.Target, orNull(ask.TargetID), orNull(ask.TargetChild), ask.TargetBlock, ask.Button, ask.OtherTarget, orNull(ask.OtherTargetID), orNull(ask.FallbackQueue), ask.FallbackMinutes,
			m.ProviderAt, m.ProviderAt + RouteLife})
		kept = append(kept, m)
	}
	if len(rows) == 0 {
		return nil
	}
	replaced, err := replacing(ctx, tx, kept)
	if err != nil {
		return fmt.Errorf("earlier reply routes: %w", err)
	}
	// A retried message that had been accepted before starts its 24 hours anew.
	_, err = tx.Insert(ctx, routeInto, `on conflict (message_id) do update set accepted_at = excluded.accepted_at,
		expires_at = excluded.expires_at, replaced_by = null`, rows)
	if err != nil {
		return fmt.Errorf("reply routes: %w", err)
	}
	if _, err := tx.ExecEach(ctx, replaceRoutes, replaced); err != nil {
		return fmt.Errorf("replace reply routes: %w", err)
	}
	return nil
}

// replacing gives the arguments of replaceRoutes for those of the messages whose conversation has an earlier route, or another
// message of the same batch.
func replacing(ctx context.Context, tx *db.Tx, kept []outbound) ([][]any, error) {
	ids := make([]db.ID, len(kept))
	of := make(map[db.ID]int, len(kept))
	for i, m := range kept {
		ids[i] = m.Conversation
		of[m.Conversation]++
	}
	earlier, err := db.All[db.ID](ctx, tx, routesToReplace, db.IDs(ids))
	if err != nil {
		return nil, err
	}
	for _, id := range earlier {
		of[id]++
	}
	var rows [][]any
	for _, m := range kept {
		if of[m.Conversation] > 1 {
			rows = append(rows, []any{int64(m.ID), int64(m.Conversation), m.ProviderAt})
		}
	}
	return rows, nil
}

// Answered is a reply to a campaign's message.
type Answered struct {
	Campaign db.ID
	Message  db.ID // the campaign's message
	Received db.ID // the reply
	At       int64 // the provider's time of the reply, Unix milliseconds
}

const campaignsOf = "select id, campaign_id from messages where id in ({ids:$1}) and campaign_id is not null"

// AnsweredIn tells which received messages answer a campaign: those that quote one of its messages or tap its button, else
// those that come while its route is the one that counts.
func (r *Room) AnsweredIn(ctx context.Context, q db.Querier, facts []ReceivedFact) ([]Answered, error) {
	at := make(map[db.ID]int64, len(facts))
	quoted := make([]db.ID, 0, len(facts))
	for _, f := range facts {
		at[f.Conversation] = f.At
		quoted = append(quoted, f.ReplyTo)
	}
	type quote struct {
		ID       db.ID `db:"id"`
		Campaign db.ID `db:"campaign_id"`
	}
	quotes, err := db.All[quote](ctx, q, campaignsOf, db.IDs(quoted))
	if err != nil {
		return nil, fmt.Errorf("quoted messages: %w", err)
	}
	campaigns := map[db.ID]db.ID{}
	for _, m := range quotes {
		campaigns[m.ID] = m.Campaign
	}
	routes, err := r.RoutesAt(ctx, q, at)
	if err != nil {
		return nil, err
	}
	var out []Answered
	for _, f := range facts {
		a := Answered{Campaign: campaigns[f.ReplyTo], Message: f.ReplyTo, Received: f.Message, At: f.At}
		if route := routes[f.Conversation]; a.Campaign == 0 && route.Live(f.At) {
			a.Campaign, a.Message = route.Campaign, route.Message
		}
		if a.Campaign != 0 && f.AsksForAnswer() {
			out = append(out, a)
		}
	}
	return out, nil
}
