package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/template"
)

// Version is a plan as it was published once.
type Version struct {
	Number int64  `db:"version"`
	By     string `db:"published_name"`
	At     int64  `db:"published_at"` // Unix milliseconds
	Text   string `db:"plan_json"`
	Plan   Plan   `db:"-"`
}

const versionsOf = "select version, published_name, published_at, plan_json from workflow_versions where workspace_id = $1 and workflow_id = $2"

func versionsIn(ctx context.Context, q db.Querier, where string, args ...any) ([]Version, error) {
	all, err := db.All[Version](ctx, q, versionsOf+where, args...)
	if err != nil {
		return nil, fmt.Errorf("versions of a workflow: %w", err)
	}
	for i := range all {
		if err := json.Unmarshal([]byte(all[i].Text), &all[i].Plan); err != nil {
			return nil, fmt.Errorf("version %d of a workflow: %w", all[i].Number, err)
		}
	}
	return all, nil
}

// Versions lists what was published of a workflow, newest first, at most a hundred. It fails with NotFound.
func (r *Room) Versions(ctx context.Context, workspace, id db.ID) ([]Version, error) {
	if _, err := r.Get(ctx, workspace, id); err != nil {
		return nil, err
	}
	return versionsIn(ctx, r.d, " order by version desc limit 100", workspace, id)
}

type versionKey struct {
	workflow db.ID
	version  int64
}

// plan gives a version. ok is false when it is gone with its workflow.
func (r *Room) plan(ctx context.Context, q db.Querier, workspace db.ID, key versionKey) (p Plan, ok bool, err error) {
	if kept, known := r.plans.Load(key); known {
		return kept.(Plan), true, nil
	}
	found, err := versionsIn(ctx, q, " and version = $3", workspace, key.workflow, key.version)
	if err != nil || len(found) == 0 {
		return Plan{}, false, err
	}
	r.plans.Store(key, found[0].Plan)
	return found[0].Plan, true, nil
}

// Findings tell what would go wrong with a plan in a workspace as it is now.
func (r *Room) Findings(ctx context.Context, workspace db.ID, p Plan) ([]Finding, error) {
	world, err := r.world(ctx, r.d, workspace)
	if err != nil {
		return nil, err
	}
	return p.Check(world), nil
}

const (
	queuesOf  = "select id from queues where workspace_id = $1"
	agentsOf  = "select user_id from members where workspace_id = $1 and disabled_at is null and profile_id is not null"
	tagsOf    = "select id from tags where workspace_id = $1"
	numbersOf = "select id from inboxes where workspace_id = $1"
	surveysOf = "select id from surveys where workspace_id = $1 and archived_at is null"
)

func (r *Room) world(ctx context.Context, q db.Querier, workspace db.ID) (World, error) {
	w := World{Address: r.rooms.Rules.Check, Vault: r.vault(workspace), Templates: map[db.ID]template.Template{}}
	for text, known := range map[string]*map[db.ID]bool{queuesOf: &w.Queues, agentsOf: &w.Agents, tagsOf: &w.Tags, numbersOf: &w.Numbers, surveysOf: &w.Surveys} {
		ids, err := db.All[db.ID](ctx, q, text, workspace)
		if err != nil {
			return w, fmt.Errorf("what workflows can name: %w", err)
		}
		*known = make(map[db.ID]bool, len(ids))
		for _, id := range ids {
			(*known)[id] = true
		}
	}
	templates, err := r.rooms.Templates.List(ctx, workspace)
	if err != nil {
		return w, err
	}
	for _, t := range templates {
		w.Templates[t.ID] = t
	}
	rules, err := r.rooms.Conversations.ClosingRulesOf(ctx, q, workspace)
	w.Results = rules.Results
	return w, err
}

// Publish makes the draft the version that new runs follow, and switches the workflow on; runs under way go on in theirs. It fails with
// Conflict "workflow.not_ready" when Findings are serious, and "workflow.edited" like Save.
func (r *Room) Publish(ctx context.Context, actor account.Actor, id db.ID, seen int64) (w Workflow, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if w, err = holdWorkflow(ctx, tx, actor, id, seen); err != nil {
			return err
		}
		return r.publishIn(ctx, tx, actor, &w)
	})
	return w, err
}

const (
	publish = `update workflows set published = $3, kind = $4, minutes = $5, queue_id = $6, tag_id = $7, on_at = $8, paused_at = null, failures = 0
		where id = $1 and workspace_id = $2`
	keepVersion = `insert into workflow_versions (workspace_id, workflow_id, version, plan_json, published_by, published_name, published_at)
		values ($1, $2, $3, $4, $5, $6, $7)`
)

func (r *Room) publishIn(ctx context.Context, tx *db.Tx, actor account.Actor, w *Workflow) error {
	world, err := r.world(ctx, tx, actor.Workspace)
	if err != nil {
		return err
	}
	for _, found := range w.Draft.Check(world) {
		if found.Serious {
			return fault.New(fault.Conflict, "workflow.not_ready", "There is something to mend before this workflow can be switched on.").With("at", found.At)
		}
	}
	if w.OnAt == 0 || w.PausedAt != 0 {
		w.OnAt = tx.Now()
	}
	w.PausedAt = 0
	if w.Published > 0 {
		before, known, err := r.plan(ctx, tx, actor.Workspace, versionKey{w.ID, w.Published})
		if err != nil {
			return err
		}
		if known && reflect.DeepEqual(before, w.Draft) { // nothing new: it is only switched on
			return turnOn(ctx, tx, actor.Workspace, *w)
		}
	}
	text, err := json.Marshal(w.Draft)
	if err != nil {
		return fmt.Errorf("workflow: %w", err)
	}
	w.Published++
	if _, err := tx.Exec(ctx, keepVersion, actor.Workspace, w.ID, w.Published, string(text), actor.User, actor.Name, tx.Now()); err != nil {
		return fmt.Errorf("publish workflow: %w", err)
	}
	on := w.Draft.Trigger
	if _, err := tx.Exec(ctx, publish, w.ID, actor.Workspace, w.Published, on.Kind, on.Minutes, on.Queue, on.Tag, w.OnAt); err != nil {
		return fmt.Errorf("publish workflow: %w", err)
	}
	return turnOn(ctx, tx, actor.Workspace, *w)
}

func turnOn(ctx context.Context, tx *db.Tx, workspace db.ID, w Workflow) error {
	_, err := tx.Exec(ctx, "update workflows set on_at = $3, paused_at = null, failures = 0 where id = $1 and workspace_id = $2", w.ID, workspace, w.OnAt)
	if err != nil {
		return fmt.Errorf("switch on workflow: %w", err)
	}
	return nil
}

// Switch turns a workflow on or off. On is what is published, looked at again as Publish does; one that was never published is. What
// happened before starts nothing. Off stops its runs where they wait.
func (r *Room) Switch(ctx context.Context, actor account.Actor, id db.ID, on bool) (w Workflow, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if w, err = holdWorkflow(ctx, tx, actor, id, -1); err != nil {
			return err
		}
		if !on {
			w.OnAt, w.PausedAt = 0, 0
			_, err := tx.Exec(ctx, "update workflows set on_at = null, paused_at = null, failures = 0 where id = $1 and workspace_id = $2", id, actor.Workspace)
			return err
		}
		if w.Published == 0 {
			return r.publishIn(ctx, tx, actor, &w)
		}
		draft := w.Draft
		before, known, err := r.plan(ctx, tx, actor.Workspace, versionKey{w.ID, w.Published})
		if err != nil || !known {
			return err
		}
		w.Draft = before
		err = r.publishIn(ctx, tx, actor, &w)
		w.Draft = draft
		return err
	})
	return w, err
}

// Published gives what new runs of a workspace's workflows follow, by workflow.
func (r *Room) Published(ctx context.Context, workspace db.ID, all []Workflow) (map[db.ID]Plan, error) {
	out := make(map[db.ID]Plan, len(all))
	for _, w := range all {
		if w.Published == 0 {
			continue
		}
		p, known, err := r.plan(ctx, r.d, workspace, versionKey{w.ID, w.Published})
		if err != nil {
			return nil, err
		}
		if known {
			out[w.ID] = p
		}
	}
	return out, nil
}
