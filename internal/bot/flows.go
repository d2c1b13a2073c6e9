package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/flow"
)

const (
	maxFlows    = 50
	maxFlowName = 60
)

// Flow is a bot's script as it is kept: a draft that is edited, and the version that is published.
type Flow struct {
	ID         db.ID
	Name       string
	Draft      flow.Flow
	Revision   int64 // one more with every edit
	Published  int64 // the version new conversations begin with; 0: none yet
	EditedBy   db.ID // a user; 0: an API key
	EditedName string
	UpdatedAt  int64 // Unix milliseconds
}

// FlowVersion is a flow as it was published once.
type FlowVersion struct {
	Version int64     `db:"version"`
	Name    string    `db:"name"`
	By      string    `db:"published_name"`
	At      int64     `db:"published_at"` // Unix milliseconds
	Text    string    `db:"flow_json"`
	Flow    flow.Flow `db:"-"`
}

type flowRow struct {
	ID         db.ID  `db:"id"`
	Name       string `db:"name"`
	Draft      string `db:"draft_json"`
	Revision   int64  `db:"revision"`
	Published  int64  `db:"published"`
	EditedBy   db.ID  `db:"edited_by"`
	EditedName string `db:"edited_name"`
	UpdatedAt  int64  `db:"updated_at"`
}

const flowsOf = "select id, name, draft_json, revision, published, edited_by, edited_name, updated_at from flows where workspace_id = $1"

func flowsIn(ctx context.Context, q db.Querier, where string, args ...any) ([]Flow, error) {
	rows, err := db.All[flowRow](ctx, q, flowsOf+where, args...)
	if err != nil {
		return nil, fmt.Errorf("flows: %w", err)
	}
	out := make([]Flow, len(rows))
	for i, row := range rows {
		out[i] = Flow{ID: row.ID, Name: row.Name, Revision: row.Revision, Published: row.Published, EditedBy: row.EditedBy, EditedName: row.EditedName, UpdatedAt: row.UpdatedAt}
		if err := json.Unmarshal([]byte(row.Draft), &out[i].Draft); err != nil {
			return nil, fmt.Errorf("flow %d: %w", row.ID, err)
		}
	}
	return out, nil
}

// Flows lists the flows of a workspace, by name.
func (r *Room) Flows(ctx context.Context, workspace db.ID) ([]Flow, error) {
	return flowsIn(ctx, r.d, " order by name_key", workspace)
}

// Flow gives a flow. It fails with NotFound for one of elsewhere.
func (r *Room) Flow(ctx context.Context, workspace, id db.ID) (Flow, error) {
	return flowIn(ctx, r.d, workspace, id)
}

func flowIn(ctx context.Context, q db.Querier, workspace, id db.ID) (Flow, error) {
	all, err := flowsIn(ctx, q, " and id = $2", workspace, id)
	if err != nil {
		return Flow{}, err
	}
	if len(all) == 0 {
		return Flow{}, fault.New(fault.NotFound, "flow.not_found", "There is no such flow.")
	}
	return all[0], nil
}

// NewFlow makes a flow from one of flow.Recipes, in the workspace's language; "" makes an empty one. It needs edit in the area
// automation and fails with Invalid on the name.
func (r *Room) NewFlow(ctx context.Context, actor account.Actor, name, recipe string) (f Flow, err error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Flow{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		language, err := localeOf(ctx, tx, actor.Workspace)
		if err != nil {
			return err
		}
		if err := roomForFlow(ctx, tx, actor.Workspace); err != nil {
			return err
		}
		f = Flow{ID: tx.NewID(), Name: name, Draft: flow.Recipe(recipe, language), Revision: 1}
		return f.store(ctx, tx, actor)
	})
	return f, err
}

// roomForFlow refuses one flow too many.
func roomForFlow(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	n, err := db.One[int](ctx, tx, "select count(*) from flows where workspace_id = $1", workspace)
	if err != nil {
		return fmt.Errorf("count flows: %w", err)
	}
	if n >= maxFlows {
		return fault.New(fault.Conflict, "flow.too_many", "A workspace has at most %d flows.", maxFlows).With("limit", maxFlows)
	}
	return nil
}

const saveFlow = `insert into flows (workspace_id, id, name, name_key, draft_json, revision, published, edited_by, edited_name, updated_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do update set name = excluded.name, name_key = excluded.name_key,
	draft_json = excluded.draft_json, revision = excluded.revision, published = excluded.published, edited_by = excluded.edited_by,
	edited_name = excluded.edited_name, updated_at = excluded.updated_at where flows.workspace_id = excluded.workspace_id`

func (f *Flow) store(ctx context.Context, tx *db.Tx, actor account.Actor) error {
	f.Name = strings.Join(strings.Fields(f.Name), " ")
	if f.Name == "" || utf8.RuneCountInString(f.Name) > maxFlowName {
		return fault.New(fault.Invalid, "flow.title_needed", "Give the flow a name of at most %d characters.", maxFlowName).On("name").With("limit", maxFlowName)
	}
	taken, err := db.One[int](ctx, tx, "select count(*) from flows where workspace_id = $1 and name_key = $2 and id <> $3", actor.Workspace, flow.Fold(f.Name), f.ID)
	if err != nil {
		return fmt.Errorf("names of flows: %w", err)
	}
	if taken > 0 {
		return fault.New(fault.Invalid, "flow.title_taken", "Another flow has this name.").On("name")
	}
	if err := f.Draft.Shape(); err != nil {
		return err
	}
	text, err := json.Marshal(f.Draft)
	if err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	f.EditedBy, f.EditedName, f.UpdatedAt = actor.User, actor.Name, tx.Now()
	if _, err := tx.Exec(ctx, saveFlow, actor.Workspace, f.ID, f.Name, flow.Fold(f.Name), string(text), f.Revision, f.Published, f.EditedBy, f.EditedName, f.UpdatedAt); err != nil {
		return fmt.Errorf("save flow: %w", err)
	}
	return nil
}

// holdFlow reads a flow for an edit by somebody who saw this revision; -1: whatever it is.
func holdFlow(ctx context.Context, tx *db.Tx, actor account.Actor, id db.ID, seen int64) (Flow, error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Flow{}, err
	}
	if _, err := tx.Exec(ctx, "update flows set revision = revision where id = $1 and workspace_id = $2", id, actor.Workspace); err != nil {
		return Flow{}, fmt.Errorf("hold flow: %w", err)
	}
	f, err := flowIn(ctx, tx, actor.Workspace, id)
	if err != nil || seen < 0 || seen == f.Revision {
		return f, err
	}
	code, message := "flow.edited", "%s changed this flow meanwhile."
	if f.EditedBy == actor.User && actor.User != 0 {
		code, message = "flow.edited_self", "%s, you changed this flow in another window."
	}
	return f, fault.New(fault.Conflict, code, message, f.EditedName).With("name", f.EditedName).With("count", max(1, (tx.Now()-f.UpdatedAt)/60_000)).With("version", f.Revision)
}

// SaveFlow keeps a draft, and seals the values of headers that are secrets. What is wrong with it may stay until it is published; only what has no shape is refused, with Invalid. It
// fails with Conflict "flow.edited" when somebody else saved meanwhile.
func (r *Room) SaveFlow(ctx context.Context, actor account.Actor, id db.ID, name string, draft flow.Flow, seen int64) (f Flow, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if f, err = holdFlow(ctx, tx, actor, id, seen); err != nil {
			return err
		}
		for _, b := range draft.Blocks {
			if b.Request == nil {
				continue
			}
			if err := r.vault(actor.Workspace).Seal(b.Request, actor.Name, tx.Now()); err != nil {
				return err
			}
		}
		f.Name, f.Draft = name, draft
		f.Revision++
		return f.store(ctx, tx, actor)
	})
	return f, err
}

// DeleteFlow forgets a flow that no number and no other flow uses. Conversations in it go on with people.
func (r *Room) DeleteFlow(ctx context.Context, actor account.Actor, id db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := holdFlow(ctx, tx, actor, id, -1); err != nil {
			return err
		}
		users, err := db.All[string](ctx, tx, "select i.label from bots b join inboxes i on i.id = b.inbox_id where b.workspace_id = $1 and b.flow_id = $2 order by i.label", actor.Workspace, id)
		if err != nil {
			return fmt.Errorf("numbers of a flow: %w", err)
		}
		published, err := versionsIn(ctx, tx, actor.Workspace)
		if err != nil {
			return err
		}
		for _, v := range published {
			for _, b := range v.Flow.Blocks {
				if (b.Kind == flow.GoTo || b.Kind == flow.Child) && b.Flow == id && v.ID != id {
					users = append(users, v.Name)
				}
			}
		}
		if len(users) > 0 {
			return fault.New(fault.Conflict, "flow.used", "This flow is in use: %s.", strings.Join(users, ", ")).With("name", strings.Join(users, ", "))
		}
		for _, text := range []string{"delete from flow_versions where flow_id = $1 and workspace_id = $2", "delete from flows where id = $1 and workspace_id = $2"} {
			if _, err := tx.Exec(ctx, text, id, actor.Workspace); err != nil {
				return fmt.Errorf("delete flow: %w", err)
			}
		}
		return nil
	})
}
