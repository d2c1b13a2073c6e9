package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/flow"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/notice"
	"recado/internal/publicnet"
	"recado/internal/routing"
	"recado/internal/survey"
	"recado/internal/template"
)

const (
	maxWorkflows = 100 // of a workspace
	maxName      = 60  // characters
)

// Rooms are what workflows act through.
type Rooms struct {
	Log           *event.Log
	Conversations *conversation.Room
	Inboxes       *inbox.Room
	Contacts      *contact.Room
	Templates     *template.Room
	Routing       *routing.Room
	Surveys       *survey.Room
	Notices       *notice.Room
	Jobs          *job.Room
	Sealer        *inbox.Sealer
	Rules         publicnet.Rules // of the addresses webhooks may ask; a Timeout of 0 means 10 s
}

// Room keeps the workflows of all workspaces. It is safe for many goroutines.
type Room struct {
	d      *db.DB
	rooms  Rooms
	client *publicnet.Client
	wake   chan struct{}
	plans  sync.Map // versionKey → Plan: versions never change
}

// New makes the room and names its work. Jobs.Run comes later.
func New(d *db.DB, rooms Rooms) *Room {
	if rooms.Rules.Timeout == 0 {
		rooms.Rules.Timeout = callTimeout
	}
	r := &Room{d: d, rooms: rooms, client: rooms.Rules.Client(), wake: make(chan struct{}, 1)}
	rooms.Jobs.Register(CallKind, r.call, job.Work{Timeout: 3 * callTimeout})
	return r
}

// Workflow is a plan as it is kept: a draft that is edited, and the version that is published.
type Workflow struct {
	ID         db.ID
	Name       string
	Draft      Plan
	Revision   int64 // one more with every edit
	Published  int64 // the version new runs follow; 0: none yet
	OnAt       int64 // since when it is switched on, Unix milliseconds; 0: off
	PausedAt   int64 // since when it is paused for failing again and again; 0: not
	EditedBy   db.ID // a user; 0: an API key
	EditedName string
	UpdatedAt  int64 // Unix milliseconds
}

// Unlike tells whether the draft is not what is published.
func (w Workflow) Unlike(published Plan) bool { return !reflect.DeepEqual(w.Draft, published) }

type workflowRow struct {
	ID         db.ID  `db:"id"`
	Name       string `db:"name"`
	Draft      string `db:"draft_json"`
	Revision   int64  `db:"revision"`
	Published  int64  `db:"published"`
	OnAt       int64  `db:"on_at"`
	PausedAt   int64  `db:"paused_at"`
	EditedBy   db.ID  `db:"edited_by"`
	EditedName string `db:"edited_name"`
	UpdatedAt  int64  `db:"updated_at"`
}

const workflowsOf = `select id, name, draft_json, revision, published, coalesce(on_at, 0) as on_at, coalesce(paused_at, 0) as paused_at, coalesce(edited_by, 0) as edited_by,
	edited_name, updated_at from workflows where workspace_id = $1`

func workflowsIn(ctx context.Context, q db.Querier, where string, args ...any) ([]Workflow, error) {
	rows, err := db.All[workflowRow](ctx, q, workflowsOf+where, args...)
	if err != nil {
		return nil, fmt.Errorf("workflows: %w", err)
	}
	out := make([]Workflow, len(rows))
	for i, row := range rows {
		out[i] = Workflow{ID: row.ID, Name: row.Name, Revision: row.Revision, Published: row.Published, OnAt: row.OnAt, PausedAt: row.PausedAt, EditedBy: row.EditedBy,
			EditedName: row.EditedName, UpdatedAt: row.UpdatedAt}
		if err := json.Unmarshal([]byte(row.Draft), &out[i].Draft); err != nil {
			return nil, fmt.Errorf("workflow %d: %w", row.ID, err)
		}
	}
	return out, nil
}

// List gives the workflows of a workspace, by name.
func (r *Room) List(ctx context.Context, workspace db.ID) ([]Workflow, error) {
	return workflowsIn(ctx, r.d, " order by name_key", workspace)
}

// Get gives a workflow. It fails with NotFound for one of elsewhere.
func (r *Room) Get(ctx context.Context, workspace, id db.ID) (Workflow, error) {
	return workflowIn(ctx, r.d, workspace, id)
}

func workflowIn(ctx context.Context, q db.Querier, workspace, id db.ID) (Workflow, error) {
	all, err := workflowsIn(ctx, q, " and id = $2", workspace, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "workflow.not_found", "There is no such workflow.")
	}
	if err != nil {
		return Workflow{}, err
	}
	return all[0], nil
}

// Create makes a workflow from one of Recipes, in the workspace's language; "" makes an empty one. It is off. It needs edit in the
// area automation and fails with Invalid on the name.
func (r *Room) Create(ctx context.Context, actor account.Actor, name, recipe string) (w Workflow, err error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Workflow{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		locale, err := db.One[string](ctx, tx, "select locale from workspaces where id = $1", actor.Workspace)
		if err != nil {
			return fmt.Errorf("language of workspace %d: %w", actor.Workspace, err)
		}
		n, err := db.One[int](ctx, tx, "select count(*) from workflows where workspace_id = $1", actor.Workspace)
		if err != nil {
			return fmt.Errorf("count workflows: %w", err)
		}
		if n >= maxWorkflows {
			return fault.New(fault.Conflict, "workflow.too_many", "A workspace has at most %d workflows.", maxWorkflows).With("limit", maxWorkflows)
		}
		w = Workflow{ID: tx.NewID(), Name: name, Draft: Recipe(recipe, locale), Revision: 1}
		return w.store(ctx, tx, actor)
	})
	return w, err
}

const saveWorkflow = `insert into workflows (workspace_id, id, name, name_key, draft_json, revision, edited_by, edited_name, updated_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do update set name = excluded.name, name_key = excluded.name_key,
	draft_json = excluded.draft_json, revision = excluded.revision, edited_by = excluded.edited_by, edited_name = excluded.edited_name,
	updated_at = excluded.updated_at where workflows.workspace_id = excluded.workspace_id`

func (w *Workflow) store(ctx context.Context, tx *db.Tx, actor account.Actor) error {
	w.Name = strings.Join(strings.Fields(w.Name), " ")
	if w.Name == "" || utf8.RuneCountInString(w.Name) > maxName {
		return fault.New(fault.Invalid, "workflow.title_needed", "Give the workflow a name of at most %d characters.", maxName).On("name").With("limit", maxName)
	}
	taken, err := db.One[int](ctx, tx, "select count(*) from workflows where workspace_id = $1 and name_key = $2 and id <> $3", actor.Workspace, flow.Fold(w.Name), w.ID)
	if err != nil {
		return fmt.Errorf("names of workflows: %w", err)
	}
	if taken > 0 {
		return fault.New(fault.Invalid, "workflow.title_taken", "Another workflow has this name.").On("name")
	}
	if err := w.Draft.Shape(); err != nil {
		return err
	}
	text, err := json.Marshal(w.Draft)
	if err != nil {
		return fmt.Errorf("workflow: %w", err)
	}
	w.EditedBy, w.EditedName, w.UpdatedAt = actor.User, actor.Name, tx.Now()
	if _, err := tx.Exec(ctx, saveWorkflow, actor.Workspace, w.ID, w.Name, flow.Fold(w.Name), string(text), w.Revision, w.EditedBy, w.EditedName, w.UpdatedAt); err != nil {
		return fmt.Errorf("save workflow: %w", err)
	}
	return nil
}

// holdWorkflow reads a workflow for an edit by somebody who saw this revision; -1: whatever it is.
func holdWorkflow(ctx context.Context, tx *db.Tx, actor account.Actor, id db.ID, seen int64) (Workflow, error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Workflow{}, err
	}
	if _, err := tx.Exec(ctx, "update workflows set revision = revision where id = $1 and workspace_id = $2", id, actor.Workspace); err != nil {
		return Workflow{}, fmt.Errorf("hold workflow: %w", err)
	}
	w, err := workflowIn(ctx, tx, actor.Workspace, id)
	if err != nil || seen < 0 || seen == w.Revision {
		return w, err
	}
	code, message := "workflow.edited", "%s changed this workflow meanwhile."
	if w.EditedBy == actor.User && actor.User != 0 {
		code, message = "workflow.edited_self", "%s, you changed this workflow in another window."
	}
	return w, fault.New(fault.Conflict, code, message, w.EditedName).With("name", w.EditedName).With("count", max(1, (tx.Now()-w.UpdatedAt)/60_000)).With("version", w.Revision)
}

// vault opens the headers of a workspace's webhooks.
func (r *Room) vault(workspace db.ID) flow.Vault {
	return flow.Vault{Sealer: r.rooms.Sealer, Workspace: workspace}
}

// Save keeps a draft, and seals the values of headers that are secrets. What is wrong with it may stay until it is published; only
// what has no shape is refused, with Invalid. It fails with Conflict "workflow.edited" when somebody else saved meanwhile.
func (r *Room) Save(ctx context.Context, actor account.Actor, id db.ID, name string, draft Plan, seen int64) (w Workflow, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if w, err = holdWorkflow(ctx, tx, actor, id, seen); err != nil {
			return err
		}
		for s := range draft.steps {
			if s.Request == nil {
				continue
			}
			if err := r.vault(actor.Workspace).Seal(s.Request, actor.Name, tx.Now()); err != nil {
				return err
			}
		}
		w.Name, w.Draft = name, draft
		w.Revision++
		return w.store(ctx, tx, actor)
	})
	return w, err
}

// Delete forgets a workflow. Its runs stop; what they did stays in the log of their conversations for a month.
func (r *Room) Delete(ctx context.Context, actor account.Actor, id db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := holdWorkflow(ctx, tx, actor, id, -1); err != nil {
			return err
		}
		for _, text := range []string{"delete from workflow_versions where workflow_id = $1 and workspace_id = $2", "delete from workflows where id = $1 and workspace_id = $2"} {
			if _, err := tx.Exec(ctx, text, id, actor.Workspace); err != nil {
				return fmt.Errorf("delete workflow: %w", err)
			}
		}
		return nil
	})
}
