package template

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// The states that matter to us; the provider has more (whatsapp-cloud-api §6.4) and they are kept as written.
const (
	Approved = "APPROVED"
	Flagged  = "FLAGGED" // warned about, still sent
	Paused   = "PAUSED"
	Disabled = "DISABLED"
	Deleted  = "DELETED"
	Rejected = "REJECTED"
	Pending  = "PENDING" // in review
)

// States only we have: the provider knows nothing of such a template, or has not said yet.
const (
	Unsent     = "DRAFT"
	Submitting = "SUBMITTING"
)

// Template is a message approved, or to be approved, by the provider.
type Template struct {
	Workspace  db.ID        `db:"workspace_id"`
	ID         db.ID        `db:"id"`
	Channel    channel.Kind `db:"channel"`
	Account    string       `db:"account_external_id"`
	ExternalID string       `db:"external_id"`
	Name       string       `db:"name"`
	Language   string       `db:"language"` // as NormalLanguage gives it
	Category   string       `db:"category"` // MARKETING, UTILITY or AUTHENTICATION
	Status     string       `db:"status"`
	Quality    string       `db:"quality"`          // GREEN, YELLOW, RED or UNKNOWN
	Format     string       `db:"parameter_format"` // POSITIONAL or NAMED
	Components string       `db:"components_json"`  // as the provider writes them
	SyncedAt   int64        `db:"synced_at"`        // Unix milliseconds
	Reason     string       `db:"status_reason"`    // the provider's code for why it refused or stopped it; empty for none
	TouchedAt  int64        `db:"touched_at"`       // Unix milliseconds: when we last asked the provider to make or change it; 0: never
	Sample     db.ID        `db:"sample_file_id"`   // the file shown to the reviewer as its header; 0: none of ours
}

const columns = `workspace_id, id, channel, account_external_id, external_id, name, language, category, status, quality,
	parameter_format, components_json, synced_at, status_reason, touched_at, sample_file_id`

// Sendable tells whether the provider takes messages with it now.
func (t Template) Sendable() bool { return t.Status == Approved || t.Status == Flagged }

// Shape is the template taken apart; one whose components cannot be read has an empty shape.
func (t Template) Shape() Shape {
	shape, err := Parse(json.RawMessage(t.Components))
	if err != nil {
		return Shape{Unfillable: []string{"COMPONENTS"}}
	}
	return shape
}

// NormalLanguage writes a language as the provider's sends want it: en-US and EN_us become en_US. Webhooks use both
// signs (whatsapp-cloud-api §6.4).
func NormalLanguage(language string) string {
	base, region, found := strings.Cut(strings.ReplaceAll(strings.TrimSpace(language), "-", "_"), "_")
	if !found {
		return strings.ToLower(base)
	}
	return strings.ToLower(base) + "_" + strings.ToUpper(region)
}

// Room keeps the templates of all workspaces. It is safe for many goroutines.
type Room struct {
	d   *db.DB
	log *event.Log
}

// New makes the room.
func New(d *db.DB, log *event.Log) *Room { return &Room{d: d, log: log} }

// List gives the templates of a workspace by name and language, of these provider's accounts or, without any, of all.
// Deleted ones are left out.
func (r *Room) List(ctx context.Context, workspace db.ID, accounts ...string) ([]Template, error) {
	text, args := "select "+columns+" from templates where workspace_id = $1 and status <> 'DELETED'", []any{workspace}
	if len(accounts) > 0 {
		text += " and account_external_id in ({texts:$2})"
		args = append(args, db.Texts(slices.Compact(slices.Sorted(slices.Values(accounts)))))
	}
	all, err := db.All[Template](ctx, r.d, text+" order by name, language, id", args...)
	if err != nil {
		return nil, fmt.Errorf("templates of workspace %d: %w", workspace, err)
	}
	return all, nil
}

// Get gives a template by our id, also a deleted one. It fails with NotFound.
func (r *Room) Get(ctx context.Context, workspace, id db.ID) (Template, error) {
	t, err := db.One[Template](ctx, r.d, "select "+columns+" from templates where id = $1 and workspace_id = $2", id, workspace)
	if db.None(err) {
		return t, notFound(id)
	}
	if err != nil {
		return t, fmt.Errorf("template %d: %w", id, err)
	}
	return t, nil
}

// Find gives a template of an account by name and language, in either spelling. It fails with NotFound.
func (r *Room) Find(ctx context.Context, workspace db.ID, account, name, language string) (Template, error) {
	return r.FindIn(ctx, r.d, workspace, account, name, language)
}

// FindIn is Find, read through q.
func (r *Room) FindIn(ctx context.Context, q db.Querier, workspace db.ID, account, name, language string) (Template, error) {
	t, err := db.One[Template](ctx, q, "select "+columns+` from templates where workspace_id = $1 and account_external_id = $2
		and name = $3 and language = $4 and status <> 'DELETED' order by id limit 1`, workspace, account, strings.TrimSpace(name), NormalLanguage(language))
	if db.None(err) {
		return t, fault.New(fault.NotFound, "template.none", "There is no template “%s” in the language %s for this number.", name, language).
			With("template", name).With("language", language)
	}
	if err != nil {
		return t, fmt.Errorf("template %q: %w", name, err)
	}
	return t, nil
}
