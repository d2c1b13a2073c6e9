package inbox

import (
	"context"
	"fmt"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Status tells whether an inbox can send.
type Status string

// The statuses.
const (
	Connected    Status = "connected"
	Disconnected Status = "disconnected" // token refused or number not registered: messages stay queued
	Blocked      Status = "blocked"      // the provider restricts the account: campaigns stand still
)

// Who meets a new ticket in an inbox.
const (
	FirstBot   = "bot"
	FirstQueue = "queue"
)

// DefaultRate is the provider's throughput of a number in messages a second (whatsapp-cloud-api §5).
const DefaultRate = 80

// Inbox is one configured channel.
type Inbox struct {
	Workspace      db.ID        `db:"workspace_id"`
	ID             db.ID        `db:"id"`
	Channel        channel.Kind `db:"channel"`
	Label          string       `db:"label"`
	Address        string       `db:"address"`             // digits of the number
	ExternalID     string       `db:"external_id"`         // the provider's id of the number
	Account        string       `db:"account_external_id"` // the provider's account it belongs to
	Status         Status       `db:"status"`
	StatusCode     int          `db:"status_code"` // the provider's code that caused it, 0 for none
	StatusAt       int64        `db:"status_at"`   // Unix milliseconds
	Quality        string       `db:"quality"`     // GREEN, YELLOW, RED or UNKNOWN
	TimeZone       string       `db:"time_zone"`   // IANA name
	Owner          db.ID        `db:"owner_user_id"`
	DefaultQueue   db.ID        `db:"default_queue_id"`
	FirstResponder string       `db:"first_responder"` // FirstBot or FirstQueue
	SendRate       float64      `db:"send_rate"`       // messages a second; 0: no limit of ours
	PeopleLimit    int64        `db:"people_limit"`    // people the provider lets the account write to first within 24 hours; 0: no limit, or not known
	CreatedAt      int64        `db:"created_at"`
}

const columns = `workspace_id, id, channel, label, address, external_id, account_external_id, status, status_code,
	status_at, quality, time_zone, owner_user_id, default_queue_id, first_responder, send_rate, people_limit, created_at`

// Room keeps the inboxes of all workspaces. It is safe for many goroutines.
type Room struct {
	d      *db.DB
	log    *event.Log
	sealer *Sealer
	kept   *cache
}

// New makes the room; sealer closes and opens provider tokens.
func New(d *db.DB, log *event.Log, sealer *Sealer) *Room {
	return &Room{d: d, log: log, sealer: sealer, kept: newCache()}
}

// List gives all inboxes of a workspace by label.
func (r *Room) List(ctx context.Context, workspace db.ID) ([]Inbox, error) {
	all, err := db.All[Inbox](ctx, r.d, "select "+columns+" from inboxes where workspace_id = $1 order by label, id", workspace)
	if err != nil {
		return nil, fmt.Errorf("inboxes of workspace %d: %w", workspace, err)
	}
	return all, nil
}

// OfAccount gives the inboxes of a provider's account, in whatever workspace, for news of that account.
func (r *Room) OfAccount(ctx context.Context, kind channel.Kind, account string) ([]Inbox, error) {
	return db.All[Inbox](ctx, r.d, "select "+columns+" from inboxes where channel = $1 and account_external_id = $2 order by id", kind, account)
}

// Get gives an inbox, at most a second old. It fails with NotFound, also when the inbox is another workspace's.
// Inside a transaction use GetIn.
func (r *Room) Get(ctx context.Context, workspace, id db.ID) (Inbox, error) {
	entry, err := r.entry(ctx, id)
	if err != nil {
		return Inbox{}, err
	}
	if entry.Workspace != workspace {
		return Inbox{}, notFound(id)
	}
	return entry.Inbox, nil
}

// ByID is Get for those who run for all workspaces: gateway and bot.
func (r *Room) ByID(ctx context.Context, id db.ID) (Inbox, error) {
	entry, err := r.entry(ctx, id)
	return entry.Inbox, err
}

// GetIn reads inboxes inside a transaction, by id. Those unknown or of another workspace are missing in the answer.
func (r *Room) GetIn(ctx context.Context, q db.Querier, workspace db.ID, ids ...db.ID) (map[db.ID]Inbox, error) {
	all, err := db.All[Inbox](ctx, q, "select "+columns+" from inboxes where id in ({ids:$1}) and workspace_id = $2", db.IDs(ids), workspace)
	if err != nil {
		return nil, fmt.Errorf("inboxes: %w", err)
	}
	found := make(map[db.ID]Inbox, len(all))
	for _, one := range all {
		found[one.ID] = one
	}
	return found, nil
}

// All gives every inbox of a channel, connected or not, for the send loops.
func (r *Room) All(ctx context.Context, kind channel.Kind) ([]Inbox, error) {
	return db.All[Inbox](ctx, r.d, "select "+columns+" from inboxes where channel = $1 order by id", kind)
}

// Credentials gives what a call to the provider needs, with the token opened.
func (r *Room) Credentials(ctx context.Context, id db.ID) (channel.Credentials, error) {
	entry, err := r.entry(ctx, id)
	if err != nil {
		return channel.Credentials{}, err
	}
	token, err := r.sealer.Open(entry.Sealed, sealContext(id))
	if err != nil {
		return channel.Credentials{}, fault.New(fault.Unavailable, "inbox.token",
			"The access token of “%s” cannot be read with this secret key. Enter the token again.", entry.Label).With("inbox", entry.Label).Because(err)
	}
	return channel.Credentials{InboxExternalID: entry.ExternalID, AccountExternalID: entry.Account, Token: string(token)}, nil
}

// Proper tells which inboxes of a workspace are properly connected: the provider's id and account and an access token that can be read are
// there, and the provider takes them, which is known from its last answer (Status).
func (r *Room) Proper(ctx context.Context, workspace db.ID) (map[db.ID]bool, error) {
	all, err := db.All[entry](ctx, r.d, "select "+columns+", token_sealed from inboxes where workspace_id = $1 and status = $2", workspace, Connected)
	if err != nil {
		return nil, fmt.Errorf("connected inboxes of workspace %d: %w", workspace, err)
	}
	proper := map[db.ID]bool{}
	for _, e := range all {
		token, err := r.sealer.Open(e.Sealed, sealContext(e.ID))
		if err == nil && len(token) > 0 && e.ExternalID != "" && e.Account != "" {
			proper[e.ID] = true
		}
	}
	return proper, nil
}

func notFound(id db.ID) error {
	return fault.New(fault.NotFound, "inbox.not_found", "There is no such inbox.").With("id", id.String())
}

func sealContext(id db.ID) string { return "inbox:" + id.String() }
